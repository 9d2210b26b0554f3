"""Cases with their bibliographic data, parties, priorities and deposits (A-3.2.1.2)."""

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.rules.application_number import PatentType, written
from app.rules.case import (
    CASE_FLOW,
    CaseStatus,
    CaseType,
    FeeReduction,
    FilingDirection,
    FilingMethod,
    PartyRole,
    RequirementSource,
    StartPhase,
)
from app.rules.choice import N_
from models.base import Record, choice, collection, day, flag, integer, long_text, reference, text
from models.terms import FeeTerms


class Case(FeeTerms, Record):
    """One matter of the firm (案卷), from intake to closing.

    client: empty for imported cases nobody has claimed yet (未归属). app_no: the canonical writing, not unique, since
    an invalidation case has that of the patent attacked. applicant_names, inventor_names: kept from the child rows.
    """

    __label__ = N_("Case")
    __title__ = "our_ref"
    __pinyin__ = "title"
    __text_index__ = ("our_ref", "app_no", "title", "client_ref", "applicant_names")
    __key__ = ("our_ref",)
    __table_args__ = (Index("ix_patent_case_status", "status", "id"),)
    workflow = CASE_FLOW

    # 基本信息
    our_ref: Mapped[str] = text(
        N_("Our ref."), length=60, nullable=False, unique=True, help=N_("Leave empty to have it numbered")
    )
    case_no: Mapped[str | None] = text(N_("System case no."), length=60, unique=True)
    case_type: Mapped[CaseType] = choice(N_("Case type"), CaseType, nullable=False, default=CaseType.ORDINARY)
    client_id: Mapped[int | None] = reference("Client", N_("Short name of client"))
    client_ref: Mapped[str | None] = text(N_("Client ref."), length=100, index=True)
    related_case_id: Mapped[int | None] = reference("Case", N_("Related case"))
    start_phase: Mapped[StartPhase] = choice(
        N_("Start phase"), StartPhase, nullable=False, default=StartPhase.NEW_APPLICATION
    )
    direction: Mapped[FilingDirection] = choice(
        N_("Filing direction"), FilingDirection, nullable=False, default=FilingDirection.DOMESTIC
    )
    foreign_associate_id: Mapped[int | None] = reference("ForeignAssociate", N_("Foreign associate"))
    foreign_ref: Mapped[str | None] = text(N_("Foreign associate's ref."), length=100)
    target_country_id: Mapped[int | None] = reference("Country", N_("Country of filing"))
    filing_method: Mapped[FilingMethod] = choice(
        N_("Filing method"), FilingMethod, nullable=False, default=FilingMethod.ELECTRONIC
    )
    planned_on: Mapped[date | None] = day(N_("Planned filing date"))
    status: Mapped[CaseStatus] = choice(N_("Case status"), CaseStatus, nullable=False, default=CaseStatus.INTAKE_REVIEW)
    status_before: Mapped[CaseStatus | None] = choice(N_("Status before the closing was requested"), CaseStatus)
    remark: Mapped[str | None] = long_text(N_("Remark"))

    # 人员
    handler_id: Mapped[int | None] = reference("User", N_("Handler"))
    first_attorney_id: Mapped[int | None] = reference("User", N_("First attorney"))
    second_attorney_id: Mapped[int | None] = reference("User", N_("Second attorney"), index=False)
    drafter_id: Mapped[int | None] = reference("User", N_("Drafter"), index=False)
    translator_id: Mapped[int | None] = reference("User", N_("Translator"), index=False)
    illustrator_id: Mapped[int | None] = reference("User", N_("Illustrator"), index=False)
    docketer_id: Mapped[int | None] = reference("User", N_("Docketer"), index=False)
    referrer_id: Mapped[int | None] = reference("Referrer", N_("Referrer"))
    opened_by_id: Mapped[int | None] = reference("User", N_("Opened by"))
    opened_on: Mapped[date | None] = day(N_("Opened on"), index=True)

    # 著录项目
    title: Mapped[str] = text(N_("Patent title"), length=500, required=True, index=True)
    title_en: Mapped[str | None] = text(N_("English title"), length=500)
    patent_type: Mapped[PatentType] = choice(N_("Patent type"), PatentType, required=True)
    app_no: Mapped[str | None] = text(N_("Application no."), length=40, index=True, written=written)
    filing_date: Mapped[date | None] = day(N_("Filing date"), index=True)
    applicant_names: Mapped[str | None] = text(N_("Applicants"), length=2000)
    inventor_names: Mapped[str | None] = text(N_("Inventors"), length=2000)
    main_ipc: Mapped[str | None] = text(N_("Main IPC"), length=60, index=True)
    ipc: Mapped[str | None] = long_text(N_("IPC"), help=N_("Several symbols are separated by semicolons"))
    locarno: Mapped[str | None] = text(N_("Locarno class"), length=100)
    abstract: Mapped[str | None] = long_text(N_("Abstract"))
    main_claim: Mapped[str | None] = long_text(N_("Main claim"))
    claims_count: Mapped[int | None] = integer(N_("Number of claims"))
    description_pages: Mapped[int | None] = integer(N_("Pages of description"))
    drawings_pages: Mapped[int | None] = integer(N_("Pages of drawings"))
    similar_designs: Mapped[int | None] = integer(N_("Number of similar designs"))
    set_products: Mapped[int | None] = integer(N_("Number of products in the set"))
    applicant_address: Mapped[str | None] = text(N_("Applicant address"), length=500)
    applicant_postcode: Mapped[str | None] = text(N_("Postcode"), length=20)
    applicant_region: Mapped[str | None] = text(N_("Applicant country or province"), length=60)
    agency_name: Mapped[str | None] = text(N_("Patent agency"), length=200)
    agency_code: Mapped[str | None] = text(N_("Agency code"), length=20)
    agent_names: Mapped[str | None] = text(N_("Patent attorneys of record"), length=500)
    examiner: Mapped[str | None] = text(N_("Examiner"), length=100)
    legal_status: Mapped[str | None] = text(N_("Legal status"), length=60, index=True)
    parent_app_no: Mapped[str | None] = text(N_("Parent application no."), length=40)
    cited_documents: Mapped[str | None] = long_text(N_("Cited documents"))

    # 无效宣告、诉讼、检索
    requested_on: Mapped[date | None] = day(N_("Date of the request"))
    grounds: Mapped[str | None] = long_text(N_("Grounds and scope of invalidation"))
    court: Mapped[str | None] = text(N_("Court"), length=120)
    court_case_no: Mapped[str | None] = text(N_("Court case no."), length=80)
    opposing_party: Mapped[str | None] = text(N_("Opposing party"), length=300)
    cause: Mapped[str | None] = text(N_("Cause of action"), length=200)
    hearing_on: Mapped[date | None] = day(N_("Hearing date"))
    search_scope: Mapped[str | None] = long_text(N_("Search subject and scope"))
    report_due_on: Mapped[date | None] = day(N_("Search report due on"))

    # 国际申请
    pct_app_no: Mapped[str | None] = text(N_("International application no."), length=40, index=True)
    pct_filing_date: Mapped[date | None] = day(N_("International filing date"))
    pct_publication_no: Mapped[str | None] = text(N_("International publication no."), length=40)
    pct_publication_date: Mapped[date | None] = day(N_("International publication date"))
    national_entry_date: Mapped[date | None] = day(N_("National phase entry date"))

    # 授权公布信息
    publication_no: Mapped[str | None] = text(N_("Publication no."), length=40, index=True)
    publication_date: Mapped[date | None] = day(N_("Publication date"))
    examination_date: Mapped[date | None] = day(N_("Substantive examination date"))
    grant_no: Mapped[str | None] = text(N_("Grant announcement no."), length=40, index=True)
    grant_date: Mapped[date | None] = day(N_("Grant date"), index=True)
    patent_no: Mapped[str | None] = text(N_("Patent no."), length=40)
    certificate_no: Mapped[str | None] = text(N_("Patent certificate no."), length=40)
    certificate_date: Mapped[date | None] = day(N_("Certificate date"))

    # 费用信息
    fee_reduction: Mapped[FeeReduction] = choice(
        N_("Fee reduction rate"), FeeReduction, nullable=False, default=FeeReduction.NONE
    )
    annuity_start_year: Mapped[int | None] = integer(N_("First annuity year"), minimum=1)

    applicants = collection("CaseApplicant", "case", order="position, CaseApplicant.id")
    inventors = collection("CaseInventor", "case", order="position, CaseInventor.id")
    priorities = collection("Priority", "case")
    deposits = collection("Deposit", "case")
    requirements = collection("CaseRequirement", "case")


