"""Reference data from seed/*.csv: what is missing is added, what the firm changed stays as it is."""

import csv
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask_appbuilder.security.sqla.models import PermissionView, Role, User
from sqlalchemy import insert, inspect, select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.normalize import parse_date, parse_decimal
from app.services.access import PREFIX
from app.services.ledger import initials
from app.services.unit_of_work import unit_of_work
from models.access import Stamp
from models.base import Field, fields_of, key_of, now

FOLDER = Path(__file__).resolve().parents[2] / "seed"
#: Why the records were made, in their history.
SHIPPED = N_("Shipped with the product")
TRUE = {"1", "true", "yes", "y", "Y", "TRUE"}


def digest(folder: Path = FOLDER) -> str:
    """What the seed files say, as one mark: the same files are loaded once."""
    mark = hashlib.sha256()
    for file in sorted(folder.glob("*.csv")):
        mark.update(file.name.encode() + b"\0" + file.read_bytes())
    return mark.hexdigest()


def load_folder(session: Session, models: dict[str, type], folder: Path = FOLDER) -> dict[str, int]:
    """Load every `<key>.csv` of a folder, tables before those that point to them; {key: rows added}."""
    files = {f.stem: f for f in folder.glob("*.csv") if f.stem in models}
    added = {}
    with unit_of_work(session, reason=SHIPPED) as unit:
        unit.initial_states_free = True
        for key in order({k: models[k] for k in files}):
            added[key] = load_file(session, models[key], files[key])
    return added


def order(models: dict[str, type]) -> list[str]:
    """Keys so that a table comes after the tables it points to."""
    waiting, done = dict(models), []
    while waiting:
        names = {m.__name__ for m in waiting.values()}
        ready = [k for k, m in waiting.items() if not (_needs(m) - {m.__name__}) & names]
        for key in ready or list(waiting)[:1]:
            done.append(key)
            del waiting[key]
    return done


def _needs(model: type[Any]) -> set[str]:
    return {f.target for n, f in fields_of(model).items() if f.target and n not in ("created_by_id", "updated_by_id")}


def load_file(session: Session, model: type[Any], file: Path) -> int:
    """Add the rows of one file whose natural key is not there yet. Raises ValueError naming a bad cell."""
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    return load_rows(session, model, rows, file.name)


def load_rows(session: Session, model: type[Any], rows: Iterable[dict[str, str]], name: str) -> int:
    """Add rows given as text by column name."""
    fields, keys = fields_of(model), model.__key__
    lookups: dict[str, dict[str, int]] = {}
    known = {_identity(r) for r in session.execute(select(*(getattr(model, _column(model, k)) for k in keys))).all()}
    before = len(known)
    waiting = list(enumerate(rows, start=2))
    inner = [n.removesuffix("_id") for n, f in fields.items() if f.target == model.__name__]
    while waiting:
        here = lookups.get(f"{inner[0]}_id") if inner else None
        ready, later = waiting, []
        if inner:  # a tree is planted level by level
            names = {r[keys[-1]] for _n, r in waiting}
            ready = [(n, r) for n, r in waiting if r.get(inner[0], "") not in names]
            later = [(n, r) for n, r in waiting if r.get(inner[0], "") in names]
            lookups.pop(f"{inner[0]}_id", here)
        fresh = []
        for number, raw in ready or waiting[:1]:
            values = _read_row(session, model, fields, raw, lookups, f"{name}:{number}")
            identity = _identity(tuple(values.get(_column(model, k)) for k in keys))
            if identity not in known:
                known.add(identity)
                fresh.append(_complete(model, values))
        for start in range(0, len(fresh), 2000):
            session.execute(insert(model.__table__), fresh[start : start + 2000])
        waiting = later if ready else waiting[1:]
    return len(known) - before


