"""Tasks, task types and the library of client requirements (A-2.1.2, A-2.1.3, A-3.6)."""

from typing import Any

from app.console import Console, Section
from app.console.layout import Button, Slice
from app.rules.choice import N_
from app.rules.normalize import parse_date, parse_integer
from app.rules.task import TaskClearing, TaskStanding
from app.rules.task_dates import DATES
from app.services import reassignment, task_dates, task_urgency
from models.task import RequirementItem, Task, TaskType
from views.task_pages import COLOUR_NAMES, COLOUR_SLICES, STATE_SLICES, TaskPages, remark_on


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


def postpone(session: Any, record_id: int, inputs: dict[str, Any], _today: Any) -> None:
    """【延期】 of one task."""
    given = {column: str(inputs.get(column) or "").strip() for column in DATES}
    wanted = {column: parse_date(text, field=column) if text else None for column, text in given.items()}
    confirmed = str(inputs.get("confirmed") or "") == "1"
    reason = str(inputs.get("reason") or "").strip()
    task_dates.postpone(session, record_id, wanted, reason=reason, confirmed=confirmed)


def reassign(session: Any, record_id: int, inputs: dict[str, Any], _today: Any) -> None:
    """【转分配】 of one task."""
    given, reason = str(inputs.get("assignee") or ""), str(inputs.get("reason") or "").strip()
    reassignment.reassign(session, record_id, parse_integer(given, field="assignee") if given else None, reason=reason)


def ask(name: str, label: str, kind: str, *, required: bool = False, help: str = "") -> dict[str, Any]:
    """An input of a dialog that is no column, or one under another name."""
    return {"name": name, "label": label, "kind": kind, "required": required, "choices": [], "url": "", "help": help}


NEW_DATES = (
    ask("hard_deadline", N_("New hard deadline"), "date", required=True),
    ask("internal_deadline", N_("New internal deadline"), "date"),
    ask("remind_on", N_("New reminder date"), "date"),
    ask("confirmed", N_("Not extendable officially: change anyway"), "flag"),
    ask("reason", N_("Reason"), "long_text", required=True),
)
NEW_ASSIGNEE = (
    ask("assignee", N_("New assignee"), "reference", required=True) | {"url": "/app/user/pick"},
    ask("reason", N_("Reason"), "long_text", required=True),
)


class TaskView(TaskPages, Console, model=Task):
    title = N_("Task monitoring")
    icon = "list-checks"
    list_columns = ["case.our_ref", "name", "case.client", "case.app_no", "case.title", "remind_on",
                    "internal_deadline", "hard_deadline", "status", "assignee", "created_by", "cleared_by",
                    "cleared_at", "task_type.page"]  # fmt: skip
    query_columns = ["case.our_ref", "name", "assignee", "case.client", "status", "hard_deadline", "internal_deadline",
                     "remind_on", "clearing", "standing", "source", "case.title", "created_at",
                     "finished_at"]  # fmt: skip
    slices = [
        *STATE_SLICES,
        *COLOUR_SLICES,
        Slice("to_clear", N_("To be cleared"), task_urgency.to_clear),
        Slice("cleared", N_("Cleared tasks"), lambda _on: Task.clearing == TaskClearing.CLEARED),
        Slice("void", N_("Voided"), lambda _on: Task.standing == TaskStanding.VOID),
    ]
    segments = ("open", *COLOUR_NAMES)
    slice_tabs = ("open", "to_clear", "cleared", "void")
    first_slice = "open"
    search_columns = ["name"]
    specials = {"monitor": N_("Task monitoring: tasks of others"), "postpone": N_("Postpone"),
                "reassign": N_("Reassign")}  # fmt: skip
    buttons = [
        Button("folder", N_("Electronic case folder"), permission="read", needs="one", icon="folder-open",
               url="/app/task/{id}/case_folder"),
        Button("postpone", N_("Postpone"), postpone, permission="postpone", each=True, icon="calendar-clock",
               asks=NEW_DATES),
        Button("remark", N_("Remark"), remark_on, each=True, fills=True, icon="message-square", asks=("remark",)),
        Button("reassign", N_("Reassign"), reassign, permission="reassign", each=True, icon="user-cog",
               asks=NEW_ASSIGNEE),
    ]  # fmt: skip
    labels = {"status": N_("Processing status")}
    toolbar = ("folder", "new", "postpone", "delete", "void", "restore", "clear", "unclear", "remark", "reassign",
               "complete")  # fmt: skip
