"""The office's calendar day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """Today at the office (Asia/Shanghai), whatever the server's clock is set to."""
    return datetime.now(OFFICE).date()
