"""Another assignee for a task, and for the work it stands for (转分配, A-3.6.3.1-05, A-3.2.1.3-09)."""

from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.filing import TASKS, WORK_TASKS, WORKERS, FilingKind, FilingStatus
from app.rules.task import code_of, is_open
from app.services import records
from app.services.allocation import PARTS
from app.services.filing import CODES
from app.services.task_dates import MONITOR
from app.services.unit_of_work import actor_of, unit_of_work, unscoped
from models.case import Case
from models.filing import Filing, WorkBreakdown
from models.task import Task

#: The column of the filing that names who does a task, by the code of its type.
PLACES = {code: WORKERS[state] for state, codes in TASKS.items() if state in WORKERS for code in codes}
#: The place of the case that goes with a kind of work, by the code of its task type.
CASE_PLACES = {WORK_TASKS[kind]: f"{place}_id" for place, kind in PARTS.items()}


def reassign(session: Session, task_id: int, assignee_id: int | None, *, reason: str) -> Task:
    """Give an open task to somebody else; its state stays. Nobody needs a certificate for it.

    With it goes what it stands for: the handler, reviewer, preparer or checker of the filing, the line of the work
    breakdown, and for the handling of a new application the handler of the case. Raises RuleError: forbidden,
    conflict (done, void), or by field (assignee, reason).
    """
    with unit_of_work(session, reason=reason):
        task: Task = records.find(session, Task, task_id, lock=True)
        if not actor_of(session).may(MONITOR, "task"):
            raise RuleError(N_("Only who monitors tasks can reassign them"), code="forbidden")
        if not is_open(task):
            raise RuleError(N_("This task is done, voided or terminated"), code="conflict")
        if not reason:
            raise RuleError(N_("This must be filled in"), field="reason")
        active = select(User.id).where(User.id == assignee_id, User.active)
        if assignee_id is None or session.execute(active).first() is None:
            raise RuleError(N_("Choose one from the list"), field="assignee")
        if assignee_id == task.assignee_id:
            raise RuleError(N_("This task is already his"), field="assignee")
        before, task.assignee_id = task.assignee_id, assignee_id
        with unscoped(session):
            _take_along(session, task, before)
        session.flush()
        return task


def _take_along(session: Session, task: Task, before: int) -> None:
    """What a task stands for goes to its new assignee."""
    code, who = code_of(task), task.assignee_id
    if task.work_id is not None:
        line = records.find(session, WorkBreakdown, task.work_id, lock=True)
        line.assignee_id = who
        _move_case(session, task.case_id, CASE_PLACES.get(code), before, who)
    elif task.filing_id is not None and (code in PLACES or code not in CODES):
        filing = records.find(session, Filing, task.filing_id, lock=True)
        setattr(filing, PLACES.get(code, WORKERS[FilingStatus.DRAFTING]), who)
        if code == "case_handling" and filing.kind is FilingKind.NEW_APPLICATION:
            case = records.find(session, Case, filing.case_id, lock=True)
            case.handler_id = who
    for request in (task.closing_request, task.reinstatement_request):
        if request is not None:
            request.reviewer_id = who


def _move_case(session: Session, case_id: int | None, place: Any, before: int, who: int) -> None:
    """Name the new person in the case where it named the old one."""
    if case_id is None or place is None:
        return
    case = records.find(session, Case, case_id, lock=True)
    if getattr(case, place) == before:
        setattr(case, place, who)
