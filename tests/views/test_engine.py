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
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.console.view import REGISTRY
from app.rules.access import FieldRightKind
from app.services import records
from app.services.access import bump
from app.services.unit_of_work import unit_of_work
from models.access import FieldRight
from models.party import Client

ATTACKED = ["client", "country", "user"]


def test_no_view_inherits_a_stock_page(app: Flask) -> None:
    stock = [v for v in app.appbuilder.baseviews if isinstance(v, ModelView | ModelRestApi)]
    assert stock == []
    assert not [v for v in app.appbuilder.baseviews if isinstance(getattr(v, "datamodel", None), SQLAInterface)]


@pytest.mark.parametrize("key", ATTACKED)
@pytest.mark.parametrize("column", ["password", "created_by.password", "handler.password", "session_counter",
    "nonsense"])
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
        bump(session)
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
