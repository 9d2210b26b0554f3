"""What 我的任务 and 任务监控 have in common: flags, parts, the form 〈新增任务信息〉, the page of one task (A-3.6)."""

from datetime import date
from html import escape
from typing import Any, ClassVar

from flask import redirect
from flask_appbuilder import expose
from sqlalchemy import select

from app.console import Console, Section, Tab
from app.console.guard import actor, page
from app.console.layout import Panel, Slice
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.task import TaskStanding, TaskStatus, Urgency, made_by_hand, urgency
from app.rules.task_dates import DATES
from app.services import task, task_urgency
from app.services.today import today
from app.texts import gettext as _
from models.deadline import DeadlineRule
from models.task import Task, TaskType
from views.provenance import days_left, told, weekday

#: The colours as the manual lists them: the most pressing first.
COLOURS = (Urgency.OVERDUE, Urgency.WARNING, Urgency.REMIND, Urgency.TODAY, Urgency.NORMAL)


def _coloured(one: Urgency) -> Slice:
    return Slice(one.name.lower(), one.label, lambda on: task_urgency.as_urgent(one, on), one.colour)


COLOUR_SLICES = [_coloured(one) for one in COLOURS]
COLOUR_NAMES = tuple(s.name for s in COLOUR_SLICES)
OPEN = Slice("open", N_("All open tasks"), task_urgency.open_tasks)
STATE_SLICES = [
    OPEN,
    Slice("unprocessed", N_("Unprocessed"), lambda _on: task_urgency.of_status(TaskStatus.OPEN)),
    Slice("processing", N_("In process"), lambda _on: task_urgency.of_status(TaskStatus.IN_PROGRESS)),
    Slice("done", N_("Completed"), lambda _on: task_urgency.of_status(TaskStatus.DONE)),
    Slice("total", N_("Total tasks"), task_urgency.in_force),
]


def flag_of(values: Any, on: date) -> str:
    """The flag (safe HTML) of a task's reminder, internal and hard deadline, status and standing; none once it is
    done or void."""
    remind, internal, hard, status, standing = values
    if status is TaskStatus.DONE or standing is not TaskStanding.LIVE:
        return '<span class="flag flag-none"></span>'
    found, last = urgency(on, remind, internal, hard), hard or internal
    left = days_left(last, on) if last else ""
    label = escape(f"{_(found.label)}　{left}".rstrip("　"))
    shown = escape(left)
    return f'<span class="flag flag-{found.colour}" role="img" aria-label="{label}" title="{label}">{shown}</span>'


def remark_on(session: Any, record_id: int, inputs: dict[str, Any], _today: Any) -> None:
    """【备注】 on one task."""
    task.remark(session, record_id, str(inputs.get("remark") or "").strip())


class TaskPages:
    """Mixed into both consoles of tasks."""

    flag_columns: ClassVar[tuple[str, ...]] = ("remind_on", "internal_deadline", "hard_deadline", "status", "standing")
    order = "hard_deadline"
    empty_last = True
    add_label = N_("Create a new task")
    add_title = N_("New task information")
    edit_title = N_("Task remark")
    after_add = "list"
    form_template = "task/form.html"
    form = [
        Tab(
            N_("Task"),
            Section(N_("Task"), "case", "name", "assignee", "deadline_rule"),
            Section(N_("Time limits"), "hard_deadline", "internal_deadline", "remind_on"),
            Section(N_("Remark"), "remark"),
            Panel("about"),
        )
    ]
    add_only: ClassVar[tuple[str, ...]] = ("case", "name", "assignee", "deadline_rule", *DATES)

    def rights(self: Any) -> dict[str, bool]:
        """Tasks are changed by their verbs, on many rows too; there is nothing to be typed over."""
        return Console.rights(self) | {"bulk": False}

    def flag(self, values: Any) -> str:
        """The colour of a task and the days it has left."""
        return flag_of(values, today())

    @expose("/<int:record_id>/case_folder")
    @page("read")
    def folder(self: Any, record_id: int) -> Any:
        """【电子案卷夹】 of the task's case."""
        case_id = self.find(record_id).case_id
        if case_id is None:
            raise RuleError(N_("This task belongs to no case"), code="missing")
        may_fold = actor().may("read", "case_folder")
        return redirect(f"/app/case_folder/{case_id}" if may_fold else f"/app/case/{case_id}")

    def panel_about(self: Any, record: Task) -> Any:
        """Source, state, who confirmed it, and where its dates come from."""
        on = today()
        dates = [
            {"label": _(label), "date": day.isoformat(), "weekday": weekday(day), "left": days_left(day, on)}
            for label, day in (
                (N_("Hard deadline"), record.hard_deadline), (N_("Internal deadline"), record.internal_deadline),
                (N_("Reminder date"), record.remind_on),
            ) if day
        ]  # fmt: skip
        basis: Any = record.basis
        context = {
            "facts": self.facts(record, [self.columns()[n] for n in self.about_columns if self.open_to(actor(), n)]),
            "dates": dates, "why": told(basis["steps"]) if basis else None,
            "by_hand": bool(dates) and not basis, "provisional": bool(basis and basis.get("provisional")),
        }  # fmt: skip
        return respond("task/about.html", page=context)

    about_columns = (
        "source", "task_type.category", "task_type.flow", "task_type.page", "status", "clearing", "standing",
        "created_by", "created_at", "finished_at", "cleared_by", "cleared_at",
    )  # fmt: skip

    def field_context(self: Any, name: str, record: Any, typed: bool, failures: dict[str, str]) -> dict[str, Any]:
        """A new task is chosen from the defined ones, its official time limit from the rules in use."""
        made = Console.field_context(self, name, record, typed, failures)
        if record is not None:
            return made
        if name == "case":
            return made | {"label": _("Our ref.")}
        if name == "name":
            choices = [{"code": k.name, "label": k.name} for k in self.kinds()]
            return made | {"kind": "choice", "choices": choices}
        if name == "deadline_rule":
            query = select(DeadlineRule.id, DeadlineRule.name).where(DeadlineRule.enabled).order_by(DeadlineRule.id)
            choices = [{"code": str(key), "label": label} for key, label in self.session.execute(query)]
            return made | {"kind": "choice", "choices": choices}
        return made | {"calculator": {}} if name in DATES else made

    def kinds(self: Any) -> list[TaskType]:
        """The defined tasks that people may make, each name once: those for people first (A-2.1.3.1-02)."""
        found = self.session.execute(select(TaskType).order_by(TaskType.creation.desc(), TaskType.id)).scalars()
        return list({kind.name: kind for kind in found if made_by_hand(kind)}.values())

    def form_context(self: Any, record: Any, **more: Any) -> dict[str, Any]:
        """The form; beside the name of a new task its category, which follows from it (任务类别)."""
        made = Console.form_context(self, record, **more)
        if record is None:
            fields = made["tabs"][0]["sections"][0]["fields"]
            category = {"name": "category", "id": "f-category", "label": _("Task category"), "kind": "text",
                        "value": "", "readonly": True, "required": False, "attrs": {}}  # fmt: skip
            fields.insert(2, category)
            codes = self.session.execute(select(DeadlineRule.id, DeadlineRule.code).where(DeadlineRule.enabled))
            made["known"] = {"categories": {k.name: k.category or "" for k in self.kinds()},
                             "rules": {str(key): code for key, code in codes}}  # fmt: skip
        return made
