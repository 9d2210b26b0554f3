"""What positions may do, and who holds them (赋予功能 A-2.2.2.2-06, 用户授权 A-2.2.3)."""

from collections.abc import Collection, Iterable, Mapping
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
from sqlalchemy import Select, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from app.rules.access import FieldRightKind
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.organization import PositionType
from app.services import ledger, records
from app.services.access import ADMIN, PREFIX, PUBLIC
from app.services.accounts import keep_an_administrator, protect
from app.services.kept import GRANTS, renew
from app.services.unit_of_work import actor_of, unit_of_work
from models.access import FieldRight
from models.base import now

#: Flask-AppBuilder's position of visitors, which this product gives nothing.
BUILT_IN = (ADMIN, PUBLIC)
READ = "read"
Grants = set[tuple[str, str]]  # (permission, table key)
FieldRights = dict[tuple[str, str], FieldRightKind]  # {(table key, column): what is taken}


def granted(session: Session, position_id: int) -> dict[str, set[str]]:
    """What a position may do: {table key: permissions}."""
    found: dict[str, set[str]] = {}
    for permission, table in _grants(session, position_id):
        found.setdefault(table, set()).add(permission)
    return found


def _grants(session: Session, position_id: int) -> Grants:
    own = assoc_permissionview_role.c
    query = _pairs().join(assoc_permissionview_role, own.permission_view_id == PermissionView.id)
    rows = session.execute(query.where(own.role_id == position_id))
    return {(name.removeprefix(PREFIX), table) for _id, name, table in rows}


def elsewhere(session: Session, position_id: int) -> dict[tuple[str, str], dict[str, int]]:
    """What the holders of a position may do by others of theirs, too: {function: {position: how many valid users}}.

    Of the functions the position itself has; the administrator's position has them all.
    """
    mine, given = assoc_permissionview_role.alias(), assoc_permissionview_role.alias()
    own, other = assoc_user_role.alias(), assoc_user_role.alias()
    there = select(given.c.id).where(
        given.c.role_id == other.c.role_id, given.c.permission_view_id == mine.c.permission_view_id
    )
    query: Any = _pairs().join(mine, mine.c.permission_view_id == PermissionView.id)
    query = query.join(own, own.c.role_id == mine.c.role_id).join(User, User.id == own.c.user_id)
    query = query.join(other, other.c.user_id == own.c.user_id).join(Role, Role.id == other.c.role_id)
    query = query.where(mine.c.role_id == position_id, other.c.role_id != position_id, User.active.is_(True))
    query = query.where(or_(there.exists(), Role.name == ADMIN)).add_columns(Role.name, func.count())
    found: dict[tuple[str, str], dict[str, int]] = {}
    query = query.group_by(PermissionView.id, Permission.name, ViewMenu.name, Role.name).order_by(Role.name)
    for _id, permission, table, position, users in session.execute(query):
        found.setdefault((permission.removeprefix(PREFIX), table), {})[position] = users
    return found


def _pairs() -> Select[int, str, str]:
    """Everything that may be granted: (id, permission with its prefix, table key)."""
    query = select(PermissionView.id, Permission.name, ViewMenu.name).select_from(PermissionView)
    query = query.join(Permission, Permission.id == PermissionView.permission_id)
    return query.join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)


def grant(
    session: Session, position_id: int, wanted: Mapping[str, Collection[str]], *, version: int | None = None
) -> tuple[Grants, Grants]:
    """Make `wanted` all that a position may do: (added, removed). Who may do anything on a table may also see it.

    Raises RuleError: forbidden (the Admin position, one's own, more than one may oneself), conflict (`version` is
    old), missing (no such function).
    """
    with unit_of_work(session):
        position = _changeable(session, position_id, version)
        ids = {(name.removeprefix(PREFIX), table): key for key, name, table in session.execute(_pairs())}
        target = {(p, table) for table, permissions in wanted.items() for p in permissions}
        target |= {(READ, table) for _p, table in target if (READ, table) in ids}
        before = _grants(session, position_id)
        added, removed = target - before, before - target
        if not target <= ids.keys():
            raise RuleError(N_("There is no such function"), code="missing")
        if not all(actor_of(session).may(*one) for one in added):
            raise RuleError(N_("Nobody gives functions he does not have himself"), code="forbidden")
        own = assoc_permissionview_role
        if removed:
            gone = own.c.permission_view_id.in_([ids[one] for one in removed])
            session.execute(delete(own).where(own.c.role_id == position_id, gone))
        if added:
            rows = [{"role_id": position_id, "permission_view_id": ids[one]} for one in sorted(added)]
            session.execute(insert(own), rows)
        if added or removed:
            _remember(session, position, "grants", _names(removed), _names(added))
        return added, removed


def _names(grants: Grants) -> list[str]:
    return sorted(f"{table}.{permission}" for permission, table in grants)


def _changeable(session: Session, position_id: int, version: int | None = None) -> Role:
    """The position, if this actor may change what it may do."""
    position: Role = records.find(session, Role, position_id, lock=True)
    actor = actor_of(session)
    if position.name in BUILT_IN:
        raise RuleError(N_("The administrator's position has every right and keeps it"), code="forbidden")
    if not actor.is_admin and position_id in actor.role_ids:
        raise RuleError(N_("Nobody changes a position he holds himself"), code="forbidden")
    if version is not None and version != position.version:
        raise RuleError(N_("Somebody else changed this position meanwhile; load it again"), code="conflict")
    return position


def _remember(session: Session, position: Role, action: str, before: object, after: object) -> None:
    """A new version of the position, a line of its history, and news for every process."""
    position.updated_at = now()
    session.flush()
    ledger.note(session, position, action, {action: [before, after]})
    renew(session, GRANTS)


