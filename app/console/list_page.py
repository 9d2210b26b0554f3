"""The list of a table: page, picker, columns, saved views, bulk edit, editing in place, buttons."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import g, jsonify, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import String, Text, false, or_, select
from werkzeug.datastructures import MultiDict

from app.console.columns import CUSTOM, Column
from app.console.guard import actor, page, say
from app.console.inputs import QUERY_KINDS, describe_input, option_list, title_text
from app.console.kinds import OPERATORS, like, read_value
from app.console.listing import MAX_PAGE_SIZE, ListState, Page, fetch, matching_ids, read_state
from app.console.render import respond, static_url
from app.console.table import icon, render_rows
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.services import records
from app.services.custom_fields import listed, queried
from app.services.preferences import delete_view, prefer, preference, save_view, saved_views
from app.services.unit_of_work import unit_of_work

DEFAULT_SIZE = 10
#: More rows than this are not changed in one click.
BULK_LIMIT = 5_000
UNFOLDED = 3


class GridRefused(Exception):
    """Rows edited in place that cannot be saved: [{row, field, message}]."""


class ListPages:
    """Routes of the list; mixed into `Console`. list_template: how the whole page looks; a special one may put more on it."""

    list_template = "list.html"

    @expose("/")
    @page("read")
    def index(self) -> Any:
        """The list, or only its body where a part is asked for."""
        view = self.chosen_view()
        args = self.list_args(view)
        state = self.read_state(args)
        shown = self.shown_columns(view)
        problem = None
        try:
            if state.errors:
                raise state.errors[0]
            found = fetch(self.session, self.model, shown, state, base=self.base_condition())
        except RuleError as error:
            problem, found = error, Page(shown, [], 0, False, 1, 1, state.size)
        if args.get("size") and not problem:
            self.remember_size(state.size)
        context = self.list_context(state, found, view, problem)
        template = "_list_body.html" if request.headers.get("HX-Request") else self.list_template
        return respond(template, page=context, status=422 if problem else 200)

    def list_args(self, view: Any) -> Any:
        """What the address asks, or the saved view where the address asks nothing itself."""
        args = request.args
        own = any(k.startswith("q.") or k in ("c", "sort") for k in args)
        return args if view is None or own else view_args(view, args)

    def base_condition(self) -> Any:
        """A condition every list of this table has; views with special lists override it."""
        return None

    def read_state(self, args: Any) -> ListState:
        """What the URL asks, with this user's page size."""
        size = preference(self.session, g.actor.id, f"size.{self.key}", DEFAULT_SIZE)
        return read_state(args, self.columns(), set(self.exposed(actor())), order=self.order, size=int(size))

    def remember_size(self, size: int) -> None:
        """Keep the rows a page for this table and user."""
        key = f"size.{self.key}"
        if preference(self.session, g.actor.id, key, DEFAULT_SIZE) != size:
            prefer(self.session, g.actor.id, key, size)

    def shown_columns(self, view: Any = None) -> list[Column]:
        """The columns this user sees, in his order."""
        chosen = (view.state or {}).get("columns") if view else None
        chosen = chosen or preference(self.session, g.actor.id, f"columns.{self.key}")
        exposed = set(self.exposed(actor()))
        custom = [CUSTOM + c for c in listed(self.session, self.key)]
        names = [n for n in (chosen or [*self.list_columns, *custom]) if n in exposed] or [
            next(iter(self.list_columns))
        ]
        columns = self.columns()
        return [c for c in (columns.get(n) for n in names) if c is not None]

    def chosen_view(self) -> Any:
        """The saved view the URL names, or the user's default for this table."""
        wanted = request.args.get("view", "")
        if wanted == "all" or (not wanted and len(request.args)):
            return None
        views = saved_views(self.session, actor(), self.key)
        if wanted.isdigit():
            return next((v for v in views if v.id == int(wanted)), None)
        return next((v for v in views if v.is_default and v.owner_id == g.actor.id), None)

    def list_context(self, state: ListState, found: Page, view: Any, problem: RuleError | None) -> dict[str, Any]:
        """All that the list template needs."""
        return {
            "title": self.heading(),
            "key": self.key,
            "url": self.base_url(),
            "views": self.view_tabs(view),
            "can": self.rights(),
            "new_url": f"{self.base_url()}new" if self.can("add") else None,
            "import_url": f"{self.base_url()}import" if self.can("import") else None,
            "export_url": self.export_url(view) if self.can("export") else None,
            "save_view_url": f"{self.base_url()}views",
            "query": self.query_fields(state),
            "advanced": self.advanced(state),
            "chips": self.chips(state),
            "buttons": self.list_buttons(),
            "columns": self.heads(found.columns, state),
            "tbody": self.tbody(found),
            "empty": self.empty_state(state) if not found.rows else None,
            "problem": say(problem) if problem else None,
            "problem_field": problem.field if problem else None,
            "pager": pager(found, request.args, self.base_url()),
            "all_columns": self.all_columns(found.columns),
            "positions": self.position_choices(),
            "grid": self.grid and self.can("edit"),
            "grid_fields": self.grid_fields() if self.grid else [],
            "bulk_fields": self.grid_fields(bulk=True) if self.can("edit") else [],
            "query_string": urlencode([(k, v) for k, v in request.args.items(multi=True) if k not in ("page", "size")]),
            "total": found.total,
            "icons": 2 if self.can("edit") else 1,
        }

    def tbody(self, found: Page) -> Any:
        """The rows as HTML."""
        base = self.base_url()
        sprite = static_url("vendor/lucide/sprite.svg")
        look, change = icon("folder-open", sprite), icon("pencil", sprite)
        open_label, edit_label, may_edit = _("Open"), _("Edit"), self.can("edit")

        def icons(key: int) -> str:
            html = f'<td class="c-icons"><a class="icon-btn" href="{base}{key}" title="{open_label}" aria-label="{open_label}">{look}</a>'
            if may_edit:
                html += f'<a class="icon-btn" href="{base}{key}/edit" title="{edit_label}" aria-label="{edit_label}">{change}</a>'
            return html + "</td>"

        return render_rows(found.rows, found.columns, base=base, links=self.links(found.columns), icons=icons)

    def links(self, columns: list[Column]) -> dict[str, str]:
        """Where the reader may open what a reference shows."""
        targets = {c.name: self.console_of(c.target) for c in columns if c.target}
        return {n: t.base_url() for n, t in targets.items() if t is not None and actor().may("read", t.key)}

    def heads(self, columns: list[Column], state: ListState) -> list[dict[str, Any]]:
        """The header cells with their sort links."""
        sorted_by = {c.name: down for c, down in state.sort}
        made = []
        for c in columns:
            down = sorted_by.get(c.name)
            wish = f"-{c.name}" if down is False else c.name
            made.append({
                "name": c.name, "label": column_label(c), "align": c.kind.align, "kind": c.field.kind,
                "sorted": None if down is None else "desc" if down else "asc",
                "sort_url": link(self.base_url(), request.args, sort=wish, page=None),
                "editable": self.grid and not c.path and c.name in self.form_fields(),
            })  # fmt: skip
        return made

    def query_fields(self, state: ListState) -> list[dict[str, Any]]:
        """The query panel: each field with what was asked."""
        columns, asked = self.columns(), {c.parameter: c.values for c in state.conditions}
        custom = [CUSTOM + c for c in queried(self.session, self.key)]
        names = [n for n in [*self.query_columns, *custom] if self.open_to(actor(), n)]
        fields = []
        for number, name in enumerate(names):
            column = columns[name]
            described = describe_input(self, column, name=name, values=asked.get(f"q.{name}", []))
            described["kind"] = QUERY_KINDS.get(described["kind"], described["kind"])
            if described["kind"] in ("date", "number"):
                described["value"] = [asked.get(f"q.{name}.{end}", [""])[0] for end in ("from", "to")]
            fields.append(described | {"folded": number >= UNFOLDED, "required": False})
        return fields

    def advanced(self, state: ListState) -> dict[str, Any]:
        """What advanced conditions may be built of, and those that are."""
        columns = self.columns()
        usable = [columns[n] for n in self.exposed(actor()) if columns.get(n) and columns[n].kind.operators]
        return {
            "fields": [
                describe_input(self, c, name=c.name) | {"label": column_label(c), "ops": list(c.kind.operators)}
                for c in usable
            ],
            "ops": {code: _(label) for code, label in OPERATORS.items()},
            "conditions": [
                {"name": c.column.name, "op": c.operator, "value": c.values[0]}
                for c in state.conditions
                if c.parameter.startswith("c=")
            ],
        }

    def chips(self, state: ListState) -> list[dict[str, Any]]:
        """The applied conditions in words, each with the link that drops it."""
        made = []
        for c in state.conditions:
            pairs = [
                (k, v)
                for k, v in request.args.items(multi=True)
                if k not in ("page", c.parameter) and f"{k}={v}" != c.parameter
            ]
            words = "、".join(self.value_text(c.column, v) for v in c.values)
            made.append({
                "label": column_label(c.column), "op": _(OPERATORS[c.operator]), "text": words,
                "remove_url": self.base_url() + ("?" + urlencode(pairs) if pairs else "?view=all"),
            })  # fmt: skip
        return made

    def value_text(self, column: Column, text: str) -> str:
        """A condition's value as people read it."""
        if column.target:
            wanted = [int(t) for t in text.split(",") if t.isdigit()]
            title = getattr(column.target, column.target.__title__)
            rows = self.session.execute(select(title).where(column.target.id.in_(wanted))).scalars()
            return "、".join(str(r) for r in rows) or text
        try:
            return column.kind.plain(column.kind.parse(text, column.field), column.field)
        except RuleError:
            return text

    def view_tabs(self, current: Any) -> list[dict[str, Any]]:
        """The saved views as tabs, after “all”."""
        tabs = [
            {
                "id": None,
                "label": _("All"),
                "url": f"{self.base_url()}?view=all",
                "active": current is None,
                "deletable": False,
            }
        ]
        for v in saved_views(self.session, actor(), self.key):
            mine = v.owner_id == g.actor.id or g.actor.is_admin
            url = f"{self.base_url()}?view={v.id}"
            tabs.append(
                {
                    "id": v.id,
                    "label": v.name,
                    "url": url,
                    "active": current is not None and current.id == v.id,
                    "deletable": mine,
                }
            )
        return tabs

    def all_columns(self, shown: list[Column]) -> list[dict[str, Any]]:
        """Every column for the chooser: the shown ones first, in their order."""
        columns, names = self.columns(), [c.name for c in shown]
        rest = [n for n in self.exposed(actor()) if n not in names and columns.get(n)]
        return [{"name": n, "label": column_label(columns[n]), "shown": n in names} for n in [*names, *rest]]

    def list_buttons(self) -> list[dict[str, Any]]:
        """The toolbar: add, edit, delete, then the table's own verbs."""
        base, made = self.base_url(), []
        if self.rights()["add"]:
            made.append(
                self.button("new", _("Add"), icon="plus", needs="none", primary=True, method="get", url=f"{base}new")
            )
        if self.rights()["edit"]:
            made.append(
                self.button("edit", _("Edit"), icon="pencil", needs="one", method="get", url=f"{base}{{id}}/edit")
            )
        made += self.verbs()
        if self.rights()["delete"]:
            confirm = _("Delete the selected records?")
            made.append(self.button("delete", _("Delete"), icon="trash-2", confirm=confirm, url=f"{base}delete"))
        return made

    def verbs(self) -> list[dict[str, Any]]:
        """The steps of the life cycle and the declared buttons that the actor may use."""
        made = []
        flow = getattr(self.model, "workflow", None)
        if flow and not self.read_only:
            for t in flow.transitions:
                if self.can(t.name):
                    made.append(self.button(t.name, _(t.label), confirm=_(t.confirm) if t.confirm else "", asks=t.asks))
        for b in self.buttons:
            if self.can(b.permission):
                made.append(self.button(b.name, _(b.label), confirm=_(b.confirm) if b.confirm else "", asks=b.asks,
                                        icon=b.icon, needs=b.needs, url=b.url, primary=b.primary))  # fmt: skip
        return made

    def button(self, name: str, label: str, **options: Any) -> dict[str, Any]:
        """One verb as the template wants it."""
        asks = [self.ask(a) for a in options.pop("asks", ())]
        url = options.pop("url", "") or f"{self.base_url()}action/{name}"
        base = {"name": name, "label": label, "icon": "", "needs": "some", "primary": False, "confirm": "",
                "disabled_reason": "", "method": "dialog" if asks else "post"}  # fmt: skip
        return base | options | {"url": url, "asks": asks}

    def ask(self, wish: Any) -> dict[str, Any]:
        """An input a verb asks for: a column of the table by name, or a described input."""
        if isinstance(wish, str):
            column = self.columns().get(wish)
            if column is not None:
                return describe_input(self, column, name=wish) | {"label": column_label(column)}
            return {"name": wish, "label": _("Reason"), "kind": "long_text", "required": True, "choices": [], "url": ""}
        return {**wish, "label": _(wish["label"])}

    def empty_state(self, state: ListState) -> dict[str, Any]:
        """What an empty list says."""
        if state.conditions:
            return {
                "title": _("No record fits these conditions"),
                "text": _("Drop a condition or widen it."),
                "actions": [{"label": _("Reset"), "url": f"{self.base_url()}?view=all"}],
            }
        actions = [{"label": _("Add"), "url": f"{self.base_url()}new"}] if self.can("add") else []
        if self.can("import"):
            actions.append({"label": _("Import from Excel"), "url": f"{self.base_url()}import"})
        text = _(self.help) if self.help else _("Nothing has been recorded here yet.")
        return {"title": _("“%(title)s” is still empty") % {"title": self.heading()}, "text": text, "actions": actions}

    @expose("/pick")
    @page()
    def pick(self) -> Any:
        """Rows for a picker: by title, code or pinyin initials; a handful, in the reader's scope."""
        typed = request.args.get("q", "").strip()
        start = max(request.args.get("page", 1, type=int) or 1, 1) - 1
        if not self.may_pick():
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        return jsonify(self.picks(typed, start))

    def may_pick(self) -> bool:
        """A picker names rows to everyone who may see the table or fill in a form that points to it."""
        return self.can("read") or any(
            actor().may(p, c.key) for c in self.consoles() for p in ("add", "edit", "read") if self.model in c.targets()
        )

    def picks(self, typed: str, start: int = 0, size: int = 8) -> dict[str, Any]:
        """The picker's answer: {results: [{id, text, note}], more}."""
        title = getattr(self.model, self.model.__title__)
        notes = [self.columns()[n] for n in self.pick_columns]
        shown_notes = [getattr(self.model, c.key) for c in notes if not c.path and not c.target]
        statement = select(self.model.id, title, *shown_notes)
        for name, value in self.pick_only.items():
            statement = statement.where(getattr(self.model, name) == value)
        for name, value in request.args.items():
            if (
                name in {"q", "page"}
                or (column := self.columns().get(name.removesuffix("_id"))) is None
                or not column.target
            ):
                continue
            if value.isdigit():
                statement = statement.where(getattr(self.model, column.key) == int(value))
        if typed:
            pattern, wide = f"{like(typed)}%", f"%{like(typed)}%"
            tests = [title.like(wide, escape="\\")] if isinstance(title.type, String | Text) else [false()]
            tests += [
                c.like(pattern, escape="\\") for c, n in zip(shown_notes, notes, strict=False) if n.field.kind == "text"
            ]
            if self.model.__pinyin__ and typed.isascii():
                tests.append(self.model.pinyin.like(pattern.lower(), escape="\\"))
            statement = statement.where(or_(*tests))
        rows = self.session.execute(statement.order_by(title, self.model.id).limit(size + 1).offset(start * size)).all()
        results = []
        for key, text, *values in rows[:size]:
            note = "  ".join(
                n.kind.plain(v, n.field) for n, v in zip(notes, values, strict=False) if v not in (None, "")
            )
            results.append({"id": key, "text": title_text(self.model, text), "note": note})
        return {
            "results": results,
            "more": len(rows) > size,
            "new_url": f"{self.base_url()}new" if self.can("add") else None,
        }

    @expose("/columns", methods=["POST"])
    @page("read")
    def choose_columns(self) -> Any:
        """Keep the columns and their order for this user; null gives back the default."""
        wanted = (request.get_json(silent=True) or {}).get("columns")
        if wanted is not None:
            exposed = set(self.exposed(actor()))
            wanted = [str(n) for n in wanted if str(n) in exposed] if isinstance(wanted, list) else []
            if not wanted:
                raise RuleError(N_("Show at least one column"))
        prefer(self.session, g.actor.id, f"columns.{self.key}", wanted)
        return jsonify({"ok": True})

    @expose("/views", methods=["POST"])
    @page("read")
    def keep_view(self) -> Any:
        """Save the present query and columns under a name."""
        view = save_view(self.session, actor(), self.key, request.get_json(silent=True) or {})
        return jsonify({"ok": True, "id": view.id, "url": f"{self.base_url()}?view={view.id}"})

    @expose("/views/<int:view_id>/delete", methods=["POST"])
    @page("read")
    def drop_view(self, view_id: int) -> Any:
        """Remove a saved view."""
        delete_view(self.session, actor(), view_id)
        return jsonify({"ok": True})

    @expose("/bulk", methods=["POST"])
    @page("edit")
    def bulk(self) -> Any:
        """Give the chosen rows (or all that the query finds) the same values."""
        body = request.get_json(silent=True) or {}
        values = self.read_values(dict(body.get("values") or {}), partial=True)
        if not values:
            raise RuleError(N_("Choose a field to change"))
        ids = self.chosen_ids(body)
        batch = records.bulk_update(self.session, self.model, ids, values, reason=str(body.get("reason") or ""))
        return jsonify({"ok": True, "changed": len(ids), "undo_url": f"{self.base_url()}undo/{batch}"})

    def chosen_ids(self, body: dict[str, Any]) -> list[int]:
        """The ids a bulk request names, or those its query finds. Raises RuleError for none or too many."""
        ids = body.get("ids")
        if ids == "all":
            state = self.read_state(query_args(str(body.get("query") or "")))
            if state.errors:
                raise state.errors[0]
            ids = matching_ids(self.session, self.model, state, base=self.base_condition(), limit=BULK_LIMIT + 1)
        if not isinstance(ids, list) or not ids or not all(isinstance(i, int | str) and str(i).isdigit() for i in ids):
            raise RuleError(N_("Select at least one row"))
        if len(ids) > BULK_LIMIT:
            raise RuleError(N_("At most %(limit)s rows at once"), limit=BULK_LIMIT)
        return list(dict.fromkeys(int(i) for i in ids))

    @expose("/grid", methods=["POST"])
    @page("edit")
    def save_grid(self) -> Any:
        """Save rows edited in place: all or none, each error beside its cell."""
        rows = (request.get_json(silent=True) or {}).get("rows")
        if not isinstance(rows, list) or not rows or len(rows) > MAX_PAGE_SIZE:
            raise RuleError(N_("Tick the rows to save"))
        try:
            with unit_of_work(self.session):
                saved = self.save_rows(rows)
        except GridRefused as refused:
            return jsonify({"ok": False, "errors": refused.args[0], "message": _("Nothing was saved")}), 422
        return jsonify({"ok": True, "saved": saved})

    def save_rows(self, rows: list[Any]) -> int:
        """Save every row. Raises GridRefused with all that is wrong."""
        errors: list[dict[str, Any]] = []
        for index, row in enumerate(rows):
            try:
                self.save_row(row if isinstance(row, dict) else {})
            except RuleErrors as refused:
                errors += [{"row": index, "field": e.field, "message": say(e)} for e in refused.errors]
            except RuleError as error:
                errors.append({"row": index, "field": error.field, "message": say(error)})
            except records.Stale as stale:
                message = _("Changed by %(who)s meanwhile; load it again") % {"who": stale.who}
                errors.append({"row": index, "field": None, "message": message})
        if errors:
            raise GridRefused(errors)
        return len(rows)

    def save_row(self, row: dict[str, Any]) -> Any:
        """Create or change one row of the grid."""
        record_id = row.get("id")
        if record_id is None and not self.can("add"):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        if record_id is not None and not str(record_id).isdigit():
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        values = self.read_values(dict(row.get("values") or {}), partial=record_id is not None)
        version = row.get("version")
        version = int(version) if str(version or "").isdigit() else None
        return records.save(self.session, self.model, record_id and int(record_id), values, version=version)

    def read_values(self, raw: dict[str, Any], *, partial: bool = False) -> dict[str, Any]:
        """Parse named values as the form does; refuses what is not the form's or not the actor's to write."""
        columns, allowed = self.columns(), {*self.form_fields(), *(CUSTOM + c for c in self.custom())}
        values, errors = {}, []
        for name, text in raw.items():
            name = name.removesuffix("_id") if name not in allowed and name.endswith("_id") else name
            column = columns.get(name) if name in allowed else None
            if column is None or not self.writable_to(actor(), name):
                errors.append(RuleError(N_("This field cannot be written"), field=name, code="forbidden"))
                continue
            try:
                value = read_value(text, column.field, partial=False)
                values[name if column.custom else column.key] = (
                    column.kind.store(value, column.field) if column.custom else value
                )
            except RuleError as error:
                errors.append(RuleError(error.message, field=name, **error.params))
        if errors:
            raise RuleErrors(errors)
        return values

    def grid_fields(self, *, bulk: bool = False) -> list[dict[str, Any]]:
        """The inputs of editing in place and of bulk edit."""
        columns = self.columns()
        names = [*self.form_fields(), *(CUSTOM + c for c in self.custom())]
        usable = [columns[n] for n in names if self.writable_to(actor(), n) and not (bulk and columns[n].field.fixed)]
        unique = {c.key for c in self.model.__table__.columns if c.unique}
        return [
            describe_input(self, c, name=c.name) | {"label": column_label(c)}
            for c in usable
            if not (bulk and c.key in unique)
        ]

    def position_choices(self) -> list[dict[str, Any]]:
        """Positions a view can be saved for; only administrators save for others."""
        console = self.consoles_by_key().get("position")
        return option_list(console, self.session) if g.actor.is_admin and console else []


