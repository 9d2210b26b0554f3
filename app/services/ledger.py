"""What every flush does: versions, who and when, pinyin, the guard of life cycles, and the audit trail."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Select, insert, inspect, or_, select, union
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, configure_mappers

from app.late import pypinyin
from app.rules.choice import N_, Choice
from app.rules.errors import RuleError
from app.services.unit_of_work import actor_of, listen, unit_of, unscoped
from models.audit import AuditEntry
from models.base import Record, flows_of, now, target_of

#: Columns whose change is no news.
SILENT = {
    "version",
    "updated_at",
    "updated_by_id",
    "created_at",
    "created_by_id",
    "pinyin",
    "password",
    "last_login",
    "login_count",
    "fail_login_count",
    "changed_on",
    "created_on",
    "changed_by_fk",
    "created_by_fk",
}


def initials(name: str | None) -> str:
    """The pinyin initials of a name, lower case, for typing instead of 汉字."""
    syllables = pypinyin.lazy_pinyin(name or "", style=pypinyin.Style.FIRST_LETTER)
    return "".join(s[0] for s in syllables if s.strip()).lower()[:200]


def plain(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    if isinstance(value, Choice):
        return value.name
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def watched(instance: Any) -> bool:
    """Whether a mapped object is one the ledger keeps: labelled and audited."""
    return bool(getattr(instance, "__label__", "")) and getattr(instance, "audited", True)


def changes_of(instance: Any) -> dict[str, list[Any]]:
    """The columns of a changed object: {column: [before, after]}."""
    state = inspect(instance)
    found = {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if attribute.key in SILENT or not history.has_changes():
            continue
        before = plain(history.deleted[0]) if history.deleted else None
        after = plain(history.added[0]) if history.added else None
        if before != after:
            found[attribute.key] = [before, after]
    return found


def flat(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Changes as kept, with each custom field by its own name: {"x.code": [before, after]} instead of "extra"."""
    found = {name: pair for name, pair in changes.items() if name != "extra"}
    before, after = (kept or {} for kept in changes.get("extra", (None, None)))
    for code in dict.fromkeys([*before, *after]):
        if before.get(code) != after.get(code):
            found[f"x.{code}"] = [before.get(code), after.get(code)]
    return found


