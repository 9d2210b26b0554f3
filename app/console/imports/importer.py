"""One import from file to batch: what page, command and background job share."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from app.console.imports import workbooks
from app.console.imports.cells import Reader, cell_text, readers_of
from app.console.imports.headers import Vocabulary, fingerprint
from app.console.imports.judge import Plan, judge, summary
from app.console.imports.mapping import SAMPLE, Match, match_columns, place_name
from app.console.imports.meter import Meter, Tell
from app.console.imports.rows import CHOSEN, Outcome, Row, Scheme, clean_rows
from app.console.imports.source import Sheet, read_sheets, true_name
from app.console.imports.targets import Target, required_of, targets_of, vocabulary
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import ImportMode
from app.services import files
from app.services.import_batches import keep_batch, mappings_of
from app.services.imports import only_import, write
from app.services.records import has_hooks
from app.services.unit_of_work import Actor, new_batch, unit_of_work
from app.texts import gettext as _
from models.base import key_of
from models.system import ImportBatch

NumberedRow = tuple[int, Sequence[Any]]
#: `Wishes.header` of a sheet whose first row is data already.
NO_HEADER = -1


@dataclass
class Wishes:
    """What the user decided about a file; what he left open is found out.

    header: index of the row with the columns' names, NO_HEADER for none. mapping: place name → target or None.
    constants: target → text. edits: "row:column" → text, rows as the sheet counts them.
    """

    sheet: str | None = None
    header: int | None = None
    mapping: dict[str, str | None] | None = None
    constants: dict[str, str] = field(default_factory=dict)
    mode: str = "create"
    edits: dict[str, str] = field(default_factory=dict)


@contextmanager
def no_collecting() -> Iterator[None]:
    """Within, the collector does not look through the hundred thousand objects of a long file again and again."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


class _Rehearsed(Exception):
    """What was written is taken back."""


