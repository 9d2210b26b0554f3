"""What the firm knows of a case, gathered for its forms: parties, people, priorities, documents, system parameters."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules import efiling
from app.rules.case import CaseType, PartyRole
from app.rules.filing import DocumentPart
from app.rules.party import ApplicantType
from app.rules.request_form_facts import Attorney, Contact, Earlier, Facts, Firm, Maker, Paper, Party, Sample
from app.rules.validity import Validity
from app.services import parameters
from app.services.unit_of_work import actor_of, unscoped
from models.base import key_of
from models.case import Case, CaseApplicant
from models.filing import Filing, FilingDocument
from models.organization import User
from models.party import Contact as ClientContact

#: The Office's words for the kinds of applicants, whatever the language of the page.
KINDS = {
    ApplicantType.UNIVERSITY: "大专院校",
    ApplicantType.RESEARCH: "科研单位",
    ApplicantType.ENTERPRISE: "工矿企业",
    ApplicantType.INSTITUTION: "事业单位",
    ApplicantType.PERSON: "个人",
}


def facts_of(session: Session, filing: Filing, own: FilingDocument | None = None) -> Facts:
    """The facts of a filing's case for one of its forms; `own` is the form itself.

    What the actor's positions hide from him stays empty. Whoever may write the form sees the parties of its case.
    """
    see, case = _Seeing(session), filing.case
    with unscoped(session):
        firm = _firm(session)
        return Facts(
            our_ref=case.our_ref, title=see(case, "title"), patent_type=case.patent_type, app_no=see(case, "app_no"),
            filing_date=see(case, "filing_date") or None, parent_app_no=see(case, "parent_app_no"),
            parent_filing_date=_parent_day(session, case), divisional=case.case_type is CaseType.DIVISIONAL,
            granted=case.grant_date is not None, claims=case.claims_count, similar_designs=case.similar_designs,
            set_products=case.set_products, address=see(case, "applicant_address"),
            postcode=see(case, "applicant_postcode"), region=see(case, "applicant_region"),
            agency_name=see(case, "agency_name"), agency_code=see(case, "agency_code"),
            agent_names=see(case, "agent_names"), firm=firm,
            contact=Contact() if firm.name else _contact(session, see, case),
            applicants=tuple(_party(see, row) for row in applicants_of(case)),
            inventors=tuple(_maker(see, row.inventor) for row in _ordered(case.inventors)),
            attorneys=tuple(_attorney(see, a, firm) for a in (case.first_attorney, case.second_attorney) if a),
            priorities=tuple(Earlier(str(p.prior_country.name), p.prior_filing_date, p.prior_app_no)
                             for p in case.priorities),
            deposits=tuple(_sample(d) for d in case.deposits),
            papers=tuple(_paper(case, d) for d in filing.documents if own is None or d.id != own.id or _is_request(d)),
        )  # fmt: skip


class _Seeing:
    """Reads a column as the actor may see it."""

    def __init__(self, session: Session):
        self.hidden = actor_of(session).hidden

    def __call__(self, record: Any, column: str) -> Any:
        if (key_of(type(record)), column) in self.hidden:
            return ""
        value = getattr(record, column)
        return "" if value is None else value


def _ordered(rows: Any) -> list[Any]:
    """Case parties in the order of their signing, the first one first."""
    return sorted(rows, key=lambda r: (not r.is_first, r.position, r.id))


def applicants_of(case: Case) -> list[CaseApplicant]:
    """The applicants or patentees of a case in the order of their signing."""
    return _ordered(r for r in case.applicants if r.role is not PartyRole.REQUESTER)


def _firm(session: Session) -> Firm:
    def given(name: str) -> str:
        return parameters.value(session, f"agency_{name}")

    return Firm(given("name"), given("code"), given("address"), given("postcode"), given("phone"))


def street_of(address: str, *divisions: str) -> str:
    """An address without the province and city that stand in fields of their own."""
    for name in divisions:
        if name and address.startswith(name):
            address = address[len(name) :]
    return address


def _party(see: _Seeing, row: CaseApplicant) -> Party:
    one = row.applicant
    country = str(one.country.name) if one.country else ""
    province, city = (str(d.name) if d else "" for d in (one.province, one.city))
    if city == "市辖区":  # of a municipality: the city is the province
        city = province
    kind = KINDS[one.applicant_type] if one.applicant_type else ""
    return Party(
        one.name, kind, country, see(one, "certificate_no"), province, city,
        street_of(see(one, "address"), province, city), see(one, "postcode"), see(one, "phone"),
        one.fee_reduction_filed, row.is_representative,
    )  # fmt: skip


def _maker(see: _Seeing, one: Any) -> Maker:
    return Maker(one.name, str(one.country.name) if one.country else "", see(one, "id_no"), one.name_withheld)


def _attorney(see: _Seeing, user: User, firm: Firm) -> Attorney:
    return Attorney(user.first_name, user.certificate_no or "", see(user, "phone") or firm.phone)


def _sample(deposit: Any) -> Sample:
    where = deposit.depositary
    return Sample(where.code, where.address or "", deposit.viable, deposit.deposited_on, deposit.deposit_no,
                  deposit.taxonomy or "")  # fmt: skip


def _contact(session: Session, see: _Seeing, case: Case) -> Contact:
    """The client's contact, the default one first."""
    own = ClientContact.client_id == case.client_id
    query = select(ClientContact).where(own, ClientContact.valid == Validity.VALID)
    one = session.execute(query.order_by(ClientContact.is_default.desc(), ClientContact.id)).scalars().first()
    if one is None:
        return Contact()
    phone = see(one, "mobile") or see(one, "phone")
    return Contact(one.name, phone, see(one, "email"), see(one, "postcode"), see(one, "address"))


def _parent_day(session: Session, case: Case) -> Any:
    """The filing date of the parent of a divisional application, where that is a case of ours."""
    if not case.parent_app_no:
        return None
    query = select(Case.filing_date).where(Case.app_no == case.parent_app_no, Case.filing_date.is_not(None))
    return session.execute(query.limit(1)).scalar()


def _is_request(document: FilingDocument) -> bool:
    return document.part is DocumentPart.REQUEST


def _paper(case: Case, document: FilingDocument) -> Paper:
    kind, own = document.document_type, document.part in efiling.BOOKS
    code = efiling.form_code(document.part, case.patent_type, kind.code if kind else None)
    claims = document.claims or (case.claims_count if document.part is DocumentPart.CLAIMS else None)
    return Paper(document.name, code, document.pages, claims, not own)
