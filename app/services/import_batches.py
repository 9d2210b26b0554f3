"""What is kept of imports: each as a batch with its counts, and how the columns of a kind of file were matched."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import ImportMode, ImportState
from app.services.unit_of_work import actor_of, unit_of, unit_of_work
from models.base import now
from models.system import ImportBatch, ImportMapping


@dataclass
class Tally:
    """What became of the rows of a file."""

    read: int = 0
    created: int = 0
    updated: int = 0
    same: int = 0
    refused: int = 0


def keep_batch(
    session: Session, table_key: str, file_name: str, mode: ImportMode, tally: Tally, **more: Any
) -> ImportBatch:
    """Record an import that is being written, in its unit of work."""
    unit = unit_of(session)
    if unit is None or unit.batch is None:
        raise RuntimeError("an import has a batch mark")
    batch = ImportBatch(
        table_key=table_key, file_name=file_name[-255:], mode=mode, state=ImportState.DONE, mark=unit.batch,
        rows_read=tally.read, rows_created=tally.created, rows_updated=tally.updated, rows_same=tally.same,
        rows_refused=tally.refused, owner_id=actor_of(session).id, finished_at=now(), **more,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    return batch


def mappings_of(session: Session, table_key: str) -> Sequence[ImportMapping]:
    """The kept mappings of a table, the latest first."""
    query = select(ImportMapping).where(ImportMapping.table_key == table_key)
    return session.execute(query.order_by(ImportMapping.id.desc())).scalars().all()


def keep_mapping(
    session: Session,
    table_key: str,
    name: str,
    mark: str,
    headers: list[str],
    mapping: dict[str, str | None],
    constants: dict[str, str],
) -> ImportMapping:
    """Keep a mapping under a name: that of these headers, or a new one; an older one of the name gives way.

    Raises RuleError for a name that is empty or too long.
    """
    name = name.strip()
    if not name or len(name) > 100:
        raise RuleError(N_("Give the mapping a name of at most 100 characters"), field="name")
    with unit_of_work(session):
        query = select(ImportMapping).where(ImportMapping.table_key == table_key, ImportMapping.name == name)
        kept = session.execute(query).scalars().first()
        if kept is None:
            kept = ImportMapping(table_key=table_key, name=name)
            session.add(kept)
        kept.fingerprint, kept.headers, kept.mapping, kept.constants = mark, headers, mapping, constants
        session.flush()
        return kept
