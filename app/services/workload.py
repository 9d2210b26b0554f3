"""What everybody has to do at present, and what he did before: what an allocation rests on (A-3.2.1.3-03)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.rules.allocation import USUAL_CAPACITY, Candidate, Subject, Suggestion, fields_of, subclass, suggest
from app.rules.case import CaseStatus
from app.services import task
from app.services.unit_of_work import unscoped
from models.case import Case
from models.task import Task

_S = CaseStatus
#: States in which a case is its handler's work; later ones only where he has a task.
AT_WORK = (_S.IN_PROGRESS, _S.SUBSTANTIVE_REVIEW, _S.PREPARATION, _S.QUALITY_CHECK, _S.AWAITING_DISPATCH,
           _S.REINSTATED)  # fmt: skip
#: Who can handle a case: the right it takes.
HANDLER = ("finalize", "filing")


@dataclass(frozen=True)
class Worker:
    """An active user and his load: cases he has something to do in, open tasks, of these past their hard deadline."""

    id: int
    name: str
    pinyin: str | None
    department_id: int | None
    certificate_no: str | None
    specialities: str | None
    capacity: int | None
    cases: int
    tasks: int
    late: int
    handles: bool

    @property
    def limit(self) -> int:
        """How many cases he can have at once, as entered or as usual."""
        return self.capacity or USUAL_CAPACITY


def workers(session: Session, on: date) -> list[Worker]:
    """Every active user with his present load, by name. Whatever the reader may see, the load is the true one."""
    users = select(
        User.id, User.first_name, User.pinyin, User.department_id, User.certificate_no, User.specialities, User.capacity
    )
    loads, tasks, late = _loads(session), task.open_counts(session), _late(session, on)
    handlers = set(task.holders(session, *HANDLER))
    return [
        Worker(*row, cases=loads.get(row.id, 0), tasks=tasks.get(row.id, 0), late=late.get(row.id, 0),
               handles=row.id in handlers)
        for row in session.execute(users.where(User.active).order_by(User.first_name, User.id))
    ]  # fmt: skip


def _loads(session: Session) -> dict[int, int]:
    """{user: cases he handles that are at work, or in which he has an open task}."""
    handled = select(Case.handler_id.label("user"), Case.id.label("case")).where(
        Case.status.in_(AT_WORK), Case.handler_id.is_not(None)
    )
    to_do = select(Task.assignee_id, Task.case_id).where(*task.OPEN, Task.case_id.is_not(None))
    found = handled.union(to_do).subquery()
    with unscoped(session):
        return dict(session.execute(select(found.c.user, func.count()).group_by(found.c.user)).all())


def _late(session: Session, on: date) -> dict[int, int]:
    query = select(Task.assignee_id, func.count()).where(*task.OPEN, Task.hard_deadline < on)
    with unscoped(session):
        return dict(session.execute(query.group_by(Task.assignee_id)).all())


def suggestions(
    session: Session, cases: Sequence[Case], people: Sequence[Worker], on: date
) -> dict[int, list[Suggestion]]:
    """{case: who of the people that can handle one fits it, the best first}."""
    able = [w for w in people if w.handles]
    similar = _similar(session, {subclass(c.main_ipc) for c in cases} - {""})
    clients = _of_clients(session, {c.client_id for c in cases if c.client_id})
    found = {}
    for case in cases:
        kind = subclass(case.main_ipc)
        candidates = [
            Candidate(w.id, w.cases, w.capacity, fields_of(w.specialities), similar[kind][w.id],
                      clients[case.client_id][w.id], w.late)
            for w in able
        ]  # fmt: skip
        left = (case.planned_on - on).days if case.planned_on else None
        found[case.id] = suggest(Subject(case.main_ipc, left), candidates)
    return found


def _similar(session: Session, kinds: Collection[str]) -> dict[str, Counter[int]]:
    """{subclass, or as much as is known of one: {handler: how many of its cases he had}}, in one statement."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    if not kinds:
        return found
    longest = func.substr(Case.main_ipc, 1, max(map(len, kinds)))
    wanted = [func.substr(Case.main_ipc, 1, n).in_([k for k in kinds if len(k) == n]) for n in set(map(len, kinds))]
    query = select(longest, Case.handler_id, func.count()).where(Case.handler_id.is_not(None), or_(*wanted))
    with unscoped(session):
        rows: Any = session.execute(query.group_by(longest, Case.handler_id)).all()
    for name, handler, count in rows:
        for kind in kinds:
            if name.startswith(kind):
                found[kind][handler] += count
    return found


def _of_clients(session: Session, clients: Collection[int]) -> dict[int | None, Counter[int]]:
    """{client: {handler: how many of his cases he had}}."""
    found: dict[int | None, Counter[int]] = defaultdict(Counter)
    query = select(Case.client_id, Case.handler_id, func.count()).where(
        Case.client_id.in_(clients), Case.handler_id.is_not(None)
    )
    with unscoped(session):
        rows: Any = session.execute(query.group_by(Case.client_id, Case.handler_id)).all()
    for client, handler, count in rows:
        found[client][handler] = count
    return found
