"""Field rights (字段权限): a hidden column stays hidden wherever another table would tell it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.console import REGISTRY
from app.rules.access import FieldRightKind
from app.rules.party import ClientReview
from app.services import records
from app.services.kept import GRANTS, renew
from app.services.records import ChildRow
from app.services.unit_of_work import unit_of_work
from models.access import FieldRight
from models.case import Case
from models.party import Applicant, Client
from models.task import Task

SECRETS = ("密不可宣的发明", "SECRET-REF", "密不可宣的客户", "密客简称", "MBKX")
TABLES = {"case", "task", "client"}
HIDDEN = [("case", "title"), ("case", "our_ref"), ("client", "name"), ("client", "short_name")]

Hide = Callable[..., FlaskClient]


def reader(session: Session) -> tuple[str, list[Role]]:
    """A user of the demo agency who reads cases, tasks and clients and edits cases, and his positions."""
    for user in session.execute(select(User)).scalars():
        held = {(p.permission.name, p.view_menu.name) for r in user.roles for p in r.permissions}
        wanted = {("can_read", table) for table in TABLES} | {("can_edit", "case"), ("can_add", "case")}
        if user.username != "admin" and wanted <= held:
            return user.username, user.roles
    raise AssertionError("nobody reads all of them")


@pytest.fixture
def hide(session: Session, sign_in_as: Callable) -> Hide:
    """Take columns (table, column) from a reader's positions; answers his browser."""

    def take(*columns: tuple[str, str], right: FieldRightKind = FieldRightKind.HIDDEN) -> FlaskClient:
        username, roles = reader(session)
        ids = [role.id for role in roles]
        with unit_of_work(session):
            for table, column in columns:
                session.add_all(FieldRight(position_id=i, table_key=table, column=column, right=right) for i in ids)
            renew(session, GRANTS)
        session.rollback()
        return sign_in_as(username)

    return take


@pytest.fixture
def secret(session: Session) -> tuple[int, int, int]:
    """(client, case, task) whose names are secret."""
    client = records.save(session, Client, None, {"name": "密不可宣的客户", "short_name": "密客简称"})
    with unit_of_work(session):  # a picker offers reviewed clients only
        reviewed = update(Client).where(Client.id == client.id).values(review_status=ClientReview.REVIEWED)
        session.execute(reviewed, execution_options={"audited": True})
    invention = Case.__table__.c.patent_type.type.choices["INVENTION"]
    values = {"title": "密不可宣的发明", "our_ref": "SECRET-REF", "client_id": client.id, "patent_type": invention}
    case = records.save(session, Case, None, values)
    somebody = session.scalars(select(User.id)).first()
    with unit_of_work(session):
        task = Task(case_id=case.id, name="补正", assignee_id=somebody)
        session.add(task)
    return client.id, case.id, task.id


def seen(browser: FlaskClient, path: str) -> list[str]:
    """The secrets that an address tells."""
    text = browser.get(path).get_data(as_text=True)
    return [s for s in SECRETS if s in text]


def test_hidden_names_are_told_by_no_table(hide: Hide, secret: tuple[int, int, int]) -> None:
    client, case, task = secret
    browser = hide(*HIDDEN)
    for path in (
        "/app/task/?view=all&size=200&sort=-id", "/app/case/?view=all&size=200&sort=-id",
        "/app/client/?view=all&size=200&sort=-id", f"/app/task/{task}", f"/app/task/{task}/edit", f"/app/case/{case}",
        f"/app/case/{case}/edit", f"/app/client/{client}", f"/app/case/new?client={client}", "/app/",
        "/app/workbench/", "/app/workbench/?of=all",
        f"/app/case/?q.client={client}", f"/app/client/{client}/related/0", f"/app/task/{task}/history",
        f"/api/v1/task/{task}", f"/api/v1/case/{case}", f"/api/v1/client/{client}", "/api/v1/task?size=200&sort=-id",
        "/app/case/export?format=csv&scope=all", "/app/task/export?format=csv&scope=all",
    ):  # fmt: skip
        assert seen(browser, path) == [], path
    for word in ("密不可宣", "SECRET", "mbkx", "密客"):
        for path in (f"/app/case/pick?q={word}", f"/app/client/pick?q={word}", f"/app/search?q={word}"):
            answer = browser.get(path).get_json()
            groups = answer.get("results") or [g for g in answer.get("groups", []) if "/app/" in str(g)]
            assert groups == [], path
    for name in ("case.title", "client.name", "client.short_name"):
        assert browser.get(f"/app/task/?c={name}~contains~密").status_code == 422


