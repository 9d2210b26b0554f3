"""System administration and the organization in the browser: forms beside lists, the calendar, the tree's menu."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.system import CustomFieldKind
from app.services import grants, records
from models.organization import Position, User
from models.system import CustomField

pytestmark = pytest.mark.browser


def test_a_click_shows_a_row_beside_the_list(page: Page) -> None:
    """A-2.1.3.2-05, -07, -08, -11."""
    page.goto("/app/task_type/?q.name=质检")
    beside = page.locator("#beside")
    expect(page.get_by_role("button", name="启动", exact=True).first).to_be_disabled()
    page.locator("#rows tbody tr", has_text="新案质检").locator("td").nth(3).click()
    expect(beside.get_by_label("任务名称")).to_have_value("新案质检")
    expect(page.get_by_role("button", name="启动", exact=True).first).to_be_disabled()
    expect(page.get_by_role("button", name="关闭", exact=True).first).to_be_enabled()
    beside.get_by_label("备注").fill("先不保存")
    page.locator(".toolbar").get_by_role("link", name="新增").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("离开")
    dialog.get_by_role("button").last.click()
    expect(page).to_have_url(re.compile("/app/task_type/"))
    page.goto("/app/task_type/?q.name=质检")
    page.locator(".toolbar").get_by_role("link", name="新增").click()
    expect(beside.get_by_label("任务名称")).to_have_value("")
    beside.get_by_label("任务名称").fill("右侧新增的任务")
    beside.get_by_label("任务所属流程").select_option(label="自定义")
    beside.get_by_label("任务代码").fill("beside")
    beside.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("保存成功")
    page.goto("/app/task_type/?q.name=右侧新增")
    expect(page.locator("#rows tbody tr")).to_have_count(1)


def test_a_day_is_made_a_holiday_and_taken_back(page: Page) -> None:
    """A-2.1.8.2-01 to -03: twelve months; a click turns a day blue, another takes that back."""
    page.goto("/app/holiday/?year=2026")
    expect(page.locator(".months > *")).to_have_count(12)
    day, save = page.locator('[data-day="2026-12-23"]'), page.get_by_role("button", name="保存", exact=True)
    for blue in (True, False):
        expect(save).to_be_disabled()
        day.click()
        save.click()
        page.wait_for_load_state()
        kept = expect(day)
        (kept.to_have_class if blue else kept.not_to_have_class)(re.compile(r"\bcustom\b"))
        expect(day).not_to_have_class(re.compile(r"\bchanged\b"))
    page.goto("/app/holiday/?year=2027")
    expect(page.locator('[data-day="2027-12-23"]')).to_be_visible()


def test_the_menu_of_a_department(page: Page) -> None:
    """A-2.2.1.2.1-03, -05, A-msg-08: the right button adds below and deletes after a question."""
    page.goto("/app/user/?view=all")
    tree = page.locator("#departments")
    tree.get_by_role("treeitem", name="流程部").first.click(button="right")
    page.get_by_role("menuitem", name="新增下级部门").click()
    page.get_by_label("部门名称").fill("流程二组")
    page.get_by_role("button", name="保存", exact=True).click()
    added = tree.get_by_role("treeitem", name="流程二组")
    expect(added).to_be_visible()
    for answer, left in (("取消", 1), ("确定", 0)):
        added.click(button="right")
        page.get_by_role("menuitem", name="删除").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("是否确认删除“流程二组”")
        dialog.get_by_role("button", name=answer, exact=True).click()
        expect(added).to_have_count(left)


def test_deleting_asks_with_the_manuals_words(page: Page) -> None:
    """A-msg-08."""
    page.goto("/app/requirement_item/")
    rows = page.locator("#rows tbody tr[data-id]")
    key = rows.first.get_attribute("data-id")
    gone = page.locator(f'tr[data-id="{key}"]')
    for answer, left in (("取消", 1), ("确定", 0)):
        if left:
            rows.first.locator(".row-check").check()
        page.locator(".toolbar").get_by_role("button", name="删除").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("确认删除")
        dialog.get_by_role("button", name=answer, exact=True).click()
        expect(gone).to_have_count(left)


def test_what_people_keep_by_another_position_is_said(page: Page, session: Session) -> None:
    user = session.execute(select(User).where(User.username == "linyichen")).scalar_one()
    first, second = (records.save(session, Position, None, {"name": name}) for name in ("试用甲", "试用乙"))
    for position, permissions in ((first, {"read", "edit"}), (second, {"read"})):
        grants.grant(session, position.id, {"country": permissions})
    grants.assign(session, [user.id], add=[first.id, second.id])
    session.commit()
    page.goto(f"/app/position/define?id={first.id}")
    changes = page.locator("[data-changes] .change")
    page.locator('[name="country.edit"]').uncheck()
    expect(changes).to_have_count(1)
    expect(changes).not_to_contain_text("仍由")
    page.locator('[name="country.read"]').uncheck()
    expect(changes.filter(has_text="查看")).to_contain_text("仍由其他岗位授予：试用乙（1 人）")
    page.get_by_role("button", name="放弃改动").click()


def test_the_names_of_own_fields_are_read_whole(page: Page, session: Session) -> None:
    values = {"table_key": "depositary", "code": "internal_project_code_client_25", "kind": CustomFieldKind.TEXT}
    records.save(session, CustomField, None, values | {"label": "客户内部的项目编号（由客户联系人提供）"})
    session.commit()
    page.goto("/app/custom_field/")
    expect(page.locator("#rows tbody")).to_contain_text("由客户联系人提供")
    cut = page.evaluate("""[...document.querySelectorAll(".table-box, #rows th, #rows td")]
        .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent.trim())""")
    assert cut == []
