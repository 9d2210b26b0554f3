"""Working days: what the State Council announced, what the firm added, and an estimate for years to come."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import chinese_calendar

from app.rules.choice import N_, Choice
from app.rules.errors import RuleError

FIRST_YEAR = 2004  # earlier holidays are not recorded: only weekends are known to rest

_DAY = timedelta(days=1)
_HOLIDAYS: dict[str | None, str] = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
# Year, then Spring Festival, Tomb-Sweeping Day, Dragon Boat Festival and Mid-Autumn Festival as month and day.
_MOVABLE_FEASTS = """
    2025 0129 0404 0531 1006  2026 0217 0405 0619 0925  2027 0206 0405 0609 0915  2028 0126 0404 0528 1003
    2029 0213 0404 0616 0922  2030 0203 0405 0605 0912  2031 0123 0405 0624 1001  2032 0211 0404 0612 0919
    2033 0131 0404 0601 0908  2034 0219 0405 0620 0927  2035 0208 0405 0610 0916  2036 0128 0404 0530 1004
    2037 0215 0404 0618 0924  2038 0204 0405 0607 0913  2039 0124 0405 0527 1002  2040 0212 0404 0614 0920
    2041 0201 0404 0603 0910  2042 0122 0404 0622 0928  2043 0210 0405 0611 0917  2044 0130 0404 0531 1005
    2045 0217 0404 0619 0925  2046 0206 0404 0608 0915  2047 0126 0405 0529 1004  2048 0214 0404 0615 0922
    2049 0202 0404 0604 0911  2050 0123 0404 0623 0930  2051 0211 0405 0613 0919  2052 0201 0404 0601 0907
    2053 0219 0404 0620 0926  2054 0208 0404 0610 0916  2055 0128 0405 0530 1005  2056 0215 0404 0617 0924
    2057 0204 0404 0606 0913  2058 0124 0404 0625 1002  2059 0212 0405 0614 0921  2060 0202 0404 0603 0909
    2061 0121 0404 0622 0928  2062 0209 0404 0611 0917  2063 0129 0405 0601 1006  2064 0217 0404 0619 0925
"""


class DayKind(Choice):
    """What the firm's own table says of a day (节假日配置, A-2.1.8).

    The statutory kinds move official dates; a firm holiday moves only internal ones.
    """

    STATUTORY_OFF = N_("Statutory day off"), "danger"
    STATUTORY_WORKING = N_("Statutory working day"), "success"
    FIRM_HOLIDAY = N_("Firm holiday"), "info"


@dataclass(frozen=True)
class DayOverride:
    """One entry of the firm's table; `source` names the announcement it rests on."""

    day: date
    kind: DayKind
    source: str = ""


