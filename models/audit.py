"""What was done to every record, by whom, and why: append only."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.rules.choice import N_
from models.base import now
from models.types import Moment


class AuditEntry(Model):
    """One change of one record: `changes` is {column: [before, after]}."""

    __tablename__ = "audit_entry"
    __label__ = N_("History")
    __table_args__ = (Index("ix_audit_entry_record", "table", "record_id"), Index("ix_audit_entry_batch", "batch"))

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, nullable=False, default=now, index=True)
    actor_id: Mapped[int | None] = mapped_column(Integer, nullable=True)
    actor: Mapped[str] = mapped_column(String(130), nullable=False, default="")
    table: Mapped[str] = mapped_column(String(60), nullable=False)
    record_id: Mapped[int] = mapped_column(Integer, nullable=False)
    record_version: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    action: Mapped[str] = mapped_column(String(60), nullable=False)
    changes: Mapped[dict] = mapped_column(JSON, nullable=False)
    reason: Mapped[str] = mapped_column(String(500), nullable=False, default="")
    request_id: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    batch: Mapped[str | None] = mapped_column(String(40), nullable=True)
