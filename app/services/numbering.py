"""Giving numbers: gap-free under concurrency, unique, by the firm's own rules (A-2.1.13)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.rules.choice import N_, Choice
from app.rules.errors import RuleError, RuleErrors
from app.rules.numbering import (
    Segment,
    SegmentKind,
    compose,
    validate_scheme,
    validate_segment,
    validate_text,
)
from app.rules.numbering import preview as preview_of
from app.services import parameters
from app.services.records import before_save
from app.services.unit_of_work import unit_of, unit_of_work, unscoped
from models.base import now
from models.numbering import NumberingScheme, NumberingSymbol, Serial

#: The numbers that a system parameter switches between the firm's own rule and the plain one (A-2.1.13.2-01).
SWITCHES = {"case.our_ref": "custom_numbering"}
#: How often a number already taken by hand is stepped over before giving up.
PATIENCE = 1_000


def next_serial(session: Session, scope: str) -> int:
    """The next serial of a scope; the row is locked until the unit of work ends, so none is lost or given twice."""
    if unit_of(session) is None:
        raise RuntimeError("a serial is only given inside a unit of work")
    step = update(Serial).where(Serial.scope == scope).values(current=Serial.current + 1).returning(Serial.current)
    options = {"audited": True, "synchronize_session": False}
    with session.no_autoflush:
        current = session.execute(step, execution_options=options).scalar()
        if current is None:
            _begin(session, scope)
            current = session.execute(step, execution_options=options).scalar_one()
    return current


def _begin(session: Session, scope: str) -> None:
    """Make the row of a scope; whoever comes at the same moment waits for the first and finds it."""
    connection = session.connection()
    try:
        with connection.begin_nested():
            fresh = {"scope": scope, "current": 0, "version": 1, "created_at": now(), "updated_at": now()}
            connection.execute(insert(Serial.__table__), [fresh])
    except IntegrityError:
        return


def current_serial(session: Session, scope: str) -> int:
    """How far the serial of a scope has come."""
    return session.execute(select(Serial.current).where(Serial.scope == scope)).scalar() or 0


def set_serial(session: Session, scope: str, current: int) -> None:
    """Let the serial of a scope go on from `current` (设置流水号). Raises RuleError (field current): negative."""
    if current < 0:
        raise RuleError(N_("A serial number cannot be negative"), field="current")
    with unit_of_work(session):
        _begin(session, scope)
        query = select(Serial).where(Serial.scope == scope).with_for_update()
        row = session.execute(query, execution_options={"populate_existing": True}).scalars().one()
        row.current = current


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
    if scheme is None or not scheme.enabled or not scheme.segments or not switched_on(session, code):
        return None
    validate_scheme(scheme.segments)
    symbols = symbols_of(session)
    for _attempt in range(PATIENCE):
        number = compose(scheme.segments, facts, symbols, today, next_serial(session, code))
        if not _taken(session, column, number):
            return number
    raise RuleError(N_("No free number was found; check the current serial number"), code="conflict")


def number(session: Session, code: str, letter: str, today: date, *, column: object) -> str:
    """A number for `column` by the firm's rule `code`, or the system's own."""
    return give(session, code, {}, today, column=column) or plain(session, letter, code)


def plain(session: Session, letter: str, scope: str) -> str:
    """The system's own number: a letter and a serial."""
    return f"{letter}{next_serial(session, scope + '.plain'):06d}"


def switched_on(session: Session, code: str) -> bool:
    """Whether the parameter that governs this number, if there is one, lets the firm's own rule decide."""
    return code not in SWITCHES or parameters.value(session, SWITCHES[code], "1") == "1"


def preview(session: Session, code: str, segments: Sequence[Segment], today: date) -> list[tuple[Choice | None, str]]:
    """The next numbers a rule would give, without giving them. Raises RuleError as in `rules.numbering.preview`."""
    return preview_of(segments, symbols_of(session), today, current_serial(session, code) + 1)


@before_save(NumberingScheme)
def _check_scheme(_session: Session, scheme: NumberingScheme) -> None:
    """Each piece beside its row, then the whole (A-2.1.13.2.1)."""
    errors = [error for at, segment in enumerate(scheme.segments) for error in _piece_errors(at, segment)]
    if errors:
        raise RuleErrors(errors)
    if scheme.segments:
        validate_scheme(scheme.segments)


def _piece_errors(at: int, segment: Segment) -> Iterable[RuleError]:
    try:
        validate_segment(segment)
    except RuleError as error:
        yield RuleError(error.message, field=f"segments-{at}-{error.field}", **error.params)


@before_save(NumberingSymbol)
def _check_symbol(_session: Session, row: NumberingSymbol) -> None:
    validate_text(row.symbol, "symbol")
    if row.item and row.value and not row.value.name.startswith(f"{row.item.name}_"):
        raise RuleError(N_("This value does not belong to the configured item"), field="value")


def _taken(session: Session, column: object, number: str) -> bool:
    with session.no_autoflush, unscoped(session):
        return session.execute(select(column).where(column == number).limit(1)).first() is not None  # type: ignore[call-overload]
