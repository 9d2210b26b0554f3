"""The present moment, in one place so that tests can set it."""

from datetime import UTC, datetime


def moment() -> datetime:
    """Now (UTC)."""
    return datetime.now(UTC)
