"""Getting in and out: sign-in, sign-out, the links in mails, language and theme."""

from __future__ import annotations

from flask import Flask, Response, redirect, request
from flask_babel import gettext as _

from app.extensions import db
from app.tenants import limits
from app.tenants.access import public
from app.tenants.accounts import actions, profile
from app.tenants.accounts.agents import browser_name
from app.tenants.accounts.blueprint import blueprint
from app.tenants.accounts.forms import ResetForm, ResetRequestForm, SignInForm
from app.tenants.accounts.models import Account
from app.tenants.accounts.tokens import usable_token
from app.tenants.door import current_user
from app.tenants.fields import local_path, return_path, submitted_status
from app.tenants.refusals import refused
from app.tenants.sessions import end_session, start_session
from app.web import current_settings, render, see_other

_YEAR = 365 * 24 * 3600


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response:
    form = SignInForm(next=request.args.get("next"))
    if request.method == "GET" and current_user.is_authenticated:
        return see_other(return_path("/"))
    if not form.validate_on_submit():
        return render("accounts/sign_in.html", form=form, status=submitted_status(form))
    try:
        limits.spend(
            (limits.SIGN_IN_ACCOUNT, form.email.data),
            (limits.SIGN_IN_ADDRESS, limits.visitor_address()),
        )
    except limits.TooMany as error:
        return refused("accounts/sign_in.html", form, error)
    return _answer_sign_in(form)


def _answer_sign_in(form: SignInForm) -> Response:
    account = actions.checked_account(form.email.data, form.password.data)
    if account is None:
        sentence = _("This email and password do not fit together. Try again, or set a new one.")
        return refused("accounts/sign_in.html", form, sentence)
    limits.forget(limits.SIGN_IN_ACCOUNT, form.email.data)
    if account.verified_at is None:
        actions.mail_verification(account)
        return render("accounts/check_mail.html", email=account.email)
    return start_session(see_other(local_path(form.next.data) or "/"), account.id)


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    return end_session(see_other("/"))


@blueprint.route("/verify/<token>", methods=["GET", "POST"])
@public
def verify(token: str) -> Response:
    """The link only shows a button: mail scanners open links, and must not use them up."""
    if request.method == "POST":
        account = actions.verify_address(token)
        if account is not None:
            return start_session(see_other("/"), account.id)
    found = usable_token(token, "verify")
    if found is None:
        return render("accounts/link_over.html", purpose="verify", status=410)
    return render("accounts/verify.html", email=found.email)


@blueprint.route("/reset", methods=["GET", "POST"])
@public
def reset() -> Response:
    form = ResetRequestForm()
    if not form.validate_on_submit():
        return render("accounts/reset.html", form=form, status=submitted_status(form))
    try:
        limits.spend(
            (limits.RESET_ACCOUNT, form.email.data),
            (limits.RESET_ADDRESS, limits.visitor_address()),
        )
    except limits.TooMany as error:
        return refused("accounts/reset.html", form, error)
    actions.mail_reset(form.email.data)
    return render("accounts/check_mail.html", email=form.email.data)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@public
def new_password(token: str) -> Response:
    found = usable_token(token, "reset")
    if found is None:
        return render("accounts/link_over.html", purpose="reset", status=410)
    form = ResetForm()
    if form.validate_on_submit():
        return _set_password(token, form.password.data)
    page = "accounts/new_password.html"
    return render(page, form=form, email=found.email, status=submitted_status(form))


def _set_password(token: str, password: str) -> Response:
    account = actions.reset_password(token, password)
    if account is None:
        return render("accounts/link_over.html", purpose="reset", status=410)
    limits.forget(limits.SIGN_IN_ACCOUNT, account.email)
    return start_session(see_other("/"), account.id)


@blueprint.post("/preferences")
@public
def preferences() -> Response:
    """Language and theme, for this browser; the language also for the account."""
    answer = redirect(return_path("/"), code=303)
    language, theme = request.form.get("language"), request.form.get("theme")
    if language in ("en", "fa"):
        _remember(answer, "language", language)
        if current_user.is_authenticated:
            db.session.get_one(Account, current_user.account_id).language = language
    if theme in ("light", "dark", "system"):
        _remember(answer, "theme", theme)
    return answer  # type: ignore[return-value]


def _remember(answer: object, name: str, value: str) -> None:
    secure = current_settings().is_secure
    answer.set_cookie(name, value, max_age=_YEAR, secure=secure, samesite="Lax")  # type: ignore[attr-defined]


def register(app: Flask) -> None:
    profile.bind()
    app.register_blueprint(blueprint)
    app.jinja_env.filters["browser"] = browser_name
