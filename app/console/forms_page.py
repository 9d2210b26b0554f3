"""The form of a table: new and edit, child rows, errors beside the fields, the stale form."""

from typing import Any

from flask import flash, g, redirect, request
from flask_appbuilder import expose
from sqlalchemy import inspect

from app.console.columns import CUSTOM, Column, Columns
from app.console.guard import actor, page, say
from app.console.inputs import choices_of, title_of, titles_of
from app.console.kinds import is_whole, read_value
from app.console.layout import Grid, Panel, Section, Tab
from app.console.list_page import is_part
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.services import records
from app.services.records import ChildRow, Stale
from app.services.today import local
from app.texts import gettext as _
from models.base import Field
from models.types import restore

MAX_CHILD_ROWS = 500
#: The control that asks why a record is changed.
REASON = "_reason"
#: The column by which child rows are ordered, where they have one.
ORDER = "position"


class FormPages:
    """Routes of the form; mixed into `Console`.

    form_template: how the whole page looks; a special one may put more on it.
    """

    form_template = "form.html"

    @expose("/new", methods=["GET", "POST"])
    @page("add")
    def new(self) -> Any:
        """A new record."""
        return self.form_page(None)

    @expose("/<int:record_id>/edit", methods=["GET", "POST"])
    @page("edit")
    def edit(self, record_id: int) -> Any:
        """Change a record."""
        return self.form_page(self.find(record_id))

    def form_page(self, record: Any) -> Any:
        """Show the form, or take what was sent."""
        if not self.can("add" if record is None else "edit"):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        if request.method == "GET":
            beside = _(self.beside) if self.beside and is_part() else ""
            return respond(self.form_template, page=self.form_context(record) | {"beside": beside})
        record_id: Any = record.id if record is not None else None
        try:
            values, children = self.read_form(record)
            version = request.form.get("version", type=int)
            if record_id is not None and version is None:
                raise RuleError(N_("The form is incomplete; load it again"))
            reason = request.form.get(REASON, "").strip()
            saved = records.save(
                self.session, self.model, record_id, values, children=children, version=version, reason=reason
            )
        except Stale as stale:
            record = self.find(record_id)
            context = self.form_context(record, typed=True) | {
                "conflict": self.conflict(stale, record),
                "version": stale.version,
            }
            return respond(self.form_template, page=context, status=409)
        except RuleError as error:
            self.session.rollback()
            record = self.find(record_id) if record_id else None
            return respond(self.form_template, page=self.form_context(record, typed=True, error=error), status=422)
        return self.after_save(saved)

    def after_save(self, record: Any) -> Any:
        """Where to go once saved: a new form where one is asked for, else where the table's 【保存】 leads."""
        flash(_("Saved"), "success")
        place = self.after_edit if "record_id" in (request.view_args or {}) else self.after_add
        if request.form.get("_save") == "new":
            return redirect(f"{self.base_url()}new", 303)
        places = {"record": f"{record.id}", "form": f"{record.id}/edit", "list": ""}
        return redirect(self.base_url() + places[place], 303)

    def read_form(self, record: Any) -> tuple[dict[str, Any], dict[str, list[ChildRow]]]:
        """Parse the form. Raises RuleErrors with the name of each bad control."""
        columns, values, errors = self.columns(), {}, []
        if record is not None and self.asks_reason and not request.form.get(REASON, "").strip():
            errors.append(RuleError(N_("Say why it is changed"), field=REASON))
        for name in [*self.asked_fields(record), *(CUSTOM + c for c in self.custom())]:
            column = columns[name]
            closed = self.stands_fixed(column) if record is not None else name in self.edit_only
            if closed or not self.writable_to(actor(), name):
                continue
            if name not in request.form and column.field.kind != "flag":
                continue  # an unticked box is not sent; anything else that is not sent stays as it is
            try:
                value = read_value(request.form.get(name), column.field)
                values[name if column.custom else column.key] = (
                    column.kind.store(value, column.field) if column.custom else value
                )
            except RuleError as error:
                errors.append(RuleError(error.message, field=name, **error.params))
        if record is None:
            refused = {e.field for e in errors}
            errors += [e for e in self.custom_gaps(values) if e.field not in refused]
        children = {}
        for grid in self.grids():
            if self.writable_to(actor(), grid.name) and grid_indexes(grid.name, request.form):
                children[grid.name] = self.read_grid(grid, errors)
        if errors:
            raise RuleErrors(errors)
        return values, children

    def stands_fixed(self, column: Column) -> bool:
        """Whether a saved record keeps its value of a column for good, as far as its form goes."""
        return column.field.fixed or column.name in self.add_only

    def custom_gaps(self, values: dict[str, Any]) -> list[RuleError]:
        """What a new record leaves empty of the required custom fields that the actor may fill in."""
        asked = [CUSTOM + code for code, field in self.custom().items() if field.required and field.kind != "flag"]
        gaps = [n for n in asked if values.get(n) is None and self.writable_to(actor(), n)]
        return [RuleError(N_("This must be filled in"), field=n) for n in gaps]

    def read_grid(self, grid: Grid, errors: list[RuleError]) -> list[ChildRow]:
        """The child rows of the form: `<grid>-<index>-<column>`."""
        columns, rows = self.grid_columns(grid, writable=True), []
        for index in grid_indexes(grid.name, request.form):
            prefix = f"{grid.name}-{index}-"
            raw = {c.name: request.form.get(prefix + c.name) for c in columns}
            row_id = request.form.get(prefix + "id", type=int)
            if row_id is None and not any(
                (v or "").strip() for k, v in raw.items() if columns_kind(columns, k) != "flag"
            ):
                continue  # the empty last row
            values = {}
            for c in columns:
                try:
                    values[c.key] = read_value(raw[c.name], c.field)
                except RuleError as error:
                    errors.append(RuleError(error.message, field=prefix + c.name, **error.params))
            if self.ordered(grid):
                values[ORDER] = request.form.get(prefix + "sort", default=index, type=int)
            rows.append(ChildRow(values, row_id, bool(request.form.get(prefix + "delete"))))
        if len(rows) > MAX_CHILD_ROWS:
            errors.append(RuleError(N_("At most %(limit)s rows at once"), field=grid.name, limit=MAX_CHILD_ROWS))
        return rows

    def grid_columns(self, grid: Grid, *, writable: bool = False) -> list[Column]:
        """The columns of a child grid that the actor may see (or write), as the child's own table says.

        The order is dragged, not typed.
        """
        model = self.child_model(grid)
        columns, console = Columns(model, nameless=self.nameless), self.console_of(model)
        child: Any = console.instance() if console is not None else self
        may = child.writable_to if writable else child.open_to
        return [columns[n] for n in grid.fields if n != ORDER and may(actor(), n)]

    def ordered(self, grid: Grid) -> bool:
        """Whether the rows of a child grid have an order."""
        return ORDER in self.child_model(grid).__table__.c

    def child_model(self, grid: Grid) -> type:
        """The table of a child grid."""
        return inspect(self.model).relationships[grid.name].mapper.class_

    def form_context(self, record: Any, *, typed: bool = False, error: RuleError | None = None) -> dict[str, Any]:
        """All that the form template needs; `typed`: show what was sent instead of what is saved."""
        found = {e.field: say(e) for e in (error.errors if isinstance(error, RuleErrors) else [error])} if error else {}
        failures = {self.control_name(k): v for k, v in found.items()}
        tabs = [
            self.tab_context(i, t, record, typed, failures) for i, t in enumerate(self.tabs) if self.shows(t, record)
        ]
        custom = [self.field_context(CUSTOM + c, record, typed, failures) for c in self.custom()]
        if custom:
            tabs[0]["sections"].append({"label": _("Custom fields"), "fields": custom})
            tabs[0]["errors"] += sum(1 for f in custom if f["error"])
        if record is not None and self.asks_reason:
            tabs[0]["sections"].append(self.reason_section(failures))
        wanted = self.add_title or N_("Add %(title)s") if record is None else self.edit_title or N_("Edit %(title)s")
        placed = {f["name"]: t["id"] for t in tabs for s in t["sections"] for f in s["fields"]}
        labels = {f["name"]: f["label"] for t in tabs for s in t["sections"] for f in s["fields"]}
        return {
            "title": _(wanted) % {"title": _(self.model.__label__)},
            "record_title": self.name_of(record) if record is not None else "",
            "key": self.key, "badges": [], "tabs": tabs, "version": record.version if record is not None else None,
            "errors": [
                {"field": k, "label": labels.get(k, ""), "message": v, "tab": placed.get(k) or self.tab_of(k)} for k,
                    v in failures.items()
            ],
            "action": request.path, "back_url": self.back_url(record),
            "save_new": record is None and self.can("add"), "state_text": "", "extra_buttons": [], "conflict": None,
            "record_id": record.id if record is not None else None,
        }  # fmt: skip

    def back_url(self, record: Any) -> str:
        """Where 【返回】 leads: where one came from."""
        return self.base_url() + (f"{record.id}" if record is not None and self.after_edit == "record" else "")

    def reason_section(self, failures: dict[str, str]) -> dict[str, Any]:
        """The field that asks why a record is changed."""
        spec = Field("long_text", N_("Reason for the change"), required=True, length=500)
        column = Column(REASON, self.model, spec, (), REASON)
        field = self.control(column, REASON, request.form.get(REASON, "")) | {"error": failures.get(REASON)}
        return {"label": _("Reason"), "fields": [field]}

    def control_name(self, field: str | None) -> str:
        """The control an error belongs to: references are named by their relationship."""
        if field is None:
            return ""
        head, _dash, last = field.rpartition("-")
        bare = last.removesuffix("_id")
        name = bare if last.endswith("_id") and (head or bare in self.form_fields()) else last
        return f"{head}-{name}" if head else name

    def tab_of(self, control: str) -> str:
        """The tab a child grid's control stands on."""
        grid = control.split("-")[0]
        return next(
            (f"t{i}" for i, t in enumerate(self.tabs) for p in t.parts if isinstance(p, Grid) and p.name == grid), "t0"
        )

    def tab_context(self, index: int, tab: Any, record: Any, typed: bool, failures: dict[str, str]) -> dict[str, Any]:
        """One tab with its sections and grids."""
        sections: list[dict[str, Any]] = []
        grids, panels = [], []
        later = self.later(index, record)
        for part in () if later else tab.parts_for(record):
            if isinstance(part, Section):
                shown = [n for n in part.fields if self.open_to(actor(), n)]
                if record is None:
                    shown = [n for n in shown if n not in self.edit_only]
                fields = [self.field_context(n, record, typed, failures) for n in shown]
                if fields:
                    sections.append({"label": _(part.label), "fields": fields})
            elif isinstance(part, Panel):
                if record is not None and self.can(part.permission):
                    panels.append(self.panel_url(record, part))
            elif self.open_to(actor(), part.name):
                grids.append(self.grid_context(part, record, typed, failures))
        errors = sum(1 for s in sections for f in s["fields"] if f["error"]) + sum(g["errors"] for g in grids)
        count = sum(len(g["rows"]) for g in grids) if grids else None
        return {
            "id": f"t{index}",
            "label": _(tab.label),
            "count": count,
            "errors": errors,
            "sections": sections,
            "grids": grids,
            "panels": panels,
            "later": later,
        }

    def shows(self, tab: Tab, record: Any) -> bool:
        """Whether a tab is there for a record and holds anything the actor may see."""
        parts = tab.parts_for(record)
        return any(not isinstance(part, Panel) or self.can(part.permission) for part in parts)

    def later(self, index: int, record: Any) -> bool:
        """Whether a tab waits until the new record is saved."""
        return record is None and self.basics_first and index > 0

    def asked_fields(self, record: Any) -> list[str]:
        """The fields that the form of a record holds: an unticked box among others would mean no."""
        parts = [p for i, t in enumerate(self.tabs) if not self.later(i, record) for p in t.parts_for(record)]
        return [name for part in parts if isinstance(part, Section) for name in part.fields]

    def panel_url(self, record: Any, panel: Panel) -> str:
        """Where a panel of a record is fetched."""
        return f"{self.base_url()}{record.id}/panel/{panel.name}"

    def field_context(self, name: str, record: Any, typed: bool, failures: dict[str, str]) -> dict[str, Any]:
        """One field with its value, what was typed, and its error."""
        column = self.columns()[name]
        fixed = record is not None and self.stands_fixed(column)
        readonly = fixed or not self.writable_to(actor(), name)
        if typed and not readonly:
            raw = request.form.get(name, "")
        elif record is None and not typed and name in request.args:
            raw = request.args[name]
        else:
            raw = self.saved_input(column, record)
        return self.control(column, name, raw) | {
            "readonly": readonly, "error": failures.get(name), "depends": self.depends(column),
            "prefill_url": self.prefills().get(name),
        }  # fmt: skip

    def prefills(self) -> dict[str, str]:
        """{field: address that answers values for other fields}; a table's view may declare some."""
        return {}

    def control(self, column: Column, name: str, raw: str) -> dict[str, Any]:
        """A form control with a raw value."""
        field = column.field
        target = self.console_of(column.target) if column.target else None
        choices = choices_of(column, [raw])
        kind = "choice" if choices and field.kind != "flag" else field.kind
        return {
            "name": name, "id": f"f-{name}", "label": _(field.label), "kind": kind, "value": raw,
            "display": title_of(self.session, column.target, raw) if column.target and raw else "",
            "required": field.required and field.kind != "flag", "help": _(field.help) if field.help else "",
            "hint": "",
            "choices": choices, "maxlength": field.length, "wide": kind == "long_text", "lines": 3,
            "unit": _(field.unit) if field.unit else "", "attrs": {}, "error": None, "readonly": False, "depends": None,
            "url": f"{target.base_url()}pick" if target else "",
            "new_url": f"{target.base_url()}new" if target and actor().may("add", target.key) else None,
            "prefill_url": None,
        }  # fmt: skip

    def saved_input(self, column: Column, record: Any) -> str:
        """The saved value (or the default of a new record) as the control holds it."""
        if column.custom:
            return column.kind.input((record.extra or {}).get(column.key) if record is not None else None, column.field)
        if record is None:
            default = self.model.__table__.c[column.key].default
            value = default.arg if default is not None and default.is_scalar else None
            return column.kind.input(value, column.field)
        return column.kind.input(getattr(record, column.key), column.field)

    def depends(self, column: Column) -> dict[str, str] | None:
        """Which other field narrows this picker."""
        for field, parameter in column.field.depends.items():
            return {"field": field, "param": parameter}
        return None

    def grid_context(self, grid: Grid, record: Any, typed: bool, failures: dict[str, str]) -> dict[str, Any]:
        """A child grid with its rows."""
        columns, label = self.grid_columns(grid), grid.label or self.child_model(grid).__label__
        rows = []
        if typed:
            for index in grid_indexes(grid.name, request.form):
                prefix = f"{grid.name}-{index}-"
                cells = {
                    c.name: self.grid_cell(c, request.form.get(prefix + c.name, ""), failures.get(prefix + c.name))
                    for c in columns
                }
                rows.append(
                    {
                        "id": request.form.get(prefix + "id", ""),
                        "index": index,
                        "values": cells,
                        "error": failures.get(prefix[:-1]),
                    }
                )
        else:
            children = list(getattr(record, grid.name)) if record is not None else []
            titles = {
                c.name: titles_of(self.session, c.target, {getattr(child, c.key) for child in children} - {None})
                for c in columns
                if c.target
            }
            for index, child in enumerate(children):
                cells = {
                    c.name: self.grid_cell(c, c.kind.input(getattr(child, c.key), c.field), None, titles.get(c.name))
                    for c in columns
                }
                rows.append({"id": child.id, "index": index, "values": cells, "error": None})
        writable = self.writable_to(actor(), grid.name)
        typing = {c.name for c in self.grid_columns(grid, writable=True)} if writable else set()
        heads = [self.control(c, c.name, "") | {"width": None, "readonly": c.name not in typing} for c in columns]
        return {
            "name": grid.name, "label": _(label), "rows": rows, "can_add": writable, "can_delete": writable,
            "sortable": writable and self.ordered(grid),
            "columns": heads, "errors": sum(1 for k in failures if k.startswith(grid.name + "-")),
        }  # fmt: skip

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

    def conflict(self, stale: Stale, record: Any) -> dict[str, Any]:
        """The dialog of the stale form: each field somebody else changed (as opened, now, mine)."""
        rows, mine_to_write = [], {*self.form_fields(), *(CUSTOM + c for c in self.custom())}
        for column, before, after in self.open_changes(actor(), stale.changes):
            name = column.name
            if name not in mine_to_write or not self.writable_to(actor(), name):
                continue
            opened, now = self.stored_text(column, before), self.stored_text(column, after)
            mine = request.form.get(name, "")
            rows.append({
                "name": name, "label": _(column.label), "opened": self.shown_text(column, opened),
                "now": self.shown_text(column, now),
                "mine": self.shown_text(column, mine), "now_value": now, "mine_value": mine,
                "changed_by_both": mine not in (opened, now),
            })  # fmt: skip
        return {
            "who": stale.who,
            "when": local(stale.when).strftime("%H:%M") if stale.when else "",
            "rows": rows,
            "version": stale.version,
        }

    def stored_text(self, column: Column, stored: Any) -> str:
        """An audited value as its control holds it."""
        if column.custom:
            return column.kind.input(stored, column.field)
        return column.kind.input(restore(self.model.__table__.c[column.key].type, stored), column.field)

    def shown_text(self, column: Column, raw: str) -> str:
        """A control's value as people read it."""
        if column.target:
            return title_of(self.session, column.target, raw) or "–"
        try:
            return column.kind.plain(column.kind.parse(raw, column.field), column.field) or "–"
        except RuleError:
            return raw

    def can(self, permission: str) -> bool:
        """Whether the table knows the permission and the actor holds it."""
        return permission in self.permissions() and g.actor.may(permission, self.key)


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
