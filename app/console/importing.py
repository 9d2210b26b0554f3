"""Import outside a request: as a background job, and by `run.py import`."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import current_app, g
from sqlalchemy.orm import Session

from app.console.exporting import console_of
from app.console.imports import uploads, workbooks
from app.console.imports.importer import Importer, Wishes
from app.console.imports.judge import Plan
from app.console.view import Console
from app.jobs.runner import JobContext, Outcome, job
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services.import_batches import Tally, mappings_of
from app.services.unit_of_work import actor_of
from app.texts import gettext as _


@dataclass
class Done(Tally):
    """What became of a file's rows, the workbook with those that were refused, and what else is to be said of it."""

    refused_file: Path | None = None
    remarks: list[str] = field(default_factory=list)


@job(uploads.JOB)
def import_upload(context: JobContext) -> Outcome:
    """Import an uploaded file as its owner decided, with the rights he has now. Raises RuleError."""
    view = console_of(context.params["table"])
    if not context.actor.may("import", view.key):
        raise RuleError(N_("You have no right to do this"), code="forbidden")
    upload = uploads.find(context.params["token"], context.actor.id, view.key)
    importer = upload.importer(view, context.actor)
    batch, plan = importer.run(all_or_nothing=context.params["all_or_nothing"], tell=context.progress)
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
    session: Session, table_key: str, path: Path, *, mode: str, constants: dict[str, str], mapping: str | None,
    sheet: str | None = None,
) -> Done:  # fmt: skip
    """Read a file into a table; the refused rows are written to a workbook beside it.

    mode: create or update. constants: field → text for rows that lack it. mapping: the name of a kept mapping. sheet:
    the one to read, else the likeliest. Raises RuleError for a table, file, sheet, mapping or constant that cannot be
    used.
    """
    view, g.actor = console_of(table_key), actor_of(session)
    view.check_importable()
    wishes = Wishes(sheet=sheet, mode=mode, constants=constants)
    if mapping is not None:
        wishes = kept(session, view, mapping, wishes)
    importer = Importer(view, g.actor, path, path.name, wishes)
    if sheet is not None and importer.sheet.name != sheet:
        names = "、".join(s.name for s in importer.sheets)
        raise RuleError(N_("There is no sheet “%(name)s”; there are: %(names)s"), name=sheet, names=names)
    _batch, plan = importer.run()
    done = Done(**vars(plan.tally()), remarks=remarks(importer, plan))
    if done.refused:
        done.refused_file = write_refused(importer, plan.rows, path)
    return done


def remarks(importer: Importer, plan: Plan) -> list[str]:
    """What somebody who did not see the preview must know: what was not read, guessed, put right."""
    said = []
    if others := [f"{s.name} ({s.filled})" for s in importer.sheets if s is not importer.sheet]:
        words = _("Only the sheet “%(name)s” was read, not: %(names)s")
        said.append(words % {"name": importer.sheet.name, "names": "、".join(others)})
    if left := importer.left_out():
        said.append(_("Columns that were not imported: %(names)s") % {"names": "、".join(left)})
    for match in importer.matches:
        if match.guessed and match.target is not None:
            names = {"header": importer.heading(match), "field": importer.targets[match.target].label}
            said.append(_("Guessed: the column “%(header)s” is “%(field)s”") % names)
    for name, message, params, count, old, new, _row in importer.mends(plan):
        field = importer.targets[name].label if name in importer.targets else name
        cell = f": {old} → {new}" if new else f": {old}" if old else ""
        said.append(f"{field}: {_(message) % params} ({count}{cell})")
    return said


def kept(session: Session, view: Console, name: str, wishes: Wishes) -> Wishes:
    """The wishes with a kept mapping; its constants hold where the command gives none. Raises RuleError."""
    found = next((m for m in mappings_of(session, view.key) if m.name == name), None)
    if found is None:
        raise RuleError(N_("There is no kept mapping “%(name)s” for this table"), code="missing", name=name)
    header = None if any(found.headers) else -1
    return replace(wishes, header=header, mapping=found.mapping, constants=found.constants | wishes.constants)


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
