"""Allocation: who handles a case, who signs, who drafts, translates, illustrates (分案, A-3.2.1.3, A-3.2.2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Select, inspect, or_, select
from sqlalchemy.orm import Session

from app.rules.case import CASE_FLOW, CaseStatus
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.filing import AT_WORK, FilingKind, FilingStatus, WorkType
from app.rules.task import BY_THEIR_PAGE, code_of
from app.rules.validity import Validity
from app.services import records, task
from app.services.filing import open_filing
from app.services.records import before_save, effect
from app.services.unit_of_work import actor_of, unit_of_work, unscoped
from models.case import Case
from models.filing import Filing, WorkBreakdown
from models.organization import User
from models.party import Client, Referrer
from models.task import Task, TaskType

#: The page of allocation among the rights, and the right to allocate what is in the tasks of others (A-3.2.2.2-04).
KEY, ALL = "allocation", "allocate_all"
#: States in which a case waits for its allocation.
WAITING = (CaseStatus.REVIEWED, CaseStatus.REINSTATED)
#: States in which nobody works on a case yet: whoever takes it in may name others.
NOT_BEGUN = (CaseStatus.INTAKE_REVIEW, CaseStatus.REVIEWED)
#: The right to take the work on a case from one and give it to another (批量变更主办, A-3.2.2.3).
CHANGERS = ("change_people", "people_change")
#: States of a filing in which it still is the handler's work.
UNSENT = (*AT_WORK, FilingStatus.AWAITING_DISPATCH)
#: Tasks done on a page of their own that are the handler's; those of other steps stay with who has them.
HANDLING = ("case_handling", "document_handling")

#: The places of a case that allocation fills, in the order of the page.
PLACES = ("handler", "first_attorney", "second_attorney", "drafter", "illustrator", "translator")
#: Who signs before the Office must hold a certificate (A-3.2.1.3-01).
CERTIFIED = ("first_attorney", "second_attorney")
UNCERTIFIED = N_("Only a user with an attorney certificate can sign as attorney")
#: The parts of the work that go to somebody of their own.
PARTS = {"drafter": WorkType.DRAFTING, "translator": WorkType.TRANSLATION, "illustrator": WorkType.ILLUSTRATION}


def check_people(session: Session, people: Mapping[str, int | None]) -> None:
    """Raise RuleErrors: who is not active, lacks the certificate, or is set before the handler is."""
    ids = {key for key in people.values() if key}
    query = select(User.id, User.certificate_no).where(User.id.in_(ids), User.active)
    known: dict[int, str | None] = dict(session.execute(query).all())
    errors = []
    for place, key in people.items():
        if key and key not in known:
            errors.append(RuleError(N_("Choose one from the list"), field=place))
        elif key and place in CERTIFIED and not known[key]:
            errors.append(RuleError(UNCERTIFIED, field=place))
        elif key and place in PARTS and not people.get("handler"):
            errors.append(RuleError(N_("Set the handler first"), field=place))
    if errors:
        raise RuleErrors(errors)


@before_save(Case)
def _signed(session: Session, case: Case) -> None:
    """Nobody is set to sign without the certificate, whichever page or file names him (A-2.2.1.2.2-05)."""
    errors: list[RuleError] = []
    for place in CERTIFIED:
        key = getattr(case, f"{place}_id")
        if key and inspect(case).attrs[f"{place}_id"].history.has_changes():
            with session.no_autoflush:
                certificate = session.execute(select(User.certificate_no).where(User.id == key)).scalar()
            if not certificate:
                errors.append(RuleError(UNCERTIFIED, field=f"{place}_id"))
    if errors:
        raise RuleErrors(errors)


def allocate(session: Session, case_id: int, people: Mapping[str, int | None], *, version: int | None = None) -> Case:
    """Give a reviewed case to its people; its work begins. `people`: place → user id, of the places in PLACES.

    Raises RuleErrors by place, RuleError: conflict where it was allocated already, forbidden where it is somebody
    else's to allocate; Stale for an old `version`.
    """
    with unit_of_work(session):
        case: Case = records.find(session, Case, case_id, lock=True)
        check_turn(session, case)
        if version is not None and version != case.version:
            raise records.stale(session, case, version)
        wanted = {place: people.get(place, getattr(case, f"{place}_id")) for place in PLACES}
        if not wanted["handler"]:
            raise RuleErrors([RuleError(N_("Set the handler first"), field="handler")])
        check_people(session, wanted)
        for place, key in wanted.items():
            setattr(case, f"{place}_id", key)
        records.run_hooks(session, case)
        session.flush()
        return records.move(session, case, "allocate")


@effect(CASE_FLOW, "complete_review")
def _reviewed(session: Session, case: Case, **_inputs: Any) -> None:
    """The review is done; whoever stands in the intake begins at once, else the case waits for its allocation.

    People named at the intake get their tasks now, not before (ambiguities 6).
    """
    task.finish(session, task.open_of(session, {"intake_review"}, Task.case_id == case.id))
    if case.handler_id:
        records.move(session, case, "allocate")
    else:
        task.create(session, "case_allocation", case_id=case.id)


@effect(CASE_FLOW, "allocate")
def _allocated(session: Session, case: Case, **_inputs: Any) -> None:
    """The work begins: the handler's task, and one for each part somebody else does (A-3.2.1.3-08).

    Whoever drafts and handles at once has one task for both.
    """
    if case.handler_id is None:
        raise RuleError(N_("Set the handler first"), field="handler")
    task.finish(session, task.open_of(session, {"case_allocation"}, Task.case_id == case.id))
    filing = open_filing(session, case, FilingKind.NEW_APPLICATION, None, case.handler_id)
    for place, kind in PARTS.items():
        who = getattr(case, f"{place}_id")
        if who and not (place == "drafter" and who == case.handler_id):
            _give(session, filing, kind, who)


def _give(session: Session, filing: Filing, kind: WorkType, who: int) -> None:
    """One line of the work breakdown, distributed."""
    line = WorkBreakdown(filing_id=filing.id, work_type=kind, assignee_id=who)
    session.add(line)
    session.flush()
    records.move(session, line, "distribute", automatic=True)


def check_turn(session: Session, case: Case) -> None:
    """Raise RuleError unless the case waits for its allocation and who acts has the task, or may do it for others."""
    if case.status not in WAITING:
        raise RuleError(N_("This case was allocated already"), code="conflict")
    actor = actor_of(session)
    if actor.may(ALL, KEY):
        return
    own = (Task.case_id == case.id, Task.assignee_id == actor.id)
    if not task.open_of(session, {"case_allocation"}, *own):
        raise RuleError(N_("This case is somebody else's to allocate"), code="forbidden")


def waiting(*, mine: int | None, ref: str = "", client: str = "") -> Select:
    """Ids of the cases that wait for their allocation: in the tasks of one user, or (None) of all (A-3.2.2.2-04).

    ref: a part of our reference or of the system's number; client: of the short name (A-3.2.2.2-03).
    """
    code = select(TaskType.id).where(TaskType.code == "case_allocation").scalar_subquery()
    query = select(Task.case_id).where(*task.OPEN, Task.task_type_id == code)
    if mine is not None:
        query = query.where(Task.assignee_id == mine)
    query = query.join(Case, Case.id == Task.case_id).where(Case.status.in_(WAITING))
    if ref:
        query = query.where(or_(*(c.icontains(ref, autoescape=True) for c in (Case.our_ref, Case.case_no))))
    if client:
        query = query.join(Client, Client.id == Case.client_id)
        query = query.where(or_(Client.short_name.icontains(client, autoescape=True),
                                Client.pinyin.startswith(client.lower(), autoescape=True)))  # fmt: skip
    return query


@before_save(Case)
def _follow(session: Session, case: Case) -> None:
    """The work follows the handler: whoever else handles a case from now on gets its open tasks (A-3.2.2.3-02).

    It does so from whatever page the handler is changed, and goes back when that is undone.
    """
    told: Any = inspect(case).attrs.handler_id.history
    before, after = next(iter(told.deleted), None), case.handler_id
    if case.id is None or not told.has_changes() or before is None:
        return
    actor = actor_of(session)
    if case.status not in NOT_BEGUN and not (actor.may(*CHANGERS) or actor.may(ALL, KEY)):
        message = N_("The work on this case has begun; who handles it is changed by the head of business")
        raise RuleErrors([RuleError(message, field="handler_id", code="forbidden")])
    if after is None:
        return
    with unscoped(session):
        at_work = (Filing.case_id == case.id, Filing.handler_id == before, Filing.status.in_(UNSENT))
        for filing in session.execute(select(Filing).where(*at_work)).scalars():
            filing.handler_id = after
        for one in task.open_tasks(session, Task.case_id == case.id, Task.assignee_id == before):
            if one.work_id is None and (code_of(one) in HANDLING or code_of(one) not in BY_THEIR_PAGE):
                one.assignee_id = after


def change_handler(session: Session, case_ids: Iterable[int], handler_id: int, *, reason: str) -> str:
    """Give cases, and the open work in them, to another handler: all or none; the batch by which it is undone."""
    if not session.execute(select(User.id).where(User.id == handler_id, User.active)).first():
        raise RuleError(N_("Choose one from the list"), field="handler")
    return _change(session, case_ids, {"handler_id": handler_id}, reason)


def change_referrer(session: Session, case_ids: Iterable[int], referrer_id: int, *, reason: str) -> str:
    """Give cases to another referrer, as `change_handler`."""
    if not session.execute(
        select(Referrer.id).where(Referrer.id == referrer_id, Referrer.valid == Validity.VALID)
    ).first():
        raise RuleError(N_("Choose one from the list"), field="referrer")
    return _change(session, case_ids, {"referrer_id": referrer_id}, reason)


def _change(session: Session, case_ids: Iterable[int], values: dict[str, Any], reason: str) -> str:
    if not reason:
        raise RuleError(N_("Say why it is changed"), field="reason")
    return records.bulk_update(session, Case, sorted(case_ids), values, reason=reason)
