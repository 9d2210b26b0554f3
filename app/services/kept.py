"""What every request asks for and seldom changes, read once a process: parameters, custom fields, views, rights.

What is kept stands under a mark, a row of `stamp`. Whoever changes one of its tables renews the mark in the same
transaction, so every process sees at its next request that it must read anew. A request reads the marks together with
who asks (`access.visitor`); a session that was not told any, or that made a change itself, reads the tables.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlalchemy import update
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from app.services.unit_of_work import listen
from models.access import Stamp

T = TypeVar("T")
#: The marks there are: what the administrator set, and what positions may do.
SETUP, GRANTS = "setup", "grants"
MARKS = (SETUP, GRANTS)
#: Where a session carries the marks of its request, what it read itself, and what its process keeps.
_TOLD, _OWN, STORE = "marks", "read", "kept"
#: So many things are kept at most.
MOST = 2_000
_CHANGED: dict[type, set[str]] = defaultdict(set)
_GONE: dict[type, set[str]] = defaultdict(set)


def keep(mark: str, *models: type, gone: tuple[type, ...] = ()) -> None:
    """From now on whatever changes these tables renews the mark, and so does a row of `gone` that is deleted."""
    for model in models:
        _CHANGED[model].add(mark)
    for model in gone:
        _GONE[model].add(mark)


def tell(session: Session, marks: dict[str, str | None]) -> None:
    """The marks as they are in the snapshot this session reads from."""
    session.info[_TOLD] = marks


def kept(session: Session, mark: str, key: Hashable, load: Callable[[Session], T]) -> T:
    """What `load` reads under this key; to be looked at only, since others look at the same object."""
    now = session.info.get(_TOLD, {}).get(mark)
    if now is None:
        own = session.info.setdefault(_OWN, {})
        if (mark, key) not in own:
            own[mark, key] = load(session)
        return own[mark, key]
    store = session.info[STORE]
    found = store.get((mark, key))
    if found is None or found[0] != now:
        if len(store) >= MOST:
            store.clear()
        found = store[mark, key] = now, load(session)
    return found[1]


def renew(session: Session, mark: str) -> None:
    """What stands under the mark changed: this session reads it anew, every process does once this is committed."""
    session.info.pop(_OWN, None)
    session.info.get(_TOLD, {}).pop(mark, None)
    mine = Stamp.__table__.c.name == mark
    session.connection().execute(update(Stamp.__table__).where(mine).values(value=uuid.uuid4().hex))


def renew_for(session: Session, *models: type) -> None:
    """Rows of these tables are written by a statement, past the flush."""
    _renew_all(session, set().union(*(_CHANGED.get(m, set()) for m in models)))


def _renew_all(session: Session, marks: set[str]) -> None:
    for mark in sorted(marks):  # in one order, so that nobody waits for whom he holds up
        renew(session, mark)


def _after_flush(session: Session, _context: UOWTransaction) -> None:
    touched = {type(one) for one in (*session.new, *session.deleted)}
    touched |= {type(one) for one in session.dirty if type(one) in _CHANGED and session.is_modified(one)}
    marks = set().union(*(_CHANGED.get(m, set()) for m in touched))
    marks.update(*(_GONE.get(type(one), set()) for one in session.deleted))
    _renew_all(session, marks)


def _after_rollback(session: Session) -> None:
    """The snapshot is left: what is read from now on may be newer, as in a unit of work that waited for its lock."""
    session.info.pop(_OWN, None)
    session.info.pop(_TOLD, None)


def _before_statement(state: ORMExecuteState) -> None:
    if not state.is_select and state.bind_mapper is not None:
        model = state.bind_mapper.class_
        _renew_all(state.session, _CHANGED.get(model, set()) | (_GONE.get(model, set()) if state.is_delete else set()))


def install() -> None:
    """Listen to every session of the process (once)."""
    listen(after_flush=_after_flush, after_rollback=_after_rollback, do_orm_execute=_before_statement)
