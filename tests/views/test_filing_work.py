"""The page 办案: its tabs, what each reader may do on it, what it refuses (A-3.2.1.4–6)."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.access import FieldRightKind
from app.rules.filing import FILING_FLOW
from app.services.unit_of_work import unit_of_work
from models.access import FieldRight
from models.fee_sheet import FeeSheet
from models.filing import Filing, FilingDocument, WorkBreakdown
from models.system import Attachment
from tests.kit import visible_english
from tests.services.case_work import pdf, word

WORK = "/app/filing/6/work"  # the demo filing that tangruolan drafts
CHECKED = "/app/filing/2/work"  # that luozhiyu checks
PARTS = ("documents", "works", "fees", "files")


def text(browser: FlaskClient, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def imported(browser: FlaskClient, *named: tuple[str, BytesIO], url: str = "/app/filing/6/documents/import") -> Any:
    return browser.post(url, data={"file": [(content, name) for name, content in named]},
                        headers={"Accept": "application/json"})  # fmt: skip


def test_the_page_has_the_four_tabs_of_the_manual(sign_in_as: Callable) -> None:
    """A-3.2.1.5-02, A-3.2.1.5.1-01."""
    page = text(sign_in_as("tangruolan"), WORK)
    places = [page.index(f'data-tab="{name}"') for name in PARTS]
    assert places == sorted(places)
    for words in (
        "递交文件",
        "任务分解单",
        "费单",
        "过程文件",
        "F20260020",
        "唐若岚",
        "技术交底",
        "案卷信息",
        "定稿提交",
    ):
        assert words in page


def test_back_leads_to_where_the_reader_comes_from(sign_in_as: Callable) -> None:
    for user, url in (("tangruolan", "/app/my_task/"), ("admin", "/app/filing/")):  # she has it to do
        head = text(sign_in_as(user), WORK).split("<h1>办案")[0].rsplit('class="head"')[-1]
        assert f'href="{url}"' in head


#: Who has which filing of the demo agency in hand, and what he may do with it; everybody else, and any other step: no.
IN_HAND = {
    ("tangruolan", 6): {"finalize"},
    **dict.fromkeys((("luozhiyu", 2), ("luozhiyu", 5)), {"return_to_handler", "return_to_preparation", "pass_check"}),
    **dict.fromkeys((("hejingzhou", 3), ("hejingzhou", 7)), {"finish_preparation"}),
}


@pytest.mark.parametrize("user", ["tangruolan", "qinshuyu", "luozhiyu", "hejingzhou", "mengqiaoyun"])
def test_no_step_is_taken_by_whoever_does_not_have_it_in_hand(
    user: str, session: Session, sign_in_as: Callable
) -> None:  # fmt: skip
    """Filings in every state, every step also those that services alone may take: refused, and the state stays."""
    browser = sign_in_as(user)
    before = dict(session.execute(select(Filing.id, Filing.status)).all())
    for number in before:
        for name in FILING_FLOW.by_name:
            if name in IN_HAND.get((user, number), ()):
                continue
            given = {"ids": [number], "inputs": {"reason": "试", "reviewer_id": "1", "preparer_id": "1"}}
            answer = browser.post(f"/app/filing/action/{name}", json=given)
            assert answer.status_code in (403, 404, 409, 422), (number, name, answer.get_data(as_text=True))
    session.rollback()
    assert dict(session.execute(select(Filing.id, Filing.status)).all()) == before


@pytest.mark.parametrize("user", ["tangruolan", "luozhiyu", "admin", "hejingzhou"])
@pytest.mark.parametrize("number", [1, 2, 3, 6, 8])
def test_no_english_on_it(user: str, number: int, sign_in_as: Callable) -> None:
    browser = sign_in_as(user)
    url = f"/app/filing/{number}"
    for path in (f"{url}/work", *(f"{url}/work/{part}" for part in PARTS), f"{url}/preview"):
        answer = browser.get(path)
        assert answer.status_code in (200, 403), path
        assert visible_english(answer.get_data(as_text=True)) == [], path


def test_steps_are_for_whoever_has_it_in_hand(sign_in_as: Callable) -> None:
    assert "data-work-step" in text(sign_in_as("tangruolan"), WORK)
    assert "data-work-step" not in text(sign_in_as("qinshuyu"), WORK)
    checker = text(sign_in_as("luozhiyu"), CHECKED)
    assert "完成质检" in checker
    assert "质检回退" in checker
    for reader in ("qinshuyu", "tangruolan"):
        assert "完成质检" not in text(sign_in_as(reader), CHECKED)


def test_drafting_lays_out_the_parts(sign_in_as: Callable, session: Session) -> None:
    """A-3.2.1.5.1-02."""
    browser, url = sign_in_as("tangruolan"), "/app/filing/6/documents/begin"
    assert browser.post(url, json={"patent_type": "INVENTION", "case_type": "ORDINARY"}).status_code == 200
    assert browser.post(url, json={"patent_type": "X", "case_type": "ORDINARY"}).status_code == 422
    part = text(browser, f"{WORK}/documents")
    for name in ("请求书", "说明书摘要", "权利要求书", "说明书附图", "进入撰写", "导入", "预览"):
        assert name in part


def test_an_imported_file_is_seen_compared_and_brought_back(sign_in_as: Callable, session: Session) -> None:
    browser = sign_in_as("tangruolan")
    first = imported(browser, ("权利要求书.docx", word("1. 一种<b>锁</b>。"))).get_json()
    document = first["document"]
    again = f"/app/filing/6/documents/import?document={document}"
    assert imported(browser, ("新.docx", word("1. 一种门锁。")), url=again).status_code == 200
    part = text(browser, f"{WORK}/documents?document={document}&version=1")
    assert "一种&lt;b&gt;锁&lt;/b&gt;。" in part
    assert "第 2 版" in part
    assert "<li>权利要求书</li>" in part, "what finalizing hands on is up to date, without the mark of a missing file"
    versus = text(browser, f"/app/filing_document/{document}/compare?old=1&new=2")
    assert "<ins>门</ins>" in versus
    assert "<b>锁" not in versus
    restore = f"/app/filing/6/documents/{document}/restore"
    assert browser.post(restore, json={"number": 1}).status_code == 200
    assert "第 3 版" in text(browser, f"{WORK}/documents?document={document}")
    file = browser.get(f"/app/filing_document/{document}/file/3")
    assert (file.status_code, file.data[:2]) == (200, b"PK")
    assert browser.get(f"/app/filing_document/{document}/file/9").status_code == 404


def test_versions_without_a_text_say_so(sign_in_as: Callable) -> None:
    browser = sign_in_as("tangruolan")
    document = imported(browser, ("说明书附图.pdf", pdf(2))).get_json()["document"]
    imported(browser, ("说明书附图.pdf", pdf(3)))
    assert "无法在此读取" in text(browser, f"/app/filing_document/{document}/compare?old=1&new=2")
    shown = browser.get(f"/app/filing_document/{document}/file/2?show=1")
    assert shown.headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(("name", "content"), [("a.exe", b"MZ\x00"), ("b.zip", b"PK\x03\x04"), ("c.txt", b"x")])
def test_other_kinds_of_files_are_refused_in_chinese(name: str, content: bytes, sign_in_as: Callable) -> None:
    answer = imported(sign_in_as("tangruolan"), (name, BytesIO(content)))
    assert answer.status_code == 422
    assert "只接受 Word、PDF、XML 和图片文件" in answer.get_json()["message"]


def deeds(number: int, document: int) -> list[tuple[str, dict]]:
    base = f"/app/filing/{number}"
    return [
        (f"{base}/documents/begin", {"patent_type": "INVENTION", "case_type": "ORDINARY"}),
        (f"{base}/documents/add", {"name": "新"}),
        (f"{base}/documents/order", {"ids": [document]}),
        (f"{base}/documents/{document}/describe", {"name": "新"}),
        (f"{base}/documents/{document}/remove", {}),
        (f"{base}/documents/{document}/restore", {"number": 1}),
    ]


@pytest.mark.parametrize("number", [1, 2, 4, 8])
def test_a_finalized_filing_is_closed_on_every_path(number: int, admin: FlaskClient, session: Session) -> None:
    """A-3.2.1.5-01: even to who may everything: 409, and nothing changed."""
    one = session.get(Filing, number)
    names, version = [d.name for d in one.documents], one.version
    document = one.documents[0].id
    session.rollback()
    for url, body in deeds(number, document):
        assert admin.post(url, json=body).status_code == 409, url
    assert imported(admin, ("说明书.docx", word("x")), url=f"/app/filing/{number}/documents/import").status_code == 409
    grid = {"rows": [{"id": None, "values": {"filing": str(number), "work_type": "OTHER", "assignee": "1",
                                             "due_on": "2026-12-01"}}]}  # fmt: skip
    assert admin.post("/app/work_breakdown/grid", json=grid).status_code in (409, 422)
    line = {"filing": number, "work_type": "OTHER", "assignee": 1, "due_on": "2026-12-01"}
    assert admin.post("/api/v1/work_breakdown", json=line).status_code == 409
    assert admin.patch(f"/api/v1/filing_document/{document}", json={"name": "新", "version": 1}).status_code in (
        403,
        404,
    )
    assert admin.delete(f"/api/v1/filing_document/{document}").status_code in (403, 404)
    wanted = {"documents": [{"id": document, "name": "新"}], "version": version}
    assert admin.patch(f"/api/v1/filing/{number}", json=wanted).status_code in (403, 422)
    session.expire_all()
    assert [d.name for d in session.get(Filing, number).documents] == names


def test_files_of_the_work_are_closed_with_it(admin: FlaskClient, session: Session) -> None:
    """By the page and by the record's own list of files (A-3.2.1.5.3-01)."""
    for url in ("/app/filing/6/process", "/app/filing/6/files"):
        assert imported(admin, ("稿.docx", word("稿")), url=url).status_code == 200
    kept = session.execute(select(Attachment.id).where(Attachment.table_key == "filing")).scalars().all()
    assert len(kept) == 2
    session.rollback()
    assert "稿.docx" in text(admin, f"{WORK}/files")
    for url in ("/app/filing/1/process", "/app/filing/1/files"):
        assert imported(admin, ("稿.docx", word("稿")), url=url).status_code == 409
    assert admin.post(f"/app/filing/6/process/{kept[0]}/delete").status_code == 200
    assert admin.post(f"/app/filing/1/process/{kept[1]}/delete").status_code == 409


