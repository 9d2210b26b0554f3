"""What lists of clients and of people mean: provinces by short names, codes that a spreadsheet made numbers of."""

from collections.abc import Callable
from typing import Any

from app.rules.application_number import Repair
from app.rules.choice import N_
from app.rules.normalize import clean_text, unmangle_integer_text

_PROVINCES = {
    **{name: f"{name}市" for name in ("北京", "天津", "上海", "重庆")},
    **{name: f"{name}自治区" for name in ("内蒙古", "西藏")},
    "广西": "广西壮族自治区", "宁夏": "宁夏回族自治区", "新疆": "新疆维吾尔自治区",
    **{name: f"{name}特别行政区" for name in ("香港", "澳门")},
    **{name: f"{name}省" for name in (
        "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北",
        "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海", "台湾")},
}  # fmt: skip
#: Cities that plan beside the provinces (计划单列市); lists name them where the province is asked for.
PLAN_CITIES = {"大连市": "辽宁省", "宁波市": "浙江省", "厦门市": "福建省", "青岛市": "山东省", "深圳市": "广东省"}


def arrange(values: dict[str, Any], note: Callable[..., None]) -> None:
    """A city given as the province: its province, and itself as the city where the list names none."""
    text = values.get("province_id")
    city = f"{text.removesuffix('市')}市" if isinstance(text, str) else ""
    if province := PLAN_CITIES.get(city):
        values["province_id"] = province
        values.setdefault("city_id", city)
        note("province", N_("“%(text)s” is a city of this province"), new=province, text=city)


def clean_province(value: object) -> tuple[str, list[Repair]]:
    """A province by its full name: 广东 → 广东省. Other texts stay as they are."""
    text = clean_text(value)
    name = _PROVINCES.get(text, text)
    return name, [] if name == text else [Repair("full", N_("Rewritten as %(number)s"), {"number": name})]


def clean_code(value: object) -> tuple[str, list[Repair]]:
    """Digits as they were before a spreadsheet took them for a number: 518000.0 → 518000."""
    text, code = clean_text(value), unmangle_integer_text(value)
    return code, [] if code == text else [Repair("float", N_("The “.0” of a spreadsheet number removed"), {})]
