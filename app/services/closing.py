"""Closing a case and reinstating it: asked for, handed in, decided by the one who was chosen (A-3.2.2.5)."""

from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.rules.case import ACTIVE, CaseStatus, keep_step
from app.rules.choice import N_
from app.rules.closing import CLOSING_FLOW, REINSTATEMENT_FLOW, UNDECIDED, RequestStatus, state_before
from app.rules.errors import RuleError
from app.rules.task import TaskClearing, TaskStanding, TaskStatus
from app.services import filing, records, task
from app.services.records import before_delete, before_save, effect
from app.services.unit_of_work import actor_of, unscoped
from models.base import key_of, now
from models.case import Case
from models.closing import ClosingRequest, ReinstatementRequest
from models.task import Task

Request = ClosingRequest | ReinstatementRequest


def undecided(session: Session, model: type[Any], case_id: int) -> Any:
    """The request of a case that is not decided yet, if there is one."""
    query = select(model).where(model.case_id == case_id, model.status.in_(UNDECIDED)).order_by(model.id)
    with unscoped(session):
        return session.execute(query).scalars().first()


def unsettled(session: Session, case_id: int) -> list[Task]:
    """What must be looked at before a case is closed: its tasks that are unfinished or not cleared, oldest first."""
    query = select(Task).options(joinedload(Task.assignee)).where(Task.case_id == case_id)
    query = query.where(Task.standing == TaskStanding.LIVE, Task.closing_request_id.is_(None))
    query = query.where(or_(Task.status != TaskStatus.DONE, Task.clearing == TaskClearing.UNCLEARED))
    return list(session.execute(query.order_by(Task.hard_deadline.nulls_last(), Task.id)).scalars())


def reviewers(session: Session, model: type[Any]) -> list[tuple[int, str]]:
    """(id, name) of those who may be chosen to review: who may agree to such requests, else the administrators."""
    ids = task.holders(session, "approve", key_of(model)) or task.administrators(session)
    query = select(User.id, User.first_name).where(User.id.in_(ids)).order_by(User.first_name, User.id)
    return [(key, name) for key, name in session.execute(query)]


@before_save(ClosingRequest)
def _complete_closing(session: Session, request: ClosingRequest) -> None:
    _complete(session, request, ACTIVE, N_("This case is closed, or its closing is under review"))


@before_save(ReinstatementRequest)
def _complete_reinstatement(session: Session, request: ReinstatementRequest) -> None:
    _complete(session, request, (CaseStatus.CLOSED,), N_("Only cases whose closing was reviewed can be reinstated"))


def _complete(session: Session, request: Request, states: tuple[CaseStatus, ...], refusal: str) -> None:
    """Who asks is who acts, for good; one undecided request a case; what was handed in stays as it is."""
    if request.id is not None:
        stored = session.execute(select(type(request).case_id).where(type(request).id == request.id)).scalar()
        if request.status is not RequestStatus.SAVED:
            raise RuleError(N_("The request was handed in; it cannot be changed any more"), code="conflict")
        if request.case_id != stored:
            raise RuleError(N_("This cannot be changed any more"), field="case_id")
        return
    request.requester_id = actor_of(session).id or request.requester_id
    if request.requester_id is None:
        raise RuleError(N_("This must be filled in"), field="requester_id")
    case = records.find(session, Case, request.case_id, lock=True)
    if case.status not in states:
        raise RuleError(refusal, field="case_id", code="conflict")
    if undecided(session, type(request), case.id) is not None:
        raise RuleError(N_("There is such a request for this case already"), field="case_id", code="conflict")


@before_delete(ClosingRequest)
@before_delete(ReinstatementRequest)
def _only_saved(_session: Session, request: Request) -> None:
    if request.status is not RequestStatus.SAVED:
        raise RuleError(N_("The request was handed in; it cannot be deleted any more"), code="conflict")


