"""Import outside a request: as a background job, and by `run.py import`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app, g
from sqlalchemy.orm import Session

from app.console.exporting import console_of
from app.console.imports import uploads, workbooks
from app.console.imports.importer import Importer, Wishes
from app.console.view import Console
from app.jobs.runner import JobContext, Outcome, job
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services.import_batches import Tally, mappings_of
from app.services.unit_of_work import actor_of
from app.texts import gettext as _


@dataclass
class Done(Tally):
    """What became of a file's rows, and the workbook with those that were refused."""

    refused_file: Path | None = None


@job(uploads.JOB)
def import_upload(context: JobContext) -> Outcome:
    """Import an uploaded file as its owner decided, with the rights he has now. Raises RuleError."""
    view = console_of(context.params["table"])
    if not context.actor.may("import", view.key):
        raise RuleError(N_("You have no right to do this"), code="forbidden")
    upload = uploads.find(context.params["token"], context.actor.id, view.key)
    importer = upload.importer(view, context.actor)
    batch, plan = importer.run(all_or_nothing=context.params["all_or_nothing"], progress=context.progress)
    upload.batch = batch.id
    upload.save()
    refused = workbooks.refused_workbook(importer, plan.rows) if batch.rows_refused else None
    url = f"{view.import_url()}/batch/{batch.id}"
    return Outcome(said(plan.tally()), refused, workbooks.refused_name(upload.name), url)


def said(tally: Tally) -> str:
    """What became of the rows, in a sentence."""
    words = _("%(created)s created, %(updated)s updated, %(same)s unchanged, %(refused)s not imported")
    counts = {"created": tally.created, "updated": tally.updated, "same": tally.same, "refused": tally.refused}
    return words % {name: f"{count:,}" for name, count in counts.items()}


def import_file(
    session: Session, table_key: str, path: Path, *, mode: str, constants: dict[str, str], mapping: str | None
) -> Done:
    """Read a file into a table; the refused rows are written to a workbook beside it.

    mode: create or update. constants: field → text for rows that lack it. mapping: the name of a kept mapping.
    Raises RuleError for a table, file, mapping or constant that cannot be used.
    """
    view, g.actor = console_of(table_key), actor_of(session)
    view.check_importable()
    wishes = Wishes(mode=mode, constants=constants)
    if mapping is not None:
        wishes = kept(session, view, mapping, wishes)
    importer = Importer(view, g.actor, path, path.name, wishes)
    _batch, plan = importer.run()
    done = Done(**vars(plan.tally()))
    if done.refused:
        done.refused_file = write_refused(importer, plan.rows, path)
    return done


def kept(session: Session, view: Console, name: str, wishes: Wishes) -> Wishes:
    """The wishes with a kept mapping; its constants hold where the command gives none. Raises RuleError."""
    found = next((m for m in mappings_of(session, view.key) if m.name == name), None)
    if found is None:
        raise RuleError(N_("There is no kept mapping “%(name)s” for this table"), code="missing", name=name)
    header = None if any(found.headers) else -1
    return Wishes(mode=wishes.mode, header=header, mapping=found.mapping, constants=found.constants | wishes.constants)


def write_refused(importer: Importer, rows: list[Any], path: Path) -> Path:
    """The workbook of refused rows beside the file, or in the data folder where that place is not ours to write."""
    name = workbooks.refused_name(path.name)
    with workbooks.refused_workbook(importer, rows) as book:
        for place in (path.with_name(name), current_app.config["DATA_DIR"] / name):
            try:
                place.write_bytes(book.read())
                return place
            except OSError:
                book.seek(0)
    raise RuleError(N_("The workbook of refused rows could not be written"))
