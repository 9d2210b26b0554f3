"""One cell: its text, its value, what was put right on the way, or why it is refused."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from app.console.imports.headers import simplified
from app.console.imports.source import Unworked
from app.console.imports.targets import Target
from app.console.kinds import CUSTOM_KINDS, KINDS, kind_of
from app.console.layout import ImportNames, Imports
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.normalize import clean_text
from app.texts import gettext as _
from models.base import Field

#: What spreadsheets show where a formula failed.
FAILED = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
#: Signs and programs' words for nothing; what people write there besides; what they write there for a day.
MARKS = frozenset(("-", "--", "---", "—", "——", "–", "/", "\\", "n/a", "null", "none", "nan", "nil"))
NOTHING = MARKS | {"无", "暂无", "空", "待定", "未定", "不详"}
NO_DAY = {"0", "0000-00-00", "0000.00.00", "0000/00/00", "00000000"}
NO_DAY |= {"1900-01-00", "1900/1/0", "1900-01-01", "1900/1/1"}
#: From here on a spreadsheet's number has lost digits.
WHOLE = 1e15
_DIRTY = re.compile("[０-９Ａ-Ｚａ-ｚ\u3000\u00a0\u200b-\u200d\u2060\ufeff\x00-\x1f\x7f]|  ")
_SERIAL = re.compile(r"\d{5,6}(\.\d+)?")
#: What divides names without a doubt, and all that is left out when names are compared with the cell they are from.
_DIVIDED = re.compile(r"[;；、|,，\n\r]")
_BARE = re.compile(r"[\s;；、,，|/\u200b-\u200d\ufeff]+")
#: Remembered texts a column; beyond, cells are read anew.
MEMORY = 50_000


class Mend(NamedTuple):
    """One thing put right, or (doubt) what deserves a look: an English message id with its parameters."""

    message: str
    params: dict[str, Any]
    doubt: bool = False


class Reading(NamedTuple):
    """What a cell says. shown: the value as it reads now, where it was mended."""

    value: Any = None
    shown: str = ""
    mends: tuple[Mend, ...] = ()
    error: RuleError | None = None


Reader = Callable[[Any], Reading]
EMPTY = Reading()


def cell_text(raw: Any) -> str:
    """A cell as text: whole numbers without the “.0” a workbook keeps them with, dates as 2015-03-10."""
    if isinstance(raw, str):
        return raw
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "1" if raw else "0"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() else repr(raw)
    if isinstance(raw, datetime):
        return raw.strftime("%Y-%m-%d" if not (raw.hour or raw.minute or raw.second) else "%Y-%m-%d %H:%M")
    return raw.isoformat() if isinstance(raw, date) else str(raw)


def plain_form(text: str) -> str:
    """A word as choices are compared: half-width, in simplified characters, without blanks and case."""
    return "".join(simplified(unicodedata.normalize("NFKC", text)).casefold().split())


def readers_of(targets: dict[str, Target], imports: Imports) -> dict[str, Reader]:
    """The reader of each target's cells."""
    return {
        name: remembering(
            reader_of(target, imports),
            repeats=target.names is not None or target.field.kind != "long_text",
            blanks=_blanks(target, imports),
        )
        for name, target in targets.items()
    }


def _blanks(target: Target, imports: Imports) -> frozenset[str]:
    """The words that are no text of this column, although it takes any: none where a table's own words may be such."""
    if target.names is not None:
        return NOTHING
    if target.field.kind not in ("text", "reference") or not imports.blanks:
        return frozenset()
    return MARKS if target.name in imports.verbatim else NOTHING


def reader_of(target: Target, imports: Imports) -> Reader:
    """How cells of this target are read."""
    field = target.field
    if target.names is not None:
        return _names(target.names)
    if target.column is not None and target.column.custom:
        return _custom(_of_kind(field, {}), field)
    if cleaner := imports.cleaners.get(target.name):
        return _cleaned(cleaner, field)
    return _of_kind(field, imports.words.get(target.name, {}))


def _of_kind(field: Field, words: dict[str, Any]) -> Reader:
    if field.kind == "choice":
        return _choice(field, words)
    if field.kind == "date":
        return _date(field)
    if field.kind in ("integer", "decimal", "money", "percent"):
        return _number(field)
    return _plain(field) if field.kind in ("flag", "option", "long_text") else _text(field)


def remembering(read: Reader, *, repeats: bool, blanks: frozenset[str] = frozenset()) -> Reader:
    """Knows failed formulas and empty cells, and where a column repeats itself reads each text once.

    blanks: words for nothing that are not even looked at; any other is one where nothing else can be made of it.
    """
    memory: dict[str, Reading] = {}

    def reader(raw: Any) -> Reading:
        if type(raw) is not str:
            return EMPTY if raw is None else _attempt(read, raw)
        known = memory.get(raw)
        if known is None:
            known = _attempt(read, raw, blanks) if raw and not raw.isspace() else EMPTY
            if repeats and len(memory) < MEMORY:
                memory[raw] = known
        return known

    return reader


