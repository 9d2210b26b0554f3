"""Fields the administrator adds in the browser: from that moment citizens of every page, file and interface."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.console.importing import import_file
from app.services.custom_fields import custom_fields
from models.party import Client
from models.system import CustomField

FIELDS = [
    {"code": "grade", "label": "客户等级", "kind": "OPTION", "choices": "甲级\n乙级\n丙级", "in_list": "1",
     "in_query": "1"},
    {"code": "visits", "label": "走访次数", "kind": "INTEGER", "in_query": "1"},
    {"code": "next_visit", "label": "下次走访", "kind": "DATE", "in_query": "1"},
    {"code": "note", "label": "走访记录", "kind": "LONG_TEXT"},
    {"code": "listed", "label": "是否上市", "kind": "FLAG", "in_query": "1"},
    {"code": "stock", "label": "股票代码", "kind": "TEXT", "in_list": "1"},
]  # fmt: skip
VALUES = {
    "x.grade": "甲级", "x.visits": "12", "x.next_visit": "2027-01-05", "x.note": "两行\n记录", "x.listed": "1",
    "x.stock": "600000",
}  # fmt: skip


def add(browser: FlaskClient, **field: str) -> Any:
    form = {"table_key": "client", "active": "1", "position": "1"} | field
    return browser.post("/app/custom_field/new", data=form)


@pytest.fixture
def fields(admin: FlaskClient) -> None:
    """One field of every kind on the table of clients, added through the form."""
    for field in FIELDS:
        answer = add(admin, **field)
        assert answer.status_code == 303, re.findall(r'title="([^"]*)"', answer.get_data(as_text=True))


@pytest.mark.parametrize("choices", ["特急\r\n加急\r\n普通", "特急、加急、普通", "特急，加急；普通", "特急, 加急;普通"])
def test_choices_are_told_apart_however_they_are_separated(admin: FlaskClient, session: Session, choices: str) -> None:
    assert add(admin, code="urgency", label="缓急", kind="OPTION", choices=choices).status_code == 303
    assert custom_fields(session, "client")["urgency"].options == ("特急", "加急", "普通")


def test_what_code_and_choices_look_like_stands_beside_the_fields(admin: FlaskClient) -> None:
    page = admin.get("/app/custom_field/new").get_data(as_text=True)
    assert re.search(r'class="hint cap">小写字母', page)
    assert re.search(r'class="hint cap">每行一个选项', page)


@pytest.fixture
def filled(admin: FlaskClient, fields: None) -> int:
    """A client whose fields were filled in in the form; its id."""
    version = admin.get("/api/v1/client/1").get_json()["version"]
    data = VALUES | {"version": version, "_reason": "走访"}
    assert admin.post("/app/client/1/edit", data=data).status_code == 303
    return 1


def rows(answer: Any) -> list[int]:
    return [int(i) for i in re.findall(r'<tr data-id="(\d+)"', answer.get_data(as_text=True))]


def test_the_table_is_chosen_from_a_list_in_chinese(admin: FlaskClient, fields: None) -> None:
    form = admin.get("/app/custom_field/new").get_data(as_text=True)
    offered = dict(
        re.findall(r'<option value="(\w+)"[^>]*>([^<]+)', form.split('name="table_key"')[1].split("</select>")[0])
    )
    assert (offered["client"], offered["case"], offered["task"]) == ("客户管理", "案卷处理", "任务监控")
    assert not {"job", "login_event", "custom_field", "system_parameter", "import_batch"} & set(offered)
    listed = admin.get("/app/custom_field/").get_data(as_text=True)
    body = listed.split("<tbody>")[1].split("</tbody>")[0]
    assert "客户管理" in body
    assert ">client<" not in body
    assert len(rows(admin.get("/app/custom_field/?q.table_key=client"))) == len(FIELDS)
    assert rows(admin.get("/app/custom_field/?q.table_key=case")) == []


@pytest.mark.parametrize("wrong", [
    {"table_key": "nonsense"}, {"table_key": ""}, {"code": ""}, {"code": "Größe"}, {"code": "9lives"}, {"code": "a b"},
    {"code": "x" * 60}, {"label": ""}, {"kind": "ROCKET"}, {"kind": "OPTION", "choices": " \n "}, {"position": "x"},
])  # fmt: skip
def test_a_senseless_field_is_refused(wrong: dict[str, str], admin: FlaskClient, session: Session) -> None:
    answer = add(admin, **({"code": "size", "label": "规模", "kind": "TEXT"} | wrong))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert session.scalars(select(CustomField)).all() == []


def test_a_code_is_given_once_a_table(admin: FlaskClient, fields: None) -> None:
    assert add(admin, code="grade", label="再一次", kind="TEXT").status_code == 422
    assert add(admin, code="grade", label="案卷的", kind="TEXT", table_key="case").status_code == 303


def test_the_form_asks_for_it_with_the_right_control(admin: FlaskClient, fields: None) -> None:
    form = admin.get("/app/client/new").get_data(as_text=True)
    assert "自定义字段" in form
    assert re.search(r'<select class="ctl" name="x.grade"', form)
    assert re.search(r'name="x.next_visit"[^>]*data-date', form.replace("\n", " "))
    assert re.search(r'<textarea class="ctl" name="x.note"', form)
    assert re.search(r'type="checkbox" name="x.listed"', form)


def test_it_is_kept_and_shown_on_the_record(admin: FlaskClient, filled: int, session: Session) -> None:
    kept = session.get(Client, filled).extra
    assert kept == {"grade": "甲级", "visits": 12, "next_visit": "2027-01-05", "note": "两行\n记录", "listed": True,
                    "stock": "600000"}  # fmt: skip
    page = admin.get(f"/app/client/{filled}").get_data(as_text=True)
    facts = dict(re.findall(r"<dt>([^<]+)</dt>\s*<dd>([^<]*)", page))
    assert {k: facts[k] for k in ("客户等级", "走访次数", "下次走访", "是否上市", "股票代码")} == {
        "客户等级": "甲级", "走访次数": "12", "下次走访": "2027-01-05", "是否上市": "是", "股票代码": "600000",
    }  # fmt: skip
    form = admin.get(f"/app/client/{filled}/edit").get_data(as_text=True)
    assert re.search(r'name="x.visits"[^>]*value="12"', form.replace("\n", " "))
    assert re.search(r'<option value="甲级" selected>', form)


@pytest.mark.parametrize(
    ("field", "value"), [("x.grade", "丁级"), ("x.visits", "许多"), ("x.next_visit", "明天"), ("x.nope", "1")]
)
def test_bad_values_are_refused(field: str, value: str, admin: FlaskClient, filled: int, session: Session) -> None:
    row = admin.get(f"/api/v1/client/{filled}").get_json()
    answer = admin.patch(f"/api/v1/client/{filled}", json={"version": row["version"], "reason": "x", field: value})
    assert answer.status_code in (403, 422)
    assert answer.get_json()["errors"][0]["field"] == field
    if field != "x.nope":
        form = {"version": row["version"], "_reason": "x", field: value}
        assert admin.post(f"/app/client/{filled}/edit", data=form).status_code == 422


def test_a_required_field_is_asked_for(admin: FlaskClient) -> None:
    add(admin, code="region", label="大区", kind="TEXT", required="1")
    form = admin.get("/app/client/new").get_data(as_text=True)
    assert re.search(r'<label for="f-x.region" class="req">\s*大区', form)
    answer = admin.post(
        "/app/client/new", data={"name": "甲公司", "client_type": "APPLICANT_ORGANIZATION", "x.region": ""}
    )
    assert answer.status_code == 422
    assert 'data-goto="x.region"' in answer.get_data(as_text=True)


def test_it_stands_in_the_list_where_wanted_and_in_the_chooser_always(admin: FlaskClient, filled: int) -> None:
    html = admin.get("/app/client/").get_data(as_text=True)
    heads = re.findall(r'<th scope="col" data-col="([^"]+)"', html)
    assert [h for h in heads if h.startswith("x.")] == ["x.grade", "x.stock"]
    chooser = admin.get("/app/client/dialogs").get_data(as_text=True).split('id="columns"')[1].split("</dialog>")[0]
    assert all(f'data-name="x.{f["code"]}"' in chooser for f in FIELDS)
    admin.post("/app/client/columns", json={"columns": ["x.visits", "name", "x.next_visit"]})
    html = admin.get("/app/client/?view=all&sort=-x.visits").get_data(as_text=True)
    assert re.findall(r'<th scope="col" data-col="([^"]+)"', html) == ["x.visits", "name", "x.next_visit"]
    assert "2027-01-05" in html


QUESTIONS = [
    ("q.x.grade=甲级", True), ("q.x.grade=乙级", False), ("q.x.grade=乙级&q.x.grade=甲级", True),
    ("q.x.visits.from=12&q.x.visits.to=12", True), ("q.x.visits.from=13", False), ("q.x.visits.to=9", False),
    ("q.x.next_visit.from=2027-01-01&q.x.next_visit.to=2027-01-31", True),
    ("q.x.next_visit.to=2026-12-31", False),
    ("q.x.listed=1", True), ("c=x.stock~contains~000", True), ("c=x.stock~is~600000", True), ("c=x.stock~is~6", False),
    ("c=x.stock~filled~", True), ("c=x.stock~empty~", False), ("c=x.visits~from~2", True),
    ("c=x.grade~not~甲级", False),
]  # fmt: skip


@pytest.mark.parametrize(("query", "found"), QUESTIONS)
def test_it_is_asked_for_like_any_column(query: str, found: bool, admin: FlaskClient, filled: int) -> None:
    answer = admin.get(f"/app/client/?view=all&size=200&{query}")
    assert answer.status_code == 200
    assert (filled in rows(answer)) == found
    sent = admin.get(f"/api/v1/client?size=200&{query}").get_json()["result"]
    assert (filled in {row["id"] for row in sent}) == found


def test_the_query_panel_offers_it(admin: FlaskClient, fields: None) -> None:
    panel = admin.get("/app/client/").get_data(as_text=True).split('id="query"')[1].split("</form>")[0]
    assert [c for c in ("grade", "visits", "next_visit", "note", "listed", "stock") if f"q.x.{c}" in panel] == [
        "grade", "visits", "next_visit", "listed",
    ]  # fmt: skip


def test_it_is_exported_with_the_list(admin: FlaskClient, filled: int) -> None:
    wanted = ["client_no", *(f"x.{f['code']}" for f in FIELDS)]
    admin.post("/app/client/columns", json={"columns": wanted})
    text = admin.get("/app/client/export?format=csv&scope=all&view=all&sort=id").get_data(as_text=True)
    head, first, *_rest = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    assert head == ["客户编号", *(f["label"] for f in FIELDS)]
    assert first == ["KH00001", "甲级", "12", "2027-01-05", "两行\n记录", "是", "600000"]
    book = admin.get("/app/client/export?format=xlsx&scope=all&view=all&sort=id").data
    cells = [c.value for c in list(openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(min_row=2))[0]]
    assert cells[2] == 12
    assert cells[3].isoformat()[:10] == "2027-01-05"


def test_it_is_imported_by_its_name(admin: FlaskClient, filled: int, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    lines = ["客户编号,客户全称(中),客户等级,走访次数,下次走访,是否上市", "NEW-1,新来的有限公司,乙级,3,2027.2.1,是",
             "NEW-2,坏的有限公司,丁级,许多,2027.2.1,是"]  # fmt: skip
    file.write_text("\n".join(lines), encoding="utf-8")
    done = import_file(session, "client", file, mode="create", constants={}, mapping=None)
    assert (done.created, done.refused) == (1, 1)
    made = session.scalars(select(Client).where(Client.client_no == "NEW-1")).one()
    assert made.extra == {"grade": "乙级", "visits": 3, "next_visit": "2027-02-01", "listed": True}


def test_the_interface_tells_and_takes_it(admin: FlaskClient, filled: int) -> None:
    row = admin.get(f"/api/v1/client/{filled}").get_json()
    assert {k: row[k] for k in VALUES} == {
        "x.grade": "甲级", "x.visits": 12, "x.next_visit": "2027-01-05", "x.note": "两行\n记录", "x.listed": True,
        "x.stock": "600000",
    }  # fmt: skip
    told = admin.get("/api/v1/openapi.json").get_json()["components"]["schemas"]["client"]["properties"]
    assert told["x.grade"]["enum"] == ["甲级", "乙级", "丙级", None]
    assert told["x.visits"]["title"] == "走访次数"
    changed = admin.patch(
        f"/api/v1/client/{filled}", json={"version": row["version"], "reason": "走访", "x.visits": 13, "x.stock": None}
    )
    assert changed.status_code == 200
    assert (changed.get_json()["x.visits"], changed.get_json()["x.stock"]) == (13, None)
    assert changed.get_json()["x.grade"] == "甲级"


def test_it_takes_part_in_bulk_edit_and_its_undo(admin: FlaskClient, filled: int, session: Session) -> None:
    body = {"ids": [1, 2, 3], "values": {"x.grade": "丙级"}, "reason": "年度评级"}
    done = admin.post("/app/client/bulk", json=body)
    assert done.status_code == 200
    assert {session.get(Client, key).extra["grade"] for key in (1, 2, 3)} == {"丙级"}
    session.rollback()
    admin.post(done.get_json()["undo_url"], json={})
    assert [(session.get(Client, key).extra or {}).get("grade") for key in (1, 2, 3)] == ["甲级", None, None]


def test_the_history_names_it(admin: FlaskClient, filled: int) -> None:
    row = admin.get(f"/api/v1/client/{filled}").get_json()
    admin.patch(f"/api/v1/client/{filled}", json={"version": row["version"], "reason": "升级", "x.grade": "乙级"})
    history = re.sub(r"<[^>]+>", " ", admin.get(f"/app/client/{filled}/history").get_data(as_text=True))
    assert re.search(r"客户等级\s+甲级\s+\S*\s*乙级", history)
    assert "extra" not in history


def test_a_field_switched_off_is_gone_but_its_values_are_kept(
    admin: FlaskClient, filled: int, session: Session
) -> None:
    field = session.scalars(select(CustomField).where(CustomField.code == "stock")).one()
    form = {"version": field.version, "label": field.label, "kind": "TEXT"}
    session.rollback()
    assert admin.post(f"/app/custom_field/{field.id}/edit", data=form).status_code == 303
    html = admin.get("/app/client/").get_data(as_text=True)
    assert "股票代码" not in html
    assert "x.stock" not in admin.get(f"/api/v1/client/{filled}").get_json()
    assert admin.get("/app/client/?view=all&c=x.stock~is~600000").status_code == 422
    assert session.get(Client, filled).extra["stock"] == "600000"


def test_table_and_code_stay_what_they_are(admin: FlaskClient, fields: None, session: Session) -> None:
    field = session.scalars(select(CustomField).where(CustomField.code == "stock")).one()
    session.rollback()
    body = {"version": field.version, "code": "other"}
    assert admin.patch(f"/api/v1/custom_field/{field.id}", json=body).status_code == 422
    body = {"version": field.version, "table_key": "case"}
    assert admin.patch(f"/api/v1/custom_field/{field.id}", json=body).status_code == 422


def test_markup_in_names_and_values_is_only_text(admin: FlaskClient, session: Session) -> None:
    add(admin, code="bad", label="<script>alert(1)</script>", kind="TEXT", in_list="1", in_query="1")
    row = admin.get("/api/v1/client/1").get_json()
    body = {"version": row["version"], "reason": "x", "x.bad": "<img src=x onerror=alert(1)>"}
    assert admin.patch("/api/v1/client/1", json=body).status_code == 200
    for path in (
        "/app/client/?view=all&size=200",
        "/app/client/1",
        "/app/client/1/edit",
        "/app/client/1/history",
        "/app/custom_field/",
    ):
        html = admin.get(path).get_data(as_text=True)
        assert "<script>alert(1)" not in html, path
        assert "<img src=x" not in html, path


def test_only_who_may_administer_adds_fields(sign_in_as: Callable) -> None:
    manager = sign_in_as("linyichen")
    assert add(manager, code="size", label="规模", kind="TEXT").status_code == 403
    assert manager.get("/app/custom_field/").status_code == 403
