"""The work breakdown: given out, taken back, handed in, confirmed; closed to all but the handler (A-3.2.1.4)."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import views
from app.rules.errors import RuleError, RuleErrors
from app.rules.filing import WorkMode, WorkStatus, WorkType
from app.services import filing, records, task, work
from app.services.unit_of_work import unit_of_work
from models.filing import WorkBreakdown
from models.organization import User
from models.task import Task
from tests.services.case_work import acts, demo_filing

assert views.MENU


@pytest.fixture
def line(any_session: Session) -> WorkBreakdown:
    """A new line of the filing that tangruolan drafts, for luozhiyu."""
    who = any_session.execute(select(User.id).where(User.username == "luozhiyu")).scalar_one()
    acts(any_session, "tangruolan")
    values = {"filing_id": demo_filing(any_session).id, "work_type": WorkType.DRAFTING, "assignee_id": who,
              "due_on": date(2026, 12, 1)}  # fmt: skip
    return records.save(any_session, WorkBreakdown, None, values)


def open_tasks(session: Session, line: WorkBreakdown) -> list[tuple[str, int, date | None]]:
    return [(t.name, t.assignee_id, t.internal_deadline)
            for t in task.open_tasks(session, Task.work_id == line.id)]  # fmt: skip


def test_given_out_taken_back_given_out_again(any_session: Session, line: WorkBreakdown) -> None:
    """A-3.2.1.4-07, -08: the task comes, goes, and only comes again by being given out again."""
    assert open_tasks(any_session, line) == []
    records.move(any_session, line, "distribute")
    there = [("撰写任务", line.assignee_id, date(2026, 12, 1))]
    assert open_tasks(any_session, line) == there
    records.move(any_session, line, "take_back")
    assert (line.status, open_tasks(any_session, line)) == (WorkStatus.RETURNED, [])
    records.move(any_session, line, "distribute")
    assert open_tasks(any_session, line) == there


def test_hours_are_declared_and_confirmed(any_session: Session, line: WorkBreakdown) -> None:
    """A-3.2.1.4-10: whoever did it declares, the handler confirms, with what he accepts."""
    records.move(any_session, line, "distribute")
    with pytest.raises(RuleError) as refused:
        work.submit(any_session, line.id, "8")
    assert refused.value.code == "forbidden", "the handler does not hand in for others"
    acts(any_session, "luozhiyu")
    for wrong in ("", "很多", "-1", "NaN"):
        with pytest.raises(RuleError) as refused:
            work.submit(any_session, line.id, wrong)
        assert refused.value.field == "workload"
    work.submit(any_session, line.id, "8")
    assert open_tasks(any_session, line) == []
    with pytest.raises(RuleError) as refused:
        records.move(any_session, line, "confirm")
    assert refused.value.code == "forbidden"
    acts(any_session, "tangruolan")
    records.move(any_session, line, "confirm", workload="6.5")
    assert (line.status, str(line.workload)) == (WorkStatus.DONE, "6.50")


def test_done_without_being_given_out_needs_what_it_took(any_session: Session, line: WorkBreakdown) -> None:
    """A-3.2.1.4-02, -09: hours inside, the fee outside."""
    with pytest.raises(RuleErrors) as refused:
        records.move(any_session, line, "complete")
    assert refused.value.field == "workload"
    records.save(any_session, WorkBreakdown, line.id, {"mode": WorkMode.OUTSOURCED, "workload": None})
    with pytest.raises(RuleErrors) as refused:
        records.move(any_session, line, "complete")
    assert refused.value.field == "outsourcing_fee"
    records.save(any_session, WorkBreakdown, line.id, {"outsourcing_fee": 500})
    records.move(any_session, line, "complete")
    assert line.status is WorkStatus.DONE
    assert any_session.execute(select(Task.id).where(Task.work_id == line.id)).first() is None


@pytest.mark.parametrize(("values", "field"), [
    ({"due_on": None}, "due_on"), ({"assignee_id": None}, "assignee"),
    ({"assignee_id": None, "mode": WorkMode.OUTSOURCED}, "contractor"),
])  # fmt: skip
def test_a_line_says_who_and_until_when(any_session: Session, line: WorkBreakdown, values: dict, field: str) -> None:
    with pytest.raises(RuleErrors) as refused:
        records.save(any_session, WorkBreakdown, line.id, values)
    assert refused.value.field == field


def test_what_was_given_out_neither_changes_nor_goes(any_session: Session, line: WorkBreakdown) -> None:
    records.move(any_session, line, "distribute")
    with pytest.raises(RuleError) as refused:
        records.save(any_session, WorkBreakdown, line.id, {"remark": "改"})
    assert refused.value.code == "conflict"
    with pytest.raises(RuleError) as refused:
        records.delete(any_session, WorkBreakdown, [line.id])
    assert refused.value.code == "conflict"


def test_only_the_handler_divides_and_only_while_he_drafts(any_session: Session, line: WorkBreakdown) -> None:
    other = demo_filing(any_session, "S000008").id
    acts(any_session, "qinshuyu")
    for deed in (lambda: records.save(any_session, WorkBreakdown, line.id, {"remark": "改"}),
                 lambda: records.delete(any_session, WorkBreakdown, [line.id]),
                 lambda: records.move(any_session, line, "distribute"),
                 lambda: records.move(any_session, line, "complete")):  # fmt: skip
        with pytest.raises(RuleError) as refused:
            deed()
        assert refused.value.code == "forbidden"
    acts(any_session, None)
    closed = {"filing_id": other, "work_type": WorkType.OTHER, "assignee_id": line.assignee_id,
              "due_on": date(2026, 12, 1)}  # fmt: skip
    with pytest.raises(RuleError) as refused:
        records.save(any_session, WorkBreakdown, None, closed)
    assert refused.value.code == "conflict"
    with pytest.raises(RuleError) as refused:
        records.save(any_session, WorkBreakdown, line.id, {"filing_id": other})
    assert refused.value.field == "filing"


def test_an_unused_line_goes(any_session: Session, line: WorkBreakdown) -> None:
    assert records.delete(any_session, WorkBreakdown, [line.id]) == 1


def test_work_of_a_filing_that_was_given_up_is_not_handed_in(any_session: Session, line: WorkBreakdown) -> None:
    """Its case was closed: the task ended, and no hours are declared any more."""
    records.move(any_session, line, "distribute")
    acts(any_session, None)
    with unit_of_work(any_session):
        filing.cancel_all(any_session, line.filing.case)
    assert open_tasks(any_session, line) == []
    acts(any_session, "luozhiyu")
    with pytest.raises(RuleError, match="any more") as refused:
        work.submit(any_session, line.id, "3")
    assert (refused.value.code, line.status) == ("conflict", WorkStatus.DISTRIBUTED)