def test_a_reference_without_a_name_is_its_id(hide: Hide, secret: tuple[int, int, int]) -> None:
    client, case, task = secret
    browser = hide(*HIDDEN)
    assert browser.get(f"/api/v1/case/{case}").get_json()["client"] == {"id": client, "title": f"#{client}"}
    assert browser.get(f"/api/v1/task/{task}").get_json()["case"] == {"id": case, "title": f"#{case}"}
    heading = browser.get(f"/app/case/{case}").get_data(as_text=True)
    assert f"#{case}" in heading
    assert f"#{client}" in heading
    picked = [row for page in range(1, 6) for row in browser.get(f"/app/client/pick?page={page}").get_json()["results"]]
    assert next(row["text"] for row in picked if row["id"] == client) == f"#{client}"


def test_whoever_may_see_them_still_does(secret: tuple[int, int, int], session: Session, sign_in_as: Callable) -> None:
    username, _role = reader(session)
    session.rollback()
    browser = sign_in_as(username)
    assert "SECRET-REF" in seen(browser, "/app/task/?view=all&size=200&sort=-id")
    assert "密客简称" in seen(browser, "/app/case/?view=all&size=200&sort=-id")
    assert "SECRET-REF" in seen(browser, "/app/search?q=SECRET")
    assert "密客简称" in seen(browser, "/app/client/pick?q=mbkx")


@pytest.fixture
def with_applicant(session: Session, secret: tuple[int, int, int]) -> int:
    """The secret case with an applicant."""
    applicant = records.save(session, Applicant, None, {"name": "张三", "client_id": secret[0], "address": "北京"})
    child = ChildRow({"applicant_id": applicant.id, "is_first": True})
    records.save(session, Case, secret[1], {}, children={"applicants": [child]})
    return secret[1]


def test_child_rows_ask_their_own_table(hide: Hide, with_applicant: int) -> None:
    browser = hide(("case_applicant", "is_first"))
    row = browser.get(f"/api/v1/case/{with_applicant}").get_json()
    assert "applicant" in row["applicants"][0]
    assert "is_first" not in row["applicants"][0]
    form = browser.get(f"/app/case/{with_applicant}/edit").get_data(as_text=True)
    assert "applicants-0-applicant" in form
    assert "applicants-0-is_first" not in form
    assert "applicants-__i__-is_first" not in form
    change = {"version": row["version"], "applicants": [{"id": row["applicants"][0]["id"], "is_first": False}]}
    assert browser.patch(f"/api/v1/case/{with_applicant}", json=change).status_code == 403


def test_a_child_column_to_read_is_not_written(hide: Hide, with_applicant: int) -> None:
    browser = hide(("case_applicant", "is_first"), right=FieldRightKind.READ_ONLY)
    row = browser.get(f"/api/v1/case/{with_applicant}").get_json()
    child = row["applicants"][0]
    assert child["is_first"] is True
    change = {"version": row["version"], "applicants": [{"id": child["id"], "is_first": False}]}
    assert browser.patch(f"/api/v1/case/{with_applicant}", json=change).status_code == 403
    assert browser.get(f"/api/v1/case/{with_applicant}").get_json()["applicants"] == [child]


def test_a_hidden_reference_relates_nothing(hide: Hide, secret: tuple[int, int, int], admin: FlaskClient) -> None:
    client, case, _task = secret
    at = [related.model for related in REGISTRY["client"].related].index("Case")
    assert f"/app/case/{case}" in admin.get(f"/app/client/{client}/related/{at}").get_data(as_text=True)
    browser = hide(("case", "client"))
    assert browser.get(f"/app/client/{client}/related/{at}").status_code == 403
    assert f"/related/{at}" not in browser.get(f"/app/client/{client}").get_data(as_text=True)
