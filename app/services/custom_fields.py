"""The administrator's own fields, as the console knows fields."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import CustomFieldKind
from app.services.kept import SETUP, keep, kept
from app.services.records import before_save
from models.base import Field
from models.system import CustomField

keep(SETUP, CustomField)
_ACTIVE = select(CustomField).where(CustomField.active.is_(True)).order_by(CustomField.position, CustomField.id)


def custom_fields(session: Session, table_key: str) -> dict[str, Field]:
    """{code: field} of the active custom fields of a table, in their order."""
    return {code: field for code, (field, _in_list, _in_query) in _known(session).get(table_key, {}).items()}


def listed(session: Session, table_key: str) -> list[str]:
    """Codes of the custom fields shown in the list by default."""
    return [code for code, (_f, in_list, _q) in _known(session).get(table_key, {}).items() if in_list]


def queried(session: Session, table_key: str) -> list[str]:
    """Codes of the custom fields of the query panel."""
    return [code for code, (_f, _l, in_query) in _known(session).get(table_key, {}).items() if in_query]


def _known(session: Session) -> dict[str, dict[str, tuple[Field, bool, bool]]]:
    return kept(session, SETUP, "custom_fields", _load)


@before_save(CustomField)
def _changed(session: Session, field: CustomField) -> None:
    """Check a custom field. Raises RuleError."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,38}", field.code or ""):
        raise RuleError(N_("The code is made of small letters, digits and _ and begins with a letter"), field="code")
    if field.kind is CustomFieldKind.OPTION and not options_of(field.choices):
        raise RuleError(N_("Give the choices, one a line"), field="choices")


def options_of(text: str | None) -> tuple[str, ...]:
    """The choices written in a text: one a line, or several of a line with commas, semicolons or 、 between."""
    return tuple(dict.fromkeys(o.strip() for o in re.split(r"[\n\r、，,；;]", text or "") if o.strip()))


def _load(session: Session) -> dict[str, dict[str, tuple[Field, bool, bool]]]:
    found: dict[str, dict[str, tuple[Field, bool, bool]]] = {}
    for c in session.execute(_ACTIVE).scalars():
        options = options_of(c.choices)
        field = Field(c.kind.name.lower(), c.label, c.required, options=options, length=2000, minimum=None)
        found.setdefault(c.table_key, {})[c.code] = (field, c.in_list, c.in_query)
    return found
