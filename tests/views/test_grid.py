"""Editing in the list itself: 添加一行, changing cells, 【保存】 of the ticked rows: all or none."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.services import records
from app.services.unit_of_work import unit_of_work
from models.task import RequirementItem

URL = "/app/requirement_item/"
GOOD = {"phase": "ALL", "requirement_type": "CONTACT", "content": "来电先登记"}


def save(browser: FlaskClient, *rows: Any) -> Any:
    return browser.post(f"{URL}grid", json={"rows": list(rows)})


def count(session: Session) -> int:
    total = session.scalar(select(func.count(RequirementItem.id)))
    session.rollback()
    return total


@pytest.fixture
def item(session: Session) -> dict[str, Any]:
    """A row of the table as the page knows it."""
    row = session.scalars(select(RequirementItem).order_by(RequirementItem.id)).first()
    made = {"id": row.id, "version": row.version, "content": row.content}
    session.rollback()
    return made


def test_the_page_is_edited_in_place(admin: FlaskClient, item: dict[str, Any]) -> None:
    """【添加一行】, 【保存】 and 【删除】 instead of a form (A-2.1.2.2-02); each row carries its version."""
    html = admin.get(f"{URL}?size=50").get_data(as_text=True)
    bar = html.split('role="toolbar"')[1].split('class="chips-row"')[0]
    assert re.findall(r"</svg>\s*([\u4e00-\u9fff]+)</button>", bar) == ["添加一行", "保存", "删除"]
    assert f'<tr data-id="{item["id"]}" data-url="{URL}{item["id"]}" data-version="{item["version"]}"' in html
    assert re.findall(r'data-col="([^"]+)" data-editable', html) == ["phase", "requirement_type", "content"]


def test_a_reader_sees_no_editing(sign_in_as: Callable) -> None:
    html = sign_in_as("linyichen").get(URL)
    assert html.status_code == 403 or "data-add-row" not in html.get_data(as_text=True)


def test_a_new_row_and_a_changed_row_are_saved_together(
    admin: FlaskClient, session: Session, item: dict[str, Any]
) -> None:
    before = count(session)
    changed = {"id": item["id"], "version": item["version"], "values": {"content": "改过的要求"}}
    answer = save(admin, {"values": GOOD}, changed)
    assert (answer.status_code, answer.get_json()) == (200, {"ok": True, "saved": 2})
    assert count(session) == before + 1
    assert session.get(RequirementItem, item["id"]).content == "改过的要求"
    assert session.scalars(select(RequirementItem.content).order_by(RequirementItem.id.desc())).first() == "来电先登记"


def test_one_bad_row_saves_none_and_each_error_names_its_cell(
    admin: FlaskClient, session: Session, item: dict[str, Any]
) -> None:
    before = count(session)
    answer = save(
        admin,
        {"values": GOOD},
        {"values": GOOD | {"phase": "ROCKET", "content": " "}},
        {"id": item["id"], "version": item["version"], "values": {"requirement_type": ""}},
    )
    assert answer.status_code == 422
    errors = answer.get_json()["errors"]
    assert [(e["row"], e["field"]) for e in errors] == [(1, "phase"), (1, "content"), (2, "requirement_type")]
    assert all(re.search("[\u4e00-\u9fff]", e["message"]) for e in errors)
    assert count(session) == before
    assert session.get(RequirementItem, item["id"]).version == item["version"]


def test_missing_cells_of_a_new_row_are_named(admin: FlaskClient) -> None:
    errors = save(admin, {"values": {"phase": "ALL"}}).get_json()["errors"]
    assert {(e["row"], e["field"]) for e in errors} == {(0, "requirement_type"), (0, "content")}


def test_a_row_changed_meanwhile_is_not_overwritten(admin: FlaskClient, session: Session, item: dict[str, Any]) -> None:
    records.save(session, RequirementItem, item["id"], {"content": "别人改的"})
    answer = save(admin, {"id": item["id"], "version": item["version"], "values": {"content": "我改的"}})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["row"] == 0
    session.rollback()
    assert session.get(RequirementItem, item["id"]).content == "别人改的"


def test_a_known_row_needs_its_version(admin: FlaskClient, session: Session, item: dict[str, Any]) -> None:
    for version in (None, "", "1", [1]):
        assert save(admin, {"id": item["id"], "version": version, "values": {"content": "x"}}).status_code == 422
    assert session.get(RequirementItem, item["id"]).content == item["content"]


@pytest.mark.parametrize("row", [
    {"id": 999999, "version": 1, "values": {"content": "x"}}, {"id": "abc", "version": 1, "values": {}},
    {"id": -1, "version": 1, "values": {}}, {"id": 10**30, "version": 1, "values": {}}, {"values": {"id": 5}},
    {"values": GOOD | {"created_by": 1}}, {"values": GOOD | {"version": 9}}, {"values": GOOD | {"extra": {}}},
    {"values": [1]}, {"values": "x"}, "x", None, 7, [],
])  # fmt: skip
def test_strange_rows_are_refused(row: Any, admin: FlaskClient, session: Session) -> None:
    before = count(session)
    answer = save(admin, row)
    assert answer.status_code == 422
    assert answer.get_json()["errors"]
    assert count(session) == before


@pytest.mark.parametrize("body", [None, [], "x", {}, {"rows": []}, {"rows": "x"}, {"rows": [{}] * 201}])
def test_strange_requests_are_refused(body: Any, admin: FlaskClient) -> None:
    assert admin.post(f"{URL}grid", json=body).status_code == 422


def test_who_may_not_edit_may_not_save(session: Session, sign_in_as: Callable, item: dict[str, Any]) -> None:
    clerk = sign_in_as("tangruolan")
    assert save(clerk, {"values": GOOD}).status_code == 403
    changed = {"id": item["id"], "version": item["version"], "values": {"content": "x"}}
    assert save(clerk, changed).status_code == 403


def test_a_first_row_can_be_added_to_an_empty_table(admin: FlaskClient, session: Session) -> None:
    with unit_of_work(session):
        session.execute(delete(RequirementItem), execution_options={"audited": True})
    html = admin.get(URL).get_data(as_text=True)
    assert "data-add-row" in html
    assert '<table class="tbl' in html
    assert save(admin, {"values": GOOD}).status_code == 200
    assert count(session) == 1
