"""Filling in a form: required fields, errors, pickers, dates, child rows, and what must not get lost."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import opened

pytestmark = pytest.mark.browser
RED = "rgb(200, 32, 31)"
#: Dates as people type them, and what becomes of them; what is none stays for the server to refuse.
TYPED = {
    "2026/1/9": "2026-01-09",
    "2026.12.31": "2026-12-31",
    "2026年3月8日": "2026-03-08",
    "20260230": "20260230",
}


def pick(page: Page, control: Locator, initials: str, name: str) -> None:
    """Choose from a picker by pinyin initials and Enter."""
    control.press_sequentially(initials)
    expect(page.get_by_role("option", name=name).first).to_have_attribute("aria-selected", "true")
    control.press("Enter")
    expect(control).to_have_value(name)


def test_only_required_labels_are_red(page: Page) -> None:
    page.goto("/app/case/new")
    labels = page.locator("#p-t0 .field label").evaluate_all("""all => all.map(label => [
        label.textContent.trim(), getComputedStyle(label).color, label.control?.getAttribute("aria-required") === "true"
    ])""")
    assert {name for name, colour, _needed in labels if colour == RED} >= {"案卷类型", "专利名称", "专利类型"}
    assert all((colour == RED) == needed for _name, colour, needed in labels)


def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(page: Page) -> None:
    page.watch.allow(422)
    page.goto("/app/case/new")
    page.get_by_label("对方卷号").fill("IP-2026-001")
    page.get_by_label("权利要求项数").fill("十项")
    page.get_by_role("button", name="保存", exact=True).click()
    banner = page.locator(".banner")
    expect(banner).to_contain_text("3")
    title = page.locator("[data-field=title]")
    expect(title.get_by_role("alert")).to_have_text("此项必须填写")
    expect(title.get_by_role("textbox")).to_be_focused()
    expect(title.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("对方卷号")).to_have_value("IP-2026-001")
    expect(page.get_by_label("权利要求项数")).to_have_value("十项")
    banner.get_by_role("link", name="权利要求项数").click()
    expect(page.get_by_label("权利要求项数")).to_be_focused()


def test_a_case_is_written_by_keyboard(page: Page) -> None:
    page.goto("/app/case/new")
    page.get_by_label("我方卷号").fill("F-键盘-1")
    pick(page, page.get_by_label("客户简称"), "hcz", "衡川智能")
    page.get_by_label("专利名称", exact=True).fill("一种键盘")
    page.get_by_label("专利类型").select_option(label="发明")
    planned = page.get_by_label("预订提交日")
    planned.press_sequentially("20261204")
    planned.press("Tab")
    expect(planned).to_have_value("2026-12-04")
    planned.press("+")
    expect(planned).to_have_value("2026-12-05")
    page.keyboard.press("Alt+2")
    applicants = page.locator("[data-rows=applicants]")
    expect(applicants).to_be_visible()
    first = applicants.locator("tbody tr").first.get_by_role("combobox", name="申请人")
    first.focus()
    pick(page, first, "hczn", "衡川智能装备（苏州）有限公司")
    first.press("Enter")  # down: an empty row waits there
    second = applicants.locator("tbody tr").nth(1).get_by_role("combobox", name="申请人")
    expect(second).to_be_focused()
    pick(page, second, "lzbd", "澜洲半导体（上海）有限公司")
    page.keyboard.press("Control+s")
    expect(page).to_have_url(re.compile(r"/app/case/\d+/edit"))
    saved = page.request.get(f"/api/v1/case/{page.url.split('/')[-2]}").json()
    assert (saved["client"]["title"], saved["planned_on"]) == ("衡川智能", "2026-12-05")
    assert saved["applicant_names"] == "衡川智能装备（苏州）有限公司；澜洲半导体（上海）有限公司"


def test_dates_as_they_are_typed(page: Page) -> None:
    page.goto("/app/case/new")
    planned = page.get_by_label("预订提交日")
    for typed, meant in TYPED.items():
        planned.fill(typed)
        planned.press("Tab")
        expect(planned).to_have_value(meant)
    planned.fill("")
    planned.press("t")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", planned.input_value())
    planned.fill("2026-12-04")
    planned.press("Alt+ArrowDown")
    expect(page.get_by_role("dialog", name="日历")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(planned).to_have_value("2026-12-05")
    expect(planned).to_be_focused()


def test_what_names_nothing_is_not_kept(page: Page) -> None:
    page.goto("/app/case/new")
    client = page.get_by_label("客户简称")
    client.press_sequentially("不存在的客户")
    expect(page.locator(".pop.pick")).to_contain_text("不存在的客户")
    client.press("Tab")
    expect(client).to_have_value("")
    client.press("F2")
    full = page.get_by_role("dialog", name="客户简称")
    full.get_by_role("searchbox").fill("lzbd")
    full.get_by_role("option", name="澜洲半导体").click()
    expect(client).to_have_value("澜洲半导体")


def test_unsaved_changes_are_not_lost_by_accident(page: Page) -> None:
    page.goto("/app/client/1/edit")
    page.get_by_role("link", name="返回").first.click()
    expect(page).not_to_have_url(re.compile("edit"))
    page.goto("/app/client/1/edit")
    page.get_by_label("电话", exact=True).first.fill("010-1")
    expect(page.locator("[data-state]")).to_have_text("有未保存的修改")
    page.get_by_role("link", name="返回").first.click()
    dialog = page.get_by_role("dialog", name="不保存就离开？")
    expect(dialog.get_by_role("button", name="取消")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("电话", exact=True).first).to_have_value("010-1")
    asked = []
    page.on("dialog", lambda box: (asked.append(box.type), box.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_event("dialog") if not asked else None
    assert asked == ["beforeunload"]
    page.get_by_role("link", name="返回").first.click()
    dialog.get_by_role("button", name="放弃修改并离开").click()
    expect(page).not_to_have_url(re.compile("edit"))
    assert page.request.get("/api/v1/client/1").json()["phone"] != "010-1"


def test_the_slower_of_two_tabs_is_asked(page: Page, origin: str) -> None:
    slow = opened(page.context, origin)
    slow.watch.allow(409)
    for tab in (page, slow):
        tab.goto("/app/applicant/1/edit")
    page.get_by_label("电话", exact=True).fill("010-11111111")
    page.get_by_label("邮编", exact=True).fill("100000")
    page.keyboard.press("Control+s")
    expect(page.locator("#toasts")).to_contain_text("保存成功")
    slow.get_by_label("电话", exact=True).fill("010-22222222")
    slow.get_by_label("地址", exact=True).fill("北京市海淀区知春路1号")
    slow.keyboard.press("Control+s")
    dialog = slow.get_by_role("dialog")
    expect(dialog).to_contain_text("系统管理员")
    expect(dialog.get_by_role("row", name="电话")).to_contain_text("010-11111111")
    expect(dialog.get_by_role("row", name="电话")).to_contain_text("010-22222222")
    expect(dialog.get_by_role("row", name="邮编")).to_contain_text("100000")
    dialog.get_by_role("button", name="按选择保存").click()
    expect(slow.locator("#toasts")).to_contain_text("保存成功")
    kept = page.request.get("/api/v1/applicant/1").json()
    assert (kept["phone"], kept["postcode"], kept["address"]) == ("010-22222222", "100000", "北京市海淀区知春路1号")
    slow.close()
    assert slow.watch.faults == []


def test_the_reason_is_asked_beside_the_button_that_saves(page: Page) -> None:
    page.watch.allow(422)
    page.goto("/app/client/1/edit")
    reason, fax = page.get_by_label("修改原因"), page.get_by_label("传真")
    expect(reason).to_be_in_viewport()
    fax.fill("010-12345678")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(reason).to_be_focused()
    expect(page.get_by_role("alert").filter(has_text="请填写修改原因")).to_be_in_viewport()
    reason.fill("客户迁址")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page).to_have_url(re.compile("/app/client/1$"))
