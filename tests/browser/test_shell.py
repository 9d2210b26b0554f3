"""What is around every page: theme, menu, title bar, paper, language."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.console.view import REGISTRY
from tests.kit import ALLOWED

pytestmark = pytest.mark.browser
#: Every text and hint a reader meets; what people entered stands in the table's body.
TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const owner = node.nodeType === 3 ? node.parentElement : node;
    if (owner.closest("script, style, template, tbody, kbd, .name, option")) continue;
    if (node.nodeType === 3) { if (owner.checkVisibility()) found.push(node.data); }
    else for (const name of ["title", "placeholder", "aria-label"]) found.push(node.getAttribute(name) ?? "");
  }
  return found;
}"""


def test_no_list_speaks_english(page: Page) -> None:
    english = {}
    for key, console in REGISTRY.items():
        page.goto(console.base_url(), wait_until="domcontentloaded")
        words = re.findall(r"[A-Za-z]{3,}", "\n".join(page.evaluate(TEXTS)))
        found = sorted({w for w in words if w not in ALLOWED and not w.isupper()})
        english |= {key: found} if found else {}
    assert english == {}


def test_dark_is_remembered(page: Page) -> None:
    def canvas() -> str:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.goto("/app/case/")
    light = canvas()
    page.get_by_role("button", name="外观").click()
    with page.expect_response("**/app/prefs"):
        page.get_by_role("button", name="深色").click()
    dark = canvas()
    assert dark != light
    page.goto("/app/client/")
    assert canvas() == dark
    page.get_by_role("button", name="外观").click()
    expect(page.get_by_role("button", name="深色")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="浅色").click()
    assert canvas() == light


def test_menu_and_title_bar_make_room(page: Page) -> None:
    page.goto("/app/case/")
    before = page.locator("#sheet").bounding_box()
    for name in ("隐藏菜单", "隐藏标题栏"):
        with page.expect_response("**/app/prefs"):
            page.get_by_role("button", name=name).first.click()
    page.goto("/app/case/")
    after = page.locator("#sheet").bounding_box()
    assert after["x"] < before["x"]
    assert after["y"] < before["y"]
    expect(page.get_by_role("button", name="外观")).to_be_hidden()
    page.keyboard.press("Control+\\")
    page.locator(".header-back:visible").click()
    assert page.locator("#sheet").bounding_box() == before


def test_paper_shows_the_sheet_only(page: Page) -> None:
    page.goto("/app/case/?size=50")
    page.emulate_media(media="print")
    for part in ("#tree", ".top", "#query", ".toolbar", ".pager"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.get_by_role("columnheader", name="我方卷号")).to_be_visible()
    sheet, last = page.locator("#sheet").bounding_box(), page.locator("#rows tbody tr").last.bounding_box()
    assert sheet["x"] == 0
    assert last["y"] + last["height"] <= sheet["y"] + sheet["height"] + 1  # nothing is cut off below


def test_paper_is_light_and_leaves_out_what_was_not_loaded(page: Page) -> None:
    page.goto("/app/case/1")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("#p-history")).to_be_hidden()
    expect(page.get_by_text("正在载入").locator("visible=true")).to_have_count(0)
    head = page.locator(".tbl th").first.evaluate("th => getComputedStyle(th).backgroundColor")
    assert min(int(n) for n in re.findall(r"\d+", head)[:3]) > 200


def test_nothing_is_wider_than_the_window(page: Page) -> None:
    for path in ("/app/", "/app/case/", "/app/case/1", "/app/case/1/edit", "/app/client/new", "/app/profile"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], path


def test_tabs_of_a_record_load_when_they_are_shown(page: Page) -> None:
    page.goto("/app/client/1")
    page.get_by_role("tab", name="案卷", exact=False).last.click()
    expect(page.locator(".related").first).to_be_visible()
    page.get_by_role("tab", name="修改记录").click()
    expect(page.locator("#p-history")).not_to_contain_text("正在载入")


def test_whatever_a_page_does_wrong_is_noticed(stranger: Page) -> None:
    stranger.goto("/app/login")
    stranger.evaluate("""() => {
        const inline = document.createElement("script");
        inline.textContent = "window.got = true";
        document.body.append(inline);
        fetch("http://patentdesk.invalid/").catch(() => {});
        fetch("/app/nowhere");
        setTimeout(() => { throw new Error("broken"); });
    }""")
    wanted = {"Content Security Policy", "http://patentdesk.invalid/", "status of 404", "broken"}
    for _attempt in range(100):
        if all(any(word in fault for fault in stranger.watch.faults) for word in wanted):
            break
        stranger.wait_for_timeout(100)
    else:
        pytest.fail(f"{wanted} expected, {stranger.watch.faults} noticed")
    assert stranger.evaluate("window.got") is None
    stranger.watch.faults.clear()
