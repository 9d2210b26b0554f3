"""Colours of tasks, the order and the putting off of their dates, who may do what (A-3.6)."""

import random
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from app.rules.calendar import Calendar
from app.rules.deadline import BaseKind
from app.rules.errors import RuleError, RuleErrors
from app.rules.period import Unit
from app.rules.task import (
    CLEARING_FLOW,
    STANDING_FLOW,
    TASK_FLOW,
    TaskClearing,
    TaskCreation,
    TaskStanding,
    TaskStatus,
    Urgency,
    made_by_hand,
    urgency,
)
from app.rules.task_dates import check_order, put_off, put_off_step, question_of

ON = date(2026, 11, 20)
CALENDAR = Calendar()
U = Urgency


def day(offset: int | None) -> date | None:
    return None if offset is None else ON + timedelta(days=offset)


@pytest.mark.parametrize(("remind", "internal", "hard", "wanted"), [
    (-30, -5, -1, U.OVERDUE),
    (-30, -5, 0, U.WARNING),
    (-30, 0, 5, U.WARNING),
    (0, 0, 5, U.WARNING),
    (0, 1, 5, U.TODAY),
    (-1, 1, 5, U.REMIND),
    (1, 2, 3, U.NORMAL),
    (None, None, None, U.NORMAL),
    (None, None, 0, U.NORMAL),
    (None, None, -1, U.OVERDUE),
    (0, None, None, U.TODAY),
    (-1, None, None, U.REMIND),
    (None, -1, None, U.WARNING),
])  # fmt: skip
def test_the_colour_of_a_task(remind: int | None, internal: int | None, hard: int | None, wanted: Urgency) -> None:
    """Ambiguities 19: black over red over green over yellow over none."""
    assert urgency(ON, day(remind), day(internal), day(hard)) is wanted


def test_a_task_only_grows_more_pressing() -> None:
    """Day after day the colour changes in one direction, but for the single day of the reminder."""
    order = [U.NORMAL, U.TODAY, U.REMIND, U.WARNING, U.OVERDUE]
    for seed in range(200):
        rolls = sorted(random.Random(seed).choices(range(60), k=3))
        dates = [day(n) for n in rolls]
        seen = [order.index(urgency(ON + timedelta(days=n), *dates)) for n in range(70)]
        assert seen == sorted(seen)
        assert seen.count(1) <= 1


def a_task(**more: object) -> SimpleNamespace:
    own = {"status": TaskStatus.OPEN, "clearing": TaskClearing.UNCLEARED, "standing": TaskStanding.LIVE,
           "task_type": SimpleNamespace(code="custom_task"), "filing_id": None, "work_id": None}  # fmt: skip
    return SimpleNamespace(**own | more)


def may(flow, name: str, task: SimpleNamespace) -> bool:
    step = flow.by_name[name]
    try:
        flow.check(name, getattr(task, flow.field))
        if step.guard:
            step.guard(task)
    except RuleError:
        return False
    return True


STEPS = [(flow, step.name) for flow in (TASK_FLOW, CLEARING_FLOW, STANDING_FLOW) for step in flow.transitions]
#: What may be done with an ordinary task, by (status, clearing, standing); nothing else.
OPEN_STEPS = {
    ("OPEN", "UNCLEARED", "LIVE"): {"enter", "complete", "finish", "void", "end"},
    ("IN_PROGRESS", "UNCLEARED", "LIVE"): {"complete", "finish", "void", "end"},
    ("DONE", "UNCLEARED", "LIVE"): {"clear", "void", "end"},
    ("DONE", "CLEARED", "LIVE"): {"unclear", "end"},
    ("OPEN", "UNCLEARED", "VOID"): {"restore"},
    ("IN_PROGRESS", "UNCLEARED", "VOID"): {"restore"},
    ("DONE", "UNCLEARED", "VOID"): {"restore"},
    ("OPEN", "UNCLEARED", "ENDED"): set(),
    ("IN_PROGRESS", "UNCLEARED", "ENDED"): set(),
    ("DONE", "UNCLEARED", "ENDED"): set(),
}


@pytest.mark.parametrize("state", OPEN_STEPS)
def test_every_state_has_its_steps(state: tuple[str, str, str]) -> None:
    """A-3.6.3.1-03, -04: cleared ones are not voided, only done ones cleared; what was ended stays so."""
    task = a_task(status=TaskStatus[state[0]], clearing=TaskClearing[state[1]], standing=TaskStanding[state[2]])
    assert {name for flow, name in STEPS if may(flow, name, task)} == OPEN_STEPS[state]


def test_a_reminder_is_cleared_before_it_is_done() -> None:
    """A-3.3.1.3-03."""
    assert may(CLEARING_FLOW, "clear", a_task(task_type=SimpleNamespace(code="enquiry_reminder")))
    assert not may(CLEARING_FLOW, "clear", a_task())


def test_what_has_a_page_is_not_completed_by_hand() -> None:
    assert not may(TASK_FLOW, "complete", a_task(task_type=SimpleNamespace(code="case_handling")))
    for place in ("filing_id", "work_id"):  # whatever its type: its filing or its part of the work is not done by it
        assert not may(TASK_FLOW, "complete", a_task(**{place: 1}))


