"""The way of a filing: drafting, review, preparation, check, dispatch (A-3.2.1.5.3, A-3.2.1.6, A-3.3.6).

Each step finishes the task of the state it leaves and makes that of the state it reaches; a step whose task type is
switched off is passed over (A-2.1.3.2-06). The case of a new application follows step by step.
"""

from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.rules.case import CASE_FLOW, CaseStatus
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.filing import (
    AT_WORK,
    CHOOSES,
    FILING_FLOW,
    ONWARD,
    OPEN_NOTHING,
    TASKS,
    WORKERS,
    WRITABLE,
    FilingKind,
    FilingStatus,
    WorkStatus,
    task_code,
)
from app.rules.normalize import parse_integer
from app.rules.task import DOERS, TaskFlow, TaskSwitch, code_of, is_open
from app.rules.workflow import Transition
from app.services import records, task
from app.services.numbering import next_serial
from app.services.records import before_save, effect
from app.services.today import today
from app.services.unit_of_work import actor_of, unit_of_work, unscoped
from models.case import Case
from models.filing import Filing, WorkBreakdown
from models.organization import User
from models.task import Task

#: The special right to take the steps of others on a filing.
ANY = "any"
#: The step that is not held up by what became of the case: the Office answers after it was closed, too.
LATE = "acknowledge"
CODES = frozenset(code for pair in TASKS.values() for code in pair)


def open_filing(
    session: Session, case: Case, kind: FilingKind, name: str | None, handler_id: int, *, origin: Task | None = None
) -> Filing:
    """A new filing of a case in the hands of its handler, with his task; `origin`: the task that asked for it."""
    with unit_of_work(session):
        made = Filing(
            filing_no=f"S{next_serial(session, 'filing.filing_no.plain'):06d}", case_id=case.id, kind=kind, name=name,
            handler_id=handler_id, method=case.filing_method,
        )  # fmt: skip
        session.add(made)
        session.flush()
        if origin is not None:
            origin.filing_id = made.id
        else:
            _task(session, made, handler_id)
        return made


def filing_for(session: Session, task: Task) -> Filing:
    """The filing that a task works on; a task of an intermediate document that has none yet gets one (A-3.2.1.7).

    Raises RuleError: missing (not the actor's to see), conflict (done, without a case, or of a kind that needs none).
    """
    with unit_of_work(session):
        own: Task = records.find(session, Task, task.id, lock=True)
        if own.filing_id is not None:
            return records.find(session, Filing, own.filing_id)
        kind = own.task_type
        opens = kind is not None and kind.flow is TaskFlow.INTERMEDIATE and code_of(own) not in OPEN_NOTHING
        if not opens or own.case is None or not is_open(own):
            raise RuleError(N_("There is no document to be worked on for this task"), code="conflict")
        return open_filing(session, own.case, FilingKind.INTERMEDIATE, own.name, own.assignee_id, origin=own)


def _task(session: Session, filing: Filing, assignee_id: int | None, *, remark: str | None = None) -> Task:
    """The task of a filing's present state; remark: why it came back."""
    code = task_code(filing.kind, filing.status)
    if code is None:
        raise ValueError(f"nobody has to act on a filing in {filing.status}")
    return task.create(
        session,
        code,
        assignee_id=assignee_id,
        case_id=filing.case_id,
        filing_id=filing.id,
        besides=(filing.handler_id,),
        remark=remark,
    )


def tasks_of(session: Session, filing: Filing) -> list[Task]:
    """The open tasks that stand for the filing's own way (not those of its work breakdown)."""
    return task.open_tasks(session, Task.filing_id == filing.id, Task.work_id.is_(None))


#: What is typed into a filing by hand, and while it is in which state; all else follows from its steps and its tasks.
TYPED = {"name": WRITABLE, "method": WRITABLE, "office": (*AT_WORK, FilingStatus.AWAITING_DISPATCH),
         "remark": tuple(FilingStatus)}  # fmt: skip


@before_save(Filing)
def _typed(session: Session, filing: Filing) -> None:
    """Nobody types himself into another one's step, nor days and numbers that only the dispatch brings about."""
    if filing.id is None:
        return
    state: Any = inspect(filing)
    changed = [c.key for c in state.mapper.column_attrs if state.attrs[c.key].history.has_changes()]
    for name in changed:
        if name != "extra" and filing.status not in TYPED.get(name, ()):
            field = name.removesuffix("_id")
            raise RuleErrors([RuleError(N_("This cannot be changed any more"), field=field, code="conflict")])
    if changed and filing.status in WORKERS:
        check_worker(session, filing, filing.status)


def check_worker(session: Session, filing: Filing, state: FilingStatus) -> None:
    """Raise RuleError (forbidden) unless who acts has the task of that state, or the right to act for others."""
    actor = actor_of(session)
    if actor.may(ANY, "filing"):
        return
    own = tasks_of(session, filing)
    workers = {t.assignee_id for t in own} or {getattr(filing, WORKERS[state])}
    if actor.id not in workers:
        raise RuleError(N_("This step is somebody else's: it belongs to the one who has the task"), code="forbidden")


def check_open(session: Session, filing: Filing) -> None:
    """Raise RuleError: conflict once nobody works on the filing, forbidden for whoever has no part in the work."""
    if filing.status not in AT_WORK:
        raise RuleError(N_("Nobody works on this filing any more"), code="conflict")
    actor = actor_of(session)
    if actor.may(ANY, "filing") or actor.id == filing.handler_id:
        return
    if not task.open_tasks(session, Task.filing_id == filing.id, Task.assignee_id == actor.id):
        raise RuleError(N_("Only those who work on the filing can do this"), code="forbidden")


