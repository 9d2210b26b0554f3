"""Fee items and reductions (费用配置, A-2.1.5)."""

from collections.abc import Mapping
from typing import Any

from flask_appbuilder import expose

from app.console import Console, Section
from app.console.guard import page, say
from app.rules.application_number import PatentType
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.fee import FeeBasis, FeeRate, FeeStage
from app.services import calculator, records
from app.services.rulebook import rate_of
from app.services.today import today
from models.fee import FeeItem, FeeReductionRule
from views.calculator import Field, asked, choices, field, reductions
from views.provenance import explained
from views.trial import Trial

#: What must be counted for a rate, by what it is charged by.
COUNTED = {
    FeeBasis.CLAIM: ("claims", N_("Number of claims")),
    FeeBasis.PAGE: ("pages", N_("Pages of description and drawings")),
    FeeBasis.ITEM: ("items", N_("Number of items")),
    FeeBasis.MONTH: ("months", N_("Number of months")),
    FeeBasis.COPY: ("copies", N_("Number of copies")),
}


class FeeItemView(Trial, Console, model=FeeItem):
    title = N_("Fee settings")
    icon = "receipt"
    list_columns = ["code", "name", "kind", "patent_scope", "currency", "amount", "reducible", "effective_from",
                    "effective_to", "enabled"]  # fmt: skip
    query_columns = ["name", "kind", "patent_scope", "code", "stage", "reducible", "enabled"]
    add_title, edit_title = N_("Add fee settings"), N_("Change fee settings")
    opens = "form"
    after_add = after_edit = "list"
    order = "id"
    form = [
        Section(N_("Fee item"), "code", "name", "kind", "stage", "patent_scope", "case_type", "enabled"),
        Section(N_("Amount"), "currency", "amount", "basis", "above", "up_to", "percent", "formula"),
        Section(N_("Annuity"), "year_from", "year_to"),
        Section(N_("Fee reduction"), "reducible", "reduction_note"),
        Section(N_("Basis and validity"), "effective_from", "effective_to", "due_rule", "payment_code", "article",
                "source", "confidence", "remark"),
    ]  # fmt: skip
    pick_columns = ["code"]
    pick_only = {"enabled": True}
    import_key = ("code",)

    @expose("/<int:record_id>/try")
    @page("read")
    def try_out(self, record_id: int) -> Any:
        """Enter claims, pages, a reduction: what this item costs."""
        rate = rate_of(records.find(self.session, FeeItem, record_id))
        types = sorted(rate.patent_types, key=lambda one: one.value) or list(PatentType)
        given = asked(
            {
                "patent_type": types[0].code,
                "on": today().isoformat(),
                "year": str(rate.year_from or ""),
                "grant_year": "1",
            }
        )
        if rate.basis in COUNTED:
            given.setdefault(COUNTED[rate.basis][0], str(rate.above + 1))
        context: dict[str, Any] = {"fields": fee_fields(rate, types, given), "result": None, "error": None}
        try:
            line = calculator.fee(self.session, rate, given)
            context["result"] = explained(line.payable.steps) | {
                "total": line.payable.value, "full": line.full, "quantity": line.quantity,
                "percent": line.reduction_pct,
            }  # fmt: skip
        except RuleError as error:
            context["error"] = say(error)
        return self.tried("fee", context)


def fee_fields(rate: FeeRate, types: list[PatentType], given: Mapping[str, str]) -> list[Field]:
    """The inputs that decide what a rate costs."""
    made = [
        field("patent_type", N_("Patent type"), "choice", given, choices=choices(types), blank=None),
        field("on", N_("Date"), "date", given, required=True),
    ]
    if rate.basis in COUNTED:
        made.append(field(*COUNTED[rate.basis], "integer", given, required=True))
    if rate.stage is FeeStage.ANNUITY:
        made.append(field("year", N_("Patent year"), "integer", given, required=True))
        made.append(field("grant_year", N_("Year of grant"), "integer", given, required=True))
    made.append(field("reduction_pct", N_("Fee reduction rate"), "choice", given, choices=reductions(), blank=None))
    return made


class FeeReductionRuleView(Console, model=FeeReductionRule):
    title = N_("Fee reduction rules")
    icon = "percent"
    list_columns = ["code", "name", "percents", "annuity_years", "effective_from", "effective_to", "confidence",
                    "enabled"]  # fmt: skip
    query_columns = ["name", "code", "confidence", "enabled"]
    order = "id"
    form = [
        Section(N_("Fee reduction rule"), "code", "name", "percents", "annuity_years", "enabled"),
        Section(N_("Preconditions"), "eligible", "fees_covered", "request_timing", "conditions"),
        Section(N_("Basis and validity"), "effective_from", "effective_to", "source", "confidence", "remark"),
    ]
    import_key = ("code",)
