"""The page of a form for the Office: typed, saved, refused beside its field, taken again, printed, applied."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.filing import DocumentPart, FilingStatus
from app.services import records
from app.services.unit_of_work import unit_of_work
from models.case import Case
from models.document import DocumentType
from models.filing import Filing, FilingDocument
from models.system import SystemParameter
from tests.kit import visible_english
from tests.services.case_work import complete

TITLE = "发明名称.发明名称"


def text_of(answer) -> str:
    return unescape(answer.get_data(as_text=True))


def filing_in(session: Session, state: FilingStatus) -> Filing:
    """A demo filing of an invention in some state."""
    return session.scalars(select(Filing).where(Filing.status == state).order_by(Filing.id)).first()


def document_of(session: Session, filing: Filing, part: DocumentPart, name: str, code: str = "") -> int:
    """A document of a filing; its id."""
    kind = session.scalar(select(DocumentType.id).where(DocumentType.code == code)) if code else None
    with unit_of_work(session):
        made = FilingDocument(filing_id=filing.id, part=part, name=name, document_type_id=kind)
        session.add(made)
        session.flush()
        return made.id


@pytest.fixture
def filing(session: Session) -> Filing:
    """A filing in the hands of 秦书屿's docketer 贺景舟 (文件制备)."""
    return filing_in(session, FilingStatus.PREPARATION)


@pytest.fixture
def url(session: Session, filing: Filing) -> str:
    """The page of its request, whose claims are not there yet."""
    parts = {d.part: d.id for d in filing.documents}
    records.delete(session, FilingDocument, [parts[DocumentPart.CLAIMS]])
    session.rollback()
    return f"/app/filing_document/{parts[DocumentPart.REQUEST]}/form"


def content_of(session: Session, url: str) -> dict | None:
    """What the document of a page keeps."""
    return session.scalar(select(FilingDocument.content).where(FilingDocument.id == int(url.split("/")[3])))


def typed(page: str, **changes: str) -> dict[str, str]:
    """What a browser would send of the page, with some controls changed."""
    form = page[page.index('id="form"') : page.index("</form>", page.index('id="form"'))]
    form = re.sub(r"<template>.*?</template>", "", form, flags=re.S)
    sent = {}
    for tag in re.findall(r"<(?:input|textarea)\b[^>]*>", form):
        found = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        box = found.get("type") == "checkbox"
        if "name" in found and (not box or re.search(r"\bchecked\b", tag)):
            sent[found["name"]] = found.get("value", "")
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.S):
        chosen = re.search(r'value="([^"]*)"\s+selected', body)
        sent[name] = chosen[1] if chosen else ""
    del sent["csrf_token"]  # the browser of the tests sends its own
    return sent | changes


def test_the_page_shows_the_case_in_the_offices_words(admin: FlaskClient, url: str, filing: Filing) -> None:
    page = text_of(admin.get(url))
    assert visible_english(page) == []
    party = filing.case.applicants[0].applicant.name
    words = (
        "发明专利请求书",
        "不公布姓名",
        "要求优先权声明",
        "提前公布",
        "已按案卷填写，尚未保存。",
        "取自案卷",
        "取自申请人",
    )
    for shown in (*words, filing.case.title, party):
        assert shown in page, shown


def test_problems_lead_to_their_fields(admin: FlaskClient, url: str) -> None:
    page = text_of(admin.get(url))
    goals = re.findall(r'data-goto="([^"]+)"', page)
    assert "申请文件-0-文件名称" in goals
    assert "申请文件清单中没有“权利要求书”" in page


