"""客户要求配置 and 任务配置 (A-2.1.2, A-2.1.3); editing in place itself is tested in test_grid.py."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.party import CasePhase, RequirementType
from app.rules.task import TaskSwitch
from models.task import RequirementItem, TaskType

URL = "/app/task_type/"
SIX = {"新案文件制备", "中间文件制备", "新案实体复核", "中间文件实体复核", "新案质检", "中间文件质检"}


def rows(answer: Any) -> list[int]:
    return [int(i) for i in re.findall(r'<tr data-id="(\d+)"', answer.get_data(as_text=True))]


def by_name(session: Session, name: str) -> TaskType:
    session.rollback()
    return session.scalars(select(TaskType).where(TaskType.name == name)).one()


class TestRequirements:
    """The library of client requirements."""

    def test_the_page_shows_all_at_first(self, admin: FlaskClient, session: Session) -> None:
        html = admin.get("/app/requirement_item/?size=200")
        assert len(rows(html)) == len(session.scalars(select(RequirementItem.id)).all())
        heads = re.findall(r'data-col="([^"]+)"', html.get_data(as_text=True))
        assert heads == ["phase", "requirement_type", "content"]

    def test_queries_by_phase_and_kind(self, admin: FlaskClient, session: Session) -> None:
        wanted = set(
            session.scalars(
                select(RequirementItem.id).where(
                    RequirementItem.phase == CasePhase.APPLICATION,
                    RequirementItem.requirement_type == RequirementType.SUBMISSION,
                )
            )
        )
        session.rollback()
        query = "q.phase=APPLICATION&q.requirement_type=SUBMISSION"
        assert wanted
        assert set(rows(admin.get(f"/app/requirement_item/?size=200&{query}"))) == wanted

    def test_the_choices_are_the_manuals(self, admin: FlaskClient) -> None:
        """A-2.1.2.2-07."""
        page = admin.get("/app/requirement_item/").get_data(as_text=True)
        for label in ("全程", "新申请阶段", "中间文件阶段", "授权后保护阶段", "账单结算", "联系方式", "文件提交",
                      "账单寄送", "公文转达"):  # fmt: skip
            assert label in page

    def test_ticked_rows_are_deleted(self, admin: FlaskClient, session: Session) -> None:
        ids = list(session.scalars(select(RequirementItem.id).limit(2)))
        session.rollback()
        assert admin.post("/app/requirement_item/delete", json={"ids": ids}).status_code == 200
        assert not session.scalars(select(RequirementItem.id).where(RequirementItem.id.in_(ids))).all()


class TestTaskTypes:
    """Definitions of tasks, of which six can be switched off."""

    def test_list_and_query(self, admin: FlaskClient) -> None:
        html = admin.get(f"{URL}?size=200").get_data(as_text=True)
        assert re.findall(r'data-col="([^"]+)"', html)[:5] == ["name", "flow", "creation", "switch", "owner"]
        panel = html.split('id="query"')[1].split("</form>")[0]
        assert all(text in panel for text in ("任务名称", "任务所属流程", "创建方式", "新申请", "中间文件", "自定义"))
        found = admin.get(f"{URL}?q.name=质检&size=200").get_data(as_text=True)
        assert set(re.findall(r'<a class="id" href="[^"]+">([^<]+)</a>', found)) == {"新案质检", "中间文件质检"}
        manual = admin.get("/api/v1/task_type?q.creation=MANUAL&size=200").get_json()["result"]
        assert {row["creation"] for row in manual} == {"MANUAL"}

    def test_the_shipped_tasks_are_there_and_all_switched_on(self, session: Session) -> None:
        """A-2.1.3.2-04, -13, -14."""
        types = session.scalars(select(TaskType)).all()
        assert len(types) == 32
        assert {t.name for t in types if t.switchable} == SIX
        assert {t.switch for t in types} == {TaskSwitch.ON}
        for name in ("立案采集", "立卷复核", "新案分发", "新案办案", "撰写任务", "翻译任务", "制图任务"):
            assert name in {t.name for t in types}

    def test_the_buttons_are_open_for_the_six_only(self, admin: FlaskClient) -> None:
        """A-2.1.3.2-05: for the others 【启动】 and 【关闭】 cannot be pressed."""
        html = admin.get(f"{URL}?size=200").get_data(as_text=True)
        bar = html.split('class="chips-row"')[0]
        found = re.findall(r'data-name="(switch_o\w+)"[^>]*?>\s*([\u4e00-\u9fff]+)</button>', bar)
        assert found == [("switch_on", "启动"), ("switch_off", "关闭")]
        lines = re.findall(
            r'<tr data-id="\d+"[^>]*data-steps="([^"]*)"[^>]*>.*?<a class="id"[^>]*>([^<]+)</a>', html, re.S
        )
        assert {name for steps, name in lines if steps} == SIX
        assert {steps for steps, name in lines if name in SIX} == {"switch_off"}

    @pytest.mark.parametrize("name", sorted(SIX))
    def test_off_and_on(self, name: str, admin: FlaskClient, session: Session) -> None:
        key = by_name(session, name).id
        session.rollback()
        assert admin.post(f"{URL}action/switch_off", json={"ids": [key]}).get_json()["ok"]
        assert by_name(session, name).switch is TaskSwitch.OFF
        again = admin.post(f"{URL}action/switch_off", json={"ids": [key]})
        assert again.status_code == 409
        page = admin.get(f"{URL}?size=200").get_data(as_text=True)
        assert re.search(rf'<tr data-id="{key}"[^>]*data-steps="switch_on"', page)
        assert admin.post(f"{URL}action/switch_on", json={"ids": [key]}).get_json()["ok"]
        assert by_name(session, name).switch is TaskSwitch.ON

    def test_the_others_are_refused_with_a_sentence(self, admin: FlaskClient, session: Session) -> None:
        key, six = by_name(session, "立案采集").id, by_name(session, "新案质检").id
        session.rollback()
        answer = admin.post(f"{URL}action/switch_off", json={"ids": [key]})
        assert answer.status_code == 409
        assert "不能启动或关闭" in answer.get_json()["message"]
        mixed = admin.post(f"{URL}action/switch_off", json={"ids": [key, six]}).get_json()
        assert (mixed["done"], [e["id"] for e in mixed["errors"]]) == (1, [key])
        assert by_name(session, "立案采集").switch is TaskSwitch.ON

    def test_a_task_is_defined_with_its_owner(self, admin: FlaskClient, session: Session) -> None:
        """A-2.1.3.2-08 to -11."""
        form = admin.get(f"{URL}new").get_data(as_text=True)
        for name in ("name", "flow", "creation"):
            assert re.search(rf'<label for="f-{name}" class="req">', form), name
        data = {"name": "季度检索", "flow": "CUSTOM", "creation": "MANUAL", "code": "quarter", "owner": "5",
                "internal_days": "3", "remind_days": "10", "remark": "每季度一次"}  # fmt: skip
        answer = admin.post(f"{URL}new", data=data)
        assert answer.status_code == 303
        made = by_name(session, "季度检索")
        assert (made.owner_id, made.internal_days, made.remind_days, made.switch) == (5, 3, 10, TaskSwitch.ON)
        changed = {"version": made.version, "name": "季度监视", "flow": "CUSTOM", "creation": "MANUAL", "owner": ""}
        key = made.id
        session.rollback()
        answer = admin.post(f"{URL}{key}/edit", data=changed)
        assert (answer.status_code, answer.headers["Location"]) == (303, URL)
        assert by_name(session, "季度监视").owner_id is None

    def test_double_click_opens_the_form(self, admin: FlaskClient) -> None:
        assert re.search(rf'data-url="{URL}\d+/edit"', admin.get(URL).get_data(as_text=True))

    def test_deleting_asks_first_and_keeps_what_is_used(self, admin: FlaskClient, session: Session) -> None:
        page = admin.get(URL).get_data(as_text=True)
        assert re.search(r'data-name="delete"[^>]*data-confirm="[^"]+"', page.replace("\n", " "))
        used = by_name(session, "立卷复核").id
        session.rollback()
        assert admin.post(f"{URL}delete", json={"ids": [used]}).status_code == 409
        admin.post(f"{URL}new", data={"name": "临时", "flow": "CUSTOM", "creation": "MANUAL", "code": "temp"})
        key = by_name(session, "临时").id
        session.rollback()
        assert admin.post(f"{URL}delete", json={"ids": [key]}).status_code == 200

    def test_a_name_is_given_once_in_a_process(self, admin: FlaskClient) -> None:
        data = {"name": "新案质检", "flow": "NEW_APPLICATION", "creation": "MANUAL", "code": "again"}
        assert admin.post(f"{URL}new", data=data).status_code == 422

    def test_the_switch_is_no_field(self, admin: FlaskClient, session: Session) -> None:
        row = by_name(session, "新案质检")
        key, version = row.id, row.version
        session.rollback()
        body = {"version": version, "switch": "OFF"}
        assert admin.patch(f"/api/v1/task_type/{key}", json=body).status_code == 403
        assert admin.post(f"{URL}bulk", json={"ids": [key], "values": {"switch": "OFF"}}).status_code == 403
        assert by_name(session, "新案质检").switch is TaskSwitch.ON

    def test_only_administrators_change_them(self, sign_in_as: Callable) -> None:
        manager = sign_in_as("linyichen")
        assert 'data-name="switch_off"' not in manager.get(URL).get_data(as_text=True)
        assert manager.get(f"{URL}1/edit").status_code == 403
        assert manager.post(f"{URL}action/switch_off", json={"ids": [1]}).status_code == 403
