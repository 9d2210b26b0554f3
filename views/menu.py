"""The whole menu as data: the six modules of the manual, system administration, organization and users."""

from app.console import Item, Module
from app.rules.choice import N_

MENU = [
    Module(
        "task_management",
        N_("Task management"),
        "list-checks",
        (
            Item("workbench", N_("Workbench")),
            Item("my_task"),
            Item("task"),
            Item("calculator", N_("Date calculator"), "/app/calculator/deadline"),
            Item("calculator", N_("Annuity calculator"), "/app/calculator/annuity"),
            Item("calculator", N_("Application number check"), "/app/calculator/application-number"),
        ),
    ),
    Module(
        "party_management",
        N_("Client data management"),
        "building-2",
        (
            Item("client", also=("client_requirement", "party_merge")),
            Item("applicant", also=("applicant_requirement",)),
            Item("inventor"),
            Item("contact"),
            Item("referrer"),
            Item("foreign_associate"),
        ),
    ),
    Module(
        "case_management",
        N_("Case management"),
        "folder-open",
        (
            Item("case"),
            Item("case_folder"),
            Item("closing", N_("[Closing] Submit closing")),
            Item("closing_request", permission="approve"),
            Item("reinstatement", N_("[Reinstatement] Submit reinstatement")),
            Item("reinstatement_request", permission="approve"),
        ),
    ),
    Module(
        "correspondence",
        N_("Mail management"),
        "mail",
        (Item("filing"), Item("dispatch"), Item("special_edit")),
    ),
    Module("fee_management", N_("Fee management"), "receipt", (Item("fee_sheet"),)),
    Module(
        "system",
        N_("System administration"),
        "settings",
        (
            Item("system_parameter"),
            Item("requirement_item"),
            Item("task_type"),
            Item("deadline_rule"),
            Item("fee_item"),
            Item("fee_reduction_rule"),
            Item("document_type"),
            Item("letter_template"),
            Item("depositary"),
            Item("holiday"),
            Item("country"),
            Item("division"),
            Item("industry"),
            Item("ipc_class"),
            Item("temp_cleanup", N_("Clean up temporary files")),
            Item("import_batch"),
            Item("numbering_scheme", also=("serial",)),
            Item("numbering_symbol"),
            Item("custom_field"),
            Item("operation", N_("Operation and health")),
            Item("job"),
            Item("audit", N_("Operation log")),
            Item("login_event"),
        ),
    ),
    Module(
        "organization",
        N_("Organization and users"),
        "users",
        (
            Item("user", also=("department",)),
            Item("position", url="/app/position/define", also=("position",)),
            Item("user_assignment", N_("User assignment")),
        ),
    ),
]
