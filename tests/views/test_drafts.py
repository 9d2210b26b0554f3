"""What is typed into a form is kept for its user, offered again, and gone once saved or discarded."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.rules.access import FieldRightKind
from app.services import records
from app.services.kept import GRANTS, renew
from app.services.unit_of_work import unit_of_work
from models.access import FieldRight
from models.case import Case
from models.organization import User
from models.system import FormDraft
from tests.kit import visible_english

TYPED = [["title", "一种没写完的"], ["client", "1"], ["applicants-0-applicant", "2"], ["applicants-0-sort", "0"],
         ["case_type", "ORDINARY"]]  # fmt: skip


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def kept(session: Session) -> int:
    session.rollback()
    return session.execute(select(func.count(FormDraft.id))).scalar_one()


def test_a_draft_is_offered_restored_and_gone_once_saved(admin: FlaskClient, session: Session) -> None:
    assert admin.post("/app/case/draft", json={"values": TYPED}).get_json()["at"]
    page = text_of(admin.get("/app/case/new"))
    assert "恢复草稿" in page
    assert "一种没写完的" not in page
    assert visible_english(page) == []
    restored = text_of(admin.get("/app/case/new?draft=1"))
    assert 'value="一种没写完的"' in restored
    assert 'name="applicants-0-applicant" value="2"' in restored
    assert "恢复草稿" in text_of(admin.get("/app/case/begin"))
    form = dict(TYPED) | {"patent_type": "INVENTION"}
    assert admin.post("/app/case/new", data=form).status_code == 303
    assert kept(session) == 0
    assert "恢复草稿" not in text_of(admin.get("/app/case/new"))


def test_a_draft_that_is_discarded_is_gone(admin: FlaskClient, session: Session) -> None:
    admin.post("/app/client/1/draft", json={"values": [["remark", "半句"]], "version": 1})
    assert kept(session) == 1
    assert admin.post("/app/client/1/draft", json={"discard": True}).status_code == 200
    assert kept(session) == 0


def test_a_refused_form_keeps_the_draft(admin: FlaskClient, session: Session) -> None:
    admin.post("/app/case/draft", json={"values": TYPED})
    assert admin.post("/app/case/new", data={"title": ""}).status_code == 422
    assert kept(session) == 1


def test_a_draft_of_a_changed_record_says_who_changed_it(admin: FlaskClient, session: Session) -> None:
    version = session.scalars(select(Case.version).where(Case.id == 1)).one()
    session.rollback()
    admin.post("/app/case/1/draft", json={"values": [["remark", "我的备注"]], "version": version})
    records.save(session, Case, 1, {"remark": "别人的备注"})
    session.rollback()
    page = text_of(admin.get("/app/case/1/edit"))
    assert "期间" in page
    assert "修改过本记录" in page
    restored = text_of(admin.get("/app/case/1/edit?draft=1"))
    assert "我的备注</textarea>" in restored
    late = admin.post("/app/case/1/edit", data={"remark": "我的备注", "version": str(version)})
    assert f'value="{version}"' in restored.split('name="version"')[1][:40]
    assert late.status_code == 409


def test_drafts_are_private(admin: FlaskClient, sign_in_as: Callable) -> None:
    admin.post("/app/case/draft", json={"values": TYPED})
    other = sign_in_as("mengqiaoyun")
    for path in ("/app/case/new", "/app/case/new?draft=1", "/app/case/begin"):
        page = text_of(other.get(path))
        assert "恢复草稿" not in page
        assert "一种没写完的" not in page


def test_only_what_the_form_has_and_its_user_may_write_is_kept(admin: FlaskClient, session: Session) -> None:
    values = [["username", "xin"], ["password", "geheim-1"], ["csrf_token", "x"], ["nonsense", "y"], ["_save", "stay"]]
    admin.post("/app/user/draft", json={"values": values})
    session.rollback()
    found = session.execute(select(FormDraft.values)).scalar_one()
    assert found["pairs"] == [["username", "xin"]]


def test_a_hidden_field_is_neither_kept_nor_restored(sign_in_as: Callable, session: Session) -> None:
    clerk = sign_in_as("mengqiaoyun")
    values = [["title", "一种锁"], ["client_ref", "密-1"], ["discount_rate", "0.5"]]
    clerk.post("/app/case/draft", json={"values": values})
    user = session.scalars(select(User).where(User.username == "mengqiaoyun")).one()
    positions = [role.id for role in user.roles]
    with unit_of_work(session):
        right = FieldRightKind.HIDDEN
        session.add_all(
            FieldRight(position_id=i, table_key="case", column="client_ref", right=right) for i in positions
        )
        renew(session, GRANTS)
    session.rollback()
    page = text_of(sign_in_as("mengqiaoyun").get("/app/case/new?draft=1"))
    assert "一种锁" in page
    assert "密-1" not in page
    kept_now = session.execute(select(FormDraft.values)).scalar_one()["pairs"]
    assert ["discount_rate", "0.5"] not in kept_now


def test_a_draft_needs_the_right_of_its_form(sign_in_as: Callable) -> None:
    reader = sign_in_as("luozhiyu")
    for path in ("/app/case/draft", "/app/case/1/draft"):
        assert reader.post(path, json={"values": []}).status_code == 403


def test_what_is_no_draft_is_refused(admin: FlaskClient) -> None:
    for values in (None, "x", [["title"]], [["title", 1]], [1]):
        assert admin.post("/app/case/draft", json={"values": values}).status_code == 422
    much = [["title", "长" * 500_000]]
    answer = admin.post("/app/case/draft", json={"values": much})
    assert answer.status_code == 422
    assert "草稿" in answer.get_json()["message"]
