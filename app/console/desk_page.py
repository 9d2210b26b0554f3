"""Pages of the shell itself: the start page, search over everything, preferences, files."""

from typing import Any

from flask import g, jsonify, request
from flask_appbuilder import BaseView, expose
from sqlalchemy import false, or_, select

from app.console.columns import Query
from app.console.download import send_stored
from app.console.guard import actor, granted, page, sent
from app.console.inputs import shown_title
from app.console.listing import count
from app.console.matching import beginnings, begins, has_part
from app.console.render import respond
from app.console.shell import START_PAGES, item_label, item_url, visible
from app.console.view import REGISTRY
from app.extensions import db
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import files
from app.services.preferences import prefer
from app.services.text_index import narrowed
from app.services.unit_of_work import unit_of_work
from app.texts import gettext as _
from models.system import Attachment, StoredFile

PREFERENCES = {"theme", "density", "tree_hidden", "header_hidden", "favourites", "single_keys"}
FOUND_EACH = 6
#: Beyond so many that begin as typed, the newest are soon met among the newest of all.
FOUND_MOST = 400


class DeskView(BaseView):
    """The start page and what belongs to every page."""

    route_base = "/app"
    default_view = "home"
    class_permission_name = "desk"
    base_permissions: list[str] = []

    @property
    def session(self) -> Any:
        """The session of this request."""
        return db.session

    @expose("/")
    @page()
    def home(self) -> Any:
        """The start page: every module the user may enter, with the counts of its lists."""
        start = next((make for key, make in START_PAGES.items() if actor().may("read", key)), None)
        if start is not None:
            return start()
        modules = []
        for module, items in visible(actor()):
            shown = [{"label": item_label(i), "url": item_url(i)} for i in items]
            modules.append({"label": _(module.label), "icon": module.icon, "items": shown})
        return respond("home.html", page={"title": _("Workbench"), "modules": modules, "counts": self.counts()})

    def counts(self) -> list[dict[str, Any]]:
        """How many rows the tables that global search knows hold, for this reader."""
        shown = []
        for key, console in REGISTRY.items():
            if console.search_columns and actor().may("read", key):
                base = console.instance().base_condition()
                total, _capped = count(self.session, Query(console.model), [] if base is None else [base])
                shown.append({"label": _(console.model.__label__), "count": total, "url": console.base_url()})
        return shown

    @expose("/search")
    @page()
    def search(self) -> Any:
        """Functions and records by number, name or pinyin initials."""
        typed = request.args.get("q", "").strip()[:100]
        groups = [self.functions(typed)] if typed else []
        for key, console in REGISTRY.items():
            if typed and console.search_columns and actor().may("read", key):
                groups.append(self.records_of(console, typed))
        return jsonify({"groups": [group for group in groups if group["items"]]})

    def functions(self, typed: str) -> dict[str, Any]:
        """Menu items by name."""
        lower, items = typed.lower(), []
        for module, entries in visible(actor()):
            for item in entries:
                label = item_label(item)
                if lower in label.lower():
                    items.append({"text": label, "sub": _(module.label), "url": item_url(item), "mark": [typed]})
        return {"label": _("Functions"), "items": items[:FOUND_EACH]}

    def records_of(self, console: Any, typed: str) -> dict[str, Any]:
        """Records of one table: numbers that begin so, names that contain it, pinyin initials."""
        model = console.model
        view = console.instance()
        title = model.id if view.nameless(model) else getattr(model, model.__title__)
        open_columns = [n for n in console.search_columns if view.open_to(actor(), n)]
        columns = [getattr(model, n) for n in open_columns]
        first = [test for _column, test in beginnings(self.session, columns, typed)]
        if model.__pinyin__ and typed.isascii() and view.open_to(actor(), model.__pinyin__):
            first.append(begins(self.session, model.pinyin, typed.lower()))
        if not columns and not first:
            return {"label": "", "items": []}
        statement = select(model.id, title, *columns).order_by(model.id.desc()).limit(FOUND_EACH)
        if (own := view.base_condition()) is not None:
            statement = statement.where(own)
        keys = statement.with_only_columns(model.id).order_by(None).limit(FOUND_MOST).where(or_(*first or [false()]))
        ids = self.session.execute(keys).scalars().all()
        fitting = model.id.in_(sorted(ids)[-FOUND_EACH:]) if len(ids) < FOUND_MOST else or_(*first)
        rows = list(self.session.execute(statement.where(fitting))) if ids else []
        if len(rows) < FOUND_EACH and columns:  # few begin so: then those that contain it
            others = statement.where(or_(*(has_part(c, typed) for c in columns)))
            others = others.where(*narrowed(self.session, model, open_columns, typed))
            others = others.where(model.id.not_in([row[0] for row in rows])) if rows else others
            rows += list(self.session.execute(others))[: FOUND_EACH - len(rows)]
        items = []
        for key, text, *values in rows:
            sub = "　".join(str(v) for v in values if v and v != text)
            items.append(
                {
                    "text": shown_title(self.session, model, key, text),
                    "sub": sub[:120],
                    "url": f"{console.base_url()}{key}",
                    "mark": [typed],
                }
            )
        return {"label": _(model.__label__), "items": items}

    @expose("/prefs", methods=["POST"])
    @page()
    def preferences(self) -> Any:
        """Keep one preference of the signed-in user."""
        body = sent()
        if body.get("key") not in PREFERENCES:
            raise RuleError(N_("There is no such preference"))
        prefer(self.session, g.actor.id, body["key"], body.get("value"))
        return jsonify({"ok": True})

    @expose("/file/<int:attachment_id>")
    @page()
    def file(self, attachment_id: int) -> Any:
        """A file, to whoever may see the record it is on."""
        attachment, stored = self.attachment(attachment_id, "read")
        shown = bool(request.args.get("show"))
        return send_stored(files.store_of(self.session), stored, attachment.name, show=shown)

    @expose("/file/<int:attachment_id>/delete", methods=["POST"])
    @page()
    def drop_file(self, attachment_id: int) -> Any:
        """Take a file off its record."""
        attachment, _stored = self.attachment(attachment_id, "edit")
        view = REGISTRY[attachment.table_key].instance()
        view.check_files(view.find(attachment.record_id))
        with unit_of_work(self.session):
            self.session.delete(self.session.get(Attachment, attachment.id))
        return jsonify({"ok": True})

    def attachment(self, attachment_id: int, permission: str) -> tuple[Attachment, StoredFile]:
        """The attachment and its bytes' record. Raises RuleError unless its record is the actor's to `permission`."""
        row = self.session.get(Attachment, attachment_id)
        console = REGISTRY.get(row.table_key) if row else None
        if console is None:
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        if not granted(permission, console.key):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        console.instance().find(row.record_id)
        return row, self.session.get(StoredFile, row.file_id)
