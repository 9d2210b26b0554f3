"""我的任务, 任务监控, 工作台 and the calendar subscription as people see them (A-3.6)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.rules.access import FieldRightKind
from app.rules.task import TaskClearing, TaskSource, TaskStanding, TaskStatus
from app.services import accounts, calendar_link, processing, records, safety_net, task
from app.services.calendar import calendar_of
from app.services.clock import moment
from app.services.kept import GRANTS, renew
from app.services.today import today
from app.services.unit_of_work import unit_of_work
from models.access import FieldRight
from models.case import Case
from models.filing import Filing
from models.organization import User
from models.system import SystemParameter
from models.task import CalendarLink, Task, TaskType
from tests.kit import visible_english
from views.processing import PAGES, address_of

MINE, ALL = "/app/my_task/", "/app/task/"
TANG, QIN, MONITOR = "tangruolan", "qinshuyu", "zhoumuyao"


def user(session: Session, name: str) -> int:
    return session.execute(select(User.id).where(User.username == name)).scalar_one()


def rows(answer: Any) -> list[int]:
    return [int(i) for i in re.findall(r'<tr data-id="(\d+)"', answer.get_data(as_text=True))]


def heads(answer: Any) -> list[str]:
    return re.findall(r'<th scope="col" data-col="[^"]+"[^>]*title="([^"]+)"', answer.get_data(as_text=True))


def buttons(answer: Any) -> list[str]:
    bar = answer.get_data(as_text=True).split('class="toolbar"')[1].split('class="chips-row"')[0]
    found = re.findall(r"<(?:a|button)[^>]*data-name[^>]*>(.*?)</(?:a|button)>", bar, re.S)
    return [re.sub("<[^>]+>", "", text).strip() for text in found]


def a_task(session: Session, who: str = TANG, code: str = "custom_task", **more: Any) -> int:
    made = task.create(session, code, assignee_id=user(session, who), source=TaskSource.MANUAL, **more)
    session.rollback()
    return made.id


class TestMine:
    """｛任务管理－我的任务｝ (A-3.6.2)."""

    def test_it_opens_with_what_is_not_done(self, session: Session, sign_in_as: Callable) -> None:
        """A-3.6.2.2-01: the tree, its first node, one's own rows and no others."""
        page = sign_in_as(TANG).get(f"{MINE}?size=200")
        wanted = select(Task.id).where(*task.OPEN, Task.assignee_id == user(session, TANG))
        assert set(rows(page)) == set(session.scalars(wanted))
        text = page.get_data(as_text=True)
        tree = text.split('id="list-tree"')[1].split("</nav>")[0]
        words = re.findall(r'class="cut grow">([^<]+)<', tree)
        assert words[:5] == ["所有未完成", "未处理", "处理中", "已完成", "总任务"]
        assert words[5:] == ["过绝限", "警告", "提醒", "当日提醒", "正常", "今日到期", "本周到期"]
        assert re.search(r'aria-current="true">\s*<span class="cut grow">所有未完成', tree)
        assert re.findall("<h2>([^<]+)</h2>", tree) == ["按处理状态", "按时间监控"]

    def test_columns_query_and_buttons_are_the_manuals(self, sign_in_as: Callable) -> None:
        """A-3.6.2.2-02, -03."""
        page = sign_in_as(TANG).get(MINE)
        wanted = "我方卷号 任务名称 客户编号 申请号 提醒日 内部绝限 绝限日 任务状态"
        assert heads(page) == [*wanted.split(), *["创建人", "核销人", "核销时间", "处理页面", "完成日期"]]
        assert buttons(page)[:6] == ["创建新任务", "进入处理", "完成", "备注", "查看任务", "电子案卷夹"]
        panel = page.get_data(as_text=True).split('id="query"')[1].split("</form>")[0]
        assert re.findall(r"<label[^>]*>([^<]+)</label>", panel)[:2] == ["我方卷号", "客户编号"]
        assert visible_english(page.get_data(as_text=True)) == []

    @pytest.mark.parametrize("name", [
        "open", "unprocessed", "processing", "done", "total", "overdue", "warning", "remind", "today", "normal",
        "due_today", "due_week",
    ])  # fmt: skip
    def test_every_number_is_that_of_its_rows(self, name: str, session: Session, sign_in_as: Callable) -> None:
        on = today()
        for days in (-1, 0, 3):
            a_task(session, hard_deadline=on + timedelta(days=days), internal_deadline=on + timedelta(days=days - 1))
        a_task(session, remind_on=on, hard_deadline=on + timedelta(days=60))
        page = sign_in_as(TANG).get(f"{MINE}?slice={name}&size=200")
        tree = page.get_data(as_text=True).split('id="list-tree"')[1].split("</nav>")[0]
        counted = re.search(rf'slice={name}&amp;[^>]*>|slice={name}"[^>]*>', tree)
        assert counted
        number = re.search(r'<span\s+class="cap">([\d,]+)<', tree[counted.end() :])
        assert number
        assert int(number[1].replace(",", "")) == len(rows(page))

    def test_flags_say_colour_and_days_left(self, session: Session, sign_in_as: Callable) -> None:
        """A-3.6.3-05: shape, colour and words."""
        late = a_task(session, hard_deadline=today() - timedelta(days=2))
        done = a_task(session, hard_deadline=today() - timedelta(days=2))
        records.move(session, session.get(Task, done), "complete")
        session.rollback()
        text = sign_in_as(TANG).get(f"{MINE}?slice=total&size=200").get_data(as_text=True)
        row = text.split(f'<tr data-id="{late}"')[1].split("</tr>")[0]
        assert 'class="flag flag-over" role="img" aria-label="过绝限　过 2 天"' in row
        assert 'class="flag flag-none"' in text.split(f'<tr data-id="{done}"')[1].split("</tr>")[0]

    def test_entering_and_completing(self, session: Session, sign_in_as: Callable) -> None:
        """A-3.6.2.2-04, -05: from the open ones to the completed ones."""
        key, browser = a_task(session), sign_in_as(TANG)
        answer = browser.post(f"{MINE}action/enter", json={"ids": [key]}).get_json()
        assert answer["url"] == f"{MINE}{key}"
        assert key in rows(browser.get(f"{MINE}?slice=processing&size=200"))
        assert browser.post(f"{MINE}action/complete", json={"ids": [key]}).get_json()["done"] == 1
        assert key not in rows(browser.get(f"{MINE}?slice=open&size=200"))
        page = browser.get(f"{MINE}?slice=done&size=200")
        assert key in rows(page)
        session.rollback()
        kept = session.get(Task, key)
        assert kept.finished_at is not None
        assert (kept.cleared_by_id, kept.cleared_at) == (None, None)

    def test_the_remark_is_written_and_changed(self, session: Session, sign_in_as: Callable) -> None:
        """A-3.6.2.2-06: the dialog begins with what is there."""
        key, browser = a_task(session, remark="等客户"), sign_in_as(TANG)
        present = browser.get(f"{MINE}{key}/values/remark").get_json()["values"]
        assert present["remark"]["value"] == "等客户"
        browser.post(f"{MINE}action/remark", json={"ids": [key], "inputs": {"remark": "客户已确认"}})
        session.rollback()
        assert session.get(Task, key).remark == "客户已确认"

    def test_others_are_not_there(self, session: Session, sign_in_as: Callable) -> None:
        key, browser = a_task(session, QIN), sign_in_as(TANG)
        for path in (f"{MINE}{key}", f"{MINE}{key}/edit", f"{MINE}{key}/history", f"{MINE}{key}/case_folder",
                     f"{MINE}{key}/values/remark", f"{MINE}{key}/panel/about", f"/api/v1/my_task/{key}"):  # fmt: skip
            assert browser.get(path).status_code == 404, path
        for name in ("enter", "complete", "remark", "clear"):
            answer = browser.post(f"{MINE}action/{name}", json={"ids": [key], "inputs": {"remark": "x"}})
            assert answer.status_code in (403, 404, 409), name
        session.rollback()
        assert session.get(Task, key).status is TaskStatus.OPEN

    def test_a_new_task_is_ones_own(self, session: Session, sign_in_as: Callable) -> None:
        """A-3.6.2.1-03, -04, -06; its name is chosen from the defined ones (A-2.1.3.1-02)."""
        browser = sign_in_as(TANG)
        text = browser.get(f"{MINE}new").get_data(as_text=True)
        assert "<h1>新增任务信息</h1>" in text
        for label in ("我方卷号", "任务名称", "任务类别", "执行人", "官方期限", "绝限日", "内部绝限", "提醒日", "备注"):
            assert re.search(rf"<label[^>]*>{label}</label>", text), label
        assert text.count("data-calculator=") == 3
        assert 'value="唐若岚"' in text
        names = re.findall(r'<option value="([^"]*)"', text.split('name="name"')[1].split("</select>")[0])
        assert {"自定义任务", "著录项目变更"} <= set(names)
        assert "新案办案" not in names
        form = {"name": "自定义任务", "assignee": str(user(session, TANG)), "hard_deadline": "2027-03-01"}
        session.rollback()
        assert browser.post(f"{MINE}new", data=form).headers["Location"] == MINE
        made = session.scalars(select(Task).order_by(Task.id.desc())).first()
        assert (made.source, made.task_type.code, made.created_by.username) == (TaskSource.MANUAL, "custom_task", TANG)
        assert made.id in rows(browser.get(f"{MINE}?size=200"))
        bad = browser.post(f"{MINE}new", data=form | {"internal_deadline": "2027-03-02"})
        assert bad.status_code == 422
        assert "内部绝限不能晚于绝限日" in bad.get_data(as_text=True)

    def test_the_page_of_a_task_tells_where_it_comes_from(self, session: Session, sign_in_as: Callable) -> None:
        """A-3.6.2.1-01."""
        kind = task.type_of(session, "custom_task")
        with unit_of_work(session):
            kind.number, kind.unit = 1, TaskType.__table__.c.unit.type.choices["MONTH"]
        key = a_task(session)
        browser = sign_in_as(TANG)
        assert browser.get(f"{MINE}{key}").status_code == 200
        text = browser.get(f"{MINE}{key}/panel/about").get_data(as_text=True)
        assert "手动创建" in text
        assert "这个日期怎么来的" in text
        assert "期限" in text
        assert visible_english(text) == []


