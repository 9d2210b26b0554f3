"""The dates of tasks: reckoned when the system makes one (A-2.1.3.2-09), put off with a reason (延期, A-3.6.3.1-05)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.period import internal_dates
from app.rules.task import before_filing, is_open
from app.rules.task_dates import DATES, planned_step, put_off, put_off_step, question_of
from app.services import parameters, records
from app.services.calendar import calendar_of
from app.services.reckoning import keep, reckon
from app.services.rulebook import rule_of
from app.services.sentences import step_data
from app.services.today import today
from app.services.unit_of_work import actor_of, unit_of_work, unscoped
from models.case import Case
from models.task import Task, TaskType

#: The special right to act on the tasks of others (任务监控).
MONITOR = "monitor"
#: The days of a case that a period may count from.
FACTS = ("filing_date", "grant_date", "publication_date")


#: The firm's own distances, by the parameter that holds each.
OWN_DAYS = {"internal_days": "internal_deadline_days", "remind_days": "remind_days"}


def _days(session: Session, code: str) -> int | None:
    """A number of days among the parameters; None for what is none."""
    text = parameters.value(session, code)
    return int(text) if text.isdecimal() else None


def facts_of(case: Case | None) -> dict[str, str]:
    """The days a case has, as `reckon` asks for them."""
    if case is None:
        return {}
    days: dict[str, date | None] = {name: getattr(case, name) for name in FACTS}
    days["entry_date"] = case.national_entry_date
    days["priority_date"] = min((p.prior_filing_date for p in case.priorities), default=None)
    return {name: day.isoformat() for name, day in days.items() if day}


def give(session: Session, task: Task, kind: TaskType, *, on: date | None = None) -> None:
    """Give a new task the dates its type says, with where they come from, else those of the filing its client plans.

    A type whose period counts from a day the case lacks, or that cannot be reckoned, gives none: the work must not
    stop for it. on: the day of the event (default: today).
    """
    task.deadline_rule_id = task.deadline_rule_id or kind.deadline_rule_id
    with unscoped(session):
        case = session.get(Case, task.case_id) if task.case_id else None
        rule = kind.deadline_rule
        try:
            own = {name: _days(session, code) for name, code in OWN_DAYS.items()}
            question = question_of(kind, rule, facts_of(case), on or today(), **own)
            if question is None:
                _planned(session, task, kind, case, on or today())
                return
            rules = [rule_of(rule)] if rule is not None else []
            keep(task, question, reckon(question, calendar_of(session), rules))
        except RuleError:
            return


def _planned(session: Session, task: Task, kind: TaskType, case: Case | None, on: date) -> None:
    """The work on a new application is due by the day on which its client wants it filed (预订提交日, A-3.2.1.2.2-06).

    The firm's own distances give the dates before; one that is gone already is today.
    """
    if case is None or case.planned_on is None or not before_filing(kind):
        return
    early, earlier = (_days(session, code) for code in OWN_DAYS.values())
    before = internal_dates(case.planned_on, early or 0, earlier or 0, calendar_of(session))
    task.hard_deadline = case.planned_on
    for column, days, day in zip(DATES[1:], (early, earlier), before, strict=True):
        if days is not None:
            setattr(task, column, min(max(day, on), case.planned_on))
    dates = {column: day.isoformat() for column in DATES if (day := getattr(task, column))}
    task.basis = {"question": {}, "dates": dates, "steps": [step_data(planned_step(case.planned_on))],
                  "provisional": False}  # fmt: skip


def postpone(
    session: Session, task_id: int, wanted: Mapping[str, date | None], *, reason: str, confirmed: bool = False
) -> Task:
    """Put off the hard deadline of an open task; the old dates stay in its history and among its reasons.

    wanted: the new dates by column; internal deadline and reminder keep their distance unless they are named.
    confirmed: a monitor knows that the official time limit cannot be extended. Raises RuleError: conflict (done or
    void), forbidden, or by field.
    """
    with unit_of_work(session, reason=reason):
        task: Task = records.find(session, Task, task_id, lock=True)
        actor = actor_of(session)
        if not is_open(task):
            raise RuleError(N_("This task is done, voided or terminated"), code="conflict")
        if not reason:
            raise RuleError(N_("This must be filled in"), field="reason")
        if not actor.may(MONITOR, "task") and actor.id != task.assignee_id:
            raise RuleError(N_("This task is somebody else's"), code="forbidden")
        if task.hard_deadline is not None and not _extendable(session, task):
            if not actor.may(MONITOR, "task"):
                raise RuleError(N_("This time limit cannot be extended; ask the docketing monitor"), code="forbidden")
            if not confirmed:
                message = N_("This time limit cannot be extended officially; confirm that the date is changed anyway")
                raise RuleError(message, field="confirmed")
        before = {column: getattr(task, column) for column in DATES}
        new = put_off(before, wanted, calendar_of(session))
        for column, day in new.items():
            setattr(task, column, day)
        task.basis = _extended(task.basis, before, new, actor.name, reason)
        session.flush()
        return task


def _extendable(session: Session, task: Task) -> bool:
    """Whether the time limit of a task may be extended: what no official rule set, the firm may set anew."""
    with unscoped(session):
        rule = task.deadline_rule or (task.task_type.deadline_rule if task.task_type else None)
        return rule is None or bool(rule.extendable)


def _extended(
    basis: Any, before: Mapping[str, date | None], new: Mapping[str, date | None], who: str, reason: str
) -> dict[str, Any]:
    """The reasons of a task's dates with the extension: what was reckoned stays, so that the calendar leaves the new
    dates alone (services.calendar takes dates other than the reckoned ones as set by hand)."""
    kept: dict[str, Any] = dict(basis) if basis else {"question": {}, "dates": {}, "steps": [], "provisional": False}
    hard = new["hard_deadline"]
    if hard is None:
        raise ValueError("a task is put off to a day")
    step = step_data(put_off_step(before["hard_deadline"], hard, who, reason))
    old = {column: day.isoformat() for column, day in before.items() if day}
    return kept | {"steps": [*kept["steps"], step], "extended": [*kept.get("extended", []), {"from": old, "by": who}]}
