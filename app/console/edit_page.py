"""Changing rows from the list: bulk edit, and editing in place."""

import re
from collections.abc import Iterator
from typing import Any

from flask import jsonify
from flask_appbuilder import expose

from app.console.columns import CUSTOM, Column
from app.console.guard import actor, mapping, page, say, sent
from app.console.inputs import describe_input
from app.console.kind import text_of
from app.console.kinds import read_value
from app.console.list_address import query_args
from app.console.listing import MAX_PAGE_SIZE, matching_ids
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.services import history, records
from app.services.unit_of_work import unit_of, unit_of_work
from app.texts import gettext as _

#: More rows than this are not changed in one click.
BULK_LIMIT = 5_000
ID = re.compile(r"[0-9]{1,9}")


class GridRefused(Exception):
    """Rows edited in place that cannot be saved: [{row, field, message}]."""


class EditPages:
    """Routes of bulk edit and of editing in place; mixed into `Console`."""

    @expose("/bulk", methods=["POST"])
    @page("edit")
    def bulk(self) -> Any:
        """Give the chosen rows (or all that the query finds) the same values."""
        body = sent()
        values = self.bulk_values(mapping(body.get("values")), clear=body.get("clear") is True)
        ids, reason = self.chosen_ids(body), self.reason(body)
        batch = records.bulk_update(self.session, self.model, ids, values, reason=reason)
        changed = history.count_changed(self.session, self.model, batch)
        undo = f"{self.base_url()}undo/{batch}" if changed else None
        return jsonify({"ok": True, "changed": changed, "undo_url": undo})

    def bulk_values(self, raw: dict[str, Any], *, clear: bool) -> dict[str, Any]:
        """Parse the values many rows get. Raises RuleErrors for empty ones, unless to `clear` such fields is asked for
        and they may be empty.
        """
        if not raw:
            raise RuleError(N_("Choose a field to change"), field="field")
        values, columns, errors = self.read_values(raw), self.columns(), []
        for name in [n for n, value in raw.items() if not text_of(value)]:
            if not self.may_clear(columns[self.field_name(name)]):
                errors.append(RuleError(N_("This must be filled in"), field=name))
            elif not clear:
                errors.append(RuleError(N_("Fill in the new value, or tick “Empty the field”"), field=name))
        if errors:
            raise RuleErrors(errors)
        return values

    def may_clear(self, column: Column) -> bool:
        """Whether a column may be emptied in many rows at once."""
        return column.field.kind != "flag" and not self.needs(column)

    def reason(self, body: dict[str, Any]) -> str:
        """Why rows are changed, as a request says it. Raises RuleError where the table asks for it in vain."""
        reason = str(body.get("reason") or "").strip()
        if self.asks_reason and not reason:
            raise RuleError(N_("Say why it is changed"), field="reason")
        return reason

    def chosen_ids(self, body: dict[str, Any]) -> list[int]:
        """The ids a bulk request names, or those its query finds. Raises RuleError for none or too many."""
        ids = body.get("ids")
        if ids == "all":
            state = self.read_state(self.asked(query_args(str(body.get("query") or "")))[0])
            if state.errors:
                raise state.errors[0]
            ids = matching_ids(self.session, self.model, state, base=self.base_condition(), limit=BULK_LIMIT + 1)
        if (
            not isinstance(ids, list)
            or not ids
            or not all(isinstance(i, int | str) and ID.fullmatch(str(i)) for i in ids)
        ):
            raise RuleError(N_("Select at least one row"))
        if len(ids) > BULK_LIMIT:
            raise RuleError(N_("At most %(limit)s rows at once"), limit=BULK_LIMIT)
        chosen = list(dict.fromkeys(int(i) for i in ids))
        self.check_own(chosen)
        return chosen

    @expose("/grid", methods=["POST"])
    @page("edit")
    def save_grid(self) -> Any:
        """Save rows edited in place: all or none, each error beside its cell; a reason may stand for all rows."""
        if not self.grid:
            raise RuleError(N_("This page does not exist or is not open to you"), code="missing")
        body = sent()
        rows, reason = body.get("rows"), body.get("reason")
        if not isinstance(rows, list) or not rows or len(rows) > MAX_PAGE_SIZE:
            raise RuleError(N_("Tick the rows to save"))
        try:
            with unit_of_work(self.session):
                saved = self.save_rows([{"reason": reason} | mapping(row) for row in rows])
        except GridRefused as refused:
            return jsonify({"ok": False, "errors": refused.args[0], "message": _("Nothing was saved")}), 422
        return jsonify({"ok": True, "saved": saved})

    def save_rows(self, rows: list[dict[str, Any]]) -> int:
        """Save every row. Raises GridRefused with all that is wrong."""
        errors: list[dict[str, Any]] = []
        for index, row in enumerate(rows):
            try:
                self.save_row(row)
            except RuleErrors as refused:
                errors += [{"row": index, "field": e.field, "message": say(e)} for e in refused.errors]
            except RuleError as error:
                errors.append({"row": index, "field": error.field, "message": say(error)})
            except records.Stale as stale:
                message = _("Changed by %(who)s meanwhile; load it again") % {"who": stale.who}
                errors.append({"row": index, "field": None, "message": message})
        if errors:
            raise GridRefused(errors)
        return len(rows)

    def save_row(self, row: dict[str, Any]) -> Any:
        """Create or change one row of the grid."""
        record_id, version = row.get("id"), row.get("version")
        if record_id is None and not self.can("add"):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        if record_id is not None and not ID.fullmatch(str(record_id)):
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        if record_id is not None and not isinstance(version, int):
            raise RuleError(N_("The form is incomplete; load it again"))
        values = self.read_values(mapping(row.get("values")))
        if record_id is None and (gaps := self.custom_gaps(values)):
            raise RuleErrors(gaps)
        unit: Any = unit_of(self.session)
        unit.reason = self.reason(row) if record_id is not None else ""  # each row's own, in the one unit of all
        if record_id is not None:
            self.check_own([int(record_id)])
        return records.save(self.session, self.model, record_id and int(record_id), values, version=version)

    def read_values(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Parse named values as the form does; refuses what is not the form's or not the actor's to write."""
        columns, allowed = self.columns(), {*self.form_fields(), *(CUSTOM + c for c in self.custom())}
        values, errors = {}, []
        for name, text in raw.items():
            name = self.field_name(name)
            column = columns.get(name) if name in allowed else None
            if column is None or not self.writable_to(actor(), name):
                errors.append(RuleError(N_("This field cannot be written"), field=name, code="forbidden"))
                continue
            try:
                value = read_value(text, column.field)
                values[name if column.custom else column.key] = (
                    column.kind.store(value, column.field) if column.custom else value
                )
            except RuleError as error:
                errors.append(RuleError(error.message, field=name, **error.params))
        if errors:
            raise RuleErrors(errors)
        return values

    def field_name(self, name: str) -> str:
        """The form's name of a field that is sent by this one: references may be sent by their column."""
        known = name in self.form_fields() or name.removeprefix(CUSTOM) in self.custom()
        return name if known else name.removesuffix("_id")

    def grid_fields(self, *, bulk: bool = False) -> list[dict[str, Any]]:
        """The inputs of editing in place and of bulk edit."""
        return [
            describe_input(self, c, name=c.name) | ({"clears": self.may_clear(c)} if bulk else {})
            for c in self.inputs(bulk=bulk)
        ]

    def inputs(self, *, bulk: bool = False) -> Iterator[Column]:
        """The columns the actor may edit in place; in bulk neither fixed nor unique ones."""
        columns, unique = self.columns(), {c.key for c in self.model.__table__.columns if c.unique}
        for name in (*self.form_fields(), *(CUSTOM + c for c in self.custom())):
            column = columns[name]
            single = self.stands_fixed(column) or column.key in unique
            if self.writable_to(actor(), name) and not (bulk and single):
                yield column
