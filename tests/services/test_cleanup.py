"""清理临时文件 (A-2.1.11): what is temporary goes, what a record names stays."""

import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.rules.system import ImportState, JobState
from app.services import files
from app.services.cleanup import Cleaned, clean, work_folder
from app.services.files import FileStore
from app.services.unit_of_work import unit_of_work
from models.system import ImportBatch, Job, StoredFile

NOW = datetime.now(UTC)
OLD = NOW - timedelta(hours=2)


@pytest.fixture
def store(app: Flask, tmp_path: Path) -> Iterator[FileStore]:
    """A store of this test alone: sweeping looks at all of it."""
    factory = app.extensions["patentdesk.session"].session_factory
    before, own = factory.kw["info"], FileStore(str(tmp_path / "files"))
    factory.configure(info=before | {"file_store": lambda: own})
    yield own
    factory.configure(info=before)


@pytest.fixture
def data(store: FileStore, tmp_path: Path) -> Path:
    """A data folder."""
    return tmp_path


def keep(session: Session, content: bytes, *, at: datetime = OLD) -> StoredFile:
    """A stored file nobody used since `at`."""
    stored = files.keep(session, "a.txt", io.BytesIO(content))
    with unit_of_work(session):
        session.execute(update(StoredFile).where(StoredFile.id == stored.id).values(updated_at=at))
    return stored


def add(session: Session, row: object) -> None:
    with unit_of_work(session):
        session.add(row)


def run(session: Session, data: Path, **options: timedelta) -> Cleaned:
    done = clean(session, data, NOW, **options)
    session.expire_all()
    return done


def test_bytes_that_nothing_names_go(data: Path, session: Session, store: FileStore) -> None:
    digest = keep(session, b"temporary").sha256
    assert run(session, data) == Cleaned(1, 9)
    assert not store.fs.exists(store.path(digest))
    assert run(session, data) == Cleaned(0, 0)


def test_what_was_touched_lately_stays(data: Path, session: Session) -> None:
    keep(session, b"fresh", at=NOW)
    keep(session, b"used again")
    files.keep(session, "b.txt", io.BytesIO(b"used again"))
    assert run(session, data) == Cleaned(0, 0)


def test_attachments_and_refused_rows_stay(data: Path, session: Session, store: FileStore) -> None:
    attached = files.attach(session, "department", 1, "a.txt", io.BytesIO(b"attached"))
    refused = keep(session, b"refused")
    batch = {"table_key": "case", "file_name": "x", "state": ImportState.DONE, "mark": "m"}
    add(session, ImportBatch(**batch, rejected_file_id=refused.id))
    with unit_of_work(session):
        session.execute(update(StoredFile).values(updated_at=OLD))
    assert run(session, data) == Cleaned(0, 0)
    assert store.fs.exists(store.path(session.get_one(StoredFile, attached.file_id).sha256))


@pytest.mark.parametrize(("state", "left"), [(JobState.QUEUED, 0), (JobState.RUNNING, 0), (JobState.DONE, 1)])
def test_a_file_an_unfinished_job_needs_stays(data, session: Session, state: JobState, left: int) -> None:
    needed = keep(session, b"upload")
    add(session, Job(kind="import", label="导入", state=state, params={"file_id": needed.id}))
    assert run(session, data).count == left


@pytest.mark.parametrize(("hours", "kept"), [(1, True), (5, False)])
def test_results_of_ended_jobs_go_after_their_time(data, session: Session, hours: int, kept: bool) -> None:
    result = keep(session, b"exported")
    ended = NOW - timedelta(hours=hours)
    job = Job(kind="export", label="导出", state=JobState.DONE, finished_at=ended, result_file_id=result.id, params={})
    add(session, job)
    assert run(session, data, keep_results=timedelta(hours=3)).count == (0 if kept else 1)
    assert (job.result_file_id is not None) == kept


def test_leftovers_of_broken_uploads_and_work_go(data: Path, session: Session, store: FileStore) -> None:
    attached = files.attach(session, "department", 1, "a.txt", io.BytesIO(b"attached"))
    folder = Path(store.root) / "ab"
    folder.mkdir(parents=True)
    places = [folder / ("ab" + "0" * 62), folder / "half.part", work_folder(data) / "upload" / "x.bin"]
    places[2].parent.mkdir()
    for place in places:
        place.write_bytes(b"12345")
    assert run(session, data) == Cleaned(0, 0)
    for place in places:
        os.utime(place, (OLD.timestamp(), OLD.timestamp()))
    own = Path(store.path(session.get_one(StoredFile, attached.file_id).sha256))
    os.utime(own, (OLD.timestamp(), OLD.timestamp()))
    assert run(session, data) == Cleaned(3, 15)
    assert own.exists()


@pytest.mark.parametrize("why", ["decided lately", "a job waits for it"])
def test_an_upload_in_use_stays_whole(data: Path, session: Session, why: str) -> None:
    folder = work_folder(data) / "imports" / "a-token-of-an-upload"
    folder.mkdir(parents=True)
    for name in ("file", "state.json"):
        (folder / name).write_bytes(b"12345")
        os.utime(folder / name, (OLD.timestamp(), OLD.timestamp()))
    job = Job(kind="import", label="导入", params={"token": folder.name})
    if why == "decided lately":
        os.utime(folder / "state.json")
    else:
        add(session, job)
    assert run(session, data) == Cleaned(0, 0)
    os.utime(folder / "state.json", (OLD.timestamp(), OLD.timestamp()))
    if job.id:
        with unit_of_work(session):
            job.state = JobState.DONE
    assert run(session, data) == Cleaned(2, 10)
    assert not folder.exists()
