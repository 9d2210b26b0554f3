"""Intake: new cases, alone or many at once, what they take over, and their review (立案采集、立卷复核, A-3.2.1.2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from app.rules import intake as rules
from app.rules.case import CASE_FLOW, CaseStatus, CaseType, PartyRole
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.party import ClientReview
from app.rules.reference import CHOOSABLE
from app.rules.task import TaskSource
from app.rules.validity import Validity
from app.services import records, task
from app.services.allocation import PLACES
from app.services.records import ChildRow, after_create, before_delete, before_save, effect
from app.services.today import today
from app.services.unit_of_work import actor_of, unit_of_work, unscoped
from models.base import fields_of
from models.case import Case, Priority
from models.organization import User
from models.party import Client, ClientRequirement
from models.reference import Country, Depositary
from models.task import Task, TaskType
from models.terms import FeeTerms

#: The columns a case takes over from its client, to be changed there for this case only (A-3.2.1.2.8-01).
FEE_TERMS = tuple(name for name in vars(FeeTerms) if name in Case.__table__.c)
#: What the intake offers of the client (A-3.2.1.2.2-07).
OF_THE_CLIENT = ("first_attorney_id", "referrer_id", *FEE_TERMS)
#: Columns of a copied child row that are its own.
_OWN = {"id", "case_id", "version", "created_at", "updated_at", "created_by_id", "updated_by_id"}
#: People of a case beside those the allocation sets.
_PEOPLE = (*PLACES, "docketer")


def begin(session: Session, case_type: CaseType, client_id: int | None = None, related_id: int | None = None) -> Case:
    """A new case as its form begins: with what the related case and the client give; it is not saved.

    Whatever the actor may not see gives nothing.
    """
    case = Case(case_type=case_type, client_id=client_id, opened_by_id=actor_of(session).id, opened_on=today())
    related = _seen(session, Case, related_id)
    case.related_case_id = related.id if related else None
    if related is not None:
        case.client_id = client_id = client_id or related.client_id
        for name in rules.copied(case_type):
            setattr(case, name, getattr(related, name))
        for name, value in rules.derived(case_type, related).items():
            setattr(case, name, value)
        for name in rules.copied_rows(case_type):
            setattr(case, name, [_copy(row) for row in getattr(related, name)])
        for row in case.applicants:
            row.role = rules.owner_role(case_type)
        if case_type is CaseType.PCT_INTERNATIONAL and related.app_no and related.filing_date:
            case.priorities = [_priority(session, related)]
    client = _seen(session, Client, client_id)
    case.client_id = client.id if client else None
    if client is not None:
        for name in OF_THE_CLIENT:
            if getattr(case, name, None) is None:
                setattr(case, name, getattr(client, name))
    return case


def _seen(session: Session, model: type[Any], key: int | None) -> Any:
    """The row of an id, as far as the actor sees it."""
    return session.execute(select(model).where(model.id == key)).scalars().first() if key else None


def _copy(row: Any) -> Any:
    """A child row with the same values, not yet anybody's."""
    names = [c.key for c in type(row).__table__.columns if c.key not in _OWN]
    return type(row)(**{name: getattr(row, name) for name in names})


def _priority(session: Session, related: Case) -> Priority:
    """The earlier application as the priority of the international one."""
    china = session.execute(select(Country.id).where(Country.code == "CN")).scalar()
    return Priority(prior_app_no=related.app_no, prior_filing_date=related.filing_date, prior_country_id=china,
                    prior_applicant=(related.applicant_names or "")[:300] or None)  # fmt: skip


def open_many(
    session: Session, related_id: int, titles: Iterable[str], *, client_id: int | None = None, patent_type: Any = None
) -> list[Case]:
    """Several cases like a related one, all or none: its applicants, inventors and client (批量立卷采集, A-3.2.1.2.9).

    Raises RuleErrors by field, RuleError (missing) where the actor does not see the related case.
    """
    made = []
    with unit_of_work(session):
        related: Case = records.find(session, Case, related_id)
        kind = CaseType.ORDINARY if related.case_type in rules.OPPOSED else related.case_type
        for title in titles:
            pattern = begin(session, kind, client_id or related.client_id, related_id)
            values = {n: v for n in fields_of(Case) if (v := getattr(pattern, n)) is not None}
            values |= {"title": title, "foreign_ref": related.foreign_ref}
            values |= {"patent_type": patent_type} if patent_type else {}
            children = {n: [ChildRow(_values(row)) for row in getattr(pattern, n)] for n in rules.copied_rows(kind)}
            made.append(records.save(session, Case, None, values, children=children))
    return made


