"""One record: its facts, related tables, files, history; delete and undo."""

from typing import Any

from flask import flash, jsonify, request
from flask import session as cookie
from flask_appbuilder import expose
from markupsafe import Markup
from sqlalchemy import ColumnElement, func, inspect, select

from app.console.columns import CUSTOM, Column, Query
from app.console.guard import actor, mapping, page, sent
from app.console.inputs import shown_title, title_of
from app.console.layout import Grid, Panel, Related, Section
from app.console.listing import ListState, fetch
from app.console.registry import console_of
from app.console.render import icon, respond
from app.console.table import cells, icon_link, render_rows
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import files, history, ledger, records
from app.services.today import stamp
from app.services.unit_of_work import unit_of_work
from app.texts import gettext as _
from models.base import flows_of
from models.types import restore

RELATED_SIZE = 10
#: Rows a related tab counts at most.
COUNTED = 1_000
#: Recent records kept for the module tree.
RECENT = 5


class RecordPages:
    """Routes of one record; mixed into `Console`. detail_template: how the whole page looks."""

    detail_template = "detail.html"

    @expose("/<int:record_id>")
    @page("read")
    def detail(self, record_id: int) -> Any:
        """The record with its tabs."""
        record = self.find(record_id)
        self.remember(record)
        return respond(self.detail_template, page=self.detail_context(record))

    def remember(self, record: Any) -> None:
        """Put it first among the user's recent records; they live in his cookie, so that looking writes nothing."""
        label = f"{self.name_of(record)} {_(self.model.__label__)}"[:40]
        own = {"label": label, "url": f"{self.base_url()}{record.id}"}
        kept = [r for r in cookie.get("recents", []) if r["url"] != own["url"]]
        cookie["recents"] = [own, *kept][:RECENT]

    def name_of(self, record: Any) -> str:
        """What the record is called before the reader."""
        return shown_title(self.session, self.model, record.id, getattr(record, self.model.__title__))

    def subtitle_of(self, record: Any) -> str:
        """What a record with a number for its name is about, else the kind of record it is."""
        name = self.model.__pinyin__
        told = name and name != self.model.__title__ and self.open_to(actor(), name) and getattr(record, name)
        return str(told or _(self.model.__label__))

    def detail_context(self, record: Any) -> dict[str, Any]:
        """All that the detail template needs."""
        base, may_edit = self.base_url(), self.can("edit")
        tabs = [self.facts_tab(i, tab, record) for i, tab in enumerate(self.tabs) if self.shows(tab, record)]
        tabs = [t for t in tabs if t["sections"] or t["grids"] or t["panels"]]
        tabs += [t for t in (self.related_tab(i, r, record) for i, r in enumerate(self.related)) if t]
        tabs.append(
            {
                "id": "files",
                "label": _("Files"),
                "count": files.count(self.session, self.key, record.id),
                "url": f"{base}{record.id}/files",
            }
        )
        tabs.append({"id": "history", "label": _("History"), "count": None, "url": f"{base}{record.id}/history"})
        return {
            "title": self.name_of(record),
            "subtitle": self.subtitle_of(record), "key": self.key, "badges": [],
            "states": self.states(record),
            "buttons": self.record_buttons(record), "edit_url": f"{base}{record.id}/edit" if may_edit else None,
            "delete_url": f"{base}delete" if self.can("delete") else None,
            "back_url": base, "tabs": tabs, "record_id": record.id, "version": record.version,
            "url": f"{base}{record.id}",
        }  # fmt: skip

    def facts_tab(self, index: int, tab: Any, record: Any) -> dict[str, Any]:
        """One tab of facts: every field of the form's tab with its value."""
        sections, grids, panels, columns = [], [], [], self.columns()
        for part in tab.parts_for(record):
            if isinstance(part, Section):
                shown = [columns[n] for n in part.fields if self.open_to(actor(), n)]
                if shown:
                    sections.append({"label": _(part.label), "facts": self.facts(record, shown)})
            elif isinstance(part, Panel):
                if self.can(part.permission):
                    panels.append(self.panel_url(record, part))
            elif self.open_to(actor(), part.name):
                grids.append(self.child_table(part, record))
        if index == 0 and self.custom():
            own = [columns[CUSTOM + c] for c in self.custom() if self.open_to(actor(), CUSTOM + c)]
            sections.append({"label": _("Custom fields"), "facts": self.facts(record, own)})
        count = sum(g["count"] for g in grids) if grids else None
        return {
            "id": f"t{index}",
            "label": _(tab.label),
            "count": count,
            "url": None,
            "sections": sections,
            "grids": grids,
            "panels": panels,
        }

    def facts(self, record: Any, shown: list[Column]) -> list[dict[str, Any]]:
        """Label and value (safe HTML) of some columns of one record, in one statement."""
        row = self.session.execute(Query(self.model).select(shown).where(self.model.id == record.id)).one()
        made = []
        for column, cell in zip(shown, next(cells([row], shown, self.links(shown)), ()), strict=True):
            html = cell[cell.index(">") + 1 : -len("</td>")]
            wide = column.field.kind == "long_text"
            made.append({"name": column.name, "label": _(column.label), "value": Markup(html), "wide": wide})
        return made

    def child_table(self, grid: Grid, record: Any) -> dict[str, Any]:
        """The child rows of a grid as a small table."""
        model = self.child_model(grid)
        columns = [c for c in self.grid_columns(grid) if c.name in grid.fields]
        owner = next(
            r.key
            for r in inspect(model).relationships
            if r.mapper.class_ is self.model and not r.uselist and r.key + "_id" in model.__table__.c
        )
        own = getattr(model, f"{owner}_id")
        relation = inspect(self.model).relationships[grid.name]
        order = relation.order_by or [model.id]
        mine = [own == record.id, *(getattr(model, name) == value for name, value in grid.fixed.items())]
        rows = self.session.execute(Query(model).select(columns).where(*mine).order_by(*order)).all()
        label = grid.label or model.__label__
        return {"label": _(label), "count": len(rows), "columns": [{"label": _(c.label),
            "align": c.kind.align} for c in columns],
                "tbody": plain_rows(rows, columns)}  # fmt: skip

    def related_tab(self, index: int, related: Any, record: Any) -> dict[str, Any] | None:
        """A tab of rows of another table that point here; loaded when opened."""
        console = self.consoles_by_model().get(related.model)
        view = console.instance() if console is not None else None
        if view is None or not may_relate(view, related):
            return None
        some = select(view.model.id).where(pointing(view, related, record.id)).limit(COUNTED).subquery()
        count = self.session.execute(select(func.count()).select_from(some)).scalar_one()
        return {
            "id": f"r{index}",
            "label": _(related.label or view.model.__label__),
            "count": count,
            "url": f"{self.base_url()}{record.id}/related/{index}",
        }

    @expose("/<int:record_id>/related/<int:index>")
    @page("read")
    def related_rows(self, record_id: int, index: int) -> Any:
        """The rows of one related tab."""
        record = self.find(record_id)
        if index >= len(self.related):
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        related = self.related[index]
        console = self.consoles_by_model()[related.model]
        view = console.instance()
        if not may_relate(view, related):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        names = related.columns or tuple(n for n in console.list_columns if n != related.by)
        columns = [view.columns()[n] for n in names if view.open_to(actor(), n)]
        number = max(request.args.get("page", 1, type=int) or 1, 1)
        order = view.columns().get(view.order.removeprefix("-"))
        state = ListState(page=number, size=RELATED_SIZE, sort=[(order, view.order.startswith("-"))] if order else [])
        found = fetch(self.session, console.model, columns, state, base=pointing(view, related, record_id))
        here = f"{self.base_url()}{record_id}/related/{index}?page="
        look, label = icon("folder-open"), _("Open")
        return respond("_related.html", page={
            "columns": [{"label": _(c.label), "align": c.kind.align} for c in columns],
            "tbody": render_rows(found.rows, columns, base=console.base_url(), links=view.links(columns),
            icons=lambda r: f'<td class="c-icons">{icon_link(f"{console.base_url()}{r[0]}", label, look)}</td>'),
            "total": found.total,
            "new_url": f"{console.base_url()}new?{related.by}={record.id}" if view.can("add") else None,
            "all_url": f"{console.base_url()}?q.{related.by}={record.id}", "page": found.page, "pages": found.pages,
            "prev_url": here + str(found.page - 1) if found.page > 1 else None,
            "next_url": here + str(found.page + 1) if found.page < found.pages else None,
        })  # fmt: skip

    @expose("/<int:record_id>/panel/<name>")
    @page("read")
    def panel(self, record_id: int, name: str) -> Any:
        """A part of the record's page that its view makes."""
        declared = self.panels().get(name)
        if declared is None:
            raise RuleError(N_("This page does not exist or is not open to you"), code="missing")
        if not self.can(declared.permission):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        return getattr(self, f"panel_{name}")(self.find(record_id))

    @expose("/<int:record_id>/history")
    @page("read")
    def history(self, record_id: int) -> Any:
        """What was done to the record, newest first, in words."""
        record = self.find(record_id)
        lines = [self.own_or_child_line(e) for e in history.of(self.session, record)]
        return respond("_history.html", page={"entries": [line for line in lines if line]})

    def own_or_child_line(self, entry: Any) -> dict[str, Any] | None:
        """A line of history of the record or, named after its table, of a row it owns; None: closed to the actor."""
        if entry.table == self.model.__tablename__:
            return self.history_line(entry)
        for grid in self.grids():
            model = self.child_model(grid)
            if model.__tablename__ == entry.table and self.open_to(actor(), grid.name):
                columns = {column.key: column for column in self.grid_columns(grid)}
                pairs = [(columns[k], *pair) for k, pair in entry.changes.items() if k in columns]
                return self.line_of(entry, pairs, prefix=_(grid.label or model.__label__))
        console = next((c for c in self.consoles_by_model().values() if c.model.__tablename__ == entry.table), None)
        if console is None or not actor().may("read", console.key):
            return None
        line = console.instance().history_line(entry)
        return line | {"action": f"{_(console.model.__label__)}　{line['action']}"}

    def history_line(self, entry: Any) -> dict[str, Any]:
        """One line of history with labels and readable values; hidden columns stay hidden."""
        return self.line_of(entry, self.open_changes(actor(), ledger.flat(entry.changes)))

    def line_of(self, entry: Any, pairs: list[tuple[Column, Any, Any]], *, prefix: str = "") -> dict[str, Any]:
        """One line of history from the columns that are shown, each with its value before and after."""
        changes = [
            {"label": _(column.label), "before": self.kept_text(column, before), "after": self.kept_text(column, after)}
            for column, before, after in pairs
            if column.key != "id"
        ]
        steps = {"insert": _("Created"), "update": _("Changed"), "delete": _("Deleted")}
        moves = {t.name: t.label for flow in flows_of(self.model) for t in flow.transitions}
        action = steps.get(entry.action) or _(
            moves.get(entry.action) or self.permissions().get(entry.action, entry.action)
        )
        action = f"{prefix}　{action}" if prefix else action
        return {"at": stamp(entry.at), "who": entry.actor or _("System"), "action": action,
                "reason": _(entry.reason) if entry.reason else "", "changes": changes}  # fmt: skip

    def kept_text(self, column: Column, stored: Any) -> str:
        """A value of the history as people read it."""
        if stored is None:
            return "–"
        if column.target:
            return title_of(self.session, column.target, stored) or "–"
        if column.custom:
            return column.kind.plain(stored, column.field) or "–"
        return column.kind.plain(restore(column.model.__table__.c[column.key].type, stored), column.field) or "–"

    @expose("/<int:record_id>/files")
    @page("read")
    def files(self, record_id: int) -> Any:
        """The record's files."""
        self.find(record_id)
        return self.file_list(record_id)

    @expose("/<int:record_id>/files", methods=["POST"])
    @page("edit")
    def add_files(self, record_id: int) -> Any:
        """Put files on the record: all or none."""
        return self.take_files(record_id, "files")

    def take_files(self, record_id: int, place: str, category: str = "") -> Any:
        """Put the files that were sent on the record, all or none; answers the list of `place`."""
        self.check_files(self.find(record_id))
        uploads = [f for f in request.files.getlist("file") if f.filename]
        if not uploads:
            raise RuleError(N_("Choose a file"))
        with unit_of_work(self.session):
            for upload in uploads:
                files.attach(self.session, self.key, record_id, upload.filename or "", upload.stream,
                             category=category)  # fmt: skip
        return self.files_of(record_id, place, category) if category else self.file_list(record_id)

    def check_files(self, record: Any) -> None:
        """Raise RuleError where the files of a record may not be changed now; some tables close them."""

    def file_list(self, record_id: int) -> Any:
        """The list of files with the place to drop more."""
        return self.files_of(record_id, "files")

    def files_of(self, record_id: int, place: str, category: str = "") -> Any:
        """The files of one category (or all) with the place to drop more."""
        shown = [
            {"name": a.name, "url": f"/app/file/{a.id}", "size": size, "at": stamp(a.created_at),
             "who": who or "", "deletable": self.can("edit"), "delete_url": f"/app/file/{a.id}/delete"}
            for a, size, who in files.of(self.session, self.key, record_id)
            if not category or a.category == category
        ]  # fmt: skip
        context = {"files": shown, "files_url": f"{self.base_url()}{record_id}/{place}" if self.can("edit") else None}
        return respond("_files.html", page=context)

    @expose("/delete", methods=["POST"])
    @page("delete")
    def delete(self) -> Any:
        """Delete the chosen rows: all or none."""
        if not self.can("delete"):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        body = sent()
        ids = self.chosen_ids(body)
        reason = str(mapping(body.get("inputs")).get("reason") or "")
        count = records.delete(self.session, self.model, ids, reason=reason)
        message = _("%(count)s deleted") % {"count": count}
        flash(message, "success")
        return jsonify({"ok": True, "message": message, "url": self.base_url()})

    @expose("/undo/<batch>", methods=["POST"])
    @page("edit")
    def undo(self, batch: str) -> Any:
        """Undo a bulk edit, except rows touched since."""
        done, kept = history.undo(self.session, self.model, batch, writable=self.may_write)
        said = N_("%(done)s undone, %(kept)s left because they changed since") if kept else N_("%(done)s undone")
        message = _(said) % {"done": done, "kept": kept}
        return jsonify({"ok": True, "message": message})

    def may_write(self, key: str) -> bool:
        """Whether who acts may change what is kept under this key: a column of the table, or a custom field."""
        column = self.columns().get(key.removesuffix("_id")) or self.columns().get(key)
        return column is not None and self.writable_to(actor(), column.name)

    def consoles_by_model(self) -> dict[str, Any]:
        """The consoles by the name of their table's class."""
        return {c.model.__name__: console_of(c.model) for c in self.consoles()}

    def rights(self) -> dict[str, bool]:
        """What the actor may do on this table, for templates."""
        names = ("add", "edit", "delete", "export", "import")
        may = {n: self.can(n) for n in names}
        return may | {"bulk": may["edit"]}


def may_relate(view: Any, related: Related) -> bool:
    """Whether who acts may see the rows of a related tab, and that they point to the record."""
    return actor().may("read", view.key) and view.open_to(actor(), related.by)


def pointing(view: Any, related: Related, record_id: int) -> ColumnElement[bool]:
    """The rows of a related table that point to a record, as far as its console has them."""
    own, base = getattr(view.model, f"{related.by}_id") == record_id, view.base_condition()
    return own if base is None else own & base


def plain_rows(rows: list[Any], columns: list[Column]) -> Markup:
    """Rows without links or boxes."""
    return Markup("".join(f"<tr>{''.join(row)}</tr>" for row in cells(rows, columns)))
