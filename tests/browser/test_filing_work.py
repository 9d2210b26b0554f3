"""A case is worked on by four people, in real browsers: imported, divided, returned, reviewed, prepared, checked."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import context_of, opened
from tests.services.case_work import word

WORK = "/app/filing/6/work"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def desk(chrome: Browser, origin: str, sign_in_as: Callable[[str], FlaskClient]) -> Iterator[Callable[[str], Page]]:
    """A watched page of each of the people, each in a browser of his own."""
    contexts: dict[str, BrowserContext] = {}
    pages: dict[str, Page] = {}

    def of(username: str) -> Page:
        if username not in pages:
            context = contexts[username] = context_of(chrome, origin)
            cookie = sign_in_as(username).get_cookie("patentdesk")
            assert cookie is not None
            context.add_cookies([{"name": "patentdesk", "value": cookie.value, "url": origin}])
            pages[username] = opened(context, origin)
        pages[username].goto(WORK)
        return pages[username]

    yield of
    faults = [fault for page in pages.values() for fault in page.watch.faults]
    for context in contexts.values():
        context.close()
    assert faults == []


def file(name: str, content: BytesIO) -> dict:
    return {"name": name, "mimeType": WORD, "buffer": content.getvalue()}


def take(page: Page, step: str, **given: str) -> None:
    """Press a step of the bar, fill in its dialog, confirm."""
    page.locator(".actbar").get_by_role("button", name=step).click()
    dialog = page.get_by_role("dialog")
    for label, value in given.items():
        control = dialog.get_by_label(label)
        if control.evaluate("node => node.nodeName") == "SELECT":
            control.select_option(label=value)
        else:
            control.fill(value)
    with page.expect_navigation():
        dialog.get_by_role("button", name=step).click()
        expect(page.get_by_text(f"{step}成功")).to_be_visible()


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def now(page: Page) -> str:
    return page.locator(".life li[aria-current]").inner_text()


def test_a_case_on_its_way_to_the_office(desk: Callable[[str], Page]) -> None:
    """A-3.2.1.4, A-3.2.1.5, A-3.2.1.6: the whole way of the manual."""
    handler = desk("tangruolan")
    claims, description = word("1. 一种装置。", "2. 如权利要求1所述。"), word("技术领域")
    files = [file("权利要求书.docx", claims), file("说明书.docx", description)]
    handler.locator(".doc-bar [data-import]").set_input_files(files)
    expect(handler.get_by_text("已导入 2 个文件")).to_be_visible()
    expect(handler.locator("[data-document]", has_text="权利要求书")).to_contain_text("第 1 版")

    tab(handler, "任务分解单")
    handler.get_by_role("button", name="添加一行").click()
    line = handler.locator(".works tbody tr").last
    line.get_by_label("任务类型").select_option(label="撰写")
    line.get_by_role("combobox", name="执行人").fill("罗")
    handler.get_by_role("option", name="罗知予").click()
    line.get_by_label("要求完成日期").fill("2026-12-01")
    line.get_by_label("说明").fill("撰写权利要求")
    handler.get_by_role("button", name="保存", exact=True).click()
    expect(handler.get_by_text("保存成功").or_(handler.get_by_text("已保存"))).to_be_visible()
    handler.locator(".works tbody tr", has=handler.get_by_text("未分发")).last.get_by_label("选择").check()
    handler.get_by_role("button", name="任务分发").click()
    expect(handler.locator(".works tbody tr").last).to_contain_text("已分发")
    for row, column, value in ((0, "工作量", "4"), (1, "外包费用", "1800")):
        handler.locator(".works tbody tr").nth(row).get_by_label(column).fill(value)
        handler.get_by_role("button", name="任务完成").click()
        expect(handler.locator(".works tbody tr").nth(row)).to_contain_text("已完成")

    drafter = desk("luozhiyu")
    tab(drafter, "任务分解单")
    drafter.get_by_role("button", name="提交", exact=True).click()
    drafter.get_by_role("dialog").get_by_label("工作量").fill("6")
    drafter.get_by_role("dialog").get_by_role("button", name="提交").click()
    expect(drafter.get_by_text("已提交，待主办人确认")).to_be_visible()

    handler = desk("tangruolan")
    handler.watch.allow(409)
    handler.locator(".actbar").get_by_role("button", name="定稿提交").click()
    handler.get_by_role("dialog").get_by_role("button", name="定稿提交").click()
    expect(handler.get_by_text("任务分解单中有未完成任务，不能定稿提交")).to_be_visible()
    handler.goto(WORK)
    tab(handler, "任务分解单")
    handler.locator(".works tbody tr").last.get_by_label("选择").check()
    handler.get_by_role("button", name="确认完成量").click()
    handler.get_by_role("dialog").get_by_label("工作量").fill("5.5")
    handler.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(handler.locator(".works tbody tr").last).to_contain_text("5.50")
    take(handler, "定稿提交", 执行人="蒋婉清")
    assert now(handler) == "实体复核中"
    expect(handler.locator(".actbar button")).to_have_count(0)

    reviewer = desk("jiangwanqing")
    take(reviewer, "复核回退", 原因="权利要求 2 缺少必要技术特征")
    handler = desk("tangruolan")
    expect(handler.get_by_role("note")).to_contain_text("权利要求 2 缺少必要技术特征")
    take(handler, "定稿提交")
    reviewer = desk("jiangwanqing")
    take(reviewer, "复核完成", 执行人="贺景舟")

    preparer = desk("hejingzhou")
    preparer.get_by_role("button", name="新增文件").click()
    preparer.get_by_role("dialog").get_by_label("文件名称").fill("专利代理委托书")
    preparer.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(preparer.locator("[data-document]", has_text="专利代理委托书")).to_be_visible()
    lacking = ("请求书", "说明书摘要", "说明书附图", "专利代理委托书")
    files = [file(f"{name}.docx", word(name)) for name in lacking]
    preparer.locator(".doc-bar [data-import]").set_input_files(files)
    expect(preparer.get_by_text("还没有文件")).to_have_count(0)
    take(preparer, "定稿提交", 执行人="罗知予")

    checker = desk("luozhiyu")
    take(checker, "质检回退", 退回给="文件制备员", 原因="委托书未盖章")
    preparer = desk("hejingzhou")
    expect(preparer.get_by_role("note")).to_contain_text("委托书未盖章")
    take(preparer, "定稿提交")
    checker = desk("luozhiyu")
    take(checker, "完成质检")
    assert now(checker) == "未发送"


def test_versions_are_compared_and_fees_repeated_are_asked_about(page: Page) -> None:
    """A-3.2.1.5.2-04, A-msg-09."""
    page.goto(WORK)
    for paragraph in ("支架为铝合金", "支架为不锈钢"):
        page.locator(".doc-bar [data-import]").set_input_files([file("说明书.docx", word(paragraph))])
        expect(page.locator(".shown.text")).to_contain_text(paragraph)
    page.get_by_role("button", name="版本比较").click()
    expect(page.locator("del")).to_have_text("铝合金")
    expect(page.locator("ins")).to_have_text("不锈钢")
    for time in (1, 2):
        page.goto(f"{WORK}#fees")
        page.reload()
        page.get_by_role("link", name="新增").click()
        page.get_by_label("费单类型").select_option(label="申请费")
        page.get_by_role("button", name="挑拣费项").click()
        page.get_by_role("checkbox", name="发明专利申请费").check()
        page.get_by_role("dialog").get_by_role("button", name="选择").click()
        if time == 2:
            expect(page.get_by_text("该案卷已生成过含相同费项的费单：FD000001，是否继续？")).to_be_visible()
            page.get_by_role("dialog").get_by_role("button", name="继续").click()
        expect(page.get_by_role("textbox", name="费减后金额").first).to_have_value("135.00")
        page.get_by_role("button", name="保存", exact=True).click()
        expect(page.get_by_role("tab", name="费单")).to_contain_text(str(time))
