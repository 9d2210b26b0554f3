"""Uploaded files between the steps of an import: in the data folder, under a name nobody guesses, for one user."""

import dataclasses
import json
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app
from werkzeug.datastructures import FileStorage

from app.console.imports.importer import Importer, Wishes
from app.console.imports.source import MAX_BYTES
from app.jobs.queue import Progress
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import files
from app.services.unit_of_work import Actor

#: The background job that imports a long file.
JOB = "import"
#: More rows than this are imported in the background, and checked while the page tells how far that is.
LONG = 2_000
#: Seconds within which a check that goes on says so again.
ALIVE = 10
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,60}")


@dataclass
class Upload:
    """One uploaded file of so many rows and what was decided so far. job, batch: once it is being, or was, imported."""

    token: str
    user: int | None
    table: str
    name: str
    wishes: Wishes = field(default_factory=Wishes)
    job: int | None = None
    batch: int | None = None
    rows: int = 0

    @property
    def folder(self) -> Path:
        return folder() / self.token

    @property
    def path(self) -> Path:
        return self.folder / "file"

    @property
    def is_long(self) -> bool:
        """Whether nobody should wait for it without being told how far it is."""
        return self.rows > LONG

    def save(self) -> None:
        """Keep what was decided."""
        part = self.folder / "state.part"
        part.write_text(json.dumps(dataclasses.asdict(self), ensure_ascii=False), encoding="utf-8")
        part.replace(self.folder / "state.json")

    def tell(self, done: int, total: int, what: str) -> None:
        """Say how far its check is, where every process finds it."""
        part = self.folder / "progress.part"
        with suppress(OSError):  # another check of the same upload, or a reader that holds the file
            part.write_text(json.dumps([done, total, what]), encoding="utf-8")
            part.replace(self._progress)

    def told(self) -> Progress | None:
        """How far its check is; None where none has begun."""
        try:
            return Progress(*json.loads(self._progress.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return None

    def forget(self) -> None:
        """What an earlier check told says nothing of the next one."""
        with suppress(OSError):  # none did, or a reader holds the file
            self._progress.unlink()

    @property
    def is_being_checked(self) -> bool:
        """Whether a check of it goes on, in whatever process: it is not at its end, and said something just now."""
        told = self.told()
        with suppress(OSError):
            age = time.time() - self._progress.stat().st_mtime
            return told is not None and told.done < (told.total or 0) and age < ALIVE
        return False

    @property
    def _progress(self) -> Path:
        return self.folder / "progress.json"

    def importer(self, view: Any, actor: Actor) -> Importer:
        """The import as it was decided so far."""
        return Importer(view, actor, self.path, self.name, self.wishes)


def folder() -> Path:
    """Where uploads wait; what is left behind is cleaned up with the other temporary files."""
    return Path(current_app.config["DATA_DIR"]) / "tmp" / "imports"


def receive(file: FileStorage | None, user: int | None, table: str) -> Upload:
    """Take an uploaded file in. Raises RuleError for none, an empty one or one too large."""
    if file is None or not file.filename:
        raise RuleError(N_("Choose a file"), field="file")
    upload = Upload(secrets.token_urlsafe(24), user, table, files.clean_name(file.filename))
    upload.folder.mkdir(parents=True, mode=0o700)
    with upload.path.open("wb") as target:
        while chunk := file.stream.read(1 << 20):
            target.write(chunk)
            if target.tell() > MAX_BYTES:
                raise RuleError(
                    N_("The file is larger than %(limit)s MB"), field="file", limit=MAX_BYTES // (1024 * 1024)
                )
    upload.save()
    return upload


def find(token: str, user: int | None, table: str) -> Upload:
    """The upload of this token, if it is this user's and for this table. Raises RuleError (missing)."""
    try:
        state = (
            json.loads((folder() / token / "state.json").read_text(encoding="utf-8"))
            if TOKEN.fullmatch(token)
            else None
        )
    except FileNotFoundError:
        state = None
    if state is None or state["user"] != user or state["table"] != table:
        raise RuleError(N_("This upload is not kept any more; choose the file again"), code="missing")
    return Upload(**state | {"wishes": Wishes(**state["wishes"])})
