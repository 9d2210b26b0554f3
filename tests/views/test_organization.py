"""Signing in and out, one's own data, and the pages of departments, users, positions and assignment."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.organization import UserType
from app.services import accounts, grants, mailbox, records
from app.services.access import ADMIN as ADMIN_POSITION
from app.services.secrets import Vault
from app.services.unit_of_work import unit_of_work
from models.audit import AuditEntry
from models.organization import Department, Position, User
from models.system import LoginEvent, Preference, SystemParameter
from tests.kit import visible_english

PASSWORD = "Right-one-1"
SignIn = Callable[[str], FlaskClient]


def token(page: str) -> str:
    """The anti-forgery token of a page."""
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def send(browser: FlaskClient, address: str, **form: str):
    """A form sent from its own page."""
    page = browser.get(address).get_data(as_text=True)
    return browser.post(address, data={"csrf_token": token(page), **form})


def sign_in(browser: FlaskClient, username: str, password: str, wanted: str = ""):
    return send(browser, "/app/login", username=username, password=password, next=wanted)


def english(page: str) -> list[str]:
    """English words within the page's own part."""
    return visible_english(page[page.index("<main") : page.index("</main>")])


def text_of(answer) -> str:
    return unescape(answer.get_data(as_text=True))


@pytest.fixture
def user(session: Session) -> User:
    """Somebody with a password, who may only what his positions say."""
    found = session.execute(select(User).where(User.username == "tangruolan")).scalar_one()
    accounts.set_password(session, found, PASSWORD)
    session.commit()
    return found


@pytest.fixture
def clerk(session: Session, user: User, sign_in_as: SignIn) -> Callable[..., FlaskClient]:
    """That user's browser, with exactly these grants."""

    def made(**wanted: set[str]) -> FlaskClient:
        position = records.save(session, Position, None, {"name": "试用岗位"})
        grants.grant(session, position.id, wanted)
        user.roles = [position]
        session.commit()
        return sign_in_as(user.username)

    return made


def id_of(session: Session, model: type, **where: str) -> int:
    """The id of the row with this value, as the database has it now."""
    [(column, value)] = where.items()
    session.rollback()
    found = session.execute(select(model.id).where(getattr(model, column) == value)).scalar_one()
    session.rollback()
    return found


def held_by(session: Session, user: User) -> set[int]:
    """The positions of a user, as the database has them now."""
    session.rollback()
    return grants.held(session, [user.id])[user.id]


# Signing in and out


def test_the_login_page_is_chinese_and_leads_where_one_wanted(client: FlaskClient, user: User) -> None:
    page = client.get("/app/client/?q.name=x")
    assert page.headers["Location"] == "/app/login?next=/app/client/?q.name%3Dx"
    assert english(text_of(client.get("/app/login"))) == []
    answer = sign_in(client, "tangruolan", PASSWORD, "/app/client/?q.name=x")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/app/client/?q.name=x")
    assert client.get("/app/").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/app/", "//evil.example/app/", "/\\evil.example", "/app/\\..", "javascript:alert(1)",
     "///evil", "/app/\r\nSet-Cookie: x=1", "evil.example/app/", "/static/x", "", "/app/login",
     "/app/login?next=/app/client/"],
)  # fmt: skip
def test_nobody_is_led_astray(client: FlaskClient, user: User, wanted: str) -> None:
    assert sign_in(client, "tangruolan", PASSWORD, wanted).headers["Location"] == "/app/"


def test_a_refusal_keeps_the_name_and_says_why_in_chinese(client: FlaskClient, user: User) -> None:
    answer = sign_in(client, "tangruolan", "wrong")
    assert answer.status_code == 401
    assert "登录名或密码不正确" in text_of(answer)
    assert 'value="tangruolan"' in text_of(answer)
    assert "wrong" not in text_of(answer)
    assert sign_in(client, "tangruolan", "").status_code == 422
    assert client.get("/app/").status_code == 302


def test_no_sign_in_without_a_token(client: FlaskClient, user: User) -> None:
    assert client.post("/app/login", data={"username": "tangruolan", "password": PASSWORD}).status_code == 400


