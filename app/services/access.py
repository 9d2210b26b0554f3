"""What a user may do: the grants of his positions, remembered until they change."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from app.rules.access import FieldRightKind
from app.rules.organization import PositionType
from app.rules.system import FirmNature
from app.services import parameters
from app.services.kept import GRANTS, MARKS, keep, kept, renew
from app.services.unit_of_work import Actor, unscoped
from models.access import FieldRight, Stamp

#: The two positions every installation has (their names are shown, so they are Chinese): all rights, and nobody's.
ADMIN, PUBLIC = "系统管理员", "未登录访客"
PREFIX = "can_"
Grants = frozenset[tuple[str, str]]
keep(GRANTS, Role, FieldRight)

_USER, _STAMP = User.__table__.c, Stamp.__table__.c
_HELD = func.aggregate_strings(cast(assoc_user_role.c.role_id, String), ",")
#: Asked at every request, so in one statement: who it is, his positions, and the marks of what is kept.
_VISITOR = select(
    _USER.id, _USER.username, _USER.first_name, _USER.active, _USER.session_counter, _USER.must_change_password,
    select(_HELD).where(assoc_user_role.c.user_id == _USER.id).scalar_subquery().label("role_ids"),
    *(select(_STAMP.value).where(_STAMP.name == mark).scalar_subquery().label(mark) for mark in MARKS),
).where(_USER.id == bindparam("id"))  # fmt: skip


def visitor(session: Session, user_id: int) -> Any:
    """The row of a user with his `role_ids` (text, by commas) and the marks; None where there is no such user."""
    with unscoped(session):  # nobody acts yet, and the statement would carry what nobody sees
        return session.execute(_VISITOR, {"id": user_id}).first()


def grants_of(session: Session, role_ids: frozenset[int]) -> Grants:
    """(permission, table key) of these positions together; positions add up (A-2.2.3.1)."""
    query = (
        select(Permission.name, ViewMenu.name)
        .select_from(assoc_permissionview_role)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(assoc_permissionview_role.c.role_id.in_(role_ids))
    )
    return frozenset((p.removeprefix(PREFIX), v) for p, v in session.execute(query))


def field_rights(session: Session, role_ids: frozenset[int]) -> tuple[Grants, Grants]:
    """(hidden, read-only) fields as (table key, column): what every one of the positions takes away."""
    taken: dict[tuple[str, str], list[FieldRightKind]] = defaultdict(list)
    query = select(FieldRight.table_key, FieldRight.column, FieldRight.right).where(
        FieldRight.position_id.in_(role_ids)
    )
    for table, column, right in session.execute(query):
        taken[(table, column)].append(right)
    everywhere = {place: kinds for place, kinds in taken.items() if len(kinds) == len(role_ids)}
    hidden = frozenset(p for p, kinds in everywhere.items() if all(k is FieldRightKind.HIDDEN for k in kinds))
    return hidden, frozenset(p for p in everywhere if p not in hidden)


def roles_held(session: Session, user_id: int) -> frozenset[int]:
    """The ids of a user's positions."""
    query = select(assoc_user_role.c.role_id).where(assoc_user_role.c.user_id == user_id)
    return frozenset(session.execute(query).scalars())


def rights_of(session: Session, role_ids: frozenset[int]) -> Actor:
    """An actor without a name who may do what these positions may together."""
    return kept(session, GRANTS, ("rights", role_ids), lambda s: _rights(s, role_ids))


def _rights(session: Session, role_ids: frozenset[int]) -> Actor:
    query = select(Role.name, Role.position_type).where(Role.id.in_(role_ids))
    roles = session.execute(query).all()
    is_admin = any(name == ADMIN for name, _kind in roles)
    hidden, read_only = (frozenset(), frozenset()) if is_admin else field_rights(session, role_ids)
    return Actor(
        sees_all=is_admin or any(kind is PositionType.MANAGEMENT for _name, kind in roles),
        grants=frozenset() if is_admin else grants_of(session, role_ids),
        is_admin=is_admin,
        hidden=hidden,
        read_only=read_only,
        role_ids=role_ids,
    )


def rows_shared(session: Session) -> bool:
    """Whether the firm is a company (公司制), where all rows are shared."""
    return parameters.value(session, "firm_nature") != FirmNature.PARTNERSHIP.name


def actor_for(session: Session, user: Any, *, role_ids: frozenset[int] | None = None, request_id: str = "") -> Actor:
    """The actor a user (or a visitor) is: his grants, and whether rows are hidden from him.

    In a company (公司制) all rows are shared; in a partnership only administrators and management positions see all
    (A-2.1.1.2). role_ids: his positions, where they are known.
    """
    rights = rights_of(session, roles_held(session, user.id) if role_ids is None else role_ids)
    sees_all = rights.sees_all or rows_shared(session)
    return replace(rights, id=user.id, name=user.first_name, sees_all=sees_all, request_id=request_id)


def sync_permissions(session: Session, wanted: dict[str, set[str]]) -> None:
    """Make FAB's permission rows exactly `wanted` {table key: permissions}, in a handful of statements."""
    permissions = {p.name: p for p in session.execute(select(Permission)).scalars()}
    menus = {v.name: v for v in session.execute(select(ViewMenu)).scalars()}
    pairs = {(pv.permission.name, pv.view_menu.name): pv for pv in session.execute(select(PermissionView)).scalars()}
    for table, names in wanted.items():
        menu = menus.get(table) or menus.setdefault(table, ViewMenu(name=table))
        for name in names:
            full = PREFIX + name
            permission = permissions.get(full) or permissions.setdefault(full, Permission(name=full))
            if (full, table) not in pairs:
                session.add(PermissionView(permission=permission, view_menu=menu))
    for (name, table), pair in pairs.items():
        if name.removeprefix(PREFIX) not in wanted.get(table, ()):
            session.delete(pair)
    for name, kind in ((ADMIN, PositionType.MANAGEMENT), (PUBLIC, PositionType.ORDINARY)):
        if session.execute(select(Role.id).where(Role.name == name)).first() is None:
            session.add(Role(name=name, position_type=kind))
    session.flush()
    renew(session, GRANTS)
