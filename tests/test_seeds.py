"""The shipped data fit the tables: columns, values, references, rights; the tables can be made on both databases."""

import csv
import os
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask_appbuilder import Model
from sqlalchemy import create_engine, inspect, text

import models
import views
from app.console import REGISTRY
from app.console.shell import PAGES
from app.rules.application_number import parse
from app.rules.deadline import BaseKind, Term, ambiguities
from app.rules.deadline import DeadlineRule as Rule
from app.rules.normalize import parse_date, parse_decimal
from app.rules.numbering import Segment, SegmentKind, validate_scheme
from app.rules.period import Unit
from app.rules.reference import PatentScope
from app.rules.system import FirmNature
from models.base import Field, fields_of, key_of

SEED = Path(__file__).parent.parent / "seed"
DEMO = SEED / "demo"
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
TABLES = {key_of(m.class_): m.class_ for m in Model.registry.mappers}
FILES = sorted([*SEED.glob("*.csv"), *DEMO.glob("*.csv")])
TABLE_FILES = [f for f in FILES if f.stem in TABLES]
#: Files that are no table, and their columns.
OTHER = {"grants": ["position", "table", "permissions"], "holders": ["user", "position"]}


def rows(file: Path) -> list[dict[str, str]]:
    """The rows of a file."""
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def column_of(model: type, head: str) -> str:
    """The column a header names."""
    return head if head in model.__table__.c else f"{head}_id"


def names_of(target: type) -> set[str]:
    """What rows of a table may be called by in other files: the last part of the key, or the title."""
    found = set()
    for folder in (SEED, DEMO):
        file = folder / f"{key_of(target)}.csv"
        if file.exists():
            heads = (target.__key__[-1].removesuffix("_id"), target.__title__)
            found |= {row[head] for row in rows(file) for head in heads if head in row}
    return found


def read(value: str, field: Field) -> object:
    """The value of a cell as its column holds it; raises where it cannot."""
    if field.kind == "flag":
        return {"0": False, "1": True}[value]
    if field.kind == "choice":
        return field.choices[value]
    if field.kind == "integer":
        return int(value)
    if field.kind == "date":
        return date.fromisoformat(value)
    if field.kind in ("money", "decimal"):
        return parse_decimal(value)
    if field.length and len(value) > field.length:
        raise ValueError("too long")
    return value


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_every_file_is_a_table_or_a_known_list(file: Path):
    with file.open(encoding="utf-8", newline="") as source:
        heads = next(csv.reader(source))
    if file.stem in OTHER:
        assert heads == OTHER[file.stem]
        return
    model = TABLES[file.stem]
    assert model.__key__, "rows are recognised by their key"
    known = set(model.__table__.c.keys())
    assert [h for h in heads if column_of(model, h) not in known] == []


