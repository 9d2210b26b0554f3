"""Every table of the registry: list, form, record, history, change, stale form, delete, export, API, pickers."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import views
from app.console.view import REGISTRY, Console
from models.audit import AuditEntry
from tests.kit import good_form, visible_english

assert views.MENU
ALL = sorted(REGISTRY)
WRITABLE = [k for k in ALL if "add" in REGISTRY[k].permissions()]
DELETABLE = [k for k in WRITABLE if "delete" in REGISTRY[k].permissions()]


@pytest.fixture
def acting(app: Flask, session: Session) -> Session:
    """A session within the application's context."""
    return session


def create(admin: FlaskClient, view: Console, session: Session) -> int:
    """Create a record through the form; its id."""
    form = good_form(view, session)
    session.rollback()
    answer = admin.post(f"{view.base_url()}new", data=form)
    assert answer.status_code == 303, errors_of(answer.get_data(as_text=True))
    key = session.execute(select(func.max(view.model.id))).scalar_one()
    session.rollback()
    return key


def errors_of(page: str) -> list[str]:
    """The errors a form shows at its head."""
    start = page.find('class="banner"')
    return re.findall(
        r'data-goto="([^"]*)"[^>]*title="([^"]*)"|<span>([^<]*)</span>', page[start : page.find('class="scroll"')]
    )


@pytest.mark.parametrize("key", ALL)
def test_list_is_chinese(key: str, admin: FlaskClient) -> None:
    answer = admin.get(REGISTRY[key].base_url())
    assert answer.status_code == 200
    assert visible_english(answer.get_data(as_text=True)) == []


@pytest.mark.parametrize("key", WRITABLE)
def test_form_is_chinese(key: str, admin: FlaskClient) -> None:
    answer = admin.get(f"{REGISTRY[key].base_url()}new")
    assert answer.status_code == 200
    assert visible_english(answer.get_data(as_text=True)) == []


@pytest.mark.parametrize("key", WRITABLE)
def test_a_record_lives_and_leaves_its_history(key: str, admin: FlaskClient, acting: Session) -> None:
    view = REGISTRY[key].instance()
    record = create(admin, view, acting)
    base = view.base_url()
    for page in (f"{base}{record}", f"{base}{record}/edit", f"{base}{record}/history", f"{base}{record}/files"):
        answer = admin.get(page)
        assert answer.status_code == 200, page
    assert f'data-id="{record}"' in admin.get(f"{base}?sort=-id").get_data(as_text=True)
    sent = admin.get(f"/api/v1/{key}/{record}").get_json()
    assert sent["id"] == record
    query = select(AuditEntry.action).where(
        AuditEntry.table == view.model.__tablename__, AuditEntry.record_id == record
    )
    if view.model.audited:
        assert acting.execute(query).scalars().first() == "insert"


@pytest.mark.parametrize("key", WRITABLE)
def test_the_later_of_two_editors_is_told(key: str, admin: FlaskClient, acting: Session) -> None:
    view = REGISTRY[key].instance()
    record = create(admin, view, acting)
    version = admin.get(f"/api/v1/{key}/{record}").get_json()["version"]
    form = good_form(view, acting)
    acting.rollback()
    stale = admin.post(f"{view.base_url()}{record}/edit", data=form | {"version": str(version - 1)})
    assert stale.status_code == 409
    assert admin.get(f"/api/v1/{key}/{record}").get_json()["version"] == version


@pytest.mark.parametrize("key", DELETABLE)
def test_what_is_deleted_is_gone(key: str, admin: FlaskClient, acting: Session) -> None:
    view = REGISTRY[key].instance()
    record = create(admin, view, acting)
    answer = admin.post(f"{view.base_url()}delete", json={"ids": [record]})
    assert answer.status_code == 200, answer.get_json()
    assert admin.get(f"{view.base_url()}{record}").status_code == 404


@pytest.mark.parametrize("key", WRITABLE)
def test_required_fields_are_asked_for_in_chinese(key: str, admin: FlaskClient, acting: Session) -> None:
    view = REGISTRY[key].instance()
    form = good_form(view, acting)
    columns = [c for n in form if (c := view.columns().get(n))]
    asked = [c for c in columns if c.field.required and c.field.kind == "text"]
    answer = admin.post(f"{view.base_url()}new", data=dict.fromkeys(form, ""))
    if asked:
        assert answer.status_code == 422
        assert "必须填写" in answer.get_data(as_text=True)


@pytest.mark.parametrize("key", ALL)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_export_opens(key: str, kind: str, admin: FlaskClient) -> None:
    answer = admin.get(f"{REGISTRY[key].base_url()}export?format={kind}&scope=page")
    assert answer.status_code == 200
    assert answer.data.startswith(b"PK" if kind == "xlsx" else b"\xef\xbb\xbf")


@pytest.mark.parametrize("key", ALL)
def test_pickers_and_queries_answer(key: str, admin: FlaskClient) -> None:
    view = REGISTRY[key].instance()
    assert admin.get(f"{view.base_url()}pick?q=测").get_json()["results"] is not None
    assert admin.get(f"{view.base_url()}pick?q=abc%25_").status_code == 200
    for name in [*view.list_columns, *view.query_columns]:
        assert admin.get(f"{view.base_url()}?sort={name}").status_code == 200, name
    bad = admin.get(f"{view.base_url()}?q.password=x")
    assert bad.status_code == 422


@pytest.mark.parametrize("key", ALL)
def test_strangers_stay_outside(key: str, client: FlaskClient) -> None:
    base = REGISTRY[key].base_url()
    for path in (base, f"{base}1", f"{base}pick?q=a", f"{base}export"):
        assert client.get(path).status_code == 302, path
    assert client.get(f"/api/v1/{key}").status_code == 401


@pytest.mark.parametrize("key", ALL)
def test_the_dialogs_of_a_list_are_chinese(key: str, admin: FlaskClient) -> None:
    answer = admin.get(f"{REGISTRY[key].base_url()}dialogs")
    assert answer.status_code == 200
    assert visible_english(answer.get_data(as_text=True)) == []


@pytest.mark.parametrize("key", [k for k in ALL if getattr(REGISTRY[k].model, "__text_index__", ())])
def test_a_text_index_has_every_column_that_is_searched(key: str, acting: Session) -> None:
    """One that lacks a column is of no use to a search of them all."""
    view = REGISTRY[key].instance()
    columns = [view.columns()[name] for name in (view.model.__title__, *view.search_columns, *view.pick_columns)]
    own = {c.key for c in columns if not c.path and not c.target and c.field.kind in ("text", "long_text")}
    assert own <= {*view.model.__text_index__}
