"""Allocation: who handles a case, who signs, who drafts, translates, illustrates (分案, A-3.2.1.3, A-3.2.2)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.rules.case import CASE_FLOW, CaseStatus
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.filing import FilingKind, WorkType
from app.services import records, task
from app.services.filing import open_filing
from app.services.records import before_save, effect
from app.services.unit_of_work import unit_of_work
from models.case import Case
from models.filing import Filing, WorkBreakdown
from models.organization import User
from models.task import Task

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

    Raises RuleErrors by place, RuleError (conflict) where somebody else allocated it, Stale for an old `version`.
    """
    with unit_of_work(session):
        case: Case = records.find(session, Case, case_id, lock=True)
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


def awaiting(session: Session, *, mine: int | None) -> list[Task]:
    """The open allocation tasks: of one user, or (None) of all."""
    conditions: list[Any] = [Task.case.has(Case.status == CaseStatus.REVIEWED)]
    if mine is not None:
        conditions.append(Task.assignee_id == mine)
    return task.open_of(session, {"case_allocation"}, *conditions)
