"""Kinds and states of clients, applicants and the people around them (A-3.1)."""

from decimal import Decimal
from typing import Any

from app.rules.choice import N_, Choice
from app.rules.errors import RuleError
from app.rules.validity import Validity
from app.rules.workflow import Transition, Workflow


class ClientType(Choice):
    """What a client is (客户类型, A-3.1.1.2.2-05)."""

    APPLICANT_ORGANIZATION = N_("Applicant (organization)")
    APPLICANT_PERSON = N_("Applicant (person)")
    DOMESTIC_AGENCY = N_("Domestic agency")
    FOREIGN_AGENCY = N_("Foreign agency")


class ClientNature(Choice):
    """How close a client is (客户性质, A-3.1.1.2.2-08)."""

    REGULAR = N_("Regular client")
    VIP = N_("VIP client"), "warning"
    PROSPECT = N_("Prospective client"), "hollow"


class ClientReview(Choice):
    """Whether a client's data have been checked (登记状态); only then may cases be opened for it."""

    PENDING = N_("Awaiting review"), "hollow"
    REVIEWED = N_("Review completed"), "success"


CLIENT_FLOW = Workflow(
    ClientReview.PENDING,
    (Transition("review", N_("Complete review"), (ClientReview.PENDING,), ClientReview.REVIEWED),),
    field="review_status",
)


class ApplicantType(Choice):
    """The kind of an applicant as the request form knows it (申请人类型)."""

    UNIVERSITY = N_("University or college")
    RESEARCH = N_("Research institution")
    ENTERPRISE = N_("Industrial or mining enterprise")
    INSTITUTION = N_("Public institution")
    PERSON = N_("Individual")


class CertificateType(Choice):
    """What paper identifies a person or an organization (证件类型)."""

    ID_CARD = N_("Resident identity card")
    CREDIT_CODE = N_("Unified social credit code")
    PASSPORT = N_("Passport")
    RESIDENCE_PERMIT = N_("Residence permit")
    OTHER = N_("Other")


class ReferrerType(Choice):
    """Whether a referrer belongs to the firm (案源人类型)."""

    INTERNAL = N_("Of the firm")
    EXTERNAL = N_("From outside")


class CasePhase(Choice):
    """The part of a case's life to which a requirement belongs (案卷阶段, A-3.1.1.2.4-03)."""

    ALL = N_("Throughout")
    APPLICATION = N_("New application phase")
    PROSECUTION = N_("Intermediate document phase")
    PROTECTION = N_("Protection phase after grant")


class RequirementType(Choice):
    """What a requirement is about (要求类型, A-3.1.1.2.4-04)."""

    SETTLEMENT = N_("Bill settlement")
    CONTACT = N_("Ways of contact")
    SUBMISSION = N_("Document submission")
    BILL_DELIVERY = N_("Bill delivery")
    FORWARDING = N_("Forwarding of official documents")


#: A requirement is voided and restored, never deleted once it was used (A-3.1.1.2.4-09).
REQUIREMENT_FLOW = Workflow(
    Validity.VALID,
    (
        Transition("void", N_("Void"), (Validity.VALID,), Validity.INVALID),
        Transition("restore", N_("Restore"), (Validity.INVALID,), Validity.VALID),
    ),
    field="valid",
)


#: What the library says of a requirement; only there can it be changed (A-3.1.1.2.4-07).
LIBRARY_COLUMNS = ("phase", "requirement_type", "content")


def check_own_requirement(item: Any, changed: set[str]) -> None:
    """Raise RuleError (conflict) where a requirement taken from the library (`item`) is about to be `changed`."""
    if item is not None and changed:
        raise RuleError(N_("A requirement from the library cannot be changed here"), code="conflict")


class ChargeMode(Choice):
    """How the firm charges (收费方式, A-3.1.1.2.6-03)."""

    DISCOUNT = N_("Discount")
    LUMP_SUM = N_("Lump sum")


class LumpScope(Choice):
    """What a lump sum pays for (包干范围)."""

    ALL = N_("Throughout")
    PHASE = N_("By phase")


class BillCycle(Choice):
    """How often bills are made (账单周期, A-3.1.1.2.6-04)."""

    CASE = N_("Settled by case")
    MONTH = N_("Settled monthly")
    QUARTER = N_("Settled quarterly")


class PaymentMode(Choice):
    """Who pays official fees and when (官费、年费缴费方式, A-3.1.1.2.6-05)."""

    ON_FUNDS = N_("Paid by us once funded")
    ADVANCED = N_("Paid by us in advance")
    SELF_PAID = N_("Paid by the client")


class Currency(Choice):
    """Currencies of account (结算币种, A-3.1.1.2.6-06); the codes are those of ISO 4217."""

    CNY = N_("Renminbi")
    USD = N_("US dollar")
    HKD = N_("Hong Kong dollar")
    EUR = N_("Euro")
    JPY = N_("Japanese yen")
    GBP = N_("Pound sterling")
    CHF = N_("Swiss franc")
    MOP = N_("Macanese pataca")
    CAD = N_("Canadian dollar")
    AUD = N_("Australian dollar")
    SEK = N_("Swedish krona")


class InvoiceType(Choice):
    """The kind of invoice a client wants (发票类型)."""

    ORDINARY = N_("Ordinary VAT invoice")
    SPECIAL = N_("Special VAT invoice")
    NONE = N_("No invoice")


def check_fee_terms(terms: Any) -> None:
    """Raise RuleError (field discount_rate) unless the rate is a part that can be charged: above 0, at most 1."""
    if terms.discount_rate is not None and not 0 < Decimal(terms.discount_rate) <= 1:
        raise RuleError(N_("A discount rate is above 0 and at most 1; 0.9 charges nine tenths"), field="discount_rate")


#: What a new entry may take over from another party (复制类型, A-3.1.1.2.3-05), beside columns of the same name.
COPIED_AS = {
    ("inventor", "applicant"): {"id_no": "certificate_no"},
    ("applicant", "inventor"): {"certificate_no": "id_no"},
    ("inventor", "client"): {"certificate_no": "id_no"},
    ("contact", "client"): {"mobile": "phone"},
    ("contact", "applicant"): {"mobile": "phone"},
    ("contact", "inventor"): {"mobile": "phone"},
}
#: Columns that say who an entry is among its own kind, or whose it is; a copy has its own.
NEVER_COPIED = frozenset({"id", "client", "valid", "remark", "client_no", "referrer_no", "is_default"})


def copied(source: str, target: str, names: set[str], known: set[str]) -> dict[str, str]:
    """{column of the new entry: column of the other party it is copied from}, of the columns each side has."""
    plain = {name: name for name in names & known - NEVER_COPIED}
    other = {to: at for at, to in COPIED_AS.get((source, target), {}).items() if to not in plain}
    return plain | {to: at for to, at in other.items() if to in names and at in known}
