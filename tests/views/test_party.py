"""客户资料管理 (A-3.1): clients, applicants, inventors, contacts, referrers, foreign associates as tables."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.validity import Validity
from app.services import records
from models.case import Case
from models.organization import User
from models.party import Applicant, Client, Contact, ForeignAssociate, Inventor, Referrer
from models.reference import Country

VALID_TABLES = {
    "client": Client,
    "applicant": Applicant,
    "inventor": Inventor,
    "contact": Contact,
    "referrer": Referrer,
}
SIX = ["基本信息", "联系资料", "客户要求", "客户文件", "客户费用", "客户财务"]
BUTTONS = {
    "client": ["新增", "修改", "复核完成", "设为无效", "设为有效", "查看", "合并", "删除"],
    "applicant": ["新增", "修改", "设为无效", "设为有效", "合并", "删除"],
    "inventor": ["批量新增", "新增", "修改", "设为无效", "设为有效", "合并", "删除"],
    "contact": ["新增", "修改", "设为无效", "设为有效", "删除"],
    "referrer": ["新增", "修改", "设为无效", "设为有效", "删除"],
    "foreign_associate": ["新增", "修改", "删除"],
}


def of(session: Session, model: Any, key: int) -> Any:
    session.rollback()
    return session.get(model, key)


def newest(session: Session, model: Any) -> Any:
    session.rollback()
    return session.scalars(select(model).order_by(model.id.desc())).first()


@pytest.mark.parametrize("key", BUTTONS)
def test_the_buttons_are_the_manuals(key: str, admin: FlaskClient) -> None:
    """A-3.1.1.2.1-03, A-3.1.2.2-02, A-3.1.3-03, A-3.1.4-02, A-3.1.9.1-02; 【导出】 stands at the right."""
    html = admin.get(f"/app/{key}/?view=all").get_data(as_text=True)
    bar = html.split('role="toolbar"')[1].split('class="chips-row"')[0]
    assert re.findall(r">\s*([\u4e00-\u9fff]+)</(?:a|button)>", bar) == BUTTONS[key]
    assert re.search(r'data-open="export">.*?导出</button>', html, re.S)


@pytest.mark.parametrize("key", VALID_TABLES)
def test_valid_becomes_invalid_and_back_and_nothing_else(key: str, admin: FlaskClient, session: Session) -> None:
    """A-3.1.1.3-06, A-3.1.2.3.2-01, -02: on one row or many, audited; the same again is refused."""
    model = VALID_TABLES[key]
    ids = list(session.scalars(select(model.id).where(model.valid == Validity.VALID).limit(3)))
    session.rollback()
    done = admin.post(f"/app/{key}/action/set_invalid", json={"ids": ids})
    assert done.get_json()["done"] == len(ids)
    assert {of(session, model, i).valid for i in ids} == {Validity.INVALID}
    again = admin.post(f"/app/{key}/action/set_invalid", json={"ids": ids[:1]})
    assert (again.status_code, again.get_json()["message"]) == (409, "当前状态下不能进行这个操作")
    history = admin.get(f"/app/{key}/{ids[0]}/history").get_data(as_text=True)
    assert "设为无效" in history
    page = admin.get(f"/app/{key}/{ids[0]}").get_data(as_text=True)
    assert re.search(r'class="st st-muted">无效', page)
    bar = page.split('<div class="head">')[1].split('role="tablist"')[0]
    assert "设为有效" in bar
    assert "设为无效" not in bar
    mixed = admin.post(f"/app/{key}/action/set_valid", json={"ids": [*ids[:2], *ids[:1]]}).get_json()
    assert mixed["done"] == 2
    assert of(session, model, ids[0]).valid is Validity.VALID


@pytest.mark.parametrize("key", VALID_TABLES)
def test_the_mark_is_no_field(key: str, admin: FlaskClient, session: Session) -> None:
    row = newest(session, VALID_TABLES[key])
    body = {"version": row.version, "valid": "INVALID", "reason": "x"}
    assert admin.patch(f"/api/v1/{key}/{row.id}", json=body).status_code == 403
    assert 'name="valid"' not in admin.get(f"/app/{key}/{row.id}/edit").get_data(as_text=True)


@pytest.mark.parametrize("key", VALID_TABLES)
def test_invalid_ones_are_not_chosen_any_more(key: str, admin: FlaskClient, session: Session) -> None:
    model = VALID_TABLES[key]
    review = {"review_status": model.review_status.type.choices["REVIEWED"]} if key == "client" else {}
    query = select(model).where(model.valid == Validity.VALID, *(getattr(model, k) == v for k, v in review.items()))
    row = session.scalars(query).first()
    chosen, name = row.id, getattr(row, model.__title__)
    session.rollback()

    def picked() -> set[int]:
        return {r["id"] for r in admin.get(f"/app/{key}/pick", query_string={"q": name}).get_json()["results"]}

    assert chosen in picked()
    admin.post(f"/app/{key}/action/set_invalid", json={"ids": [chosen]})
    assert chosen not in picked()


class TestClients:
    """客户管理."""

    def test_a_client_is_numbered_named_and_signed(self, admin: FlaskClient, session: Session) -> None:
        """A-3.1.1.1-02, A-3.1.1.2.2-03, -07, -10: what the clerk left empty; what was typed stays."""
        admin.post("/app/client/new", data={"name": "新来的有限公司", "client_type": "APPLICANT_ORGANIZATION"})
        row = newest(session, Client)
        me = session.scalars(select(User.id).where(User.username == "admin")).one()
        assert re.fullmatch(r"KH\w+", row.client_no)
        assert (row.short_name, row.registered_by_id) == ("新来的", me)
        assert row.registered_on is not None
        assert (row.valid, row.review_status.name) == (Validity.VALID, "PENDING")
        data = {
            "name": "自编号有限公司",
            "client_type": "APPLICANT_PERSON",
            "client_no": "ZB-1",
            "short_name": "自编号",
        }
        admin.post("/app/client/new", data=data)
        assert (newest(session, Client).client_no, newest(session, Client).short_name) == ("ZB-1", "自编号")
        assert admin.post("/app/client/new", data=data).status_code == 422

    @pytest.mark.parametrize(("field", "labels"), [
        ("client_type", ["申请人(组织)", "申请人(个人)", "国内代理机构", "国外代理机构"]),
        ("nature", ["普通客户", "VIP客户", "潜在客户"]), ("charge_mode", ["折扣", "包干"]),
        ("bill_cycle", ["件结", "月结", "季结"]), ("official_fee_mode", ["代缴不垫付", "代缴垫付", "客户自缴"]),
        ("annuity_fee_mode", ["代缴不垫付", "代缴垫付", "客户自缴"]),
        ("currency", ["人民币", "美元", "港币", "欧元", "日元", "英镑", "瑞士法郎", "澳门币", "加拿大元", "澳大利亚元",
                      "瑞典克朗"]),
    ])  # fmt: skip
    def test_the_choices_are_the_manuals(self, field: str, labels: list[str], admin: FlaskClient) -> None:
        form = admin.get("/app/client/1/edit").get_data(as_text=True)
        inside = form.split(f'name="{field}"')[1].split("</select>")[0]
        assert [t for t in re.findall(r">([^<]*)</option>", inside) if t] == labels

    def test_only_reviewed_clients_get_cases(self, admin: FlaskClient, session: Session) -> None:
        """A-3.2.1.2.1-05: the picker of a case offers a client once its review is completed."""
        made = records.save(session, Client, None, {"name": "待复核的有限公司"})
        key = made.id
        session.rollback()
        assert admin.get("/app/client/pick?q=待复核的").get_json()["results"] == []
        assert admin.post("/app/client/action/review", json={"ids": [key]}).get_json()["ok"]
        assert [r["id"] for r in admin.get("/app/client/pick?q=待复核的").get_json()["results"]] == [key]

    def test_a_client_with_cases_stays(self, admin: FlaskClient, session: Session) -> None:
        """A-3.1.1.3-04, -05, word by word."""
        used = session.scalars(select(Case.client_id).where(Case.client_id.is_not(None))).first()
        session.rollback()
        answer = admin.post("/app/client/delete", json={"ids": [used]})
        assert answer.status_code == 409
        assert answer.get_json()["message"] == "该客户已经被案卷使用，删除客户信息前先删除案卷信息"
        assert of(session, Client, used) is not None
        free = records.save(session, Client, None, {"name": "没有案卷的有限公司"}).id
        session.rollback()
        assert 'data-confirm="确定要删除客户"' in admin.get("/app/client/").get_data(as_text=True)
        assert admin.post("/app/client/delete", json={"ids": [free]}).status_code == 200
        assert of(session, Client, free) is None

    def test_deleting_is_a_right_of_its_own(self, sign_in_as: Callable) -> None:
        """A-3.1.1.2.1-04: 立卷复核员 change clients but may not delete them."""
        reviewer = sign_in_as("fangyike")
        assert 'data-name="delete"' not in reviewer.get("/app/client/").get_data(as_text=True)
        assert reviewer.post("/app/client/delete", json={"ids": [1]}).status_code == 403
        assert 'data-name="delete"' in sign_in_as("linyichen").get("/app/client/").get_data(as_text=True)

    def test_fees_are_for_holders_of_their_function(self, sign_in_as: Callable) -> None:
        """A-3.1.1.2.6-01: without “客户管理－费用” there is neither tab nor value."""
        with_right, without = sign_in_as("linyichen"), sign_in_as("fangyike")
        for path in ("/app/client/1", "/app/client/1/edit"):
            assert "折扣率" in with_right.get(path).get_data(as_text=True)
            assert "折扣率" not in without.get(path).get_data(as_text=True)
        assert "客户费用" not in without.get("/app/client/1").get_data(as_text=True)

    def test_view_leads_to_the_record(self, admin: FlaskClient) -> None:
        """A-3.1.1.2.1-05: 【查看】 only shows."""
        html = admin.get("/app/client/").get_data(as_text=True).replace("\n", " ")
        button = re.search(r"<button[^>]*data-name=\"view\"[^>]*>", html).group()
        assert 'data-url="/app/client/{id}"' in button
        assert 'data-method="get"' in button
        assert (
            "<form" not in admin.get("/app/client/1").get_data(as_text=True).split('id="sheet"')[1].split("</main>")[0]
        )

    def test_its_tabs(self, admin: FlaskClient) -> None:
        """A-3.1.1.1-01, A-3.1.1.2.2-02: the six parts in the manual's order, then what belongs to the client."""
        page = admin.get("/app/client/1").get_data(as_text=True)
        tabs = re.findall(r'role="tab"[^>]*>\s*([\u4e00-\u9fff]+)', page)
        assert tabs == [*SIX, "案卷", "修改记录"]
        new = admin.get("/app/client/new").get_data(as_text=True)
        shut = re.findall(r'data-tab="t\d"[^>]*disabled[^>]*>\s*([\u4e00-\u9fff]+)', new)
        assert shut == SIX[1:]


