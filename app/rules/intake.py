"""What each type of case has at its intake, what it takes from a related one, and what it still lacks (A-3.2.1.2)."""

from collections.abc import Mapping
from typing import Any

from app.rules.application_number import PatentType
from app.rules.case import CaseType, FilingDirection, PartyRole, StartPhase
from app.rules.choice import N_, Choice
from app.rules.errors import RuleError

_T = CaseType
#: The category of the files that clients sent with a case (客户来文, A-3.2.1.2.6).
CLIENT_LETTER = "client_letter"
#: So many cases are opened at once at most (A-3.2.1.2.9-01).
MOST_TITLES = 20
LONGEST_TITLE = 500

_APPLICATION = ("basic", "applicants", "priorities", "deposits", "letters", "requirements", "fees")
_WITHOUT_DEPOSITS = tuple(tab for tab in _APPLICATION if tab != "deposits")
_REDUCED = ("basic", "letters", "requirements", "fees")
#: The tabs of the intake page by case type (A-3.2.1.2.1-07 to -09, ambiguities 9).
TABS: dict[CaseType, tuple[str, ...]] = {
    _T.ORDINARY: _APPLICATION,
    _T.PCT_INTERNATIONAL: _APPLICATION,
    _T.PCT_NATIONAL: _APPLICATION,
    _T.HONG_KONG: _WITHOUT_DEPOSITS,
    _T.MACAO: _WITHOUT_DEPOSITS,
    _T.DIVISIONAL: _APPLICATION,
    _T.SEARCH: _REDUCED,
    _T.INVALIDATION: ("basic", "opponents", "priorities", "deposits", "files", "requirements", "fees"),
    _T.LITIGATION: ("basic", "opponents", "files", "requirements", "fees"),
    _T.OTHER: _REDUCED,
}
#: The areas that some types have beyond the common ones, with their fields (A-3.2.1.2.2-13).
AREAS: dict[str, tuple[tuple[CaseType, ...], tuple[str, ...]]] = {
    "international": (
        (_T.PCT_INTERNATIONAL, _T.PCT_NATIONAL),
        ("pct_app_no", "pct_filing_date", "pct_publication_no", "pct_publication_date", "national_entry_date"),
    ),
    "divisional": ((_T.DIVISIONAL,), ("parent_app_no",)),
    "invalidation": ((_T.INVALIDATION,), ("requested_on", "grounds")),
    "litigation": ((_T.LITIGATION,), ("court", "court_case_no", "opposing_party", "cause", "hearing_on")),
    "search": ((_T.SEARCH,), ("search_scope", "report_due_on")),
}
#: Fields that only some patent types have: a design has no claims, nothing else similar designs (A-3.2.1.2.2-10).
BY_PATENT_TYPE: dict[str, tuple[PatentType, ...]] = {
    "similar_designs": (PatentType.DESIGN,),
    "set_products": (PatentType.DESIGN,),
    "claims_count": (PatentType.INVENTION, PatentType.UTILITY_MODEL),
}
#: Fields that must be filled in where another has a certain value: {field: (other, value, what is said)}.
NEEDED: dict[str, tuple[str, Choice, str]] = {
    "related_case": ("case_type", _T.INVALIDATION, N_("An invalidation case must name its related case")),
    "foreign_associate": ("direction", FilingDirection.OUTBOUND, N_("A filing abroad needs its foreign associate")),
    "foreign_ref": ("direction", FilingDirection.OUTBOUND, N_("A filing abroad needs the foreign associate's ref.")),
    "annuity_start_year": ("start_phase", StartPhase.MAINTENANCE, N_("An annuity case needs its first annuity year")),
}
#: What a party of a related case becomes in a case of this type: who owns the patent is attacked or defends it.
OPPOSED = (_T.INVALIDATION, _T.LITIGATION)
#: Flags that one row of each role has (A-3.2.1.2.3-05).
UNIQUE_FLAGS = {"applicants": ("is_first", "is_representative"), "inventors": ("is_first",)}

_COMMON = ("title", "title_en", "patent_type", "direction", "filing_method", "foreign_associate_id",
           "target_country_id", "main_ipc", "ipc", "locarno", "handler_id", "first_attorney_id", "second_attorney_id",
           "referrer_id")  # fmt: skip
_RECORD = ("app_no", "filing_date", "publication_no", "publication_date", "grant_no", "grant_date", "patent_no",
           "certificate_no", "certificate_date")  # fmt: skip


def tabs_of(case: Any) -> tuple[str, ...]:
    """The names of the tabs of a case's intake page."""
    return TABS[case.case_type]


def has_area(case: Any, name: str) -> bool:
    """Whether a case shows an area: its type has it, or an import has filled it in."""
    types, fields = AREAS[name]
    return case.case_type in types or any(getattr(case, f) is not None for f in fields)


def owner_role(case_type: CaseType) -> PartyRole:
    """As what those stand in a case who own its application or patent."""
    return PartyRole.PATENTEE if case_type in OPPOSED else PartyRole.APPLICANT


