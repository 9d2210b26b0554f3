"""The intake page: its small page before, tabs by type, 【复核完成】, letters, batch, and whose rows are shown."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.rules.case import CaseStatus, CaseType, PartyRole
from app.services import records
from app.services.records import ChildRow
from app.services.unit_of_work import unit_of_work
from models.case import Case
from models.organization import User
from models.party import Client
from models.system import SystemParameter
from tests.kit import visible_english

GOOD = {"title": "一种心内科吸氧鼻塞", "patent_type": "UTILITY_MODEL", "case_type": "ORDINARY", "client": "1"}
APPLICANT = {"applicants-0-applicant": "1", "applicants-0-sort": "0"}
CLERK, REVIEWER = "mengqiaoyun", "zhoumuyao"


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def newest(session: Session) -> Case:
    session.rollback()
    return session.scalars(select(Case).order_by(Case.id.desc())).first()


def tabs_of(page: str) -> list[str]:
    return re.findall(r'data-tab="t\d+"[^>]*>\s*([\u4e00-\u9fff/]+)', page)


def test_the_list_has_the_manuals_buttons(sign_in_as: Callable) -> None:
    """A-3.2.1.2-03."""
    page = text_of(sign_in_as(REVIEWER).get("/app/case/?view=all"))
    bar = page.split('class="toolbar"')[1].split('class="table-box"')[0]
    shown = re.findall(r"</svg>\s*(?:<span>)?([\u4e00-\u9fff]+)", bar)
    for button in ("立案采集", "批量立卷采集", "修改", "电子案卷夹", "删除", "导出"):
        assert button in shown, button


def test_the_folder_is_one_step_from_the_case(sign_in_as: Callable) -> None:
    assert "电子案卷夹" in text_of(sign_in_as(REVIEWER).get("/app/case/2")).split("<main")[1].split("</main>")[0]


def test_the_first_case_is_taken_in_like_any_other(session: Session, sign_in_as: Callable) -> None:
    with unit_of_work(session):
        statement = update(SystemParameter).where(SystemParameter.code == "firm_nature").values(value="PARTNERSHIP")
        session.execute(statement, execution_options={"audited": True})
        session.execute(update(Case).values(opened_by_id=None), execution_options={"audited": True})
    page = text_of(sign_in_as(CLERK).get("/app/case/?view=all"))
    empty = page.split('class="empty"')[1].split("</div>")[0]
    assert "立案采集" in empty
    assert "新增" not in empty


def test_type_and_client_are_chosen_first(sign_in_as: Callable) -> None:
    """A-3.2.1.2.1-01, -03, -06."""
    clerk = sign_in_as(CLERK)
    page = text_of(clerk.get("/app/case/begin"))
    assert visible_english(page) == []
    assert "新增案卷基本信息" in page
    answer = clerk.post("/app/case/begin", data={"case_type": "PCT_NATIONAL", "client": "1"})
    assert (answer.status_code, answer.location) == (303, "/app/case/new?case_type=PCT_NATIONAL&client=1")
    without = clerk.post("/app/case/begin", data={"case_type": "ORDINARY", "client": ""})
    assert without.status_code == 422
    assert "此项必须填写" in text_of(without)


def test_an_invalidation_case_names_its_related_case(sign_in_as: Callable) -> None:
    """A-3.2.1.2.3-06; the related case counts for others only where 关联 is ticked (A-3.2.1.2.1-02)."""
    clerk = sign_in_as(CLERK)
    given = {"case_type": "INVALIDATION", "client": "1"}
    refused = clerk.post("/app/case/begin", data=given)
    assert refused.status_code == 422
    assert "无效宣告案必须关联我方卷号" in text_of(refused)
    assert "related_case=2" in clerk.post("/app/case/begin", data=given | {"related_case": "2"}).location
    plain = {"case_type": "ORDINARY", "client": "1", "related_case": "2"}
    assert "related_case" not in clerk.post("/app/case/begin", data=plain).location
    assert "related_case=2" in clerk.post("/app/case/begin", data=plain | {"related": "1"}).location
    whole = clerk.post("/app/case/new", data=GOOD | {"case_type": "INVALIDATION"})
    assert whole.status_code == 422
    assert "无效宣告案必须关联我方卷号" in text_of(whole)


@pytest.mark.parametrize(("kind", "tabs"), [
    ("ORDINARY", "基本信息 申请人/发明人 优先权 微生物保藏 客户来文 案卷要求 案卷费用"),
    ("INVALIDATION", "基本信息 专利权人/请求人 优先权 微生物保藏 文件 案卷要求 案卷费用"),
    ("LITIGATION", "基本信息 专利权人/请求人 文件 案卷要求 案卷费用"),
    ("MACAO", "基本信息 申请人/发明人 优先权 客户来文 案卷要求 案卷费用"),
    ("SEARCH", "基本信息 客户来文 案卷要求 案卷费用"),
])  # fmt: skip
def test_tabs_follow_the_type(kind: str, tabs: str, admin: FlaskClient) -> None:
    """A-3.2.1.2.1-07 to -09, A-3.2.1.2.2-13."""
    page = text_of(admin.get(f"/app/case/new?case_type={kind}&client=1&related_case=2"))
    assert tabs_of(page) == tabs.split()
    assert visible_english(page) == []
    assert ("无效宣告请求理由" in page or "f-grounds" in page) == (kind == "INVALIDATION")
    assert ("f-court" in page) == (kind == "LITIGATION")


def test_the_page_begins_with_the_client_and_the_related_case(admin: FlaskClient, session: Session) -> None:
    source = session.scalars(select(Case).where(Case.inventors.any(), Case.client_id == 1)).first()
    client = session.get(Client, 1)
    expected = [source.title, client.short_name, source.our_ref, "由关联案卷带入", str(client.discount_rate)]
    parties = [row.applicant.name for row in source.applicants] + [row.inventor.name for row in source.inventors]
    key = source.id
    session.rollback()
    page = text_of(admin.get(f"/app/case/new?case_type=ORDINARY&client=1&related_case={key}"))
    for shown in expected + parties:
        assert f'value="{shown}"' in page or shown in page, shown


def test_saving_leads_to_the_review_and_says_what_is_missing(sign_in_as: Callable, session: Session) -> None:
    """A-3.2.1.2.11-02, -03: the same page, with a link to each gap."""
    clerk = sign_in_as(CLERK)
    saved = clerk.post("/app/case/new", data=GOOD)
    case = newest(session)
    assert saved.location == f"/app/case/{case.id}/edit"
    page = text_of(clerk.get(saved.location))
    assert "复核完成前还需" in page
    assert re.search(r'data-goto="applicants" data-in="t1">还没有申请人', page)
    assert re.search(r'value="complete_review" disabled\s+title="您没有[^"]*权限', page) or "无权" in page


def test_complete_review_saves_first(sign_in_as: Callable, session: Session) -> None:
    """A-3.2.1.2.1-06, A-3.2.1.2.11-04: one person may take in and review."""
    boss = sign_in_as(REVIEWER)
    answer = boss.post("/app/case/new", data=GOOD | {"_save": "complete_review"})
    case = newest(session)
    assert (case.title, case.status) == (GOOD["title"], CaseStatus.INTAKE_REVIEW)
    assert answer.location == f"/app/case/{case.id}/edit"
    assert "复核未完成" in text_of(boss.get(answer.location))
    form = (
        GOOD | APPLICANT | {"version": str(newest(session).version), "title": "改过的名称", "_save": "complete_review"}
    )
    done = boss.post(answer.location, data=form)
    case = newest(session)
    assert (case.title, case.status, done.location) == ("改过的名称", CaseStatus.REVIEWED, f"/app/case/{case.id}")
    assert "复核完成" in text_of(boss.get(done.location))


def test_of_two_reviewers_one_is_told(sign_in_as: Callable, session: Session) -> None:
    first, second = sign_in_as(REVIEWER), sign_in_as("admin")
    first.post("/app/case/new", data=GOOD | APPLICANT)
    case = newest(session)
    form = GOOD | {"version": str(case.version), "_save": "complete_review"}
    path = f"/app/case/{case.id}/edit"
    assert first.post(path, data=form).status_code == 303
    late = second.post(path, data=form)
    assert late.status_code == 409
    assert "周慕瑶" in text_of(late)
    late = second.post(path, data=form | {"version": str(newest(session).version)})
    assert late.status_code == 409


def test_a_clerk_without_the_right_does_not_complete_the_review(sign_in_as: Callable, session: Session) -> None:
    clerk = sign_in_as(CLERK)
    answer = clerk.post("/app/case/new", data=GOOD | APPLICANT | {"_save": "complete_review"})
    assert answer.status_code == 403
    assert newest(session).status is CaseStatus.INTAKE_REVIEW


def test_the_reviewer_finds_the_cases_that_wait(sign_in_as: Callable, session: Session) -> None:
    """A-3.2.1.2.11-01."""
    page = text_of(sign_in_as(REVIEWER).get("/app/case/?view=all&tab=review&size=200"))
    refs = set(session.scalars(select(Case.our_ref).where(Case.status == CaseStatus.INTAKE_REVIEW)))
    found = set(re.findall(r'class="id"[^>]*>([^<]+)</a>', page))
    assert found == refs
    assert refs


def test_our_reference_twice_in_the_manuals_words(admin: FlaskClient) -> None:
    """A-msg-13."""
    assert admin.post("/app/case/new", data=GOOD | {"our_ref": "甲-1"}).status_code == 303
    again = admin.post("/app/case/new", data=GOOD | {"our_ref": "甲-1"})
    assert again.status_code == 422
    assert "我方卷号已存在" in text_of(again)


def test_patentees_and_requesters_are_kept_apart(admin: FlaskClient, session: Session) -> None:
    """A-3.2.1.2.3-06."""
    rows = {"patentees-0-applicant": "1", "requesters-0-applicant": "2", "requesters-1-applicant": "3"}
    admin.post("/app/case/new", data=GOOD | rows | {"case_type": "INVALIDATION", "related_case": "2"})
    case = newest(session)
    assert [(r.applicant_id, r.role) for r in case.applicants] == [
        (1, PartyRole.PATENTEE), (2, PartyRole.REQUESTER), (3, PartyRole.REQUESTER),
    ]  # fmt: skip
    gone = case.applicants[1]
    form = GOOD | {"case_type": "INVALIDATION", "related_case": "2", "version": str(case.version),
                   "requesters-0-id": str(gone.id), "requesters-0-applicant": "2",
                   "requesters-0-delete": "1"}  # fmt: skip
    key = case.id
    session.rollback()
    assert admin.post(f"/app/case/{key}/edit", data=form).status_code == 303
    assert [r.applicant_id for r in newest(session).applicants] == [1, 3]
    shown = text_of(admin.get(f"/app/case/{key}"))
    assert shown.index("专利权人信息") < shown.index("请求人信息")


def test_requirements_know_where_they_come_from(admin: FlaskClient, session: Session) -> None:
    """A-3.2.1.2.7-01 to -03."""
    page = text_of(admin.get("/app/case/new?case_type=ORDINARY&client=1"))
    for button in ("案卷要求资料库", "浏览客户要求", "浏览申请人要求"):
        assert button in page
    row = {"requirements-0-source": "LIBRARY", "requirements-0-content": "先打电话", "requirements-0-item": "1"}
    admin.post("/app/case/new", data=GOOD | row)
    case = newest(session)
    assert [(r.content, r.item_id) for r in case.requirements] == [("先打电话", 1)]
    form = {"version": str(case.version), "requirements-0-id": str(case.requirements[0].id),
            "requirements-0-source": "LIBRARY", "requirements-0-content": "先发邮件"}  # fmt: skip
    key = case.id
    session.rollback()
    assert admin.post(f"/app/case/{key}/edit", data=form).status_code == 303
    assert [(r.content, r.item_id) for r in newest(session).requirements] == [("先发邮件", 1)]


def test_letters_of_the_client_have_their_own_list(sign_in_as: Callable, session: Session) -> None:
    """A-3.2.1.2.6-01."""
    clerk = sign_in_as(CLERK)
    clerk.post("/app/case/new", data=GOOD)
    key = newest(session).id
    files = [("letters", "交底书.txt"), ("files", "其他.txt")]
    for place, name in files:
        upload = {"file": (io.BytesIO(name.encode()), name)}
        assert clerk.post(f"/app/case/{key}/{place}", data=upload).status_code == 200
    letters = text_of(clerk.get(f"/app/case/{key}/panel/letters"))
    assert "交底书.txt" in letters
    assert "其他.txt" not in letters
    assert sign_in_as("luozhiyu").post(f"/app/case/{key}/letters", data={}).status_code == 403


def test_what_follows_is_foretold(admin: FlaskClient, session: Session) -> None:
    """A-3.2.1.2.2-08."""
    users = dict(session.execute(select(User.username, User.id)).all())
    session.rollback()
    told = admin.get(f"/app/case/consequence?handler={users['tangruolan']}&drafter={users['luozhiyu']}").get_json()
    assert told["text"] == "复核完成后产生任务：新案办案（唐若岚）、撰写任务（罗知予）"
    assert "新案分发" in admin.get("/app/case/consequence").get_json()["text"]


def test_an_attorney_without_certificate_is_refused_at_the_field(admin: FlaskClient, session: Session) -> None:
    who = session.scalars(select(User.id).where(User.username == "luozhiyu")).one()
    session.rollback()
    answer = admin.post("/app/case/new", data=GOOD | {"first_attorney": str(who)})
    assert answer.status_code == 422
    assert 'data-goto="first_attorney"' in text_of(answer)


def test_a_client_fills_in_what_its_cases_have(admin: FlaskClient, sign_in_as: Callable, session: Session) -> None:
    values = admin.get("/app/case/prefill?value=1").get_json()["values"]
    client = session.get(Client, 1)
    assert values["first_attorney"]["value"] == str(client.first_attorney_id)
    assert values["charge_mode"]["value"] == client.charge_mode.name
    session.rollback()
    clerks = sign_in_as(CLERK).get("/app/case/prefill?value=1").get_json()["values"]
    assert "charge_mode" not in clerks  # what a clerk may not see of a client, no form tells him
    assert "first_attorney" in clerks


def test_a_clerk_who_sees_no_fees_leaves_the_clients(sign_in_as: Callable, session: Session) -> None:
    sign_in_as(CLERK).post("/app/case/new", data=GOOD)
    case = newest(session)
    assert case.charge_mode is not None
    assert case.charge_mode is session.get(Client, 1).charge_mode


def test_cases_in_a_batch(sign_in_as: Callable, session: Session) -> None:
    """A-3.2.1.2.9-01 to -03."""
    clerk = sign_in_as(CLERK)
    source = session.scalars(select(Case).where(Case.inventors.any(), Case.client_id.is_not(None))).first()
    key, names = source.id, (source.applicant_names, source.inventor_names, source.client_id)
    ref, short = source.our_ref, source.client.short_name
    session.rollback()
    page = text_of(clerk.get(f"/app/case/batch?ids={key}"))
    assert visible_english(page) == []
    assert f'value="{ref}"' in page
    assert f'value="{short}"' in page
    form = {"related_case": str(key), "client": "", "patent_type": "", "titles": "一种锁\r\n一种钥匙\r\n"}
    made = clerk.post("/app/case/batch", data=form)
    assert made.status_code == 303
    session.rollback()
    two = session.scalars(select(Case).order_by(Case.id.desc()).limit(2)).all()
    assert {c.title for c in two} == {"一种锁", "一种钥匙"}
    assert {(c.applicant_names, c.inventor_names, c.client_id) for c in two} == {names}
    shown = text_of(clerk.get(made.location))
    assert "一种锁" in shown
    assert "已创建 2 个案卷" in shown


@pytest.mark.parametrize(("changes", "said"), [
    ({"titles": "\n".join(f"一种装置{n}" for n in range(21))}, "一次最多创建 20 个案卷"),
    ({"titles": " \n"}, "此项必须填写"),
    ({"related_case": ""}, "此项必须填写"),
])  # fmt: skip
def test_a_batch_that_is_refused(changes: dict[str, str], said: str, admin: FlaskClient, session: Session) -> None:
    """A-msg-14."""
    before = newest(session).id
    session.rollback()
    answer = admin.post("/app/case/batch", data={"related_case": "2", "titles": "一种锁"} | changes)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert newest(session).id == before


def test_deleting_needs_the_right_and_asks(sign_in_as: Callable, session: Session) -> None:
    clerk, boss = sign_in_as(CLERK), sign_in_as(REVIEWER)
    clerk.post("/app/case/new", data=GOOD)
    key = newest(session).id
    assert clerk.post("/app/case/delete", json={"ids": [key]}).status_code == 403
    assert "确定要删除选中的案卷吗？" in text_of(boss.get("/app/case/?view=all"))
    assert boss.post("/app/case/delete", json={"ids": [key]}).status_code == 200
    worked = session.scalars(select(Case.id).where(Case.status == CaseStatus.IN_PROGRESS)).first()
    session.rollback()
    refused = boss.post("/app/case/delete", json={"ids": [worked]})
    assert refused.status_code == 409
    assert "仍被" in refused.get_json()["message"]


def test_a_partner_meets_nobody_elses_case_at_the_intake(session: Session, sign_in_as: Callable) -> None:
    with unit_of_work(session):
        statement = update(SystemParameter).where(SystemParameter.code == "firm_nature").values(value="PARTNERSHIP")
        session.execute(statement, execution_options={"audited": True})
    boss = session.scalars(select(User.id).where(User.username == "admin")).one()
    client = records.save(session, Client, None, {"name": "不可见的客户有限公司", "registered_by_id": boss})
    values = {"title": "不可见的发明", "patent_type": Case.__table__.c.patent_type.type.choices["INVENTION"],
              "client_id": client.id, "opened_by_id": boss, "our_ref": "HIDDEN-1"}  # fmt: skip
    rows = {"applicants": [ChildRow({"applicant_id": 1})]}
    hidden, theirs = records.save(session, Case, None, values, children=rows).id, client.id
    session.rollback()
    clerk = sign_in_as(CLERK)
    for path in (
        f"/app/case/new?case_type=ORDINARY&client={theirs}&related_case={hidden}", f"/app/case/batch?ids={hidden}",
        f"/app/case/pattern?value={hidden}", f"/app/case/prefill?value={theirs}",
        f"/app/case/begin?client={theirs}&related=1&related_case={hidden}",
    ):  # fmt: skip
        page = text_of(clerk.get(path))
        assert "不可见" not in page, path
        assert "HIDDEN-1" not in page, path
    begin = {"case_type": CaseType.ORDINARY.name, "client": str(theirs), "related": "1", "related_case": str(hidden)}
    assert clerk.post("/app/case/begin", data=begin).status_code == 422
    batch = clerk.post("/app/case/batch", data={"related_case": str(hidden), "titles": "一种锁"})
    assert batch.status_code in (404, 422)
    assert clerk.post(f"/app/case/{hidden}/letters", data={}).status_code == 404
    assert clerk.post(f"/app/case/{hidden}/draft", json={"values": []}).status_code == 404
