"""Cases are allocated by a click and by dragging, several at once, and one is closed and comes back."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.extensions import db
from app.rules.case import CaseStatus
from app.services.unit_of_work import SYSTEM, act_as
from models.case import Case

pytestmark = pytest.mark.browser


def waiting(app: Flask) -> list[int]:
    with app.app_context():
        act_as(db.session, SYSTEM)
        return list(db.session.scalars(select(Case.id).where(Case.status == CaseStatus.REVIEWED).order_by(Case.id)))


def test_one_case_by_clicks(page: Page, app: Flask) -> None:
    """A-3.2.1.3-05, -06, -07."""
    case = waiting(app)[0]
    page.goto(f"/app/allocation/{case}?back=/app/case/")
    save, people = page.get_by_role("button", name="保存", exact=True), page.locator("#users tr")
    expect(save).to_be_disabled()
    people.filter(has_text="罗知予").click()
    expect(page.get_by_role("button", name="设为撰写")).to_be_disabled()
    expect(page.get_by_role("button", name="设为一代")).to_be_disabled()
    page.locator("#departments").get_by_role("treeitem", name="机械组").click()
    expect(people.filter(has_text="秦书屿")).to_be_hidden()
    people.filter(has_text="唐若岚").click()
    page.get_by_role("button", name="设为主办人").click()
    page.get_by_role("button", name="设为一代").click()
    people.filter(has_text="罗知予").click()
    page.get_by_role("button", name="设为撰写").click()
    expect(page.locator('[data-slot="drafter"]')).to_contain_text("罗知予")
    expect(page.locator("[data-after]")).to_contain_text("执行人唐若岚")
    save.click()
    expect(page.get_by_role("heading", name="案卷处理")).to_be_visible()
    page.goto(f"/app/case/{case}")
    expect(page.locator(".head")).to_contain_text("办案中")


def test_two_at_once_by_dragging_and_in_the_rows(page: Page, app: Flask) -> None:
    """A-3.2.2.2-05."""
    first, second = waiting(app)[:2]
    page.goto("/app/allocation/?tab=all")
    rows = page.locator("#waiting tbody tr[data-case]")
    before = rows.count()
    page.locator(f'tr[data-case="{first}"] [data-choose]').check()
    page.locator(".person", has_text="唐若岚").drag_to(page.locator('[data-slot="handler"]'))
    expect(page.locator('[data-slot="handler"]')).to_contain_text("唐若岚")
    box = page.locator(f'tr[data-case="{second}"] select[data-place="handler"]')
    box.focus()
    box.select_option(label=box.locator("option", has_text="秦书屿").inner_text())
    save = page.get_by_role("button", name="保存 2 件")
    expect(page.locator('[data-slot="handler"]')).to_contain_text("多个值")
    save.click()
    expect(page.locator("#toasts")).to_contain_text("已分发 2 件案卷")
    expect(rows).to_have_count(before - 2)


def test_a_case_is_closed_and_comes_back(page: Page) -> None:
    """A-3.2.2.5-04 to -17, by an administrator who may decide for the reviewer."""
    page.watch.allow(422)
    page.goto("/app/closing/?q.our_ref=F20250001")
    page.locator("#rows tbody tr").first.locator(".row-check").check()
    page.get_by_role("button", name="提交结案").click()
    page.get_by_label("结案说明").fill("客户书面通知放弃，款项已结清")
    page.get_by_role("button", name="保存", exact=True).click()
    hand_in = page.get_by_role("button", name="提交审核")
    hand_in.click()
    expect(page.locator('[data-ask="reviewer"] .err')).to_be_visible()
    page.get_by_label("结案审核人").select_option(label="林以宸")
    if page.locator("[name=confirmed]").count():
        page.locator("[name=confirmed]").check()
    hand_in.click()
    page.get_by_label("审核意见").fill("同意结案")
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.locator(".head")).to_contain_text("已审核")
    expect(page.get_by_role("button", name="同意", exact=True)).to_have_count(0)
    page.goto("/app/reinstatement/?q.our_ref=F20250001")
    page.locator("#rows tbody tr").first.locator(".row-check").check()
    page.get_by_role("button", name="提交恢复").click()
    page.get_by_label("恢复原因").fill("年费自缴改回代理")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_label("恢复审核人").select_option(label="林以宸")
    page.get_by_role("button", name="提交审核").click()
    page.get_by_label("审核意见").fill("同意恢复")
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.locator(".head")).to_contain_text("已审核")
    page.goto("/app/closing/?q.our_ref=F20250001")
    expect(page.locator("#rows tbody tr").first).to_contain_text("激活状态")
