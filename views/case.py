"""Cases (案卷处理, A-3.2.1.2): list, intake page by case type, what was recorded."""

from collections.abc import Callable
from typing import Any

from app.console import Console, Grid, ListTab, Mark, Panel, Related, Section, Source, Tab, When
from app.rules import intake
from app.rules.application_number import PatentType
from app.rules.case import CaseStatus, PartyRole
from app.rules.choice import N_
from models.case import Case, CaseApplicant, CaseInventor
from views.case_import import IMPORTS, SYNONYMS
from views.intake import IntakePages
from views.party_terms import FEE_TERMS

PARTIES = ("applicant", "is_first", "is_representative", "position")
APPLICANTS = Source(N_("Applicant library"), "applicant", "applicant", narrow=("client", "client", "client"))
INVENTORS = Source(N_("Inventor library"), "inventor", "inventor", narrow=("client", "client", "client"))
MARKS = (
    Mark("is_first", N_("Set as first applicant")),
    Mark("is_representative", N_("Set as representative")),
)
REQUIREMENTS = (
    Source(N_("Case requirement library"), "requirement_item", "item", "content", {"source": "LIBRARY"}),
    Source(N_("Browse client requirements"), "client_requirement", "client_requirement", "content",
           {"source": "CLIENT"}, ("client", "client", "client")),
    Source(N_("Browse applicant requirements"), "applicant_requirement", "applicant_requirement", "content",
           {"source": "APPLICANT"}, ("applicant", "applicant", "applicants.applicant")),
)  # fmt: skip


def tab(label: str, name: str, *parts: Any) -> Tab:
    """A tab that some types of cases have."""
    return Tab(label, *parts, when=lambda case: name in intake.tabs_of(case))


def area(label: str, name: str) -> Section:
    """An area that some types of cases have."""
    return Section(label, *intake.AREAS[name][1], when=shown(name))


def shown(name: str) -> Callable[[Any], bool]:
    """Whether a case has an area."""
    return lambda case: intake.has_area(case, name)


def party_grid(label: str, key: str, role: PartyRole) -> Grid:
    """The parties of one role."""
    marks = MARKS if role is PartyRole.APPLICANT else ()
    fields = PARTIES if marks else ("applicant", "position")
    return Grid("applicants", *fields, label=label, key=key, fixed={"role": role}, sources=(APPLICANTS,), marks=marks)


class CaseView(IntakePages, model=Case):
    title = N_("Case processing")
    icon = "folder-open"
    add_title = edit_title = N_("Case intake")
    list_columns = [
        "our_ref",
        "patent_type",
        "title",
        "app_no",
        "filing_date",
        "client",
        "applicant_names",
        "handler",
        "status",
    ]
    query_columns = ["our_ref", "client", "app_no", "title", "case_type", "patent_type", "status", "opened_by",
                     "opened_on", "handler", "applicant_names", "inventor_names", "filing_date", "grant_date",
                     "main_ipc", "client_ref", "legal_status"]  # fmt: skip
    list_tabs = [ListTab("review", N_("Awaiting intake review"), "status", (CaseStatus.INTAKE_REVIEW,))]
    delete_confirm = N_("Really delete the selected cases?")
    form = [
        Tab(
            N_("Basic information"),
            Section(N_("Case"), "our_ref", "client", "case_type", "client_ref", "related_case", "start_phase",
                    "direction", "foreign_associate", "foreign_ref", "filing_method", "target_country", "planned_on"),
            Section(N_("People"), "handler", "first_attorney", "second_attorney", "drafter", "translator",
                    "illustrator", "docketer", "referrer", "opened_by", "opened_on"),
            Section(N_("Bibliographic data"), "title", "title_en", "patent_type", "app_no", "filing_date", "main_ipc",
                    "locarno", "claims_count", "similar_designs", "set_products", "description_pages", "drawings_pages",
                    "ipc", "abstract", "main_claim", "remark"),
            area(N_("Invalidation request"), "invalidation"),
            area(N_("Litigation"), "litigation"),
            area(N_("Search of the state of the art"), "search"),
            area(N_("Parent application"), "divisional"),
            area(N_("International application"), "international"),
            Section(N_("Publication and grant"), "publication_no", "publication_date", "examination_date", "grant_no",
                    "grant_date", "patent_no", "certificate_no", "certificate_date"),
            Section(N_("Fee information"), "fee_reduction", "annuity_start_year"),
            Section(N_("Agency and address of record"), "agency_name", "agency_code", "agent_names",
                    "applicant_address", "applicant_postcode", "applicant_region", "examiner", "legal_status",
                    "cited_documents"),
        ),
        tab(
            N_("Applicants and inventors"),
            "applicants",
            party_grid(N_("Applicants of the case"), "applicants", PartyRole.APPLICANT),
            Grid("inventors", "inventor", "is_first", "position", label=N_("Inventors of the case"),
                 sources=(INVENTORS,), marks=(Mark("is_first", N_("Set as first inventor")),)),
        ),
        tab(
            N_("Patentees and requesters"),
            "opponents",
            party_grid(N_("Patentees"), "patentees", PartyRole.PATENTEE),
            party_grid(N_("Requesters"), "requesters", PartyRole.REQUESTER),
        ),
        tab(
            N_("Priority"),
            "priorities",
            Grid("priorities", "prior_app_no", "prior_filing_date", "prior_country", "prior_applicant"),
        ),
        tab(
            N_("Deposit of microorganism"),
            "deposits",
            Grid("deposits", "depositary", "deposit_no", "deposited_on", "taxonomy", "viable"),
        ),
        tab(N_("Client letters"), "letters", Panel("letters")),
        tab(N_("Documents of the case"), "files", Panel("letters")),
        tab(
            N_("Case requirements"),
            "requirements",
            Grid("requirements", "source", "content", hidden=("item", "client_requirement", "applicant_requirement"),
                 sources=REQUIREMENTS),
        ),
        tab(N_("Case fees"), "fees", Section(N_("Fee requirements"), *FEE_TERMS)),
    ]  # fmt: skip
    only_when = {
        name: When("patent_type", types, unset=PatentType.DESIGN not in types)
        for name, types in intake.BY_PATENT_TYPE.items()
    }
    needed = ("client",)
    needed_when = {name: When(other, (value,)) for name, (other, value, _said) in intake.NEEDED.items()}
    related = [Related("Task", "case"), Related("Case", "related_case", label=N_("Related cases"))]
    pick_columns = ["title", "app_no"]
    search_columns = ["our_ref", "app_no", "title", "client_ref", "applicant_names"]
    specials = {"fee": N_("Case management: fees")}
    guarded = dict.fromkeys(FEE_TERMS, "fee")
    import_key = ("app_no",)
    synonyms = SYNONYMS
    imports = IMPORTS


class CaseApplicantView(Console, model=CaseApplicant):
    title = N_("Applicants of cases")
    icon = "users-round"
    read_only = True
    list_columns = ["case", "case.title", "case.app_no", "case.status", "applicant", "role", "is_first"]
    query_columns = ["case", "applicant", "role"]
    form = [Section(N_("Applicant of the case"), "case", "applicant", "role", "is_first", "is_representative")]


class CaseInventorView(Console, model=CaseInventor):
    title = N_("Inventors of cases")
    icon = "lightbulb"
    read_only = True
    list_columns = ["case", "case.title", "case.app_no", "case.status", "inventor", "is_first"]
    query_columns = ["case", "inventor"]
    form = [Section(N_("Inventor of the case"), "case", "inventor", "is_first")]
