"""Tasks, task types and the library of client requirements (A-2.1.2, A-2.1.3, A-3.6)."""

from app.console import Console, Section
from app.rules.choice import N_
from models.task import RequirementItem, Task, TaskType


class RequirementItemView(Console, model=RequirementItem):
    title = N_("Client requirement settings")
    icon = "clipboard-list"
    grid = True
    list_columns = ["phase", "requirement_type", "content"]
    query_columns = ["phase", "requirement_type", "content"]
    order = "-id"  # a new row stays at the top, where it was typed
    form = [Section(N_("Requirement of the library"), "phase", "requirement_type", "content")]
    import_key = ("phase", "requirement_type", "content")
    help = N_("Requirements entered here can be taken over for clients and cases.")


class TaskTypeView(Console, model=TaskType):
    title = N_("Task settings")
    icon = "workflow"
    list_columns = ["name", "flow", "creation", "switch", "owner", "remark"]
    query_columns = ["name", "flow", "creation", "switch"]
    opens = "form"
    beside = N_("Task information")
    after_add = after_edit = "list"
    order = "id"
    form = [
        Section(N_("Basic information"), "name", "flow", "creation", "code", "category", "owner", "page"),
        Section(N_("Time limits"), "deadline_rule", "base", "number", "unit", "internal_days", "remind_days"),
        Section(N_("Remark"), "remark"),
    ]
    pick_columns = ["code"]
    import_key = ("code",)


class TaskView(Console, model=Task):
    title = N_("Task monitoring")
    icon = "list-checks"
    list_columns = ["case", "name", "case.client", "case.app_no", "case.title", "remind_on", "internal_deadline",
                    "hard_deadline", "status", "assignee", "created_by", "clearing", "standing"]  # fmt: skip
    query_columns = ["case", "name", "assignee", "status", "hard_deadline", "internal_deadline", "remind_on",
                     "clearing", "standing"]  # fmt: skip
    order = "hard_deadline"
    form = [
        Section(N_("Task"), "case", "name", "task_type", "assignee"),
        Section(N_("Time limits"), "deadline_rule", "hard_deadline", "internal_deadline", "remind_on"),
        Section(N_("Remark"), "remark"),
    ]
    search_columns = ["name"]
    specials = {"monitor": N_("Task monitoring: tasks of others")}
