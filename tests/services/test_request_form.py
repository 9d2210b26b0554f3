"""Forms of a filing: filled from the case, kept in one version, made into files, carried into the case."""

from collections.abc import Callable
from io import BytesIO

import docx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import views
from app.rules.application_number import PatentType
from app.rules.errors import RuleError, RuleErrors
from app.rules.filing import DocumentPart, FilingStatus
from app.rules.request_form_xml import from_xml
from app.services import allocation, dispatch, files, records, request_form
from app.services.filing import filing_for
from app.services.records import Stale
from app.services.request_form import Opened
from app.services.unit_of_work import SYSTEM, Actor, act_as, unit_of_work
from models.audit import AuditEntry
from models.case import Case
from models.document import DocumentType
from models.filing import Filing, FilingDocument
from models.organization import User
from models.party import Applicant, Inventor
from models.system import SystemParameter
from models.task import Task, TaskType

assert views.MENU


@pytest.fixture
def session(any_session: Session) -> Session:
    """With an agency in the system parameters (A-2.1.1.2-02)."""
    values = {"agency_name": "明衡专利代理事务所", "agency_code": "11027", "agency_phone": "010-55550000"}
    for row in any_session.scalars(select(SystemParameter).where(SystemParameter.code.in_(values))).all():
        records.save(any_session, SystemParameter, row.id, {"value": values[row.code]})
    return any_session


@pytest.fixture
def acting(session: Session) -> Callable[..., None]:
    """Go on as a user with these rights (None: as the system)."""

    def act(name: str | None, *grants: tuple[str, str]) -> None:
        act_as(session, SYSTEM)
        key = session.scalar(select(User.id).where(User.username == name))
        session.rollback()
        if name is not None:
            act_as(session, Actor(id=key, name=name, grants=frozenset(grants)))

    return act


def user(session: Session, name: str) -> User:
    return session.scalars(select(User).where(User.username == name)).one()


def a_document(session: Session, filing: Filing, part: DocumentPart, name: str, code: str = "") -> FilingDocument:
    kind = session.scalar(select(DocumentType.id).where(DocumentType.code == code)) if code else None
    with unit_of_work(session):
        made = FilingDocument(filing_id=filing.id, part=part, name=name, document_type_id=kind, position=1)
        session.add(made)
        session.flush()
    return made


def a_case(session: Session, **values: object) -> Case:
    """A case of a demo client with an applicant, an inventor and two attorneys."""
    party = session.scalars(select(Applicant).where(Applicant.fee_reduction_filed).order_by(Applicant.id)).first()
    maker = session.scalars(select(Inventor).where(Inventor.client_id == party.client_id)).first()
    rows = {
        "applicants": [records.ChildRow({"applicant_id": party.id, "position": 1, "is_first": True})],
        "inventors": [records.ChildRow({"inventor_id": maker.id, "position": 1, "is_first": True})],
    }
    given = {
        "title": "一种拉杆锁", "patent_type": PatentType.INVENTION, "client_id": party.client_id,
        "first_attorney_id": user(session, "tangruolan").id, "second_attorney_id": user(session, "zhoumuyao").id,
        "claims_count": 9,
    }  # fmt: skip
    return records.save(session, Case, None, given | values, children=rows)


@pytest.fixture
def request_document(session: Session) -> FilingDocument:
    """The request of a new case with all its documents."""
    case, tang = a_case(session), user(session, "tangruolan").id
    records.move(session, case, "complete_review")
    allocation.allocate(session, case.id, {"handler": tang, "first_attorney": tang,
                                           "second_attorney": user(session, "zhoumuyao").id})  # fmt: skip
    filing = session.scalars(select(Filing).where(Filing.case_id == case.id)).one()
    document = a_document(session, filing, DocumentPart.REQUEST, "请求书")
    for part, name in ((DocumentPart.CLAIMS, "权利要求书"), (DocumentPart.DESCRIPTION, "说明书"),
                       (DocumentPart.ABSTRACT, "说明书摘要")):  # fmt: skip
        a_document(session, filing, part, name)
    a_document(session, filing, DocumentPart.ATTACHMENT, "专利代理委托书", "100007")
    return document


