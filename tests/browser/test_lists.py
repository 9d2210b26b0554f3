"""A list in the hands of a clerk: query, order, pages, columns, views, export, bulk edit."""

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
CASES = 60  # of the demo agency


def rows(page: Page) -> Locator:
    """The rows of the list."""
    return page.locator("#rows tbody tr[data-id]")


def texts(page: Page, column: str) -> list[str]:
    """What the cells of a column show."""
    at = page.locator("#rows thead th").evaluate_all(
        "(all, name) => all.findIndex(th => th.dataset.col === name)", column
    )
    return rows(page).locator(f"td:nth-child({at + 1})").all_inner_texts()


def total(page: Page, number: int) -> None:
    """Wait until the pager counts so many."""
    expect(page.locator(".pager")).to_contain_text(f"共 {number} 条")


def asked(page: Page, label: str) -> Locator:
    """A control of the query panel."""
    return page.locator("#query").get_by_label(label, exact=True)


def head(page: Page, label: str) -> Locator:
    """A header cell."""
    return page.get_by_role("columnheader", name=label, exact=True)


def test_a_query_is_typed_and_taken_back(page: Page) -> None:
    page.goto("/app/case/")
    total(page, CASES)
    box = asked(page, "我方卷号")
    box.fill("F2025")
    box.press("Enter")
    expect(page.locator(".chip")).to_contain_text("F2025")
    found = texts(page, "our_ref")
    assert found
    assert all(ref.startswith("F2025") for ref in found)
    expect(page).to_have_url("/app/case/?q.our_ref=F2025")
    page.reload()
    expect(box).to_have_value("F2025")
    assert texts(page, "our_ref") == found
    page.get_by_role("button", name="重置").click()
    total(page, CASES)
    expect(box).to_have_value("")


def test_choices_and_references_narrow_a_query(page: Page) -> None:
    page.goto("/app/case/")
    page.get_by_role("button", name="展开").click()
    page.get_by_role("button", name="专利类型").click()
    page.get_by_role("checkbox", name="外观设计").check()
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".chip")).to_contain_text("外观设计")
    assert set(texts(page, "patent_type")) == {"外观设计"}
    page.get_by_role("link", name="去掉 专利类型").click()
    total(page, CASES)
    picker = asked(page, "客户简称")
    picker.press_sequentially("hcz")
    page.get_by_role("option", name="衡川智能").wait_for()
    picker.press("Enter")
    picker.press("Enter")
    expect(page.locator(".chip")).to_contain_text("衡川智能")
    assert set(texts(page, "client")) == {"衡川智能"}


def test_headers_order_the_list(page: Page) -> None:
    page.goto("/app/case/")
    for state, falling in (("ascending", False), ("descending", True)):
        head(page, "我方卷号").get_by_role("link").click()
        expect(head(page, "我方卷号")).to_have_attribute("aria-sort", state)
        found = texts(page, "our_ref")
        assert found == sorted(found, reverse=falling)
    page.go_back()
    expect(head(page, "我方卷号")).to_have_attribute("aria-sort", "ascending")


def test_pages_turn_without_a_jump(page: Page) -> None:
    def heads() -> list[list[int]]:
        boxes = (cell.bounding_box() for cell in page.locator("#rows thead th").all())
        return [[round(box[side]) for side in ("x", "y", "width", "height")] for box in boxes]

    page.goto("/app/case/?sort=our_ref")
    expect(page.get_by_role("button", name="前一页")).to_be_disabled()
    first, place = texts(page, "our_ref"), heads()
    page.get_by_role("link", name="后一页").click()
    expect(page.locator(".pager")).to_contain_text("第 11–20 条")
    second = texts(page, "our_ref")
    assert first < second
    assert heads() == place
    page.get_by_role("link", name="前一页").click()
    expect(page.locator(".pager")).to_contain_text("第 1–10 条")
    assert texts(page, "our_ref") == first
    page.get_by_label("转到页码").fill("6")
    page.get_by_label("转到页码").press("Enter")
    expect(page.locator(".pager")).to_contain_text("第 51–60 条")
    expect(page.get_by_role("button", name="后一页")).to_be_disabled()
    assert heads() == place


