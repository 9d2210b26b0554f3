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
#: What other systems call the state of a patent, in the order in which one outweighs another (“授权-失效”); what is
#: not here tells nothing about the case.
STATES = {
    **dict.fromkeys(
        ("失效", "无效", "无权", "终止", "专利权终止", "专利权的终止", "驳回", "撤回", "主动撤回", "视撤", "视为撤回",
         "逾期视撤", "放弃", "视为放弃", "放弃专利权", "避免重复授权放弃专利权", "届满", "期限届满", "专利权有效期届满",
         "有效期届满", "未缴年费", "未缴年费专利权终止", "全部撤销", "全部无效", "结案", "已结案", "Inactive",
         "Expired", "Lapsed", "Withdrawn", "Rejected", "Dead"), CaseStatus.CLOSED),
    **dict.fromkeys(
        ("专利权维持", "授权", "已授权", "审定授权", "有权", "有效", "有效专利", "部分无效", "等年费滞纳金",
         "等待年费滞纳金", "Granted", "Active", "In force"), CaseStatus.GRANTED),
    **dict.fromkeys(
        ("等年登印费", "等待申请费", "待答复", "受理", "已受理", "公开", "公布", "实审", "实质审查", "实质审查的生效",
         "进入实审", "审中", "在审", "审查中", "Pending", "Published"), CaseStatus.FILED),
}  # fmt: skip
#: Words that are no names, and compound surnames, which a blank may divide from the given name.
_NOBODY = re.compile(r"[-—–/\\\s]*|无|暂无|空|等")
_SURNAMES = re.compile(
    "欧阳|司马|诸葛|上官|夏侯|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|司徒|端木|东方|南宫|西门|百里|呼延|轩辕|东郭"
)

_STATES = {word.casefold(): status for word, status in STATES.items()}
PRIORITIES = ("priority", "priority_no", "priority_date")

_STATE_PARTS = re.compile(r"[-—_/|;；,，、()（）\s]+")
#: Countries and offices as lists call them, where the table of countries does not.
COUNTRIES = {
    **dict.fromkeys(("CHN", "CHINA", "中国大陆", "大陆", "中华人民共和国", "国内"), "CN"),
    **dict.fromkeys(("PCT", "WIPO", "国际"), "WO"),
    **dict.fromkeys(("EPO", "EPC", "欧洲", "欧专局", "欧洲专利"), "EP"),
    **{"USA": "US", "台湾": "TW", "香港": "HK", "澳门": "MO", "JPN": "JP", "KOR": "KR", "南韩": "KR"},
}
_COUNTED = re.compile(r"[①-⑳]|[\[(（【]\d{1,2}[\])）】]|(?:^|(?<=[\s;；,，、|]))\d{1,2}[.、．:：](?!\d)")
_AND_OTHERS = re.compile(r"(?<=..)等(?:\d+人?|人)?$")
_PADDED = re.compile(r"^([\u3400-\u9fff]) ([\u3400-\u9fff])$")
_PERSON = re.compile(r"[\u3400-\u9fff]{2,4}")
_NOT_YET = ("未受理", "未申请", "未提交", "未递交", "未下号", "新申请", "新案", "申请中")
_CANONICAL = re.compile(r"(\d{8}|\d{12})(?:\.([0-9X]))?")
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


def clean_name_list(value: object) -> tuple[str, list[Repair]]:
    """Names of people in one cell, each once."""
    return "；".join(split_people(value)), []


def split_people(value: object) -> list[str]:
    """The names in a cell of a list: `split_names`, without numbering and “等”, also divided by blanks or slashes."""
    text = clean_text(value, multiline=True)
    if _COUNTED.match(text):
        text = _COUNTED.sub(";", text)
    names = split_names(text)
    if len(names) == 1:
        names = _divided(names[0])
    if names:
        names[-1] = _AND_OTHERS.sub("", names[-1]).rstrip()
    names = [_PADDED.sub(r"\1\2", name.strip(" '‘`")) for name in names]
    return list(dict.fromkeys(name for name in names if not _NOBODY.fullmatch(name)))


def _divided(text: str) -> list[str]:
    """The Chinese names that blanks or slashes divide; the text itself where they divide anything else."""
    for separator in ("/", " "):
        parts = [part.strip() for part in text.split(separator)]
        persons = all(_PERSON.fullmatch(part) for part in parts) and not _SURNAMES.fullmatch(parts[0])
        if len(parts) > 1 and (persons or (separator == "/" and all(len(part) > 3 for part in parts))):
            return parts
    return [text]


def clean_app_no(value: object) -> tuple[str, list[Repair]]:
    """The number of an application, as `application_number.normalize`; one of another office as it is written.

    Whether the case is one of another office tells its row: see `arrange`. Raises RuleError.
    """
    text = clean_text(value)
    if text in _NOT_YET:
        return "", [Repair("none", N_("“%(text)s” read as empty"), {"text": text})]
    if application_number.office_abroad(text) is not None:
        return text, []
    return application_number.normalize(value)


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
    """A number in its canonical writing, which was verified before; one of another office where the row is such."""
    text = values["app_no"]
    if match := _CANONICAL.fullmatch(text):
        return ApplicationNumber(match[1], match[2] or "")
    office, country = application_number.office_abroad(text), values.get("target_country_id")
    if not office and (office is None or country in (None, "CN", "中国")):
        return application_number.parse(text)
    if office:
        values.setdefault("target_country_id", office)
    values.setdefault("direction", FilingDirection.OUTBOUND)
    note("app_no", N_("A foreign number, kept as it is written"), doubt=True)
    return ApplicationNumber(text, kind=NumberKind.FOREIGN)


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
    if values.get("parent_app_no"):
        values.setdefault("case_type", CaseType.DIVISIONAL)
    elif (case_type := ROUTES.get(number.route)) is not None:
        values.setdefault("case_type", case_type)
    filed = values.get("filing_date")
    if filed is not None and number.year is not None and filed.year > number.year:
        note("filing_date", N_("The application number is of %(year)s"), doubt=True, year=number.year)


def status_of(values: Values) -> CaseStatus:
    """How far a case has come, as far as a list tells."""
    text = values.get("legal_status") or ""
    words = [w.casefold() for w in (text, *_STATE_PARTS.split(text)) if w]
    told = next((status for word, status in _STATES.items() if word in words), None)
    if told is None and text.endswith("失效"):
        told = CaseStatus.CLOSED
    if told is not None:
        return told
    if values.get("grant_no") or values.get("grant_date"):
        return CaseStatus.GRANTED
    return CaseStatus.FILED if values.get("app_no") else CaseStatus.INTAKE_REVIEW
