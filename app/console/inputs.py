"""A column as an input: what templates and scripts need to draw its control."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.console.columns import Column
from app.console.kinds import kind_of
from models.base import fields_of

QUERY_KINDS = {"integer": "number", "decimal": "number", "money": "number", "percent": "number",
               "long_text": "text", "datetime": "date", "option": "choice", "json": "text"}  # fmt: skip


def choices_of(column: Column, chosen: list[str] | None = None) -> list[dict[str, Any]]:
    """The closed list of a choice or option column."""
    if column.field.kind == "option":
        return [{"code": o, "label": o, "selected": o in (chosen or [])} for o in column.field.options]
    if column.field.choices is None:
        return []
    return [{"code": c.name, "label": _(c.label), "selected": c.name in (chosen or [])} for c in column.field.choices]


def describe_input(view: Any, column: Column, *, name: str, values: list[str] | None = None) -> dict[str, Any]:
    """The control of a column: {name, label, kind, value, display, choices, url, required …}."""
    field = column.field
    target = view.console_of(column.target) if column.target else None
    value = values[0] if values else ""
    return {
        "name": name, "label": _(field.label), "kind": field.kind, "value": value, "values": values or [],
        "display": title_of(view.session, column.target, value) if column.target and value else "",
        "choices": choices_of(column, values), "required": field.required, "help": _(field.help) if field.help else "",
        "url": f"{target.base_url()}pick" if target else "", "maxlength": field.length, "unit": _(field.unit) if field.unit else "",
    }  # fmt: skip


def title_of(session: Session, target: type, key: Any) -> str:
    """What names the row `key` of a table; nothing where the reader may not see it."""
    if not str(key).isdigit():
        return ""
    title = getattr(target, target.__title__)
    return title_text(target, session.execute(select(title).where(target.id == int(key))).scalar())


def title_text(model: type, value: Any) -> str:
    """The value of a table's naming column as people read it."""
    if value is None:
        return ""
    field = fields_of(model).get(model.__title__)
    return kind_of(field).plain(value, field) if field else str(value)


def option_list(console: Any, session: Session) -> list[dict[str, Any]]:
    """All rows of a short table as options."""
    title = getattr(console.model, console.model.__title__)
    rows = session.execute(select(console.model.id, title).order_by(title).limit(200)).all()
    return [{"id": key, "name": name} for key, name in rows]
