"""Numbers of published applications and granted patents (ZC 0007 for China, WIPO ST.16 kind codes)."""

import re
import unicodedata
from dataclasses import dataclass

from app.rules.application_number import PatentType
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.normalize import clean_text

_TYPES = {
    **dict.fromkeys("ABC", PatentType.INVENTION),
    **dict.fromkeys("UY", PatentType.UTILITY_MODEL),
    **dict.fromkeys("SD", PatentType.DESIGN),
}
_BY_FIRST_DIGIT = {"1": PatentType.INVENTION, "2": PatentType.UTILITY_MODEL, "3": PatentType.DESIGN}
_CHINESE = re.compile(r"(?:CN)?([0-9]{7,9})([A-Z][0-9]?)|CN([123][0-9]{6}|[123][0-9]{8})")
_WIPO = re.compile(r"WO/?([0-9]{4})/?([0-9]{6})([A-Z][0-9]?)?|WO/?([0-9]{2})/?([0-9]{5})([A-Z][0-9]?)?")
_FOREIGN = re.compile(r"([A-Z]{2})([0-9A-Z/-]*?[0-9])([A-Z][0-9]?)?")


@dataclass(frozen=True)
class PublicationNumber:
    """A publication number taken apart: office (CN, WO, US …), number, kind code ("" if not given)."""

    country: str
    number: str
    kind: str = ""

    @property
    def text(self) -> str:
        """The canonical writing: CN106970934A, WO2024/123456A1."""
        return self.country + self.number + self.kind

    @property
    def patent_type(self) -> PatentType | None:
        """The type that a Chinese number tells by its kind code or, without one, its first digit; else None."""
        if self.country != "CN":
            return None
        return _TYPES[self.kind[0]] if self.kind else _BY_FIRST_DIGIT[self.number[0]]

    @property
    def granted(self) -> bool | None:
        """Whether it announces a grant; None for other offices and without a kind code.

        Chinese B, U and S of 7 or 8 digits are from before 1993, when they were announced for opposition.
        """
        if self.country != "CN" or not self.kind:
            return None
        return self.kind[0] in "CYD" or (self.kind[0] in "BUS" and len(self.number) == 9)


def parse_publication(value: object) -> PublicationNumber:
    """A publication or grant number in any usual way of writing: with spaces, small letters, full-width digits.

    A number without an office is taken as Chinese. RuleError (field publication_no) when it cannot be one.
    """
    text = re.sub(r"[\s.]", "", unicodedata.normalize("NFKC", clean_text(value))).upper()
    if match := _WIPO.fullmatch(text):
        year, serial, kind = match.groups()[:3] if match[1] else match.groups()[3:]
        return PublicationNumber("WO", f"{year}/{serial}", kind or "")
    if match := _CHINESE.fullmatch(text):
        number = PublicationNumber("CN", match[1] or match[3], match[2] or "")
        _check_kind(number)
        return number
    match = _FOREIGN.fullmatch(text)
    if match is None or match[1] in ("CN", "WO"):
        message = N_("“%(number)s” is not a publication number; write it as CN106970934A")
        raise RuleError(message, field="publication_no", number=text)
    return PublicationNumber(match[1], match[2], match[3] or "")


def _check_kind(number: PublicationNumber) -> None:
    if not number.kind:
        return
    if number.kind[0] not in _TYPES:
        message = N_("There is no Chinese publication of kind %(kind)s")
        raise RuleError(message, field="publication_no", kind=number.kind)
    if len(number.number) != 8 and _BY_FIRST_DIGIT.get(number.number[0]) is not number.patent_type:
        message = N_("A number beginning with %(digit)s cannot be of kind %(kind)s")
        raise RuleError(message, field="publication_no", kind=number.kind, digit=number.number[0])