def steps_for(session: Session, filing: Filing) -> list[Transition]:
    """The steps that who acts may take with a filing now: by his rights, and because it is in his hands."""
    if filing.status not in WORKERS:
        return []
    actor = actor_of(session)
    open_steps = [t for t in FILING_FLOW.available(filing.status) if not t.internal and actor.may(t.name, "filing")]
    try:
        check_worker(session, filing, filing.status)
    except RuleError:
        return []
    return open_steps


def candidates(session: Session, filing: Filing, step: str) -> tuple[list[tuple[int, str]], int | None]:
    """Who can be chosen for what comes after a step, as (id, name), and who is suggested (ambiguities 18).

    Suggested is whoever did it before for this filing, else the owner of the task, else the one with the least to do.
    Nobody where the next task is switched off.
    """
    if step not in CHOOSES:
        return [], None
    _field, state = CHOOSES[step]
    kind = task.type_of(session, TASKS[state][filing.kind is FilingKind.INTERMEDIATE])
    if kind.switch is TaskSwitch.OFF:
        return [], None
    suggested = getattr(filing, WORKERS[state]) or task.default_assignee(session, kind, besides=(filing.handler_id,))
    able = {*task.holders(session, *DOERS[kind.code]), suggested}
    query = select(User.id, User.first_name).where(User.id.in_(able), User.active).order_by(User.id)
    return [(key, name) for key, name in session.execute(query)], suggested


def _user(session: Session, given: Any, field: str) -> int | None:
    """The id of an active user that was given as text. Raises RuleError for anybody else."""
    if given in (None, ""):
        return None
    key = parse_integer(str(given), field=field)
    found = session.execute(select(User.id).where(User.id == key, User.active)).scalar()
    if found is None:
        raise RuleError(N_("Choose one from the list"), field=field)
    return found


def _advance(
    session: Session, filing: Filing, step: str, chosen: Any = None, *, automatic: bool = False, reason: Any = None
) -> None:
    """What every step brings: the old task done, the case moved on, the next task made or passed over.

    chosen: who is to do the next task; reason: why the filing goes back, told in the task of whoever gets it.
    """
    left, reached = FILING_FLOW.by_name[step].sources[0], filing.status
    if not automatic and left in WORKERS:
        check_worker(session, filing, left)
    task.finish(session, tasks_of(session, filing))
    if filing.kind is FilingKind.NEW_APPLICATION:
        with unscoped(session):
            case = records.find(session, Case, filing.case_id, lock=True)
            if step != LATE or case.status in (*CASE_FLOW.by_name[step].sources, CaseStatus.CLOSING_REVIEW):
                records.move(session, case, step)
    code = task_code(filing.kind, reached)
    if code is None:
        return
    if reached in ONWARD and task.type_of(session, code).switch is TaskSwitch.OFF:
        records.move(session, filing, ONWARD[reached], automatic=True)
        return
    column = WORKERS.get(reached)
    who = _user(session, chosen, column.removesuffix("_id")) if column else None
    made = _task(session, filing, who or (getattr(filing, column) if column else None), remark=reason)
    if column:
        setattr(filing, column, made.assignee_id)


@effect(FILING_FLOW, "finalize")
def _finalized(session: Session, filing: Filing, reviewer: Any = None, **inputs: Any) -> None:
    """The handler answers for the whole: not while work he gave away is open, nor without any document."""
    open_work = select(WorkBreakdown.id).where(
        WorkBreakdown.filing_id == filing.id, WorkBreakdown.status != WorkStatus.DONE
    )
    if session.execute(open_work.limit(1)).first():
        raise RuleError(N_("The work breakdown has unfinished tasks; it cannot be finalized"), code="conflict")
    if not filing.documents:
        raise RuleError(N_("There is no document to submit yet"), code="conflict")
    filing.finalized_on = today()
    _advance(session, filing, "finalize", reviewer, **_automatic(inputs))


@effect(FILING_FLOW, "pass_review")
def _reviewed(session: Session, filing: Filing, preparer: Any = None, **inputs: Any) -> None:
    _advance(session, filing, "pass_review", preparer, **_automatic(inputs))


@effect(FILING_FLOW, "finish_preparation")
def _prepared(session: Session, filing: Filing, checker: Any = None, **inputs: Any) -> None:
    _advance(session, filing, "finish_preparation", checker, **_automatic(inputs))


def _plain(step: str) -> None:
    @effect(FILING_FLOW, step)
    def _taken(session: Session, filing: Filing, **inputs: Any) -> None:
        _advance(session, filing, step, **_automatic(inputs), reason=inputs.get("reason") or None)


for _step in ("return_review", "return_to_handler", "return_to_preparation", "pass_check", "dispatch", "take_back",
              "acknowledge"):  # fmt: skip
    _plain(_step)


def _automatic(inputs: dict[str, Any]) -> dict[str, bool]:
    return {"automatic": bool(inputs.get("automatic"))}


@effect(FILING_FLOW, "cancel")
def _cancelled(session: Session, filing: Filing, **_inputs: Any) -> None:
    task.end(session, task.open_tasks(session, Task.filing_id == filing.id))


def cancel_all(session: Session, case: Case) -> None:
    """Give up whatever is still being prepared for a case, because it was closed."""
    going = select(Filing).where(
        Filing.case_id == case.id, Filing.status.in_((*AT_WORK, FilingStatus.AWAITING_DISPATCH))
    )
    with unscoped(session):
        for filing in session.execute(going).scalars():
            records.move(session, filing, "cancel")


#: Every step of a new application's filing that its case follows, checked where the program starts.
FOLLOWED = [t.name for t in FILING_FLOW.transitions if t.name != "cancel"]
if not set(FOLLOWED) <= CASE_FLOW.by_name.keys():
    raise RuntimeError("a case cannot follow its filing")
