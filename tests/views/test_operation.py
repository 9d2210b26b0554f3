"""Jobs page, temporary files, health: who sees what, and what the buttons do."""

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.jobs import runner
from app.jobs.runner import JobContext, Outcome
from app.jobs.worker import Worker
from app.rules.system import JobState
from app.services import files, health
from app.services.unit_of_work import Actor
from models.organization import User
from models.system import Job, StoredFile
from tests.kit import visible_english

NAMES = {"Python", "Flask", "Builder", "Linux", "Windows", "Darwin"}


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that make a file."""

    def make(context: JobContext) -> Outcome:
        return Outcome("完成", io.BytesIO(b"\xe4\xb8\x80"), "结果 一.csv")

    monkeypatch.setitem(runner._HANDLERS, "test", make)


def put(session: Session, username: str) -> int:
    owner = session.execute(select(User.id).where(User.username == username)).scalar_one()
    return runner.enqueue(session, "test", f"{username}的任务", {}, Actor(id=owner)).id


def test_everyone_has_his_own_jobs(app: Flask, session: Session, sign_in_as, admin: FlaskClient) -> None:
    mine, others = put(session, "tangruolan"), put(session, "qinshuyu")
    browser = sign_in_as("tangruolan")
    listed = browser.get("/app/jobs/list", headers={"Accept": "application/json"}).json["jobs"]
    assert [j["id"] for j in listed] == [mine]
    page = browser.get("/app/jobs").get_data(as_text=True)
    assert "tangruolan的任务" in page
    assert "qinshuyu的任务" not in page
    for address in ("", "/file"):
        assert browser.get(f"/app/jobs/{others}{address}").status_code == 404
    for verb in ("cancel", "retry"):
        assert browser.post(f"/app/jobs/{others}/{verb}", json={}).status_code == 404
    assert session.get_one(Job, others).state is JobState.QUEUED
    seen = admin.get("/app/jobs/list").get_data(as_text=True)
    assert "tangruolan的任务" in seen
    assert "qinshuyu的任务" in seen
    assert admin.get(f"/app/jobs/{others}").json["state"] == "waiting"


def test_a_finished_job_offers_its_file(app: Flask, session: Session, sign_in_as) -> None:
    job_id = put(session, "tangruolan")
    browser = sign_in_as("tangruolan")
    assert browser.get(f"/app/jobs/{job_id}/file").status_code == 404
    Worker(app).work()
    job = browser.get(f"/app/jobs/{job_id}").json
    assert (job["state"], job["message"]) == ("done", "完成")
    answer = browser.get(job["file_url"])
    assert answer.data == b"\xe4\xb8\x80"
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E7%BB%93%E6%9E%9C%20%E4%B8%80.csv"
    assert answer.headers["Content-Type"].startswith("application/octet-stream")
    answer.close()
    assert sign_in_as("qinshuyu").get(job["file_url"]).status_code == 404


def test_a_file_whose_bytes_are_gone_is_missing(app: Flask, session: Session, sign_in_as) -> None:
    job_id = put(session, "tangruolan")
    Worker(app).work()
    session.rollback()
    stored = session.get_one(StoredFile, session.get_one(Job, job_id).result_file_id)
    store = files.store_of(session)
    store.fs.rm_file(store.path(stored.sha256))
    answer = sign_in_as("tangruolan").get(f"/app/jobs/{job_id}/file")
    assert answer.status_code == 404
    assert "不再保留" in answer.get_data(as_text=True)


def test_cancel_and_retry_by_their_buttons(app: Flask, session: Session, sign_in_as) -> None:
    job_id = put(session, "tangruolan")
    browser = sign_in_as("tangruolan")
    page = browser.get("/app/jobs").get_data(as_text=True)
    assert f'data-job-post="/app/jobs/{job_id}/cancel"' in page
    assert browser.post(f"/app/jobs/{job_id}/cancel", json={}).json == {"ok": True}
    refused = browser.post(f"/app/jobs/{job_id}/cancel", json={})
    assert refused.status_code == 409
    assert refused.json["message"] == "该任务已经结束"
    again = browser.post(f"/app/jobs/{job_id}/retry", json={}).json["job_url"]
    Worker(app).work()
    assert browser.get(again).json["state"] == "done"
    assert browser.get(f"/app/jobs/{job_id}").json["state"] == "cancelled"


def test_requests_from_elsewhere_cancel_nothing(session: Session, sign_in_as) -> None:
    job_id = put(session, "tangruolan")
    browser = sign_in_as("tangruolan")
    del browser.environ_base["HTTP_X_CSRFTOKEN"]
    assert browser.post(f"/app/jobs/{job_id}/cancel", json={}).status_code == 400
    assert session.get_one(Job, job_id).state is JobState.QUEUED


@pytest.mark.parametrize("address", ["jobs", "jobs/list", "jobs/1", "temp_cleanup/", "operation/"])
def test_nothing_without_signing_in(client: FlaskClient, address: str) -> None:
    answer = client.get(f"/app/{address}")
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]


@pytest.mark.parametrize("address", ["/app/temp_cleanup/", "/app/operation/"])
def test_pages_of_administrators(address: str, admin: FlaskClient, sign_in_as) -> None:
    answer = admin.get(address)
    assert answer.status_code == 200
    own = "<main " + answer.get_data(as_text=True).partition('id="sheet"')[2].partition("</main>")[0]
    assert [w for w in visible_english(own) if w not in NAMES] == []
    clerk = sign_in_as("tangruolan")
    assert clerk.get(address).status_code == 403
    for verb in ("clean", "backup"):
        assert clerk.post(f"{address}{verb}", json={}).status_code in (403, 404)


def test_cleaning_up_says_how_much(app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(app.config["DATA_DIR"]) / "tmp"
    folder.mkdir(exist_ok=True)
    (folder / "left.bin").write_bytes(b"x" * 2048)
    monkeypatch.setattr("app.services.cleanup.GRACE", -health.LONG_WAIT)
    done = admin.post("/app/temp_cleanup/clean", json={}).json
    assert done["count"] >= 1
    assert re.fullmatch(rf"已清理 {done['count']} 个临时文件，共 [\d.]+ (KB|MB)", done["message"])
    assert not (folder / "left.bin").exists()
    assert done["message"] in admin.get(done["url"]).get_data(as_text=True)


def test_backing_up_by_the_button(app: Flask, admin: FlaskClient) -> None:
    assert admin.post("/app/operation/backup", json={}).json == {"ok": True, "url": "/app/jobs"}
    twice = admin.post("/app/operation/backup", json={})
    assert (twice.status_code, twice.json["message"]) == (409, "已有备份正在进行")
    Worker(app).work()
    made = sorted((Path(app.config["DATA_DIR"]) / "backups").glob("*.zip"))
    try:
        page = admin.get("/app/operation/").get_data(as_text=True)
        assert made[-1].name in page
    finally:
        for file in made:
            file.unlink()


def test_health_needs_no_sign_in_and_tells_nothing(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"ok": True})

    def down(_session: Session) -> float:
        raise OperationalError("SELECT 1", {}, Exception("secret host"))

    monkeypatch.setattr(health, "ping", down)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"ok": False})
