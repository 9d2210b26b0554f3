"""What lists of patents from other systems mean for a case."""

from datetime import date
from typing import Any

import pytest

from app.rules import case_import as rule
from app.rules.application_number import PatentType
from app.rules.case import CaseStatus, CaseType, FilingDirection
from app.rules.errors import RuleError


def arranged(**values: Any) -> tuple[dict[str, Any], list[str]]:
    """The values after arranging, and the columns something doubtful was said about."""
    doubts: list[str] = []

    def note(column: str, message: str, *, doubt: bool = False, **params: Any) -> None:
        assert message % params
        if doubt:
            doubts.append(column)

    rule.arrange(values, note)
    return values, doubts


@pytest.mark.parametrize(
    ("number", "where"),
    [
        ("CN106970934A", "publication"), ("CN103139210B", "grant"), ("CN2644312Y", "grant"), ("CN206349485U", "grant"),
        ("CN304061945S", "grant"), ("CN3469158", "grant"), ("CN1034567A", "publication"), ("CN1034567C", "grant"),
    ],
)  # fmt: skip
def test_one_column_holds_publications_and_grants(number: str, where: str) -> None:
    values, _doubts = arranged(announced_no=number, announced_date=date(2017, 7, 21))
    assert values == {f"{where}_no": number, f"{where}_date": date(2017, 7, 21)}


def test_a_grant_keeps_what_stands_in_its_own_column() -> None:
    values, _doubts = arranged(announced_no="CN103139210B", grant_no="CN103139210B", grant_date=date(2016, 5, 18))
    assert values == {"grant_no": "CN103139210B", "grant_date": date(2016, 5, 18)}


@pytest.mark.parametrize(
    ("given", "name", "code"),
    [
        ("某事务所(普通合伙) 44347;某事务所(普通合伙) 44347;", "某事务所(普通合伙)", "44347"),
        ("甲代理有限公司 32243", "甲代理有限公司", "32243"),
        ("甲代理有限公司", "甲代理有限公司", None),
        ("甲 11001;乙 11002", "甲；乙", "11001；11002"),
    ],
)
def test_agency_and_code_share_a_cell(given: str, name: str, code: str | None) -> None:
    values, _doubts = arranged(agency_name=given)
    assert (values["agency_name"], values["agency_code"]) == (name, code)


def test_postcode_and_international_dates_lead_their_cells() -> None:
    values, _doubts = arranged(
        applicant_address="226634 江苏省南通市海安县",
        pct_app_no="2008.5.6 PCT/US2008/062768",
        pct_publication_no="WO2008/141002",
    )
    assert (values["applicant_postcode"], values["applicant_address"]) == ("226634", "江苏省南通市海安县")
    assert (values["pct_app_no"], values["pct_filing_date"]) == ("PCT/US2008/062768", date(2008, 5, 6))
    assert values["pct_publication_no"] == "WO2008/141002"


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        ({"priority": "2012.01.16 DE 202012000389.5"}, [("202012000389.5", date(2012, 1, 16), "DE")]),
        ({"priority": "2012.01.16 US 13/350,123"}, []),
        (
            {"priority_no": "CN201621030044X", "priority_date": "2016.08.31"},
            [("201621030044.X", date(2016, 8, 31), "CN")],
        ),
        (
            {"priority": "2011.03.01 JP 2011-044443;2011.05.06 KR 10-2011-0042"},
            [("2011-044443", date(2011, 3, 1), "JP"), ("10-2011-0042", date(2011, 5, 6), "KR")],
        ),
        ({"priority_no": "CN201621030044X"}, []),
    ],
)
def test_priorities_are_rows_or_remarks_never_lost(given: dict[str, str], rows: list[Any]) -> None:
    values, doubts = arranged(**given)
    found = [(r["prior_app_no"], r["prior_filing_date"], r["prior_country_id"]) for r in values.get("priorities", ())]
    assert found == rows
    assert bool(values.get("remark")) == (not rows) == bool(doubts)


def test_a_bad_priority_date_is_refused() -> None:
    with pytest.raises(RuleError):
        arranged(priority_no="CN201621030044X", priority_date="2016.13.31")


@pytest.mark.parametrize(
    ("values", "expected", "doubts"),
    [
        ({"app_no": "201410270596.7"}, {"patent_type": PatentType.INVENTION}, []),
        ({"app_no": "201330012345.5"}, {"patent_type": PatentType.DESIGN}, []),
        ({"app_no": "85102475"}, {"patent_type": PatentType.INVENTION}, []),
        ({"app_no": "201380012345.2"}, {"patent_type": PatentType.INVENTION, "case_type": CaseType.PCT_NATIONAL}, []),
        ({"app_no": "201410270596.7", "parent_app_no": "201310270596.0"}, {"case_type": CaseType.DIVISIONAL}, []),
        ({"app_no": "201410270596.7", "patent_type": PatentType.DESIGN}, {"app_no": "201410270596.7"}, ["patent_type"]),
        ({"app_no": "201410270596.7", "filing_date": date(2015, 1, 2)}, {"app_no": "201410270596.7"}, ["filing_date"]),
        ({"app_no": "201410270596.7", "filing_date": date(2012, 1, 2)}, {"app_no": "201410270596.7"}, []),
        ({"our_ref": "皖西学院"}, {"remark": "皖西学院"}, ["our_ref"]),
        ({"our_ref": "F2015-01"}, {"our_ref": "F2015-01"}, []),
        ({"main_ipc": "09-03"}, {"locarno": "09-03"}, []),
        ({"ipc": "G06F17/30; G06Q40/02"}, {"main_ipc": "G06F17/30"}, []),
    ],
)  # fmt: skip
def test_what_follows_from_the_columns(values: dict[str, Any], expected: dict[str, Any], doubts: list[str]) -> None:
    found, told = arranged(**values)
    assert expected.items() <= found.items()
    assert told == doubts


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"legal_status": "专利权维持"}, CaseStatus.GRANTED),
        ({"legal_status": "失效", "grant_no": "CN103139210B"}, CaseStatus.CLOSED),
        ({"legal_status": "其他", "grant_date": date(2016, 5, 18)}, CaseStatus.GRANTED),
        ({"app_no": "201410270596.7"}, CaseStatus.FILED),
        ({}, CaseStatus.INTAKE_REVIEW),
    ],
)
def test_how_far_a_case_has_come(values: dict[str, Any], status: CaseStatus) -> None:
    assert rule.status_of(values) is status


