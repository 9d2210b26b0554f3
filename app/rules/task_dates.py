"""The three dates of a task: their order, and how they move when the last is put off (A-3.6.2.1, A-3.6.3.1)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.rules.calendar import Calendar
from app.rules.choice import N_
from app.rules.deadline import BaseKind
from app.rules.errors import RuleError, RuleErrors
from app.rules.explain import Step
from app.rules.period import Unit

#: The columns of a task, the last day first.
DATES = ("hard_deadline", "internal_deadline", "remind_on")
Dates = dict[str, date | None]

#: The words in which `deadline_row` is told what a task type counts from, and which day of the case that is.
_COUNTED_FROM = {
    BaseKind.DELIVERY: ("送达日", ""),
    BaseKind.DISPATCH: ("收文日", ""),
    BaseKind.EVENT: ("收文日", ""),
    BaseKind.FILING: ("申请日", "filing_date"),
    BaseKind.PRIORITY: ("优先权日", "priority_date"),
    BaseKind.PRIORITY_OR_FILING: ("优先权日", "priority_date"),
    BaseKind.GRANT: ("授权公告日", "grant_date"),
    BaseKind.PUBLICATION: ("公开日", "publication_date"),
    BaseKind.ENTRY: ("进入日", "entry_date"),
}
_UNITS = {Unit.DAY: "日", Unit.MONTH: "月", Unit.YEAR: "年"}


def question_of(
    task_type: Any, rule: Any, facts: Mapping[str, str], on: date, *, internal_days: int | None = None,
    remind_days: int | None = None,
) -> dict[str, str] | None:  # fmt: skip
    """What is to be reckoned for a new task of a type (services.reckoning); None for one without a period.

    rule: the official time limit of the type, which goes before its own period. facts: the days the case has, by name.
    on: the day of the event that makes the task. internal_days, remind_days: the firm's own, where neither type nor
    rule says how many days before.
    """
    internal = _first(task_type.internal_days, getattr(rule, "internal_days", None), internal_days)
    remind = _first(task_type.remind_days, getattr(rule, "remind_days", None), remind_days)
    days = {"internal_days": internal, "remind_days": remind}
    if rule is not None and rule.number is not None:
        own_day = rule.base in _COUNTED_FROM and _COUNTED_FROM[rule.base][1]
        return {"rule": rule.code, **facts} | days | ({} if own_day else {"doc_date": on.isoformat()})
    if task_type.number is None or task_type.unit is None:
        return None
    word, column = _COUNTED_FROM[task_type.base or BaseKind.EVENT]
    day = facts.get(column, "") if column else on.isoformat()
    if not day and task_type.base is BaseKind.PRIORITY_OR_FILING:
        day = facts.get("filing_date", "")
    if not day:
        return None
    period = str(task_type.number)
    return {"base_kind": word, "doc_date": day, "period": period, "unit": _UNITS[task_type.unit]} | days


def _first(*days: int | None) -> str:
    """The first number that is given, as text."""
    return next((str(n) for n in days if n is not None), "")


def check_order(hard: date | None, internal: date | None, remind: date | None) -> None:
    """Raise RuleErrors unless the reminder comes no later than the internal deadline, and that no later than the hard
    one; a missing date orders nothing."""
    errors = []
    if hard and internal and internal > hard:
        message = N_("The internal deadline cannot be after the hard deadline")
        errors.append(RuleError(message, field="internal_deadline"))
    last = min((day for day in (internal, hard) if day), default=None)
    if remind and last and remind > last:
        errors.append(RuleError(N_("The reminder cannot be after the deadlines"), field="remind_on"))
    if errors:
        raise RuleErrors(errors)


def put_off(old: Mapping[str, date | None], wanted: Mapping[str, date | None], calendar: Calendar) -> Dates:
    """The dates of a task whose hard deadline is put off (延期, A-3.6.3.1-05).

    What is not wanted otherwise keeps its distance from the hard deadline and falls on a day on which the firm works.
    Raises RuleErrors: no later day, a day of rest (field hard_deadline), a wrong order.
    """
    hard, before = wanted.get("hard_deadline"), old["hard_deadline"]
    if hard is None:
        raise RuleError(N_("This must be filled in"), field="hard_deadline")
    if before is not None and hard <= before:
        message = N_("The new hard deadline must be after the present one, %(day)s")
        raise RuleError(message, field="hard_deadline", day=before)
    if not calendar.is_working(hard):
        message = N_("%(day)s is a day of rest; the next working day is %(next)s")
        raise RuleError(message, field="hard_deadline", day=hard, next=calendar.next_working(hard))
    new: Dates = {"hard_deadline": hard}
    for column in ("internal_deadline", "remind_on"):
        day, kept = wanted.get(column), old[column]
        if day is None and kept is not None and before is not None:
            day = calendar.previous_firm_working(hard - max(before - kept, timedelta(0)))
        elif day is not None and not calendar.is_firm_working(day):
            message = N_("%(day)s is a day of rest; the working day before it is %(next)s")
            raise RuleError(message, field=column, day=day, next=calendar.previous_firm_working(day))
        new[column] = day or kept
    check_order(hard, new["internal_deadline"], new["remind_on"])
    return new


def planned_step(day: date) -> Step:
    """What is kept with the dates of a task on the way to a new application."""
    return Step("planned", N_("The planned filing date of the case: %(day)s"), {"day": day}, "", day)


def put_off_step(before: date | None, hard: date, who: str, reason: str) -> Step:
    """What is kept with the dates of a task that was put off."""
    if before is None:
        message = N_("Set to %(hard)s by %(who)s: %(reason)s")
        return Step("put_off", message, {"hard": hard, "who": who, "reason": reason}, "", hard)
    message = N_("Put off from %(before)s to %(hard)s by %(who)s: %(reason)s")
    return Step("put_off", message, {"before": before, "hard": hard, "who": who, "reason": reason}, "", hard)