def test_an_old_cookie_dies_with_the_sign_out(client: FlaskClient, user: User) -> None:
    sign_in(client, "tangruolan", PASSWORD)
    stolen = client.get_cookie("patentdesk").value
    answer = client.post("/app/logout", data={"csrf_token": token(client.get("/app/").get_data(as_text=True))})
    assert answer.headers["Location"] == "/app/login"
    client.set_cookie("patentdesk", stolen)
    assert client.get("/app/").status_code == 302


def test_nobody_is_signed_out_by_a_link(client: FlaskClient, user: User) -> None:
    sign_in(client, "tangruolan", PASSWORD)
    assert client.get("/app/logout").status_code == 405
    assert client.get("/app/").status_code == 200


def test_attempts_are_in_the_log_with_their_address(client: FlaskClient, user: User, session: Session) -> None:
    sign_in(client, "tangruolan", "wrong")
    sign_in(client, "tangruolan", PASSWORD)
    query = select(LoginEvent.outcome, LoginEvent.ip, LoginEvent.user_id).order_by(LoginEvent.id)
    assert [(o.name, ip, key) for o, ip, key in session.execute(query)] == [
        ("WRONG_PASSWORD", "127.0.0.1", user.id), ("SUCCESS", "127.0.0.1", user.id),
    ]  # fmt: skip


def test_a_one_time_password_must_be_changed_before_anything_else(
    client: FlaskClient, user: User, session: Session
) -> None:
    [(_user, made)] = accounts.reset_passwords(session, [user.id])
    sign_in(client, "tangruolan", made)
    for path in ("/app/", "/app/profile", "/app/client/"):
        assert client.get(path).headers["Location"] == "/app/password"
    assert client.get("/api/v1/client").status_code == 403
    assert english(text_of(client.get("/app/password"))) == []
    weak = send(client, "/app/password", old=made, new="weak", again="weak")
    assert weak.status_code == 422
    assert "密码至少 8 位" in text_of(weak)
    assert send(client, "/app/password", old=made, new="Better-one-1", again="Better-one-1").status_code == 303
    assert client.get("/app/").status_code == 200


# One's own data


def test_own_password(client: FlaskClient, user: User) -> None:
    sign_in(client, "tangruolan", PASSWORD)
    page = client.get("/app/profile")
    assert english(text_of(page)) == ["tangruolan"]
    form = {"csrf_token": token(page.get_data(as_text=True)), "old_password": "wrong", "new_password": "Better-one-1"}
    refused = client.post("/app/profile/password", data=form | {"repeat": "Better-one-1"})
    assert (refused.status_code, "原密码不正确" in text_of(refused)) == (422, True)
    refused = client.post("/app/profile/password", data=form | {"old_password": PASSWORD, "repeat": "Other-one-1"})
    assert (refused.status_code, "两次输入的新密码不一致" in text_of(refused)) == (422, True)
    done = client.post("/app/profile/password", data=form | {"old_password": PASSWORD, "repeat": "Better-one-1"})
    assert "密码修改成功" in text_of(client.get(done.headers["Location"]))


def test_a_change_of_password_ends_the_other_sessions(app: Flask, client: FlaskClient, user: User) -> None:
    other = app.test_client()
    for browser in (client, other):
        sign_in(browser, "tangruolan", PASSWORD)
    page = client.get("/app/profile").get_data(as_text=True)
    new = {"old_password": PASSWORD, "new_password": "Better-one-1", "repeat": "Better-one-1"}
    client.post("/app/profile/password", data={"csrf_token": token(page), **new})
    assert client.get("/app/").status_code == 200
    assert other.get("/app/").status_code == 302


def test_own_data_and_no_more(client: FlaskClient, user: User, session: Session) -> None:
    sign_in(client, "tangruolan", PASSWORD)
    form = {"phone": "010-1", "mobile": "", "email": "me@example.com", "username": "boss", "active": ""}
    assert send(client, "/app/profile", **form).status_code == 303
    session.rollback()
    assert (user.phone, user.mobile, user.email, user.username) == ("010-1", None, "me@example.com", "tangruolan")
    refused = send(client, "/app/profile", phone="010-2", email="nonsense")
    assert refused.status_code == 422
    assert 'value="010-2"' in text_of(refused)
    assert "邮箱地址格式不正确" in text_of(refused)


def authenticate(_server, _session, _envelope, _mechanism, given) -> AuthResult:
    """The one account of the mail server."""
    right = (given.login, given.password) == (b"me@example.com", b"mail-secret")
    return AuthResult(success=right, handled=right)


