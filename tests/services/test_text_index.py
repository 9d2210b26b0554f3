"""Parts of texts are found by the index whatever happened to the rows, and nothing else is found."""

from pathlib import Path
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session, aliased

from app.console.matching import fits, like
from app.extensions import db
from app.rules.application_number import PatentType
from app.services import records, setup, text_index
from app.services.import_undo import undo
from app.services.party_merge import merge
from app.services.text_index import index_of, narrowed
from app.services.unit_of_work import SYSTEM, act_as, unit_of_work
from models.access import Stamp
from models.base import Record
from models.case import Case, CaseApplicant
from models.party import Applicant, Client, Inventor
from models.system import ImportBatch
from models.task import Task
from tests.services.import_files import LISTED, LISTED_ROWS, make_csv
from tests.services.test_imports import bring_in

INDEXED = (Case, Client, Applicant, Inventor)
TYPED = ("电池", "料电池", "一种", "装置", "电", "龘", "PT", "pt2", "202", "20241", "公司", "有限公司", "A", "LED",
         "（", "%", "王", "方法及", "a b", "'", "一 种")  # fmt: skip


def found(session: Session, model: type[Record], typed: str) -> set[int]:
    """The rows that have a text in one of the indexed columns, by the index and a comparison of all it gives."""
    columns = model.__text_index__
    query = select(model.id).where(or_(*(fits(getattr(model, name), f"%{like(typed)}%") for name in columns)))
    return set(session.execute(query.where(*narrowed(session, model, columns, typed))).scalars())


def read_through(session: Session, model: type[Record], typed: str) -> set[int]:
    """The same rows, found by looking at every one."""
    columns = [getattr(model, name) for name in model.__text_index__]
    rows = session.execute(select(model.id, *columns)).all()
    return {row[0] for row in rows if any(typed.lower() in value.lower() for value in row[1:] if value)}


def new_case(our_ref: str, title: str, client: Client | None = None) -> Case:
    """A case of an invention."""
    return Case(our_ref=our_ref, title=title, client=client, patent_type=PatentType.INVENTION)


def whole(session: Session) -> bool:
    """Whether the index has just the rows of the tables, each found by all that it says."""
    for model in INDEXED:
        keys = set(session.execute(select(index_of(model).c.rowid)).scalars())
        assert keys == set(session.execute(select(model.id)).scalars()), model
        for typed in TYPED:
            assert found(session, model, typed) == read_through(session, model, typed), (model, typed)
    return True


def test_the_demo_is_indexed_as_it_was_made(any_session: Session) -> None:
    assert whole(any_session)
    assert found(any_session, Case, "电池")
    assert found(any_session, Client, "公司")


def test_the_index_follows_new_changed_and_deleted_rows(any_session: Session) -> None:
    client = any_session.execute(select(Client).limit(1)).scalar_one()
    case = new_case("PT-2026-9001", "一种拓扑绝缘体叠层电池的封装方法", client)
    with unit_of_work(any_session):
        any_session.add(case)
    key = case.id
    assert found(any_session, Case, "拓扑绝缘") == {key}
    assert found(any_session, Case, "2026-9001") == {key}
    with unit_of_work(any_session):
        records.find(any_session, Case, key, lock=True).title = "一种量子点显示面板"
    assert found(any_session, Case, "拓扑绝缘") == set()
    assert found(any_session, Case, "量子点显示") == {key}
    with unit_of_work(any_session):
        any_session.delete(any_session.get(Case, key))
    assert found(any_session, Case, "量子点显示") == set()
    assert whole(any_session)


def test_the_index_follows_the_names_that_are_kept_with_a_case(any_session: Session) -> None:
    """They are written beside the record when its parties change."""
    with unit_of_work(any_session):
        case, party = new_case("PT-2026-9003", "一种支架"), Applicant(name="拓扑绝缘体研究院", client_id=1)
        case.applicants = [CaseApplicant(applicant=party)]
        any_session.add(case)
    assert found(any_session, Case, "拓扑绝缘") == {case.id}
    with unit_of_work(any_session):
        party.name = "量子计算研究院"
    assert found(any_session, Case, "量子计算") == {case.id}
    with unit_of_work(any_session):
        case.applicants.append(CaseApplicant(applicant=any_session.get(Applicant, 1), position=2))
    assert whole(any_session)
    kept = any_session.get(Applicant, 2)
    versions = {one.id: one.version for one in (kept, party)}
    merge(any_session, Applicant, kept.id, party.id, versions=versions, reason="重复录入")
    assert found(any_session, Case, "量子计算") == set()
    assert whole(any_session)
    with unit_of_work(any_session):
        case.applicants.clear()
    assert whole(any_session)


