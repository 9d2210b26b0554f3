"""The REST API: the same validators, scope and rights as the pages, for every table; OpenAPI served locally."""

from collections.abc import Callable
from typing import Any

from flask import g, jsonify, redirect, request
from flask_appbuilder import BaseView, expose
from flask_login import current_user

from app.console.columns import Column, Query
from app.console.form_grids import ORDER
from app.console.guard import UNFIT, actor, answer, granted, sent
from app.console.kinds import read_value
from app.console.listing import fetch
from app.console.openapi import describe
from app.console.render import respond
from app.console.steps_page import inputs_of
from app.console.view import REGISTRY
from app.extensions import csrf
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.services import records
from app.services.records import ChildRow, Stale
from app.texts import gettext as _


def api(method: Callable) -> Callable:
    """Sign-in by cookie (then with the anti-forgery token) or by bearer token; every refusal as JSON."""

    def inner(self: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return jsonify({"ok": False, "message": _("Please sign in")}), 401
        if not g.get("by_token"):  # a header alone proves nothing: the cookie may be what signed in
            csrf.protect()
        if current_user.must_change_password:
            return answer(RuleError(N_("Change your password first"), code="forbidden"))
        try:
            return method(self, **kwargs)
        except Stale as stale:
            body = {"ok": False, "code": "conflict", "version": stale.version, "who": stale.who,
                "changes": stale.changes,
                    "message": _("Changed by %(who)s meanwhile; load it again") % {"who": stale.who}}  # fmt: skip
            return jsonify(body), 409
        except RuleError as error:
            return answer(error)
        except UNFIT:
            return answer(RuleError(N_("The database refused these values"), code="invalid"))

    inner.__name__, inner.__doc__ = method.__name__, method.__doc__
    return inner


class ApiView(BaseView):
    """`/api/v1/<table>` for every table of the registry."""

    route_base = "/api/v1"
    default_view = "docs"
    class_permission_name = "api"
    base_permissions: list[str] = []
    csrf_exempt = True  # `api` asks for the token itself where a cookie signs in

    @expose("/")
    def docs(self) -> Any:
        """The API in the browser."""
        if not current_user.is_authenticated:
            return redirect("/app/login?next=/api/v1/")
        return respond("api.html", page={"title": _("Programming interface"), "spec_url": "/api/v1/openapi.json"})

    @expose("/openapi.json")
    @api
    def openapi(self) -> Any:
        """The tables and fields this user may reach, as OpenAPI 3.1."""
        open_tables = [c.instance() for c in REGISTRY.values() if actor().may("read", c.key)]
        return jsonify(describe(open_tables, actor()))

    @expose("/<key>")
    @api
    def index(self, key: str) -> Any:
        """A page of rows: the same parameters as the list's address."""
        view = allowed(key, "read")
        columns = view.api_columns(actor())
        state = view.read_state(request.args)
        if state.errors:
            raise state.errors[0]
        found = fetch(view.session, view.model, columns, state, view.model.version, base=view.base_condition())
        return jsonify({
            "count": found.total, "capped": found.capped, "page": found.page, "size": found.size,
            "result": [as_json(row, columns) for row in found.rows],
        })  # fmt: skip

    @expose("/<key>", methods=["POST"])
    @api
    def create(self, key: str) -> Any:
        """A new record."""
        view = allowed(key, "add")
        values, children = read_body(view, whole=True)
        record = records.save(view.session, view.model, None, values, children=children)
        return jsonify(one(view, record.id)), 201

    @expose("/<key>/<int:record_id>")
    @api
    def show(self, key: str, record_id: int) -> Any:
        """One record."""
        return jsonify(one(allowed(key, "read"), record_id))

    @expose("/<key>/<int:record_id>", methods=["PUT", "PATCH"])
    @api
    def change(self, key: str, record_id: int) -> Any:
        """Change some values; `version` must be the one that was read."""
        view = allowed(key, "edit")
        view.find(record_id)
        version = sent().get("version")
        if not isinstance(version, int) or isinstance(version, bool):
            raise RuleError(N_("Send the version you have read"), field="version")
        values, children = read_body(view, whole=False)
        reason = view.reason(sent())
        try:
            records.save(view.session, view.model, record_id, values, children=children, version=version, reason=reason)
        except Stale as stale:
            stale.changes = {c.name: (old, new) for c, old, new in view.open_changes(actor(), stale.changes)}
            raise
        return jsonify(one(view, record_id))

    @expose("/<key>/<int:record_id>", methods=["DELETE"])
    @api
    def remove(self, key: str, record_id: int) -> Any:
        """Delete a record nothing refers to."""
        view = allowed(key, "delete")
        view.check_own([record_id])
        records.delete(view.session, view.model, [record_id])
        return "", 204

    @expose("/<key>/<int:record_id>/<step>", methods=["POST"])
    @api
    def transition(self, key: str, record_id: int, step: str) -> Any:
        """Take a step of the record's life cycle."""
        view = allowed(key, "read")
        if view.read_only or not view.offers(step):
            raise RuleError(N_("There is no such step"), code="missing")
        allowed(key, step)
        record = view.find(record_id)
        inputs = inputs_of(view.model, step, request.get_json(silent=True))
        records.move(view.session, record, step, **inputs)
        return jsonify(one(view, record_id))


def allowed(key: str, permission: str) -> Any:
    """The console of a table the actor may use so. Raises RuleError."""
    console = REGISTRY.get(key)
    if console is None:
        raise RuleError(N_("There is no such table"), code="missing")
    if not granted(permission, key):
        raise RuleError(N_("You have no right to do this"), code="forbidden")
    return console.instance()


def as_json(row: Any, columns: list[Column]) -> dict[str, Any]:
    """One row (id, version, values …) as the API sends it."""
    made: dict[str, Any] = {"id": row[0], "version": row[1]}
    at = 2
    for c in columns:
        if c.target:
            made[c.name] = None if row[at] is None else {"id": row[at], "title": row[at + 1]}
            at += 2
        else:
            made[c.name] = c.kind.json(row[at], c.field)
            at += 1
    return made


def one(view: Any, record_id: int) -> dict[str, Any]:
    """One record with its child rows."""
    columns = view.api_columns(actor())
    statement = Query(view.model).select(columns, view.model.version).where(view.model.id == record_id)
    row = view.session.execute(statement).first()
    if row is None:
        raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
    made = as_json(row, columns)
    record = view.find(record_id)
    for grid in view.collections().values():
        if view.open_to(actor(), grid.name):
            made[grid.name] = [
                {"id": child.id}
                | {c.name: c.kind.json(getattr(child, c.key), c.field) for c in view.grid_columns(grid)}
                for child in getattr(record, grid.name)
            ]
    return made


def read_body(view: Any, *, whole: bool) -> tuple[dict[str, Any], dict[str, list[ChildRow]]]:
    """Parse a JSON body like the form. Raises RuleErrors."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise RuleError(N_("Send a JSON object"))
    grids = view.collections()
    apart = {*grids, *({"id", "version", "reason"} - set(view.form_fields()))}
    raw = {k: v for k, v in body.items() if k not in apart}
    values = view.read_values(raw)
    if whole:
        for name in view.form_fields():
            column = view.columns()[name]
            if column.field.required and name not in raw and view.model.__table__.c[column.key].default is None:
                raise RuleError(N_("This must be filled in"), field=name)
        if gaps := view.custom_gaps(values):
            raise RuleErrors(gaps)
    children = {}
    for name in grids.keys() & body.keys():
        if not view.writable_to(actor(), name):
            raise RuleError(N_("This field cannot be written"), field=name, code="forbidden")
        children[name] = read_children(view, grids[name], body[name])
    return values, children


def read_children(view: Any, grid: Any, rows: Any) -> list[ChildRow]:
    """Child rows of a JSON body. Raises RuleErrors."""
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise RuleError(N_("Send a list of objects"), field=grid.name)
    made, errors, columns = [], [], view.grid_columns(grid, writable=True)
    closed = set(grid.fields) - {c.name for c in columns} - {ORDER}
    for index, row in enumerate(rows):
        place, row_id, values = f"{grid.name}-{index}", row.get("id"), {}
        if row_id is not None and type(row_id) is not int:
            raise RuleError(N_("The id of a row is a whole number or null"), field=f"{place}-id")
        for name in closed & row.keys():
            raise RuleError(N_("This field cannot be written"), field=f"{place}-{name}", code="forbidden")
        for c in columns:
            if c.name in row or (row_id is None and c.model.__table__.c[c.key].default is None):
                try:
                    values[c.key] = read_value(row.get(c.name), c.field)
                except RuleError as error:
                    errors.append(RuleError(error.message, field=f"{place}-{c.name}", **error.params))
        made.append(ChildRow(values, row_id, bool(row.get("delete"))))
    if errors:
        raise RuleErrors(errors)
    return made
