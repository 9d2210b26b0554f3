"""The table of official fees: what is charged for what, and what may be reduced.

No amount is written here: rates and reductions are rows, each with its span and its source.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.rules.application_number import PatentType
from app.rules.choice import N_, Choice
from app.rules.deadline import Confidence
from app.rules.errors import RuleError
from app.rules.money import to_cny


class FeeStage(Choice):
    """The part of a patent's life to which a fee belongs."""

    APPLICATION = N_("Filing of application")
    PRIORITY = N_("Priority claim")
    EXAMINATION = N_("Substantive examination")
    REEXAMINATION = N_("Reexamination")
    INVALIDATION = N_("Invalidation")
    BIBLIOGRAPHIC_CHANGE = N_("Bibliographic change")
    RESTORATION = N_("Restoration of rights")
    EXTENSION = N_("Extension of a period")
    EVALUATION_REPORT = N_("Evaluation report")
    GRANT = N_("Grant and registration")
    ANNUITY = N_("Annuity fee")
    SURCHARGE = N_("Surcharge on annuity")
    TERM_COMPENSATION = N_("Compensation of term")
    MAINTENANCE = N_("Maintenance of application")
    SUSPENSION = N_("Suspension of procedure")
    COMPULSORY_LICENCE = N_("Compulsory licence")
    PCT_INTERNATIONAL = N_("PCT international phase")
    PCT_NATIONAL = N_("PCT national phase")
    HAGUE = N_("Hague registration")
    LAYOUT_DESIGN = N_("Layout design")
    OTHER = N_("Other")


class FeeBasis(Choice):
    """What an amount is counted by."""

    CASE = N_("Per case")
    CLAIM = N_("Per claim")
    PAGE = N_("Per page")
    ITEM = N_("Per item")
    MONTH = N_("Per month")
    COPY = N_("Per copy")
    BAND = N_("Percent of the full annuity, by months of delay")


GENERAL_STAGES = frozenset(
    (
        FeeStage.APPLICATION,
        FeeStage.EXAMINATION,
        FeeStage.REEXAMINATION,
        FeeStage.ANNUITY,
        FeeStage.MAINTENANCE,
    )
)
"""What may be reduced in general (专利收费减缴办法第2条), as far as the rate itself says so."""


@dataclass(frozen=True)
class FeeRate:
    """One row of the table of official fees.

    patent_types: empty means all. amount: CNY for one unit of `basis`; None where only `formula` is known.
    Counted are the units beyond `above`, up to and including `up_to`: claims beyond 10, pages 31 to 300.
    For `BAND` these are the months since the due date, and `percent` is that of the full annuity.
    year_from, year_to: the patent years of an annuity, both included, as are the days of the span.
    """

    code: str
    name: str
    stage: FeeStage
    patent_types: frozenset[PatentType] = frozenset()
    amount: Decimal | None = None
    basis: FeeBasis = FeeBasis.CASE
    above: int = 0
    up_to: int | None = None
    percent: int | None = None
    formula: str = ""
    year_from: int | None = None
    year_to: int | None = None
    reducible: bool = False
    effective_from: date = date.min
    effective_to: date = date.max
    article: str = ""
    source: str = ""
    confidence: Confidence = Confidence.HIGH

    def applies(self, patent_type: PatentType, on: date, year: int | None = None) -> bool:
        """Whether the rate is charged for this type on this day (annuities: for this patent year)."""
        return (
            (not self.patent_types or patent_type in self.patent_types)
            and self.effective_from <= on <= self.effective_to
            and (self.year_from is None or (year is not None and self.year_from <= year))
            and (self.year_to is None or (year is not None and year <= self.year_to))
        )

    def units(self, count: int) -> int:
        """How many of `count` claims, pages … are charged at this rate."""
        return max(0, min(count, self.up_to or count) - self.above)

    def full(self, quantity: int = 1) -> Decimal:
        """The full amount for so many units; RuleError (conflict) if the table has no amount in CNY."""
        if self.amount is None:
            message = N_("The fee table has no amount in CNY for %(name)s")
            raise RuleError(message, code="conflict", name=self.name)
        return to_cny(self.amount * quantity)


@dataclass(frozen=True)
class ReductionRule:
    """One row of the table of reductions (费减).

    percents: by how much, e.g. 85 and 70. stages: what it covers, among rates marked reducible; covers_excess: excess
    claims and pages too. annuity_years: how many patent years from the year of grant on; None sets no limit.
    """

    code: str
    name: str
    percents: frozenset[int]
    stages: frozenset[FeeStage] = GENERAL_STAGES
    covers_excess: bool = False
    annuity_years: int | None = None
    effective_from: date = date.min
    effective_to: date = date.max
    source: str = ""
    confidence: Confidence = Confidence.HIGH

    def covers(self, rate: FeeRate, on: date) -> bool:
        """Whether a fee of this rate that falls due on this day is reduced."""
        excess = self.covers_excess and rate.basis in (FeeBasis.CLAIM, FeeBasis.PAGE)
        return (
            rate.stage in self.stages and (rate.reducible or excess) and self.effective_from <= on <= self.effective_to
        )


@dataclass(frozen=True)
class FeeTable:
    """All rates and reductions as known at one moment."""

    rates: tuple[FeeRate, ...] = ()
    reductions: tuple[ReductionRule, ...] = ()
    _annuities: tuple[FeeRate, ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_annuities", tuple(r for r in self.rates if r.stage is FeeStage.ANNUITY))

    def rate_of_year(self, patent_type: PatentType, year: int, on: date) -> FeeRate:
        """The annuity rate of a patent year; RuleError if the table has none or several."""
        found = [rate for rate in self._annuities if rate.applies(patent_type, on, year)]
        if len(found) != 1:
            message = (
                N_("The fee table has several annuity rates for year %(year)s on %(day)s")
                if len(found) > 1
                else N_("The fee table has no annuity rate for year %(year)s on %(day)s")
            )
            raise RuleError(message, field="annuity_year", code="conflict", year=year, day=on)
        return found[0]

    def bands(self, patent_type: PatentType, on: date) -> list[tuple[int, int]]:
        """The bands of the surcharge for an annuity due on this day, in order: last month of delay, percent.

        RuleError (conflict) if the table has none.
        """
        bands = (r for r in self.rates if r.basis is FeeBasis.BAND and r.applies(patent_type, on))
        found = [(r.up_to, r.percent) for r in bands if r.up_to is not None and r.percent is not None]
        if not found:
            raise RuleError(N_("The fee table has no surcharge bands on %(day)s"), code="conflict", day=on)
        return sorted(found)
