"""What lists of patents from other systems mean: their columns turned into those of a case.

Written for the exports of gazette platforms, patent databases and older agency systems: one column for publication and
grant numbers, agency and code in one cell, priorities as “2012.01.16 DE 202012000389.5”, states in other words.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from app.rules import application_number
from app.rules.application_number import ApplicationNumber, PatentType, Repair, Route
from app.rules.case import CaseStatus, CaseType, FeeReduction
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.normalize import clean_text, parse_date, split_agency, split_names
from app.rules.publication_number import PublicationNumber, parse_publication

Note = Callable[..., None]
Values = dict[str, Any]

PATENT_TYPES = {
    "发明专利": PatentType.INVENTION, "发明申请": PatentType.INVENTION, "发明授权": PatentType.INVENTION,
    "新型": PatentType.UTILITY_MODEL, "实用新型专利": PatentType.UTILITY_MODEL,
    "外观": PatentType.DESIGN, "外观专利": PatentType.DESIGN, "外观设计专利": PatentType.DESIGN,
}  # fmt: skip
REDUCTIONS = {
    **dict.fromkeys(("0.7", "70"), FeeReduction.SEVENTY),
    **dict.fromkeys(("0.85", "85"), FeeReduction.EIGHTY_FIVE),
    **dict.fromkeys(("0", "无", "否", "不费减"), FeeReduction.NONE),
}
#: What other systems call the state of a patent; what is not here tells nothing about the case.
STATES = {
    **dict.fromkeys(("专利权维持", "授权", "已授权", "有权"), CaseStatus.GRANTED),
    **dict.fromkeys(
        ("等年登印费", "等待申请费", "待答复", "受理", "公开", "实审", "实质审查", "审中"), CaseStatus.FILED
    ),
    **dict.fromkeys(("失效", "无权", "终止", "驳回", "撤回", "视撤", "视为撤回", "放弃"), CaseStatus.CLOSED),
}

PRIORITIES = ("priority", "priority_no", "priority_date")

_CANONICAL = re.compile(r"(\d{8}|\d{12})(?:\.([0-9X]))?")
_LOCARNO = re.compile(r"(?:LOC\s*\(\d+\)\s*(?:Cl\.)?\s*)?\d{2}-\d{2}\b.*", re.IGNORECASE)
_POSTCODE = re.compile(r"(\d{6})\s+(?=\S)")
_DATED = re.compile(r"(\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?)\s+(.+)")
_PRIORITY = re.compile(r"(?:([A-Z]{2})[\s.]*)?((?:PCT/)?[A-Z]{0,2}[0-9][0-9A-Z./\-]*)")


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


def clean_name_list(value: object) -> tuple[str, list[Repair]]:
    """Names of people in one cell, each once."""
    return "；".join(split_names(value)), []


def arrange(values: Values, note: Note) -> None:
    """Make a case's columns of a list's, and derive what follows from them. Raises RuleError (field)."""
    _reference(values, note)
    _split_cells(values)
    if "announced_no" in values or "announced_date" in values:
        _announcement(values)
    _classification(values)
    if not values.keys().isdisjoint(PRIORITIES):
        _priorities(values, note)
    if "app_no" in values:
        _from_number(values, _number(values["app_no"]), note)


def _number(text: str) -> ApplicationNumber:
    """A number in its canonical writing, which was verified before."""
    match = _CANONICAL.fullmatch(text)
    return ApplicationNumber(match[1], match[2] or "") if match else application_number.parse(text)


def _reference(values: Values, note: Note) -> None:
    """A case number has a digit in it; a name or a title in its place is a remark."""
    text = values.get("our_ref")
    if text is not None and not re.search(r"\d", text):
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
            note(
                "priority",
                N_("The priority “%(text)s” lacks its date and was put into the remark"),
                doubt=True,
                text=text,
            )
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
    routes = {Route.PCT_NATIONAL: CaseType.PCT_NATIONAL, Route.PCT_INTERNATIONAL: CaseType.PCT_INTERNATIONAL}
    if values.get("parent_app_no"):
        values.setdefault("case_type", CaseType.DIVISIONAL)
    elif number.route in routes:
        values.setdefault("case_type", routes[number.route])
    filed = values.get("filing_date")
    if filed is not None and number.year is not None and filed.year > number.year:
        note("filing_date", N_("The application number is of %(year)s"), doubt=True, year=number.year)


def status_of(values: Values) -> CaseStatus:
    """How far a case has come, as far as a list tells."""
    told = STATES.get(values.get("legal_status") or "")
    if told is not None:
        return told
    if values.get("grant_no") or values.get("grant_date"):
        return CaseStatus.GRANTED
    return CaseStatus.FILED if values.get("app_no") else CaseStatus.INTAKE_REVIEW
