"""Rules: deadlines and annuities with their reasons, beside loops that only add months to a date."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from dateutil.relativedelta import relativedelta

from app.rules.annuity import Patent, schedule
from app.rules.application_number import PatentType
from app.rules.calendar import Calendar
from app.rules.deadline import BaseKind, DeadlineRule, Event, Term, compute
from app.rules.delivery import Channel
from app.rules.fee import FeeTable
from app.rules.period import Unit
from app.services import setup
from app.services.calendar import calendar_of
from app.services.rulebook import fee_table_of
from benchmarks import data
from benchmarks.measure import OURS, Result, taken

LOOP = "dateutil loop"
NOTICE = "210401"
REPLY = Term(4, Unit.MONTH, BaseKind.DELIVERY)
RULE = DeadlineRule("OA", "Reply to an office action", frozenset({NOTICE}), "reply", REPLY)
FIRST = date(2012, 1, 1)
SPAN = 5_000  # days over which dispatch and filing dates are spread
TO_GRANT = timedelta(days=900)
TERM = 20


def computing(folder: Path, count: int) -> Iterator[Result]:
    """As many deadlines, and as many whole lives of patents; once."""
    days = [FIRST + timedelta(days=(7 * n) % SPAN) for n in range(count)]
    app = data.application(data.build(folder, 0))
    with app.app_context():
        session = setup.acting()
        calendar, table = calendar_of(session), fee_table_of(session)
    ms = {OURS: taken(lambda: deadlines(days, calendar)), LOOP: taken(lambda: added_months(days))}
    yield Result(f"deadlines, {count:,}", ms, note="each a date with its steps")
    ms = {OURS: taken(lambda: lives(days, table, calendar)), LOOP: taken(lambda: added_years(days))}
    yield Result(f"annuity schedules, {count:,}", ms, note="each year's due date, end of grace and amount, with steps")


def deadlines(days: list[date], calendar: Calendar) -> None:
    """The end of the period for reply to a notice dispatched on each day."""
    for day in days:
        compute(RULE, Event(NOTICE, day, Channel.ELECTRONIC, patent_type=PatentType.INVENTION), calendar)


def added_months(days: list[date]) -> list[date]:
    """The month arithmetic alone."""
    return [day + relativedelta(months=4) for day in days]


def lives(days: list[date], table: FeeTable, calendar: Calendar) -> None:
    """Every annuity of an invention filed on each day: when it is due, until when at the latest, how much."""
    for day in days:
        for year in schedule(Patent(PatentType.INVENTION, day, day + TO_GRANT, reduction_pct=85), table, calendar):
            _facts = year.due.value, year.grace_end.value, year.base.value


def added_years(days: list[date]) -> list[list[date]]:
    """The month arithmetic of as many years, due dates and ends of grace."""
    first = TO_GRANT.days // 365 + 1
    return [[day + relativedelta(years=n, months=m) for n in range(first, TERM) for m in (0, 6)] for day in days]
