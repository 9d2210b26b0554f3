"""Rows of the administrator's tables as rules, and what may not be saved among them."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.application_number import PatentType
from app.rules.deadline import BaseKind, ambiguities
from app.rules.errors import RuleError
from app.rules.period import Unit
from app.rules.reference import PatentScope
from app.services import records
from app.services.rulebook import deadline_rules_of, rates_of, reductions_of
from models.deadline import DeadlineRule
from tests.rules.fee_tables import TABLE

ALL = frozenset(PatentType)
RULE = {
    "code": "X-1", "name": "测试期限", "triggers": "999001", "action": "答复", "number": 2, "unit": Unit.MONTH,
    "base": BaseKind.DELIVERY,
}  # fmt: skip


def test_the_shipped_rates_say_what_the_reference_says(session: Session) -> None:
    def plain(rate):
        return replace(rate, source="", article="", formula="", patent_types=rate.patent_types or ALL)

    assert [plain(rate) for rate in rates_of(session)] == [plain(rate) for rate in TABLE.rates]


def test_the_shipped_reductions_reduce_what_the_reference_reduces(session: Session) -> None:
    ours, theirs = {rule.code: rule for rule in reductions_of(session)}, {rule.code: rule for rule in TABLE.reductions}
    assert ours.keys() == theirs.keys()
    days = (date(2009, 1, 1), date(2017, 5, 1), date(2020, 1, 1), date(2026, 1, 1))
    for code, rule in ours.items():
        for rate in TABLE.rates:
            for on in (day for day in days if rate.effective_from <= day <= rate.effective_to):
                assert rule.covers(rate, on) == theirs[code].covers(rate, on), (code, rate.code, on)


def test_no_two_shipped_rules_can_both_fire(session: Session) -> None:
    assert ambiguities(deadline_rules_of(session)) == []


def test_an_ambiguous_rule_is_refused_when_saved(session: Session) -> None:
    records.save(session, DeadlineRule, None, dict(RULE))
    with pytest.raises(RuleError, match="X-1") as refused:
        records.save(session, DeadlineRule, None, RULE | {"code": "X-2", "triggers": "999002, 999001"})
    assert (refused.value.field, refused.value.code) == ("triggers", "conflict")
    apart = (
        {"patent_scope": PatentScope.DESIGN},
        {"effective_from": date(2026, 1, 1)},
        {"action": "缴费"},
        {"enabled": False},
    )
    first = session.execute(select(DeadlineRule).where(DeadlineRule.code == "X-1")).scalar_one()
    records.save(
        session, DeadlineRule, first.id, {"patent_scope": PatentScope.INVENTION, "effective_to": date(2025, 12, 31)}
    )
    for number, change in enumerate(apart, start=2):
        records.save(
            session, DeadlineRule, None, RULE | {"code": f"X-{number}", "patent_scope": PatentScope.INVENTION} | change
        )


def test_a_rule_may_be_saved_again_as_it_is(session: Session) -> None:
    rule = records.save(session, DeadlineRule, None, dict(RULE))
    assert records.save(session, DeadlineRule, rule.id, {"remark": "核对无误"}).remark == "核对无误"


def test_switching_a_rule_on_again_is_checked_too(session: Session) -> None:
    off = records.save(session, DeadlineRule, None, RULE | {"enabled": False})
    records.save(session, DeadlineRule, None, RULE | {"code": "X-2"})
    with pytest.raises(RuleError):
        records.save(session, DeadlineRule, off.id, {"enabled": True})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit": None}, "unit"),
        ({"base": None}, "base"),
        ({"number": -1}, "number"),
        ({"later_number": 15}, "later_unit"),
        ({"effective_from": date(2026, 1, 1), "effective_to": date(2025, 1, 1)}, "effective_to"),
    ],
)
def test_half_a_period_and_a_reversed_span_are_refused(session: Session, change: dict, field: str) -> None:
    with pytest.raises(RuleError) as refused:
        records.save(session, DeadlineRule, None, RULE | change)
    assert refused.value.field == field


def test_a_time_limit_that_nothing_sets_off_is_chosen_by_hand(session: Session) -> None:
    records.save(session, DeadlineRule, None, RULE | {"triggers": None})
    rule = next(rule for rule in deadline_rules_of(session) if rule.code == "X-1")
    assert rule.triggers == {"X-1"}
