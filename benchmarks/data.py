"""The data of the benchmarks: the invented cases, clients and tasks of a large agency, in a SQLite file made once."""

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role, User, assoc_user_role
from sqlalchemy import Connection, func, insert, select, update

from app.extensions import db
from app.factory import create_app
from app.rules.application_number import PatentType, check_digit
from app.rules.case import CaseStatus, CaseType
from app.rules.organization import UserType
from app.rules.party import ClientNature, ClientReview
from app.rules.task import TaskClearing, TaskSource, TaskStanding, TaskStatus
from app.services import setup, text_index
from app.services.ledger import initials
from models.case import Case, CaseApplicant
from models.party import Applicant, Client
from models.system import Preference
from models.task import Task

ROOT = Path(__file__).resolve().parents[1]
FIRST_DAY, LAST_DAY = date(2005, 1, 4), date(2026, 11, 20)
WRITTEN = datetime(2026, 11, 20, 8)
CASES_PER_CLIENT = 5
TASKS_PER_CASE = 3
STAFF = 30
POSITION = "主办人"
#: The columns of the list of cases, here and at the peers, whatever the product shows by default.
COLUMNS = ("our_ref", "case_type", "patent_type", "title", "app_no", "filing_date", "client", "applicant_names",
           "handler", "first_attorney", "status", "opened_by", "opened_on")  # fmt: skip
BATCH = 5_000
#: What the browser says when it asks for a part of a page.
PART = {"HX-Request": "true"}

#: What names and titles are made of: each line a name and its words.
WORD_FILE = Path(__file__).with_name("words.txt")
WORDS = {name: words for name, *words in map(str.split, WORD_FILE.read_text("utf-8").splitlines())}
TYPES = (PatentType.INVENTION, PatentType.UTILITY_MODEL, PatentType.DESIGN)

Row = dict[str, Any]


def build(folder: Path, cases: int) -> Path:
    """An installation with so many cases in a folder below `folder`; made on the first call."""
    return installation(folder / f"{cases}-{mark()}", partial(fill, cases=cases))


def installation(place: Path, filled: Callable[[Connection], None]) -> Path:
    """An installation in a folder, made and filled on the first call."""
    ready = place / "ready"
    if not ready.exists():
        for left in place.glob("patentdesk.sqlite3*"):  # of an attempt that was stopped
            left.unlink()
        app = application(place)
        setup.prepare(app)
        with app.app_context():
            with db.engine.begin() as connection:
                connection.execute(update(User).values(must_change_password=False))
                filled(connection)
            text_index.ensure(setup.acting(), anew=True)
            db.engine.dispose()
        ready.touch()
    return place


def application(place: Path) -> Flask:
    """The product on one of these folders."""
    address = f"sqlite:///{database(place).as_posix()}"
    return create_app({"DATA_DIR": place, "SQLALCHEMY_DATABASE_URI": address, "RATELIMIT_ENABLED": False})


def signed_in(app: Flask, name: str) -> FlaskClient:
    """A browser of the product signed in as admin, or as one of the staff."""
    browser = app.test_client()
    wanted = User.username == "admin" if name == "admin" else User.username.like("staff%")
    with app.app_context():
        user = setup.acting().execute(select(User.id, User.session_counter).where(wanted).limit(1)).one()
    with browser.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"], cookie["counter"] = str(user.id), True, user.session_counter
    return browser


def database(place: Path) -> Path:
    """The SQLite file of one of these folders."""
    return place / "patentdesk.sqlite3"


def mark() -> str:
    """What the data depend on; where it changes they are built anew."""
    found = hashlib.sha256()
    shipped = sorted((ROOT / "seed").glob("*.csv"))
    for file in (Path(__file__), WORD_FILE, *sorted((ROOT / "migrations" / "versions").glob("*.py")), *shipped):
        found.update(file.read_bytes())
    return found.hexdigest()[:10]


