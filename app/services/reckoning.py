"""One deadline from what a person or a program gives: by a rule of the table, or by a period of his own.

What is asked is a mapping of texts, the same from a form, a CSV row, JSON and the basis kept with a task, so that a
date can be reckoned anew when the calendar or the rule changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.rules import deadline as law
from app.rules.application_number import Route, parse_patent_type
from app.rules.calendar import Calendar
from app.rules.choice import N_, Choice
from app.rules.deadline_row import calculate_row, parse_channel
from app.rules.errors import RuleError
from app.rules.explain import Explained, Step
from app.rules.normalize import clean_text, parse_date, parse_integer
from app.rules.period import internal_dates
from app.services.sentences import step_data
from models.task import Task

Question = Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """A hard deadline with its reasons, and the internal deadline and reminder where days for them were given."""

    hard: Explained[date]
    internal: date | None = None
    remind: date | None = None

    @property
    def dates(self) -> dict[str, date | None]:
        """The three dates by the column of a task."""
        return {"hard_deadline": self.hard.value, "internal_deadline": self.internal, "remind_on": self.remind}


def reckon(question: Question, calendar: Calendar, rules: Iterable[law.DeadlineRule]) -> Outcome:
    """The deadline asked for.

    With `rule` (a code) those of the rule: doc_date is the day of its event, channel and received_on tell how a
    document came, filing_date, priority_date, grant_date, publication_date and entry_date what the case has, law_on the
    day whose law counts, extension_months what the Office granted. Without: the columns of
    `deadline_row.calculate_row`. internal_days, remind_days: so many days before. Raises RuleError with the column.
    """
    code = clean_text(question.get("rule"))
    hard = _by_rule(_find(code, rules), question, calendar) if code else _by_period(question, calendar)
    internal, remind = _days(question, "internal_days"), _days(question, "remind_days")
    if internal is None and remind is None:
        return Outcome(hard)
    before, reminder = internal_dates(hard.value, internal or 0, remind or 0, calendar)
    return Outcome(hard, before if internal is not None else None, reminder if remind is not None else None)


def event_of(question: Question, trigger: str) -> law.Event:
    """What happened and what the case has, as rules ask for it. Raises RuleError with the column."""
    return law.Event(
        trigger,
        parse_date(question.get("doc_date"), field="doc_date"),
        channel=parse_channel(question.get("channel")),
        delivered_on=_day(question, "received_on"),
        patent_type=parse_patent_type(question["patent_type"]) if question.get("patent_type") else None,
        route=_choice(Route, question, "route"),
        filing_date=_day(question, "filing_date"),
        priority_date=_day(question, "priority_date"),
        grant_date=_day(question, "grant_date"),
        publication_date=_day(question, "publication_date"),
        entry_date=_day(question, "entry_date"),
        law_on=_day(question, "law_on"),
    )


def keep(task: Task, question: Question, outcome: Outcome) -> None:
    """Give a task its dates together with where they come from (这个日期怎么来的)."""
    for column, day in outcome.dates.items():
        setattr(task, column, day)
    task.basis = basis_of(question, outcome)


def basis_of(question: Question, outcome: Outcome) -> dict[str, Any]:
    """What is kept with a task: what was asked, the dates given, and why."""
    return {
        "question": {name: text for name, text in question.items() if text},
        "dates": {column: day.isoformat() for column, day in outcome.dates.items() if day},
        "steps": [step_data(step) for step in outcome.hard.steps],
        "provisional": outcome.hard.provisional,
    }


#: The column that gives each kind of day of a case.
COLUMNS = {
    law.BaseKind.FILING: "filing_date",
    law.BaseKind.PRIORITY: "priority_date",
    law.BaseKind.PRIORITY_OR_FILING: "filing_date",
    law.BaseKind.GRANT: "grant_date",
    law.BaseKind.PUBLICATION: "publication_date",
    law.BaseKind.ENTRY: "entry_date",
}


def _by_rule(rule: law.DeadlineRule, question: Question, calendar: Calendar) -> Explained[date]:
    column = COLUMNS.get(rule.term.base) if rule.term else None
    if column and not question.get("doc_date"):  # counted from a day of the case, whatever happened
        question = {**question, "doc_date": question.get(column, "")}
    event = event_of(question, min(rule.triggers))
    if rule.term and event.base(rule.term.base) is None:
        raise RuleError(N_("The case lacks the day this period counts from"), field=column)
    hard = law.compute(rule, event, calendar, extension=_days(question, "extension_months") or 0)
    if rule.effective_from <= event.law_date <= rule.effective_to:
        return hard
    warning = Step("span", N_("On %(day)s this rule does not apply."), {"day": event.law_date}, rule.article)
    return Explained(hard.value, (*hard.steps, warning), hard.provisional)


def _by_period(question: Question, calendar: Calendar) -> Explained[date]:
    row = calculate_row(question, calendar)
    if row.error:
        raise row.error
    return Explained(date.fromisoformat(row.columns["rolled_end_date"]), row.steps, row.provisional)


def _find(code: str, rules: Iterable[law.DeadlineRule]) -> law.DeadlineRule:
    for rule in rules:
        if rule.code == code:
            return rule
    raise RuleError(N_("There is no time limit %(code)s in use"), field="rule", code=code)


def _days(question: Question, name: str) -> int | None:
    text = clean_text(question.get(name))
    return parse_integer(text, field=name) if text else None


def _day(question: Question, name: str) -> date | None:
    text = clean_text(question.get(name))
    return parse_date(text, field=name) if text else None


def _choice(choices: type[Choice], question: Question, name: str) -> Any:
    text = clean_text(question.get(name))
    found = choices.find(text.upper())
    if text and found is None:
        raise RuleError(N_("“%(value)s” is not among the choices"), field=name, value=text)
    return found
