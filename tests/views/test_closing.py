"""The four pages of closing and reinstatement: lists, the request's page in each state, whose it is (A-3.2.2.5)."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case import Case
from models.closing import ClosingRequest
from models.task import Task
from tests.kit import visible_english
from views.closing import url_of

PAGES = {"closing": "[结案]提交结案", "closing_request": "[结案]结案审核", "reinstatement": "[恢复]提交恢复",
         "reinstatement_request": "[恢复]恢复审核"}  # fmt: skip


def case_id(session: Session, ref: str) -> int:
    key = session.execute(select(Case.id).where(Case.our_ref == ref)).scalar_one()
    session.rollback()
    return key


def text(browser: FlaskClient, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def rows(html: str) -> list[str]:
    return re.findall(r'<tr data-id="(\d+)"', html)


@pytest.fixture
def reviewer(session: Session) -> int:
    return session.execute(select(User.id).where(User.username == "linyichen")).scalar_one()


def ask(browser: FlaskClient, key: str, case: int, words: str = "客户放弃") -> str:
    """A request made on its form; the address of its page."""
    name = "note" if key == "closing_request" else "reason"
    answer = browser.post(f"/app/{key}/new?case={case}", data={"case": str(case), name: words})
    assert answer.status_code == 303
    return answer.headers["Location"]


def step(browser: FlaskClient, url: str, name: str, **inputs: str) -> tuple[int, dict]:
    base, _slash, key = url.rpartition("/")
    answer = browser.post(f"{base}/action/{name}", json={"ids": [int(key)], "inputs": inputs})
    return answer.status_code, answer.get_json()


@pytest.mark.parametrize("key", PAGES)
def test_the_four_pages_bear_the_manuals_names(key: str, admin: FlaskClient) -> None:
    """A-3.2.2.5-01, -12."""
    html = text(admin, f"/app/{key}/")
    assert f"<h1>{PAGES[key]}</h1>" in html
    assert visible_english(html) == []
    menu = html[html.index('id="m-case_management"') :]
    places = [menu.index(name) for name in PAGES.values()]
    assert places == sorted(places)


def test_what_the_lists_are_queried_by(admin: FlaskClient, session: Session) -> None:
    """A-3.2.2.5-03, -13, -15."""
    of_request = ["case.client", "case.our_ref", "case.app_no", "status"]
    for key, wanted in (
        ("closing", ["client", "our_ref", "app_no", "closing_status"]),
        ("reinstatement", ["client", "our_ref", "app_no", "reinstatement_status"]),
        ("closing_request", of_request),
        ("reinstatement_request", of_request),
    ):
        html = text(admin, f"/app/{key}/")
        assert [n for n in wanted if f'name="q.{n}"' not in html and f'data-name="q.{n}"' not in html] == [], key
    pending = case_id(session, "X20250002")
    assert rows(text(admin, "/app/closing/?q.closing_status=PENDING")) == [str(pending)]
    everything = text(admin, "/app/closing/?view=all&size=200")
    assert len(rows(everything)) == len(session.execute(select(Case.id)).all())
    closed = {str(case_id(session, ref)) for ref in ("W20250007", "W20250016")}
    assert set(rows(text(admin, "/app/reinstatement/?view=all"))) == closed


def test_a_closing_from_the_list_to_the_end(
    sign_in_as: Callable, session: Session, reviewer: int, admin: FlaskClient
) -> None:
    """A-3.2.2.5-02, -04 to -11."""
    handler = sign_in_as("tangruolan")
    case = session.execute(
        select(Task.case_id).join(User, User.id == Task.assignee_id)
        .where(User.username == "tangruolan", Task.name == "新案办案")
    ).scalars().first()  # fmt: skip
    session.rollback()
    assert 'data-url="/app/closing_request/new?case={id}"' in text(handler, "/app/closing/")
    form = text(handler, f"/app/closing_request/new?case={case}")
    assert visible_english(form) == []
    assert "未完成、未核销的任务" in form
    assert "新案办案" in form
    requester = re.search(r'data-field="requester".*?</div></div>', form, re.S)[0]
    assert "唐若岚" in requester
    assert "readonly" in requester
    missing = handler.post(f"/app/closing_request/new?case={case}", data={"case": str(case), "note": ""})
    assert missing.status_code == 422
    url = ask(handler, "closing_request", case)
    page = text(handler, url)
    assert "提交审核" in page
    assert 'data-step="approve"' not in page
    boss = sign_in_as("linyichen")
    assert boss.get(url).status_code == 404, "what is only saved is the requester's own"
    assert handler.get(f"/app/closing_request/new?case={case}").headers["Location"] == url
    status, told = step(handler, url, "hand_in", reviewer=str(reviewer))
    assert (status, told["errors"][0]["field"]) == (422, "confirmed")
    assert "仍要结案" in told["message"]
    assert step(handler, url, "hand_in", reviewer=str(reviewer), confirmed="1")[0] == 200
    assert "结案未审核" in text(admin, f"/app/case/{case}")
    assert 'data-step="hand_in"' not in text(handler, url)
    assert handler.post(f"{url}/edit", data={"note": "改", "version": "2"}).status_code == 409
    assert step(handler, url, "approve", opinion="同意")[0] == 403
    page = text(boss, url)
    assert 'data-step="approve"' in page
    assert visible_english(page) == []
    assert re.search(r'id="me" readonly\s+value="林以宸"', page)
    assert step(boss, url, "approve", opinion=" ")[0] == 422
    assert step(boss, url, "approve", opinion="同意结案")[0] == 200
    page = text(boss, url)
    assert 'data-step="' not in page
    assert "同意结案" in page
    assert step(boss, url, "refuse", opinion="不同意")[0] == 409
    assert "已结案" in text(admin, f"/app/case/{case}")
    assert str(case) in rows(text(admin, "/app/reinstatement/?view=all"))


def test_a_reinstatement_and_its_refusal(sign_in_as: Callable, session: Session, reviewer: int) -> None:
    """A-3.2.2.5-14 to -17, ambiguities 14."""
    case = case_id(session, "W20250016")
    handler, boss = sign_in_as("tangruolan"), sign_in_as("linyichen")
    url = ask(handler, "reinstatement_request", case, "年费改回代理")
    assert step(handler, url, "hand_in", reviewer=str(reviewer))[0] == 200
    assert "恢复审核" in text(boss, url)
    assert step(boss, url, "refuse", opinion="请补充来函")[0] == 200
    assert rows(text(boss, "/app/reinstatement_request/?q.status=REFUSED")) == [url.rpartition("/")[2]]
    again = ask(handler, "reinstatement_request", case, "客户来函已补")
    assert again != url
    assert step(handler, again, "hand_in", reviewer=str(reviewer))[0] == 200
    assert step(boss, again, "approve", opinion="同意恢复")[0] == 200
    assert "激活状态" in text(boss, f"/app/case/{case}")
    assert 'data-step="' not in text(boss, again)


def test_only_closed_cases_are_reinstated(sign_in_as: Callable, session: Session) -> None:
    handler, case = sign_in_as("tangruolan"), case_id(session, "X20250002")
    refused = handler.post(f"/app/reinstatement_request/new?case={case}", data={"case": str(case), "reason": "误"})
    assert refused.status_code == 422
    assert "只有结案已审核的案卷才能恢复" in refused.get_data(as_text=True)


def test_the_demo_request_waits_with_its_task(session: Session, sign_in_as: Callable) -> None:
    task = session.execute(select(Task).where(Task.closing_request_id.is_not(None))).scalars().one()
    url, name = url_of(task.closing_request), task.name
    assert url == f"/app/closing_request/{task.closing_request_id}"
    session.rollback()
    assert name == "结案审核"
    assert 'data-step="approve"' in text(sign_in_as("linyichen"), url)
    assert 'data-step="approve"' not in text(sign_in_as("zhoumuyao"), url)


def test_opinions_and_reviewers_are_not_typed_into_forms(sign_in_as: Callable, session: Session) -> None:
    """Whoever may edit a saved request cannot write its review."""
    handler, case = sign_in_as("tangruolan"), case_id(session, "F20250001")
    url = ask(handler, "closing_request", case)
    key = url.rpartition("/")[2]
    version = handler.get(f"/api/v1/closing_request/{key}").get_json()["version"]
    for name, value in (("opinion", "同意"), ("reviewer", "1"), ("requester", "1"), ("status", "APPROVED")):
        answer = handler.patch(f"/api/v1/closing_request/{key}", json={"version": version, name: value})
        assert answer.status_code in (403, 422), name
    stored = session.execute(select(ClosingRequest).where(ClosingRequest.id == int(key))).scalar_one()
    assert (stored.opinion, stored.reviewer_id) == (None, None)
