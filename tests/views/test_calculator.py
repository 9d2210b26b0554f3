"""The calculators' pages and service, the year calendar, the configurator of numbers, the pages about all rules."""

import io
import json
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import PermissionView, Role, User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.application_number import PatentType
from app.rules.calendar import estimated_holidays
from app.services import calculator, records
from app.services.kept import GRANTS, renew
from app.services.reckoning import keep
from app.services.unit_of_work import unit_of_work
from models.case import Case
from models.deadline import DeadlineRule
from models.fee import FeeItem
from models.numbering import NumberingScheme, Serial
from models.reference import Holiday
from models.task import Task
from tests.kit import visible_english

LIFE = "route=国内&patent_type=INVENTION&filing_date=2015-05-10&grant_date=2018-03-02&fee_reduction_pct=85"
ROW = {"base_kind": "发文日", "doc_date": "2026-08-20", "channel": "电子", "period": "4", "unit": "月"}
PART = {"HX-Request": "true", "HX-Target": "result"}


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return unescape(answer.get_data(as_text=True))


@pytest.fixture
def plain_calendar(session: Session) -> Session:
    """A session in whose calendar nothing is set."""
    records.delete(session, Holiday, session.execute(select(Holiday.id)).scalars())
    return session


@pytest.fixture
def christmas(plain_calendar: Session) -> int:
    """An open task whose internal deadline is Wednesday 2026-12-23."""
    session = plain_calendar
    question = {"base_kind": "申请日", "doc_date": "2026-08-23", "period": "4", "unit": "月", "internal_days": "0"}
    case = records.save(session, Case, None, {"title": "一种杯子", "patent_type": PatentType.INVENTION})
    with unit_of_work(session):
        task = Task(name="答复", case_id=case.id, assignee_id=1)
        keep(task, question, calculator.deadline(session, question))
        session.add(task)
    return task.id


def grant(session: Session, *rights: tuple[str, str], name: str = "试用岗位") -> str:
    """Give one user of the demo agency exactly these rights (table, permission); the login name."""
    user = session.execute(select(User).where(User.username != "admin").order_by(User.id).limit(1)).scalar_one()
    pairs = session.execute(select(PermissionView)).scalars().all()
    with unit_of_work(session):
        position = Role(name=name)
        wanted = {(table, f"can_{permission}") for table, permission in rights}
        position.permissions = [pair for pair in pairs if (pair.view_menu.name, pair.permission.name) in wanted]
        session.add(position)
        user.roles = [position]
        renew(session, GRANTS)
    return user.username


PAGES = [
    "/app/calculator/deadline",
    "/app/calculator/deadline?rule=DR-APPFEE&doc_date=2026-08-20&filing_date=2026-08-01&channel=ELECTRONIC",
    "/app/calculator/deadline?base_kind=申请日&doc_date=&period=2&unit=MONTH",
    "/app/calculator/annuity",
    f"/app/calculator/annuity?{LIFE}",
    "/app/calculator/annuity?route=国内&patent_type=INVENTION&filing_date=2018-03-02&grant_date=2015-05-10",
    "/app/calculator/application-number",
    "/app/calculator/application-number?numbers=2014102705967%0A201410270596.8",
    "/app/holiday/",
    "/app/holiday/?year=2031",
    "/app/holiday/moves",
    "/app/holiday/?view=all",
    "/app/numbering_scheme/",
    "/app/deadline_rule/matrix",
    "/app/deadline_rule/matrix?only=NONE&on=2008-01-01",
    "/app/deadline_rule/law",
    "/app/deadline_rule/law?trigger=200101&doc_date=2024-03-01&channel=POST&patent_type=DESIGN&before=2024-01-01&after=x",
]


@pytest.mark.parametrize("url", PAGES)
def test_the_pages_are_chinese(admin: FlaskClient, url: str) -> None:
    words = visible_english(re.sub(r"PCT|DR-[A-Z0-9-]+|case\.our_ref", "", text_of(admin.get(url))))
    assert words == []


