"""Mail: sent by a job through SMTP where it is set, else kept in the development mailbox."""

from __future__ import annotations

import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit
from uuid import UUID

from flask import Flask, current_app, g
from sqlalchemy import Index, func, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Settings
from app.extensions import Base, db
from app.jobs import job
from app.l10n import Formats, use
from app.tenancy import new_id
from app.web import current_settings


class Mail(Base):
    """A mail in the development mailbox: only where no SMTP server is set."""

    __tablename__ = "mails"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_mails_time", "created_at", "id"),)


def send(recipient: str, template: str, language: str, **context: object) -> None:
    """Ask for a mail in the current transaction.

    `mail/<template>.txt` holds the subject in its first line and the text after a blank one;
    `mail/<template>.html` the same with a button.
    """
    formats = Formats(language=language, digits="persian" if language == "fa" else "latin")
    with use(formats):
        values = {**context, "language": language, "direction": formats.direction}
        subject, _, text = _render(f"{template}.txt", values).partition("\n")
        html = _render(f"{template}.html", {**values, "subject": subject})
    deliver.later(recipient=recipient, subject=subject.strip(), text=text.strip(), html=html)


def _render(name: str, values: dict[str, object]) -> str:
    """Without the context of pages: a job or a command has none."""
    return current_app.jinja_env.get_template(f"mail/{name}").render(values)


@job
def deliver(recipient: str, subject: str, text: str, html: str) -> None:
    """Deliver one mail, at least once, under a Message-ID that stays the same when tried again."""
    settings = current_settings()
    if settings.smtp_url is None:
        values = {"recipient": recipient, "subject": subject, "text": text, "html": html}
        db.session.execute(insert(Mail).values(**values))
        return
    message = _message(settings, recipient, subject, text, html)
    with _connection(settings.smtp_url) as server:
        server.send_message(message)


def _message(
    settings: Settings, recipient: str, subject: str, text: str, html: str
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, recipient, subject
    message["Date"] = format_datetime(datetime.now(UTC))
    domain = parseaddr(settings.mail_from)[1].partition("@")[2] or "localhost"
    message["Message-ID"] = f"<{g.get('outbox_id', new_id())}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def _connection(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    context = ssl.create_default_context()
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=30, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=30)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def register(_app: Flask) -> None:
    """Nothing to bind: mail is asked for through `send`."""
