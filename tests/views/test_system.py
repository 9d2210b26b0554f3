"""系统参数配置 (A-2.1.1): one page, a control for each kind, secrets that never come back, what waits for a restart."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services import parameters, records
from models.audit import AuditEntry
from models.system import SystemParameter
from tests.kit import visible_english

URL = "/app/system_parameter/"
SECRET = "Geheim-Wort-77"


@pytest.fixture(autouse=True)
def as_started() -> Iterator[None]:
    """What this process remembers of its start is as before afterwards."""
    before = dict(parameters._AT_START)
    yield
    parameters._AT_START.clear()
    parameters._AT_START.update(before)


def page(browser: FlaskClient) -> str:
    return browser.get(URL).get_data(as_text=True)


def form(browser: FlaskClient) -> dict[str, str]:
    """The form of the page as a browser would send it back."""
    html, found = page(browser).replace("\n", " "), {}
    for name, value in re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', html):
        found[name] = value
    for name, inside in re.findall(r'<select[^>]*? name="([^"]+)"[^>]*>(.*?)</select>', html):
        found[name] = re.search(r'value="([^"]*)" selected', inside).group(1)
    for name, inside in re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>(.*?)</textarea>', html):
        found[name] = inside
    return {k: v for k, v in found.items() if k != "csrf_token" and not k.startswith("clear.")}


def save(browser: FlaskClient, **values: str) -> Any:
    return browser.post(f"{URL}save", data=form(browser) | values)


def kept(session: Session, code: str) -> SystemParameter:
    session.rollback()
    return session.scalars(select(SystemParameter).where(SystemParameter.code == code)).one()


def line(html: str, code: str) -> str:
    return html.split(f'<tr id="{code}"')[1].split("</tr>")[0]


def test_all_parameters_stand_on_one_page(admin: FlaskClient, session: Session) -> None:
    """A-2.1.1-01, A-2.1.1.1-01, -02: name, content and explanation of each, and the advice for the first use."""
    html = page(admin)
    assert "建议第一次使用系统时，能填写的都填上" in html
    heads = re.findall(r'<th scope="col">([^<]+)</th>', html)
    assert heads == ["参数名称", "内容", "说明"]
    for code in session.scalars(select(SystemParameter.code)):
        assert f'<tr id="{code}"' in html
    for name in ("代理机构名称", "机构代码", "机构地址", "邮编", "电话", "传真", "机构性质", "自定义编码",
                 "自动生成费单", "发件人邮箱", "SMTP服务器", "端口", "账号", "密码或授权码", "使用SSL"):  # fmt: skip
        assert f">{name}</label>" in html, name
    assert set(visible_english(html)) == set()


def test_each_kind_has_its_control(admin: FlaskClient) -> None:
    html = page(admin).replace("\n", " ")
    nature = re.findall(r'<option value="(\w*)"[^>]*>([^<]*)', line(html, "firm_nature"))
    assert [o for o in nature if o[0]] == [("COMPANY", "公司制"), ("PARTNERSHIP", "合伙制")]
    switch = re.findall(r'<option value="(\w*)"[^>]*>([^<]*)', line(html, "mail_ssl"))
    assert [o for o in switch if o[0]] == [("1", "启用"), ("0", "停用")]
    assert 'type="password"' in line(html, "mail_password")
    assert 'inputmode="decimal"' in line(html, "mail_port") or "num" in line(html, "mail_port")


def test_what_was_typed_is_there_after_saving(admin: FlaskClient, session: Session) -> None:
    """A-2.1.1.2-01; nothing else changes, and the history says who and what."""
    before = dict(session.execute(select(SystemParameter.code, SystemParameter.version)).all())
    session.rollback()
    answer = save(admin, agency_name="衡智专利代理事务所", agency_code="11999", firm_nature="PARTNERSHIP")
    assert (answer.status_code, answer.headers["Location"]) == (303, URL)
    html = page(admin)
    assert 'value="衡智专利代理事务所"' in line(html, "agency_name").replace("\n", " ")
    assert re.search(r'value="PARTNERSHIP" selected', line(html, "firm_nature"))
    after = dict(session.execute(select(SystemParameter.code, SystemParameter.version)).all())
    changed = {code for code in after if after[code] != before[code]}
    assert changed == {"agency_name", "agency_code", "firm_nature"}
    history = admin.get(f"{URL}{kept(session, 'firm_nature').id}/history").get_data(as_text=True)
    assert "公司制" in history
    assert "合伙制" in history
    assert "PARTNERSHIP" not in history


def test_values_are_read_wherever_they_are_used(admin: FlaskClient, session: Session) -> None:
    """A-2.1.1.2-02."""
    save(admin, agency_name="衡智专利代理事务所")
    assert parameters.value(session, "agency_name") == "衡智专利代理事务所"


def test_some_take_effect_after_a_restart_and_say_so(admin: FlaskClient, session: Session) -> None:
    """A-2.1.1.2-03: the old value holds until then, and the page tells both."""
    parameters.freeze(session)
    assert "重启后生效" in line(page(admin), "custom_numbering")
    assert "重启后生效" not in line(page(admin), "agency_name")
    save(admin, custom_numbering="0")
    assert kept(session, "custom_numbering").value == "0"
    assert parameters.value(session, "custom_numbering") == "1"
    assert "重启前仍按：启用" in line(page(admin), "custom_numbering")
    parameters.freeze(session)
    assert parameters.value(session, "custom_numbering") == "0"
    assert "重启前仍按" not in line(page(admin), "custom_numbering")


@pytest.mark.parametrize(("code", "value"), [
    ("firm_nature", "CIRCUS"), ("firm_nature", ""), ("mail_port", "abc"), ("mail_port", "-1"), ("mail_ssl", "maybe"),
    ("custom_numbering", "2"), ("agency_name", "长" * 501),
])  # fmt: skip
def test_wrong_contents_are_refused_all_together(code: str, value: str, admin: FlaskClient, session: Session) -> None:
    answer = save(admin, agency_phone="010-1", **{code: value})
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert f'data-goto="{code}"' in html
    assert re.search("[\u4e00-\u9fff]", re.search(r'class="err cap".*?<span>([^<]+)', line(html, code), re.S).group(1))
    assert 'value="010-1"' in line(html, "agency_phone").replace("\n", " ")
    assert kept(session, "agency_phone").value is None


def test_of_two_administrators_the_later_is_told(admin: FlaskClient, session: Session) -> None:
    mine = form(admin)
    records.save(session, SystemParameter, kept(session, "agency_phone").id, {"value": "010-2"})
    session.rollback()
    answer = admin.post(f"{URL}save", data=mine | {"agency_phone": "010-1"})
    assert answer.status_code == 422
    assert kept(session, "agency_phone").value == "010-2"
    other = admin.post(f"{URL}save", data=mine | {"agency_phone": mine["agency_phone"], "agency_fax": "010-3"})
    assert other.status_code == 422 or kept(session, "agency_fax").value == "010-3"


class TestSecret:
    """The mail password: encrypted at rest, never sent back, by whatever way it came."""

    @pytest.fixture
    def known(self, admin: FlaskClient) -> None:
        assert save(admin, mail_password=SECRET).status_code == 303

    def test_it_is_encrypted_and_can_be_read_by_the_program(self, known: None, session: Session) -> None:
        row = kept(session, "mail_password")
        assert row.value is None
        assert row.secret
        assert SECRET not in row.secret
        assert parameters.secret(session, "mail_password") == SECRET

    def test_it_never_leaves(self, known: None, admin: FlaskClient, session: Session) -> None:
        row = kept(session, "mail_password")
        key, token = row.id, row.secret
        session.rollback()
        for path in (URL, f"{URL}{key}", f"{URL}{key}/edit", f"{URL}{key}/history", f"{URL}export?format=csv&scope=all",
                     "/api/v1/system_parameter?size=200", f"/api/v1/system_parameter/{key}", "/api/v1/openapi.json",
                     "/app/audit/", "/app/search?q=Geheim"):  # fmt: skip
            text = admin.get(path, follow_redirects=True).get_data(as_text=True)
            assert SECRET not in text, path
            assert token not in text, path
        for query in (f"q.secret={token[:5]}", f"c=secret~begins~{token[:5]}", "sort=secret"):
            answer = admin.get(f"/api/v1/system_parameter?{query}")
            assert answer.status_code == 422 or token not in answer.get_data(as_text=True)
        stale = admin.patch(f"/api/v1/system_parameter/{key}", json={"version": 0, "value": "x"})
        assert token not in stale.get_data(as_text=True)
        for (changes,) in session.execute(select(AuditEntry.changes).where(AuditEntry.table == "system_parameter")):
            assert SECRET not in str(changes)

    def test_an_empty_field_keeps_it_and_a_tick_removes_it(
        self, known: None, admin: FlaskClient, session: Session
    ) -> None:
        assert "已加密保存" in line(page(admin), "mail_password")
        save(admin, agency_phone="010-1")
        assert parameters.secret(session, "mail_password") == SECRET
        save(admin, **{"clear.mail_password": "1"})
        assert kept(session, "mail_password").secret is None
        assert "尚未设置" in line(page(admin), "mail_password")

    def test_the_interface_locks_it_away_too(self, admin: FlaskClient, session: Session) -> None:
        row = kept(session, "mail_password")
        key, version = row.id, row.version
        session.rollback()
        answer = admin.patch(f"/api/v1/system_parameter/{key}", json={"version": version, "value": SECRET})
        assert answer.status_code == 200
        assert answer.get_json()["value"] is None
        assert parameters.secret(session, "mail_password") == SECRET

    def test_the_history_says_that_it_changed(self, known: None, admin: FlaskClient, session: Session) -> None:
        history = admin.get(f"{URL}{kept(session, 'mail_password').id}/history").get_data(as_text=True)
        assert "密码或授权码" in history
        assert "••••" in history


def test_parameters_are_shipped_not_made(admin: FlaskClient) -> None:
    assert admin.get(f"{URL}new").status_code == 403
    assert admin.post(f"{URL}delete", json={"ids": [1]}).status_code == 403
    assert admin.post("/api/v1/system_parameter", json={"code": "x", "label": "y"}).status_code == 403
    row = admin.get("/api/v1/system_parameter/1").get_json()
    refused = admin.patch("/api/v1/system_parameter/1", json={"version": row["version"], "label": "别名"})
    assert refused.status_code == 403


def test_a_single_parameter_leads_to_its_place(admin: FlaskClient, session: Session) -> None:
    row = kept(session, "agency_name")
    for path in (f"{URL}{row.id}", f"{URL}{row.id}/edit"):
        assert admin.get(path).headers["Location"].endswith("#p-agency_name")
    assert admin.get(f"{URL}999999").status_code == 404


def test_only_administrators(sign_in_as: Callable, client: FlaskClient) -> None:
    """A-2.1-02."""
    manager = sign_in_as("linyichen")
    assert manager.get(URL).status_code == 403
    assert manager.post(f"{URL}save", data={"agency_name": "x"}).status_code == 403
    assert client.get(URL).status_code == 302