@effect(CLOSING_FLOW, "hand_in")
def _closing_handed_in(
    session: Session, request: ClosingRequest, reviewer: Any = None, confirmed: Any = None, **_inputs: Any
) -> None:
    """Only now the case waits for its closing, and the reviewer has a task (A-3.2.2.5-06, -07)."""
    case, open_ones = _case(session, request), unsettled(session, request.case_id)
    if open_ones and str(confirmed or "") not in ("1", "True", "true", "on"):
        sentence = N_(
            "%(count)s tasks are unfinished or not cleared; confirm that the case is to be closed all the same"
        )
        raise RuleError(sentence, field="confirmed", count=len(open_ones))
    _hand_over(session, request, reviewer)
    request.open_tasks = [t.name for t in open_ones]
    case.status_before = case.status
    session.flush()
    records.move(session, case, "request_closing")
    task.create(
        session, "closing_review", assignee_id=request.reviewer_id, case_id=case.id, closing_request_id=request.id
    )


@effect(REINSTATEMENT_FLOW, "hand_in")
def _reinstatement_handed_in(
    session: Session, request: ReinstatementRequest, reviewer: Any = None, **_inputs: Any
) -> None:
    """It goes to the reviewer; the case stays closed until he agrees (A-3.2.2.5-14)."""
    case = _case(session, request)
    if case.status is not CaseStatus.CLOSED:
        raise RuleError(N_("Only cases whose closing was reviewed can be reinstated"), code="conflict")
    _hand_over(session, request, reviewer)
    task.create(
        session, "reinstatement_review", assignee_id=request.reviewer_id, case_id=case.id,
        reinstatement_request_id=request.id,
    )  # fmt: skip


def _hand_over(session: Session, request: Request, chosen: Any) -> None:
    """The reviewer that was chosen: one of those who may agree."""
    known = {str(key) for key, _name in reviewers(session, type(request))}
    if str(chosen) not in known:
        raise RuleError(N_("Choose one from the list"), field="reviewer")
    request.reviewer_id, request.handed_in_at = int(chosen), now()


@effect(CLOSING_FLOW, "approve")
def _closing_agreed(session: Session, request: ClosingRequest, opinion: Any = None, **_inputs: Any) -> None:
    """The case is closed; whatever anybody still had to do in it ends (A-3.2.2.5-11)."""
    _decide(session, request, opinion, Task.closing_request_id == request.id)
    case = _case(session, request)
    records.move(session, case, "close")
    filing.cancel_all(session, case)
    task.end(session, task.open_tasks(session, Task.case_id == case.id))


@effect(CLOSING_FLOW, "refuse")
def _closing_refused(session: Session, request: ClosingRequest, opinion: Any = None, **_inputs: Any) -> None:
    """The case goes on from the state it was in (ambiguities 14)."""
    _decide(session, request, opinion, Task.closing_request_id == request.id)
    case = _case(session, request)
    records.move(session, case, keep_step(state_before(case)))


@effect(REINSTATEMENT_FLOW, "approve")
def _reinstated(session: Session, request: ReinstatementRequest, opinion: Any = None, **_inputs: Any) -> None:
    """The case lives again; tasks that ended do not come back (ambiguities 15)."""
    _decide(session, request, opinion, Task.reinstatement_request_id == request.id)
    records.move(session, _case(session, request), "reinstate")


@effect(REINSTATEMENT_FLOW, "refuse")
def _not_reinstated(session: Session, request: ReinstatementRequest, opinion: Any = None, **_inputs: Any) -> None:
    _decide(session, request, opinion, Task.reinstatement_request_id == request.id)


def may_decide(session: Session, request: Request) -> bool:
    """Whether who acts is the reviewer that was chosen, or an administrator (ambiguities 16)."""
    actor = actor_of(session)
    return actor.is_admin or (actor.id is not None and actor.id == request.reviewer_id)


def _decide(session: Session, request: Request, opinion: Any, own_task: Any) -> None:
    """What the decision is kept with; who decided stands as the reviewer."""
    if not may_decide(session, request):
        raise RuleError(N_("Only the chosen reviewer decides about this request"), code="forbidden")
    request.opinion, request.reviewed_at = str(opinion).strip(), now()
    request.reviewer_id = actor_of(session).id or request.reviewer_id
    task.finish(session, task.open_tasks(session, own_task))


def _case(session: Session, request: Request) -> Case:
    """The case of a request, held until the end."""
    with unscoped(session):
        return records.find(session, Case, request.case_id, lock=True)
