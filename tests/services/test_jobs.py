"""Background jobs: taken once, run as their owner, cancelled, repeated, found again after a crash, due by the clock."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs import queue, runner, scheduler, worker
from app.jobs.runner import JobContext, Outcome
from app.rules.errors import RuleError
from app.rules.system import JobState
from app.services.access import actor_for
from app.services.files import store_of
from app.services.unit_of_work import SYSTEM, Actor, unit_of_work
from models.access import Stamp
from models.organization import User
from models.system import Job, StoredFile

WAIT = 10.0
KIND = "test"


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say what jobs of the test's kind do."""

    def register(handler: Callable[[JobContext], Outcome | None], *, repeatable: bool = False) -> None:
        monkeypatch.setitem(runner._HANDLERS, KIND, handler)
        monkeypatch.setattr(runner, "REPEATABLE", {KIND} if repeatable else set())

    register(lambda context: None)
    return register


@pytest.fixture
def threads() -> Iterator[Callable[[Callable[[], Any]], Thread]]:
    """Threads that are joined at the end."""
    started: list[Thread] = []

    def start(work: Callable[[], Any]) -> Thread:
        thread = Thread(target=work)
        thread.start()
        started.append(thread)
        return thread

    yield start
    for thread in started:
        thread.join(WAIT)
        assert not thread.is_alive()


def user(session: Session, name: str) -> Actor:
    """A user of the demo agency as he acts."""
    found = session.execute(select(User).where(User.username == name)).scalar_one()
    return actor_for(session, found)


def put(session: Session, actor: Actor = SYSTEM, **params: Any) -> int:
    return runner.enqueue(session, KIND, "一项工作", params, actor).id


def row(session: Session, job_id: int) -> Job:
    session.rollback()
    return session.execute(select(Job).where(Job.id == job_id)).scalar_one()


def until(true: Callable[[], Any]) -> Any:
    """What `true` gives as soon as it is anything."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def work_all(app: Flask) -> None:
    hand = worker.Worker(app)
    while hand.work():
        pass


def test_each_job_is_done_once_by_several_workers(any_app: Flask, any_session: Session, handle, threads) -> None:
    done: list[int] = []
    handle(lambda context: done.append(context.params["number"]))
    for number in range(12):
        put(any_session, number=number)
    any_session.rollback()
    hands = [threads(lambda: work_all(any_app)) for _ in range(4)]
    for hand in hands:
        hand.join(WAIT)
    assert sorted(done) == list(range(12))
    states = any_session.execute(select(Job.state, func.count()).where(Job.kind == KIND).group_by(Job.state)).all()
    assert states == [(JobState.DONE, 12)]


def test_a_job_acts_as_its_owner_with_his_rights_of_now(app: Flask, session: Session, handle) -> None:
    seen: list[Actor] = []
    handle(lambda context: seen.append(context.actor))
    clerk = user(session, "tangruolan")
    job_id = put(session, clerk)
    work_all(app)
    assert seen[0].id == clerk.id
    assert seen[0].grants == clerk.grants
    assert not seen[0].is_admin
    assert row(session, job_id).state is JobState.DONE


def test_a_job_of_an_invalid_account_is_refused(app: Flask, session: Session, handle) -> None:
    done: list[int] = []
    handle(lambda context: done.append(1))
    clerk = user(session, "tangruolan")
    job_id = put(session, clerk)
    with unit_of_work(session):
        session.get_one(User, clerk.id).active = False
    work_all(app)
    found = row(session, job_id)
    assert (found.state, done) == (JobState.FAILED, [])
    assert "账号" in found.message


def test_a_result_is_kept_for_download(any_app: Flask, any_session: Session, handle, tmp_path) -> None:
    def make(context: JobContext) -> Outcome:
        context.progress(1, 3)
        file = (tmp_path / "made.csv").open("w+b")
        file.write("一,二\n".encode())
        return Outcome("做完了", file, "结果.csv")

    handle(make)
    job_id = put(any_session)
    work_all(any_app)
    found = row(any_session, job_id)
    assert (found.state, found.message, found.result_name, found.done, found.total) == (
        JobState.DONE, "做完了", "结果.csv", 3, 3)  # fmt: skip
    stored = any_session.get_one(StoredFile, found.result_file_id)
    store = store_of(any_session)
    assert store.fs.cat_file(store.path(stored.sha256)) == "一,二\n".encode()


@pytest.mark.parametrize(
    ("error", "said"),
    [(RuleError("This must be filled in"), "必须填写"), (ValueError("secret detail"), "服务器")],
)
def test_a_failure_is_told_in_words(app: Flask, session: Session, handle, error: Exception, said: str) -> None:
    def fail(context: JobContext) -> None:
        with unit_of_work(context.session):
            context.session.add(Stamp(name="half", value="saved"))
            raise error

    handle(fail)
    job_id = put(session)
    work_all(app)
    found = row(session, job_id)
    assert found.state is JobState.FAILED
    assert said in found.message
    assert "secret" not in found.message
    assert session.get(Stamp, "half") is None


def test_progress_is_seen_and_a_job_can_be_cancelled(any_app, any_session, handle, threads, monkeypatch) -> None:
    monkeypatch.setattr(runner, "BEAT_SECONDS", 0.02)
    ended = Event()

    def count(context: JobContext) -> None:
        try:
            for number in range(1_000):
                context.progress(number, 1_000, "数着")
                time.sleep(0.01)
        finally:
            ended.set()

    handle(count)
    job_id = put(any_session)
    any_session.rollback()
    threads(lambda: work_all(any_app))
    until(lambda: row(any_session, job_id).done > 3)  # written to the database by the pulse
    found = row(any_session, job_id)
    assert (found.total, found.message, found.state) == (1_000, "数着", JobState.RUNNING)
    assert runner.progress_of(found).done >= found.done
    queue.cancel(any_session, job_id, SYSTEM)  # as another process would: only the row says so
    assert ended.wait(WAIT)
    until(lambda: row(any_session, job_id).state is JobState.CANCELLED)
    assert row(any_session, job_id).done < 1_000


def test_progress_within_a_long_transaction(app: Flask, session: Session, handle, threads, monkeypatch) -> None:
    """SQLite has one writer: the job's own transaction must not wait for its own signs of life."""
    monkeypatch.setattr(runner, "BEAT_SECONDS", 0.01)
    inside, go = Event(), Event()

    def long(context: JobContext) -> None:
        with unit_of_work(context.session):
            context.session.add(Stamp(name="long", value="1"))
            context.session.flush()
            context.progress(7, 9)
            inside.set()
            assert go.wait(WAIT)

    handle(long)
    job_id = put(session)
    session.rollback()
    threads(lambda: work_all(app))
    assert inside.wait(WAIT)
    assert runner.progress_of(row(session, job_id)).done == 7
    session.rollback()
    go.set()
    until(lambda: row(session, job_id).state is JobState.DONE)
    assert session.get(Stamp, "long") is not None


