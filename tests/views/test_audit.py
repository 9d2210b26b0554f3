"""The operation log: every change in one place, to whoever may see the table."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.services import records
from app.services.unit_of_work import unit_of_work
from models.organization import Department
from tests.kit import visible_english

PART = {"HX-Request": "true"}


@pytest.fixture
def changed(session: Session) -> Department:
    """A department that was made and renamed, with a reason."""
    made = records.save(session, Department, None, {"name": "日志<一>"})
    records.save(session, Department, made.id, {"name": "日志<二>"}, reason="机构调整")
    return made


def body(browser: FlaskClient, query: str = "") -> str:
    answer = browser.get(f"/app/audit/?{query}", headers=PART)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_who_changed_what_and_why(admin: FlaskClient, changed: Department) -> None:
    page = admin.get("/app/audit/").get_data(as_text=True)
    own = "<main " + page.partition('id="sheet"')[2].partition("</main>")[0]
    assert "操作日志" in own
    assert visible_english(re.sub(r'<ol class="history">.*</ol>', "", own, flags=re.S)) == []
    text = re.sub(r"<[^>]+>", "", body(admin, "q.table=department"))
    assert text.index("日志&lt;一&gt;→日志&lt;二&gt;") < text.index("–→日志&lt;一&gt;")
    assert "机构调整" in text
    assert f'href="/app/department/{changed.id}"' in body(admin, "q.table=department")


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("q.table=department", True),
        ("q.table=case", False),
        ("q.table=case&q.table=department", True),
        ("q.table=ab_user%27--", False),
        ("q.who=%25", False),
        ("q.at.from=2020-01-01", True),
        ("q.at.from=2099-01-01", False),
        ("q.at.to=2020-01-01", False),
        ("before=1", False),
    ],
)
def test_conditions(admin: FlaskClient, changed: Department, query: str, there: bool) -> None:
    assert ("日志&lt;二&gt;" in body(admin, query)) == there


def test_a_deleted_record_keeps_its_line(admin: FlaskClient, session: Session, changed: Department) -> None:
    gone = changed.id
    records.delete(session, Department, [gone])
    shown = body(admin, "q.table=department")
    assert re.search(r"删除\s+部门/组\s+日志&lt;二&gt;", shown)  # it still has its name
    assert f"/app/department/{gone}" not in shown


def test_earlier_pages(admin: FlaskClient, session: Session) -> None:
    with unit_of_work(session):
        for number in range(60):
            records.save(session, Department, None, {"name": f"日志部门{number:02}"})
    first = body(admin, "q.table=department")
    address = re.search(r'href="/app/audit/\?([^"]*before=[^"]*)"', first)
    assert address is not None
    second = body(admin, address[1].replace("&amp;", "&"))
    names = [set(re.findall(r"日志部门\d\d", text)) for text in (first, second)]
    assert len(names[0] | names[1]) == 60
    assert not names[0] & names[1]


def test_a_date_that_is_none_is_told(admin: FlaskClient) -> None:
    assert admin.get("/app/audit/?q.at.from=soon").status_code == 422


def test_nobody_else_reads_the_log(sign_in_as, client: FlaskClient) -> None:
    assert sign_in_as("tangruolan").get("/app/audit/").status_code == 403
    assert client.get("/app/audit/").status_code == 302


def test_a_row_of_a_record_goes_by_the_record(admin: FlaskClient) -> None:
    """“1”, the place of an inventor in his case, names nothing."""
    line = body(admin, "q.table=case_inventor").split("</li>")[0]
    assert re.search(r'<a href="/app/case/\d+">[FXW]\d{8}</a>', line)


def test_it_offers_no_conditions_that_it_does_not_know(admin: FlaskClient) -> None:
    assert "data-advanced" not in admin.get("/app/audit/").get_data(as_text=True)
    assert "data-advanced" in admin.get("/app/case/").get_data(as_text=True)
