"""Export and import of workbooks, beside loops that do no more than read or write them."""

import shutil
import sqlite3
import tempfile
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from app.console import exports
from app.console.importing import import_file
from app.console.listing import ListState
from app.console.view import REGISTRY
from app.extensions import db
from app.rules.application_number import PatentType
from app.services import setup, text_index
from benchmarks import data
from benchmarks.measure import OURS, Budget, Result, medians, taken
from models.audit import AuditEntry
from models.case import Case, CaseApplicant, CaseInventor
from models.party import Applicant, Inventor

Made = list[tuple[str, list[tuple[Any, ...]]]]

WRITER, READER, FLOOR = "bare XlsxWriter", "calamine, insert", "calamine, insert of all rows"
HEADS = ("我方卷号", "专利名称", "专利类型", "申请号", "申请日", "申请人", "发明人", "主分类号")
TYPES = {PatentType.INVENTION: "发明", PatentType.UTILITY_MODEL: "实用新型", PatentType.DESIGN: "外观设计"}
#: What the database asks of a case besides the columns of the file.
REST = {
    "case_type": "ORDINARY", "start_phase": "NEW_APPLICATION", "direction": "DOMESTIC", "filing_method": "ELECTRONIC",
    "status": "INTAKE_REVIEW", "fee_reduction": "NONE", "version": 1, "created_at": data.WRITTEN.isoformat(" "),
    "updated_at": data.WRITTEN.isoformat(" "),
}  # fmt: skip
#: The tables an import of cases fills, in the order of their references.
FILLED = (Applicant, Inventor, Case, CaseApplicant, CaseInventor, AuditEntry)
READ = ("our_ref", "title", "patent_type", "app_no", "filing_date", "applicant_names", "inventor_names", "main_ipc")


