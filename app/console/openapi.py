"""The API described for programs (OpenAPI 3.1), from the same declarations that make the pages."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import inspect

from app.console.columns import CUSTOM, Column
from app.services.unit_of_work import Actor
from app.texts import gettext as _
from models.base import flows_of

ERROR = {"description": "refused", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
REFERENCE = {
    "type": ["object", "integer", "null"],  # an answer gives id and title, a request may send the bare id
    "properties": {"id": {"type": "integer"}, "title": {"type": "string"}},
    "required": ["id"],
}

#: Each gives the paths of a service that is no table.
SERVICES: list[Callable[[], dict[str, Any]]] = []


def describe(views: list[Any], actor: Actor) -> dict[str, Any]:
    """The document for these tables, with what `actor` may do and see."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Error": _error_schema()}
    for view in views:
        schemas |= _schemas(view, actor)
        paths |= _paths(view, actor)
    for service in SERVICES:
        paths |= service()
    return {
        "openapi": "3.1.0",
        "info": {"title": "PatentDesk", "version": "1"},
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "patentdesk"},
            },
        },
    }


def _error_schema() -> dict[str, Any]:
    item = {"type": "object", "properties": {"field": {"type": ["string", "null"]}, "message": {"type": "string"}}}
    return {
        "type": "object",
        "properties": {"ok": {"const": False}, "message": {"type": "string"}, "code": {"type": "string"},
                       "errors": {"type": "array", "items": item}},
    }  # fmt: skip


def _schemas(view: Any, actor: Actor) -> dict[str, Any]:
    """What a record looks like, and what a change of one must send: the version that was read."""
    columns = view.columns()
    names = {*view.form_fields(), *(CUSTOM + c for c in view.custom())}
    properties: dict[str, Any] = {"id": {"type": "integer", "readOnly": True}, "version": {"type": "integer"}}
    for column in view.api_columns(actor):
        free = column.name in names and view.writable_to(actor, column.name)
        properties[column.name] = _property(column) | ({} if free else {"readOnly": True})
    for grid in view.collections().values():
        if view.open_to(actor, grid.name):
            own = {c.name: _property(c, plain=True) for c in view.grid_columns(grid)}
            row = {"type": "object", "properties": {"id": {"type": "integer"}} | own}
            properties[grid.name] = {"type": "array", "items": row}
    needed = [n for n in view.form_fields() if n in properties and columns[n].field.required]
    required = [n for n in needed if columns[n].field.kind != "flag"]
    whole = {"type": "object", "title": _(view.model.__label__), "properties": properties}
    change: dict[str, Any] = {
        "properties": {k: v for k, v in properties.items() if not v.get("readOnly")},
        "required": ["version"],
    }
    if view.asks_reason:
        change["properties"]["reason"] = {"type": "string", "title": _("Reason for the change")}
        change["required"].append("reason")
    return {view.key: whole | {"required": required}, f"{view.key}_change": whole | change}


def _property(column: Column, *, plain: bool = False) -> dict[str, Any]:
    if column.target and not plain:
        return dict(REFERENCE) | {"title": _(column.label)}
    kept = inspect(column.model).columns.get(column.key)
    if kept is None and not column.custom:  # derived from other tables: read as text
        return {"type": ["string", "null"], "title": _(column.label)}
    made = column.kind.describe(column.field) | {"title": _(column.label)}
    empty = column.custom or column.path or kept.nullable  # an imported record may have gaps; what is behind one too
    if empty and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if "enum" in made:
            made["enum"] = [*made["enum"], None]
    return made


def _paths(view: Any, actor: Actor) -> dict[str, Any]:
    label, schema = _(view.model.__label__), {"$ref": f"#/components/schemas/{view.key}"}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    change = {"required": True, "content": {"application/json": {"schema": {"$ref": f"{schema['$ref']}_change"}}}}
    one = {"description": "OK", "content": {"application/json": {"schema": schema}}}
    page = {"type": "object", "properties": {"count": {"type": "integer"}, "page": {"type": "integer"},
                                             "result": {"type": "array", "items": schema}}}  # fmt: skip
    many = {"description": "OK", "content": {"application/json": {"schema": page}}}
    bad = {str(s): ERROR for s in (401, 403, 404, 409, 422)}
    whole = [{"name": n, "in": "query", "schema": {"type": "integer", "minimum": 1}} for n in ("page", "size")]
    whole.append({"name": "sort", "in": "query", "schema": {"type": "string"}})
    may = {p: actor.may(p, view.key) for p in view.permissions()}
    collection: dict[str, Any] = {"get": _operation(view, "list", label, {"200": many} | bad, parameters=whole)}
    item: dict[str, Any] = {"get": _operation(view, "read", label, {"200": one} | bad)}
    if may.get("add"):
        collection["post"] = _operation(view, "add", label, {"201": one} | bad, requestBody=body)
    if may.get("edit"):
        item["patch"] = _operation(view, "edit", label, {"200": one} | bad, requestBody=change)
    if may.get("delete"):
        item["delete"] = _operation(view, "delete", label, {"204": {"description": "deleted"}} | bad)
    item["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    paths = {f"/{view.key}": collection, f"/{view.key}/{{id}}": item}
    for step in (t for flow in flows_of(view.model) for t in flow.offered):
        if may.get(step.name):
            asks = {
                "type": "object",
                "properties": {a: {"type": "string"} for a in step.asks},
                "required": list(step.asks),
            }
            post = _operation(view, step.name, _(step.label), {"200": one} | bad,
                              requestBody={"content": {"application/json": {"schema": asks}}})  # fmt: skip
            paths[f"/{view.key}/{{id}}/{step.name}"] = {"post": post, "parameters": item["parameters"]}
    return paths


def _operation(view: Any, name: str, summary: str, responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"operationId": f"{view.key}_{name}", "tags": [view.key], "summary": summary, "responses": responses, **more}
