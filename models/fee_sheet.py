"""Fee sheets: what is to be paid or charged in a case (费单, A-3.2.1.5.2, A-3.4.1)."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Mapped

from app.rules.case import FeeReduction
from app.rules.choice import N_
from app.rules.fee_sheet import FEE_SHEET_FLOW, AuditStatus, FeeSheetType
from app.rules.party import Currency
from models.base import Record, choice, collection, day, integer, long_text, money, reference, text


class FeeSheet(Record):
    """What one step of a case costs: fee items with their amounts, audited before it is paid or billed."""

    __label__ = N_("Fee sheet")
    __title__ = "sheet_no"
    __scope_parent__ = "case"
    __key__ = ("sheet_no",)
    workflow = FEE_SHEET_FLOW

    sheet_no: Mapped[str] = text(
        N_("Fee sheet no."), length=40, nullable=False, unique=True, help=N_("Leave empty to have it numbered")
    )
    case_id: Mapped[int] = reference("Case", N_("Case"), required=True)
    filing_id: Mapped[int | None] = reference("Filing", N_("Filing"))
    sheet_type: Mapped[FeeSheetType] = choice(N_("Fee sheet type"), FeeSheetType, required=True)
    fee_reduction: Mapped[FeeReduction] = choice(
        N_("Fee reduction rate"), FeeReduction, nullable=False, default=FeeReduction.NONE
    )
    status: Mapped[AuditStatus] = choice(N_("Audit status"), AuditStatus, nullable=False, default=AuditStatus.UNAUDITED)
    remark: Mapped[str | None] = long_text(N_("Remark"))

    lines = collection("FeeSheetLine", "fee_sheet")


class FeeSheetLine(Record):
    """One fee item of a fee sheet: the standard amount, and what is due after the reduction (in `currency`)."""

    __label__ = N_("Fee sheet line")
    __title__ = "id"
    __scope_parent__ = "fee_sheet"
    __key__ = ("fee_sheet_id", "fee_item_id")

    fee_sheet_id: Mapped[int] = reference("FeeSheet", N_("Fee sheet"), required=True, owner=True)
    fee_item_id: Mapped[int] = reference("FeeItem", N_("Fee item"), required=True)
    quantity: Mapped[int] = integer(N_("Quantity"), nullable=False, default=1, minimum=1)
    standard_amount: Mapped[Decimal] = money(N_("Standard amount"), required=True)
    amount: Mapped[Decimal] = money(N_("Amount after reduction"), required=True)
    currency: Mapped[Currency] = choice(N_("Currency"), Currency, nullable=False, default=Currency.CNY)
    due_on: Mapped[date | None] = day(N_("Due date"))
