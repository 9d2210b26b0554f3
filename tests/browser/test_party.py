"""A clerk registers a client with everybody around it, takes requirements over, and makes two entries one."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def save(page: Page) -> None:
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_load_state()


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def register(page: Page, name: str) -> str:
    """A new client; its address."""
    page.goto("/app/client/new")
    page.locator("#f-name").press_sequentially(name)
    expect(page.get_by_label("客户简称")).not_to_have_value("")
    save(page)
    expect(page).to_have_url(re.compile(r"/app/client/\d+/edit$"))
    return page.url


def test_a_client_is_registered_with_everybody_around_it(page: Page) -> None:
    url = register(page, "江汀重工装备（无锡）有限公司")
    expect(page.get_by_label("客户简称")).to_have_value("江汀重工装备")
    expect(page.locator(".toast")).to_contain_text("保存成功")

    tab(page, "联系资料")
    page.get_by_role("link", name="新增客户联系人").click()
    expect(page.get_by_label("客户简称")).to_have_value("江汀重工装备")
    page.get_by_label("复制类型").select_option("client")
    expect(page.get_by_label("姓名", exact=True)).to_have_value("江汀重工装备（无锡）有限公司")
    page.get_by_label("姓名", exact=True).fill("阮听雨")
    save(page)
    expect(page).to_have_url(f"{url}#t1")
    row = page.locator("#p-t1 tbody tr", has_text="阮听雨")
    expect(row).to_contain_text("联系人")

    page.get_by_role("link", name="批量新增发明人").click()
    expect(page.get_by_label("客户简称")).to_have_value("江汀重工装备")
    page.locator('[name="rows-0-name"]').focus()
    page.evaluate("""() => {
        const data = new DataTransfer();
        data.setData("text/plain", "司马临风\\t320500A1\\n欧阳听雪\\t320500A2\\n");
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
    }""")
    expect(page.locator('[name="rows-1-name"]')).to_have_value("欧阳听雪")
    save(page)
    expect(page).to_have_url(f"{url}#t1")
    expect(page.locator("#p-t1 tbody tr")).to_have_count(3)

    people = page.locator("#p-t1")
    expect(people.get_by_role("button", name="设置有效")).to_be_disabled()
    people.get_by_role("checkbox", name="选择此行").nth(1).check()
    expect(people.get_by_role("button", name="设置有效")).to_be_disabled()
    people.get_by_role("button", name="设置无效").click()
    expect(people.locator("tbody tr.muted")).to_have_count(1)
    people.get_by_text("阮听雨").dblclick()
    expect(page).to_have_url(re.compile(r"/app/contact/\d+/edit"))
    page.get_by_role("link", name="返回").last.click()
    expect(page).to_have_url(f"{url}#t1")

    tab(page, "客户要求")
    page.get_by_role("link", name="资料库").click()
    page.get_by_label("要求类型").select_option(label="联系方式")
    page.get_by_role("button", name="查询").click()
    page.locator("tbody input[type=checkbox]").first.check()
    save(page)
    expect(page).to_have_url(f"{url}#t2")
    asked = page.locator("#p-t2")
    expect(asked.locator("tbody tr")).to_have_count(1)
    asked.get_by_role("checkbox", name="选择此行").check()
    expect(asked.get_by_role("button", name="修改")).to_be_disabled()
    asked.get_by_role("button", name="作废").click()
    expect(asked.locator("tbody tr.muted")).to_have_count(1)

    tab(page, "客户费用")
    page.get_by_label("收费方式").select_option(label="包干")
    expect(page.get_by_label("折扣率")).to_be_hidden()
    expect(page.locator("#f-lump_amount")).to_be_visible()
    page.locator("#f-lump_amount").fill("5000")
    tab(page, "基本信息")
    page.get_by_label("修改原因").fill("补充费用要求")
    save(page)  # the tabs before did not make this form an old one
    expect(page).to_have_url(re.compile(r"/app/client/\d+$"))
    expect(page.locator(".toast")).to_contain_text("保存成功")


def test_the_same_client_is_asked_about_once(page: Page) -> None:
    page.watch.allow(422)
    register(page, "海棠医疗器械（常州）有限公司")
    page.goto("/app/client/new")
    page.locator("#f-name").press_sequentially("海棠医疗器械(常州)有限责任公司")
    expect(page.locator(".alike")).to_contain_text("名称相同")
    save(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("海棠医疗器械（常州）有限公司")
    dialog.get_by_role("button", name="仍然保存").click()
    expect(page).to_have_url(re.compile(r"/app/client/\d+/edit$"))


def test_two_entries_are_made_one(page: Page) -> None:
    page.watch.allow(422)
    register(page, "听澜新能源有限公司")
    register(page, "云梦泽光电有限公司")
    page.goto("/app/client/?sort=-id")
    boxes = page.locator("#rows .row-check")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("toolbar", name="操作").get_by_role("button", name="合并").click()
    expect(page.get_by_role("heading", name="合并客户")).to_be_visible()
    page.get_by_role("row", name="客户全称(中)").get_by_role("radio").nth(1).check()
    save_button = page.get_by_role("button", name="合并", exact=True)
    save_button.click()
    expect(page.locator(".banner")).to_contain_text("请填写修改原因")
    page.get_by_label("合并原因").fill("同一客户重复登记")
    save_button.click()
    expect(page).to_have_url(re.compile(r"/app/client/\d+$"))
    expect(page.locator(".toast")).to_contain_text("已合并")