class TestMonitoring:
    """｛任务管理－任务监控｝ (A-3.6.3)."""

    def test_columns_buttons_and_colours_are_the_manuals(self, sign_in_as: Callable) -> None:
        """A-3.6.3-02 … -05."""
        page = sign_in_as(MONITOR).get(ALL)
        wanted = "我方卷号 任务名称 客户简称 申请号 专利名称 提醒日 内部绝限 绝限日 处理状态"
        assert heads(page) == [*wanted.split(), *["执行人", "创建人", "核销人", "核销时间", "处理页面"]]
        verbs = "电子案卷夹 创建新任务 延期 删除 作废 恢复作废 核销 恢复核销 备注 转分配"
        assert buttons(page)[:10] == verbs.split()
        segments = page.get_data(as_text=True).split('class="segments"')[1].split('class="toolbar"')[0]
        assert re.findall(r"</span>(\S+) <b>", segments) == ["过绝限", "警告", "提醒", "当日提醒", "正常"]
        assert re.findall(r"flag flag-(\w+)", segments) == ["over", "warn", "remind", "today", "normal"]

    def test_one_after_the_other(self, session: Session, sign_in_as: Callable) -> None:
        """A-3.6.3.1-03 … -05: done, cleared, taken back, voided, restored, put off, given to somebody else."""
        day = calendar_of(session).next_working(today() + timedelta(days=30))
        key, browser = a_task(session, hard_deadline=today()), sign_in_as(MONITOR)

        def act(name: str, status: int = 200, **inputs: str) -> Any:
            answer = browser.post(f"{ALL}action/{name}", json={"ids": [key], "inputs": inputs})
            assert answer.status_code == status, (name, answer.get_json())
            return answer.get_json()

        act("clear", 409)
        act("postpone", hard_deadline=day.isoformat(), reason="局里同意延长")
        act("reassign", assignee=str(user(session, QIN)), reason="休假")
        act("void", reason="重复")
        act("complete", 409)
        act("restore")
        act("complete")
        act("clear")
        act("void", 409, reason="x")
        session.rollback()
        kept = session.get(Task, key)
        assert (kept.clearing, kept.standing, kept.hard_deadline) == (TaskClearing.CLEARED, TaskStanding.LIVE, day)
        assert (kept.cleared_by.username, kept.assignee.username) == (MONITOR, QIN)
        act("unclear")
        assert "局里同意延长" in browser.get(f"{ALL}{key}/history").get_data(as_text=True)
        about = browser.get(f"{ALL}{key}/panel/about").get_data(as_text=True)
        assert "延期至" in about

    def test_many_at_once_each_says_how_it_went(self, session: Session, sign_in_as: Callable) -> None:
        open_ones = [a_task(session) for _n in range(3)]
        done = a_task(session)
        records.move(session, session.get(Task, done), "complete")
        who = user(session, QIN)
        session.rollback()
        body = {"ids": [*open_ones, done], "inputs": {"assignee": str(who), "reason": "离职"}}
        answer = sign_in_as(MONITOR).post(f"{ALL}action/reassign", json=body).get_json()
        assert (answer["done"], [e["id"] for e in answer["errors"]]) == (3, [done])
        session.rollback()
        assert {session.get(Task, i).assignee_id for i in open_ones} == {who}

    def test_what_was_asked_for_wrongly_is_said_beside_it(self, session: Session, sign_in_as: Callable) -> None:
        key, browser = a_task(session, hard_deadline=today()), sign_in_as(MONITOR)
        for inputs, field in (({"reason": "x"}, "hard_deadline"), ({"hard_deadline": "3026-02-30", "reason": "x"},
                              "hard_deadline")):  # fmt: skip
            answer = browser.post(f"{ALL}action/postpone", json={"ids": [key], "inputs": inputs})
            assert answer.status_code == 422
            assert answer.get_json()["errors"][0]["field"] == field

    def test_only_monitors_act_on_others(self, session: Session, sign_in_as: Callable) -> None:
        key, browser = a_task(session, QIN), sign_in_as(TANG)
        for name in ("postpone", "reassign", "void", "restore", "unclear", "clear"):
            answer = browser.post(f"{ALL}action/{name}", json={"ids": [key], "inputs": {"reason": "x"}})
            assert answer.status_code in (403, 409), name
        assert browser.post(f"{ALL}{key}/edit", data={"version": "1", "remark": "x"}).status_code == 422
        session.rollback()
        assert (session.get(Task, key).standing, session.get(Task, key).remark) == (TaskStanding.LIVE, None)

    def test_system_tasks_stay(self, session: Session, sign_in_as: Callable) -> None:
        """Ambiguities 22."""
        made = session.scalars(select(Task.id).where(Task.source == TaskSource.AUTOMATIC)).first()
        own, browser = a_task(session), sign_in_as(MONITOR)
        refused = browser.post(f"{ALL}delete", json={"ids": [made]})
        assert refused.status_code == 409
        assert "可以作废" in refused.get_json()["message"]
        assert browser.post(f"{ALL}delete", json={"ids": [own]}).status_code == 200

    def test_the_assignee_must_be_named(self, sign_in_as: Callable) -> None:
        """A-3.6.2.1-03."""
        answer = sign_in_as(MONITOR).post(f"{ALL}new", data={"name": "自定义任务", "assignee": ""})
        assert answer.status_code == 422
        assert "必须填写" in answer.get_data(as_text=True)


