"""Rules from rows: the time limits, rates and reductions that the administrator keeps (A-2.1.4, A-2.1.5)."""

import re
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules import deadline as law
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.fee import FeeRate, FeeTable, ReductionRule
from app.rules.fee_kind import FeeKind
from app.rules.fee_row import read_covered
from app.rules.party import Currency
from app.services.records import before_save
from models.deadline import DeadlineRule
from models.fee import FeeItem, FeeReductionRule

_SEPARATORS = re.compile(r"[,，;；、\s]+")


def deadline_rules_of(session: Session) -> tuple[law.DeadlineRule, ...]:
    """The time limits in use, in the order they were entered."""
    rows = session.execute(select(DeadlineRule).where(DeadlineRule.enabled).order_by(DeadlineRule.id)).scalars()
    return tuple(map(rule_of, rows))


def rule_of(row: DeadlineRule) -> law.DeadlineRule:
    """One time limit as a rule. One that nothing sets off answers to its own code only: it is chosen by hand.

    Raises RuleError where its span ends before it begins.
    """
    triggers = frozenset(_SEPARATORS.split(row.triggers or "")) - {""}
    return law.DeadlineRule(
        code=row.code,
        name=row.name,
        triggers=triggers or frozenset({row.code}),
        action=row.action,
        term=_term(row.number, row.unit, row.base),
        later_term=_term(row.later_number, row.later_unit, row.later_base),
        patent_types=row.patent_scope.types if row.patent_scope else frozenset(),
        routes=frozenset({row.route}) if row.route else frozenset(),
        effective_from=row.effective_from or date.min,
        effective_to=row.effective_to or date.max,
        extendable=bool(row.extendable),
        restorable=bool(row.restorable),
        article=row.article or "",
        confidence=row.confidence or law.Confidence.HIGH,
    )


def _term(number, unit, base) -> law.Term | None:
    return None if number is None or unit is None or base is None else law.Term(number, unit, base)


@before_save(DeadlineRule)
def _refuse_what_cannot_be_reckoned(session: Session, row: DeadlineRule) -> None:
    """A period is whole or absent, and no two rules in use may fire for the same event and action."""
    errors = []
    for prefix in ("", "later_"):
        values = {name: getattr(row, name) for name in (prefix + "number", prefix + "unit", prefix + "base")}
        if values[prefix + "number"] is not None:
            message = N_("A period needs its length, its unit and the day it counts from")
            errors += [RuleError(message, field=name) for name, value in values.items() if value is None]
    if (row.number or 0) < 0 or (row.later_number or 0) < 0:
        errors.append(RuleError(N_("A period cannot be negative"), field="number"))
    if errors:
        raise RuleErrors(errors)
    rule = rule_of(row)
    if row.enabled is not False:
        others = select(DeadlineRule).where(DeadlineRule.enabled)
        if row.id is not None:
            others = others.where(DeadlineRule.id != row.id)
        law.check_unambiguous(rule, map(rule_of, session.execute(others).scalars()))


def fee_table_of(session: Session) -> FeeTable:
    """The official fees and reductions in use."""
    return FeeTable(rates_of(session), reductions_of(session))


def rates_of(session: Session) -> tuple[FeeRate, ...]:
    """The rates of official fees in use; an amount in another currency than CNY counts as unknown."""
    used = select(FeeItem).where(FeeItem.enabled, FeeItem.kind == FeeKind.OFFICIAL).order_by(FeeItem.id)
    return tuple(map(rate_of, session.execute(used).scalars()))


def rate_of(row: FeeItem) -> FeeRate:
    """One fee item as a rate."""
    return FeeRate(
        code=row.code,
        name=row.name,
        stage=row.stage,
        patent_types=row.patent_scope.types,
        amount=row.amount if row.currency is Currency.CNY else None,
        basis=row.basis,
        above=row.above,
        up_to=row.up_to,
        percent=row.percent,
        formula=row.formula or "",
        year_from=row.year_from,
        year_to=row.year_to,
        reducible=row.reducible,
        effective_from=row.effective_from or date.min,
        effective_to=row.effective_to or date.max,
        article=row.article or "",
        source=row.source or "",
        confidence=row.confidence,
    )


def reductions_of(session: Session) -> tuple[ReductionRule, ...]:
    """The reductions in use; rows that name no percentage only inform."""
    used = select(FeeReductionRule).where(FeeReductionRule.enabled).order_by(FeeReductionRule.id)
    rules = map(reduction_of, session.execute(used).scalars())
    return tuple(rule for rule in rules if rule is not None)


def reduction_of(row: FeeReductionRule) -> ReductionRule | None:
    """One reduction as a rule, None where it reduces nothing."""
    percents = frozenset(int(number) for number in re.findall(r"\d+", row.percents or "")) - {0}
    if not percents:
        return None
    stages, covers_excess = read_covered(row.fees_covered or "")
    return ReductionRule(
        code=row.code,
        name=row.name,
        percents=percents,
        stages=stages,
        covers_excess=covers_excess,
        annuity_years=row.annuity_years,
        effective_from=row.effective_from or date.min,
        effective_to=row.effective_to or date.max,
        source=row.source or "",
        confidence=row.confidence,
    )