def test_rows_a_page_are_remembered_and_twenty_fit_a_laptop(page: Page) -> None:
    page.goto("/app/case/")
    size = page.locator(".pager").get_by_label("每页显示")
    size.fill("20")
    size.press("Enter")
    expect(rows(page)).to_have_count(20)
    page.goto("/app/case/")
    expect(rows(page)).to_have_count(20)
    expect(page.locator("#query")).to_have_class("query folded")
    last, pager = rows(page).last.bounding_box(), page.locator(".pager").bounding_box()
    assert last["y"] + last["height"] <= pager["y"]
    assert pager["y"] + pager["height"] <= page.viewport_size["height"]


def test_columns_are_chosen_and_kept(page: Page) -> None:
    page.goto("/app/case/")
    expect(head(page, "申请人")).to_be_visible()
    page.get_by_role("button", name="选择显示列").click()
    page.get_by_role("dialog").get_by_label("申请人", exact=True).uncheck()
    page.get_by_role("button", name="应用").click()
    expect(head(page, "申请人")).to_have_count(0)
    page.goto("/app/case/?q.title=一种")
    expect(head(page, "申请人")).to_have_count(0)
    page.get_by_role("button", name="选择显示列").click()
    page.get_by_role("button", name="恢复默认").click()
    expect(head(page, "申请人")).to_be_visible()


def test_a_view_is_saved_and_opened(page: Page) -> None:
    page.goto("/app/case/?q.our_ref=F2025&sort=-our_ref")
    found = texts(page, "our_ref")
    page.get_by_role("button", name="存为视图").click()
    page.get_by_role("button", name="保存视图").click()
    expect(page.get_by_role("alert")).to_contain_text("视图名称")
    page.get_by_label("视图名称").fill("二〇二五年")
    page.get_by_role("button", name="保存视图").click()
    view = page.get_by_role("link", name="二〇二五年")
    expect(view).to_have_attribute("aria-current", "page")
    page.goto("/app/case/")
    total(page, CASES)
    view.click()
    expect(page.locator(".chip")).to_contain_text("F2025")
    assert texts(page, "our_ref") == found


@pytest.mark.parametrize("scope", ["当前页面记录", "所有记录"])
def test_an_export_is_what_is_seen(scope: str, page: Page, tmp_path: Path) -> None:
    page.goto("/app/case/?q.patent_type=INVENTION")
    counted = int(page.locator(".pager b").inner_text())
    page.get_by_role("button", name="导出", exact=True).click()
    page.get_by_role("dialog").get_by_label(scope).check()
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name="导出").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    download.value.save_as(tmp_path / "out.xlsx")
    lines = list(openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(values_only=True))
    assert list(lines[0]) == page.locator("#rows th[data-col]").all_inner_texts()
    assert [line[0] for line in lines[1:11]] == texts(page, "our_ref")
    assert len(lines) - 1 == (counted if scope == "所有记录" else 10)


def test_several_rows_are_changed_at_once_and_back(page: Page) -> None:
    page.clock.install()
    page.goto("/app/case/?sort=our_ref")
    changed = [rows(page).nth(n).get_attribute("data-id") for n in (0, 2)]

    def refs() -> list[str | None]:
        return [page.request.get(f"/api/v1/case/{key}").json()["client_ref"] for key in changed]

    before = refs()
    for key in changed:
        page.locator(f"tr[data-id='{key}'] .row-check").check()
    expect(page.locator("#selbar")).to_contain_text("已选 2 条")
    page.get_by_role("button", name="批量修改").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("字段").select_option(label="对方卷号")
    dialog.get_by_role("textbox", name="对方卷号").fill("批量-1")
    dialog.get_by_label("原因").fill("客户来函")
    dialog.get_by_role("button", name="批量修改").click()
    expect(page.locator("#toasts")).to_contain_text("已修改 2 条记录")
    assert refs() == ["批量-1", "批量-1"]
    page.clock.fast_forward("01:00")
    with page.expect_response("**/undo/*"):
        page.locator("#toasts").get_by_role("button", name="撤销").click()
    expect(page.locator("#toasts")).to_contain_text("已撤销 2 条")
    assert refs() == before


