"""Saving, deleting and moving any record: the one path of form, grid, bulk edit, import and API."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import UniqueConstraint, func, inspect, select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.workflow import Workflow
from app.services import ledger
from app.services.held import hold_root
from app.services.unit_of_work import new_batch, unit_of, unit_of_work, unscoped
from models.audit import AuditEntry
from models.base import fields_of, flow_with, flows_of, key_of, target_of
from models.system import Attachment

BULK = "bulk-"  # what the batches of bulk edits begin with, so that their undo takes back no others
Hook = Callable[[Session, Any], None]
_SAVING: dict[type, list[Hook]] = {}
_CREATED: dict[type, list[Hook]] = {}
_DELETING: dict[type, list[Hook]] = {}
_EFFECTS: dict[tuple[int, str], list[Callable[..., None]]] = {}


def before_save(model: type) -> Callable[[Hook], Hook]:
    """Register a check or derivation that runs on every save of `model`, inside the transaction."""
    return _register(_SAVING, model)


def after_create(model: type) -> Callable[[Hook], Hook]:
    """Register what follows once a `model` was made by a person or a program (not by an import), its id known."""
    return _register(_CREATED, model)


def before_delete(model: type) -> Callable[[Hook], Hook]:
    """Register a check that runs before a `model` is deleted."""
    return _register(_DELETING, model)


def _register(place: dict[type, list[Hook]], model: type) -> Callable[[Hook], Hook]:
    def keep(hook: Hook) -> Hook:
        place.setdefault(model, []).append(hook)
        return hook

    return keep


def effect(flow: Workflow, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register what else happens, in the same transaction, when `flow` takes the step `name`."""

    def keep(action: Callable[..., None]) -> Callable[..., None]:
        _EFFECTS.setdefault((id(flow), name), []).append(action)
        return action

    return keep


@dataclass
class ChildRow:
    """One row of a child grid: its id (None = new), values, or the wish to remove it; place: its name in the form."""

    values: dict[str, Any]
    id: int | None = None
    delete: bool = False
    place: str = ""


@dataclass
class Stale(Exception):
    """Somebody else saved in between: who, when, and {column: (as opened, now)}."""

    version: int
    who: str
    when: datetime | None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)


def find(session: Session, model: type[Any], record_id: int, *, lock: bool = False) -> Any:
    """The record, if this actor may see it. Raises RuleError (missing).

    lock: nobody else changes it until the end, nor what hangs on the same case: that is held first (`held.hold_root`).
    """
    statement = select(model).where(model.id == record_id)
    if lock:  # what the session read before may be old by now
        hold_root(session, model, record_id)
        statement = statement.with_for_update(of=model).execution_options(populate_existing=True)
    found = session.execute(statement).scalars().first()
    if found is None:
        raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
    return found


def save(
    session: Session,
    model: type,
    record_id: int | None,
    values: dict[str, Any],
    *,
    children: dict[str, list[ChildRow]] | None = None,
    version: int | None = None,
    reason: str = "",
) -> Any:
    """Create (`record_id` None) or change a record and its child rows, in one transaction.

    values: column → parsed value; "x.code" for custom fields. Raises RuleErrors by field, Stale where `version` is
    no longer the record's, RuleError (missing) for what the actor may not see.
    """
    with unit_of_work(session, reason=reason):
        if record_id is None:
            record = model()
        else:
            record = find(session, model, record_id, lock=True)
            if version is not None and version != record.version:
                raise stale(session, record, version)
        apply(session, record, values)
        for name, rows in (children or {}).items():
            _apply_children(session, record, name, rows)
        complete(record, None if record_id is None else set(values))
        run_hooks(session, record)
        clear_of_others(session, record)
        session.add(record)
        session.flush()
        for hook in _CREATED.get(model, ()) if record_id is None else ():
            hook(session, record)
        return record


def has_hooks(model: type) -> bool:
    """Whether a domain's checks or derivations must see each record of `model` before it is saved."""
    return any(_SAVING.get(cls) for cls in model.__mro__)


