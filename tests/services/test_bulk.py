"""Writing in bulk leaves what writing object by object leaves: rows, links, history; and nothing where it fails."""

import json
import random
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypinyin.constants import PHRASES_DICT
from pypinyin.seg import mmseg
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.rules.application_number import PatentType
from app.rules.errors import RuleError
from app.services import bulk, imports, ledger, pinyin, records
from app.services.bulk import columns_of, insert_rows
from app.services.case_import import SCOPE
from app.services.import_undo import undo
from app.services.numbering import current_serial, set_serial
from app.services.unit_of_work import SYSTEM, Actor, act_as, unit_of_work
from models.audit import AuditEntry
from models.base import flows_of
from models.case import Case, CaseApplicant, CaseInventor, Priority
from models.organization import User
from models.party import Applicant, Inventor
from models.system import ImportBatch
from tests.services.import_files import LISTED, LISTED_ROWS, SIPO, SIPO_ROWS, make_csv
from tests.services.test_imports import bring_in

MADE = (Case, Applicant, Inventor, CaseApplicant, CaseInventor, Priority)
WHEN = {"id", "created_at", "updated_at"}
Rows = dict[str, dict[int, dict[str, Any]]]


def rows_of(session: Session) -> Rows:
    """Every row of the tables an import of cases fills, by table and id."""
    session.expire_all()
    found: Rows = {}
    for model in MADE:
        table: Table = model.__table__
        found[table.name] = {row["id"]: dict(row) for row in session.execute(select(table)).mappings()}
    return found


def told(session: Session, before: Rows) -> list[Any]:
    """The rows that were added, with their history; each is called by its table and its place among the new ones."""
    now = rows_of(session)
    names = {
        (table, key): f"new {table} {place}"
        for table, rows in now.items()
        for place, key in enumerate(sorted(rows.keys() - before[table].keys()))
    }
    assert all(now[table][key] == row for table, rows in before.items() for key, row in rows.items())
    lines = {
        (e.table, e.record_id): e
        for e in session.execute(select(AuditEntry)).scalars()
        if (e.table, e.record_id) in names
    }
    assert lines.keys() == names.keys()
    return [(name, *_told(now, lines[place], names)) for place, name in names.items()]


def _told(now: Rows, line: AuditEntry, names: dict[tuple[str, int], str]) -> tuple[Any, ...]:
    table = next(m.__table__ for m in MADE if m.__table__.name == line.table)
    model = next(m for m in MADE if m.__table__ is table)
    points = {c.key: next(iter(c.foreign_keys)).column.table.name for c in table.columns if c.foreign_keys}

    def named(column: str, value: Any) -> Any:
        return names.get((points[column], value), value) if column in points else value

    row = {c: named(c, v) for c, v in now[line.table][line.record_id].items() if c not in WHEN}
    states = {flow.field: flow.initial.name for flow in flows_of(model)}
    changes = {
        c: (before, named(c, after))
        for c, (before, after) in line.changes.items()
        if not (model is not Case and states.get(c) == after)  # the first state of a party: only objects tell it
    }
    story = (line.actor, line.actor_id, line.action, line.record_version, line.reason, bool(line.batch))
    return row, changes, story


