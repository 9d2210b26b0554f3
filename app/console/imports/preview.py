"""The rows of a file as the page shows them: each cell with what was put right, what is doubtful, what is wrong."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from app.console.imports.cells import cell_text
from app.console.imports.importer import Importer
from app.console.imports.judge import Plan
from app.console.imports.rows import Note, Outcome, Row
from app.console.imports.targets import Target, required_of
from app.console.kinds import CUSTOM_KINDS, kind_of
from app.rules.choice import N_, Choice
from app.services.refusal import say
from app.texts import gettext as _

SIZE = 200
SHOWN = 120


def is_refused(row: Row) -> bool:
    """It will not be imported."""
    return row.outcome is Outcome.REFUSED


def is_repaired(row: Row) -> bool:
    """Something in it was put right."""
    return not is_refused(row) and any(not n.doubt for n in row.notes)


def is_doubtful(row: Row) -> bool:
    """It will be imported, but deserves a look."""
    return not is_refused(row) and any(n.doubt for n in row.notes)


def is_changing(row: Row) -> bool:
    """It changes a record that is there already."""
    return not is_refused(row) and bool(row.changes)


FILTERS: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "all": (N_("All"), lambda _row: True),
    "errors": (N_("Wrong"), is_refused),
    "changes": (N_("Changing"), is_changing),
    "repaired": (N_("Repaired"), is_repaired),
    "check": (N_("To be looked at"), is_doubtful),
}


class Preview:
    """One page of the rows of a planned import."""

    def __init__(self, importer: Importer, plan: Plan, url: str, show: str, page: int):
        self.importer, self.plan, self.url = importer, plan, url
        self.columns = [(m.at, importer.targets[m.target]) for m in importer.matches if m.target is not None]
        bad = any(is_refused(row) for row in plan.rows)
        self.show = show if show in FILTERS else "errors" if bad else "all"
        self.found = [row for row in plan.rows if FILTERS[self.show][1](row)]
        self.pages = max(1, -(-len(self.found) // SIZE))
        self.page = min(max(page, 1), self.pages)

    def context(self) -> dict[str, Any]:
        """What the template needs of the rows."""
        tally = self.plan.tally()
        first = (self.page - 1) * SIZE
        shown = self.found[first : first + SIZE]
        mistakes = self._mistakes()
        required = {t.name for t in required_of(self.importer.targets)}
        return {
            "counts": {
                "good": tally.created + tally.updated, "same": tally.same, "bad": tally.refused,
                "check": sum(map(is_doubtful, self.plan.rows)),
            },
            "counters": self._counters(),
            "columns": [{"name": t.name, "label": t.label, "required": t.name in required} for _at, t in self.columns],
            "rows": [{"index": r.number, "cells": self._cells(r, mistakes), "outcome": r.outcome.value} for r in shown],
            "pager": self._pager(first, len(shown)),
        }  # fmt: skip

    def _counters(self) -> list[dict[str, Any]]:
        made = []
        for name, (label, fits) in FILTERS.items():
            count = sum(map(fits, self.plan.rows))
            if count or name in ("all", "errors"):
                current = name == self.show
                made.append({"label": _(label), "count": count, "url": f"{self.url}?show={name}", "current": current})
        return made

    def _pager(self, first: int, shown: int) -> dict[str, Any]:
        def link(number: int | None) -> str:
            return f"{self.url}?" + urlencode({"show": self.show} | ({"page": number} if number else {}))

        return {
            "page": self.page, "pages": self.pages, "total": len(self.found), "total_capped": False, "size": SIZE,
            "first": first + 1 if shown else 0, "last": first + shown,
            "prev_url": link(self.page - 1) if self.page > 1 else None,
            "next_url": link(self.page + 1) if self.page < self.pages else None, "jump_url": link(None),
            "size_url": None,
        }  # fmt: skip

    def _mistakes(self) -> Counter[tuple[str, str]]:
        """How often the same text is refused in the same column."""
        places = {target.name: at for at, target in self.columns}
        return Counter(
            (error.field, cell_text(row.cells[places[error.field]]))
            for row in self.plan.rows for error in row.errors if error.field in places
        )  # fmt: skip

    def _cells(self, row: Row, mistakes: Counter[tuple[str, str]]) -> dict[str, dict[str, Any]]:
        """{target: {value, old, state, message, same, suggestion}}.

        What is said of no shown column stands where that is derived from, else in the first.
        """
        cells: dict[str, dict[str, Any]] = {}
        for at, target in self.columns:
            text = cell_text(row.cells[at])
            cells[target.name] = {"value": text[:SHOWN], "state": "ok"}
            if target.key in row.changes:
                before, after = (shown_value(target, value) for value in row.changes[target.key])
                cells[target.name] |= {
                    "value": after[:SHOWN],
                    "old": before[:SHOWN],
                    "state": "repaired",
                    "message": _("Will be changed"),
                }
        for note in row.notes:
            self._say(cells, note)
        derived = self.importer.view.imports.derived
        for error in row.errors:
            field = error.field or ""
            places = (field, derived.get(field, ""), self.columns[0][1].name)
            name = next(place for place in places if place in cells)
            cell, said = cells[name], say(error)
            if error.field not in cells and error.field in self.importer.targets:
                said = f"{self.importer.targets[error.field].label}：{said}"
            cell["message"] = f"{cell['message']}；{said}" if cell["state"] == "error" else said
            cell["state"] = "error"
            self._help(cell, name, cell_text(self._raw(row, name)), mistakes)
        return cells

    def _raw(self, row: Row, name: str) -> Any:
        return next(row.cells[at] for at, target in self.columns if target.name == name)

    def _say(self, cells: dict[str, dict[str, Any]], note: Note) -> None:
        name = note.name if note.name in cells else self.columns[0][1].name
        cell, said = cells[name], _(note.message) % note.params
        if note.new and note.new not in said:
            said = f"{said}：{note.new[:SHOWN]}"
        if note.new and note.name in cells and not cell.get("old"):
            cell |= {"old": note.old[:SHOWN], "value": note.new[:SHOWN]}
        cell["message"] = f"{cell['message']}；{said}" if cell.get("message") else said
        if cell["state"] != "check":
            cell["state"] = "check" if note.doubt else "repaired"

    def _help(self, cell: dict[str, Any], name: str, text: str, mistakes: Counter[tuple[str, str]]) -> None:
        """How often the mistake is made elsewhere, and what was probably meant."""
        cell["value"] = text[:SHOWN]
        if (others := mistakes[(name, text)] - 1) > 0 and text:
            cell["same"] = others
        suggest = self.importer.view.imports.suggest.get(name)
        if suggest is not None and text:
            cell["suggestion"] = next(iter(suggest(text)), None)


def shown_value(target: Target, value: Any) -> str:
    """A value of a record as people read it; of a reference or child rows, what the file calls them."""
    if value is None or target.column is None:
        return "" if value is None else str(value) if not isinstance(value, list) else _names(value)
    if target.points_to is not None:
        return str(value)
    kind = CUSTOM_KINDS[target.field.kind] if target.column.custom else kind_of(target.field)
    return kind.plain(value, target.field) if not isinstance(value, Choice) else _(value.label)


def _names(rows: list[dict[str, Any]]) -> str:
    return "；".join(str(next(iter(row.values()))) for row in rows)
