"""Passwords: how they are kept, and which are too easy to guess."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l

from app.l10n import lazy_number

SHORTEST, LONGEST = 8, 128
_COMMON = Path(__file__).with_name("common_passwords.txt")
_SEQUENCES = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LEAST_DISTINCT = 4

# 46 MiB, two passes: above the floor of OWASP's password storage sheet, some 90 ms on one core.
_hasher = PasswordHasher(time_cost=2, memory_cost=47104, parallelism=1)
# A process hashes on half the cores at most, so a burst of sign-ins leaves pages their share.
_turns = BoundedSemaphore(max(1, (os.cpu_count() or 1) // 2))
# The hash of nothing anybody knows: an unknown account costs the same time as a known one.
NO_ACCOUNT = (
    "$argon2id$v=19$m=47104,t=2,p=1$6Avt9VjDEUvRR7bS63dQNw"
    "$n1CJmtnr9tvdftss0rRJBB9IobATaccjvX1rUw716tQ"
)


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    with _turns:
        return _hasher.hash(_normal(password))


def is_password(stored: str | None, password: str) -> bool:
    """Whether the password fits the stored hash; takes as long when there is no account."""
    with _turns:
        try:
            _hasher.verify(stored or NO_ACCOUNT, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(stored)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, *names: str) -> Any | None:
    """A sentence when the password is too short, too long or easily guessed; else None.

    `names` are words an attacker would try first: the person's, the company's, the address.
    """
    if len(password) < SHORTEST:
        return _l("Use at least %(least)s characters.", least=lazy_number(SHORTEST))
    if len(password) > LONGEST:
        return _l("Use at most %(most)s characters.", most=lazy_number(LONGEST))
    if _is_common(password):
        return _l("This password is among the first that are tried. Choose another.")
    if _is_made_of(password, names):
        return _l("This password is made of names that others know. Choose another.")
    return None


def _is_common(password: str) -> bool:
    plain = _normal(password).casefold()
    bare = re.sub(r"[\d\W_]+$", "", plain)
    return (
        plain in _common()
        or (len(bare) >= 4 and bare in _common())
        or len(set(plain)) < _LEAST_DISTINCT
        or _is_repeat(plain)
        or _is_sequence(plain)
    )


def _is_repeat(plain: str) -> bool:
    return re.fullmatch(r"(.{1,6}?)\1+", plain) is not None


def _is_sequence(plain: str) -> bool:
    lines = [line for row in _SEQUENCES for line in (row * 3, row[::-1] * 3)]
    return any(plain in line for line in lines)


def _is_made_of(password: str, names: tuple[str, ...]) -> bool:
    rest = _letters(password)
    words = {_letters(word) for name in (*names, "payvand", "پیوند") for word in _parts(name)}
    for word in sorted((word for word in words if len(word) >= 3), key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) < SHORTEST // 2 and len(rest) < len(_letters(password))


def _parts(name: str) -> list[str]:
    return [name, *re.split(r"[\s@._-]+", name)]


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", _normal(text).casefold())


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())
