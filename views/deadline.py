"""Official time limits (官方期限配置, A-2.1.4)."""

from app.console import Console, Section
from app.rules.choice import N_
from models.deadline import DeadlineRule


class DeadlineRuleView(Console, model=DeadlineRule):
    title = N_("Time limit settings")
    icon = "hourglass"
    list_columns = ["code", "name", "trigger_document", "number", "unit", "base", "extendable", "restorable",
                    "effective_from", "confidence", "enabled"]  # fmt: skip
    query_columns = ["name", "trigger_document", "code", "triggers", "base", "patent_scope", "extendable", "confidence"]
    order = "id"
    form = [
        Section(N_("Official time limit"), "code", "name", "trigger_document", "triggers", "action", "enabled"),
        Section(N_("Period"), "number", "unit", "base", "base_note", "later_number", "later_unit", "later_base",
                "combined_rule"),
        Section(N_("Internal time limits"), "internal_days", "remind_days"),
        Section(N_("Extension and restoration"), "extendable", "max_extension", "restorable", "restore_period",
                "consequence"),
        Section(N_("Range of application"), "patent_scope", "route", "applies_to"),
        Section(N_("Basis and validity"), "article", "effective_from", "effective_to", "confidence", "remark"),
    ]  # fmt: skip
    pick_columns = ["code"]
    pick_only = {"enabled": True}
    import_key = ("code",)
