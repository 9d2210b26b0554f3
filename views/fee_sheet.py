"""Fee sheets (A-3.2.1.5.2)."""

from app.console import Console, Grid, Section
from app.rules.choice import N_
from app.services import fee_sheet  # noqa: F401 - how sheets are numbered
from models.fee_sheet import FeeSheet


class FeeSheetView(Console, model=FeeSheet):
    title = N_("Fee sheets")
    icon = "receipt"
    list_columns = ["sheet_no", "case", "case.title", "sheet_type", "fee_reduction", "status", "created_at"]
    query_columns = ["sheet_no", "case", "sheet_type", "status"]
    form = [
        Section(N_("Fee sheet"), "sheet_no", "case", "sheet_type", "fee_reduction", "remark"),
        Grid("lines", "fee_item", "quantity", "standard_amount", "amount", "currency", "due_on"),
    ]
    search_columns = ["sheet_no"]