def _before_flush(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    actor = actor_of(session)
    for instance in session.new:
        if watched(instance):
            _fill(instance, actor.id)
            _guard_birth(session, instance)
    changed = [i for i in session.dirty if watched(i) and session.is_modified(i, include_collections=False)]
    raised = {*changed, *_owners_touched(session, changed)}
    for instance in changed:
        _guard_move(session, instance)
        _fill_pinyin(instance)
    for instance in raised:
        instance.version = (instance.version or 0) + 1
        instance.updated_at, instance.updated_by_id = now(), actor.id


def _owners_touched(session: Session, changed: list[Any]) -> Iterator[Any]:
    """The records whose owned rows come, change or go in this flush: a form of them opened before is out of date."""
    for parent in list(session.dirty):
        if watched(parent) and hasattr(parent, "version"):
            histories = [inspect(parent).attrs[name].history for name in collections_of(type(parent))]  # type: ignore[arg-type] # a class is hashable
            for gone in [child for history in histories for child in history.deleted or () if child.id]:
                session.delete(gone)  # so that it leaves its line of history
            if any(history.has_changes() for history in histories):
                yield parent
    keys = set()
    for child in [*session.new, *changed, *session.deleted]:
        for name, owner in owners_of(type(child)).items() if watched(child) else ():  # type: ignore[arg-type]
            ids = {getattr(child, name), *(inspect(child).attrs[name].history.deleted or ())}
            keys |= {(owner, key) for key in ids if key is not None}
    for owner, key in keys:
        identity = session.identity_key(owner, key)
        parent = session.identity_map.get(identity)
        if parent is None or not (parent in session.deleted or inspect(parent).modified):
            with unscoped(session):
                parent = session.get(owner, key, with_for_update={"of": owner}, populate_existing=True)
        if parent is not None and parent not in session.deleted:
            yield parent


@cache
def collections_of(model: type[Any]) -> tuple[str, ...]:
    """The collections of rows that a table's records own."""
    return tuple(r.key for r in inspect(model).relationships if r.cascade.delete_orphan)


@cache
def owners_of(model: type[Any]) -> dict[str, type[Any]]:
    """The audited tables whose records take this table's rows with them, by the column that points to them."""
    own = [c.key for c in model.__table__.columns if any(k.ondelete == "CASCADE" for k in c.foreign_keys)]
    owners = {name: target_of(model, name) for name in own}
    return {name: owner for name, owner in owners.items() if watched(owner)}


def owned_by(model: type[Any]) -> list[tuple[type[Any], str]]:
    """The audited tables whose rows go with a record of `model`, each with the column that points to it."""
    tables = [m.class_ for m in inspect(model).registry.mappers if watched(m.class_)]
    return [(child, name) for child in tables for name, owner in owners_of(child).items() if owner is model]


def owned_rows(session: Session, record: Any) -> Iterator[Any]:
    """The rows that go with a record, deepest first, whoever may see them."""
    for child, name in owned_by(type(record)):
        with unscoped(session):
            rows = session.execute(select(child).where(getattr(child, name) == record.id)).scalars().all()
        for row in rows:
            yield from owned_rows(session, row)
            yield row


def trail(session: Session, record: Any) -> Select[AuditEntry]:
    """The lines of history of a record and of the rows it owns or owned, the newest first."""
    places = [(AuditEntry.table == record.__tablename__) & (AuditEntry.record_id == record.id)]
    for child, name in owned_by(type(record)):
        table = child.__table__
        gone = select(AuditEntry.record_id).where(AuditEntry.table == table.name, AuditEntry.action == "delete")
        gone = gone.where(AuditEntry.changes[name, 0].as_integer() == record.id)
        present = select(table.c.id).where(table.c[name] == record.id)
        places.append((AuditEntry.table == table.name) & AuditEntry.record_id.in_(union(present, gone)))
    return select(AuditEntry).where(or_(*places)).order_by(AuditEntry.id.desc())


def _fill(instance: Any, actor_id: int | None) -> None:
    instance.version = instance.version or 1
    instance.created_at = instance.updated_at = instance.created_at or now()
    if instance.created_by_id is None:
        instance.created_by_id = actor_id
    instance.updated_by_id = actor_id
    _fill_pinyin(instance)


def _fill_pinyin(instance: Any) -> None:
    source = getattr(instance, "__pinyin__", "")
    if source:
        instance.pinyin = initials(getattr(instance, source))


def _guard_birth(session: Session, instance: Any) -> None:
    unit = unit_of(session)
    for flow in flows_of(instance):
        state = getattr(instance, flow.field)
        if state is None:
            setattr(instance, flow.field, flow.initial)
        elif state is not flow.initial and not (unit and unit.initial_states_free):
            raise RuleError(
                N_("A new record begins at the first step of its life cycle"), field=flow.field, code="conflict"
            )


def _guard_move(session: Session, instance: Any) -> None:
    unit = unit_of(session)
    for flow in flows_of(instance):
        moved = inspect(instance).attrs[flow.field].history.has_changes()
        if moved and (unit is None or (id(instance), flow.field) not in unit.moves):
            raise RuleError(N_("The state changes only by its own steps"), field=flow.field, code="conflict")


def _after_flush(session: Session, _context: UOWTransaction) -> None:
    unit = unit_of(session)
    rows = [_entry(session, i, "insert", changes_of(i)) for i in session.new if watched(i)]
    for instance in session.dirty:
        changes = changes_of(instance) if watched(instance) else {}
        for flow in flows_of(instance):
            if unit and flow.field in changes and (id(instance), flow.field) in unit.moves:
                unit.moves.remove((id(instance), flow.field))  # allowed once, and the step has a line of its own
                del changes[flow.field]
        if changes:
            rows.append(_entry(session, instance, "update", changes))
    for instance in session.deleted:
        if watched(instance):
            rows.append(_entry(session, instance, "delete", snapshot(instance)))
    if rows:
        session.connection().execute(insert(AuditEntry.__table__), rows)


def snapshot(instance: Any) -> dict[str, list[Any]]:
    """Every kept value of an object as if it were taken away."""
    values = {c.key: plain(getattr(instance, c.key)) for c in inspect(instance).mapper.column_attrs}
    return {key: [value, None] for key, value in values.items() if value is not None and key not in SILENT}


def _entry(session: Session, instance: Any, action: str, changes: dict[str, list[Any]]) -> dict[str, Any]:
    return entry(session, instance.__tablename__, instance.id, action, changes, version=instance.version or 0)


def entry(
    session: Session, table: str, record_id: int, action: str, changes: dict[str, list[Any]], *, version: int = 0
) -> dict[str, Any]:
    """One row of the audit trail, signed with the actor, the reason and the batch of the session."""
    actor, unit = actor_of(session), unit_of(session)
    return {
        "at": now(), "actor_id": actor.id, "actor": actor.name, "table": table, "record_id": record_id,
        "record_version": version, "action": action, "changes": changes, "reason": (unit.reason if unit else "")[:500],
        "request_id": actor.request_id, "batch": unit.batch if unit else None,
    }  # fmt: skip


def note(session: Session, instance: Any, action: str, changes: dict[str, list[Any]] | None = None) -> None:
    """Write one more line of history for a record: a transition, an export, a sign-in."""
    session.connection().execute(insert(AuditEntry.__table__), [_entry(session, instance, action, changes or {})])


def _guard_bulk(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_delete) or state.execution_options.get("audited"):
        return
    target = state.bind_mapper.class_ if state.bind_mapper else None
    if target is AuditEntry or (target is not None and watched(target)):
        raise RuntimeError(f"bulk change of {target.__name__} would leave no trace")


def _know_old_values() -> None:
    """A column set before it was read (after a commit, say) still tells the history what it was."""
    for mapper in Record.registry.mappers:
        for column in mapper.column_attrs if watched(mapper.class_) else ():
            if column.key not in SILENT:
                column.class_attribute.impl.active_history = True


def install() -> None:
    """Listen to every session of the process (once)."""
    configure_mappers()
    _know_old_values()
    listen(before_flush=_before_flush, after_flush=_after_flush, do_orm_execute=_guard_bulk)
