"""Each shipped position against every route of the application, and a partnership against other people's rows."""

import csv
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.console.view import INSTANCES, REGISTRY, Console, routes_of
from app.rules.party import CasePhase, RequirementType
from app.services import records, scope
from app.services.unit_of_work import Actor, act_as, unit_of_work
from models.case import Case
from models.party import Applicant, ApplicantRequirement, Client, PartyMerge
from models.system import SystemParameter
from tests.kit import visible_english

SEED = Path(__file__).resolve().parents[2] / "seed"
#: Open to everyone signed in, each for a reason that stands at its route: one's own affairs, or checked inside.
SIGNED_IN = {
    "home", "search", "preferences", "file", "drop_file", "logout", "password", "profile", "pick", "action", "docs",
    "openapi",
}  # fmt: skip

#: Pages about what is the user's own; each looks at the owner itself.
OWN = (
    {f"JobsView.{m}" for m in ("jobs", "job", "listed", "cancel", "retry", "download", "result")}
    | {f"AccountView.{m}" for m in ("mail", "mail_test", "own_password")}
    | {f"CalendarLinkView.{m}" for m in ("calendar_link", "make_link", "revoke_link")}
)


def granted() -> dict[str, set[tuple[str, str]]]:
    """{position: {(permission, table)}} as the shipped table of rights says."""
    found: dict[str, set[tuple[str, str]]] = {}
    with (SEED / "grants.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["position"], set()).update((p, row["table"]) for p in row["permissions"].split())
    return found


def holders() -> dict[str, str]:
    """{position: a user of the demo agency who holds just that one}."""
    positions: dict[str, list[str]] = {}
    with (SEED / "demo" / "holders.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            positions.setdefault(row["user"], []).append(row["position"])
    return {held[0]: user for user, held in positions.items() if len(held) == 1}


GRANTED, HOLDERS = granted(), holders()


def routes(app: Flask) -> Iterator[tuple[str, Any, str, set[str]]]:
    """(address, view, method name, HTTP methods) of every page of our views, from the URL map."""
    views = {v.__class__.__name__: [v] for v in app.appbuilder.baseviews}
    consoles = [v for v in app.appbuilder.baseviews if isinstance(v, Console)]
    for rule in app.url_map.iter_rules():
        owner, _dot, method = rule.endpoint.partition(".")
        shared = [c for c in consoles if c.inherits(method)] if owner == "Console" else []
        for view in shared or views.get(owner, ()):
            if rule.rule.startswith("/app"):
                at = rule.rule.replace("<table:console>", getattr(view, "key", ""))
                yield at, view, method, rule.methods - {"HEAD", "OPTIONS"}


def test_every_page_of_every_table_is_walked(app: Flask) -> None:
    """The routes below are those of each console, and what they share is registered once."""
    walked = {(view.key, method) for _rule, view, method, _methods in routes(app) if isinstance(view, Console)}
    for key, view in INSTANCES.items():
        listed = view.include_route_methods or routes_of(type(view))
        assert {method for at, method in walked if at == key} == routes_of(type(view)) & set(listed), key
    assert not [r for r in app.url_map.iter_rules() if r.endpoint.startswith("CountryView.")]


@pytest.mark.parametrize(
    ("path", "status"),
    [("no_table/", 404), ("no_table/new", 404), ("user_assignment/new", 404), ("country/none", 404), ("country", 308)],
)
def test_an_address_that_no_table_has_is_nowhere(path: str, status: int, admin: FlaskClient) -> None:
    assert admin.get(f"/app/{path}").status_code == status


def needed(view: Any, method: str) -> str | None:
    """The permission a route declares."""
    return getattr(getattr(view, method), "_console_permission", "undeclared")


def address(rule: str, key: int) -> str:
    """A rule with its places filled: a row that exists, names that do not."""
    own = re.sub(r"<int:(record_id|index)>", lambda m: str(key) if m[1] == "record_id" else "0", rule)
    return re.sub(r"<[a-z:]*>", "none", re.sub(r"<int:\w+>", "1", own))


def test_every_route_declares_its_right(app: Flask) -> None:
    silent = [rule for rule, view, method, _m in routes(app) if needed(view, method) == "undeclared"]
    assert [r for r in silent if r not in ("/app/login", "/app/logout")] == []


def test_only_known_routes_are_open_to_all_signed_in(app: Flask) -> None:
    """Routes without a permission of their own are few and named."""
    open_ones = {
        f"{view.__class__.__name__}.{method}" for _r, view, method, _m in routes(app) if needed(view, method) is None
    }
    assert {o for o in open_ones if o.split(".")[1] not in SIGNED_IN and o not in OWN} == set()


@pytest.mark.parametrize("position", sorted(HOLDERS))
def test_a_position_reaches_exactly_what_it_was_given(
    position: str, app: Flask, session: Session, sign_in_as: Callable
) -> None:
    browser: FlaskClient = sign_in_as(HOLDERS[position])

    @cache
    def first(model: Any) -> int:
        return session.execute(select(func.min(model.id))).scalar() or 1 if model is not None else 1

    wrong = []
    for rule, view, method, methods in routes(app):
        permission = needed(view, method)
        if permission in (None, "undeclared") or method == "related_rows":  # that one asks for two tables' rights
            continue
        table = getattr(view, "key", None) or view.class_permission_name
        may = (permission, table) in GRANTED.get(position, set())
        path = address(rule, first(getattr(view, "model", None)))
        session.rollback()
        as_data = {} if may else {"Accept": "application/json"}  # a refusal is sooner said than drawn
        for verb in methods:
            answer = browser.open(path, method=verb, json={} if verb != "GET" else None, headers=as_data)
            given = answer.status_code not in (403, 404)  # a place no such row or name can fill gives nothing away
            if (given and not may) or (may and answer.status_code == 403) or answer.status_code >= 500:
                wrong.append((verb, path, answer.status_code, permission, table))
    assert wrong == []


def test_who_is_refused_is_told_what_he_lacks_and_where_to_go(sign_in_as: Callable) -> None:
    browser = sign_in_as("tangruolan")
    lacking = {"client/new": "客户管理 新增", "case/import": "案卷处理 导入", "position/define": "岗位定义 查看"}
    for path, name in lacking.items():
        answer = browser.get(f"/app/{path}", headers={"Referer": "http://localhost/app/case/?q.title=%E7%81%AF"})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 403
        assert f"没有“{name}”功能" in page, path
        assert "请联系管理员" in page
        assert re.search(r'<a class="btn primary" href="/app/">', page)
        assert 'href="/app/case/?q.title=' in page
        assert not visible_english(page)
    there, none = (browser.get(f"/app/client/{key}/edit").get_data(as_text=True) for key in (1, 999_999))
    assert re.findall("<p>.*?</p>", there, re.S) == re.findall("<p>.*?</p>", none, re.S)


@pytest.mark.parametrize(
    ("came", "offered"),
    [
        ("http://localhost/app/case/?q.title=x", "/app/case/?q.title=x"), ("http://localhost/app/", "/app/"),
        ("https://example.com/app/x", ""), ("http://localhost//example.com/x", ""),
        ("http://localhost//example.com/app/", ""), ("http://localhost/\\example.com/app/", ""),
        ("http://localhost/app/\\example.com", ""), ("http://localhost/static/x", ""), ("http://localhost", ""),
        ("http://localhost/app/login?next=/app/client/new", ""), ("http://localhost/app/login", ""),
        ("http://localhost/app/client/new?x=1", ""), ("http://[", ""), ("nonsense", ""),
    ],
)  # fmt: skip
def test_who_is_refused_goes_back_only_within_the_application(came: str, offered: str, sign_in_as: Callable) -> None:
    answer = sign_in_as("tangruolan").get("/app/client/new", headers={"Referer": came})
    assert answer.status_code == 403
    acts = answer.get_data(as_text=True).split('class="acts"')[1]
    assert re.findall('href="([^"]*)"', acts.split("</div>")[0])[1:] == [offered] * bool(offered)


def test_only_what_can_be_granted_is_asked_of_the_administrator(admin: FlaskClient, sign_in_as: Callable) -> None:
    for browser, path in (
        (admin, "login_event/new"),
        (sign_in_as("tangruolan"), "login_event/new"),
        (admin, "login_event/import/template"),
    ):
        answer = browser.get(f"/app/{path}")
        assert answer.status_code == 403
        assert "管理员授予" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("position", sorted(HOLDERS))
def test_the_api_knows_the_same_rights(position: str, session: Session, sign_in_as: Callable) -> None:
    browser: FlaskClient = sign_in_as(HOLDERS[position])
    wrong = []
    for key, console in REGISTRY.items():
        row = session.execute(select(func.min(console.model.id))).scalar() or 1
        session.rollback()
        calls = {"read": ("GET", f"/api/v1/{key}"), "add": ("POST", f"/api/v1/{key}"), "edit": ("PATCH",
            f"/api/v1/{key}/{row}"),
                 "delete": ("DELETE", f"/api/v1/{key}/999999")}  # fmt: skip
        for permission, (verb, path) in calls.items():
            may = (permission, key) in GRANTED.get(position, set())
            status = browser.open(path, method=verb, json=[] if verb != "GET" else None).status_code
            if (status == 403) == may or status >= 500:
                wrong.append((verb, path, status))
    assert wrong == []


@pytest.fixture
def partnership(session: Session) -> None:
    """The firm is a partnership: clients and cases are each partner's own (A-2.1.1.2-06)."""
    with unit_of_work(session):
        statement = update(SystemParameter).where(SystemParameter.code == "firm_nature").values(value="PARTNERSHIP")
        session.execute(statement, execution_options={"audited": True})


@pytest.fixture
def hidden_client(session: Session, partnership: None) -> int:
    """A client that somebody else registered, with a case nobody else works on."""
    boss = session.execute(select(User.id).where(User.username == "admin")).scalar_one()
    client = records.save(
        session, Client, None, {"name": "不可见的客户有限公司", "short_name": "不可见", "registered_by_id": boss}
    )
    values = {
        "title": "不可见的发明",
        "patent_type": Case.__table__.c.patent_type.type.choices["INVENTION"],
        "client_id": client.id,
    }
    records.save(session, Case, None, {**values, "our_ref": "HIDDEN-1", "opened_by_id": boss})
    return client.id


def a_partner(session: Session) -> str:
    """A user without a management position who may read, add and change clients and cases."""
    return next(user for user, held in positions_of().items()
                if {("read", "client"), ("add",
                    "case")} <= set().union(*(GRANTED[p] for p in held)) and not managers() & held)  # fmt: skip


def positions_of() -> dict[str, set[str]]:
    """{user: positions} of the demo agency."""
    found: dict[str, set[str]] = {}
    with (SEED / "demo" / "holders.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["user"], set()).add(row["position"])
    return found


def managers() -> set[str]:
    """Positions that see all rows."""
    with (SEED / "position.csv").open(encoding="utf-8") as file:
        return {r["name"] for r in csv.DictReader(file) if r["position_type"] == "MANAGEMENT"}


def test_a_partner_does_not_meet_other_peoples_rows_anywhere(
    hidden_client: int, session: Session, sign_in_as: Callable
) -> None:
    case = session.execute(select(Case.id).where(Case.our_ref == "HIDDEN-1")).scalar_one()
    partner = a_partner(session)
    session.rollback()
    browser: FlaskClient = sign_in_as(partner)
    for key, row in (("client", hidden_client), ("case", case)):
        for path in (
            f"/app/{key}/{row}",
            f"/app/{key}/{row}/history",
            f"/app/{key}/{row}/files",
            f"/app/{key}/{row}/related/0",
        ):
            assert browser.get(path).status_code == 404, path
        assert browser.get(f"/api/v1/{key}/{row}").status_code == 404
        for path in (f"/app/{key}/?size=200", f"/app/{key}/pick?q=不可见", f"/api/v1/{key}?size=200",
            "/app/search?q=不可见",
                     f"/app/{key}/?q.title=不可见", f"/app/{key}/pick?q=HIDDEN"):  # fmt: skip
            text = browser.get(path).get_data(as_text=True)
            assert "不可见的" not in text, path
            assert "HIDDEN-1" not in text, path
        exported = browser.get(f"/app/{key}/export?format=csv&scope=all")
        assert exported.status_code == 403 or "不可见" not in exported.get_data(as_text=True)
        for path, body in ((f"/app/{key}/bulk", {"ids": [row], "values": {"remark": "x"}}), (f"/app/{key}/delete",
            {"ids": [row]}),
                           (f"/app/{key}/grid", {"rows": [{"id": row, "values": {"remark": "x"}}]})):  # fmt: skip
            assert browser.post(path, json=body).status_code in (403, 404, 422), path
    assert session.execute(select(func.count(Case.id)).where(Case.our_ref == "HIDDEN-1")).scalar() == 1


def test_a_row_cannot_be_hung_on_a_hidden_one(hidden_client: int, sign_in_as: Callable, session: Session) -> None:
    partner = a_partner(session)
    session.rollback()
    browser: FlaskClient = sign_in_as(partner)
    answer = browser.post(
        "/app/case/new", data={"title": "一种装置", "patent_type": "INVENTION", "client": str(hidden_client)}
    )
    assert answer.status_code == 422
    assert "请从列表中选择" in answer.get_data(as_text=True)
    page = browser.get(f"/app/case/new?client={hidden_client}")
    assert "不可见" not in page.get_data(as_text=True)


def test_in_a_company_all_rows_are_shared(session: Session, sign_in_as: Callable) -> None:
    total = session.execute(select(func.count(Client.id))).scalar_one()
    partner = a_partner(session)
    session.rollback()
    assert sign_in_as(partner).get("/api/v1/client").get_json()["count"] == total


def test_every_table_that_hangs_on_a_scoped_one_is_scoped() -> None:
    """In a partnership no row leaks because the table it is in was forgotten."""
    known = {model.__table__ for model in scope._CRITERIA}
    open_ones = {
        m.class_.__name__
        for m in Model.registry.mappers
        if getattr(m.class_, "__label__", "") and m.local_table not in known
        for column in m.local_table.columns
        if any(key.column.table in known for key in column.foreign_keys)
    }
    assert open_ones == set()


def test_a_partner_meets_no_requirement_of_a_hidden_applicant(
    hidden_client: int, session: Session, sign_in_as: Callable
) -> None:
    with unit_of_work(session):
        applicant = session.execute(select(Applicant)).scalars().first()
        applicant.client_id = hidden_client
        session.add(ApplicantRequirement(applicant_id=applicant.id, phase=CasePhase.ALL, content="不可见的要求",
                                         requirement_type=next(iter(RequirementType))))  # fmt: skip
    partner = a_partner(session)
    for user, seen in (("admin", True), (partner, False)):
        session.rollback()
        answer = sign_in_as(user).get("/api/v1/applicant_requirement?size=200")
        assert (answer.status_code, "不可见的要求" in str(answer.get_json())) == (200, seen), user


def test_a_partner_meets_no_merge_of_hidden_parties(hidden_client: int, session: Session) -> None:
    with unit_of_work(session):
        session.add(PartyMerge(table_key="client", kept_id=hidden_client, kept_name="不可见的客户", merged_id=1,
                               merged_name="不可见的另一家", moved={}, reason="重复"))  # fmt: skip
    registered = session.execute(select(Client.registered_by_id).where(Client.id == hidden_client)).scalar_one()
    for user, seen in ((registered, 1), (99_999, 0)):
        act_as(session, Actor(id=user, name="合伙人", sees_all=False))
        assert session.execute(select(func.count(PartyMerge.id))).scalar_one() == seen