def fill(connection: Connection, cases: int) -> None:
    """Insert everything, the same at every run."""
    dice = random.Random(20261121)
    clients = max(cases // CASES_PER_CLIENT, 1)
    first = connection.execute(select(func.max(User.id))).scalar_one() + 1
    staff = range(first, first + STAFF)
    insert_all(connection, User, people(dice, staff))
    position = connection.execute(select(Role.id).where(Role.name == POSITION)).scalar_one()
    connection.execute(insert(assoc_user_role), [{"user_id": i, "role_id": position} for i in staff])
    everyone = connection.execute(select(User.id)).scalars().all()
    chosen = {"key": "columns.case", "value": list(COLUMNS)}
    insert_all(connection, Preference, (stamped(user_id=i, **chosen) for i in everyone))
    insert_all(connection, Client, make_clients(dice, clients, staff))
    insert_all(connection, Applicant, make_applicants(dice, clients))
    insert_all(connection, Case, make_cases(dice, cases, clients, staff))
    insert_all(connection, CaseApplicant, make_parties(dice, cases, clients))
    insert_all(connection, Task, make_tasks(dice, cases, staff))


def insert_all(connection: Connection, model: type, rows: Iterable[Row]) -> None:
    """Insert rows that all have the same columns, some thousand at a time."""
    rows = iter(rows)
    while part := list(islice(rows, BATCH)):
        connection.execute(insert(model.__table__), part)


def stamped(**values: Any) -> Row:
    """A row with what every table has."""
    return {"version": 1, "created_at": WRITTEN, "updated_at": WRITTEN} | values


def pick(dice: random.Random, kind: str) -> str:
    """One of the words of a kind."""
    return dice.choice(WORDS[kind])


@cache
def short(text: str) -> str:
    """Pinyin initials of one building block of a name."""
    return initials(text)


def person(dice: random.Random) -> str:
    """A name of a person."""
    return pick(dice, "surnames") + "".join(dice.choices(WORDS["given"], k=dice.choice((1, 2, 2))))


def firm(dice: random.Random) -> tuple[str, str, str]:
    """Short name, full name and initials of a company."""
    place, trade, form = (pick(dice, kind) for kind in ("places", "trades", "forms"))
    brand = dice.sample(WORDS["brands"], 2)
    parts = (place, *brand, trade, form)
    return "".join(parts[:3]), "".join(parts), "".join(map(short, parts))


def people(dice: random.Random, ids: range) -> Iterator[Row]:
    """The staff of the agency."""
    for i in ids:
        name = person(dice)
        yield stamped(id=i, first_name=name, last_name="", username=f"staff{i}", active=True,
                      user_type=UserType.ATTORNEY, pinyin=initials(name))  # fmt: skip


def make_clients(dice: random.Random, count: int, staff: range) -> Iterator[Row]:
    """The clients, most of them reviewed."""
    for i in range(1, count + 1):
        brand, name, pinyin = firm(dice)
        yield stamped(
            id=i, client_no=f"C{i:06d}", name=name, short_name=f"{brand}{i}", pinyin=pinyin[:200],
            phone=f"010-{dice.randrange(10**8):08d}", nature=dice.choice(list(ClientNature)),
            registered_by_id=dice.choice(staff), registered_on=day(dice, i / count),
            review_status=ClientReview.PENDING if i % 50 == 0 else ClientReview.REVIEWED,
        )  # fmt: skip


def make_applicants(dice: random.Random, count: int) -> Iterator[Row]:
    """One applicant for each client."""
    for i in range(1, count + 1):
        _brand, name, pinyin = firm(dice)
        yield stamped(id=i, client_id=i, name=f"{name}{i}", pinyin=pinyin[:200], address=f"科技路{i}号")


def day(dice: random.Random, share: float) -> date:
    """A day about so far between the first and the last."""
    span = (LAST_DAY - FIRST_DAY).days
    return FIRST_DAY + timedelta(days=min(max(int(span * share) + dice.randint(-200, 200), 0), span))


def make_cases(dice: random.Random, count: int, clients: int, staff: range) -> Iterator[Row]:
    """The cases, older ones first; one in twenty belongs to no client, one in ten has no application number yet."""
    statuses, weights = list(CaseStatus), [3, 2, 10, 3, 5, 2, 2, 5, 28, 25, 1, 13, 1]
    for i in range(1, count + 1):
        kind = dice.choices(TYPES, (55, 35, 10))[0]
        manner, thing, end = (pick(dice, kind) for kind in ("manners", "things", "ends"))
        title = manner + thing + end
        opened = day(dice, i / count)
        filed = min(opened + timedelta(days=dice.randint(5, 120)), LAST_DAY) if dice.random() < 0.9 else None
        body = f"{filed.year}{TYPES.index(kind) + 1}{i % 10_000_000:07d}" if filed else ""
        status = dice.choices(statuses, weights)[0]
        granted = filed + timedelta(days=dice.randint(200, 1200)) if filed and status is CaseStatus.GRANTED else None
        yield stamped(
            id=i, our_ref=f"P{opened:%y}{i:07d}", case_no=f"N{i:07d}", client_ref=f"KH-{i}", title=title,
            case_type=dice.choices(list(CaseType)[:4], (85, 4, 8, 3))[0], patent_type=kind, status=status,
            client_id=None if i % 20 == 0 else dice.randint(1, clients),
            pinyin=short(manner) + short(thing) + short(end),
            app_no=f"{body}.{check_digit(body)}" if body else None, filing_date=filed, grant_date=granted,
            applicant_names=firm(dice)[1], inventor_names="、".join(person(dice) for _n in range(dice.randint(1, 4))),
            main_ipc=pick(dice, "ipc"), abstract=WORDS["abstract"][0].format(title, thing), opened_on=opened,
            handler_id=dice.choice(staff), first_attorney_id=dice.choice(staff), opened_by_id=dice.choice(staff),
            created_by_id=1, updated_by_id=1,
        )  # fmt: skip


def make_parties(dice: random.Random, count: int, applicants: int) -> Iterator[Row]:
    """One applicant for each case."""
    for i in range(1, count + 1):
        yield stamped(id=i, case_id=i, applicant_id=dice.randint(1, applicants), position=1, is_first=True,
                      is_representative=False)  # fmt: skip


def make_tasks(dice: random.Random, cases: int, staff: range) -> Iterator[Row]:
    """The tasks, a few for each case, most of them done."""
    for i in range(1, cases * TASKS_PER_CASE + 1):
        due = day(dice, i / (cases * TASKS_PER_CASE))
        status = dice.choices((TaskStatus.OPEN, TaskStatus.IN_PROGRESS, TaskStatus.DONE), (15, 10, 75))[0]
        yield stamped(
            id=i, case_id=(i - 1) // TASKS_PER_CASE + 1, name=pick(dice, "tasks"), source=TaskSource.AUTOMATIC,
            assignee_id=dice.choice(staff), hard_deadline=due, internal_deadline=due - timedelta(days=7),
            remind_on=due - timedelta(days=30), status=status, clearing=TaskClearing.UNCLEARED,
            standing=TaskStanding.LIVE, created_by_id=1,
        )  # fmt: skip
