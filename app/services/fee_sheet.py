"""Fee sheets: numbered, priced, made by themselves, closed once audited (费单, A-3.2.1.5.2, A-3.4.1)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.rules.annuity import patent_year
from app.rules.case import CASE_FLOW, CaseType, FeeReduction, FilingDirection, StartPhase
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.fee import FeeBasis, FeeRate, FeeStage, FeeTable
from app.rules.fee_kind import FeeKind
from app.rules.fee_quote import FeeFacts, charge, quote
from app.rules.fee_sheet import (
    AUTOMATIC,
    PERCENT,
    AuditStatus,
    FeeSheetType,
    belongs,
    suggested_quantity,
)
from app.rules.filing import DocumentPart
from app.rules.money import to_cny
from app.rules.party import Currency
from app.services import parameters
from app.services.numbering import next_serial
from app.services.records import before_delete, before_save, effect
from app.services.rulebook import fee_table_of, rate_of, reductions_of
from app.services.today import today
from app.services.unit_of_work import unit_of_work, unscoped
from models.case import Case
from models.fee import FeeItem
from models.fee_sheet import FeeSheet, FeeSheetLine
from models.filing import Filing

#: The switch of sheets that make themselves (系统参数: 自动生成费单).
SWITCH = "auto_fee_sheet"


@dataclass(frozen=True)
class Offer:
    """A fee that can be picked for a sheet: what it costs for a quantity, and the sheets of the case that have it.

    standard and amount are None where the table knows only a formula: they are typed.
    """

    item: FeeItem
    quantity: int
    standard: Decimal | None
    amount: Decimal | None
    used_in: tuple[str, ...]


def counted(session: Session, case: Case) -> dict[str, Any]:
    """What fees are counted by: claims and pages of the documents being filed, else of the case; priorities."""
    claims, pages = case.claims_count or 0, (case.description_pages or 0) + (case.drawings_pages or 0)
    newest = select(Filing).where(Filing.case_id == case.id).order_by(Filing.id.desc()).limit(1)
    filing = session.execute(newest).scalars().first()
    for document in filing.documents if filing is not None else ():
        claims = document.claims or claims if document.part is DocumentPart.CLAIMS else claims
    written = [d.pages for d in (filing.documents if filing else ())
               if d.part in (DocumentPart.DESCRIPTION, DocumentPart.DRAWINGS) and d.pages]  # fmt: skip
    return {"claims": claims, "pages": sum(written) or pages, "items": len(case.priorities)}


def facts_of(session: Session, case: Case, reduction: FeeReduction, on: date, rate: FeeRate | None = None) -> FeeFacts:
    """What must be known of a case to price a fee; an annuity is that of the first year of its rate."""
    granted = patent_year(case.filing_date, case.grant_date) if case.filing_date and case.grant_date else None
    year = (rate.year_from or 1) if rate is not None and rate.stage is FeeStage.ANNUITY else None
    return FeeFacts(
        case.patent_type, on, frozenset({rate.stage} if rate else ()), reduction_pct=PERCENT[reduction],
        year=year, grant_year=granted or year, **counted(session, case),
    )  # fmt: skip


def price(
    session: Session, case: Case, item: FeeItem, quantity: int, reduction: FeeReduction, on: date
) -> tuple[Decimal | None, Decimal | None]:
    """The standard amount of a fee for a quantity, and what is due after the reduction; None: only a formula is known.

    Only official fees in CNY are reduced. Raises RuleError: the tables know no such reduction.
    """
    if item.amount is None or item.basis is FeeBasis.BAND:
        return None, None
    if item.kind is not FeeKind.OFFICIAL or item.currency is not Currency.CNY:
        full = to_cny(item.amount * quantity)
        return full, full
    rate = rate_of(item)
    _percent, due = charge(
        FeeTable((rate,), reductions_of(session)), rate, quantity, facts_of(session, case, reduction, on, rate)
    )
    return rate.full(quantity), due.value


def offers(session: Session, case: Case, sheet_type: FeeSheetType, reduction: FeeReduction) -> list[Offer]:
    """The fees that 【挑拣费项】 lists for a case: of the sheet's type and the patent's type, at today's rates."""
    on, used = today(), used_items(session, case)
    rows = session.execute(select(FeeItem).where(FeeItem.enabled).order_by(FeeItem.id)).scalars()
    made = []
    for item in rows:
        rate = rate_of(item)
        right_type = not rate.patent_types or case.patent_type in rate.patent_types
        right_case = item.case_type is None or item.case_type is case.case_type
        in_force = rate.effective_from <= on <= rate.effective_to
        if right_type and right_case and in_force and belongs(sheet_type, case.case_type, item.kind, item.stage):
            units = rate.units(facts_of(session, case, reduction, on, rate).count(rate.basis))
            quantity = suggested_quantity(rate.basis, units)
            standard, amount = price(session, case, item, quantity, reduction, on)
            made.append(Offer(item, quantity, standard, amount, tuple(used.get(item.id, ()))))
    return made


