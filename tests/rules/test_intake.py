"""What each type of case has at its intake, takes over and lacks (A-3.2.1.2)."""

from types import SimpleNamespace
from typing import Any

import pytest

from app.rules import intake
from app.rules.application_number import PatentType
from app.rules.case import CaseType, FilingDirection, PartyRole, StartPhase
from app.rules.errors import RuleError

APPLICATION = "basic applicants priorities deposits letters requirements fees"
#: As the manual (3.2.1.2.1) and the table chosen for the types it leaves open (ambiguities 9) have it.
TABS = {
    CaseType.ORDINARY: APPLICATION,
    CaseType.PCT_INTERNATIONAL: APPLICATION,
    CaseType.PCT_NATIONAL: APPLICATION,
    CaseType.DIVISIONAL: APPLICATION,
    CaseType.HONG_KONG: "basic applicants priorities letters requirements fees",
    CaseType.MACAO: "basic applicants priorities letters requirements fees",
    CaseType.SEARCH: "basic letters requirements fees",
    CaseType.OTHER: "basic letters requirements fees",
    CaseType.INVALIDATION: "basic opponents priorities deposits files requirements fees",
    CaseType.LITIGATION: "basic opponents files requirements fees",
}
AREAS = {
    CaseType.PCT_INTERNATIONAL: {"international"}, CaseType.PCT_NATIONAL: {"international"},
    CaseType.DIVISIONAL: {"divisional"}, CaseType.INVALIDATION: {"invalidation"},
    CaseType.LITIGATION: {"litigation"}, CaseType.SEARCH: {"search"},
}  # fmt: skip


def case(case_type: CaseType = CaseType.ORDINARY, **values: Any) -> Any:
    """A case with nothing but what is said."""
    names = {f for _types, fields in intake.AREAS.values() for f in fields} | {
        "related_case_id", "foreign_associate_id", "foreign_ref", "annuity_start_year", "client_id",
        *intake.BY_PATENT_TYPE,
    }  # fmt: skip
    known = dict.fromkeys(names) | {"direction": FilingDirection.DOMESTIC, "start_phase": StartPhase.NEW_APPLICATION}
    known |= {"patent_type": PatentType.INVENTION, "applicants": [], "case_type": case_type}
    return SimpleNamespace(**known | values)


def party(role: PartyRole = PartyRole.APPLICANT, **flags: bool) -> Any:
    return SimpleNamespace(**{"role": role, "is_first": False, "is_representative": False} | flags)


def fields(errors: list[RuleError]) -> list[str | None]:
    return [e.field for e in errors]


@pytest.mark.parametrize("case_type", list(CaseType))
def test_the_tabs_of_each_type(case_type: CaseType) -> None:
    assert intake.tabs_of(case(case_type)) == tuple(TABS[case_type].split())


@pytest.mark.parametrize("case_type", list(CaseType))
def test_the_areas_of_each_type(case_type: CaseType) -> None:
    assert {a for a in intake.AREAS if intake.has_area(case(case_type), a)} == AREAS.get(case_type, set())


def test_an_area_that_an_import_filled_in_is_not_hidden() -> None:
    assert intake.has_area(case(pct_app_no="PCT/CN2026/000001"), "international")


@pytest.mark.parametrize(("values", "missing"), [
    ({"case_type": CaseType.INVALIDATION}, ["related_case"]),
    ({"case_type": CaseType.INVALIDATION, "related_case_id": 3}, []),
    ({"direction": FilingDirection.OUTBOUND}, ["foreign_associate", "foreign_ref"]),
    ({"direction": FilingDirection.OUTBOUND, "foreign_associate_id": 1}, ["foreign_ref"]),
    ({"direction": FilingDirection.OUTBOUND, "foreign_associate_id": 1, "foreign_ref": ""}, ["foreign_ref"]),
    ({"direction": FilingDirection.INBOUND}, []),
    ({"start_phase": StartPhase.MAINTENANCE}, ["annuity_start_year"]),
    ({"start_phase": StartPhase.MAINTENANCE, "annuity_start_year": 4}, []),
    ({}, []),
])  # fmt: skip
def test_what_is_missing_to_save(values: dict[str, Any], missing: list[str]) -> None:
    assert fields(intake.gaps(case(**values))) == missing