def _values(row: Any) -> dict[str, Any]:
    return {n: v for n in fields_of(type(row)) if n not in _OWN and (v := getattr(row, n)) is not None}


def consequences(session: Session, people: Mapping[str, int | None]) -> list[tuple[str, str]]:
    """(task, who gets it) of what completing the review makes; nobody is named for the allocation (A-3.2.1.2.2-08)."""
    planned = rules.tasks_after_review(people)
    ids, codes = {who for _code, who in planned if who}, [code for code, _who in planned]
    names: dict[int, str] = (
        dict(session.execute(select(User.id, User.first_name).where(User.id.in_(ids))).all()) if ids else {}
    )
    kinds = dict(session.execute(select(TaskType.code, TaskType.name).where(TaskType.code.in_(codes))).all())
    return [(kinds[code], names.get(who, "") if who else "") for code, who in planned if code in kinds]


def offered_requirements(session: Session, case: Case) -> int:
    """How many of its client's requirements in force a case has not taken over yet."""
    if case.client_id is None:
        return 0
    taken = {row.client_requirement_id for row in case.requirements} - {None}
    query = select(func.count(ClientRequirement.id)).where(
        ClientRequirement.client_id == case.client_id, ClientRequirement.valid == Validity.VALID
    )
    return session.execute(query.where(ClientRequirement.id.not_in(taken)) if taken else query).scalar_one()


@before_save(Case)
def _complete(session: Session, case: Case) -> None:
    """What a case must hold, by field; the rest is derived. An old gap elsewhere does not block a change."""
    _roles(case)
    _fees(session, case)
    errors = [e for e in rules.gaps(case) if _touched(case, e.field or "", rules.NEEDED[e.field or ""][0])]
    errors += [*_fitting(case), *_flags(case), *_taken(session, case)]
    errors += [*_client(session, case), *_people(session, case), *_depositaries(session, case)]
    if errors:
        raise RuleErrors(errors)


def _touched(case: Case, *names: str) -> bool:
    """Whether one of these fields is new or changed."""
    attributes: Any = inspect(case).attrs
    keys = [f"{n}_id" if f"{n}_id" in attributes else n for n in names]
    return case.id is None or any(attributes[k].history.has_changes() for k in keys)


def _loaded(case: Case, name: str) -> Iterable[Any]:
    """The rows of a collection, unless nobody looked at it: then nothing in it can have changed."""
    return () if case.id is not None and name in inspect(case).unloaded else getattr(case, name)


def _roles(case: Case) -> None:
    """A case that became another type keeps its parties: who applied is the patentee now, or the other way round."""
    if case.id is None or not _touched(case, "case_type"):
        return
    own = rules.owner_role(case.case_type)
    for row in case.applicants:
        if row.role is not PartyRole.REQUESTER:
            row.role = own


def _fees(session: Session, case: Case) -> None:
    """A new case without fee terms has its client's (A-3.2.1.2.8-01)."""
    if case.id is not None or case.client_id is None:
        return
    if any(getattr(case, name) is not None for name in FEE_TERMS if name != "currency"):
        return
    with unscoped(session):
        client = _seen(session, Client, case.client_id)
    for name in FEE_TERMS if client is not None else ():
        setattr(case, name, getattr(client, name))


def _fitting(case: Case) -> Iterable[RuleError]:
    """A design has no claims, nothing else similar designs: what was typed is refused, what was there before goes."""
    for name in rules.unfit(case):
        if _touched(case, name) and not (case.id is not None and _touched(case, "patent_type")):
            yield RuleError(N_("A case of this patent type has no such number"), field=name)
        else:
            setattr(case, name, None)