def test_a_deadline_with_its_reasons(admin: FlaskClient) -> None:
    url = "/app/calculator/deadline?base_kind=申请日&doc_date=2026-08-20&period=4&unit=MONTH"
    url += "&internal_days=7&remind_days=30"
    page = text_of(admin.get(url))
    for shown in ("2026-12-21", "周一", "细则第5条", "2026-12-14", "2026-11-20", "复制依据"):
        assert shown in page
    part = text_of(admin.get(url, headers=PART))
    assert "2026-12-21" in part
    assert "<html" not in part


def test_a_rule_asks_for_what_it_needs_and_brings_its_internal_dates(admin: FlaskClient) -> None:
    page = text_of(
        admin.get(
            "/app/calculator/deadline?rule=DR-APPFEE&doc_date=2026-08-20&filing_date=2026-08-01&channel=ELECTRONIC"
        )
    )
    names = set(re.findall(r'name="([a-z_]+)"', page))
    assert {"rule", "doc_date", "filing_date", "channel", "internal_days"} <= names
    assert not {"period", "unit", "priority_date"} & names
    assert "2026-10-08" in page
    assert "2026-09-30" in page


def test_rules_are_found_by_name_code_trigger_and_initials(admin: FlaskClient) -> None:
    for typed in ("第一次审查", "DR-OA1", "210401", "dfdycscyj"):
        found = admin.get(f"/app/calculator/rules?q={typed}").get_json()["results"]
        assert "DR-OA1" in [one["id"] for one in found], typed
    assert admin.get("/app/calculator/rules?q=%25_").get_json()["results"] == []


def test_what_cannot_be_reckoned_is_said_beside_the_form(admin: FlaskClient) -> None:
    page = text_of(admin.get("/app/calculator/deadline?base_kind=申请日&doc_date=2026-02-30&period=2&unit=MONTH"))
    assert 'role="alert"' in page
    assert "2026-02-30" in page


def test_the_life_of_a_patent_is_drawn_and_tabled(admin: FlaskClient) -> None:
    page = text_of(admin.get(f"/app/calculator/annuity?{LIFE}"))
    assert page.count('class="hit"') == 17
    assert page.count("data-pop-url=") == 17
    assert "2035-05-09" in page
    assert "第 4 至 12 年度" in page
    why = text_of(admin.get(f"/app/calculator/annuity/why?{LIFE}&annuity_year=5"))
    assert "180.00" in why
    assert "细则第115条" in why
    assert admin.get("/app/calculator/annuity/why?route=国内").status_code == 422


def test_the_dialog_shows_the_form_and_dates_to_take_over(admin: FlaskClient) -> None:
    url = "/app/calculator/deadline?embed=1&base_kind=申请日&doc_date=2026-08-20&period=4&unit=MONTH&remind_days=30"
    part = text_of(admin.get(url))
    assert "<html" not in part
    assert 'name="embed"' in part
    use = json.loads(re.search(r'data-calc-use="(\{.*?\})"', part)[1])
    assert use == {"hard_deadline": "2026-12-21", "remind_on": "2026-11-20"}


def test_the_pages_need_a_right_and_the_service_none(
    sign_in_as: Callable[[str], FlaskClient], session: Session
) -> None:
    user = grant(session)
    assert sign_in_as(user).get("/app/calculator/deadline").status_code == 403
    assert sign_in_as(user).get("/app/calculator/annuity?embed=1").status_code == 403
    assert sign_in_as(user).post("/api/v1/calculator/deadline", json=ROW).status_code == 200
    grant(session, ("calculator", "read"), name="试用岗位二")
    assert sign_in_as(user).get("/app/calculator/deadline").status_code == 200


def test_visitors_get_nothing(client: FlaskClient) -> None:
    assert client.get("/app/calculator/deadline?embed=1").status_code == 302
    assert client.post("/api/v1/calculator/deadline", json=ROW).status_code == 401


