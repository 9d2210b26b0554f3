"""Giving numbers: gap-free under concurrency, unique, by the firm's own rules (A-2.1.13)."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.rules.choice import N_, Choice
from app.rules.errors import RuleError
from app.rules.numbering import SegmentKind, compose, validate_scheme
from app.services.unit_of_work import unit_of, unscoped
from models.base import now
from models.numbering import NumberingScheme, NumberingSymbol, Serial

#: How often a number already taken by hand is stepped over before giving up.
PATIENCE = 1_000


def next_serial(session: Session, scope: str) -> int:
    """The next serial of a scope; the row is locked until the unit of work ends, so none is lost or given twice."""
    if unit_of(session) is None:
        raise RuntimeError("a serial is only given inside a unit of work")
    step = update(Serial).where(Serial.scope == scope).values(current=Serial.current + 1).returning(Serial.current)
    with session.no_autoflush:
        current = session.execute(step, execution_options={"audited": True, "synchronize_session": False}).scalar()
        if current is None:
            fresh = {"scope": scope, "current": 1, "version": 1, "created_at": now(), "updated_at": now()}
            session.execute(insert(Serial.__table__), [fresh])
            current = 1
    return current


def symbols_of(session: Session) -> dict[Choice, str]:
    """What stands for each value."""
    return dict(session.execute(select(NumberingSymbol.value, NumberingSymbol.symbol)).all())


def give(
    session: Session, code: str, facts: Mapping[SegmentKind, Choice], today: date, *, column: object
) -> str | None:
    """The next free number of the rule `code` for `column`; None where the rule is switched off or missing.

    A number somebody typed by hand before is stepped over (ambiguities 11).
    """
    with session.no_autoflush:
        scheme = session.execute(select(NumberingScheme).where(NumberingScheme.code == code)).scalars().first()
    if scheme is None or not scheme.enabled or not scheme.segments:
        return None
    validate_scheme(scheme.segments)
    symbols = symbols_of(session)
    for _attempt in range(PATIENCE):
        number = compose(scheme.segments, facts, symbols, today, next_serial(session, code))
        if not _taken(session, column, number):
            return number
    raise RuleError(N_("No free number was found; check the current serial number"), code="conflict")


def _taken(session: Session, column: object, number: str) -> bool:
    with session.no_autoflush, unscoped(session):
        return session.execute(select(column).where(column == number).limit(1)).first() is not None  # type: ignore[call-overload]
