"""What an event costs in official fees: units, rates, reductions, and how each amount came about."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.rules.application_number import PatentType
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.explain import Explained, Step
from app.rules.fee import FeeBasis, FeeRate, FeeStage, FeeTable, ReductionRule
from app.rules.money import to_cny


@dataclass(frozen=True)
class Entitlement:
    """That a case enjoys a special reduction, such as that of an open licence, from one day to another."""

    reduction: str
    since: date = date.min
    until: date = date.max


@dataclass(frozen=True)
class FeeFacts:
    """What must be known to quote the fees of an event.

    on: the day of the event, whose rates apply. stages: which fees; codes: only these, if any are named.
    claims, pages (description with drawings), items (priorities claimed …), months, copies: what is counted.
    reduction_pct: the general reduction approved for the case (85, 70, 0); entitled: the special ones.
    year, grant_year: the patent year of an annuity and that of the grant.
    """

    patent_type: PatentType
    on: date
    stages: frozenset[FeeStage]
    codes: frozenset[str] = frozenset()
    claims: int = 0
    pages: int = 0
    items: int = 0
    months: int = 0
    copies: int = 1
    reduction_pct: int = 0
    entitled: tuple[Entitlement, ...] = ()
    year: int | None = None
    grant_year: int | None = None

    def count(self, basis: FeeBasis) -> int:
        """How many units of this kind there are."""
        counted = {
            FeeBasis.CLAIM: self.claims,
            FeeBasis.PAGE: self.pages,
            FeeBasis.ITEM: self.items,
            FeeBasis.MONTH: self.months,
            FeeBasis.COPY: self.copies,
        }
        return counted.get(basis, 1)


@dataclass(frozen=True)
class FeeLine:
    """One fee of a quotation: units charged, the full amount, the reduction in percent, and what is to be paid.

    full and the payable amount are None where the table knows no CNY amount.
    """

    rate: FeeRate
    quantity: int
    full: Decimal | None
    reduction_pct: int
    payable: Explained[Decimal] | Explained[None]


def quote(table: FeeTable, facts: FeeFacts) -> list[FeeLine]:
    """The fees an event costs, in the table's order; those of which nothing is charged are left out."""
    lines = []
    for rate in table.rates:
        wanted = rate.stage in facts.stages and (not facts.codes or rate.code in facts.codes)
        if not wanted or rate.basis is FeeBasis.BAND or not rate.applies(facts.patent_type, facts.on, facts.year):
            continue
        if quantity := rate.units(facts.count(rate.basis)):
            lines.append(_line(table, rate, quantity, facts))
    return lines


def charge(table: FeeTable, rate: FeeRate, quantity: int, facts: FeeFacts) -> tuple[int, Explained[Decimal]]:
    """The reduction in percent and the amount to pay for so many units, rounded half up to the fen.

    Of the general reduction and the special ones the best counts, never their sum (财税〔2024〕23号).
    RuleError (field fee_reduction_pct): no row of the table knows such a general reduction.
    """
    full = rate.full(quantity)
    params = {"name": rate.name, "quantity": quantity, "rate": rate.amount, "amount": full}
    steps = [Step("rate", N_("%(name)s: %(quantity)s × %(rate)s = %(amount)s CNY."), params, rate.article, full)]
    percent, reasons = _reduction(table, rate, facts)
    steps += reasons
    payable = to_cny(full * (100 - percent) / 100)
    if percent:
        message = N_("After the reduction of %(percent)s %%, rounded half up to the fen: %(amount)s CNY.")
        steps.append(Step("rounding", message, {"percent": percent, "amount": payable}, "", payable))
    return percent, Explained(payable, tuple(steps))


def _line(table: FeeTable, rate: FeeRate, quantity: int, facts: FeeFacts) -> FeeLine:
    if rate.amount is None:
        message = N_("%(name)s: the table has no amount in CNY (%(formula)s); it must be entered.")
        step = Step("unknown", message, {"name": rate.name, "formula": rate.formula}, rate.article)
        return FeeLine(rate, quantity, None, 0, Explained(None, (step,)))
    percent, payable = charge(table, rate, quantity, facts)
    return FeeLine(rate, quantity, rate.full(quantity), percent, payable)


def _reduction(table: FeeTable, rate: FeeRate, facts: FeeFacts) -> tuple[int, list[Step]]:
    """The best percent there is, with the rule it rests on or the reason why there is none."""
    on, reduction_pct = facts.on, facts.reduction_pct
    if reduction_pct and not any(reduction_pct in rule.percents for rule in table.reductions):
        message = N_("There is no fee reduction of %(percent)s %%")
        raise RuleError(message, field="fee_reduction_pct", percent=reduction_pct)
    special = {right.reduction for right in facts.entitled if right.since <= on <= right.until}
    offers = [(max(rule.percents), rule) for rule in table.reductions if rule.code in special and rule.covers(rate, on)]
    general = [r for r in table.reductions if reduction_pct in r.percents and r.covers(rate, on)]
    if reduction_pct and general:
        offers.append((reduction_pct, max(general, key=lambda rule: rule.effective_from)))
    limits = [_reduced_years(rule, rate, facts.grant_year) for _percent, rule in offers]
    open_offers = [offer for offer, years in zip(offers, limits, strict=True) if years is None or facts.year in years]
    if open_offers:
        percent, rule = max(open_offers, key=lambda offer: offer[0])
        message = N_("Reduced by %(percent)s %% under “%(name)s”.")
        return percent, [Step("reduction", message, {"name": rule.name, "percent": percent}, rule.source, percent)]
    if offers and limits[0]:
        message = N_("Annuities are reduced only for years %(first)s to %(last)s: the full fee is due.")
        params = {"first": limits[0][0], "last": limits[0][-1]}
        return 0, [Step("no_reduction", message, params, offers[0][1].source, 0)]
    if reduction_pct:
        return 0, [Step("no_reduction", N_("This fee is not reduced."), {}, rate.source, 0)]
    return 0, []


def _reduced_years(rule: ReductionRule, rate: FeeRate, grant_year: int | None) -> range | None:
    """The patent years that a rule reduces; None where it sets no limit."""
    if rate.stage is not FeeStage.ANNUITY or rule.annuity_years is None:
        return None
    if grant_year is None:
        raise RuleError(N_("To reduce an annuity the date of grant must be known"), field="grant_date")
    return range(grant_year, grant_year + rule.annuity_years)
