"""Filings beside their chain: opened for a task, changed only by whoever has them in hand."""

import threading
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import views
from app.extensions import db
from app.rules.errors import RuleError
from app.rules.filing import FilingKind, FilingStatus
from app.rules.task import TaskSource
from app.services import filing, records, task
from models.case import Case
from models.filing import Filing
from models.organization import User
from models.task import Task, TaskType
from tests.services.case_work import acts, complete, demo_filing

assert views.MENU


@pytest.fixture
def case(any_session: Session) -> Case:
    return any_session.execute(select(Case).where(Case.our_ref == "F20250001")).scalars().one()


def by_hand(session: Session, code: str, case: Case | None) -> Task:
    who = session.execute(select(User.id).where(User.username == "jiangwanqing")).scalar_one()
    return task.create(
        session, code, assignee_id=who, case_id=case and case.id, name="手工任务", source=TaskSource.MANUAL
    )


@pytest.mark.parametrize("code", ["document_handling", "bibliographic_change", "reply_examination"])
def test_a_task_of_an_intermediate_document_opens_its_filing_once(any_session: Session, case: Case, code: str) -> None:
    made = by_hand(any_session, code, case)
    opened = filing.filing_for(any_session, made)
    assert (opened.kind, opened.status, opened.name) == (FilingKind.INTERMEDIATE, FilingStatus.DRAFTING, "手工任务")
    assert (opened.case_id, opened.handler_id) == (case.id, made.assignee_id)
    assert filing.filing_for(any_session, made).id == opened.id
    assert [t.id for t in filing.tasks_of(any_session, opened)] == [made.id], "the task itself, no second one"


@pytest.mark.parametrize("code", ["annuity_payment", "official_payment", "document_quality_check", "custom_task"])
def test_other_tasks_open_none(any_session: Session, case: Case, code: str) -> None:
    with pytest.raises(RuleError) as refused:
        filing.filing_for(any_session, by_hand(any_session, code, case))
    assert refused.value.code == "conflict"


def test_a_task_without_a_case_opens_none(any_session: Session) -> None:
    with pytest.raises(RuleError):
        filing.filing_for(any_session, by_hand(any_session, "document_handling", None))


def drafted(session: Session) -> Filing:
    """The demo filing that is being drafted, its work breakdown done."""
    acts(session, None)
    one = demo_filing(session)
    for line in list(one.works):
        line.workload, line.outsourcing_fee = 1, 1
        session.commit()
        records.move(session, line, "complete")
    return one


def test_not_while_work_is_open(any_session: Session) -> None:
    """A-3.2.1.4-11, A-msg-11."""
    one = demo_filing(any_session)
    acts(any_session, "tangruolan")
    with pytest.raises(RuleError, match="unfinished tasks") as refused:
        records.move(any_session, one, "finalize")
    assert (refused.value.code, one.status) == ("conflict", FilingStatus.DRAFTING)


def test_whoever_gets_it_back_reads_why(any_session: Session) -> None:
    """A-3.2.1.5.3-03, A-3.2.1.6-02: from the review, and from the check to either of the two."""
    one = drafted(any_session)

    def told() -> list[tuple[str, str | None]]:
        return [(t.name, t.remark) for t in filing.tasks_of(any_session, one)]

    records.move(any_session, one, "finalize")
    assert told() == [("新案实体复核", None)]
    records.move(any_session, one, "return_review", reason="权利要求 3 得不到支持")
    assert told() == [("新案办案", "权利要求 3 得不到支持")]
    records.move(any_session, one, "finalize")
    records.move(any_session, one, "pass_review")
    with pytest.raises(RuleError, match="Not ready for the Office"):
        records.move(any_session, one, "finish_preparation")
    records.move(any_session, complete(any_session, one), "finish_preparation")
    records.move(any_session, one, "return_to_preparation", reason="委托书缺章")
    assert told() == [("新案文件制备", "委托书缺章")]
    records.move(any_session, one, "finish_preparation")
    records.move(any_session, one, "return_to_handler", reason="附图标记不一致")
    assert told() == [("新案办案", "附图标记不一致")]
    assert filing.tasks_of(any_session, one)[0].assignee_id == one.handler_id


