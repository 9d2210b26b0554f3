"""Child rows in their parent's form: read, shown, taken from libraries, one of them marked."""

from typing import Any

from sqlalchemy import inspect
from werkzeug.datastructures import MultiDict

from app.console.columns import Column, Columns
from app.console.guard import actor
from app.console.inputs import title_of, titles_of
from app.console.kinds import is_whole, read_value
from app.console.layout import Grid, Source
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services.records import ChildRow
from app.texts import gettext as _

MAX_CHILD_ROWS = 500
#: Room for a box to tick, and for a choice beside long texts, in pixels; the other columns share the rest.
FLAG_WIDTH, CHOICE_WIDTH = 110, 150
#: The column by which child rows are ordered, where they have one.
ORDER = "position"


class FormGrids:
    """The child grids of a form; mixed into `FormPages`."""

    def read_grid(self, grid: Grid, errors: list[RuleError], form: MultiDict | None = None) -> list[ChildRow]:
        """The child rows of the form: `<grid>-<index>-<column>`."""
        columns, rows = self.grid_columns(grid, writable=True), []
        form = self.typed_form() if form is None else form
        for index in grid_indexes(grid.key, form):
            prefix = f"{grid.key}-{index}-"
            raw = {c.name: form.get(prefix + c.name) for c in columns}
            row_id = form.get(prefix + "id", type=int)
            if row_id is None and not any(
                (v or "").strip() for k, v in raw.items() if columns_kind(columns, k) != "flag"
            ):
                continue  # the empty last row
            values: dict[str, Any] = dict(grid.fixed) if row_id is None else {}
            for c in columns:
                if c.name in grid.hidden and c.name not in grid.fields and raw[c.name] is None:
                    continue
                try:
                    values[c.key] = read_value(raw[c.name], c.field)
                except RuleError as error:
                    errors.append(RuleError(error.message, field=prefix + c.name, **error.params))
            if self.ordered(grid):
                values[ORDER] = form.get(prefix + "sort", default=index, type=int)
            rows.append(ChildRow(values, row_id, bool(form.get(prefix + "delete")), prefix[:-1]))
        if len(rows) > MAX_CHILD_ROWS:
            errors.append(RuleError(N_("At most %(limit)s rows at once"), field=grid.key, limit=MAX_CHILD_ROWS))
        return rows

    def grid_columns(self, grid: Grid, *, writable: bool = False) -> list[Column]:
        """The columns of a child grid that the actor may see (or write), as the child's own table says.

        The order is dragged, not typed.
        """
        model = self.child_model(grid)
        columns, console = Columns(model, nameless=self.nameless), self.console_of(model)
        child: Any = console.instance() if console is not None else self
        may = child.writable_to if writable else child.open_to
        names = [n for n in (*grid.fields, *grid.hidden) if n != ORDER]
        return [columns[n] for n in names if may(actor(), n)]

    def ordered(self, grid: Grid) -> bool:
        """Whether the rows of a child grid have an order."""
        return ORDER in self.child_model(grid).__table__.c

    def child_model(self, grid: Grid) -> type:
        """The table of a child grid."""
        return inspect(self.model).relationships[grid.name].mapper.class_

    def grid_context(self, grid: Grid, record: Any, typed: bool, failures: dict[str, str]) -> dict[str, Any]:
        """A child grid with its rows."""
        columns, label = self.grid_columns(grid), grid.label or self.child_model(grid).__label__
        rows = self.typed_rows(grid, columns, failures) if typed else self.kept_rows(grid, columns, record)
        writable = self.writable_to(actor(), grid.name)
        typing = {c.name for c in self.grid_columns(grid, writable=True)} if writable else set()
        heads, wordy = [], any(c.field.kind == "long_text" for c in columns)
        for c in columns:
            narrow = (
                FLAG_WIDTH if c.field.kind == "flag" else CHOICE_WIDTH if c.field.kind == "choice" and wordy else None
            )
            more = {"width": narrow, "readonly": c.name not in typing, "hidden": c.name not in grid.fields}
            heads.append(self.control(c, c.name, "") | more)
        marks = [{"column": m.column, "label": _(m.label)} for m in grid.marks if m.column in typing]
        return {
            "name": grid.key, "label": _(label), "rows": rows, "can_add": writable, "can_delete": writable,
            "sortable": writable and self.ordered(grid), "sub": self.grid_note(grid, record), "columns": heads,
            "errors": sum(1 for k in failures if k.startswith(grid.key + "-")), "error": failures.get(grid.key),
            "sources": [self.source_context(s) for s in grid.sources] if writable else [],
            "marks": marks, "marked": self.marked(grid, columns, rows),
            "picks": writable and bool(grid.marks or grid.sources),
        }  # fmt: skip

    def typed_rows(self, grid: Grid, columns: list[Column], failures: dict[str, str]) -> list[dict[str, Any]]:
        """The rows as they were typed."""
        form, rows = self.typed_form(), []
        for index in grid_indexes(grid.key, form):
            prefix = f"{grid.key}-{index}-"
            cells = {
                c.name: self.grid_cell(c, form.get(prefix + c.name, ""), failures.get(prefix + c.name)) for c in columns
            }
            row = {"id": form.get(prefix + "id", ""), "index": index, "values": cells}
            rows.append(row | {"error": failures.get(prefix[:-1]), "gone": bool(form.get(prefix + "delete"))})
        return rows

    def kept_rows(self, grid: Grid, columns: list[Column], record: Any) -> list[dict[str, Any]]:
        """The rows as they are saved, or as a new record begins with them."""
        origin = self.origin(record)
        children = [c for c in getattr(origin, grid.name) if grid.holds(c)] if origin is not None else []
        titles = {
            c.name: titles_of(self.session, c.target, {getattr(child, c.key) for child in children} - {None})
            for c in columns
            if c.target
        }
        rows = []
        for index, child in enumerate(children):
            cells = {
                c.name: self.grid_cell(c, c.kind.input(getattr(child, c.key), c.field), None, titles.get(c.name))
                for c in columns
            }
            rows.append({"id": child.id, "index": index, "values": cells, "error": None})
        return rows

    def grid_note(self, grid: Grid, record: Any) -> str:
        """What stands beside the heading of a grid; a table's view may say something."""
        return ""

    def source_context(self, source: Source) -> dict[str, Any]:
        """A library as its button knows it."""
        narrow = None
        if source.narrow:
            parameter, table, control = source.narrow
            target = self.consoles_by_key()[table]
            label = _(target.model.__label__)
            narrow = {"param": parameter, "url": f"{target.base_url()}pick", "control": control, "label": label}
        table = self.consoles_by_key()[source.table]
        return {"label": _(source.label), "url": f"{table.base_url()}pick", "column": source.column,
                "copies": source.copies, "values": source.values, "narrow": narrow}  # fmt: skip

    def marked(self, grid: Grid, columns: list[Column], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Which row has each mark, by name."""
        name = next((c.name for c in columns if c.target), "")
        found = []
        for mark in grid.marks:
            column = next((c for c in columns if c.name == mark.column), None)
            if column is not None:
                holder = next((r for r in rows if r["values"][mark.column]["value"] not in ("", "0")), None)
                shown = holder["values"][name]["display"] if holder and name else ""
                found.append({"column": mark.column, "label": _(column.label), "name": shown})
        return found

    def grid_cell(
        self, column: Column, raw: str, error: str | None, titles: dict[int, str] | None = None
    ) -> dict[str, Any]:
        """One cell of a child grid; titles: those of the rows its column points to, where they are known already."""
        shown = raw
        if column.target and raw:
            shown = title_of(self.session, column.target, raw) if titles is None else titles.get(int(raw), "")
        if not column.target and not error and column.field.kind in ("choice", "flag"):
            try:
                shown = column.kind.plain(column.kind.parse(raw, column.field), column.field)
            except RuleError:
                shown = raw
        return {"value": raw, "display": shown, "error": error}


def grid_indexes(name: str, form: Any) -> list[int]:
    """The row numbers of a grid present in a form, in order."""
    found = set()
    for key in form:
        parts = key.split("-")
        if len(parts) == 3 and parts[0] == name and is_whole(parts[1]) and len(parts[1]) < 6:
            found.add(int(parts[1]))
    return sorted(found)


def columns_kind(columns: list[Column], name: str) -> str:
    """The kind of a column by its name."""
    return next(c.field.kind for c in columns if c.name == name)