def _read_row(
    session: Session,
    model: type[Any],
    fields: dict[str, Field],
    raw: dict[str, str],
    lookups: dict[str, dict[str, int]],
    where: str,
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for head, text in raw.items():
        column = _column(model, head)
        if column not in model.__table__.c:
            raise ValueError(f"{where}: there is no column {head}")
        try:
            values[column] = _value(session, model, column, fields.get(column), (text or "").strip(), lookups)
        except (KeyError, ValueError) as error:
            raise ValueError(f"{where} {head}: {text!r} ({error})") from error
    return values


def _identity(values: Any) -> tuple[str, ...]:
    return tuple("" if v is None else str(v) for v in values)


def _column(model: type[Any], head: str) -> str:
    return head if head in model.__table__.c else f"{head}_id"


def _value(
    session: Session,
    model: type[Any],
    column: str,
    field: Field | None,
    text: str,
    lookups: dict[str, dict[str, int]],
) -> Any:
    if field is not None and field.kind == "flag":
        return text in TRUE
    if text == "" or field is None:
        return text or None
    if field.target:
        return _reference(session, model, column, text, lookups)
    if field.choices:
        return field.choices[text]
    if field.kind == "json":
        return json.loads(text)
    if field.kind == "integer":
        return int(text)
    if field.kind in ("decimal", "money", "percent"):
        return parse_decimal(text)
    return parse_date(text) if field.kind == "date" else text


def _reference(session: Session, model: type[Any], column: str, text: str, lookups: dict[str, dict[str, int]]) -> int:
    target = inspect(model).relationships[column.removesuffix("_id")].mapper.class_
    if column not in lookups:
        naming = [getattr(target, k) for k in target.__key__[-1:]]
        pairs: Any = session.execute(select(*naming, target.id)).all()
        lookups[column] = {str(name): key for name, key in pairs}
        if hasattr(target, target.__title__):
            titles = session.execute(select(getattr(target, target.__title__), target.id)).all()
            lookups[column] = {str(n): k for n, k in titles} | lookups[column]
    return lookups[column][text]


def _complete(model: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    scalars = [c for c in model.__table__.columns if c.default is not None and c.default.is_scalar]
    made = {c.key: c.default.arg for c in scalars}
    made |= {k: v for k, v in values.items() if v is not None or k not in made}
    made |= {"version": 1, "created_at": now(), "updated_at": now()}
    if getattr(model, "__pinyin__", ""):
        made["pinyin"] = initials(values.get(model.__pinyin__))
    return made


def models_by_key(base: type[Any]) -> dict[str, type]:
    """Every table by its key."""
    return {key_of(m.class_): m.class_ for m in base.registry.mappers}


def loaded(session: Session, mark: str) -> bool:
    """Whether the seed files of this mark were loaded."""
    return session.execute(select(Stamp.value).where(Stamp.name == "seed")).scalar() == mark


def remember(session: Session, mark: str) -> None:
    """Note that the seed files of this mark were loaded."""
    with unit_of_work(session):
        session.merge(Stamp(name="seed", value=mark))


def mark_of(words: str) -> str:
    """A short mark of some text."""
    return hashlib.sha256(words.encode()).hexdigest()


def load_grants(session: Session, file: Path = FOLDER / "grants.csv") -> None:
    """Give each shipped position its rights, once: a position that has any keeps what the firm gave it."""
    if not file.exists():
        return
    positions = {p.name: p for p in session.execute(select(Role)).scalars()}
    granted = {p.name for p in positions.values() if p.permissions}
    pairs = {(pv.permission.name, pv.view_menu.name): pv for pv in session.execute(select(PermissionView)).scalars()}
    with file.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            if row["position"] in granted:
                continue
            for permission in row["permissions"].split():
                pair = pairs.get((PREFIX + permission, row["table"]))
                if pair is None:
                    raise ValueError(f"{file.name}: {row['table']} has no permission {permission}")
                positions[row["position"]].permissions.append(pair)
    session.flush()


def load_demo(session: Session, models: dict[str, type], folder: Path = FOLDER / "demo") -> None:
    """The invented agency: tables, then who holds which position."""
    load_folder(session, models, folder)
    users = {u.username: u for u in session.execute(select(User)).scalars()}
    positions = {p.name: p for p in session.execute(select(Role)).scalars()}
    holders = folder / "holders.csv"
    with unit_of_work(session, reason=N_("Demonstration data")), holders.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            user = users[row["user"]]
            if positions[row["position"]] not in user.roles:
                user.roles.append(positions[row["position"]])