class TestProcessing:
    """One table says which page processes which task (A-3.6.2.2-04)."""

    def test_every_process_step_has_a_page(self, session: Session) -> None:
        from_types = set(session.scalars(select(TaskType.code)))
        assert set(PAGES) <= from_types

    @pytest.mark.parametrize(("code", "wanted"), [
        ("intake_review", "/app/case/{case}/edit"), ("case_intake", "/app/case/{case}/edit"),
        ("case_allocation", "/app/allocation/{case}"), ("letter_reading", "/app/my_task/{task}"),
        ("case_handling", "/app/filing/{filing}/work"), ("drafting", "/app/filing/{filing}/work"),
        ("document_quality_check", "/app/filing/{filing}/work"),
        ("acknowledgement_tracking", "/app/dispatch/?tab={tab}&q.status=DISPATCHED&q.case.our_ref={ref}"),
        ("reply_examination", "/app/filing/{filing}/work"), ("official_payment", "/app/my_task/{task}"),
    ])  # fmt: skip
    def test_its_page(self, code: str, wanted: str, session: Session) -> None:
        case = session.scalars(select(Case.id)).first()
        key = a_task(session, code=code, case_id=case)
        begun = processing.begin(session, key)
        if "{filing}" in wanted and begun.filing_id is None:
            begun.filing_id = 1
        filing = session.get(Filing, begun.filing_id or 1)
        if "{tab}" in wanted:
            begun.filing = filing
        told = {"tab": "electronic", "ref": filing.case.our_ref, "filing": filing.id}
        assert address_of(begun) == wanted.format(case=case, task=key, **told)