def object_by_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the import write as the form does, what cases derive being filled in for all."""
    monkeypatch.setattr(imports, "_create_bulk", imports._create_each)
    monkeypatch.setattr(records, "run_hooks", lambda _session, _record: None)


def somebody(session: Session) -> Actor:
    """A person who may do everything."""
    person = session.execute(select(User).order_by(User.id)).scalars().first()
    return Actor(person.id, "某人", is_admin=True, request_id="r-1")


@pytest.mark.parametrize(("headers", "rows"), [(LISTED, LISTED_ROWS), (SIPO, SIPO_ROWS)])
def test_in_bulk_and_object_by_object_leave_the_same(
    any_session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, headers: list[str], rows: list[list[Any]]
) -> None:
    file, found = make_csv(tmp_path / "cases.csv", headers, rows), []
    actor, serial = somebody(any_session), current_serial(any_session, SCOPE)
    for way in (object_by_object, lambda _patch: None):
        act_as(any_session, actor)
        before = rows_of(any_session)
        with monkeypatch.context() as patch:
            way(patch)
            counts, _plan, batch = bring_in(file, actor=actor)
        found.append((counts, told(any_session, before)))
        act_as(any_session, SYSTEM)
        undo(any_session, batch.id)
        assert rows_of(any_session) == before
        set_serial(any_session, SCOPE, serial)
    assert found[0] == found[1]
    assert found[0][0][1] > 0


def test_a_fall_in_the_middle_leaves_nothing(
    any_session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, batches = rows_of(any_session), any_session.execute(select(ImportBatch.id)).all()
    entries = any_session.execute(select(AuditEntry.id)).all()
    calls = []

    def failing(session: Session, table: Table, *rest: Any) -> None:
        calls.append(table.name)
        if table.name == "case_inventor":
            raise MemoryError
        return insert_columns(session, table, *rest)

    insert_columns = bulk.insert_columns
    monkeypatch.setattr(bulk, "insert_columns", failing)
    with pytest.raises(MemoryError):
        bring_in(make_csv(tmp_path / "cases.csv", LISTED, LISTED_ROWS))
    assert "patent_case" in calls
    assert rows_of(any_session) == before
    assert any_session.execute(select(ImportBatch.id)).all() == batches
    assert any_session.execute(select(AuditEntry.id)).all() == entries


def test_a_clash_only_the_database_sees_is_told(any_session: Session) -> None:
    title = {"title": ["甲", "乙"], "patent_type": [PatentType.DESIGN] * 2, "our_ref": ["同号", "同号"]}
    before = rows_of(any_session)
    with pytest.raises(RuleError) as refused, unit_of_work(any_session):
        insert_rows(any_session, Case, title | {"case_no": ["一", "二"]})
    assert refused.value.code == "conflict"
    assert rows_of(any_session) == before


@pytest.mark.parametrize("count", [1, 399, 1_500])
def test_every_row_of_many_statements_arrives(any_session: Session, count: int) -> None:
    rows = [{"name": f"申请人{n}", "x.size": n if n % 2 else None} for n in range(count)]
    with unit_of_work(any_session):
        ids = insert_rows(any_session, Applicant, columns_of(rows))
    query = select(Applicant.id, Applicant.name, Applicant.pinyin, Applicant.extra).where(Applicant.id.in_(ids))
    found = any_session.execute(query.order_by(Applicant.id)).all()
    assert [(name, initials, extra) for _id, name, initials, extra in found] == [
        (f"申请人{n}", f"sqr{str(n)[0]}", {"size": n} if n % 2 else {}) for n in range(count)
    ]
    lines = select(AuditEntry).where(AuditEntry.table == "applicant", AuditEntry.record_id.in_(ids))
    kept = {e.record_id: e.changes for e in any_session.execute(lines).scalars()}
    assert kept == {key: {"name": [None, name], "extra": [None, extra]} for key, name, _initials, extra in found}


@pytest.mark.parametrize(
    "values",
    [
        ["甲", 'a"\\\n\u2028', None], [1, -5, None], [True, False], [date(2015, 3, 10), None],
        [PatentType.DESIGN, None], [Decimal("1.0"), Decimal("1.00")], [{"x": [1, None]}, {}], [1, True, 1.0, "1"],
        [datetime(2015, 3, 10, 8), None], [None, None],
    ],
)  # fmt: skip
def test_the_history_of_a_column_reads_like_that_of_objects(values: Sequence[Any]) -> None:
    expected = [None if v is None else json.dumps(ledger.plain(v)) for v in values]
    assert list(bulk._texts(values)) == expected


def test_words_are_divided_as_pypinyin_divides_them() -> None:
    dice, phrases = random.Random(7), list(PHRASES_DICT)
    signs = [sign for phrase in phrases for sign in phrase]
    for _n in range(20_000):
        text = "".join(dice.choice(phrases if dice.random() < 0.4 else signs) for _i in range(dice.randint(1, 8)))
        text = text[: dice.randint(1, len(text))]
        assert list(pinyin._words(text)) == list(mmseg.seg.cut(text)), text
