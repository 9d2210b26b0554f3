"""Rows as HTML: one small function per column, joined once."""

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from markupsafe import Markup

from app.console.columns import Column
from app.console.kinds import NONE
from app.texts import gettext as _

CellMaker = Callable[[Any, int], str]
ICON = '<svg class="i" aria-hidden="true"><use href="{sprite}#i-{name}"></use></svg>'


def icon(name: str, sprite: str) -> str:
    """One icon of the sprite."""
    return ICON.format(sprite=sprite, name=name)


def icon_link(url: str, label: str, drawn: str) -> str:
    """An icon that leads somewhere; `label` is already safe."""
    return f'<a class="icon-btn" href="{url}" title="{label}" aria-label="{label}">{drawn}</a>'


def cell_makers(columns: list[Column], links: dict[str, str]) -> list[tuple[CellMaker, int]]:
    """For each column: (values of the row, position) → `<td>`, and how many values it takes.

    links: {table key of a reference: its base address} where the reader may open it.
    """
    made = []
    for column in columns:
        if column.target:
            made.append((_reference_cell(links.get(column.name, "")), 2))
        else:
            made.append((_plain_cell(column), 1))
    return made


def _plain_cell(column: Column) -> CellMaker:
    kind, field = column.kind, column.field
    css = ' class="num"' if kind.align == "right" else ' class="date"' if field.kind in ("date", "datetime") else ""
    cell = kind.cell
    if field.kind in ("text", "long_text"):
        start = f'<td{css} title="'

        def text_cell(row: Any, at: int) -> str:
            value = row[at]
            if value is None or value == "":
                return f"<td{css}>{NONE}</td>"
            safe = escape(value)
            return f'{start}{safe}">{safe}</td>' if len(value) > 14 else f"<td{css}>{safe}</td>"

        return text_cell
    remembered: dict[Any, str] = {}

    def any_cell(row: Any, at: int) -> str:
        value = row[at]
        found = remembered.get(value)
        if found is None:
            found = f"<td{css}>{cell(value, field)}</td>"
            remembered[value] = found
        return found

    return any_cell


def _reference_cell(base: str) -> CellMaker:
    remembered: dict[Any, str] = {}

    def cell(row: Any, at: int) -> str:
        key = row[at]
        found = remembered.get(key)
        if found is None:
            found = remembered[key] = f"<td>{_named(base, key, row[at + 1])}</td>"
        return found

    return cell


def _named(base: str, key: Any, title: Any) -> str:
    """The row a reference points to, by its title."""
    if key is None or title is None:
        return NONE
    safe = escape(str(title))
    return f'<a class="ref" href="{base}{key}">{safe}</a>' if base else safe


def render_rows(
    rows: Iterable[Any],
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
    makers = cell_makers(columns, links)
    pick = escape(_("Select this row"))
    out = []
    for row in rows:
        key = row[0]
        out.append(
            f'<tr data-id="{key}" data-url="{base}{key}{opens}"{marks(row)} tabindex="-1"><td class="c-check">'
            f'<input type="checkbox" class="row-check" value="{key}" aria-label="{pick}"></td>{icons(row)}'
        )
        at = 1 + extra
        for number, (make, taken) in enumerate(makers):
            html = make(row, at)
            if number == 0:
                html = _as_link(html, f"{base}{key}")
            out.append(html)
            at += taken
        out.append("</tr>")
    return Markup("".join(out))


def _as_link(cell: str, url: str) -> str:
    """The identity of a row, as the link that opens it."""
    start = cell.index(">") + 1
    inner = cell[start : -len("</td>")]
    if "<a " in inner:
        return cell
    return f'{cell[:start]}<a class="id" href="{url}">{inner}</a></td>'
