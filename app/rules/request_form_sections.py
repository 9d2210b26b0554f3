"""The sections that forms for the Office share, each with its fields and what fills them."""

from app.rules.choice import N_
from app.rules.request_form import (
    ATTORNEY,
    CASE,
    CONTACT,
    DOCUMENTS,
    FIRM,
    INVENTOR,
    PARTY,
    Field,
    Rows,
    Section,
)
from app.rules.request_form_facts import Facts

APPLICANT_TYPES = ("大专院校", "科研单位", "工矿企业", "事业单位", "个人")


def title(name: str) -> Section:
    return Section(name, (Field(name, lambda f: f.title, CASE, required=True, length=500),))


def makers(name: str, first: str, others: str) -> Section:
    fields = (
        Field("姓名", lambda p: p.name, INVENTOR, required=True),
        Field("国籍", lambda p: p.country, INVENTOR, length=60),
        Field("身份证件号码", lambda p: p.id_no, INVENTOR, length=60),
        Field("不公布姓名", lambda p: p.withheld, INVENTOR, "flag"),
    )
    rows = Rows(name, others, fields, lambda f: f.inventors, INVENTOR, first=first, least=1, most=200)
    return Section(name, rows=rows, note=N_("Nationality and ID number are asked for the first one only"))


def applicants() -> Section:
    fields = (
        Field("姓名或名称", lambda p: p.name, PARTY, required=True, length=300),
        Field("申请人类型", lambda p: p.kind, PARTY, "choice", required=True, options=APPLICANT_TYPES),
        Field("国籍或总部所在地", lambda p: p.country, PARTY, required=True, length=60),
        Field("证件号码", lambda p: p.certificate_no, PARTY, length=60, label="统一社会信用代码或证件号码"),
        Field("省自治区直辖市名称", lambda p: p.province, PARTY, length=60, label="省、自治区、直辖市"),
        Field("市县名称", lambda p: p.city, PARTY, length=60, label="市县"),
        Field(
            "城区乡街道门牌号", lambda p: p.street, PARTY, required=True, length=300, label="城区（乡）、街道、门牌号"
        ),
        Field("邮政编码", lambda p: p.postcode, PARTY, length=20),
        Field("电话", lambda p: p.phone, PARTY, length=60),
        Field("费减备案", lambda p: p.fee_reduction, PARTY, "flag", label="请求费减且已完成费减资格备案"),
    )
    rows = Rows(
        "申请人", "其他申请人", fields, lambda f: f.applicants, PARTY, first="第一申请人", least=1, most=50, wide=True
    )
    return Section("申请人", rows=rows)


def contact() -> Section:
    return Section("联系人", (
        Field("姓名", lambda f: f.contact.name, CONTACT, length=100),
        Field("电话", lambda f: f.contact.phone, CONTACT, length=60),
        Field("电子邮箱", lambda f: f.contact.email, CONTACT, length=320),
        Field("邮政编码", lambda f: f.contact.postcode, CONTACT, length=20),
        Field("地址", lambda f: f.contact.address, CONTACT, length=300),
    ))  # fmt: skip


def representative() -> Section:
    def number(facts: Facts) -> str:
        found = [i for i, p in enumerate(facts.applicants, start=1) if p.represents]
        return str(found[0]) if found and found[0] > 1 else ""

    label = "代表人为非第一署名申请人时声明"
    return Section(
        "代表人", (Field("署名顺序", number, CASE, "integer", "特声明第几署名申请人为代表人", length=3),), label=label
    )


def agency(most: int = 2) -> Section:
    attorneys = Rows(
        "代理师", "代理人",
        (
            Field("姓名", lambda a: a.name, ATTORNEY, required=True, length=100),
            Field("工作证号", lambda a: a.certificate_no, ATTORNEY, length=40, label="执业证号"),
            Field("电话", lambda a: a.phone, ATTORNEY, length=60),
        ),
        lambda f: f.attorneys, ATTORNEY, most=most,
    )  # fmt: skip
    fields = (
        Field("名称", lambda f: f.firm.name, FIRM),
        Field("代码", lambda f: f.firm.code, FIRM, length=20, label="机构代码"),
        Field("地址", lambda f: f.firm.address, FIRM, length=300),
        Field("邮政编码", lambda f: f.firm.postcode, FIRM, length=20),
        Field("电话", lambda f: f.firm.phone, FIRM, length=60),
        Field("声明", lambda f: bool(f.firm.name), FIRM, "flag", "声明已经与申请人签订了专利代理委托书"),
    )
    return Section("专利代理机构", fields, attorneys)


def divisional() -> Section:
    return Section("分案申请", (
        Field("原申请号", lambda f: f.parent_app_no, CASE, length=40),
        Field("针对的分案申请号", length=40),
        Field("原申请日", lambda f: f.parent_filing_date, CASE, "date"),
    ))  # fmt: skip


