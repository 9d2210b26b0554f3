"""Reference data: countries, divisions, depositaries, holidays, industries, the IPC (A-2.1.7 to A-2.1.10)."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped

from app.rules.calendar import DayKind
from app.rules.choice import N_
from app.rules.reference import CHOOSABLE, DivisionLevel, IndustryLevel, IpcLevel, ReferenceStatus
from app.rules.validity import Validity
from models.base import Record, choice, day, long_text, reference, text


class Standing:
    """The status of countries and depositaries, and whether it lets them be chosen."""

    status: Mapped[ReferenceStatus] = choice(
        N_("Status"), ReferenceStatus, nullable=False, default=ReferenceStatus.EFFECTIVE
    )

    @hybrid_property
    def choosable(self) -> bool:
        """Whether new records may point here."""
        return self.status in CHOOSABLE

    @choosable.inplace.expression
    @classmethod
    def _choosable_sql(cls):
        return cls.status.in_(CHOOSABLE)


class Country(Standing, Record):
    """A country, region or office with its WIPO ST.3 code (国家/地区, A-2.1.9)."""

    __label__ = N_("Country or region")
    __pinyin__ = "name"
    __key__ = ("code",)

    code: Mapped[str] = text(N_("Country or region code"), length=2, required=True, unique=True, fixed=True)
    name: Mapped[str] = text(N_("Country or region name"), length=100, required=True)
    name_en: Mapped[str | None] = text(N_("English name"), length=100)
    remark: Mapped[str | None] = text(N_("Remark"), length=300)


class Division(Record):
    """An administrative division of China (行政区划, GB/T 2260 codes, A-2.1.10)."""

    __label__ = N_("Administrative division")
    __pinyin__ = "name"
    __key__ = ("code",)

    code: Mapped[str] = text(N_("Division code"), length=6, required=True, unique=True, fixed=True)
    name: Mapped[str] = text(N_("Division name"), length=60, required=True)
    level: Mapped[DivisionLevel] = choice(N_("Division level"), DivisionLevel, required=True)
    parent_id: Mapped[int | None] = reference("Division", N_("Superior division"))
    valid: Mapped[Validity] = choice(N_("Validity"), Validity, nullable=False, default=Validity.VALID)
    valid_to: Mapped[date | None] = day(N_("Abolished on"))


class Depositary(Standing, Record):
    """An international depositary authority for microorganisms (微生物保藏单位, A-2.1.7)."""

    __label__ = N_("Depositary")
    __pinyin__ = "name"
    __key__ = ("code",)

    code: Mapped[str] = text(N_("Depositary code"), length=20, required=True, unique=True, fixed=True)
    name: Mapped[str] = text(N_("Depositary name"), length=200, required=True)
    name_en: Mapped[str | None] = text(N_("English name"), length=200)
    country_id: Mapped[int | None] = reference("Country", N_("Country or region"))
    address: Mapped[str | None] = text(N_("Address"), length=300)


class Holiday(Record):
    """What is special about a day beyond the published calendar (节假日, A-2.1.8).

    A day may have one entry of each kind: a make-up Saturday on which the firm rests.
    """

    __label__ = N_("Holiday")
    __title__ = "day"
    __key__ = ("day", "kind")
    __table_args__ = (UniqueConstraint("day", "kind"),)

    kind: Mapped[DayKind] = choice(N_("Kind of day"), DayKind, nullable=False, default=DayKind.FIRM_HOLIDAY)
    name: Mapped[str | None] = text(N_("Holiday name"), length=60)
    source: Mapped[str | None] = text(N_("Source"), length=300)
    day: Mapped[date] = day(N_("Date"), required=True, index=True)


class Industry(Record):
    """A class of economic activity (国民经济行业分类, GB/T 4754)."""

    __label__ = N_("Industry")
    __pinyin__ = "name"
    __key__ = ("code",)

    code: Mapped[str] = text(N_("Industry code"), length=8, required=True, unique=True, fixed=True)
    name: Mapped[str] = text(N_("Industry name"), length=120, required=True)
    level: Mapped[IndustryLevel] = choice(N_("Industry level"), IndustryLevel, required=True)
    parent_id: Mapped[int | None] = reference("Industry", N_("Superior industry"))


class IpcClass(Record):
    """A place of the International Patent Classification, for looking up only: cases keep their symbols as text."""

    __label__ = N_("IPC symbol")
    __title__ = "symbol"
    __key__ = ("symbol",)

    symbol: Mapped[str] = text(N_("Symbol of the IPC"), length=20, required=True, unique=True, fixed=True)
    title: Mapped[str] = long_text(N_("IPC title"), required=True)
    level: Mapped[IpcLevel] = choice(N_("IPC level"), IpcLevel, required=True)
    parent_id: Mapped[int | None] = reference("IpcClass", N_("Superior symbol"))