class TestWorkbench:
    """工作台 (A-3.6.1)."""

    def test_it_is_the_start_page_of_who_has_tasks(self, session: Session, sign_in_as: Callable) -> None:
        browser = sign_in_as(TANG)
        text = browser.get("/app/").get_data(as_text=True)
        assert "待办任务" in text
        assert visible_english(text) == []
        links = dict(re.findall(r'<a href="(/app/my_task/\?slice=\w+)"><span\s+class="cap">([^<]+)<', text))
        assert set(links.values()) == {"所有未完成", "处理中", "已完成", "总任务"}
        for url, label in links.items():
            number = re.search(rf'{label}</span><span class="big">([\d,]+)<', text)
            assert number
            assert int(number[1]) == len(rows(browser.get(f"{url}&size=200"))), label

    def test_what_is_due_comes_first(self, session: Session, sign_in_as: Callable) -> None:
        later = a_task(session, hard_deadline=today() + timedelta(days=400))
        never = a_task(session)
        first = a_task(session, hard_deadline=today() - timedelta(days=4000))
        found = rows(sign_in_as(TANG).get("/app/workbench/"))
        assert found[0] == first
        assert found.index(later) < found.index(never)

    def test_every_day_of_the_strip_leads_to_its_tasks(self, session: Session, sign_in_as: Callable) -> None:
        day = today() + timedelta(days=3)
        key, browser = a_task(session, hard_deadline=day), sign_in_as(TANG)
        strip = browser.get("/app/").get_data(as_text=True).split('class="strip"')[1].split("</ol>")[0]
        links = re.findall(r'<a href="([^"]+)" title="(\S+)　(\d+)"', strip)
        assert len(links) == 14
        url, _day, number = next(link for link in links if link[1] == day.isoformat())
        found = rows(browser.get(url.replace("&amp;", "&") + "&size=200"))
        assert key in found
        assert len(found) == int(number)

    def test_monitors_see_all_and_what_falls_through(self, session: Session, sign_in_as: Callable) -> None:
        safety_net.check(session, moment())
        text = sign_in_as(MONITOR).get("/app/workbench/?of=all").get_data(as_text=True)
        for words in ("未完成按执行人", "在办案卷没有未完成任务", "递交文件没有处理人"):
            assert words in text
        browser = sign_in_as(TANG)
        assert "安全网" not in browser.get("/app/workbench/?of=all").get_data(as_text=True)
        assert browser.get("/app/workbench/gaps/idle").status_code == 403
        for gap in safety_net.GAPS:
            page = sign_in_as(MONITOR).get(f"/app/workbench/gaps/{gap.name}")
            assert page.status_code == 200
            assert visible_english(page.get_data(as_text=True)) == []
        assert sign_in_as(MONITOR).get("/app/workbench/gaps/none").status_code == 404

    def test_the_top_bar_counts_ones_own(self, session: Session, sign_in_as: Callable) -> None:
        browser = sign_in_as(TANG)

        def shown() -> tuple[str, str]:
            found = re.search(r"今日到期 (\d+)</a>.*?逾期 <span\s+class=\"\w*\">(\d+)<",
                              browser.get("/app/profile").get_data(as_text=True), re.S)  # fmt: skip
            assert found
            return found[1], found[2]

        before = shown()
        a_task(session, hard_deadline=today())
        a_task(session, hard_deadline=today() - timedelta(days=1))
        a_task(session, QIN, hard_deadline=today())
        assert shown() == (str(int(before[0]) + 1), str(int(before[1]) + 1))