class CaseApplicant(Record):
    """An applicant, patentee or requester of a case (A-3.2.1.2.3)."""

    __label__ = N_("Applicant of the case")
    __title__ = "role"
    __scope_parent__ = "case"
    __key__ = ("case_id", "applicant_id", "role")
    __table_args__ = (UniqueConstraint("case_id", "applicant_id", "role"),)

    case_id: Mapped[int] = reference("Case", N_("Case"), required=True, owner=True)
    applicant_id: Mapped[int] = reference("Applicant", N_("Applicant"), required=True)
    role: Mapped[PartyRole] = choice(N_("Party role"), PartyRole, nullable=False, default=PartyRole.APPLICANT)
    position: Mapped[int] = integer(N_("Order"), nullable=False, default=0)
    is_first: Mapped[bool] = flag(N_("First applicant"))
    is_representative: Mapped[bool] = flag(N_("Representative"))


class CaseInventor(Record):
    """An inventor of a case (A-3.2.1.2.3)."""

    __label__ = N_("Inventor of the case")
    __title__ = "position"
    __scope_parent__ = "case"
    __key__ = ("case_id", "inventor_id")
    __table_args__ = (UniqueConstraint("case_id", "inventor_id"),)

    case_id: Mapped[int] = reference("Case", N_("Case"), required=True, owner=True)
    inventor_id: Mapped[int] = reference("Inventor", N_("Inventor"), required=True)
    position: Mapped[int] = integer(N_("Order"), nullable=False, default=0)
    is_first: Mapped[bool] = flag(N_("First inventor"))


