"""A list: what was asked in the URL, the rows of one page, how many there are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.console.columns import Column, Columns, Query
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import text_index
from models.base import indexed

#: Counting stops here, so that a page costs the same at a million rows.
COUNT_CAP = 100_000
MAX_PAGE_SIZE = 200
#: What a wish finds by itself is told up to here, for so many wishes.
ALONE_CAP, MOST_ALONE = 1_000, 5
#: The parameter of conditions that a tab makes.
TAB = "tab"
#: Beyond this many skipped rows the page is found by ids first.
DEEP = 1_000
#: More rows than this contain a text: a page of them is met sooner by going through all in the order of an index.
COMMON = 20_000


@dataclass
class Condition:
    """One wish: column, operator, values as typed."""

    column: Column
    operator: str
    values: list[str]
    parameter: str


@dataclass
class ListState:
    """All that a list's URL says."""

    conditions: list[Condition] = field(default_factory=list)
    sort: list[tuple[Column, bool]] = field(default_factory=list)  # (column, descending)
    page: int = 1
    size: int = 10
    errors: list[RuleError] = field(default_factory=list)
    args: MultiDict = field(default_factory=MultiDict)  # what was read
    empty_last: bool = False  # whether rows without a value come last, whatever the direction
    slice: Any = None  # one more condition: the part of the list that is shown


def read_state(args: MultiDict, columns: Columns, allowed: set[str], *, order: str, size: int) -> ListState:
    """Read the URL. Names outside `allowed` are refused, not ignored: a list never shows more than was asked."""
    state = ListState(size=size, args=args)
    for parameter in args:
        if parameter.startswith("q."):
            _read_query(state, parameter, args.getlist(parameter), columns, allowed)
    for text in args.getlist("c"):
        name, _sep, rest = text.partition("~")
        operator, _sep, value = rest.partition("~")
        _add(state, columns, allowed, name, operator, [value], "c=" + text)
    wished = read_sort(args.get("sort") or "", columns, allowed)
    state.sort = wished or read_sort(order, columns, allowed)
    state.page = _whole(args.get("page"), 1, 1, 10_000_000)
    state.size = _whole(args.get("size"), size, 1, MAX_PAGE_SIZE)
    return state


def read_sort(text: str, columns: Columns, allowed: set[str]) -> list[tuple[Column, bool]]:
    """(column, descending) of "-name,other"; what may not be sorted by is dropped."""
    found = []
    for name in text.split(","):
        bare = name.removeprefix("-")
        column = columns.get(bare) if bare in allowed or bare == "id" else None
        if column is not None:
            found.append((column, name.startswith("-")))
    return found


def _whole(text: str | None, default: int, low: int, high: int) -> int:
    """A whole number within its bounds; the default for what is none."""
    return min(max(int(text), low), high) if text and re.fullmatch(r"-?[0-9]{1,11}", text) else default


def _read_query(state: ListState, parameter: str, values: list[str], columns: Columns, allowed: set[str]) -> None:
    values = [v.strip() for v in values if v.strip()]
    if not values:
        return
    name, operator = parameter[2:], None
    for end in ("from", "to"):
        if name.endswith("." + end):
            name, operator = name.removesuffix("." + end), end
    _add(state, columns, allowed, name, operator, values, parameter)


def _add(
    state: ListState,
    columns: Columns,
    allowed: set[str],
    name: str,
    operator: str | None,
    values: list[str],
    parameter: str,
) -> None:
    column = columns.get(name) if name in allowed else None
    if column is None:
        state.errors.append(RuleError(N_("There is no column “%(name)s” to query"), name=name))
        return
    if operator is not None and operator not in column.kind.operators:
        state.errors.append(RuleError(N_("This comparison is not possible here"), field=name))
        return
    operators = column.kind.operators
    if not operators or operator not in (None, *operators):
        state.errors.append(RuleError(N_("This comparison is not possible here"), field=name))
        return
    state.conditions.append(Condition(column, operator or operators[0], values, parameter))


