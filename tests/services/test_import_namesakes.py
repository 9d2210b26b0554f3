"""Rows that only a title has in common: which are one case, which are several, and which nobody can tell."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case import Case
from tests.services.import_files import make_csv
from tests.services.test_imports import bring_in, said

HEADERS = ["案号", "名称", "类型", "申请人", "发明人", "申请日"]


def listed(path: Path, *rows: str) -> Path:
    """A list of designs called 包装盒; each row: reference, applicants, inventors, day, type where not a design."""
    cells = [(row.split(",") + [""] * 5)[:5] for row in rows]
    return make_csv(path, HEADERS, [[ref, "包装盒", kind or "外观设计", *rest] for ref, *rest, kind in cells])


def boxes(session: Session) -> list[Any]:
    """Applicants, inventors and day of the cases there are."""
    query = select(Case.applicant_names, Case.inventor_names, Case.filing_date).where(Case.title == "包装盒")
    return list(session.execute(query.order_by(Case.id)))


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        ([",甲公司,张三", ",乙公司,李四", ",丙公司,王五"], (3, 3, 0, 0, 0)),
        ([",甲公司,张三", ",甲公司,李四"], (2, 2, 0, 0, 0)),
        ([",甲公司", ",甲公司;乙公司"], (2, 2, 0, 0, 0)),
        ([",甲公司,张三,2024-01-02", ",甲公司,张三,2024-01-03"], (2, 2, 0, 0, 0)),
        ([",甲公司,张三,,发明", ",甲公司,张三,,实用新型"], (2, 2, 0, 0, 0)),
        ([",甲公司,张三", ",乙公司,张三", ",甲公司,张三"], (3, 2, 0, 1, 0)),
        ([",甲公司;乙公司", ",乙公司;甲公司"], (2, 1, 0, 1, 0)),
        (["D1,甲公司", "D2,甲公司"], (2, 2, 0, 0, 0)),
        (["D1,甲公司", "D1,乙公司"], (2, 1, 1, 0, 0)),
        ([",甲公司,张三", ",甲公司"], (2, 1, 0, 0, 1)),
        ([",甲公司", ",甲公司,张三"], (2, 1, 0, 0, 1)),
        (["D1,甲公司", ",甲公司"], (2, 1, 0, 0, 1)),
        ([",甲公司", ",乙公司", ""], (3, 2, 0, 0, 1)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["create", "update"])
def test_rows_of_one_title(session: Session, tmp_path: Path, rows: list[str], counts: Any, mode: str) -> None:
    path = listed(tmp_path / "a.csv", *rows)
    found, plan, _batch = bring_in(path, mode=mode)
    assert found == counts, said(plan)
    before = boxes(session)
    again, plan, _batch = bring_in(path, mode=mode)
    assert again == (counts[0], 0, 0, counts[0] - counts[4], counts[4]), said(plan)
    assert boxes(session) == before


@pytest.mark.parametrize(
    ("known", "row", "created", "updated"),
    [
        ([",甲公司,张三"], ",乙公司,李四", (1, 1, 0, 0, 0), (1, 1, 0, 0, 0)),
        ([",甲公司"], ",甲公司,张三", (1, 0, 0, 0, 1), (1, 0, 1, 0, 0)),
        ([",甲公司,张三"], ",甲公司", (1, 0, 0, 1, 0), (1, 0, 0, 1, 0)),
        ([",甲公司,,2024-01-02"], ",甲公司,,2024-01-03", (1, 0, 0, 0, 1), (1, 0, 0, 0, 1)),
        ([",甲公司;乙公司"], ",甲公司", (1, 0, 0, 0, 1), (1, 0, 0, 0, 1)),
        ([",甲公司", ",乙公司"], "", (1, 0, 0, 0, 1), (1, 0, 0, 0, 1)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["create", "update"])
def test_a_later_file(
    session: Session, tmp_path: Path, known: list[str], row: str, created: Any, updated: Any, mode: str
) -> None:
    bring_in(listed(tmp_path / "a.csv", *known))
    counts, plan, _batch = bring_in(listed(tmp_path / "b.csv", row), mode=mode)
    assert counts == (created if mode == "create" else updated), said(plan)
    assert len(boxes(session)) == len(known) + counts[1]
    assert all(any(note.doubt for note in row.notes) for row in plan.rows if counts[1])
    assert all(error.message for row in plan.rows for error in row.errors)


def test_a_record_is_not_changed_by_a_row_that_another_row_is(session: Session, tmp_path: Path) -> None:
    bring_in(listed(tmp_path / "a.csv", ",甲公司,,2024-01-02"))
    both = listed(tmp_path / "b.csv", ",甲公司,,2024-01-02", ",甲公司,,2024-01-03")
    assert bring_in(both, mode="update")[0] == (2, 1, 0, 1, 0)
    assert [day for _applicants, _inventors, day in boxes(session)] == [date(2024, 1, 2), date(2024, 1, 3)]
