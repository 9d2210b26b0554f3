"""我的任务 (A-3.6.2): one's own tasks, by state and by time, and the way into each."""

from typing import Any

from app.console import Console
from app.console.guard import actor
from app.console.layout import Branch, Button, Slice
from app.rules.access import ACTIONS
from app.rules.choice import N_
from app.rules.task import CLEARING_FLOW, REMINDERS, TASK_FLOW, code_of
from app.services import processing
from app.services.task_urgency import due_between, week_of
from app.texts import gettext as _
from models.task import Task
from views.processing import address_of
from views.task import TaskView
from views.task_pages import COLOUR_NAMES, COLOUR_SLICES, STATE_SLICES, TaskPages, remark_on


def enter(session: Any, ids: list[int], _inputs: dict[str, Any], _today: Any) -> dict[str, str]:
    """【进入处理】: the task is being processed from now on; its page opens."""
    begun = processing.begin(session, ids[0])
    return {"message": _("“%(name)s” is being processed", name=begun.name), "url": address_of(begun)}


class MyTaskView(TaskPages, Console, model=Task):
    key = "my_task"
    title = N_("My tasks")
    icon = "clipboard-check"
    list_columns = ["case.our_ref", "name", "case.client.client_no", "case.app_no", "remind_on", "internal_deadline",
                    "hard_deadline", "status", "created_by", "cleared_by", "cleared_at", "task_type.page",
                    "finished_at"]  # fmt: skip
    query_columns = ["case.our_ref", "case.client.client_no", "name", "hard_deadline", "internal_deadline", "remind_on",
                     "created_at", "finished_at"]  # fmt: skip
    slices = [
        *STATE_SLICES,
        *COLOUR_SLICES,
        Slice("due_today", N_("Due today"), lambda on: due_between(on, on)),
        Slice("due_week", N_("Due this week"), lambda on: due_between(*week_of(on))),
    ]
    first_slice = "open"
    segments = ("open", *COLOUR_NAMES)
    tree = [
        Branch(N_("Processing state"), "open", "unprocessed", "processing", "done", "total"),
        Branch(N_("Time control"), *COLOUR_NAMES, "due_today", "due_week"),
    ]
    buttons = [
        Button("enter", N_("Start processing"), enter, needs="one", icon="play", primary=True),
        Button("remark", N_("Remark"), remark_on, each=True, fills=True, icon="message-square", asks=("remark",)),
        Button("open", N_("View task"), permission="read", needs="one", icon="eye", url="/app/my_task/{id}"),
        Button("folder", N_("Electronic case folder"), permission="read", needs="one", icon="folder-open",
               url="/app/my_task/{id}/case_folder"),
    ]  # fmt: skip
    toolbar = ("new", "enter", "complete", "remark", "open", "folder", "clear")

    @classmethod
    def permissions(cls) -> dict[str, str]:
        """What one may do with one's own tasks; all else is the monitor's."""
        steps = (TASK_FLOW.by_name["complete"], CLEARING_FLOW.by_name["clear"])
        return {n: ACTIONS[n] for n in ("read", "add", "edit", "export")} | {t.name: t.label for t in steps}

    def open_to(self, who: Any, name: str) -> bool:
        """What is hidden of tasks is hidden here too."""
        return super().open_to(who, name) and TaskView.instance().open_to(who, name)

    def base_condition(self) -> Any:
        """Whoever asks sees his own."""
        return Task.assignee_id == actor().id

    def stands_open(self, record: Any, step: Any) -> bool:
        """One clears reminders only (ambiguities 20)."""
        return super().stands_open(record, step) and (step.name != "clear" or code_of(record) in REMINDERS)

    def field_context(self, name: str, record: Any, typed: bool, failures: dict[str, str]) -> dict[str, Any]:
        """A task made here is one's own unless somebody else is named (A-3.6.2.1-03)."""
        made = super().field_context(name, record, typed, failures)
        if record is None and name == "assignee" and not typed:
            made |= {"value": str(actor().id), "display": actor().name}
        return made
