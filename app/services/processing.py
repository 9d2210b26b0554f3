"""Beginning to process a task: what must be there before its page opens (进入处理, A-3.6.2.2-04); beginning again."""

from typing import Any

from sqlalchemy.orm import Session

from app.rules.case import CaseStatus
from app.rules.choice import N_
from app.rules.closing import RequestStatus
from app.rules.errors import RuleError
from app.rules.filing import OPEN_NOTHING, FilingStatus, WorkStatus, task_code
from app.rules.task import STANDING_FLOW, TaskFlow, code_of
from app.services import records, task
from app.services.allocation import WAITING
from app.services.filing import CODES, filing_for, tasks_of
from app.services.records import effect
from app.services.unit_of_work import unit_of_work, unscoped
from models.filing import Filing, WorkBreakdown
from models.task import Task

#: Tasks of a case itself, and the states in which it waits for them.
CASE_STEPS = {"intake_review": (CaseStatus.INTAKE_REVIEW,), "case_allocation": WAITING}


def begin(session: Session, task_id: int) -> Task:
    """Enter one's own task; one that asks for a document to the Office gets its filing. Raises RuleError."""
    with unit_of_work(session):
        entered = task.enter(session, task_id)
        if works_on_filing(entered) and entered.case_id is not None:
            filing_for(session, entered)
        return entered


def works_on_filing(of: Task) -> bool:
    """Whether a task is processed in a filing of its own."""
    kind = of.task_type
    return kind is not None and kind.flow is TaskFlow.INTERMEDIATE and code_of(of) not in OPEN_NOTHING


@effect(STANDING_FLOW, "restore")
def _still_to_do(session: Session, one: Task, **_inputs: Any) -> None:
    """What was done while a task was void is not to be done again: nobody gets back a step that is over."""
    with unscoped(session):
        if not stands(session, one):
            raise RuleError(N_("What this task stood for is done or given to somebody; it stays void"), code="conflict")


def stands(session: Session, one: Task) -> bool:
    """Whether what a task stands for is still to be done, and is nobody else's open task."""
    code = code_of(one)
    for request in (one.closing_request, one.reinstatement_request):
        if request is not None:
            return request.status is RequestStatus.PENDING
    if one.work_id is not None:
        line = records.find(session, WorkBreakdown, one.work_id, lock=True)
        others = task.open_tasks(session, Task.work_id == line.id, Task.id != one.id)
        return line.status is WorkStatus.DISTRIBUTED and not others
    if one.filing_id is not None:
        filing = records.find(session, Filing, one.filing_id, lock=True)
        due = task_code(filing.kind, filing.status) == code if code in CODES else filing.status is FilingStatus.DRAFTING
        return due and not [t for t in tasks_of(session, filing) if t.id != one.id]
    if code in CASE_STEPS and one.case is not None:
        return one.case.status in CASE_STEPS[code]
    return True