def field_rights_of(session: Session, position_id: int) -> FieldRights:
    """What is taken from a position on single fields."""
    query = select(FieldRight.table_key, FieldRight.column, FieldRight.right)
    rows = session.execute(query.where(FieldRight.position_id == position_id))
    return {(table, column): right for table, column, right in rows}


def restrict(session: Session, position_id: int, wanted: FieldRights, *, version: int | None = None) -> None:
    """Make `wanted` all that is taken from a position (字段权限). Raises RuleError like `grant`."""
    with unit_of_work(session):
        position = _changeable(session, position_id, version)
        before = field_rights_of(session, position_id)
        actor = actor_of(session)
        freed = {place for place, right in before.items() if wanted.get(place) is not right}
        if not actor.is_admin and freed & (actor.hidden | actor.read_only):
            raise RuleError(N_("Nobody opens fields that are closed to himself"), code="forbidden")
        for row in session.execute(select(FieldRight).where(FieldRight.position_id == position_id)).scalars():
            if (row.table_key, row.column) in freed:
                session.delete(row)
        session.flush()
        for (table, column), right in wanted.items():
            if before.get((table, column)) is not right:
                session.add(FieldRight(position_id=position_id, table_key=table, column=column, right=right))
        if before != wanted:
            _remember(session, position, "field_rights", _texts(before), _texts(wanted))


def _texts(rights: FieldRights) -> list[str]:
    return sorted(f"{table}.{column}={right.name}" for (table, column), right in rights.items())


def copy_position(session: Session, position_id: int, name: str) -> Role:
    """A new position that may do what this one may (复制为新岗位). Raises RuleError like `grant`."""
    with unit_of_work(session):
        pattern: Role = records.find(session, Role, position_id)
        if pattern.name in BUILT_IN:
            raise RuleError(N_("The administrator's position cannot be copied"), code="forbidden")
        values = {"name": name, "position_type": pattern.position_type, "remark": pattern.remark}
        made: Role = records.save(session, Role, None, values)
        grant(session, made.id, granted(session, position_id))
        restrict(session, made.id, field_rights_of(session, position_id))
        return made


def holders(session: Session) -> dict[int, int]:
    """How many valid users hold each position."""
    own = assoc_user_role.c
    query = select(own.role_id, func.count()).join(User, User.id == own.user_id).where(User.active.is_(True))
    return dict(session.execute(query.group_by(own.role_id)).all())


def held(session: Session, user_ids: Iterable[int]) -> dict[int, set[int]]:
    """The positions of users: {user id: position ids}."""
    found: dict[int, set[int]] = {i: set() for i in user_ids}
    query = select(assoc_user_role.c.user_id, assoc_user_role.c.role_id)
    for user_id, role_id in session.execute(query.where(assoc_user_role.c.user_id.in_(found))):
        found[user_id].add(role_id)
    return found


def assign(
    session: Session, user_ids: Iterable[int], *, add: Collection[int] = (), remove: Collection[int] = ()
) -> int:
    """Give positions to users and take others from them (授予岗位); how many users changed.

    Raises RuleError: forbidden (one's own positions, a position that may more than oneself, an administrator's
    account), conflict (no administrator would be left), missing.
    """
    with unit_of_work(session):
        users = [records.find(session, User, i, lock=True) for i in user_ids]
        positions = {i: records.find(session, Role, i) for i in {*add, *remove}}
        ids = {u.id for u in users}
        _check_assignment(session, ids, positions, add)
        if any(positions[i].name == ADMIN for i in remove):
            keep_an_administrator(session, leaving=ids)
        changed = 0
        for user in users:
            before = {r.id for r in user.roles}
            after = (before - set(remove)) | set(add)
            if after != before:
                names = user.position_names
                user.roles = [r for r in user.roles if r.id in after] + [positions[i] for i in after - before]
                session.flush()
                ledger.note(session, user, "assign", {"position_names": [names, user.position_names]})
                changed += 1
        return changed


def _check_assignment(session: Session, ids: set[int], positions: dict[int, Role], add: Collection[int]) -> None:
    actor = actor_of(session)
    if any(p.name == PUBLIC for p in positions.values()):
        raise RuleError(N_("Visitors have no position to give"), code="forbidden")
    if actor.is_admin:
        return
    protect(session, ids)
    if actor.id in ids:
        raise RuleError(N_("Nobody changes his own positions"), code="forbidden")
    more = any(not actor.may(*one) for i in add for one in _grants(session, i))
    if more or any(p.name == ADMIN for p in positions.values()):
        raise RuleError(N_("Nobody gives a position that may do more than himself"), code="forbidden")


@records.before_save(Role)
def _check_position(session: Session, position: Role) -> None:
    """The built-in positions keep their names, rights hang on them; nobody makes a manager of himself."""
    changes, actor = ledger.changes_of(position), actor_of(session)
    if changes.get("name", [None])[0] in BUILT_IN or (position.name in BUILT_IN and position.id is None):
        raise RuleError(N_("The administrator's position keeps its name"), field="name", code="forbidden")
    if not actor.is_admin and position.id in actor.role_ids:
        raise RuleError(N_("Nobody changes a position he holds himself"), code="forbidden")
    if not actor.sees_all and position.position_type is PositionType.MANAGEMENT and "position_type" in changes:
        raise RuleError(N_("Nobody gives functions he does not have himself"), field="position_type", code="forbidden")


@records.before_delete(Role)
def _check_leaving(session: Session, position: Role) -> None:
    """The built-in positions stay, and nobody deletes his own; who held another loses its rights at once."""
    _changeable(session, position.id)
    renew(session, GRANTS)
