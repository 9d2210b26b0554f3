"""What the firm's own numbers are made of (自定义编码, A-2.1.13)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from app.rules.application_number import PatentType
from app.rules.case import CaseType, FilingDirection, FilingMethod
from app.rules.choice import N_, Choice
from app.rules.errors import RuleError, RuleErrors


class SegmentKind(Choice):
    """Where one piece of a number comes from (类型, A-2.1.13.2.1-01)."""

    PATENT_TYPE = N_("Patent type")
    FILING_METHOD = N_("Filing method")
    CASE_TYPE = N_("Case type")
    DIRECTION = N_("Filing direction")
    DATE = N_("Current date")
    SERIAL = N_("Serial number")
    FIXED = N_("Fixed value")


#: The kinds whose values each have a symbol of the firm's choosing.
SYMBOLISED: dict[SegmentKind, type[Choice]] = {
    SegmentKind.PATENT_TYPE: PatentType,
    SegmentKind.FILING_METHOD: FilingMethod,
    SegmentKind.CASE_TYPE: CaseType,
    SegmentKind.DIRECTION: FilingDirection,
}

_LABELS: Any = {f"{kind.name}_{value.name}": value.label for kind, values in SYMBOLISED.items() for value in values}
#: Every value that may have a symbol, named by its kind and its code: PATENT_TYPE_INVENTION.
SymbolValue = cast(type[Choice], Choice("SymbolValue", _LABELS))

LONGEST_SERIAL = 12
LONGEST_DATE = 8

_FORBIDDEN = re.compile(r"""["'\\;:<>?/,]|[^\x21-\x7e]""")


@dataclass(frozen=True)
class Segment:
    """One piece of a number. Rows of a table with the same attributes serve as well.

    position: pieces are joined in its order. length: digits of a serial, or characters of the date YYYYMMDD, taken
    from `start`, counted from 0. fixed_value: what a FIXED piece says.
    """

    kind: SegmentKind
    position: int
    length: int | None = None
    start: int | None = None
    fixed_value: str | None = None


def validate_text(text: str | None, field: str) -> None:
    """RuleError if a fixed value or a symbol is empty or holds Chinese, blanks or one of " ' \\ ; : < > ? / ,"""
    if not text:
        raise RuleError(N_("Enter what the number shall contain here"), field=field)
    if _FORBIDDEN.search(text):
        message = N_("Please use no Chinese and no special characters here (\" ' \\ ; : < > ? / ,); _ and - are good")
        raise RuleError(message, field=field)


def validate_segment(segment: Segment) -> None:
    """RuleError, with its column as field, if the piece lacks what its kind needs or has it wrong."""
    if segment.position is None or segment.position < 0:
        raise RuleError(N_("The sequence number must be a whole number from 0"), field="position")
    if segment.kind is SegmentKind.FIXED:
        validate_text(segment.fixed_value, "fixed_value")
    elif segment.kind is SegmentKind.SERIAL:
        if not 1 <= (segment.length or 0) <= LONGEST_SERIAL:
            message = N_("A serial number needs a length of 1 to %(most)s digits")
            raise RuleError(message, field="length", most=LONGEST_SERIAL)
    elif segment.kind is SegmentKind.DATE:
        if segment.start is None or not 0 <= segment.start < LONGEST_DATE:
            raise RuleError(N_("The start position in a date is 0 to 7"), field="start")
        if not 1 <= (segment.length or 0) <= LONGEST_DATE - segment.start:
            message = N_("From position %(start)s of a date 1 to %(most)s characters can be taken")
            raise RuleError(message, field="length", start=segment.start, most=LONGEST_DATE - segment.start)


def validate_scheme(segments: Sequence[Segment]) -> None:
    """RuleErrors if any piece is wrong, two have the same sequence number, or there is not just one serial number."""
    errors = []
    for segment in segments:
        try:
            validate_segment(segment)
        except RuleError as error:
            errors.append(error)
    positions = [segment.position for segment in segments]
    if len(set(positions)) != len(positions):
        message = N_("Two pieces have the same sequence number")
        errors.append(RuleError(message, field="position", code="conflict"))
    if sum(segment.kind is SegmentKind.SERIAL for segment in segments) != 1:
        errors.append(RuleError(N_("A number needs exactly one serial number"), field="kind"))
    if errors:
        raise RuleErrors(errors)


def symbol_value(value: Choice) -> Choice:
    """The entry of `SymbolValue` for a patent type, filing method, case type or filing direction."""
    kind = next(kind for kind, values in SYMBOLISED.items() if isinstance(value, values))
    return SymbolValue[f"{kind.name}_{value.name}"]


def compose(
    segments: Iterable[Segment],
    facts: Mapping[SegmentKind, Choice],
    symbols: Mapping[Choice, str],
    today: date,
    serial: int,
) -> str:
    """The number of a new record.

    facts: its patent type, filing method … by kind; symbols: by `SymbolValue`. A serial is filled with zeros on the
    left to its length and grows beyond it when it must. RuleError (conflict): a value is missing, or has no symbol.
    """
    return "".join(
        _piece(segment, facts, symbols, today, serial) for segment in sorted(segments, key=lambda one: one.position)
    )


def preview(
    segments: Sequence[Segment], symbols: Mapping[Choice, str], today: date, serial: int
) -> list[tuple[Choice | None, str]]:
    """What the next numbers would look like: one for each patent type that has a symbol, or one if none matters.

    Of filing method, case type and direction the first value with a symbol is taken. RuleErrors as in
    `validate_scheme`; RuleError (conflict) if a kind has no symbol at all.
    """
    validate_scheme(segments)
    kinds = {segment.kind for segment in segments} & SYMBOLISED.keys()
    usable = {
        kind: [v for v in SYMBOLISED[kind] if symbol_value(v) in symbols] or list(SYMBOLISED[kind])[:1]
        for kind in kinds
    }
    facts = {kind: values[0] for kind, values in usable.items()}
    if SegmentKind.PATENT_TYPE not in kinds:
        return [(None, compose(segments, facts, symbols, today, serial))]
    return [
        (value, compose(segments, {**facts, SegmentKind.PATENT_TYPE: value}, symbols, today, serial))
        for value in usable[SegmentKind.PATENT_TYPE]
    ]


def _piece(
    segment: Segment,
    facts: Mapping[SegmentKind, Choice],
    symbols: Mapping[Choice, str],
    today: date,
    serial: int,
) -> str:
    if segment.kind is SegmentKind.FIXED:
        return segment.fixed_value or ""
    if segment.kind is SegmentKind.SERIAL:
        return str(serial).zfill(segment.length or 0)
    if segment.kind is SegmentKind.DATE:
        start = segment.start or 0
        return f"{today:%Y%m%d}"[start : start + (segment.length or 0)]
    value = facts.get(segment.kind)
    if value is None:
        message = N_("The number needs a value for “%(label)s”")
        raise RuleError(message, field=segment.kind.name.lower(), code="conflict", label=segment.kind.label)
    symbol = symbols.get(symbol_value(value))
    if not symbol:
        message = N_("“%(label)s” has no symbol yet; set it among the numbering symbols")
        raise RuleError(message, field=segment.kind.name.lower(), code="conflict", label=value.label)
    return symbol