def test_a_waiting_job_is_cancelled_at_once_and_repeated_as_a_new_one(app: Flask, session: Session, handle) -> None:
    handle(lambda context: Outcome(f"做了{context.params['what']}"))
    clerk = user(session, "tangruolan")
    job_id = put(session, clerk, what="甲")
    queue.cancel(session, job_id, clerk)
    work_all(app)
    assert row(session, job_id).state is JobState.CANCELLED
    again = queue.retry(session, job_id, clerk)
    again_id = again.id
    work_all(app)
    assert (row(session, again_id).message, row(session, again_id).owner_id) == ("做了甲", clerk.id)
    for refused in (queue.cancel, queue.retry):
        with pytest.raises(RuleError) as said:
            refused(session, again_id, clerk)
        assert said.value.code == "conflict"


def test_jobs_of_others_do_not_exist(session: Session, handle) -> None:
    owner, other = user(session, "tangruolan"), user(session, "qinshuyu")
    job_id = put(session, owner)
    system_id = put(session)
    for hidden in (job_id, system_id):
        for ask in (queue.find, queue.cancel, queue.retry):
            with pytest.raises(RuleError) as said:
                ask(session, hidden, other)
            assert said.value.code == "missing"
    assert [j.id for j in queue.listed(session, owner)] == [job_id]
    assert {j.id for j in queue.listed(session, SYSTEM)} == {job_id, system_id}


def test_nobody_fills_the_queue(session: Session, handle) -> None:
    clerk = user(session, "tangruolan")
    ids = [put(session, clerk) for _ in range(queue.LIMIT)]
    with pytest.raises(RuleError) as said:
        put(session, clerk)
    assert said.value.code == "conflict"
    queue.cancel(session, ids[0], clerk)
    put(session, clerk)


def crash(session: Session) -> queue.Claim:
    """Take a job and be heard of no more."""
    held = queue.claim(session)
    assert held is not None
    with unit_of_work(session):
        session.get_one(Job, held.id).heartbeat_at = datetime.now(UTC) - queue.STALE - timedelta(seconds=1)
    return held


def look(session: Session, suspects: dict[int, int], repeatable: set[str]) -> dict[int, int]:
    return queue.revive(session, suspects, repeatable, "中断", datetime.now(UTC))


def test_an_abandoned_job_is_begun_again_after_a_second_look(any_session: Session, handle) -> None:
    job_id = put(any_session)
    for _attempt in range(queue.ATTEMPTS):
        held = crash(any_session)
        suspects = look(any_session, {}, {KIND})
        assert suspects == {job_id: held.attempt}
        assert row(any_session, job_id).state is JobState.RUNNING
        assert look(any_session, suspects, {KIND}) == {}
        last = row(any_session, job_id).state
    assert last is JobState.FAILED  # not for ever
    assert not queue.finish(any_session, held, JobState.DONE, "zu spät")
    assert row(any_session, job_id).message == "中断"


