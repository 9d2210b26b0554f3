"""Delivery: presumptions before and after 2024-01-20, and evidence."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.delivery import ELECTRONIC_FROM, Channel, deliver
from app.rules.errors import RuleError

DAYS = st.dates(date(1985, 4, 1), date(2099, 12, 31))
quick = settings(max_examples=80, deadline=None)


@pytest.mark.parametrize(
    ("dispatched", "channel", "delivered"),
    [
        (date(2008, 6, 6), Channel.POST, date(2008, 6, 21)),  # example of the Guidelines
        (date(1999, 12, 16), Channel.POST, date(1999, 12, 31)),  # example of the Guidelines
        (date(2024, 3, 5), Channel.POST, date(2024, 3, 20)),
        (date(2024, 1, 19), Channel.ELECTRONIC, date(2024, 2, 3)),
        (date(2024, 1, 20), Channel.ELECTRONIC, date(2024, 1, 20)),
        (date(2024, 1, 22), Channel.ELECTRONIC, date(2024, 1, 22)),
        (date(2022, 9, 16), Channel.ELECTRONIC, date(2022, 10, 1)),  # a holiday does not move the receipt
        (date(2023, 9, 28), Channel.DIRECT, date(2023, 9, 28)),
        (date(2024, 9, 28), Channel.DIRECT, date(2024, 9, 28)),
        (date(2025, 1, 31), Channel.PUBLIC_NOTICE, date(2025, 2, 28)),
        (date(2020, 10, 25), Channel.PUBLIC_NOTICE, date(2020, 11, 25)),
    ],
)
def test_presumption(dispatched, channel, delivered):
    found = deliver(dispatched, channel)
    assert found.value == delivered
    assert [(step.code, step.value) for step in found.steps] == [("delivery", delivered)]
    assert "细则" in found.steps[0].article
    assert str(dispatched) in found.steps[0].message % found.steps[0].params


@pytest.mark.parametrize("actual", [date(2023, 3, 3), date(2023, 4, 20)])
def test_evidence_replaces_the_presumption_and_both_are_kept(actual):
    found = deliver(date(2023, 3, 1), Channel.POST, actual)
    assert found.value == actual
    assert [(step.code, step.value) for step in found.steps] == [
        ("delivery", date(2023, 3, 16)),
        ("evidence", actual),
    ]
    sentence = found.steps[1].message % found.steps[1].params
    assert str(actual) in sentence
    assert "2023-03-16" in sentence


def test_late_entry_into_the_electronic_system_is_evidence():
    assert deliver(date(2025, 3, 3), Channel.ELECTRONIC, date(2025, 3, 5)).value == date(2025, 3, 5)


def test_receipt_on_the_day_of_dispatch_is_possible():
    assert deliver(date(2023, 3, 1), Channel.POST, date(2023, 3, 1)).value == date(2023, 3, 1)


@pytest.mark.parametrize(
    ("channel", "actual"),
    [(Channel.POST, date(2023, 2, 28)), (Channel.PUBLIC_NOTICE, date(2023, 3, 5))],
)
def test_impossible_evidence_is_refused(channel, actual):
    with pytest.raises(RuleError) as refused:
        deliver(date(2023, 3, 1), channel, actual)
    assert refused.value.field == "actual"


def test_the_law_of_another_day_can_be_applied():
    assert deliver(date(2024, 3, 5), Channel.ELECTRONIC, law_on=date(2023, 12, 31)).value == date(2024, 3, 20)
    assert deliver(date(2023, 3, 5), Channel.ELECTRONIC, law_on=date(2024, 1, 20)).value == date(2023, 3, 5)
    assert deliver(date(2023, 3, 5), Channel.POST, law_on=date(2024, 1, 20)).value == date(2023, 3, 20)


@given(DAYS, st.integers(0, 400), st.sampled_from(Channel))
@quick
def test_a_later_dispatch_is_never_delivered_earlier_under_the_same_law(day, more, channel):
    later = day + timedelta(days=more)
    first, second = (deliver(one, channel, law_on=day).value for one in (day, later))
    assert day <= first <= second


@given(DAYS.filter(lambda day: day >= ELECTRONIC_FROM))
@quick
def test_post_never_arrives_before_electronic(day):
    assert deliver(day, Channel.POST).value == deliver(day, Channel.ELECTRONIC).value + timedelta(days=15)