def test_one_row_by_the_service(admin: FlaskClient) -> None:
    answer = admin.post("/api/v1/calculator/deadline", json=ROW | {"case_id": 7, "period": 4})
    got = answer.get_json()
    assert (answer.status_code, got["case_id"], got["rolled_end_date"], got["error"]) == (200, "7", "2026-12-21", "")
    assert [step["code"] for step in got["steps"]] == ["delivery", "period", "roll"]
    assert got["steps"][2]["value"] == "2026-12-21"
    assert got["steps"][2]["params"] == {"day": "2026-12-20", "end": "2026-12-21"}
    assert "细则第5条" in got["basis"]
    refused = admin.post("/api/v1/calculator/deadline", json=ROW | {"doc_date": "2026-02-30"})
    assert (refused.status_code, refused.get_json()["errors"][0]["field"]) == (422, "doc_date")


def test_many_rows_by_the_service_each_with_its_error(admin: FlaskClient) -> None:
    good, bad = admin.post("/api/v1/calculator/deadline", json=[ROW, ROW | {"unit": "周"}]).get_json()
    assert (good["rolled_end_date"], good["error"]) == ("2026-12-21", "")
    assert bad["rolled_end_date"] == ""
    assert "周" in bad["error"]
    by_rule = admin.post(
        "/api/v1/calculator/deadline", json={"rule": "DR-OA1", "doc_date": "2026-08-20", "channel": "电子"}
    )
    assert by_rule.get_json()["raw_end_date"] == "2026-12-20"


def test_the_other_calculations_by_the_service(admin: FlaskClient) -> None:
    row = {"route": "国内", "patent_type": "发明", "filing_date": "2015-05-10", "grant_date": "2018-03-02",
           "fee_reduction_pct": 85, "annuity_year": 5, "payment_date": "2019-05-10"}  # fmt: skip
    got = admin.post("/api/v1/calculator/annuity", json=row).get_json()
    assert (got["base_amount"], got["due_date"]) == ("180", "2019-05-10")
    got = admin.post("/api/v1/calculator/application-number", json={"app_no": "2014102705967"}).get_json()
    assert got["normalized"] == "201410270596.7"


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("weather", {}, 404),
        ("deadline", "text", 422),
        ("deadline", [1], 422),
        ("deadline", {"period": [1]}, 422),
        ("deadline", [{}] * 10_001, 422),
        ("annuity", {"annuity_year": None}, 422),
    ],
)
def test_what_the_service_refuses(admin: FlaskClient, kind: str, body: Any, status: int) -> None:
    answer = admin.post(f"/api/v1/calculator/{kind}", json=body)
    assert answer.status_code == status
    assert answer.get_json()["ok"] is False


def test_the_service_asks_a_cookie_for_the_token(admin: FlaskClient) -> None:
    del admin.environ_base["HTTP_X_CSRFTOKEN"]
    assert admin.post("/api/v1/calculator/deadline", json=ROW).status_code == 400


def test_the_service_is_in_the_description(admin: FlaskClient) -> None:
    paths = admin.get("/api/v1/openapi.json").get_json()["paths"]
    for kind in ("deadline", "annuity", "application-number"):
        assert "post" in paths[f"/calculator/{kind}"]


def test_the_year_shows_statutory_and_own_days(admin: FlaskClient, plain_calendar: Session) -> None:
    change = {"date": "2026-12-24", "kind": "FIRM_HOLIDAY", "on": True, "name": "年终停办"}
    saved = admin.post("/app/holiday/days", json={"changes": [change]}).get_json()
    assert saved["url"] == "/app/holiday/?year=2026"
    page = text_of(admin.get(saved["url"]))
    cells = dict(re.findall(r'class="day ([a-z ]*)"[^>]*data-day="([^"]*)"', page)[::-1])
    shown = {day: kind for kind, day in re.findall(r'class="day ([a-z ]*)"[^>]*data-day="([^"]*)"', page)}
    assert cells
    assert len(shown) == 365
    assert (shown["2026-10-01"], shown["2026-10-10"], shown["2026-12-24"], shown["2026-12-26"]) == (
        "off",
        "work",
        "custom",
        "weekend",
    )
    assert "年终停办" in page
    assert "暂定" in text_of(admin.get("/app/holiday/?year=2027"))
    assert admin.get("/app/holiday/?year=1800").status_code == 404
    gone = admin.post("/app/holiday/days", json={"changes": [change | {"on": False}]})
    assert gone.status_code == 200
    assert plain_calendar.execute(select(Holiday.id)).first() is None


