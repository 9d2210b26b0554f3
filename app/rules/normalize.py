"""Cleaning of what people type and spreadsheets hold: texts, dates, numbers, lists of names."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from app.rules.choice import N_
from app.rules.errors import RuleError

_HALF_WIDTH = {
    **{
        code: chr(code - 0xFEE0)
        for first, last in ("０９", "ＡＺ", "ａｚ")
        for code in range(ord(first), ord(last) + 1)
    },
    **dict.fromkeys((0x3000, 0x00A0), " "),
    **dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF), ""),
}
_WIDE = re.compile(f"[{''.join(map(re.escape, map(chr, _HALF_WIDTH)))}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_SERIALS = range(14611, 109575)  # 1940-01-01 to 2199-12-31
_COMPACT_DATES = range(1900_01_01, 2200_01_01)
_CLOCK = r"(?:[\sT]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DATES = tuple(
    re.compile(pattern + _CLOCK)
    for pattern in (
        r"(\d{4})(\d{2})(\d{2})",
        r"(\d{4})\s*([-./])\s*(\d{1,2})\s*\2\s*(\d{1,2})\s*[日号]?",
        r"(\d{4})\s+(\d{1,2})\s+(\d{1,2})",
        r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?",
    )
)

#: Signs people and systems write for the hyphen and the point of a date, and the apostrophe that makes a cell a text.
_DATE_SIGNS = str.maketrans({"．": ".", "。": ".", "／": "/", **dict.fromkeys("－–—‐−", "-"), **dict.fromkeys("'‘’`")})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_DATES = (
    re.compile(r"(?P<month>[A-Za-z]{3})[a-z]*\.?\s*(?P<day>\d{1,2}),?\s+(?P<year>\d{4})"),
    re.compile(r"(?P<day>\d{1,2})[-\s](?P<month>[A-Za-z]{3})[a-z]*\.?[-,\s]\s*(?P<year>\d{4})"),
)

_MONEY_SIGNS = re.compile(r"^(?:[¥￥]|CNY|RMB)\s*|\s*(?:元|CNY|RMB)$", re.IGNORECASE)
MOST_DIGITS = 20  # so that rounding and multiplying stay within what decimals carry exactly
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+")
_FLOAT_TAIL = re.compile(r"(\d+)\.0+")
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[Ee]\+?(\d{1,2})")

_STRONG_SEPARATOR = re.compile(r"[;；、|\n\r]+")
_COMMA = re.compile(r"[,，](?!\s*(?:ltd|limited|inc|incorporated|llc|llp|l\.p|co|corp|gmbh|s\.a)\b)", re.IGNORECASE)
_HAN = r"[\u3400-\u9fff]"  # compiled when first used: Python takes a millisecond for so many signs
_AGENCY_CODE = re.compile(r"(.*?)[\s(（\[]*(\d{5})(?:\.0+)?[)）\]]?", re.DOTALL)


def half_width(text: str) -> str:
    """Full-width letters, digits and spaces as ASCII, invisible characters removed; punctuation stays as it is."""
    return unicodedata.normalize("NFC", text.translate(_HALF_WIDTH) if _WIDE.search(text) else text)


def clean_text(value: object, *, multiline: bool = False) -> str:
    """A text as it should be stored: half-width letters and digits, single spaces, no control characters.

    Chinese punctuation （）：；， is kept. Line breaks become spaces unless `multiline`. None gives "".
    """
    if value is None:
        return ""
    text = _CONTROL.sub("", half_width(str(value)).replace("\r\n", "\n").replace("\r", "\n"))
    if not multiline:
        return " ".join(text.split())
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip("\n")


def parse_date(value: object, *, field: str | None = None) -> date:
    """The day meant by a cell or an input.

    Takes dates, datetimes, Excel serial numbers (1940 to 2199), 20120531, 2012-5-31, 2012.05.31, 2012/5/31, 2012 05 31
    and 2012年5月31日, each also with a time of day, which is dropped, and days whose month is an English word.
    RuleError for anything else, such as 05/06/2012, which are two days.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = _from_english(clean_text(value).translate(_DATE_SIGNS).strip())
    whole = unmangle_integer_text(text)
    if whole.isascii() and whole.isdigit() and len(whole) <= 8:
        if int(whole) in _EXCEL_SERIALS:
            return _EXCEL_EPOCH + timedelta(days=int(whole))
        text = whole
    elif isinstance(value, float) and _EXCEL_SERIALS.start <= value < _EXCEL_SERIALS.stop:  # a day with its time of day
        return _EXCEL_EPOCH + timedelta(days=int(value))
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            year, month, day = (int(part) for part in match.groups() if part.isdigit())
            if int(f"{year}{month:02}{day:02}") not in _COMPACT_DATES:
                break
            try:
                return date(year, month, day)
            except ValueError:
                raise RuleError(N_("There is no such day: %(value)s"), field=field, value=text) from None
    raise RuleError(N_("“%(value)s” is not a date; write it as 2015-03-10"), field=field, value=text)