def where(
    session: Session, query: Query, state: ListState, base: Any = None, *, by_index: bool = True
) -> list[ColumnElement[bool]]:
    """The conditions as SQL; `base` is one more. Raises RuleError (with the field) for a value that makes no sense.

    by_index: parts of texts are looked up by their index first.
    """
    found = []
    for c in state.conditions:
        try:
            expression = query.expression(c.column)
            found.append(c.column.kind.condition(expression, c.operator, c.values, c.column.field))
            if by_index and c.operator == "contains" and not c.column.custom:
                found += text_index.narrowed(session, query.entity(c.column.path), [c.column.key], c.values[0])
        except RuleError as error:
            error.field = c.column.name
            raise
    return [*found, *(one for one in (state.slice, base) if one is not None)]


@dataclass
class Page:
    """The rows of one page: tuples of (id, value, [title], …) in the order of `columns`."""

    columns: list[Column]
    rows: Sequence[Any]
    total: int
    capped: bool
    page: int
    pages: int
    size: int


#: The statements of pages as they are without conditions: building one takes as long as running it.
_PREPARED: dict[tuple[Any, ...], tuple[Query, Select]] = {}
MOST_PREPARED = 2_000
_PAGED = {"size": bindparam("size", type_=Integer), "offset": bindparam("offset", type_=Integer)}


