"""The fields of a case (A-3.2.1.2): numbers, choices, people, parties, priorities, deposits, requirements, fees."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.case import CaseStatus
from app.services import parameters
from models.case import Case
from models.organization import User
from models.party import Applicant, Inventor
from models.reference import Country, Depositary

GOOD = {"title": "一种测试装置", "patent_type": "INVENTION", "case_type": "ORDINARY", "client": "1"}


def newest(session: Session) -> Case:
    session.rollback()
    return session.scalars(select(Case).order_by(Case.id.desc())).first()


def opened(admin: FlaskClient, **more: Any) -> Any:
    answer = admin.post("/app/case/new", data=GOOD | more)
    assert answer.status_code == 303, re.findall(r'title="([^"]*)"', answer.get_data(as_text=True))
    return answer


def test_what_the_clerk_left_empty(admin: FlaskClient, session: Session) -> None:
    """A-3.2.1.2.2-01, -07, A-3.2.1.2.11-02: numbers, who opened it and when; it awaits its review."""
    opened(admin)
    case = newest(session)
    me = session.scalars(select(User.id).where(User.username == "admin")).one()
    assert re.fullmatch(r"F\d{4}\d{4}", case.our_ref)
    assert case.case_no
    assert (case.opened_by_id, case.status) == (me, CaseStatus.INTAKE_REVIEW)
    assert case.opened_on is not None


def test_without_numbering_rules_our_reference_is_the_systems(
    admin: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(parameters._AT_START, "custom_numbering", "0")
    opened(admin)
    case = newest(session)
    assert case.our_ref == case.case_no


def test_our_reference_may_be_typed_but_not_twice(admin: FlaskClient, session: Session) -> None:
    opened(admin, our_ref="ABC-1")
    assert newest(session).our_ref == "ABC-1"
    answer = admin.post("/app/case/new", data=GOOD | {"our_ref": "ABC-1"})
    assert answer.status_code == 422
    assert 'data-goto="our_ref"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(("field", "labels"), [
    ("case_type", ["普通申请", "PCT国际阶段", "PCT国家阶段", "香港注册", "澳门注册", "分案", "检索案", "无效宣告案",
                   "诉讼案件", "其他"]),
    ("start_phase", ["新申请", "初审", "实审", "复审", "专利权维持", "国际初审", "其他"]),
    ("direction", ["内－内", "外－内", "向外申请"]), ("filing_method", ["纸件申请", "电子申请", "电子申请(非xml)"]),
    ("patent_type", ["发明", "实用新型", "外观设计"]),
])  # fmt: skip
def test_the_choices_are_the_manuals(field: str, labels: list[str], admin: FlaskClient) -> None:
    inside = admin.get("/app/case/new").get_data(as_text=True).split(f'name="{field}"')[1].split("</select>")[0]
    assert [t for t in re.findall(r">([^<]*)</option>", inside) if t] == labels


def test_red_fields(admin: FlaskClient) -> None:
    form = admin.get("/app/case/new").get_data(as_text=True)
    assert {"title", "patent_type"} <= set(re.findall(r'<label for="f-(\w+)" class="req">', form))
    answer = admin.post("/app/case/new", data=GOOD | {"title": ""})
    assert 'data-goto="title"' in answer.get_data(as_text=True)


def test_the_form_has_its_fields_and_tabs(admin: FlaskClient) -> None:
    """A-3.2.1.2.1-07, A-3.2.1.2.2-03 to -12."""
    form = admin.get("/app/case/1/edit").get_data(as_text=True)
    tabs = re.findall(r'data-tab="t\d"[^>]*>\s*([\u4e00-\u9fff/]+)', form)
    assert tabs == ["基本信息", "申请人/发明人", "优先权", "微生物保藏", "客户来文", "案卷要求", "案卷费用"]
    labels = set(re.findall(r'<label for="f-[^"]+"[^>]*>\s*([^<]+)</label>', form))
    wanted = (
        "我方卷号 对方卷号 预订提交日 外方代理机构 外方卷号 主办人 第一代理师 第二代理师 "
        "撰写人 翻译员 制图员 案源人 立案人 专利名称 专利类型 申请号 申请日 "
        "主分类号 洛迦诺分类号 权利要求项数 说明书页数 相似设计含项数 "
        "成套产品含项数 公布号 公布日 专利号 授权日 授权公告号 证书号 费减比例 年费起始年"
    )
    assert set(wanted.split()) <= labels


def test_parties_are_chosen_added_and_removed(admin: FlaskClient, session: Session) -> None:
    """A-3.2.1.2.3-01, -02: the names of the case follow its rows."""
    applicants = list(session.scalars(select(Applicant).limit(2)))
    inventor = session.scalars(select(Inventor)).first()
    names = [a.name for a in applicants]
    rows = {"applicants-0-applicant": applicants[0].id, "applicants-0-role": "APPLICANT", "applicants-0-is_first": "1",
            "applicants-0-sort": "1", "applicants-1-applicant": applicants[1].id, "applicants-1-role": "APPLICANT",
            "applicants-1-sort": "2", "inventors-0-inventor": inventor.id, "inventors-0-is_first": "1"}  # fmt: skip
    who = inventor.name
    session.rollback()
    opened(admin, **rows)
    case = newest(session)
    assert (case.applicant_names.split("；"), case.inventor_names) == (names, who)
    form = {"version": case.version, "applicants-0-id": case.applicants[0].id, "applicants-0-delete": "1"}
    form |= {"applicants-0-applicant": case.applicants[0].applicant_id, "applicants-0-role": "APPLICANT"}
    key = case.id
    session.rollback()
    assert admin.post(f"/app/case/{key}/edit", data=form).status_code == 303
    assert newest(session).applicant_names == names[1]


def test_the_library_of_applicants_is_searched_by_client(admin: FlaskClient) -> None:
    found = admin.get("/app/applicant/pick?client_id=1").get_json()["results"]
    every = admin.get("/api/v1/applicant?q.client=1&size=200").get_json()["result"]
    assert {r["id"] for r in found} == {r["id"] for r in every}


def test_priorities(admin: FlaskClient, session: Session) -> None:
    """A-3.2.1.2.4-01 to -03."""
    country = session.scalars(select(Country.id).where(Country.code == "US")).one()
    session.rollback()
    rows = {"priorities-0-prior_app_no": "63/123", "priorities-0-prior_filing_date": "2026-01-05",
            "priorities-0-prior_country": country, "priorities-0-prior_applicant": "Somebody"}  # fmt: skip
    refused = admin.post("/app/case/new", data=GOOD | rows | {"priorities-0-prior_filing_date": ""})
    assert 'name="priorities-0-prior_filing_date"' in refused.get_data(as_text=True)
    assert refused.status_code == 422
    opened(admin, **rows)
    made = newest(session).priorities
    assert [(p.prior_app_no, p.prior_country_id, p.prior_applicant) for p in made] == [("63/123", country, "Somebody")]


def test_deposits(admin: FlaskClient, session: Session) -> None:
    """A-3.2.1.2.5-01, -02: only with depositaries in effect."""
    place = session.scalars(select(Depositary).where(Depositary.code == "CGMCC")).one()
    key, version = place.id, place.version
    session.rollback()
    rows = {"deposits-0-depositary": key, "deposits-0-deposit_no": "CGMCC 1",
            "deposits-0-deposited_on": "2026-03-01", "deposits-0-viable": "1"}  # fmt: skip
    opened(admin, **rows)
    assert [(d.deposit_no, d.viable) for d in newest(session).deposits] == [("CGMCC 1", True)]
    off = {"version": version, "status": "CANCELLED", "reason": "x"}
    assert admin.patch(f"/api/v1/depositary/{key}", json=off).status_code == 200
    assert admin.get("/app/depositary/pick?q=CGMCC").get_json()["results"] == []


def test_requirements_and_fees_of_the_case(admin: FlaskClient, session: Session) -> None:
    """A-3.2.1.2.7, A-3.2.1.2.8: rows with their source; fee terms of this case only."""
    opened(admin, **{"requirements-0-source": "LIBRARY", "requirements-0-content": "先打电话",
                     "charge_mode": "DISCOUNT", "discount_rate": "0.8"})  # fmt: skip
    case = newest(session)
    assert [r.content for r in case.requirements] == ["先打电话"]
    assert str(case.discount_rate) == "0.8000"


def test_queries_and_columns(admin: FlaskClient) -> None:
    """A-3.2.1.2-01, -02: what is not shown at first is a tick away."""
    panel = admin.get("/app/case/?view=all").get_data(as_text=True)
    for name in ("our_ref", "client", "app_no", "title", "case_type", "patent_type", "status", "opened_by", "opened_on",
                 "handler", "applicant_names"):  # fmt: skip
        assert f"q.{name}" in panel.split('id="query"')[1].split("</form>")[0], name
    chooser = admin.get("/app/case/dialogs").get_data(as_text=True).split('id="columns"')[1].split("</dialog>")[0]
    for name in ("our_ref", "case_type", "patent_type", "title", "app_no", "filing_date", "client", "applicant_names",
                 "handler", "first_attorney", "status", "opened_by", "opened_on"):  # fmt: skip
        assert f'data-name="{name}"' in chooser, name
