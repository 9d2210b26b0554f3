"""The benchmarks keep up with the tables: their data can still be built."""

from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks import data

FEW = 40


def test_the_data_of_the_benchmarks_fit_the_tables(tmp_path: Path) -> None:
    place = data.build(tmp_path, FEW)
    engine = create_engine(f"sqlite:///{data.database(place)}")
    with engine.connect() as connection:
        counted = {t: connection.execute(text(f"SELECT count(*) FROM {t}")).scalar() for t in ("patent_case", "task")}
    engine.dispose()
    assert counted == {"patent_case": FEW, "task": FEW * data.TASKS_PER_CASE}