def used_items(session: Session, case: Case, besides: int | None = None) -> dict[int, list[str]]:
    """{fee item: numbers of the sheets of the case that have it already}, without the sheet `besides` (A-3.4.1-10)."""
    query = select(FeeSheetLine.fee_item_id, FeeSheet.sheet_no).join(FeeSheet, FeeSheet.id == FeeSheetLine.fee_sheet_id)
    query = query.where(FeeSheet.case_id == case.id).order_by(FeeSheet.id)
    found: dict[int, list[str]] = {}
    for item, number in session.execute(query.where(FeeSheet.id != besides) if besides else query):
        found.setdefault(item, []).append(number)
    return found


@before_save(FeeSheet)
def _complete_sheet(session: Session, sheet: FeeSheet) -> None:
    """Its number where the clerk left it empty (A-3.4.1-02); official fees by the tables; closed once audited."""
    check_open(sheet)
    if not sheet.sheet_no:
        sheet.sheet_no = _number(session)
    moved: bool = sheet.id is None or inspect(sheet).attrs.fee_reduction.history.has_changes()
    errors = []
    for place, line in enumerate(sheet.lines):
        changed = moved or any(inspect(line).attrs[n].history.has_changes() for n in ("fee_item_id", "quantity"))
        try:
            if changed:
                _price_line(session, sheet, line)
        except RuleErrors as refused:
            errors += [RuleError(e.message, field=f"lines-{place}-{e.field}", **e.params) for e in refused.errors]
    if errors:
        raise RuleErrors(errors)


def _number(session: Session) -> str:
    return f"FD{next_serial(session, 'fee_sheet.sheet_no.plain'):06d}"


def _price_line(session: Session, sheet: FeeSheet, line: FeeSheetLine) -> None:
    """Official fees cost what the table says; agency fees and those without an amount are as they were typed."""
    case, item = session.get(Case, sheet.case_id), session.get(FeeItem, line.fee_item_id)
    if case is None or item is None:
        return
    reduction = sheet.fee_reduction or FeeReduction.NONE
    standard, amount = price(session, case, item, line.quantity or 1, reduction, today())
    if standard is None or amount is None:
        return
    if item.kind is FeeKind.OFFICIAL or line.standard_amount is None:
        line.standard_amount, line.amount, line.currency = standard, amount, item.currency


def check_open(sheet: FeeSheet) -> None:
    """Raise RuleError (conflict) for a sheet that was audited (A-3.4.1-06)."""
    if sheet.status is AuditStatus.AUDITED:
        raise RuleError(N_("An audited fee sheet can only be viewed"), code="conflict")


@before_delete(FeeSheet)
def _open_sheet(_session: Session, sheet: FeeSheet) -> None:
    check_open(sheet)


def generate(session: Session, case: Case, sheet_type: FeeSheetType, *, filing: Filing | None = None) -> Any:
    """The sheet an event brings by itself (自动生成费单, ambiguities 28): unaudited; None if switched off.

    Not for a case that has one of this type, nor where nothing is charged.
    """
    if parameters.value(session, SWITCH) != "1":
        return None
    present = select(FeeSheet.id).where(FeeSheet.case_id == case.id, FeeSheet.sheet_type == sheet_type)
    if session.execute(present.limit(1)).first():
        return None
    with unit_of_work(session):
        lines = _official_lines(session, case, sheet_type)
        if not lines:
            return None
        made = FeeSheet(
            sheet_no=_number(session), case_id=case.id, filing_id=filing and filing.id, sheet_type=sheet_type,
            fee_reduction=case.fee_reduction, lines=lines,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made


def _official_lines(session: Session, case: Case, sheet_type: FeeSheetType) -> Sequence[FeeSheetLine]:
    """The official fees that a case surely costs at this stage."""
    on = today()
    year = patent_year(case.filing_date, on) if case.filing_date and case.filing_date <= on else None
    facts = replace(
        facts_of(session, case, case.fee_reduction, on), stages=AUTOMATIC[sheet_type], year=year, grant_year=year
    )
    table = fee_table_of(session)
    items = dict(session.execute(select(FeeItem.code, FeeItem.id)).all())
    return [
        FeeSheetLine(fee_item_id=items[line.rate.code], quantity=line.quantity, standard_amount=line.full,
                     amount=line.payable.value)
        for line in quote(table, facts) if line.full is not None
    ]  # fmt: skip


@effect(CASE_FLOW, "complete_review")
def _intake_done(session: Session, case: Case, **_inputs: Any) -> None:
    """The application fees of an application that begins here; nobody is held up by tables that lack a rate."""
    new = case.start_phase is StartPhase.NEW_APPLICATION and case.direction is not FilingDirection.OUTBOUND
    if new and case.case_type in (CaseType.ORDINARY, CaseType.DIVISIONAL):
        with unscoped(session), suppress(RuleError):
            generate(session, case, FeeSheetType.APPLICATION)
