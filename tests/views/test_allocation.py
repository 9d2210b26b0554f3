"""案件分发, 批量分案, 批量变更主办: what the pages show, each result told, whose cases, what a partner does not see."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.rules.case import CaseStatus
from app.services import task
from app.services.unit_of_work import unit_of_work
from models.case import Case, CaseRequirement
from models.filing import Filing
from models.system import SystemParameter
from models.task import Task
from tests.kit import reviewed_case, visible_english
from views.allocation import url_of


@pytest.fixture
def users(session: Session) -> dict[str, int]:
    found = dict(session.execute(select(User.username, User.id)).all())
    session.rollback()
    return found


def waiting(session: Session) -> list[tuple[int, int, str]]:
    """(id, version, our reference) of the demo's cases that wait."""
    query = select(Case.id, Case.version, Case.our_ref).where(Case.status == CaseStatus.REVIEWED).order_by(Case.id)
    found = [tuple(row) for row in session.execute(query)]
    session.rollback()
    return found


def text(browser: FlaskClient, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def island(html: str, name: str) -> Any:
    return json.loads(re.search(rf'id="{name}">(.*?)</script>', html, re.S)[1])


def test_the_page_of_one_case(sign_in_as: Callable, session: Session, users: dict[str, int]) -> None:
    """A-3.2.1.3-03 to -05: departments, the places with their buttons, users with certificate, fields and load."""
    case = waiting(session)[0][0]
    with unit_of_work(session):
        session.add(CaseRequirement(case_id=case, source="CLIENT", content="附图须用矢量图"))
    session.rollback()
    boss = sign_in_as("zhoumuyao")
    html = text(boss, url_of(case, "/app/task/"))
    assert visible_english(html) == []
    assert "<h1>案件分发</h1>" in html
    for word in ("组织机构", "人员信息", "用户列表", "机械组", "附图须用矢量图", "ZS-10277", "B23;F16;B65"):
        assert word in html, word
    captions = re.findall(r'data-set="(\w+)" disabled>([^<]+)<', html)
    assert captions == [
        ("handler", "设为主办人"), ("first_attorney", "设为一代"), ("second_attorney", "设为二代"),
        ("drafter", "设为撰写"), ("illustrator", "设为制图"), ("translator", "设为翻译"),
    ]  # fmt: skip
    shown = island(html, "allocation-data")
    open_now = len(task.open_tasks(session, Task.assignee_id == users["luozhiyu"]))
    assert shown["back"] == "/app/task/"
    assert shown["users"][str(users["luozhiyu"])]["limit"] == 10
    row = re.search(rf'<tr data-user="{users["luozhiyu"]}".*?</tr>', html, re.S)[0]
    assert f'class="num">{open_now}</td>' in row
    best = island(html, "allocation-case")["best"]
    assert len(best) == 3
    assert all(one["why"].endswith("。") and "在办" in one["why"] for one in best)


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/app/", "/app/\\x", ""])
def test_it_leads_back_inside_only(back: str, sign_in_as: Callable, session: Session) -> None:
    case = waiting(session)[0][0]
    html = text(sign_in_as("zhoumuyao"), f"/app/allocation/{case}?back={back}")
    assert "elsewhere" not in html
    assert island(html, "allocation-data")["back"].startswith("/app/")


def test_one_case_is_allocated(sign_in_as: Callable, session: Session, users: dict[str, int]) -> None:
    """A-3.2.1.3-06, -07: refusals beside their place, then the answer leads back to where one came from."""
    case, version, ref = waiting(session)[0]
    boss, url = sign_in_as("zhoumuyao"), url_of(waiting(session)[0][0], "/app/task/")
    handler, luo = users["tangruolan"], users["luozhiyu"]
    for people, field in (
        ({"drafter": luo}, "handler"), ({"handler": handler, "first_attorney": luo}, "first_attorney"),
        ({"handler": "x"}, "handler"), ({"handler": 999_999}, "handler"),
    ):  # fmt: skip
        answer = boss.post(url, json={"people": people, "version": version})
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, field)
    assert boss.post(url, json={"people": {"handler": handler}}).status_code == 422, "the version must be told"
    done = boss.post(url, json={"people": {"handler": handler}, "version": version})
    assert done.get_json() == {"ok": True, "message": f"“{ref}”已分发", "url": "/app/task/"}
    assert session.get(Case, case).status is CaseStatus.IN_PROGRESS
    session.rollback()
    late = boss.post(url, json={"people": {"handler": luo}, "version": version})
    assert (late.status_code, late.get_json()["message"]) == (409, "该案卷已经分发")
    assert boss.get(url).status_code == 409