def _attempt(read: Reader, raw: Any, blanks: frozenset[str] = frozenset()) -> Reading:
    if isinstance(raw, Unworked):
        message = N_("The formula %(formula)s has no value yet; open the file in a spreadsheet program and save it")
        return Reading(error=RuleError(message, formula=str(raw)))
    if isinstance(raw, str) and raw in FAILED:
        return Reading(error=RuleError(N_("The cell holds a failed formula")))
    word = plain_form(raw) if isinstance(raw, str) and len(raw) < 9 else ""
    if word in blanks:
        return nothing(raw)
    try:
        return read(raw)
    except RuleError as error:
        return nothing(raw) if word in NOTHING else Reading(error=error)


def nothing(raw: Any) -> Reading:
    """A cell that says it is empty."""
    return Reading(mends=(Mend(N_("“%(text)s” read as empty"), {"text": cell_text(raw).strip()}),))


def words_of(raw: Any) -> str:
    """A cell as text that names something. Raises RuleError for TRUE and FALSE, and for numbers that lost digits."""
    if isinstance(raw, bool):
        raise RuleError(N_("The cell holds TRUE or FALSE in place of a text"))
    if isinstance(raw, int | float) and abs(raw) >= WHOLE:
        message = N_("Spreadsheets keep 15 digits of a number; the last of %(number)s are lost, write it as a text")
        raise RuleError(message, number=f"{raw:.0f}")
    return cell_text(raw)


def tidy(text: str) -> str:
    """`clean_text`, at once for the many texts that are clean already."""
    if _DIRTY.search(text) or not unicodedata.is_normalized("NFC", text):
        return clean_text(text)
    return text.strip()


def _text(field: Field) -> Reader:
    kind = KINDS["text" if field.kind == "reference" else field.kind]

    def read(raw: Any) -> Reading:
        text = words_of(raw)
        clean = tidy(text)
        value = kind.parse(clean, field)
        if clean == text.strip():
            return Reading(value)
        return Reading(value, clean, (Mend(N_("Blanks, full-width or invisible characters corrected"), {}),))

    return read


def _plain(field: Field) -> Reader:
    kind = kind_of(field)
    return lambda raw: Reading(kind.parse(cell_text(raw), field))


def _number(field: Field) -> Reader:
    kind = kind_of(field)

    def read(raw: Any) -> Reading:
        value = kind.parse(raw, field)
        shown = kind.input(value, field)
        if not isinstance(raw, str) or shown == raw.strip() or value is None:
            return Reading(value)
        return Reading(value, shown, (Mend(N_("Read as the number %(value)s"), {"value": shown}),))

    return read


def _date(field: Field) -> Reader:
    kind = kind_of(field)

    def read(raw: Any) -> Reading:
        if plain_form(cell_text(raw)) in NO_DAY:
            return nothing(raw)
        value = kind.parse(raw, field)
        if isinstance(raw, date) or value is None or raw == (shown := kind.input(value, field)):
            return Reading(value)
        serial = _SERIAL.fullmatch(cell_text(raw).strip())
        message = (
            N_("The serial number of a spreadsheet read as a day") if serial else N_("Dates are written year-month-day")
        )
        return Reading(value, shown, (Mend(message, {}),))

    return read


def _choice(field: Field, words: dict[str, Any]) -> Reader:
    kind = kind_of(field)
    exact = {plain_form(name): c for c in field.choices or () for name in (c.name, c.label, _(c.label))}
    known = {plain_form(word): c for word, c in words.items()} | exact

    def read(raw: Any) -> Reading:
        text = plain_form(cell_text(raw))
        value = known.get(text)
        if value is None:
            value = kind.parse(clean_text(cell_text(raw)), field)
        if value is None or text in exact:
            return Reading(value)
        return Reading(value, _(value.label), (Mend(N_("The system's word for it"), {}),))

    return read


def _cleaned(cleaner: Callable[[Any], tuple[Any, list[Any]]], field: Field) -> Reader:
    kind = KINDS["text"] if field.kind == "reference" else kind_of(field)

    def read(raw: Any) -> Reading:
        value, repairs = cleaner(words_of(raw))
        value = kind.parse(value, field)
        return Reading(value, str(value or "") if repairs else "", tuple(Mend(r.message, r.params) for r in repairs))

    return read


def _names(names_of: ImportNames) -> Reader:
    def read(raw: Any) -> Reading:
        text = words_of(raw)
        names = names_of.split(text)
        shown = "；".join(names)
        if names_of.unsure is not None and names_of.unsure(names):
            message = N_("Read as one name; several are divided by semicolons, without numbers or “等”")
            return Reading(names, "" if shown == text.strip() else shown, (Mend(message, {}, True),))
        plain = len(names) < 2 or _DIVIDED.search(text) is not None
        if plain and all(name in text for name in names) and _BARE.sub("", text) == _BARE.sub("", "".join(names)):
            return Reading(names or None)
        return Reading(names or None, shown, (Mend(N_("Read as the names: %(names)s"), {"names": shown}),))

    return read


def _custom(read: Reader, field: Field) -> Reader:
    """A custom field: the value as the record's JSON keeps it."""
    kind = CUSTOM_KINDS[field.kind]

    def reader(raw: Any) -> Reading:
        reading = read(raw)
        return reading._replace(value=kind.store(reading.value, field))

    return reader
