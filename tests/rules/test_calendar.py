"""Working days: announced, overridden, estimated."""

from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.calendar import Calendar, DayKind, DayOverride, announcement_year, estimated_holidays
from app.rules.errors import RuleError

PLAIN = Calendar()
DAYS = st.dates(date(1999, 1, 1), date(2070, 12, 31))
OVERRIDES = st.lists(
    st.builds(DayOverride, st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.sampled_from(DayKind)),
    unique_by=lambda entry: entry.day,
    max_size=30,
)
quick = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize(
    ("day", "working", "makeup"),
    [
        (date(2026, 1, 1), False, False),  # New Year
        (date(2026, 1, 2), False, False),  # a Friday shifted
        (date(2026, 1, 4), True, True),  # the Sunday worked for it
        (date(2026, 1, 5), True, False),
        (date(2026, 2, 23), False, False),  # last day of the Spring Festival
        (date(2026, 2, 28), True, True),
        (date(2026, 3, 7), False, False),  # a Saturday
        (date(2026, 3, 8), False, False),  # a Sunday; Women's Day is for some only
        (date(2025, 4, 27), True, True),
        (date(2026, 4, 27), True, False),
        (date(2002, 10, 1), True, False),  # before the records only weekends rest
        (date(2002, 10, 5), False, False),
        (date(2000, 1, 1), False, False),  # the first and the last day of a year, both on a weekend
        (date(2000, 12, 31), False, False),
    ],
)
def test_published_days(day, working, makeup):
    assert PLAIN.is_working(day) is working
    assert PLAIN.is_makeup(day) is makeup


def test_statutory_override_moves_official_days_both_ways():
    calendar = Calendar(
        [
            DayOverride(date(2026, 3, 9), DayKind.STATUTORY_OFF, "国办发明电〔2026〕1号"),
            DayOverride(date(2026, 3, 14), DayKind.STATUTORY_WORKING),
        ]
    )
    assert not calendar.is_working(date(2026, 3, 9))
    assert calendar.next_working(date(2026, 3, 9)) == date(2026, 3, 10)
    assert calendar.is_working(date(2026, 3, 14))
    assert calendar.is_makeup(date(2026, 3, 14))
    assert calendar.statutory_override(date(2026, 3, 9)).source == "国办发明电〔2026〕1号"
    assert PLAIN.is_working(date(2026, 3, 9))
    assert not PLAIN.is_working(date(2026, 3, 14))


def test_a_firm_holiday_moves_only_internal_days():
    calendar = Calendar([DayOverride(date(2026, 3, 9), DayKind.FIRM_HOLIDAY)])
    assert calendar.is_working(date(2026, 3, 9))
    assert calendar.next_working(date(2026, 3, 9)) == date(2026, 3, 9)
    assert not calendar.is_firm_working(date(2026, 3, 9))
    assert calendar.previous_firm_working(date(2026, 3, 9)) == date(2026, 3, 6)
    assert calendar.statutory_override(date(2026, 3, 9)) is None


def test_a_make_up_day_may_be_a_firm_holiday_too():
    day = date(2027, 2, 20)
    calendar = Calendar([DayOverride(day, DayKind.FIRM_HOLIDAY), DayOverride(day, DayKind.STATUTORY_WORKING)])
    assert calendar.is_working(day)
    assert not calendar.is_firm_working(day)


def test_a_day_cannot_be_off_and_working():
    day = date(2027, 2, 20)
    with pytest.raises(RuleError) as refused:
        Calendar([DayOverride(day, DayKind.STATUTORY_OFF), DayOverride(day, DayKind.STATUTORY_WORKING)])
    assert (refused.value.code, refused.value.field) == ("conflict", "day")


@pytest.mark.parametrize(
    ("day", "provisional"),
    [
        (date(2003, 5, 1), False),
        (date(2004, 1, 1), False),
        (date(2026, 12, 28), False),
        (date(2026, 12, 29), True),  # New Year's announcement reaches into December
        (date(2027, 1, 1), True),
        (date(2027, 12, 31), True),
    ],
)
def test_years_nobody_announced_are_provisional(day, provisional):
    assert PLAIN.is_provisional(day) is provisional