def copied(case_type: CaseType) -> tuple[str, ...]:
    """The columns a new case takes over from the one it is related to (A-3.2.1.2.1-02)."""
    if case_type in (*OPPOSED, _T.SEARCH):
        return _COMMON + _RECORD
    return _COMMON + (AREAS["international"][1] if case_type is _T.PCT_NATIONAL else ())


def copied_rows(case_type: CaseType) -> tuple[str, ...]:
    """The collections a new case takes over from the one it is related to."""
    rows = ["requirements"]
    if "applicants" in TABS[case_type]:
        rows += ["applicants", "inventors"]
    if case_type in OPPOSED:
        rows.append("applicants")
    if case_type in (_T.DIVISIONAL, _T.PCT_NATIONAL):
        rows += ["priorities", "deposits"]
    return tuple(rows)


def derived(case_type: CaseType, related: Any) -> dict[str, Any]:
    """What a new case knows of its related case's application: the parent's number, the international one's."""
    if case_type is _T.DIVISIONAL:
        return {"parent_app_no": related.app_no}
    if case_type is _T.PCT_NATIONAL and related.case_type is _T.PCT_INTERNATIONAL and not related.pct_app_no:
        return {"pct_app_no": related.app_no, "pct_filing_date": related.filing_date}
    return {}


def gaps(case: Any) -> list[RuleError]:
    """What a case lacks to be saved at all, by field."""
    return [RuleError(said, field=name) for name, (other, value, said) in NEEDED.items()
            if getattr(case, other) is value and empty(case, name)]  # fmt: skip


def gaps_for_review(case: Any) -> list[RuleError]:
    """What a case lacks before its review can be completed (A-3.2.1.2.11), by field or grid."""
    found = gaps(case)
    if case.client_id is None:
        found.insert(0, RuleError(N_("A case must have its client"), field="client"))
    roles = {row.role for row in case.applicants}
    tabs = tabs_of(case)
    if "applicants" in tabs and PartyRole.APPLICANT not in roles:
        found.append(RuleError(N_("There is no applicant yet"), field="applicants"))
    if "opponents" in tabs and PartyRole.PATENTEE not in roles:
        found.append(RuleError(N_("There is no patentee yet"), field="patentees"))
    if case.case_type is _T.INVALIDATION and PartyRole.REQUESTER not in roles:
        found.append(RuleError(N_("There is no requester yet"), field="requesters"))
    return found


def empty(case: Any, name: str) -> bool:
    """Whether a field (a reference by its bare name) holds nothing."""
    value = getattr(case, f"{name}_id") if hasattr(case, f"{name}_id") else getattr(case, name)
    return value in (None, "")


def unfit(case: Any) -> list[str]:
    """The filled columns that a case's patent type does not have."""
    return [n for n, types in BY_PATENT_TYPE.items() if case.patent_type not in types and getattr(case, n) is not None]


def tasks_after_review(people: Mapping[str, int | None]) -> list[tuple[str, int | None]]:
    """The tasks that completing the review makes, as (code, for whom): those of the people named, else the allocation.

    Whoever drafts and handles at once has one task for both (A-3.2.1.2.2-08, A-3.2.1.3-08, ambiguities 6).
    """
    handler = people.get("handler")
    if not handler:
        return [("case_allocation", None)]
    drafter = people.get("drafter")
    parts = (("drafting", None if drafter == handler else drafter), ("translation", people.get("translator")),
             ("illustration", people.get("illustrator")))  # fmt: skip
    return [("case_handling", handler), *((code, who) for code, who in parts if who)]


def role_of(row: Any) -> PartyRole:
    """As what a party stands in its case; inventors all the same, new rows as their default says."""
    return getattr(row, "role", None) or PartyRole.APPLICANT


def check_flags(rows: Any, flag: str) -> RuleError | None:
    """A refusal where two rows of one role have a flag that one may have; its field is the second one's position."""
    seen: set[PartyRole] = set()
    for at, row in enumerate(rows):
        role = role_of(row)
        if getattr(row, flag) and role in seen:
            return RuleError(N_("Only one can be set as this"), field=f"{at}-{flag}")
        if getattr(row, flag):
            seen.add(role)
    return None


def titles_of(text: str) -> list[str]:
    """The titles of several new cases, one a line. Raises RuleError (field titles): none, too many, one too long."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    titles = [line for line in lines if line]
    if not titles:
        raise RuleError(N_("This must be filled in"), field="titles")
    if len(titles) > MOST_TITLES:
        raise RuleError(N_("At most %(most)s cases can be created at once"), field="titles", most=MOST_TITLES)
    for number, title in enumerate(titles, 1):
        if len(title) > LONGEST_TITLE:
            raise RuleError(
                N_("Title %(number)s is longer than %(longest)s characters"),
                field="titles", number=number, longest=LONGEST_TITLE,
            )  # fmt: skip
    return titles
