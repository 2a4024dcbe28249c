"""The front page: for a stranger what the product is, for a member their workspace."""

from __future__ import annotations

from flask import Blueprint, Flask, Response

from app.extensions import db
from app.tenants.access import public
from app.tenants.door import current_user
from app.tenants.members.queries import workspaces_of
from app.tenants.shell import home_url
from app.web import current_settings, render, see_other

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@public
def landing() -> Response:
    if not current_user.is_authenticated:
        return render("public/landing.html", sign_up_open=current_settings().sign_up_open)
    found = db.session.execute(workspaces_of(current_user.account_id).limit(2)).all()
    if len(found) == 1:
        return see_other(home_url(found[0].slug))
    return see_other("/workspaces")


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
