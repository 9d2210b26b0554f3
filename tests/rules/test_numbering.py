"""The firm's own numbers: composed as configured, refused where a piece makes no sense."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.application_number import PatentType
from app.rules.case import CaseType, FilingDirection, FilingMethod
from app.rules.errors import RuleError, RuleErrors
from app.rules.numbering import (
    Segment,
    SegmentKind,
    SymbolValue,
    compose,
    preview,
    symbol_value,
    validate_scheme,
    validate_segment,
    validate_text,
)

TODAY = date(2015, 1, 23)
SYMBOLS = {
    SymbolValue.PATENT_TYPE_INVENTION: "F",
    SymbolValue.PATENT_TYPE_UTILITY_MODEL: "X",
    SymbolValue.FILING_METHOD_ELECTRONIC: "D",
    SymbolValue.CASE_TYPE_ORDINARY: "P",
    SymbolValue.DIRECTION_OUTBOUND: "O",
}
FACTS = {
    SegmentKind.PATENT_TYPE: PatentType.INVENTION,
    SegmentKind.FILING_METHOD: FilingMethod.ELECTRONIC,
    SegmentKind.CASE_TYPE: CaseType.ORDINARY,
    SegmentKind.DIRECTION: FilingDirection.OUTBOUND,
}
TYPE = Segment(SegmentKind.PATENT_TYPE, 1)
YEAR = Segment(SegmentKind.DATE, 2, length=4, start=0)
MONTH = Segment(SegmentKind.DATE, 3, length=2, start=4)
DASH = Segment(SegmentKind.FIXED, 4, fixed_value="-")
SERIAL = Segment(SegmentKind.SERIAL, 5, length=4)


@pytest.mark.parametrize(
    ("segments", "number"),
    [
        ([TYPE, YEAR, MONTH, DASH, SERIAL], "F201501-0001"),
        ([SERIAL, DASH, MONTH, YEAR, TYPE], "F201501-0001"),
        ([Segment(SegmentKind.SERIAL, 0, length=6), YEAR], "0000012015"),
        ([Segment(SegmentKind.DATE, 1, length=8, start=0), SERIAL], "201501230001"),
        ([Segment(SegmentKind.DATE, 1, length=2, start=6), SERIAL], "230001"),
        (
            [
                Segment(SegmentKind.DIRECTION, 1),
                Segment(SegmentKind.FILING_METHOD, 2),
                Segment(SegmentKind.CASE_TYPE, 3),
                SERIAL,
            ],
            "ODP0001",
        ),
    ],
)
def test_pieces_are_joined_in_their_order(segments, number):
    validate_scheme(segments)
    assert compose(segments, FACTS, SYMBOLS, TODAY, 1) == number


@given(st.integers(1, 12), st.integers(1, 10**13))
def test_serials_are_filled_to_their_length_and_never_cut(length, serial):
    number = compose([Segment(SegmentKind.SERIAL, 1, length=length)], {}, {}, TODAY, serial)
    assert int(number) == serial
    assert len(number) == max(length, len(str(serial)))


@given(st.lists(st.integers(1, 10**6), unique=True, min_size=2))
def test_different_serials_give_different_numbers(serials):
    numbers = {compose([TYPE, YEAR, DASH, SERIAL], FACTS, SYMBOLS, TODAY, serial) for serial in serials}
    assert len(numbers) == len(serials)


@pytest.mark.parametrize("text", ["案", "a案", "，", *"\"'\\;:<>?/,", "a b", "a\n", "é", "", None])
def test_forbidden_characters_are_refused(text):
    with pytest.raises(RuleError) as refusal:
        validate_text(text, "fixed_value")
    assert refusal.value.field == "fixed_value"


@pytest.mark.parametrize("text", ["-", "_", "PD", "A1.b", "(x)", "#"])
def test_other_characters_are_taken(text):
    validate_text(text, "fixed_value")
    validate_segment(Segment(SegmentKind.FIXED, 1, fixed_value=text))


@pytest.mark.parametrize(
    ("segment", "field"),
    [
        (Segment(SegmentKind.FIXED, 1), "fixed_value"),
        (Segment(SegmentKind.FIXED, 1, fixed_value="甲"), "fixed_value"),
        (Segment(SegmentKind.FIXED, -1, fixed_value="A"), "position"),
        (Segment(SegmentKind.FIXED, None, fixed_value="A"), "position"),
        (Segment(SegmentKind.SERIAL, 1), "length"),
        (Segment(SegmentKind.SERIAL, 1, length=0), "length"),
        (Segment(SegmentKind.SERIAL, 1, length=13), "length"),
        (Segment(SegmentKind.DATE, 1, length=4), "start"),
        (Segment(SegmentKind.DATE, 1, length=1, start=8), "start"),
        (Segment(SegmentKind.DATE, 1, length=1, start=-1), "start"),
        (Segment(SegmentKind.DATE, 1, start=0), "length"),
        (Segment(SegmentKind.DATE, 1, length=3, start=6), "length"),
    ],
)
def test_a_piece_that_makes_no_sense_is_refused(segment, field):
    with pytest.raises(RuleError) as refusal:
        validate_segment(segment)
    assert refusal.value.field == field
    with pytest.raises(RuleErrors) as refusals:
        validate_scheme([segment, Segment(SegmentKind.SERIAL, 9, length=4)])
    assert field in [error.field for error in refusals.value.errors]


@pytest.mark.parametrize(
    ("segments", "fields"),
    [
        ([], ["kind"]),
        ([YEAR], ["kind"]),
        ([SERIAL, Segment(SegmentKind.SERIAL, 6, length=3)], ["kind"]),
        ([SERIAL, Segment(SegmentKind.FIXED, 5, fixed_value="A")], ["position"]),
        ([Segment(SegmentKind.FIXED, 1, fixed_value="?"), YEAR], ["fixed_value", "kind"]),
    ],
)
def test_a_rule_needs_one_serial_and_an_order(segments, fields):
    with pytest.raises(RuleErrors) as refusals:
        validate_scheme(segments)
    assert [error.field for error in refusals.value.errors] == fields


def test_a_missing_value_or_symbol_is_told():
    with pytest.raises(RuleError, match="needs a value") as refusal:
        compose([TYPE, SERIAL], {}, SYMBOLS, TODAY, 1)
    assert (refusal.value.field, refusal.value.code) == ("patent_type", "conflict")
    with pytest.raises(RuleError, match="has no symbol"):
        compose([TYPE, SERIAL], {SegmentKind.PATENT_TYPE: PatentType.DESIGN}, SYMBOLS, TODAY, 1)


def test_the_preview_shows_every_patent_type_with_a_symbol():
    assert preview([TYPE, YEAR, SERIAL], SYMBOLS, TODAY, 12) == [
        (PatentType.INVENTION, "F20150012"),
        (PatentType.UTILITY_MODEL, "X20150012"),
    ]
    assert preview([YEAR, SERIAL], SYMBOLS, TODAY, 12) == [(None, "20150012")]
    with pytest.raises(RuleErrors):
        preview([YEAR], SYMBOLS, TODAY, 12)
    with pytest.raises(RuleError, match="Invention” has no symbol"):
        preview([TYPE, SERIAL], {}, TODAY, 12)


def test_every_value_that_may_stand_in_a_number_can_have_a_symbol():
    values = [*PatentType, *FilingMethod, *CaseType, *FilingDirection]
    assert {symbol_value(value) for value in values} == set(SymbolValue)
    assert all(symbol_value(value).label == value.label for value in values)
