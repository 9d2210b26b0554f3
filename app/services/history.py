"""Reading the audit trail, and undoing what a batch did."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import ledger, records
from app.services.unit_of_work import actor_of, unit_of_work
from models.audit import AuditEntry
from models.base import fields_of
from models.types import restore

SHOWN = 300


def of(session: Session, record: Any) -> Sequence[AuditEntry]:
    """The latest changes of one record and of the rows it owns or owned, newest first."""
    return session.execute(ledger.trail(session, record).limit(SHOWN)).scalars().all()


def count_changed(session: Session, model: type[Any], batch: str) -> int:
    """How many records a batch really changed: what had the values already left no line."""
    query = select(func.count(AuditEntry.record_id.distinct())).where(AuditEntry.batch == batch)
    query = query.where(AuditEntry.table == model.__tablename__, AuditEntry.action == "update")
    return session.execute(query).scalar_one()


def undo(session: Session, model: type[Any], batch: str, *, writable: Callable[[str], bool]) -> tuple[int, int]:
    """Take back a bulk edit: (undone, left alone because touched since). Raises RuleError.

    writable: whether the actor may change a column; the others stay. Only who made the edit, or an administrator.
    """
    actor, entries = actor_of(session), _updates(session, model, batch)
    mine = actor.is_admin or (actor.id is not None and all(entry.actor_id == actor.id for entry in entries))
    if not entries or not batch.startswith(records.BULK) or not mine:
        raise RuleError(N_("There is nothing to undo"), code="missing")
    return take_back(session, model, batch, reason=N_("Undo of a bulk edit"), writable=writable)


def take_back(
    session: Session,
    model: type[Any],
    batch: str,
    *,
    reason: str,
    writable: Callable[[str], bool] = lambda _name: True,
) -> tuple[int, int]:
    """Give the records a batch changed what they had before it, checked as any change; as for `undo`."""
    done = kept = 0
    with unit_of_work(session, reason=reason):
        before = originals(_updates(session, model, batch))
        touched = _touched_since(session, model, batch)
        columns = fields_of(model)
        for record_id, changes in before.items():
            values = {
                name: value if name.startswith("x.") else restore(model.__table__.c[name].type, value)
                for name, value in changes.items()
                if (name in columns or name.startswith("x.")) and writable(name)
            }
            if record_id in touched or not values:
                kept += 1
                continue
            record = records.find(session, model, record_id, lock=True)
            try:
                with session.begin_nested():
                    _give_back(session, record, values)
                done += 1
            except RuleError as refused:
                if refused.code == "missing":
                    raise
                kept += 1
    return done, kept


def _give_back(session: Session, record: Any, values: dict[str, Any]) -> None:
    """Set what a record had. What is locked by now stays (conflict, forbidden); what was there before may come back
    even where today's checks would ask for more (invalid).
    """
    records.apply(session, record, values)
    try:
        records.run_hooks(session, record)
    except RuleError as refused:
        if refused.code != "invalid":
            raise
    records.clear_of_others(session, record)
    session.flush()


def originals(entries: Sequence[AuditEntry]) -> dict[int, dict[str, Any]]:
    """What each record had before its first of these changes: {record: {column: value as kept}}."""
    found: dict[int, dict[str, Any]] = {}
    for entry in entries:
        for name, (before, _after) in ledger.flat(entry.changes).items():
            found.setdefault(entry.record_id, {}).setdefault(name, before)
    return found


def _updates(session: Session, model: type[Any], batch: str) -> Sequence[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.batch == batch, AuditEntry.table == model.__tablename__)
    return session.execute(query.where(AuditEntry.action == "update").order_by(AuditEntry.id)).scalars().all()


def _touched_since(session: Session, model: type[Any], batch: str) -> set[int]:
    """The records of a batch that have a later line of history from elsewhere."""
    early, late = aliased(AuditEntry), aliased(AuditEntry)
    same = (late.table == early.table) & (late.record_id == early.record_id) & (late.id > early.id)
    query = select(late.record_id).join(early, same).where(early.batch == batch, early.table == model.__tablename__)
    return set(session.execute(query.where(or_(late.batch != batch, late.batch.is_(None)))).scalars())