@pytest.fixture
def partnership(session: Session) -> None:
    """合伙制 (A-2.1.1.2-06)."""
    with unit_of_work(session):
        statement = update(SystemParameter).where(SystemParameter.code == "firm_nature").values(value="PARTNERSHIP")
        session.execute(statement, execution_options={"audited": True})


def test_a_partner_reaches_his_task_and_its_case(partnership: None, session: Session, sign_in_as: Callable) -> None:
    boss = user(session, "admin")
    case = session.scalars(select(Case).where(Case.handler_id.is_not(None))).first()
    names = ("opened_by_id", "handler_id", "first_attorney_id", "second_attorney_id", "drafter_id", "translator_id",
             "illustrator_id", "docketer_id")  # fmt: skip
    with unit_of_work(session):
        for name in names:
            setattr(case, name, boss if name == "handler_id" else None)
        for old in session.scalars(select(Task).where(Task.case_id == case.id)):
            old.assignee_id = boss
    case_id = case.id
    key = a_task(session, TANG, case_id=case_id)
    reached, shut = sign_in_as(TANG), sign_in_as(QIN)
    for path in (f"{ALL}{key}", f"/app/case/{case_id}"):
        assert reached.get(path).status_code == 200, path
        assert shut.get(path).status_code == 404, path
    assert key in rows(reached.get(f"{MINE}?size=200"))
    assert key not in rows(shut.get(f"{ALL}?slice=open&size=200"))
    assert shut.post(f"{ALL}action/complete", json={"ids": [key]}).status_code in (403, 404)


