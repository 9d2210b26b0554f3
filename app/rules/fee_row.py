"""The official tables of fees and reductions as kept in Chinese: one row in, one rule out."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from app.rules.application_number import PatentType
from app.rules.choice import N_
from app.rules.deadline import Confidence
from app.rules.errors import RuleError
from app.rules.fee import GENERAL_STAGES, FeeBasis, FeeRate, FeeStage, FeeTable, ReductionRule
from app.rules.normalize import parse_date, parse_decimal, parse_integer

T = TypeVar("T")

_STAGES = {
    "申请": FeeStage.APPLICATION,
    "优先权": FeeStage.PRIORITY,
    "实质审查": FeeStage.EXAMINATION,
    "复审": FeeStage.REEXAMINATION,
    "无效": FeeStage.INVALIDATION,
    "著录变更": FeeStage.BIBLIOGRAPHIC_CHANGE,
    "恢复": FeeStage.RESTORATION,
    "延期": FeeStage.EXTENSION,
    "评价报告": FeeStage.EVALUATION_REPORT,
    "授权登记": FeeStage.GRANT,
    "年费": FeeStage.ANNUITY,
    "年费滞纳": FeeStage.SURCHARGE,
    "期限补偿": FeeStage.TERM_COMPENSATION,
    "申请维持": FeeStage.MAINTENANCE,
    "中止": FeeStage.SUSPENSION,
    "强制许可": FeeStage.COMPULSORY_LICENCE,
    "PCT国际阶段": FeeStage.PCT_INTERNATIONAL,
    "PCT国家阶段": FeeStage.PCT_NATIONAL,
    "海牙国际注册": FeeStage.HAGUE,
    "布图设计": FeeStage.LAYOUT_DESIGN,
    "其他": FeeStage.OTHER,
}
_TYPES = {
    "发明": PatentType.INVENTION,
    "实用新型": PatentType.UTILITY_MODEL,
    "外观设计": PatentType.DESIGN,
    "外观设计(海牙)": PatentType.DESIGN,
}
_COVERED = {
    "申请费": FeeStage.APPLICATION,
    "实审费": FeeStage.EXAMINATION,
    "复审费": FeeStage.REEXAMINATION,
    "维持费": FeeStage.MAINTENANCE,
    "年费": FeeStage.ANNUITY,
    "单独指定费": FeeStage.HAGUE,
}
_COUNTED = (("月", FeeBasis.MONTH), ("份", FeeBasis.COPY), ("页", FeeBasis.PAGE), ("项", FeeBasis.ITEM))
_BEYOND = re.compile(r">(\d+)")
_BETWEEN = re.compile(r"\((\d+)-(\d+)")
_BAND = re.compile(r"(\d+)%×当年全额年费")
_MONTHS = re.compile(r"(?:超过(\d+)个月)?至(?:第)?(\d+)个月")
_ANNUITY_YEARS = re.compile(r"授权当年起(\d+)年")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_REMARK = re.compile(r"[(（].*?[)）]")


def read_table(rates: Iterable[Mapping[str, str]], reductions: Iterable[Mapping[str, str]]) -> FeeTable:
    """The fee table from the rows of both files; RuleError names the first value that cannot be understood."""
    read = (read_reduction(row) for row in reductions)
    return FeeTable(tuple(read_rate(row) for row in rates), tuple(rule for rule in read if rule))


def read_rate(row: Mapping[str, str]) -> FeeRate:
    """One row of official_fees.csv."""
    basis, above, up_to = _counted(row["unit"])
    percent = None
    if band := _BAND.match(row["amount_formula"]):
        months = _MONTHS.search(row["due_rule"])
        if months is None:
            raise _not_understood("due_rule", row["due_rule"])
        basis, above, up_to, percent = FeeBasis.BAND, int(months[1] or 0), int(months[2]), int(band[1])
    return FeeRate(
        code=row["code"],
        name=row["name_zh"],
        stage=_look_up(_STAGES, row["stage"], "stage"),
        patent_types=frozenset(_TYPES[word] for word in row["patent_type"].split("/") if word in _TYPES),
        amount=parse_decimal(row["amount_cny"], field="amount_cny") if row["amount_cny"] else None,
        basis=basis,
        above=above,
        up_to=up_to,
        percent=percent,
        formula=row["amount_formula"],
        year_from=parse_integer(row["year_from"], field="year_from") if row["year_from"] else None,
        year_to=parse_integer(row["year_to"], field="year_to") if row["year_to"] else None,
        reducible=row["reducible"] == "Y",
        effective_from=_day(row["effective_from"], date.min),
        effective_to=_day(row["effective_to"], date.max),
        article=row["trigger_basis"],
        source=row["source"],
        confidence=_confidence(row),
    )


def read_reduction(row: Mapping[str, str]) -> ReductionRule | None:
    """One row of fee_reduction.csv; None where it reduces nothing but tells of procedure, refunds or exclusions."""
    percents = frozenset(int(number) for number in re.findall(r"\d+", _REMARK.sub("", row["reduction_pct"]))) - {0}
    if not percents or "退费" in row["reduction_pct"]:
        return None
    stages, covers_excess = read_covered(row["fees_covered"])
    years = _ANNUITY_YEARS.search(row["annuity_years"])
    return ReductionRule(
        code=row["rule_id"],
        name=row["rule_name"],
        percents=percents,
        stages=stages,
        covers_excess=covers_excess,
        annuity_years=int(years[1]) if years else None,
        effective_from=_day(row["effective_from"], date.min),
        effective_to=max((_day(day, date.max) for day in _DAY.findall(row["effective_to"])), default=date.max),
        source=row["source"],
        confidence=_confidence(row),
    )


def read_covered(words: str) -> tuple[frozenset[FeeStage], bool]:
    """The stages that the words of a reduction cover (申请费; 实审费 …), and whether excess claims and pages too.

    Remarks in brackets do not count. Words that name no fee, such as 同上, mean what may be reduced in general.
    """
    words = _REMARK.sub("", words)
    stages = frozenset(stage for word, stage in _COVERED.items() if word in words)
    return stages or GENERAL_STAGES, "申请附加费" in words


def _counted(unit: str) -> tuple[FeeBasis, int, int | None]:
    """What a unit such as 每项(>10项) counts: its kind, beyond which number, up to which."""
    kind = next((basis for word, basis in _COUNTED if unit.startswith(f"每{word}")), FeeBasis.CASE)
    if beyond := _BEYOND.search(unit):
        return (FeeBasis.CLAIM if kind is FeeBasis.ITEM else kind), int(beyond[1]), None
    if between := _BETWEEN.search(unit):
        return kind, int(between[1]) - 1, int(between[2])
    return kind, 0, None


def _day(text: str, otherwise: date) -> date:
    return parse_date(text) if text else otherwise


def _confidence(row: Mapping[str, str]) -> Confidence:
    return _look_up(Confidence.__members__, row["confidence"].upper(), "confidence")


def _look_up(table: Mapping[str, T], word: str, field: str) -> T:
    if word not in table:
        raise _not_understood(field, word)
    return table[word]


def _not_understood(field: str, value: str) -> RuleError:
    return RuleError(N_("“%(value)s” is not understood"), field=field, value=value)
