"""System parameters: what the administrator set, as the running system uses it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import ParameterKind
from app.services.records import before_save
from models.system import SystemParameter

#: Values of parameters that take effect at the next start (A-2.1.1.2-03), as read at this start.
_AT_START: dict[str, str | None] = {}


def value(session: Session, code: str, default: str = "") -> str:
    """The effective value of a parameter; all are read once per session."""
    known = session.info.get("parameters")
    if known is None:
        rows = session.execute(select(SystemParameter.code, SystemParameter.value)).all()
        known = session.info["parameters"] = dict(rows)
    if code in _AT_START:
        return _AT_START[code] or default
    return known.get(code) or default


@before_save(SystemParameter)
def _changed(session: Session, parameter: SystemParameter) -> None:
    """Check a value against its kind. Raises RuleError."""
    text = (parameter.value or "").strip()
    if parameter.kind is ParameterKind.INTEGER and text and not text.isdecimal():
        raise RuleError(N_("A whole number is expected"), field="value")
    if parameter.kind is ParameterKind.FLAG and text not in ("", "0", "1"):
        raise RuleError(N_("Yes or no is expected"), field="value")
    if parameter.kind is ParameterKind.CHOICE and text not in choices_of(parameter):
        raise RuleError(N_("Choose one from the list"), field="value")
    forget(session)


def choices_of(parameter: SystemParameter) -> dict[str, str]:
    """{code: label} of a parameter that is chosen from a list."""
    pairs = (line.split("=", 1) for line in (parameter.choices or "").splitlines() if "=" in line)
    return {code.strip(): label.strip() for code, label in pairs}


def forget(session: Session) -> None:
    """Read them anew: one was changed."""
    session.info.pop("parameters", None)


def freeze(session: Session) -> None:
    """At the start: keep the values of parameters that only a restart changes."""
    query = select(SystemParameter.code, SystemParameter.value).where(SystemParameter.needs_restart.is_(True))
    _AT_START.clear()
    _AT_START.update(session.execute(query).all())
