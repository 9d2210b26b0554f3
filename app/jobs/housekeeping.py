"""What the system does for itself: backups and cleaning up."""

from datetime import timedelta
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.jobs.runner import JobContext, Outcome, job
from app.services import parameters
from app.services.backup import backup
from app.services.cleanup import clean
from app.services.clock import moment
from app.services.today import OFFICE
from app.services.unit_of_work import SYSTEM, act_as
from app.texts import gettext as _

BACKUP, CLEANUP = "backup", "cleanup"
PREFIX = "patentdesk-"


def backup_folder(data: Path) -> Path:
    """Where backups are kept that nobody named a place for."""
    return data / "backups"


def backups(data: Path) -> list[Path]:
    """The kept backups, oldest first."""
    return sorted(backup_folder(data).glob(f"{PREFIX}*.zip"))


def days(session: Session, code: str, default: int) -> int:
    """A number the administrator set; the default for what is none."""
    text = parameters.value(session, code)
    return int(text) if text.isdecimal() and int(text) else default


@job(BACKUP)
def back_up(context: JobContext) -> Outcome:
    """Back up into the data folder; the newest `backup_keep` backups stay (0: all)."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    data: Path = app.config["DATA_DIR"]
    file = backup_folder(data) / f"{PREFIX}{moment().astimezone(OFFICE):%Y%m%d-%H%M%S}.zip"
    backup(app, file, lambda done, total: context.progress(done >> 10, total >> 10))
    keep = days(context.session, "backup_keep", 14)
    for old in backups(data)[:-keep] if keep else ():
        old.unlink(missing_ok=True)
    return Outcome(_("%(name)s, %(size)s") % {"name": file.name, "size": size_text(file.stat().st_size)})


@job(CLEANUP, repeatable=True)
def clean_up(context: JobContext) -> Outcome:
    """Remove temporary files, and results older than `result_days`."""
    act_as(context.session, SYSTEM)
    keep = timedelta(days=days(context.session, "result_days", 7))
    done = clean(context.session, current_app.config["DATA_DIR"], moment(), keep_results=keep)
    return Outcome(cleaned_text(done.count, done.size))


def cleaned_text(count: int, size: int) -> str:
    """What cleaning up did, in words."""
    return _("%(count)s temporary files removed, %(size)s") % {"count": count, "size": size_text(size)}


def size_text(size: int) -> str:
    """A number of bytes as people read it."""
    value, units = float(size), ("B", "KB", "MB", "GB", "TB")
    for unit in units:
        if value < 1024 or unit == units[-1]:
            break
        value /= 1024
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