@pytest.mark.parametrize(("code", "creation", "may_be"), [
    ("custom_task", TaskCreation.MANUAL, True),
    ("reply_examination", TaskCreation.AUTOMATIC, True),
    ("document_handling", TaskCreation.AUTOMATIC, True),
    ("case_handling", TaskCreation.AUTOMATIC, False),
    ("closing_review", TaskCreation.AUTOMATIC, False),
])  # fmt: skip
def test_steps_of_a_process_are_not_made_by_hand(code: str, creation: TaskCreation, may_be: bool) -> None:
    assert made_by_hand(SimpleNamespace(code=code, creation=creation)) is may_be


@pytest.mark.parametrize(("hard", "internal", "remind", "fields"), [
    (10, 5, 1, []),
    (10, 10, 10, []),
    (10, 11, 1, ["internal_deadline"]),
    (10, 5, 6, ["remind_on"]),
    (10, 12, 11, ["internal_deadline", "remind_on"]),
    (10, None, 11, ["remind_on"]),
    (None, 5, 6, ["remind_on"]),
    (None, None, 6, []),
])  # fmt: skip
def test_the_order_of_the_dates(hard: int | None, internal: int | None, remind: int | None, fields: list[str]) -> None:
    found = []
    try:
        check_order(day(hard), day(internal), day(remind))
    except RuleErrors as refused:
        found = [e.field for e in refused.errors]
    assert found == fields


OLD = {"hard_deadline": date(2026, 11, 25), "internal_deadline": date(2026, 11, 18), "remind_on": date(2026, 10, 26)}


def test_what_is_not_named_keeps_its_distance() -> None:
    new = put_off(OLD, {"hard_deadline": date(2027, 1, 25)}, CALENDAR)
    assert new == {"hard_deadline": date(2027, 1, 25), "internal_deadline": date(2027, 1, 18),
                   "remind_on": date(2026, 12, 25)}  # fmt: skip


@pytest.mark.parametrize(("wanted", "field"), [
    ({}, "hard_deadline"),
    ({"hard_deadline": date(2026, 11, 25)}, "hard_deadline"),
    ({"hard_deadline": date(2026, 11, 24)}, "hard_deadline"),
    ({"hard_deadline": date(2026, 11, 28)}, "hard_deadline"),  # a Saturday
    ({"hard_deadline": date(2026, 12, 25), "internal_deadline": date(2026, 12, 26)}, "internal_deadline"),
    ({"hard_deadline": date(2026, 12, 25), "internal_deadline": date(2026, 12, 28)}, "internal_deadline"),
    ({"hard_deadline": date(2026, 12, 25), "remind_on": date(2026, 12, 24)}, "remind_on"),
])  # fmt: skip
def test_what_cannot_be_put_off(wanted: dict[str, date], field: str) -> None:
    with pytest.raises(RuleError) as refused:
        put_off(OLD, wanted, CALENDAR)
    errors = refused.value.errors if isinstance(refused.value, RuleErrors) else [refused.value]
    assert [e.field for e in errors] == [field]


def test_dates_put_off_are_always_in_order_and_working_days() -> None:
    for seed in range(300):
        rolls = random.Random(seed)
        hard = CALENDAR.next_working(ON + timedelta(days=rolls.randrange(60)))
        old = {"hard_deadline": hard, "internal_deadline": hard - timedelta(days=rolls.randrange(9)),
               "remind_on": hard - timedelta(days=rolls.randrange(9, 40))}  # fmt: skip
        wanted = CALENDAR.next_working(hard + timedelta(days=rolls.randrange(1, 90)))
        new = put_off(old, {"hard_deadline": wanted}, CALENDAR)
        assert new["remind_on"] <= new["internal_deadline"] <= new["hard_deadline"] == wanted
        assert all(CALENDAR.is_firm_working(d) for d in new.values())


def test_the_reason_of_an_extension_is_kept_in_words() -> None:
    step = put_off_step(date(2026, 11, 25), date(2027, 1, 25), "周沐遥", "局里同意延长两个月")
    assert step.value == date(2027, 1, 25)
    assert (step.message % step.params).endswith("周沐遥: 局里同意延长两个月")


def kind(**more: object) -> SimpleNamespace:
    return SimpleNamespace(**{"internal_days": None, "remind_days": None, "number": None, "unit": None, "base": None}
                           | more)  # fmt: skip


def test_a_type_without_a_period_gives_no_dates() -> None:
    assert question_of(kind(), None, {}, ON) is None
    assert question_of(kind(number=3, unit=Unit.MONTH, base=BaseKind.GRANT), None, {}, ON) is None


def test_a_period_of_the_type_counts_from_the_event_or_a_day_of_the_case() -> None:
    made = question_of(kind(number=5, unit=Unit.DAY, internal_days=1), None, {}, ON, internal_days=7, remind_days=3)
    assert made == {"base_kind": "收文日", "doc_date": "2026-11-20", "period": "5", "unit": "日", "internal_days": "1",
                    "remind_days": "3"}  # fmt: skip
    filed = {"filing_date": "2026-01-05"}
    made = question_of(kind(number=3, unit=Unit.YEAR, base=BaseKind.PRIORITY_OR_FILING), None, filed, ON)
    assert made is not None
    assert made["doc_date"] == "2026-01-05"


def test_the_official_time_limit_goes_before_the_types_own() -> None:
    rule = SimpleNamespace(code="DR-1", number=2, base=BaseKind.EVENT, internal_days=10, remind_days=None)
    made = question_of(kind(number=5, unit=Unit.DAY), rule, {"filing_date": "2026-01-05"}, ON)
    assert made == {"rule": "DR-1", "filing_date": "2026-01-05", "internal_days": "10", "remind_days": "",
                    "doc_date": "2026-11-20"}  # fmt: skip