def deposits() -> Section:
    fields = (
        Field("保藏单位代码", lambda d: d.depositary, CASE, required=True, length=20),
        Field("地址", lambda d: d.address, CASE, length=300),
        Field("保藏日期", lambda d: d.deposited_on, CASE, "date", required=True),
        Field("保藏编号", lambda d: d.deposit_no, CASE, required=True, length=60),
        Field("分类命名", lambda d: d.taxonomy, CASE, length=300),
        Field("是否存活", lambda d: d.viable, CASE, "flag"),
    )
    rows = Rows("生物材料样品", "生物材料样品", fields, lambda f: f.deposits, CASE, most=30)
    return Section("生物材料样品信息", rows=rows, label="生物材料样品")


def priorities() -> Section:
    fields = (
        Field("原受理机构名称", lambda p: p.country, CASE, required=True, length=60),
        Field("在先申请日", lambda p: p.filed_on, CASE, "date", required=True),
        Field("在先申请号", lambda p: p.app_no, CASE, required=True, length=60),
    )
    return Section("要求优先权声明", rows=Rows("在先申请", "在先申请", fields, lambda f: f.priorities, CASE, most=30))


def tick(section: str, label: str, name: str = "声明") -> Section:
    return Section(section, (Field(name, kind="flag", label=label),))


GRACE = Section("不丧失新颖性宽限期声明", (
    Field("国际展览会", kind="flag", label="已在中国政府主办或承认的国际展览会上首次展出"),
    Field("学术会议", kind="flag", label="已在规定的学术会议或技术会议上首次发表"),
    Field("他人泄露", kind="flag", label="他人未经申请人同意而泄露其内容"),
    Field("紧急状态", kind="flag", label="国家出现紧急状态或非常情况时，为公共利益目的首次公开"),
))  # fmt: skip
SECRET = tick("保密请求", "本专利申请可能涉及国家重大利益，请求按保密申请处理")
GENES = tick("遗传资源", "本专利申请涉及的发明创造是依赖于遗传资源完成的")
SEQUENCE = tick("序列表", "本专利申请涉及核苷酸或氨基酸序列表")
EARLY = tick("提前公布", "请求早日公布该专利申请")
FIGURE = Section("摘要附图", (Field("图号", length=20, label="指定说明书附图中的图几为摘要附图"),))


def papers() -> tuple[Section, Section]:
    def columns(*more: Field) -> tuple[Field, ...]:
        return (
            Field("文件名称", lambda p: p.name, DOCUMENTS, required=True),
            Field("表格代码", lambda p: p.code, DOCUMENTS, length=20),
            Field("页数", lambda p: p.pages, DOCUMENTS, "integer", length=6),
            *more,
        )

    claims = Field("权利要求项数", lambda p: p.claims, DOCUMENTS, "integer", length=6)
    own = Rows("申请文件", "申请文件", columns(claims), lambda f: [p for p in f.papers if not p.attachment], DOCUMENTS)
    return (Section("申请文件清单", rows=own), attachments(columns()))


def attachments(fields: tuple[Field, ...]) -> Section:
    more = Rows("附加文件", "附加文件", fields, lambda f: [p for p in f.papers if p.attachment], DOCUMENTS)
    return Section("附加文件清单", rows=more)


def signature(label: str = "全体申请人或专利代理机构签字或者盖章") -> Section:
    fields = (Field("签章", lambda f: f.firm.name, FIRM, label="签字或者盖章"), Field("日期", kind="date"))
    return Section("申请人或代理机构签章", fields, label=label)


INTERNAL = Section("内部编号", (Field("内部编号", lambda f: f.our_ref, CASE, length=60, label="代理机构案号"),))


def application(name: str = "专利申请") -> Section:
    return Section(name, (
        Field("申请号", lambda f: f.app_no, CASE, length=40, label="申请号或专利号"),
        Field("发明名称", lambda f: f.title, CASE, required=True, length=500, label="发明创造名称"),
        Field("申请日", lambda f: f.filing_date, CASE, "date"),
        Field("申请人", lambda f: "；".join(p.name for p in f.applicants), PARTY, required=True, length=2000,
              label="申请人或专利权人"),
    ))  # fmt: skip


def proofs() -> Section:
    fields = (
        Field("文件名称", lambda p: p.name, DOCUMENTS, required=True),
        Field("表格代码", lambda p: p.code, DOCUMENTS, length=20),
        Field("页数", lambda p: p.pages, DOCUMENTS, "integer", length=6),
    )
    own = Rows("附件", "附件", fields, lambda f: [p for p in f.papers if p.attachment], DOCUMENTS)
    return Section("附件清单", rows=own)


def remark() -> Section:
    return Section("备注", (Field("备注", kind="long_text"),))


def text(name: str, *, required: bool = True) -> Section:
    return Section(name, (Field(name, kind="long_text", required=required),))
