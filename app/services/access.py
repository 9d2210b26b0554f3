"""What a user may do: the grants of his positions, remembered until they change."""

import uuid
from collections import defaultdict

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.rules.access import FieldRightKind
from app.rules.organization import PositionType
from app.rules.system import FirmNature
from app.services import parameters
from app.services.unit_of_work import Actor
from models.access import FieldRight, Stamp

#: The two positions every installation has (their names are shown, so they are Chinese): all rights, and nobody's.
ADMIN, PUBLIC = "系统管理员", "未登录访客"
GRANTS = "grants"
PREFIX = "can_"
Grants = frozenset[tuple[str, str]]
#: Asked at every request, so built once: the positions of a user, and the mark of the grants.
_ROLES = (
    select(Role.id, Role.name, Role.position_type)
    .join(assoc_user_role, assoc_user_role.c.role_id == Role.id)
    .where(assoc_user_role.c.user_id == bindparam("user"))
)
_MARK = select(Stamp.value).where(Stamp.name == GRANTS)
_REMEMBERED: dict[tuple[str, frozenset[int]], Grants] = {}


def grants_of(session: Session, role_ids: frozenset[int], mark: str) -> Grants:
    """(permission, table key) of these positions together; positions add up (A-2.2.3.1)."""
    key = (mark, role_ids)
    found = _REMEMBERED.get(key)
    if found is None:
        query = (
            select(Permission.name, ViewMenu.name)
            .select_from(assoc_permissionview_role)
            .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
            .join(Permission, Permission.id == PermissionView.permission_id)
            .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
            .where(assoc_permissionview_role.c.role_id.in_(role_ids))
        )
        found = frozenset((p.removeprefix(PREFIX), v) for p, v in session.execute(query))
        if len(_REMEMBERED) > 500:
            _REMEMBERED.clear()
        _REMEMBERED[key] = found
    return found


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


def roles_of(session: Session, user_id: int) -> list[tuple[int, str, bool]]:
    """(id, name, is management) of a user's positions."""
    rows = session.execute(_ROLES, {"user": user_id})
    return [(key, name, kind is PositionType.MANAGEMENT) for key, name, kind in rows]


def rows_shared(session: Session) -> bool:
    """Whether the firm is a company (公司制), where all rows are shared."""
    return parameters.value(session, "firm_nature") != FirmNature.PARTNERSHIP.name


def actor_for(session: Session, user: User, *, shared: bool, request_id: str = "") -> Actor:
    """The actor a user is: his grants, and whether rows are hidden from him.

    shared: the firm is a company (公司制) where all rows are shared; in a partnership only administrators and
    management positions see all (A-2.1.1.2).
    """
    roles = roles_of(session, user.id)
    ids = frozenset(r[0] for r in roles)
    mark = session.execute(_MARK).scalar() or ""
    is_admin = any(name == ADMIN for _id, name, _m in roles)
    hidden, read_only = field_rights(session, ids) if ids and not is_admin else (frozenset(), frozenset())
    return Actor(
        id=user.id,
        name=user.first_name,
        sees_all=shared or is_admin or any(m for _i, _n, m in roles),
        grants=frozenset() if is_admin else grants_of(session, ids, mark),
        is_admin=is_admin,
        request_id=request_id,
        hidden=hidden,
        read_only=read_only,
        role_ids=ids,
    )


def bump(session: Session) -> None:
    """Grants changed: every process must forget what it remembered."""
    mark = session.get(Stamp, GRANTS, with_for_update=True)
    if mark is None:
        session.add(Stamp(name=GRANTS, value=uuid.uuid4().hex))
    else:
        mark.value = uuid.uuid4().hex


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
    bump(session)
    session.flush()
