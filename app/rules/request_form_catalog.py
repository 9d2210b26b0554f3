"""The forms that can be written here, by form code (表格代码); all others are imported as files."""

from collections.abc import Mapping

from app.rules import request_form_check as check
from app.rules import request_form_sections as parts
from app.rules.bibliographic_change import ITEMS, NAMES, unchanged
from app.rules.choice import N_
from app.rules.filing import DocumentPart
from app.rules.request_form import CASE, Field, Form, Rows, Section
from app.rules.request_form_facts import Facts

CHANGE_FORM = "100016"
#: The form that a part of an application is written on, where it is one.
BRIEF_FORM = "130002"
_REQUEST_CHECKS = (check.applicants, check.agency, check.divisional)
_INVENTION_PAPERS = {"100001": "权利要求书", "100002": "说明书", "100004": "说明书摘要"}


def _technical(code: str, name: str, own: tuple[Section, ...], demanded: dict[str, str]) -> Form:
    """A request for an invention or a utility model."""
    sections = (
        parts.title("发明名称" if code == "110101" else "实用新型名称"),
        parts.makers("发明人", "第一发明人", "其他发明人"), parts.applicants(), parts.contact(),
        parts.representative(), parts.agency(), parts.divisional(), *own, *parts.papers(),
        parts.signature(), parts.INTERNAL,
    )  # fmt: skip
    key = f"{sections[0].name}.{sections[0].name}"
    checks = (check.title(key, 25, 40), check.makers("发明人"), *_REQUEST_CHECKS, check.priorities(12), check.figure,
              check.papers(demanded))  # fmt: skip
    return Form(code, name, sections, (*checks, check.deposits) if code == "110101" else checks)


_INVENTION = _technical(
    "110101", "发明专利请求书",
    (
        parts.deposits(), parts.SEQUENCE, parts.GENES, parts.priorities(), parts.GRACE, parts.SECRET,
        parts.tick("同日申请", "声明本申请人对同样的发明创造在申请本发明专利的同日申请了实用新型专利"),
        parts.EARLY, parts.FIGURE,
    ),
    _INVENTION_PAPERS,
)  # fmt: skip
_UTILITY = _technical(
    "120101", "实用新型专利请求书",
    (
        parts.priorities(), parts.GRACE, parts.SECRET,
        parts.tick("同日申请", "声明本申请人对同样的发明创造在申请本实用新型专利的同日申请了发明专利"), parts.FIGURE,
    ),
    _INVENTION_PAPERS | {"100003": "说明书附图"},
)  # fmt: skip
_DESIGN = Form(
    "130101", "外观设计专利请求书",
    (
        parts.title("使用外观设计的产品名称"), parts.makers("设计人", "第一设计人", "其他设计人"),
        parts.applicants(), parts.contact(),
        parts.representative(), parts.agency(), parts.divisional(), parts.priorities(), parts.GRACE,
        Section("相似设计", (
            Field("声明", lambda f: bool(f.similar_designs), CASE, "flag", "本案为同一产品的相似外观设计"),
            Field("项数", lambda f: f.similar_designs, CASE, "integer", "所包含的项数", length=4),
        )),
        Section("成套产品", (
            Field("声明", lambda f: bool(f.set_products), CASE, "flag", "本案为成套产品的多项外观设计"),
            Field("项数", lambda f: f.set_products, CASE, "integer", "所包含的项数", length=4),
        )),
        Section("延迟审查", (Field("月数", kind="choice", label="请求延迟审查（月）",
                                  options=tuple(str(n) for n in range(1, 37))),)),
        *parts.papers(), parts.signature(), parts.INTERNAL,
    ),
    (
        check.title("使用外观设计的产品名称.使用外观设计的产品名称", 20, 40), check.makers("设计人"), *_REQUEST_CHECKS,
        check.priorities(6), check.designs,
        check.papers({"130001": "外观设计图片或照片", "130002": "外观设计简要说明"}),
    ),
)  # fmt: skip
_BRIEF = Form(
    BRIEF_FORM, "外观设计简要说明",
    (
        Section("产品名称", (Field("产品名称", lambda f: f.title, CASE, required=True, length=500),)),
        Section("产品用途", (Field("产品用途", kind="long_text", required=True),)),
        Section("设计要点", (Field("设计要点", kind="long_text", required=True),)),
        Section("指定图片", (Field("指定图片", required=True, label="最能表明设计要点的图片或照片"),)),
        Section("省略视图", (Field("省略视图", kind="long_text", label="省略视图的情况"),)),
        Section("请求保护色彩", (Field("请求保护色彩", kind="flag", label="请求保护的外观设计包含有色彩"),)),
        Section("其他说明", (Field("其他说明", kind="long_text"),)),
    ),
)  # fmt: skip


