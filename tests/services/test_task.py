"""Tasks as people handle them: dates, extension, other assignees, clearing, deleting; both databases (A-3.6)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import views
from app.extensions import db
from app.rules.case import CaseStatus
from app.rules.deadline import BaseKind
from app.rules.errors import RuleError, RuleErrors
from app.rules.filing import FilingStatus
from app.rules.period import Unit
from app.rules.task import TaskClearing, TaskSource, TaskStanding, TaskStatus, Urgency, urgency
from app.services import calendar, processing, reassignment, records, safety_net, task, task_dates, workbench
from app.services.clock import moment
from app.services.task_urgency import as_urgent
from app.services.unit_of_work import SYSTEM, Actor, act_as, unit_of_work
from models.audit import AuditEntry
from models.case import Case
from models.deadline import DeadlineRule
from models.filing import Filing, WorkBreakdown
from models.organization import User
from models.task import Task, TaskType
from tests.kit import at_once
from tests.services.case_work import complete
from tests.services.test_filing_chain import filing_of, opened

assert views.MENU
MONITOR = frozenset({("monitor", "task")})


@pytest.fixture
def users(any_session: Session) -> dict[str, int]:
    return dict(any_session.execute(select(User.username, User.id)).all())


@pytest.fixture
def acting(any_session: Session) -> Callable[..., Session]:
    """The session in the hands of a user (None: the system) with some grants."""

    def act(user: int | None, grants: frozenset[tuple[str, str]] = frozenset()) -> Session:
        any_session.rollback()
        act_as(any_session, SYSTEM if user is None else Actor(id=user, name="周沐遥", grants=grants))
        return any_session

    return act


def made(session: Session, who: int, code: str = "custom_task", **more: Any) -> Task:
    return task.create(session, code, assignee_id=who, source=TaskSource.MANUAL, **more)


def kind(session: Session, code: str, **values: Any) -> TaskType:
    found = task.type_of(session, code)
    return records.save(session, TaskType, found.id, values)


def refusal(act: Callable[[], Any]) -> RuleError:
    with pytest.raises(RuleError) as refused:
        act()
    error = refused.value
    return error.errors[0] if isinstance(error, RuleErrors) else error


def test_a_type_with_a_period_gives_its_tasks_dates_and_reasons(any_session: Session, users: dict[str, int]) -> None:
    """A-2.1.3.2-09: the period of the type, the days before it, and where the date comes from."""
    kind(any_session, "custom_task", base=BaseKind.EVENT, number=2, unit=Unit.MONTH, internal_days=7, remind_days=20)
    one = made(any_session, users["tangruolan"])
    assert one.hard_deadline is not None
    assert one.remind_on < one.internal_deadline < one.hard_deadline
    assert one.basis["question"]["period"] == "2"
    assert [s["code"] for s in one.basis["steps"]][:2] == ["base", "period"]
    plain = made(any_session, users["tangruolan"], "letter_reading")
    assert (plain.hard_deadline, plain.internal_deadline, plain.remind_on, plain.basis) == (None,) * 4


def test_dates_that_are_given_stay(any_session: Session, users: dict[str, int]) -> None:
    kind(any_session, "custom_task", base=BaseKind.EVENT, number=2, unit=Unit.MONTH)
    one = made(any_session, users["tangruolan"], hard_deadline=date(2027, 3, 1))
    assert (one.hard_deadline, one.basis) == (date(2027, 3, 1), None)


def test_a_day_the_case_lacks_gives_no_dates(any_session: Session, users: dict[str, int]) -> None:
    kind(any_session, "custom_task", base=BaseKind.GRANT, number=2, unit=Unit.MONTH)
    case = opened(any_session)
    assert made(any_session, users["tangruolan"], case_id=case.id).hard_deadline is None
    records.save(any_session, Case, case.id, {"grant_date": date(2026, 11, 20)})
    assert made(any_session, users["tangruolan"], case_id=case.id).hard_deadline == date(2027, 1, 20)


def test_an_official_time_limit_gives_dates(any_session: Session, users: dict[str, int]) -> None:
    counted = (DeadlineRule.enabled, DeadlineRule.base == BaseKind.FILING, DeadlineRule.number > 0,
               DeadlineRule.later_number.is_(None))  # fmt: skip
    rule = any_session.scalars(select(DeadlineRule).where(*counted)).first()
    assert rule is not None
    rule_id = rule.id
    kind(any_session, "custom_task", deadline_rule_id=rule_id)
    case = opened(any_session, handler=users["tangruolan"])
    records.save(any_session, Case, case.id, {"filing_date": date(2026, 1, 5)})
    one = made(any_session, users["tangruolan"], case_id=case.id)
    assert one.deadline_rule_id == rule_id
    assert one.hard_deadline is not None
    assert one.basis["question"]["rule"] == any_session.get(DeadlineRule, rule_id).code


class TestPostponing:
    """延期 (A-3.6.3.1-05)."""

    @pytest.fixture
    def due(self, any_session: Session, users: dict[str, int]) -> Task:
        kind(any_session, "custom_task", base=BaseKind.EVENT, number=1, unit=Unit.MONTH, internal_days=5,
             remind_days=15)  # fmt: skip
        return made(any_session, users["tangruolan"])

    def later(self, due: Task, days: int = 30) -> date:
        return calendar.calendar_of(db.session).next_working(due.hard_deadline + timedelta(days=days))

    def test_old_dates_stay_in_reasons_and_history(self, any_session: Session, acting, users, due: Task) -> None:
        before, wanted = due.hard_deadline, self.later(due)
        acting(users["hejingzhou"], MONITOR)
        task_dates.postpone(any_session, due.id, {"hard_deadline": wanted}, reason="局里同意")
        assert due.hard_deadline == wanted
        assert due.basis["extended"] == [{"from": due.basis["extended"][0]["from"], "by": "周沐遥"}]
        assert due.basis["extended"][0]["from"]["hard_deadline"] == before.isoformat()
        assert due.basis["steps"][-1]["code"] == "put_off"
        query = select(AuditEntry).where(AuditEntry.table == "task", AuditEntry.record_id == due.id)
        last = any_session.scalars(query.order_by(AuditEntry.id.desc())).first()
        assert last.changes["hard_deadline"] == [before.isoformat(), wanted.isoformat()]
        assert last.reason == "局里同意"

    def test_the_calendar_leaves_an_extended_date_alone(self, any_session: Session, acting, users, due: Task) -> None:
        acting(users["hejingzhou"], MONITOR)
        task_dates.postpone(any_session, due.id, {"hard_deadline": self.later(due)}, reason="局里同意")
        acting(None)
        assert due.id not in [move.task.id for move in calendar.what_would_move(any_session)]

    def test_what_the_office_does_not_extend_is_confirmed_by_a_monitor(self, any_session, acting, users, due) -> None:
        rule = any_session.scalars(select(DeadlineRule).where(DeadlineRule.extendable.is_(False))).first()
        with unit_of_work(any_session):
            due.deadline_rule_id = rule.id
        wanted = {"hard_deadline": self.later(due)}
        acting(users["tangruolan"])
        assert refusal(lambda: task_dates.postpone(any_session, due.id, wanted, reason="x")).code == "forbidden"
        acting(users["hejingzhou"], MONITOR)
        assert refusal(lambda: task_dates.postpone(any_session, due.id, wanted, reason="x")).field == "confirmed"
        task_dates.postpone(any_session, due.id, wanted, reason="x", confirmed=True)
        assert due.hard_deadline == wanted["hard_deadline"]

    def test_reason_state_and_owner(self, any_session: Session, acting, users, due: Task) -> None:
        wanted = {"hard_deadline": self.later(due)}
        acting(users["qinshuyu"])
        assert refusal(lambda: task_dates.postpone(any_session, due.id, wanted, reason="x")).code == "forbidden"
        acting(users["hejingzhou"], MONITOR)
        assert refusal(lambda: task_dates.postpone(any_session, due.id, wanted, reason="")).field == "reason"
        acting(None)
        records.move(any_session, due, "complete")
        assert refusal(lambda: task_dates.postpone(any_session, due.id, wanted, reason="x")).code == "conflict"


class TestReassigning:
    """转分配 (A-3.2.1.3-09, A-3.6.3.1-05)."""

    def the_task(self, session: Session, case: Case) -> Task:
        return task.open_tasks(session, Task.case_id == case.id, Task.work_id.is_(None))[0]

    def test_the_case_goes_along_step_by_step(self, any_session: Session, users: dict[str, int]) -> None:
        session, tang, qin, jiang = any_session, users["tangruolan"], users["qinshuyu"], users["jiangwanqing"]
        case = opened(session, handler=tang)
        records.move(session, case, "complete_review")
        filing = filing_of(session, case)
        handling = self.the_task(session, case)
        task.enter(session, handling.id)
        reassignment.reassign(session, handling.id, qin, reason="离职")
        assert (handling.assignee_id, handling.status) == (qin, TaskStatus.IN_PROGRESS)
        assert (filing.handler_id, case.handler_id) == (qin, qin)
        complete(session, filing)
        records.move(session, filing, "finalize", reviewer=str(jiang))
        for column, who, step in (("reviewer_id", tang, "pass_review"), ("preparer_id", users["luozhiyu"],
                                  "finish_preparation"), ("checker_id", qin, "pass_check")):  # fmt: skip
            current = self.the_task(session, case)
            if current.assignee_id != who:
                reassignment.reassign(session, current.id, who, reason="调配")
            assert getattr(filing, column) == who
            records.move(session, filing, step)
        assert filing.status is FilingStatus.AWAITING_DISPATCH
        assert case.handler_id == qin

    def test_a_part_of_the_work(self, any_session: Session, users: dict[str, int]) -> None:
        """Whoever drafts needs no certificate."""
        session = any_session
        case = opened(session, handler=users["tangruolan"], drafter=users["luozhiyu"])
        records.move(session, case, "complete_review")
        [drafting] = task.open_tasks(session, Task.case_id == case.id, Task.work_id.is_not(None))
        reassignment.reassign(session, drafting.id, users["songyanqiu"], reason="休假")
        line = session.get(WorkBreakdown, drafting.work_id)
        assert (line.assignee_id, case.drafter_id) == (users["songyanqiu"], users["songyanqiu"])
        assert case.handler_id == users["tangruolan"]

    def test_who_may_and_who_may_get_it(self, any_session: Session, users: dict[str, int], acting) -> None:
        one = made(any_session, users["tangruolan"])
        with unit_of_work(any_session):
            any_session.get(User, users["songyanqiu"]).active = False
        acting(users["tangruolan"])
        assert refusal(lambda: reassignment.reassign(any_session, one.id, users["qinshuyu"], reason="x")).code == (
            "forbidden"
        )
        acting(users["hejingzhou"], MONITOR)
        for who in (None, 999_999, users["songyanqiu"], users["tangruolan"]):
            assert refusal(lambda w=who: reassignment.reassign(any_session, one.id, w, reason="x")).field == "assignee"
        assert refusal(lambda: reassignment.reassign(any_session, one.id, users["qinshuyu"], reason="")).field == (
            "reason"
        )
        records.move(any_session, one, "void", reason="重复")
        assert refusal(lambda: reassignment.reassign(any_session, one.id, users["qinshuyu"], reason="x")).code == (
            "conflict"
        )


class TestRights:
    """Whose step is it: the assignee's, the monitor's, nobody else's."""

    @pytest.mark.parametrize("step", ["complete", "clear", "unclear", "void", "restore"])
    def test_each_step(self, step: str, any_session: Session, users: dict[str, int], acting) -> None:
        own, other, monitor = users["tangruolan"], users["qinshuyu"], users["hejingzhou"]
        ready = {"complete": (), "clear": ("complete",), "unclear": ("complete", "clear"), "void": (),
                 "restore": ("void",)}[step]  # fmt: skip
        for who, grants in ((other, frozenset()), (own, frozenset()), (monitor, MONITOR)):
            acting(None)
            one = made(any_session, own)
            for before in ready:
                records.move(any_session, one, before, reason="x")
            acting(who, grants)
            may = who == monitor or (who == own and step == "complete")
            if may:
                records.move(any_session, one, step, reason="x")
            else:
                refused = refusal(lambda t=one: records.move(any_session, t, step, reason="x"))
                assert refused.code == "forbidden", (step, who)

    def test_ones_own_reminder_is_cleared_by_oneself(self, any_session: Session, users, acting) -> None:
        """Ambiguities 20; A-3.3.1.3-03."""
        one = made(any_session, users["tangruolan"], "enquiry_reminder")
        acting(users["qinshuyu"])
        assert refusal(lambda: records.move(any_session, one, "clear")).code == "forbidden"
        acting(users["tangruolan"])
        records.move(any_session, one, "clear")
        assert (one.status, one.clearing, one.cleared_by_id) == (
            TaskStatus.DONE, TaskClearing.CLEARED, users["tangruolan"],
        )  # fmt: skip

    def test_nothing_is_taken_back_in_a_closed_case(self, any_session: Session, users, acting) -> None:
        """Ambiguities 22."""
        case = opened(any_session, handler=users["tangruolan"])
        done, void = (made(any_session, users["tangruolan"], case_id=case.id) for _n in range(2))
        for one, step in ((done, "complete"), (done, "clear"), (void, "void")):
            records.move(any_session, one, step, reason="x")
        assert done.cleared_at is not None
        any_session.rollback()
        table = Case.__table__
        any_session.connection().execute(table.update().where(table.c.id == case.id).values(status="CLOSED"))
        any_session.commit()
        for one, step in ((done, "unclear"), (void, "restore")):
            assert refusal(lambda t=one, s=step: records.move(any_session, t, s)).code == "conflict"
        assert any_session.get(Case, case.id).status is CaseStatus.CLOSED

    def test_only_unprocessed_tasks_made_by_hand_are_deleted(self, any_session: Session, users) -> None:
        """Ambiguities 22."""
        own = made(any_session, users["tangruolan"])
        records.delete(any_session, Task, [own.id])
        begun = made(any_session, users["tangruolan"])
        task.enter(any_session, begun.id)
        system = task.create(any_session, "custom_task", assignee_id=users["tangruolan"])
        for one in (begun, system):
            assert refusal(lambda t=one: records.delete(any_session, Task, [t.id])).code == "conflict"
        records.move(any_session, system, "void", reason="重复")
        assert system.standing is TaskStanding.VOID