def test_several_are_allocated_each_for_itself(sign_in_as: Callable, session: Session, users: dict[str, int]) -> None:
    """A-3.2.2.2-05: two are saved; one that somebody changed and one without a handler are told."""
    made = [reviewed_case(session, f"一种连接件{number}").id for number in range(2)]
    (first, version, _), (second, other, _) = waiting(session)[:2]
    boss, tang = sign_in_as("zhoumuyao"), users["tangruolan"]
    rows = [
        {"id": first, "version": version, "people": {"handler": tang, "drafter": users["luozhiyu"]}},
        {"id": second, "version": other, "people": {"handler": users["qinshuyu"]}},
        {"id": made[0], "version": 1, "people": {"handler": tang}},
        {"id": made[1], "version": session.get(Case, made[1]).version, "people": {}},
    ]
    session.rollback()
    answer = boss.post("/app/allocation/save", json={"rows": rows}).get_json()
    assert [(r["ok"], r.get("code")) for r in answer["results"]] == [
        (True, None), (True, None), (False, "conflict"), (False, "invalid"),
    ]  # fmt: skip
    assert "重新" in answer["results"][2]["message"]
    assert (answer["done"], answer["message"]) == (2, "已分发 2 件案卷")
    assert answer["loads"][str(tang)]["cases"] > 0
    states = dict(session.execute(select(Case.id, Case.status).where(Case.id.in_([r["id"] for r in rows]))).all())
    assert [states[r["id"]] for r in rows] == [CaseStatus.IN_PROGRESS] * 2 + [CaseStatus.REVIEWED] * 2
    for bad in ({"rows": []}, {"rows": "x"}, {"rows": [{"id": "1"}]}, {}):
        assert boss.post("/app/allocation/save", json=bad).status_code == 422


def test_the_bulk_page_has_its_four_areas(sign_in_as: Callable, session: Session) -> None:
    """A-3.2.2-01, A-3.2.2.2-01 to -05: users with loads, conditions, waiting cases with boxes, settings."""
    boss = sign_in_as("zhoumuyao")
    html = text(boss, "/app/allocation/")
    assert visible_english(html) == []
    assert "<h1>批量分案</h1>" in html
    assert 'href="/app/allocation/"' in html[html.index('id="m-case_management"') :]
    for word in ("在办/容量", "案卷编号", "客户简称", "设为主办人", "建议主办人"):
        assert word in html, word
    case, _version, ref = waiting(session)[0]
    assert f'<tr data-case="{case}">' in html
    assert html.count(f'aria-label="{ref} 主办人"') == html.count(f'aria-label="{ref} 第一代理师"') == 1
    found = island(text(boss, f"/app/allocation/?ref={ref}"), "allocation-rows")
    assert [row["id"] for row in found] == [case]
    assert island(text(boss, "/app/allocation/?client=云岫&tab=all"), "allocation-rows")
    assert "没有待分配案卷" in text(boss, "/app/allocation/?ref=没有这样的编号")


def test_by_default_ones_own_with_the_right_all(sign_in_as: Callable, session: Session, users: dict[str, int]) -> None:
    """A-3.2.2.2-04: the other manager has no allocation task of his own, and sees all only on the second tab."""
    other = sign_in_as("linyichen")
    assert "没有待分配案卷" in text(other, "/app/allocation/")
    rows = island(text(other, "/app/allocation/?tab=all"), "allocation-rows")
    assert {row["id"] for row in rows} == {key for key, _v, _r in waiting(session)}
    assert sign_in_as("tangruolan").get("/app/allocation/").status_code == 403