def test_the_request_is_filled_from_case_parties_and_system_parameters(
    session: Session, request_document: FilingDocument
) -> None:
    opened = Opened(session, request_document)
    content, case = opened.content, request_document.filing.case
    applicant = case.applicants[0].applicant
    assert opened.form.name == "发明专利请求书"
    assert not opened.saved
    assert content["发明名称.发明名称"] == "一种拉杆锁"
    row = content["申请人"][0]
    assert (row["姓名或名称"], row["申请人类型"], row["费减备案"]) == (applicant.name, "工矿企业", True)
    assert applicant.address == row["省自治区直辖市名称"] + row["市县名称"] + row["城区乡街道门牌号"]
    assert (content["专利代理机构.名称"], content["专利代理机构.代码"]) == ("明衡专利代理事务所", "11027")
    assert content["联系人.姓名"] == ""
    assert [r["姓名"] for r in content["代理师"]] == ["唐若岚", "周慕瑶"]
    assert content["代理师"][0]["工作证号"] == user(session, "tangruolan").certificate_no
    codes = [(r["文件名称"], r["表格代码"]) for r in content["申请文件"]]
    assert codes == [("请求书", "110101"), ("权利要求书", "100001"), ("说明书", "100002"), ("说明书摘要", "100004")]
    assert [r["表格代码"] for r in content["附加文件"]] == ["100007"]
    assert [p for p in opened.problems() if p.level.name == "ERROR"] == []


def test_the_agency_is_that_of_the_parameters_as_they_are_now(
    session: Session, request_document: FilingDocument
) -> None:
    """A-2.1.1.2-02: what is changed there shows in the form as a difference."""
    request_form.save(session, request_document.id, Opened(session, request_document).content, 1)
    row = session.scalars(select(SystemParameter).where(SystemParameter.code == "agency_code")).one()
    records.save(session, SystemParameter, row.id, {"value": "11999"})
    opened = Opened(session, request_document)
    assert [(d.key, d.mine, d.fresh, d.by_hand) for d in opened.differences()] == [
        ("专利代理机构.代码", "11027", "11999", False)
    ]
    again = request_form.take_again(session, request_document.id, ["专利代理机构.代码"], request_document.version)
    assert Opened(session, again).content["专利代理机构.代码"] == "11999"
    with pytest.raises(RuleError, match="incomplete"):
        request_form.take_again(session, request_document.id, ["专利代理机构.代码"], again.version)


def test_what_was_typed_is_kept_and_marked(session: Session, request_document: FilingDocument) -> None:
    typed = Opened(session, request_document).content | {"发明名称.发明名称": "一种新型拉杆锁", "提前公布.声明": "1"}
    request_form.save(session, request_document.id, typed, request_document.version)
    opened = Opened(session, request_document)
    assert opened.saved
    assert (opened.content["发明名称.发明名称"], opened.content["提前公布.声明"]) == ("一种新型拉杆锁", True)
    assert [(d.mine, d.fresh, d.by_hand) for d in opened.differences()] == [("一种新型拉杆锁", "一种拉杆锁", True)]


def test_of_two_clerks_one_wins_and_the_other_is_told(session: Session, request_document: FilingDocument) -> None:
    content, version = Opened(session, request_document).content, request_document.version
    request_form.save(session, request_document.id, content | {"联系人.姓名": "甲"}, version)
    with pytest.raises(Stale):
        request_form.save(session, request_document.id, content | {"联系人.姓名": "乙"}, version)
    assert Opened(session, request_document).content["联系人.姓名"] == "甲"


def test_only_whoever_has_the_filing_writes_and_only_until_it_is_finalized(
    session: Session, request_document: FilingDocument, acting: Callable
) -> None:
    content, key = Opened(session, request_document).content, request_document.id
    acting("qinshuyu", ("read", "filing_document"))
    with pytest.raises(RuleError) as refused:
        request_form.save(session, key, content, 1)
    assert refused.value.code == "forbidden"
    acting("tangruolan", ("finalize", "filing"))
    request_form.save(session, key, content, 1)
    records.move(session, records.find(session, FilingDocument, key).filing, "finalize")
    for verb in (
        lambda: request_form.save(session, key, content, 2),
        lambda: request_form.make_files(session, key, 2),
        lambda: request_form.take_again(session, key, ["发明名称.发明名称"], 2),
    ):
        with pytest.raises(RuleError, match="finalized"):
            verb()


