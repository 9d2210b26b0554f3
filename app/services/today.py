"""The office's calendar day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Asia/Shanghai")


def local(at: datetime) -> datetime:
    """A moment on the office's clock."""
    return at.astimezone(OFFICE)


def stamp(at: datetime | None) -> str:
    """A moment as people read it, on the office's clock."""
    return local(at).strftime("%Y-%m-%d %H:%M") if at else ""


def today() -> date:
    """Today at the office (Asia/Shanghai), whatever the server's clock is set to."""
    return datetime.now(OFFICE).date()