class TestApplicants:
    """申请人."""

    def test_red_fields_and_tabs(self, admin: FlaskClient) -> None:
        """A-3.1.2.3-02, -03."""
        form = admin.get("/app/applicant/new").get_data(as_text=True)
        red = re.findall(r'<label for="f-(\w+)" class="req">', form)
        assert {"client", "name", "address"} <= set(red)
        tabs = re.findall(r'data-tab="t\d"[^>]*>\s*([\u4e00-\u9fff]+)', form)
        assert tabs == ["基本信息", "申请人总委编号", "申请人要求"]
        answer = admin.post("/app/applicant/new", data={"client": "", "name": "", "address": ""})
        banner = answer.get_data(as_text=True).split('class="banner"')[1].split("</div>")[0]
        assert {"client", "name", "address"} <= set(re.findall(r'data-goto="(\w+)"', banner))

    def test_general_powers_and_requirements_come_after_the_first_saving(
        self, admin: FlaskClient, session: Session
    ) -> None:
        """A-3.1.1.2.3-09."""
        data = {"client": "1", "name": "某大学", "address": "北京"}
        answer = admin.post("/app/applicant/new", data=data)
        form = admin.get(answer.headers["Location"]).get_data(as_text=True)
        row = newest(session, Applicant)
        key, version = row.id, row.version
        session.rollback()
        for panel in ("powers", "requirements"):
            assert f"/app/applicant/{key}/panel/{panel}" in form
            assert f"/panel/{panel}" not in admin.get("/app/applicant/new").get_data(as_text=True)
        answer = admin.post(f"/app/applicant/{key}/edit", data=data | {"version": version})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/app/applicant/")

    @pytest.mark.parametrize("query", ["q.name=大学", "q.short_name=衡川", "q.valid=VALID", "q.client=1"])
    def test_queries(self, query: str, admin: FlaskClient) -> None:
        found = admin.get(f"/api/v1/applicant?{query}&size=200").get_json()
        assert 0 < found["count"] <= len(found["result"])


