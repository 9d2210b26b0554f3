"""The list of a table: page, query panel, columns, saved views, buttons."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import g, jsonify, render_template, request
from flask_appbuilder import expose
from flask_babel import get_locale
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.console.columns import CUSTOM, Column
from app.console.guard import actor, page, say, sent
from app.console.inputs import QUERY_KINDS, describe_input, option_list, title_of
from app.console.kinds import OPERATORS, is_whole
from app.console.listing import MAX_PAGE_SIZE, Condition, ListState, Page, fetch, read_state, tally
from app.console.render import icon, respond
from app.console.table import icon_link, render_heads, render_rows
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import ViewScope
from app.services import parameters
from app.services.custom_fields import listed, queried
from app.services.preferences import (
    View,
    delete_view,
    kept_columns,
    kept_query,
    prefer,
    preference,
    save_view,
    saved_views,
)
from app.services.today import today
from app.texts import gettext as _

DEFAULT_SIZE = 10
UNFOLDED = 3


class ListPages:
    """Routes of the list; mixed into `Console`.

    list_template: how the whole page looks; a special one may put more on it. list_part: what paging, sorting and
    querying swap.
    """

    list_template = "list.html"
    list_part = "console/_list_body.html"

    @expose("/")
    @page("read")
    def index(self) -> Any:
        """The list, or only its body where a part is asked for."""
        args, view = self.asked(request.args)
        state = self.read_state(args)
        shown = self.shown_columns(view)
        problem = None
        try:
            if state.errors:
                raise state.errors[0]
            extra = [self.model.version] if self.grid else []
            extra += [getattr(self.model, name) for name in self.flag_columns]
            found = fetch(self.session, self.model, shown, state, *extra, base=self.base_condition())
        except RuleError as error:
            problem, found = error, Page(shown, [], 0, False, 1, 1, state.size)
        if args.get("size") and not problem:
            self.remember_size(state.size)
        context = self.list_context(state, found, view, problem)
        template = self.list_part if is_part() else self.list_template
        return respond(template, page=context, status=422 if problem else 200)

    def asked(self, args: MultiDict) -> tuple[MultiDict, Any]:
        """What an address asks, and the saved view it stands in: where it has no conditions, the view's hold."""
        if self.first_slice and not args.get("slice") and not args.get("view"):
            args = MultiDict([*args.items(multi=True), ("slice", self.first_slice)])
        own = any(is_condition(k) for k in args)
        view = self.chosen_view(args.get("view", ""), own)
        return (args if own or view is None else view_args(view, args)), view

    def base_condition(self) -> Any:
        """A condition every list of this table has; views with special lists override it."""
        return None

    def read_state(self, args: Any) -> ListState:
        """What the URL asks, with this user's page size."""
        columns = self.columns()
        state = read_state(args, columns, set(self.exposed(actor())), order=self.order, size=self.page_size())
        for tab in self.list_tabs:
            if tab.name == args.get("tab"):
                state.conditions.append(Condition(columns[tab.column], "in", [v.name for v in tab.values], "tab"))
        chosen = next((s for s in self.slices if s.name == args.get("slice")), None)
        state.empty_last = self.empty_last
        state.slice = chosen.condition(today()) if chosen else None
        return state

    def page_size(self) -> int:
        """The rows a page as this user last wanted them here, else as the firm does."""
        firm = parameters.value(self.session, "default_page_size")
        default = min(max(int(firm), 1), MAX_PAGE_SIZE) if firm.isdecimal() else DEFAULT_SIZE
        return int(preference(self.session, g.actor.id, f"size.{self.key}", default))

    def remember_size(self, size: int) -> None:
        """Keep the rows a page for this table and user."""
        if self.page_size() != size:
            prefer(self.session, g.actor.id, f"size.{self.key}", size)

    def shown_columns(self, view: Any = None) -> list[Column]:
        """The columns this user sees, in his order."""
        columns, exposed = self.columns(), self.exposed(actor())
        wishes = [kept_columns(view)] if view else []
        wishes += [preference(self.session, g.actor.id, f"columns.{self.key}")]
        wishes += [[*self.list_columns, *(CUSTOM + c for c in listed(self.session, self.key))], exposed, ["id"]]
        for wish in wishes:
            names = [n for n in wish if n in exposed or n == "id"] if isinstance(wish, list) else []
            if shown := [c for c in map(columns.get, names) if c is not None]:
                return shown
        raise AssertionError("every table has an id")

    def open_views(self) -> list[View]:
        """The saved views open to the actor."""
        return saved_views(self.session, actor(), self.key)

    def chosen_view(self, wanted: str, own: bool) -> Any:
        """The saved view an address names; without a name and conditions of its `own`, the default one."""
        if wanted == "all" or (own and not wanted):
            return None
        views = self.open_views()
        if is_whole(wanted):
            return next((v for v in views if v.id == int(wanted)), None)
        return default_view(views)

    def list_context(self, state: ListState, found: Page, view: Any, problem: RuleError | None) -> dict[str, Any]:
        """All that the list template needs; where only the rows are asked for, what those need."""
        editable = self.can("edit")
        context = {
            "title": self.heading(),
            "key": self.key,
            "part": self.list_part,
            "url": self.base_url(),
            "in_view": view is not None,
            "can": self.rights(),
            "new_url": f"{self.base_url()}new" if self.can("add") else None,
            "import_url": f"{self.base_url()}import" if self.can("import") else None,
            "export_url": f"{self.base_url()}export" if self.can("export") else None,
            "chips": self.chips(state),
            "buttons": self.list_buttons(),
            "thead": render_heads(self.heads(found.columns, state)),
            "tbody": self.tbody(found),
            "empty": self.empty_state(state) if not (found.rows or self.grid) else None,
            "problem": say(problem) if problem else None,
            "problem_field": problem.field if problem else None,
            "pager": pager(found, request.args, self.base_url()),
            "all_columns": bool(found.columns),
            "grid": self.grid and editable,
            "bulk_fields": self.rights()["bulk"] and any(self.inputs(bulk=True)),
            "query_string": urlencode([(k, v) for k, v in request.args.items(multi=True) if k not in ("page", "size")]),
            "total": found.total,
            "icons": self.row_icons(), "flags": bool(self.flag_columns),
        } | self.slice_context(state, problem)  # fmt: skip
        return context if is_part() else context | self.frame_context(state, found, view)

    def frame_context(self, state: ListState, found: Page, view: Any) -> dict[str, Any]:
        """What stands around the rows: views, query panel, dialogs."""
        return {
            "views": self.view_tabs(view, state),
            "save_view_url": f"{self.base_url()}views",
            "query": self.query_panel(state, in_view=view is not None),
            "beside": _(self.beside) if self.beside and self.can("edit") else "",
            "grid_fields": self.grid_fields() if self.grid else [],
        }

    @expose("/dialogs")
    @page("read")
    def dialogs(self) -> Any:
        """The dialogs of the list (columns, export, view, advanced conditions, bulk edit), when one is first opened."""
        args, view = self.asked(request.args)
        shown, may = self.shown_columns(view), self.rights()
        context = {
            "url": self.base_url(), "can": may, "columns": shown, "all_columns": self.all_columns(shown),
            "export_url": f"{self.base_url()}export" if may["export"] else None,
            "save_view_url": f"{self.base_url()}views", "positions": self.position_choices(),
            "advanced": self.advanced(self.read_state(args)),
            "bulk_fields": self.grid_fields(bulk=True) if may["edit"] else [],
        }  # fmt: skip
        return respond("_list_dialogs.html", page=context)

    def row_icons(self) -> int:
        """How many icons stand in each row."""
        return 2 if self.can("edit") else 1

    def slice_context(self, state: ListState, problem: RuleError | None) -> dict[str, Any]:
        """The parts of the list with their counts, as joined buttons and as a tree; each leads to its rows."""
        if not self.slices or problem:
            return {}
        conditions = {s.name: s.condition(today()) for s in self.slices}
        counts = tally(self.session, self.model, state, conditions, base=self.base_condition())
        now, made = state.args.get("slice") or "", {}
        for s in self.slices:
            url = link(self.base_url(), state.args, slice=s.name, page=None)
            made[s.name] = {"label": _(s.label), "count": counts[s.name], "sub": f"{counts[s.name]:,}", "url": url,
                            "flag": s.flag, "current": s.name == now, "active": s.name == now}  # fmt: skip
        tree = [{"label": _(b.label), "url": "#", "children": [made[n] for n in b.slices]} for b in self.tree]
        return {"segments": [made[n] for n in self.segments], "tree": tree}

    def flag(self, values: Any) -> str:
        """The flag of a row (safe HTML) of its `flag_columns`."""
        raise NotImplementedError

    def tbody(self, found: Page) -> Any:
        """The rows as HTML: each says which steps stand open to it, and its version where it is edited in place."""
        base, may_edit, own = self.base_url(), self.can("edit"), 1 if self.grid else 0
        steps = self.open_steps_in(found, own + len(self.flag_columns))

        def marks(row: Any) -> str:
            version = f' data-version="{row[1]}"' if self.grid else ""
            return version + (f' data-steps="{" ".join(steps[row[0]])}"' if row[0] in steps else "")

        flags = slice(1 + own, 1 + own + len(self.flag_columns))
        linked = self.icon_links()

        def icons(row: Any) -> str:
            flag = self.flag(row[flags]) if self.flag_columns else ""
            return f'<td class="c-icons">{flag}{"".join(make(row[0]) for make in linked)}</td>'

        return render_rows(
            found.rows, found.columns, base=base, links=self.links(found.columns), icons=icons,
            extra=own + len(self.flag_columns), marks=marks,
            opens="/edit" if self.opens == "form" and may_edit else "",
        )  # fmt: skip

    def icon_links(self) -> list[Any]:
        """What makes the icons of a row: (id) → a link; as many as `row_icons` says."""
        base, look, change = self.base_url(), icon("folder-open"), icon("pencil")
        open_label, edit_label = _("Open"), _("Edit")
        made = [lambda key: icon_link(f"{base}{key}", open_label, look)]
        if self.can("edit"):
            made.append(lambda key: icon_link(f"{base}{key}/edit", edit_label, change))
        return made

    def links(self, columns: list[Column]) -> dict[str, str]:
        """Where the reader may open what a reference shows."""
        targets = {c.name: self.console_of(c.target) for c in columns if c.target}
        return {n: t.base_url() for n, t in targets.items() if t is not None and actor().may("read", t.key)}

    def label_of(self, column: Column) -> str:
        """What a column is called on this list."""
        return _(self.labels.get(column.name) or column.label)

    def heads(self, columns: list[Column], state: ListState) -> list[dict[str, Any]]:
        """The header cells with their sort links."""
        sorted_by = {c.name: down for c, down in state.sort}
        made, editable = [], self.form_fields() if self.grid else ()
        here = link(self.base_url(), request.args, sort=None, page=None)
        here += "&sort=" if "?" in here else "?sort="
        for c in columns:
            down = sorted_by.get(c.name)
            made.append({
                "name": c.name, "label": self.label_of(c), "align": c.kind.align,
                "sorted": None if down is None else "desc" if down else "asc",
                "sort_url": f"{here}{'-' if down is False else ''}{c.name}",
                "editable": not c.path and c.name in editable,
            })  # fmt: skip
        return made

    def query_panel(self, state: ListState, *, in_view: bool) -> Markup:
        """The query panel with what was asked; as long as nothing is, it looks the same to all of the same rights."""

        def panel() -> Markup:
            context = {"query": self.query_fields(state), "conditions": self.advanced_conditions(state),
                       "url": self.base_url(), "key": self.key, "in_view": in_view}  # fmt: skip
            return Markup(render_template("console/_query.html", page=context))

        return panel() if state.conditions else self.kept("query", panel, in_view, str(get_locale()))

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
            "fields": [describe_input(self, c, name=c.name) | {"ops": list(c.kind.operators)} for c in usable],
            "ops": {code: _(label) for code, label in OPERATORS.items()},
            "conditions": self.advanced_conditions(state),
        }

    def advanced_conditions(self, state: ListState) -> list[dict[str, str]]:
        """The advanced conditions that are asked."""
        asked = [c for c in state.conditions if c.parameter.startswith("c=")]
        return [
            {"name": c.column.name, "op": c.operator, "value": v, "display": self.value_text(c.column, v)}
            for c in asked
            for v in c.values[:1]
        ]

    def chips(self, state: ListState) -> list[dict[str, Any]]:
        """The applied conditions in words, each with the link that drops it."""
        made = []
        for c in state.conditions:
            if c.parameter == "tab":
                continue
            pairs = [
                (k, v)
                for k, v in state.args.items(multi=True)
                if k not in ("page", "view", c.parameter) and f"{k}={v}" != c.parameter
            ]
            if not any(is_condition(k) for k, _v in pairs):
                pairs.insert(0, ("view", "all"))
            words = "、".join(self.value_text(c.column, v) for v in c.values)
            made.append({
                "label": column_label(c.column), "op": _(OPERATORS[c.operator]), "text": words,
                "remove_url": f"{self.base_url()}?{urlencode(pairs)}",
            })  # fmt: skip
        return made

    def value_text(self, column: Column, text: str) -> str:
        """A condition's value as people read it."""
        if column.target:
            return title_of(self.session, column.target, text) or text
        try:
            return column.kind.plain(column.kind.parse(text, column.field), column.field)
        except RuleError:
            return text

    def view_tabs(self, current: Any, state: ListState) -> list[dict[str, Any]]:
        """All rows, the declared parts of the table, then the saved views, as tabs."""
        base, part = self.base_url(), "" if current is not None else state.args.get("tab", "")
        now = state.args.get("slice", "") if current is None else ""
        slices = {s.name: s for s in self.slices}
        tabs: list[dict[str, Any]] = [
            {"id": None, "label": _(slices[n].label), "url": f"{base}?slice={n}", "active": n == now}
            for n in self.slice_tabs
        ]
        whole = current is None and not part and state.slice is None
        tabs.append({"id": None, "label": _("All"), "url": f"{base}?view=all", "active": whole})
        for t in self.list_tabs:
            url = f"{base}?view=all&tab={t.name}"
            tabs.append({"id": None, "label": _(t.label), "url": url, "active": t.name == part})
        for v in self.open_views():
            active, mine = v == current, v.owner_id == g.actor.id or g.actor.is_admin
            url = f"{base}?view={v.id}"
            tabs.append({"id": v.id, "label": v.name, "url": url, "active": active, "deletable": mine})
        return tabs

    def all_columns(self, shown: list[Column]) -> list[dict[str, Any]]:
        """Every column for the chooser: the shown ones first, in their order."""
        columns, names = self.columns(), [c.name for c in shown]
        rest = [n for n in self.exposed(actor()) if n not in names and columns.get(n)]
        return [{"name": n, "label": column_label(columns[n]), "shown": n in names} for n in [*names, *rest]]

    def list_buttons(self) -> list[dict[str, Any]]:
        """The toolbar: add, edit, delete, then the table's own verbs."""
        base, made = self.base_url(), []
        if self.rights()["add"] and not self.grid:
            made.append(
                self.button(
                    "new",
                    _(self.add_label or N_("Add")),
                    icon="plus",
                    needs="none",
                    primary=True,
                    method="get",
                    url=f"{base}new",
                )
            )
        if self.rights()["edit"] and not self.grid:
            made.append(
                self.button("edit", _("Edit"), icon="pencil", needs="one", method="get", url=f"{base}{{id}}/edit")
            )
        made += self.verbs()
        if self.rights()["delete"]:
            confirm = _(self.delete_confirm or N_("Delete the {n} selected records?"))
            made.append(self.button("delete", _("Delete"), icon="trash-2", confirm=confirm, url=f"{base}delete"))
        if self.toolbar:
            named = {b["name"]: b for b in made}
            return [named[name] for name in self.toolbar if name in named]
        return made

    def empty_state(self, state: ListState) -> dict[str, Any]:
        """What an empty list says."""
        if state.conditions and self.has_rows():
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

    def has_rows(self) -> bool:
        """Whether the table has any row the actor sees."""
        return self.session.execute(select(self.model.id).limit(1)).first() is not None

    @expose("/columns", methods=["POST"])
    @page("read")
    def choose_columns(self) -> Any:
        """Keep the columns and their order for this user; null gives back the default."""
        wanted = sent().get("columns")
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
        view = save_view(self.session, actor(), self.key, sent(), self.exposed(actor()))
        return jsonify({"ok": True, "id": view.id, "url": f"{self.base_url()}?view={view.id}"})

    @expose("/views/<int:view_id>/delete", methods=["POST"])
    @page("read")
    def drop_view(self, view_id: int) -> Any:
        """Remove a saved view."""
        delete_view(self.session, actor(), view_id)
        return jsonify({"ok": True})

    def position_choices(self) -> list[dict[str, Any]]:
        """Positions a view can be saved for; only administrators save for others."""
        console = self.consoles_by_key().get("position")
        return option_list(console, self.session) if g.actor.is_admin and console else []