def test_a_job_that_may_not_run_twice_fails_when_abandoned(session: Session, handle) -> None:
    job_id = put(session)
    crash(session)
    look(session, look(session, {}, set()), set())
    assert row(session, job_id).state is JobState.FAILED


def test_a_sign_of_life_clears_the_suspicion(session: Session, handle) -> None:
    job_id = put(session)
    held = crash(session)
    suspects = look(session, {}, {KIND})
    session.rollback()
    with db.engine.begin() as connection:
        assert queue.beat(connection, held, queue.Progress(1, 2))
    assert look(session, suspects, {KIND}) == {}
    assert row(session, job_id).state is JobState.RUNNING


@pytest.mark.parametrize(("repeatable", "state"), [(True, JobState.QUEUED), (False, JobState.FAILED)])
def test_a_stopped_worker_leaves_its_job_in_order(app, session, handle, repeatable: bool, state: JobState) -> None:
    begun = Event()

    def endless(context: JobContext) -> None:
        begun.set()
        while True:
            context.progress(1)
            time.sleep(0.01)

    handle(endless, repeatable=repeatable)
    job_id = put(session)
    session.rollback()
    with worker.background(app):
        assert begun.wait(WAIT)
    assert row(session, job_id).state is state


NIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # 03:00 on the 21st at the office


def test_one_process_leads_until_it_is_gone(any_session: Session) -> None:
    lease = scheduler.LEASE
    assert scheduler.lead(any_session, "a:1", NIGHT)
    assert not scheduler.lead(any_session, "b:2", NIGHT + lease / 2)
    assert scheduler.lead(any_session, "a:1", NIGHT + lease / 2)
    assert not scheduler.lead(any_session, "b:2", NIGHT + lease)
    assert scheduler.lead(any_session, "b:2", NIGHT + 2 * lease)
    scheduler.resign(any_session, "a:1")
    assert not scheduler.lead(any_session, "a:1", NIGHT + 2 * lease)
    scheduler.resign(any_session, "b:2")
    assert scheduler.lead(any_session, "a:1", NIGHT + 2 * lease)


def test_many_processes_at_once_get_one_leader_and_one_job(any_app: Flask, any_session: Session, threads) -> None:
    any_session.rollback()
    leaders: list[bool] = []
    due: list[str] = []

    def ask(me: str) -> None:
        with any_app.app_context():
            leaders.append(scheduler.lead(db.session, me, NIGHT))
            due.extend(scheduler.fill_queue(db.session, NIGHT))

    for hand in [threads(lambda me=f"p:{n}": ask(me)) for n in range(4)]:
        hand.join(WAIT)
    assert sorted(leaders) == [False, False, False, True]
    assert sorted(due) == ["backup", "safety_net"]


def test_what_is_due_is_enqueued_once_a_day_at_its_time(session: Session) -> None:
    assert scheduler.fill_queue(session, NIGHT - timedelta(hours=1)) == []
    assert scheduler.fill_queue(session, NIGHT) == ["backup", "safety_net"]
    assert scheduler.fill_queue(session, NIGHT + timedelta(hours=5)) == ["cleanup"]
    assert scheduler.fill_queue(session, NIGHT + timedelta(hours=6)) == []
    assert scheduler.fill_queue(session, NIGHT + timedelta(hours=24, minutes=40)) == ["backup", "safety_net", "cleanup"]
    labels = session.execute(select(Job.label).where(Job.kind == "backup")).scalars().all()
    assert labels == ["夜间备份"] * 2


@pytest.mark.parametrize(
    ("text", "hour"),
    [("02:30", (2, 30)), ("2：05", (2, 5)), ("24:00", None), ("关闭", None), ("", None), ("3:5", None)],
)
def test_times_as_an_administrator_writes_them(text: str, hour: tuple[int, int] | None) -> None:
    found = scheduler.time_of(text)
    assert (found and (found.hour, found.minute)) == hour


def test_two_schedulers_and_the_clock_of_one(app: Flask, session: Session) -> None:
    session.rollback()
    first, second = scheduler.Scheduler(app), scheduler.Scheduler(app)
    try:
        assert [first.renew(), second.renew()] == [True, False]
        assert first.clock is not None
        assert first.clock.running
        assert second.clock is None
    finally:
        first.start()
        first.stop()
    assert first.clock is None
    assert second.renew()
    second.start()
    second.stop()
    assert scheduler.read_leader(session.get(Stamp, scheduler.LEADER)) == ("", None)


def test_a_worker_refuses_an_old_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.setup.head_revision", lambda: "newer")
    with pytest.raises(RuleError, match="not up to date"):
        worker.run(app)
