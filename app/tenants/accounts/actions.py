"""What changes an account: proving an address, setting a password, moving to another address."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import g

from app.extensions import db
from app.mail import send
from app.tenants.accounts.models import Account
from app.tenants.accounts.queries import account_of
from app.tenants.accounts.tokens import absolute_url, drop_tokens, issue_token, spend_token
from app.tenants.passwords import hash_password, is_outdated, is_password
from app.tenants.sessions import end_sessions


def mail_language(account: Account) -> str:
    """The language to write to the person in: theirs, else that of the page at hand."""
    return account.language or str(g.formats.language)


def checked_account(email: str, password: str) -> Account | None:
    """The account that both fit; an unknown address takes as long as a wrong password."""
    account = account_of(email)
    stored = None if account is None else account.password_hash
    if not is_password(stored, password) or account is None:
        return None
    if is_outdated(account.password_hash):
        account.password_hash = hash_password(password)
    return account


def mail_verification(account: Account) -> None:
    """Mail the link that proves the account's address."""
    link = absolute_url("accounts.verify", token=issue_token(account, "verify"))
    send(account.email, "verify", mail_language(account), name=account.name, link=link)


def mail_reset(email: str) -> None:
    """Mail a link for a new password, when there is such an account."""
    account = account_of(email)
    if account is not None:
        link = absolute_url("accounts.new_password", token=issue_token(account, "reset"))
        send(account.email, "reset", mail_language(account), name=account.name, link=link)


def verify_address(token: str) -> Account | None:
    """Take the address that the link proves as the account's own; None when the link is over."""
    found = spend_token(token, "verify")
    if found is None:
        return None
    account = db.session.get_one(Account, found.account_id)
    other = account_of(found.email)
    if other is not None and other.id != account.id:
        return None
    if account.email != found.email:
        _move(account, found.email)
    account.verified_at = account.verified_at or datetime.now(UTC)
    return account


def _move(account: Account, email: str) -> None:
    drop_tokens(account)
    values = {"name": account.name, "email": email}
    send(account.email, "email_changed", mail_language(account), **values)
    account.email = email


def reset_password(token: str, password: str) -> Account | None:
    """Set the password by a mailed link: the address is proved, every session ends."""
    found = spend_token(token, "reset")
    if found is None:
        return None
    account = db.session.get_one(Account, found.account_id)
    account.password_hash = hash_password(password)
    account.verified_at = account.verified_at or datetime.now(UTC)
    drop_tokens(account)
    end_sessions(account.id)
    _tell_password_changed(account)
    return account


def change_password(account: Account, password: str, session_id: UUID) -> None:
    """Set the password from within: every other session ends."""
    account.password_hash = hash_password(password)
    drop_tokens(account)
    end_sessions(account.id, keep=session_id)
    _tell_password_changed(account)


def _tell_password_changed(account: Account) -> None:
    link = absolute_url("accounts.reset")
    values = {"name": account.name, "link": link}
    send(account.email, "password_changed", mail_language(account), **values)


def ask_to_move(account: Account, email: str) -> None:
    """Mail a link to the new address; it becomes the account's when the link is used.

    An address that has an account of its own is told so: the page answers the same for both.
    """
    language = mail_language(account)
    old = {"name": account.name, "email": email, "link": absolute_url("accounts.reset")}
    send(account.email, "email_asked", language, **old)
    taken = account_of(email)
    if taken is not None:
        values = {"link": absolute_url("accounts.sign_in"), "reset_link": old["link"]}
        send(email, "taken", mail_language(taken), name=taken.name, **values)
        return
    link = absolute_url("accounts.verify", token=issue_token(account, "verify", email))
    send(email, "verify_new", language, name=account.name, link=link)
