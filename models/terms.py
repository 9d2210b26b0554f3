"""What a client agreed to pay; copied into each of its cases and changed there for that case only."""

from decimal import Decimal

from sqlalchemy.orm import Mapped

from app.rules.choice import N_
from app.rules.party import BillCycle, ChargeMode, Currency, LumpScope, PaymentMode
from models.base import choice, decimal, long_text, money, text


class FeeTerms:
    """The fee columns of clients and cases (客户费用, 案卷费用, A-3.1.1.2.6).

    discount_rate: the part that is charged, above 0 up to 1 (0.9 charges nine tenths of the standard fee).
    """

    charge_mode: Mapped[ChargeMode | None] = choice(N_("Charging mode"), ChargeMode)
    discount_rate: Mapped[Decimal | None] = decimal(N_("Discount rate"), places=4, help=N_("0.9 charges nine tenths"))
    lump_scope: Mapped[LumpScope | None] = choice(N_("Lump sum scope"), LumpScope)
    lump_amount: Mapped[Decimal | None] = money(N_("Lump sum amount"))
    bill_cycle: Mapped[BillCycle | None] = choice(N_("Billing cycle"), BillCycle)
    official_fee_mode: Mapped[PaymentMode | None] = choice(N_("Official fee payment"), PaymentMode)
    annuity_fee_mode: Mapped[PaymentMode | None] = choice(N_("Annuity payment"), PaymentMode)
    currency: Mapped[Currency | None] = choice(N_("Settlement currency"), Currency, nullable=True, default=Currency.CNY)
    official_invoice: Mapped[str | None] = text(N_("Official fee invoice"))
    annuity_adjustment_invention: Mapped[Decimal | None] = money(
        N_("Annuity agency fee adjustment (invention)"), minimum=None
    )
    annuity_adjustment_utility: Mapped[Decimal | None] = money(
        N_("Annuity agency fee adjustment (utility model)"), minimum=None
    )
    fee_remark: Mapped[str | None] = long_text(N_("Fee remark"))
