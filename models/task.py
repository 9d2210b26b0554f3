"""Tasks, their types, and the library of client requirements (A-2.1.2, A-2.1.3, A-3.6)."""

from datetime import date, datetime

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.rules.choice import N_
from app.rules.deadline import BaseKind
from app.rules.party import CasePhase, RequirementType
from app.rules.period import Unit
from app.rules.task import (
    CLEARING_FLOW,
    STANDING_FLOW,
    TASK_FLOW,
    TASK_TYPE_FLOW,
    TaskClearing,
    TaskCreation,
    TaskFlow,
    TaskSource,
    TaskStanding,
    TaskStatus,
    TaskSwitch,
)
from models.base import Field, Record, choice, day, flag, integer, long_text, moment, reference, text


class RequirementItem(Record):
    """A requirement clients often have, to be taken over into theirs (客户要求配置, A-2.1.2)."""

    __label__ = N_("Requirement of the library")
    __title__ = "content"
    __key__ = ("phase", "requirement_type", "content")

    phase: Mapped[CasePhase] = choice(N_("Case phase"), CasePhase, required=True)
    requirement_type: Mapped[RequirementType] = choice(N_("Requirement type"), RequirementType, required=True)
    content: Mapped[str] = long_text(N_("Client requirement content"), required=True)


class TaskType(Record):
    """A kind of task (任务定义, A-2.1.3): who gets it, when it is due, whether the step takes place at all."""

    __label__ = N_("Task type")
    __pinyin__ = "name"
    __key__ = ("code",)
    __table_args__ = (UniqueConstraint("name", "flow"),)
    workflow = TASK_TYPE_FLOW

    code: Mapped[str] = text(N_("Task code"), length=40, required=True, unique=True, fixed=True)
    name: Mapped[str] = text(N_("Task name"), length=100, required=True)
    flow: Mapped[TaskFlow] = choice(N_("Task process"), TaskFlow, required=True)
    creation: Mapped[TaskCreation] = choice(
        N_("Creation mode"), TaskCreation, nullable=False, default=TaskCreation.MANUAL
    )
    switchable: Mapped[bool] = flag(N_("Can be switched off"))
    switch: Mapped[TaskSwitch] = choice(N_("Switch state"), TaskSwitch, nullable=False, default=TaskSwitch.ON)
    category: Mapped[str | None] = text(N_("Task category"), length=40)
    owner_id: Mapped[int | None] = reference("User", N_("Task owner"), help=N_("New tasks of this type go here"))
    deadline_rule_id: Mapped[int | None] = reference("DeadlineRule", N_("Official time limit"))
    base: Mapped[BaseKind | None] = choice(N_("Counted from"), BaseKind)
    number: Mapped[int | None] = integer(N_("Length of period"), minimum=None)
    unit: Mapped[Unit | None] = choice(N_("Unit of period"), Unit)
    internal_days: Mapped[int | None] = integer(N_("Internal deadline, days before"))
    remind_days: Mapped[int | None] = integer(N_("Reminder, days before"))
    page: Mapped[str | None] = text(N_("Processing page"), length=60)
    remark: Mapped[str | None] = long_text(N_("Remark"))


class Task(Record):
    """Something somebody must do in a case by a day (任务, A-3.6).

    basis: what the dates were reckoned from, and why (services.reckoning); empty where they were set by hand.
    filing, work, closing_request, reinstatement_request: what is to be processed, beside the case itself.
    """

    __label__ = N_("Task")
    __scope_parent__ = "case"
    __key__ = ("case_id", "name", "hard_deadline")
    __table_args__ = (
        Index("ix_task_assignee", "assignee_id", "status", "hard_deadline"),
        Index("ix_task_deadline", "hard_deadline", "id"),
    )
    workflow = TASK_FLOW
    more_workflows = (CLEARING_FLOW, STANDING_FLOW)

    case_id: Mapped[int | None] = reference("Case", N_("Case"))
    task_type_id: Mapped[int | None] = reference("TaskType", N_("Task type"))
    name: Mapped[str] = text(N_("Task name"), length=100, required=True)
    source: Mapped[TaskSource] = choice(N_("Task source"), TaskSource, nullable=False, default=TaskSource.MANUAL)
    assignee_id: Mapped[int] = reference("User", N_("Assignee"), required=True, index=False)
    deadline_rule_id: Mapped[int | None] = reference("DeadlineRule", N_("Official time limit"))
    remind_on: Mapped[date | None] = day(N_("Reminder date"))
    internal_deadline: Mapped[date | None] = day(N_("Internal deadline"))
    hard_deadline: Mapped[date | None] = day(N_("Hard deadline"))
    basis: Mapped[dict | None] = mapped_column(
        JSON(none_as_null=True), info={"field": Field("json", N_("Where the dates come from"), hidden=True)}
    )
    status: Mapped[TaskStatus] = choice(N_("Task status"), TaskStatus, nullable=False, default=TaskStatus.OPEN)
    clearing: Mapped[TaskClearing] = choice(
        N_("Clearing"), TaskClearing, nullable=False, default=TaskClearing.UNCLEARED
    )
    standing: Mapped[TaskStanding] = choice(N_("Standing"), TaskStanding, nullable=False, default=TaskStanding.LIVE)
    filing_id: Mapped[int | None] = reference("Filing", N_("Filing"))
    work_id: Mapped[int | None] = reference("WorkBreakdown", N_("Line of the work breakdown"))
    closing_request_id: Mapped[int | None] = reference("ClosingRequest", N_("Closing request"))
    reinstatement_request_id: Mapped[int | None] = reference("ReinstatementRequest", N_("Reinstatement request"))
    finished_at: Mapped[datetime | None] = moment(N_("Completion date"), nullable=True)
    cleared_by_id: Mapped[int | None] = reference("User", N_("Cleared by"), index=False)
    cleared_at: Mapped[datetime | None] = moment(N_("Cleared at"), nullable=True)
    remark: Mapped[str | None] = long_text(N_("Remark"))


class CalendarLink(Record):
    """The secret address under which a person's calendar program reads his deadlines; a new one ends the old."""

    __label__ = N_("Calendar link")
    __title__ = "id"
    __key__ = ("user_id",)

    user_id: Mapped[int] = reference("User", N_("User"), required=True, unique=True)
    token_hash: Mapped[str] = mapped_column(
        String(64), nullable=False, unique=True, info={"field": Field("password", N_("Secret"), hidden=True)}
    )
