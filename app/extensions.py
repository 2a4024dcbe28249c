"""The Flask extensions, made once and bound to the app in create_app()."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from sqlalchemy import DateTime, MetaData, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The models' base; the naming convention lets migrations name what they alter."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


# Set on the registry: Flask-SQLAlchemy copies the class body and would declare it twice.
Base.registry.update_type_annotation_map(
    {
        datetime: DateTime(timezone=True),
        str: Text,
        UUID: Uuid,
        Decimal: Numeric(18, 4),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
    }
)

db = SQLAlchemy(model_class=Base, disable_autonaming=True)
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
htmx = Htmx()