@dataclass(frozen=True)
class Calendar:
    """The working days as known at one moment; immutable, equal when its entries are equal.

    overrides: the firm's entries; a day may have a statutory and a firm one beside each other (a make-up
    Saturday on which the firm rests). RuleError (conflict) when a day is said to be both off and working.
    announced: years whose holidays are completely among the overrides. The years of the chinese_calendar package
    need not be named. Any other year from 2004 is estimated, and `is_provisional`.
    """

    overrides: tuple[DayOverride, ...] = ()
    announced: frozenset[int] = frozenset()
    _statutory: dict[date, DayOverride] = field(default_factory=dict, init=False, repr=False, compare=False)
    _firm: frozenset[date] = field(default=frozenset(), init=False, repr=False, compare=False)
    _rest: dict[int, frozenset[date]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        entries = sorted(set(self.overrides), key=lambda entry: (entry.day, entry.kind.code, entry.source))
        for entry in entries:
            if entry.kind is DayKind.FIRM_HOLIDAY:
                continue
            if self._statutory.setdefault(entry.day, entry).kind is not entry.kind:
                message = N_("%(day)s cannot be both a day off and a working day")
                raise RuleError(message, field="day", code="conflict", day=entry.day)
        firm = frozenset(entry.day for entry in entries if entry.kind is DayKind.FIRM_HOLIDAY)
        object.__setattr__(self, "overrides", tuple(entries))
        object.__setattr__(self, "announced", frozenset(self.announced))
        object.__setattr__(self, "_firm", firm)

    def is_working(self, day: date) -> bool:
        """Whether the day counts as a working day for official dates (细则第5条; 调休 both ways)."""
        rest = self._rest.get(day.year)
        if rest is None:
            rest = self._rest[day.year] = self._rest_days(day.year)
        return day not in rest

    def is_firm_working(self, day: date) -> bool:
        """Whether the firm works: an official working day that is no firm holiday."""
        return self.is_working(day) and day not in self._firm

    def is_makeup(self, day: date) -> bool:
        """Whether the day is a Saturday or Sunday on which one works (补班)."""
        return day.weekday() > 4 and self.is_working(day)

    def next_working(self, day: date) -> date:
        """The day itself if it is an official working day, else the first one after it."""
        while not self.is_working(day):
            day += _DAY
        return day

    def previous_firm_working(self, day: date) -> date:
        """The day itself if the firm works on it, else the last one before it."""
        while not self.is_firm_working(day):
            day -= _DAY
        return day

    def statutory_override(self, day: date) -> DayOverride | None:
        """The statutory entry of the firm's table for the day, if there is one."""
        return self._statutory.get(day)

    def is_provisional(self, day: date) -> bool:
        """Whether the day's holidays have not been announced yet, so that a date resting on it may still move."""
        year = announcement_year(day)
        return year >= FIRST_YEAR and year not in self.announced and _published_rest_days(year) is None

    def _rest_days(self, year: int) -> frozenset[date]:
        rest = _published_rest_days(year)
        if rest is None:
            rest = _weekends(year)
            if year >= FIRST_YEAR and year not in self.announced:
                rest |= estimated_holidays(year)
        entries = [entry for entry in self._statutory.values() if entry.day.year == year]
        working = {entry.day for entry in entries if entry.kind is DayKind.STATUTORY_WORKING}
        return rest - working | {entry.day for entry in entries if entry.kind is DayKind.STATUTORY_OFF}


def announcement_year(day: date) -> int:
    """The year whose holiday announcement decides about the day: New Year's reaches into the December before."""
    return day.year + (day.month == 12 and day.day >= 29)


@cache
def estimated_holidays(year: int) -> frozenset[date]:
    """The 13 statutory days (全国年节及纪念日放假办法, from 2025), without the shifted days that only a notice sets.

    The movable feasts are known until 2064; later years have the fixed days only.
    """
    return frozenset(_estimated_names(year))


def holiday_name(day: date) -> str:
    """What a day off is called in Chinese (春节, 国庆节), as announced or estimated; "" for all other days."""
    if (off := _published_rest_days(day.year)) is not None:
        name = chinese_calendar.get_holiday_detail(day)[1] if day in off else None
        return _HOLIDAYS.get(name, "")
    return _estimated_names(day.year).get(day, "") if day.year >= FIRST_YEAR else ""


@cache
def _estimated_names(year: int) -> dict[date, str]:
    days = {date(year, 1, 1): "元旦"} | {date(year, 5, day): "劳动节" for day in (1, 2)}
    days |= {date(year, 10, day): "国庆节" for day in (1, 2, 3)}
    if feasts := _movable_feasts().get(year):
        spring, tomb_sweeping, dragon_boat, mid_autumn = feasts
        days |= {spring + n * _DAY: "春节" for n in (-1, 0, 1, 2)}
        days |= {tomb_sweeping: "清明", dragon_boat: "端午", mid_autumn: "中秋"}
    return days


@cache
def _movable_feasts() -> dict[int, list[date]]:
    words = iter(_MOVABLE_FEASTS.split())
    return {
        int(year): [date(int(year), int(feast[:2]), int(feast[2:])) for feast in feasts]
        for year, *feasts in zip(*[words] * 5, strict=True)
    }


@cache
def _published_rest_days(year: int) -> frozenset[date] | None:
    """Every day of rest of a year the package knows, else None."""
    try:
        return frozenset(chinese_calendar.get_holidays(date(year, 1, 1), date(year, 12, 31)))
    except NotImplementedError:
        return None


@cache
def _weekends(year: int) -> frozenset[date]:
    days = map(date.fromordinal, range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1))
    return frozenset(day for day in days if day.weekday() > 4)
