"""文件配置 (A-2.1.6): two parts, items to take from a notice, tasks that follow, templates of letters."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.document import DocumentType, FollowUp, LegalItem

URL = "/app/document_type/"
GOOD = {"name": "测试通知书", "category": "OFFICIAL_IN", "code": "T00001", "enabled": "1"}


def heading(answer: Any) -> str:
    return re.search(r"<h1>([^<]+)</h1>", answer.get_data(as_text=True)).group(1)


def made(session: Session) -> DocumentType:
    session.rollback()
    return session.scalars(select(DocumentType).where(DocumentType.code == "T00001")).one()


@pytest.mark.parametrize(("tab", "choices"), [
    ("incoming", {"官方来函", "客户来函", "外方来函"}), ("outgoing", {"递交官方", "致函客户", "致函外方"}),
])  # fmt: skip
def test_the_two_parts_hold_their_categories(tab: str, choices: set[str], admin: FlaskClient) -> None:
    """A-2.1.6-01, A-2.1.6.1-01."""
    html = admin.get(f"{URL}?tab={tab}&size=200&sort=category").get_data(as_text=True)
    shown = set(re.findall(r"<td>([\u4e00-\u9fff]{4})</td>", html.split("<tbody>")[1]))
    assert shown & {"官方来函", "客户来函", "外方来函", "递交官方", "致函客户", "致函外方"} <= choices
    assert shown & choices
    offered = admin.get(f"{URL}new").get_data(as_text=True).split('name="category"')[1].split("</select>")[0]
    assert choices < set(re.findall(r"<option[^>]+>([^<]+)</option>", offered))


def test_the_page_has_the_manuals_words(admin: FlaskClient) -> None:
    assert heading(admin.get(URL)) == "文件配置"
    assert heading(admin.get(f"{URL}new")) == "增加文件配置信息"
    assert heading(admin.get(f"{URL}1/edit")) == "修改文件配置信息"
    panel = admin.get(URL).get_data(as_text=True).split('id="query"')[1].split("</form>")[0]
    assert "文件名称" in panel
    assert "文件类别" in panel


def test_saving_closes_the_page_and_back_keeps_nothing(admin: FlaskClient, session: Session) -> None:
    """A-2.1.6.3-01, A-2.1.6.4-01."""
    answer = admin.post(f"{URL}new", data=GOOD)
    assert (answer.status_code, answer.headers["Location"]) == (303, URL)
    row = made(session)
    version, key = row.version, row.id
    session.rollback()
    form = admin.get(f"{URL}{key}/edit").get_data(as_text=True)
    assert f'href="{URL}" data-back>返回' in form
    answer = admin.post(f"{URL}{key}/edit", data=GOOD | {"version": version, "name": "改名通知书"})
    assert (answer.status_code, answer.headers["Location"]) == (303, URL)
    assert made(session).name == "改名通知书"


@pytest.mark.parametrize("name", ["name", "category", "code"])
def test_red_fields_are_required(name: str, admin: FlaskClient) -> None:
    assert re.search(rf'<label for="f-{name}" class="req">', admin.get(f"{URL}new").get_data(as_text=True))
    answer = admin.post(f"{URL}new", data=GOOD | {name: ""})
    assert answer.status_code == 422
    assert f'data-goto="{name}"' in answer.get_data(as_text=True)


def test_legal_items_and_follow_up_tasks_are_rows_of_the_form(admin: FlaskClient, session: Session) -> None:
    """A-2.1.6.3-02, -03: added, ordered, changed and removed with the document type."""
    form = admin.get(f"{URL}new").get_data(as_text=True)
    assert 'data-rows="legal_items"' in form
    assert 'data-rows="follow_ups"' in form
    rows = {
        "legal_items-0-name": "申请号", "legal_items-0-sort": "2", "legal_items-1-name": "发文日",
        "legal_items-1-sort": "1",
        "follow_ups-0-action": "转达客户", "follow_ups-0-task_type": "2", "follow_ups-0-deadline_rule": "3",
    }  # fmt: skip
    admin.post(f"{URL}new", data=GOOD | rows)
    row = made(session)
    assert [i.name for i in row.legal_items] == ["发文日", "申请号"]
    assert [(f.action, f.task_type_id, f.deadline_rule_id) for f in row.follow_ups] == [("转达客户", 2, 3)]
    key, version, first = row.id, row.version, row.legal_items[0].id
    session.rollback()
    change = {"legal_items-0-id": str(first), "legal_items-0-name": "发文日", "legal_items-0-delete": "1"}
    assert admin.post(f"{URL}{key}/edit", data=GOOD | change | {"version": version}).status_code == 303
    assert [i.name for i in made(session).legal_items] == ["申请号"]
    assert admin.post(f"{URL}delete", json={"ids": [key]}).status_code == 200
    session.rollback()
    for model in (LegalItem, FollowUp):
        assert session.scalars(select(model).where(model.document_type_id == key)).all() == []


def test_an_item_is_named_once(admin: FlaskClient) -> None:
    rows = {"legal_items-0-name": "申请号", "legal_items-1-name": "申请号"}
    answer = admin.post(f"{URL}new", data=GOOD | rows)
    assert answer.status_code in (409, 422)


def test_the_shipped_notices_have_items_and_follow_ups(session: Session) -> None:
    notices = session.scalars(select(DocumentType).where(DocumentType.legal_items.any())).all()
    assert len(notices) > 20
    assert session.scalars(select(FollowUp.id).where(FollowUp.deadline_rule_id.is_not(None))).all()


def test_templates_of_letters_are_defined_and_chosen(admin: FlaskClient, session: Session) -> None:
    """A-2.1.6.5-01: 信函模块定义; a document that goes out names its template."""
    answer = admin.post("/app/letter_template/new", data={"name": "测试函", "category": "CLIENT_OUT", "enabled": "1",
                                                         "body": "{{ client.name }}：您好"})  # fmt: skip
    assert answer.status_code == 303
    key = int(re.search(r"\d+", answer.headers["Location"]).group())
    picked = admin.get("/app/letter_template/pick?q=测试函").get_json()["results"]
    assert [row["id"] for row in picked] == [key]
    admin.post(f"{URL}new", data=GOOD | {"category": "CLIENT_OUT", "template": str(key)})
    assert made(session).template_id == key
    assert admin.post("/app/letter_template/delete", json={"ids": [key]}).status_code == 409


def test_what_is_not_enabled_is_not_chosen(admin: FlaskClient, session: Session) -> None:
    admin.post(f"{URL}new", data=GOOD)
    assert admin.get(f"{URL}pick?q=测试通知书").get_json()["results"]
    row = made(session)
    data = {k: v for k, v in GOOD.items() if k != "enabled"} | {"version": row.version}
    key = row.id
    session.rollback()
    admin.post(f"{URL}{key}/edit", data=data)
    assert admin.get(f"{URL}pick?q=测试通知书").get_json()["results"] == []
