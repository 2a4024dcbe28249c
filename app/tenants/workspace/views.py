"""The settings of the workspace."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, flash, g, request, url_for
from flask_babel import gettext as _

from app.extensions import db
from app.tenants.access import may, requires
from app.tenants.fields import submitted_status
from app.tenants.permissions import Permission
from app.tenants.refusals import refused
from app.tenants.workspace.actions import SETTINGS, change_settings, has_amounts, money_unit
from app.tenants.workspace.forms import WorkspaceForm
from app.tenants.workspace.models import Tenant
from app.web import Refused, render, see_other

blueprint = Blueprint("workspace", __name__, url_prefix="/<slug:tenant_slug>/settings")
_PAGE = "workspace/page.html"


@blueprint.get("")
@requires(Permission.MEMBERS_READ)
def settings() -> Response:
    """The first of the settings that the member may see."""
    may_change = may(Permission.WORKSPACE_MANAGE)
    return see_other(url_for("workspace.page" if may_change else "members.page"))


@blueprint.route("/workspace", methods=["GET", "POST"])
@requires(Permission.WORKSPACE_MANAGE)
def page() -> Response:
    tenant = db.session.get_one(Tenant, g.place.tenant.id)
    form = WorkspaceForm(obj=tenant, toman=tenant.money_unit == "toman")
    is_locked = has_amounts()
    if is_locked and "currency" not in request.form:
        form.currency.data = tenant.currency
    if not form.validate_on_submit():
        return render(_PAGE, form=form, is_locked=is_locked, status=submitted_status(form))
    try:
        _store(tenant, form)
    except Refused as error:
        return refused(_PAGE, form, error, is_locked=is_locked)
    flash(_("Saved"))
    return see_other(url_for("workspace.page"))


def _store(tenant: Tenant, form: WorkspaceForm) -> None:
    settings = {name: form[name].data for name in SETTINGS if name in form}
    settings["money_unit"] = money_unit(form.currency.data, form.toman.data)
    change_settings(tenant, settings)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