@pytest.fixture
def mail_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A real SMTP server in this process, which people may use although it is inside; its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    sessions: list[SMTP] = []

    def session() -> SMTP:
        sessions.append(SMTP(object(), authenticator=authenticate, auth_require_tls=False, loop=loop))
        return sessions[-1]

    async def start() -> asyncio.Server:
        return await loop.create_server(session, "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(5)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setitem(app.config, "MAIL_PRIVATE_HOSTS", [f"127.0.0.1:{port}"])
    yield port

    async def stop() -> None:
        """Also what clients left open: nothing of it may live on into other tests."""
        server.close()
        for one in sessions:
            if one.transport is not None:
                one.transport.abort()
        await asyncio.sleep(0)
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)

    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def mail_form(mail_port: int, **changes: str) -> dict[str, str]:
    return {"address": "me@example.com", "host": "127.0.0.1", "port": str(mail_port), "security": "NONE",
            "username": "me@example.com", "password": "mail-secret"} | changes  # fmt: skip


def test_a_mailbox_is_really_tried_out_and_kept_encrypted(
    app: Flask, admin: FlaskClient, session: Session, mail_server: int
) -> None:
    answer = admin.post("/app/profile/mail/test", json=mail_form(mail_server))
    assert answer.get_json()["ok"], answer.get_json()
    kept = session.execute(select(Preference.value).where(Preference.key == mailbox.KEY)).scalar_one()
    assert "mail-secret" not in str(kept)
    key = id_of(session, User, username="admin")
    box = mailbox.mailbox_of(session, key, Vault(app.config["DATA_DIR"]))
    assert (box.password, bool(box.tested_at)) == ("mail-secret", True)
    page = text_of(admin.get("/app/profile"))
    assert "mail-secret" not in page
    assert "留空则保留原密码" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "wrong"}, "password"),
        ({"port": "1"}, "port"),
        ({"port": "25"}, "host"),
        ({"security": "SSL"}, "host"),
        ({"security": "STARTTLS"}, "host"),
        ({"address": "nobody"}, "address"),
        ({"port": "99999"}, "port"),
        ({"host": "a b"}, "host"),
        ({"security": "ROT13"}, "security"),
    ],
)
def test_a_mailbox_that_fails_says_where(
    admin: FlaskClient, session: Session, mail_server: int, changes: dict[str, str], field: str
) -> None:
    answer = admin.post("/app/profile/mail/test", json=mail_form(mail_server, **changes))
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, field)
    assert re.search(r"[\u4e00-\u9fff]", answer.get_json()["message"])
    assert session.execute(select(Preference.id).where(Preference.key == mailbox.KEY)).first() is None


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "0.0.0.0", "10.0.0.1", "192.168.1.1", "172.16.0.9",
             "169.254.169.254", "fe80::1", "fd00::1", "2130706433"]
)  # fmt: skip
def test_the_mail_test_explores_no_network(admin: FlaskClient, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.create_connection", lambda *_a, **_k: pytest.fail("connected"))
    answers = [admin.post("/app/profile/mail/test", json=mail_form(port, host=host)) for port in (25, 587)]
    assert [a.status_code for a in answers] == [422, 422]
    assert {a.get_json()["errors"][0]["field"] for a in answers} == {"host"}
    assert len({a.get_json()["message"].replace(":587", ":25") for a in answers}) == 1


def test_the_firms_own_mail_server_may_be_inside(session: Session) -> None:
    with unit_of_work(session):
        parameter = session.execute(select(SystemParameter).where(SystemParameter.code == "mail_server")).scalar_one()
        parameter.value = "Mail.intern"
    trusted = mailbox.inside(session, ["127.0.0.1:2600"])
    assert trusted == {"127.0.0.1:2600"} | {f"mail.intern:{port}" for port in (25, 465, 587, 2525)}


def test_a_kept_mail_password_goes_to_no_other_server(admin: FlaskClient, mail_server: int) -> None:
    assert admin.post("/app/profile/mail/test", json=mail_form(mail_server)).status_code == 200
    assert admin.post("/app/profile/mail/test", json=mail_form(mail_server, password="")).status_code == 200
    answer = admin.post("/app/profile/mail/test", json=mail_form(mail_server, password="", host="localhost"))
    assert answer.get_json()["errors"][0]["field"] == "password"


# Departments and users


def test_the_page_shows_tree_form_and_the_departments_own_users(admin: FlaskClient, session: Session) -> None:
    key = id_of(session, Department, name="机械组")
    page = text_of(admin.get(f"/app/user/?q.department={key}"))
    rows = page[page.index("<tbody>") : page.index("</tbody>")]
    names = session.execute(select(User.username).where(User.department_id == key)).scalars().all()
    assert sorted(re.findall(r'class="id" href="/app/user/\d+">([^<]+)', rows)) == sorted(names)
    assert f'data-id="{key}"' in page
    assert f'action="/app/department/{key}/edit?home=1"' in page
    assert english(page) == []


def test_a_department_changed_in_the_tree_leads_back_there(admin: FlaskClient, session: Session) -> None:
    parent = id_of(session, Department, name="代理部")
    made = admin.post("/app/department/new?home=1", data={"name": "新组", "parent": str(parent)})
    key = id_of(session, Department, name="新组")
    assert (made.status_code, made.headers["Location"]) == (303, f"/app/user/?q.department={key}")
    changed = admin.post(f"/app/department/{key}/edit?home=1", data={"name": "改名组", "version": "1"})
    assert changed.headers["Location"] == f"/app/user/?q.department={key}"
    assert id_of(session, Department, name="改名组") == key


def test_a_department_with_people_or_departments_stays(admin: FlaskClient, session: Session) -> None:
    for name, words in [("机械组", "名人员，请先将其转到其他部门"), ("代理部", "“代理部”下还有")]:
        answer = admin.post("/app/department/delete", json={"ids": [id_of(session, Department, name=name)]})
        assert answer.status_code == 409
        assert words in answer.get_json()["message"]


def test_no_department_stands_below_itself(admin: FlaskClient, session: Session) -> None:
    above, below = id_of(session, Department, name="代理部"), id_of(session, Department, name="机械组")
    form = {"name": "代理部", "parent": str(below), "version": "1"}
    answer = admin.post(f"/app/department/{above}/edit", data=form)
    assert (answer.status_code, "部门不能隶属于自己或自己的下级" in text_of(answer)) == (422, True)


def test_a_new_user_is_told_his_password_once(admin: FlaskClient, client: FlaskClient, session: Session) -> None:
    key = id_of(session, Department, name="机械组")
    form = {"username": "new.user", "first_name": "新人", "user_type": UserType.ATTORNEY.name, "department": str(key)}
    made = admin.post("/app/user/new", data=form)
    assert (made.status_code, made.headers["Location"]) == (303, f"/app/user/?q.department={key}")
    cookie = admin.get_cookie("patentdesk").value
    first, again = (text_of(admin.get(made.headers["Location"])) for _time in range(2))
    assert "new.user</a>" in first
    password = re.search(r'"password": "([^"]+)"', first)[1]
    assert '"password": "' not in again
    assert password not in cookie
    assert sign_in(client, "new.user", password).status_code == 303
    assert client.get("/app/").headers["Location"] == "/app/password"


def test_reset_shows_each_password_once_and_writes_it_nowhere(
    admin: FlaskClient, client: FlaskClient, user: User, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    body = admin.post("/app/user/reset_password", json={"ids": [user.id]}).get_json()
    [row] = body["passwords"]
    assert row["username"] == "tangruolan"
    assert sign_in(client, "tangruolan", row["password"]).status_code == 303
    entries = session.execute(select(AuditEntry.changes, AuditEntry.reason)).all()
    assert row["password"] not in str(entries) + caplog.text + text_of(admin.get(f"/app/user/{user.id}/history"))


def test_invalid_users_vanish_from_pickers_and_come_back(admin: FlaskClient, user: User) -> None:
    def picked() -> list[int]:
        return [r["id"] for r in admin.get("/app/user/pick?q=唐若岚").get_json()["results"]]

    assert picked() == [user.id]
    assert admin.post("/app/user/action/set_invalid", json={"ids": [user.id]}).get_json()["ok"]
    assert picked() == []
    assert admin.post("/app/user/action/set_valid", json={"ids": [user.id]}).get_json()["ok"]
    assert picked() == [user.id]


def test_users_move_to_another_department(admin: FlaskClient, user: User, session: Session) -> None:
    key = id_of(session, Department, name="流程部")
    body = {"ids": [user.id], "inputs": {"department_id": str(key)}}
    assert admin.post("/app/user/action/move", json=body).get_json()["ok"]
    session.rollback()
    assert user.department_id == key
    assert admin.post("/app/user/action/move", json={"ids": [user.id], "inputs": {}}).status_code == 422


def test_a_clerk_with_user_rights_cannot_reach_the_administrator(
    clerk: Callable[..., FlaskClient], session: Session
) -> None:
    browser = clerk(user={"read", "edit", "delete", "reset_password"})
    key = id_of(session, User, username="admin")
    for path, body in [
        ("/app/user/reset_password", {"ids": [key]}),
        ("/app/user/action/set_invalid", {"ids": [key]}),
        ("/app/user/delete", {"ids": [key]}),
    ]:
        answer = browser.post(path, json=body)
        assert (answer.status_code, "passwords" in answer.get_json()) == (403, False), path


def test_without_the_function_there_is_neither_button_nor_deed(clerk: Callable[..., FlaskClient], user: User) -> None:
    browser = clerk(user={"read"}, position={"read"}, user_assignment={"read"})
    page = text_of(browser.get("/app/user/"))
    assert 'data-name="reset_password"' not in page
    assert "/app/department/new" not in page
    for path in ("/app/user/reset_password", "/app/user/action/move", "/app/user_assignment/assign",
                 "/app/user_assignment/positions", f"/app/position/{user.roles[0].id}/functions"):  # fmt: skip
        assert browser.post(path, json={"ids": [user.id]}).status_code == 403, path


def toolbar(page: str) -> list[str]:
    """The words of a list's buttons, in order."""
    bar = page.split('role="toolbar"')[1].split('class="chips-row"')[0]
    return re.findall(r'data-name="[^"]*"[^>]*>(?:<svg.*?</svg>)?\s*([\u4e00-\u9fff]+)</(?:a|button)>', bar, re.S)


def offered(form: str, name: str) -> list[str]:
    """The choices of a select."""
    return re.findall(r"<option[^>]+>([^<]+)</option>", form.split(f'name="{name}"')[1].split("</select>")[0])


def heading(page: str) -> str:
    return re.search(r"<h1>([^<]+)</h1>", page)[1]


def test_the_buttons_of_users_are_the_manuals(admin: FlaskClient, session: Session) -> None:
    """A-2.2.1.2.2-02."""
    key = id_of(session, Department, name="机械组")
    page = text_of(admin.get(f"/app/user/?q.department={key}"))
    assert toolbar(page) == ["重置密码", "新增", "修改", "删除", "置为无效", "置为有效", "转部门"]
    assert f'href="/app/user/new?department={key}"' in page
    assert re.search(r'data-name="delete"[^>]*data-confirm="是否确认删除', page.replace("\n", " "))
    assert re.search(r'data-url="/app/user/\d+/edit"', page)


def test_the_form_of_a_user_is_the_manuals(admin: FlaskClient, session: Session) -> None:
    """A-2.2.1.2.2-01, -03, -04, -06, -08."""
    department = id_of(session, Department, name="机械组")
    form = text_of(admin.get(f"/app/user/new?department={department}"))
    assert heading(form) == "增加用户信息"
    kinds = ["合伙人", "业务主管", "流程主管", "代理师", "代理助理", "翻译员", "辅助人员"]
    assert [o for o in offered(form, "user_type") if o.strip()] == kinds
    for name in ("username", "first_name", "user_type", "department"):
        assert re.search(rf'<label for="f-{name}" class="req">', form), name
    for name in ("certificate_no", "phone", "mobile", "email", "remark"):
        assert f'name="{name}"' in form, name
    assert f'name="department" value="{department}"' in form.replace("\n", " ")
    data = {"username": "wang.new", "first_name": "王新", "user_type": "ATTORNEY", "department": str(department),
            "certificate_no": "1100012345.6", "phone": "010-1", "remark": "试用期"}  # fmt: skip
    for name in ("username", "first_name", "user_type", "department"):
        assert admin.post("/app/user/new", data=data | {name: ""}).status_code == 422
    admin.post("/app/user/new", data=data)
    key = id_of(session, User, username="wang.new")
    edit = text_of(admin.get(f"/app/user/{key}/edit"))
    assert heading(edit) == "修改用户信息"
    version = re.search(r'name="version"\s+value="(\d+)"', edit)[1]
    changed = admin.post(f"/app/user/{key}/edit", data=data | {"version": version, "mobile": "13800000000"})
    assert (changed.status_code, changed.headers["Location"]) == (303, f"/app/user/?q.department={department}")
    session.rollback()
    kept = session.get(User, key)
    assert (kept.mobile, kept.certificate_no, kept.user_type) == ("13800000000", "1100012345.6", UserType.ATTORNEY)


def test_a_login_name_is_given_once(admin: FlaskClient, session: Session) -> None:
    """A-2.2.1.2.2-04."""
    department = id_of(session, Department, name="机械组")
    data = {"username": "tangruolan", "first_name": "另一人", "user_type": "ATTORNEY", "department": str(department)}
    answer = admin.post("/app/user/new", data=data)
    assert (answer.status_code, 'data-goto="username"' in text_of(answer)) == (422, True)


def test_users_are_deleted_after_a_question(admin: FlaskClient, session: Session) -> None:
    """A-2.2.1.2.2-09."""
    department = id_of(session, Department, name="机械组")
    data = {"username": "gone", "first_name": "离开", "user_type": "SUPPORT_STAFF", "department": str(department)}
    admin.post("/app/user/new", data=data)
    key = id_of(session, User, username="gone")
    assert admin.post("/app/user/delete", json={"ids": [key]}).status_code == 200
    session.rollback()
    assert session.get(User, key) is None


def test_several_passwords_are_reset_at_once(admin: FlaskClient, session: Session) -> None:
    """A-2.2.1.2.2-07, A-msg-04; to 111111 where the firm wants that."""
    parameter = session.scalars(select(SystemParameter).where(SystemParameter.code == "password_reset_mode")).one()
    records.save(session, SystemParameter, parameter.id, {"value": "FIXED"})
    ids = [id_of(session, User, username=name) for name in ("tangruolan", "qinshuyu")]
    body = admin.post("/app/user/reset_password", json={"ids": ids}).get_json()
    assert body["message"] == "密码重置成功"
    assert [row["password"] for row in body["passwords"]] == ["111111", "111111"]


def test_the_form_of_a_department_is_the_manuals(admin: FlaskClient, session: Session) -> None:
    """A-2.2.1.2.1-01, -02, -04: 添加机构 from the tree; 【返回】 keeps nothing; the name is changed above the users."""
    tree = text_of(admin.get("/app/user/"))
    assert "/app/department/new?home=1" in tree
    form = text_of(admin.get("/app/department/new?home=1"))
    assert heading(form) == "添加机构"
    assert re.search(r'<label for="f-name" class="req">', form)
    for name in ("name", "parent", "code", "remark"):
        assert f'name="{name}"' in form, name
    assert 'href="/app/user/?view=all" data-back>返回' in form.replace("\n", " ")
    assert admin.post("/app/department/new?home=1", data={"name": ""}).status_code == 422


def test_an_empty_department_is_deleted(admin: FlaskClient, session: Session) -> None:
    """A-2.2.1.2.1-05."""
    admin.post("/app/department/new?home=1", data={"name": "空部门"})
    key = id_of(session, Department, name="空部门")
    assert admin.post("/app/department/delete", json={"ids": [key]}).status_code == 200
    session.rollback()
    assert session.get(Department, key) is None


# Positions


def test_the_form_of_a_position_is_the_manuals(admin: FlaskClient, session: Session) -> None:
    """A-2.2.2.2-02 to -05."""
    form = text_of(admin.get("/app/position/new?home=1"))
    assert heading(form) == "新增岗位"
    assert [o for o in offered(form, "position_type") if o.strip()] == ["管理人员", "非管理人员"]
    for name in ("name", "position_type"):
        assert re.search(rf'<label for="f-{name}" class="req">', form), name
    data = {"name": "试用岗位", "position_type": "MANAGEMENT", "remark": "说明"}
    answer = admin.post("/app/position/new?home=1", data=data)
    key = id_of(session, Position, name="试用岗位")
    assert answer.headers["Location"] == f"/app/position/define?id={key}"
    edit = text_of(admin.get(f"/app/position/{key}/edit?home=1"))
    assert heading(edit) == "修改岗位信息"
    assert f'href="/app/position/define?id={key}" data-back>返回' in edit.replace("\n", " ")
    version = re.search(r'name="version"\s+value="(\d+)"', edit)[1]
    changed = data | {"position_type": "ORDINARY", "version": version}
    assert admin.post(f"/app/position/{key}/edit?home=1", data=changed).status_code == 303
    page = text_of(admin.get(f"/app/position/define?id={key}")).replace("\n", " ")
    assert re.search(r'data-name="drop"[^>]*data-confirm="是否确认删除“试用岗位”', page)


def test_rights_of_several_positions_add_up(session: Session, user: User, sign_in_as: SignIn) -> None:
    """A-2.2.3.1-01."""
    held = []
    for name, table in (("试用一", "country"), ("试用二", "division")):
        held.append(records.save(session, Position, None, {"name": name}))
        grants.grant(session, held[-1].id, {table: {"read"}})
    user.roles = held
    session.commit()
    browser = sign_in_as(user.username)
    assert [browser.get(f"/app/{t}/").status_code for t in ("country", "division", "client")] == [200, 200, 403]


def test_until_a_position_is_chosen_only_add_can_be_pressed(admin: FlaskClient) -> None:
    page = text_of(admin.get("/app/position/define"))
    assert english(page) == []
    assert re.search(r'<a class="btn[^"]*" href="/app/position/new\?home=1"', page)
    for name in ("edit", "copy", "drop"):
        assert re.search(rf'data-name="{name}"[^>]*disabled', page), name


def ticked(page: str) -> set[str]:
    return {m[1] for m in re.finditer(r'<input type="checkbox" name="([^"]+)"[^>]* checked', page)}


def test_ticked_functions_are_saved_and_ticked_again(admin: FlaskClient, session: Session) -> None:
    position = records.save(session, Position, None, {"name": "试用岗位"})
    session.commit()
    address = f"/app/position/define?id={position.id}"
    page = text_of(admin.get(address))
    assert english(page) == []
    assert ticked(page) == set()
    body = {"version": position.version, "functions": {"client": ["read", "fee"], "case": ["edit"]}}
    answer = admin.post(f"/app/position/{position.id}/functions", json=body)
    assert answer.get_json()["ok"], answer.get_json()
    assert ticked(text_of(admin.get(address))) == {"client.read", "client.fee", "case.read", "case.edit"}
    stale = admin.post(f"/app/position/{position.id}/functions", json=body)
    assert (stale.status_code, "已被他人修改" in stale.get_json()["message"]) == (409, True)
    told = text_of(admin.get(f"/app/position/{position.id}/history"))
    assert "客户管理 客户管理－费用" in told


def test_every_table_and_special_function_has_its_box(admin: FlaskClient, app: Flask, session: Session) -> None:
    key = id_of(session, Position, name="收文员")
    page = text_of(admin.get(f"/app/position/define?id={key}"))
    boxes = {m[1] for m in re.finditer(r'<input type="checkbox" name="([^"]+)"', page)}
    wanted = {f"{t}.{p}" for t, permissions in app.extensions["patentdesk.permissions"].items() for p in permissions}
    assert boxes == wanted


def test_the_administrators_position_cannot_be_touched(admin: FlaskClient, session: Session) -> None:
    key = id_of(session, Position, name=ADMIN_POSITION)
    page = text_of(admin.get(f"/app/position/define?id={key}"))
    assert "data-keep" not in page
    assert not re.search(r'<input type="checkbox" name="[^"]+"(?![^>]* disabled)', page)
    for path, body in [
        (f"/app/position/{key}/functions", {"version": 1, "functions": {}}),
        (f"/app/position/{key}/fields", {"version": 1, "table": "client", "rights": {"name": "HIDDEN"}}),
        (f"/app/position/{key}/copy", {"inputs": {"name": "Second"}}),
        (f"/app/position/{key}/drop", {}),
        ("/app/position/delete", {"ids": [key]}),
    ]:
        assert admin.post(path, json=body).status_code == 403, path


def test_field_rights_of_one_table_leave_the_others(admin: FlaskClient, session: Session) -> None:
    position = records.save(session, Position, None, {"name": "试用岗位"})
    session.commit()
    address, version = f"/app/position/{position.id}/fields", position.version
    for table, rights in [("client", {"name": "READ_ONLY", "fax": ""}), ("case", {"title": "HIDDEN"})]:
        answer = admin.post(address, json={"version": version, "table": table, "rights": rights})
        assert answer.status_code == 200, answer.get_json()
        version = answer.get_json()["version"]
    page = text_of(admin.get(f"/app/position/define?id={position.id}&tab=fields&table=client"))
    assert english(page) == []
    assert re.search(r'name="name" value="READ_ONLY"[^>]* checked', page)
    session.rollback()
    assert len(grants.field_rights_of(session, position.id)) == 2
    for bad in ({"table": "client", "rights": {"password": "HIDDEN"}}, {"table": "client", "rights": {"name": "X"}},
                {"table": "nothing", "rights": {}}, {"table": "client"}):  # fmt: skip
        assert admin.post(address, json={"version": version} | bad).status_code == 422


def test_a_position_is_copied_and_deleted(admin: FlaskClient, session: Session) -> None:
    key = id_of(session, Position, name="收文员")
    made = admin.post(f"/app/position/{key}/copy", json={"inputs": {"name": "收文员二"}}).get_json()
    copy = id_of(session, Position, name="收文员二")
    assert made["url"] == f"/app/position/define?id={copy}"
    assert grants.granted(session, copy) == grants.granted(session, key) != {}
    session.rollback()
    assert admin.post(f"/app/position/{copy}/drop", json={}).get_json()["url"] == "/app/position/define"
    assert session.get(Position, copy) is None


# Assignment


def test_users_are_found_by_position_and_name(admin: FlaskClient) -> None:
    page = text_of(admin.get("/app/user_assignment/?q.positions=立卷复核员"))
    assert english(page) == []
    assert re.findall(r'data-id="\d+".*?class="id" href="/app/user/\d+">([^<]+)', page) == ["zhoumuyao"]
    assert "林以宸" in text_of(admin.get("/app/user_assignment/?q.first_name=林"))
    none = text_of(admin.get("/app/user_assignment/?q.positions=收文员&q.first_name=林"))
    assert "linyichen" not in none


def test_one_queries_for_the_positions_there_are_now(admin: FlaskClient, session: Session) -> None:
    """In the list of users, and while positions are given."""
    for page in ("/app/user/", "/app/user_assignment/"):
        assert 'id="q.positions"' in admin.get(page).get_data(as_text=True)
        assert "新设岗位" not in admin.get(page).get_data(as_text=True)
    records.save(session, Position, None, {"name": "新设岗位"})
    for page in ("/app/user/", "/app/user_assignment/"):
        assert 'data-label="新设岗位"' in admin.get(page).get_data(as_text=True)
        session.rollback()


def test_positions_are_given_and_all_taken(admin: FlaskClient, user: User, session: Session) -> None:
    told = admin.post("/app/user_assignment/positions", json={"ids": [user.id]}).get_json()
    before = {p["id"] for p in told["positions"] if p["held"]}
    assert before == {r.id for r in user.roles}
    assert "Public" not in [p["name"] for p in told["positions"]]
    key = id_of(session, Position, name="收文员")
    body = {"ids": [user.id], "add": [key], "remove": []}
    assert admin.post("/app/user_assignment/assign", json=body).get_json()["ok"]
    assert held_by(session, user) == before | {key}
    body = {"ids": [user.id], "add": [], "remove": sorted(before | {key})}
    assert admin.post("/app/user_assignment/assign", json=body).get_json()["ok"]
    assert held_by(session, user) == set()
    assert "授予岗位" in text_of(admin.get(f"/app/user/{user.id}/history"))


def test_the_last_administrator_cannot_give_his_position_away(admin: FlaskClient, session: Session) -> None:
    user_id, position_id = id_of(session, User, username="admin"), id_of(session, Position, name=ADMIN_POSITION)
    answer = admin.post("/app/user_assignment/assign", json={"ids": [user_id], "remove": [position_id]})
    assert (answer.status_code, "至少要保留一名" in answer.get_json()["message"]) == (409, True)


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": [1], "add": "1"}, {"ids": [1], "add": ["1"]}, [], [1]])
def test_a_garbled_assignment_is_refused(admin: FlaskClient, body: object) -> None:
    assert admin.post("/app/user_assignment/assign", json=body).status_code == 422
