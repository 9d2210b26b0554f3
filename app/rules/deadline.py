"""Deadline rules: which of them an event sets off, and the date each one gives, with its reasons."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.rules.application_number import PatentType, Route
from app.rules.calendar import Calendar
from app.rules.choice import N_, Choice
from app.rules.delivery import Channel, deliver
from app.rules.errors import RuleError
from app.rules.explain import Explained, Step
from app.rules.period import Unit, expire, extend


class BaseKind(Choice):
    """The day a period counts from (起算日)."""

    DELIVERY = N_("Date of delivery")
    DISPATCH = N_("Date of dispatch")
    FILING = N_("Filing date")
    PRIORITY = N_("Priority date")
    PRIORITY_OR_FILING = N_("Priority date, else filing date")
    GRANT = N_("Date of grant announcement")
    PUBLICATION = N_("Publication date")
    ENTRY = N_("Date of national phase entry")
    EVENT = N_("Date of the event")


class Confidence(Choice):
    """How sure the source of a rule is."""

    HIGH = N_("Certain"), "success"
    MEDIUM = N_("Likely"), "warning"
    LOW = N_("Doubtful"), "danger"


@dataclass(frozen=True)
class Event:
    """Something that happened in a case: a notice dispatched, a filing, a grant, a payment.

    happened_on: the day of the event (for a document: of its dispatch, handing over or announcement).
    channel, delivered_on: how a document came, and the evidenced day of its receipt.
    law_on: the day whose law is applied; by default the day of the event.
    """

    trigger: str
    happened_on: date
    channel: Channel | None = None
    delivered_on: date | None = None
    patent_type: PatentType | None = None
    route: Route | None = None
    filing_date: date | None = None
    priority_date: date | None = None
    grant_date: date | None = None
    publication_date: date | None = None
    entry_date: date | None = None
    law_on: date | None = None

    @property
    def law_date(self) -> date:
        """The day whose law is applied."""
        return self.law_on or self.happened_on

    def base(self, kind: BaseKind) -> date | None:
        """The day of that kind, None when the case has none (DELIVERY: the day from which delivery is reckoned)."""
        return _BASES[kind](self)


_BASES: dict[BaseKind, Callable[[Event], date | None]] = {
    BaseKind.DELIVERY: lambda event: event.happened_on,
    BaseKind.DISPATCH: lambda event: event.happened_on,
    BaseKind.FILING: lambda event: event.filing_date,
    BaseKind.PRIORITY: lambda event: event.priority_date,
    BaseKind.PRIORITY_OR_FILING: lambda event: event.priority_date or event.filing_date,
    BaseKind.GRANT: lambda event: event.grant_date,
    BaseKind.PUBLICATION: lambda event: event.publication_date,
    BaseKind.ENTRY: lambda event: event.entry_date,
    BaseKind.EVENT: lambda event: event.happened_on,
}


@dataclass(frozen=True)
class Term:
    """A length of time and the day it counts from."""

    number: int
    unit: Unit
    base: BaseKind


@dataclass(frozen=True)
class DeadlineRule:
    """One row of the table of deadline rules (官方期限).

    triggers: codes of the documents or events that set it off; action: what must be done in time.
    term: None where the law names no period that can be reckoned; the date is then set by hand.
    later_term: a second period, of which and `term` the later end counts (细则第112条, 第37条).
    patent_types, routes: whom it is for; empty means all. effective_from, effective_to: the days of events to which
    it applies, both included. extendable: a period set by the Office. article: its source.
    RuleError: no trigger, or a span that ends before it begins.
    """

    code: str
    name: str
    triggers: frozenset[str]
    action: str
    term: Term | None
    later_term: Term | None = None
    patent_types: frozenset[PatentType] = frozenset()
    routes: frozenset[Route] = frozenset()
    effective_from: date = date.min
    effective_to: date = date.max
    extendable: bool = False
    restorable: bool = False
    article: str = ""
    confidence: Confidence = Confidence.HIGH

    def __post_init__(self) -> None:
        if not self.triggers:
            raise RuleError(N_("A deadline rule needs a document or event that sets it off"), field="triggers")
        if self.effective_to < self.effective_from:
            raise RuleError(N_("The rule ends before it begins"), field="effective_to")

    @property
    def channel_sensitive(self) -> bool:
        """Whether the way of delivery changes the date."""
        return any(term.base is BaseKind.DELIVERY for term in (self.term, self.later_term) if term)


@dataclass(frozen=True)
class Selection:
    """What became of one rule for one event: it fired, or `failed` tells the condition that did not hold."""

    rule: DeadlineRule
    failed: Step | None = None

    @property
    def fired(self) -> bool:
        return self.failed is None


@dataclass(frozen=True)
class Comparison:
    """The date of one action under the law of two days; None where that law sets none."""

    action: str
    before: Explained[date] | None
    after: Explained[date] | None


class Coverage(Choice):
    """What a notice sets off in a kind of case."""

    FIRES = N_("Fires"), "success"
    NONE = N_("No rule")
    AMBIGUOUS = N_("Ambiguous"), "danger"


@dataclass(frozen=True)
class Cell:
    """One place of the coverage matrix, with the rules that fire there."""

    outcome: Coverage
    rules: tuple[DeadlineRule, ...]


def select(rules: Iterable[DeadlineRule], event: Event) -> list[Selection]:
    """Every rule with whether it fires for the event and, if not, the first condition that failed."""
    return [Selection(rule, _failed_condition(rule, event)) for rule in rules]


def compute(rule: DeadlineRule, event: Event, calendar: Calendar, *, extension: int = 0) -> Explained[date]:
    """The hard deadline the rule gives for the event: always a working day. Whether it fires is for `select` to say.

    extension: months by which the Office extended the period. RuleError: the rule has no period (field number), the
    case lacks the day to count from (field base), the channel of a document is unknown (field channel), the period
    cannot be extended, or not so far (field months).
    """
    if rule.term is None:
        raise RuleError(N_("Rule %(rule)s names no period; set the date by hand"), field="number", rule=rule.code)
    if extension and not rule.extendable:
        raise RuleError(N_("This period cannot be extended"), field="months")
    end = _end(rule.term, event, calendar, extension)
    steps = [Step("rule", N_("Rule %(rule)s: %(name)s."), {"rule": rule.code, "name": rule.name}, rule.article)]
    steps += end.steps
    provisional = end.provisional
    if rule.later_term and event.base(rule.later_term.base):
        other = _end(rule.later_term, event, calendar)
        steps += other.steps
        message = N_("Of the two periods the one that ends later counts: %(end)s.")
        end = max(end, other, key=lambda ended: ended.value)
        steps.append(Step("later", message, {"end": end.value}, rule.article, end.value))
        provisional = provisional or other.provisional
    if rule.confidence is not Confidence.HIGH:
        message = N_("The source of this rule is not certain; the notice itself decides.")
        steps.append(Step("confidence", message, {}, rule.article, end.value))
    return Explained(end.value, tuple(steps), provisional)


def ambiguities(rules: Iterable[DeadlineRule]) -> list[tuple[DeadlineRule, DeadlineRule]]:
    """The pairs of rules that could both fire for one event and one action."""
    rules = list(rules)
    return [(rule, other) for i, rule in enumerate(rules) for other in rules[i + 1 :] if _collide(rule, other)]


def check_unambiguous(new: DeadlineRule, existing: Iterable[DeadlineRule]) -> None:
    """RuleError (conflict) if one of the other rules could fire for the same event and action as the new one."""
    for other in existing:
        if _collide(new, other):
            message = N_("Rules %(rule)s and %(other)s would both apply; separate them by type, route or dates")
            raise RuleError(message, field="triggers", code="conflict", rule=new.code, other=other.code)


def compare_law(
    rules: Iterable[DeadlineRule], event: Event, before: date, after: date, calendar: Calendar
) -> list[Comparison]:
    """The deadlines of one event under the law of two days side by side, rules and delivery alike, per action."""
    rules = list(rules)
    dates: dict[str, dict[date, Explained[date]]] = {}
    for law_on in (before, after):
        as_of = replace(event, law_on=law_on)
        for selection in select(rules, as_of):
            if selection.fired:
                dates.setdefault(selection.rule.action, {})[law_on] = compute(selection.rule, as_of, calendar)
    return [Comparison(action, found.get(before), found.get(after)) for action, found in dates.items()]


def coverage(
    rules: Iterable[DeadlineRule],
    triggers: Iterable[str],
    case_kinds: Iterable[tuple[PatentType, Route]],
    on: date,
) -> dict[tuple[str, PatentType, Route], Cell]:
    """For every notice and kind of case what fires under the law of the day `on`, all dates of the case being known."""
    by_trigger: dict[str, list[DeadlineRule]] = {}
    for rule in rules:
        for trigger in rule.triggers:
            by_trigger.setdefault(trigger, []).append(rule)
    kinds = list(case_kinds)
    return {
        (trigger, patent_type, route): _cell(by_trigger.get(trigger, []), trigger, patent_type, route, on)
        for trigger in triggers
        for patent_type, route in kinds
    }


def _cell(rules: list[DeadlineRule], trigger: str, patent_type: PatentType, route: Route, on: date) -> Cell:
    event = Event(
        trigger,
        on,
        patent_type=patent_type,
        route=route,
        filing_date=on,
        priority_date=on,
        grant_date=on,
        publication_date=on,
        entry_date=on,
    )
    fired = tuple(selection.rule for selection in select(rules, event) if selection.fired)
    if not fired:
        return Cell(Coverage.NONE, fired)
    return Cell(Coverage.AMBIGUOUS if ambiguities(fired) else Coverage.FIRES, fired)


def base_step(base: date, kind: BaseKind | str) -> Step:
    """The step that names the day a period counts from."""
    return Step("base", N_("Counted from: %(kind)s, %(base)s."), {"kind": kind, "base": base}, "", base)


def _end(term: Term, event: Event, calendar: Calendar, extension: int = 0) -> Explained[date]:
    base = event.base(term.base)
    if base is None:
        raise RuleError(N_("The case lacks the day this period counts from"), field="base")
    if term.base is not BaseKind.DELIVERY:
        origin = Explained(base, (base_step(base, term.base),))
    elif event.channel is None:
        raise RuleError(N_("Choose how the document was delivered"), field="channel")
    else:
        origin = deliver(base, event.channel, event.delivered_on, law_on=event.law_date)
    if extension:
        end = extend(origin.value, term.number, term.unit, extension, calendar)
    else:
        end = expire(origin.value, term.number, term.unit, calendar)
    return Explained(end.value, origin.steps + end.steps, end.provisional)


def _failed_condition(rule: DeadlineRule, event: Event) -> Step | None:
    if event.trigger not in rule.triggers:
        message = N_("It is set off by %(expected)s, not by %(actual)s.")
        return Step("trigger", message, {"expected": tuple(sorted(rule.triggers)), "actual": event.trigger})
    for code, expected, actual, message in (
        ("patent_type", rule.patent_types, event.patent_type, N_("It is for the patent types %(expected)s only.")),
        ("route", rule.routes, event.route, N_("It is for the routes %(expected)s only.")),
    ):
        if expected and actual not in expected:
            return Step(code, message, {"expected": tuple(sorted(expected, key=lambda one: one.value))})
    if event.law_date < rule.effective_from:
        return Step("span", N_("It applies only from %(day)s."), {"day": rule.effective_from})
    if event.law_date > rule.effective_to:
        return Step("span", N_("It applied only until %(day)s."), {"day": rule.effective_to})
    if rule.term is None:
        return Step("period", N_("It names no period that can be computed."))
    if event.base(rule.term.base) is None:
        return Step("base", N_("The case has no such day to count from: %(kind)s."), {"kind": rule.term.base})
    return None


def _collide(rule: DeadlineRule, other: DeadlineRule) -> bool:
    return (
        rule.term is not None
        and other.term is not None
        and rule.action == other.action
        and not rule.triggers.isdisjoint(other.triggers)
        and _overlap(rule.patent_types, other.patent_types)
        and _overlap(rule.routes, other.routes)
        and rule.effective_from <= other.effective_to
        and other.effective_from <= rule.effective_to
    )


def _overlap(these: frozenset[Any], those: frozenset[Any]) -> bool:
    return not these or not those or not these.isdisjoint(those)
