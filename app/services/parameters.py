"""System parameters: what the administrator set, as the running system uses it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.system import ParameterKind
from app.services.kept import SETUP, keep, kept
from app.services.records import Stale, before_save, save
from app.services.secrets import vault_of
from app.services.unit_of_work import unit_of_work
from models.system import SystemParameter

keep(SETUP, SystemParameter)
_ALL = select(SystemParameter.code, SystemParameter.value)
#: Values of parameters that take effect at the next start (A-2.1.1.2-03), as read at this start.
_AT_START: dict[str, str | None] = {}


def value(session: Session, code: str, default: str = "") -> str:
    """The effective value of a parameter."""
    if code in _AT_START:
        return _AT_START[code] or default
    return kept(session, SETUP, "parameters", _read).get(code) or default


def _read(session: Session) -> dict[str, str | None]:
    return dict(session.execute(_ALL).all())


@before_save(SystemParameter)
def _changed(session: Session, parameter: SystemParameter) -> None:
    """Check a value against its kind. Raises RuleError."""
    text = (parameter.value or "").strip()
    most = 20_000 if parameter.kind is ParameterKind.LONG_TEXT else 500
    if len(text) > most:
        raise RuleError(N_("At most %(length)s characters"), field="value", length=most)
    if parameter.kind is ParameterKind.INTEGER and text and not text.isdecimal():
        raise RuleError(N_("A whole number is expected"), field="value")
    if parameter.kind is ParameterKind.FLAG and text not in ("", "0", "1"):
        raise RuleError(N_("Yes or no is expected"), field="value")
    if parameter.kind is ParameterKind.CHOICE and text not in choices_of(parameter):
        raise RuleError(N_("Choose one from the list"), field="value")
    if parameter.kind is ParameterKind.PASSWORD and parameter.value is not None:
        parameter.secret, parameter.value = vault_of(session).lock(parameter.value), None


def secret(session: Session, code: str) -> str:
    """The plain value of a parameter of kind PASSWORD. Raises RuleError where it can no longer be read."""
    token = session.scalar(select(SystemParameter.secret).where(SystemParameter.code == code))
    return vault_of(session).unlock(token) if token else ""


def running(parameter: SystemParameter) -> str:
    """The value the running system works with: until it is started again the one it found then."""
    return (_AT_START.get(parameter.code, parameter.value) if parameter.needs_restart else parameter.value) or ""


def waiting(parameter: SystemParameter) -> bool:
    """Whether a change waits for the next start."""
    return running(parameter) != (parameter.value or "")


def write(session: Session, typed: dict[str, str], versions: dict[str, int], cleared: set[str]) -> int:
    """Keep what was typed for several parameters, all or none; how many changed.

    versions: what was read, by code. An empty password stays as it was unless its code is in `cleared`.
    Raises RuleErrors whose fields are the codes.
    """
    changed, errors = 0, []
    with unit_of_work(session):
        for parameter in session.scalars(select(SystemParameter).where(SystemParameter.code.in_(typed))).all():
            text = typed[parameter.code].replace("\r\n", "\n").strip()
            hidden = parameter.kind is ParameterKind.PASSWORD
            if hidden and parameter.code in cleared and not text and parameter.secret:
                parameter.secret, changed = None, changed + 1
            elif text if hidden else text != (parameter.value or ""):
                try:
                    version = versions.get(parameter.code)
                    save(session, SystemParameter, parameter.id, {"value": text or None}, version=version)
                    changed += 1
                except Stale as stale:
                    message = N_("Changed by %(who)s meanwhile; load it again")
                    errors.append(RuleError(message, field=parameter.code, code="conflict", who=stale.who))
                except RuleErrors as refused:
                    errors += [RuleError(e.message, field=parameter.code, **e.params) for e in refused.errors]
                except RuleError as refused:
                    errors.append(RuleError(refused.message, field=parameter.code, **refused.params))
        if errors:
            raise RuleErrors(errors)
    return changed


def choices_of(parameter: SystemParameter) -> dict[str, str]:
    """{code: label} of a parameter that is chosen from a list."""
    pairs = (line.split("=", 1) for line in (parameter.choices or "").splitlines() if "=" in line)
    return {code.strip(): label.strip() for code, label in pairs}


def freeze(session: Session) -> None:
    """At the start: keep the values of parameters that only a restart changes."""
    query = select(SystemParameter.code, SystemParameter.value).where(SystemParameter.needs_restart.is_(True))
    _AT_START.clear()
    _AT_START.update(session.execute(query).all())
