"""Rows as HTML: each column drawn at once, joined once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from app.console.columns import Column
from app.console.kinds import NONE
from app.console.render import icon
from app.texts import gettext as _

SWAP = 'hx-target="#list-body" hx-push-url="true"'


def icon_link(url: str, label: str, drawn: str) -> str:
    """An icon that leads somewhere; `label` is already safe."""
    return f'<a class="icon-btn" href="{url}" title="{label}" aria-label="{label}">{drawn}</a>'


def render_heads(heads: list[dict[str, Any]]) -> Markup:
    """The header cells: each leads to the list sorted by its column."""
    out = []
    for c in heads:
        label, url = escape(c["label"]), escape(c["sort_url"])
        sorted_by = c["sorted"]
        mark = f' aria-sort="{sorted_by}ending"' if sorted_by else ""
        width = f' style="width:{c["share"]}%"' if c["share"] else ""
        arrow = icon("arrow-up" if sorted_by == "asc" else "arrow-down", cls="" if sorted_by else "ghost")
        out.append(
            f'<th scope="col" data-col="{c["name"]}"{" data-editable" if c["editable"] else ""}'
            f' class="{"num" if c["align"] == "right" else ""}"{mark}{width} title="{label}">'
            f'<a href="{url}" hx-get="{url}" {SWAP}>{label}{arrow}</a></th>'
        )
    return Markup("".join(out))


def cells(
    rows: Sequence[Any], columns: list[Column], links: dict[str, str] | None = None, *, start: int = 1
) -> Iterator[tuple[str, ...]]:
    """For each row its cells (`<td>`); the values of the columns begin at `start`.

    Drawn column by column: what a value looks like is found once for all the rows that have it.
    links: {column that is a reference: its table's address} where the reader may open it.
    """
    values = list(zip(*rows, strict=True))
    drawn: list[Iterable[str]] = []
    at = start
    for column in columns if rows else ():
        if column.target:
            drawn.append(_references(values[at], values[at + 1], (links or {}).get(column.name, "")))
            at += 2
        else:
            drawn.append(_plain(values[at], column))
            at += 1
    return zip(*drawn, strict=True)


def _plain(values: Sequence[Any], column: Column) -> Iterable[str]:
    kind, field = column.kind, column.field
    css = ' class="num"' if kind.align == "right" else ' class="date"' if field.kind in ("date", "datetime") else ""
    start = f"<td{css}>"
    if field.kind in ("text", "long_text"):
        return [_text(value, start) if value else f"{start}{NONE}</td>" for value in values]
    known = {value: f"{start}{kind.cell(value, field)}</td>" for value in set(values)}
    return map(known.__getitem__, values)


def _text(value: str, start: str) -> str:
    """A text; a long one is cut by its cell and so is told whole on pointing at it."""
    safe = escape(value)
    return f'{start[:-1]} title="{safe}">{safe}</td>' if len(value) > 14 else f"{start}{safe}</td>"


def _references(keys: Sequence[Any], titles: Sequence[Any], base: str) -> Iterable[str]:
    known = {key: f"<td>{_named(base, key, title)}</td>" for key, title in dict(zip(keys, titles, strict=True)).items()}
    return map(known.__getitem__, keys)


def _named(base: str, key: Any, title: Any) -> str:
    """The row a reference points to, by its title."""
    if key is None or title is None:
        return NONE
    safe = escape(str(title))
    return f'<a class="ref" href="{base}{key}">{safe}</a>' if base else safe


def render_rows(
    rows: Sequence[Any],
    columns: list[Column],
    *,
    base: str,
    links: dict[str, str],
    icons: Callable[[Any], str],
    extra: int = 0,
    marks: Callable[[Any], str] = lambda row: "",
    opens: str = "",
) -> Markup:
    """All rows of a page. The first column is the link that opens the row; `extra` values follow the id.

    marks: what more a row's element says (safe HTML attributes). opens: what of a record a double click opens.
    """
    pick = escape(_("Select this row"))
    out = []
    for row, (first, *others) in zip(rows, cells(rows, columns, links, start=1 + extra), strict=True):
        key = row[0]
        out.append(
            f'<tr data-id="{key}" data-url="{base}{key}{opens}"{marks(row)} tabindex="-1"><td class="c-check">'
            f'<input type="checkbox" class="row-check" value="{key}" aria-label="{pick}"></td>{icons(row)}'
            f"{_as_link(first, f'{base}{key}')}{''.join(others)}</tr>"
        )
    return Markup("".join(out))


def _as_link(cell: str, url: str) -> str:
    """The identity of a row, as the link that opens it."""
    start = cell.index(">") + 1
    inner = cell[start : -len("</td>")]
    if "<a " in inner:
        return cell
    return f'{cell[:start]}<a class="id" href="{url}">{inner}</a></td>'