def test_handlers_and_referrers_change_in_bulk(sign_in_as: Callable, session: Session, users: dict[str, int]) -> None:
    """A-3.2.2.3-01, -02: two verbs, a reason, an undo."""
    boss = sign_in_as("zhoumuyao")
    html = text(boss, "/app/people_change/")
    assert visible_english(html) == []
    assert "<h1>批量变更主办</h1>" in html
    assert all(f">{word}</button>" in html for word in ("变更案源人", "变更主办人"))
    assert 'data-name="complete_review"' not in html
    ids = list(session.scalars(select(Case.id).where(Case.handler_id == users["tangruolan"]).limit(2)))
    session.rollback()
    url, wanted = "/app/people_change/action/change_handler", {"handler": str(users["qinshuyu"])}
    assert boss.post(url, json={"ids": ids, "inputs": wanted}).status_code == 422
    answer = boss.post(url, json={"ids": ids, "inputs": wanted | {"reason": "唐若岚休假"}}).get_json()
    assert answer["message"] == "已变更 2 件案卷"
    assert {session.get(Case, key).handler_id for key in ids} == {users["qinshuyu"]}
    session.rollback()
    assert boss.post(answer["undo_url"]).status_code == 200
    session.expire_all()
    assert {session.get(Case, key).handler_id for key in ids} == {users["tangruolan"]}
    session.rollback()
    assert sign_in_as("tangruolan").post(url, json={"ids": ids, "inputs": wanted}).status_code == 403


def test_a_partner_meets_no_hidden_case(sign_in_as: Callable, session: Session, users: dict[str, int]) -> None:
    """合伙制: an allocator who is no manager sees the cases of his tasks, and of other people's work only numbers."""
    with unit_of_work(session):
        nature = update(SystemParameter).where(SystemParameter.code == "firm_nature").values(value="PARTNERSHIP")
        session.execute(nature, execution_options={"audited": True})
        boss = session.get(User, users["zhoumuyao"])
        for role in boss.roles:
            role.position_type = type(role.position_type)["ORDINARY"]
        stranger = task.open_of(session, {"case_allocation"})[1]
        hidden = session.get(Case, stranger.case_id)
        stranger.assignee_id, hidden.opened_by_id, hidden.title = users["linyichen"], users["linyichen"], "秘密装置"
        for place in ("handler", "first_attorney", "second_attorney", "drafter"):
            setattr(hidden, f"{place}_id", None)
        key, version = hidden.id, hidden.version
    session.rollback()
    browser = sign_in_as("zhoumuyao")
    html = text(browser, "/app/allocation/?tab=all")
    assert "秘密装置" not in html
    assert key not in {row["id"] for row in island(html, "allocation-rows")}
    assert browser.get(f"/app/allocation/{key}").status_code == 404
    body = {"people": {"handler": users["tangruolan"]}, "version": version}
    assert browser.post(f"/app/allocation/{key}", json=body).status_code == 404
    assert "秘密装置" not in text(browser, "/app/people_change/?view=all&size=200")


def test_capacity_and_fields_stand_on_the_users_page(admin: FlaskClient, users: dict[str, int]) -> None:
    html = text(admin, f"/app/user/{users['tangruolan']}/edit")
    assert re.search(r'name="capacity"[^>]*value="18"', html)
    assert 'value="B23;F16;B65"' in html


@pytest.mark.parametrize("user", ["qinshuyu", "hejingzhou"])
def test_nobody_takes_a_case_from_its_handler_by_typing_himself_into_it(
    user: str, session: Session, sign_in_as: Callable
) -> None:
    """With the handler go the open tasks: changing him is a right of its own (A-3.2.2.3), through whatever door."""
    case = session.get(Filing, 6).case
    key, version, before = case.id, case.version, case.handler_id
    me = session.execute(select(User.id).where(User.username == user)).scalar_one()
    session.rollback()
    browser = sign_in_as(user)
    for new in (me, None):
        answer = browser.patch(f"/api/v1/case/{key}", json={"handler": new, "version": version})
        assert answer.status_code in (403, 422), new
        assert "主办人由业务主管变更" in answer.get_json()["errors"][0]["message"]
    told = browser.post("/app/case/bulk", json={"ids": [key], "values": {"handler": str(me)}})
    assert told.status_code in (403, 422)
    session.expire_all()
    assert session.get(Case, key).handler_id == before
    assert sign_in_as("linyichen").patch(
        f"/api/v1/case/{key}", json={"handler": me, "version": version}
    ).status_code == 200  # fmt: skip
