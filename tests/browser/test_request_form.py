"""A form for the Office in the browser: filled in, corrected from the list of problems, saved by key, printed."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.filing import DocumentPart, FilingStatus
from models.filing import Filing, FilingDocument

pytestmark = pytest.mark.browser


@pytest.fixture
def document(session: Session) -> int:
    """The request of a demo filing with drawings among its documents."""
    mine = select(FilingDocument.id).join(Filing, Filing.id == FilingDocument.filing_id)
    mine = mine.where(Filing.status == FilingStatus.PREPARATION, FilingDocument.part == DocumentPart.REQUEST)
    key = session.scalars(mine.order_by(FilingDocument.id)).first()
    session.rollback()
    return key


def test_a_request_is_filled_in_and_printed(page: Page, document: int) -> None:
    filing = page.request.get(f"/api/v1/filing_document/{document}").json()
    page.goto(f"/app/filing/{filing['filing']['id']}/work?document={document}")
    page.get_by_role("link", name="撰写", exact=True).click()
    problems = page.get_by_role("complementary", name="需要核对")
    problems.get_by_role("link", name="有说明书附图，应当指定摘要附图").click()
    figure = page.get_by_label("指定说明书附图中的图几为摘要附图")
    expect(figure).to_be_focused()
    figure.fill("1")
    expect(page.locator("[data-state]")).to_have_text("有未保存的修改")
    page.get_by_role("button", name="新增申请人").click()
    second = page.locator("[data-block]").nth(1)
    expect(second).to_contain_text("申请人 2")
    second.get_by_label("姓名或名称").fill("远山机电有限公司")
    page.keyboard.press("Control+s")
    expect(page.locator(".toast")).to_contain_text("保存成功")
    expect(problems.get_by_role("link", name="有说明书附图")).to_have_count(0)
    expect(problems.get_by_role("link", name="“申请人 2：国籍或总部所在地”必须填写")).to_be_visible()
    page.locator("[data-block]").nth(1).get_by_role("button", name="去掉").click()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("[data-block]")).to_have_count(1)
    page.get_by_role("link", name="预览").click()
    paper = page.locator(".paper")
    expect(paper).to_contain_text("发明专利请求书")
    expect(paper).to_contain_text("说明书附图")
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="打印").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    page.emulate_media(media="screen")