def run_hooks(session: Session, record: Any) -> None:
    """The domain's checks and derivations for a record about to be saved."""
    with session.no_autoflush:
        for cls in type(record).__mro__:
            for hook in _SAVING.get(cls, ()):
                hook(session, record)


def apply(session: Session, record: Any, values: dict[str, Any]) -> None:
    """Set the values of a record after the checks every table has. Raises RuleErrors."""
    fields = fields_of(type(record))
    fresh = inspect(record).transient
    states = {flow.field for flow in flows_of(record)}
    errors = []
    for name, value in values.items():
        if name.startswith("x."):
            record.extra = {**(record.extra or {}), name[2:]: value}
            continue
        if name not in fields or name in states:
            raise RuleError(N_("This field cannot be written"), field=name, code="forbidden")
        spec = fields[name]
        if spec.fixed and not fresh and value != getattr(record, name):
            errors.append(RuleError(N_("This cannot be changed any more"), field=name))
        elif (
            spec.target
            and value is not None
            and value != getattr(record, name)
            and not _exists(session, record, name, value)
        ):
            errors.append(RuleError(N_("Choose one from the list"), field=name))
        else:
            setattr(record, name, value)
    if errors:
        raise RuleErrors(errors)


def complete(record: Any, written: set[str] | None = None) -> None:
    """Raise RuleErrors for required values that are missing.

    written: the columns that were written (None: all), so that an old gap elsewhere does not block a change.
    """
    errors = []
    for name, spec in fields_of(type(record)).items():
        empty = spec.required and getattr(record, name) is None and not _has_default(record, name)
        if empty and (written is None or name in written):
            errors.append(RuleError(N_("This must be filled in"), field=name))
    if errors:
        raise RuleErrors(errors)


def _exists(session: Session, record: Any, name: str, value: int) -> bool:
    target = target_of(type(record), name)
    with session.no_autoflush:
        return session.execute(select(target.id).where(target.id == value)).first() is not None


def _has_default(record: Any, name: str) -> bool:
    return record.__table__.c[name].default is not None


def clear_of_others(session: Session, record: Any) -> None:
    """Raise RuleErrors where unique columns (alone or together) hold values another row has already."""
    model, errors = type(record), []
    table = model.__table__
    groups: list[tuple[str, ...]] = [(c.key,) for c in table.columns if c.unique]
    groups += [tuple(c.key for c in k.columns) for k in table.constraints if isinstance(k, UniqueConstraint)]
    for keys in dict.fromkeys(groups):
        wanted = {k: getattr(record, k, None) for k in keys}
        if any(v is None for v in wanted.values()):
            continue
        with session.no_autoflush, unscoped(session):
            query = select(model.id).where(*(getattr(model, k) == v for k, v in wanted.items()))
            taken = session.execute(query.where(model.id != record.id) if record.id else query).first()
        if taken:
            errors.append(RuleError(N_("“%(value)s” exists already"), field=keys[-1], value=str(wanted[keys[-1]])))
    if errors:
        raise RuleErrors(errors)


def _apply_children(session: Session, parent: Any, name: str, rows: list[ChildRow]) -> None:
    collection = getattr(parent, name)
    child_model = inspect(type(parent)).relationships[name].mapper.class_
    present = {c.id: c for c in collection if c.id}
    errors = []
    for index, row in enumerate(rows):
        place = row.place or f"{name}-{index}"
        child = present.get(row.id) if row.id else child_model()
        if child is None:
            errors.append(RuleError(N_("This row was removed by somebody else"), field=place, code="conflict"))
        elif row.delete:
            if child in collection:
                collection.remove(child)
        else:
            try:
                apply(session, child, row.values)
                complete(child, set(row.values))
                clear_of_others(session, child)
            except RuleErrors as refused:
                errors += [RuleError(e.message, field=f"{place}-{e.field}", **e.params) for e in refused.errors]
            if child not in collection:
                collection.append(child)
    if errors:
        raise RuleErrors(errors)