class Priority(Record):
    """An earlier application whose priority is claimed (优先权, A-3.2.1.2.4)."""

    __label__ = N_("Priority")
    __title__ = "prior_app_no"
    __scope_parent__ = "case"
    __key__ = ("case_id", "prior_app_no")

    case_id: Mapped[int] = reference("Case", N_("Case"), required=True, owner=True)
    prior_app_no: Mapped[str] = text(N_("Prior application no."), length=60, required=True)
    prior_filing_date: Mapped[date] = day(N_("Prior filing date"), required=True)
    prior_country_id: Mapped[int] = reference("Country", N_("Prior country"), required=True)
    prior_applicant: Mapped[str | None] = text(N_("Prior applicant"), length=300)


class Deposit(Record):
    """A deposit of biological material (微生物保藏, A-3.2.1.2.5)."""

    __label__ = N_("Deposit of microorganism")
    __title__ = "deposit_no"
    __scope_parent__ = "case"
    __key__ = ("case_id", "deposit_no")

    case_id: Mapped[int] = reference("Case", N_("Case"), required=True, owner=True)
    depositary_id: Mapped[int] = reference("Depositary", N_("Depositary"), required=True)
    deposit_no: Mapped[str] = text(N_("Deposit no."), length=60, required=True)
    deposited_on: Mapped[date] = day(N_("Deposit date"), required=True)
    taxonomy: Mapped[str | None] = text(N_("Taxonomic name"), length=300)
    viable: Mapped[bool] = flag(N_("Viable"), default=True)


class CaseRequirement(Record):
    """A requirement to be met in this case (案卷要求, A-3.2.1.2.7)."""

    __label__ = N_("Case requirement")
    __title__ = "content"
    __scope_parent__ = "case"
    __key__ = ("case_id", "content")

    case_id: Mapped[int] = reference("Case", N_("Case"), required=True, owner=True)
    source: Mapped[RequirementSource] = choice(N_("Source"), RequirementSource, required=True)
    item_id: Mapped[int | None] = reference("RequirementItem", N_("From the library"))
    client_requirement_id: Mapped[int | None] = reference("ClientRequirement", N_("Client requirement"))
    applicant_requirement_id: Mapped[int | None] = reference("ApplicantRequirement", N_("Applicant requirement"))
    content: Mapped[str] = long_text(N_("Requirement"), required=True)