def is_part() -> bool:
    """Whether a page on the screen asks for a part only: a list's rows, a form beside its list."""
    return bool(request.headers.get("HX-Request"))


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
        "page": found.page, "pages": found.pages, "total": found.total, "total_capped": found.capped,
        "size": found.size,
        "first": first, "last": first + len(found.rows) - 1 if found.rows else 0,
        "prev_url": link(base, args, page=found.page - 1) if found.page > 1 else None,
        "next_url": link(base, args, page=found.page + 1) if more else None,
        "jump_url": link(base, args, page=None), "size_url": link(base, args, page=None, size=None),
    }  # fmt: skip


def query_args(query: str) -> MultiDict:
    """A query string as request arguments."""
    return MultiDict(parse_qsl(query.removeprefix("?")))


def is_condition(parameter: str) -> bool:
    """Whether a parameter of an address is a condition on the rows."""
    return parameter == "c" or parameter.startswith("q.")


def default_view(views: list[View]) -> View | None:
    """The view a list opens with: the user's own default, else his position's, else everyone's."""
    ranks = list(ViewScope)
    return min((v for v in views if v.is_default), key=lambda v: ranks.index(v.scope), default=None)


def view_args(view: View, args: MultiDict) -> MultiDict:
    """The arguments of a saved view; page, size and order are the request's where it has any."""
    merged = query_args(kept_query(view))
    for name in ("page", "view"):
        merged.pop(name, None)
    for name in ("page", "size", "sort", "tab", "slice"):
        if args.get(name):
            merged[name] = args[name]
    return merged
