"""Reading a published holiday notice: JSON as holiday-cn keeps it, or a CSV with the same columns."""

import csv
import io
import json
from datetime import date
from typing import Any

from app.rules.calendar import Calendar, DayKind
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.normalize import clean_text, parse_date
from app.services.calendar import DayChange

LARGEST = 1_000_000
LONGEST_SOURCE = 300
_HEADERS = {
    "date": ("date", "日期"),
    "name": ("name", "名称", "节日"),
    "isOffDay": ("isoffday", "off", "休", "休息", "是否休息", "类型"),
    "source": ("source", "来源", "依据"),
}
_OFF = {"true", "1", "yes", "y", "是", "休", "休息", "放假", "off"}
_WORKING = {"false", "0", "no", "n", "否", "班", "上班", "补班", "调休上班", "work"}


def read_notice(content: bytes, name: str) -> list[DayChange]:
    """The days a notice sets, each with its source. Raises RuleError (field file) where it cannot be understood."""
    if len(content) > LARGEST:
        raise RuleError(N_("The file is too large to be a holiday notice"), field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    days, source = _from_json(text) if text.lstrip().startswith(("{", "[")) else (_from_csv(text), "")
    changes = [_change(day, source or clean_text(name)) for day in days]
    if not changes:
        raise RuleError(N_("The file names no days"), field="file")
    return changes


def news(changes: list[DayChange], calendar: Calendar) -> list[DayChange]:
    """What of a notice is not known yet: in a year that was published, only days that are told otherwise."""
    return [change for change in changes if calendar.is_provisional(change.day) or _differs(change, calendar)]


def _differs(change: DayChange, calendar: Calendar) -> bool:
    return calendar.is_working(change.day) is (change.kind is DayKind.STATUTORY_OFF)


def _from_json(text: str) -> tuple[list[Any], str]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise RuleError(N_("The file is not valid JSON"), field="file") from None
    days = data.get("days") if isinstance(data, dict) else data
    papers = data.get("papers") if isinstance(data, dict) else None
    if not isinstance(days, list):
        raise RuleError(N_("The file names no days"), field="file")
    return days, "；".join(map(str, papers)) if isinstance(papers, list) else ""


def _from_csv(text: str) -> list[dict[str, str]]:
    rows = csv.reader(io.StringIO(text))
    heads = [clean_text(head).lower() for head in next(rows, [])]
    columns = {name: next((heads.index(h) for h in known if h in heads), None) for name, known in _HEADERS.items()}
    if columns["date"] is None or columns["isOffDay"] is None:
        raise RuleError(N_("The file needs the columns date, name and isOffDay"), field="file")
    return [
        {name: row[at] for name, at in columns.items() if at is not None and at < len(row)} for row in rows if any(row)
    ]


def _change(entry: Any, source: str) -> DayChange:
    if not isinstance(entry, dict):
        raise RuleError(N_("The file names no days"), field="file")
    day: date = parse_date(entry.get("date"), field="file")
    said = clean_text(str(entry.get("isOffDay", ""))).lower()
    if said not in _OFF | _WORKING:
        raise RuleError(N_("The file does not say whether %(day)s is a day off"), field="file", day=day)
    kind = DayKind.STATUTORY_OFF if said in _OFF else DayKind.STATUTORY_WORKING
    told = clean_text(entry.get("source")) or source
    return DayChange(day, kind, name=clean_text(entry.get("name"))[:60], source=told[:LONGEST_SOURCE])
