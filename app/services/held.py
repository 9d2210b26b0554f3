"""The order in which rows are held: the case first, then what hangs on it, so that two never wait for each other."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.unit_of_work import unscoped
from models.base import target_of


def hold_root(session: Session, model: type[Any], record_id: int) -> None:
    """Hold the case a row hangs on (`__scope_parent__`) before the row itself, in whichever way it is reached.

    A step of a filing changes its tasks and its case, a change of the case its filings and tasks: with the case first
    the later one waits, where otherwise PostgreSQL would break off one of the two.
    """
    ids: Any = None
    while model.__scope_parent__:
        own = model.id == record_id if ids is None else model.id.in_(ids)
        ids = select(getattr(model, f"{model.__scope_parent__}_id")).where(own)
        model = target_of(model, model.__scope_parent__)
    if ids is not None:
        with unscoped(session):
            session.execute(select(model.id).where(model.id.in_(ids)).with_for_update(of=model))
