"""Backup and restore: consistent while others write, verified before anything is touched, the old state comes back."""

import hashlib
import io
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, select, text

from app.extensions import db
from app.rules.errors import RuleError
from app.services import files, records
from app.services.backup import FILES, MANIFEST, backup, restore
from app.services.files import FileStore
from app.services.unit_of_work import unit_of_work
from models.access import Stamp
from models.organization import Department
from models.system import Attachment, StoredFile

TEXT = "附件一\n".encode()


@pytest.fixture
def own_files(prepared: tuple[Flask, Path], tmp_path: Path) -> Iterator[Path]:
    """A file store of this test alone: restoring moves the whole folder."""
    factory = prepared[0].extensions["patentdesk.session"].session_factory
    before, folder = factory.kw["info"], tmp_path / "files"
    factory.configure(info=before | {"file_store": lambda: FileStore(str(folder))})
    yield folder
    factory.configure(info=before)


@pytest.fixture
def filled(any_app: Flask, own_files: Path) -> Flask:
    """An application with a department that has a file."""
    with any_app.app_context():
        department = records.save(db.session, Department, None, {"name": "备份前"})
        files.attach(db.session, "department", department.id, "说明.txt", io.BytesIO(TEXT))
    return any_app


def departments(app: Flask) -> list[str]:
    with app.app_context():
        names = db.session.execute(select(Department.name).where(Department.name.like("备份%")).order_by(Department.id))
        return list(names.scalars())


def change(app: Flask) -> None:
    """What happens after the backup: a rename, a new row with a file, the old file's bytes lost."""
    with app.app_context():
        session = db.session
        old = session.execute(select(Department).where(Department.name == "备份前")).scalar_one()
        records.save(session, Department, old.id, {"name": "备份后改名"})
        new = records.save(session, Department, None, {"name": "备份后新增"})
        files.attach(session, "department", new.id, "新.txt", io.BytesIO(b"new"))
        store, digest = files.store_of(session), hashlib.sha256(TEXT).hexdigest()
        store.fs.rm_file(store.path(digest))


def put_aside(app: Flask, own_files: Path) -> list[Path]:
    """What a restore moved out of the way: files, and a database that is a file."""
    folders = [own_files.parent]
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            folders.append(Path(db.engine.url.database).parent)
    return [path for folder in folders for path in folder.glob("*replaced*")]


def attached(app: Flask) -> list[tuple[str, bytes]]:
    with app.app_context():
        store = files.store_of(db.session)
        query = select(Attachment.name, StoredFile.sha256).join(StoredFile, StoredFile.id == Attachment.file_id)
        rows = db.session.execute(query.where(Attachment.table_key == "department")).all()
        return [(name, store.fs.cat_file(store.path(digest))) for name, digest in rows]


def test_the_old_state_comes_back_with_its_files(filled: Flask, own_files: Path, tmp_path: Path) -> None:
    archive = tmp_path / "somewhere" / "one.zip"
    manifest = backup(filled, archive)
    assert manifest.missing == []
    change(filled)
    assert departments(filled) == ["备份后改名", "备份后新增"]
    aside = restore(filled, archive)
    assert departments(filled) == ["备份前"]
    assert attached(filled) == [("说明.txt", TEXT)]
    replaced = own_files.with_name(f"files.{aside}")
    assert hashlib.sha256(b"new").hexdigest() in {f.name for f in replaced.rglob("*")}
    with filled.app_context():
        if db.engine.dialect.name == "sqlite":
            before = Path(f"{db.engine.url.database}.{aside}")
            with closing(sqlite3.connect(before)) as database:
                found = database.execute("SELECT name FROM department WHERE name LIKE '备份%'").fetchall()
        else:
            query = text(f"SELECT name FROM {aside}.department WHERE name LIKE '备份%'")
            found = db.session.execute(query).all()
        assert sorted(n for (n,) in found) == ["备份后改名", "备份后新增"]
        records.save(db.session, Department, None, {"name": "备份恢复后照常"})


