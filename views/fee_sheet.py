"""Fee sheets: their list, their form with 【挑拣费项】 (A-3.2.1.5.2, A-3.4.1)."""

from typing import Any

from flask import jsonify, redirect, request
from flask_appbuilder import expose

from app.console import Console, Grid, Section
from app.console.guard import actor, page
from app.rules.case import FeeReduction
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.fee_kind import FeeKind
from app.rules.fee_sheet import AuditStatus, FeeSheetType
from app.rules.normalize import parse_integer
from app.services import fee_sheet, records
from app.services.today import today
from models.case import Case
from models.fee import FeeItem
from models.fee_sheet import FeeSheet
from views.documents import choice_of


class FeeSheetView(Console, model=FeeSheet):
    title = N_("Fee sheets")
    icon = "receipt"
    form_template = "filing/fee_sheet.html"
    list_columns = ["sheet_no", "case", "case.title", "sheet_type", "fee_reduction", "status", "created_at"]
    query_columns = ["case", "case.app_no", "case.client", "sheet_no", "sheet_type", "status", "created_at"]
    form = [
        Section(N_("Fee sheet"), "sheet_no", "sheet_type", "fee_reduction", "case", "filing", "remark"),
        Grid("lines", "fee_item", "quantity", "standard_amount", "amount", "currency", "due_on",
             label=N_("Fee sheet details")),
    ]  # fmt: skip
    search_columns = ["sheet_no"]

    def form_page(self, record: Any) -> Any:
        """The form; an audited sheet can only be viewed (A-3.4.1-06)."""
        if record is not None:
            fee_sheet.check_open(record)
        return super().form_page(record)

    def detail_context(self, record: Any) -> dict[str, Any]:
        """The sheet; neither changed nor deleted once it was audited."""
        closed = {"edit_url": None, "delete_url": None} if record.status is AuditStatus.AUDITED else {}
        return super().detail_context(record) | closed

    def back_url(self, record: Any) -> str:
        """Back to the page 办案 from which it was opened."""
        return work_url(record) or super().back_url(record)

    def after_save(self, record: Any) -> Any:
        """Back there too."""
        usual = super().after_save(record)
        url = None if request.form.get("_save") == "new" else work_url(record)
        return usual if url is None else redirect(url, 303)

    @expose("/items")
    @page("read")
    def items(self) -> Any:
        """The fees that can be picked: ?case, sheet_type, fee_reduction; those in other sheets of the case say so."""
        case, reduction = self.asked_case(), choice_of(FeeReduction, request.args.get("fee_reduction"), "fee_reduction")
        sheet_type = choice_of(FeeSheetType, request.args.get("sheet_type"), "sheet_type")
        used = fee_sheet.used_items(self.session, case, request.args.get("sheet", type=int))
        offers = fee_sheet.offers(self.session, case, sheet_type, reduction)
        return jsonify({"items": [
            described(o.item, o.quantity, o.standard, o.amount, used.get(o.item.id, [])) for o in offers
        ]})  # fmt: skip

    @expose("/price")
    @page("read")
    def price(self) -> Any:
        """What one fee costs: ?case, item, quantity, fee_reduction."""
        case, reduction = self.asked_case(), choice_of(FeeReduction, request.args.get("fee_reduction"), "fee_reduction")
        item = records.find(self.session, FeeItem, parse_integer(request.args.get("item", ""), field="item"))
        quantity = parse_integer(request.args.get("quantity", "1"), field="quantity")
        if not 1 <= quantity <= 100_000:
            raise RuleError(N_("The quantity is at least one"), field="quantity")
        standard, amount = fee_sheet.price(self.session, case, item, quantity, reduction, today())
        used = fee_sheet.used_items(self.session, case, request.args.get("sheet", type=int))
        return jsonify(described(item, quantity, standard, amount, used.get(item.id, [])))

    @expose("/facts")
    @page("read")
    def facts_of_case(self) -> Any:
        """What a new sheet takes over from its case (费减比例, A-3.2.1.5.2-02)."""
        return jsonify({"fee_reduction": self.asked_case().fee_reduction.name})

    def asked_case(self) -> Case:
        """The case an address names. Raises RuleError."""
        return records.find(self.session, Case, parse_integer(request.args.get("case", ""), field="case"))


def described(item: FeeItem, quantity: int, standard: Any, amount: Any, used: list[str]) -> dict[str, Any]:
    """A fee as the script of the form reads it; fixed: its amounts are those of the tables."""
    return {
        "id": item.id, "code": item.code, "name": item.name, "quantity": quantity, "currency": item.currency.name,
        "standard": None if standard is None else str(standard), "amount": None if amount is None else str(amount),
        "fixed": item.kind is FeeKind.OFFICIAL and standard is not None, "used": used,
    }  # fmt: skip


def work_url(record: Any) -> str | None:
    """The page 办案 of a sheet's filing, for whoever may see it."""
    filing = record.filing_id if record is not None else request.values.get("filing", type=int)
    return f"/app/filing/{filing}/work#fees" if filing and actor().may("read", "filing") else None