def test_what_is_typed_is_saved_row_by_row_and_marked(admin: FlaskClient, url: str, session: Session) -> None:
    earlier = {"原受理机构名称": "美国", "在先申请日": "2026/3/1", "在先申请号": "63/123"}
    changes = {TITLE: "一种新名称", "提前公布.声明": "1", "发明人-7-姓名": "后来者", "发明人-7-sort": "0"}
    changes |= {"发明人-0-sort": "1"} | {f"在先申请-3-{name}": value for name, value in earlier.items()}
    sent = typed(text_of(admin.get(url)), **changes)
    assert admin.post(url, data=sent).status_code == 303
    page = text_of(admin.get(url))
    assert "案卷中为：" in page
    assert "手工修改" in page
    kept = content_of(session, url)["values"]
    assert (kept[TITLE], kept["提前公布.声明"]) == ("一种新名称", True)
    assert kept["在先申请"] == [{"原受理机构名称": "美国", "在先申请日": "2026-03-01", "在先申请号": "63/123"}]
    assert kept["发明人"][0]["姓名"] == "后来者"


def test_a_text_too_long_stands_beside_its_field_and_nothing_is_saved(
    admin: FlaskClient, url: str, session: Session
) -> None:
    answer = admin.post(url, data=typed(text_of(admin.get(url)), **{"联系人.姓名": "长" * 101}))
    assert answer.status_code == 422
    page = text_of(answer)
    assert 'aria-describedby="e-f-联系人.姓名"' in page
    assert "长" * 101 in page
    assert content_of(session, url) is None


def test_a_stale_form_is_told_and_keeps_what_was_typed(admin: FlaskClient, url: str) -> None:
    sent = typed(text_of(admin.get(url)))
    assert admin.post(url, data=sent | {TITLE: "甲的名称"}).status_code == 303
    late = admin.post(url, data=sent | {TITLE: "乙的名称"})
    assert late.status_code == 409
    assert 'value="乙的名称"' in text_of(late)
    assert 'value="甲的名称"' in text_of(admin.get(url))


def test_an_incomplete_form_changes_nothing(admin: FlaskClient, url: str) -> None:
    for path in ("", "/again", "/files", "/apply"):
        assert admin.post(url + path, data={}).status_code == 422, path


def test_differences_are_offered_and_taken_one_by_one(
    admin: FlaskClient, url: str, session: Session, filing: Filing
) -> None:
    sent = typed(text_of(admin.get(url)))
    admin.post(url, data=sent | {"联系人.姓名": "手写"})
    with unit_of_work(session):
        records.find(session, Case, filing.case_id).title = "改过的名称"
    page = text_of(admin.get(url))
    dialog = page[page.index('<dialog id="again"') :]
    boxes = {k: "checked" in rest for k, rest in re.findall(r'name="key" value="([^"]+)"([^>]*)>', dialog)}
    assert boxes == {TITLE: True, "联系人.姓名": False}
    version = re.search(r'name="version" value="(\d+)"', dialog)[1]
    assert admin.post(f"{url}/again", data={"version": version, "key": TITLE}).status_code == 303
    page = text_of(admin.get(url))
    assert 'value="改过的名称"' in page
    assert 'value="手写"' in page


def test_others_read_and_cannot_write(
    sign_in_as: Callable[[str], FlaskClient], url: str, session: Session, filing: Filing
) -> None:
    worker, other = sign_in_as("hejingzhou"), sign_in_as("luozhiyu")
    sent = typed(text_of(worker.get(url)))
    page = text_of(other.get(url))
    assert "只能查看" in page
    assert "data-save" not in page
    assert other.post(url, data=sent).status_code == 403
    assert worker.post(url, data=sent).status_code == 303


def test_word_xml_and_paper(admin: FlaskClient, url: str, filing: Filing) -> None:
    paper = text_of(admin.get(f"{url}/preview"))
    assert visible_english(re.sub(r"<dd>.*?</dd>", "", paper)) == []
    assert filing.case.title in paper
    assert admin.get(f"{url}/file/docx").data.startswith(b"PK")
    xml = admin.get(f"{url}/file/xml")
    assert "<发明专利请求书>" in xml.get_data(as_text=True)
    assert "attachment" in xml.headers["Content-Disposition"]
    assert admin.get(f"{url}/file/pdf").status_code == 404


