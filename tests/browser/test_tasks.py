"""A day with tasks: from the workbench into one and out of it, many given to somebody else, a phone, the dark."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_from_the_workbench_to_done(page: Page) -> None:
    """A-3.6.1, A-3.6.2.2-04, -05: one makes himself a task, finds it first, processes and completes it."""
    page.goto("/app/my_task/new")
    page.get_by_label("任务名称").select_option("自定义任务")
    expect(page.get_by_label("任务类别")).to_have_value("其他")
    page.get_by_label("绝限日", exact=True).fill("2020-01-06")
    page.get_by_role("button", name="保存", exact=True).click()
    page.goto("/app/")
    expect(page.locator(".due")).to_contain_text("逾期 1")
    row = page.locator(".to-do tbody tr").first
    expect(row).to_contain_text("自定义任务")
    row.get_by_role("button", name="进入处理").click()
    page.wait_for_url("**/app/my_task/*")
    expect(page.locator(".head")).to_contain_text("处理中")
    expect(page.locator("[data-part*=about]")).to_contain_text("手动创建")
    page.get_by_role("button", name="完成", exact=True).click()
    expect(page.locator(".head")).to_contain_text("已完成")
    page.goto("/app/my_task/?slice=done")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    expect(page.locator("#list-tree a[aria-current]")).to_contain_text("已完成")


def test_the_calculator_fills_the_dates(page: Page) -> None:
    """A-3.6.2.1-05."""
    page.goto("/app/my_task/new")
    page.locator("[data-calculator=hard_deadline]").click()
    expect(page.locator("dialog .calc-dialog")).to_be_visible()
    expect(page.get_by_role("dialog", name="日期计算器")).to_contain_text("计算")


def test_many_are_given_to_somebody_else(page: Page) -> None:
    """A-3.6.3.1-05, A-3.2.1.3-09."""
    page.goto("/app/task/?slice=overdue")
    rows = page.locator("#rows tbody tr[data-id]")
    assert rows.count() > 2
    for n in range(3):
        rows.nth(n).locator(".row-check").check()
    page.locator("#selbar").get_by_role("button", name="转分配").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("combobox").press_sequentially("蒋")
    page.locator("[role=option]").first.click()
    dialog.locator("textarea").fill("原执行人离职")
    dialog.get_by_role("button", name="转分配").click()
    expect(page.locator("#toasts")).to_contain_text("3")
    for n in range(3):
        expect(rows.nth(n)).to_contain_text("蒋婉清")


def test_the_tree_follows_what_is_done(page: Page) -> None:
    page.goto("/app/my_task/new")
    page.get_by_label("任务名称").select_option("自定义任务")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/app/my_task/")
    expect(page.locator("#list-tree a[aria-current]")).to_contain_text("1")
    page.locator("#rows .row-check").first.check()
    page.locator(".toolbar").get_by_role("button", name="完成", exact=True).click()
    expect(page.locator("#list-tree a[aria-current]")).to_contain_text("0")


@pytest.mark.parametrize("path", ["/app/", "/app/my_task/", "/app/task/"])
def test_on_a_phone_nothing_is_wider_than_the_screen(path: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("#list-tree")).to_be_hidden()


def test_the_chart_takes_the_colours_of_the_theme(page: Page) -> None:
    page.goto("/app/")
    light = page.locator("#weeks svg path").first.evaluate("node => node.ownerSVGElement.outerHTML")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(200)
    assert page.locator("#weeks svg path").first.evaluate("node => node.ownerSVGElement.outerHTML") != light