def test_the_archive_holds_no_settings(filled: Flask, tmp_path: Path) -> None:
    manifest = backup(filled, tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        names = set(archive.namelist())
        assert names == {MANIFEST, manifest.database, *(n for n in manifest.entries if n.startswith(FILES))}
        assert filled.config["SECRET_KEY"].encode() not in b"".join(archive.read(n) for n in names)
    assert not list(tmp_path.glob("*.part"))


def test_a_backup_while_others_write_holds_whole_transactions_only(app: Flask, own_files: Path, tmp_path: Path) -> None:
    stop, begun = Event(), Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            with app.app_context(), unit_of_work(db.session):
                db.session.add_all([Stamp(name=f"left.{number}", value="1"), Stamp(name=f"right.{number}", value="1")])
            number += 1
            begun.set()

    writer = Thread(target=write)
    writer.start()
    try:
        assert begun.wait(10)
        backup(app, tmp_path / "one.zip")
    finally:
        stop.set()
        writer.join(10)
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        archive.extract("database.sqlite3", tmp_path)
    with closing(sqlite3.connect(tmp_path / "database.sqlite3")) as database:
        query = "SELECT substr(name, instr(name, '.')), count(*) FROM stamp WHERE name LIKE '%t.%' GROUP BY 1"
        pairs = dict(database.execute(query).fetchall())
    assert pairs
    assert set(pairs.values()) == {2}


def rewritten(archive: Path, target: Path, edit: Callable[[dict[str, bytes]], None]) -> Path:
    """The archive with other entries."""
    with zipfile.ZipFile(archive) as source:
        entries = {n: source.read(n) for n in source.namelist()}
    edit(entries)
    with zipfile.ZipFile(target, "w") as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return target


def edit_manifest(**values: object) -> Callable[[dict[str, bytes]], None]:
    def edit(entries: dict[str, bytes]) -> None:
        entries[MANIFEST] = json.dumps(json.loads(entries[MANIFEST]) | values).encode()

    return edit


def swap_database(content: bytes) -> Callable[[dict[str, bytes]], None]:
    """Another database, with a manifest that vouches for it."""

    def edit(entries: dict[str, bytes]) -> None:
        manifest = json.loads(entries[MANIFEST])
        entries["database.sqlite3"] = content
        manifest["entries"]["database.sqlite3"] = [hashlib.sha256(content).hexdigest(), len(content)]
        entries[MANIFEST] = json.dumps(manifest).encode()

    return edit


def stray_file(entries: dict[str, bytes]) -> None:
    entries["../outside"] = b"x"


def vouched_stray(entries: dict[str, bytes]) -> None:
    manifest = json.loads(entries[MANIFEST])
    manifest["entries"]["files/../../outside"] = [hashlib.sha256(b"x").hexdigest(), 1]
    entries |= {"files/../../outside": b"x", MANIFEST: json.dumps(manifest).encode()}


def changed_file(entries: dict[str, bytes]) -> None:
    name = next(n for n in entries if n.startswith(FILES))
    entries[name] = entries[name][:-1] + b"!"


def lost_file(entries: dict[str, bytes]) -> None:
    del entries[next(n for n in entries if n.startswith(FILES))]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (changed_file, "not a backup"),
        (lost_file, "not a backup"),
        (stray_file, "not a backup"),
        (vouched_stray, "not a backup"),
        (lambda entries: entries.pop(MANIFEST), "not a backup"),
        (lambda entries: entries.update({MANIFEST: b"{}"}), "not a backup"),
        (edit_manifest(format=2), "not a backup"),
        (edit_manifest(entries=[]), "not a backup"),
        (edit_manifest(revision="9999"), "newer version"),
        (swap_database(b"SQLite format 3\x00 and then nothing"), "damaged"),
        (swap_database(b"not a database"), "damaged"),
    ],
)
def test_a_bad_archive_is_refused_and_nothing_changes(app, own_files, tmp_path, edit, said: str) -> None:
    with app.app_context():
        department = records.save(db.session, Department, None, {"name": "备份前"})
        files.attach(db.session, "department", department.id, "说明.txt", io.BytesIO(TEXT))
    backup(app, tmp_path / "good.zip")
    bad = rewritten(tmp_path / "good.zip", tmp_path / "bad.zip", edit)
    with pytest.raises(RuleError, match=said):
        restore(app, bad)
    assert departments(app) == ["备份前"]
    assert attached(app) == [("说明.txt", TEXT)]
    assert not put_aside(app, own_files)


