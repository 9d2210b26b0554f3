"""The firm's calendar: days it sets, what they would move, and moving it in one batch that can be undone (A-2.1.8)."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager

from app.rules.calendar import Calendar, DayKind, DayOverride, estimated_holidays
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.task import TaskStanding, TaskStatus
from app.services import history, records
from app.services.reckoning import Outcome, basis_of, reckon
from app.services.records import before_delete, before_save
from app.services.rulebook import deadline_rules_of
from app.services.unit_of_work import new_batch, unit_of_work, unscoped
from models.access import Stamp
from models.audit import AuditEntry
from models.case import Case
from models.reference import Holiday
from models.task import Task
from models.types import restore

ANNOUNCED = "announced "  # what the marks of the years begin with whose official notice is in the table
MARK = "calendar-"  # what the batches of this module begin with, so that `undo` takes back no others
DATES = ("hard_deadline", "internal_deadline", "remind_on")
#: No run of days of rest is longer; so far a change of a day can reach.
REACH = timedelta(days=60)

_STATUTORY = {DayKind.STATUTORY_OFF: DayKind.STATUTORY_WORKING, DayKind.STATUTORY_WORKING: DayKind.STATUTORY_OFF}


@dataclass(frozen=True)
class DayChange:
    """A day to be set (or, with `on` false, no longer set) as one kind. source: the announcement it rests on."""

    day: date
    kind: DayKind
    on: bool = True
    name: str = ""
    source: str = ""


@dataclass(frozen=True)
class Move:
    """An open task whose dates would change: old and new by column."""

    task: Task
    old: dict[str, date | None]
    new: dict[str, date | None]
    basis: dict[str, Any]


def calendar_of(session: Session) -> Calendar:
    """The working days as the table has them now; read once per session, until a day is set."""
    known = session.info.get("calendar")
    if known is None:
        rows = session.execute(select(Holiday.day, Holiday.kind, Holiday.source)).all()
        marks = session.execute(select(Stamp.name).where(Stamp.name.startswith(ANNOUNCED))).scalars()
        announced = [int(mark.removeprefix(ANNOUNCED)) for mark in marks]
        entries = [DayOverride(day, kind, source or "") for day, kind, source in rows]
        known = session.info["calendar"] = _calendar(entries, announced)
    return known


def changed(calendar: Calendar, changes: Iterable[DayChange], announces: Iterable[int] = ()) -> Calendar:
    """The calendar as it would be after the changes, and once a notice told all of the years it announces."""
    entries: dict[tuple[date, DayKind | None], DayOverride]
    entries = {(entry.day, entry.kind): entry for entry in calendar.overrides}
    for change in changes:
        entries.pop((change.day, change.kind), None)
        if change.on:
            entries.pop((change.day, _STATUTORY.get(change.kind)), None)
            entries[change.day, change.kind] = DayOverride(change.day, change.kind, change.source)
    return _calendar(entries.values(), {*calendar.announced, *announces})


def _calendar(entries: Iterable[DayOverride], announced: Iterable[int]) -> Calendar:
    entries = tuple(entries)
    told = complete_years(entry.day for entry in entries if entry.kind is DayKind.STATUTORY_OFF and entry.source)
    return Calendar(entries, told & set(announced))


def complete_years(off: Iterable[date]) -> frozenset[int]:
    """The years of which every statutory holiday is among the days off: only these can a notice announce."""
    days = set(off)
    return frozenset(year for year in {day.year for day in days} if estimated_holidays(year) <= days)


def _announce(session: Session, years: Iterable[int], batch: str) -> None:
    """Note that a notice told all of these years; the batch takes it back with the days."""
    for year in years:
        if session.get(Stamp, f"{ANNOUNCED}{year}") is None:
            session.add(Stamp(name=f"{ANNOUNCED}{year}", value=batch))


@before_save(Holiday)
def _check_day(session: Session, row: Holiday) -> None:
    session.info.pop("calendar", None)
    if row.kind in _STATUTORY and not row.source:
        raise RuleError(N_("A statutory day needs its source: it moves official dates"), field="source")
    if row.kind in _STATUTORY:
        query = select(Holiday.id).where(Holiday.day == row.day, Holiday.kind == _STATUTORY[row.kind])
        if session.execute(query.where(Holiday.id != (row.id or 0))).first():
            message = N_("%(day)s cannot be both a day off and a working day")
            raise RuleError(message, field="day", code="conflict", day=row.day)


@before_delete(Holiday)
def _forget(session: Session, _row: Holiday) -> None:
    session.info.pop("calendar", None)


def set_days(session: Session, changes: Iterable[DayChange], *, reason: str = "", announces: Iterable[int] = ()) -> int:
    """Set and unset days, all or none; how many rows changed. A day set off is no longer set working, and the reverse.

    announces: years whose official notice this is: they are certain from now on, if no holiday is missing. Raises
    RuleError for a statutory day without its source.
    """
    done = 0
    try:
        with unit_of_work(session, reason=reason) as unit:
            for change in changes:
                done += _set_day(session, change)
            _announce(session, announces, unit.batch or "")
    finally:
        session.info.pop("calendar", None)
    return done


def _set_day(session: Session, change: DayChange) -> int:
    rows = session.execute(select(Holiday).where(Holiday.day == change.day)).scalars()
    present: dict[DayKind | None, Holiday] = {row.kind: row for row in rows}
    against = present.get(_STATUTORY.get(change.kind)) if change.on else present.get(change.kind)
    gone = records.delete(session, Holiday, [against.id]) if against is not None else 0
    session.flush()
    if not change.on:
        return gone
    row = present.get(change.kind)
    values: dict[str, Any] = {"name": change.name or None, "source": change.source or None}
    if row is None:
        values |= {"day": change.day, "kind": change.kind}
    records.save(session, Holiday, row.id if row else None, values)
    return 1


def what_would_move(
    session: Session, changes: Iterable[DayChange] = (), *, announces: Iterable[int] = (), lock: bool = False
) -> list[Move]:
    """The open tasks whose dates rest on what was reckoned and would be others under the changed calendar.

    Without changes: those whose dates are no longer what calendar and rules give today. Dates set by hand stay, but
    for an internal one that would come after the new deadline. lock: nobody else changes these tasks meanwhile.
    """
    changes = list(changes)
    calendar = changed(calendar_of(session), changes, announces)
    rules = {rule.code: rule for rule in deadline_rules_of(session)}
    moves = []
    for task in _open_tasks(session, [change.day for change in changes], lock):
        basis: Any = task.basis
        question = basis["question"]
        try:
            outcome = reckon(question, calendar, [r for r in (rules.get(question.get("rule", "")),) if r])
        except RuleError:  # the rule is gone or asks for more now: nothing can be said of this task
            continue
        old = {column: getattr(task, column) for column in DATES}
        new = _new_dates(task, outcome)
        if new != old:
            moves.append(Move(task, old, new, basis_of(question, outcome)))
    return moves


def _open_tasks(session: Session, days: list[date], lock: bool) -> Iterable[Task]:
    """Open tasks with a basis; with days, only those they could reach."""
    query = select(Task).outerjoin(Task.case).options(contains_eager(Task.case).load_only(Case.our_ref))
    query = query.where(Task.status != TaskStatus.DONE, Task.standing == TaskStanding.LIVE, Task.basis.is_not(None))
    if days:
        first, last = min(days) - REACH, max(days) + REACH
        query = query.where(or_(*(getattr(Task, column).between(first, last) for column in DATES)))
    query = query.order_by(Task.hard_deadline, Task.id)
    with unscoped(session):
        if lock:
            query = query.with_for_update(of=Task).execution_options(populate_existing=True)
        return session.execute(query).scalars().all()


def _new_dates(task: Task, outcome: Outcome) -> dict[str, date | None]:
    """What becomes of each date of a task."""
    given = {column: getattr(task, column) for column in DATES}
    basis: Any = task.basis
    kept = basis["dates"]
    by_hand = {column for column, day in given.items() if day is None or kept.get(column) != day.isoformat()}
    if "hard_deadline" in by_hand:
        return given
    hard = outcome.hard.value
    return {
        column: outcome.dates[column] or hard if column not in by_hand or (day and day > hard) else day
        for column, day in given.items()
    }


class Outdated(RuleError):
    """What would move is no longer what was shown."""


def digest_of(moves: Iterable[Move]) -> str:
    """A mark of some moves: the same tasks, from and to the same dates, have the same."""
    told = sorted((m.task.id, *(str(m.old[c]) for c in DATES), *(str(m.new[c]) for c in DATES)) for m in moves)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def approve(
    session: Session,
    changes: Iterable[DayChange] = (),
    *,
    reason: str = "",
    announces: Iterable[int] = (),
    shown: str | None = None,
) -> tuple[str, int]:
    """Set the days and move every task they move, as one batch: (its mark for `undo`, tasks moved).

    shown: the digest of the moves that somebody saw and approves. Raises Outdated (conflict) where they are others.
    """
    changes, batch = list(changes), MARK + new_batch()[:24]
    with unit_of_work(session, reason=reason, batch=batch):
        moves = what_would_move(session, changes, announces=announces, lock=True)
        if shown is not None and shown != digest_of(moves):
            raise Outdated(N_("Meanwhile other dates would move; look at them again"), code="conflict")
        set_days(session, changes, announces=announces)
        for move in moves:
            records.apply(session, move.task, move.new | {"basis": move.basis})
        session.flush()
    return batch, len(moves)


def undo(session: Session, batch: str) -> tuple[int, int]:
    """Take back what a batch set and moved: (undone, left alone because touched since). Raises RuleError."""
    query = select(AuditEntry).where(AuditEntry.batch == batch).order_by(AuditEntry.id.desc())
    entries = session.execute(query).scalars().all()
    if not entries or not batch.startswith(MARK):
        raise RuleError(N_("There is nothing to undo"), code="missing")
    done = kept = 0
    with unit_of_work(session, reason="undo"), unscoped(session):
        if any(entry.table == Task.__tablename__ for entry in entries):
            done, kept = history.take_back(session, Task, batch, reason="undo")
        for change in _reversed_days(session, entries):
            done += set_days(session, [change])
        for mark in session.execute(select(Stamp).where(Stamp.value == batch)).scalars():
            session.delete(mark)
    return done, kept


def _reversed_days(session: Session, entries: Iterable[AuditEntry]) -> Iterator[DayChange]:
    """The changes of days that take back those of a batch, the last first."""
    types = {column.key: column.type for column in Holiday.__table__.columns}
    for entry in entries:
        if entry.table != Holiday.__tablename__:
            continue
        was = {name: restore(types[name], before) for name, (before, _after) in entry.changes.items()}
        if entry.action == "delete":
            yield DayChange(was["day"], was["kind"], True, was.get("name") or "", was.get("source") or "")
        elif (row := session.get(Holiday, entry.record_id)) is not None:
            gone = entry.action == "insert"
            kept = {name: was.get(name, getattr(row, name)) or "" for name in ("name", "source")}
            yield DayChange(row.day, row.kind, not gone, **kept)
