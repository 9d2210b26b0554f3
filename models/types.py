"""Column types that behave alike on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import BigInteger, Date, DateTime, String
from sqlalchemy.types import TypeDecorator

from app.rules.choice import Choice


class ChoiceType(TypeDecorator):
    """A `Choice`, stored by its code."""

    impl = String(40)
    cache_ok = True

    def __init__(self, choices: type[Choice]):
        super().__init__(40)
        self.choices = choices

    def process_bind_param(self, value: Any, dialect) -> str | None:
        if value is None:
            return None
        return (value if isinstance(value, self.choices) else self.choices[value]).name

    def process_result_value(self, value: str | None, dialect) -> Choice | None:
        return None if value is None else self.choices[value]


class Scaled(TypeDecorator):
    """An exact decimal of fixed places, stored as a whole number (money: fen) so that sums are exact everywhere.

    Raises ValueError for a value with more places than the column holds.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int = 2):
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Any, dialect) -> int | None:
        if value is None:
            return None
        try:
            scaled = Decimal(value).scaleb(self.places)
        except InvalidOperation as error:
            raise ValueError(f"not a number: {value!r}") from error
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} places")
        return int(scaled)

    def process_result_value(self, value: Any, dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)


class Moment(TypeDecorator):
    """A point in time, stored as UTC without a zone, given back with it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect) -> datetime | None:
        if value is None or value.tzinfo is None:
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def restore(type_: Any, stored: Any) -> Any:
    """The value of a column from what the audit trail keeps of it."""
    if stored is None:
        return None
    if isinstance(type_, ChoiceType):
        return type_.choices[stored]
    if isinstance(type_, Scaled):
        return Decimal(stored)
    if isinstance(type_, Moment):
        return datetime.fromisoformat(stored)
    return date.fromisoformat(stored) if isinstance(type_, Date) else stored