def fetch(
    session: Session,
    model: type[Any],
    shown: list[Column],
    state: ListState,
    *extra: Any,
    base: Any = None,
    total: int | None = None,
) -> Page:
    """The page that `state` asks for; `extra` columns come right after the id, `base` is one more condition.

    total: how many rows there are, where that was counted already.
    """
    query = Query(model)
    conditions = where(session, query, state, base)
    total, capped = count(session, query, conditions) if total is None else capped_at(total)
    if total > COMMON and ordered(model, state) and any(c.operator == "contains" for c in state.conditions):
        conditions = where(session, query, state, base, by_index=False)
    pages = max(1, -(-total // state.size))
    page = min(state.page, pages) if not capped else state.page
    offset, size = (page - 1) * state.size, state.size
    backwards = not capped and offset > max(DEEP, total // 2)
    if backwards:  # the end is nearer: read from there and turn the rows round
        size = min(size, total - offset)
        offset = total - offset - size
    deep = offset > DEEP
    prepared, statement = _prepared(model, shown, state, extra, backwards, paged=not deep)
    if deep:
        statement = statement.where(model.id.in_(_ids(query, conditions, state, backwards, size, offset)))
    elif conditions:
        statement = query.apply(statement.where(*conditions), prepared)
    rows = session.execute(statement, {} if deep else {"size": size, "offset": offset}).all()
    return Page(shown, rows[::-1] if backwards else list(rows), total, capped, page, pages, state.size)


def ordered(model: type[Any], state: ListState) -> bool:
    """Whether an index has the rows in the order of the list."""
    first = state.sort[0][0] if state.sort else None
    if first is None or first.name == "id":
        return True
    return not (first.path or first.custom or first.target) and indexed(model.__table__.c[first.key])


def _prepared(
    model: type[Any], shown: list[Column], state: ListState, extra: tuple[Any, ...], backwards: bool, *, paged: bool
) -> tuple[Query, Select]:
    """The rows in their order, and what they are joined by; kept, since it depends on no value that is asked for."""
    sort = tuple((column.mark, falls) for column, falls in state.sort)
    key = (model, tuple(c.mark for c in shown), tuple(e.key for e in extra), sort, backwards, state.empty_last, paged)
    found = _PREPARED.get(key)
    if found is None:
        query = Query(model)
        order = _order(query, state, backwards)  # may join, too
        statement = query.select(shown, *extra).order_by(*order)
        if paged:
            statement = statement.limit(_PAGED["size"]).offset(_PAGED["offset"])
        if len(_PREPARED) >= MOST_PREPARED:
            _PREPARED.clear()
        found = _PREPARED[key] = query, statement
    return found


def _order(query: Query, state: ListState, backwards: bool = False) -> list[Any]:
    sort = [(query.sort_key(column), falls) for column, falls in state.sort]
    if not any(column.name == "id" for column, _falls in state.sort):
        sort.append((query.model.id, bool(state.sort) and state.sort[-1][1]))
    keys = [key.asc() if falls is backwards else key.desc() for key, falls in sort]
    if not state.empty_last:
        return keys
    return [key.nulls_first() if backwards else key.nulls_last() for key in keys]


def _ids(
    query: Query, conditions: list[ColumnElement[bool]], state: ListState, backwards: bool, size: int, offset: int
) -> Select:
    """The ids of a deep page, found without touching what is only shown."""
    order = _order(query, state, backwards)
    inner = query.apply(select(query.model.id).select_from(query.model)).where(*conditions)
    found = inner.order_by(*order).limit(size).offset(offset).subquery()
    return select(found.c.id)


def count(session: Session, query: Query, conditions: list[ColumnElement[bool]]) -> tuple[int, bool]:
    """How many rows there are, and whether counting stopped at the cap."""
    whole = session.get_bind().dialect.name == "sqlite"  # counts all rows faster than it stops at a limit
    statement = _counting(query, conditions) if conditions else _all(query.model, whole)  # type: ignore[arg-type]  # a class is hashable
    total = session.execute(statement).scalar_one()
    return capped_at(total)


def capped_at(total: int) -> tuple[int, bool]:
    """A count as far as lists tell it, and whether there are more."""
    return min(total, COUNT_CAP), total > COUNT_CAP


def _counting(query: Query, conditions: list[ColumnElement[bool]], whole: bool = False) -> Select:
    if whole:
        return query.apply(select(func.count()).select_from(query.model)).where(*conditions)
    inner = query.apply(select(query.model.id).select_from(query.model)).where(*conditions).limit(COUNT_CAP + 1)
    return select(func.count()).select_from(inner.subquery())


@cache
def _all(model: type[Any], whole: bool) -> Select:
    """The statement that counts every row."""
    return _counting(Query(model), [], whole)


def tally(session: Session, model: type[Any], state: ListState, parts: dict[str, Any], *, base: Any = None) -> dict:
    """{name: how many rows of what `state` asks for fulfil the condition of each part}, in one statement."""
    query = Query(model)
    conditions = where(session, query, replace(state, slice=None), base)
    sums = [func.count().filter(condition) for condition in parts.values()]
    counts = session.execute(query.apply(select(*sums).select_from(model)).where(*conditions)).one()
    return dict(zip(parts, counts, strict=True))


def alone(session: Session, model: type[Any], state: ListState, *, base: Any = None) -> list[int]:
    """How many rows each wish of `state` finds by itself in its part of the list, ALONE_CAP + 1 at most.

    For the first `MOST_ALONE` wishes: counted in one statement, after one look into its index for each part of a text.
    Raises RuleError for a value that makes no sense.
    """
    parts, wishes = split_wishes(state)
    counts = []
    for wish in wishes[:MOST_ALONE]:
        query = Query(model)
        conditions = where(session, query, replace(state, conditions=[*parts, wish]), base)
        found = query.apply(select(model.id).select_from(model)).where(*conditions).limit(ALONE_CAP + 1)
        counts.append(select(func.count()).select_from(found.subquery()).scalar_subquery())
    return list(session.execute(select(*counts)).one())


def split_wishes(state: ListState) -> tuple[list[Condition], list[Condition]]:
    """The conditions that the chosen tab makes, and those that somebody asked for."""
    return (
        [c for c in state.conditions if c.parameter == TAB],
        [c for c in state.conditions if c.parameter != TAB],
    )


def matching_ids(
    session: Session, model: type[Any], state: ListState, *, base: Any = None, limit: int | None = None
) -> list[int]:
    """The ids of all rows that `state` asks for, in its order."""
    query = Query(model)
    conditions = where(session, query, state, base)
    order = _order(query, state)
    statement = query.apply(select(model.id).select_from(model)).where(*conditions).order_by(*order)
    return list(session.execute(statement.limit(limit) if limit else statement).scalars())
