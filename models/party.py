"""Clients and those around them: applicants, inventors, contacts, referrers, foreign associates (A-3.1)."""

from datetime import date
from decimal import Decimal

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from app.rules.choice import N_
from app.rules.party import (
    CLIENT_FLOW,
    REQUIREMENT_FLOW,
    ApplicantType,
    CasePhase,
    CertificateType,
    ClientNature,
    ClientReview,
    ClientType,
    InvoiceType,
    ReferrerType,
    RequirementType,
)
from app.rules.validity import VALIDITY_FLOW, Validity
from models.base import (
    Field,
    Record,
    choice,
    collection,
    day,
    decimal,
    flag,
    integer,
    long_text,
    reference,
    table_key,
    text,
)
from models.terms import FeeTerms


class Reach:
    """How someone is reached."""

    phone: Mapped[str | None] = text(N_("Telephone"), length=60)
    fax: Mapped[str | None] = text(N_("Fax"), length=60)
    email: Mapped[str | None] = text(N_("E-mail"), length=320)


class Client(Reach, FeeTerms, Record):
    """Whoever instructs the firm (客户, A-3.1.1)."""

    __label__ = N_("Client")
    __title__ = "short_name"
    __pinyin__ = "name"
    __text_index__ = ("client_no", "name", "short_name")
    __key__ = ("client_no",)
    workflow = CLIENT_FLOW
    more_workflows = (VALIDITY_FLOW,)

    client_no: Mapped[str] = text(
        N_("Client no."), length=40, nullable=False, unique=True, help=N_("Leave empty to have it numbered")
    )
    name: Mapped[str] = text(N_("Full name of client"), length=200, required=True, index=True)
    short_name: Mapped[str] = text(N_("Short name of client"), length=100, nullable=False, index=True)
    name_en: Mapped[str | None] = text(N_("English name of client"), length=300)
    client_type: Mapped[ClientType] = choice(
        N_("Client type"), ClientType, default=ClientType.APPLICANT_ORGANIZATION, nullable=False
    )
    nature: Mapped[ClientNature | None] = choice(N_("Client nature"), ClientNature)
    certificate_type: Mapped[CertificateType | None] = choice(N_("Certificate type"), CertificateType)
    certificate_no: Mapped[str | None] = text(N_("Certificate no."), length=60)
    referrer_id: Mapped[int | None] = reference("Referrer", N_("Referrer"))
    first_attorney_id: Mapped[int | None] = reference("User", N_("First attorney"))
    industry_id: Mapped[int | None] = reference("Industry", N_("Industry"))
    country_id: Mapped[int | None] = reference("Country", N_("Country or region"))
    province_id: Mapped[int | None] = reference("Division", N_("Province"))
    city_id: Mapped[int | None] = reference("Division", N_("City"), depends={"province": "parent"})
    district_id: Mapped[int | None] = reference("Division", N_("District"), depends={"city": "parent"})
    address: Mapped[str | None] = text(N_("Address"), length=300)
    postcode: Mapped[str | None] = text(N_("Postcode"), length=20)
    registered_by_id: Mapped[int | None] = reference("User", N_("Registered by"))
    registered_on: Mapped[date | None] = day(N_("Registered on"))
    review_status: Mapped[ClientReview] = choice(
        N_("Registration status"), ClientReview, nullable=False, default=ClientReview.PENDING
    )
    valid: Mapped[Validity] = choice(N_("Validity"), Validity, nullable=False, default=Validity.VALID)
    remark: Mapped[str | None] = long_text(N_("Remark"))

    invoice_title: Mapped[str | None] = text(N_("Invoice title"))
    invoice_type: Mapped[InvoiceType | None] = choice(N_("Invoice type"), InvoiceType)
    tax_no: Mapped[str | None] = text(N_("Taxpayer no."), length=40)
    bank: Mapped[str | None] = text(N_("Bank"))
    bank_account: Mapped[str | None] = text(N_("Bank account"), length=60)
    invoice_address: Mapped[str | None] = text(N_("Invoice address"), length=300)
    invoice_phone: Mapped[str | None] = text(N_("Invoice telephone"), length=60)
    delivery_address: Mapped[str | None] = text(N_("Delivery address"), length=300)

    contacts = collection("Contact", "client")
    requirements = collection("ClientRequirement", "client")


