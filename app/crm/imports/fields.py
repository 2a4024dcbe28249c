"""What a column may hold, and the headings that people and programs give it."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _

from app.l10n import fold

FIELDS = {
    "customer": _("Customer number or name"),
    "customer_name": _("Customer name"),
    "customer_email": _("Customer email"),
    "customer_phone": _("Customer phone"),
    "city": _("City"),
    "date": _("Order date"),
    "order": _("Order number"),
    "product": _("Product code"),
    "product_name": _("Product name"),
    "quantity": _("Quantity"),
    "unit_price": _("Price for one"),
    "total": _("Total of the line"),
}

_HEADINGS = {
    "customer": "customer id, customer number, customer no, customer code, customer key, customer, "
    "customer unique id, cust id, cust no, custno, cust, client id, client no, client, account id, "
    "account no, account number, account, buyer id, user id, shopper id, member id, "
    "household key, household id, card number, loyalty id, "
    "کد مشتری, شماره مشتری, شناسه مشتری, مشتری, کد خریدار, کد اشتراک, شماره اشتراک, کد طرف حساب, "
    "کد یا نام مشتری",
    "customer_name": "customer name, client name, buyer name, buyer, full name, contact name, "
    "account name, company name, company, name, billing name, ship name, bill to, "
    "نام مشتری, نام خریدار, نام و نام خانوادگی, خریدار, طرف حساب, نام طرف حساب, نام شرکت, نام",
    "customer_email": "email, e mail, customer email, email address, buyer email, client email, "
    "ایمیل, ایمیل مشتری, رایانامه, پست الکترونیک, پست الکترونیکی",
    "customer_phone": "phone, phone number, telephone, tel, mobile, mobile number, cell, "
    "customer phone, تلفن, تلفن مشتری, موبایل, شماره تلفن, شماره موبایل, تلفن همراه, همراه",
    "city": "city, town, customer city, ship city, billing city, شهر, شهرستان",
    "date": "date, order date, invoice date, purchase date, transaction date, sale date, "
    "sales date, posting date, document date, order purchase timestamp, order timestamp, "
    "created at, ordered at, order day, timestamp, datetime, date time, trans date, txn date, "
    "bill date, day, تاریخ, تاریخ سفارش, تاریخ فاکتور, تاریخ خرید, تاریخ فروش, تاریخ سند",
    "order": "invoice no, invoice number, invoice, invoice id, order id, order no, order number, "
    "order, receipt, receipt no, receipt number, receipt id, transaction id, transaction no, "
    "transaction, document no, document number, document, bill no, bill number, basket id, "
    "sales order, sales order number, ticket, ticket no, ticket number, "
    "شماره فاکتور, شماره سفارش, فاکتور, سفارش, کد سفارش, شماره سند, شماره رسید",
    "product": "stock code, product id, product code, sku, item code, item id, item no, "
    "item number, product, item, article, article no, article number, part number, asin, upc, "
    "barcode, product key, کد کالا, کد محصول, کالا, محصول, شناسه کالا, شناسه محصول, بارکد",
    "product_name": "description, product name, product description, item name, "
    "item description, line item name, lineitem name, title, product title, "
    "نام کالا, شرح کالا, نام محصول, شرح, عنوان کالا, شرح محصول, "
    "product or description, کالا یا شرح",
    "quantity": "quantity, qty, quantity ordered, order quantity, units, units sold, pieces, "
    "pcs, count, number of items, lineitem quantity, cds, items, تعداد, مقدار, تعداد کالا",
    "unit_price": "unit price, price, price each, unit cost, item price, rate, selling price, "
    "sale price, lineitem price, price per unit, قیمت واحد, فی, قیمت, قیمت یک واحد, مبلغ واحد, "
    "بهای واحد, نرخ, price for one",
    "total": "total, amount, line total, total price, total amount, sales, sales amount, "
    "sale amount, revenue, net amount, net sales, gross amount, sum, subtotal, payment value, "
    "order total, line amount, value, turnover, spent, dollars, dollar value, sales value, "
    "مبلغ, مبلغ کل, قیمت کل, جمع, جمع کل, مبلغ فروش, مبلغ خالص, فروش, جمع مبلغ, "
    "جمع قلم, total of the line",
}


def plain_heading(heading: str) -> str:
    """A heading as the list spells it: InvoiceNo, invoice_no and "Invoice No." are all the same."""
    bare = re.sub(r"\s*\([^()]*\)\s*$", "", heading) or heading  # "Amount (USD)" is an amount
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare)
    spaced = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", " ", spaced)
    return " ".join(re.sub(r"[\W_]+", " ", fold(spaced)).split())


FIELD_BY_HEADING = {
    plain_heading(heading): (field, rank)
    for field, headings in _HEADINGS.items()
    for rank, heading in enumerate(headings.split(", "))
}
