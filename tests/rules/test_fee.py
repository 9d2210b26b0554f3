"""Official fees: what an event costs, what is reduced, what the tables mean."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.application_number import PatentType
from app.rules.deadline import Confidence
from app.rules.errors import RuleError
from app.rules.fee import GENERAL_STAGES, FeeBasis, FeeRate, FeeStage, FeeTable, ReductionRule
from app.rules.fee_quote import Entitlement, FeeFacts, charge, quote
from app.rules.fee_row import read_covered, read_rate, read_reduction
from tests.rules.fee_tables import FEES, REDUCTIONS, TABLE

INVENTION, UTILITY_MODEL, DESIGN = PatentType
TODAY = date(2026, 11, 20)
FILING = FeeFacts(INVENTION, TODAY, frozenset({FeeStage.APPLICATION}), claims=10, pages=30)
EXAMINATION = replace(FILING, stages=frozenset({FeeStage.EXAMINATION}))
RATES = {rate.code: rate for rate in TABLE.rates}


def payable(facts: FeeFacts) -> dict[str, Decimal | None]:
    return {line.rate.code: line.payable.value for line in quote(TABLE, facts)}


# --- what an event costs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (FILING, {"CN-INV-FILE": 900, "CN-PUB": 50}),
        (replace(FILING, patent_type=UTILITY_MODEL), {"CN-UM-FILE": 500}),
        (replace(FILING, patent_type=DESIGN, claims=0, pages=0), {"CN-DES-FILE": 500}),
        (
            replace(FILING, claims=12, pages=305, items=2),
            {
                "CN-INV-FILE": 900,
                "CN-CLAIM-EXC": 300,
                "CN-SPEC-31": 13500,
                "CN-SPEC-301": 500,
                "CN-PUB": 50,
                "CN-PRIO": 160,
            },
        ),
        (
            replace(FILING, claims=11, pages=31),
            {"CN-INV-FILE": 900, "CN-CLAIM-EXC": 150, "CN-SPEC-31": 50, "CN-PUB": 50},
        ),
        (replace(FILING, pages=300), {"CN-INV-FILE": 900, "CN-SPEC-31": 13500, "CN-PUB": 50}),
        (
            replace(FILING, claims=12, items=1, reduction_pct=85),
            {"CN-INV-FILE": 135, "CN-CLAIM-EXC": 300, "CN-PUB": 50, "CN-PRIO": 80},
        ),
        (replace(FILING, reduction_pct=70), {"CN-INV-FILE": 270, "CN-PUB": 50}),
        (EXAMINATION, {"CN-EXAM": 2500}),
        (replace(EXAMINATION, patent_type=UTILITY_MODEL), {}),
        (replace(EXAMINATION, reduction_pct=85), {"CN-EXAM": 375}),
        (replace(EXAMINATION, reduction_pct=70, on=date(2018, 9, 1)), {"CN-EXAM": 750}),
        (replace(EXAMINATION, reduction_pct=85, on=date(2018, 9, 1)), {"CN-EXAM": 375}),
        (replace(EXAMINATION, reduction_pct=85, on=date(2005, 9, 1)), {"CN-EXAM": 2500}),
        (replace(FILING, stages=frozenset({FeeStage.REEXAMINATION}), patent_type=DESIGN), {"CN-DES-REEX": 300}),
        (replace(FILING, stages=frozenset({FeeStage.RESTORATION}), reduction_pct=85), {"CN-RESTORE": 1000}),
        (
            replace(FILING, stages=frozenset({FeeStage.EXTENSION}), codes=frozenset({"CN-EXT-1"}), months=2),
            {"CN-EXT-1": 600},
        ),
        (replace(FILING, stages=frozenset({FeeStage.EXTENSION})), {}),
        (replace(FILING, stages=frozenset({FeeStage.OTHER})), {"CN-COPY": 30}),
        (
            replace(FILING, stages=frozenset({FeeStage.GRANT}), on=date(2018, 7, 31)),
            {"CN-INV-REG": 250, "CN-STAMP": 5},
        ),
        (replace(FILING, stages=frozenset({FeeStage.GRANT}), on=date(2022, 6, 30)), {"CN-STAMP": 5}),
        (replace(FILING, stages=frozenset({FeeStage.GRANT})), {}),
        (
            replace(FILING, stages=frozenset({FeeStage.ANNUITY}), year=3, grant_year=3, reduction_pct=85),
            {"CN-INV-ANN-1-3": 135},
        ),
        (replace(FILING, stages=frozenset({FeeStage.ANNUITY}), year=4), {"CN-INV-ANN-4-6": 1200}),
    ],
)
def test_an_event_costs(facts, expected):
    assert payable(facts) == expected
    for line in quote(TABLE, facts):
        assert line.payable.steps[-1].value in (line.payable.value, 0)
        assert all(step.message % step.params for step in line.payable.steps)


def test_a_line_tells_how_it_came_about():
    facts = replace(FILING, reduction_pct=85)
    application, printing = quote(TABLE, facts)
    assert (application.quantity, application.full, application.reduction_pct) == (1, 900, 85)
    assert [step.code for step in application.payable.steps] == ["rate", "reduction", "rounding"]
    assert application.payable.steps[1].article == "财税〔2019〕45号"
    assert (printing.full, printing.reduction_pct) == (50, 0)
    assert printing.payable.steps[-1].code == "no_reduction"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            replace(FILING, claims=12, entitled=(Entitlement("FR-PCT-FILE"),)),
            {"CN-INV-FILE": 0, "CN-CLAIM-EXC": 0, "CN-PUB": 50},
        ),
        (
            replace(FILING, on=date(2024, 7, 14), entitled=(Entitlement("FR-PCT-FILE"),)),
            {"CN-INV-FILE": 900, "CN-PUB": 50},
        ),
        (replace(EXAMINATION, entitled=(Entitlement("FR-PCT-EXAM"),)), {"CN-EXAM": 0}),
        (replace(EXAMINATION, entitled=(Entitlement("FR-PCT-EPJPSE"),)), {"CN-EXAM": 2000}),
        (replace(EXAMINATION, reduction_pct=70, entitled=(Entitlement("FR-PCT-EPJPSE"),)), {"CN-EXAM": 750}),
        (replace(EXAMINATION, entitled=(Entitlement("FR-PCT-EXAM", until=date(2026, 11, 19)),)), {"CN-EXAM": 2500}),
    ],
)
def test_of_general_and_special_reductions_the_best_counts(facts, expected):
    assert payable(facts) == expected


def test_a_fee_without_an_amount_is_listed_to_be_entered():
    facts = replace(FILING, stages=frozenset({FeeStage.PCT_INTERNATIONAL}), codes=frozenset({"PCT-IFF", "PCT-SEARCH"}))
    by_code = {line.rate.code: line for line in quote(TABLE, facts)}
    assert by_code["PCT-SEARCH"].payable.value == 2100
    assert (by_code["PCT-IFF"].full, by_code["PCT-IFF"].payable.value) == (None, None)
    assert by_code["PCT-IFF"].payable.steps[0].params["formula"] == "1330 CHF 折人民币"


def test_after_the_last_reduced_year_the_reason_is_told():
    annuity = replace(FILING, stages=frozenset({FeeStage.ANNUITY}), year=13, grant_year=3, reduction_pct=85)
    (line,) = quote(TABLE, annuity)
    assert (line.reduction_pct, line.payable.value) == (0, 6000)
    assert line.payable.steps[-1].params == {"first": 3, "last": 12}
    assert line.payable.steps[-1].article == "财税〔2019〕45号"


def test_a_reduction_nobody_knows_is_refused():
    with pytest.raises(RuleError, match="no fee reduction of 50 %") as refusal:
        quote(TABLE, replace(FILING, reduction_pct=50))
    assert refusal.value.field == "fee_reduction_pct"


def test_to_reduce_an_annuity_the_year_of_grant_is_needed():
    with pytest.raises(RuleError) as refusal:
        quote(TABLE, replace(FILING, stages=frozenset({FeeStage.ANNUITY}), year=4, reduction_pct=85))
    assert refusal.value.field == "grant_date"


@given(
    st.decimals(0, 100_000, places=2),
    st.integers(1, 500),
    st.integers(0, 100),
    st.integers(0, 100),
    st.booleans(),
)
def test_a_reduction_never_exceeds_the_fee(amount, quantity, general, special, reducible):
    rate = FeeRate("R", "r", FeeStage.APPLICATION, amount=amount, reducible=reducible)
    rules = (ReductionRule("G", "g", frozenset({general})), ReductionRule("S", "s", frozenset({special})))
    table = FeeTable((rate,), rules)
    percent, result = charge(
        table, rate, quantity, replace(FILING, reduction_pct=general, entitled=(Entitlement("S"),))
    )
    assert 0 <= result.value <= amount * quantity
    assert result.value == result.value.quantize(Decimal("0.01"))
    assert percent == (max(general, special) if reducible else 0)


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_more_pages_never_cost_less_and_each_page_is_charged_once(fewer, more):
    fewer, more = sorted((fewer, more))

    def pages(count: int) -> Decimal:
        lines = quote(TABLE, replace(FILING, pages=count, codes=frozenset({"CN-SPEC-31", "CN-SPEC-301"})))
        assert sum(line.quantity for line in lines) == max(0, count - 30)
        return sum((line.full for line in lines), Decimal(0))

    assert pages(fewer) <= pages(more)


# --- the tables -------------------------------------------------------------------------------------------------


def test_every_row_of_the_tables_is_read():
    assert len(TABLE.rates) == len(FEES) == 89
    assert [rule.code for rule in TABLE.reductions] == [
        row["rule_id"] for row in REDUCTIONS if row["reduction_pct"] not in ("", "0", "50(退费)")
    ]
    assert {stage for stage in FeeStage if not any(rate.stage is stage for rate in TABLE.rates)} == set()


@pytest.mark.parametrize("row", FEES, ids=[row["code"] for row in FEES])
def test_a_row_means_what_it_says(row):
    """Rows of medium and low confidence are read alike; their amounts are as uncertain as their source."""
    rate = RATES[row["code"]]
    assert str(rate.amount if rate.amount is not None else "") == row["amount_cny"]
    assert rate.reducible is (row["reducible"] == "Y")
    assert rate.confidence is Confidence[row["confidence"].upper()]
    assert rate.formula == row["amount_formula"]
    assert rate.applies(
        next(iter(rate.patent_types), INVENTION), max(rate.effective_from, date(2001, 3, 1)), rate.year_from
    )
    if row["effective_to"]:
        assert rate.effective_to.isoformat() == row["effective_to"]


def test_annual_fees_follow_each_other_without_gap_or_overlap():
    for patent_type, last in ((INVENTION, 20), (UTILITY_MODEL, 10), (DESIGN, 15)):
        amounts = [TABLE.rate_of_year(patent_type, year, TODAY).amount for year in range(1, last + 1)]
        assert amounts == sorted(amounts)
        with pytest.raises(RuleError, match="no annuity rate"):
            TABLE.rate_of_year(patent_type, last + 1, TODAY)


def test_two_rates_for_one_year_are_refused():
    table = replace(TABLE, rates=(*TABLE.rates, replace(RATES["CN-INV-ANN-1-3"], code="again")))
    with pytest.raises(RuleError, match="several annuity rates") as refusal:
        table.rate_of_year(INVENTION, 2, TODAY)
    assert refusal.value.code == "conflict"


def test_the_bands_of_the_surcharge():
    assert TABLE.bands(DESIGN, TODAY) == [(1, 0), (2, 5), (3, 10), (4, 15), (5, 20), (6, 25)]
    with pytest.raises(RuleError, match="no surcharge bands"):
        TABLE.bands(DESIGN, date(1999, 1, 1))


def test_units_are_read():
    assert (RATES["CN-CLAIM-EXC"].basis, RATES["CN-CLAIM-EXC"].units(12)) == (FeeBasis.CLAIM, 2)
    assert [RATES["CN-SPEC-31"].units(pages) for pages in (0, 30, 31, 300, 305)] == [0, 0, 1, 270, 270]
    assert RATES["CN-EXT-1"].basis is FeeBasis.MONTH
    assert (RATES["CN-ANN-LATE-0"].above, RATES["CN-ANN-LATE-25"].above) == (0, 5)
    assert RATES["CN-COPY"].basis is FeeBasis.COPY


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stage": "申诉"}, "stage"),
        ({"confidence": "sure"}, "confidence"),
        ({"amount_cny": "九百"}, "amount_cny"),
        ({"year_from": "first"}, "year_from"),
        ({"amount_formula": "5%×当年全额年费", "due_rule": "不明"}, "due_rule"),
    ],
)
def test_a_row_that_cannot_be_understood_is_refused(change, field):
    with pytest.raises(RuleError) as refusal:
        read_rate({**FEES[0], **change})
    assert refusal.value.field == field


def test_reductions_are_read():
    rules = {rule.code: rule for rule in TABLE.reductions}
    assert rules["FR-2016-85"].annuity_years == 6
    assert rules["FR-2018-10Y"].percents == {85, 70}
    assert rules["FR-2018-10Y"].stages == {FeeStage.ANNUITY}
    assert rules["FR-2006-OLD"].percents == {85, 70}
    assert rules["FR-OPENLIC"].annuity_years is None
    assert rules["FR-PCT-FILE"].covers_excess
    assert read_covered("申请费(不含公布印刷费); 实审费") == ({FeeStage.APPLICATION, FeeStage.EXAMINATION}, False)
    assert read_covered("同上") == (GENERAL_STAGES, False)
    assert read_reduction(next(row for row in REDUCTIONS if row["rule_id"] == "FR-NOT")) is None