@pytest.mark.parametrize("file", TABLE_FILES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_every_cell_fits_its_column(file: Path):
    model = TABLES[file.stem]
    fields = fields_of(model)
    titles = {h: names_of(inspect(model).relationships[column_of(model, h)[:-3]].mapper.class_)
              for h in rows(file)[0] if fields[column_of(model, h)].target}  # fmt: skip
    wrong = []
    for number, row in enumerate(rows(file), start=2):
        for head, value in row.items():
            field = fields[column_of(model, head)]
            if value == "":
                required = not model.__table__.c[column_of(model, head)].nullable and field.kind != "flag"
                if required and model.__table__.c[column_of(model, head)].default is None:
                    wrong.append((number, head, "empty"))
                continue
            if field.target:
                if value not in titles[head]:
                    wrong.append((number, head, value))
                continue
            try:
                read(value, field)
            except (KeyError, ValueError) as error:
                wrong.append((number, head, value, repr(error)))
    assert wrong == []


@pytest.mark.parametrize("file", TABLE_FILES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_keys_are_unique(file: Path):
    model = TABLES[file.stem]
    heads = [k if k in rows(file)[0] else k.removesuffix("_id") for k in model.__key__]
    keys = [tuple(row[h] for h in heads) for row in rows(file)]
    assert len(set(keys)) == len(keys)


def test_required_columns_are_in_the_files():
    for file in TABLE_FILES:
        model, heads = TABLES[file.stem], set(rows(file)[0])
        needed = {
            c.key for c in model.__table__.c
            if not c.nullable and c.default is None and not c.primary_key and c.key not in ("version",)
        }  # fmt: skip
        assert {c for c in needed if c not in heads and c.removesuffix("_id") not in heads} == set(), file.name


def test_grants_name_positions_tables_and_permissions_that_exist():
    positions = names_of(TABLES["position"])
    granted, given = set(), defaultdict(set)
    for row in rows(SEED / "grants.csv"):
        assert row["position"] in positions
        wanted = row["permissions"].split()
        console = REGISTRY.get(row["table"])
        assert set(wanted) <= set(console.permissions() if console else PAGES[row["table"]]), row
        given[row["position"], row["table"]].update(wanted)
        granted.add(row["position"])
    assert [place for place, all_ in given.items() if "read" not in all_] == [], "nobody changes what he cannot see"
    assert granted == positions


def test_every_position_is_held_by_a_demo_user_and_every_user_holds_one():
    holders = rows(DEMO / "holders.csv")
    assert {h["position"] for h in holders} == names_of(TABLES["position"])
    assert {h["user"] for h in holders} == {u["username"] for u in rows(DEMO / "user.csv")}


def test_the_manual_s_switchable_tasks():
    types = rows(SEED / "task_type.csv")
    assert {t["name"] for t in types if t["switchable"] == "1"} == {
        "新案文件制备", "中间文件制备", "新案实体复核", "中间文件实体复核", "新案质检", "中间文件质检"
    }  # fmt: skip
    assert {t["switch"] for t in types} == {"ON"}


def test_parameters_that_need_a_restart_and_their_choices():
    parameters = {p["code"]: p for p in rows(SEED / "system_parameter.csv")}
    assert {c for c, p in parameters.items() if p["needs_restart"] == "1"} == {"custom_numbering", "auto_fee_sheet"}
    for parameter in parameters.values():
        codes = [line.split("=")[0] for line in parameter["choices"].splitlines()]
        assert (parameter["kind"] == "CHOICE") == bool(codes)
        assert not codes or parameter["value"] in codes
    assert {c.name for c in FirmNature} == {
        line.split("=")[0] for line in parameters["firm_nature"]["choices"].splitlines()
    }


def test_countries_and_divisions():
    countries = {c["code"]: c["name"] for c in rows(SEED / "country.csv")}
    assert {"TW": "中国台湾", "HK": "中国香港", "MO": "中国澳门"}.items() <= countries.items()
    assert {"EP", "WO", "AP", "OA", "EA", "GC", "EM", "IB", "BX"} <= countries.keys()
    divisions = {d["code"]: d for d in rows(SEED / "division.csv")}
    assert divisions["653228"]["name"] == "和安县"
    assert divisions["653229"]["name"] == "和康县"
    assert {"710000", "810000", "820000"} <= divisions.keys()
    levels = ["PROVINCE", "CITY", "DISTRICT"]
    for division in divisions.values():
        depth = levels.index(division["level"])
        assert (division["parent"] == "") == (depth == 0)
        assert depth == 0 or divisions[division["parent"]]["level"] == levels[depth - 1]


def test_numbering_rules_can_compose_a_number():
    segments: dict[str, list[Segment]] = {}
    for row in rows(SEED / "numbering_segment.csv"):
        number = {k: int(row[k]) if row[k] else None for k in ("position", "length", "start")}
        segment = Segment(SegmentKind[row["kind"]], fixed_value=row["fixed_value"] or None, **number)
        segments.setdefault(row["scheme"], []).append(segment)
    assert segments.keys() == {row["code"] for row in rows(SEED / "numbering_scheme.csv")}
    for scheme in segments.values():
        validate_scheme(scheme)


def test_deadline_rules_make_sense_and_never_collide():
    rules = []
    for row in rows(SEED / "deadline_rule.csv"):
        assert bool(row["number"]) == bool(row["unit"])
        assert row["number"] or not row["base"]
        term = Term(int(row["number"]), Unit[row["unit"]], BaseKind[row["base"]]) if row["base"] else None
        span = {k: parse_date(row[k]) for k in ("effective_from", "effective_to") if row[k]}
        triggers, types = frozenset(row["triggers"].split(",")), PatentScope[row["patent_scope"]].types
        rules.append(Rule(row["code"], row["name"], triggers, row["action"], term, patent_types=types, **span))
    assert [(a.code, b.code) for a, b in ambiguities(rules)] == []
    notices = names_of(TABLES["document_type"])
    codes = {t for rule in rules for t in rule.triggers if t.isdigit()}
    assert codes <= notices


def test_official_fees_are_never_negative_and_annuities_cover_every_year():
    fees = rows(SEED / "fee_item.csv")
    assert all(Decimal(f["amount"]) >= 0 for f in fees if f["amount"])
    for scope, last in (("INVENTION", 20), ("UTILITY_MODEL", 10), ("DESIGN", 15)):
        spans = [f for f in fees if f["stage"] == "ANNUITY" and f["patent_scope"] == scope and f["year_from"]]
        covered = {y for f in spans for y in range(int(f["year_from"]), int(f["year_to"]) + 1)}
        assert set(range(1, last + 1)) <= covered, scope


def test_demo_numbers_are_well_formed():
    cases = rows(DEMO / "case.csv")
    for case in cases:
        if case["app_no"]:
            number = parse(case["app_no"])
            assert number.text == case["app_no"]
            assert number.patent_type.name == case["patent_type"]
            assert case["filing_date"] >= case["opened_on"]
    assert any(not case["client"] for case in cases), "some case belongs to nobody yet"


@pytest.mark.parametrize(
    "url", [pytest.param("sqlite://", id="sqlite"), pytest.param(POSTGRES, id="postgres", marks=pytest.mark.postgres)]
)
def test_the_tables_can_be_made(url: str):
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        Model.metadata.create_all(engine)
        assert set(Model.metadata.tables) <= set(inspect(engine).get_table_names())
        return
    with engine.connect() as connection, connection.begin() as outer:
        connection.execute(text("CREATE SCHEMA seeds_scratch"))
        connection.execute(text("SET LOCAL search_path TO seeds_scratch"))
        Model.metadata.create_all(connection, checkfirst=False)
        assert set(Model.metadata.tables) <= set(inspect(connection).get_table_names(schema="seeds_scratch"))
        outer.rollback()
    engine.dispose()


def test_everything_is_declared():
    assert models.ALL
    in_menu = {item.key for module in views.MENU for item in module.items}
    assert {key for key in in_menu if key in TABLES} <= set(REGISTRY)
