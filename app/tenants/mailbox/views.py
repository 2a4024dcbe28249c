"""The development mailbox: mails that had no server to go to. It does not exist in production."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Flask, Response, request

from app.extensions import db
from app.mail import Mail
from app.tenants.access import public
from app.tenants.mailbox.queries import PAGE_SIZE, linked, newest_mails
from app.web import Missing, current_settings, given_uuid, or_missing, render

blueprint = Blueprint("mailbox", __name__, url_prefix="/mailbox")


@blueprint.before_request
def _only_without_a_mail_server() -> None:
    settings = current_settings()
    if settings.smtp_url is not None or settings.is_production:
        raise Missing


@blueprint.get("")
@public
def page() -> Response:
    before = given_uuid(request.args.get("before"))
    mails = db.session.scalars(newest_mails(before).limit(PAGE_SIZE + 1)).all()
    older = mails[PAGE_SIZE - 1].id if len(mails) > PAGE_SIZE else None
    return render("mailbox/page.html", "list", mails=mails[:PAGE_SIZE], older=older, before=before)


@blueprint.get("/<uuid:mail_id>")
@public
def show(mail_id: UUID) -> Response:
    mail = or_missing(db.session.get(Mail, mail_id))
    return render("mailbox/show.html", mail=mail, lines=linked(mail.text))


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
