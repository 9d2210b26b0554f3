"""A case taken in by hand, several at once, and what was typed when the browser was closed."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import opened

pytestmark = pytest.mark.browser
#: A utility model as an agency's old list has it.
TITLE, APP_NO, FILED = "一种高效电控中药煎药器", "201520754675.5", "2015-09-25"
REF = "2015-09-25-001"


def pick(page: Page, control: Locator, initials: str, name: str) -> None:
    control.press_sequentially(initials)
    expect(page.get_by_role("option", name=name).first).to_have_attribute("aria-selected", "true")
    control.press("Enter")
    expect(control).to_have_value(name)


def take(page: Page, button: str, *names: str) -> None:
    """Tick rows of a library and take them."""
    page.get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog", name=button)
    for name in names:
        dialog.get_by_role("checkbox", name=name).first.check()
    dialog.get_by_role("button", name="选择", exact=True).click()
    expect(dialog).to_be_hidden()


def test_a_case_is_taken_in_and_reviewed(page: Page) -> None:
    page.goto("/app/case/?view=all")
    page.get_by_role("link", name="立案采集").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("新增案卷基本信息")
    expect(page.get_by_label("关联我方卷号")).to_be_hidden()
    page.get_by_label("关联", exact=True).check()
    expect(page.get_by_label("关联我方卷号")).to_be_visible()
    page.get_by_label("关联", exact=True).uncheck()
    page.get_by_role("button", name="选择", exact=True).click()
    clients = page.get_by_role("dialog", name="客户简称")
    clients.get_by_role("searchbox").fill("hcz")
    clients.get_by_role("option", name="衡川智能").first.click()
    page.get_by_role("button", name="保存", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("立案采集")
    expect(page.get_by_label("客户简称")).to_have_value("衡川智能")
    expect(page.get_by_label("第一代理师")).to_have_value("唐若岚")
    page.get_by_label("我方卷号").first.fill(REF)
    page.get_by_label("申请方向").select_option(label="向外申请")
    expect(page.locator("label", has_text="外方卷号")).to_have_class("req")
    page.get_by_label("申请方向").select_option(label="内－内")
    expect(page.locator("label", has_text="外方卷号")).not_to_have_class("req")
    note = page.locator("[data-follows]")
    expect(note).to_contain_text("新案分发")
    pick(page, page.get_by_label("主办人"), "trl", "唐若岚")
    expect(note).to_contain_text("新案办案（唐若岚）")
    page.get_by_label("专利名称", exact=True).fill(TITLE)
    page.get_by_label("专利类型").select_option(label="外观设计")
    expect(page.get_by_label("相似设计含项数")).to_be_visible()
    expect(page.get_by_label("权利要求项数")).to_be_hidden()
    page.get_by_label("专利类型").select_option(label="实用新型")
    expect(page.get_by_label("相似设计含项数")).to_be_hidden()
    page.get_by_label("申请号", exact=True).fill(APP_NO)
    page.get_by_label("申请日", exact=True).fill(FILED)

    page.get_by_role("tab", name="申请人/发明人").click()
    take(page, "申请人资料库", "衡川智能装备", "衡川精密传动")
    grid = page.locator("[data-rows=applicants]")
    expect(grid.locator("tbody tr:not([data-blank])")).to_have_count(2)
    grid.locator("[data-row-check]").nth(1).check()
    grid.get_by_role("button", name="设为第一申请人").click()
    expect(grid.locator("[data-marked=is_first]")).to_contain_text("衡川精密传动")
    grid.get_by_role("button", name="设为代表人").click()
    take(page, "发明人资料库", "苏望舒")
    page.get_by_role("tab", name="案卷要求").click()
    take(page, "案卷要求资料库", "")
    expect(page.locator("[data-rows=requirements] tbody tr:not([data-blank])")).to_have_count(1)
    page.keyboard.press("Control+s")
    expect(page).to_have_url(re.compile(r"/app/case/\d+/edit"))
    expect(page.locator("#toasts")).to_contain_text("保存成功")
    key = page.url.split("/")[-2]
    kept = page.request.get(f"/api/v1/case/{key}").json()
    assert (kept["our_ref"], kept["app_no"], kept["filing_date"]) == (REF, APP_NO, FILED)
    assert [row["is_first"] for row in kept["applicants"]] == [False, True]
    assert [row["is_representative"] for row in kept["applicants"]] == [False, True]
    assert [row["is_first"] for row in kept["inventors"]] == [True]
    assert kept["status"] == "INTAKE_REVIEW"
    assert page.request.get("/app/case/begin").text().count("恢复草稿") == 0
    page.get_by_role("button", name="复核完成", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/app/case/{key}$"))
    assert page.request.get(f"/api/v1/case/{key}").json()["status"] == "IN_PROGRESS"


def test_cases_are_taken_in_together(page: Page) -> None:
    page.watch.allow(422)
    page.goto("/app/case/?view=all&sort=id&size=10")
    row = page.locator("#rows tbody tr[data-id]").first
    row.locator(".row-check").check()
    ref = row.locator("a.id").inner_text()
    page.get_by_role("button", name="批量立卷采集").click()
    expect(page.get_by_label("关联我方卷号")).to_have_value(ref)
    expect(page.locator("[data-follows]")).to_contain_text("复制到每个新案卷")
    box = page.locator("textarea[name=titles]")
    box.fill("\n".join(f"一种风能LED路灯{n}" for n in range(21)))
    expect(page.get_by_text("已输入 21 个")).to_be_visible()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("一次最多创建 20 个案卷")
    expect(box).to_have_value(re.compile("路灯20"))
    box.fill("一种风能LED路灯\n一种高效电控中药煎药器")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("已创建 2 个案卷")
    expect(page.locator("#rows")).to_contain_text("一种风能LED路灯")


def test_what_was_typed_survives_the_closing_of_the_tab(page: Page, origin: str) -> None:
    page.goto("/app/case/new?case_type=ORDINARY&client=1")
    page.get_by_label("专利名称", exact=True).fill("一种没写完的装置")
    page.get_by_role("tab", name="优先权").click()
    page.locator("[data-rows=priorities]").get_by_label("在先申请号").first.fill("63/123456")
    expect(page.locator("[data-draft-state]")).to_contain_text("自动暂存", timeout=8000)
    page.get_by_role("tab", name="基本信息").click()
    page.get_by_label("对方卷号").fill("最后一句")  # not yet kept when the tab goes
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(300)
    later = opened(page.context, origin)
    later.goto("/app/case/new")
    later.get_by_role("link", name="恢复草稿").click()
    expect(later.get_by_label("专利名称", exact=True)).to_have_value("一种没写完的装置")
    expect(later.get_by_label("对方卷号")).to_have_value("最后一句")
    expect(later.get_by_label("客户简称")).to_have_value("衡川智能")
    expect(later.locator("[data-rows=priorities]").get_by_label("在先申请号").first).to_have_value("63/123456")
    later.get_by_role("button", name="丢弃").click()
    expect(later.get_by_label("专利名称", exact=True)).to_have_value("")
    expect(later.get_by_role("link", name="恢复草稿")).to_have_count(0)
    assert later.watch.faults == []
    later.close()