def test_a_requirement_is_voided_and_restored(admin: FlaskClient, session: Session) -> None:
    """A-3.1.1.2.4-09."""
    row = admin.get("/api/v1/client_requirement").get_json()["result"][0]
    voided = admin.post(f"/api/v1/client_requirement/{row['id']}/void", json={}).get_json()
    assert voided["valid"] == "INVALID"
    restored = admin.post(f"/api/v1/client_requirement/{row['id']}/restore", json={}).get_json()
    assert restored["valid"] == "VALID"


def test_referrers_are_numbered_and_linked_to_users(admin: FlaskClient, session: Session) -> None:
    """A-3.1.6-01, A-3.1.7-02."""
    answer = admin.post(
        "/app/referrer/new",
        data={"name": "介绍人", "referrer_type": "EXTERNAL", "user": "3", "commission_rate": "0.05"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/app/referrer/")
    row = newest(session, Referrer)
    assert row.referrer_no
    assert (row.user_id, str(row.commission_rate)) == (3, "0.0500")


def test_associates_are_coded_and_saved_back_to_the_list(admin: FlaskClient, session: Session) -> None:
    """A-3.1.9.1-01 to -05."""
    country = session.scalars(select(Country.id).where(Country.code == "US")).one()
    session.rollback()
    form = admin.get("/app/foreign_associate/new").get_data(as_text=True)
    assert set(re.findall(r'<label for="f-(\w+)" class="req">', form)) == {"name", "country"}
    answer = admin.post("/app/foreign_associate/new", data={"name": "Test & Test LLP", "country": country})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/app/foreign_associate/")
    row = newest(session, ForeignAssociate)
    assert row.code
    found = admin.get(f"/api/v1/foreign_associate?q.name=Test&q.country={country}").get_json()["result"]
    assert [r["id"] for r in found] == [row.id]
    assert admin.post("/app/foreign_associate/delete", json={"ids": [row.id]}).status_code == 200
