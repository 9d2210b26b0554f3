"""Reference data from seed/*.csv: what is missing is added, what the firm changed stays as it is."""

import csv
import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_appbuilder.security.sqla.models import PermissionView, Role, User
from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.normalize import parse_date, parse_decimal
from app.services.access import PREFIX
from app.services.bulk import columns_of, insert_rows
from app.services.today import OFFICE
from app.services.unit_of_work import unit_of_work
from models.access import ShippedRow, Stamp
from models.base import Field, fields_of, key_of, target_of

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
    rows, first = _never_shipped(session, model, rows)
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
            try:
                values = _read_row(session, model, fields, raw, lookups, f"{name}:{number}")
            except LostReference:
                if first:
                    raise
                continue  # it belongs to something the firm deleted or renamed
            identity = _identity(tuple(values.get(_column(model, k)) for k in keys))
            if identity not in known:
                known.add(identity)
                fresh.append(_made(model) | values)
        if fresh:
            insert_rows(session, model, columns_of(fresh))
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
            kind = LostReference if isinstance(error, LostReference) else ValueError
            raise kind(f"{where} {head}: {text!r} ({error})") from error
    return values


def _never_shipped(
    session: Session, model: type[Any], rows: Iterable[dict[str, str]]
) -> tuple[list[dict[str, str]], bool]:
    """The rows that never came before, which are noted; and whether none of this table ever did."""
    offered = {_natural_key(model, row): row for row in rows}
    gone = _ship(session, key_of(model), offered)
    return [row for key, row in offered.items() if key not in gone], not gone


def _natural_key(model: type[Any], row: dict[str, str]) -> str:
    """What names a row of a file; a long one is cut and marked."""
    key = "\n".join((row.get(k) or row.get(k.removesuffix("_id")) or "").strip() for k in model.__key__)
    return key if len(key) <= 300 else f"{key[:200]}\n{mark_of(key)}"


def _ship(session: Session, table_key: str, keys: Iterable[str]) -> set[str]:
    """Note these keys as shipped; those of the table that were before."""
    before = set(session.execute(select(ShippedRow.key).where(ShippedRow.table_key == table_key)).scalars())
    fresh = [{"table_key": table_key, "key": key} for key in dict.fromkeys(keys) if key not in before]
    if fresh:
        session.execute(insert(ShippedRow.__table__), fresh)
    return before


def _made(model: type[Any]) -> dict[str, Any]:
    """What the table makes anew for each row."""
    columns = [c for c in model.__table__.columns if c.default is not None and c.default.is_callable]
    return {c.key: c.default.arg(None) for c in columns if c.key not in ("created_at", "updated_at")}


class LostReference(ValueError):
    """A cell names a row that is not there."""


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
    if field.kind == "datetime":
        return datetime.fromisoformat(text).replace(tzinfo=OFFICE)
    return parse_date(text) if field.kind == "date" else text


def _reference(session: Session, model: type[Any], column: str, text: str, lookups: dict[str, dict[str, int]]) -> int:
    target = target_of(model, column)
    if column not in lookups:
        pairs: Any = session.execute(_names(target)).all()
        lookups[column] = {str(name): key for name, key in pairs}
        if hasattr(target, target.__title__):
            titles = session.execute(select(getattr(target, target.__title__), target.id)).all()
            lookups[column] = {str(n): k for n, k in titles} | lookups[column]
    if text not in lookups[column]:
        raise LostReference(text)
    return lookups[column][text]


def _names(target: type[Any]) -> Select:
    """(what names it, id) of each row; where that is a row of another table, it is called as that one."""
    key = target.__key__[-1]
    field = fields_of(target).get(key)
    if field is None or not field.target:
        return select(getattr(target, key), target.id)
    relation = getattr(target, key.removesuffix("_id"))
    named = relation.property.mapper.class_
    return select(getattr(named, named.__title__), target.id).join(relation)


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
    granted = {p.name for p in positions.values() if p.permissions} | _ship(session, "grants", [])
    pairs = {(pv.permission.name, pv.view_menu.name): pv for pv in session.execute(select(PermissionView)).scalars()}
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    _ship(session, "grants", [row["position"] for row in rows])
    for row in rows:
        if row["position"] in positions.keys() - granted:
            for permission in row["permissions"].split():
                pair = pairs.get((PREFIX + permission, row["table"]))
                if pair is None:
                    raise ValueError(f"{file.name}: {row['table']} has no permission {permission}")
                if pair not in positions[row["position"]].permissions:
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
