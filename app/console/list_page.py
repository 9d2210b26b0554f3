"""The list of a table: page, query panel, columns, saved views, buttons."""

from typing import Any
from urllib.parse import urlencode

from flask import g, jsonify, request
from flask_appbuilder import expose
from werkzeug.datastructures import MultiDict

from app.console.columns import BATCH, CUSTOM, Column
from app.console.guard import actor, page, say, sent
from app.console.inputs import option_list
from app.console.kinds import is_whole
from app.console.list_address import default_view, is_condition, is_part, query_args, view_args
from app.console.list_query import ListQuery, column_label
from app.console.list_rows import ListRows, pager
from app.console.listing import MAX_PAGE_SIZE, TAB, Condition, ListState, Page, fetch, read_state
from app.console.render import respond
from app.console.table import render_heads
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import parameters
from app.services.custom_fields import listed
from app.services.preferences import (
    View,
    checked_state,
    delete_view,
    kept_columns,
    prefer,
    preference,
    save_view,
    saved_views,
)
from app.services.today import today
from app.texts import gettext as _

DEFAULT_SIZE = 10


class ListPages(ListRows, ListQuery):
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
            counts = self.slice_counts(state)
            total = counts.get(args.get("slice") or "")
            found = fetch(self.session, self.model, shown, state, *extra, base=self.base_condition(), total=total)
        except RuleError as error:
            problem, found, counts = error, Page(shown, [], 0, False, 1, 1, state.size), {}
        if args.get("size") and not problem:
            self.remember_size(state.size)
        context = self.list_context(state, found, view, problem) | self.slice_context(state, counts)
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
        allowed = {*self.exposed(actor()), BATCH}
        state = read_state(args, columns, allowed, order=self.order, size=self.page_size())
        for tab in self.list_tabs:
            if tab.name == args.get("tab"):
                state.conditions.append(Condition(columns[tab.column], "in", [v.name for v in tab.values], TAB))
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
        may = self.rights()
        context = {
            "title": self.heading(),
            "key": self.key,
            "part": self.list_part,
            "url": self.base_url(),
            "in_view": view is not None,
            "can": may,
            "new_url": f"{self.base_url()}new" if may["add"] else None,
            "import_url": f"{self.base_url()}import" if may["import"] else None,
            "export_url": f"{self.base_url()}export" if may["export"] else None,
            "chips": self.chips(state),
            "buttons": self.list_buttons(),
            "thead": render_heads(self.heads(found.columns, state)),
            "tbody": self.tbody(found),
            "empty": self.empty_state(state) if not (found.rows or self.grid) else None,
            "problem": say(problem) if problem else None,
            "problem_field": problem.field if problem else None,
            "pager": pager(found, request.args, self.base_url()),
            "all_columns": bool(found.columns),
            "grid": self.grid and may["edit"],
            "bulk_fields": may["bulk"] and any(self.inputs(bulk=True)),
            "query_string": urlencode([(k, v) for k, v in request.args.items(multi=True) if k not in ("page", "size")]),
            "total": found.total,
            "icons": self.row_icons(), "flags": bool(self.flag_columns),
        }  # fmt: skip
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

    def all_columns(self, shown: list[Column]) -> list[dict[str, Any]]:
        """Every column for the chooser: the shown ones first, in their order."""
        columns, names = self.columns(), [c.name for c in shown]
        rest = [n for n in self.exposed(actor()) if n not in names and columns.get(n)]
        return [{"name": n, "label": column_label(columns[n]), "shown": n in names} for n in [*names, *rest]]

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
        wish, exposed = sent(), self.exposed(actor())
        state = checked_state(wish.get("state"), exposed)
        wish["state"] = state | {"query": self.shown_query(state["query"])}
        view = save_view(self.session, actor(), self.key, wish, exposed)
        return jsonify({"ok": True, "id": view.id, "url": f"{self.base_url()}?view={view.id}"})

    def shown_query(self, query: str) -> str:
        """What an address shows, whatever saved view it stands in, as a query string without that view."""
        args = self.asked(query_args(query))[0]
        return urlencode([(k, v) for k, v in args.items(multi=True) if k not in ("view", "page")])

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
