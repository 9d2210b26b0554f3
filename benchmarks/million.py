"""Pickers and lists of a table of a million rows: applicants, the people of the largest lists."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from app.extensions import db
from benchmarks import data
from benchmarks.measure import OURS, Budget, Result, medians, statements_of
from models.party import Applicant, Client

#: Everyone looks at the names, as without an index for their parts.
READ = "read through"
PICK = (Budget(50),)
PICKED = "SELECT id, name FROM applicant WHERE name LIKE ? ORDER BY name, id LIMIT 9"
COUNTED = "SELECT count(*) FROM applicant WHERE name LIKE ?"
#: What the names of the first rows contain: a list shows the newest first, and has far to go.
OLD, OLD_ROWS = "老字号", 15_000
#: What is typed: beginnings, initials, parts that one name has, many have, one sign, none has.
TYPED = {"begins": "北京", "initials": "bjh", "contains, one name": "24680", "contains, many": "医疗",
         "contains, one sign": "锐", "contains, all old": OLD, "none such": "查无此词"}  # fmt: skip


def million(folder: Path, rows: int, rounds: int) -> Iterator[Result]:
    """Measure every picker, and the list that contains it, on so many applicants."""
    place = build(folder, rows)
    app = data.application(place)
    with app.app_context():
        engine = db.engine
    get = data.signed_in(app, "admin").get
    raw = sqlite3.connect(data.database(place))

    def result(
        name: str, address: str, statement: str, typed: str, budgets: tuple[Budget, ...], **asked: Any
    ) -> Result:
        calls: dict[str, Callable[[], Any]] = {OURS: partial(get, address, **asked)}
        if typed:
            calls[READ] = lambda: raw.execute(statement, (f"%{typed}%",)).fetchall()
        get(address, **asked)
        with statements_of(engine) as seen:
            answer = get(address, **asked)
        if answer.status_code != 200:
            raise RuntimeError(f"{name}: {answer.status_code}")
        return Result(name, medians(calls, rounds), budgets, {OURS: len(seen)}, len(answer.data))

    for name, typed in TYPED.items():
        contained = typed if "contain" in name or "none" in name else ""
        yield result(f"picker, {name}", f"/app/applicant/pick?q={typed}", PICKED, contained, PICK)
    yield result("list, first page", "/app/applicant/?size=50", "", "", (), headers=data.PART)
    for name, typed in list(TYPED.items())[2:]:
        yield result(f"list, {name}", f"/app/applicant/?size=50&q.name={typed}", COUNTED, typed, (), headers=data.PART)
        if typed == OLD:
            address = f"/app/applicant/?size=50&sort=address&q.name={typed}"
            yield result(f"list, {name}, by address", address, COUNTED, typed, (), headers=data.PART)
    raw.close()


def build(folder: Path, rows: int) -> Path:
    """An installation with so many applicants; made on the first call."""
    return data.installation(folder / f"{rows}-applicants-{data.mark()}", partial(fill, rows=rows))


def fill(connection: Any, rows: int) -> None:
    """Insert the applicants, all of one client, the same at every run."""
    dice = random.Random(20261128)
    data.insert_all(connection, Client, data.make_clients(dice, 1, range(1, 2)))
    applicants = data.make_applicants(dice, rows)
    names = (row | {"client_id": 1, "name": f"{OLD * (row['id'] <= OLD_ROWS)}{row['name']}"} for row in applicants)
    data.insert_all(connection, Applicant, names)
