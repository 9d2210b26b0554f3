"""Work without the mouse."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_everything_is_found_by_pinyin_initials(page: Page) -> None:
    page.goto("/app/country/")
    page.keyboard.press("Control+k")
    search = page.get_by_role("combobox", name="全局搜索")
    expect(search).to_be_focused()
    page.keyboard.type("hczn")
    found = page.get_by_role("option", name="衡川智能")
    expect(found.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(found.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("衡川智能")


def test_a_function_is_found_and_escape_leaves(page: Page) -> None:
    page.goto("/app/")
    page.keyboard.press("/")
    page.keyboard.type("行政区划")
    expect(page.get_by_role("option", name="行政区划配置")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="全局搜索")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/app/division/")


def test_the_list_of_keys(page: Page) -> None:
    page.goto("/app/case/")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="键盘")
    expect(sheet).to_contain_text("Ctrl K")
    expect(sheet).to_contain_text("20261204")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("Alt+f")
    expect(page.locator("#query").get_by_label("我方卷号")).to_be_focused()
    page.keyboard.type("?")
    expect(sheet).to_be_hidden()


def test_rows_are_walked_selected_and_opened(page: Page) -> None:
    page.goto("/app/case/?sort=our_ref")
    rows = page.locator("#rows tbody tr[data-id]")
    for _step in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#selbar")).to_contain_text("已选 2 条")
    page.keyboard.press("Control+a")
    expect(page.locator("#selbar")).to_contain_text("已选 10 条")
    page.keyboard.press("Escape")
    expect(page.locator("#selbar")).to_be_hidden()
    page.keyboard.press("End")
    expect(rows.last).to_be_focused()
    page.keyboard.press("PageDown")
    expect(page.locator(".pager")).to_contain_text("第 11–20 条")
    page.keyboard.press("Home")
    expect(rows.first).to_be_focused()
    key = rows.first.get_attribute("data-id")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"/app/case/{key}")


def test_a_record_is_begun_and_saved(page: Page) -> None:
    page.goto("/app/country/")
    page.keyboard.press("n")
    expect(page.get_by_label("国家/地区代码")).to_be_focused()
    page.keyboard.type("XQ")
    page.keyboard.press("Tab")
    page.keyboard.type("测试地区")
    page.keyboard.press("Enter")  # must not save by accident
    expect(page).to_have_url("/app/country/new")
    page.keyboard.press("Control+s")
    expect(page.locator("#toasts")).to_contain_text("保存成功")
    assert page.request.get("/api/v1/country?q.code=XQ").json()["result"][0]["name"] == "测试地区"


def test_the_menu_is_walked(page: Page) -> None:
    page.goto("/app/")
    page.get_by_role("button", name="客户资料管理").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#tree").get_by_role("link", name="客户管理")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url("/app/client/")


def test_who_tabs_comes_to_the_content_first(page: Page) -> None:
    page.goto("/app/case/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到内容")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_focused()
