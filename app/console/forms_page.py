"""The form of a table: new and edit, child rows, errors beside the fields, the stale form."""

from typing import Any

from flask import flash, g, redirect, request
from flask_appbuilder import expose
from werkzeug.datastructures import MultiDict

from app.console.columns import CUSTOM, Column
from app.console.drafts_page import DraftPages
from app.console.form_grids import FormGrids, grid_indexes
from app.console.guard import actor, page, say
from app.console.inputs import choices_of, title_of
from app.console.kinds import read_value
from app.console.layout import Grid, Panel, Section, Tab, When
from app.console.list_address import is_part
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.services import records
from app.services.records import ChildRow, Stale
from app.services.today import local
from app.services.unit_of_work import unit_of_work
from app.texts import gettext as _
from models.base import Field
from models.types import restore

#: The control that asks why a record is changed.
REASON = "_reason"


class FormPages(FormGrids, DraftPages):
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
            draft = self.offered_draft(record)
            context = self.form_context(record, typed=draft["restored"] if draft else False)
            if draft and draft["restored"]:
                context["version"] = draft["version"]
            return respond(self.form_template, page=context | {"beside": beside, "draft": draft})
        record_id: Any = record.id if record is not None else None
        try:
            values, children = self.read_form(record)
            version = request.form.get("version", type=int)
            if record_id is not None and version is None:
                raise RuleError(N_("The form is incomplete; load it again"))
            reason = request.form.get(REASON, "").strip()
            with unit_of_work(self.session, reason=reason):
                saved = records.save(
                    self.session, self.model, record_id, values, children=children, version=version, reason=reason
                )
                self.drop_draft(record_id)
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
            context = self.form_context(record, typed=True, error=error)
            return respond(self.form_template, page=context, status=422)
        return self.after_save(saved)

    def blank(self) -> Any:
        """A record, saved nowhere, whose values a new form begins with; None: the defaults of the table."""
        return None

    def origin(self, record: Any) -> Any:
        """What a form shows and is shaped by: the record, or for a new one what `blank` gives."""
        if record is not None:
            return record
        key = f"blank_{self.key}"
        if key not in g:
            setattr(g, key, self.blank())
        return g.get(key)

    def typed_form(self) -> MultiDict:
        """What was typed: sent just now, or kept as a draft."""
        return request.form if request.method == "POST" else g.get("restored", MultiDict())

    def after_save(self, record: Any) -> Any:
        """Where to go once saved: a new form where one is asked for, else where the table's 【保存】 leads."""
        flash(_("Saved"), "success")
        place = self.after_edit if "record_id" in (request.view_args or {}) else self.after_add
        if request.form.get("_save") == "new":
            return redirect(f"{self.base_url()}new", 303)
        if place == "form" and not self.can("edit"):
            place = "record"
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
        children: dict[str, list[ChildRow]] = {}
        for grid in self.asked_grids(record):
            if self.writable_to(actor(), grid.name) and grid_indexes(grid.key, request.form):
                children[grid.name] = children.get(grid.name, []) + self.read_grid(grid, errors)
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

    def form_context(self, record: Any, *, typed: bool = False, error: RuleError | None = None) -> dict[str, Any]:
        """All that the form template needs; `typed`: show what was sent instead of what is saved."""
        found = {e.field: say(e) for e in (error.errors if isinstance(error, RuleErrors) else [error])} if error else {}
        failures = {self.control_name(k): v for k, v in found.items()}
        tabs = [
            self.tab_context(i, t, record, typed, failures) for i, t in enumerate(self.tabs) if self.shows(t, record)
        ]
        tabs = [t for t in tabs if t["later"] or t["sections"] or t["grids"] or t["panels"]] or tabs[:1]
        custom = [self.field_context(CUSTOM + c, record, typed, failures) for c in self.custom()]
        if custom:
            tabs[0]["sections"].append({"label": _("Custom fields"), "fields": custom})
            tabs[0]["errors"] += sum(1 for f in custom if f["error"])
        reason = self.reason_control(failures) if record is not None and self.asks_reason else None
        wanted = self.add_title or N_("Add %(title)s") if record is None else self.edit_title or N_("Edit %(title)s")
        placed, labels = places_of(tabs)
        labels |= {REASON: reason["label"]} if reason else {}
        return {
            "title": _(wanted) % {"title": _(self.model.__label__)},
            "record_title": self.name_of(record) if record is not None else "",
            "key": self.key, "badges": [], "tabs": tabs, "version": record.version if record is not None else None,
            "errors": [
                {"field": k, "label": labels.get(k.split("-")[0], ""), "message": v, "tab": placed.get(k.split("-")[0])}
                for k, v in failures.items()
            ],
            "action": request.path, "back_url": self.back_url(record), "reason": reason,
            "save_new": record is None and self.can("add"), "state_text": "", "extra_buttons": [], "conflict": None,
            "record_id": record.id if record is not None else None, "draft_url": self.draft_url(record), "draft": None,
        }  # fmt: skip

    def back_url(self, record: Any) -> str:
        """Where 【返回】 leads: where one came from."""
        return self.base_url() + (f"{record.id}" if record is not None and self.after_edit == "record" else "")

    def reason_control(self, failures: dict[str, str]) -> dict[str, Any]:
        """What asks why a record is changed; it stands beside 【保存】, so that nobody looks for it."""
        spec = Field("text", N_("Reason for the change"), required=True, length=500)
        column = Column(REASON, self.model, spec, (), REASON)
        return self.control(column, REASON, self.typed_form().get(REASON, "")) | {"error": failures.get(REASON)}

    def control_name(self, field: str | None) -> str:
        """The control an error belongs to: references are named by their relationship."""
        if field is None:
            return ""
        head, _dash, last = field.rpartition("-")
        bare = last.removesuffix("_id")
        name = bare if last.endswith("_id") and (head or bare in self.form_fields()) else last
        return f"{head}-{name}" if head else name

    def tab_context(self, index: int, tab: Any, record: Any, typed: bool, failures: dict[str, str]) -> dict[str, Any]:
        """One tab with its sections and grids."""
        sections: list[dict[str, Any]] = []
        grids, panels = [], []
        parts = tab.parts_for(self.origin(record))
        later = self.later(index, record) or (record is None and all(isinstance(p, Panel) for p in parts))
        for part in () if later else parts:
            if isinstance(part, Section):
                shown = [n for n in part.fields if self.open_to(actor(), n)]
                if record is None:
                    shown = [n for n in shown if n not in self.edit_only]
                fields = [self.field_context(n, record, typed, failures) for n in shown]
                if fields:
                    sections.append({"label": _(part.label), "fields": fields} | self.section_note(part, record))
            elif isinstance(part, Panel):
                if record is not None and self.can(part.permission):
                    panels.append(self.panel_url(record, part))
            elif self.open_to(actor(), part.name):
                grids.append(self.grid_context(part, record, typed, failures))
        errors = sum(1 for s in sections for f in s["fields"] if f["error"])
        errors += sum(g["errors"] + bool(g["error"]) for g in grids)
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

    def section_note(self, section: Section, record: Any) -> dict[str, Any]:
        """What stands below a section: {note, note_url: where a newer one is asked for while the form is filled in}."""
        return {}

    def shows(self, tab: Tab, record: Any) -> bool:
        """Whether a tab is there for a record and holds anything the actor may see."""
        parts = tab.parts_for(self.origin(record))
        return any(
            self.can(part.permission) if isinstance(part, Panel)
            else any(self.open_to(actor(), n) for n in (part.fields if isinstance(part, Section) else [part.name]))
            for part in parts
        )  # fmt: skip

    def later(self, index: int, record: Any) -> bool:
        """Whether a tab waits until the new record is saved."""
        return record is None and self.basics_first and index > 0

    def asked_fields(self, record: Any) -> list[str]:
        """The fields that the form of a record holds: an unticked box among others would mean no."""
        return [n for part in self.asked_parts(record) if isinstance(part, Section) for n in part.fields]

    def asked_grids(self, record: Any) -> list[Grid]:
        """The grids that the form of a record holds."""
        return [part for part in self.asked_parts(record) if isinstance(part, Grid)]

    def asked_parts(self, record: Any) -> list[Any]:
        """The parts that the form of a record holds."""
        origin = self.origin(record)
        return [p for i, t in enumerate(self.tabs) if not self.later(i, record) for p in t.parts_for(origin)]

    def panel_url(self, record: Any, panel: Panel) -> str:
        """Where a panel of a record is fetched."""
        return f"{self.base_url()}{record.id}/panel/{panel.name}"

    def field_context(self, name: str, record: Any, typed: bool, failures: dict[str, str]) -> dict[str, Any]:
        """One field with its value, what was typed, and its error."""
        column = self.columns()[name]
        fixed = record is not None and self.stands_fixed(column)
        readonly = fixed or not self.writable_to(actor(), name)
        if typed and not readonly:
            raw = self.typed_form().get(name, "")
        elif record is None and not typed and name in request.args:
            raw = request.args[name]
        else:
            raw = self.saved_input(column, record)
        return self.control(column, name, raw) | {
            "readonly": readonly, "error": failures.get(name), "depends": self.depends(column),
            "prefill_url": self.prefills().get(name), "only_when": condition(self.only_when.get(name)),
            "needed_when": condition(self.needed_when.get(name)),
        }  # fmt: skip

    def prefills(self) -> dict[str, str]:
        """{field: address that answers values for other fields}; a table's view may declare some."""
        return {}

    def needs(self, column: Column) -> bool:
        """Whether the form marks a field as required, whatever else it holds."""
        return (column.field.required and column.field.kind != "flag") or column.name in self.needed

    def control(self, column: Column, name: str, raw: str) -> dict[str, Any]:
        """A form control with a raw value."""
        field = column.field
        target = self.console_of(column.target) if column.target else None
        choices = choices_of(column, [raw])
        kind = "choice" if choices and field.kind != "flag" else field.kind
        return {
            "name": name, "id": f"f-{name}", "label": _(field.label), "kind": kind, "value": raw,
            "display": title_of(self.session, column.target, raw) if column.target and raw else "",
            "required": self.needs(column), "help": _(field.help) if field.help else "", "hint": "",
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
            value = getattr(self.origin(None), column.key, None)
            if value is None and default is not None and default.is_scalar:
                value = default.arg
            return column.kind.input(value, column.field)
        return column.kind.input(getattr(record, column.key), column.field)

    def depends(self, column: Column) -> dict[str, str] | None:
        """Which other field narrows this picker."""
        for field, parameter in column.field.depends.items():
            return {"field": field, "param": parameter}
        return None

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


def condition(when: When | None) -> str | None:
    """A condition on another control as the script reads it."""
    if when is None:
        return None
    return f"{when.field}={','.join([*(v.name for v in when.values), *([''] if when.unset else [])])}"


def places_of(tabs: list[dict[str, Any]]) -> tuple[dict[str, str], dict[str, str]]:
    """Where each control or grid stands, and what it is called: ({name: tab}, {name: label})."""
    placed = {f["name"]: (t["id"], f["label"]) for t in tabs for s in t["sections"] for f in s["fields"]}
    placed |= {grid["name"]: (t["id"], grid["label"]) for t in tabs for grid in t["grids"]}
    return {k: tab for k, (tab, _label) in placed.items()}, {k: label for k, (_tab, label) in placed.items()}
