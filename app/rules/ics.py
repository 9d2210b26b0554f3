"""Days for a calendar program: RFC 5545, all-day entries only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

#: Octets a line holds at most, its break apart.
LINE = 75


@dataclass(frozen=True)
class Entry:
    """One day in a calendar.

    uid: the same as long as it is the same matter; sequence grows with every change. remind_on: an alarm that day.
    """

    uid: str
    day: date
    title: str
    changed: datetime
    description: str = ""
    url: str = ""
    sequence: int = 0
    remind_on: date | None = None


def escape(text: str) -> str:
    """Text as a value (RFC 5545, 3.3.11); what no line may hold is dropped."""
    made = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    made = made.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(c for c in made if c >= " " and c != "\x7f")


def fold(line: str) -> str:
    """A line in pieces of 75 octets, none of which ends inside a character (RFC 5545, 3.1)."""
    pieces, piece, size = [], "", 0
    for c in line:
        width = len(c.encode())
        if size + width > LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + c, size + width
    return "\r\n".join([*pieces, piece])


def calendar(name: str, entries: Iterable[Entry], stamped: datetime) -> str:
    """A whole calendar. stamped: the moment it is made (aware)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//PatentDesk//Tasks//ZH", "CALSCALE:GREGORIAN",
             "METHOD:PUBLISH", f"X-WR-CALNAME:{escape(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]  # fmt: skip
    for entry in entries:
        lines += _event(entry, stamped)
    return "".join(f"{fold(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(entry: Entry, stamped: datetime) -> list[str]:
    lines = [
        "BEGIN:VEVENT", f"UID:{escape(entry.uid)}", f"DTSTAMP:{_moment(stamped)}",
        f"LAST-MODIFIED:{_moment(entry.changed)}", f"SEQUENCE:{entry.sequence}",
        f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}", f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escape(entry.title)}", "TRANSP:TRANSPARENT",
    ]  # fmt: skip
    if entry.description:
        lines.append(f"DESCRIPTION:{escape(entry.description)}")
    if entry.url:
        lines.append("URL:" + "".join(c for c in entry.url if c > " "))
    if entry.remind_on is not None and entry.remind_on <= entry.day:
        before = (entry.day - entry.remind_on).days
        ahead = f"-P{before}D" if before else "PT0S"
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escape(entry.title)}", f"TRIGGER:{ahead}",
                  "END:VALARM"]  # fmt: skip
    return [*lines, "END:VEVENT"]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