@pytest.mark.parametrize(("case_type", "roles", "missing"), [
    (CaseType.ORDINARY, [], ["applicants"]),
    (CaseType.ORDINARY, [PartyRole.APPLICANT], []),
    (CaseType.HONG_KONG, [], ["applicants"]),
    (CaseType.SEARCH, [], []),
    (CaseType.OTHER, [], []),
    (CaseType.INVALIDATION, [PartyRole.PATENTEE], ["requesters"]),
    (CaseType.INVALIDATION, [PartyRole.REQUESTER], ["patentees"]),
    (CaseType.INVALIDATION, [PartyRole.REQUESTER, PartyRole.PATENTEE], []),
    (CaseType.LITIGATION, [PartyRole.PATENTEE], []),
])  # fmt: skip
def test_what_is_missing_before_the_review(case_type: CaseType, roles: list[PartyRole], missing: list[str]) -> None:
    found = case(case_type, client_id=1, related_case_id=2, applicants=[party(r) for r in roles])
    assert fields(intake.gaps_for_review(found)) == missing


def test_a_case_without_client_is_not_reviewed() -> None:
    assert fields(intake.gaps_for_review(case(applicants=[party()]))) == ["client"]


@pytest.mark.parametrize(("patent_type", "shown"), [
    (PatentType.DESIGN, {"similar_designs", "set_products"}), (PatentType.INVENTION, {"claims_count"}),
    (PatentType.UTILITY_MODEL, {"claims_count"}),
])  # fmt: skip
def test_what_a_patent_type_does_not_have(patent_type: PatentType, shown: set[str]) -> None:
    full = case(patent_type=patent_type, **dict.fromkeys(intake.BY_PATENT_TYPE, 2))
    assert set(intake.BY_PATENT_TYPE) - set(intake.unfit(full)) == shown


@pytest.mark.parametrize(("people", "tasks"), [
    ({}, [("case_allocation", None)]),
    ({"drafter": 2, "translator": 3}, [("case_allocation", None)]),
    ({"handler": 1}, [("case_handling", 1)]),
    ({"handler": 1, "drafter": 1}, [("case_handling", 1)]),
    ({"handler": 1, "drafter": 2, "translator": 3, "illustrator": 4},
     [("case_handling", 1), ("drafting", 2), ("translation", 3), ("illustration", 4)]),
    ({"handler": 1, "illustrator": 1}, [("case_handling", 1), ("illustration", 1)]),
])  # fmt: skip
def test_tasks_that_follow_from_the_people(people: dict[str, int | None], tasks: list[Any]) -> None:
    assert intake.tasks_after_review(people) == tasks


def test_a_mark_is_given_once_for_each_role() -> None:
    first, patentee = party(is_first=True), party(PartyRole.PATENTEE, is_first=True)
    assert intake.check_flags([first, party(), patentee], "is_first") is None
    refused = intake.check_flags([first, party(), party(is_first=True)], "is_first")
    assert refused is not None
    assert refused.field == "2-is_first"


def test_titles_are_one_a_line() -> None:
    assert intake.titles_of("  一种锁 \r\n\n一种\t钥匙\n") == ["一种锁", "一种 钥匙"]
    assert len(intake.titles_of("\n".join(f"一种装置{n}" for n in range(20)))) == 20


@pytest.mark.parametrize("text", ["", " \n\t\n", "\n".join(map(str, range(21))), "长" * 501])
def test_titles_that_are_refused(text: str) -> None:
    with pytest.raises(RuleError) as refused:
        intake.titles_of(text)
    assert refused.value.field == "titles"
