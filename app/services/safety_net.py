"""What nobody would miss by himself: cases without any task, filings and tasks without a worker (safety net)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.rules.case import CaseStatus
from app.rules.choice import N_
from app.rules.filing import AT_WORK
from app.services.task import OPEN
from app.services.unit_of_work import unit_of_work, unscoped
from models.access import Stamp
from models.case import Case
from models.filing import Filing
from models.task import Task

MARK = "safety_net"
#: Where the firm itself has to act; a case that waits to be sent has its place on the page of dispatch.
IN_HAND = (
    CaseStatus.INTAKE_REVIEW, CaseStatus.REVIEWED, CaseStatus.IN_PROGRESS, CaseStatus.SUBSTANTIVE_REVIEW,
    CaseStatus.PREPARATION, CaseStatus.QUALITY_CHECK, CaseStatus.DISPATCHED, CaseStatus.REINSTATED,
)  # fmt: skip
#: Where the Office has it, and a time limit is what keeps it from being forgotten.
AT_OFFICE = (CaseStatus.FILED, CaseStatus.GRANTED)


def _idle(*states: CaseStatus) -> Any:
    no_task = ~exists().where(Task.case_id == Case.id, *OPEN)
    return select(Case.id, Case.our_ref, Case.title).where(Case.status.in_(states), no_task)


def _unmanned() -> Any:
    worker = exists().where(Task.filing_id == Filing.id, Task.work_id.is_(None), *OPEN, Task.assignee_id == User.id,
                            User.active)  # fmt: skip
    query = select(Filing.id, Filing.filing_no, Case.title).join(Case, Case.id == Filing.case_id)
    return query.where(Filing.status.in_(AT_WORK), ~worker)


def _orphaned() -> Any:
    query = select(Task.id, Case.our_ref, Task.name).outerjoin(Case, Case.id == Task.case_id)
    return query.join(User, User.id == Task.assignee_id).where(*OPEN, ~User.active)


@dataclass(frozen=True)
class Gap:
    """One kind of gap. find: selects id, number and title of its rows; page: where a row is looked at."""

    name: str
    label: str
    find: Callable[[], Any]
    page: str


GAPS = (
    Gap("idle", N_("Cases in hand without an open task"), lambda: _idle(*IN_HAND), "/app/case/"),
    Gap("unmanned", N_("Filings without a worker"), _unmanned, "/app/filing/"),
    Gap("orphaned", N_("Open tasks of users who are disabled"), _orphaned, "/app/task/"),
    Gap("unwatched", N_("Filed cases without any time limit"), lambda: _idle(*AT_OFFICE), "/app/case/"),
)


def rows(session: Session, gap: Gap, limit: int) -> list[Any]:
    """What falls through now, in the rows the actor sees: (id, number, title), oldest first."""
    found = gap.find()
    return list(session.execute(found.order_by(found.selected_columns[0]).limit(limit)))


def check(session: Session, at: datetime) -> dict[str, int]:
    """Count all gaps and keep the numbers with the moment: {gap: rows}."""
    with unscoped(session):
        found = {
            gap.name: session.execute(select(func.count()).select_from(gap.find().subquery())).scalar_one()
            for gap in GAPS
        }
    value = " ".join([at.isoformat(timespec="minutes"), *(str(found[gap.name]) for gap in GAPS)])
    with unit_of_work(session):
        row = session.get(Stamp, MARK, with_for_update=True)
        if row is None:
            session.add(Stamp(name=MARK, value=value))
        else:
            row.value = value
    return found


def last_check(session: Session) -> tuple[datetime, dict[str, int]] | None:
    """When it was checked last and what was found; None before the first time."""
    row = session.get(Stamp, MARK)
    if row is None:
        return None
    at, *numbers = row.value.split(" ")
    return datetime.fromisoformat(at), {gap.name: int(n) for gap, n in zip(GAPS, numbers, strict=False)}
