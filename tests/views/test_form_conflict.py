"""The form when things go wrong: a stale form, wrong values, rights; nothing typed is lost, nothing half-saved."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.rules.system import CustomFieldKind
from app.services import records
from models.case import Case, Priority
from models.party import Client
from models.system import CustomField


def version_of(session: Session, model: type, key: int = 1) -> int:
    found = session.scalar(select(model.version).where(model.id == key))
    session.rollback()
    return found


def fact(session: Session, column: Any, key: int = 1) -> Any:
    found = session.scalar(select(column).where(column.class_.id == key))
    session.rollback()
    return found


def dialog(html: str) -> str:
    """The text of the dialog that tells both sides apart."""
    start = html.index('id="conflict"')
    return re.sub(r"<[^>]+>", " ", html[start : html.index("</dialog>", start)])


@pytest.fixture
def stale(session: Session) -> int:
    """The version a form was opened with, before somebody else saved."""
    version = version_of(session, Case)
    records.save(session, Case, 1, {"remark": "别人的备注", "description_pages": 7})
    session.rollback()
    return version


def test_the_later_editor_sees_who_changed_what(admin: FlaskClient, session: Session, stale: int) -> None:
    answer = admin.post("/app/case/1/edit", data={"version": stale, "remark": "我的备注", "examiner": "王"})
    assert answer.status_code == 409
    html = answer.get_data(as_text=True)
    told = dialog(html)
    for text in ("备注", "别人的备注", "我的备注", "说明书页数", "7"):
        assert text in told, text
    assert 'value="王"' in html
    assert fact(session, Case.remark) == "别人的备注"


def test_having_seen_it_the_later_editor_may_save(admin: FlaskClient, session: Session, stale: int) -> None:
    html = admin.post("/app/case/1/edit", data={"version": stale, "remark": "我的备注"}).get_data(as_text=True)
    fresh = re.search(r'name="version"\s+value="(\d+)"', html).group(1)
    assert int(fresh) == version_of(session, Case)
    assert admin.post("/app/case/1/edit", data={"version": fresh, "remark": "我的备注"}).status_code == 303
    assert (fact(session, Case.remark), fact(session, Case.description_pages)) == ("我的备注", 7)


@pytest.mark.parametrize("version", ["", "x", None])
def test_a_form_without_its_version_saves_nothing(version: Any, admin: FlaskClient, session: Session) -> None:
    data = {"remark": "我的备注"} | ({} if version is None else {"version": version})
    assert admin.post("/app/case/1/edit", data=data).status_code == 422
    assert fact(session, Case.remark) is None


def test_a_conflict_tells_nobody_what_he_may_not_see(session: Session, sign_in_as: Callable) -> None:
    """The discount rate is for holders of the fee right: neither the dialog nor the API names it to others."""
    clerk = sign_in_as("fangyike")
    version = version_of(session, Client)
    records.save(session, Client, 1, {"discount_rate": "0.4321", "fax": "010-7654"}, reason="谈判")
    session.rollback()
    html = clerk.post("/app/client/1/edit", data={"version": version, "fax": "1", "_reason": "x"})
    assert html.status_code == 409
    assert "010-7654" in html.get_data(as_text=True)
    assert "0.4321" not in html.get_data(as_text=True)
    sent = clerk.patch("/api/v1/client/1", json={"version": version, "fax": "1", "reason": "x"})
    assert sent.status_code == 409
    assert set(sent.get_json()["changes"]) == {"fax"}
    assert sent.get_json()["version"] == version + 1


def test_custom_fields_take_part(admin: FlaskClient, session: Session) -> None:
    values = {"table_key": "case", "code": "shelf", "label": "档案架", "kind": CustomFieldKind.TEXT}
    records.save(session, CustomField, None, values)
    version = version_of(session, Case)
    records.save(session, Case, 1, {"x.shelf": "甲架"})
    session.rollback()
    answer = admin.post("/app/case/1/edit", data={"version": version, "x.shelf": "乙架"})
    assert answer.status_code == 409
    told = dialog(answer.get_data(as_text=True))
    assert all(text in told for text in ("档案架", "甲架", "乙架"))


def test_what_was_typed_stays_when_something_is_wrong(admin: FlaskClient, session: Session) -> None:
    version = version_of(session, Case)
    data = {
        "version": version, "title": "", "remark": "长长的备注 <b>", "planned_on": "明天", "description_pages": "many",
        "client": "2", "patent_type": "DESIGN",
    }  # fmt: skip
    answer = admin.post("/app/case/1/edit", data=data)
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert "长长的备注 &lt;b&gt;" in html
    assert 'value="明天"' in html
    assert 'value="many"' in html
    assert "澜洲半导体" in html
    banner = html.split('class="banner"')[1].split("</div>")[0]
    assert re.findall(r'data-goto="([^"]+)"', banner) == ["planned_on", "title", "description_pages"]
    assert html.count('aria-invalid="true"') >= 3
    assert version_of(session, Case) == version


def test_an_error_in_a_child_row_saves_neither_it_nor_the_record(admin: FlaskClient, session: Session) -> None:
    before = session.scalar(select(func.count(Priority.id)))
    session.rollback()
    data = {
        "version": version_of(session, Case), "remark": "有改动", "priorities-0-prior_app_no": "201510000001.9",
        "priorities-0-prior_filing_date": "2015-01-05", "priorities-0-prior_country": "1",
        "priorities-1-prior_app_no": "", "priorities-1-prior_filing_date": "2015-01-06",
    }  # fmt: skip
    answer = admin.post("/app/case/1/edit", data=data)
    assert answer.status_code == 422
    assert 'name="priorities-1-prior_filing_date"' in answer.get_data(as_text=True)
    assert session.scalar(select(func.count(Priority.id))) == before
    assert fact(session, Case.remark) != "有改动"


@pytest.mark.parametrize(("field", "value"), [
    ("title", "长" * 501), ("description_pages", "-1"), ("description_pages", "3000000000"),
    ("planned_on", "2026-02-30"),
    ("planned_on", "0000-00-00"), ("patent_type", "ROCKET"), ("client", "999999"), ("client", "abc"),
    ("discount_rate", "0.12345"), ("lump_amount", "-5"), ("lump_amount", "1e400"), ("title", "\x00"),
])  # fmt: skip
def test_bad_values_are_refused_beside_their_field(
    field: str, value: str, admin: FlaskClient, session: Session
) -> None:
    version = version_of(session, Case)
    answer = admin.post("/app/case/1/edit", data={"version": version, field: value})
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert re.findall(r'data-goto="([^"]+)"', html.split('class="banner"')[1].split("</div>")[0]) == [field]
    assert re.search(rf'id="e-f-{field}"\s+role="alert">.*?<span>[^<]*[\u4e00-\u9fff]', html, re.S)
    assert version_of(session, Case) == version


def test_a_change_of_a_client_says_why(admin: FlaskClient, session: Session) -> None:
    """修改须填写修改原因；系统记录修改原因及修改日志 (A-3.1.1.3-02)."""
    form = admin.get("/app/client/1/edit").get_data(as_text=True)
    assert re.search(r'<label for="f-_reason" class="req">\s*修改原因', form)
    assert "修改原因" not in admin.get("/app/client/new").get_data(as_text=True)
    data = {"version": version_of(session, Client), "fax": "010-9"}
    refused = admin.post("/app/client/1/edit", data=data)
    assert refused.status_code == 422
    assert "请填写修改原因" in refused.get_data(as_text=True)
    assert admin.post("/app/client/1/edit", data=data | {"_reason": "客户迁址"}).status_code == 303
    history = admin.get("/app/client/1/history").get_data(as_text=True)
    assert "客户迁址" in history
    assert "010-9" in history
    assert "系统管理员" in history


def test_the_further_tabs_of_a_new_client_open_once_it_is_saved(admin: FlaskClient) -> None:
    """基本信息尚未保存时，其他页签不可输入信息 (A-3.1.1.2.2-11)."""
    form = admin.get("/app/client/new").get_data(as_text=True)
    tabs = re.findall(r'<button type="button" class="tab"[^>]*?data-tab="(t\d)"([^>]*)>', form, re.S)
    assert [("disabled" in rest) for _id, rest in tabs] == [False, True, True, True, True, True]
    assert "/panel/people" not in form
    answer = admin.post("/app/client/new", data={"name": "新客户有限公司", "client_type": "APPLICANT_ORGANIZATION"})
    assert re.fullmatch(r"/app/client/\d+/edit", answer.headers["Location"])
    form = admin.get(answer.headers["Location"]).get_data(as_text=True)
    assert "/panel/people" in form
    assert not re.search(r'data-tab="t\d"[^>]*disabled', form)
