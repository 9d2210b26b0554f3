"""The firm's calendar: setting days, what would move, approving it as one batch, taking it back."""

import json
from datetime import date

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.application_number import PatentType
from app.rules.calendar import DayKind, estimated_holidays
from app.rules.errors import RuleError
from app.services import calculator, calendar, records
from app.services.calendar import DayChange, calendar_of, set_days, what_would_move
from app.services.holiday_notice import news, read_notice
from app.services.reckoning import keep
from app.services.unit_of_work import Actor, act_as, unit_of_work
from models.access import Stamp
from models.audit import AuditEntry
from models.case import Case
from models.reference import Holiday
from models.task import Task

FIRM, OFF, WORKING = DayKind.FIRM_HOLIDAY, DayKind.STATUTORY_OFF, DayKind.STATUTORY_WORKING
SOURCE = "国办发明电〔2026〕9号"


@pytest.fixture
def session(session: Session) -> Session:
    """A session in whose calendar nothing is set yet."""
    records.delete(session, Holiday, session.execute(select(Holiday.id)).scalars())
    return session


def task_of(session: Session, **question: str) -> Task:
    """An open task of a case, reckoned four months from a filing unless said otherwise."""
    asked = {
        "base_kind": "申请日",
        "doc_date": "2026-08-23",
        "period": "4",
        "unit": "月",
        "internal_days": "0",
        "remind_days": "20",
    }
    asked |= question
    case = records.save(session, Case, None, {"title": "一种杯子", "patent_type": PatentType.INVENTION})
    with unit_of_work(session):
        task = Task(name="答复", case_id=case.id, assignee_id=1)
        keep(task, asked, calculator.deadline(session, asked))
        session.add(task)
    return task


def dates(task: Task) -> tuple[date | None, date | None, date | None]:
    return task.hard_deadline, task.internal_deadline, task.remind_on


def days(session: Session) -> list[tuple[date, DayKind]]:
    return list(session.execute(select(Holiday.day, Holiday.kind).order_by(Holiday.day, Holiday.kind)).all())


@pytest.fixture
def christmas(session: Session) -> Task:
    """A task due on Wednesday 2026-12-23."""
    return task_of(session)


def test_a_click_sets_a_day_and_another_takes_it_back(session: Session) -> None:
    day = date(2026, 12, 24)
    assert set_days(session, [DayChange(day, FIRM, name="年终停办")]) == 1
    assert not calendar_of(session).is_firm_working(day)
    assert calendar_of(session).is_working(day)
    assert set_days(session, [DayChange(day, FIRM, on=False)]) == 1
    assert calendar_of(session).is_firm_working(day)
    assert set_days(session, [DayChange(day, FIRM, on=False)]) == 0


def test_a_statutory_day_needs_its_source_and_turns_its_opposite_off(session: Session) -> None:
    day = date(2026, 12, 26)  # a Saturday
    with pytest.raises(RuleError) as refused:
        set_days(session, [DayChange(date(2026, 12, 24), FIRM), DayChange(day, WORKING)])
    assert refused.value.field == "source"
    assert days(session) == []
    set_days(session, [DayChange(day, WORKING, source=SOURCE)])
    assert calendar_of(session).is_working(day)
    set_days(session, [DayChange(day, OFF, source=SOURCE)])
    assert days(session) == [(day, OFF)]
    set_days(session, [DayChange(day, FIRM)])
    assert days(session) == [(day, FIRM), (day, OFF)]


def test_the_plain_form_refuses_a_day_that_is_both(session: Session) -> None:
    records.save(session, Holiday, None, {"day": date(2026, 12, 24), "kind": OFF, "source": SOURCE})
    with pytest.raises(RuleError, match="both"):
        records.save(session, Holiday, None, {"day": date(2026, 12, 24), "kind": WORKING, "source": SOURCE})


def test_a_firm_holiday_moves_only_internal_dates_and_only_earlier(session: Session, christmas: Task) -> None:
    assert dates(christmas) == (date(2026, 12, 23), date(2026, 12, 23), date(2026, 12, 3))
    (move,) = what_would_move(session, [DayChange(date(2026, 12, 23), FIRM)])
    assert move.task.id == christmas.id
    assert move.new == {
        "hard_deadline": date(2026, 12, 23),
        "internal_deadline": date(2026, 12, 22),
        "remind_on": date(2026, 12, 3),
    }
    assert dates(session.get(Task, christmas.id))[1] == date(2026, 12, 23), "nothing moves before it is approved"