class ClientRequirement(Record):
    """What a client asks for in its cases (客户要求, A-3.1.1.2.4); one taken from the library cannot be changed."""

    __label__ = N_("Client requirement")
    __title__ = "content"
    __key__ = ("client_id", "content")
    workflow = REQUIREMENT_FLOW

    client_id: Mapped[int] = reference("Client", N_("Client"), required=True, owner=True)
    item_id: Mapped[int | None] = reference("RequirementItem", N_("From the library"))
    phase: Mapped[CasePhase] = choice(N_("Case phase"), CasePhase, required=True)
    requirement_type: Mapped[RequirementType] = choice(N_("Requirement type"), RequirementType, required=True)
    instructed_on: Mapped[date | None] = day(N_("Instruction date"))
    content: Mapped[str] = long_text(N_("Requirement"), required=True)
    detail: Mapped[str | None] = long_text(N_("Detailed explanation"))
    valid: Mapped[Validity] = choice(N_("Status"), Validity, nullable=False, default=Validity.VALID)


class Applicant(Reach, Record):
    """Who applies for patents (申请人, A-3.1.2); belongs to a client, except where cases were imported without one."""

    __label__ = N_("Applicant")
    __pinyin__ = "name"
    __text_index__ = ("name", "short_name", "certificate_no")
    __key__ = ("name",)
    workflow = VALIDITY_FLOW

    client_id: Mapped[int | None] = reference("Client", N_("Short name of client"), required=True)
    name: Mapped[str] = text(N_("Name of person or organization"), length=300, required=True, index=True)
    short_name: Mapped[str | None] = text(N_("Short name of applicant"), length=100)
    name_en: Mapped[str | None] = text(N_("English name"), length=300)
    applicant_type: Mapped[ApplicantType | None] = choice(N_("Applicant type"), ApplicantType)
    certificate_type: Mapped[CertificateType | None] = choice(N_("Certificate type"), CertificateType)
    certificate_no: Mapped[str | None] = text(N_("Certificate no."), length=60, index=True)
    country_id: Mapped[int | None] = reference("Country", N_("Nationality"))
    province_id: Mapped[int | None] = reference("Division", N_("Province"))
    city_id: Mapped[int | None] = reference("Division", N_("City"), depends={"province": "parent"})
    address: Mapped[str | None] = text(N_("Address"), length=300, required=True, nullable=True)
    postcode: Mapped[str | None] = text(N_("Postcode"), length=20)
    address_en: Mapped[str | None] = text(N_("English address"), length=500)
    fee_reduction_filed: Mapped[bool] = flag(N_("Fee reduction on record"))
    valid: Mapped[Validity] = choice(N_("Validity"), Validity, nullable=False, default=Validity.VALID)
    remark: Mapped[str | None] = long_text(N_("Remark"))
    general_powers = collection("GeneralPower", "applicant")
    requirements = collection("ApplicantRequirement", "applicant")


Applicant.__table__.c.client_id.nullable = True  # asked for in the form; an imported patent does not tell it


class GeneralPower(Record):
    """A general power of attorney of an applicant (申请人总委编号, A-3.1.1.2.3-09)."""

    __label__ = N_("General power of attorney")
    __title__ = "number"
    __key__ = ("applicant_id", "number")

    applicant_id: Mapped[int] = reference("Applicant", N_("Applicant"), required=True, owner=True)
    number: Mapped[str] = text(N_("General power no."), length=60, required=True)
    file_id: Mapped[int | None] = reference("StoredFile", N_("Stored file"))
    remark: Mapped[str | None] = text(N_("Remark"), length=500)


class ApplicantRequirement(Record):
    """What an applicant asks for in its cases (申请人要求)."""

    __label__ = N_("Applicant requirement")
    __title__ = "content"
    __key__ = ("applicant_id", "content")
    workflow = REQUIREMENT_FLOW

    applicant_id: Mapped[int] = reference("Applicant", N_("Applicant"), required=True, owner=True)
    item_id: Mapped[int | None] = reference("RequirementItem", N_("From the library"))
    phase: Mapped[CasePhase] = choice(N_("Case phase"), CasePhase, required=True)
    requirement_type: Mapped[RequirementType] = choice(N_("Requirement type"), RequirementType, required=True)
    instructed_on: Mapped[date | None] = day(N_("Instruction date"))
    content: Mapped[str] = long_text(N_("Requirement"), required=True)
    detail: Mapped[str | None] = long_text(N_("Detailed explanation"))
    valid: Mapped[Validity] = choice(N_("Status"), Validity, nullable=False, default=Validity.VALID)