def test_a_bulk_edit_that_is_refused_stays_open_with_what_was_typed(page: Page) -> None:
    page.watch.allow(422)
    page.goto("/app/case/")
    rows(page).first.locator(".row-check").check()
    page.get_by_role("button", name="批量修改").click()
    dialog = page.get_by_role("dialog")
    field, verb = dialog.get_by_label("字段"), dialog.get_by_role("button", name="批量修改")
    expect(field).to_have_value("")
    verb.click()
    expect(dialog.get_by_role("alert")).to_have_text("请选择要修改的字段")
    field.select_option(label="客户简称")
    expect(dialog.get_by_role("checkbox", name="清空")).to_have_count(0)
    verb.click()
    expect(dialog.get_by_role("alert")).to_contain_text("客户简称")
    field.select_option(label="申请日")
    expect(dialog.get_by_role("alert")).to_have_count(0)
    verb.click()
    expect(dialog.get_by_role("alert")).to_contain_text("清空")
    value = dialog.get_by_role("textbox", name="申请日")
    value.fill("2030-13-45")
    dialog.get_by_label("原因").fill("客户来函")
    verb.click()
    expect(dialog.get_by_role("alert")).to_have_text("没有这一天：2030-13-45")
    expect(value).to_have_attribute("aria-invalid", "true")
    expect(value).to_have_value("2030-13-45")
    expect(dialog.get_by_label("原因")).to_have_value("客户来函")
    dialog.get_by_role("checkbox", name="清空").check()
    verb.click()
    expect(dialog).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("条记录")


def test_after_a_deletion_the_query_is_still_asked(page: Page) -> None:
    page.goto("/app/depositary/?q.name=保藏中心")
    before = int("".join(c for c in page.locator(".pager b").first.inner_text() if c.isdigit()))
    code = rows(page).first.locator("a.id").inner_text()
    rows(page).first.locator(".row-check").check()
    page.get_by_role("toolbar").get_by_role("button", name="删除").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(code)
    dialog.get_by_role("button", name="确定").click()
    total(page, before - 1)
    expect(page.locator(".chip")).to_contain_text("保藏中心")


def test_a_double_click_opens_a_row(page: Page) -> None:
    page.goto("/app/case/")
    row = rows(page).nth(3)
    key = row.get_attribute("data-id")
    row.locator("td").nth(4).dblclick()
    expect(page).to_have_url(f"/app/case/{key}")


def test_a_table_edited_in_place(page: Page) -> None:
    page.goto("/app/requirement_item/")
    before = int(page.locator(".pager b").inner_text())
    save = page.get_by_role("button", name="保存", exact=True)
    expect(save).to_be_disabled()
    for text in ("每季度末寄送对账单。", "这一行不保存。"):
        page.get_by_role("button", name="添加一行").click()
        row = page.locator("tr[data-new]").first
        row.get_by_label("案卷阶段").select_option("全程")
        row.get_by_label("要求类型").select_option("账单寄送")
        row.get_by_label("客户要求内容").fill(text)
    page.locator("tr[data-new]").first.locator(".row-check").uncheck()
    cell = rows(page).first.locator("td").nth(4)
    cell.click()
    cell.get_by_role("textbox").fill("已在列表中改过。")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    save.click()
    expect(page.locator("#toasts")).to_contain_text("已保存 2 行")
    total(page, before + 1)
    page.goto("/app/requirement_item/?size=100")
    assert {"每季度末寄送对账单。", "已在列表中改过。"} <= set(texts(page, "content"))
    assert "这一行不保存。" not in texts(page, "content")


def test_a_row_in_error_keeps_what_was_typed(page: Page) -> None:
    page.watch.allow(422)
    page.goto("/app/requirement_item/")
    page.get_by_role("button", name="添加一行").click()
    page.locator("tr[data-new]").get_by_label("客户要求内容").fill("缺少案卷阶段。")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("tr[data-new] td.cell-bad")).to_have_count(2)
    expect(page.locator("tr[data-new]").get_by_label("客户要求内容")).to_have_value("缺少案卷阶段。")