class TestByHand:
    """创建新任务 (A-3.6.2.1)."""

    def test_the_name_is_one_of_the_defined(self, any_session: Session, users: dict[str, int]) -> None:
        """A-2.1.3.1-02."""
        values = {"name": "自定义任务", "assignee_id": users["tangruolan"]}
        one = records.save(any_session, Task, None, values)
        assert (one.task_type.code, one.source) == ("custom_task", TaskSource.MANUAL)
        for name in ("随便一个名字", "新案办案"):
            assert refusal(lambda n=name: records.save(any_session, Task, None, values | {"name": n})).field == "name"

    def test_dates_in_order_and_somebody_at_work(self, any_session: Session, users: dict[str, int]) -> None:
        values = {"name": "自定义任务", "assignee_id": users["tangruolan"]}
        dates = {"hard_deadline": date(2027, 1, 5), "internal_deadline": date(2027, 1, 6)}
        assert refusal(lambda: records.save(any_session, Task, None, values | dates)).field == "internal_deadline"
        with unit_of_work(any_session):
            any_session.get(User, users["songyanqiu"]).active = False
        values["assignee_id"] = users["songyanqiu"]
        assert refusal(lambda: records.save(any_session, Task, None, values)).field == "assignee_id"

    def test_what_is_settled_is_changed_by_its_verb_only(self, any_session: Session, users, acting) -> None:
        one = made(any_session, users["tangruolan"], hard_deadline=date(2027, 1, 5))
        for column, value in (("hard_deadline", date(2027, 2, 1)), ("assignee_id", users["qinshuyu"]),
                              ("name", "补正")):  # fmt: skip
            assert refusal(lambda c=column, v=value: records.save(any_session, Task, one.id, {c: v})).field == column
        acting(users["qinshuyu"])
        assert refusal(lambda: records.save(any_session, Task, one.id, {"remark": "x"})).code == "forbidden"
        acting(users["tangruolan"])
        assert records.save(any_session, Task, one.id, {"remark": "等客户"}).remark == "等客户"


