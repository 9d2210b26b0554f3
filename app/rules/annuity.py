"""Annuities: patent years, when they fall due, what lateness costs, when the patent lapses.

实施细则第114、115条; 审查指南第五部分第九章2.2. Amounts and bands come from the fee table.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from app.rules.application_number import PatentType
from app.rules.calendar import Calendar
from app.rules.choice import N_, Choice
from app.rules.errors import RuleError
from app.rules.explain import Explained, Step
from app.rules.fee import FeeRate, FeeStage, FeeTable
from app.rules.fee_quote import Entitlement, FeeFacts, charge
from app.rules.money import to_cny
from app.rules.period import Unit, add_period, roll

DESIGN_TERM_CHANGED_ON = date(2021, 6, 1)
GRACE_MONTHS = 6

RULE_DUE = "细则第114条; 指南五部九章2.2.1.2"
RULE_GRACE = "细则第115条; 指南五部九章2.2.1.3"
RULE_TERM = "专利法第42条; 指南五部九章2.1"
RULE_YEAR = "指南五部九章2.2.1.1"

_DAY = timedelta(days=1)


class AnnuityBasis(Choice):
    """The day from which patent years are counted."""

    FILING = N_("Filing date")
    INTERNATIONAL_FILING = N_("International filing date")
    PARENT_FILING = N_("Filing date of the parent application")
    INTERNATIONAL_REGISTRATION = N_("International registration date")


_BASIS_ARTICLES = {
    AnnuityBasis.FILING: RULE_YEAR,
    AnnuityBasis.INTERNATIONAL_FILING: "细则第119条",
    AnnuityBasis.PARENT_FILING: "细则第49条",
    AnnuityBasis.INTERNATIONAL_REGISTRATION: "细则第137条",
}


@dataclass(frozen=True)
class Patent:
    """What the annuities of a patent depend on.

    filing_date: the day that `basis` names (PCT: the international filing date; divisional: that of the parent).
    stated_grant_year: the patent year of the grant as the notice states it, which overrides the computed one.
    reduction_pct: the general reduction approved (85, 70, 0); entitled: special ones such as an open licence.
    RuleError: granted before it was filed (field grant_date), a stated year that cannot be (grant_patent_year).
    """

    patent_type: PatentType
    filing_date: date
    grant_date: date | None = None
    stated_grant_year: int | None = None
    basis: AnnuityBasis = AnnuityBasis.FILING
    reduction_pct: int = 0
    entitled: tuple[Entitlement, ...] = ()

    def __post_init__(self) -> None:
        if self.grant_date and self.grant_date < self.filing_date:
            raise RuleError(N_("The grant cannot be before the filing date"), field="grant_date")
        if self.stated_grant_year is not None and not 1 <= self.stated_grant_year <= self.term.value:
            raise RuleError(N_("There is no such patent year"), field="grant_patent_year")

    @cached_property
    def term(self) -> Explained[int]:
        """The term in years."""
        return term_years(self.patent_type, self.filing_date)

    @cached_property
    def grant_year(self) -> Explained[int]:
        """The patent year of the grant (授权当年), paid at registration; RuleError if nothing tells it."""
        if self.stated_grant_year is not None:
            message = N_("The notice states patent year %(year)s as the year of grant.")
            step = Step("grant_year", message, {"year": self.stated_grant_year}, RULE_DUE, self.stated_grant_year)
            return Explained(self.stated_grant_year, (step,))
        if self.grant_date is None:
            raise RuleError(N_("Annuities need the date of grant"), field="grant_date")
        year = patent_year(self.filing_date, self.grant_date)
        message = N_("Granted on %(grant)s, in patent year %(year)s.")
        step = Step("grant_year", message, {"grant": self.grant_date, "year": year}, RULE_YEAR, year)
        return Explained(year, (step,))


@dataclass(frozen=True)
class Band:
    """One step of the surcharge: its percent of the full annuity, its first day and its last one, rolled."""

    percent: int
    first: date
    last: Explained[date]


@dataclass(frozen=True)
class Cost:
    """What paying an annuity on a day costs.

    band_pct: percent of the surcharge; last_day: the last day at this price. balance: what is left after the amount
    already paid, never negative.
    """

    on: date
    band_pct: int
    surcharge: Decimal
    total: Explained[Decimal]
    balance: Decimal
    last_day: date


@dataclass(frozen=True)
class Waiting:
    """What an annuity costs today, a month from today, and on the last day of all; None where it is too late."""

    today: Cost | None
    next_month: Cost | None
    at_the_end: Cost | None


@dataclass(frozen=True)
class AnnuityYear:
    """One patent year's annuity: its dates and amounts, worked out when asked for.

    due_raw: the anniversary on which the year begins, not yet moved by the calendar of working days.
    Asking for an amount raises RuleError (conflict) when the table has no rate, as for years long past.
    """

    patent: Patent
    year: int
    due_raw: date
    table: FeeTable = field(repr=False, compare=False)
    calendar: Calendar = field(repr=False, compare=False)

    @cached_property
    def rate(self) -> FeeRate:
        """The row of the fee table for this year, as of its due date."""
        return self.table.rate_of_year(self.patent.patent_type, self.year, self.due_raw)

    @property
    def full(self) -> Decimal:
        """The annuity without any reduction, on which the surcharge is reckoned."""
        return self.rate.full()

    @cached_property
    def due(self) -> Explained[date]:
        """The last day to pay without delay."""
        return due_on(self.patent.filing_date, self.year, self.calendar, self.patent.basis)

    @cached_property
    def grace_end_raw(self) -> date:
        """Six months after the due date as not yet moved."""
        return add_period(self.due_raw, GRACE_MONTHS, Unit.MONTH)

    @cached_property
    def grace_end(self) -> Explained[date]:
        """The last day on which the patent can still be saved by paying."""
        return grace_end(self.due_raw, self.calendar)

    @property
    def reduction_pct(self) -> int:
        """The reduction that applies to this year, in percent."""
        return self._charge[0]

    @property
    def base(self) -> Explained[Decimal]:
        """The annuity to pay in time, reduced."""
        return self._charge[1]

    @cached_property
    def lapse(self) -> Explained[date]:
        """The day from which the patent lapses if the year is never paid: the due date, not yet moved (细则第115条)."""
        message = N_("Not paid by the end of the grace period on %(end)s, the patent lapses from %(due)s.")
        params = {"end": self.grace_end.value, "due": self.due_raw}
        step = Step("lapse", message, params, "细则第115条", self.due_raw)
        return Explained(self.due_raw, (*self.grace_end.steps, step), self.grace_end.provisional)

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """The bands of the surcharge without a gap, from the day after the due date to the end of the grace period.

        Each ends on the corresponding day of its month, rolled; the next begins the day after.
        """
        bands = []
        first = self.due.value + _DAY
        for months, percent in self.table.bands(self.patent.patent_type, self.due_raw):
            last = roll(add_period(self.due_raw, months, Unit.MONTH), self.calendar)
            bands.append(Band(percent, first, last))
            first = last.value + _DAY
        return tuple(bands)

    @cached_property
    def _charge(self) -> tuple[int, Explained[Decimal]]:
        patent = self.patent
        facts = FeeFacts(
            patent.patent_type,
            self.due_raw,
            frozenset((FeeStage.ANNUITY,)),
            reduction_pct=patent.reduction_pct,
            entitled=patent.entitled,
            year=self.year,
            grant_year=patent.grant_year.value,
        )
        return charge(self.table, self.rate, 1, facts)


def patent_year(filing_date: date, day: date) -> int:
    """The patent year a day lies in: the first begins on the filing date, each next one on its anniversary."""
    years = day.year - filing_date.year
    return years if day < add_period(filing_date, years, Unit.YEAR) else years + 1


def term_years(patent_type: PatentType, filing_date: date) -> Explained[int]:
    """The term: 20 years for inventions, 10 for utility models, 15 for designs filed from 2021-06-01, else 10."""
    if patent_type is PatentType.DESIGN:
        long = filing_date >= DESIGN_TERM_CHANGED_ON
        years, message = (
            (15, N_("Design filed on %(filing)s, from 2021-06-01 on: 15 years."))
            if long
            else (10, N_("Design filed on %(filing)s, before 2021-06-01: 10 years."))
        )
    elif patent_type is PatentType.INVENTION:
        years, message = 20, N_("Invention filed on %(filing)s: 20 years.")
    else:
        years, message = 10, N_("Utility model filed on %(filing)s: 10 years.")
    return Explained(years, (Step("term", message, {"filing": filing_date}, RULE_TERM, years),))


def term_end(patent_type: PatentType, filing_date: date) -> Explained[date]:
    """The last day of protection, which no holiday moves: the day before the last anniversary."""
    term = term_years(patent_type, filing_date)
    end = add_period(filing_date, term.value, Unit.YEAR) - _DAY
    step = Step("term_end", N_("The last day of protection is %(end)s."), {"end": end}, RULE_TERM, end)
    return Explained(end, (*term.steps, step))


def due_on(
    filing_date: date, year: int, calendar: Calendar, basis: AnnuityBasis = AnnuityBasis.FILING
) -> Explained[date]:
    """Last day to pay patent year `year` in time (细则第114条): the anniversary on which it begins, rolled."""
    raw = add_period(filing_date, year - 1, Unit.YEAR)
    rolled = roll(raw, calendar)
    counted = N_("Patent years count from: %(basis)s, %(filing)s.")
    message = N_("Year %(year)s is to be paid before year %(previous)s ends, by %(due)s.")
    steps = (
        Step("base", counted, {"basis": basis, "filing": filing_date}, _BASIS_ARTICLES[basis], filing_date),
        Step("due", message, {"year": year, "previous": year - 1, "due": raw}, RULE_DUE, raw),
    )
    return Explained(rolled.value, (*steps, *rolled.steps), rolled.provisional)


def grace_end(due_raw: date, calendar: Calendar) -> Explained[date]:
    """The last day of the grace period (细则第115条): six months from the due date as not yet moved, rolled."""
    raw = add_period(due_raw, GRACE_MONTHS, Unit.MONTH)
    rolled = roll(raw, calendar)
    message = N_("The grace period is %(months)s months from %(due)s, until %(end)s.")
    step = Step("grace", message, {"months": GRACE_MONTHS, "due": due_raw, "end": raw}, RULE_GRACE, raw)
    return Explained(rolled.value, (step, *rolled.steps), rolled.provisional)


def schedule(patent: Patent, table: FeeTable, calendar: Calendar) -> list[AnnuityYear]:
    """Every annuity of the patent's life that must be watched: from the year after the grant to the last of the term.

    The year of grant is paid at registration, earlier ones never. RuleError (field grant_date): no date of grant.
    """
    years = range(patent.grant_year.value + 1, patent.term.value + 1)
    return [_annuity(patent, year, table, calendar) for year in years]


def annuity_of_year(patent: Patent, year: int, table: FeeTable, calendar: Calendar) -> AnnuityYear:
    """One year of the schedule; RuleError (field annuity_year) for a year that is never due."""
    if year > patent.term.value:
        message = N_("Year %(year)s is beyond the term of %(term)s years")
        raise RuleError(message, field="annuity_year", year=year, term=patent.term.value)
    if year <= patent.grant_year.value:
        message = N_("Year %(year)s is not after the year of grant, %(grant_year)s, which is paid at registration")
        raise RuleError(message, field="annuity_year", year=year, grant_year=patent.grant_year.value)
    return _annuity(patent, year, table, calendar)


def cost_on(annuity: AnnuityYear, day: date, already_paid: Decimal = Decimal(0)) -> Cost | None:
    """What is to be paid on a day, None after the grace period. The band of that day counts for the whole surcharge.

    What was paid before, too little and late, only reduces the balance (指南五部九章2.2.1.3).
    """
    if day > annuity.grace_end.value:
        return None
    base = annuity.base
    if day <= annuity.due.value:
        percent, last, late = 0, annuity.due, Step("in_time", N_("Paid in time."), {}, RULE_DUE)
    else:
        band = next((band for band in annuity.bands if day <= band.last.value), annuity.bands[-1])
        percent, last = band.percent, band.last
        message = N_("From %(first)s to %(last)s the surcharge is %(percent)s %% of the full annuity of %(full)s CNY.")
        params = {"first": band.first, "last": last.value, "percent": percent, "full": annuity.full}
        late = Step("band", message, params, RULE_GRACE, percent)
    surcharge = to_cny(annuity.full * percent / 100)
    total = base.value + surcharge
    message = N_("Annuity %(base)s + surcharge %(surcharge)s = %(total)s CNY.")
    params = {"base": base.value, "surcharge": surcharge, "total": total}
    steps = (*annuity.due.steps, *base.steps, late, Step("total", message, params, RULE_GRACE, total))
    balance = max(total - already_paid, Decimal(0))
    return Cost(day, percent, surcharge, Explained(total, steps, last.provisional), balance, last.value)


def cost_of_waiting(annuity: AnnuityYear, today: date, already_paid: Decimal = Decimal(0)) -> Waiting:
    """What the annuity costs today, a month from today, and on the last day of the grace period."""
    days = (today, add_period(today, 1, Unit.MONTH), max(today, annuity.grace_end.value))
    return Waiting(*(cost_on(annuity, day, already_paid) for day in days))


def _annuity(patent: Patent, year: int, table: FeeTable, calendar: Calendar) -> AnnuityYear:
    return AnnuityYear(patent, year, add_period(patent.filing_date, year - 1, Unit.YEAR), table, calendar)
