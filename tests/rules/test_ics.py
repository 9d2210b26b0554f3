"""Calendars as RFC 5545 wants them: lines, folding, escaping, identity, moments."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.rules.ics import Entry, calendar, escape, fold

STAMP = datetime(2026, 11, 20, 16, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
ENTRY = Entry("task-7@desk", date(2026, 12, 31), "F2026,0001; 答复", STAMP, "第一行\n第二行", "http://desk/app/my_task/7",
              3, date(2026, 12, 1))  # fmt: skip


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


@pytest.mark.parametrize(("text", "wanted"), [
    ("a,b;c\\d", "a\\,b\\;c\\\\d"),
    ("一\n二\r\n三\r四", "一\\n二\\n三\\n四"),
    ("铃\x07声", "铃声"),
])  # fmt: skip
def test_text_is_escaped(text: str, wanted: str) -> None:
    assert escape(text) == wanted


@pytest.mark.parametrize("text", ["x" * 74, "x" * 75, "x" * 76, "专" * 80, "a" + "利" * 200, "😀" * 60, ""])
def test_lines_are_folded_between_characters(text: str) -> None:
    pieces = fold(text).split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == text


def test_a_calendar_is_complete() -> None:
    text = calendar("唐若岚的期限", [ENTRY], STAMP)
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    lines = unfolded(text)
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//PatentDesk//Tasks//ZH"]
    for wanted in ("UID:task-7@desk", "DTSTAMP:20261120T083000Z", "SEQUENCE:3", "DTSTART;VALUE=DATE:20261231",
                   "DTEND;VALUE=DATE:20270101", "SUMMARY:F2026\\,0001\\; 答复", "DESCRIPTION:第一行\\n第二行",
                   "URL:http://desk/app/my_task/7", "TRIGGER:-P30D"):  # fmt: skip
        assert wanted in lines
    for name in ("VCALENDAR", "VEVENT", "VALARM"):
        assert lines.count(f"BEGIN:{name}") == lines.count(f"END:{name}") == 1


def test_nobody_writes_lines_of_his_own() -> None:
    """A name with line breaks stays one value."""
    bad = Entry("u", date(2026, 1, 5), "x\r\nEND:VEVENT\r\nBEGIN:VEVENT", datetime.now(UTC), url="http://a/\r\nX:1")
    lines = unfolded(calendar("n\r\nX:2", [bad], STAMP))
    assert lines.count("BEGIN:VEVENT") == 1
    assert not [line for line in lines if line.startswith("X:")]


def test_without_tasks_it_is_empty_but_valid() -> None:
    assert "VEVENT" not in calendar("x", [], STAMP)
