"""What lists of patents from other systems mean: their columns turned into those of a case.

Written for the exports of gazette platforms, patent databases and older agency systems: one column for publication and
grant numbers, agency and code in one cell, priorities as “2012.01.16 DE 202012000389.5”, states in other words.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from app.rules import application_number
from app.rules.application_number import ApplicationNumber, NumberKind, PatentType, Repair, Route
from app.rules.case import CaseStatus, CaseType, FeeReduction, FilingDirection
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.legal_state import read_state
from app.rules.normalize import clean_text, parse_date, split_agency, split_names
from app.rules.publication_number import PublicationNumber, parse_publication

Note = Callable[..., None]
Values = dict[str, Any]

#: Types in other words, by the kind code of a publication, and by the digit in an application number.
PATENT_TYPES = {
    **dict.fromkeys(
        ("发明专利", "发明申请", "发明专利申请", "发明公开", "发明公布", "发明授权", "授权发明", "发明专利授权",
         "发明授权专利", "PCT发明", "发明PCT", "发明(PCT)", "PCT发明专利", "Invention patent", "Invention application",
         "Granted invention", "FM", "A", "B", "C", "1", "8"), PatentType.INVENTION),
    **dict.fromkeys(
        ("新型", "实用", "实用新型专利", "实用新型授权", "授权实用新型", "PCT实用新型", "实用新型(PCT)",
         "Utility model patent", "XX", "SYXX", "U", "Y", "2", "9"), PatentType.UTILITY_MODEL),
    **dict.fromkeys(
        ("外观", "外观专利", "外观设计专利", "外观设计授权", "授权外观设计", "Design patent", "WG", "WGSJ", "S", "D",
         "3"), PatentType.DESIGN),
}  # fmt: skip
REDUCTIONS = {
    **dict.fromkeys(("0.7", "70"), FeeReduction.SEVENTY),
    **dict.fromkeys(("0.85", "85"), FeeReduction.EIGHTY_FIVE),
    **dict.fromkeys(("0", "无", "否", "不费减"), FeeReduction.NONE),
}
PRIORITIES = ("priority", "priority_no", "priority_date")
#: Countries and offices as lists call them, where the table of countries does not.
COUNTRIES = {
    **dict.fromkeys(("CHN", "CHINA", "中国大陆", "大陆", "中华人民共和国", "国内"), "CN"),
    **dict.fromkeys(("PCT", "WIPO", "国际"), "WO"),
    **dict.fromkeys(("EPO", "EPC", "欧洲", "欧专局", "欧洲专利"), "EP"),
    **{"USA": "US", "台湾": "TW", "香港": "HK", "澳门": "MO", "JPN": "JP", "KOR": "KR", "南韩": "KR"},
}
_NOT_YET = ("未受理", "未申请", "未提交", "未递交", "未下号", "新申请", "新案", "申请中")
_LOCARNO = re.compile(r"(?:LOC\s*\(\d+\)\s*(?:Cl\.)?\s*)?\d{2}-\d{2}\b.*", re.IGNORECASE)
_POSTCODE = re.compile(r"(\d{6})\s+(?=\S)")
_DATED = re.compile(r"(\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?)\s+(.+)")
_PRIORITY = re.compile(r"(?:([A-Z]{2})[\s.]*)?((?:PCT/)?[A-Z]{0,2}[0-9][0-9A-Z./\-]*)")
_DIGIT = re.compile(r"\d")
#: The types of cases that the way of an application tells.
ROUTES = {Route.PCT_NATIONAL: CaseType.PCT_NATIONAL, Route.PCT_INTERNATIONAL: CaseType.PCT_INTERNATIONAL}


def clean_list(value: object) -> tuple[str, list[Repair]]:
    """Several entries of a cell, each once, without empty ends: “A;B;A;” → “A；B”."""
    return _joined(value, "；")


def clean_classes(value: object) -> tuple[str, list[Repair]]:
    """The symbols of a classification, each once: “G06F17/30;G06Q40/02;” → “G06F17/30; G06Q40/02”."""
    return _joined(value, "; ")


def _joined(value: object, separator: str) -> tuple[str, list[Repair]]:
    given = [part.strip() for part in re.split("[;；]", clean_text(value)) if part.strip()]
    kept = list(dict.fromkeys(given))
    repairs = [Repair("repeats", N_("Repeated entries dropped"), {})] if len(kept) < len(given) else []
    return separator.join(kept), repairs


def clean_publication(value: object) -> tuple[str, list[Repair]]:
    """A publication or grant number as CN106970934A. Raises RuleError."""
    number = parse_publication(value).text
    given = clean_text(value)
    return number, [] if number == given else [Repair("rewritten", N_("Rewritten as %(number)s"), {"number": number})]


def clean_patent_number(value: object) -> tuple[str, list[Repair]]:
    """The number of a patent, that of its application: CN201220249767.4 → ZL201220249767.4. Raises RuleError."""
    text, repairs = application_number.normalize(value)
    number = application_number.parse(text).patent_number or text
    kept = [r for r in repairs if r.code != "prefix"]
    if number != clean_text(value) and not kept:
        kept = [Repair("rewritten", N_("Rewritten as %(number)s"), {"number": number})]
    return number, kept


def clean_app_no(value: object) -> tuple[str, list[Repair]]:
    """The number of an application as it is written: what it is depends on the country of its row, see `arrange`."""
    text = clean_text(value)
    if text in _NOT_YET:
        return "", [Repair("none", N_("“%(text)s” read as empty"), {"text": text})]
    return text, []


def is_application(value: object) -> bool:
    """Whether a text is surely the number of a Chinese or international application."""
    try:
        application_number.normalize(value)
    except RuleError:
        return False
    return True


def is_publication(value: object) -> bool:
    """Whether a text is surely the number of a Chinese publication: with its kind code."""
    try:
        number = parse_publication(value)
    except RuleError:
        return False
    return number.country == "CN" and number.kind != ""


def arrange(values: Values, note: Note) -> None:
    """Make a case's columns of a list's, and derive what follows from them. Raises RuleError (field)."""
    country = str(values.get("target_country_id", "")).upper()
    if code := COUNTRIES.get(country):
        values["target_country_id"] = code
        note("target_country", N_("The system's word for it"), new=code)
    _reference(values, note)
    _state(values, note)
    _split_cells(values)
    if "announced_no" in values or "announced_date" in values:
        _announcement(values)
    _classification(values)
    if not values.keys().isdisjoint(PRIORITIES):
        _priorities(values, note)
    if "app_no" not in values and values.get("patent_no", "").startswith("ZL"):
        values["app_no"] = values["patent_no"].removeprefix("ZL")
        note("app_no", N_("Taken from the patent number"), new=values["app_no"])
    if "app_no" in values:
        _from_number(values, _number(values, note), note)


def _number(values: Values, note: Note) -> ApplicationNumber:
    """The number as its country writes it; the office that the number names counts where the row names none."""
    text, country = values["app_no"], _country(values)
    office = application_number.office_abroad(text)
    if office and country == "CN":
        raise RuleError(N_("The number is one of %(office)s, but the country is China"), field="app_no", office=office)
    abroad = office or (country if country != "CN" else None)
    if abroad and application_number.must_be_chinese(text):
        message = N_("“%(text)s” is a Chinese number, but named with it is: %(country)s")
        raise RuleError(message, field="app_no", text=text, country=office or country)
    values["app_no"], repairs = application_number.normalize(text, country=abroad or "CN")
    number = application_number.parse(values["app_no"], country=abroad or "CN")
    for repair in repairs:
        note("app_no", repair.message, new=number.text, **repair.params)
    if number.kind is NumberKind.FOREIGN:
        if office:
            values.setdefault("target_country_id", office)
        values.setdefault("direction", FilingDirection.OUTBOUND)
        note("app_no", N_("A foreign number, kept as it is written"), doubt=True)
    return number


def _country(values: Values) -> str | None:
    """The country that a row names, China as CN; None where it names none."""
    country = values.get("target_country_id")
    if not isinstance(country, str):
        return None
    return "CN" if country.upper() in ("CN", "中国") else country


def _reference(values: Values, note: Note) -> None:
    """A case number has a digit in it; a name or a title in its place is a remark."""
    text = values.get("our_ref")
    if text is not None and not _DIGIT.search(text):
        del values["our_ref"]
        _remark(values, text)
        note("our_ref", N_("“%(text)s” is no case number and was put into the remark"), doubt=True, text=text)


def _remark(values: Values, text: str) -> None:
    values["remark"] = f"{values['remark']}\n{text}" if values.get("remark") else text


def _split_cells(values: Values) -> None:
    """Agency and its code; postcode and address; an international number and its date."""
    if "agency_name" in values:
        agencies = dict(split_agency(part) for part in split_names(values["agency_name"]))
        values["agency_name"] = "；".join(agencies)
        values.setdefault("agency_code", "；".join(code for code in agencies.values() if code) or None)
    if "applicant_address" in values and (match := _POSTCODE.match(values["applicant_address"])):
        values["applicant_address"] = values["applicant_address"][match.end() :]
        values.setdefault("applicant_postcode", match[1])
    for number, day in (("pct_app_no", "pct_filing_date"), ("pct_publication_no", "pct_publication_date")):
        if number in values and (dated := _dated(values[number]))[0] is not None:
            when, rest = dated
            values[number] = rest
            values.setdefault(day, when)


def _dated(text: str) -> tuple[date | None, str]:
    match = _DATED.fullmatch(text)
    return (parse_date(match[1]), match[2]) if match else (None, text)


def _announcement(values: Values) -> None:
    """One column for publication and grant: the number tells which it is."""
    text, day = values.pop("announced_no", None), values.pop("announced_date", None)
    kind = ("publication_no", "publication_date")
    if text is not None and _is_grant(parse_publication(text)):
        kind = ("grant_no", "grant_date")
    for name, value in zip(kind, (text, day), strict=True):
        if value is not None:
            values.setdefault(name, value)


def _is_grant(number: PublicationNumber) -> bool:
    """Utility models and designs are announced once, with their grant; older announcements show no kind."""
    if number.granted is None:
        return number.patent_type in (PatentType.UTILITY_MODEL, PatentType.DESIGN)
    return number.granted


def _classification(values: Values) -> None:
    """Designs have Locarno classes where lists put the IPC; the first symbol is the main one."""
    for name in ("main_ipc", "ipc"):
        text = values.get(name)
        if text is not None and _LOCARNO.fullmatch(text):
            values.setdefault("locarno", values.pop(name))
    if values.get("ipc") and not values.get("main_ipc"):
        values["main_ipc"] = values["ipc"].split(";")[0].strip()


def _priorities(values: Values, note: Note) -> None:
    """Earlier applications, in one cell each or as numbers and dates in two."""
    entries = [_dated(part.strip()) for part in re.split("[;；]", values.pop("priority", None) or "") if part.strip()]
    numbers = [part.strip() for part in re.split("[;；]", values.pop("priority_no", None) or "") if part.strip()]
    days = [part.strip() for part in re.split("[;；]", values.pop("priority_date", None) or "") if part.strip()]
    entries += [(parse_date(days[i]) if i < len(days) else None, text) for i, text in enumerate(numbers)]
    rows = []
    for when, text in entries:
        match = _PRIORITY.fullmatch(text)
        if when is None or match is None:
            _remark(values, text)
            message = N_("The priority “%(text)s” lacks its date and was put into the remark")
            note("priority", message, doubt=True, text=text)
            continue
        country, number = _priority_number(match[1] or "", match[2])
        rows.append({"prior_app_no": number, "prior_filing_date": when, "prior_country_id": country})
    if rows:
        values.setdefault("priorities", rows)


def _priority_number(country: str, number: str) -> tuple[str, str]:
    if not country and (match := re.match("[A-Z]{2}", number)):
        country, number = match[0], number[2:]
    if (country or "CN") != "CN":
        return country, number
    try:
        return "CN", application_number.normalize(number)[0]
    except RuleError:
        return "CN", number


def _from_number(values: Values, number: ApplicationNumber, note: Note) -> None:
    """The type, the way and the year that the application number tells."""
    told, given = number.patent_type, values.get("patent_type")
    if given is None and told is not None:
        values["patent_type"] = told
    elif told is not None and given is not told:
        note("patent_type", N_("Does not agree with the application number"), doubt=True)
    if values.get("parent_app_no"):
        values.setdefault("case_type", CaseType.DIVISIONAL)
    elif (case_type := ROUTES.get(number.route)) is not None:
        values.setdefault("case_type", case_type)
    filed = values.get("filing_date")
    if filed is not None and number.year is not None and filed.year > number.year:
        note("filing_date", N_("The application number is of %(year)s"), doubt=True, year=number.year)


def _state(values: Values, note: Note) -> None:
    """How the cell with the state is read, where more than one plain word had to be understood."""
    if not values.get("legal_status") or values.get("status"):
        return
    reading = read_state(values["legal_status"])
    if reading.message:
        text = values["legal_status"]
        note("legal_status", reading.message, doubt=reading.doubt, text=text, word=reading.word)


def status_of(values: Values) -> CaseStatus:
    """How far a case has come, as far as a list tells."""
    told = read_state(values.get("legal_status")).status
    if told is not None:
        return told
    if values.get("grant_no") or values.get("grant_date"):
        return CaseStatus.GRANTED
    return CaseStatus.FILED if values.get("app_no") else CaseStatus.INTAKE_REVIEW
