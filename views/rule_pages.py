"""The rules from outside: which notice sets off what (规则覆盖矩阵), and the law of two days side by side."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules import deadline as law
from app.rules.application_number import PatentType, Route
from app.rules.choice import N_
from app.rules.delivery import ELECTRONIC_FROM, Channel
from app.rules.document import DocumentCategory
from app.rules.explain import Explained
from app.services.calendar import calendar_of
from app.services.reckoning import event_of
from app.services.rulebook import deadline_rules_of
from app.services.sentences import Words, say_step
from app.texts import gettext as _
from models.document import DocumentType
from views.calculator import Field, choices, field, term_text
from views.provenance import weekday

#: The kinds of case that are told apart.
KINDS = (
    (PatentType.INVENTION, Route.DOMESTIC),
    (PatentType.UTILITY_MODEL, Route.DOMESTIC),
    (PatentType.DESIGN, Route.DOMESTIC),
    (PatentType.INVENTION, Route.PCT_NATIONAL),
    (PatentType.UTILITY_MODEL, Route.PCT_NATIONAL),
    (PatentType.INVENTION, Route.PCT_INTERNATIONAL),
    (PatentType.DESIGN, Route.HAGUE),
)
#: What the matrix may be narrowed to.
FILTERS = {"": N_("All"), "FIRES": N_("Fires"), "NONE": N_("No rule"), "AMBIGUOUS": N_("Ambiguous")}


def matrix(session: Session, on: date, only: str, url: str) -> dict[str, Any]:
    """Every notice and event against every kind of case: what fires under the law of a day."""
    rules = deadline_rules_of(session)
    names = notices(session)
    triggers = sorted({trigger for rule in rules for trigger in rule.triggers} | names.keys())
    cells = law.coverage(rules, triggers, KINDS, on)
    rows = []
    for trigger in triggers:
        line = [cell(cells[trigger, *kind]) for kind in KINDS]
        outcomes = {one["outcome"] for one in line}
        wanted = outcomes == {"NONE"} if only == "NONE" else not only or only in outcomes
        if wanted:
            rows.append({"trigger": trigger, "name": names.get(trigger, ""), "cells": line})
    ambiguous = [(one.code, other.code) for one, other in law.ambiguities(rules)]
    filters = [
        {"label": _(label), "url": f"{url}?on={on}&only={code}", "current": code == only}
        for code, label in FILTERS.items()
    ]
    heads = [{"type": _(kind.label), "route": _(route.label)} for kind, route in KINDS]
    return {"rows": rows, "heads": heads, "filters": filters, "on": on.isoformat(), "ambiguous": ambiguous}


def notices(session: Session) -> dict[str, str]:
    """The official letters in use: {code: name}."""
    used = select(DocumentType.code, DocumentType.name)
    used = used.where(DocumentType.category == DocumentCategory.OFFICIAL_IN, DocumentType.enabled)
    return dict(session.execute(used.order_by(DocumentType.code)).all())


def cell(found: law.Cell) -> dict[str, Any]:
    """One place of the matrix: the periods that fire, the rules behind them."""
    periods = [period(rule) for rule in found.rules]
    said = "\n".join(f"{rule.code}　{rule.name}　{rule.action}" for rule in found.rules)
    return {
        "outcome": found.outcome.code,
        "label": _(found.outcome.label),
        "text": "、".join(dict.fromkeys(periods)),
        "title": said,
    }


def period(rule: law.DeadlineRule) -> str:
    """The length of a rule's period: 4 月."""
    return f"{rule.term.number} {_(rule.term.unit.label)}" if rule.term else "–"


def law_fields(session: Session, given: Mapping[str, str]) -> list[Field]:
    """The inputs of the comparison."""
    names = notices(session)
    triggers = sorted({trigger for rule in deadline_rules_of(session) for trigger in rule.triggers})
    options = [{"code": trigger, "label": f"{trigger} {names.get(trigger, '')}".strip()} for trigger in triggers]
    return [
        field("trigger", N_("Official letter or event"), "choice", given, choices=options, blank=None),
        field("doc_date", N_("Date of the event"), "date", given, required=True),
        field("channel", N_("Way of delivery"), "choice", given, choices=choices(Channel), blank=None),
        field("patent_type", N_("Patent type"), "choice", given, choices=choices(PatentType), blank=None),
        field("route", N_("Route"), "choice", given, choices=choices(Route), blank=None),
        field("filing_date", N_("Filing date"), "date", given),
        field("priority_date", N_("Priority date"), "date", given),
        field("before", N_("Law of the day"), "date", given, required=True),
        field("after", N_("And of the day"), "date", given, required=True),
    ]


def law_defaults() -> dict[str, str]:
    """Around the day when electronic documents stopped being presumed received after 15 days."""
    before = date.fromordinal(ELECTRONIC_FROM.toordinal() - 1)
    return {
        "trigger": "210401", "doc_date": "2024-01-19", "channel": Channel.ELECTRONIC.code, "route": Route.DOMESTIC.code,
        "patent_type": PatentType.INVENTION.code, "before": before.isoformat(), "after": ELECTRONIC_FROM.isoformat(),
    }  # fmt: skip


def comparison(session: Session, given: Mapping[str, str], before: date, after: date) -> dict[str, Any]:
    """The deadlines of one event under the law of both days, and why the other rules do not fire. Raises RuleError."""
    rules, calendar = deadline_rules_of(session), calendar_of(session)
    event, words = event_of(given, given["trigger"]), Words()
    pairs = law.compare_law(rules, event, before, after, calendar)
    return {
        "before": before.isoformat(),
        "after": after.isoformat(),
        "rows": [compared(pair, words) for pair in pairs],
        "fired": [named(one.rule) for one in law.select(rules, event) if one.fired],
        "others": others(law.select(rules, event), words),
    }


def compared(pair: law.Comparison, words: Words) -> dict[str, Any]:
    """One action: its date under the law of each day, and how far they lie apart."""
    days = (pair.after.value - pair.before.value).days if pair.before and pair.after else None
    return {"action": pair.action, "before": dated(pair.before, words), "after": dated(pair.after, words), "days": days}


def dated(end: Explained[date] | None, words: Words) -> dict[str, str] | None:
    """A date with its reasons."""
    if end is None:
        return None
    why = "\n".join(say_step(step, words) for step in end.steps)
    return {"date": end.value.isoformat(), "weekday": weekday(end.value), "why": why}


def named(rule: law.DeadlineRule) -> dict[str, str]:
    """A rule by code, name and period."""
    return {"code": rule.code, "name": rule.name, "period": term_text(rule.term) if rule.term else ""}


def others(selections: Iterable[law.Selection], words: Words) -> list[dict[str, Any]]:
    """The rules that did not fire with the condition that failed; those set off by something else come last."""
    failed = [(one.rule, one.failed) for one in selections if one.failed is not None]
    failed.sort(key=lambda pair: pair[1].code == "trigger")
    return [named(rule) | {"why": say_step(step, words), "near": step.code != "trigger"} for rule, step in failed]