def test_files_are_made_as_new_versions_the_electronic_one_last(
    session: Session, request_document: FilingDocument
) -> None:
    made = request_form.make_files(session, request_document.id, request_document.version)
    assert [(v.number, v.name) for v in made] == [(1, "发明专利请求书.docx"), (2, "发明专利请求书.xml")]
    store = files.store_of(session)
    with store.open(made[1].file.sha256) as source:
        form, content = from_xml(source.read())
    assert (form.code, content["专利代理机构.名称"]) == ("110101", "明衡专利代理事务所")
    with store.open(made[0].file.sha256) as source:
        document = docx.Document(BytesIO(source.read()))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert {"一种拉杆锁", "唐若岚", "明衡专利代理事务所", "说明书摘要"} <= cells
    assert any("费减资格备案" in p.text and p.text.startswith("☑") for p in document.paragraphs)
    assert not request_form.outdated(request_document)
    changed = Opened(session, request_document).content | {"联系人.姓名": "甲"}
    request_form.save(session, request_document.id, changed, request_document.version)
    session.refresh(request_document)
    assert request_form.outdated(request_document)
    said = [str(e) for e in dispatch.lacking(request_document.filing)]
    assert "“请求书” was changed after its files were made; make them again" in said
    again = request_form.make_files(session, request_document.id, request_document.version)
    assert [v.number for v in again] == [3, 4]
    session.refresh(request_document)
    assert not request_form.outdated(request_document)


def test_the_package_takes_a_form_without_files_as_its_xml(session: Session, request_document: FilingDocument) -> None:
    content = Opened(session, request_document).content
    request_form.save(session, request_document.id, content, request_document.version)
    packed = dispatch.content_of(session, request_document)
    form, written = from_xml(packed)
    assert (form.code, written["发明名称.发明名称"]) == ("110101", "一种拉杆锁")


def test_no_file_is_made_of_a_form_with_errors(session: Session, request_document: FilingDocument) -> None:
    typed = Opened(session, request_document).content | {"发明名称.发明名称": ""}
    request_form.save(session, request_document.id, typed, request_document.version)
    with pytest.raises(RuleErrors) as refused:
        request_form.make_files(session, request_document.id, request_document.version)
    assert [e.field for e in refused.value.errors] == ["发明名称.发明名称"]
    assert request_document.versions == []


def test_other_documents_are_imported(session: Session, request_document: FilingDocument) -> None:
    claims = next(d for d in request_document.filing.documents if d.part is DocumentPart.CLAIMS)
    with pytest.raises(RuleError, match="import its file"):
        Opened(session, claims)


# A-3.2.1.7


@pytest.fixture
def change_document(session: Session) -> FilingDocument:
    """The change form of a granted case, in the filing that its task opened."""
    case = a_case(
        session, app_no="202019900001.4", applicant_address="旧址1号", agency_name="旧所", agency_code="10001"
    )
    kind = session.scalars(select(TaskType).where(TaskType.code == "bibliographic_change")).one()
    values = {"task_type_id": kind.id, "name": "著录项目变更", "case_id": case.id,
              "assignee_id": user(session, "tangruolan").id}  # fmt: skip
    filing = filing_for(session, records.save(session, Task, None, values))
    return a_document(session, filing, DocumentPart.FORM, "著录项目变更申报书", "100016")


def write(session: Session, document: FilingDocument, **after: str) -> None:
    content = Opened(session, document).content
    for row in content["变更项目"]:
        row["变更后"] = after.get(row["变更项目"], "")
    request_form.save(session, document.id, content, document.version)


def acknowledge(session: Session, document: FilingDocument) -> None:
    filing = document.filing
    for step in ("finalize", "pass_review", "finish_preparation", "pass_check", "dispatch", "acknowledge"):
        records.move(session, filing, step)
    assert filing.status is FilingStatus.ACKNOWLEDGED


