"""A person's own page: name and preferences, password, address, signed-in browsers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import delete

from app.extensions import db
from app.tenants import limits
from app.tenants.access import signed_in
from app.tenants.accounts import actions
from app.tenants.accounts.blueprint import blueprint
from app.tenants.accounts.forms import EmailForm, PasswordForm, ProfileForm
from app.tenants.accounts.models import Account, AccountSession
from app.tenants.accounts.queries import open_sessions
from app.tenants.door import current_user, stand_in
from app.tenants.fields import submitted_status
from app.tenants.passwords import is_password
from app.tenants.sessions import end_sessions
from app.web import Missing, render, see_other

_PAGE = "accounts/profile.html"


def bind() -> None:
    """The routes below join the accounts' blueprint when this module is imported."""


def _account() -> Account:
    return db.session.get_one(Account, current_user.account_id)


def _context(**forms: Any) -> dict[str, Any]:
    """What the page needs beside the form at hand: the other forms, fresh, and the sessions."""
    stand_in(request.args.get("workspace"))
    account = _account()
    values = {name: getattr(account, name) or "" for name in ("language", "calendar", "digits")}
    fresh: dict[str, Any] = {
        "form": forms.get("form")
        or ProfileForm(fresh=True, name=account.name, shortcuts=account.shortcuts, **values),
        "password_form": forms.get("password_form") or PasswordForm(fresh=True, prefix="password-"),
        "email_form": forms.get("email_form") or EmailForm(fresh=True, prefix="email-"),
    }
    sessions = db.session.scalars(open_sessions(account.id)).all()
    return {**fresh, "account": account, "sessions": sessions}


def _back() -> Response:
    return see_other(url_for("accounts.profile", workspace=request.args.get("workspace")))


@blueprint.route("/profile", methods=["GET", "POST"])
@signed_in
def profile() -> Response:
    form = ProfileForm() if request.method == "POST" else None
    if form is not None and form.validate():
        _store(form)
        flash(_("Saved"))
        return _back()
    return render(_PAGE, status=submitted_status(form) if form else 200, **_context(form=form))


def _store(form: ProfileForm) -> None:
    account = _account()
    account.name = form.name.data
    account.shortcuts = form.shortcuts.data
    for name in ("language", "calendar", "digits"):
        setattr(account, name, form[name].data or None)


@blueprint.post("/profile/password")
@signed_in
def change_password() -> Response:
    form = PasswordForm(prefix="password-")
    answer = _checked(form, "password_form")
    if answer is not None:
        return answer
    actions.change_password(_account(), form.password.data, current_user.session_id)
    flash(_("Your password is changed. Your other browsers are signed out."))
    return _back()


@blueprint.post("/profile/email")
@signed_in
def change_email() -> Response:
    form = EmailForm(prefix="email-")
    answer = _checked(form, "email_form")
    if answer is not None:
        return answer
    if form.email.data != current_user.email:
        actions.ask_to_move(_account(), form.email.data)
    flash(_("We wrote to %(email)s. Open the link there to finish.", email=form.email.data))
    return _back()


def _checked(form: Any, name: str) -> Response | None:
    """The page with what is wrong; None when the form is right and so is the current password."""
    if not form.validate():
        return render(_PAGE, status=422, **_context(**{name: form}))
    try:
        limits.spend((limits.PASSWORD_CHECK, str(current_user.account_id)))
    except limits.TooMany as error:
        form.current.errors = [error.sentence]
        response = render(_PAGE, status=error.code, **_context(**{name: form}))
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    if is_password(_account().password_hash, form.current.data):
        return None
    form.current.errors = [_("This is not your current password.")]
    return render(_PAGE, status=422, **_context(**{name: form}))


@blueprint.post("/profile/sessions/<uuid:session_id>/end")
@signed_in
def end_one_session(session_id: UUID) -> Response:
    ended = db.session.execute(
        delete(AccountSession)
        .where(
            AccountSession.id == session_id, AccountSession.account_id == current_user.account_id
        )
        .returning(AccountSession.id)
    ).one_or_none()
    if ended is None:
        raise Missing
    flash(_("That browser is signed out."))
    return _back()


@blueprint.post("/profile/sessions/end-others")
@signed_in
def end_other_sessions() -> Response:
    end_sessions(current_user.account_id, keep=current_user.session_id)
    flash(_("All other browsers are signed out."))
    return _back()
