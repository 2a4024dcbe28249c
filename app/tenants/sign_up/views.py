"""The pages that open a workspace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask, Response, g, request
from flask_babel import gettext as _

from app.extensions import db
from app.tenancy import new_id
from app.tenants import limits
from app.tenants.access import public, signed_in
from app.tenants.door import current_user
from app.tenants.fields import submitted_status
from app.tenants.refusals import refused
from app.tenants.shell import home_url
from app.tenants.sign_up import actions, commands
from app.tenants.sign_up.forms import OpenForm, SignUpForm
from app.tenants.sign_up.slugs import SHAPE, free_neighbour, is_free, suggested_slug
from app.tenants.workspace.defaults import defaults_for
from app.tenants.workspace.models import Tenant
from app.web import Forbidden, current_settings, given_uuid, render, see_other


def _accepted() -> list[str]:
    return [tag for tag, _quality in request.accept_languages]


def _filled(form_class: type[Any]) -> Any:
    """The form as it was sent, or with the defaults of the page's language."""
    defaults = defaults_for(g.formats.language, _accepted())
    form = form_class(
        id=str(new_id()),
        language=defaults.language,
        calendar=defaults.calendar,
        currency=defaults.currency,
        timezone=defaults.timezone,
    )
    chosen = request.form.get("chosen_slug")
    if chosen:
        form.slug.data = chosen
    return form


def _check_open() -> None:
    if not current_settings().sign_up_open:
        raise Forbidden(_("New workspaces are not opened here. Ask who runs this site."))


@public
def sign_up() -> Response:
    _check_open()
    form = _filled(SignUpForm)
    if _is_repeated(form):
        return render("accounts/check_mail.html", email=form.email.data)
    if not form.validate_on_submit():
        return render("accounts/sign_up.html", form=form, status=submitted_status(form))
    try:
        limits.spend(
            (limits.SIGN_UP_ACCOUNT, form.email.data),
            (limits.SIGN_UP_ADDRESS, limits.visitor_address()),
        )
    except limits.TooMany as error:
        return refused("accounts/sign_up.html", form, error)
    actions.sign_up(form, _tenant_id(form), _accepted())
    return render("accounts/check_mail.html", email=form.email.data)


def _tenant_id(form: OpenForm) -> UUID:
    return given_uuid(form.id.data) or new_id()


def _is_repeated(form: OpenForm) -> bool:
    """Whether this very form was sent before and its workspace stands: a second click."""
    tenant_id = given_uuid(form.id.data)
    if not form.is_submitted() or tenant_id is None:
        return False
    tenant = db.session.get(Tenant, tenant_id)
    return tenant is not None and tenant.slug == form.slug.data


@public
def address() -> Response:
    """The address field alone: suggested from the company's name, or checked as it is typed."""
    form = OpenForm()
    form.slug.data = suggested_slug(request.args.get("company", ""))
    typed = request.args.get("slug", "").strip().lower()
    if typed:
        form.slug.data = typed
    if form.slug.data and SHAPE.fullmatch(form.slug.data) and not is_free(form.slug.data):
        form.neighbour = free_neighbour(form.slug.data)
        if typed:
            form.slug.errors = (_("That address is taken."),)
        else:
            form.slug.data, form.neighbour = form.neighbour, None
    return render("accounts/_address.html", form=form)


@signed_in
def open_another() -> Response:
    _check_open()
    form = _filled(OpenForm)
    if _is_repeated(form):
        return see_other(home_url(form.slug.data))
    if not form.validate_on_submit():
        return render("members/new_workspace.html", form=form, status=submitted_status(form))
    try:
        limits.spend((limits.SIGN_UP_ACCOUNT, str(current_user.account_id)))
    except limits.TooMany as error:
        return refused("members/new_workspace.html", form, error)
    tenant_id = _tenant_id(form)
    tenant = actions.open_another(form, current_user.account_id, tenant_id, _accepted())
    return see_other(home_url(tenant.slug))


def register(app: Flask) -> None:
    both = ["GET", "POST"]
    app.add_url_rule("/sign-up", "accounts.sign_up", sign_up, methods=both)
    app.add_url_rule("/sign-up/address", "accounts.address", address)
    app.add_url_rule("/workspaces/new", "members.new_workspace", open_another, methods=both)
    app.cli.add_command(commands.group)