def _later(code: str, name: str, *own: Section, checks: tuple[check.Check, ...] = ()) -> Form:
    """A document in the course of the procedure."""
    sections = (
        parts.application(),
        *own,
        parts.proofs(),
        parts.remark(),
        parts.signature("当事人或专利代理机构签字或者盖章"),
    )
    return Form(code, name, sections, (check.numbered, *checks))


_NOTICE = Section("通知书", (Field("通知书名称"), Field("发文日", kind="date"), Field("发文序号", length=60)))
_EXAMINATION = Form(
    "110401", "实质审查请求书",
    (
        parts.application(),
        Section("请求内容", (
            Field("实质审查", lambda f: True, CASE, "flag", "根据专利法第35条的规定，请求对上述专利申请进行实质审查"),
            Field("修改文本", kind="flag", label="申请人声明，放弃专利法实施细则第57条规定的主动修改的权利"),
            Field("延迟审查", kind="flag", label="请求延迟审查"),
            Field("延迟期限", kind="choice", options=("一年", "二年", "三年")),
        )),
        parts.proofs(), parts.remark(), parts.signature("申请人或专利代理机构签字或者盖章"),
    ),
    (check.delayed,),
)  # fmt: skip


def _lines(facts: Facts) -> list[tuple[str, str]]:
    return [(item.name, item.now(facts)) for item in ITEMS]


_CHANGE = _later(
    CHANGE_FORM, "著录项目变更申报书",
    Section("变更", rows=Rows(
        "变更项目", "变更项目",
        (
            Field("变更项目", lambda pair: pair[0], CASE, "choice", required=True, options=NAMES),
            Field("变更前", lambda pair: pair[1], CASE, length=2000),
            Field("变更后", length=2000),
        ),
        _lines, CASE, drop=unchanged,
    ), label="变更项目", note=N_("Only lines with something under 变更后 are changes; names are separated by ；")),
    parts.text("变更理由", required=False), parts.agency(), checks=(check.changes,),
)  # fmt: skip

FORMS: Mapping[str, Form] = {
    form.code: form
    for form in (
        _INVENTION, _UTILITY, _DESIGN, _BRIEF, _EXAMINATION, _CHANGE,
        _later("100006", "补正书", _NOTICE, Section("补正", rows=Rows("补正内容", "补正内容", (
            Field("文件名称", required=True), Field("文件中的位置"), Field("补正前", length=2000),
            Field("补正后", length=2000),
        )), label="补正内容")),
        _later("100012", "意见陈述书", _NOTICE, parts.text("陈述的意见")),
        _later("100009", "延长期限请求书", _NOTICE, Section("延长", (
            Field("延长月数", kind="choice", required=True, options=("1", "2"), label="请求延长期限（月）"),
            Field("理由", kind="long_text", required=True),
        ), label="请求内容")),
        _later("100010", "恢复权利请求书", _NOTICE, parts.text("请求恢复权利的理由")),
        _later("100013", "撤回专利申请声明", parts.tick("声明内容", "根据专利法第32条的规定，声明撤回上述专利申请")),
        _later("110301", "发明专利请求提前公布声明",
               parts.tick("声明内容", "根据专利法第34条的规定，请求早日公布上述专利申请")),
    )
}  # fmt: skip


def form_for(part: DocumentPart, patent_code: str, type_code: str | None) -> Form | None:
    """The form a document is written on; None where its file is imported.

    patent_code: the code of the request for the case's patent type. type_code: that of the document's type.
    """
    if part is DocumentPart.REQUEST:
        return FORMS.get(patent_code)
    return FORMS[BRIEF_FORM] if part is DocumentPart.DESIGN_BRIEF else FORMS.get(type_code or "")
