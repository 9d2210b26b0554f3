"""Fee items and reductions (费用配置, A-2.1.5)."""

from app.console import Console, Section
from app.rules.choice import N_
from models.fee import FeeItem, FeeReductionRule


class FeeItemView(Console, model=FeeItem):
    title = N_("Fee settings")
    icon = "receipt"
    list_columns = ["code", "name", "kind", "patent_scope", "currency", "amount", "reducible", "effective_from",
                    "effective_to", "enabled"]  # fmt: skip
    query_columns = ["name", "kind", "patent_scope", "code", "stage", "reducible", "enabled"]
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
