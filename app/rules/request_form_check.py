"""What the Office demands of its forms beyond filled-in fields (专利法 18, 29; 细则; 审查指南一部一章)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.rules.calendar import Calendar
from app.rules.choice import N_, Choice
from app.rules.errors import RuleError
from app.rules.period import Unit, expire
from app.rules.request_form import Content, Field, Form


class Level(Choice):
    """How grave a problem of a form is; only errors keep it from being submitted."""

    ERROR = N_("Error"), "danger"
    WARNING = N_("Warning"), "warning"
    NOTE = N_("Hint"), "info"


@dataclass(frozen=True)
class Problem:
    """Something about a form. field: the control it concerns; message: a msgid with `params`."""

    level: Level
    field: str
    message: str
    params: Mapping[str, Any]

    @property
    def error(self) -> RuleError:
        """The same as a refusal."""
        return RuleError(self.message, field=self.field, **self.params)


@dataclass(frozen=True)
class Moment:
    """When and in which case a form is checked. reduced: the case counts on a fee reduction."""

    today: date
    calendar: Calendar
    divisional: bool = False
    reduced: bool = False


Check = Callable[[Form, Content, Moment], Iterator[Problem]]


def check(form: Form, content: Content, moment: Moment) -> list[Problem]:
    """What is wrong with a form, gravest first: what every form demands, then what this one does."""
    found = [*_plain(form, content), *(p for one in form.checks for p in one(form, content, moment))]
    return sorted(found, key=lambda p: p.level.value)


def problem(level: Level, field: str, message: str, **params: Any) -> Problem:
    """A problem; `message` is a msgid."""
    return Problem(level, field, message, params)


def _plain(form: Form, content: Content) -> Iterator[Problem]:
    for section in form.sections:
        for field in section.fields:
            yield from _value(content.get(section.key(field)), field, section.key(field), section.caption)
        rows = section.rows
        if rows is None:
            continue
        there = content.get(rows.name, [])
        if len(there) < rows.least:
            message = N_("“%(label)s” needs at least one entry")
            yield problem(Level.ERROR, f"{rows.name}-0-{rows.fields[0].name}", message, label=section.caption)
        for index, row in enumerate(there):
            if rows.drop and rows.drop(row):
                continue
            for field in rows.fields:
                label = f"{rows.name} {index + 1}"
                yield from _value(row.get(field.name), field, f"{rows.name}-{index}-{field.name}", label)


def _value(value: Any, field: Field, key: str, place: str) -> Iterator[Problem]:
    label = place if field.name == place else f"{place}：{field.caption}"
    if field.required and not value:
        yield problem(Level.ERROR, key, N_("“%(label)s” must be filled in"), label=label)
    if not value or field.kind == "flag":
        return
    if field.kind == "date" and not is_day(value):
        yield problem(Level.ERROR, key, N_("“%(label)s” is not a date"), label=label)
    if field.kind == "integer" and not (value.isascii() and value.isdigit()):
        yield problem(Level.ERROR, key, N_("“%(label)s” is a whole number"), label=label)
    if field.options and value not in field.options:
        yield problem(Level.ERROR, key, N_("“%(label)s”: choose one from the list"), label=label)


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar as the content keeps it."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


CHINA = "中国"
ERROR, WARNING, NOTE = Level.ERROR, Level.WARNING, Level.NOTE
#: Similar designs in one application at most (细则 Rule 40).
MOST_SIMILAR = 10
_POSTCODE = re.compile(r"[0-9]{6}")
_AGENCY = re.compile(r"[0-9]{5}")


def title(key: str, usual: int, most: int) -> Check:
    """A title is short: up to `usual` characters, in special cases up to `most` (指南一部一章4.1.1)."""

    def look(_form: Form, content: Content, _moment: Moment) -> Iterator[Problem]:
        length = len(content[key])
        if length > most:
            yield problem(WARNING, key, N_("The title has %(length)s characters; more than %(most)s are objected to"),
                          length=length, most=most)  # fmt: skip
        elif length > usual:
            yield problem(NOTE, key, N_("The title has %(length)s characters; usually it has no more than %(most)s"),
                          length=length, most=usual)  # fmt: skip

    return look


def makers(key: str) -> Check:
    """The first inventor or designer is identified."""

    def look(form: Form, content: Content, _moment: Moment) -> Iterator[Problem]:
        rows = content[form_rows(form, key)]
        if not rows:
            return
        name, first = form_rows(form, key), rows[0]
        if not first["国籍"]:
            yield problem(WARNING, f"{name}-0-国籍", N_("The nationality of the first inventor is missing"))
        elif first["国籍"] == CHINA and not first["身份证件号码"]:
            yield problem(WARNING, f"{name}-0-身份证件号码", N_("The ID number of the first inventor is missing"))

    return look


def form_rows(form: Form, key: str) -> str:
    """The name of a group that a form certainly has."""
    rows = form.group(key)
    if rows is None:
        raise LookupError(key)
    return rows.name


def applicants(_form: Form, content: Content, moment: Moment) -> Iterator[Problem]:
    """Applicants are identified; a fee reduction needs each of them on record (费减备案, A-3.1.1.2.3-08)."""
    for index, row in enumerate(content["申请人"]):
        at, who = f"申请人-{index}-", row["姓名或名称"]
        chinese = row["国籍或总部所在地"] == CHINA
        if chinese and not row["证件号码"]:
            yield problem(WARNING, at + "证件号码", N_("%(who)s: the certificate number is missing"), who=who)
        if chinese and not _POSTCODE.fullmatch(row["邮政编码"]):
            yield problem(WARNING, at + "邮政编码", N_("%(who)s: the postcode has six digits"), who=who)
        if chinese and not row["省自治区直辖市名称"]:
            yield problem(WARNING, at + "省自治区直辖市名称", N_("%(who)s: the province is missing"), who=who)
        if moment.reduced and not row["费减备案"]:
            message = N_("The case counts on a fee reduction, but that of %(who)s is not on record")
            yield problem(WARNING, at + "费减备案", message, who=who)
    number = content["代表人.署名顺序"]
    if number and number.isdigit() and not 1 <= int(number) <= len(content["申请人"]):
        yield problem(ERROR, "代表人.署名顺序", N_("There is no applicant with this number"))


def agency(_form: Form, content: Content, _moment: Moment) -> Iterator[Problem]:
    """An agency has a code of five digits and attorneys with certificates; who has none needs a contact (法 18)."""
    key, attorneys = "专利代理机构.", content["代理师"]
    if not content[key + "名称"]:
        first = content["申请人"][0] if content["申请人"] else None
        if first and first["国籍或总部所在地"] not in ("", CHINA):
            yield problem(ERROR, key + "名称", N_("An applicant from abroad must appoint a patent agency"))
        elif first and not content["联系人.姓名"]:
            yield problem(WARNING, "联系人.姓名", N_("Without an agency a contact person is needed"))
        return
    if not _AGENCY.fullmatch(content[key + "代码"]):
        yield problem(ERROR, key + "代码", N_("The code of the agency has five digits; see the system parameters"))
    if not content[key + "声明"]:
        yield problem(WARNING, key + "声明", N_("It is not declared that a power of attorney was signed"))
    if not attorneys:
        yield problem(ERROR, "代理师-0-姓名", N_("At least one patent attorney is named"))
    for index, row in enumerate(attorneys):
        if not row["工作证号"]:
            yield problem(ERROR, f"代理师-{index}-工作证号",
                          N_("%(who)s has no attorney certificate number"), who=row["姓名"])  # fmt: skip
        if not row["电话"]:
            yield problem(WARNING, f"代理师-{index}-电话", N_("%(who)s has no telephone number"), who=row["姓名"])


def priorities(months: int) -> Check:
    """A priority lasts twelve months, for designs six (法 29)."""

    def look(_form: Form, content: Content, moment: Moment) -> Iterator[Problem]:
        for index, row in enumerate(content["在先申请"]):
            at, day = f"在先申请-{index}-在先申请日", row["在先申请日"]
            if not is_day(day):
                continue
            prior = date.fromisoformat(day)
            if prior > moment.today:
                yield problem(ERROR, at, N_("The prior filing date lies in the future"))
                continue
            end = expire(prior, months, Unit.MONTH, moment.calendar).value
            if end < moment.today:
                yield problem(WARNING, at, N_("The priority of %(number)s could be claimed until %(end)s only"),
                              number=row["在先申请号"], end=end.isoformat())  # fmt: skip

    return look


def divisional(_form: Form, content: Content, moment: Moment) -> Iterator[Problem]:
    """A divisional application names its parent and the filing date of that (细则 48)."""
    number, day = content["分案申请.原申请号"], content["分案申请.原申请日"]
    if not number and (moment.divisional or day or content["分案申请.针对的分案申请号"]):
        yield problem(ERROR, "分案申请.原申请号", N_("A divisional application needs the number of its parent"))
    if not day and (moment.divisional or number):
        yield problem(ERROR, "分案申请.原申请日", N_("A divisional application needs the filing date of its parent"))


def papers(demanded: Mapping[str, str]) -> Check:
    """The documents an application must have; `demanded`: {form code: name}."""

    def look(_form: Form, content: Content, _moment: Moment) -> Iterator[Problem]:
        there = {row["表格代码"] for row in content["申请文件"]}
        for code, name in demanded.items():
            if code not in there:
                yield problem(ERROR, "申请文件-0-文件名称", N_("“%(name)s” is not among the documents"), name=name)

    return look


def figure(_form: Form, content: Content, _moment: Moment) -> Iterator[Problem]:
    """One of the drawings is named to go with the abstract (细则 26)."""
    drawings = any(row["表格代码"] == "100003" for row in content["申请文件"])
    if drawings and not content["摘要附图.图号"]:
        yield problem(WARNING, "摘要附图.图号", N_("There are drawings; name the one that goes with the abstract"))
    if not drawings and content["摘要附图.图号"]:
        yield problem(WARNING, "摘要附图.图号", N_("A figure for the abstract is named, but there are no drawings"))


def deposits(_form: Form, content: Content, _moment: Moment) -> Iterator[Problem]:
    """A deposit names who keeps it, when and under which number, and its taxonomic name (细则 27)."""
    for index, row in enumerate(content["生物材料样品"]):
        if not row["分类命名"]:
            yield problem(WARNING, f"生物材料样品-{index}-分类命名", N_("The taxonomic name of the deposit is missing"))


def designs(_form: Form, content: Content, _moment: Moment) -> Iterator[Problem]:
    """Similar designs of one product, or products of one set (细则 40)."""
    similar, products = content["相似设计.项数"], content["成套产品.项数"]
    if similar.isdigit() and int(similar) > MOST_SIMILAR:
        yield problem(
            ERROR, "相似设计.项数", N_("At most %(most)s similar designs in one application"), most=MOST_SIMILAR
        )
    for key, count in (("相似设计", similar), ("成套产品", products)):
        if content[f"{key}.声明"] and not count:
            yield problem(ERROR, f"{key}.项数", N_("Say how many designs there are"))
        if count and not content[f"{key}.声明"]:
            yield problem(WARNING, f"{key}.声明", N_("A number of designs is given, but the box is not ticked"))


def delayed(_form: Form, content: Content, _moment: Moment) -> Iterator[Problem]:
    """Examination at the Office's own motion or on request; delayed by one, two or three years (指南五部七章8.3)."""
    if content["请求内容.延迟审查"] and not content["请求内容.延迟期限"]:
        yield problem(ERROR, "请求内容.延迟期限", N_("Say by how long the examination is to be delayed"))
    if content["请求内容.延迟期限"] and not content["请求内容.延迟审查"]:
        yield problem(WARNING, "请求内容.延迟审查", N_("A delay is given, but the box is not ticked"))


def numbered(_form: Form, content: Content, _moment: Moment) -> Iterator[Problem]:
    """A later document names the application it belongs to."""
    if not content["专利申请.申请号"]:
        yield problem(ERROR, "专利申请.申请号", N_("The case has no application number yet"))


def changes(_form: Form, content: Content, _moment: Moment) -> Iterator[Problem]:
    """Something is changed, why, and with the proof the Office asks for (指南一部一章6.7)."""
    made = [r for r in content["变更项目"] if r["变更后"] and r["变更后"] != r["变更前"]]
    if not made:
        yield problem(ERROR, "变更项目-0-变更后", N_("No item is changed yet: write down what it is to become"))
    elif not content["附件"]:
        yield problem(WARNING, "附件-0-文件名称", N_("A change usually needs a proof among the attachments"))
