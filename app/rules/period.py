"""Periods: how long they run, where they end, how they are extended and restored (实施细则 Rules 5 and 6)."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from app.rules.calendar import FIRST_YEAR, Calendar, announcement_year
from app.rules.choice import N_, Choice
from app.rules.errors import RuleError
from app.rules.explain import Explained, Step

MAX_EXTENSION = 2
"""Months by which a period set by the Office may be extended at most (指南五部七章4.2)."""

RULE_5 = "细则第5条"
GUIDELINES_HOLIDAYS = "指南五部七章2.3"
GUIDELINES_EXTENSION = "细则第6条第4款; 指南五部七章4"


class Unit(Choice):
    """In what a period is counted."""

    DAY = N_("Day")
    MONTH = N_("Month")
    YEAR = N_("Year")


_PERIOD_MESSAGES = {
    Unit.DAY: N_("Not counting the first day, %(number)s days from %(base)s end on %(end)s."),
    Unit.MONTH: N_("%(number)s months from %(base)s end on the corresponding day, %(end)s."),
    Unit.YEAR: N_("%(number)s years from %(base)s end on the corresponding day, %(end)s."),
}
_MONTH_END_MESSAGES = {
    Unit.MONTH: N_("%(number)s months from %(base)s: no corresponding day, so the last of the month, %(end)s."),
    Unit.YEAR: N_("%(number)s years from %(base)s: no corresponding day, so the last of the month, %(end)s."),
}


def add_period(base: date, number: int, unit: Unit) -> date:
    """The last day of a period before any holiday is considered (Rule 5).

    The first day does not count. Months and years are added in one step; where the last month has no corresponding
    day the period ends on its last day. RuleError (field number): negative, or beyond the year 9999.
    """
    if number < 0:
        raise RuleError(N_("A period cannot be negative"), field="number")
    try:
        if unit is Unit.DAY:
            return base + timedelta(days=number)
        year, month = divmod(base.year * 12 + base.month - 1 + (number * 12 if unit is Unit.YEAR else number), 12)
        day = base.day if base.day < 29 else min(base.day, monthrange(year, month + 1)[1])
        return date(year, month + 1, day)
    except (OverflowError, ValueError):
        raise _too_far("number") from None


def roll(day: date, calendar: Calendar) -> Explained[date]:
    """The day, or when it is a day of rest the first working day after it (Rule 5), with its warnings as steps."""
    try:
        end = calendar.next_working(day)
    except OverflowError:
        raise _too_far("number") from None
    steps = []
    if end != day:
        steps.append(_roll_step(day, end, calendar))
    if calendar.is_makeup(end):
        message = N_("%(day)s is a weekend day worked to make up for a holiday; the Office's systems may not count it.")
        steps.append(Step("makeup", message, {"day": end}, GUIDELINES_HOLIDAYS, end))
    provisional = calendar.is_provisional(end) or (end != day and calendar.is_provisional(day))
    if provisional:
        message = N_("The holidays of %(year)s are not announced yet: the date is provisional.")
        year = announcement_year(end if calendar.is_provisional(end) else day)
        steps.append(Step("provisional", message, {"year": year}, "", end))
    elif day.year < FIRST_YEAR:
        message = N_("Holidays before %(year)s are not recorded: only weekends were considered.")
        steps.append(Step("unrecorded", message, {"year": FIRST_YEAR}, "", end))
    return Explained(end, tuple(steps), provisional)


def expire(base: date, number: int, unit: Unit, calendar: Calendar) -> Explained[date]:
    """The last day of a period, rolled over days of rest: always a working day."""
    return _rolled(_count(base, number, unit), calendar)


def extension_months(end: date, until: date) -> int:
    """The months to ask for so that a period ending on `end` (not rolled) reaches `until`; part of a month counts.

    RuleError (field until): not after the end, or more than two months.
    """
    if until <= end:
        raise RuleError(N_("The extension must end after the period itself"), field="until")
    for months in range(1, MAX_EXTENSION + 1):
        if until <= add_period(end, months, Unit.MONTH):
            return months
    raise _extension_too_long("until")


def extend(
    base: date, number: int, unit: Unit, months: int, calendar: Calendar, *, requested_on: date | None = None
) -> Explained[date]:
    """The last day of a period set by the Office, extended by one or two months (Rule 6, paragraph 4).

    Months are added in one step to a period of months or years, and to the last day of one of days.
    RuleError: other than one or two months (field months), or requested after the period (field requested_on).
    """
    if not 1 <= months <= MAX_EXTENSION:
        raise _extension_too_long("months")
    period = _count(base, number, unit)
    if requested_on is not None and requested_on > roll(period.value, calendar).value:
        raise RuleError(N_("An extension must be requested before the period ends"), field="requested_on")
    if unit is Unit.DAY:
        end = add_period(period.value, months, Unit.MONTH)
    else:
        end = add_period(base, number * (12 if unit is Unit.YEAR else 1) + months, Unit.MONTH)
    message = N_("Extended by %(months)s months, the period ends on %(end)s.")
    extension = Step("extension", message, {"months": months, "end": end}, GUIDELINES_EXTENSION, end)
    return _rolled(extension, calendar, period)


def restore(base: date, calendar: Calendar) -> Explained[date]:
    """The last day to request restoration of a right (Rule 6, paragraph 2).

    base: receipt of the notice of loss; for a missed request for reexamination, the end of that period.
    Not for the periods of Articles 24, 29, 42 and 74 of the Patent Law.
    """
    end = add_period(base, 2, Unit.MONTH)
    message = N_("Restoration may be requested within 2 months from %(base)s, until %(end)s.")
    return _rolled(Step("restoration", message, {"base": base, "end": end}, "细则第6条第2款", end), calendar)


def restore_after_obstacle(removed_on: date, expired_on: date, calendar: Calendar) -> Explained[date]:
    """The last day to request restoration after force majeure (Rule 6, paragraph 1).

    Two months from the removal of the obstacle, but no more than two years from the end of the missed period.
    """
    end = min(add_period(removed_on, 2, Unit.MONTH), add_period(expired_on, 2, Unit.YEAR))
    message = N_(
        "Restoration may be requested within 2 months from %(removed)s, when the obstacle was removed,"
        " and within 2 years from %(expired)s: until %(end)s."
    )
    params = {"removed": removed_on, "expired": expired_on, "end": end}
    return _rolled(Step("restoration", message, params, "细则第6条第1款", end), calendar)


def internal_dates(
    hard: date, internal_offset_days: int, remind_offset_days: int, calendar: Calendar
) -> tuple[date, date]:
    """The internal deadline and the day of the reminder: that many days before the hard deadline.

    Both are moved earlier to a day on which the firm works; the reminder is never after the internal deadline.
    RuleError: a negative or absurd number of days (fields internal_offset_days, remind_offset_days).
    """
    internal = _before(hard, internal_offset_days, "internal_offset_days", calendar)
    remind = _before(hard, remind_offset_days, "remind_offset_days", calendar)
    return internal, min(remind, internal)


def _before(hard: date, days: int, field: str, calendar: Calendar) -> date:
    if days < 0:
        raise RuleError(N_("An internal date cannot be after the official one"), field=field)
    try:
        return calendar.previous_firm_working(hard - timedelta(days=days))
    except OverflowError:
        raise _too_far(field) from None


def _count(base: date, number: int, unit: Unit) -> Step:
    end = add_period(base, number, unit)
    messages = _PERIOD_MESSAGES if unit is Unit.DAY or end.day == base.day else _MONTH_END_MESSAGES
    return Step("period", messages[unit], {"number": number, "base": base, "end": end}, RULE_5, end)


def _rolled(end: Step, calendar: Calendar, *before: Step) -> Explained[date]:
    rolled = roll(end.value, calendar)
    return Explained(rolled.value, (*before, end, *rolled.steps), rolled.provisional)


def _roll_step(day: date, end: date, calendar: Calendar) -> Step:
    params: dict[str, Any] = {"day": day, "end": end}
    override = calendar.statutory_override(day)
    if override and override.source:
        params["source"] = override.source
        message = N_("%(day)s is a day off (%(source)s): the next working day is %(end)s.")
    elif day.weekday() > 4:
        message = N_("%(day)s is on a weekend: the next working day is %(end)s.")
    else:
        message = N_("%(day)s is a holiday: the next working day is %(end)s.")
    return Step("roll", message, params, f"{RULE_5}; {GUIDELINES_HOLIDAYS}", end)


def _too_far(field: str) -> RuleError:
    return RuleError(N_("This number leads beyond the calendar"), field=field)


def _extension_too_long(field: str) -> RuleError:
    return RuleError(N_("A period may be extended by at most 2 months"), field=field)
