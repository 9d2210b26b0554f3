"""What somebody typed into a form and has not saved yet: kept for him alone, until it is saved or discarded."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services.unit_of_work import unit_of_work
from models.base import now
from models.system import FormDraft

#: The form of a record that is not there yet.
NEW = 0
#: A draft is as long at most, in characters of its JSON; a user keeps so many, the oldest make room.
LONGEST, MOST = 400_000, 100


@dataclass(frozen=True)
class Draft:
    """What was typed: (control, text) in the order of the form, the version of the record it began with, and when."""

    pairs: list[tuple[str, str]]
    version: int | None
    at: datetime


def _own(user_id: int, table_key: str, record: int) -> Any:
    return (FormDraft.user_id == user_id) & (FormDraft.table_key == table_key) & (FormDraft.record == record)


def of(session: Session, user_id: int, table_key: str, record: int) -> Draft | None:
    """A user's draft of one form; one statement."""
    found = session.execute(
        select(FormDraft.values, FormDraft.updated_at).where(_own(user_id, table_key, record))
    ).first()
    if found is None:
        return None
    return Draft([(n, v) for n, v in found.values.get("pairs", [])], found.values.get("version"), found.updated_at)


def keep(
    session: Session, user_id: int, table_key: str, record: int, pairs: list[tuple[str, str]], version: int | None
) -> datetime:
    """Keep what was typed in place of what was kept before; answers when. Raises RuleError for too much."""
    values = {"pairs": [list(pair) for pair in pairs], "version": version}
    if len(json.dumps(values, ensure_ascii=False)) > LONGEST:
        raise RuleError(N_("This is too much to be kept as a draft; save it"))
    at = now()
    with unit_of_work(session):
        change = update(FormDraft).where(_own(user_id, table_key, record)).values(values=values, updated_at=at)
        if not _changed(session, change):
            try:
                with session.begin_nested():
                    row = {"user_id": user_id, "table_key": table_key, "record": record, "values": values}
                    session.execute(insert(FormDraft).values(row | {"updated_at": at}))
            except IntegrityError:  # another tab of the same user was faster
                _changed(session, change)
            _make_room(session, user_id)
    return at


def _changed(session: Session, change: Any) -> bool:
    result: Any = session.execute(change, execution_options={"synchronize_session": False})
    return bool(result.rowcount)


def _make_room(session: Session, user_id: int) -> None:
    kept = select(func.count()).select_from(FormDraft).where(FormDraft.user_id == user_id)
    if session.execute(kept).scalar_one() > MOST:
        oldest = select(FormDraft.id).where(FormDraft.user_id == user_id).order_by(FormDraft.updated_at).limit(1)
        session.execute(delete(FormDraft).where(FormDraft.id == oldest.scalar_subquery()))


def drop(session: Session, user_id: int, table_key: str, record: int) -> None:
    """Forget a draft: its form was saved, or it was discarded."""
    with unit_of_work(session):
        session.execute(
            delete(FormDraft).where(_own(user_id, table_key, record)),
            execution_options={"synchronize_session": False},
        )