def test_what_a_click_would_move_is_shown_and_nothing_moves(
    admin: FlaskClient, christmas: int, session: Session
) -> None:
    body = {"changes": [{"date": "2026-12-23", "kind": "FIRM_HOLIDAY", "on": True}]}
    impact = text_of(admin.post("/app/holiday/impact", json=body))
    assert "1 个任务会移动；官方绝限不动" in impact
    assert re.search(r"12-23</td>\s*<td>→</td>\s*<td>12-22", impact)
    assert admin.post("/app/holiday/days", json=body).status_code == 200
    assert session.get(Task, christmas).internal_deadline == date(2026, 12, 23)
    moves = text_of(admin.get("/app/holiday/moves"))
    assert "12-22" in moves
    assert 'hx-get="/app/holiday/pending"' in text_of(admin.get("/app/holiday/"))
    assert "1 个任务的日期" in text_of(admin.get("/app/holiday/pending"))


def digest_in(page: str) -> str:
    """The mark of the moves that a page shows."""
    return re.search(r'data-shown="(\w+)"', page)[1]


def test_moves_are_approved_and_undone(admin: FlaskClient, christmas: int, session: Session) -> None:
    body = {"changes": [{"date": "2026-12-23", "kind": "FIRM_HOLIDAY", "on": True}], "approve": True}
    refused = admin.post("/app/holiday/days", json=body | {"shown": "what was shown before"})
    assert refused.status_code == 409
    shown = digest_in(refused.get_json()["impact"])
    assert shown == digest_in(text_of(admin.post("/app/holiday/impact", json=body)))
    url = admin.post("/app/holiday/days", json=body | {"shown": shown}).get_json()["url"]
    session.rollback()
    assert session.get(Task, christmas).internal_deadline == date(2026, 12, 22)
    page = text_of(admin.get(url))
    undo = re.search(r'action="(/app/holiday/undo-days/[^"]+)"', page)[1]
    assert admin.post(undo).status_code == 303
    session.rollback()
    assert session.get(Task, christmas).internal_deadline == date(2026, 12, 23)
    assert session.execute(select(Holiday.id)).first() is None
    assert admin.post("/app/holiday/undo-days/nothing").status_code == 404


def test_waiting_moves_are_approved_on_their_page(admin: FlaskClient, christmas: int, session: Session) -> None:
    body = {"changes": [{"date": "2026-12-23", "kind": "STATUTORY_OFF", "on": True, "source": "国办发明电〔2026〕9号"}]}
    admin.post("/app/holiday/days", json=body)
    old = admin.post("/app/holiday/moves", data={"reason": "公告", "shown": "old"})
    assert old.status_code == 409
    shown = digest_in(old.get_data(as_text=True))
    answer = admin.post("/app/holiday/moves", data={"reason": "公告", "shown": shown})
    assert answer.status_code == 303
    session.rollback()
    assert session.get(Task, christmas).hard_deadline == date(2026, 12, 24)
    assert "没有未完成的期限" in text_of(admin.get("/app/holiday/moves"))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"changes": []},
        {"changes": [{"date": "2026-12-24", "kind": "STATUTORY_OFF"}]},
        {"changes": [{"date": "2026-12-24", "kind": "PARTY"}]},
        {"changes": [{"date": "24 Dec", "kind": "FIRM_HOLIDAY"}]},
        {"changes": "all"},
    ],
)
def test_days_that_cannot_be_set(admin: FlaskClient, plain_calendar: Session, body: dict) -> None:
    assert admin.post("/app/holiday/days", json=body).status_code == 422
    assert plain_calendar.execute(select(Holiday.id)).first() is None


