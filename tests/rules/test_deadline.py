"""Deadline rules: dates and their reasons, selection, ambiguity, the law before and after, coverage."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.application_number import PatentType, Route
from app.rules.calendar import Calendar
from app.rules.deadline import (
    BaseKind,
    Comparison,
    Confidence,
    Coverage,
    DeadlineRule,
    Event,
    Term,
    ambiguities,
    check_unambiguous,
    compare_law,
    compute,
    coverage,
    select,
)
from app.rules.delivery import Channel
from app.rules.errors import RuleError
from app.rules.period import Unit

PLAIN = Calendar()
quick = settings(max_examples=80, deadline=None)


# --- rules ------------------------------------------------------------------------------------------------------

OFFICE_ACTION = DeadlineRule(
    "OA1", "答复一通", frozenset({"210401", "210402"}), "答复", Term(4, Unit.MONTH, BaseKind.DELIVERY), extendable=True,
    patent_types=frozenset({PatentType.INVENTION}), article="专利法37条",
)  # fmt: skip
APPLICATION_FEE = DeadlineRule(
    "APPFEE", "缴纳申请费", frozenset({"200101"}), "缴申请费", Term(2, Unit.MONTH, BaseKind.FILING),
    Term(15, Unit.DAY, BaseKind.DELIVERY), article="细则112条",
)  # fmt: skip
COPY = DeadlineRule(
    "COPY", "提交副本", frozenset({"FILED"}), "提交副本", Term(16, Unit.MONTH, BaseKind.PRIORITY),
    patent_types=frozenset({PatentType.INVENTION, PatentType.UTILITY_MODEL}), effective_from=date(2021, 6, 1),
)  # fmt: skip
COPY_OLD = replace(
    COPY, code="COPY-OLD", term=Term(3, Unit.MONTH, BaseKind.FILING), effective_from=date(2009, 10, 1),
    effective_to=date(2021, 5, 31),
)  # fmt: skip
COPY_DESIGN = replace(
    COPY_OLD, code="COPY-D", patent_types=frozenset({PatentType.DESIGN}), effective_to=date.max,
)  # fmt: skip
ENTRY = DeadlineRule(
    "NP", "进入国家阶段", frozenset({"FILED"}), "进入", Term(30, Unit.MONTH, BaseKind.PRIORITY_OR_FILING),
    routes=frozenset({Route.PCT_NATIONAL}),
)  # fmt: skip
BY_HAND = DeadlineRule("HAND", "撤回申请", frozenset({"FILED"}), "撤回", None)
RULES = [OFFICE_ACTION, APPLICATION_FEE, COPY, COPY_OLD, COPY_DESIGN, ENTRY, BY_HAND]

NOTICE = Event("210401", date(2024, 3, 5), Channel.ELECTRONIC, patent_type=PatentType.INVENTION, route=Route.DOMESTIC)
FILED = Event(
    "FILED", date(2025, 5, 29), patent_type=PatentType.INVENTION, route=Route.DOMESTIC, filing_date=date(2025, 5, 29),
    priority_date=date(2024, 6, 6),
)  # fmt: skip


def codes(explained):
    return [step.code for step in explained.steps]


def test_compute_explains_every_step():
    end = compute(OFFICE_ACTION, replace(NOTICE, happened_on=date(2023, 3, 1)), PLAIN)
    assert end.value == date(2023, 7, 17)
    assert codes(end) == ["rule", "delivery", "period", "roll"]
    assert [step.value for step in end.steps[1:]] == [date(2023, 3, 16), date(2023, 7, 16), date(2023, 7, 17)]
    assert end.steps[0].article == "专利法37条"
    assert "OA1" in end.steps[0].message % end.steps[0].params


def test_evidence_of_receipt_moves_the_deadline():
    end = compute(OFFICE_ACTION, replace(NOTICE, channel=Channel.POST, delivered_on=date(2024, 3, 8)), PLAIN)
    assert end.value == date(2024, 7, 8)
    assert codes(end) == ["rule", "delivery", "evidence", "period"]


@pytest.mark.parametrize(
    ("dispatched", "filed", "end"),
    [
        (date(2025, 7, 1), date(2025, 6, 10), date(2025, 8, 11)),  # two months from filing, a Sunday
        (date(2025, 9, 18), date(2025, 7, 1), date(2025, 10, 9)),  # 15 days from receipt, rolled over National Day
    ],
)
def test_of_two_periods_the_later_end_counts(dispatched, filed, end):
    event = Event("200101", dispatched, Channel.ELECTRONIC, filing_date=filed)
    found = compute(APPLICATION_FEE, event, PLAIN)
    assert found.value == end
    assert codes(found).count("period") == 2
    assert found.steps[-1].code == "later"
    assert found.steps[-1].value == end


def test_a_second_period_without_its_day_is_left_out():
    rule = replace(COPY, later_term=Term(4, Unit.MONTH, BaseKind.FILING))
    assert compute(rule, FILED, PLAIN).value == date(2025, 10, 9)
    assert "later" in codes(compute(rule, FILED, PLAIN))
    assert "later" not in codes(compute(rule, replace(FILED, filing_date=None), PLAIN))


def test_either_period_may_make_the_date_provisional():
    rule = replace(APPLICATION_FEE, later_term=Term(1, Unit.DAY, BaseKind.FILING))
    event = Event("200101", date(2026, 11, 20), filing_date=date(2026, 11, 20))
    assert compute(rule, event, PLAIN).provisional
    swapped = replace(rule, term=rule.later_term, later_term=rule.term)
    assert compute(swapped, event, PLAIN).provisional
    assert not compute(rule, event, Calendar(announced={2027})).provisional


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        (BaseKind.DISPATCH, date(2025, 5, 29)),
        (BaseKind.EVENT, date(2025, 5, 29)),
        (BaseKind.FILING, date(2025, 1, 6)),
        (BaseKind.PRIORITY, date(2024, 1, 8)),
        (BaseKind.PRIORITY_OR_FILING, date(2024, 1, 8)),
        (BaseKind.GRANT, date(2025, 3, 4)),
        (BaseKind.PUBLICATION, date(2025, 3, 5)),
        (BaseKind.ENTRY, date(2025, 3, 6)),
    ],
)
def test_every_kind_of_day(kind, day):
    event = Event(
        "X", date(2025, 5, 29), filing_date=date(2025, 1, 6), priority_date=date(2024, 1, 8),
        grant_date=date(2025, 3, 4), publication_date=date(2025, 3, 5), entry_date=date(2025, 3, 6),
    )  # fmt: skip
    found = compute(DeadlineRule("R", "R", frozenset({"X"}), "a", Term(0, Unit.DAY, kind)), event, PLAIN)
    assert (found.value, found.steps[1].code, found.steps[1].params["kind"]) == (day, "base", kind)


def test_without_priority_the_filing_date_counts():
    event = replace(FILED, priority_date=None)
    assert event.base(BaseKind.PRIORITY_OR_FILING) == event.filing_date


@pytest.mark.parametrize(
    ("rule", "event", "field"),
    [
        (BY_HAND, FILED, "number"),
        (COPY, replace(FILED, priority_date=None), "base"),
        (OFFICE_ACTION, replace(NOTICE, channel=None), "channel"),
    ],
)
def test_what_cannot_be_computed_is_refused(rule, event, field):
    with pytest.raises(RuleError) as refused:
        compute(rule, event, PLAIN)
    assert refused.value.field == field


@pytest.mark.parametrize("confidence", Confidence)
def test_a_doubtful_source_is_told(confidence):
    end = compute(replace(OFFICE_ACTION, confidence=confidence), NOTICE, PLAIN)
    assert ("confidence" in codes(end)) is (confidence is not Confidence.HIGH)


def test_only_delivery_makes_a_rule_depend_on_the_channel():
    sensitive = {rule.code for rule in RULES if rule.channel_sensitive}
    assert sensitive == {"OA1", "APPFEE"}


@pytest.mark.parametrize(
    ("change", "field"),
    [({"triggers": frozenset()}, "triggers"), ({"effective_to": date(2021, 5, 31)}, "effective_to")],
)
def test_a_senseless_rule_is_refused(change, field):
    with pytest.raises(RuleError) as refused:
        replace(COPY, **change)
    assert refused.value.field == field


def test_a_rule_may_hold_for_one_day():
    assert replace(COPY, effective_to=date(2021, 6, 1)).effective_to == date(2021, 6, 1)


# --- selection --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (NOTICE, {"OA1": None, "APPFEE": "trigger", "COPY": "trigger"}),
        (replace(NOTICE, patent_type=PatentType.DESIGN), {"OA1": "patent_type"}),
        (replace(NOTICE, patent_type=None), {"OA1": "patent_type"}),
        (FILED, {"COPY": None, "COPY-OLD": "span", "COPY-D": "patent_type", "NP": "route", "HAND": "period"}),
        (replace(FILED, route=Route.PCT_NATIONAL), {"NP": None}),
        (replace(FILED, priority_date=None), {"COPY": "base"}),
        (replace(FILED, happened_on=date(2021, 5, 31)), {"COPY": "span", "COPY-OLD": None}),
        (replace(FILED, happened_on=date(2021, 6, 1)), {"COPY": None, "COPY-OLD": "span"}),
        (replace(FILED, law_on=date(2020, 1, 1)), {"COPY": "span", "COPY-OLD": None}),
        (replace(FILED, happened_on=date(2009, 9, 30)), {"COPY-OLD": "span"}),
        (replace(FILED, patent_type=PatentType.DESIGN), {"COPY": "patent_type", "COPY-D": None}),
    ],
)
def test_select_tells_what_fired_and_what_failed(event, expected):
    chosen = {selection.rule.code: selection for selection in select(RULES, event)}
    assert list(chosen) == [rule.code for rule in RULES]
    for code, failed in expected.items():
        assert chosen[code].fired is (failed is None)
        assert (chosen[code].failed.code if chosen[code].failed else None) == failed
    assert all(one.failed.message % one.failed.params for one in chosen.values() if one.failed)


def test_a_failed_condition_names_what_was_expected():
    failed = {one.rule.code: one.failed for one in select(RULES, replace(NOTICE, patent_type=PatentType.DESIGN))}
    assert failed["OA1"].params == {"expected": (PatentType.INVENTION,)}
    assert failed["COPY"].params == {"expected": ("FILED",), "actual": "210401"}
    failed = {one.rule.code: one.failed for one in select(RULES, replace(FILED, happened_on=date(2005, 1, 1)))}
    assert failed["COPY-OLD"].params == {"day": date(2009, 10, 1)}
    failed = {one.rule.code: one.failed for one in select(RULES, FILED)}
    assert failed["COPY-OLD"].params == {"day": date(2021, 5, 31)}
    assert failed["COPY-D"].params == {"expected": (PatentType.DESIGN,)}


# --- ambiguity --------------------------------------------------------------------------------------------------


def test_rules_apart_by_type_route_or_span_are_unambiguous():
    assert ambiguities(RULES) == []


@pytest.mark.parametrize(
    ("change", "collides"),
    [
        ({}, True),
        ({"action": "其他"}, False),
        ({"triggers": frozenset({"210402", "X"})}, True),
        ({"triggers": frozenset({"X"})}, False),
        ({"patent_types": frozenset()}, True),
        ({"patent_types": frozenset({PatentType.DESIGN})}, False),
        ({"routes": frozenset({Route.HAGUE})}, True),  # the other is for all routes
        ({"effective_from": date(2024, 1, 21)}, False),
        ({"effective_from": date(2024, 1, 20)}, True),  # one day in common
        ({"term": None}, False),  # sets no date of itself
    ],
)
def test_a_new_rule_that_could_fire_beside_another_is_refused(change, collides):
    existing = replace(OFFICE_ACTION, effective_to=date(2024, 1, 20))
    new = replace(OFFICE_ACTION, code="NEW", **change)
    assert ambiguities([existing, APPLICATION_FEE, new]) == ([(existing, new)] if collides else [])
    assert bool(ambiguities([new, existing])) is collides
    if not collides:
        check_unambiguous(new, [existing, APPLICATION_FEE])
        return
    with pytest.raises(RuleError) as refused:
        check_unambiguous(new, [APPLICATION_FEE, existing])
    assert refused.value.code == "conflict"
    assert refused.value.params == {"rule": "NEW", "other": "OA1"}


def test_two_routes_keep_rules_apart():
    domestic = replace(OFFICE_ACTION, code="D", routes=frozenset({Route.DOMESTIC}))
    entered = replace(OFFICE_ACTION, code="N", routes=frozenset({Route.PCT_NATIONAL}))
    assert ambiguities([domestic, entered]) == []


TYPES = st.frozensets(st.sampled_from(PatentType))
ROUTES = st.frozensets(st.sampled_from(Route), max_size=2)
SPAN_DAYS = st.dates(date(2020, 1, 1), date(2020, 1, 6))


@st.composite
def rules(draw, code):
    span = sorted((draw(SPAN_DAYS), draw(SPAN_DAYS)))
    triggers = draw(st.frozensets(st.sampled_from("AB"), min_size=1))
    term = Term(1, Unit.MONTH, BaseKind.EVENT)
    return DeadlineRule(code, code, triggers, "act", term, None, draw(TYPES), draw(ROUTES), *span)


@given(rules("1"), rules("2"))
@quick
def test_ambiguity_means_that_some_event_fires_both(first, second):
    events = [
        Event(trigger, date(2020, 1, day), patent_type=patent_type, route=route)
        for trigger in "AB"
        for day in range(1, 7)
        for patent_type in PatentType
        for route in Route
    ]
    both = any(all(one.fired for one in select([first, second], event)) for event in events)
    assert bool(ambiguities([first, second])) is both


# --- the law before and after, coverage ----------------------------------------------------------------------------


def test_the_law_of_two_days_side_by_side():
    (found,) = compare_law(RULES, NOTICE, date(2024, 1, 19), date(2024, 1, 20), PLAIN)
    assert (found.action, found.before.value, found.after.value) == ("答复", date(2024, 7, 22), date(2024, 7, 5))
    (copy,) = compare_law(RULES, FILED, date(2021, 5, 31), date(2021, 6, 1), PLAIN)
    assert (copy.before.value, copy.after.value) == (date(2025, 8, 29), date(2025, 10, 9))


def test_an_action_only_one_law_knows():
    (found,) = compare_law([COPY], FILED, date(2021, 5, 31), date(2021, 6, 1), PLAIN)
    assert found == Comparison("提交副本", None, compute(COPY, FILED, PLAIN))


def test_coverage_matrix():
    double = replace(OFFICE_ACTION, code="OA1-B", triggers=frozenset({"210402"}))
    kinds = [(PatentType.INVENTION, Route.DOMESTIC), (PatentType.DESIGN, Route.DOMESTIC)]
    matrix = coverage([*RULES, double], ["210401", "210402", "200602"], iter(kinds), date(2025, 1, 1))
    assert {place: cell.outcome for place, cell in matrix.items()} == {
        ("210401", *kinds[0]): Coverage.FIRES,
        ("210401", *kinds[1]): Coverage.NONE,
        ("210402", *kinds[0]): Coverage.AMBIGUOUS,
        ("210402", *kinds[1]): Coverage.NONE,
        ("200602", *kinds[0]): Coverage.NONE,
        ("200602", *kinds[1]): Coverage.NONE,
    }
    assert [rule.code for rule in matrix["210402", *kinds[0]].rules] == ["OA1", "OA1-B"]


def test_coverage_takes_every_day_of_the_case_as_known_and_the_law_of_the_day():
    kind = (PatentType.INVENTION, Route.PCT_NATIONAL)
    every = [replace(ENTRY, code=base.code, action=base.code, term=Term(1, Unit.DAY, base)) for base in BaseKind]
    assert len(coverage(every, ["FILED"], [kind], date(2025, 1, 1))["FILED", *kind].rules) == len(BaseKind)
    cell = coverage([COPY, COPY_OLD], ["FILED"], [kind], date(2020, 1, 1))["FILED", *kind]
    assert cell.rules == (COPY_OLD,)


# --- properties -------------------------------------------------------------------------------------------------

DAYS = st.dates(date(2004, 1, 1), date(2040, 12, 31))
TERMS = st.builds(Term, st.integers(0, 36), st.sampled_from(Unit), st.sampled_from(BaseKind))


@given(DAYS, st.integers(0, 700), TERMS, st.none() | TERMS, st.sampled_from(Channel))
@quick
def test_a_later_event_never_has_an_earlier_deadline_under_the_same_law(day, more, term, later_term, channel):
    rule = DeadlineRule("R", "R", frozenset({"X"}), "a", term, later_term)

    def end(on):
        return compute(rule, Event("X", on, channel, None, None, None, on, on, on, on, on, law_on=day), PLAIN)

    first, second = end(day), end(day + timedelta(days=more))
    assert day <= first.value <= second.value
    assert PLAIN.is_working(first.value)
    assert PLAIN.is_working(second.value)
    assert first.steps[-1].value == first.value
    assert all(step.message % step.params for step in first.steps)
