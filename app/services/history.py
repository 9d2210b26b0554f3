"""Reading the audit trail, and undoing what a batch did."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import ledger, records
from app.services.unit_of_work import unit_of_work
from models.audit import AuditEntry
from models.base import fields_of
from models.types import restore

SHOWN = 300


def of(session: Session, table: str, record_id: int) -> Sequence[AuditEntry]:
    """The latest changes of one record, newest first."""
    query = select(AuditEntry).where(AuditEntry.table == table, AuditEntry.record_id == record_id)
    return session.execute(query.order_by(AuditEntry.id.desc()).limit(SHOWN)).scalars().all()


def undo(session: Session, model: type[Any], batch: str) -> tuple[int, int]:
    """Give back what the changes of `batch` took; (undone, left alone because touched since). Raises RuleError."""
    table = model.__tablename__
    with unit_of_work(session, reason=N_("Undo of a bulk edit")):
        query = select(AuditEntry).where(
            AuditEntry.batch == batch, AuditEntry.table == table, AuditEntry.action == "update"
        )
        entries = session.execute(query).scalars().all()
        if not entries:
            raise RuleError(N_("There is nothing to undo"), code="missing")
        done = kept = 0
        for entry in entries:
            if _touched_since(session, entry):
                kept += 1
                continue
            record = records.find(session, model, entry.record_id, lock=True)
            columns = fields_of(model)
            values = {
                k: before if k.startswith("x.") else restore(model.__table__.c[k].type, before)
                for k, (before, _after) in ledger.flat(entry.changes).items()
                if k in columns or k.startswith("x.")
            }
            records.apply(session, record, values)
            done += 1
    return done, kept


def _touched_since(session: Session, entry: AuditEntry) -> bool:
    query = select(func.count()).select_from(AuditEntry)
    query = query.where(
        AuditEntry.table == entry.table, AuditEntry.record_id == entry.record_id, AuditEntry.id > entry.id
    )
    return session.execute(query).scalar_one() > 0