def test_a_notice_is_a_draft_until_it_is_saved(admin: FlaskClient, plain_calendar: Session) -> None:
    days = [{"name": "节", "date": day.isoformat(), "isOffDay": True} for day in sorted(estimated_holidays(2027))]
    content = json.dumps({"papers": ["国办发明电〔2026〕9号"], "days": days}).encode()
    page = text_of(admin.post("/app/holiday/notice", data={"file": (io.BytesIO(content), "2027.json")}))
    assert page.count("<tr><td>2027-") == 13
    assert plain_calendar.execute(select(Holiday.id)).first() is None
    draft = json.loads(re.search(r'id="draft">(.*?)</script>', page, re.S)[1])
    assert admin.post("/app/holiday/days", json=draft | {"approve": True, "shown": digest_in(page)}).status_code == 200
    assert "尚未公布" not in text_of(admin.get("/app/holiday/?year=2027"))
    again = text_of(admin.post("/app/holiday/notice", data={"file": (io.BytesIO(content), "2027.json")}))
    assert "没有变化" in again
    bad = admin.post("/app/holiday/notice", data={"file": (io.BytesIO(b"{"), "x.json")})
    assert bad.status_code == 422


def test_saving_days_and_approving_moves_are_two_rights(
    sign_in_as: Callable[[str], FlaskClient], christmas: int, session: Session
) -> None:
    browser = sign_in_as(grant(session, ("holiday", "read"), ("holiday", "edit")))
    body = {"changes": [{"date": "2026-12-23", "kind": "FIRM_HOLIDAY", "on": True}]}
    assert browser.post("/app/holiday/days", json=body | {"approve": True}).status_code == 403
    saved = browser.post("/app/holiday/days", json=body)
    assert saved.status_code == 200, saved.get_json()
    assert browser.post("/app/holiday/moves").status_code == 403
    assert browser.post("/app/holiday/undo-days/calendar-1").status_code == 403
    session.rollback()
    assert session.get(Task, christmas).internal_deadline == date(2026, 12, 23)


def test_a_time_limit_is_tried_out(admin: FlaskClient, session: Session) -> None:
    rule = session.execute(select(DeadlineRule.id).where(DeadlineRule.code == "DR-OA1")).scalar_one()
    assert "试算" in text_of(admin.get(f"/app/deadline_rule/{rule}"))
    part = text_of(admin.get(f"/app/deadline_rule/{rule}/try?doc_date=2026-08-20&channel=POST"))
    assert "2027-01-04" in part
    assert visible_english(re.sub(r"DR-[A-Z0-9-]+", "", part)) == []
    for key in session.execute(select(DeadlineRule.id)).scalars():
        assert admin.get(f"/app/deadline_rule/{key}/try").status_code == 200


def test_a_fee_item_is_tried_out(admin: FlaskClient, session: Session) -> None:
    item = session.execute(select(FeeItem.id).where(FeeItem.code == "CN-CLAIM-EXC")).scalar_one()
    assert "450.00" in text_of(admin.get(f"/app/fee_item/{item}/try?claims=13&on=2026-01-05", headers=PART))
    for key in session.execute(select(FeeItem.id)).scalars():
        assert admin.get(f"/app/fee_item/{key}/try").status_code == 200


def test_the_matrix_tells_what_fires_where(admin: FlaskClient) -> None:
    page = text_of(admin.get("/app/deadline_rule/matrix?on=2026-11-21"))
    row = re.search(r"<tr><td>210401</td>.*?</tr>", page, re.S)[0]
    assert re.findall(r'<td class="(fires|none|ambiguous)"', row) == [
        "fires",
        "none",
        "none",
        "fires",
        "none",
        "fires",
        "none",
    ]
    assert "<td>210401</td>" not in text_of(admin.get("/app/deadline_rule/matrix?only=NONE"))
    assert admin.get("/app/deadline_rule/matrix?on=yesterday").status_code == 422


def test_the_law_of_two_days_side_by_side(admin: FlaskClient) -> None:
    page = text_of(admin.get("/app/deadline_rule/law"))
    assert "2024-06-03" in page
    assert "2024-05-20" in page
    assert "-14" in page
    assert "DR-OA1" in page
    assert "它由" in page or "触发" in page