def test_beginning_opens_what_is_to_be_worked_on(any_session: Session, users: dict[str, int], acting) -> None:
    case = opened(any_session, handler=users["tangruolan"])
    one = made(any_session, users["tangruolan"], "bibliographic_change", case_id=case.id)
    acting(users["qinshuyu"])
    assert refusal(lambda: processing.begin(any_session, one.id)).code == "forbidden"
    acting(users["tangruolan"])
    begun = processing.begin(any_session, one.id)
    filing = any_session.get(Filing, begun.filing_id)
    assert (begun.status, filing.handler_id, filing.kind.name) == (
        TaskStatus.IN_PROGRESS, users["tangruolan"], "INTERMEDIATE",
    )  # fmt: skip
    assert processing.begin(any_session, one.id).filing_id == filing.id, "once only"


def test_the_statement_knows_the_colours_as_the_rule_does(any_session: Session, users: dict[str, int]) -> None:
    """Every combination of dates around today, on both databases."""
    on, offsets = date(2026, 11, 20), (None, -1, 0, 1)
    days = [None if n is None else on + timedelta(days=n) for n in offsets]
    wanted = {}
    with unit_of_work(any_session):
        for remind in days:
            for internal in days:
                for hard in days:
                    one = Task(name="颜色", assignee_id=users["tangruolan"], remind_on=remind,
                               internal_deadline=internal, hard_deadline=hard)  # fmt: skip
                    any_session.add(one)
                    any_session.flush()
                    wanted[one.id] = urgency(on, remind, internal, hard)
    for colour in Urgency:
        found = set(any_session.scalars(select(Task.id).where(Task.name == "颜色", as_urgent(colour, on))))
        assert found == {key for key, value in wanted.items() if value is colour}
    counts = workbench.counts(any_session, None, on)
    assert sum(counts.by_urgency.values()) == counts.open


