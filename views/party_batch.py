"""Many inventors at once (批量新增发明人, A-3.1.1.2.3-06): a grid typed, pasted, or filled from a workbook."""

import tempfile
from pathlib import Path
from typing import Any

from flask import flash, redirect, request, send_file
from flask_appbuilder import expose

from app.console.exports import KINDS
from app.console.form_grids import grid_indexes
from app.console.guard import actor, page, say
from app.console.imports import workbooks
from app.console.imports.cells import cell_text
from app.console.imports.source import ENDINGS, read_sheets
from app.console.imports.targets import targets_of, vocabulary
from app.console.inputs import title_of
from app.console.kinds import is_whole, read_value
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.services import party_inventor
from app.services.files import clean_name
from app.texts import gettext as _
from models.party import Client

COLUMNS = ("name", "id_no", "country", "name_en", "phone", "email", "address", "name_withheld")
#: The grid's name, and how many rows it takes.
ROWS, MOST = "rows", 500
#: The rows of the grid: (number, {column: text}).
Rows = list[tuple[int, dict[str, str]]]


class ManyPages:
    """Mixed into the console of inventors."""

    @expose("/batch", methods=["GET", "POST"])
    @page("add")
    def many(self: Any) -> Any:
        """The grid; a file fills it, 【保存】 adds all rows or none."""
        if request.method == "GET":
            return respond("party/batch.html", page=self.many_context([]))
        try:
            if request.form.get("_fill"):
                return respond("party/batch.html", page=self.many_context(self.from_file()))
            return self.take_many()
        except RuleError as error:
            self.session.rollback()
            return respond("party/batch.html", page=self.many_context(self.typed(), error), status=422)

    @expose("/batch/template")
    @page("add")
    def many_template(self: Any) -> Any:
        """The workbook to fill in."""
        targets = {n: t for n, t in targets_of(self, actor()).items() if n in COLUMNS}
        name = _("Template of %(title)s", title=self.heading()) + ".xlsx"
        made = workbooks.template(self, targets)
        return send_file(made, mimetype=KINDS["xlsx"], as_attachment=True, download_name=name)

    def take_many(self: Any) -> Any:
        """Add what was typed. Raises RuleErrors beside cells."""
        client, errors, rows, at = request.form.get("client", ""), [], [], []
        if not is_whole(client):
            errors.append(RuleError(N_("This must be filled in"), field="client"))
        columns = self.columns()
        for index, raw in self.typed():
            if not any(v for n, v in raw.items() if columns[n].field.kind != "flag"):
                continue
            values = {}
            for name, text in raw.items():
                try:
                    values[columns[name].key] = read_value(text, columns[name].field, partial=True)
                except RuleError as error:
                    errors.append(RuleError(error.message, field=f"{index}-{name}", **error.params))
            rows.append(values)
            at.append(index)
        if not rows and not errors:
            errors.append(RuleError(N_("Type at least one inventor"), field=ROWS))
        if len(rows) > MOST:
            errors.append(RuleError(N_("At most %(limit)s rows at once"), field=ROWS, limit=MOST))
        if errors:
            raise RuleErrors(errors)
        try:
            count = party_inventor.add_inventors(self.session, int(client), rows)
        except RuleErrors as refused:
            raise RuleErrors([moved(e, at) for e in refused.errors]) from refused
        flash(_("%(count)s inventors added", count=count), "success")
        return redirect(self.back_url(None), 303)

    def typed(self: Any) -> Rows:
        """The rows of the grid as they were sent: (number, {column: text})."""
        names = [n for n in COLUMNS if self.writable_to(actor(), n)]
        form = request.form
        return [(i, {n: form.get(f"{ROWS}-{i}-{n}", "").strip() for n in names}) for i in grid_indexes(ROWS, form)]

    def from_file(self: Any) -> Rows:
        """The rows of an uploaded workbook or CSV file by the names of its columns. Raises RuleError."""
        file = request.files.get("file")
        if file is None or not file.filename:
            raise RuleError(N_("Choose a file"), field="file")
        name = clean_name(file.filename)
        suffix = Path(name).suffix.lower()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / ("upload" + (suffix if suffix in ENDINGS else ""))
            file.save(path)
            rows = read_sheets(path, name)[0].rows
        targets = {n: t for n, t in targets_of(self, actor()).items() if n in COLUMNS}
        known = vocabulary(targets, self.imports)
        head = known.find_header(rows)
        heads = [known.target_of(cell) for cell in rows[head]] if head is not None else []
        if head is None or "name" not in heads:
            raise RuleError(N_("The file has no column with the names; use the template"), field="file")
        example = workbooks.example_row(self, targets, [targets[n].label if n else "" for n in heads])
        found = []
        for row in rows[head + 1 :]:
            texts = [cell_text(c).strip() for c in row[: len(heads)]]
            if any(texts) and texts != example:
                found.append({n: self.as_typed(n, t) for n, t in zip(heads, texts, strict=False) if n})
        if not found:
            raise RuleError(N_("The file holds no rows"), field="file")
        if len(found) > MOST:
            raise RuleError(N_("At most %(limit)s rows at once"), field="file", limit=MOST)
        return list(enumerate(found))

    def as_typed(self: Any, name: str, text: str) -> str:
        """A cell as the grid's control holds it: a reference by its id, yes and no as a tick."""
        column = self.columns()[name]
        if column.target and text:
            view = self.console_of(column.target).instance()
            found = [r for r in view.picks(text)["results"] if text == r["text"]]
            return str(found[0]["id"]) if found else text
        if column.field.kind == "flag":
            return "1" if column.kind.parse(text, column.field) else ""
        return text

    def many_context(self: Any, rows: Rows, error: RuleError | None = None) -> dict[str, Any]:
        """The page with its grid, what was typed, and what was refused beside its cell."""
        columns = [self.columns()[n] for n in COLUMNS if self.writable_to(actor(), n)]
        errors = error.errors if isinstance(error, RuleErrors) else [error] if error else []
        told = {e.field: say(e) for e in errors}
        made = []
        for index, raw in rows:
            cells = {c.name: self.many_cell(c, raw.get(c.name, ""), self.complaint(c, index, told)) for c in columns}
            made.append({"id": None, "index": index, "values": cells, "error": told.get(str(index))})
        heads = [self.control(c, c.name, "") | {"width": None} for c in columns]
        client = request.values.get("client", "")
        picker = self.control(self.columns()["client"], "client", client) | {"error": told.get("client")}
        picker["display"] = title_of(self.session, Client, client) if is_whole(client) else ""
        general = [m for f, m in told.items() if f in (None, "file", ROWS, "client") or "-" not in str(f)]
        return {
            "title": _("Add inventors in bulk"), "client": picker, "back_url": self.back_url(None),
            "grid": {"name": ROWS, "label": _("Inventors"), "rows": made, "columns": heads, "can_add": True,
                     "can_delete": True, "sortable": False},
            "template_url": f"{self.base_url()}batch/template", "errors": general, "bad": len(errors),
            "action": f"{request.path}?{request.query_string.decode()}",
        }  # fmt: skip

    def many_cell(self: Any, column: Any, raw: str, error: str | None) -> dict[str, Any]:
        """One cell; a reference that was not found shows what the file says."""
        cell = self.grid_cell(column, raw, error)
        return cell | ({"display": raw} if column.target and raw and not is_whole(raw) else {})

    def complaint(self: Any, column: Any, index: int, told: dict[Any, str]) -> str | None:
        """What is wrong with a cell."""
        return told.get(f"{index}-{column.name}") or told.get(f"{index}-{column.key}")


def moved(error: RuleError, at: list[int]) -> RuleError:
    """A complaint about the n-th row that was not empty, at the row of the grid it stands in."""
    row, _dash, name = str(error.field).partition("-")
    field = f"{at[int(row)]}-{name}" if row.isdecimal() else error.field
    return RuleError(error.message, field=field, code=error.code, **error.params)