class Importer:
    """A file on its way into a table. Raises RuleError for a file, mapping or constant that cannot be used."""

    def __init__(self, view: Any, actor: Actor, path: Path, name: str, wishes: Wishes | None = None):
        self.view, self.actor, self.path, self.name = view, actor, path, name
        self.wishes = wishes or Wishes()
        self.mode = ImportMode.UPDATE if self.wishes.mode == "update" else ImportMode.CREATE
        if self.mode is ImportMode.UPDATE and not actor.may("edit", view.key):
            raise RuleError(N_("You have no right to do this"), field="mode", code="forbidden")

    @cached_property
    def targets(self) -> dict[str, Target]:
        """What the file's columns may become."""
        return targets_of(self.view, self.actor)

    @cached_property
    def readers(self) -> dict[str, Reader]:
        """How the cells of each target are read."""
        return readers_of(self.targets, self.view.imports)

    @cached_property
    def sheets(self) -> list[Sheet]:
        """The sheets of the file that hold anything."""
        return read_sheets(self.path, self.name)

    @cached_property
    def sheet(self) -> Sheet:
        """The sheet to import: the wished one, else that with most known column names, else most rows."""
        wished = next((s for s in self.sheets if s.name == self.wishes.sheet), None)
        return wished or max(self.sheets, key=lambda s: (self._known_names(s), s.filled))

    def _known_names(self, sheet: Sheet) -> int:
        names = self._names(sheet, self._vocabulary.find_header(sheet.rows))
        return sum(match.target is not None for match in self._match(names, [[] for _n in names]))

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return vocabulary(self.targets, self.view.imports)

    @cached_property
    def header(self) -> int | None:
        """The index of the row with the columns' names; None where there is none."""
        wished = self.wishes.header
        if wished is not None:
            return wished if 0 <= wished < len(self.sheet.rows) else None
        return self._vocabulary.find_header(self.sheet.rows)

    @cached_property
    def headers(self) -> list[str]:
        """The columns' names as the file has them; empty ones where it has none."""
        return self._names(self.sheet, self.header)

    def _names(self, sheet: Sheet, header: int | None) -> list[str]:
        if header is None:
            return [""] * sheet.width
        lines = sheet.rows[max(header - 1, 0) : header + 1]
        lines = [[" ".join(cell_text(cell).split()) for cell in row] for row in lines]
        return self._vocabulary.names_of(lines[-1], lines[0] if header else [])

    @cached_property
    def data(self) -> list[NumberedRow]:
        """(row number as a spreadsheet counts, cells) of every row that holds anything, with the user's corrections."""
        start = 0 if self.header is None else self.header + 1
        rows: list[NumberedRow] = [
            (number, cells) for number, cells in enumerate(self.sheet.rows[start:], start=start + 1)
            if any(cell not in ("", None) and not (isinstance(cell, str) and cell.isspace()) for cell in cells)
        ]  # fmt: skip
        if not rows:
            raise RuleError(N_("The file names its columns, but holds no rows"), field="file")
        return self._corrected(rows) if self.wishes.edits else rows

    def _corrected(self, rows: list[NumberedRow]) -> list[NumberedRow]:
        by_row: dict[int, dict[int, str]] = {}
        for place, text in self.wishes.edits.items():
            row, _sep, column = place.partition(":")
            by_row.setdefault(int(row), {})[int(column)] = text
        return [(n, [by_row[n].get(at, cell) for at, cell in enumerate(c)] if n in by_row else c) for n, c in rows]

    @cached_property
    def matches(self) -> list[Match]:
        """The columns with what they become."""
        samples: list[list[Any]] = [[] for _header in self.headers]
        for _number, cells in self.data[: SAMPLE * 4]:
            for sample, cell in zip(samples, cells, strict=True):
                if len(sample) < SAMPLE and cell not in ("", None):
                    sample.append(cell)
        return self._match(self.headers, samples, self._kept_mapping())

    def _match(
        self, headers: list[str], samples: list[list[Any]], kept: dict[str, str | None] | None = None
    ) -> list[Match]:
        return match_columns(headers, samples, self.targets, self.view.imports, self.readers, kept)

    def _kept_mapping(self) -> dict[str, str | None] | None:
        """The user's mapping, else the one remembered for these very headers."""
        if self.wishes.mapping is not None or self.header is None:
            return self.wishes.mapping
        mark = fingerprint(self.headers)
        kept = next((m for m in mappings_of(self.view.session, self.view.key) if m.fingerprint == mark), None)
        return kept.mapping if kept else None

    def heading(self, match: Match) -> str:
        """What a column is called, by its place where it has no name."""
        return match.header or _("Column %(number)s") % {"number": match.at + 1}

    def left_out(self) -> list[str]:
        """The columns that hold anything and become nothing."""
        free = [m for m in self.matches if m.target is None]
        return [self.heading(m) for m in free if any(cells[m.at] not in ("", None) for _number, cells in self.data)]

    @cached_property
    def mapping(self) -> dict[str, str | None]:
        """The mapping as it is kept: place name → target."""
        return {place_name(self.headers, m.at): m.target for m in self.matches}

    def mapping_from(self, chosen: dict[int, str]) -> dict[str, str | None]:
        """A mapping by place name from one by column index; what is not a target is not imported."""
        return {place_name(self.headers, at): chosen.get(at) or None for at in range(len(self.headers))}

    @cached_property
    def scheme(self) -> Scheme:
        """How the file becomes rows. Raises RuleError where no column of it is known."""
        mapped = [(m.at, self.targets[m.target]) for m in self.matches if m.target is not None]
        if not mapped:
            names = "、".join(h for h in self.headers if h)[:200] or _("no header")
            raise RuleError(
                N_("No column of this file is known here (%(names)s); say what each one is"),
                field="mapping",
                names=names,
            )
        example = workbooks.example_row(self.view, self.targets, self.headers)
        return Scheme(
            self.view, self.actor, self.targets, self.readers, mapped, self._constants(), self.mode, example,
            self.headers,
        )  # fmt: skip

    def _constants(self) -> dict[str, str]:
        """The values for all rows; a record chosen from a table of codes is called by its code, as cells call it."""
        return {name: self._code_of(self.targets.get(name), text) for name, text in self.wishes.constants.items()}

    def _code_of(self, target: Target | None, text: str) -> str:
        plain = target is not None and target.name not in self.view.imports.cleaners
        model = target.points_to if target is not None and plain and CHOSEN.fullmatch(text) else None
        coded = model is not None and getattr(model, "__key__", ()) == ("code",)
        record = self.view.session.get(model, int(text[1:])) if coded else None
        return text if record is None else record.code

    def missing(self) -> list[Target]:
        """Required fields that neither a column nor a constant gives."""
        given = {m.target for m in self.matches} | set(self.wishes.constants) | set(self.view.imports.derived)
        return [t for t in required_of(self.targets) if t.name not in given]

    def plan(self, tell: Tell | None = None) -> Plan:
        """What would become of each row; nothing is written. tell: hears how far it is.

        Where rules of the table see each record before it is saved, they are asked by writing it and taking it back.
        """
        session = self.view.session
        rehearsed = has_hooks(self.view.model) and self.view.imports.complete is None
        meter = Meter(tell, total=200 if rehearsed else 100)
        with no_collecting():
            plan = judge(session, self.scheme, clean_rows(self.scheme, self.data, meter), meter)
            if rehearsed:
                with suppress(_Rehearsed), unit_of_work(session):
                    self._write(plan, meter, _("Asking the rules of the table"))
                    raise _Rehearsed
        return plan

    @no_collecting()
    def run(self, *, all_or_nothing: bool = False, tell: Tell | None = None) -> tuple[ImportBatch, Plan]:
        """Import, in one transaction. all_or_nothing: a refused row refuses the file (RuleError)."""
        session, meter = self.view.session, Meter(tell, total=200)
        rows = clean_rows(self.scheme, self.data, meter)
        reason = _("Import of “%(name)s”") % {"name": self.name}
        with unit_of_work(session, reason=reason[:500], batch=new_batch()):
            only_import(session, self.view.key)
            plan = judge(session, self.scheme, rows, meter)
            self._write(plan, meter, _("Writing the records"))
            tally = plan.tally()
            if all_or_nothing and tally.refused:
                raise RuleError(N_("Nothing was imported: %(count)s rows cannot be"), count=tally.refused)
            file = self._keep_refused(plan) if tally.refused else None
            story = {"reasons": self.reasons(plan), "mends": self.mends(plan)}
            batch = keep_batch(session, self.view.key, self.name, self.mode, tally, rejected_file_id=file, extra=story)
            self._keep_original(batch)
        return batch, plan

    def _write(self, plan: Plan, meter: Meter, what: str) -> None:
        def progress(done: int, of: int) -> None:
            meter.say(done, of, meter.total, what)

        complete, model = self.view.imports.complete, self.view.model
        work = (plan.parties, plan.creations, plan.changes)
        write(self.view.session, model, *work, complete=complete, progress=progress)
        plan.learn(self.scheme)

    def _keep_original(self, batch: ImportBatch) -> None:
        """The file stays with the batch: what it said before anything was put right."""
        with self.path.open("rb") as source, suppress(RuleError):  # the store takes no UTF-16 text
            name = true_name(self.path, self.name)
            files.attach(self.view.session, key_of(ImportBatch), batch.id, name, source)

    def _keep_refused(self, plan: Plan) -> int:
        with workbooks.refused_workbook(self, plan.rows) as book:
            return files.keep(self.view.session, "refused.xlsx", book).id

    def reasons(self, plan: Plan) -> list[list[Any]]:
        """Why rows were refused: [field, message, parameters, rows, first row, its cell]."""
        found = summary(row for row in plan.rows if row.outcome is Outcome.REFUSED)
        cells = {row.number: row for row in plan.rows}
        return [
            [f, e.message, _simple(e.params), count, at, self.cell_of(cells[at], f)] for f, e, count, at in found[:50]
        ]

    def mends(self, plan: Plan) -> list[list[Any]]:
        """What was put right or deserves a look: [field, message, parameters, cells, old, new, first row].

        new is empty where nothing was changed; old is then what the cell says.
        """
        found: dict[tuple[str, str], list[Any]] = {}
        for row in plan.rows:
            if row.outcome is not Outcome.REFUSED:
                for note in row.notes:
                    entry = found.setdefault((note.name, note.message), [note, 0, row])
                    entry[1] += 1
        ranked = sorted(found.values(), key=lambda e: -e[1])[:50]
        return [
            [n.name, n.message, _simple(n.params), count, n.old[:80] or self.cell_of(r, n.name), n.new[:80], r.number]
            for n, count, r in ranked
        ]

    def cell_of(self, row: Row, name: str) -> str:
        """The text of a row's cell under the column that becomes `name`."""
        at = next((m.at for m in self.matches if m.target == name), None)
        return cell_text(row.cells[at])[:80] if at is not None else ""


def _simple(params: dict[str, Any]) -> dict[str, Any]:
    return {k: v if isinstance(v, int | float) else str(v)[:200] for k, v in params.items()}