def test_of_two_who_clear_at_once_one_is_told(any_app: Flask, any_session: Session, users: dict[str, int]) -> None:
    one = made(any_session, users["tangruolan"])
    records.move(any_session, one, "complete")
    key = one.id
    any_session.rollback()

    def clear(session: Session) -> None:
        records.move(session, records.find(session, Task, key), "clear")

    assert sorted(at_once(any_app, clear, clear)) == ["", "conflict"]
    assert any_session.get(Task, key).clearing is TaskClearing.CLEARED


class TestSafetyNet:
    """What nobody works on is counted every night and listed for monitors."""

    def gap(self, name: str) -> safety_net.Gap:
        return next(g for g in safety_net.GAPS if g.name == name)

    def ids(self, session: Session, name: str) -> set[int]:
        return {key for key, *_rest in safety_net.rows(session, self.gap(name), 10_000)}

    def test_cases_filings_and_people(self, any_session: Session, users: dict[str, int]) -> None:
        session = any_session
        case = opened(session, handler=users["tangruolan"])
        records.move(session, case, "complete_review")
        filing = filing_of(session, case)
        assert case.id not in self.ids(session, "idle")
        assert filing.id not in self.ids(session, "unmanned")
        [handling] = task.open_tasks(session, Task.case_id == case.id)
        with unit_of_work(session):
            session.get(User, users["tangruolan"]).active = False
        assert handling.id in self.ids(session, "orphaned")
        assert filing.id in self.ids(session, "unmanned")
        records.move(session, handling, "void", reason="离职")
        assert case.id in self.ids(session, "idle")
        assert handling.id not in self.ids(session, "orphaned")

    def test_the_numbers_of_the_night_are_kept(self, any_session: Session) -> None:
        at = moment()
        assert safety_net.last_check(any_session) is None
        found = safety_net.check(any_session, at)
        again = safety_net.check(any_session, at)
        when, kept = safety_net.last_check(any_session)
        assert kept == found == again
        assert abs(when - at) < timedelta(minutes=1)
        assert all(found[g.name] == len(self.ids(any_session, g.name)) for g in safety_net.GAPS)
