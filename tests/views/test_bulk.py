"""Bulk edit: the same values for many rows, all or none, and taking it back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.services import records
from models.audit import AuditEntry
from models.case import Case
from models.party import Client
from models.reference import Depositary

URL = "/app/case/"


def bulk(browser: FlaskClient, ids: Any, values: Any, **more: Any) -> Any:
    return browser.post(f"{URL}bulk", json={"ids": ids, "values": values} | more)


def remarks(session: Session) -> dict[int, str | None]:
    found = dict(session.execute(select(Case.id, Case.remark)).all())
    session.rollback()
    return found


def test_many_rows_get_the_same_values_with_a_reason(admin: FlaskClient, session: Session) -> None:
    before = remarks(session)
    answer = bulk(admin, [1, 2, "3"], {"remark": "统一备注", "drawings_pages": "9"}, reason="年度整理")
    assert (answer.status_code, answer.get_json()["changed"]) == (200, 3)
    changed = {row.id: (row.remark, row.drawings_pages) for row in session.scalars(select(Case)) if row.id <= 3}
    assert changed == dict.fromkeys((1, 2, 3), ("统一备注", 9))
    assert {k: v for k, v in remarks(session).items() if k > 3} == {k: v for k, v in before.items() if k > 3}
    reasons = session.scalars(select(AuditEntry.reason).where(AuditEntry.reason == "年度整理")).all()
    assert len(reasons) == 3
    assert "年度整理" in admin.get(f"{URL}1/history").get_data(as_text=True)


def test_undo_gives_back_what_was_there(admin: FlaskClient, session: Session) -> None:
    records.save(session, Case, 1, {"remark": "原来的备注"})
    before = remarks(session)
    undo = bulk(admin, list(before), {"remark": "统一备注"}).get_json()["undo_url"]
    assert set(remarks(session).values()) == {"统一备注"}
    answer = admin.post(undo, json={})
    assert answer.get_json()["ok"]
    assert remarks(session) == before


def test_undo_leaves_what_was_touched_since(admin: FlaskClient, session: Session) -> None:
    undo = bulk(admin, [1, 2, 3], {"remark": "统一备注"}).get_json()["undo_url"]
    records.save(session, Case, 2, {"remark": "后来改的"})
    message = admin.post(undo, json={}).get_json()["message"]
    found = remarks(session)
    assert (found[1], found[2], found[3]) == (None, "后来改的", None)
    assert "2" in message
    assert "1" in message
    assert admin.post(undo, json={}).status_code in (200, 404)
    assert remarks(session)[2] == "后来改的"


def test_dates_choices_and_references_are_given_back_as_they_were(admin: FlaskClient, session: Session) -> None:
    def facts() -> list[tuple[Any, ...]]:
        rows = session.execute(
            select(Case.id, Case.planned_on, Case.filing_method, Case.client_id, Case.discount_rate).order_by(Case.id)
        ).all()
        session.rollback()
        return [tuple(r) for r in rows]

    before = facts()
    values = {"planned_on": "2027-01-05", "filing_method": "PAPER", "client": "3", "discount_rate": "0.85"}
    undo = bulk(admin, [r[0] for r in before], values).get_json()["undo_url"]
    assert len({row[1:] for row in facts()}) == 1
    assert admin.post(undo, json={}).get_json()["ok"]
    assert facts() == before


def test_all_that_a_query_finds(admin: FlaskClient, session: Session) -> None:
    wanted = set(session.scalars(select(Case.id).where(Case.title.contains("装置"))))
    session.rollback()
    assert bulk(admin, "all", {"remark": "装置类"}, query="q.title=装置&page=2&size=1").get_json()["changed"] == len(
        wanted
    )
    assert {k for k, v in remarks(session).items() if v == "装置类"} == wanted


def test_the_page_offers_only_what_many_rows_may_share(admin: FlaskClient) -> None:
    """No unique columns, no code that is fixed once saved, no state of a life cycle."""
    html = admin.get("/app/depositary/dialogs").get_data(as_text=True)
    offered = set(re.findall(r'"name": "([^"]+)", "label"', html.split('id="bulk-fields"')[1].split("</script>")[0]))
    assert "country" in offered
    assert "code" not in offered
    html = admin.get("/app/client/dialogs").get_data(as_text=True)
    offered = set(re.findall(r'"name": "([^"]+)", "label"', html.split('id="bulk-fields"')[1].split("</script>")[0]))
    assert {"client_no", "valid", "review_status"}.isdisjoint(offered)


REFUSED = [
    ([1], {}), ([], {"remark": "x"}), (None, {"remark": "x"}), ("some", {"remark": "x"}), ([1, "x"], {"remark": "x"}),
    ([[1]], {"remark": "x"}), ([1], {"status": "CLOSED"}), ([1], {"id": "7"}), ([1], {"created_by": "1"}), ([1],
        {"nope": "1"}),
    ([1], {"planned_on": "昨天"}), ([1], {"client": "999999"}), ([1], {"title": ""}), ([1], "x"), ([1], ["remark"]),
    ([10**20], {"remark": "x"}), ("all", {"remark": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("ids", "values"), REFUSED)
def test_what_makes_no_sense_changes_nothing(ids: Any, values: Any, admin: FlaskClient, session: Session) -> None:
    before = session.execute(select(Case.id, Case.version)).all()
    session.rollback()
    query = {"query": "q.password=x"} if ids == "all" else {}
    answer = bulk(admin, ids, values, **query)
    assert answer.status_code in (403, 404, 422)
    assert re.search("[\u4e00-\u9fff]", answer.get_json()["message"])
    assert session.execute(select(Case.id, Case.version)).all() == before


def test_one_row_that_cannot_be_changed_leaves_all_as_they_were(admin: FlaskClient, session: Session) -> None:
    before = remarks(session)
    assert bulk(admin, [1, 2, 999999], {"remark": "x"}).status_code == 404
    assert remarks(session) == before


def test_a_fixed_code_stays(admin: FlaskClient, session: Session) -> None:
    answer = admin.post("/app/depositary/bulk", json={"ids": [1, 2], "values": {"code": "SAME"}})
    assert answer.status_code == 422
    assert session.scalar(select(func.count(Depositary.id)).where(Depositary.code == "SAME")) == 0


def test_a_table_that_asks_why_does_so_here_too(admin: FlaskClient, session: Session) -> None:
    """客户修改须填写修改原因 (A-3.1.1.3-02)."""
    body = {"ids": [1, 2], "values": {"fax": "010-1"}}
    refused = admin.post("/app/client/bulk", json=body)
    assert (refused.status_code, refused.get_json()["message"]) == (422, "请填写修改原因")
    assert admin.post("/app/client/bulk", json=body | {"reason": "客户迁址"}).status_code == 200
    assert set(session.scalars(select(Client.fax).where(Client.id.in_([1, 2])))) == {"010-1"}


def test_guarded_fields_are_for_their_holders(session: Session, sign_in_as: Callable) -> None:
    clerk = sign_in_as("fangyike")
    answer = clerk.post("/app/client/bulk", json={"ids": [1], "values": {"discount_rate": "0.1"}, "reason": "x"})
    assert answer.status_code == 403
    assert "discount_rate" not in clerk.get("/app/client/").get_data(as_text=True)


@pytest.mark.parametrize(
    ("key", "field", "clear", "status", "said"),
    [
        ("case", "client", False, 422, "必须填写"),
        ("case", "client", True, 422, "必须填写"),
        ("case", "client_id", True, 422, "必须填写"),
        ("case", "title", True, 422, "必须填写"),
        ("client", "short_name", True, 422, "必须填写"),
        ("case", "remark", False, 422, "清空"),
        ("case", "remark", "yes", 422, "清空"),
        ("case", "remark", True, 200, ""),
    ],
)
def test_a_field_is_emptied_on_purpose_only(
    key: str, field: str, clear: Any, status: int, said: str, admin: FlaskClient, session: Session
) -> None:
    """What the form requires is never emptied, the rest only where emptying was asked for."""
    records.save(session, Case, 1, {"remark": "要紧"})
    body = {"ids": [1, 2], "values": {field: " "}, "clear": clear, "reason": "整理"}
    answer = admin.post(f"/app/{key}/bulk", json=body)
    assert answer.status_code == status
    if status == 422:
        told = answer.get_json()["errors"][0]
        assert told["field"] == field
        assert said in told["message"]
    assert session.get_one(Case, 1).remark == (None if status == 200 else "要紧")
    assert session.get_one(Case, 1).client_id


def test_only_records_really_changed_are_counted(admin: FlaskClient, session: Session) -> None:
    records.save(session, Case, 1, {"remark": "已有"})
    assert bulk(admin, [1, 2, 3], {"remark": "已有"}).get_json()["changed"] == 2
    again = bulk(admin, [1, 2, 3], {"remark": "已有"}).get_json()
    assert (again["changed"], again["undo_url"]) == (0, None)
