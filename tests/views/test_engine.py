"""The engine against the attacks its framework is open to, field rights, and many users at once."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.api import ModelRestApi
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import Role, User
from flask_appbuilder.views import ModelView
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.console import desk_page
from app.console.listing import fetch, read_state
from app.console.view import REGISTRY
from app.extensions import db
from app.rules.access import FieldRightKind
from app.rules.errors import RuleError, RuleErrors
from app.rules.system import CustomFieldKind
from app.services import records
from app.services.kept import GRANTS, renew
from app.services.unit_of_work import unit_of_work
from models.access import FieldRight
from models.party import Applicant, Client
from models.system import CustomField, SavedView
from models.task import RequirementItem

ATTACKED = ["client", "country", "user"]


def test_no_view_inherits_a_stock_page(app: Flask) -> None:
    stock = [v for v in app.appbuilder.baseviews if isinstance(v, ModelView | ModelRestApi)]
    assert stock == []
    assert not [v for v in app.appbuilder.baseviews if isinstance(getattr(v, "datamodel", None), SQLAInterface)]


@pytest.mark.parametrize("key", ATTACKED)
@pytest.mark.parametrize(
    "column", ["password", "created_by.password", "handler.password", "session_counter", "nonsense"]
)
def test_a_list_neither_sorts_nor_filters_by_what_it_does_not_show(key: str, column: str, admin: FlaskClient) -> None:
    plain = admin.get(f"/api/v1/{key}").get_json()["result"]
    assert admin.get(f"/api/v1/{key}?sort={column}").get_json()["result"] == plain
    assert admin.get(f"/api/v1/{key}?q.{column}=x").status_code == 422
    assert admin.get(f"/app/{key}/?c={column}~contains~x").status_code == 422


@pytest.mark.parametrize("key", ATTACKED)
@pytest.mark.parametrize(("size", "most"), [("100000", 200), ("-1", 10), ("x", 10), ("0", 10), ("9" * 30, 10)])
def test_page_sizes_are_clamped(key: str, size: str, most: int, admin: FlaskClient) -> None:
    answer = admin.get(f"/api/v1/{key}?size={size}")
    assert answer.status_code == 200
    assert len(answer.get_json()["result"]) <= most


@pytest.mark.parametrize("page", ["x", "-5", "0", "99999999999999999999"])
def test_a_page_that_is_none_is_the_first_or_last(page: str, admin: FlaskClient) -> None:
    assert admin.get(f"/app/country/?page={page}").status_code == 200


def test_no_answer_carries_a_password(admin: FlaskClient, session: Session) -> None:
    secret = session.execute(select(User.password).where(User.username == "admin")).scalar_one()
    session.rollback()
    for path in ("/app/user/?size=200", "/api/v1/user?size=200", "/api/v1/user/1", "/app/user/1", "/app/user/1/history",
                 "/app/user/export?format=csv&scope=all", "/api/v1/openapi.json"):  # fmt: skip
        assert secret not in admin.get(path).get_data(as_text=True), path


@pytest.mark.parametrize("verb", ["post", "patch", "delete"])
def test_a_forged_request_is_refused(verb: str, sign_in_as: Callable) -> None:
    browser: FlaskClient = sign_in_as("admin")
    browser.environ_base.pop("HTTP_X_CSRFTOKEN")
    assert getattr(browser, verb)("/api/v1/country/1", json={"version": 1, "name": "x"}).status_code in (400, 405)
    assert browser.post("/app/country/delete", json={"ids": [1]}).status_code == 400
    assert browser.post("/app/country/1/edit", data={"name": "x", "version": "1"}).status_code == 400


def test_unknown_columns_are_not_assigned(admin: FlaskClient) -> None:
    row = admin.get("/api/v1/client/1").get_json()
    answer = admin.patch("/api/v1/client/1", json={"version": row["version"], "created_by_id": 1})
    assert answer.status_code == 403
    answer = admin.patch("/api/v1/client/1", json={"version": row["version"], "review_status": "PENDING"})
    assert answer.status_code == 403


def test_cells_are_escaped(admin: FlaskClient, session: Session) -> None:
    records.save(session, Client, None, {"name": "<script>alert(1)</script>", "short_name": '"><b>x'})
    page = admin.get("/app/client/?sort=-id").get_data(as_text=True)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert '"><b>x' not in page
    assert admin.get("/app/search?q=script").is_json


def client_reader(session: Session) -> tuple[str, Role]:
    """A user of the demo agency with a single position that may read clients."""
    for user in session.execute(select(User)).scalars():
        if len(user.roles) == 1 and any(p.view_menu.name == "client" for p in user.roles[0].permissions):
            return user.username, user.roles[0]
    raise AssertionError("nobody reads clients")


def test_a_hidden_field_is_nowhere(session: Session, sign_in_as: Callable) -> None:
    records.save(session, Client, None, {"name": "字段权限有限公司", "phone": "010-SECRET-1"})
    username, role = client_reader(session)
    with unit_of_work(session):
        session.add(FieldRight(position_id=role.id, table_key="client", column="phone", right=FieldRightKind.HIDDEN))
        renew(session, GRANTS)
    browser: FlaskClient = sign_in_as(username)
    key = session.execute(select(Client.id).where(Client.name == "字段权限有限公司")).scalar_one()
    session.rollback()
    for path in (f"/app/client/{key}", "/app/client/?size=200", f"/api/v1/client/{key}", f"/app/client/{key}/history",
                 "/app/client/export?format=csv&scope=all", "/api/v1/openapi.json"):  # fmt: skip
        assert "010-SECRET-1" not in browser.get(path).get_data(as_text=True), path
    assert browser.get("/app/client/?q.phone=010").status_code == 422
    assert browser.get("/app/client/?c=phone~contains~010").status_code == 422
    shown = browser.get(f"/api/v1/client/{key}").get_json()
    assert "phone" not in shown


def test_threads_never_mix_two_users_queries(app: Flask, sign_in_as: Callable) -> None:
    """Stock views keep one filter object for all requests; ours keep nothing between requests."""
    wrong: list[str] = []

    def look(username: str, word: str) -> None:
        browser: FlaskClient = sign_in_as(username)
        for _ in range(15):
            page = browser.get(f"/app/country/?q.name={word}").get_data(as_text=True)
            if f'value="{word}"' not in page:
                wrong.append(word)

    threads = [threading.Thread(target=look, args=("admin", w)) for w in ("国", "岛", "拉", "亚")]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []


def test_every_table_is_reachable_from_the_registry_and_labelled(app: Flask) -> None:
    for key, console in REGISTRY.items():
        assert console.model.__label__, key
        assert console.title, key


@pytest.mark.parametrize(
    "address",
    [
        "?c=title~bogus~x",
        "?q.client=²",
        "?c=client~in~²",
        "?q.client=" + "9" * 30,
        "?c=client~not~x",
        "?c=title~from~x",
    ],
)
def test_an_address_that_asks_nonsense_is_told_so(address: str, admin: FlaskClient) -> None:
    for base in ("/app/case/", "/api/v1/case"):
        assert admin.get(base + address).status_code == 422, base


@pytest.mark.parametrize("address", ["/app/user/?q.department=²", "/app/case/?view=²", "/app/case/?view=" + "1" * 5000])
def test_numbers_of_other_scripts_break_no_page(address: str, admin: FlaskClient) -> None:
    assert admin.get(address).status_code in (200, 422)


@pytest.mark.parametrize(
    "body",
    [{"applicants": [{"id": [1]}]}, {"applicants": [{"id": True}]}, {"applicants": [{"id": "1"}]},
     {"title": ["a"]}, {"title": {"id": "a"}}, {"client": [1]}, {"client": {"id": [1]}}],
)  # fmt: skip
def test_one_value_is_no_list_and_no_object(body: dict, admin: FlaskClient) -> None:
    row = admin.get("/api/v1/case/1").get_json()
    assert admin.patch("/api/v1/case/1", json={"version": row["version"], **body}).status_code == 422
    assert admin.get("/api/v1/case/1").get_json() == row
    assert admin.patch("/api/v1/case/1", json=[body]).status_code == 422


def test_a_row_is_not_edited_in_place_where_the_table_says_so(admin: FlaskClient) -> None:
    row = admin.get("/api/v1/client/1").get_json()
    change = {"rows": [{"id": 1, "version": row["version"], "reason": "x", "values": {"remark": "changed"}}]}
    assert admin.post("/app/client/grid", json=change).status_code == 404
    assert admin.get("/api/v1/client/1").get_json() == row


def test_the_reason_of_a_row_edited_in_place_is_kept(admin: FlaskClient, session: Session) -> None:
    item = session.scalars(select(RequirementItem)).first()
    rows = [{"id": item.id, "version": item.version, "values": {"content": "改"}}]
    session.rollback()
    assert admin.post("/app/requirement_item/grid", json={"rows": rows, "reason": "客户来函"}).get_json()["ok"]
    assert "客户来函" in admin.get(f"/app/requirement_item/{rows[0]['id']}/history").get_data(as_text=True)


@pytest.mark.parametrize(
    "state", [{"query": ["x"]}, {"query": "x" * 4001}, {"columns": "name"}, {"columns": {"a": 1}}, ["x"]]
)
def test_a_view_keeps_only_a_query_and_columns(state: object, admin: FlaskClient) -> None:
    answer = admin.post("/app/client/views", json={"name": "视图", "state": state})
    assert answer.status_code == 422


def test_of_a_views_columns_only_known_ones_are_kept(admin: FlaskClient, session: Session) -> None:
    state = {"query": "q.name=x", "columns": ["name", "bogus", 7, ["x"]], "more": 1}
    view = admin.post("/app/client/views", json={"name": "视图", "state": state}).get_json()["id"]
    assert session.get(SavedView, view).state == {"query": "q.name=x", "columns": ["name"]}


@pytest.mark.parametrize("state", [[1], {"query": 5, "columns": 7}, {"query": None, "columns": ["bogus", {}, 1]}])
def test_a_spoilt_view_breaks_no_list(state: object, admin: FlaskClient, session: Session) -> None:
    boss = session.execute(select(User.id).where(User.username == "admin")).scalar_one()
    with unit_of_work(session):
        spoilt = SavedView(table_key="client", name="坏", owner_id=boss, is_default=True, state=state)
        session.add(spoilt)
        session.flush()
        key = spoilt.id
    for path in ("/app/client/", f"/app/client/?view={key}", f"/app/client/export?format=csv&view={key}"):
        answer = admin.get(path)
        assert answer.status_code == 200, path
    assert 'data-col="name"' in admin.get("/app/client/").get_data(as_text=True)


CUSTOM_FIELDS = {"num": "INTEGER", "ok": "FLAG", "day": "DATE", "word": "TEXT", "pick": "OPTION"}


@pytest.fixture
def custom(any_session: Session) -> Session:
    """A custom field of each kind on clients, two of which say something in them."""
    for code, kind in CUSTOM_FIELDS.items():
        values = {
            "table_key": "client",
            "code": code,
            "label": code,
            "kind": CustomFieldKind[kind],
            "choices": "甲\n乙",
        }
        records.save(any_session, CustomField, None, values)
    full = {"x.num": 7, "x.ok": True, "x.day": "2026-11-02", "x.word": "Alpha Beta", "x.pick": "甲"}
    records.save(any_session, Client, None, {"name": "定制甲", **full})
    records.save(
        any_session, Client, None, {"name": "定制乙", **full, "x.num": 9, "x.ok": False, "x.day": "2026-12-01"}
    )
    records.save(any_session, Client, None, {"name": "定制丙"})
    return any_session


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("num~is~7", "甲"), ("num~not~7", "乙丙"), ("num~from~8", "乙"), ("num~to~8", "甲"), ("num~empty~", "丙"),
        ("num~filled~", "甲乙"), ("ok~is~1", "甲"), ("ok~is~0", "乙丙"), ("ok~not~1", "乙丙"), ("ok~not~0", "甲"),
        ("day~is~2026-11-02", "甲"), ("day~from~2026-11-30", "乙"), ("day~empty~", "丙"), ("word~is~Alpha Beta",
            "甲乙"),
        ("word~contains~ALPHA", "甲乙"), ("word~begins~alpha", "甲乙"), ("word~empty~", "丙"), ("pick~in~甲", "甲乙"),
        ("pick~empty~", "丙"),
    ],
)  # fmt: skip
def test_custom_fields_are_compared_by_their_kind(asked: str, names: str, custom: Session) -> None:
    view = REGISTRY["client"].instance()
    args = MultiDict([("c", f"x.{asked}"), ("c", "name~contains~定制"), ("sort", "id")])
    allowed = {"name", *("x." + code for code in CUSTOM_FIELDS)}
    state = read_state(args, view.columns(), allowed, order="id", size=10)
    assert state.errors == []
    found = fetch(custom, Client, [view.columns()["name"]], state)
    assert "".join(name.removeprefix("定制") for _id, name in found.rows) == names


@pytest.mark.parametrize("asked", ["num~is~", "num~from~", "day~to~", "num~is~x"])
def test_a_comparison_with_nothing_is_refused(asked: str, custom: Session) -> None:
    view = REGISTRY["client"].instance()
    state = read_state(MultiDict([("c", f"x.{asked}")]), view.columns(), {"x.num", "x.day"}, order="id", size=10)
    with pytest.raises(RuleError):
        fetch(custom, Client, [view.columns()["name"]], state)


def test_the_type_of_a_custom_field_stays(custom: Session) -> None:
    field = custom.scalars(select(CustomField).where(CustomField.code == "word")).one()
    with pytest.raises(RuleErrors):
        records.save(custom, CustomField, field.id, {"kind": CustomFieldKind.INTEGER})


@pytest.mark.parametrize("typed", ["acme", "ACME", "Acme"])
def test_searching_does_not_mind_capitals(typed: str, any_session: Session, sign_in_as_any: FlaskClient) -> None:
    records.save(any_session, Applicant, None, {"name": "AcMe Holding", "client_id": 1, "address": "北京"})
    any_session.rollback()
    for path in (f"/app/applicant/?q.name={typed}", f"/app/applicant/pick?q={typed}", f"/app/search?q={typed}"):
        assert "AcMe" in sign_in_as_any.get(path).get_data(as_text=True), path


@pytest.fixture
def sign_in_as_any(any_app: Flask) -> FlaskClient:
    """The administrator's browser on each database."""
    browser = any_app.test_client()
    with any_app.app_context():
        boss = db.session.execute(select(User).where(User.username == "admin")).scalar_one()
        key, counter = boss.id, boss.session_counter
        db.session.rollback()
    with browser.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"], cookie["counter"] = str(key), True, counter
    return browser


