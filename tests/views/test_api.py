"""The programming interface: who gets in, what each refusal answers, and that its description tells the truth."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.console.view import REGISTRY
from app.services import records
from app.services.unit_of_work import unit_of_work
from models.case import Case, Priority
from models.organization import User
from models.party import Client
from models.reference import Country
from tests.conftest import PASSWORD

API = "/api/v1"
LOGIN = {"username": "admin", "password": PASSWORD, "provider": "db", "refresh": True}


def chinese(answer: Any) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", answer.get_json()["message"]))


@pytest.fixture
def token(client: FlaskClient) -> str:
    answer = client.post(f"{API}/security/login", json=LOGIN)
    assert answer.status_code == 200
    return answer.get_json()["access_token"]


@pytest.fixture
def program(app: Flask, token: str) -> FlaskClient:
    """A program that signed in with a bearer token: no cookie, no anti-forgery token."""
    made = app.test_client()
    made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return made


def test_a_program_signs_in_and_works(program: FlaskClient, session: Session) -> None:
    made = program.post(f"{API}/country", json={"code": "QQ", "name": "测试国"})
    assert made.status_code == 201
    row = made.get_json()
    assert (row["code"], row["name"], row["status"], row["version"]) == ("QQ", "测试国", "EFFECTIVE", 1)
    changed = program.patch(f"{API}/country/{row['id']}", json={"version": 1, "name": "测试王国"})
    assert (changed.status_code, changed.get_json()["name"], changed.get_json()["version"]) == (200, "测试王国", 2)
    assert program.delete(f"{API}/country/{row['id']}").status_code == 204
    assert program.get(f"{API}/country/{row['id']}").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"password": "Wrong-pass-1"}, {"username": "nobody"}, {"provider": "ldap"}, {"username": None}]
)
def test_wrong_credentials_get_no_token(wrong: dict[str, Any], client: FlaskClient) -> None:
    answer = client.post(f"{API}/security/login", json=LOGIN | wrong)
    assert answer.status_code in (400, 401)
    assert "access_token" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("header", ["Bearer x.y.z", "Bearer ", "Basic YWRtaW46YWRtaW4=", "nonsense"])
def test_a_bad_token_is_nobody(header: str, client: FlaskClient) -> None:
    answer = client.get(f"{API}/country", headers={"Authorization": header})
    assert answer.status_code == 401
    assert chinese(answer)


def test_a_token_ends_with_its_user(program: FlaskClient, session: Session) -> None:
    assert program.get(f"{API}/country").status_code == 200
    with unit_of_work(session):
        session.execute(
            update(User).where(User.username == "admin").values(active=False), execution_options={"audited": True}
        )
    assert program.get(f"{API}/country").status_code == 401


def test_who_must_change_his_password_does_so_first(program: FlaskClient, session: Session) -> None:
    with unit_of_work(session):
        statement = update(User).where(User.username == "admin").values(must_change_password=True)
        session.execute(statement, execution_options={"audited": True})
    answer = program.get(f"{API}/country")
    assert answer.status_code == 403
    assert chinese(answer)


@pytest.mark.parametrize(("verb", "path"), [
    ("post", "country"), ("patch", "country/1"), ("put", "country/1"), ("delete", "country/1"),
    ("post", "client/1/set_invalid"),
])  # fmt: skip
def test_a_browser_needs_the_anti_forgery_token(verb: str, path: str, sign_in_as: Callable, session: Session) -> None:
    browser = sign_in_as("admin")
    before = session.scalar(select(Country.version).where(Country.id == 1))
    session.rollback()
    good = browser.environ_base.pop("HTTP_X_CSRFTOKEN")
    for header in ({}, {"X-CSRFToken": "x"}, {"X-CSRFToken": good[:-2] + "xx"}):
        answer = getattr(browser, verb)(f"{API}/{path}", json={"version": 1, "name": "x"}, headers=header)
        assert answer.status_code == 400
    assert session.scalar(select(Country.version).where(Country.id == 1)) == before
    assert browser.get(f"{API}/country").status_code == 200


def test_strangers_are_asked_to_sign_in(client: FlaskClient) -> None:
    for verb, path in (("get", "country"), ("post", "country"), ("get", "country/1"), ("patch", "country/1"),
                       ("delete", "country/1"), ("get", "openapi.json"), ("get", "nonsense")):  # fmt: skip
        answer = getattr(client, verb)(f"{API}/{path}", json={} if verb != "get" else None)
        assert answer.status_code == 401, path
        assert chinese(answer)


REFUSED = [
    ("get", "nonsense", None, 404), ("get", "country/999999", None, 404),
    ("get", "country/99999999999999999999", None, 422), ("post", "country", None, 422), ("post", "country", [], 422),
    ("post", "country", {}, 422), ("post", "country", "x", 422), ("post", "country", {"code": "QQ"}, 422),
    ("post", "country", {"code": "CN", "name": "重复"}, 422), ("post", "country", {"code": "QQQ", "name": "太长"}, 422),
    ("post", "country", {"code": "QQ", "name": "国", "status": "X"}, 422),
    ("post", "country", {"code": "QQ", "name": "国", "nope": 1}, 403),
    ("post", "country", {"code": "QQ", "name": "国", "id": 1}, 201),
    ("post", "country", {"code": ["Q"], "name": {"x": 1}}, 422), ("patch", "country/1", {}, 422),
    ("patch", "country/1", {"name": "x"}, 422), ("patch", "country/1", {"version": "1"}, 422),
    ("patch", "country/1", {"version": True}, 422), ("patch", "country/1", {"version": 99, "name": "x"}, 409),
    ("patch", "country/1", {"version": 1, "code": "ZZ"}, 422), ("patch", "country/999999", {"version": 1}, 404),
    ("patch", "country/1", {"version": 1, "created_by": 1}, 403), ("delete", "country/999999", None, 404),
    ("delete", "client/2", None, 409), ("post", "client/1/nonsense", {}, 404),
    ("post", "client/999999/set_invalid", {}, 404), ("post", "client/1/set_valid", {}, 409),
    ("post", "country/1/set_valid", {}, 404), ("post", "audit_entry", {}, 404), ("post", "job", {}, 403),
    ("delete", "system_parameter/1", None, 403), ("post", "system_parameter", {}, 403),
    ("patch", "case/1", {"version": 1, "priorities": "x"}, 422),
    ("patch", "client/1", {"version": 1, "fax": "1"}, 422),
    ("patch", "client/1", {"version": 1, "valid": "INVALID", "reason": "x"}, 403),
    ("patch", "login_event/1", {"version": 1}, 403),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "path", "body", "status"), REFUSED)
def test_each_refusal_has_its_number_and_a_chinese_sentence(
    verb: str, path: str, body: Any, status: int, admin: FlaskClient
) -> None:
    answer = (
        getattr(admin, verb)(f"{API}/{path}", json=body) if body is not None else getattr(admin, verb)(f"{API}/{path}")
    )
    assert answer.status_code == status, answer.get_data(as_text=True)
    if status >= 400:
        assert answer.get_json()["ok"] is False
        assert chinese(answer)


@pytest.mark.parametrize("verb", ["put", "patch"])
def test_a_method_an_address_does_not_take(verb: str, admin: FlaskClient) -> None:
    answer = getattr(admin, verb)(f"{API}/country", json={})
    assert answer.status_code == 405
    assert chinese(answer)


def test_rights_are_those_of_the_pages(sign_in_as: Callable) -> None:
    clerk = sign_in_as("tangruolan")
    assert clerk.get(f"{API}/client").status_code == 200
    assert clerk.get(f"{API}/system_parameter").status_code == 403
    row = clerk.get(f"{API}/client/1").get_json()
    assert "discount_rate" not in row
    for verb, path in (
        ("post", "client"),
        ("patch", "client/1"),
        ("delete", "client/1"),
        ("post", "client/1/set_invalid"),
    ):
        assert getattr(clerk, verb)(f"{API}/{path}", json={"version": 1}).status_code == 403


def test_what_was_refused_is_not_half_saved(admin: FlaskClient, session: Session) -> None:
    before = session.scalar(select(func.count(Priority.id)))
    version = session.get(Case, 1).version
    session.rollback()
    good = {"prior_app_no": "1", "prior_filing_date": "2015-01-05", "prior_country": 1}
    body = {"version": version, "remark": "有改动", "priorities": [good, good | {"prior_app_no": ""}]}
    answer = admin.patch(f"{API}/case/1", json=body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "priorities-1-prior_app_no"
    assert session.scalar(select(func.count(Priority.id))) == before
    assert session.get(Case, 1).remark != "有改动"


def test_child_rows_are_added_changed_and_removed(admin: FlaskClient) -> None:
    good = {"prior_app_no": "1", "prior_filing_date": "2015-01-05", "prior_country": 1}
    version = admin.get(f"{API}/case/1").get_json()["version"]
    row = admin.patch(f"{API}/case/1", json={"version": version, "priorities": [good]}).get_json()
    first = row["priorities"][-1]
    body = {
        "version": row["version"],
        "priorities": [{"id": first["id"], "prior_app_no": "改号"}, good | {"prior_app_no": "新号"}],
    }
    changed = admin.patch(f"{API}/case/1", json=body).get_json()
    others = [p["prior_app_no"] for p in row["priorities"][:-1]]
    assert [p["prior_app_no"] for p in changed["priorities"]] == [*others, "改号", "新号"]
    assert changed["priorities"][-2]["prior_filing_date"] == first["prior_filing_date"]
    body = {"version": changed["version"], "priorities": [{"id": first["id"], "delete": True}]}
    left = admin.patch(f"{API}/case/1", json=body).get_json()["priorities"]
    assert first["id"] not in {p["id"] for p in left}


def test_steps_of_both_life_cycles_of_a_client(admin: FlaskClient, session: Session) -> None:
    made = records.save(session, Client, None, {"name": "两个状态有限公司"})
    key = made.id
    session.rollback()
    done = admin.post(f"{API}/client/{key}/review", json={})
    assert (done.status_code, done.get_json()["review_status"]) == (200, "REVIEWED")
    done = admin.post(f"{API}/client/{key}/set_invalid", json={"reason": "不再委托"})
    assert (done.status_code, done.get_json()["valid"]) == (200, "INVALID")
    assert admin.post(f"{API}/client/{key}/set_invalid", json={}).status_code == 409
    assert admin.post(f"{API}/client/{key}/set_valid", json={"name": "x", "session": 1, "record": 2}).status_code == 200
    for body in ([], "x", None, 7):
        assert admin.post(f"{API}/client/{key}/set_valid", json=body).status_code == 409
    assert "不再委托" in admin.get(f"/app/client/{key}/history").get_data(as_text=True)


def test_pages_and_counts(admin: FlaskClient, session: Session) -> None:
    total = session.scalar(select(func.count(Country.id)))
    session.rollback()
    first = admin.get(f"{API}/country?size=7&sort=code").get_json()
    second = admin.get(f"{API}/country?size=7&sort=code&page=2").get_json()
    assert (first["count"], first["size"], second["page"]) == (total, 7, 2)
    codes = [row["code"] for row in first["result"] + second["result"]]
    assert codes == sorted(codes)
    assert len(set(codes)) == 14


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for part in value if isinstance(value, list) else ():
        yield from nodes(part)


def test_the_description_is_sound(admin: FlaskClient) -> None:
    document = admin.get(f"{API}/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        Draft202012Validator.check_schema(schema)
        assert name == "Error" or schema["properties"]["id" if not name.endswith("_change") else "version"]
    for ref in [n["$ref"] for n in nodes(document) if "$ref" in n]:
        assert ref.removeprefix("#/components/schemas/") in schemas
    operations = [o for item in document["paths"].values() for verb, o in item.items() if verb != "parameters"]
    names = [o["operationId"] for o in operations]
    assert len(names) == len(set(names))
    assert all({"responses", "summary", "tags"} <= set(o) for o in operations)
    for path, item in document["paths"].items():
        named = {p["name"] for p in item.get("parameters", []) if p["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path)), path
    assert set(REGISTRY) <= {p.split("/")[1] for p in document["paths"]}
    assert {"bearer", "cookie"} == set(document["components"]["securitySchemes"])


def test_every_answer_looks_as_described(admin: FlaskClient) -> None:
    document = admin.get(f"{API}/openapi.json").get_json()
    seen = 0
    for key in REGISTRY:
        checker = Draft202012Validator(document["components"]["schemas"][key])
        for row in admin.get(f"{API}/{key}?size=20").get_json()["result"]:
            whole = admin.get(f"{API}/{key}/{row['id']}").get_json()
            for answer in (row, whole):
                told = document["components"]["schemas"][key]["properties"]
                assert set(answer) <= set(told), (key, set(answer) - set(told))
                errors = [e.message for e in checker.iter_errors(answer)]
                assert errors == [], (key, row["id"])
            seen += 1
    assert seen > 200


def test_the_description_shows_what_the_reader_may(sign_in_as: Callable) -> None:
    document = sign_in_as("tangruolan").get(f"{API}/openapi.json").get_json()
    assert "system_parameter" not in document["components"]["schemas"]
    assert "discount_rate" not in document["components"]["schemas"]["client"]["properties"]
    assert set(document["paths"]["/client"]) == {"get"}
    assert "/client/{id}/set_invalid" not in document["paths"]


def test_the_page_of_the_interface_needs_nothing_from_elsewhere(admin: FlaskClient, client: FlaskClient) -> None:
    html = admin.get(f"{API}/").get_data(as_text=True)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    assert client.get(f"{API}/").status_code == 302
