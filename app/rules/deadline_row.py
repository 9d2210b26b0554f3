"""One row of the deadline calculator: Chinese words in, dates and their reasons out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from app.rules.calendar import Calendar
from app.rules.choice import N_, Choice
from app.rules.deadline import base_step
from app.rules.delivery import Channel, deliver
from app.rules.errors import RuleError
from app.rules.explain import Explained, Step
from app.rules.normalize import clean_text, parse_date, parse_integer
from app.rules.period import Unit, expire, extend

AnyChoice = TypeVar("AnyChoice", bound=Choice)

COMPUTED = ("presumed_receipt_date", "raw_end_date", "rolled_end_date", "rolled", "makeup_day_sensitive")

_UNITS = {"日": Unit.DAY, "天": Unit.DAY, "月": Unit.MONTH, "个月": Unit.MONTH, "年": Unit.YEAR}
_CHANNELS = {
    "电子": Channel.ELECTRONIC,
    "电子送达": Channel.ELECTRONIC,
    "邮寄": Channel.POST,
    "直接": Channel.DIRECT,
    "直接送交": Channel.DIRECT,
    "公告": Channel.PUBLIC_NOTICE,
    "公告送达": Channel.PUBLIC_NOTICE,
}
_NO_CHANNEL = ("", "-", "—", "——", "/", "无")
# The day of a document, with the only channel it can have; it is delivered before the period begins.
_DOCUMENT_DAYS = {"发文日": None, "交付日": Channel.DIRECT, "公告日": Channel.PUBLIC_NOTICE}
# Days from which a period counts as they are.
_OTHER_DAYS = """
    申请日 优先权日 授权日 授权公告日 公开日 公布日 国际公布日 国际申请日 进入日 送达日 收到日 收文日 推定收到日
    请求日 递交日 请求递交日 分案递交日 上市许可日 期限届满日 届满日 缴费期满日 缴费日 登记日 合同生效日
    障碍消除日 障碍消除之日 驳回通知日 首次商业利用日 知道之日
"""
BASE_KINDS = (*_DOCUMENT_DAYS, *_OTHER_DAYS.split())
"""Every word that `base_kind` may hold."""


@dataclass(frozen=True)
class CalculatedRow:
    """The given columns and the computed ones; after an `error` the computed ones are empty.

    steps: the reasons of the rolled end date; provisional: it rests on a year whose holidays nobody announced.
    """

    columns: dict[str, str]
    steps: tuple[Step, ...] = ()
    provisional: bool = False
    error: RuleError | None = None


def calculate_row(row: Mapping[str, str], calendar: Calendar) -> CalculatedRow:
    """The row with the columns of `COMPUTED`; rolled and makeup_day_sensitive are Y or N.

    Read are base_kind (发文日, 申请日 …), doc_date, channel (电子, 邮寄, 直接, 公告, — where nothing is sent), period
    and unit (日, 月, 年; the codes of `Channel` and `Unit` too), and where there are such columns received_on (evidence
    that replaces the presumption) and extension_months. A bad row comes back with its error.
    """
    computed = dict.fromkeys(COMPUTED, "")
    try:
        base = _base(row)
        number, unit = parse_period(row.get("period"), row.get("unit"))
        months = parse_integer(row.get("extension_months") or 0, field="extension_months")
        if months:
            end = extend(base.value, number, unit, months, calendar)
        else:
            end = expire(base.value, number, unit, calendar)
    except RuleError as error:
        return CalculatedRow({**row, **computed}, error=error)
    whole = Explained(end.value, base.steps + end.steps, end.provisional)
    return CalculatedRow({**row, **end_columns(whole, calendar)}, whole.steps, whole.provisional)


def end_columns(end: Explained[date], calendar: Calendar) -> dict[str, str]:
    """The columns of `COMPUTED` of a deadline whose steps are complete; of two periods those of the later one."""
    base, ends = end.value, []
    for step in end.steps:
        if step.code in ("base", "delivery", "evidence"):
            base = step.value
        elif step.code in ("period", "extension"):
            ends.append((step.value, base))
    raw, base = max(ends)
    return {
        "presumed_receipt_date": base.isoformat(),
        "raw_end_date": raw.isoformat(),
        "rolled_end_date": end.value.isoformat(),
        "rolled": _yes(end.value != raw),
        "makeup_day_sensitive": _yes(calendar.is_makeup(end.value)),
    }


def parse_period(number: object, unit: object) -> tuple[int, Unit]:
    """The length of a period from two cells, such as "2" and "月"; RuleError (fields period, unit)."""
    return parse_integer(number, field="period"), _choose(Unit, _UNITS, clean_text(unit), "unit")


def parse_channel(value: object) -> Channel | None:
    """The channel of delivery a cell names, None for a dash or nothing; RuleError (field channel)."""
    text = clean_text(value)
    return None if text in _NO_CHANNEL else _choose(Channel, _CHANNELS, text, "channel")


def _base(row: Mapping[str, str]) -> Explained[date]:
    kind = clean_text(row.get("base_kind"))
    day = parse_date(row.get("doc_date"), field="doc_date")
    channel = parse_channel(row.get("channel"))
    if kind not in BASE_KINDS:
        raise RuleError(N_("“%(value)s” is no day a period counts from"), field="base_kind", value=kind)
    if kind not in _DOCUMENT_DAYS:
        return Explained(day, (base_step(day, kind),))
    fixed = _DOCUMENT_DAYS[kind]
    if fixed and channel not in (None, fixed):
        raise RuleError(N_("The channel does not fit the kind of day"), field="channel")
    channel = fixed or channel
    if channel is None:
        raise RuleError(N_("Choose how the document was delivered"), field="channel")
    received = row.get("received_on")
    return deliver(day, channel, parse_date(received, field="received_on") if received else None)


def _choose(choices: type[AnyChoice], words: Mapping[str, AnyChoice], text: str, field: str) -> AnyChoice:
    choice = words.get(text) or choices.find(text.upper())
    if choice is None:
        raise RuleError(N_("“%(value)s” is not among the choices"), field=field, value=text)
    return choice


def _yes(answer: bool) -> str:
    return "Y" if answer else "N"