def test_who_has_no_part_in_it_changes_nothing(sign_in_as: Callable, session: Session) -> None:
    document = session.get(Filing, 6).documents[0].id
    session.rollback()
    browser = sign_in_as("qinshuyu")
    for url, body in deeds(6, document):
        assert browser.post(url, json=body).status_code == 403, url
    page = text(browser, f"{WORK}/documents")
    for words in ("data-import", "进入撰写", "data-remove", "data-move"):
        assert words not in page


def test_a_document_is_reached_through_its_own_filing_only(admin: FlaskClient, session: Session) -> None:
    other = session.execute(select(FilingDocument.id).where(FilingDocument.filing_id == 1)).scalars().first()
    session.rollback()
    assert admin.post(f"/app/filing/6/documents/{other}/remove", json={}).status_code == 404


def test_the_handler_divides_the_work_on_the_page(sign_in_as: Callable, session: Session) -> None:
    """A-3.2.1.4-04, -06: 添加一行, 保存, 任务分发, and refusals beside their cells."""
    browser = sign_in_as("tangruolan")
    part = text(browser, f"{WORK}/works")
    for words in (
        "保存",
        "删除",
        "任务分发",
        "任务返回",
        "任务完成",
        "添加一行",
        "确认完成量",
        "要求完成日期",
        "外包费用",
    ):
        assert words in part
    values = {"filing": "6", "work_type": "DRAFTING", "mode": "INTERNAL", "assignee": "", "due_on": ""}
    refused = browser.post("/app/work_breakdown/grid", json={"rows": [{"id": None, "values": values}]})
    assert {e["field"] for e in refused.get_json()["errors"]} == {"assignee", "due_on"}
    values |= {"assignee": "1", "due_on": "2026-12-01"}
    assert browser.post("/app/work_breakdown/grid", json={"rows": [{"id": None, "values": values}]}).status_code == 200
    line = session.execute(select(WorkBreakdown.id).order_by(WorkBreakdown.id.desc())).scalars().first()
    session.rollback()
    assert browser.post("/app/work_breakdown/action/distribute", json={"ids": [line]}).get_json()["ok"]
    assert browser.post("/app/work_breakdown/delete", json={"ids": [line]}).status_code == 409
    finalize = browser.post("/app/filing/action/finalize", json={"ids": [6]})
    assert finalize.status_code == 409
    assert finalize.get_json()["message"] == "任务分解单中有未完成任务，不能定稿提交"
    reader = text(sign_in_as("qinshuyu"), f"{WORK}/works")
    assert "添加一行" not in reader
    assert "任务分发" not in reader