def test_announcing_a_year_settles_it_and_replaces_the_estimate():
    spring_festival = date(2027, 2, 8)
    assert not PLAIN.is_working(spring_festival)
    bare = Calendar(announced={2027})
    assert bare.is_working(spring_festival)  # nothing is estimated any more
    full = Calendar([DayOverride(spring_festival, DayKind.STATUTORY_OFF)], {2027})
    assert not full.is_working(spring_festival)
    for calendar in (bare, full):
        assert not calendar.is_provisional(spring_festival)
        assert not calendar.is_provisional(date(2026, 12, 31))
        assert calendar.is_provisional(date(2027, 12, 31))
        assert calendar.is_provisional(date(2028, 3, 1))
    assert not bare.is_working(date(2027, 2, 7))  # a Sunday


def test_estimate_of_2027_has_the_thirteen_statutory_days():
    written = "01-01 02-05 02-06 02-07 02-08 04-05 05-01 05-02 06-09 09-15 10-01 10-02 10-03"
    assert sorted(f"{day:%m-%d}" for day in estimated_holidays(2027)) == written.split()


@pytest.mark.parametrize("year", [2025, 2026])
def test_estimated_days_are_among_those_really_announced(year):
    assert len(estimated_holidays(year)) == 13
    assert not [day for day in estimated_holidays(year) if PLAIN.is_working(day)]


@pytest.mark.parametrize("year", range(2027, 2065))
def test_movable_feasts_are_where_they_can_be(year):
    days = estimated_holidays(year)
    spring = max(day for day in days if day.month < 3) - timedelta(days=2)
    assert date(year, 1, 21) <= spring <= date(year, 2, 21)
    assert len(days & {date(year, 4, 4), date(year, 4, 5)}) == 1
    dragon_boat = max(day for day in days if day.month in (5, 6) and day > date(year, 5, 2))
    assert (dragon_boat - spring).days in range(120, 124) or (dragon_boat - spring).days in range(149, 154)
    assert len(days) in (12, 13)  # Mid-Autumn may fall on National Day


def test_after_the_table_only_the_fixed_days_are_estimated():
    fixed = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
    assert estimated_holidays(2080) == {date(2080, month, day) for month, day in fixed}


def test_announcement_year():
    assert [announcement_year(date(2026, 12, day)) for day in (28, 29, 31)] == [2026, 2027, 2027]
    assert announcement_year(date(2026, 11, 30)) == 2026


def test_is_a_value():
    first = DayOverride(date(2026, 3, 9), DayKind.STATUTORY_OFF)
    second = DayOverride(date(2026, 3, 10), DayKind.FIRM_HOLIDAY)
    assert Calendar([first, second], {2027}) == Calendar((second, first), frozenset({2027}))
    assert hash(Calendar([first, second])) == hash(Calendar([second, first]))
    assert Calendar([first]) != Calendar([second])
    assert Calendar([first]) != Calendar([first], {2027})
    with pytest.raises(FrozenInstanceError):
        PLAIN.overrides = (first,)


@given(DAYS, OVERRIDES)
@quick
def test_next_working_is_the_first_one(day, overrides):
    calendar = Calendar(overrides)
    found = calendar.next_working(day)
    assert calendar.is_working(found)
    assert not any(calendar.is_working(day + timedelta(days=n)) for n in range((found - day).days))


@given(DAYS, OVERRIDES)
@quick
def test_previous_firm_working_is_the_last_one(day, overrides):
    calendar = Calendar(overrides)
    found = calendar.previous_firm_working(day)
    assert calendar.is_firm_working(found)
    assert calendar.is_working(found)
    assert not any(calendar.is_firm_working(day - timedelta(days=n)) for n in range((day - found).days))


@given(OVERRIDES)
@quick
def test_the_calendar_says_what_the_table_says(overrides):
    calendar = Calendar(overrides)
    for entry in overrides:
        if entry.kind is DayKind.FIRM_HOLIDAY:
            assert calendar.is_working(entry.day) is PLAIN.is_working(entry.day)
            assert not calendar.is_firm_working(entry.day)
        else:
            assert calendar.is_working(entry.day) is (entry.kind is DayKind.STATUTORY_WORKING)