def test_the_configurator_previews_without_giving_numbers(admin: FlaskClient, session: Session) -> None:
    scheme = session.execute(select(NumberingScheme).where(NumberingScheme.code == "case.our_ref")).scalar_one()
    page = text_of(admin.get("/app/numbering_scheme/"))
    assert "设置流水号" in page
    form = {"segments-0-kind": "FIXED", "segments-0-fixed_value": "AB-", "segments-0-sort": "0",
            "segments-1-kind": "SERIAL", "segments-1-length": "3", "segments-1-sort": "1"}  # fmt: skip
    url = f"/app/numbering_scheme/{scheme.id}/preview"
    before = session.execute(select(Serial.current).where(Serial.scope == scheme.code)).scalar() or 0
    assert f"AB-{before + 1:03}" in text_of(admin.post(url, data=form))
    assert "请" in text_of(admin.post(url, data=form | {"segments-0-fixed_value": "案"}))
    assert admin.post(url, data=form | {"segments-0-kind": ""}).status_code == 200
    session.rollback()
    assert (session.execute(select(Serial.current).where(Serial.scope == scheme.code)).scalar() or 0) == before


def test_the_configurator_has_the_manuals_words(admin: FlaskClient) -> None:
    """A-2.1.13-01, A-2.1.13.2.1-01, A-2.1.13.2.2-01, -02."""
    page = text_of(admin.get("/app/numbering_scheme/"))
    grid = page.split('data-rows="segments"')[1].split("</table>")[0]
    assert [word for word in ("类型", "长度", "开始位置", "固定值") if word not in grid] == []
    kinds = re.findall(r"<option[^>]+>([^<]+)</option>", grid.split("<select")[1].split("</select>")[0])
    assert {"专利类型", "申请方式", "当前日期", "流水号", "固定值", "案卷类型"} <= set(kinds)
    dialog = page.split('<dialog id="serial"')[1].split("</dialog>")[0]
    assert "设置流水号" in dialog
    assert "当前流水号" in dialog
    assert '<a href="/app/numbering_symbol/?q.item=PATENT_TYPE">自定义配置</a>' in page


def test_a_symbol_of_ones_own_stands_in_the_next_number(admin: FlaskClient, session: Session) -> None:
    """A-2.1.13.2.1-02, A-2.1.13.2.2-02: an invention is called F, or whatever the firm likes."""
    rows = admin.get("/api/v1/numbering_symbol?q.value=PATENT_TYPE_INVENTION").get_json()["result"]
    change = {"id": rows[0]["id"], "version": rows[0]["version"], "values": {"symbol": "FM"}}
    assert admin.post("/app/numbering_symbol/grid", json={"rows": [change]}).status_code == 200
    admin.post("/app/case/new", data={"title": "一种装置", "patent_type": "INVENTION"})
    newest = session.execute(select(Case.our_ref).order_by(Case.id.desc()).limit(1)).scalar_one()
    assert newest.startswith("FM20")


def test_the_configurator_saves_pieces_and_serial(admin: FlaskClient, session: Session) -> None:
    scheme = session.execute(select(NumberingScheme).where(NumberingScheme.code == "case.our_ref")).scalar_one()
    base, form = f"/app/numbering_scheme/{scheme.id}", {"version": scheme.version, "name": scheme.name, "enabled": "1"}
    for at, (segment, sort) in enumerate(zip(scheme.segments, (2, 1, 3), strict=True)):
        start, length = segment.start, segment.length
        cells = {"id": segment.id, "sort": sort, "kind": segment.kind.code, "length": length, "start": start}
        form |= {f"segments-{at}-{name}": "" if value is None else value for name, value in cells.items()}
    session.rollback()
    saved = admin.post(f"{base}/edit", data=form)
    assert saved.headers["Location"] == f"{base}/configure"
    assert admin.post(f"{base}/serial", data={"current": "500"}).status_code == 303
    page = text_of(admin.get(f"{base}/configure"))
    assert re.search(r"<b>20\d\dF0501</b>", page)
    assert admin.post(f"{base}/serial", data={"current": "-1"}).status_code == 422