def test_a_statutory_day_moves_the_official_date_later(session: Session, christmas: Task) -> None:
    (move,) = what_would_move(session, [DayChange(date(2026, 12, 23), OFF, source=SOURCE)])
    assert (move.old["hard_deadline"], move.new["hard_deadline"]) == (date(2026, 12, 23), date(2026, 12, 24))


def test_days_that_touch_nothing_move_nothing(session: Session, christmas: Task) -> None:
    assert what_would_move(session, [DayChange(date(2026, 12, 10), FIRM), DayChange(date(2026, 12, 19), OFF)]) == []
    assert what_would_move(session) == []


@pytest.mark.parametrize("change", [{"basis": None}, {}, {"hard_deadline": date(2026, 12, 22)}])
def test_what_was_set_by_hand_or_is_over_stays(session: Session, christmas: Task, change: dict) -> None:
    with unit_of_work(session):
        for name, value in change.items():
            setattr(session.get(Task, christmas.id), name, value)
        if not change:
            records.move(session, christmas, "void", reason="重复")
    assert what_would_move(session, [DayChange(date(2026, 12, 23), OFF, source=SOURCE)]) == []


def test_an_internal_date_set_by_hand_stays_unless_it_would_come_after_the_deadline(session: Session) -> None:
    task = task_of(session, doc_date="2026-08-26")  # 12-26, a Saturday: rolled to Monday the 28th
    with unit_of_work(session):
        session.get(Task, task.id).internal_deadline = date(2026, 12, 27)
        session.get(Task, task.id).remind_on = date(2026, 12, 1)
    (move,) = what_would_move(session, [DayChange(date(2026, 12, 26), WORKING, source=SOURCE)])
    assert move.new == {
        "hard_deadline": date(2026, 12, 26),
        "internal_deadline": date(2026, 12, 26),
        "remind_on": date(2026, 12, 1),
    }


def test_approving_is_one_batch_that_can_be_undone(session: Session, christmas: Task) -> None:
    before, kept = dates(christmas), christmas.basis
    set_days(session, [DayChange(date(2026, 12, 31), FIRM, name="年终停办")])
    changes = [
        DayChange(date(2026, 12, 23), OFF, source=SOURCE, name="特别假"),
        DayChange(date(2026, 12, 31), FIRM, on=False),
    ]
    batch, moved = calendar.approve(session, changes, reason="临时通知")
    assert moved == 1
    task = session.get(Task, christmas.id)
    assert dates(task) == (date(2026, 12, 24), date(2026, 12, 24), date(2026, 12, 4))
    assert task.basis["dates"]["hard_deadline"] == "2026-12-24"
    assert SOURCE in json.dumps(task.basis["steps"], ensure_ascii=False)
    entries = session.execute(select(AuditEntry).where(AuditEntry.batch == batch)).scalars().all()
    assert {entry.table for entry in entries} == {"task", "holiday"}
    assert {entry.reason for entry in entries} == {"临时通知"}
    assert what_would_move(session) == []

    assert calendar.undo(session, batch) == (3, 0)
    session.expire_all()
    task = session.get(Task, christmas.id)
    assert dates(task) == before
    assert task.basis == kept
    assert days(session) == [(date(2026, 12, 31), FIRM)]
    assert session.execute(select(Holiday.name)).scalar() == "年终停办"


def test_undo_leaves_alone_what_was_touched_since(session: Session, christmas: Task) -> None:
    batch, _moved = calendar.approve(session, [DayChange(date(2026, 12, 23), OFF, source=SOURCE)])
    records.save(session, Task, christmas.id, {"remark": "客户来电"})
    assert calendar.undo(session, batch) == (1, 1)
    assert session.get(Task, christmas.id).hard_deadline == date(2026, 12, 24)


def test_only_batches_of_the_calendar_are_undone_here(session: Session, christmas: Task) -> None:
    batch = records.bulk_update(session, Task, [christmas.id], {"remark": "x"})
    with pytest.raises(RuleError):
        calendar.undo(session, batch)


def test_saved_without_approval_the_moves_wait(session: Session, christmas: Task) -> None:
    set_days(session, [DayChange(date(2026, 12, 23), FIRM)])
    assert [move.task.id for move in what_would_move(session)] == [christmas.id]
    _batch, moved = calendar.approve(session)
    assert moved == 1
    assert what_would_move(session) == []


