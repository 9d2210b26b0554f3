"""Periods: arithmetic, holidays, extension, restoration, internal dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.calendar import Calendar, DayKind, DayOverride
from app.rules.errors import RuleError
from app.rules.period import (
    Unit,
    add_period,
    expire,
    extend,
    extension_months,
    internal_dates,
    restore,
    restore_after_obstacle,
    roll,
)

PLAIN = Calendar()
DAYS = st.dates(date(1985, 4, 1), date(2090, 12, 31))
NUMBERS = st.integers(0, 40)
UNITS = st.sampled_from(Unit)
quick = settings(max_examples=80, deadline=None)


@pytest.mark.parametrize(
    ("base", "number", "unit", "end"),
    [
        (date(2025, 1, 31), 1, Unit.MONTH, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, Unit.MONTH, date(2024, 2, 29)),
        (date(2024, 1, 31), 2, Unit.MONTH, date(2024, 3, 31)),  # in one step
        (date(2024, 2, 29), 2, Unit.MONTH, date(2024, 4, 29)),  # not from end to end
        (date(2026, 6, 30), 2, Unit.MONTH, date(2026, 8, 30)),
        (date(2024, 8, 31), 6, Unit.MONTH, date(2025, 2, 28)),
        (date(2024, 12, 31), 2, Unit.MONTH, date(2025, 2, 28)),
        (date(2025, 11, 15), 1, Unit.MONTH, date(2025, 12, 15)),
        (date(2025, 12, 15), 1, Unit.MONTH, date(2026, 1, 15)),
        (date(2023, 8, 31), 30, Unit.MONTH, date(2026, 2, 28)),
        (date(2020, 2, 29), 3, Unit.YEAR, date(2023, 2, 28)),
        (date(2020, 2, 29), 4, Unit.YEAR, date(2024, 2, 29)),
        (date(2025, 12, 20), 15, Unit.DAY, date(2026, 1, 4)),
        (date(2025, 5, 5), 0, Unit.DAY, date(2025, 5, 5)),
    ],
)
def test_add_period(base, number, unit, end):
    assert add_period(base, number, unit) == end


@pytest.mark.parametrize(
    ("base", "number", "unit"),
    [
        (date(2025, 1, 1), -1, Unit.MONTH),
        (date(2025, 1, 1), 9000, Unit.YEAR),
        (date(2025, 1, 1), 10**12, Unit.DAY),
        (date(2025, 1, 1), 10**30, Unit.MONTH),
        (date(9999, 12, 25), 0, Unit.DAY),  # no working day after it
    ],
)
def test_impossible_periods_are_refused(base, number, unit):
    calendar = Calendar([DayOverride(date(9999, 12, day), DayKind.STATUTORY_OFF) for day in range(25, 32)])
    with pytest.raises(RuleError) as refused:
        expire(base, number, unit, calendar)
    assert refused.value.field == "number"


def codes(explained):
    return [step.code for step in explained.steps]


def test_steps_tell_the_whole_way():
    end = expire(date(2026, 8, 20), 4, Unit.MONTH, PLAIN)
    assert [(step.code, step.value) for step in end.steps] == [
        ("period", date(2026, 12, 20)),
        ("roll", date(2026, 12, 21)),
    ]
    assert end.value == date(2026, 12, 21)
    assert not end.provisional
    assert all("细则第5条" in step.article for step in end.steps)


@pytest.mark.parametrize(
    ("base", "end", "message_part", "overrides"),
    [
        (date(2026, 1, 20), date(2026, 3, 20), "corresponding day, 2026-03-20", ()),
        (date(2025, 12, 30), date(2026, 3, 2), "no corresponding day", ()),
        (date(2026, 1, 21), date(2026, 3, 23), "weekend", ()),
        (date(2026, 1, 22), date(2026, 3, 23), "weekend", ()),
        (date(2026, 3, 1), date(2026, 5, 6), "holiday", ()),
        (date(2026, 1, 20), date(2026, 3, 23), "(国办)", ((date(2026, 3, 20), DayKind.STATUTORY_OFF, "国办"),)),
        (date(2026, 1, 20), date(2026, 3, 23), "holiday", ((date(2026, 3, 20), DayKind.STATUTORY_OFF, ""),)),
        (date(2026, 1, 20), date(2026, 3, 20), "corresponding", ((date(2026, 3, 20), DayKind.FIRM_HOLIDAY, "所庆"),)),
    ],
)
def test_sentences_say_why(base, end, message_part, overrides):
    overrides = [DayOverride(*entry) for entry in overrides]
    if message_part == "no corresponding day":  # 2026-02-28 is a make-up Saturday unless the firm's table says no
        overrides.append(DayOverride(date(2026, 2, 28), DayKind.STATUTORY_OFF))
    found = expire(base, 2, Unit.MONTH, Calendar(overrides))
    assert found.value == end
    assert message_part in " ".join(step.message % step.params for step in found.steps)


@pytest.mark.parametrize(
    ("unit", "sentence"),
    [
        (Unit.DAY, "Not counting the first day, 2 days from 2026-03-03 end on 2026-03-05."),
        (Unit.MONTH, "2 months from 2026-03-03 end on the corresponding day, 2026-05-03."),
        (Unit.YEAR, "2 years from 2026-03-03 end on the corresponding day, 2028-03-03."),
    ],
)
def test_each_unit_has_its_sentence(unit, sentence):
    step = expire(date(2026, 3, 3), 2, unit, PLAIN).steps[0]
    assert step.message % step.params == sentence


def test_make_up_days_count_but_carry_a_warning():
    ends_on_it = expire(date(2025, 12, 14), 2, Unit.MONTH, PLAIN)
    assert (ends_on_it.value, codes(ends_on_it)) == (date(2026, 2, 14), ["period", "makeup"])
    moves_to_it = expire(date(2025, 11, 3), 2, Unit.MONTH, PLAIN)
    assert (moves_to_it.value, codes(moves_to_it)) == (date(2026, 1, 4), ["period", "roll", "makeup"])


def test_dates_in_years_not_announced_are_provisional():
    end = expire(date(2026, 11, 20), 4, Unit.MONTH, PLAIN)
    assert end.provisional
    assert codes(end) == ["period", "roll", "provisional"]
    assert "2027" in end.steps[-1].message % end.steps[-1].params
    assert not expire(date(2026, 11, 20), 4, Unit.MONTH, Calendar(announced={2027})).provisional


def test_the_last_days_of_december_wait_for_the_next_announcement():
    found = roll(date(2026, 12, 31), PLAIN)
    assert found.value == date(2026, 12, 31)
    assert found.provisional
    assert found.steps[0].params == {"year": 2027}
    known = [DayOverride(date(2027, 12, day), DayKind.STATUTORY_OFF) for day in range(25, 32)]
    found = roll(date(2027, 12, 25), Calendar(known, {2028}))  # over New Year, from a year not announced
    assert found.value.year == 2028
    assert found.provisional
    assert found.steps[-1].params == {"year": 2027}


def test_years_before_the_records_are_noted():
    end = expire(date(1998, 6, 1), 3, Unit.YEAR, PLAIN)
    assert (end.value, codes(end), end.provisional) == (date(2001, 6, 1), ["period", "unrecorded"], False)
    assert codes(roll(date(2003, 12, 31), PLAIN)) == ["unrecorded"]
    assert codes(roll(date(2004, 1, 5), PLAIN)) == []


@pytest.mark.parametrize(
    ("base", "number", "unit", "months", "end"),
    [
        (date(2024, 10, 31), 4, Unit.MONTH, 1, date(2025, 3, 31)),  # five months in one step, not from 02-28
        (date(2024, 10, 31), 4, Unit.MONTH, 2, date(2025, 4, 30)),
        (date(2025, 3, 1), 15, Unit.DAY, 2, date(2025, 5, 16)),
        (date(2024, 2, 29), 1, Unit.YEAR, 1, date(2025, 3, 31)),  # 03-29 is a Saturday
    ],
)
def test_extension(base, number, unit, months, end):
    found = extend(base, number, unit, months, PLAIN)
    assert found.value == end
    assert codes(found)[:2] == ["period", "extension"]


def test_an_extension_is_asked_for_in_time():
    args = (date(2026, 8, 20), 4, Unit.MONTH, 1, PLAIN)  # until Sunday, so until Monday 12-21
    assert extend(*args, requested_on=date(2026, 12, 21)).value == date(2027, 1, 20)
    with pytest.raises(RuleError) as refused:
        extend(*args, requested_on=date(2026, 12, 22))
    assert refused.value.field == "requested_on"


@pytest.mark.parametrize("months", [-1, 0, 3])
def test_an_extension_is_one_or_two_months(months):
    with pytest.raises(RuleError) as refused:
        extend(date(2026, 8, 20), 4, Unit.MONTH, months, PLAIN)
    assert refused.value.field == "months"


@pytest.mark.parametrize(
    ("until", "months"),
    [(date(2025, 3, 1), 1), (date(2025, 3, 28), 1), (date(2025, 3, 29), 2), (date(2025, 4, 28), 2)],
)
def test_part_of_a_month_counts_as_one(until, months):
    assert extension_months(date(2025, 2, 28), until) == months


@pytest.mark.parametrize("until", [date(2025, 2, 28), date(2025, 4, 29)])
def test_extensions_that_cannot_be_had(until):
    with pytest.raises(RuleError) as refused:
        extension_months(date(2025, 2, 28), until)
    assert refused.value.field == "until"


@pytest.mark.parametrize(
    ("base", "end"), [(date(2026, 7, 9), date(2026, 9, 9)), (date(2026, 7, 25), date(2026, 9, 28))]
)
def test_restoration(base, end):
    found = restore(base, PLAIN)
    assert found.value == end
    assert codes(found)[0] == "restoration"


@pytest.mark.parametrize(
    ("removed_on", "expired_on", "end"),
    [
        (date(2026, 3, 11), date(2025, 12, 1), date(2026, 5, 11)),
        (date(2026, 3, 2), date(2024, 3, 20), date(2026, 3, 20)),  # two years from the end of the period
        (date(2026, 3, 2), date(2024, 3, 22), date(2026, 3, 23)),
    ],
)
def test_restoration_after_force_majeure(removed_on, expired_on, end):
    found = restore_after_obstacle(removed_on, expired_on, PLAIN)
    assert found.value == end
    assert "第1款" in found.steps[0].article


FIRM = Calendar(
    [DayOverride(date(2026, 9, 30), DayKind.FIRM_HOLIDAY), DayOverride(date(2026, 2, 14), DayKind.FIRM_HOLIDAY)]
)


@pytest.mark.parametrize(
    ("hard", "offset", "remind_offset", "calendar", "internal", "remind"),
    [
        (date(2026, 7, 16), 3, 10, PLAIN, date(2026, 7, 13), date(2026, 7, 6)),
        (date(2026, 10, 8), 3, 10, PLAIN, date(2026, 9, 30), date(2026, 9, 28)),  # National Day week
        (date(2026, 10, 8), 3, 10, FIRM, date(2026, 9, 29), date(2026, 9, 28)),
        (date(2026, 2, 14), 0, 0, PLAIN, date(2026, 2, 14), date(2026, 2, 14)),  # a make-up Saturday
        (date(2026, 2, 14), 0, 0, FIRM, date(2026, 2, 13), date(2026, 2, 13)),
        (date(2026, 7, 16), 3, 1, PLAIN, date(2026, 7, 13), date(2026, 7, 13)),
    ],
)
def test_internal_dates(hard, offset, remind_offset, calendar, internal, remind):
    assert internal_dates(hard, offset, remind_offset, calendar) == (internal, remind)


@pytest.mark.parametrize(
    ("offsets", "field"),
    [((-1, 0), "internal_offset_days"), ((0, -1), "remind_offset_days"), ((0, 10**7), "remind_offset_days")],
)
def test_internal_dates_are_never_later(offsets, field):
    with pytest.raises(RuleError) as refused:
        internal_dates(date(2026, 7, 16), *offsets, PLAIN)
    assert refused.value.field == field


OVERRIDES = st.lists(
    st.builds(DayOverride, st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.sampled_from(DayKind)),
    unique_by=lambda entry: entry.day,
    max_size=30,
)
NEAR = st.dates(date(2025, 6, 1), date(2027, 12, 31))


@given(DAYS, st.integers(0, 800), NUMBERS, UNITS)
@quick
def test_a_later_base_never_gives_an_earlier_end(base, more, number, unit):
    later = base + timedelta(days=more)
    assert add_period(base, number, unit) <= add_period(later, number, unit)
    assert expire(base, number, unit, PLAIN).value <= expire(later, number, unit, PLAIN).value


@given(NEAR, st.integers(0, 18), UNITS, OVERRIDES)
@quick
def test_the_end_is_the_first_working_day_from_the_raw_one(base, number, unit, overrides):
    calendar = Calendar(overrides)
    raw, end = add_period(base, number, unit), expire(base, number, unit, calendar)
    assert calendar.is_working(end.value)
    assert not any(calendar.is_working(raw + timedelta(days=n)) for n in range((end.value - raw).days))
    assert ("roll" in codes(end)) is (raw != end.value)
    assert end.steps[-1].value == end.value
    assert all(step.message % step.params for step in end.steps)


@given(DAYS, NUMBERS, UNITS)
@quick
def test_firm_holidays_never_move_an_official_date(base, number, unit):
    plain = expire(base, number, unit, PLAIN)
    firm = Calendar([DayOverride(plain.value, DayKind.FIRM_HOLIDAY)])
    assert expire(base, number, unit, firm) == plain


@given(DAYS, st.integers(1, 60))
@quick
def test_months_land_on_the_same_day_or_the_last_of_the_month(base, number):
    end = add_period(base, number, Unit.MONTH)
    assert (end.year * 12 + end.month) - (base.year * 12 + base.month) == number
    assert end.day == base.day or (end.day < base.day and (end + timedelta(days=1)).day == 1)


@given(DAYS, st.integers(1, 20))
@quick
def test_a_year_is_twelve_months(base, number):
    assert add_period(base, number, Unit.YEAR) == add_period(base, number * 12, Unit.MONTH)


@given(NEAR, st.integers(0, 60), st.integers(0, 60), OVERRIDES)
@quick
def test_internal_dates_are_firm_working_days_before_the_hard_one(day, offset, remind_offset, overrides):
    calendar = Calendar(overrides)
    hard = calendar.next_working(day)
    internal, remind = internal_dates(hard, offset, remind_offset, calendar)
    assert remind <= internal <= hard - timedelta(days=offset)
    assert remind <= hard - timedelta(days=remind_offset)
    assert calendar.is_firm_working(internal)
    assert calendar.is_firm_working(remind)


@given(DAYS, st.integers(1, 6), UNITS, st.integers(1, 2))
@quick
def test_an_extension_is_never_shorter(base, number, unit, months):
    plain, extended = expire(base, number, unit, PLAIN), extend(base, number, unit, months, PLAIN)
    assert plain.value < extended.value
    raw = add_period(base, number, unit)
    assert extension_months(raw, add_period(raw, months, Unit.MONTH)) == months