def test_an_acknowledged_change_is_carried_into_the_case(session: Session, change_document: FilingDocument) -> None:
    case = change_document.filing.case
    new = session.scalars(select(Applicant).where(Applicant.id != case.applicants[0].applicant_id)).first()
    after = {"发明人（设计人）": f"{case.inventors[0].inventor.name}；新人", "申请人（专利权人）": new.name,
             "地址": "新址2号", "联系人": "丙"}  # fmt: skip
    write(session, change_document, **after)
    with pytest.raises(RuleError, match="not acknowledged"):
        request_form.apply_to_case(session, change_document.id, "手续合格通知书", case.version)
    acknowledge(session, change_document)
    assert [c.item.column for c in request_form.pending(session, change_document)] == [
        "inventors", "applicants", "applicant_address",
    ]  # fmt: skip
    with pytest.raises(RuleErrors) as refused:
        request_form.apply_to_case(session, change_document.id, " ", case.version)
    assert refused.value.errors[0].field == "reason"
    request_form.apply_to_case(session, change_document.id, "手续合格通知书", case.version)
    assert (case.applicant_names, case.applicant_address) == (new.name, "新址2号")
    assert case.inventor_names.endswith("；新人")
    assert [r.is_first for r in case.inventors] == [True, False]
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.table == "patent_case", AuditEntry.record_id == case.id)
        .order_by(AuditEntry.id.desc())
    ).first()  # fmt: skip
    assert entry.reason == "手续合格通知书"
    with pytest.raises(RuleError, match="already"):
        request_form.apply_to_case(session, change_document.id, "再次", case.version)


@pytest.mark.parametrize("right", ["hidden", "read_only"])
def test_a_field_closed_to_its_reader_is_not_written_by_an_acknowledged_change(
    right: str, session: Session, change_document: FilingDocument
) -> None:
    case = change_document.filing.case
    write(session, change_document, 地址="新址2号")
    acknowledge(session, change_document)
    key, version = case.id, case.version
    grants = frozenset({("edit", "case")})
    closed = {right: frozenset({("case", "applicant_address")})}
    session.rollback()
    act_as(session, Actor(id=user(session, "tangruolan").id, grants=grants, **closed))
    with pytest.raises(RuleError) as refused:
        request_form.apply_to_case(session, change_document.id, "手续合格通知书", version)
    assert refused.value.code == "forbidden"
    act_as(session, Actor(id=user(session, "tangruolan").id, grants=grants))
    request_form.apply_to_case(session, change_document.id, "手续合格通知书", version)
    assert session.get(Case, key).applicant_address == "新址2号"


def test_nothing_is_changed_where_a_new_applicant_is_not_registered(
    session: Session, change_document: FilingDocument
) -> None:
    case = change_document.filing.case
    write(
        session,
        change_document,
        **{"申请人（专利权人）": "查无此人公司", "地址": "新址2号", "发明人（设计人）": "新人"},
    )
    acknowledge(session, change_document)
    with pytest.raises(RuleErrors, match="not registered"):
        request_form.apply_to_case(session, change_document.id, "变更", case.version)
    assert case.applicant_address == "旧址1号"
    assert session.scalars(select(Inventor).where(Inventor.name == "新人")).first() is None


def test_whoever_may_not_change_cases_and_whoever_is_late_is_told(
    session: Session, change_document: FilingDocument, acting: Callable
) -> None:
    case, key = change_document.filing.case, change_document.id
    write(session, change_document, **{"专利代理机构名称": "新所", "专利代理机构代码": "11027"})
    acknowledge(session, change_document)
    version = case.version
    acting("tangruolan", ("read", "case"))
    with pytest.raises(RuleError) as refused:
        request_form.apply_to_case(session, key, "变更", version)
    assert refused.value.code == "forbidden"
    acting("tangruolan", ("edit", "case"))
    with pytest.raises(Stale):
        request_form.apply_to_case(session, key, "变更", version - 1)
    request_form.apply_to_case(session, key, "变更", version)
    assert (case.agency_name, case.agency_code) == ("新所", "11027")


def test_each_class_of_change_has_its_fee_item(session: Session) -> None:
    fees = request_form.fees_of(session)
    assert {kind.name: item.code for kind, item in fees.items()} == {
        "PARTIES": "CN-BIBLIO", "AGENCY": "CN-BIBLIO-AGT",
    }  # fmt: skip
