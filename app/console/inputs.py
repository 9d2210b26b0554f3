"""A column as an input: what templates and scripts need to draw its control."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.console.columns import Column
from app.console.kinds import is_whole, kind_of
from app.console.registry import console_of
from app.services.unit_of_work import actor_of
from app.texts import gettext as _
from models.base import fields_of

QUERY_KINDS = {"integer": "number", "decimal": "number", "money": "number", "percent": "number",
               "long_text": "text", "datetime": "date", "json": "text"}  # fmt: skip


def choices_of(column: Column, chosen: list[str] | None = None) -> list[dict[str, Any]]:
    """The values of a column that is a closed list."""
    field, picked = column.field, chosen or []
    pairs = column.kind.listed(field) if field.choices is None else [(c.name, _(c.label)) for c in field.choices]
    return [{"code": code, "label": label, "selected": code in picked} for code, label in pairs]


def describe_input(view: Any, column: Column, *, name: str, values: list[str] | None = None) -> dict[str, Any]:
    """The control of a column: {name, label, kind, value, display, choices, url, required …}."""
    field, choices = column.field, choices_of(column, values)
    kind = "choice" if choices and field.kind != "flag" else field.kind
    target = view.console_of(column.target) if column.target else None
    value = values[0] if values else ""
    return {
        "name": name, "label": _(field.label), "kind": kind, "value": value,
        "values": values or [], "choices": choices, "required": field.required,
        "display": title_of(view.session, column.target, value) if column.target and value else "",
        "help": _(field.help) if field.help else "", "url": f"{target.base_url()}pick" if target else "",
        "maxlength": field.length, "unit": _(field.unit) if field.unit else "",
    }  # fmt: skip


def title_of(session: Session, target: type[Any], key: Any) -> str:
    """What names the row `key` of a table; nothing where the reader may not see it."""
    if not is_whole(str(key)):
        return ""
    title = target.id if nameless(session, target) else getattr(target, target.__title__)
    found = session.execute(select(title).where(target.id == int(key))).scalar()
    return shown_title(session, target, key, found)


def titles_of(session: Session, target: type[Any], keys: set[int]) -> dict[int, str]:
    """What names several rows of a table, in one statement."""
    title = target.id if nameless(session, target) else getattr(target, target.__title__)
    rows = session.execute(select(target.id, title).where(target.id.in_(keys))).all() if keys else []
    return {key: shown_title(session, target, key, value) for key, value in rows}


def shown_title(session: Session, target: type[Any], key: Any, value: Any) -> str:
    """What a row is called before who acts: its title, or “#” and its id where that is hidden from him."""
    return f"#{key}" if value is not None and nameless(session, target) else title_text(target, value)


def nameless(session: Session, target: type[Any]) -> bool:
    """Whether who acts in the session may not see what names the rows of a table."""
    actor = actor_of(session)
    if actor.is_admin:
        return False
    console = console_of(target)
    return console is not None and not console.instance().open_to(actor, target.__title__)


def title_text(model: type[Any], value: Any) -> str:
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
