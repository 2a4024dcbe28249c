"""Product pages: the list, one product, its form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, flash, request, url_for
from flask_babel import gettext as _

from app.crm.products import actions
from app.crm.products.chart import monthly_chart
from app.crm.products.figures import figures_of
from app.crm.products.forms import ProductForm, money_text, refuse, show_quantity
from app.crm.products.models import Product
from app.crm.products.paging import address, typed
from app.crm.products.queries import (
    SORTS,
    ProductFilters,
    count_products,
    find_product,
    list_products,
    sales,
)
from app.tenancy import new_id
from app.tenants.access import requires
from app.tenants.permissions import Permission
from app.web import given_uuid, is_fragment_request, or_missing, render, see_other, toast

blueprint = Blueprint("products", __name__, url_prefix="/<slug:tenant_slug>/products")


def register(app: Flask) -> None:
    """Bind the product pages."""
    app.register_blueprint(blueprint)
    app.add_template_filter(show_quantity, "quantity")
    app.add_template_filter(money_text, "money_text")


def read_filters() -> ProductFilters:
    """The filters in the address; an unknown sort is the usual one."""
    sort = request.args.get("sort", "name")
    known = sort.removeprefix("-") in SORTS
    archived = request.args.get("state") == "archived"
    return ProductFilters(typed("q"), archived, sort if known else "name")


@blueprint.get("")
@requires(Permission.PRODUCTS_READ)
def page() -> Response:
    """The list of products."""
    filters = read_filters()
    found = list_products(filters)
    return render(
        "crm/products/page.html",
        "listing",
        filters=filters,
        found=found,
        figures=sales([product.id for product in found.rows]),
        total=count_products(filters),
        address=address,
    )


@blueprint.get("/<uuid:product_id>")
@requires(Permission.PRODUCTS_READ)
def show(product_id: UUID) -> Response:
    """One product with what it sold."""
    return _show(or_missing(find_product(product_id)))


def _show(product: Product) -> Response:
    figures = figures_of(product.id)
    chart = monthly_chart(figures.months)
    return render(
        "crm/products/show.html", "content", product=product, figures=figures, chart=chart
    )


@blueprint.get("/new")
@requires(Permission.PRODUCTS_WRITE)
def new() -> Response:
    """The empty form."""
    form = ProductForm(id=str(new_id()), name=typed("name"))
    return _form(form, None)


@blueprint.post("/new")
@requires(Permission.PRODUCTS_WRITE)
def create() -> Response:
    """Make a product; the same form sent twice makes one."""
    form = ProductForm()
    product_id = given_uuid(form.id.data) or new_id()
    if find_product(product_id) is not None:
        return _shown(product_id)
    if not form.validate():
        return _form(form, None, 422)
    try:
        actions.create_product(product_id, **_values(form))
    except actions.CodeTaken:
        return _form(_code_taken(form), None, 422)
    flash(_("Product added."))
    return _shown(product_id)


@blueprint.get("/<uuid:product_id>/edit")
@requires(Permission.PRODUCTS_WRITE)
def edit(product_id: UUID) -> Response:
    """The form of a product."""
    product = or_missing(find_product(product_id))
    return _form(ProductForm(obj=product), product)


@blueprint.post("/<uuid:product_id>/edit")
@requires(Permission.PRODUCTS_WRITE)
def change(product_id: UUID) -> Response:
    """Save a product's form."""
    product = or_missing(find_product(product_id))
    form = ProductForm()
    if not form.validate():
        return _form(form, product, 422)
    if form.version.data != str(product.version):
        raise actions.stale_product()
    try:
        actions.change_product(product, **_values(form))
    except actions.CodeTaken:
        return _form(_code_taken(form), or_missing(find_product(product_id)), 422)
    flash(_("Saved."))
    return _shown(product_id)


@blueprint.post("/<uuid:product_id>/archive")
@requires(Permission.PRODUCTS_WRITE)
def archive(product_id: UUID) -> Response:
    """Put a product away; the toast takes it back."""
    product = or_missing(find_product(product_id))
    actions.archive_product(product)
    message = _("“%(name)s” is archived.", name=product.name)
    if is_fragment_request():
        undo = url_for("products.restore", product_id=product_id)
        return toast(_show(product), message, undo_url=undo)
    flash(message)
    return _shown(product_id)


@blueprint.post("/<uuid:product_id>/restore")
@requires(Permission.PRODUCTS_WRITE)
def restore(product_id: UUID) -> Response:
    """Take an archived product back."""
    product = or_missing(find_product(product_id))
    actions.restore_product(product)
    flash(_("“%(name)s” is back in the list.", name=product.name))
    return _shown(product_id)


def _shown(product_id: UUID) -> Response:
    return see_other(url_for("products.show", product_id=product_id))


def _values(form: ProductForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "code": form.code.data,
        "unit_price": form.unit_price.data,
    }


def _code_taken(form: ProductForm) -> ProductForm:
    taken = _("Another product has the code %(code)s. Choose another.", code=form.code.data)
    refuse(form.code, taken)
    return form


def _form(form: ProductForm, product: Product | None, status: int = 200) -> Response:
    return render("crm/products/form.html", "content", status, form=form, product=product)