def exporting(folder: Path, cases: int, rows: int, rounds: int) -> Iterator[Result]:
    """The list of cases as a workbook, beside the same values written by XlsxWriter alone."""
    app = data.application(data.build(folder, cases))
    with app.test_request_context():
        values = list(read(rows))
        ms = medians({OURS: lambda: export(rows), WRITER: lambda: write_bare(values)}, rounds)
        few, many = (peak(lambda count=count: export(count)) for count in (rows // 5, rows))
    note = f"peak memory {many:.1f} MB, of a fifth of the rows {few:.1f} MB"
    yield Result(f"export, {rows:,} rows", ms, (Budget(1.5, WRITER),), note=note)


def read(rows: int) -> Iterator[tuple[Any, ...]]:
    """The rows as the export reads them."""
    return exports.rows_of(setup.acting(), Case, shown(), newest_first(), limit=rows)


def shown() -> list[Any]:
    """The columns of the list."""
    view = REGISTRY["case"].instance()
    return [view.columns()[name] for name in data.COLUMNS]


def newest_first() -> ListState:
    """The list as it is when nothing is asked."""
    return ListState(sort=[(REGISTRY["case"].instance().columns()["id"], True)])


def export(rows: int) -> None:
    """What the page does with so many rows."""
    with tempfile.TemporaryFile() as target:
        if exports.write(target, "xlsx", "Cases", shown(), read(rows)) != rows:
            raise RuntimeError("not every row was exported")


def write_bare(values: Iterable[tuple[Any, ...]]) -> None:
    """XlsxWriter alone, the values being there already."""
    with tempfile.TemporaryFile() as target:
        options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_urls": False}
        with xlsxwriter.Workbook(target, options) as book:
            sheet = book.add_worksheet()
            for line, row in enumerate(values):
                sheet.write_row(line, 0, row)


def peak(call: Callable[[], Any]) -> float:
    """The most memory a call holds at once, in MB."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def importing(folder: Path, rows: int) -> Iterator[Result]:
    """A workbook of cases into an empty installation, beside calamine and bare inserts; once.

    One peer inserts the cases alone, the other all that we write of them: parties, links, history.
    """
    empty = data.build(folder, 0)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        file = Path(scratch) / "cases.xlsx"
        write_cases(file, rows)

        with fresh(empty, Path(scratch)) as app, app.app_context():
            session = setup.acting()
            ours = taken(lambda: import_file(session, "case", file, mode="create", constants={}, mapping=None))
            kept = session.execute(select(func.count(Case.id))).scalar_one()
            made = rows_made(data.database(empty), data.database(app.config["DATA_DIR"]))
        if kept != rows:
            raise RuntimeError(f"of {rows} rows {kept} became cases")
        with fresh(empty, Path(scratch)) as app:
            bare = taken(lambda: insert_bare(file, data.database(app.config["DATA_DIR"])))
        with fresh(empty, Path(scratch)) as app:
            floor = taken(lambda: insert_all(file, data.database(app.config["DATA_DIR"]), made))
    note = f"{sum(len(each) for _statement, each in made):,} rows written"
    ms = {OURS: ours, READER: bare, FLOOR: floor}
    yield Result(f"import, {rows:,} rows", ms, (Budget(3, READER), Budget(3, FLOOR)), note=note)


@contextmanager
def fresh(empty: Path, scratch: Path) -> Iterator[Flask]:
    """The product on a copy of an empty installation."""
    place = Path(tempfile.mkdtemp(dir=scratch))
    shutil.copytree(empty, place, dirs_exist_ok=True)
    app = data.application(place)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def write_cases(file: Path, rows: int) -> None:
    """A workbook of so many cases as agencies keep them; every applicant has a few of them."""
    dice = data.random.Random(7)
    cases = data.make_cases(dice, rows, max(rows // data.CASES_PER_CLIENT, 1), range(1, 2))
    applicants = [data.firm(dice)[1] for _n in range(max(rows // data.CASES_PER_CLIENT, 1))]
    with xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS)
        for line, case in enumerate(islice(cases, rows), start=1):
            case |= {"patent_type": TYPES[case["patent_type"]], "applicant_names": dice.choice(applicants)}
            sheet.write_row(line, 0, [case[name] for name in READ])


def insert_bare(file: Path, database: Path) -> None:
    """Read a workbook and insert its rows as they are, in one transaction."""
    sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0)
    names = (*READ, *REST)
    statement = f"INSERT INTO patent_case ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    codes = {text: kind.name for kind, text in TYPES.items()}
    rest = tuple(REST.values())
    rows = islice(sheet.iter_rows(), 1, None)
    with sqlite3.connect(database) as connection:
        connection.executemany(statement, ((*plain(row, codes), *rest) for row in rows))
    connection.close()


def rows_made(empty: Path, filled: Path) -> Made:
    """What an import wrote, as statements and their rows; of each table the columns that hold anything, then what finds
    parts of their texts.
    """
    made = []
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("ATTACH ? AS empty", (str(empty),))
        for name in (model.__tablename__ for model in FILLED):
            fresh_ones = f"FROM main.{name} WHERE id > (SELECT coalesce(max(id), 0) FROM empty.{name})"
            names = [f'"{column[1]}"' for column in connection.execute(f"PRAGMA main.table_info({name})")]
            counts = connection.execute(f"SELECT {', '.join(f'count({n})' for n in names)} {fresh_ones}").fetchone()
            used = [n for n, count in zip(names, counts, strict=True) if count]
            rows = connection.execute(f"SELECT {', '.join(used)} {fresh_ones}").fetchall()
            made.append((f"INSERT INTO {name} ({', '.join(used)}) VALUES ({', '.join('?' * len(used))})", rows))
        for name in (text_index.index_of(model).name for model in FILLED if getattr(model, "__text_index__", ())):
            before = f"SELECT coalesce(max(rowid), 0) FROM empty.{name}"
            rows = connection.execute(f"SELECT rowid, pairs FROM main.{name} WHERE rowid > ({before})").fetchall()
            made.append((f"INSERT INTO {name} (rowid, pairs) VALUES (?, ?)", rows))
    return made


def insert_all(file: Path, database: Path, made: Made) -> None:
    """Read a workbook, then insert the rows that are there already, in one transaction."""
    for _row in CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).iter_rows():
        pass
    with sqlite3.connect(database) as connection:
        for statement, rows in made:
            connection.executemany(statement, rows)
    connection.close()


def plain(row: list[Any], codes: dict[str, str]) -> Iterator[Any]:
    """The cells of a row as SQLite takes them."""
    for value in row:
        yield value.isoformat() if isinstance(value, date | datetime) else codes.get(value, value or None)
