"""Workbooks an import hands out: the template to fill in, and the refused rows with their reasons."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from app.console.imports.cells import cell_text
from app.console.imports.rows import Outcome, Row
from app.console.imports.targets import Target
from app.late import xlsxwriter
from app.rules.errors import RuleError
from app.services.refusal import say
from app.texts import gettext as _

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
#: Rows of a template with a list to choose from, and the longest list Excel takes in a cell's rule.
FILLABLE, LIST_LENGTH = 5_000, 255
EXAMPLES = {"date": "2015-03-10", "integer": "1", "decimal": "1", "percent": "1", "money": "100.00"}


def offered(view: Any, targets: dict[str, Target]) -> list[Target]:
    """The columns of a template: the form's fields and names, then what is derived from others' cells."""
    own = [t for t in targets.values() if t.column is not None or t.names is not None]
    return sorted(own, key=lambda t: not t.field.required)


def example_of(view: Any, target: Target) -> str:
    """What the example row has in this column."""
    given = view.imports.example.get(target.name)
    if given is not None:
        return given
    if not target.field.required:
        return ""
    if target.field.choices:
        return _(next(iter(target.field.choices)).label)
    return EXAMPLES.get(target.field.kind, _("Example"))


def example_row(view: Any, targets: dict[str, Target], headers: Sequence[str]) -> list[str]:
    """The example row of a template with these headers; empty where it is none of ours."""
    texts = {t.label: example_of(view, t) for t in offered(view, targets)}
    known = [texts.get(h) for h in headers]
    return [text or "" for text in known] if all(text is not None for text in known) and any(known) else []


def template(view: Any, targets: dict[str, Target]) -> IO[bytes]:
    """A workbook to fill in: headers, an example row, lists to choose from; on a second sheet what columns take."""
    target = tempfile.SpooledTemporaryFile(max_size=4 << 20)  # noqa: SIM115 - who gets it closes it
    book = xlsxwriter.Workbook(target, OPTIONS | {"in_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#F7F8FA", "bottom": 1, "valign": "vcenter"})
    red = book.add_format(
        {"bold": True, "bg_color": "#F7F8FA", "bottom": 1, "valign": "vcenter", "font_color": "#C0392B"}
    )
    grey = book.add_format({"italic": True, "font_color": "#8A94A3", "num_format": "@"})
    as_text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(sheet_name(_(view.model.__label__)))
    sheet.freeze_panes(1, 0)
    for at, t in enumerate(columns := offered(view, targets)):
        style = None if t.field.kind in ("integer", "decimal", "money", "percent", "date") else as_text
        sheet.set_column(at, at, min(max(len(t.label) * 2 + 4, 12), 40), style)
        sheet.write_string(0, at, t.label, red if t.field.required else head)
        sheet.write_comment(0, at, explain(t))
        if text := example_of(view, t):
            sheet.write_string(1, at, text, grey)
        choices = choices_of(t)
        if choices and len(",".join(choices)) <= LIST_LENGTH:
            sheet.data_validation(1, at, FILLABLE, at, {"validate": "list", "source": choices, "error_type": "warning"})
    _notes(book, head, view, columns)
    book.close()
    target.seek(0)
    return target


def _notes(book: Any, head: Any, view: Any, columns: Iterable[Target]) -> None:
    sheet = book.add_worksheet(sheet_name(_("How to fill it in")))
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for at, (title, width) in enumerate(
        [(_("Field"), 24), (_("Required"), 8), (_("What it takes"), 80), (_("Example"), 30)]
    ):
        sheet.set_column(at, at, width, wrap)
        sheet.write_string(0, at, title, head)
    for line, t in enumerate(columns, start=1):
        cells = [t.label, _("Yes") if t.field.required else "", explain(t), example_of(view, t)]
        for at, text in enumerate(cells):
            sheet.write_string(line, at, text)


def sheet_name(text: str) -> str:
    """A name Excel accepts for a sheet."""
    return "".join(c for c in text if c not in "[]:*?/\\'")[:31] or "1"


def choices_of(target: Target) -> list[str]:
    """The closed list of a column, as people read it."""
    if target.field.kind == "flag":
        return [_("Yes"), _("No")]
    if target.field.choices:
        return [_(c.label) for c in target.field.choices]
    return list(target.field.options)


def explain(target: Target) -> str:
    """What a column takes, in words."""
    field, said = target.field, []
    if field.required:
        said.append(_("Required"))
    if choices := choices_of(target):
        said.append(_("One of: %(choices)s") % {"choices": "、".join(choices)})
    elif table := target.points_to:
        said.append(_("The number or name of a record of “%(table)s”") % {"table": _(table.__label__)})
    elif field.kind == "date":
        said.append(_("A day, written 2015-03-10"))
    elif field.kind in EXAMPLES:
        said.append(_("A number"))
    elif field.length and field.kind == "text":
        said.append(_("At most %(length)s characters") % {"length": field.length})
    if field.help:
        said.append(_(field.help))
    return "；".join(said)


def refused_workbook(importer: Any, rows: Iterable[Row]) -> IO[bytes]:
    """The refused rows as they were given, each with its row number and the reasons in the last columns."""
    target = tempfile.SpooledTemporaryFile(max_size=8 << 20)  # noqa: SIM115 - who gets it closes it
    book = xlsxwriter.Workbook(target, OPTIONS | {"constant_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#F7F8FA", "bottom": 1})
    bad = book.add_format({"font_color": "#B4450B"})
    sheet = book.add_worksheet(sheet_name(_("Refused rows")))
    headers = [*importer.headers, _("Row in the file"), _("Why it was refused")]
    for at in range(len(headers)):
        sheet.set_column(at, at, 60 if at == len(headers) - 1 else 18)
    for at, text in enumerate(headers):
        sheet.write_string(0, at, text, head)
    for line, row in enumerate((r for r in rows if r.outcome is Outcome.REFUSED), start=1):
        for at, cell in enumerate(row.cells):
            if cell not in ("", None):
                sheet.write_string(line, at, as_given(cell)[:32_000])
        sheet.write_number(line, len(headers) - 2, row.number)
        sheet.write_string(line, len(headers) - 1, "；".join(reason(importer.targets, e) for e in row.errors), bad)
    book.close()
    target.seek(0)
    return target


def refused_name(name: str) -> str:
    """What the workbook of the refused rows of a file is called."""
    return _("%(name)s not imported") % {"name": Path(name).stem} + ".xlsx"


def as_given(cell: Any) -> str:
    """A cell as text, so that numbers of applications stay as they were."""
    return cell.isoformat() if isinstance(cell, date | datetime) else cell_text(cell)


def reason(targets: dict[str, Target], error: RuleError) -> str:
    """A refusal in words, led by the field it concerns."""
    label = targets[error.field].label if error.field in targets else ""
    return f"{label}：{say(error)}" if label else say(error)
