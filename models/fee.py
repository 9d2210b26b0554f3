"""What is charged: official and agency fees, and the reductions of official fees (A-2.1.5)."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Mapped

from app.rules.case import CaseType
from app.rules.choice import N_
from app.rules.deadline import Confidence
from app.rules.fee import FeeBasis, FeeStage
from app.rules.fee_kind import FeeKind
from app.rules.party import Currency
from app.rules.reference import PatentScope
from models.base import Record, choice, day, flag, integer, long_text, money, text


class FeeItem(Record):
    """One rate of one fee (费项) with the span in which it holds.

    amount: for one unit of `basis`; empty where only `formula` is known. Counted are the units beyond `above`, up to
    `up_to`. percent: of the full annuity, for the bands of the surcharge. Both ends of the span are included.
    """

    __label__ = N_("Fee item")
    __pinyin__ = "name"
    __key__ = ("code",)

    code: Mapped[str] = text(N_("Fee item no."), length=40, required=True, unique=True, fixed=True)
    name: Mapped[str] = text(N_("Fee item name"), length=120, required=True, index=True)
    kind: Mapped[FeeKind] = choice(N_("Fee type"), FeeKind, nullable=False, default=FeeKind.OFFICIAL)
    stage: Mapped[FeeStage] = choice(N_("Fee stage"), FeeStage, nullable=False, default=FeeStage.OTHER)
    patent_scope: Mapped[PatentScope] = choice(
        N_("For patent type"), PatentScope, nullable=False, default=PatentScope.ALL
    )
    case_type: Mapped[CaseType | None] = choice(N_("For case type"), CaseType)
    currency: Mapped[Currency] = choice(N_("Currency"), Currency, nullable=False, default=Currency.CNY)
    amount: Mapped[Decimal | None] = money(N_("Standard amount"))
    basis: Mapped[FeeBasis] = choice(N_("Charged by"), FeeBasis, nullable=False, default=FeeBasis.CASE)
    above: Mapped[int] = integer(N_("Counted beyond"), nullable=False, default=0)
    up_to: Mapped[int | None] = integer(N_("Counted up to"))
    percent: Mapped[int | None] = integer(N_("Percentage"), unit="%")
    formula: Mapped[str | None] = text(N_("Formula"), length=300)
    reducible: Mapped[bool] = flag(N_("Reducible"))
    reduction_note: Mapped[str | None] = text(N_("Note on reduction"), length=300)
    year_from: Mapped[int | None] = integer(N_("From patent year"), minimum=1)
    year_to: Mapped[int | None] = integer(N_("To patent year"), minimum=1)
    due_rule: Mapped[str | None] = text(N_("Payment time limit"), length=300)
    payment_code: Mapped[str | None] = text(N_("Online payment code"), length=120)
    effective_from: Mapped[date | None] = day(N_("Effective from"))
    effective_to: Mapped[date | None] = day(N_("Effective until"))
    article: Mapped[str | None] = text(N_("Legal basis"), length=300)
    source: Mapped[str | None] = text(N_("Source"), length=300)
    confidence: Mapped[Confidence] = choice(N_("Confidence"), Confidence, nullable=False, default=Confidence.HIGH)
    enabled: Mapped[bool] = flag(N_("Enabled"), default=True)
    remark: Mapped[str | None] = long_text(N_("Remark"))


class FeeReductionRule(Record):
    """When, for whom and by how much official fees are reduced (费减规则).

    percents: whole numbers separated by commas (single applicant first). fees_covered: the words of the rule.
    annuity_years: how many patent years from the year of grant on; empty sets no limit.
    """

    __label__ = N_("Fee reduction rule")
    __key__ = ("code",)

    code: Mapped[str] = text(N_("Rule no."), length=40, required=True, unique=True)
    name: Mapped[str] = text(N_("Rule name"), length=120, required=True)
    percents: Mapped[str | None] = text(N_("Reduction percentage"), length=60)
    eligible: Mapped[str | None] = long_text(N_("Who is eligible"))
    fees_covered: Mapped[str | None] = long_text(N_("Fees covered"))
    annuity_years: Mapped[int | None] = integer(N_("Patent years covered"), minimum=1)
    request_timing: Mapped[str | None] = text(N_("When to request"), length=300)
    conditions: Mapped[str | None] = long_text(N_("Preconditions"))
    effective_from: Mapped[date | None] = day(N_("Effective from"))
    effective_to: Mapped[date | None] = day(N_("Effective until"))
    source: Mapped[str | None] = text(N_("Source"), length=300)
    confidence: Mapped[Confidence] = choice(N_("Confidence"), Confidence, nullable=False, default=Confidence.HIGH)
    enabled: Mapped[bool] = flag(N_("Enabled"), default=True)
    remark: Mapped[str | None] = long_text(N_("Remark"))
