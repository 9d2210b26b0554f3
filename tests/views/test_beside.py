"""Lists with a form beside them (A-2.1.3, A-2.1.4): three parts, a click shows a row at the right."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.console.view import REGISTRY
from app.rules.deadline import BaseKind
from app.rules.period import Unit
from models.deadline import DeadlineRule
from models.task import TaskType

PART = {"HX-Request": "true"}
PAGES = [("task_type", TaskType, "任务配置信息"), ("deadline_rule", DeadlineRule, "期限配置信息")]
pages = pytest.mark.parametrize(("key", "model", "heading"), PAGES, ids=[p[0] for p in PAGES])
RULE = {"code": "OWN-1", "name": "自定义答复期限", "action": "答复", "number": "3", "unit": "MONTH", "base": "DISPATCH",
        "extendable": "1", "max_extension": "一次，二个月", "internal_days": "7", "remind_days": "30"}  # fmt: skip


def first_of(session: Session, model: Any) -> Any:
    row = session.scalars(select(model).order_by(model.id)).first()
    session.rollback()
    return row


@pages
def test_the_page_has_three_parts(key: str, model: Any, heading: str, admin: FlaskClient) -> None:
    """A-2.1.3-01, A-2.1.4-01: query, list, and the information at the right."""
    html = admin.get(f"/app/{key}/").get_data(as_text=True)
    assert html.index('id="query"') < html.index('id="list-body"') < html.index('id="beside"')
    assert f"<h2>{heading}</h2>" in html.split('id="beside"')[1]


@pages
def test_a_row_is_shown_beside_the_list(
    key: str, model: Any, heading: str, admin: FlaskClient, session: Session
) -> None:
    """A-2.1.3.2-07, -08, A-2.1.4.2-02, -03: its form without the page around it; 【新增】 an empty one."""
    row = first_of(session, model)
    part = admin.get(f"/app/{key}/{row.id}/edit", headers=PART).get_data(as_text=True)
    assert "<html" not in part
    assert f"<h2>{heading}</h2>" in part
    assert re.search(rf'name="name"[^>]*value="{re.escape(row.name)}"', part.replace("\n", " "))
    assert f'action="/app/{key}/{row.id}/edit"' in part
    empty = admin.get(f"/app/{key}/new", headers=PART).get_data(as_text=True)
    assert "<html" not in empty
    assert re.search(r'name="name"[^>]*value=""', empty.replace("\n", " "))
    assert "<html" in admin.get(f"/app/{key}/{row.id}/edit").get_data(as_text=True)


def test_only_such_lists_give_parts(admin: FlaskClient) -> None:
    others = [k for k in ("client", "case", "fee_item") if not REGISTRY[k].beside]
    assert others
    for key in others:
        assert "<html" in admin.get(f"/app/{key}/new", headers=PART).get_data(as_text=True)
        assert 'id="beside"' not in admin.get(f"/app/{key}/").get_data(as_text=True)


@pages
def test_a_double_click_opens_the_form(key: str, model: Any, heading: str, admin: FlaskClient) -> None:
    """A-2.1.3.2-11, A-2.1.4.2-05."""
    assert re.search(rf'data-url="/app/{key}/\d+/edit"', admin.get(f"/app/{key}/").get_data(as_text=True))


def test_a_time_limit_is_defined_changed_and_deleted(admin: FlaskClient, session: Session) -> None:
    """A-2.1.4.2-03 to -06."""
    url = "/app/deadline_rule/"
    form = admin.get(f"{url}new").get_data(as_text=True)
    for name in RULE:
        assert f'name="{name}"' in form, name
    assert re.search(r'<label for="f-name" class="req">', form)
    assert admin.post(f"{url}new", data=RULE | {"name": ""}).status_code == 422
    answer = admin.post(f"{url}new", data=RULE)
    assert (answer.status_code, answer.headers["Location"]) == (303, url)
    made = session.scalars(select(DeadlineRule).where(DeadlineRule.code == "OWN-1")).one()
    kept = (made.number, made.unit, made.base, made.extendable, made.internal_days, made.remind_days)
    assert kept == (3, Unit.MONTH, BaseKind.DISPATCH, True, 7, 30)
    key, version = made.id, made.version
    session.rollback()
    answer = admin.post(f"{url}{key}/edit", data=RULE | {"version": version, "name": "改过的期限"})
    assert (answer.status_code, answer.headers["Location"]) == (303, url)
    assert session.get(DeadlineRule, key).name == "改过的期限"
    session.rollback()
    page = admin.get(url).get_data(as_text=True).replace("\n", " ")
    assert re.search(r'data-name="delete"[^>]*data-confirm="确认删除', page)
    assert admin.post(f"{url}delete", json={"ids": [key]}).status_code == 200
    assert session.scalar(select(func.count()).where(DeadlineRule.id == key)) == 0


def test_units_and_base_dates_are_the_manuals(admin: FlaskClient) -> None:
    """A-2.1.4.2-04."""
    form = admin.get("/app/deadline_rule/new").get_data(as_text=True)
    units = re.findall(r"<option[^>]+>([^<]+)</option>", form.split('name="unit"')[1].split("</select>")[0])
    bases = re.findall(r"<option[^>]+>([^<]+)</option>", form.split('name="base"')[1].split("</select>")[0])
    assert [u for u in units if u in ("日", "月", "年")] == ["日", "月", "年"]
    assert {"发文日", "申请日", "优先权日"} <= set(bases)


@pytest.mark.parametrize(("query", "found"), [("q.name=再次审查", "DR-OAN"), ("q.code=DR-OA1", "DR-OA1"), ("", "")])
def test_time_limits_are_found(query: str, found: str, admin: FlaskClient) -> None:
    """A-2.1.4.2-01: with conditions or without."""
    html = admin.get(f"/app/deadline_rule/?{query}&size=200").get_data(as_text=True)
    codes = re.findall(r'<a class="id" href="[^"]+">([^<]+)</a>', html)
    assert found in codes if found else len(codes) > 90


def test_a_task_is_given_a_time_limit_of_this_table(admin: FlaskClient, session: Session) -> None:
    """A-2.1.4.2-07: 官方期限 of a new task is chosen among these rules; a rule out of use is not offered."""
    assert re.search(r'name="deadline_rule"', admin.get("/app/task/new").get_data(as_text=True))

    def offered() -> list[str]:
        rows = admin.get("/app/deadline_rule/pick?q=自定义答复期限").get_json()["results"]
        return [row["text"] for row in rows]

    admin.post("/app/deadline_rule/new", data=RULE | {"enabled": "1"})
    assert offered() == ["自定义答复期限"]
    made = session.scalars(select(DeadlineRule).where(DeadlineRule.code == "OWN-1")).one()
    key, version = made.id, made.version
    session.rollback()
    admin.post(f"/app/deadline_rule/{key}/edit", data=RULE | {"version": version})
    assert offered() == []
