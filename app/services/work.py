"""The work breakdown: parts of the work given to others, done, confirmed (任务分解单, A-3.2.1.4)."""

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.filing import WORK_FLOW, WORK_TASKS, FilingStatus, WorkMode, WorkStatus
from app.rules.normalize import parse_decimal
from app.services import records, task
from app.services.filing import ANY
from app.services.records import before_delete, before_save, effect
from app.services.unit_of_work import actor_of
from models.filing import Filing, WorkBreakdown
from models.task import Task


def check_handler(session: Session, filing: Filing) -> None:
    """Raise RuleError unless who acts handles the filing and it is still being drafted; the filing is locked."""
    actor = actor_of(session)
    filing = records.find(session, Filing, filing.id, lock=True)  # it may be finalized at this very moment
    if filing.status is not FilingStatus.DRAFTING:
        raise RuleError(N_("The filing is finalized; its work breakdown cannot be changed"), code="conflict")
    if actor.id != filing.handler_id and not actor.may(ANY, "filing"):
        raise RuleError(N_("Only the handler divides the work"), code="forbidden")


#: Lines that may still be changed: nobody has been given them, or they came back.
CHANGEABLE = (WorkStatus.UNDISTRIBUTED, WorkStatus.RETURNED)


@before_save(WorkBreakdown)
def _complete_work(session: Session, work: WorkBreakdown) -> None:
    """Inside somebody does it, outside somebody is paid; what was given out is not changed behind his back."""
    if inspect(work).attrs.filing_id.history.deleted and work.id is not None:
        raise RuleError(N_("This cannot be changed any more"), field="filing")
    check_handler(session, records.find(session, Filing, work.filing_id))
    if work.id is not None and work.status not in CHANGEABLE:
        raise RuleError(N_("This work was given out or is done; return it before it is changed"), code="conflict")
    gaps = [] if work.due_on else ["due_on"]
    if work.mode is WorkMode.OUTSOURCED:
        gaps += [] if work.contractor or work.assignee_id else ["contractor"]
    elif work.assignee_id is None:
        gaps.append("assignee")
    if gaps:
        raise RuleErrors([RuleError(N_("This must be filled in"), field=field) for field in gaps])


def _reckoned(work: WorkBreakdown) -> None:
    """Raise RuleErrors unless what the work took is recorded: hours inside, the fee outside (A-3.2.1.4-02)."""
    if work.mode is WorkMode.OUTSOURCED and work.outsourcing_fee is None:
        raise RuleErrors([RuleError(N_("Record the outsourcing fee first"), field="outsourcing_fee")])
    if work.mode is not WorkMode.OUTSOURCED and work.workload is None:
        raise RuleErrors([RuleError(N_("Record the workload first"), field="workload")])


@effect(WORK_FLOW, "distribute")
def _distributed(session: Session, work: WorkBreakdown, automatic: bool = False, **_inputs: Any) -> None:
    """The assignee gets a task (A-3.2.1.4-07)."""
    if not automatic:
        check_handler(session, work.filing)
    if work.assignee_id is None:
        raise RuleError(N_("Choose who does this work first"), field="assignee")
    task.create(
        session, WORK_TASKS[work.work_type], assignee_id=work.assignee_id, case_id=work.filing.case_id,
        filing_id=work.filing_id, work_id=work.id, internal_deadline=work.due_on,
    )  # fmt: skip


@effect(WORK_FLOW, "take_back")
def _taken_back(session: Session, work: WorkBreakdown, **_inputs: Any) -> None:
    """The task leaves the assignee (A-3.2.1.4-08)."""
    check_handler(session, work.filing)
    task.end(session, task.open_tasks(session, Task.work_id == work.id))


@effect(WORK_FLOW, "submit")
def _submitted(session: Session, work: WorkBreakdown, workload: Any = None, **_inputs: Any) -> None:
    """The assignee declares what it took (A-3.2.1.4-10)."""
    actor = actor_of(session)
    if actor.id != work.assignee_id and not actor.may(ANY, "filing"):
        raise RuleError(N_("This work is somebody else's"), code="forbidden")
    if records.find(session, Filing, work.filing_id, lock=True).status is not FilingStatus.DRAFTING:
        raise RuleError(N_("Nobody works on this filing any more"), code="conflict")
    work.workload = _hours(workload)
    task.finish(session, task.open_tasks(session, Task.work_id == work.id))


@effect(WORK_FLOW, "confirm")
def _confirmed(session: Session, work: WorkBreakdown, workload: Any = None, **_inputs: Any) -> None:
    """The handler confirms it, with the hours he accepts."""
    check_handler(session, work.filing)
    if workload not in (None, ""):
        work.workload = _hours(workload)
    _reckoned(work)


@effect(WORK_FLOW, "complete")
def _completed(session: Session, work: WorkBreakdown, **_inputs: Any) -> None:
    """Done without being given to anybody's account (A-3.2.1.4-09)."""
    check_handler(session, work.filing)
    _reckoned(work)


def _hours(given: Any) -> Any:
    hours = parse_decimal(str(given or ""), field="workload")
    if hours < 0 or hours > 100_000:
        raise RuleError(N_("The workload is a number of hours"), field="workload")
    return hours


@before_delete(WorkBreakdown)
def _unused(session: Session, work: WorkBreakdown) -> None:
    """A line that was given out stays: it is what the work is reckoned by (A-3.2.1.4-02)."""
    check_handler(session, work.filing)
    if work.status is not WorkStatus.UNDISTRIBUTED:
        raise RuleError(N_("Work that was given out or is done stays in the work breakdown"), code="conflict")


def submit(session: Session, work_id: int, workload: Any) -> WorkBreakdown:
    """Hand in a part of the work with the hours it took."""
    return records.move(session, records.find(session, WorkBreakdown, work_id), "submit", workload=workload)
