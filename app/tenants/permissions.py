"""What each role may do: one table, read by the door and by templates."""

from __future__ import annotations

from enum import Enum


class Permission(Enum):
    """A thing a member may be allowed to do."""

    CONTACTS_READ = "contacts.read"
    CONTACTS_WRITE = "contacts.write"
    PRODUCTS_READ = "products.read"
    PRODUCTS_WRITE = "products.write"
    ORDERS_READ = "orders.read"
    ORDERS_WRITE = "orders.write"
    IMPORTS_RUN = "imports.run"
    REPORTS_READ = "reports.read"
    REPORTS_RUN = "reports.run"
    EXPORTS_RUN = "exports.run"
    MEMBERS_READ = "members.read"
    MEMBERS_MANAGE = "members.manage"
    WORKSPACE_MANAGE = "workspace.manage"
    OWNERS_MANAGE = "owners.manage"


_READ = frozenset(
    {
        Permission.CONTACTS_READ,
        Permission.PRODUCTS_READ,
        Permission.ORDERS_READ,
        Permission.REPORTS_READ,
        Permission.MEMBERS_READ,
    }
)
_REP = _READ | {Permission.CONTACTS_WRITE, Permission.ORDERS_WRITE}
_MANAGER = _REP | {
    Permission.PRODUCTS_WRITE,
    Permission.IMPORTS_RUN,
    Permission.REPORTS_RUN,
    Permission.EXPORTS_RUN,
}
_ADMIN = _MANAGER | {Permission.MEMBERS_MANAGE, Permission.WORKSPACE_MANAGE}
_OWNER = _ADMIN | {Permission.OWNERS_MANAGE}

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    "owner": _OWNER,
    "admin": _ADMIN,
    "manager": _MANAGER,
    "rep": _REP,
    "read-only": _READ,
}


def is_allowed(role: str, permission: Permission) -> bool:
    """Whether a role has a permission; an unknown role has none."""
    return permission in ROLE_PERMISSIONS.get(role, frozenset())
