"""The calculators as the command line, programs and pages use them."""

import csv
import io
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.rules.calendar import DayKind
from app.rules.errors import RuleError
from app.services import calculator
from app.services.calendar import DayChange, set_days
from app.services.rulebook import deadline_rules_of, fee_table_of

GOLDEN = Path(__file__).parent.parent / "golden"
GIVEN = {
    "deadline": ("case_id", "notice", "base_kind", "doc_date", "channel", "period", "unit"),
    "annuity": (
        "case_id",
        "route",
        "patent_type",
        "filing_date",
        "grant_date",
        "fee_reduction_pct",
        "annuity_year",
        "payment_date",
        "already_paid",
    ),
}


def golden(kind: str) -> list[dict[str, str]]:
    with (GOLDEN / f"{kind}_cases.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def through(session: Session, kind: str, text: str) -> list[dict[str, str]]:
    """What the command writes for what it reads."""
    out = io.StringIO()
    calculator.calculate(session, kind, io.StringIO(text, newline=""), out)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


def as_csv(rows: list[dict[str, str]], names: tuple[str, ...]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["deadline", "annuity"])
def test_every_golden_case_of_high_confidence_holds(session: Session, kind: str) -> None:
    wanted = [case for case in golden(kind) if case["confidence"] == "high"]
    assert len(wanted) == {"deadline": 94, "annuity": 67}[kind]
    got = through(session, kind, as_csv(wanted, GIVEN[kind]))
    names = (*GIVEN[kind], *calculator.COLUMNS[kind])
    assert [{n: row[n] for n in names} for row in got] == [{n: row[n] for n in names} for row in wanted]


@pytest.mark.parametrize("kind", ["deadline", "annuity"])
def test_cases_of_less_confidence_hold_as_the_guidelines_are_read(session: Session, kind: str) -> None:
    wanted = [case for case in golden(kind) if case["confidence"] != "high"]
    got = through(session, kind, as_csv(wanted, GIVEN[kind]))
    assert [[row[n] for n in calculator.COLUMNS[kind]] for row in got] == [
        [row[n] for n in calculator.COLUMNS[kind]] for row in wanted
    ]


@pytest.mark.parametrize("kind", ["deadline", "annuity"])
def test_the_reference_file_itself_comes_back_with_basis_and_error_added(session: Session, kind: str) -> None:
    text = (GOLDEN / f"{kind}_cases.csv").read_text(encoding="utf-8")
    out = io.StringIO()
    calculator.calculate(session, kind, io.StringIO("\ufeff" + text, newline=""), out)
    head, *rows = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    given = list(csv.reader(io.StringIO(text, newline="")))
    assert head == [*given[0], "basis", "error"]
    assert [row[:-2] for row in rows] == given[1:]
    assert all(bool(row[-2]) != bool(row[-1]) for row in rows)


def test_the_basis_is_told_in_chinese_with_its_articles(session: Session) -> None:
    (row,) = through(session, "deadline", "base_kind,doc_date,channel,period,unit\n发文日,2026-08-20,电子,4,月\n")
    assert row["rolled_end_date"] == "2026-12-21"
    assert row["basis"].count("（细则第") == 3
    assert "2026-12-20 为周末" in row["basis"]
    assert row["error"] == ""


def test_bad_rows_come_back_with_their_error_and_the_rest_is_computed(session: Session) -> None:
    text = (
        "case_id,base_kind,doc_date,channel,period,unit,其他\n"
        "A,发文日,2025-02-30,电子,2,月,甲\n"
        "B, 发文日 ,2025/7/9,电子,2,月,乙\n"
        "C,发文日\n"
        "D,发文日,2025-07-09,电子,2,月,丁,戊\n"
    )
    bad, good, short, long = through(session, "deadline", text)
    assert "2025-02-30" in bad["error"]
    assert (bad["rolled_end_date"], bad["basis"], bad["其他"]) == ("", "", "甲")
    assert (good["error"], good["rolled_end_date"], good["base_kind"]) == ("", "2025-09-09", " 发文日 ")
    assert short["error"]
    assert short["其他"] == ""
    assert "表头" in long["error"]


def test_nothing_in_nothing_out(session: Session) -> None:
    assert through(session, "deadline", "") == []
    assert through(session, "annuity", "case_id\n\n") == []


def test_what_is_no_csv_is_refused_in_a_sentence(session: Session) -> None:
    latin = io.TextIOWrapper(io.BytesIO("case_id,备注\n1,中文\n".encode("gb18030")), encoding="utf-8")
    with pytest.raises(RuleError, match="UTF-8"):
        calculator.calculate(session, "deadline", latin, io.StringIO())
    with pytest.raises(RuleError):
        calculator.calculate(session, "weather", io.StringIO("a\n1\n"), io.StringIO())


def test_a_stated_year_of_grant_overrides_ours(session: Session) -> None:
    head = "route,patent_type,filing_date,grant_date,grant_patent_year,annuity_year,payment_date,fee_reduction_pct\n"
    own, stated = through(
        session,
        "annuity",
        head + "国内,发明,2020-05-10,2022-05-09,,4,2023-05-10,0\n国内,发明,2020-05-10,2022-05-09,3,4,2023-05-10,0\n",
    )
    assert (own["grant_patent_year"], stated["grant_patent_year"]) == ("2", "3")


def test_days_the_administrator_set_count(session: Session) -> None:
    row = "base_kind,doc_date,channel,period,unit\n申请日,2026-06-22,,1,日\n"
    assert through(session, "deadline", row)[0]["rolled_end_date"] == "2026-06-23"
    source = "国办发明电〔2026〕1号"
    set_days(session, [DayChange(date(2026, 6, 23), DayKind.STATUTORY_OFF, source=source)])
    (moved,) = through(session, "deadline", row)
    assert moved["rolled_end_date"] == "2026-06-24"
    assert source in moved["basis"]
    set_days(session, [DayChange(date(2026, 6, 24), DayKind.FIRM_HOLIDAY)])
    assert through(session, "deadline", row)[0]["rolled_end_date"] == "2026-06-24"


def test_application_numbers(session: Session) -> None:
    text = (
        "case_id,app_no,patent_type\n1,2014102705967,外观设计\n2,201410270596.8,\n"
        "3,PCT/CN2024/123456,\n4,ZL 2020 1 0566088.9,\n5,,\n"
    )
    clean, wrong, pct, spaced, empty = through(session, "application-number", text)
    assert (clean["normalized"], clean["patent_type"], clean["route"]) == ("201410270596.7", "发明", "国内申请")
    assert (clean["filing_year"], clean["check_digit"], clean["patent_number"]) == ("2014", "7", "ZL201410270596.7")
    assert "小数点" in clean["basis"]
    assert "201410270596.7" in wrong["suggestions"].split()
    assert wrong["error"]
    assert wrong["normalized"] == ""
    assert (pct["normalized"], pct["filing_year"], pct["error"]) == ("PCT/CN2024/123456", "2024", "")
    assert spaced["normalized"] == "202010566088.9"
    assert empty["error"]


def test_a_hundred_thousand_rows_are_a_matter_of_seconds(session: Session) -> None:
    rows = "".join(f"{n},发文日,2024-{n % 12 + 1:02}-{n % 28 + 1:02},电子,{n % 6 + 1},月\n" for n in range(5_000))
    source = io.StringIO("case_id,base_kind,doc_date,channel,period,unit\n" + rows, newline="")
    started, out = time.process_time(), io.StringIO()
    calculator.calculate(session, "deadline", source, out)
    assert out.getvalue().count("\n") == 5_001
    assert time.process_time() - started < 5  # a twentieth of the rows, and far more time than they need


def test_a_rule_of_the_table_with_its_internal_dates(session: Session) -> None:
    question = {
        "rule": "DR-OA1",
        "doc_date": "2026-08-20",
        "channel": "电子",
        "internal_days": "7",
        "remind_days": "30",
    }
    outcome = calculator.deadline(session, question)
    assert outcome.dates == {
        "hard_deadline": date(2026, 12, 21),
        "internal_deadline": date(2026, 12, 14),
        "remind_on": date(2026, 11, 20),
    }
    assert outcome.hard.steps[0].params["rule"] == "DR-OA1"
    longer = calculator.deadline(session, question | {"extension_months": "2"})
    assert longer.hard.value == date(2027, 2, 22)
    assert longer.hard.provisional


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"rule": "DR-NONE", "doc_date": "2026-08-20"}, "rule"),
        ({"rule": "DR-OA1", "doc_date": "2026-08-20"}, "channel"),
        ({"rule": "DR-OA1", "doc_date": "", "channel": "电子"}, "doc_date"),
        ({"rule": "DR-REG", "doc_date": "2026-08-20", "channel": "电子", "extension_months": "1"}, "months"),
        ({"rule": "DR-PRIO-ASSIGN", "doc_date": "2026-08-20"}, "priority_date"),
        ({"rule": "DR-OA1", "doc_date": "2026-08-20", "channel": "电子", "route": "MOON"}, "route"),
        (
            {
                "base_kind": "发文日",
                "doc_date": "2026-08-20",
                "channel": "电子",
                "period": "2",
                "unit": "月",
                "remind_days": "-1",
            },
            "remind_offset_days",
        ),
    ],
)
def test_a_question_that_cannot_be_answered_names_its_field(session: Session, question: dict, field: str) -> None:
    with pytest.raises(RuleError) as refused:
        calculator.deadline(session, question)
    assert refused.value.field == field