def test_everybodys_tasks_move_whoever_approves(session: Session, christmas: Task) -> None:
    workers = select(Task.assignee_id).where(Task.case_id == christmas.case_id)
    somebody = session.execute(select(User.id).where(User.id.not_in(workers)).limit(1)).scalar_one()
    act_as(session, Actor(id=somebody, name="合伙人", sees_all=False, is_admin=True))
    assert session.execute(select(Task.id).where(Task.id == christmas.id)).first() is None
    _batch, moved = calendar.approve(session, [DayChange(date(2026, 12, 23), FIRM)])
    assert moved == 1


def notice_of(year: int, *more: dict) -> bytes:
    """A notice as holiday-cn publishes it, with the thirteen statutory days."""
    listed = [{"name": "节", "date": day.isoformat(), "isOffDay": True} for day in sorted(estimated_holidays(year))]
    papers = ["https://www.gov.cn/zhengce/example.htm"]
    return json.dumps({"year": year, "papers": papers, "days": [*listed, *more]}).encode()


def test_a_notice_makes_a_year_certain_and_says_what_moves(session: Session) -> None:
    task = task_of(session, doc_date="2026-10-09")  # 2027-02-09: a Tuesday after the estimated feast
    assert task.basis["provisional"]
    make_up = {"name": "春节", "date": "2027-02-14", "isOffDay": False}
    longer = {"name": "春节", "date": "2027-02-09", "isOffDay": True}
    changes = read_notice(notice_of(2027, make_up, longer), "2027.json")
    assert calendar_of(session).is_provisional(date(2027, 7, 1))
    (move,) = what_would_move(session, changes, announces=[2027])
    assert move.new["hard_deadline"] == date(2027, 2, 10)
    batch, _moved = calendar.approve(session, changes, announces=[2027])
    now = calendar_of(session)
    assert not now.is_provisional(date(2027, 7, 1))
    assert now.is_working(date(2027, 2, 14))
    assert not session.get(Task, task.id).basis["provisional"]
    assert news(changes, now) == []
    calendar.undo(session, batch)
    assert calendar_of(session).is_provisional(date(2027, 7, 1))
    assert session.get(Stamp, "announced 2027") is None


def test_the_estimated_days_typed_one_by_one_announce_no_year(session: Session) -> None:
    set_days(session, read_notice(notice_of(2027), "2027.json"))
    assert calendar_of(session).is_provisional(date(2027, 7, 1))


def test_what_is_approved_is_what_was_shown(session: Session, christmas: Task) -> None:
    change = DayChange(date(2026, 12, 23), FIRM)
    shown = calendar.digest_of(what_would_move(session, [change]))
    task_of(session)  # due on the same day, and nobody saw it
    with pytest.raises(calendar.Outdated):
        calendar.approve(session, [change], shown=shown)
    assert days(session) == []
    again = calendar.digest_of(what_would_move(session, [change]))
    assert calendar.approve(session, [change], shown=again)[1] == 2


def test_half_a_notice_leaves_the_year_provisional(session: Session) -> None:
    changes = read_notice(notice_of(2027), "2027.json")
    set_days(session, changes[:-1], announces=[2027])
    assert calendar_of(session).is_provisional(date(2027, 7, 1))


def test_of_a_published_year_only_what_differs_is_news(session: Session) -> None:
    content = json.dumps({"days": [
        {"name": "国庆节", "date": "2026-10-01", "isOffDay": True},
        {"name": "国庆节", "date": "2026-10-10", "isOffDay": False},
        {"name": "加一天", "date": "2026-10-08", "isOffDay": True},
    ]}).encode()  # fmt: skip
    assert [change.day for change in news(read_notice(content, "x.json"), calendar_of(session))] == [date(2026, 10, 8)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_notice_as_csv(encoding: str) -> None:
    text = "name,date,isOffDay\n元旦,2027-01-01,true\n元旦,2027/1/3,FALSE\n"
    first, second = read_notice(text.encode(encoding), "安排.csv")
    assert (first.day, first.kind, first.name, first.source) == (date(2027, 1, 1), OFF, "元旦", "安排.csv")
    assert (second.day, second.kind) == (date(2027, 1, 3), WORKING)
    assert read_notice("日期,节日,是否休息\n2027-01-01,元旦,休\n".encode(encoding), "a.csv")[0].kind is OFF


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"{broken",
        b'{"days": ["2027-01-01"]}',
        b'{"days": [{"date": "2027-02-30", "isOffDay": true}]}',
        b'{"days": [{"date": "2027-02-03", "isOffDay": "maybe"}]}',
        b"a,b\n1,2\n",
        b"\x00\xff\xfe",
        b"x" * 1_000_001,
    ],
)
def test_what_is_no_notice_is_refused(content: bytes) -> None:
    with pytest.raises(RuleError):
        read_notice(content, "notice.json")