def test_letters_that_databases_fold_otherwise(any_session: Session) -> None:
    with unit_of_work(any_session):
        for number, title in enumerate(("İstanbul 的ßtraße", "ＬＥＤ灯ı", "ſalz Σας", "K-模块")):
            any_session.add(new_case(f"PT-2026-91{number:02}", title))
    for typed in ("istanbul", "İstan", "led灯", "ＬＥＤ", "straße", "salz", "σας", "k-模块", "模块", "灯"):
        columns = Case.__text_index__
        query = select(Case.id).where(or_(*(fits(getattr(Case, name), f"%{like(typed)}%") for name in columns)))
        assert found(any_session, Case, typed) == set(any_session.execute(query).scalars()), typed


def test_two_processes_that_start_at_once_make_the_index_once(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = text_index._make
    monkeypatch.setattr(text_index, "_make", lambda session, model: (made.append(model.__name__), make(session, model)))
    with any_app.app_context():
        connection = db.session.connection()
        connection.execute(text("DELETE FROM stamp WHERE name = 'text_index'"))
        connection.execute(text("DROP TABLE patent_case_text"))
        db.session.commit()
    begun, failed = Barrier(2), []

    def start() -> None:
        with any_app.app_context():
            act_as(db.session, SYSTEM)
            begun.wait(10)
            try:
                text_index.ensure(db.session)
            except Exception as error:
                failed.append(error)

    threads = [Thread(target=start) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    assert sorted(made) == sorted(model.__name__ for model in INDEXED)


def test_rows_of_other_tables_come_and_go_as_ever(any_session: Session) -> None:
    with unit_of_work(any_session):
        any_session.add(Stamp(name="passing", value="1"))
    with unit_of_work(any_session):
        any_session.delete(any_session.get(Stamp, "passing"))
    assert any_session.get(Stamp, "passing") is None


def test_what_is_rolled_back_is_not_found(any_session: Session) -> None:
    any_session.add(new_case("PT-2026-9002", "一种拓扑绝缘体电池"))
    any_session.flush()
    assert found(any_session, Case, "拓扑绝缘")
    any_session.rollback()
    assert found(any_session, Case, "拓扑绝缘") == set()


def test_imports_in_bulk_are_indexed_and_their_undoing_too(any_session: Session, tmp_path: Path) -> None:
    before = set(any_session.execute(select(Case.id)).scalars())
    bring_in(make_csv(tmp_path / "cases.csv", LISTED, LISTED_ROWS))
    assert set(any_session.execute(select(Case.id)).scalars()) > before
    assert whole(any_session)
    batch = any_session.execute(select(ImportBatch).order_by(ImportBatch.id.desc()).limit(1)).scalar_one()
    undo(any_session, batch.id)
    assert set(any_session.execute(select(Case.id)).scalars()) == before
    assert whole(any_session)


def test_a_part_of_a_text_is_found_behind_a_reference(any_session: Session) -> None:
    case = aliased(Case)
    query = select(Task.id).join(case, Task.case).where(*narrowed(any_session, case, ["title"], "电池"))
    expected = select(Task.id).join(Case, Task.case).where(Case.title.contains("电池"))
    assert set(any_session.execute(query).scalars()) >= set(any_session.execute(expected).scalars()) > set()


def test_what_most_rows_have_is_not_looked_up(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert narrowed(session, Case, ["title"], "一种")
    monkeypatch.setattr(text_index, "MANY", 3)
    assert narrowed(session, Case, ["title"], "一种") == []
    assert narrowed(session, Case, ["title"], "龘龘")


@pytest.mark.parametrize(("columns", "typed"), [(["remark"], "电池"), (["title", "remark"], "电池"), (["title"], "-")])
def test_where_the_index_does_not_help_it_says_nothing(session: Session, columns: list[str], typed: str) -> None:
    assert narrowed(session, Case, columns, typed) == []


def test_tables_without_an_index_say_nothing(session: Session) -> None:
    assert narrowed(session, Task, ["name"], "电池") == []


def test_the_index_is_made_when_a_declaration_changed_and_only_then(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with any_app.app_context():
        by_hand = text("UPDATE patent_case SET grounds = '光伏逆变器' WHERE id = (SELECT min(id) FROM patent_case)")
        db.session.connection().execute(by_hand)
        db.session.commit()
        key = db.session.execute(text("SELECT min(id) FROM patent_case")).scalar_one()
    monkeypatch.setattr(Case, "__text_index__", (*Case.__text_index__, "grounds"))
    setup.prepare(any_app)
    with any_app.app_context():
        act_as(db.session, SYSTEM)
        assert found(db.session, Case, "光伏逆变") >= {key}
        db.session.connection().execute(text("DELETE FROM patent_case_text"))
        db.session.commit()
    setup.prepare(any_app)  # nothing changed: a start does not read all tables through
    with any_app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM patent_case_text")).scalar_one() == 0
    text_index.reindex(any_app)
    with any_app.app_context():
        act_as(db.session, SYSTEM)
        assert whole(db.session)