def test_evidence_and_extension_of_a_period_of_ones_own(session: Session) -> None:
    row = {"base_kind": "发文日", "doc_date": "2025-07-01", "channel": "邮寄", "period": "2", "unit": "月"}
    assert calculator.deadline(session, row).hard.value == date(2025, 9, 16)
    seen = calculator.deadline(session, row | {"received_on": "2025-07-04"})
    assert seen.hard.value == date(2025, 9, 4)
    assert "evidence" in [step.code for step in seen.hard.steps]
    assert calculator.deadline(session, row | {"extension_months": "1"}).hard.value == date(2025, 10, 16)


def test_the_life_of_a_patent(session: Session) -> None:
    row = {
        "route": "国内",
        "patent_type": "发明",
        "filing_date": "2015-05-10",
        "grant_date": "2018-03-02",
        "fee_reduction_pct": "85",
    }
    life = calculator.life(session, row, date(2026, 7, 1))
    assert [year.year for year in life.years] == list(range(4, 21))
    assert life.end.value == date(2035, 5, 9)
    assert life.chosen.year == 12
    assert life.waiting.today.total.value == Decimal("800.00")  # 600 and 5 % of 4000
    assert life.waiting.at_the_end.band_pct == 25
    assert calculator.life(session, row | {"annuity_year": "6"}, date(2026, 7, 1)).waiting.today is None


@pytest.mark.parametrize(
    ("code", "row", "total"),
    [
        ("CN-CLAIM-EXC", {"claims": "13"}, "450.00"),
        ("CN-INV-FILE", {"reduction_pct": "85"}, "135.00"),
        ("CN-INV-FILE", {}, "900.00"),
    ],
)
def test_what_one_fee_item_costs(session: Session, code: str, row: dict, total: str) -> None:
    rate = next(rate for rate in fee_table_of(session).rates if rate.code == code)
    line = calculator.fee(session, rate, {"patent_type": "发明", "on": "2026-01-05"} | row)
    assert str(line.payable.value) == total


def test_a_fee_item_that_does_not_apply_is_refused(session: Session) -> None:
    rate = next(rate for rate in fee_table_of(session).rates if rate.code == "CN-CLAIM-EXC")
    with pytest.raises(RuleError):
        calculator.fee(session, rate, {"patent_type": "发明", "on": "2026-01-05", "claims": "10"})
    with pytest.raises(RuleError):
        calculator.fee(session, rate, {"patent_type": "外观设计", "on": "2026-01-05", "claims": "13"})


def test_the_shipped_rules_are_all_read(session: Session) -> None:
    assert len(deadline_rules_of(session)) > 100
