"""Temporary files (清理临时文件, A-2.1.11): intermediate files, export results, bytes that nothing names any more."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.rules.system import JobState
from app.services.files import FileStore, store_of
from app.services.unit_of_work import unit_of_work
from models.system import Job, StoredFile

#: What was touched within this time may be in use.
GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class Cleaned:
    """What was removed: how many files of how many bytes together."""

    count: int = 0
    size: int = 0

    def __add__(self, other: "Cleaned") -> "Cleaned":
        return Cleaned(self.count + other.count, self.size + other.size)


def work_folder(data: Path) -> Path:
    """Where intermediate files are made."""
    folder = data / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def clean(session: Session, data: Path, at: datetime, *, keep_results: timedelta = GRACE) -> Cleaned:
    """Remove temporary files; attachments and everything else that a record names stay.

    keep_results: how long the result files of ended jobs can be downloaded.
    """
    with unit_of_work(session):
        _forget_results(session, at - keep_results)
        waiting = select(Job.params).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
        needed = [value for params in session.execute(waiting).scalars() for value in params.items()]
        named = _drop_unnamed(session, at - GRACE, {value for name, value in needed if name == "file_id"})
    kept = {value for _name, value in needed if isinstance(value, str)}
    return named + _sweep_store(session, at - GRACE) + _sweep_folder(work_folder(data), at - GRACE, kept)


def _forget_results(session: Session, before: datetime) -> None:
    old = (Job.finished_at < before, Job.result_file_id.is_not(None))
    session.execute(update(Job).where(*old).values(result_file_id=None))


def _drop_unnamed(session: Session, before: datetime, needed: set[Any]) -> Cleaned:
    """Stored files that no row of any table refers to, nor an unfinished job (`needed`): row and bytes."""
    files, store, done = StoredFile.__table__, store_of(session), Cleaned()
    statement = select(files.c.id, files.c.sha256, files.c.size).where(files.c.updated_at < before)
    for table in Model.metadata.tables.values():
        for key in table.foreign_keys:
            if key.column.table is files:
                used = select(1).select_from(table).where(key.parent == files.c.id)
                statement = statement.where(~used.exists())
    for file_id, digest, size in session.execute(statement.with_for_update(skip_locked=True)).all():
        if file_id not in needed:
            session.execute(delete(StoredFile).where(StoredFile.id == file_id))
            _remove(store, store.path(digest))
            done += Cleaned(1, size)
    return done


def _sweep_store(session: Session, before: datetime) -> Cleaned:
    """Bytes in the store that no row names: what a broken-off upload left."""
    store, done = store_of(session), Cleaned()
    if not store.fs.exists(store.root):
        return done
    known = set(session.execute(select(StoredFile.sha256)).scalars())
    for path, facts in store.fs.find(store.root, detail=True).items():
        if path.rsplit("/", 1)[-1] not in known and _modified(store, path) < before:
            _remove(store, path)
            done += Cleaned(1, facts["size"])
    return done


def _modified(store: FileStore, path: str) -> datetime:
    at = store.fs.modified(path)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _remove(store: FileStore, path: str) -> None:
    if store.fs.exists(path):
        store.fs.rm_file(path)


def _sweep_folder(folder: Path, before: datetime, kept: set[str]) -> Cleaned:
    """Intermediate files, a folder at a time: none while one beside it is fresh, or a job needs the folder."""
    done = Cleaned()
    for place, folders, names in os.walk(folder, topdown=False):
        files = {file: file.stat() for file in (Path(place, name) for name in names) if file.exists()}
        fresh = any(datetime.fromtimestamp(fact.st_mtime, UTC) >= before for fact in files.values())
        if files and (fresh or Path(place).name in kept):
            continue
        for file, fact in files.items():
            file.unlink(missing_ok=True)
            done += Cleaned(1, fact.st_size)
        if files and not folders and Path(place) != folder:
            os.rmdir(place)
    return done
