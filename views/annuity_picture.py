"""The life of a patent as the annuity calculator shows it: picture, ladder of the surcharge, cost of waiting, table."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from app.console.guard import say
from app.rules.annuity import AnnuityYear, Cost, cost_on
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.period import Unit, add_period
from app.services.calculator import Life
from app.services.sentences import say_step
from app.texts import gettext as _
from views.provenance import explained, weekday

HEIGHT = 76  # of the tallest bar of the picture, in pixels


def schedule_page(life: Life, given: Mapping[str, str], today: date, url: str) -> dict[str, Any]:
    """All that the annuity calculator shows of a patent."""
    link = year_link(given, url)
    return {
        "facts": facts(life),
        "picture": picture(life, today, link),
        "rows": [table_row(year, life, today, link) for year in life.years],
        "chosen": chosen(life, today) if life.chosen else None,
    }


def year_link(given: Mapping[str, str], url: str) -> Callable[[str, int], str]:
    """The address of a page about one year of this patent."""
    asked = {name: text for name, text in given.items() if text and name != "annuity_year"}
    return lambda page, year: f"{url}/{page}?{urlencode(asked | {'annuity_year': year})}"


def facts(life: Life) -> list[dict[str, str]]:
    """Term, last day of protection, year of grant, reduced years."""
    reduced = [year.year for year in life.years if amounts(year)["percent"]]
    span = _("Year %(first)s to %(last)s", first=reduced[0], last=reduced[-1]) if reduced else "–"
    grant = life.patent.grant_year
    return [
        {
            "label": _("Term"),
            "value": _("%(years)s years", years=life.patent.term.value),
            "why": say_step(life.end.steps[0]),
        },
        {
            "label": _("Last day of protection"),
            "value": life.end.value.isoformat(),
            "why": say_step(life.end.steps[-1]),
        },
        {"label": _("Year of grant"), "value": _("Year %(year)s", year=grant.value), "why": say_step(grant.steps[0])},
        {
            "label": _("Years reduced"),
            "value": span,
            "why": _("The year of grant, paid at registration, counts among them."),
        },
    ]


def amounts(year: AnnuityYear) -> dict[str, Any]:
    """Full and reduced annuity, or why the table has none."""
    try:
        return {"full": year.full, "base": year.base.value, "percent": year.reduction_pct, "error": ""}
    except RuleError as error:
        return {"full": None, "base": None, "percent": 0, "error": say(error)}


def table_row(year: AnnuityYear, life: Life, today: date, link: Callable[[str, int], str]) -> dict[str, Any]:
    """One year of the schedule."""
    steps = ladder(year, today)
    free = [step["last"] for step in steps if not step["percent"]]
    return amounts(year) | {
        "year": year.year, "due": year.due.value.isoformat(), "weekday": weekday(year.due.value),
        "raw": year.due_raw.isoformat() if year.due_raw != year.due.value else "", "provisional": year.due.provisional,
        "ladder": steps, "cheapest": free[-1] if free else "", "grace_end": year.grace_end.value.isoformat(),
        "state": state(year, today), "active": life.chosen is not None and life.chosen.year == year.year,
        "url": link("annuity", year.year), "why_url": link("annuity/why", year.year),
    }  # fmt: skip


def state(year: AnnuityYear, today: date) -> dict[str, str]:
    """How a year stands today, were it not paid."""
    if today <= year.due.value:
        return {"label": _("Not due yet"), "colour": "hollow"}
    if today <= year.grace_end.value:
        return {"label": _("In the grace period"), "colour": "warning"}
    return {"label": _("Grace period over"), "colour": "muted"}


def ladder(year: AnnuityYear, today: date) -> list[dict[str, Any]]:
    """In time, then the bands of the surcharge: label, percent, surcharge, last day, and where today is."""
    try:
        bands = [(band.percent, band.first, band.last.value) for band in year.bands]
        full = year.full
    except RuleError:
        return []
    made: list[dict[str, Any]] = [{"label": _("In time"), "percent": 0, "extra": Decimal(0), "last": year.due.value}]
    for month, (percent, _first, last) in enumerate(bands, start=1):
        label = _("Month %(month)s", month=month)
        made.append({"label": label, "percent": percent, "extra": full * percent / 100, "last": last})
    now = next((n for n, step in enumerate(made) if today <= step["last"]), len(made))
    return [
        step | {"state": "past" if n < now else "now" if n == now else "", "last": step["last"].isoformat()}
        for n, step in enumerate(made)
    ]


def chosen(life: Life, today: date) -> dict[str, Any]:
    """The year looked at: its ladder, and what it costs today, in a month, on the last day."""
    year: Any = life.chosen
    waiting: Any = life.waiting
    costs = [
        cost_line(_("Today"), waiting.today),
        cost_line(_("A month from now"), waiting.next_month),
        cost_line(_("On the last day"), waiting.at_the_end),
    ]
    end = year.grace_end.value.isoformat()
    return {
        "year": year.year, "due": year.due.value.isoformat(), "ladder": ladder(year, today), "costs": costs,
        "lapse": _("Unpaid on %(end)s, the patent lapses from %(due)s.", end=end, due=year.lapse.value.isoformat()),
    }  # fmt: skip


def cost_line(label: str, cost: Cost | None) -> dict[str, Any]:
    """What paying on one day costs; too late where nothing can be paid any more."""
    if cost is None:
        return {"label": label, "on": "", "total": None, "surcharge": None, "percent": None, "last": ""}
    return {
        "label": label, "on": cost.on.isoformat(), "total": cost.total.value, "surcharge": cost.surcharge,
        "percent": cost.band_pct, "last": cost.last_day.isoformat(),
    }  # fmt: skip


def why(year: AnnuityYear, today: date) -> dict[str, Any]:
    """Where dates and amount of one year come from, paid today or, when it is too late, in time."""
    cost: Any = cost_on(year, today) or cost_on(year, year.due.value)
    steps = (*year.patent.grant_year.steps, *cost.total.steps, *year.lapse.steps)
    return explained(steps) | {"title": _("Annuity of year %(year)s", year=year.year)}


def picture(life: Life, today: date, link: Callable[[str, int], str]) -> dict[str, Any]:
    """The life from filing to the last day: a bar for every annuity, the grant, today. Places are percents."""
    patent, start, end = life.patent, life.patent.filing_date, life.end.value
    days = (end - start).days or 1

    def at(day: date) -> float:
        return round(100 * (day - start).days / days, 3)

    by_year = {year.year: amounts(year) for year in life.years}
    tallest = max((a["full"] for a in by_year.values() if a["full"]), default=Decimal(1))
    bars, before = [], None
    for number in range(1, patent.term.value + 1):
        first, last = add_period(start, number - 1, Unit.YEAR), min(add_period(start, number, Unit.YEAR), end)
        money = by_year.get(number, {"full": None, "base": None, "percent": 0})
        bar = {
            "year": number,
            "x": at(first),
            "width": round(at(last) - at(first) - 0.35, 3),
            "url": link("annuity", number),
        }
        bar |= {
            "full": _height(money["full"], tallest),
            "base": _height(money["base"], tallest),
            "amount": money["base"],
        }
        bar |= {"label": money["base"] if money["base"] != before else None, "paid": number in by_year}
        bar["active"] = life.chosen is not None and life.chosen.year == number
        before = money["base"]
        bars.append(bar)
    marks = [{"x": 0.0, "label": _("Filing date"), "date": start.isoformat(), "kind": "start"}]
    if patent.grant_date:
        marks.append(
            {"x": at(patent.grant_date), "label": _("Granted"), "date": patent.grant_date.isoformat(), "kind": "grant"}
        )
    if start < today < end:
        marks.append({"x": at(today), "label": _("Today"), "date": today.isoformat(), "kind": "today"})
    marks.append({"x": 100.0, "label": _("Expires"), "date": end.isoformat(), "kind": "end"})
    return {"bars": bars, "marks": marks, "height": HEIGHT, "label": _(LABEL)}


LABEL = N_("The life of the patent: every annuity from grant to the end of the term")


def _height(amount: Decimal | None, tallest: Decimal) -> int:
    return round(HEIGHT * float(amount / tallest)) if amount else 0
