"""What the workbench shows of the tasks of one person or of all: counts, the next ones, two weeks ahead (A-3.6.1)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Date, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from app.rules.task import TaskStanding, TaskStatus, Urgency
from app.services.task import OPEN
from app.services.task_urgency import of, of_status, urgency_of
from app.services.today import OFFICE
from models.case import Case
from models.party import Client
from models.task import Task

#: Days of the strip, weeks of the chart, rows of each list.
AHEAD, WEEKS, NEXT, MOST = 14, 12, 30, 8


_ON = bindparam("on", type_=Date)
#: Asked by every page, so built once.
_DUE = select(
    func.count(case((Task.hard_deadline == _ON, 1))), func.count(case((Task.hard_deadline < _ON, 1)))
).where(*OPEN, Task.assignee_id == bindparam("user"), Task.hard_deadline <= _ON)


@dataclass(frozen=True)
class Counts:
    """How many tasks: by state, and the open ones by urgency."""

    open: int
    processing: int
    done: int
    total: int
    by_urgency: dict[Urgency, int]


def counts(session: Session, mine: int | None, on: date) -> Counts:
    """The numbers at the head, in one statement."""
    live, urgency = Task.standing == TaskStanding.LIVE, urgency_of(on)
    sums: list[Any] = [
        and_(*OPEN), of_status(TaskStatus.IN_PROGRESS), of_status(TaskStatus.DONE), live,
        *(and_(*OPEN, urgency == u.name) for u in Urgency),
    ]  # fmt: skip
    query = select(*(func.count(case((condition, 1))) for condition in sums)).select_from(Task).where(of(mine))
    first, processing, done, total, *coloured = session.execute(query).one()
    return Counts(first, processing, done, total, dict(zip(Urgency, coloured, strict=True)))


def due_counts(session: Session, user_id: int, on: date) -> tuple[int, int]:
    """One's own open tasks of today and those overdue, in one statement that the index answers."""
    first, second = session.execute(_DUE, {"user": user_id, "on": on}).one()
    return first, second


def upcoming(session: Session, mine: int | None) -> list[Any]:
    """The open tasks in the order in which they are due, those without a day last."""
    query = (
        select(
            Task.id, Task.name, Task.remind_on, Task.internal_deadline, Task.hard_deadline, Task.status, Task.standing,
            Case.our_ref, Case.title, Client.short_name, User.first_name, Task.assignee_id,
        )
        .select_from(Task).outerjoin(Task.case).outerjoin(Case.client).join(User, User.id == Task.assignee_id)
        .where(*OPEN, of(mine))
    )  # fmt: skip
    first = func.coalesce(Task.hard_deadline, Task.internal_deadline)
    return list(session.execute(query.order_by(first.is_(None), first, Task.id).limit(NEXT)))


def strip(session: Session, mine: int | None, on: date) -> dict[date, dict[Urgency, int]]:
    """The next two weeks: how many open tasks have their hard deadline on each day, by urgency."""
    urgency = urgency_of(on).label("urgency")
    last = on + timedelta(days=AHEAD - 1)
    query = select(Task.hard_deadline, urgency, func.count()).where(
        *OPEN, of(mine), Task.hard_deadline.between(on, last)
    )
    found: dict[date, dict[Urgency, int]] = defaultdict(dict)
    rows: Any = session.execute(query.group_by(Task.hard_deadline, urgency))
    for day, name, number in rows:
        found[day][Urgency[name]] = number
    return found


def by_name(session: Session, mine: int | None) -> list[tuple[str, int]]:
    """The open tasks by their name, the most first."""
    number = func.count()
    query = select(Task.name, number).where(*OPEN, of(mine)).group_by(Task.name)
    return [(name, n) for name, n in session.execute(query.order_by(number.desc(), Task.name).limit(MOST))]


def by_person(session: Session) -> list[tuple[int, str, int]]:
    """The open tasks by who has them: (user, name, how many), the most first."""
    number = func.count()
    query = select(User.id, User.first_name, number).join(Task, Task.assignee_id == User.id).where(*OPEN)
    query = query.group_by(User.id, User.first_name).order_by(number.desc(), User.id).limit(MOST)
    return [(key, name, n) for key, name, n in session.execute(query)]


def weekly(session: Session, mine: int | None, on: date) -> list[tuple[date, int, int]]:
    """(Monday, made, finished) of the last twelve weeks, the present one last, in one statement."""
    monday = on - timedelta(days=on.weekday())
    starts = [monday - timedelta(weeks=n) for n in range(WEEKS - 1, -1, -1)]
    sums: list[Any] = []
    for start in starts:
        first, end = _moment(start), _moment(start + timedelta(weeks=1))
        for column in (Task.created_at, Task.finished_at):
            sums.append(func.count(case((and_(column >= first, column < end), 1))))
    since = _moment(starts[0])
    query = select(*sums).where(of(mine), or_(Task.created_at >= since, Task.finished_at >= since))
    row = session.execute(query).one()
    return [(start, row[2 * n], row[2 * n + 1]) for n, start in enumerate(starts)]


def _moment(day: date) -> datetime:
    """The beginning of a day at the office."""
    return datetime.combine(day, time(), OFFICE)
