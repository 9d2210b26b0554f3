"""The door: in with the right password, not with a wrong one, out again."""

import pytest
from flask_appbuilder.security.sqla.models import User
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services import accounts
from tests.browser.conftest import sign_in
from tests.conftest import ADMIN, PASSWORD

pytestmark = pytest.mark.browser


def test_in_and_out(stranger: Page) -> None:
    stranger.goto("/app/case/?sort=our_ref")
    expect(stranger).to_have_url("/app/login?next=/app/case/?sort%3Dour_ref")
    sign_in(stranger, ADMIN)
    expect(stranger.get_by_role("heading", name="工作台")).to_be_visible()
    stranger.get_by_role("button", name="退出").click()
    expect(stranger.get_by_label("账号")).to_be_focused()
    stranger.goto("/app/")
    expect(stranger).to_have_url("/app/login?next=/app/")


def test_after_signing_in_the_wanted_page_opens(stranger: Page) -> None:
    stranger.goto("/app/country/")
    stranger.keyboard.type(ADMIN)  # the cursor is there already
    stranger.get_by_label("密码", exact=True).fill(PASSWORD)
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", name="国家配置")).to_be_visible()


def test_a_wrong_password_is_said_and_the_name_kept(stranger: Page) -> None:
    stranger.watch.allow(401, 422)
    sign_in(stranger, ADMIN, "wrong")
    expect(stranger.get_by_role("alert")).to_contain_text("密码")
    expect(stranger.get_by_label("账号")).to_have_value(ADMIN)
    expect(stranger.get_by_label("密码", exact=True)).to_be_focused()
    expect(stranger.get_by_label("密码", exact=True)).to_have_value("")
    stranger.get_by_role("button", name="显示密码").click()
    expect(stranger.get_by_label("密码", exact=True)).to_have_attribute("type", "text")


def test_a_one_time_password_is_changed_first(stranger: Page, session: Session) -> None:
    clerk = session.execute(select(User).where(User.username == "caoshengnan")).scalar_one()
    ((_user, once),) = accounts.reset_passwords(session, [clerk.id])
    stranger.watch.allow(422)
    sign_in(stranger, "caoshengnan", once)
    for new, again in (("weak", "weak"), ("Own-pass-2", "Own-pass-2")):
        expect(stranger.get_by_role("heading", name="修改密码")).to_be_visible()
        stranger.get_by_label("原密码").fill(once)
        stranger.get_by_label("新密码", exact=True).fill(new)
        stranger.get_by_label("确认新密码").fill(again)
        stranger.get_by_role("button", name="修改密码").click()
    expect(stranger.get_by_role("heading", name="工作台")).to_be_visible()
    expect(stranger.get_by_role("button", name="案卷管理")).to_have_count(1)
    expect(stranger.get_by_role("button", name="机构用户管理")).to_have_count(0)
