"""Tokens of programs live and die with the sessions of the person, and a busy database says so."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.console.guard import busy
from app.services import accounts
from tests.conftest import PASSWORD

END = {
    "sign-out": lambda session, user: accounts.sign_out(session, user),
    "password": lambda session, user: accounts.set_password(session, user, "Another-one-1"),
    "reset": lambda session, user: accounts.reset_passwords(session, [user.id]),
}


def bearer(token: str) -> dict[str, str]:
    """The header of a program."""
    return {"Authorization": f"Bearer {token}"}


def reads(client: FlaskClient, token: str) -> int:
    """What a program with this token is answered."""
    return client.get("/api/v1/country", headers=bearer(token)).status_code


def renew(client: FlaskClient, token: str) -> tuple[int, str]:
    """What a refresh token still brings."""
    answer = client.post("/api/v1/security/refresh", headers=bearer(token))
    return answer.status_code, (answer.get_json() or {}).get("access_token", "")


@pytest.mark.parametrize("how", sorted(END))
def test_tokens_end_with_the_sessions(how: str, client: FlaskClient, session: Session) -> None:
    wish = {"username": "admin", "password": PASSWORD, "provider": "db", "refresh": True}
    given = client.post("/api/v1/security/login", json=wish).get_json()
    access, refresh = given["access_token"], given["refresh_token"]
    status, renewed = renew(client, refresh)
    assert (status, reads(client, access), reads(client, renewed)) == (200, 200, 200)
    END[how](session, session.execute(select(User).where(User.username == "admin")).scalar_one())
    assert (reads(client, access), reads(client, renewed)) == (401, 401)
    assert renew(client, refresh)[0] in (401, 422)


def test_what_the_framework_brings_along_answers_a_program_too(app: Flask, client: FlaskClient) -> None:
    """Every address that is not the product's own; none of them breaks on who asks."""
    wish = {"username": "admin", "password": PASSWORD, "provider": "db"}
    token = client.post("/api/v1/security/login", json=wish).get_json()["access_token"]
    plain = [r for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and not r.arguments]
    stock = [r.rule for r in plain if app.view_functions[r.endpoint].__module__.startswith("flask_appbuilder")]
    assert "/api/v1/menu/" in stock
    answers = {rule: client.get(rule, headers=bearer(token)).status_code for rule in stock}
    assert not {rule: status for rule, status in answers.items() if status >= 500}


def test_a_refresh_token_lives_for_a_day(app: Flask) -> None:
    assert app.config["JWT_REFRESH_TOKEN_EXPIRES"] == timedelta(days=1)


def test_a_cookie_that_counts_no_sessions_is_nobodys(admin: FlaskClient) -> None:
    assert admin.get("/app/country/").status_code == 200
    with admin.session_transaction() as cookie:
        del cookie["counter"]
    assert admin.get("/app/country/").status_code == 302


def test_a_busy_database_is_503_and_says_when_to_ask_again(app: Flask, admin: FlaskClient) -> None:
    engine: Engine = app.extensions["patentdesk.engine"]
    event.listen(engine, "engine_connect", lambda c: c.connection.driver_connection.execute("PRAGMA busy_timeout=50"))
    with engine.connect().execution_options(immediate=True) as writer:
        writer.execute(text("SELECT 1"))
        bodies = {"/app/prefs": {"key": "theme", "value": "dark"}, "/api/v1/department": {"name": "新部门"}}
        for path, body in bodies.items():
            answer = admin.post(path, json=body)
            assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")
            assert "请稍候再试" in answer.get_json()["message"]
    assert admin.post("/app/prefs", json={"key": "theme", "value": "dark"}).status_code == 200


@pytest.mark.parametrize(("state", "held"), [("40001", True), ("40P01", True), ("55P03", True), ("08006", False)])
def test_what_postgresql_says_of_held_rows(state: str, held: bool) -> None:
    said = Exception()
    said.sqlstate = state  # type: ignore[attr-defined]
    assert busy(OperationalError("", None, said)) is held


@pytest.mark.parametrize("header", ["Basic eDp5", "Bearer nonsense", ""])
def test_a_header_does_not_stand_for_the_anti_forgery_token(header: str, admin: FlaskClient) -> None:
    del admin.environ_base["HTTP_X_CSRFTOKEN"]
    body = {"code": "Q8", "name": "某国"}
    answer = admin.post("/api/v1/country", json=body, headers={"Authorization": header})
    assert answer.status_code == 400
    assert admin.get("/api/v1/country?q.code=Q8").get_json()["count"] == 0