@pytest.mark.parametrize(
    ("clean", "given", "expected", "repaired"),
    [
        (rule.clean_list, "甲;乙;甲;", "甲；乙", True), (rule.clean_list, "518000;", "518000", False),
        (rule.clean_classes, "G06F17/30;G06Q40/02;", "G06F17/30; G06Q40/02", False),
        (rule.clean_publication, "cn 106970934 a", "CN106970934A", True),
        (rule.clean_publication, "CN106970934A", "CN106970934A", False),
        (rule.clean_patent_number, "CN201220249767.4", "ZL201220249767.4", True),
        (rule.clean_patent_number, "ZL201220249767.4", "ZL201220249767.4", False),
    ],
)  # fmt: skip
def test_cells_are_cleaned(clean: Any, given: str, expected: str, repaired: bool) -> None:
    value, repairs = clean(given)
    assert (value, bool(repairs)) == (expected, repaired)


@pytest.mark.parametrize(
    ("values", "expected", "doubts"),
    [
        ({"patent_no": "ZL201410270596.7"}, {"app_no": "201410270596.7"}, []),
        ({"app_no": "US14/123,456"}, {"target_country_id": "US", "direction": FilingDirection.OUTBOUND}, ["app_no"]),
        ({"app_no": "14/123,456", "target_country_id": "美国"}, {"target_country_id": "美国"}, ["app_no"]),
        ({"target_country_id": "香港"}, {"target_country_id": "HK"}, []),
    ],
)  # fmt: skip
def test_numbers_that_stand_elsewhere(values: dict[str, Any], expected: dict[str, Any], doubts: list[str]) -> None:
    found, told = arranged(**values)
    assert expected.items() <= found.items()
    assert told == doubts


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("台湾", "90123456"), ("TW", "101123456"), ("EP", "98123456.9"), ("美国", "14/123,456"),
        ("印度", "201611012345"), ("DE", "202012000389.5"), (None, "EP98123456.9"),
        (None, "IN201611012345"), (None, "TW90123456"),
    ],
)  # fmt: skip
def test_a_number_of_another_country_stays_as_it_is_written(country: str | None, number: str) -> None:
    values, doubts = arranged(app_no=number, **({"target_country_id": country} if country else {}))
    assert (values["app_no"], values["direction"]) == (number, FilingDirection.OUTBOUND)
    assert "patent_type" not in values
    assert doubts == ["app_no"]


@pytest.mark.parametrize("country", [None, "CN", "cn", "中国", "中国大陆", 5])
def test_a_chinese_number_is_read_as_such(country: Any) -> None:
    values, doubts = arranged(app_no="2014102705967", target_country_id=country)
    assert (values["app_no"], values["patent_type"], doubts) == ("201410270596.7", PatentType.INVENTION, [])
    with pytest.raises(RuleError, match="check digit"):
        arranged(app_no="201410270596.8", target_country_id=country)


def test_an_international_number_is_one_in_every_country() -> None:
    values, doubts = arranged(app_no="PCT/CN2019/123456", target_country_id="PCT")
    assert (values["target_country_id"], values["case_type"], doubts) == ("WO", CaseType.PCT_INTERNATIONAL, [])


@pytest.mark.parametrize(
    ("country", "number"),
    [
        (None, "CA201410270596.7"), (None, "CH2014102705967"), ("CA", "CA201410270596.7"), (None, "CO85100001.0"),
        ("美国", "201410270596.7"), ("US", "CN201410270596.8"), (None, "US201410270596.7"), ("CN", "US14/123,456"),
    ],
)  # fmt: skip
def test_a_number_and_a_country_that_contradict_each_other_are_refused(country: str | None, number: str) -> None:
    with pytest.raises(RuleError) as refusal:
        arranged(app_no=number, **({"target_country_id": country} if country else {}))
    assert refusal.value.field == "app_no"


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("驳回，复审中", ["legal_status"]),
        ("授权-失效", []),
        ("失效", []),
        ("其他", []),
        ("驳回", ["legal_status"]),
    ],
)
def test_how_a_state_was_read_is_told(text: str, doubts: list[str]) -> None:
    values, told = arranged(legal_status=text)
    assert (values["legal_status"], told) == (text, doubts)


def test_a_foreign_number_needs_its_country() -> None:
    with pytest.raises(RuleError):
        arranged(app_no="14/123,456")
