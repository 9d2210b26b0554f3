"""What the firm knows of a case as the forms for the Office ask for it: plain values, gathered by the service."""

from dataclasses import dataclass
from datetime import date

from app.rules.application_number import PatentType


@dataclass(frozen=True)
class Party:
    """An applicant as a form names him. fee_reduction: his fee reduction is on record at the Office (费减备案)."""

    name: str = ""
    kind: str = ""
    country: str = ""
    certificate_no: str = ""
    province: str = ""
    city: str = ""
    street: str = ""
    postcode: str = ""
    phone: str = ""
    fee_reduction: bool = False
    represents: bool = False


@dataclass(frozen=True)
class Maker:
    """An inventor or designer. withheld: the name is not to be published."""

    name: str = ""
    country: str = ""
    id_no: str = ""
    withheld: bool = False


@dataclass(frozen=True)
class Attorney:
    """A patent attorney of the firm."""

    name: str = ""
    certificate_no: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Firm:
    """The agency as the system parameters describe it (A-2.1.1.2-02)."""

    name: str = ""
    code: str = ""
    address: str = ""
    postcode: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Contact:
    """Whom the Office may write to."""

    name: str = ""
    phone: str = ""
    email: str = ""
    postcode: str = ""
    address: str = ""


@dataclass(frozen=True)
class Earlier:
    """An earlier application whose priority is claimed."""

    country: str = ""
    filed_on: date | None = None
    app_no: str = ""


@dataclass(frozen=True)
class Sample:
    """A deposit of biological material."""

    depositary: str = ""
    address: str = ""
    viable: bool = False
    deposited_on: date | None = None
    deposit_no: str = ""
    taxonomy: str = ""


@dataclass(frozen=True)
class Paper:
    """A document that goes with a form. claims: for the claims, how many."""

    name: str = ""
    code: str = ""
    pages: int | None = None
    claims: int | None = None
    attachment: bool = False


@dataclass(frozen=True)
class Facts:
    """What the firm knows of a case, as plain values."""

    our_ref: str = ""
    title: str = ""
    patent_type: PatentType | None = None
    app_no: str = ""
    filing_date: date | None = None
    parent_app_no: str = ""
    parent_filing_date: date | None = None
    divisional: bool = False
    granted: bool = False
    claims: int | None = None
    similar_designs: int | None = None
    set_products: int | None = None
    address: str = ""
    postcode: str = ""
    region: str = ""
    agency_name: str = ""
    agency_code: str = ""
    agent_names: str = ""
    firm: Firm = Firm()
    contact: Contact = Contact()
    applicants: tuple[Party, ...] = ()
    inventors: tuple[Maker, ...] = ()
    attorneys: tuple[Attorney, ...] = ()
    priorities: tuple[Earlier, ...] = ()
    deposits: tuple[Sample, ...] = ()
    papers: tuple[Paper, ...] = ()