@pytest.mark.parametrize("damage", ["truncated", "flipped", "text"])
def test_damaged_bytes_are_refused(app: Flask, own_files: Path, tmp_path: Path, damage: str) -> None:
    archive = tmp_path / "one.zip"
    backup(app, archive)
    content = bytearray(archive.read_bytes())
    if damage == "truncated":
        content = content[: len(content) // 2]
    elif damage == "flipped":
        content[len(content) // 3] ^= 0xFF
    else:
        content = bytearray(b"hello")
    archive.write_bytes(content)
    with pytest.raises(RuleError, match="not a backup"):
        restore(app, archive)
    assert not put_aside(app, own_files)


def test_an_archive_of_another_kind_of_database_is_refused(app: Flask, own_files: Path, tmp_path: Path) -> None:
    backup(app, tmp_path / "one.zip")

    def rename(entries: dict[str, bytes]) -> None:
        manifest = json.loads(entries[MANIFEST])
        entries["database.pgdump"] = entries.pop("database.sqlite3")
        manifest["entries"]["database.pgdump"] = manifest["entries"].pop("database.sqlite3")
        entries[MANIFEST] = json.dumps(manifest | {"database": "database.pgdump"}).encode()

    with pytest.raises(RuleError, match="another kind"):
        restore(app, rewritten(tmp_path / "one.zip", tmp_path / "other.zip", rename))


def test_nothing_is_restored_under_a_running_server(filled: Flask, own_files: Path, tmp_path: Path) -> None:
    backup(filled, tmp_path / "one.zip")
    change(filled)
    with filled.app_context():
        kind, url = db.engine.dialect.name, db.engine.url
    if kind == "sqlite":
        held = closing(sqlite3.connect(str(url.database)))
    else:
        held = create_engine(url, poolclass=NullPool).connect()
    with held as connection:
        ask = "SELECT count(*) FROM department"  # then idle, as a pooled connection is
        connection.execute(ask if kind == "sqlite" else text(ask)).fetchone()
        with pytest.raises(RuleError, match="in use"):
            restore(filled, tmp_path / "one.zip")
    assert departments(filled) == ["备份后改名", "备份后新增"]
    assert not put_aside(filled, own_files)


def test_a_failed_migration_puts_everything_back(filled, own_files, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup(filled, tmp_path / "one.zip")
    change(filled)

    def fail(_app: Flask) -> None:
        raise RuntimeError("migration")

    monkeypatch.setattr("app.services.setup.migrate", fail)
    with pytest.raises(RuntimeError):
        restore(filled, tmp_path / "one.zip")
    assert departments(filled) == ["备份后改名", "备份后新增"]
    assert (own_files / hashlib.sha256(b"new").hexdigest()[:2]).exists()
    assert not put_aside(filled, own_files)


def test_a_backup_is_restored_into_an_empty_place(app: Flask, own_files: Path, tmp_path: Path) -> None:
    with app.app_context():
        records.save(db.session, Department, None, {"name": "备份前"})
        place = Path(str(db.engine.url.database))
    backup(app, tmp_path / "one.zip")
    with app.app_context():
        db.registry.remove()
        db.engine.dispose()
    for leftover in (place, Path(f"{place}-wal"), Path(f"{place}-shm")):
        leftover.unlink(missing_ok=True)
    shutil.rmtree(own_files, ignore_errors=True)
    restore(app, tmp_path / "one.zip")
    assert departments(app) == ["备份前"]
