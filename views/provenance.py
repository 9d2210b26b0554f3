"""Where a date comes from, as every page shows it (这个日期怎么来的): steps, warnings, the days around the roll."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import format_date

from app.rules.calendar import Calendar
from app.rules.choice import N_
from app.rules.explain import Step
from app.services.reckoning import Outcome
from app.services.sentences import Words, say_basis, say_step, step_data
from app.texts import gettext as _

#: What a step is about, by its code.
TITLES = {
    "rule": N_("Rule"),
    "base": N_("Counted from"),
    "delivery": N_("Delivery"),
    "evidence": N_("Evidence of receipt"),
    "period": N_("Period"),
    "extension": N_("Extension"),
    "restoration": N_("Restoration"),
    "roll": N_("Day of rest"),
    "later": N_("The later of two"),
    "due": N_("Due date"),
    "grace": N_("Grace period"),
    "grant_year": N_("Year of grant"),
    "rate": N_("Rate"),
    "reduction": N_("Fee reduction"),
    "no_reduction": N_("Fee reduction"),
    "rounding": N_("Rounding"),
    "in_time": N_("Surcharge"),
    "band": N_("Surcharge"),
    "total": N_("Total"),
    "lapse": N_("Lapse"),
    "term": N_("Term"),
    "term_end": N_("Last day of protection"),
}
#: Steps that warn rather than reckon.
WARNINGS = ("provisional", "makeup", "unrecorded", "confidence", "span")

_DAY = timedelta(days=1)
_AROUND = 9


def provenance(outcome: Outcome, calendar: Calendar, today: date) -> dict[str, Any]:
    """What the macro `provenance` and the calculator's result show of a reckoned deadline."""
    end = outcome.hard.value
    made = explained(outcome.hard.steps) | {
        "date": end.isoformat(),
        "weekday": weekday(end),
        "left": days_left(end, today),
        "provisional": outcome.hard.provisional,
        "around": around(outcome.hard.steps, end, calendar),
        "own": [
            {"label": _(label), "date": day.isoformat(), "weekday": weekday(day)}
            for label, day in ((N_("Internal deadline"), outcome.internal), (N_("Reminder date"), outcome.remind))
            if day
        ],
        "fill": {column: day.isoformat() for column, day in outcome.dates.items() if day},
    }
    return made


def explained(steps: Iterable[Step]) -> dict[str, Any]:
    """The steps of any computation: numbered ones, warnings, and all in one text to copy."""
    steps, words = tuple(steps), Words()
    return told([step_data(step) | {"text": say_step(step, words)} for step in steps]) | {
        "basis": say_basis(steps, words)
    }


def title_of(code: str) -> str:
    """What a step is called; nothing for one without a name."""
    title = TITLES.get(code)
    return _(title) if title else ""


def told(steps: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The same from steps as they are kept with a task (`task.basis["steps"]`)."""
    steps = list(steps)
    return {
        "steps": [
            {"title": title_of(s["code"]), "detail": s["text"], "article": s["article"],
             "date": s["value"] if s["value"] is not None else ""}
            for s in steps if s["code"] not in WARNINGS
        ],
        "notes": [s["text"] for s in steps if s["code"] in WARNINGS],
    }  # fmt: skip


def weekday(day: date) -> str:
    """The day of the week, short."""
    return format_date(day, "EEE")


def days_left(day: date, today: date) -> str:
    """How far away a day is: 余 3 天, 今天, 过 2 天."""
    days = (day - today).days
    if days == 0:
        return _("Today")
    return _("%(days)s days left", days=days) if days > 0 else _("%(days)s days past", days=-days)


def around(steps: Iterable[Step], end: date, calendar: Calendar) -> list[dict[str, Any]]:
    """The days around the end of a period, so that its roll over days of rest can be seen."""
    raw = max((s.value for s in steps if s.code in ("period", "extension", "restoration")), default=end)
    first = raw - _DAY * max(2, (_AROUND - 1 - (end - raw).days) // 2)
    count = max(_AROUND, (end - first).days + 2)
    return [
        day_cell(first + _DAY * n, calendar) | {"raw": first + _DAY * n == raw, "end": first + _DAY * n == end}
        for n in range(count)
    ]


def day_cell(day: date, calendar: Calendar) -> dict[str, Any]:
    """One day of a strip or a month: number, weekday, and whether it is a day of rest."""
    kind = "work" if calendar.is_makeup(day) else "" if calendar.is_working(day) else "rest"
    return {"date": day.isoformat(), "day": day.day, "weekday": weekday(day), "kind": kind}
