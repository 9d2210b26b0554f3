"""Forms for the Office: what they demand, what is taken from the case, and that their XML reads back as written."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import request_form as rules
from app.rules.bibliographic_change import NAMES, ChangeClass, changes_of, class_of
from app.rules.calendar import Calendar
from app.rules.errors import RuleError, RuleErrors
from app.rules.filing import DocumentPart
from app.rules.request_form import Form, filled_from, normalise, submitted
from app.rules.request_form_catalog import FORMS, form_for
from app.rules.request_form_check import Level, Moment, check
from app.rules.request_form_facts import Attorney, Contact, Earlier, Facts, Firm, Maker, Paper, Party, Sample
from app.rules.request_form_xml import from_xml, to_xml

TODAY = date(2026, 11, 27)
ACME = Party("衡川智能装备（苏州）有限公司", "工矿企业", "中国", "91320500MA1", "江苏省", "苏州市",
             "望湖路145号", "215000", "0512-1", True)  # fmt: skip
FACTS = Facts(
    our_ref="F20260001", title="一种拉杆锁", app_no="202610000001.5", applicants=(ACME,),
    inventors=(Maker("苏望舒", "中国", "110101199001011234"), Maker("卞令仪", withheld=True)),
    firm=Firm("某某专利代理事务所", "11027", "北京市海淀区", "100080", "010-1"),
    attorneys=(Attorney("唐若岚", "1102712345.6", "010-2"),),
    papers=(Paper("请求书", "110101", 4), Paper("权利要求书", "100001", 2, 9), Paper("说明书", "100002", 8),
            Paper("说明书摘要", "100004", 1), Paper("专利代理委托书", "100007", 1, attachment=True)),
)  # fmt: skip
REQUEST, CHANGE = FORMS["110101"], FORMS["100016"]


def moment(**more: Any) -> Moment:
    return Moment(TODAY, Calendar(), **more)


def found(form: Form, facts: Facts, when: Moment | None = None, **changes: Any) -> dict[str, str]:
    """{control: message} of what is wrong with a form as filled in, with some fields changed."""
    content = normalise(form, filled_from(form, facts) | changes)
    return {p.field: p.message for p in check(form, content, when or moment())}


def with_(**changes: Any) -> Facts:
    return Facts(**{**{f: getattr(FACTS, f) for f in FACTS.__dataclass_fields__}, **changes})


def test_a_case_that_has_everything_makes_a_request_without_problems() -> None:
    assert found(REQUEST, FACTS) == {}


def test_the_request_is_filled_with_what_is_known() -> None:
    content = filled_from(REQUEST, FACTS)
    assert content["发明名称.发明名称"] == "一种拉杆锁"
    assert [(r["姓名"], r["不公布姓名"]) for r in content["发明人"]] == [("苏望舒", False), ("卞令仪", True)]
    assert content["申请人"][0]["费减备案"] is True
    assert (content["专利代理机构.名称"], content["专利代理机构.代码"]) == ("某某专利代理事务所", "11027")
    assert content["代理师"] == [{"姓名": "唐若岚", "工作证号": "1102712345.6", "电话": "010-2"}]
    assert [r["文件名称"] for r in content["附加文件"]] == ["专利代理委托书"]
    assert content["申请文件"][1]["权利要求项数"] == "9"


@pytest.mark.parametrize(
    ("changes", "control", "word"),
    [
        ({"title": ""}, "发明名称.发明名称", "must be filled in"),
        ({"title": "字" * 26}, "发明名称.发明名称", "usually"),
        ({"title": "字" * 41}, "发明名称.发明名称", "objected"),
        ({"inventors": ()}, "发明人-0-姓名", "at least one"),
        ({"inventors": (Maker("某"),)}, "发明人-0-国籍", "nationality"),
        ({"inventors": (Maker("某", "中国"),)}, "发明人-0-身份证件号码", "ID number"),
        ({"applicants": ()}, "申请人-0-姓名或名称", "at least one"),
        ({"applicants": (Party("某", "个人", "中国", "1", "北京市", "", "路1号", "1000"),)},
         "申请人-0-邮政编码", "six"),
        ({"applicants": (Party("某", "个人", "中国", "", "北京市", "", "路1号", "100000"),)},
         "申请人-0-证件号码", "missing"),
        ({"firm": Firm("某所", "1102")}, "专利代理机构.代码", "five digits"),
        ({"attorneys": ()}, "代理师-0-姓名", "At least one"),
        ({"attorneys": (Attorney("甲", "", "1"),)}, "代理师-0-工作证号", "certificate"),
        ({"firm": Firm(), "attorneys": ()}, "联系人.姓名", "contact"),
        ({"firm": Firm(), "attorneys": (), "applicants": (Party("Acme", "工矿企业", "美国", street="1 Main St"),)},
         "专利代理机构.名称", "abroad"),
        ({"priorities": (Earlier("美国", date(2025, 11, 20), "63/1"),)}, "在先申请-0-在先申请日", "until"),
        ({"priorities": (Earlier("美国", date(2026, 11, 28), "63/1"),)}, "在先申请-0-在先申请日", "future"),
        ({"parent_app_no": "202510000001.5"}, "分案申请.原申请日", "filing date of its parent"),
        ({"papers": FACTS.papers[:2]}, "申请文件-0-文件名称", "not among"),
        ({"papers": (*FACTS.papers, Paper("说明书附图", "100003"))}, "摘要附图.图号", "drawings"),
        ({"deposits": (Sample("CGMCC", "", True, TODAY, "1"),)}, "生物材料样品-0-分类命名", "taxonomic"),
    ],
)  # fmt: skip
def test_what_a_request_lacks_is_told_at_its_field(changes: dict[str, Any], control: str, word: str) -> None:
    assert word in found(REQUEST, with_(**changes)).get(control, "")


@pytest.mark.parametrize(
    ("form", "day", "late"),
    [
        ("110101", date(2025, 11, 27), False), ("110101", date(2025, 11, 26), True),
        ("130101", date(2026, 5, 27), False), ("130101", date(2026, 5, 26), True),
    ],
)  # fmt: skip
def test_a_priority_lasts_twelve_months_for_designs_six(form: str, day: date, late: bool) -> None:
    wrong = found(FORMS[form], with_(priorities=(Earlier("美国", day, "1"),)))
    assert ("在先申请-0-在先申请日" in wrong) is late


def test_a_divisional_case_needs_its_parent_and_a_reduced_one_the_record_of_each_applicant() -> None:
    wrong = found(REQUEST, with_(applicants=(Party("某", "个人", "中国", "1", "北京市", "", "路1号", "100000"),)),
                  moment(divisional=True, reduced=True))  # fmt: skip
    assert {"分案申请.原申请号", "分案申请.原申请日", "申请人-0-费减备案"} <= wrong.keys()


@pytest.mark.parametrize(
    ("changes", "control"),
    [
        ({"相似设计.声明": True, "相似设计.项数": "11"}, "相似设计.项数"),
        ({"相似设计.声明": True}, "相似设计.项数"),
        ({"成套产品.项数": "3"}, "成套产品.声明"),
        ({"延迟审查.月数": "37"}, "延迟审查.月数"),
        ({"代表人.署名顺序": "2"}, "代表人.署名顺序"),
        ({"分案申请.原申请日": "明天", "分案申请.原申请号": "1"}, "分案申请.原申请日"),
        ({}, "申请文件-0-文件名称"),
    ],
)
def test_what_a_design_lacks(changes: dict[str, Any], control: str) -> None:
    assert control in found(FORMS["130101"], FACTS, **changes)


def test_a_utility_model_needs_drawings() -> None:
    assert "申请文件-0-文件名称" in found(FORMS["120101"], FACTS)
    assert (
        found(
            FORMS["120101"], with_(papers=(*FACTS.papers, Paper("说明书附图", "100003", 1))), **{"摘要附图.图号": "1"}
        )
        == {}
    )


def test_errors_come_first() -> None:
    levels = [p.level for p in check(REQUEST, filled_from(REQUEST, Facts(title="字" * 30)), moment())]
    assert levels == sorted(levels, key=lambda level: level.value)
    assert {Level.ERROR, Level.NOTE} <= set(levels)


def test_texts_too_long_and_too_many_rows_are_refused() -> None:
    with pytest.raises(RuleErrors) as refused:
        normalise(REQUEST, {"联系人.姓名": "长" * 101, "代理师": [{"姓名": str(n)} for n in range(3)]})
    assert {e.field for e in refused.value.errors} == {"联系人.姓名", "代理师"}


def test_strange_fields_and_empty_rows_are_left_out() -> None:
    content = normalise(REQUEST, {"新字段": "x", "发明人": [{"姓名": " "}, {"姓名": "某", "年龄": "3"}, "行"]})
    assert "新字段" not in content
    assert content["发明人"] == [{"姓名": "某", "国籍": "", "身份证件号码": "", "不公布姓名": False}]


@pytest.mark.parametrize(("part", "patent", "kind", "code"), [
    (DocumentPart.REQUEST, "120101", None, "120101"), (DocumentPart.FORM, "110101", "100016", "100016"),
    (DocumentPart.DESIGN_BRIEF, "130101", None, "130002"), (DocumentPart.CLAIMS, "110101", None, None),
    (DocumentPart.FORM, "110101", "100007", None), (DocumentPart.FORM, "110101", "110401", "110401"),
])  # fmt: skip
def test_which_documents_are_written_on_a_form(part: DocumentPart, patent: str, kind: str | None, code: str) -> None:
    form = form_for(part, patent, kind)
    assert (form.code if form else None) == code


# What was changed by hand, and taking from the case again


def test_a_change_by_hand_is_marked_and_kept_when_the_rest_is_taken_again() -> None:
    taken = filled_from(REQUEST, FACTS)
    content = taken | {"发明名称.发明名称": "一种新型拉杆锁", "摘要附图.图号": "1"}
    assert rules.by_hand(REQUEST, content, taken) == {"发明名称.发明名称": "一种拉杆锁"}
    fresh = filled_from(REQUEST, with_(our_ref="F20260009"))
    differing = {d.key: d.by_hand for d in rules.differences(REQUEST, content, taken, fresh)}
    assert differing == {"发明名称.发明名称": True, "内部编号.内部编号": False}
    again = rules.take(REQUEST, content, fresh, ["内部编号.内部编号"])
    assert (again["内部编号.内部编号"], again["发明名称.发明名称"]) == ("F20260009", "一种新型拉杆锁")
    assert again["摘要附图.图号"] == "1"


def test_what_was_changed_on_both_sides_counts_as_changed_by_hand() -> None:
    taken, fresh = filled_from(REQUEST, FACTS), filled_from(REQUEST, with_(title="案卷的新名称"))
    (one,) = rules.differences(REQUEST, taken | {"发明名称.发明名称": "手写的名称"}, taken, fresh)
    assert (one.mine, one.fresh, one.by_hand) == ("手写的名称", "案卷的新名称", True)


def test_a_cell_is_taken_alone_and_rows_that_differ_in_number_together() -> None:
    taken = filled_from(REQUEST, FACTS)
    moved = filled_from(REQUEST, with_(applicants=(Party(**{**vars(ACME), "postcode": "215001"}),)))
    assert [d.key for d in rules.differences(REQUEST, taken, taken, moved)] == ["申请人-0-邮政编码"]
    assert rules.take(REQUEST, taken, moved, ["申请人-0-邮政编码"]) == moved
    fewer = filled_from(REQUEST, with_(inventors=FACTS.inventors[:1]))
    assert [d.key for d in rules.differences(REQUEST, taken, taken, fewer)] == ["发明人"]
    assert rules.take(REQUEST, taken, fewer, ["发明人"]) == fewer


# Changes of bibliographic data


def changed(**after: str) -> rules.Content:
    content = filled_from(CHANGE, FACTS)
    for row in content["变更项目"]:
        row["变更后"] = after.get(row["变更项目"], "")
    return content


def test_the_change_form_begins_with_what_the_case_says() -> None:
    content = filled_from(CHANGE, FACTS)
    before = {r["变更项目"]: r["变更前"] for r in content["变更项目"]}
    assert tuple(before) == NAMES
    assert before["发明人（设计人）"] == "苏望舒；卞令仪"
    assert before["专利代理机构代码"] == "11027"
    assert "变更项目-0-变更后" in found(CHANGE, FACTS)


@pytest.mark.parametrize(("after", "classes"), [
    ({"发明人（设计人）": "苏望舒"}, (ChangeClass.PARTIES,)),
    ({"专利代理师": "周慕瑶"}, (ChangeClass.AGENCY,)),
    ({"地址": "新址", "申请人（专利权人）": "乙公司"}, (ChangeClass.PARTIES, ChangeClass.OTHER)),
    ({"专利代理机构代码": "11027"}, ()),
])  # fmt: skip
def test_the_class_of_a_change_follows_its_lines(after: dict[str, str], classes: tuple[ChangeClass, ...]) -> None:
    assert class_of(changed(**after)) == classes


def test_only_changed_lines_are_submitted_and_still_to_be_applied() -> None:
    content = changed(**{"地址": "新址", "联系人": "丙"})
    assert [r["变更项目"] for r in submitted(CHANGE, content)["变更项目"]] == ["地址", "联系人"]
    assert "新址".encode() in to_xml(CHANGE, content)
    (change,) = changes_of(content, FACTS)
    assert (change.item.column, change.after, change.surprising) == ("applicant_address", "新址", False)
    assert changes_of(content, with_(address="新址")) == []
    assert changes_of(content, with_(address="别处"))[0].surprising


def test_names_in_another_writing_are_the_same_names() -> None:
    assert changes_of(changed(**{"发明人（设计人）": "苏望舒;卞令仪、"}), FACTS) == []


# XML

WORD = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@st.composite
def filled(draw: st.DrawFn) -> tuple[Form, rules.Content]:
    form = FORMS[draw(st.sampled_from(sorted(FORMS)))]

    def value(field: rules.Field) -> Any:
        return draw(st.booleans()) if field.kind == "flag" else draw(WORD)

    given_: dict[str, Any] = {key: value(field) for key, field in form.fields()}
    for rows in form.groups():
        given_[rows.name] = [
            {f.name: value(f) for f in rows.fields} for _n in range(draw(st.integers(0, min(2, rows.most))))
        ]
    return form, given_


def fitting(form: Form, given_: rules.Content) -> rules.Content:
    """What was made up, cut to what the fields take."""
    cut = {f: given_[f] for f in given_}
    for key, field in form.fields():
        cut[key] = given_[key] if field.kind == "flag" else given_[key][: min(field.length, 2)]
    for rows in form.groups():
        cut[rows.name] = [
            {f.name: r[f.name] if f.kind == "flag" else r[f.name][: min(f.length, 30)] for f in rows.fields}
            for r in given_[rows.name]
        ]
    return cut


@settings(deadline=None, max_examples=60)
@given(filled())
def test_xml_reads_back_as_it_was_written(made: tuple[Form, rules.Content]) -> None:
    form, given_ = made
    content = normalise(form, fitting(form, given_))
    assert normalise(form, content) == content
    assert from_xml(to_xml(form, content)) == (form, submitted(form, content))


@settings(deadline=None, max_examples=60)
@given(filled())
def test_any_content_can_be_checked_and_each_problem_has_a_place(made: tuple[Form, rules.Content]) -> None:
    form, given_ = made
    content = normalise(form, fitting(form, given_))
    names = {key for key, _field in form.fields()}
    for problem in check(form, content, moment(divisional=True, reduced=True)):
        group, _dash, rest = problem.field.partition("-")
        rows = form.group(group)
        assert problem.field in names or (rows and rest.partition("-")[2] in {f.name for f in rows.fields})
        assert str(problem.error)


def test_elements_have_the_offices_names_and_ticks_their_form() -> None:
    text = to_xml(REQUEST, filled_from(REQUEST, FACTS)).decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<发明专利请求书>\n <发明名称>一种拉杆锁</发明名称>')
    assert "<第一发明人>" in text
    assert '<其他发明人 顺序="2">' in text
    assert "<费减备案>\n    <附加>1</附加>" in text
    assert '<代理人 顺序="1">\n   <姓名>唐若岚</姓名>\n   <工作证号>1102712345.6</工作证号>' in text


@pytest.mark.parametrize("data", [b"no xml", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_form_is_refused(data: bytes) -> None:
    with pytest.raises(RuleError):
        from_xml(data)


def test_the_contact_of_the_client_stands_in_where_there_is_no_agency() -> None:
    facts = with_(firm=Firm(), attorneys=(), contact=Contact("阮青梧", "1"))
    assert filled_from(REQUEST, facts)["联系人.姓名"] == "阮青梧"
    assert found(REQUEST, facts) == {}
