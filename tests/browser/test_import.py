"""Importing a file in the browser: what the clerk sees while it is checked."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.console.imports import uploads
from tests.services.import_files import AGENCY, AGENCY_ROWS, make_csv

pytestmark = pytest.mark.browser


def test_the_check_of_a_long_file_makes_room_for_its_rows(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LONG", 3)
    page.goto("/app/case/import")
    page.locator("input[type=file]").set_input_files(make_csv(tmp_path / "a.csv", AGENCY, AGENCY_ROWS))
    held = []
    page.route("**/import/*?now=1", lambda route: held.append(route))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/progress") else None)
    page.get_by_role("button", name="上传并检查").click()
    bar = page.get_by_role("progressbar", name="检查“a.csv”")
    expect(bar).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="读取各行 0%")).to_have_count(1)
    page.wait_for_timeout(3_500)
    assert 1 <= len(asked) <= 2
    held[0].continue_()
    expect(page.locator(".imp-rows tbody tr").first).to_be_visible()
    expect(bar).to_have_count(0)
    before = len(asked)
    page.wait_for_timeout(2_000)
    assert len(asked) == before


def test_taking_an_import_back_is_named_by_the_button_that_does_it(page: Page, tmp_path: Path) -> None:
    page.goto("/app/case/import")
    page.locator("input[type=file]").set_input_files(make_csv(tmp_path / "a.csv", AGENCY, AGENCY_ROWS[:2]))
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_role("button", name="导入 2 行").click()
    page.get_by_role("button", name="撤销导入").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="确定")).to_have_count(0)
    dialog.get_by_role("button", name="撤销导入", exact=True).click()
    expect(page.get_by_role("heading", name="已撤销")).to_be_visible()