def test_files_are_refused_with_their_reasons_while_there_are_errors(admin: FlaskClient, url: str) -> None:
    page = text_of(admin.get(url))
    version = typed(page)["version"]
    answer = admin.post(f"{url}/files", data={"version": version})
    assert answer.status_code == 422
    assert "申请文件清单中没有" in text_of(answer)


def test_documents_without_a_form_are_told_so(admin: FlaskClient, session: Session, filing: Filing) -> None:
    key = document_of(session, filing, DocumentPart.FORM, "复审请求书", "100901")
    session.rollback()
    answer = admin.get(f"/app/filing_document/{key}/form")
    assert answer.status_code == 404
    assert "请导入文件" in text_of(answer)


def test_a_change_of_bibliographic_data_names_its_fees_and_is_applied_once_acknowledged(
    admin: FlaskClient, session: Session
) -> None:
    """A-3.2.1.7-01, -03."""
    filing = filing_in(session, FilingStatus.PREPARATION)
    key = document_of(session, filing, DocumentPart.FORM, "著录项目变更申报书", "100016")
    case = filing.case_id
    session.rollback()
    url = f"/app/filing_document/{key}/form"
    page = text_of(admin.get(url))
    assert visible_english(page) == []
    assert "代理委托关系变更" in page
    assert "200.00" in page
    assert "现已停征" in page
    sent = typed(page)
    row = next(name for name, value in sent.items() if value == "地址").rsplit("-", 1)[0]
    assert admin.post(url, data=sent | {f"{row}-变更后": "新址 9 号"}).status_code == 303
    assert "应用到案卷" not in text_of(admin.get(url))
    complete(session, records.find(session, Filing, filing.id))
    for step in ("finish_preparation", "pass_check", "dispatch", "acknowledge"):
        records.move(session, records.find(session, Filing, filing.id), step)
    session.rollback()
    page = text_of(admin.get(url))
    dialog = page[page.index('<dialog id="apply"') :]
    assert "新址 9 号" in dialog
    version = re.search(r'name="version" value="(\d+)"', dialog)[1]
    assert admin.post(f"{url}/apply", data={"version": version, "reason": ""}).status_code == 422
    assert admin.post(f"{url}/apply", data={"version": version, "reason": "手续合格通知书"}).status_code == 303
    assert session.scalar(select(Case.applicant_address).where(Case.id == case)) == "新址 9 号"
    assert "应用到案卷" not in text_of(admin.get(url))


def test_the_agency_of_the_parameters_stands_in_the_form(admin: FlaskClient, session: Session, url: str) -> None:
    """A-2.1.1.2-02."""
    for code, value in (("agency_name", "明衡专利代理事务所"), ("agency_code", "1102")):
        row = session.scalars(select(SystemParameter).where(SystemParameter.code == code)).one()
        records.save(session, SystemParameter, row.id, {"value": value})
    session.rollback()
    page = text_of(admin.get(url))
    assert "明衡专利代理事务所" in page
    assert "代理机构代码应为 5 位数字" in page


def test_what_is_typed_is_kept_as_a_draft_until_it_is_saved(admin: FlaskClient, url: str) -> None:
    sent = typed(text_of(admin.get(url)))
    pairs = [[name, text] for name, text in (sent | {TITLE: "未保存的名称", "strange": "x"}).items()]
    assert admin.post(f"{url}/draft", json={"values": pairs, "version": int(sent["version"])}).status_code == 200
    page = text_of(admin.get(url))
    assert "恢复草稿" in page
    assert "未保存的名称" not in page
    restored = text_of(admin.get(f"{url}?draft=1"))
    assert 'value="未保存的名称"' in restored
    assert admin.post(url, data=typed(restored)).status_code == 303
    page = text_of(admin.get(url))
    assert "恢复草稿" not in page
    assert 'value="未保存的名称"' in page