def stale(session: Session, record: Any, version: int) -> Stale:
    """What others changed since `version`."""
    query = select(AuditEntry).where(AuditEntry.table == record.__tablename__, AuditEntry.record_id == record.id)
    entries = session.execute(query.where(AuditEntry.record_version > version).order_by(AuditEntry.id)).scalars().all()
    changes: dict[str, tuple[Any, Any]] = {}
    for e in entries:
        for column, (before, after) in ledger.flat(e.changes).items():
            changes[column] = (changes[column][0] if column in changes else before, after)
    last = session.execute(ledger.trail(session, record).limit(1)).scalars().first()
    return Stale(record.version, last.actor if last else "", last.at if last else None, changes)


def delete(session: Session, model: type, ids: Iterable[int], *, reason: str = "") -> int:
    """Delete records that nothing refers to; all or none. Raises RuleError naming what still refers to one."""
    with unit_of_work(session, reason=reason):
        records = [find(session, model, i, lock=True) for i in sorted(ids)]
        for record in records:
            for hook in _DELETING.get(model, ()):
                hook(session, record)
            check_unreferenced(session, record)
            for leaving in (*ledger.owned_rows(session, record), record):
                _delete_attachments(session, leaving)
                session.delete(leaving)
        return len(records)


def _delete_attachments(session: Session, record: Any) -> None:
    """Take the files off a record that goes: the table of attachments names it without a foreign key."""
    query = select(Attachment).where(Attachment.table_key == key_of(type(record)), Attachment.record_id == record.id)
    for attachment in session.execute(query).scalars():
        session.delete(attachment)


def check_unreferenced(session: Session, record: Any) -> None:
    """Raise RuleError (conflict) where rows of other tables point to `record`."""
    table = record.__table__
    labels = {m.class_.__table__.name: getattr(m.class_, "__label__", "") for m in Model.registry.mappers}
    for other in Model.metadata.tables.values():
        for key in other.foreign_keys:
            if key.column.table is not table or key.ondelete == "CASCADE" or not labels.get(other.name):
                continue
            count = session.execute(select(func.count()).select_from(other).where(key.parent == record.id)).scalar_one()
            if count:
                raise RuleError(
                    N_("“%(title)s” is still used by %(count)s records of “%(table)s”"),
                    code="conflict",
                    title=_title(record),
                    count=count,
                    table=labels[other.name],
                )


def _title(record: Any) -> str:
    return str(getattr(record, record.__title__, record.id))


def bulk_update(session: Session, model: type, ids: Iterable[int], values: dict[str, Any], *, reason: str = "") -> str:
    """Give many records the same values, all or none; returns the batch by which it can be undone."""
    batch = BULK + new_batch()
    with unit_of_work(session, reason=reason, batch=batch):
        for record_id in sorted(ids):
            record = find(session, model, record_id, lock=True)
            apply(session, record, values)
            complete(record, set(values))
            run_hooks(session, record)
            clear_of_others(session, record)
        session.flush()
    return batch


def move(session: Session, record: Any, name: str, **inputs: Any) -> Any:
    """Take the step `name` of the record's life cycle, with its guard, effects and audit line.

    Raises RuleError: missing (no such step), conflict (not from this state), or what the guard says.
    """
    flow = flow_with(record, name)
    if flow is None:
        raise RuleError(N_("There is no such step"), code="missing")
    with unit_of_work(session, reason=str(inputs.get("reason") or "")) as unit:
        record = find(session, type(record), record.id, lock=True)
        step = flow.check(name, getattr(record, flow.field))
        if step.guard:
            step.guard(record)
        unit.moves.add((id(record), flow.field))
        before = getattr(record, flow.field)
        setattr(record, flow.field, step.target)
        session.flush()
        unit.moves.discard((id(record), flow.field))
        ledger.note(session, record, name, {flow.field: [before.name, step.target.name]})
        for action in _EFFECTS.get((id(flow), name), ()):  # they may take further steps, told after this one
            action(session, record, **inputs)
        session.flush()
    return record


def current_batch(session: Session) -> str | None:
    """The batch of the running unit of work."""
    unit = unit_of(session)
    return unit.batch if unit else None
