"""One archive of database and files, made while the product runs, and the way back.

The archive is a zip: manifest.json (format, version, revision, kind of database, SHA-256 and size of every entry), the
database (a SQLite file, or pg_dump's custom format), and files/<digest>. Settings and secrets are not in it.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.late import fsspec
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import dumps, release, setup
from app.services.cleanup import work_folder
from app.services.clock import moment
from app.services.files import FileStore, store_of
from app.services.unit_of_work import SYSTEM, act_as
from models.system import StoredFile

FORMAT = 1
MANIFEST = "manifest.json"
FILES = "files/"
CHUNK = 1 << 20
DIGEST = re.compile(r"[0-9a-f]{64}")
#: Called with (bytes done, bytes in all) now and then; may raise to stop.
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself. entries: {name: [sha256, bytes]}; missing: digests whose bytes were gone."""

    format: int
    version: str
    revision: str
    database: str
    made_at: str
    entries: dict[str, list[Any]]
    missing: list[str]


def backup(app: Flask, file: Path, report: Report | None = None) -> Manifest:
    """Write database and files into one new archive, complete or not at all. Raises RuleError."""
    with app.app_context(), tempfile.TemporaryDirectory(dir=work_folder(app.config["DATA_DIR"])) as folder:
        name = dumps.name_of(db.engine)
        dumped = Path(folder) / name
        revision = setup.current_revision()
        if revision is None:
            raise RuleError(N_("There is no database to back up yet"))
        dumps.dump(db.engine, dumped)
        act_as(db.session, SYSTEM)
        store = store_of(db.session)
        kept = db.session.execute(select(StoredFile.sha256, StoredFile.size).order_by(StoredFile.id)).all()
        total = dumped.stat().st_size + sum(size for _digest, size in kept)
        part = file.with_name(f"{file.name}.part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                writer = _Writer(archive, total, report)
                with dumped.open("rb") as source:
                    writer.write(name, source)
                missing = [digest for digest, _size in kept if not _write_file(writer, store, digest)]
                manifest = Manifest(FORMAT, release.version(), revision, name, moment().isoformat(timespec="seconds"),
                                    writer.entries, missing)  # fmt: skip
                archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
            os.replace(part, file)
        except OSError as error:
            raise RuleError(N_("The backup could not be written: %(reason)s"), reason=str(error)) from error
        finally:
            part.unlink(missing_ok=True)
    return manifest


class _Writer:
    """Copies streams into a zip and keeps their digests."""

    def __init__(self, archive: zipfile.ZipFile, total: int, report: Report | None):
        self.archive, self.total, self.report = archive, total, report
        self.entries: dict[str, list[Any]] = {}
        self.done = 0

    def write(self, name: str, source: IO[bytes]) -> None:
        """Add one entry."""
        digest, size = hashlib.sha256(), 0
        with self.archive.open(name, "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                target.write(chunk)
                size += len(chunk)
                self.done += len(chunk)
                if self.report:
                    self.report(self.done, self.total)
        self.entries[name] = [digest.hexdigest(), size]


def _write_file(writer: _Writer, store: FileStore, digest: str) -> bool:
    """Add a stored file; False where it is gone (a temporary one, cleaned up meanwhile)."""
    try:
        source = store.open(digest)
    except FileNotFoundError:
        return False
    with source:
        writer.write(FILES + digest, source)
    return True


def restore(app: Flask, file: Path) -> str:
    """Put an archive's database and files in the place of the present ones, which are moved aside; where to.

    Everything is verified before anything is touched. Raises RuleError for a bad archive, one of another kind of
    database, one made by a newer version, or while a server still runs on the data.
    """
    with app.app_context(), tempfile.TemporaryDirectory(dir=work_folder(app.config["DATA_DIR"])) as folder:
        name = dumps.name_of(db.engine)
        with _opened(file) as archive:
            manifest = _verified(archive)
            if manifest.database != name:
                raise RuleError(N_("This backup is of another kind of database"))
            _known_revision(manifest.revision)
            with archive.open(name) as source, (Path(folder) / name).open("wb") as target:
                shutil.copyfileobj(source, target, CHUNK)
            dumps.check(Path(folder) / name)
            aside = f"replaced_{moment():%Y%m%d_%H%M%S}"
            db.registry.remove()
            store = store_of(db.session)
            with dumps.replaced(db.engine, Path(folder) / name, aside), _FilesReplaced(store, archive, manifest, aside):
                setup.migrate(app)
        return aside


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise _bad() from error


def _bad() -> RuleError:
    return RuleError(N_("This is not a backup of this product, or it is damaged; nothing was changed"))


def _verified(archive: zipfile.ZipFile) -> Manifest:
    """The manifest, after every entry was read and found to be what it says. Raises RuleError."""
    try:
        manifest = Manifest(**json.loads(archive.read(MANIFEST)))
        names = [*manifest.entries, MANIFEST]
        sound = sorted(archive.namelist()) == sorted(names) and manifest.format == FORMAT
        sound &= all(n == manifest.database or _is_file(n, digest) for n, (digest, _size) in manifest.entries.items())
        sound &= all(_digest_of(archive, n) == tuple(facts) for n, facts in manifest.entries.items())
    except Exception as error:  # whatever zipfile, zlib and json make of damaged bytes
        raise _bad() from error
    if not sound:
        raise _bad()
    return manifest


def _is_file(name: str, digest: str) -> bool:
    return bool(DIGEST.fullmatch(digest)) and name == FILES + digest


def _digest_of(archive: zipfile.ZipFile, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _known_revision(revision: str) -> None:
    known = {r.revision for r in setup.scripts().walk_revisions()}
    if revision not in known:
        raise RuleError(N_("This backup was made by a newer version; update first"))


class _FilesReplaced:
    """Within, the store holds the archive's files; the present folder stands aside, and comes back on failure."""

    def __init__(self, store: FileStore, archive: zipfile.ZipFile, manifest: Manifest, aside: str):
        self.store, self.archive, self.manifest = store, archive, manifest
        self.folder = Path(store.root) if isinstance(store.fs, fsspec.implementations.local.LocalFileSystem) else None
        self.before = self.folder.with_name(f"{self.folder.name}.{aside}") if self.folder else None

    def __enter__(self) -> None:
        if self.folder and self.before and self.folder.exists():
            os.replace(self.folder, self.before)
        try:
            for name, (digest, _size) in self.manifest.entries.items():
                if name.startswith(FILES):
                    with self.archive.open(name) as source:
                        self.store.put(source, digest)
        except BaseException:
            self._back()
            raise

    def __exit__(self, kind: Any, *_error: Any) -> None:
        if kind is not None:
            self._back()

    def _back(self) -> None:
        if self.folder and self.before and self.before.exists():
            shutil.rmtree(self.folder, ignore_errors=True)
            os.replace(self.before, self.folder)
