"""Export outside a request: as a background job, and by `run.py export`."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import g
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from app.console import exports
from app.console.columns import CUSTOM, Column, Query
from app.console.list_address import query_args
from app.console.listing import ListState, read_state, where
from app.console.view import REGISTRY, Console
from app.jobs.runner import JobContext, Outcome, job
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services.unit_of_work import actor_of
from app.texts import gettext as _

#: Progress is told every so many rows.
STEP = 500


@job(exports.JOB, repeatable=True)
def export_list(context: JobContext) -> Outcome:
    """Write what a list shows to a file, with the rights its owner has now. Raises RuleError."""
    params, view = context.params, console_of(context.params["table"])
    if not context.actor.may("export", view.key):
        raise RuleError(N_("You have no right to do this"), code="forbidden")
    state = view.read_state(query_args(params["query"]))
    if state.errors:
        raise state.errors[0]
    exposed = set(view.exposed(context.actor))
    columns = [view.columns()[n] for n in params["columns"] if n in exposed]
    if not columns:
        raise RuleError(N_("Show at least one column"))
    base = view.base_condition()
    total = count(context.session, view.model, state, base)

    def told(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        for number, row in enumerate(rows):
            if number % STEP == 0:
                context.progress(number, total)
            yield row

    target = tempfile.SpooledTemporaryFile(max_size=exports.SPOOL)  # noqa: SIM115 - who gets the outcome closes it
    try:
        rows = told(exports.rows_of(context.session, view.model, columns, state, base=base))
        written = exports.write(target, params["format"], _(view.model.__label__), columns, rows, params["per_sheet"])
    except BaseException:
        target.close()
        raise
    return Outcome(_("%(count)s rows") % {"count": f"{written:,}"}, target, params["name"])


def console_of(key: str) -> Console:
    """The pages of a table. Raises RuleError (missing)."""
    console = REGISTRY.get(key)
    if console is None:
        raise RuleError(N_("There is no table “%(name)s”"), code="missing", name=key)
    return console.instance()


def count(session: Any, model: Any, state: ListState, base: Any) -> int:
    """How many rows an export will have."""
    query = Query(model)
    conditions = where(session, query, state, base)
    return session.execute(query.apply(select(func.count(model.id)).select_from(model)).where(*conditions)).scalar_one()


def export_file(session: Any, table_key: str, path: Path) -> int:
    """Write a whole table, every column of list and form, to .xlsx or .csv; the rows written. Raises RuleError."""
    kind = path.suffix.lower().removeprefix(".")
    if kind not in exports.KINDS:
        raise RuleError(N_("Name the file .xlsx or .csv"), field="file")
    view, g.actor = console_of(table_key), actor_of(session)
    columns = all_columns(view)
    state = read_state(MultiDict(), view.columns(), set(view.exposed(g.actor)), order=view.order, size=1)
    rows = exports.rows_of(session, view.model, columns, state, base=view.base_condition())
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as target:
            written = exports.write(target, kind, _(view.model.__label__), columns, rows)
        os.replace(part, path)
    except OSError as error:
        raise RuleError(N_("The file could not be written: %(reason)s"), reason=str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return written


def all_columns(view: Console) -> list[Column]:
    """Every column of a table's list and form, and the administrator's own, that the actor may see."""
    columns = view.columns()
    names = dict.fromkeys([*view.list_columns, *view.form_fields(), *(CUSTOM + code for code in view.custom())])
    found = (columns.get(n) for n in names if view.open_to(g.actor, n))
    return [c for c in found if c is not None and c.field.kind != "password"]