class Inventor(Reach, Record):
    """Who made an invention (发明人, A-3.1.3)."""

    __label__ = N_("Inventor")
    __pinyin__ = "name"
    __text_index__ = ("name", "id_no")
    __key__ = ("name", "client_id")
    workflow = VALIDITY_FLOW

    client_id: Mapped[int | None] = reference("Client", N_("Short name of client"), required=True)
    name: Mapped[str] = text(N_("Name"), length=200, required=True, index=True)
    name_en: Mapped[str | None] = text(N_("English name"), length=200)
    country_id: Mapped[int | None] = reference("Country", N_("Nationality"))
    id_no: Mapped[str | None] = text(N_("ID card no."), length=60)
    name_withheld: Mapped[bool] = flag(N_("Name not to be published"))
    address: Mapped[str | None] = text(N_("Address"), length=300)
    valid: Mapped[Validity] = choice(N_("Validity"), Validity, nullable=False, default=Validity.VALID)
    remark: Mapped[str | None] = long_text(N_("Remark"))


Inventor.__table__.c.client_id.nullable = True  # as for applicants


class Contact(Reach, Record):
    """Whom to write to or call at a client (联系人, A-3.1.4)."""

    __label__ = N_("Contact")
    __pinyin__ = "name"
    __key__ = ("name", "client_id")
    workflow = VALIDITY_FLOW

    client_id: Mapped[int | None] = reference("Client", N_("Short name of client"), owner=True)
    name: Mapped[str] = text(N_("Name"), length=100, required=True, index=True)
    form_of_address: Mapped[str | None] = text(N_("Form of address"), length=40)
    department_title: Mapped[str | None] = text(N_("Department and post"), length=100)
    mobile: Mapped[str | None] = text(N_("Mobile phone"), length=60)
    address: Mapped[str | None] = text(N_("Address"), length=300)
    postcode: Mapped[str | None] = text(N_("Postcode"), length=20)
    is_default: Mapped[bool] = flag(N_("Default contact"))
    valid: Mapped[Validity] = choice(N_("Validity"), Validity, nullable=False, default=Validity.VALID)
    remark: Mapped[str | None] = long_text(N_("Remark"))


class Referrer(Reach, Record):
    """Who brought a client or a case (案源人, A-3.1.6); a linked user sees the case files of these clients."""

    __label__ = N_("Referrer")
    __pinyin__ = "name"
    __key__ = ("referrer_no",)
    workflow = VALIDITY_FLOW

    referrer_no: Mapped[str] = text(
        N_("Referrer no."), length=40, nullable=False, unique=True, help=N_("Leave empty to have it numbered")
    )
    name: Mapped[str] = text(N_("Name of person or organization"), length=200, required=True)
    referrer_type: Mapped[ReferrerType] = choice(
        N_("Referrer type"), ReferrerType, nullable=False, default=ReferrerType.INTERNAL
    )
    user_id: Mapped[int | None] = reference("User", N_("Linked user"))
    commission_rate: Mapped[Decimal | None] = decimal(N_("Commission rate"), places=4)
    valid: Mapped[Validity] = choice(N_("Validity"), Validity, nullable=False, default=Validity.VALID)
    remark: Mapped[str | None] = long_text(N_("Remark"))


class ForeignAssociate(Reach, Record):
    """A firm abroad that files for our clients (外方代理机构, A-3.1.9)."""

    __label__ = N_("Foreign associate")
    __pinyin__ = "name"
    __key__ = ("code",)

    code: Mapped[str] = text(
        N_("Associate code"), length=40, nullable=False, unique=True, help=N_("Leave empty to have it numbered")
    )
    name: Mapped[str] = text(N_("Name of associate"), length=300, required=True, index=True)
    country_id: Mapped[int] = reference("Country", N_("Country"), required=True)
    address: Mapped[str | None] = text(N_("Address"), length=500)
    contact_name: Mapped[str | None] = text(N_("Contact person"), length=100)
    website: Mapped[str | None] = text(N_("Website"), length=200)
    remark: Mapped[str | None] = long_text(N_("Remark"))


class PartyMerge(Record):
    """Two entries for the same party made one (合并): what was taken over, and who did it why."""

    __label__ = N_("Merge of parties")
    __title__ = "merged_name"
    __key__ = ("table_key", "merged_id")

    table_key: Mapped[str] = table_key(N_("Table"), required=True)
    kept_id: Mapped[int] = integer(N_("Id of the kept record"), required=True)
    kept_name: Mapped[str] = text(N_("Kept record"), length=300, required=True)
    merged_id: Mapped[int] = integer(N_("Id of the merged record"), required=True)
    merged_name: Mapped[str] = text(N_("Merged record"), length=300, required=True)
    moved: Mapped[dict] = mapped_column(
        JSON, nullable=False, default=dict, info={"field": Field("json", N_("Rows taken over"))}
    )
    reason: Mapped[str] = long_text(N_("Reason"), required=True)
