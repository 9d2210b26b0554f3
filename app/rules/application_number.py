"""Numbers of patent applications: what they say, how they are written, and what a mistyped one may have been.

Chinese numbers follow ZC 0006-2003: two digits of year, a type digit and five of serial until 2003-09-30 (without a
check digit until 1988), then four, one and seven; a point and a check digit modulo 11 at the end.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from operator import mul
from typing import Any, NamedTuple

from app.rules.choice import N_, Choice
from app.rules.errors import RuleError
from app.rules.normalize import clean_text, half_width, unmangle_integer_text


class PatentType(Choice):
    """What is protected (专利类型)."""

    INVENTION = N_("Invention")
    UTILITY_MODEL = N_("Utility model")
    DESIGN = N_("Design")


class Route(Choice):
    """The way an application takes (申请途径), as far as its number tells."""

    DOMESTIC = N_("Domestic application")
    PCT_NATIONAL = N_("PCT national phase")
    PCT_INTERNATIONAL = N_("PCT international phase")
    HAGUE = N_("Hague international design")
    FOREIGN = N_("Foreign application")


class NumberKind(Choice):
    """Who gave the number."""

    CHINESE = N_("Chinese application number")
    PCT = N_("PCT application number")
    HAGUE = N_("Hague registration number")
    FOREIGN = N_("Foreign application number")


class Repair(NamedTuple):
    """Something changed while a number was normalised: code, English message id, parameters."""

    code: str
    message: str
    params: dict[str, Any]


#: What stands before a number in publications and certificates; the end of a number whose point was left out.
_LETTERS, _TAIL = re.compile("^(?:CN|ZL)[.:：]?(?=[0-9])"), re.compile("[0-9]{3,12}[0-9X]")
_TYPES = {
    "1": PatentType.INVENTION,
    "2": PatentType.UTILITY_MODEL,
    "3": PatentType.DESIGN,
    "8": PatentType.INVENTION,
    "9": PatentType.UTILITY_MODEL,
}
_ROUTES = {
    NumberKind.PCT: Route.PCT_INTERNATIONAL,
    NumberKind.HAGUE: Route.HAGUE,
    NumberKind.FOREIGN: Route.FOREIGN,
}
_TYPE_NAMES = {
    **dict.fromkeys(("发明", "发明专利", "发明专利申请"), PatentType.INVENTION),
    **dict.fromkeys(("实用新型", "实用新型专利", "新型"), PatentType.UTILITY_MODEL),
    **dict.fromkeys(("外观设计", "外观设计专利", "外观"), PatentType.DESIGN),
}
_LAST_YEAR_WITHOUT_CHECK = 1988
_PCT_BY_SERIAL = range(1994, 1998)  # PCT national phase then had type 1 or 2 and a serial beginning with 9

_PREFIX = re.compile(r"(?:ZL|CN)+")
_PCT = re.compile(r"PCT[/\-]*([A-Z]{2})[/\-]*(?:(\d{4})[/\-]*(\d{6})|(\d{4})[/\-](\d{1,5})|(\d{2})[/\-]*(\d{5}))")
_HAGUE = re.compile(r"DM[/\-]*(\d{1,6})")
_WRITTEN = re.compile(r"([0-9]+)\.?([0-9X])?")
#: What stands around a number in lists: quotation marks, words for what it is, ends of lists.
_AROUND = re.compile(
    r"""^(?:['"‘’“”`#:]|中国|专利申请号|申请号|专利号|第|NO[.:])+"""
    r"""|(?:['"‘’“”`;,、]|号|\(?(?:发明|实用新型|新型|外观设计|外观)(?:专利)?\)?)+$"""
)
#: The kind that databases of documents put behind the number of an application: CN201410270596A.
_KIND = re.compile(r"(\d{12}(?:\.?[0-9X])?)[A-WY]\d?")
_GROUPED = re.compile(r"(\d{4})-(\d)-(\d{7})(?:[-.]?([0-9X]))?")
_POINTED = re.compile(r"(\d{8}|\d{12})[·•・,\-–—_]([0-9X])")
_PUBLICATION = re.compile(r"(?:WO/?)?\d{4}/?\d{3,6}[A-WY]\d?")
_SHORTENED = re.compile(r"\d\.?\d*E\+?\d+")
#: Offices whose applications an agency keeps, besides the Chinese one.
_OFFICES = re.compile(
    "A[ERTU]|B[ER]|C[AHLO]|D[EK]|E[AGPS]|F[IR]|GB|H[KU]|I[DLNT]|JP|K[RZ]|M[OXY]|N[LOZ]|P[HLT]|RU|S[AEG]|T[HRW]|U[AS]|VN|ZA"
)
_ABROAD = re.compile(r"(?:([A-Z]{2})[\s:]*)?(\d[0-9A-Z/,.\- ]{3,})")
_LOOKALIKES = {"O": "0", "Q": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"}
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_USUAL = re.compile(r"(20[0-9]{2}[12389][0-9]{7})\.([0-9X])")


@dataclass(frozen=True)
class ApplicationNumber:
    """An application number taken apart.

    body: the digits without the check digit (PCT, Hague and foreign numbers: the whole number);
    check: the check digit, "" for numbers given without one (those until 1988, and all that are not Chinese).
    """

    body: str
    check: str = ""
    kind: NumberKind = NumberKind.CHINESE

    @property
    def text(self) -> str:
        """The canonical writing: 201410270596.7, 85102475, PCT/CN2024/123456, DM/123456."""
        return f"{self.body}.{self.check}" if self.check else self.body

    @property
    def compact(self) -> str:
        """Without the point, as electronic filing writes it: 2014102705967."""
        return self.body + self.check

    @property
    def patent_number(self) -> str:
        """The number of a patent granted on this application: ZL201410270596.7; "" if not a Chinese one."""
        return f"ZL{self.text}" if self.kind is NumberKind.CHINESE else ""

    @property
    def expected_check(self) -> str:
        """The check digit that belongs to the body, "" where there is none."""
        return check_digit(self.body) if self.kind is NumberKind.CHINESE else ""

    @property
    def year(self) -> int | None:
        """The year of filing that the number tells, or None."""
        if self.kind is NumberKind.CHINESE:
            return _chinese_year(self.body)
        if self.kind is NumberKind.PCT:
            return _full_year(self.body.split("/")[1][2:], 1978)
        return None

    @property
    def patent_type(self) -> PatentType | None:
        """The type that the number tells, or None."""
        if self.kind is NumberKind.CHINESE:
            return _TYPES[_type_digit(self.body)]
        return PatentType.DESIGN if self.kind is NumberKind.HAGUE else None

    @property
    def route(self) -> Route:
        """The route that the number tells."""
        if self.kind is NumberKind.CHINESE:
            by_serial = len(self.body) == 8 and self.year in _PCT_BY_SERIAL and self.body[3] == "9"
            entered = _type_digit(self.body) in "89" or (by_serial and self.body[2] in "12")
            return Route.PCT_NATIONAL if entered else Route.DOMESTIC
        return _ROUTES[self.kind]


def parse_patent_type(value: object) -> PatentType:
    """The type that a cell names in Chinese (发明, 实用新型, 外观设计 …) or by its code; RuleError otherwise."""
    text = clean_text(value)
    patent_type = _TYPE_NAMES.get(text) or PatentType.__members__.get(text.upper())
    if patent_type is None:
        raise RuleError(N_("“%(value)s” is not a patent type"), field="patent_type", value=text)
    return patent_type


def check_digit(digits: str) -> str:
    """The check digit ("0" to "9" or "X") of the 8 or 12 digits of a Chinese number (ZC 0006-2003)."""
    if len(digits) not in (8, 12) or not _is_digits(digits):
        raise _refuse(N_("An application number has 8 or 12 digits before the check digit"))
    remainder = sum(map(mul, map(int, digits), _WEIGHTS)) % 11
    return "X" if remainder == 10 else str(remainder)


def parse(value: object, *, country: str = "CN") -> ApplicationNumber:
    """The number written in any usual way: with CN or ZL, spaces, full-width digits, x, no point, a float's ".0".

    Nothing is guessed: a missing or wrong check digit is refused with the right one in the sentence. When `country`
    is another than CN, a number that is neither PCT nor Hague is kept as it is. RuleError (field app_no).
    """
    number, _repairs = _read(value, country)
    return _verify(number)


def normalize(value: object, *, country: str = "CN") -> tuple[str, list[Repair]]:
    """The canonical writing of an imported number and every repair made to get there.

    Beyond what `parse` accepts it restores zeros a spreadsheet dropped in front and a check digit that was left out.
    RuleError (field app_no) where nothing safe can be done.
    """
    usual = _USUAL.fullmatch(value) if isinstance(value, str) and country == "CN" else None
    if usual and _chinese_year(usual[1]) is not None and check_digit(usual[1]) == usual[2]:
        return usual[0], []  # as nearly all are; read through at once
    number, repairs = _read(value, country)
    if number.kind is not NumberKind.CHINESE:
        return number.text, repairs
    restored = _restore(number)
    if restored is not None:
        number, repair = restored
        repairs.append(repair)
    return _verify(number).text, repairs


def office_abroad(value: object) -> str | None:
    """The office that a foreign number names in front (“US 14/123,456” → US).

    "" where it names none, but is written as no Chinese number is; None for a number that may be Chinese.
    """
    match = _ABROAD.fullmatch(unicodedata.normalize("NFKC", clean_text(value)).upper())
    if match is None or match[1] in ("CN", "ZL", "WO"):
        return None
    if match[1]:
        return match[1] if _OFFICES.fullmatch(match[1]) else None
    chinese = any(pattern.fullmatch(match[2]) for pattern in (_GROUPED, _POINTED))
    return "" if re.search("[/,-]", match[2]) and not chinese else None


def must_be_chinese(value: object) -> bool:
    """Whether a text that should be the number of another office is surely a Chinese one.

    It names China, or it is of thirteen digits with a year, a type and a check digit that belongs to them, or any
    Chinese number behind letters one slip away from CN or ZL (“CA201410270596.7”). Offices whose numbers begin with 20
    for utility models write such as 202012000389.5: those may be theirs.
    """
    text = unicodedata.normalize("NFKC", clean_text(value)).upper()
    rest = text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    letters = text.removesuffix(rest)
    if letters in ("CN", "ZL"):
        return True
    try:
        number = parse(rest.lstrip(" :"))
    except RuleError:
        return False
    if number.kind is not NumberKind.CHINESE or not number.check:
        return False
    slip = len(letters) == 2 and any(a == b for right in ("CN", "ZL") for a, b in zip(letters, right, strict=True))
    return slip or (len(number.body) == 12 and not number.body.startswith("2020"))


def written(typed: str) -> list[str]:
    """How a number as it is kept may hold what somebody typed of it: the same, without the letters of the office or the
    patent, and with the point before what may be the check digit.
    """
    bare = _LETTERS.sub("", half_width(typed).replace(" ", "").upper())
    pointed = [f"{bare[:-1]}.{bare[-1]}"] if _TAIL.fullmatch(bare) else []
    return list(dict.fromkeys([typed, bare, *pointed]))


def suggest(value: object, *, year: int | None = None, patent_type: PatentType | None = None) -> list[str]:
    """The numbers that differ from a refused Chinese number by one digit or by two neighbours swapped.

    The most plausible first: the known filing `year` and `patent_type`, then changes that leave year and type alone.
    A check digit that was left out is added. At most some 25; none for a number that is right.
    """
    try:
        parse(value)
    except RuleError:
        text = _strip(value)[0]
    else:
        return []
    symbols = unmangle_integer_text(text) if len(text.partition(".")[0]) in (9, 13) else text.replace(".", "")
    symbols = "".join(_LOOKALIKES.get(symbol, symbol) for symbol in symbols)
    if len(symbols) in (8, 12) and _is_digits(symbols):
        symbols += check_digit(symbols)
    if len(symbols) not in (9, 13):
        return []
    head = 3 if len(symbols) == 9 else 5

    def implausibility(candidate: ApplicationNumber) -> tuple[bool, bool, bool, str]:
        changed = [place for place, symbol in enumerate(candidate.compact) if symbol != symbols[place]]
        return (
            year is not None and candidate.year != year,
            patent_type is not None and candidate.patent_type is not patent_type,
            any(place < head for place in changed),
            candidate.text,
        )

    found = {number for near in _one_slip_away(symbols) if (number := _verified(near)) is not None}
    return [number.text for number in sorted(found, key=implausibility)]


def _one_slip_away(symbols: str) -> Iterator[str]:
    odd = [place for place, symbol in enumerate(symbols[:-1]) if not _is_digits(symbol)]
    for place in range(len(symbols)):
        if not odd or odd == [place]:
            for symbol in "0123456789X" if place == len(symbols) - 1 else "0123456789":
                yield symbols[:place] + symbol + symbols[place + 1 :]
    for place in range(len(symbols) - 1):
        yield symbols[:place] + symbols[place + 1] + symbols[place] + symbols[place + 2 :]


def _verified(compact: str) -> ApplicationNumber | None:
    body, check = compact[:-1], compact[-1]
    if not _is_digits(body) or check_digit(body) != check:
        return None
    number = ApplicationNumber(body, check)
    return number if _type_digit(body) in _TYPES and number.year is not None else None


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _refuse(message: str, **params: Any) -> RuleError:
    return RuleError(message, field="app_no", **params)


def _full_year(digits: str, first: int) -> int:
    if len(digits) == 4:
        return int(digits)
    return 1900 + int(digits) + (100 if int(digits) < first - 1900 else 0)


def _chinese_year(body: str) -> int | None:
    """1985 to 2003 for eight digits, 2003 to 2099 for twelve; None for a year that cannot be."""
    if len(body) == 8:
        year = _full_year(body[:2], 1985)
        return year if year <= 2003 else None
    return int(body[:4]) if 2003 <= int(body[:4]) <= 2099 else None


def _type_digit(body: str) -> str:
    return body[2 if len(body) == 8 else 4]


def _strip(value: object) -> tuple[str, list[Repair]]:
    """The number without prefix and blanks, upper case, half-width, and what was changed for that."""
    given = clean_text("" if value is None else value)
    solid = "".join(given.split())
    text = unicodedata.normalize("NFKC", solid).replace("。", ".").upper()
    repairs = []
    if solid != given:
        repairs.append(Repair("spaces", N_("Spaces removed"), {}))
    if text != "".join(str(value).split()):
        repairs.append(Repair("characters", N_("Full-width or lower-case characters corrected"), {}))
    if (bare := _AROUND.sub("", text)) != text and any(map(str.isdigit, bare)):
        text = bare
        repairs.append(Repair("around", N_("What stood around the number removed"), {}))
    if prefix := _PREFIX.match(text):
        text = text[prefix.end() :].lstrip(":.-")
        repairs.append(Repair("prefix", N_("Prefix %(prefix)s removed"), {"prefix": prefix[0]}))
    return text, repairs


def _read(value: object, country: str) -> tuple[ApplicationNumber, list[Repair]]:
    """The number as written, not yet verified: a Chinese body may have any length."""
    text, repairs = _strip(value)
    if not text:
        raise _refuse(N_("Enter an application number"))
    number = None
    if match := _PCT.fullmatch(text):
        office = match[1]
        year, serial = next((match[i], match[i + 1]) for i in (2, 4, 6) if match[i])
        number = ApplicationNumber(f"PCT/{office}{year}/{serial.zfill(6 if len(year) == 4 else 5)}", "", NumberKind.PCT)
    elif match := _HAGUE.fullmatch(text):
        number = ApplicationNumber(f"DM/{match[1].zfill(6)}", "", NumberKind.HAGUE)
    elif country != "CN":
        number = ApplicationNumber(clean_text(value), "", NumberKind.FOREIGN)
    if number is None:
        return _split(text, repairs)
    if number.text == str(value):
        return number, []
    return number, [Repair("rewritten", N_("Rewritten as %(number)s"), {"number": number.text})]


def _split(text: str, repairs: list[Repair]) -> tuple[ApplicationNumber, list[Repair]]:
    """Body and check digit of a Chinese number: where the point is missing, or a float put its own."""
    whole = unmangle_integer_text(text)
    if whole != text and len(whole) in (9, 13):
        text = whole
        repairs.append(Repair("float", N_("The “.0” of a spreadsheet number removed"), {}))
    elif _SHORTENED.fullmatch(text):
        raise _refuse(N_("A spreadsheet shortened this number to %(number)s; its last digits are lost"), number=text)
    text = _pointed(text, repairs)
    if _PUBLICATION.fullmatch(text):
        raise _refuse(N_("“%(number)s” is the number of a publication, not of an application"), number=text)
    if strange := "".join(dict.fromkeys(re.sub(r"[0-9X.]", "", text))):
        raise _refuse(N_("An application number cannot contain “%(characters)s”"), characters=strange)
    if not (match := _WRITTEN.fullmatch(text)):
        raise _refuse(N_("“%(number)s” is not an application number"), number=text)
    body, check = match[1], match[2] or ""
    if not check and len(body) in (9, 13):
        body, check = body[:-1], body[-1]
    if check and "." not in text:
        repairs.append(Repair("point", N_("Point before the check digit added"), {}))
    return ApplicationNumber(body, check), repairs


def _pointed(text: str, repairs: list[Repair]) -> str:
    """Without a kind behind, with no sign between the digits but a point before the check digit."""
    if match := _KIND.fullmatch(text):
        repairs.append(Repair("kind", N_("Kind code %(kind)s removed"), {"kind": text[match.end(1) :]}))
        text = match[1]
    if match := _GROUPED.fullmatch(text) or _POINTED.fullmatch(text):
        *parts, check = match.groups()
        text = "".join(parts) + (f".{check}" if check else "")
        repairs.append(Repair("signs", N_("Signs between the digits corrected"), {}))
    return text


def _restore(number: ApplicationNumber) -> tuple[ApplicationNumber, Repair] | None:
    """What a spreadsheet or a list lost, where the digits that are left prove it or leave one possibility."""
    body, check = number.body, number.check
    if len(number.compact) in (7, 8) and (len(body) < 8 or _chinese_year(body) is None):
        restored = _verified(number.compact.zfill(9))
        return (restored, Repair("zeros", N_("Zeros in front restored"), {})) if restored else None
    year = _chinese_year(body) if len(body) in (8, 12) else None
    if year is None:
        return None
    expected = check_digit(body)
    without_check = year <= _LAST_YEAR_WITHOUT_CHECK
    if without_check and check == "0" != expected:
        return ApplicationNumber(body), Repair("float", N_("The “.0” of a spreadsheet number removed"), {})
    if not check and not without_check:
        repair = Repair("check", N_("Missing check digit %(expected)s added"), {"expected": expected})
        return ApplicationNumber(body, expected), repair
    return None


def _verify(number: ApplicationNumber) -> ApplicationNumber:
    """The number itself, or RuleError with what is wrong."""
    if number.kind is not NumberKind.CHINESE:
        return number
    body, check, text = number.body, number.check, number.text
    if len(body) not in (8, 12):
        message = N_("An application number has 8 or 12 digits and a check digit; “%(number)s” has %(count)s in all")
        raise _refuse(message, number=text, count=len(number.compact))
    if number.year is None:
        raise _refuse(N_("No application number begins with %(year)s"), year=body[: 2 if len(body) == 8 else 4])
    if _type_digit(body) not in _TYPES:
        message = N_("The type digit of %(number)s is %(digit)s; it must be 1, 2, 3, 8 or 9")
        raise _refuse(message, number=text, digit=_type_digit(body))
    expected = check_digit(body)
    if not check and number.year > _LAST_YEAR_WITHOUT_CHECK:
        raise _refuse(
            N_("The check digit of %(number)s is missing; it should be %(expected)s"), number=text, expected=expected
        )
    if check and check != expected:
        raise _refuse(N_("The check digit of %(number)s should be %(expected)s"), number=text, expected=expected)
    return number
