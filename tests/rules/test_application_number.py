"""Application and publication numbers: read in any writing, verified, repaired with a report, typos found."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.rules.application_number import (
    ApplicationNumber,
    NumberKind,
    PatentType,
    Route,
    check_digit,
    must_be_chinese,
    normalize,
    office_abroad,
    parse,
    suggest,
    written,
)
from app.rules.errors import RuleError
from app.rules.publication_number import parse_publication

PUBLISHED = """
    85100001.0 00807334.1 200510096239.4 201010613264.6 201510958772.0 201511027457.2 201620161392.4
    201710345450.8 201810862228.X 201811564288.X 201821844933.9 201830251564.1 201830072131.X 201930071397.7
    201680019204.7 201780002397.X 201780021199.8 202010566088.9 202110377287.X 202310641887.1 202322865413.3
    202411020646.6 202510942578.7 94190008.8 98800001.6
"""


@st.composite
def chinese(draw) -> ApplicationNumber:
    """Any number that the office could have given."""
    if draw(st.booleans()):
        year = draw(st.integers(2003, 2099))
        body = f"{year}{draw(st.sampled_from('12389'))}{draw(st.integers(0, 9_999_999)):07}"
    else:
        year = draw(st.integers(1989, 2003))
        body = f"{year % 100:02}{draw(st.sampled_from('12389'))}{draw(st.integers(0, 99_999)):05}"
    return ApplicationNumber(body, check_digit(body))


@pytest.mark.parametrize("text", PUBLISHED.split())
def test_published_numbers_hold_their_check_digit(text):
    assert parse(text).text == text
    assert parse(text).check == parse(text).expected_check


@pytest.mark.parametrize(
    ("text", "patent_type", "route", "year"),
    [
        ("85100001", PatentType.INVENTION, Route.DOMESTIC, 1985),
        ("00807334.1", PatentType.INVENTION, Route.PCT_NATIONAL, 2000),
        ("94190008.8", PatentType.INVENTION, Route.PCT_NATIONAL, 1994),
        ("201620161392.4", PatentType.UTILITY_MODEL, Route.DOMESTIC, 2016),
        ("201830251564.1", PatentType.DESIGN, Route.DOMESTIC, 2018),
        ("201680019204.7", PatentType.INVENTION, Route.PCT_NATIONAL, 2016),
        (f"202090000001.{check_digit('202090000001')}", PatentType.UTILITY_MODEL, Route.PCT_NATIONAL, 2020),
        ("PCT/CN2024/123456", None, Route.PCT_INTERNATIONAL, 2024),
        ("PCT/CN03/00123", None, Route.PCT_INTERNATIONAL, 2003),
        ("PCT/US78/00123", None, Route.PCT_INTERNATIONAL, 1978),
        ("PCT/US98/00123", None, Route.PCT_INTERNATIONAL, 1998),
        ("DM/123456", PatentType.DESIGN, Route.HAGUE, None),
    ],
)
def test_a_number_tells_type_route_and_year(text, patent_type, route, year):
    number = parse(text)
    assert (number.patent_type, number.route, number.year) == (patent_type, route, year)


@pytest.mark.parametrize(
    ("given", "text", "repairs"),
    [
        ("201410270596.7", "201410270596.7", ""),
        ("CN201710027729.1", "201710027729.1", "prefix"),
        ("ZL 2020 1 0566088.9", "202010566088.9", "spaces prefix"),
        (" ＺＬ２０１８１０８６２２２８．ｘ ", "201810862228.X", "characters prefix"),
        ("201810862228x", "201810862228.X", "characters point"),
        ("2014102705967", "201410270596.7", "point"),
        ("2014102705967.0", "201410270596.7", "float point"),
        (2014102705967.0, "201410270596.7", "float point"),
        ("2.014102705967E+12", "201410270596.7", "float point"),
        ("201510958772.0", "201510958772.0", ""),
        ("941900088.0", "94190008.8", "float point"),
        ("201410270596", "201410270596.7", "check"),
        ("98800001", "98800001.6", "check"),
        ("85102475", "85102475", ""),
        ("88100002", "88100002", ""),
        ("88100003.0", "88100003", "float"),
        ("89100002", f"89100002.{check_digit('89100002')}", "check"),
        ("CN85102475", "85102475", "prefix"),
        ("85100001.0", "85100001.0", ""),
        ("85100002.0", "85100002", "float"),
        (8073341, "00807334.1", "zeros"),
        ("807334.1", "00807334.1", "zeros"),
        ("21382735", "02138273.5", "zeros"),
        ("pct cn2024 123456", "PCT/CN2024/123456", "rewritten"),
        ("PCT/CN2024/12345", "PCT/CN2024/012345", "rewritten"),
        ("DM98765", "DM/098765", "rewritten"),
        ("'2014102705967", "201410270596.7", "around point"),
        ("ZL201410270596.7；", "201410270596.7", "characters around prefix"),
        ("专利号：ZL201410270596.7", "201410270596.7", "characters around prefix"),
        ("201410270596.7（发明）", "201410270596.7", "characters around"),
        ("第201410270596.7号", "201410270596.7", "around"),
        ("201410270596·7", "201410270596.7", "signs"),
        ("2014-1-0270596.7", "201410270596.7", "signs"),
        ("CN201410270596A", "201410270596.7", "prefix kind check"),
        ("CN201410270596.7A", "201410270596.7", "prefix kind"),
    ],
)
def test_imported_numbers_are_repaired_and_every_repair_is_told(given, text, repairs):
    result, told = normalize(given)
    assert result == text
    assert [repair.code for repair in told] == repairs.split()
    assert all(repair.message % repair.params for repair in told)
    assert normalize(result) == (result, [])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (None, "Enter an application number"),
        ("CN", "Enter an application number"),
        ("201410270596.8", "The check digit of 201410270596.8 should be 7"),
        ("201410270596", "The check digit of 201410270596 is missing; it should be 7"),
        ("98800001", "The check digit of 98800001 is missing; it should be 6"),
        ("202310123456.7", "should be"),
        ("20141027059.7", "8 or 12 digits"),
        ("190010270596.7", "No application number begins with 1900"),
        ("45100001.0", "No application number begins with 45"),
        ("201450270596.7", "type digit"),
        ("20141027O596.7", "cannot contain “O”"),
        ("US15/123,456", "cannot contain"),
        ("2.01E12", "shortened"),
        ("CN104000000A", "of a publication"),
        ("201410270596.7;201620113111.2", "cannot contain"),
        ("201410270596.7.7", "is not an application number"),
    ],
)
def test_a_wrong_number_is_refused_with_the_reason(given, says):
    with pytest.raises(RuleError) as refusal:
        parse(given)
    assert says in str(refusal.value)
    assert refusal.value.field == "app_no"


@pytest.mark.parametrize("given", ["201410270596.8", "20141027059.7", "2.01410270597E+12", "1234567", "abc"])
def test_what_cannot_be_repaired_safely_is_refused_on_import_too(given):
    with pytest.raises(RuleError):
        normalize(given)


def test_foreign_numbers_are_kept_as_written():
    number = parse(" 10 2014 012 345.6 ", country="DE")
    assert (number.text, number.kind, number.route) == ("10 2014 012 345.6", NumberKind.FOREIGN, Route.FOREIGN)
    assert parse("PCT/US2020/012345", country="US").kind is NumberKind.PCT
    assert normalize("15/123,456", country="US") == ("15/123,456", [])


def test_other_writings_of_a_number():
    number = parse("201810862228.X")
    assert (number.compact, number.patent_number) == ("201810862228X", "ZL201810862228.X")
    assert parse("85102475").expected_check == check_digit("85102475")


@given(chinese())
def test_parsing_what_was_formatted_gives_the_same(number):
    assert parse(number.text) == parse(number.compact) == parse(number.patent_number) == number
    if number.check != "X":
        assert normalize(f"{number.compact}.0")[0] == number.text


@given(chinese(), st.data())
def test_one_wrong_digit_is_noticed_and_the_right_number_suggested(number, data):
    place = data.draw(st.integers(0, len(number.compact) - 1))
    last = place == len(number.compact) - 1
    wrong = data.draw(st.sampled_from("0123456789X" if last else "0123456789"))
    assume(wrong != number.compact[place])
    mistyped = number.compact[:place] + wrong + number.compact[place + 1 :]
    with pytest.raises(RuleError):
        parse(mistyped)
    suggestions = suggest(mistyped)
    assert number.text in suggestions
    assert len(suggestions) <= 25
    assert all(parse(text).text == text for text in suggestions)


@given(chinese(), st.data())
def test_two_swapped_neighbours_are_noticed_and_the_right_number_suggested(number, data):
    place = data.draw(st.integers(0, len(number.compact) - 2))
    left, right = number.compact[place : place + 2]
    assume(left != right)
    mistyped = number.compact[:place] + right + left + number.compact[place + 2 :]
    with pytest.raises(RuleError):
        parse(mistyped)
    assert number.text in suggest(mistyped)


def test_suggestions_are_ordered_by_what_is_known_of_the_case():
    assert suggest("201410270596.7") == []
    assert suggest("2014A0270596.7") == ["201410270596.7"]
    assert suggest("201410270596") == ["201410270596.7"]
    assert "94190008.8" in suggest("941900089.0")
    changes_the_head = [not text.startswith("20141") for text in suggest("201410270596.8")]
    assert changes_the_head == sorted(changes_the_head)
    assert any(changes_the_head)
    assert suggest("201210270596.7", year=2014)[0].startswith("2014")
    assert parse(suggest("201430270596.7", patent_type=PatentType.INVENTION)[0]).patent_type is PatentType.INVENTION
    assert suggest("nonsense") == suggest("٢٠١٤١٠٢٧٠٥٩٦.٨") == suggest("9" * 5000) == []


@pytest.mark.parametrize(
    ("given", "text", "patent_type", "granted"),
    [
        ("CN106970934A", "CN106970934A", PatentType.INVENTION, False),
        ("cn 105422711 b", "CN105422711B", PatentType.INVENTION, True),
        ("CN1234567C", "CN1234567C", PatentType.INVENTION, True),
        ("CN1030001A", "CN1030001A", PatentType.INVENTION, False),
        ("CN1030001B", "CN1030001B", PatentType.INVENTION, False),
        ("CN85100001A", "CN85100001A", PatentType.INVENTION, False),
        ("ＣＮ２０６１２３４５６Ｕ", "CN206123456U", PatentType.UTILITY_MODEL, True),
        ("CN2412345Y", "CN2412345Y", PatentType.UTILITY_MODEL, True),
        ("304123456S", "CN304123456S", PatentType.DESIGN, True),
        ("CN3412345D", "CN3412345D", PatentType.DESIGN, True),
        ("CN301090603", "CN301090603", PatentType.DESIGN, None),
        ("CN105422711B8", "CN105422711B8", PatentType.INVENTION, True),
        ("WO 2024/123456 A1", "WO2024/123456A1", None, None),
        ("WO2024123456", "WO2024/123456", None, None),
        ("WO99/12345A1", "WO99/12345A1", None, None),
        ("US10123456B2", "US10123456B2", None, None),
    ],
)
def test_publication_numbers(given, text, patent_type, granted):
    number = parse_publication(given)
    assert (number.text, number.patent_type, number.granted) == (text, patent_type, granted)
    assert parse_publication(text) == number


@pytest.mark.parametrize(
    "given", ["", "CN", "CN4069709", "106970934", "CN206970934A", "CN106970934S", "CN106970934E", "123456"]
)
def test_wrong_publication_numbers_are_refused(given):
    with pytest.raises(RuleError) as refusal:
        parse_publication(given)
    assert refusal.value.field == "publication_no"


def test_a_kind_that_does_not_fit_the_number_is_told():
    with pytest.raises(RuleError, match="A number beginning with 2 cannot be of kind A1"):
        parse_publication("CN206970934A1")


@pytest.mark.parametrize(
    ("given", "office"),
    [
        ("US14/123,456", "US"), ("ep 12345678.9", "EP"), ("KR10-2011-0042042", "KR"), ("14/123,456", ""),
        ("2011-044443", ""), ("201410270596.7", None), ("201410270596-7", None), ("2014-1-0270596.7", None),
        ("PCT/CN2019/123456", None), ("WO2019/123456", None), ("XX123456", None), ("无", None), ("2014", None),
    ],
)  # fmt: skip
def test_numbers_of_other_offices_are_told_by_their_writing(given, office):
    assert office_abroad(given) == office


@pytest.mark.parametrize(
    ("given", "chinese"),
    [
        ("201410270596.7", True), ("2014102705967", True), ("US201410270596.7", True), ("CA 201410270596.7", True),
        ("CN201410270596.8", True), ("ZL123", True), ("CO85100001.0", True), ("CH00807334.1", True),
        ("85100001.0", False), ("EP00807334.1", False), ("201410270596", False), ("201410270596.8", False),
        ("202012000389.5", False), ("IN201611012345", False), ("PCT/CN2019/123456", False), ("14/123,456", False),
    ],
)  # fmt: skip
def test_a_chinese_number_is_none_of_another_office(given, chinese):
    assert must_be_chinese(given) is chinese


@pytest.mark.parametrize(
    ("typed", "may_stand"),
    [
        ("202410123456.X", ["202410123456.X"]),
        ("202410123456x", ["202410123456x", "202410123456X", "202410123456.X"]),
        ("ZL 2024101234561", ["ZL 2024101234561", "2024101234561", "202410123456.1"]),
        ("CN202410123456.1", ["CN202410123456.1", "202410123456.1"]),
        ("4561", ["4561", "456.1"]),
        ("456", ["456"]),
        ("２０２４", ["２０２４", "2024", "202.4"]),
        ("PCT/CN2024/123456", ["PCT/CN2024/123456"]),
        ("CN", ["CN"]),
        ("", [""]),
    ],
)
def test_how_what_was_typed_may_stand_in_a_number(typed: str, may_stand: list[str]) -> None:
    assert written(typed) == may_stand