def _from_english(text: str) -> str:
    """May 31, 2012 and 31-May-2012 as 2012-5-31; any other text as it is."""
    match = next((m for pattern in _ENGLISH_DATES if (m := pattern.fullmatch(text))), None)
    if match is None or match["month"].lower() not in _MONTHS:
        return text
    return f"{match['year']}-{_MONTHS.index(match['month'].lower()) + 1}-{match['day']}"


def parse_decimal(value: object, *, field: str | None = None) -> Decimal:
    """The number meant by a cell or an input: 1,234.50, ￥1234.5, 1234元, full-width, (5.00) for minus five.

    Floats are read by their shortest decimal form. RuleError for anything else, and for more than 20 digits.
    """
    if isinstance(value, Decimal) and value.is_finite():
        return value
    text = unicodedata.normalize("NFKC", clean_text(value)).replace("−", "-")
    number = _MONEY_SIGNS.sub("", text).strip()
    if number.startswith("(") and number.endswith(")"):
        number = "-" + _MONEY_SIGNS.sub("", number[1:-1]).strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = repr(value)
    elif not _NUMBER.fullmatch(number):
        raise RuleError(N_("“%(value)s” is not a number"), field=field, value=text)
    try:
        result = Decimal(number.replace(",", ""))
    except InvalidOperation:
        result = Decimal("NaN")
    if not result.is_finite():
        raise RuleError(N_("“%(value)s” is not a number"), field=field, value=text)
    digits, exponent = result.as_tuple()[1:]
    if len(digits) + max(int(exponent), 0) > MOST_DIGITS:
        raise RuleError(N_("This number is too large"), field=field)
    return result


def parse_integer(value: object, *, field: str | None = None) -> int:
    """The whole number meant by a cell or an input; 12.0 is twelve, 12.5 is refused (RuleError)."""
    number = parse_decimal(value, field=field)
    if number != number.to_integral_value():
        raise RuleError(N_("“%(value)s” is not a whole number"), field=field, value=clean_text(value))
    return int(number)


def unmangle_integer_text(value: object) -> str:
    """A code that a spreadsheet turned into a float, as it was: 2015207546755.0 -> "2015207546755".

    2.015207546755E+12 too, but only where every digit is there. Other texts come back cleaned, else unchanged.
    Not for application numbers, whose last digit after a point may be a check digit: they have their own `normalize`.
    """
    text = clean_text(value)
    if match := _FLOAT_TAIL.fullmatch(text):
        return match[1]
    if match := _SCIENTIFIC.fullmatch(text):
        digits, exponent = match[1] + (match[2] or ""), int(match[3])
        if len(digits) == exponent + 1:
            return digits
    return text


def split_names(value: object) -> list[str]:
    """The names in a cell, in order, without repeats and empty ends.

    Separators are ; ； 、 | and line breaks. Only when there is none of them and the text is Chinese does a comma
    separate, and never before Ltd, Inc and the like: "Foo Co., Ltd" is one name.
    """
    text = clean_text(value, multiline=True)
    if _STRONG_SEPARATOR.search(text.strip(";；、| \n")) or not re.search(_HAN, text):
        parts = _STRONG_SEPARATOR.split(text)
    else:
        parts = _COMMA.split(text.strip(";；、| \n"))
    return list(dict.fromkeys(name for part in parts if (name := part.strip(" ,，"))))


def split_agency(value: object) -> tuple[str, str]:
    """Name and five-digit code of a patent agency: "某某事务所(普通合伙) 44347" -> ("某某事务所(普通合伙)", "44347").

    The code is "" when there is none.
    """
    text = clean_text(value)
    match = _AGENCY_CODE.fullmatch(text)
    return (match[1].strip(), match[2]) if match else (text, "")
