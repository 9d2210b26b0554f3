"""The operation log (操作日志): what was done to every record, by whom, newest first. Read only."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_appbuilder import BaseView, expose
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, select

from app.console import REGISTRY, Console, shell
from app.console.guard import actor, page
from app.console.inputs import shown_title
from app.console.kinds import fits, like
from app.console.render import respond
from app.extensions import db
from app.rules.access import ACTIONS
from app.rules.normalize import parse_date
from app.services.ledger import owners_of
from app.services.today import OFFICE
from app.texts import gettext as _
from models.audit import AuditEntry
from models.base import fields_of, key_of

shell.PAGES["audit"] = {"read": ACTIONS["read"]}
SHOWN = 50
#: {(table, id of the row): (what it is called, the address of its page)}
Titles = dict[tuple[str, int], tuple[str, str]]


class AuditView(BaseView):
    """Every table's history in one place, as far as the reader may see the tables."""

    route_base = "/app/audit"
    default_view = "show"
    key = class_permission_name = "audit"
    base_permissions: list[str] = []

    @expose("/")
    @page("read")
    def show(self) -> Any:
        """The log, by table, person and time; its body alone where a part is asked for."""
        own_last = sorted(REGISTRY.items(), key=lambda item: item[0] == key_of(item[1].model))
        tables = {c.model.__tablename__: c.instance() for k, c in own_last if actor().may("read", k)}
        query = select(AuditEntry).where(*conditions(set(tables))).order_by(AuditEntry.id.desc()).limit(SHOWN + 1)
        found = db.session.execute(query).scalars().all()
        entries, titles = found[:SHOWN], titles_of(tables, found[:SHOWN])
        context = {
            "title": _("Operation log"), "key": self.key, "url": "/app/audit/", "query": fields(tables),
            "entries": [line(tables[e.table], e, titles) for e in entries],
            "older_url": older(entries[-1].id) if len(found) > SHOWN else None,
        }  # fmt: skip
        part = request.headers.get("HX-Request")
        return respond("_audit_body.html" if part else "audit.html", page=context)


def conditions(readable: set[str]) -> list[ColumnElement[bool]]:
    """What the address asks, within what the actor may see: without all rows, only what he did himself."""
    asked, args = set(request.args.getlist("q.table")), request.args
    found: list[ColumnElement[bool]] = [AuditEntry.table.in_(asked & readable if asked else readable)]
    if not actor().sees_all:
        found.append(AuditEntry.actor_id == actor().id)
    if who := args.get("q.who", "").strip():
        found.append(fits(AuditEntry.actor, f"%{like(who)}%"))
    if first := args.get("q.at.from", "").strip():
        found.append(AuditEntry.at >= midnight(parse_date(first)))
    if last := args.get("q.at.to", "").strip():
        found.append(AuditEntry.at < midnight(parse_date(last) + timedelta(days=1)))
    if before := args.get("before", type=int):
        found.append(AuditEntry.id < before)
    return found


def midnight(day: date) -> datetime:
    """The beginning of a day at the office."""
    return datetime.combine(day, time.min, OFFICE)


def fields(tables: dict[str, Console]) -> list[dict[str, Any]]:
    """The query panel."""
    args, asked = request.args, request.args.getlist("q.table")
    names = sorted((_(view.model.__label__), name) for name, view in tables.items())
    choices = [{"code": name, "label": label, "selected": name in asked} for label, name in names]
    days = [args.get("q.at.from", ""), args.get("q.at.to", "")]
    return [
        {"name": "table", "label": _("Table"), "kind": "choice", "choices": choices},
        {"name": "who", "label": _("User"), "kind": "text", "value": args.get("q.who", "")},
        {"name": "at", "label": _("Time"), "kind": "date", "value": days},
    ]


def older(before: int) -> str:
    """The address of what was done earlier, under the same conditions."""
    pairs = [(k, v) for k, v in request.args.items(multi=True) if k != "before"]
    return "/app/audit/?" + urlencode([*pairs, ("before", before)])


def titles_of(tables: dict[str, Console], entries: Any) -> Titles:
    """What the records are called that are still there, in one statement a table; an owned row goes by its owner."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        wanted[entry.table].add(entry.record_id)
    found: Titles = {}
    for table, ids in wanted.items():
        model, view = tables[table].model, tables[table]
        query, named = select(model.id, model.id, getattr(model, model.__title__)), model
        for column, owner in owners_of(model).items():
            if owner.__tablename__ in tables:
                named, view = owner, tables[owner.__tablename__]
                query = select(model.id, owner.id, getattr(owner, owner.__title__))
                query = query.join(owner, owner.id == getattr(model, column))
                break
        for key, named_id, title in db.session.execute(query.where(model.id.in_(ids))):
            shown = shown_title(db.session, named, named_id, title)
            found[table, key] = shown, f"{view.base_url()}{named_id}"
    return found


def line(view: Console, entry: AuditEntry, titles: Titles) -> dict[str, Any]:
    """One line of the log: the record's own line of history, with the record's name before it."""
    own = _(fields_of(view.model)[view.model.__title__].label) if view.model.__title__ in fields_of(view.model) else ""
    made, (title, url) = view.history_line(entry), titles.get((entry.table, entry.record_id), ("", ""))
    if not url:  # it is gone: what it was called stands in the line itself
        gone = [c["before"] if entry.action == "delete" else c["after"] for c in made["changes"] if c["label"] == own]
        title = next(iter(gone), "")
    name = escape(title or f"#{entry.record_id}")
    if url:
        name = Markup('<a href="{}">{}</a>').format(url, name)
    what = Markup("{}　{}　{}").format(made["action"], _(view.model.__label__), name)
    at = entry.at.astimezone(OFFICE).strftime("%Y-%m-%d %H:%M")
    return made | {"action": what, "at": at, "who": entry.actor if entry.actor_id else _("System")}