def test_who_is_suggested_for_the_review(any_session: Session) -> None:
    """ambiguities 18: whoever may review but the handler; after a return the same reviewer; the owner of the task."""
    one = drafted(any_session)
    people, suggested = filing.candidates(any_session, one, "finalize")
    assert suggested in dict(people)
    assert suggested != one.handler_id
    records.move(any_session, one, "finalize", reviewer=str(people[-1][0]))
    records.move(any_session, one, "return_review", reason="不清楚")
    assert filing.candidates(any_session, one, "finalize")[1] == people[-1][0]
    kind = task.type_of(any_session, "case_preparation")
    records.save(any_session, TaskType, kind.id, {"owner_id": one.handler_id})
    assert filing.candidates(any_session, one, "pass_review")[1] == one.handler_id
    records.move(any_session, kind, "switch_off")
    assert filing.candidates(any_session, one, "pass_review") == ([], None), "nobody is asked for what is passed over"


def test_the_steps_one_may_take(any_session: Session) -> None:
    one = demo_filing(any_session)
    acts(any_session, "tangruolan")
    assert [s.name for s in filing.steps_for(any_session, one)] == ["finalize"]
    acts(any_session, "qinshuyu")
    assert filing.steps_for(any_session, one) == []
    acts(any_session, "luozhiyu")
    assert [s.name for s in filing.steps_for(any_session, demo_filing(any_session, "S000002"))] == [
        "return_to_handler", "return_to_preparation", "pass_check",
    ]  # fmt: skip


def test_of_two_who_finalize_at_once_one_wins(any_app: Flask) -> None:
    """A-3.2.1.5-01: the other is told, and there is one review."""
    with any_app.app_context():
        acts(db.session, None)
        number = drafted(db.session).id
        db.session.commit()
    said: list[str] = []
    barrier = threading.Barrier(2)

    def finalize() -> None:
        with any_app.app_context():
            acts(db.session, "tangruolan")
            one = records.find(db.session, Filing, number)
            barrier.wait(10)
            try:
                records.move(db.session, one, "finalize")
                said.append("done")
            except RuleError as error:
                said.append(error.code)
            finally:
                db.session.rollback()

    both = [threading.Thread(target=finalize) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert sorted(said) == ["conflict", "done"]
    with any_app.app_context():
        acts(db.session, None)
        open_now = task.open_tasks(db.session, Task.filing_id == number)
        assert [t.name for t in open_now] == ["新案实体复核"]


@pytest.mark.parametrize("step", ["finalize", "return_review"])
def test_a_step_that_breaks_off_leaves_the_old_state(
    any_session: Session, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction a step: filing, case and tasks are as before."""
    one = drafted(any_session)
    if step == "return_review":
        records.move(any_session, one, "finalize")

    def state() -> tuple:
        any_session.expire_all()
        open_now = [(t.name, t.status) for t in filing.tasks_of(any_session, one)]
        return one.status, one.finalized_on, one.case.status, open_now

    def breaks(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("power failure")

    before = state()
    monkeypatch.setattr(filing, "_task", breaks)
    with pytest.raises(RuntimeError):
        records.move(any_session, one, step, reason="不清楚")
    any_session.rollback()
    assert state() == before


@pytest.mark.parametrize(("number", "values", "field"), [
    ("S000004", {"name": "新"}, "name"), ("S000006", {"handler_id": 1}, "handler"),
    ("S000001", {"finalized_on": None}, "finalized_on"), ("S000006", {"sent_on": date(2026, 1, 5)}, "sent_on"),
    ("S000006", {"received_on": date(2026, 1, 5)}, "received_on"), ("S000006", {"checker_id": 1}, "checker"),
    ("S000002", {"case_id": 1}, "case"),
])  # fmt: skip
def test_what_a_filing_is_stays(session: Session, number: str, values: dict, field: str) -> None:
    """A-3.2.1.5-01; its name is the handler's to say until he finalizes."""
    with pytest.raises(RuleError) as refused:
        records.save(session, Filing, demo_filing(session, number).id, values)
    assert (refused.value.field, refused.value.code) == (field, "conflict")
    assert records.save(session, Filing, demo_filing(session).id, {"name": "新"}).name == "新"


def test_a_name_is_typed_by_who_has_the_filing_until_it_was_sent(session: Session) -> None:
    one, sent = demo_filing(session).id, select(Filing.id).where(Filing.status == FilingStatus.DISPATCHED)
    gone = session.execute(sent).scalars().first()
    acts(session, "tangruolan")
    assert records.save(session, Filing, one, {"name": "新名称"}).name == "新名称"
    with pytest.raises(RuleError, match="cannot be changed"):
        records.save(session, Filing, gone, {"name": "新名称"})
    acts(session, "qinshuyu")
    with pytest.raises(RuleError, match="somebody else's"):
        records.save(session, Filing, one, {"name": "别的名称"})