def column_label(column: Column) -> str:
    """The column's label; through a reference the reference's name leads (“案卷 / 我方卷号” stays one word)."""
    return _(column.label)


def link(base: str, args: Any, **changes: Any) -> str:
    """The present address with some parameters changed (None drops one)."""
    pairs = [(k, v) for k, v in args.items(multi=True) if k not in changes]
    pairs += [(k, v) for k, v in changes.items() if v is not None]
    return base + ("?" + urlencode(pairs) if pairs else "")


def pager(found: Page, args: Any, base: str) -> dict[str, Any]:
    """The pager bar (A-2.2.4.5)."""
    first = (found.page - 1) * found.size + 1 if found.rows else 0
    more = found.page < found.pages or (found.capped and len(found.rows) == found.size)
    return {
        "page": found.page, "pages": found.pages, "total": found.total, "total_capped": found.capped, "size": found.size,
        "first": first, "last": first + len(found.rows) - 1 if found.rows else 0,
        "prev_url": link(base, args, page=found.page - 1) if found.page > 1 else None,
        "next_url": link(base, args, page=found.page + 1) if more else None,
        "jump_url": link(base, args, page=None), "size_url": link(base, args, page=None, size=None),
    }  # fmt: skip


def query_args(query: str) -> MultiDict:
    """A query string as request arguments."""
    return MultiDict(parse_qsl(query.removeprefix("?")))


def view_args(view: Any, args: Any) -> MultiDict:
    """The arguments of a saved view, with the page and size of the request."""
    merged = query_args(str((view.state or {}).get("query", "")))
    for name in ("page", "size"):
        if args.get(name):
            merged[name] = args[name]
    return merged
