"""What every table must do: tests that run on each console of the registry, and forms made up for any table."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.console.columns import Column
from app.console.view import Console
from app.extensions import db
from app.rules.application_number import PatentType
from app.rules.case import CaseStatus
from app.rules.errors import RuleError
from app.services import records
from app.services.records import ChildRow
from app.services.unit_of_work import SYSTEM, act_as
from models.case import Case

#: English words that no Chinese page may show (names of formats and systems apart).
ENGLISH = re.compile(r">\s*[^<>]*\b[A-Z]?[a-z]{3,}\b[^<>]*<")
ALLOWED = {"PatentDesk", "Ctrl", "Enter", "Esc", "Excel", "Tab", "Alt", "Shift", "Space", "Home", "End", "PgUp", "PgDn"}
ALLOWED |= {"Word"} | {"eac", "acpaa", "www"}  # a format; where feedback goes


def visible_english(html: str) -> list[str]:
    """English words a reader would see on a page."""
    body = re.sub(r"<(script|style|template)\b.*?</\1>", "", html, flags=re.S)
    body = re.sub(
        r"<input[^>]*>|<textarea.*?</textarea>|<td.*?</td>|<kbd.*?</kbd>|<option.*?</option>", "", body, flags=re.S
    )
    text = re.sub(r"<[^>]+>", "\n", body)
    words = re.findall(r"\b[A-Za-z]?[a-z]{3,}\b", text)
    return [w for w in words if w not in ALLOWED]


def good_form(view: Console, session: Session, number: int = 1) -> dict[str, str]:
    """A form a clerk could have filled in: every field a plausible value, references to rows that are there."""
    columns, form = view.columns(), {}
    for name in view.form_fields():
        column = columns[name]
        value = good_value(column, session, number)
        if value:
            form[name] = value
    if view.key == "reinstatement_request":  # only a closed case can be reinstated
        closed = select(Case.id).where(Case.status == CaseStatus.CLOSED, ~Case.id.in_(select(view.model.case_id)))
        form["case"] = str(session.execute(closed).scalars().first())
    return form | SPECIAL.get(view.key, {})


def good_value(column: Column, session: Session, number: int) -> str:
    """A plausible value of one column."""
    field = column.field
    if column.target:
        query = select(column.target.id).order_by(column.target.id).limit(1)
        found = session.execute(query).scalar() if field.required else None
        return str(found or "")
    if column.field.choices and column.model.__table__.c[column.key].unique:
        return unused(column, session)
    made = {
        "text": f"测{number}{column.key}"[: min(field.length or 99, 12)] if field.required else "",
        "long_text": "说明" if field.required else "",
        "integer": str(max(number, int(field.minimum or 0))), "decimal": "0.5", "percent": "0.5", "money": "12.30",
        "date": "2026-11-02", "choice": next(iter(field.choices)).name if field.choices else "", "flag": "1",
    }  # fmt: skip
    return made.get(field.kind, "") if field.required or field.kind in ("date", "choice") else ""


def unused(column: Column, session: Session) -> str:
    """A choice no row has yet; where all are taken, the first row gives way."""
    own = getattr(column.model, column.key)
    taken = set(session.execute(select(own)).scalars())
    free = next((c for c in column.field.choices if c not in taken), None)
    if free is None:
        row = session.execute(select(column.model).order_by(column.model.id)).scalars().first()
        free = getattr(row, column.key)
        session.delete(row)
        session.commit()
    return free.name


#: What the rules of a table ask beyond its columns.
SPECIAL: dict[str, dict[str, str]] = {
    "client": {"_reason": "客户来函更正"},
    "custom_field": {"table_key": "client", "code": "size_1", "kind": "TEXT"},
    "holiday": {"kind": "FIRM_HOLIDAY"},
    "my_task": {"name": "自定义任务"},
    "numbering_symbol": {"symbol": "Q"},
    "task": {"name": "自定义任务"},
    "work_breakdown": {"filing": "6", "assignee": "1"},  # the demo filing that is being drafted
}


def reviewed_case(session: Session, title: str = "一种拉杆锁", **values: Any) -> Case:
    """A case whose intake was reviewed: it waits for its allocation unless `values` name a handler."""
    made = {"title": title, "patent_type": PatentType.INVENTION, "client_id": 1} | values
    case = records.save(session, Case, None, made, children={"applicants": [ChildRow({"applicant_id": 1})]})
    return records.move(session, case, "complete_review")


def at_once(app: Flask, *deeds: Callable[[Session], Any]) -> list[str]:
    """Deeds at the same moment, each in a session of its own; what each was told, in order: "" for who won."""
    ready = Barrier(len(deeds))

    def run(deed: Callable[[Session], Any]) -> str:
        with app.app_context():
            act_as(db.session, SYSTEM)
            ready.wait(10)
            try:
                deed(db.session)
            except RuleError as error:
                return error.code
            except records.Stale:
                return "conflict"
            return ""

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))