def test_fee_sheets_of_the_case(sign_in_as: Callable, session: Session) -> None:
    """A-3.2.1.5.2: added with the reduction of the case, repeated fees are named, audited ones are closed."""
    browser = sign_in_as("tangruolan")
    part = text(browser, f"{WORK}/fees")
    for words in ("新增", "修改", "删除"):
        assert words in part
    case = session.get(Filing, 6).case_id
    session.rollback()
    form = text(browser, f"/app/fee_sheet/new?case={case}&filing=6&fee_reduction=EIGHTY_FIVE")
    for words in ("新增费单", "挑拣费项", "费单明细", "费减后金额"):
        assert words in form
    assert browser.get(f"/app/fee_sheet/facts?case={case}").get_json() == {"fee_reduction": "EIGHTY_FIVE"}
    query = f"case={case}&fee_reduction=EIGHTY_FIVE"
    items = browser.get(f"/app/fee_sheet/items?{query}&sheet_type=APPLICATION").get_json()["items"]
    fee = next(i for i in items if i["code"] == "CN-INV-FILE")
    assert (fee["standard"], fee["amount"], fee["used"], fee["fixed"]) == ("900.00", "135.00", [], True)
    posted = {"case": str(case), "filing": "6", "sheet_type": "APPLICATION", "fee_reduction": "EIGHTY_FIVE",
              "lines-0-fee_item": str(fee["id"]), "lines-0-quantity": "1", "lines-0-standard_amount": "1",
              "lines-0-amount": "1", "lines-0-currency": "CNY"}  # fmt: skip
    saved = browser.post("/app/fee_sheet/new", data=posted)
    assert (saved.status_code, saved.location) == (303, f"{WORK}#fees")
    assert "135.00" in text(browser, f"{WORK}/fees")
    priced = browser.get(f"/app/fee_sheet/price?{query}&item={fee['id']}&quantity=2").get_json()
    assert (priced["amount"], priced["used"]) == ("270.00", ["FD000001"])
    number = session.execute(select(FeeSheet.id)).scalar_one()
    session.rollback()
    assert sign_in_as("hejingzhou").post("/app/fee_sheet/action/audit", json={"ids": [number]}).status_code == 200
    assert browser.get(f"/app/fee_sheet/{number}/edit").status_code == 409
    assert browser.post("/app/fee_sheet/delete", json={"ids": [number]}).status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [("handler", 3), ("reviewer", 3), ("checker", 3), ("case", 1), ("kind", "INTERMEDIATE"), ("sent_on", "2026-01-05"),
     ("received_on", "2026-01-05"), ("finalized_on", "2026-01-05"), ("acknowledgement_no", "1")],
)  # fmt: skip
def test_nobody_types_himself_into_a_step(field: str, value: Any, sign_in_as: Callable, session: Session) -> None:
    """People, kind and days of a filing follow from its steps: through no door is one of them typed."""
    one = session.get(Filing, 6)
    before = {c.name: getattr(one, c.key) for c in Filing.__table__.columns}
    session.rollback()
    for user in ("tangruolan", "hejingzhou", "admin"):
        browser = sign_in_as(user)
        told = [
            browser.patch("/api/v1/filing/6", json={field: value, "version": before["version"]}),
            browser.post("/app/filing/bulk", json={"ids": [6], "values": {field: value}}),
            browser.post("/app/filing/6/edit", data={field: str(value), "version": str(before["version"])}),
        ]
        assert [a.status_code for a in told[:2]] == [403, 403], user
    session.expire_all()
    now = {c.name: getattr(session.get(Filing, 6), c.key) for c in Filing.__table__.columns}
    changed = {n for n in now if now[n] != before[n]}
    assert changed <= {"version", "updated_at", "updated_by_id"}


def test_what_is_hidden_elsewhere_is_hidden_here(session: Session, sign_in_as: Callable) -> None:
    """Field rights on cases and on the work breakdown hold for this page."""
    case = session.get(Filing, 6).case
    client, title = case.client.short_name, case.title
    assert f">{client}<" in text(sign_in_as("tangruolan"), WORK)
    positions = session.scalars(select(Role).where(Role.user.any(User.username == "tangruolan"))).all()
    with unit_of_work(session):
        for table, column in (("case", "client"), ("work_breakdown", "outsourcing_fee")):
            session.add_all(FieldRight(position_id=p.id, table_key=table, column=column, right=FieldRightKind.HIDDEN)
                            for p in positions)  # fmt: skip
    browser = sign_in_as("tangruolan")
    page, works = text(browser, WORK), text(browser, f"{WORK}/works")
    assert title in page
    assert f">{client}<" not in page
    assert "外包费用" not in works
    assert 'data-col="outsourcing_fee"' not in works
    assert "任务状态" in works
