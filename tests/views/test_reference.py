"""微生物保藏单位, 国家/地区, 行政区划 (A-2.1.7, A-2.1.9, A-2.1.10): their pages word by word."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.reference import ReferenceStatus
from app.rules.validity import Validity
from models.reference import Country, Depositary, Division


@dataclass(frozen=True)
class Table:
    """One of the three pages: its titles, a good record, its status column."""

    key: str
    model: Any
    title: str
    add: str
    edit: str
    good: dict[str, str]
    status: str
    standing: list[str]
    fresh: Any
    off: Any

    def __str__(self) -> str:
        return self.key


STATES = ["待生效", "已生效", "恢复", "注销"]
TABLES = [
    Table("depositary", Depositary, "微生物保藏单位配置", "增加微生物保藏单位", "修改微生物保藏单位信息",
          {"code": "ZZCC", "name": "测试保藏中心"}, "status", STATES, ReferenceStatus.EFFECTIVE,
          ReferenceStatus.CANCELLED),
    Table("country", Country, "国家配置", "新增国家地区", "修改国家", {"code": "QQ", "name": "测试国"}, "status",
          STATES, ReferenceStatus.EFFECTIVE, ReferenceStatus.CANCELLED),
    Table("division", Division, "行政区划配置", "增加中华人民共和国行政区划信息", "修改行政区划",
          {"code": "990000", "name": "测试省", "level": "PROVINCE"}, "valid", ["有效", "无效"], Validity.VALID,
          Validity.INVALID),
]  # fmt: skip


@pytest.fixture(params=TABLES, ids=str)
def table(request: pytest.FixtureRequest) -> Table:
    return request.param


def heading(answer: Any) -> str:
    return re.search(r"<h1>([^<]+)</h1>", answer.get_data(as_text=True)).group(1)


def made(admin: FlaskClient, table: Table) -> int:
    answer = admin.post(f"/app/{table.key}/new", data=table.good)
    assert answer.status_code == 303
    return int(re.search(r"/(\d+)", answer.headers["Location"]).group(1))


def of(session: Session, table: Table, key: int) -> Any:
    session.rollback()
    return session.get(table.model, key)


def test_the_page_has_the_manuals_words(table: Table, admin: FlaskClient) -> None:
    answer = admin.get(f"/app/{table.key}/")
    assert heading(answer) == table.title
    bar = answer.get_data(as_text=True).split('role="toolbar"')[1].split('class="chips-row"')[0]
    assert re.findall(r"</svg>\s*([\u4e00-\u9fff]+)</(?:a|button)>", bar) == ["新增", "修改", "删除"]
    assert heading(admin.get(f"/app/{table.key}/new")) == table.add
    assert heading(admin.get(f"/app/{table.key}/1/edit")) == table.edit


def test_a_new_one_is_in_effect_and_its_page_stays_open(table: Table, admin: FlaskClient, session: Session) -> None:
    """【保存】只保存，不关闭页面；新增后状态变为“已生效”; the page of a new one does not ask for it."""
    assert f'name="{table.status}"' not in admin.get(f"/app/{table.key}/new").get_data(as_text=True)
    other = table.off.name
    answer = admin.post(f"/app/{table.key}/new", data=table.good | {table.status: other})
    key = int(re.search(r"/(\d+)/edit$", answer.headers["Location"]).group(1))
    assert getattr(of(session, table, key), table.status) is table.fresh
    assert 'value="' + table.good["code"] in admin.get(answer.headers["Location"]).get_data(as_text=True)


def test_red_fields_are_required(table: Table, admin: FlaskClient) -> None:
    form = admin.get(f"/app/{table.key}/new").get_data(as_text=True)
    for name in ("code", "name"):
        assert re.search(rf'<label for="f-{name}" class="req">', form)
        answer = admin.post(f"/app/{table.key}/new", data=table.good | {name: ""})
        assert answer.status_code == 422
        assert f'data-goto="{name}"' in answer.get_data(as_text=True)


def test_a_code_is_given_once(table: Table, admin: FlaskClient) -> None:
    made(admin, table)
    answer = admin.post(f"/app/{table.key}/new", data=table.good)
    assert answer.status_code == 422
    assert 'data-goto="code"' in answer.get_data(as_text=True)


def test_the_code_stays_and_the_status_is_chosen_freely(table: Table, admin: FlaskClient, session: Session) -> None:
    """编号、代码不能修改；状态可以修改; 【保存】 leads back to the list."""
    key = made(admin, table)
    form = admin.get(f"/app/{table.key}/{key}/edit").get_data(as_text=True).replace("\n", " ")
    assert re.search(r'name="code"[^>]*readonly', form)
    offered = form.split(f'name="{table.status}"')[1].split("</select>")[0]
    assert re.findall(r"<option[^>]+>([^<]+)</option>", offered) == table.standing
    for state in type(table.fresh):
        version = of(session, table, key).version
        data = table.good | {
            "version": str(version),
            "code": "OTHER",
            "name": f"改名{state.name}",
            table.status: state.name,
        }
        answer = admin.post(f"/app/{table.key}/{key}/edit", data=data)
        assert (answer.status_code, answer.headers.get("Location")) == (303, f"/app/{table.key}/")
        row = of(session, table, key)
        assert (row.code, row.name, getattr(row, table.status)) == (table.good["code"], f"改名{state.name}", state)


def test_what_is_off_is_not_chosen_any_more(table: Table, admin: FlaskClient, session: Session) -> None:
    key = made(admin, table)

    def picked() -> bool:
        found = admin.get(f"/app/{table.key}/pick?q={table.good['code']}").get_json()["results"]
        return key in {row["id"] for row in found}

    assert picked()
    version = of(session, table, key).version
    session.rollback()
    admin.post(
        f"/app/{table.key}/{key}/edit", data=table.good | {"version": str(version), table.status: table.off.name}
    )
    assert not picked()


@pytest.mark.parametrize(("key", "fields"), [
    ("depositary", ("code", "name", "name_en", "country", "address")), ("country", ("code", "name", "name_en")),
    ("division", ("code", "name", "parent")),
])  # fmt: skip
def test_the_form_has_the_manuals_fields(key: str, fields: tuple[str, ...], admin: FlaskClient) -> None:
    """A-2.1.7.2-03, A-2.1.9-06, A-2.1.10-05."""
    form = admin.get(f"/app/{key}/new").get_data(as_text=True)
    assert [name for name in fields if f'name="{name}"' not in form] == []


def test_back_and_delete(table: Table, admin: FlaskClient, session: Session) -> None:
    key = made(admin, table)
    for path in ("new", f"{key}/edit"):
        form = admin.get(f"/app/{table.key}/{path}").get_data(as_text=True)
        assert re.search(rf'<a class="btn" href="/app/{table.key}/" data-back>返回</a>', form)
    assert admin.post(f"/app/{table.key}/delete", json={"ids": [key]}).status_code == 200
    assert of(session, table, key) is None


def test_what_is_in_use_stays(admin: FlaskClient, session: Session) -> None:
    china = session.scalars(select(Country.id).where(Country.code == "CN")).one()
    session.rollback()
    answer = admin.post("/app/country/delete", json={"ids": [china]})
    assert answer.status_code == 409
    assert "“中国”" in answer.get_json()["message"]


@pytest.mark.parametrize(("path", "found"), [
    ("depositary/?q.code=CGMCC", "中国普通微生物菌种保藏管理中心"),
    ("depositary/?q.name=典型培养物&q.status=EFFECTIVE", "CCTCC"), ("country/?q.name=中国", "中国台湾"),
    ("division/?q.code=110101", "东城区"), ("division/?q.name=苏州&q.valid=VALID", "320500"),
])  # fmt: skip
def test_queries(path: str, found: str, admin: FlaskClient) -> None:
    assert found in admin.get(f"/app/{path}").get_data(as_text=True)


def test_divisions_have_three_levels(admin: FlaskClient) -> None:
    city = admin.get("/api/v1/division?q.code=320500").get_json()["result"][0]
    assert (city["level"], city["parent"]["title"]) == ("CITY", "江苏省")
    below = admin.get(f"/api/v1/division?q.parent={city['id']}&size=50").get_json()["result"]
    assert {row["level"] for row in below} == {"DISTRICT"}
