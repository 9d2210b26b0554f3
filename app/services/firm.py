"""What the firm sees and how its records are numbered: row scope of a partnership, numbers, who opened what."""

from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, or_, select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.numbering import SegmentKind
from app.services import numbering
from app.services.records import before_delete, before_save
from app.services.scope import scoped
from app.services.today import today
from app.services.unit_of_work import Actor, actor_of, unscoped
from models.case import Case, CaseApplicant, CaseInventor, CaseRequirement, Deposit, Priority
from models.closing import ClosingRequest, ReinstatementRequest
from models.fee_sheet import FeeSheet, FeeSheetLine
from models.filing import DocumentVersion, Filing, FilingDocument, WorkBreakdown
from models.party import Applicant, Client, ClientRequirement, Contact, ForeignAssociate, Inventor, Referrer
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


@before_save(Client)
def _complete_client(session: Session, client: Client) -> None:
    """Number, short name, registrar (A-3.1.1.2.2): what the clerk left empty."""
    if not client.short_name and client.name:
        client.short_name = client.name[:100]
    if client.id is None:
        client.registered_by_id = client.registered_by_id or actor_of(session).id
        client.registered_on = client.registered_on or today()
    if not client.client_no:
        client.client_no = _number(session, "client.client_no", Client.client_no, "C")


@before_delete(Client)
def _used_client(session: Session, client: Client) -> None:
    """A client with cases stays (A-3.1.1.3-04)."""
    with unscoped(session):
        used = session.execute(select(Case.id).where(Case.client_id == client.id).limit(1)).first()
    if used:
        raise RuleError(N_("This client is used by cases; delete the cases first"), code="conflict")


@before_save(Referrer)
def _complete_referrer(session: Session, referrer: Referrer) -> None:
    """Its number, where the clerk left it empty (A-3.1.6)."""
    if not referrer.referrer_no:
        referrer.referrer_no = _number(session, "referrer.referrer_no", Referrer.referrer_no, "R")


@before_save(ForeignAssociate)
def _complete_associate(session: Session, associate: ForeignAssociate) -> None:
    """Its code, where the clerk left it empty (A-3.1.9)."""
    if not associate.code:
        associate.code = _number(session, "foreign_associate.code", ForeignAssociate.code, "W")


@before_save(Case)
def _complete_case(session: Session, case: Case) -> None:
    """System number, our reference and who opened it (A-3.2.1.2.2): what the clerk left empty."""
    if case.id is None:
        case.opened_by_id = case.opened_by_id or actor_of(session).id
        case.opened_on = case.opened_on or today()
        case.case_no = case.case_no or _plain(session, "N", "case.case_no")
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


def _number(session: Session, code: str, column: Any, letter: str) -> str:
    """A number by the firm's rule `code`, or the system's own."""
    return numbering.give(session, code, {}, today(), column=column) or _plain(session, letter, code)


def _plain(session: Session, letter: str, scope: str) -> str:
    """The system's own number: a letter and a serial."""
    return f"{letter}{numbering.next_serial(session, scope + '.plain'):06d}"
