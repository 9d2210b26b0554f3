"""The electronic case folder (A-3.2.2.4): the whole case on one page, for those who have to do with it."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.rules.access import FieldRightKind
from app.services import files, records
from app.services.records import ChildRow
from app.services.unit_of_work import unit_of_work
from models.access import FieldRight
from models.case import Case
from models.organization import User
from models.party import Client, Referrer
from models.system import SystemParameter
from tests.kit import visible_english


def case_of(session: Session, ref: str) -> Case:
    return session.execute(select(Case).where(Case.our_ref == ref)).scalars().one()


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def test_facts_people_tasks_and_life_are_on_one_page(admin: FlaskClient, session: Session) -> None:
    case = case_of(session, "F20260009")
    page = text_of(admin.get(f"/app/case_folder/{case.id}"))
    assert visible_english(page) == []
    for shown in (case.title, case.app_no or case.our_ref, str(case.handler), str(case.client), "新案实体复核", "立案"):
        assert shown in page, shown
    assert 'aria-current="step"' in page


def test_what_happened_can_be_narrowed_to_one_kind(admin: FlaskClient, session: Session) -> None:
    values = {"title": "一种锁", "patent_type": case_of(session, "F20260009").patent_type, "client_id": 1}
    case = records.save(session, Case, None, values, children={"applicants": [ChildRow({"applicant_id": 1})]})
    records.move(session, case, "complete_review", reason="资料齐全")
    session.rollback()
    page = text_of(admin.get(f"/app/case_folder/{case.id}"))
    assert "复核完成" in page
    assert "资料齐全" in page
    only_tasks = text_of(admin.get(f"/app/case_folder/{case.id}?kind=task"))
    assert "立卷复核" in only_tasks
    assert "资料齐全" not in only_tasks


def test_files_of_the_case_are_there_and_those_of_the_client_are_not(admin: FlaskClient, session: Session) -> None:
    """A-3.2.1.2.6-01, A-3.1.1.2.5-05."""
    case = case_of(session, "F20260009")
    files.attach(session, "case", case.id, "交底书.txt", io.BytesIO("甲".encode()), category="client_letter")
    files.attach(session, "client", case.client_id, "委托合同.txt", io.BytesIO("乙".encode()))
    other = case_of(session, "F20260008")
    key, wrong = case.id, other.id
    session.rollback()
    page = text_of(admin.get(f"/app/case_folder/{key}?kind=letter"))
    assert "交底书.txt" in page
    assert "委托合同" not in page
    start = page.index(f"/app/case_folder/{key}/file/a/")
    address = page[start : page.index('"', start)]
    assert admin.get(address).get_data() == "甲".encode()
    assert admin.get(address.replace(f"/{key}/", f"/{wrong}/")).status_code == 404
    with zipfile.ZipFile(io.BytesIO(admin.get(f"/app/case_folder/{key}/package").data)) as archive:
        assert archive.namelist() == ["交底书.txt"]
    assert admin.get(f"/app/case_folder/{wrong}/package").status_code == 404


def test_a_referrer_sees_the_cases_he_brought_and_no_others(
    session: Session, sign_in_as: Callable[[str], FlaskClient]
) -> None:
    """A-3.1.7-03, A-3.2.2.4-03: by his client or by the case itself, in a company as in a partnership."""
    user = session.execute(select(User.id).where(User.username == "xiaboyuan")).scalar_one()
    mine, other = case_of(session, "F20260009"), case_of(session, "F20260008")
    with unit_of_work(session):
        referrer = session.execute(select(Referrer)).scalars().first()
        referrer.user_id = user
        session.execute(update(Client).values(referrer_id=None), execution_options={"audited": True})
        session.execute(update(Case).values(referrer_id=None), execution_options={"audited": True})
        session.get(Client, mine.client_id).referrer_id = referrer.id
        other.client_id = None
    ids = mine.id, other.id
    session.rollback()
    for nature in ("COMPANY", "PARTNERSHIP"):
        with unit_of_work(session):
            statement = update(SystemParameter).where(SystemParameter.code == "firm_nature").values(value=nature)
            session.execute(statement, execution_options={"audited": True})
        browser = sign_in_as("xiaboyuan")
        assert browser.get(f"/app/case_folder/{ids[0]}").status_code == 200, nature
        for hidden in ("", "/history", "/files", "/package", "/file/a/1"):
            assert browser.get(f"/app/case_folder/{ids[1]}{hidden}").status_code == 404, (nature, hidden)
        listed = browser.get("/api/v1/case_folder?size=200").get_json()["result"]
        assert ids[0] in {row["id"] for row in listed}
        assert ids[1] not in {row["id"] for row in listed}
        assert browser.get(f"/api/v1/case_folder/{ids[1]}").status_code == 404, nature
        assert browser.get(f"/app/case/{ids[0]}").status_code == 403


def test_what_is_hidden_of_cases_is_hidden_in_the_folder(session: Session, sign_in_as: Callable) -> None:
    """A field right on cases holds for every part of the page, not only for the list of facts."""
    case = case_of(session, "F20260009")
    with unit_of_work(session):
        case.filing_date = date(2024, 3, 7)
    hidden = {"client": str(case.client), "applicant_names": case.applicant_names,
              "inventor_names": case.inventor_names, "filing_date": str(case.filing_date)}  # fmt: skip
    positions = session.scalars(select(Role).where(Role.user.any(User.username == "qinshuyu"))).all()
    holder, key = "qinshuyu", case.id
    session.rollback()
    shown = text_of(sign_in_as(holder).get(f"/app/case_folder/{key}"))
    assert [name for name, words in hidden.items() if words not in shown] == []
    with unit_of_work(session):
        session.add_all(FieldRight(position_id=p.id, table_key="case", column=n, right=FieldRightKind.HIDDEN)
                        for n in hidden for p in positions)  # fmt: skip
    shown = text_of(sign_in_as(holder).get(f"/app/case_folder/{key}"))
    assert [shown[shown.index(w) - 200 : shown.index(w) + 80] for w in hidden.values() if w in shown] == []


def test_the_package_is_named_like_any_reference(admin: FlaskClient, session: Session) -> None:
    case = case_of(session, "F20260009")
    files.attach(session, "case", case.id, "交底书.txt", io.BytesIO("甲".encode()))
    key = case.id
    records.save(session, Case, key, {"our_ref": "沪专 2026/9"})
    session.rollback()
    answer = admin.get(f"/app/case_folder/{key}/package")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == ["交底书.txt"]