def test_required_custom_fields_are_asked_of_every_new_record(admin: FlaskClient, session: Session) -> None:
    for table in ("country", "requirement_item"):
        values = {"table_key": table, "code": "need", "label": "必填项", "kind": CustomFieldKind.TEXT, "required": True}
        records.save(session, CustomField, None, values)
    session.rollback()
    country = {"code": "Q9", "name": "某国"}
    answer = admin.post("/api/v1/country", json=country)
    assert answer.status_code == 422
    assert [e["field"] for e in answer.get_json()["errors"]] == ["x.need"]
    assert admin.post("/api/v1/country", json=country | {"x.need": ""}).status_code == 422
    assert admin.post("/app/country/new", data=country).status_code == 422
    grid = admin.post("/app/requirement_item/grid", json={"rows": [{"id": None, "values": {"content": "核对"}}]})
    assert "x.need" in [e["field"] for e in grid.get_json()["errors"]]
    made = admin.post("/api/v1/country", json=country | {"x.need": "有"})
    assert made.status_code == 201
    kept = made.get_json()
    emptied = {"version": kept["version"], "x.need": None}
    assert admin.patch(f"/api/v1/country/{kept['id']}", json=emptied).status_code == 422


def test_counting_reads_no_rows(admin: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_page, "START_PAGES", {})
    said: list[str] = []
    engine = app.extensions["patentdesk.engine"]
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_a: said.append(statement))
    assert admin.get("/app/").status_code == 200
    assert [s for s in said if "LIMIT" in s and "count(" not in s and "patent_case" in s] == []
    assert any("count(*)" in s and "patent_case" in s for s in said)