def _flags(case: Case) -> Iterable[RuleError]:
    """One first applicant, representative and first inventor; where none is named first, the first in order is."""
    for collection, flags in rules.UNIQUE_FLAGS.items():
        rows = _loaded(case, collection)
        for flag in flags:
            refused = rules.check_flags(rows, flag)
            if refused:
                yield RuleError(refused.message, field=f"{collection}-{refused.field}")
        for role in dict.fromkeys(map(rules.role_of, rows)):
            same = [row for row in rows if rules.role_of(row) is role]
            if not any(row.is_first for row in same):
                min(same, key=lambda row: row.position or 0).is_first = True


def _taken(session: Session, case: Case) -> Iterable[RuleError]:
    """Our reference is given once, whoever sees the other case (A-msg-13)."""
    if not _touched(case, "our_ref"):
        return
    with unscoped(session):
        query = select(Case.id).where(Case.our_ref == case.our_ref)
        other = session.execute(query.where(Case.id != case.id) if case.id else query).first()
    if other:
        yield RuleError(N_("Our reference exists already"), field="our_ref")


def _client(session: Session, case: Case) -> Iterable[RuleError]:
    """People open cases for reviewed, valid clients only (A-3.2.1.2.1-05); what the system takes over may be older."""
    if case.client_id is None or actor_of(session).id is None or not _touched(case, "client"):
        return
    with unscoped(session):
        query = select(Client.review_status, Client.valid).where(Client.id == case.client_id)
        found = session.execute(query).first()
    if found is not None and tuple(found) != (ClientReview.REVIEWED, Validity.VALID):
        yield RuleError(N_("This client's data have not been reviewed yet, or it is not valid"), field="client_id")


def _people(session: Session, case: Case) -> Iterable[RuleError]:
    """People must be active; only who is new is asked. That attorneys hold a certificate, the allocation sees to."""
    places = {p: getattr(case, f"{p}_id") for p in _PEOPLE if getattr(case, f"{p}_id") and _touched(case, p)}
    query = select(User.id).where(User.id.in_(set(places.values())), User.active)
    known = set(session.execute(query).scalars()) if places else set()
    for place, key in places.items():
        if key not in known:
            yield RuleError(N_("Choose one from the list"), field=f"{place}_id")


def _depositaries(session: Session, case: Case) -> Iterable[RuleError]:
    """Deposits are named with depositaries in effect (A-3.2.1.2.5-02)."""
    rows = list(_loaded(case, "deposits"))
    fresh = [r for r in rows if r.id is None or inspect(r).attrs.depositary_id.history.has_changes()]
    if not fresh:
        return
    query = select(Depositary.id).where(Depositary.status.in_(CHOOSABLE))
    choosable = set(session.execute(query).scalars())
    for row in fresh:
        if row.depositary_id not in choosable:
            yield RuleError(N_("Choose one from the list"), field=f"deposits-{rows.index(row)}-depositary_id")


@after_create(Case)
def _to_be_reviewed(session: Session, case: Case) -> None:
    """A case that was taken in waits for its review (A-3.2.1.2.11-02)."""
    if case.status is CaseStatus.INTAKE_REVIEW:
        task.create(session, "intake_review", case_id=case.id)


@effect(CASE_FLOW, "complete_review")
def _nothing_missing(_session: Session, case: Case, **_inputs: Any) -> None:
    """What the case still lacks is told by field, all at once (A-3.2.1.2.11-03)."""
    found = rules.gaps_for_review(case)
    if found:
        raise RuleErrors(found)


@before_delete(Case)
def _with_its_own_tasks(session: Session, case: Case) -> None:
    """A case nobody has reviewed yet goes together with the tasks the system made for it."""
    if case.status is not CaseStatus.INTAKE_REVIEW:
        return
    made = (Task.case_id == case.id, Task.source == TaskSource.AUTOMATIC)
    with unscoped(session):
        for waiting in session.execute(select(Task).where(*made)).scalars():
            session.delete(waiting)
    session.flush()