class TestCalendar:
    """日历订阅: a secret address, shown once, that ends with its owner."""

    def address(self, browser: FlaskClient) -> str:
        text = browser.post("/app/profile/calendar/").get_data(as_text=True)
        found = re.search(r"http://[^<\s]+(/ics/[\w-]+\.ics)", text)
        assert found
        return found[1]

    def test_it_holds_ones_open_tasks(self, app: Flask, session: Session, sign_in_as: Callable) -> None:
        mine = a_task(session, hard_deadline=today() + timedelta(days=5), name="答复，第一次")
        done = a_task(session, hard_deadline=today())
        records.move(session, session.get(Task, done), "complete")
        other = a_task(session, QIN, hard_deadline=today())
        address = self.address(sign_in_as(TANG))
        answer = app.test_client().get(address)
        text = answer.get_data(as_text=True)
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert "no-store" in answer.headers["Cache-Control"]
        uids = re.findall(r"UID:task-(\d+)@", text)
        assert str(mine) in uids
        assert not {str(done), str(other)} & set(uids)
        wanted = select(func.count(Task.id)).where(*task.OPEN, Task.assignee_id == user(session, TANG),
                                                   Task.hard_deadline.is_not(None))  # fmt: skip
        assert len(uids) == session.execute(wanted).scalar_one()

    def test_only_its_digest_is_kept_and_it_is_not_shown_again(self, session: Session, sign_in_as: Callable) -> None:
        browser = sign_in_as(TANG)
        token = self.address(browser).removeprefix("/ics/").removesuffix(".ics")
        kept = session.scalars(select(CalendarLink)).one()
        assert kept.token_hash == calendar_link.digest(token)
        assert token not in browser.get("/app/profile/calendar/").get_data(as_text=True)

    def test_a_new_one_ends_the_old_and_revoking_ends_all(self, app: Flask, sign_in_as: Callable) -> None:
        browser, reader = sign_in_as(TANG), app.test_client()
        old = self.address(browser)
        new = self.address(browser)
        assert (reader.get(old).status_code, reader.get(new).status_code) == (404, 200)
        browser.post("/app/profile/calendar/revoke")
        assert reader.get(new).status_code == 404

    def test_it_ends_with_its_owner(self, app: Flask, session: Session, sign_in_as: Callable) -> None:
        address = self.address(sign_in_as(TANG))
        with unit_of_work(session):
            session.get(User, user(session, TANG)).active = False
        assert app.test_client().get(address).status_code == 404

    def test_it_ends_with_its_owners_password(self, app: Flask, session: Session, sign_in_as: Callable) -> None:
        address = self.address(sign_in_as(TANG))
        accounts.reset_passwords(session, [user(session, TANG)])
        assert app.test_client().get(address).status_code == 404
        assert app.test_client().get(self.address(sign_in_as(QIN))).status_code == 200

    def test_it_ends_with_the_right_to_read_ones_tasks(
        self, app: Flask, session: Session, sign_in_as: Callable
    ) -> None:
        address = self.address(sign_in_as(TANG))
        with unit_of_work(session):
            session.get(User, user(session, TANG)).roles = []
        assert app.test_client().get(address).status_code == 404

    def test_it_tells_no_hidden_field(self, app: Flask, session: Session, sign_in_as: Callable) -> None:
        a_task(session, hard_deadline=today() + timedelta(days=5))
        address, owner = self.address(sign_in_as(TANG)), session.get(User, user(session, TANG))
        words = [text for t in session.scalars(select(Task).where(Task.assignee_id == owner.id, *task.OPEN))
                 if t.hard_deadline and t.case for text in (t.case.our_ref, t.case.title)]  # fmt: skip
        assert [w for w in words if w in app.test_client().get(address).get_data(as_text=True).replace("\r\n ", "")]
        with unit_of_work(session):
            session.add_all(
                FieldRight(position_id=role.id, table_key="case", column=column, right=FieldRightKind.HIDDEN)
                for role in owner.roles for column in ("our_ref", "title")
            )  # fmt: skip
            renew(session, GRANTS)
        text = app.test_client().get(address).get_data(as_text=True).replace("\r\n ", "")
        assert "UID:task-" in text
        assert [w for w in words if w in text] == []

    def test_guessing_is_slowed_down(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        assert app.test_client().get("/ics/guess.ics").status_code == 404
        limits = app.appbuilder.sm.appbuilder.baseviews
        feed = next(v for v in limits if type(v).__name__ == "FeedView")
        assert [limit.limit_value() for limit in feed.limits] == ["60 per minute"]
