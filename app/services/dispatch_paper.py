"""Filings handed in on paper (A-3.3.6.1): registered with their voucher, acknowledged, or brought back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.rules.case import FilingMethod
from app.rules.errors import RuleError
from app.rules.filing import FilingStatus
from app.rules.normalize import clean_text
from app.services import records
from app.services.dispatch import acknowledge, filings, must_be, past_day, required
from app.services.unit_of_work import unit_of_work
from models.filing import Filing


def register(session: Session, ids: Iterable[int], inputs: dict[str, Any]) -> int:
    """发文登记: filings were handed in on paper, with one voucher; all or none. How many.

    inputs: voucher_no, sent_on (both required), courier. Raises RuleError by field.
    """
    voucher = required(inputs, "voucher_no")
    sent_on = past_day(inputs, "sent_on")
    with unit_of_work(session):
        found = filings(session, ids, lock=True)
        for filing in found:
            must_be(filing, (FilingStatus.AWAITING_DISPATCH,), (FilingMethod.PAPER,))
            filing.voucher_no, filing.sent_on, filing.not_filed_reason = voucher, sent_on, None
            filing.courier = clean_text(inputs.get("courier")) or None
            records.move(session, filing, "dispatch")
        return len(found)


def not_handed_in(session: Session, filing_id: int, reason: Any) -> Filing:
    """A filing that was not handed in after all goes back to 未发送, with the reason why (A-3.3.6.1-06)."""
    why = required({"not_filed_reason": str(reason or "")[:300]}, "not_filed_reason")
    with unit_of_work(session, reason=why):
        (filing,) = filings(session, [filing_id], lock=True)
        must_be(filing, (FilingStatus.DISPATCHED,), tuple(FilingMethod))
        filing.not_filed_reason = why
        filing.sent_on = filing.voucher_no = filing.courier = filing.exported_on = None
        records.move(session, filing, "take_back", reason=why)
        return filing


@dataclass(frozen=True)
class Handed:
    """What the dispatcher brought back of one filing (回执登记): its inputs, and the documents the Office took.

    back: nothing was taken, the filing is to be sent once more; reason: why something was not handed in.
    """

    filing_id: int
    inputs: dict[str, Any]
    taken: frozenset[int] = frozenset()
    back: bool = False
    reason: str = ""


def register_acknowledgements(session: Session, handed: Sequence[Handed]) -> tuple[int, int]:
    """回执登记 on paper: all or none; (how many were cleared, how many go back to 未发送).

    A document that was not taken, or nothing taken at all, needs a reason (A-3.3.6.1-06). Raises RuleError whose
    field begins with the id of the filing.
    """
    back = 0
    with unit_of_work(session):
        for one in sorted(handed, key=lambda h: h.filing_id):
            try:
                back += _registered(session, one)
            except RuleError as error:
                error.field = f"{one.filing_id}-{error.field}" if error.field else None
                raise
    return len(handed) - back, back


def _registered(session: Session, one: Handed) -> bool:
    """Whether it went back."""
    if one.back:
        not_handed_in(session, one.filing_id, one.reason)
        return True
    (filing,) = filings(session, [one.filing_id])
    received = [d.name for d in filing.documents if d.id in one.taken]
    missing = [d.name for d in filing.documents if d.id not in one.taken]
    if missing:
        required({"not_filed_reason": one.reason}, "not_filed_reason")
    told = {"source": "paper", "received": received, "missing": missing, "extra": [], "reason": one.reason[:300]}
    acknowledge(session, one.filing_id, one.inputs, told, methods=(FilingMethod.PAPER,))
    return False
