"""The benchmarks keep up with the tables: their data can still be built."""

from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks import data, million
from benchmarks.measure import OURS, Budget, Result
from benchmarks.report import table

FEW = 40


def test_the_data_of_the_benchmarks_fit_the_tables(tmp_path: Path) -> None:
    place = data.build(tmp_path, FEW)
    engine = create_engine(f"sqlite:///{data.database(place)}")
    with engine.connect() as connection:
        counted = {t: connection.execute(text(f"SELECT count(*) FROM {t}")).scalar() for t in ("patent_case", "task")}
    engine.dispose()
    assert counted == {"patent_case": FEW, "task": FEW * data.TASKS_PER_CASE}


def test_the_million_can_be_built_and_asked(tmp_path: Path) -> None:
    results = list(million.million(tmp_path, 600, 1))
    assert {r.name for r in results} >= {"picker, begins", "picker, none such", "list, contains, many"}
    assert all(r.statements[OURS] <= 6 for r in results)


def test_budgets_in_milliseconds_follow_the_machine() -> None:
    slow = Result("start", {OURS: 1500.0, "other": 1000.0}, (Budget(1000), Budget(1.4, "other")))
    assert table("x", [slow])[1][-1] == "OVER <= 1,000 ms by 1.50; OVER <= 1.4 x other by 1.07"
    assert table("x", [slow], 2.0)[1][-1] == "ok <= 2,000 ms (1000 x 2.00); OVER <= 1.4 x other by 1.07"
