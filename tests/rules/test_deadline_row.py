"""Rows of the deadline calculator: the golden cases, and rows as people write them."""

import csv
from pathlib import Path

import pytest

from app.rules.calendar import Calendar
from app.rules.deadline_row import calculate_row, parse_channel, parse_period
from app.rules.delivery import Channel
from app.rules.period import Unit

PLAIN = Calendar()
GOLDEN = Path(__file__).parent.parent / "golden" / "deadline_cases.csv"
with GOLDEN.open(encoding="utf-8-sig", newline="") as file:
    CASES = list(csv.DictReader(file))
GIVEN = ("case_id", "notice", "base_kind", "doc_date", "channel", "period", "unit")
COMPUTED = ("presumed_receipt_date", "raw_end_date", "rolled_end_date", "rolled", "makeup_day_sensitive")


def test_the_golden_cases_are_there():
    assert len(CASES) == 110
    assert sum(case["confidence"] == "high" for case in CASES) == 94


@pytest.mark.parametrize("case", CASES, ids=[f"{case['case_id']}-{case['confidence']}" for case in CASES])
def test_golden_case(case):
    """Those of less than high confidence hold too: they all turn on make-up days, read as the Guidelines do."""
    row = calculate_row({name: case[name] for name in GIVEN}, PLAIN)
    assert row.error is None
    assert {name: row.columns[name] for name in GIVEN + COMPUTED} == {name: case[name] for name in GIVEN + COMPUTED}
    assert str(row.steps[-1].value) == case["rolled_end_date"]
    assert all(step.message % step.params for step in row.steps)


ROW = {"case_id": "A", "base_kind": "发文日", "doc_date": "2025-07-09", "channel": "电子", "period": "2", "unit": "月"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"doc_date": "2025-02-30"}, "doc_date"),
        ({"doc_date": ""}, "doc_date"),
        ({"base_kind": "发文曰"}, "base_kind"),
        ({"base_kind": ""}, "base_kind"),
        ({"channel": "传真"}, "channel"),
        ({"channel": "—"}, "channel"),
        ({"base_kind": "公告日", "channel": "邮寄"}, "channel"),
        ({"period": "二"}, "period"),
        ({"period": "1.5"}, "period"),
        ({"period": "-2"}, "number"),
        ({"period": "99999"}, "number"),
        ({"unit": "周"}, "unit"),
    ],
)
def test_a_bad_row_comes_back_with_its_error(change, field):
    row = calculate_row(ROW | change, PLAIN)
    assert row.error.field == field
    assert row.columns == ROW | change | dict.fromkeys(COMPUTED, "")
    assert row.steps == ()


def test_missing_columns_are_an_error_not_a_crash():
    assert calculate_row({"case_id": "A"}, PLAIN).error is not None


@pytest.mark.parametrize(
    "change",
    [
        {"doc_date": "2025/7/9", "period": "２", "unit": "个月", "channel": "ELECTRONIC"},
        {"doc_date": "20250709", "unit": "month", "channel": " 电子 "},
        {"rolled_end_date": "1999-01-01"},
    ],
)
def test_rows_are_read_as_people_write_them(change):
    row = calculate_row(ROW | change, PLAIN)
    assert row.error is None
    assert row.columns["rolled_end_date"] == "2025-09-09"


@pytest.mark.parametrize(
    ("kind", "channel", "end"),
    [
        ("发文日", "邮寄", "2023-05-16"),
        ("发文日", "直接送交", "2023-05-04"),  # 2023-05-01 is Labour Day
        ("交付日", "—", "2023-05-04"),
        ("公告日", "—", "2023-06-01"),
        ("申请日", "", "2023-05-04"),
        ("送达日", "邮寄", "2023-05-04"),
    ],
)
def test_the_kind_of_day_decides_about_delivery(kind, channel, end):
    row = calculate_row(ROW | {"base_kind": kind, "channel": channel, "doc_date": "2023-03-01"}, PLAIN)
    assert row.error is None
    assert row.columns["rolled_end_date"] == end


def test_a_row_in_a_year_to_come_is_provisional():
    assert calculate_row(ROW | {"doc_date": "2026-12-01"}, PLAIN).provisional


def test_words_of_a_period():
    assert parse_period("15", "日") == (15, Unit.DAY)
    assert parse_period(3, "年") == (3, Unit.YEAR)
    assert parse_channel("公告送达") is Channel.PUBLIC_NOTICE
    assert parse_channel(None) is None
