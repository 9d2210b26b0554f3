"""The calculators, for pages, programs and the command line: deadlines, annuities, application numbers.

Rows carry Chinese words and the column names of the reference cases; what is computed is named in `COLUMNS`.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TextIO

from sqlalchemy.orm import Session

from app.rules import annuity_row, application_number, deadline_row
from app.rules.annuity import AnnuityYear, Patent, Waiting, cost_of_waiting, schedule, term_end
from app.rules.application_number import parse_patent_type
from app.rules.choice import N_
from app.rules.deadline_row import CalculatedRow
from app.rules.errors import RuleError
from app.rules.explain import Explained, Step
from app.rules.fee import FeeRate, FeeTable
from app.rules.fee_quote import FeeFacts, FeeLine, quote
from app.rules.normalize import parse_date, parse_integer
from app.services import reckoning
from app.services.calendar import calendar_of
from app.services.reckoning import Outcome, Question
from app.services.refusal import say
from app.services.rulebook import deadline_rules_of, fee_table_of, reductions_of
from app.services.sentences import Words, say_basis, step_data
from app.texts import gettext as _

Row = Mapping[str, str]
Calculation = Callable[[Row], CalculatedRow]

NUMBER_COLUMNS = (
    "normalized", "number_kind", "patent_type", "route", "filing_year", "check_digit", "patent_number", "suggestions",
)  # fmt: skip
#: The computed columns of each calculation, in their order; `basis` and `error` follow.
COLUMNS = {
    "deadline": deadline_row.COMPUTED,
    "annuity": annuity_row.COMPUTED,
    "application-number": NUMBER_COLUMNS,
}
BASIS = ("basis", "error")
#: What the column of the number may be called.
NUMBER_NAMES = ("app_no", "application_number", "application_no", "申请号", "专利申请号", "number")


def deadline(session: Session, question: Question) -> Outcome:
    """The deadline asked for, by a rule of the table or a period given; see `reckoning.reckon`. Raises RuleError."""
    rules = deadline_rules_of(session) if question.get("rule") else ()
    return reckoning.reckon(question, calendar_of(session), rules)


def annuity(session: Session, row: Row) -> CalculatedRow:
    """One annuity of one patent: its dates, amounts and surcharge, or its error."""
    return annuity_row.calculate_row(row, fee_table_of(session), calendar_of(session))


@dataclass(frozen=True)
class Life:
    """The whole life of a patent: its annuities, its last day, and what waiting costs for the year chosen."""

    patent: Patent
    years: list[AnnuityYear]
    end: Explained[date]
    chosen: AnnuityYear | None
    waiting: Waiting | None


def life(session: Session, row: Row, today: date) -> Life:
    """The schedule of a patent; chosen is `annuity_year`, else the first that may still be paid. Raises RuleError."""
    patent = annuity_row.read_patent(row)
    years = schedule(patent, fee_table_of(session), calendar_of(session))
    wanted = row.get("annuity_year") or ""
    chosen = next((y for y in years if str(y.year) == wanted), None)
    chosen = chosen or next((y for y in years if y.grace_end.value >= today), None)
    waiting = cost_of_waiting(chosen, today) if chosen else None
    return Life(patent, years, term_end(patent.patent_type, patent.filing_date), chosen, waiting)


def fee(session: Session, rate: FeeRate, row: Row) -> FeeLine:
    """What one rate costs: patent_type, on (the day), claims, pages, items, months, copies, reduction_pct, year.

    grant_year: that of the grant, for annuities. Raises RuleError where nothing is charged, or with the column.
    """

    def count(name: str, default: int | None = 0) -> Any:
        return parse_integer(row[name], field=name) if row.get(name) else default

    facts = FeeFacts(
        parse_patent_type(row.get("patent_type")), parse_date(row.get("on"), field="on"), frozenset({rate.stage}),
        claims=count("claims"), pages=count("pages"), items=count("items"), months=count("months"),
            copies=count("copies", 1),
        reduction_pct=count("reduction_pct"), year=count("year", None), grant_year=count("grant_year", None),
    )  # fmt: skip
    lines = quote(FeeTable((rate,), reductions_of(session)), facts)
    if not lines:
        raise RuleError(N_("Nothing is charged: the rate does not apply to this"))
    return lines[0]


def number(row: Row) -> CalculatedRow:
    """What an application number says, every repair made to it, and what a wrong one may have been."""
    given = next((row[name] for name in NUMBER_NAMES if row.get(name)), "")
    columns = {**row, **dict.fromkeys(NUMBER_COLUMNS, "")}
    try:
        text, repairs = application_number.normalize(given, country=row.get("country") or "CN")
    except RuleError as error:
        columns["suggestions"] = " ".join(application_number.suggest(given))
        return CalculatedRow(columns, error=error)
    found = application_number.parse(text, country=row.get("country") or "CN")
    columns |= {
        "normalized": text,
        "number_kind": _(found.kind.label),
        "patent_type": _(found.patent_type.label) if found.patent_type else "",
        "route": _(found.route.label),
        "filing_year": str(found.year or ""),
        "check_digit": found.expected_check,
        "patent_number": found.patent_number,
    }
    steps = [Step(repair.code, repair.message, repair.params) for repair in repairs]
    if found.expected_check:
        message = N_("Weighted sum of the digits modulo 11: the check digit is %(check)s.")
        steps.append(Step("check", message, {"check": found.expected_check}, "ZC 0006-2003", found.expected_check))
    return CalculatedRow(columns, tuple(steps))


def calculation(session: Session, kind: str) -> Calculation:
    """The calculation of rows of one kind (deadline, annuity, application-number); rules and rates are read once.

    Raises RuleError (missing) for another kind.
    """
    if kind == "deadline":
        calendar, rules = calendar_of(session), deadline_rules_of(session)
        return lambda row: (
            _by_rule(row, calendar, rules) if row.get("rule") else deadline_row.calculate_row(row, calendar)
        )
    if kind == "annuity":
        calendar, table = calendar_of(session), fee_table_of(session)
        return lambda row: annuity_row.calculate_row(row, table, calendar)
    if kind == "application-number":
        return number
    raise RuleError(N_("There is no such calculation"), code="missing")


def _by_rule(row: Row, calendar: Any, rules: Any) -> CalculatedRow:
    """A row that names a rule of the table instead of a period."""
    columns = {**row, **dict.fromkeys(deadline_row.COMPUTED, "")}
    try:
        hard = reckoning.reckon(row, calendar, rules).hard
    except RuleError as error:
        return CalculatedRow(columns, error=error)
    return CalculatedRow(columns | deadline_row.end_columns(hard, calendar), hard.steps, hard.provisional)


def answer(kind: str, row: Row, calculated: CalculatedRow) -> dict[str, Any]:
    """A row as a program gets it: what it sent, the computed columns, basis, error, and the steps one by one."""
    computed = {name: calculated.columns[name] for name in COLUMNS[kind]}
    return {
        **row, **computed, "basis": say_basis(calculated.steps),
        "error": say(calculated.error) if calculated.error else "",
        "provisional": calculated.provisional, "steps": [step_data(step) for step in calculated.steps],
    }  # fmt: skip


def calculate(session: Session, kind: str, source: TextIO, target: TextIO) -> None:
    """Read CSV rows, write the same rows with the computed columns, `basis` and `error` filled in, one by one.

    Cells that are not computed come back as they were. A bad row has its error, the rest is computed. Raises RuleError
    (missing: no such calculation; invalid: the input is no CSV in UTF-8).
    """
    compute = calculation(session, kind)
    rows = _rows(source)
    head = next(rows, None)
    if head is None:
        return
    head[0] = head[0].removeprefix("\ufeff")
    names = [name.strip() for name in head]
    fresh = [name for name in (*COLUMNS[kind], *BASIS) if name not in names]
    filled = [(at, name) for at, name in enumerate([*names, *fresh]) if name in COLUMNS[kind] or name in BASIS]
    write = csv.writer(target, lineterminator="\n").writerow
    write([*head, *fresh])
    words = Words()
    for cells in rows:
        row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        calculated = compute(row)
        computed = {name: calculated.columns[name] for name in COLUMNS[kind]}
        computed["basis"] = say_basis(calculated.steps, words)
        computed["error"] = say(calculated.error) if calculated.error else ""
        if len(cells) > len(names):
            computed["error"] = _("The row has more cells than the header")
        out = cells[: len(names)] + [""] * (len(names) + len(fresh) - len(cells[: len(names)]))
        for at, name in filled:
            out[at] = computed[name]
        write(out)


def _rows(source: TextIO) -> Iterator[list[str]]:
    """The rows of a CSV that are not empty. Raises RuleError."""
    try:
        yield from filter(None, csv.reader(source))
    except UnicodeDecodeError as error:
        raise RuleError(N_("The input is not in UTF-8")) from error
    except csv.Error as error:
        raise RuleError(N_("The input is not CSV: %(reason)s"), reason=str(error)) from error
