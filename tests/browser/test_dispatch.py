"""The dispatch as the dispatcher does it: a package, its acknowledgement, the paper list, what was not taken."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.rules import efiling
from app.services.today import today
from tests.services.case_work import PARTS
from tests.services.test_dispatch import acknowledgement_of, named, with_documents

pytestmark = pytest.mark.browser


def tick(page: Page, our_ref: str) -> None:
    """Choose a row."""
    page.locator("#rows tbody tr", has_text=our_ref).locator(".row-check").check()


def test_a_package_and_its_acknowledgement(page: Page, session: Session, tmp_path: Path) -> None:
    filing = with_documents(session, "S000008", list(PARTS))
    our_ref, acknowledgement = filing.case.our_ref, acknowledgement_of(filing)
    session.rollback()
    page.goto("/app/dispatch/")
    tick(page, our_ref)
    with page.expect_download() as got:
        page.locator(".toolbar").get_by_role("button", name="导出送案包").click()
        page.locator("dialog[open]").get_by_role("button", name="确定").click()
    (package,) = efiling.read_packages(Path(got.value.path()).read_bytes())
    assert package.our_ref == our_ref
    expect(page.locator(".toast")).to_contain_text("已导出 1 件案卷的送案包")
    expect(page.locator(".strip")).to_contain_text(re.compile(r"已发送\s*2"))
    (tmp_path / "200105.xml").write_bytes(acknowledgement)
    page.get_by_role("link", name="导入电子回执").click()
    page.locator("input[name=file]").set_input_files(tmp_path / "200105.xml")
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator(".preview")).to_contain_text("已递交但回执未列：说明书、说明书摘要")
    page.locator(".actbar").get_by_role("button", name="导入").click()
    expect(page.locator(".toast")).to_contain_text("导入成功")
    page.locator(".strip").get_by_role("link", name=re.compile("已核销")).click()
    page.locator("a.id", has_text=our_ref).click()
    expect(page.get_by_role("heading", name="专利局回执")).to_be_visible()


def test_the_paper_list_and_a_document_that_was_not_taken(page: Page, session: Session) -> None:
    filing = with_documents(session, "S000009", ["补正书", "修改替换页"])
    our_ref = filing.case.our_ref
    session.rollback()
    page.goto("/app/dispatch/?tab=paper")
    tick(page, our_ref)
    page.locator(".toolbar").get_by_role("button", name="发文登记").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label("实际发文日")).to_have_value(today().isoformat())
    dialog.get_by_role("button", name="发文登记").click()
    expect(dialog).to_contain_text("凭据号")
    dialog.get_by_label("凭据号").fill("KD20261127001")
    dialog.get_by_role("button", name="发文登记").click()
    expect(page.locator(".toast")).to_contain_text("已登记为“已发送”")
    page.locator(".strip").get_by_role("link", name=re.compile("已发送")).click()
    expect(page.locator("#rows tbody tr")).to_have_count(2)
    page.locator("[data-all]").check()
    page.locator(".toolbar").get_by_role("button", name="打印送案清单").click()
    expect(page.locator(".paper caption")).to_have_count(2)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    page.emulate_media(media="screen")
    page.go_back()
    page.locator("[data-all]").uncheck()
    tick(page, our_ref)
    page.locator(".toolbar").get_by_role("button", name="回执登记").click()
    reason = page.get_by_label("未提交原因")
    expect(reason).to_be_hidden()
    page.watch.allow(422)
    page.get_by_label("修改替换页").uncheck()
    expect(reason).to_be_visible()
    page.locator(".actbar").get_by_role("button", name="回执登记").click()
    expect(page.locator(".err")).to_contain_text("此项必须填写")
    reason.fill("漏带替换页")
    page.locator(".actbar").get_by_role("button", name="回执登记").click()
    expect(page.locator(".toast")).to_contain_text("1 件案卷已核销")


def test_the_special_edit(page: Page, session: Session, tmp_path: Path) -> None:
    filing = with_documents(session, "S000001", list(PARTS))
    our_ref = filing.case.our_ref
    session.rollback()
    page.goto("/app/dispatch/?q.status=DISPATCHED")
    tick(page, our_ref)
    page.locator(".toolbar").get_by_role("button", name="转入特殊修改").click()
    page.locator("dialog[open]").get_by_role("button", name="确定").click()
    expect(page.locator("#rows tbody tr[data-id]")).to_have_count(0)
    page.goto("/app/special_edit/")
    tick(page, our_ref)
    page.locator(".toolbar").get_by_role("button", name="特殊修改").click()
    (tmp_path / "新.pdf").write_bytes(b"%PDF-1.7 new")
    page.locator("input[type=file]").nth(1).set_input_files(tmp_path / "新.pdf")
    page.get_by_role("button", name="完成质检").click()
    expect(page.locator(".toast")).to_contain_text("已返回【向专利局送案】")
    session.expire_all()
    assert [v.number for v in named(session, "S000001").documents[1].versions] == [2, 1]
