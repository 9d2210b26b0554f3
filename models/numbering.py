"""The firm's own numbers: how they are built and how far they have come (自定义编码, A-2.1.13)."""

from sqlalchemy.orm import Mapped

from app.rules.choice import N_, Choice
from app.rules.numbering import SegmentKind, SymbolValue
from models.base import Record, choice, collection, flag, integer, reference, text


class NumberingScheme(Record):
    """How one kind of number is built: `code` is table and column, such as case.our_ref."""

    __label__ = N_("Numbering rule")
    __key__ = ("code",)

    code: Mapped[str] = text(N_("Rule code"), length=60, required=True, unique=True, fixed=True)
    name: Mapped[str] = text(N_("Rule name"), length=60, required=True)
    enabled: Mapped[bool] = flag(N_("Enabled"), default=True)
    segments = collection("NumberingSegment", "scheme", order="position")


class NumberingSegment(Record):
    """One piece of a number; pieces are joined by their order, in which they may change places.

    length: digits of a serial, or characters of a date; start: first character of the date YYYYMMDD, from 0.
    """

    __label__ = N_("Numbering segment")
    __title__ = "position"
    __key__ = ("scheme_id", "position")

    scheme_id: Mapped[int] = reference("NumberingScheme", N_("Numbering rule"), required=True, owner=True)
    kind: Mapped[SegmentKind] = choice(N_("Segment type"), SegmentKind, required=True)
    position: Mapped[int] = integer(N_("Sequence no."), required=True)
    length: Mapped[int | None] = integer(N_("Length"), minimum=1)
    start: Mapped[int | None] = integer(N_("Start position"))
    fixed_value: Mapped[str | None] = text(N_("Fixed value"), length=20, help=N_("_ and - are recommended"))


class NumberingSymbol(Record):
    """What stands for a value in a number: F for an invention (自定义配置)."""

    __label__ = N_("Numbering symbol")
    __title__ = "symbol"
    __key__ = ("value",)

    item: Mapped[SegmentKind] = choice(N_("Configured item"), SegmentKind, required=True)
    value: Mapped[Choice] = choice(N_("Value"), SymbolValue, required=True, unique=True)
    symbol: Mapped[str] = text(N_("Symbol"), length=10, required=True)


class Serial(Record):
    """How far the serial of a numbering rule has come (当前流水号)."""

    __label__ = N_("Current serial number")
    __title__ = "scope"
    __key__ = ("scope",)

    scope: Mapped[str] = text(N_("Rule code"), length=120, required=True, unique=True, fixed=True)
    current: Mapped[int] = integer(N_("Current serial number"), nullable=False, default=0)
