"""What a partner of the firm sees, and how its cases are numbered and signed."""

from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, or_, select
from sqlalchemy.orm import Session

from app.rules.numbering import SegmentKind
from app.services import numbering
from app.services.records import before_save
from app.services.scope import scoped
from app.services.today import today
from app.services.unit_of_work import Actor, actor_of
from models.base import key_of
from models.case import Case, CaseApplicant, CaseInventor, CaseRequirement, Deposit, Priority
from models.closing import ClosingRequest, ReinstatementRequest
from models.fee_sheet import FeeSheet, FeeSheetLine
from models.filing import DocumentVersion, Filing, FilingDocument, WorkBreakdown
from models.party import (
    Applicant,
    ApplicantRequirement,
    Client,
    ClientRequirement,
    Contact,
    GeneralPower,
    Inventor,
    PartyMerge,
    Referrer,
)
from models.task import Task

#: Whoever works on a case in one of these places reaches it (ambiguities 102).
STAFF = ("opened_by_id", "handler_id", "first_attorney_id", "second_attorney_id", "drafter_id", "translator_id",
         "illustrator_id", "docketer_id")  # fmt: skip


def own_cases(actor: Actor) -> CompoundSelect:
    """Ids of the cases a partner sees: opened by him, worked on by him, or brought by him (A-3.2.2.4-03)."""
    cases, tasks, clients, referrers = Case.__table__, Task.__table__, Client.__table__, Referrer.__table__
    mine = select(cases.c.id).where(or_(*(cases.c[name] == actor.id for name in STAFF)))
    me = select(referrers.c.id).where(referrers.c.user_id == actor.id)
    brought = select(clients.c.id).where(clients.c.referrer_id.in_(me))
    return mine.union(
        select(tasks.c.case_id).where(tasks.c.assignee_id == actor.id, tasks.c.case_id.is_not(None)),
        select(cases.c.id).where(or_(cases.c.referrer_id.in_(me), cases.c.client_id.in_(brought))),
    )


def own_clients(actor: Actor) -> CompoundSelect:
    """Ids of the clients a partner sees: registered by him, or clients of his cases."""
    clients, cases = Client.__table__, Case.__table__
    mine = select(clients.c.id).where(clients.c.registered_by_id == actor.id)
    return mine.union(select(cases.c.client_id).where(cases.c.id.in_(own_cases(actor)), cases.c.client_id.is_not(None)))


@scoped(Client)
def _clients(actor: Actor) -> ColumnElement[bool]:
    return Client.id.in_(own_clients(actor))


@scoped(Case)
def _cases(actor: Actor) -> ColumnElement[bool]:
    return Case.id.in_(own_cases(actor))


@scoped(Task)
def _tasks(actor: Actor) -> ColumnElement[bool]:
    return or_(Task.assignee_id == actor.id, Task.case_id.in_(own_cases(actor)))


def _through(model: type, column: str, ids) -> None:
    scoped(model)(lambda actor: getattr(model, column).in_(ids(actor)))


def _own_rows(parent: type[Any], column: str, ids) -> Any:
    """Ids of the rows of a table that hang on what `ids` gives."""
    table = parent.__table__
    return lambda actor: select(table.c.id).where(table.c[column].in_(ids(actor)))


own_filings = _own_rows(Filing, "case_id", own_cases)
for _model in (CaseApplicant, CaseInventor, CaseRequirement, Deposit, Priority, Filing, FeeSheet, ClosingRequest,
               ReinstatementRequest):  # fmt: skip
    _through(_model, "case_id", own_cases)
for _model in (FilingDocument, WorkBreakdown):
    _through(_model, "filing_id", own_filings)
_through(DocumentVersion, "document_id", _own_rows(FilingDocument, "filing_id", own_filings))
_through(FeeSheetLine, "fee_sheet_id", _own_rows(FeeSheet, "case_id", own_cases))
for _model in (Applicant, Inventor, Contact, ClientRequirement):
    _through(_model, "client_id", own_clients)
_of_clients = {Client: own_clients, **{m: _own_rows(m, "client_id", own_clients) for m in (Applicant, Inventor)}}
for _model in (ApplicantRequirement, GeneralPower):
    _through(_model, "applicant_id", _of_clients[Applicant])


@scoped(PartyMerge)
def _merges(actor: Actor) -> ColumnElement[bool]:
    """The log names both parties: it is for those who see the one that was kept."""
    seen = (and_(PartyMerge.table_key == key_of(m), PartyMerge.kept_id.in_(ids(actor)))
            for m, ids in _of_clients.items())  # fmt: skip
    return or_(*seen)


@before_save(Case)
def _complete_case(session: Session, case: Case) -> None:
    """System number, our reference and who opened it (A-3.2.1.2.2): what the clerk left empty."""
    if case.id is None:
        case.opened_by_id = case.opened_by_id or actor_of(session).id
        case.opened_on = case.opened_on or today()
        case.case_no = case.case_no or numbering.plain(session, "N", "case.case_no")
    if not case.our_ref:
        facts = {
            SegmentKind.PATENT_TYPE: case.patent_type,
            SegmentKind.FILING_METHOD: case.filing_method,
            SegmentKind.CASE_TYPE: case.case_type,
            SegmentKind.DIRECTION: case.direction,
        }
        known = {k: v for k, v in facts.items() if v is not None}
        number: Any = numbering.give(session, "case.our_ref", known, today(), column=Case.our_ref) or case.case_no
        case.our_ref = number
