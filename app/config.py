"""Settings, read once from the environment. A bad or missing value stops the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

ENVIRONMENTS = ("production", "development", "test")


class BadSetting(ValueError):
    """A setting is missing or wrong; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one deployment and another."""

    environment: str
    secret_key: str
    database_url: str
    public_url: str
    database_owner_url: str | None = None
    database_relay_url: str | None = None
    redis_url: str | None = None
    smtp_url: str | None = None
    mail_from: str = "Payvand <no-reply@localhost>"
    trusted_proxies: int = 0
    pool_size: int = 5
    workers: int = 2
    upload_megabytes: int = 200
    job_timeout_seconds: int = 3600
    sign_up_open: bool = True

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_secure(self) -> bool:
        """Whether people reach the app over HTTPS, which decides the cookies' names and HSTS."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; raises BadSetting with a sentence when one cannot be used."""
        env = os.environ if environ is None else environ
        environment = env.get("PAYVAND_ENVIRONMENT", "production")
        if environment not in ENVIRONMENTS:
            raise BadSetting(f"PAYVAND_ENVIRONMENT must be one of {', '.join(ENVIRONMENTS)}.")
        return cls(
            environment=environment,
            secret_key=_secret(env),
            database_url=_database(env, "DATABASE_URL", needed=True) or "",
            database_owner_url=_database(env, "DATABASE_OWNER_URL"),
            database_relay_url=_database(env, "DATABASE_RELAY_URL"),
            redis_url=_redis(env),
            public_url=_public_url(env),
            smtp_url=_smtp(env),
            mail_from=env.get("MAIL_FROM", cls.mail_from),
            trusted_proxies=_whole(env, "TRUSTED_PROXIES", 0, least=0),
            pool_size=_whole(env, "DATABASE_POOL_SIZE", 5),
            workers=_whole(env, "WORKERS", 2),
            upload_megabytes=_whole(env, "UPLOAD_MEGABYTES", 200),
            job_timeout_seconds=_whole(env, "JOB_TIMEOUT_SECONDS", 3600),
            sign_up_open=_yes_or_no(env, "SIGN_UP_OPEN", default=True),
        )


def _secret(env: Mapping[str, str]) -> str:
    secret = env.get("SECRET_KEY", "")
    if len(secret) < 32:
        raise BadSetting(
            "SECRET_KEY must be set to at least 32 random characters, for example the output of "
            '`python -c "import secrets; print(secrets.token_hex(32))"`.'
        )
    return secret


def _database(env: Mapping[str, str], name: str, *, needed: bool = False) -> str | None:
    url = env.get(name, "")
    if not url:
        if needed:
            raise BadSetting(
                f"{name} must name the PostgreSQL database, postgresql://user@host/db."
            )
        return None
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise BadSetting(f"{name} must begin with postgresql://.")
    return f"postgresql+psycopg://{rest}"


def _redis(env: Mapping[str, str]) -> str | None:
    url = env.get("REDIS_URL") or None
    if url and urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise BadSetting("REDIS_URL must begin with redis:// or rediss://.")
    return url


def _public_url(env: Mapping[str, str]) -> str:
    url = env.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        raise BadSetting(
            "PUBLIC_URL must be the address people type, like https://crm.example.com."
        )
    return url


def _smtp(env: Mapping[str, str]) -> str | None:
    url = env.get("SMTP_URL") or None
    if url and urlsplit(url).scheme not in ("smtp", "smtps"):
        raise BadSetting("SMTP_URL must look like smtp://user:password@host:587.")
    return url


def _whole(env: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) < least:
        raise BadSetting(f"{name} must be a whole number of at least {least}.")
    return int(text)


def _yes_or_no(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name, "").lower()
    if text not in ("", "yes", "no"):
        raise BadSetting(f"{name} must be yes or no.")
    return default if not text else text == "yes"
