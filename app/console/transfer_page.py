"""Export of a table's list (A-2.2.4.3) and its import."""

import tempfile
from typing import Any
from urllib.parse import urlencode

from flask import jsonify, redirect, request, send_file
from flask_appbuilder import expose
from werkzeug.datastructures import MultiDict

from app.console import exports
from app.console.columns import Column, Query
from app.console.guard import actor, page, wants_json
from app.console.kinds import is_whole
from app.console.list_address import query_args
from app.console.listing import ListState, count, where
from app.jobs.runner import enqueue
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services.today import today
from app.texts import gettext as _

#: More rows than this are exported in the background.
EXPORT_NOW = 20_000


class TransferPages:
    """Routes of export; mixed into `Console`."""

    @expose("/export", methods=["GET", "POST"])
    @page("export")
    def export(self) -> Any:
        """The list as Excel or CSV: this page, the selected rows, or all."""
        args = request.values
        kind = args.get("format", "xlsx")
        scope = args.get("scope", "page")
        if kind not in exports.KINDS or scope not in ("page", "selected", "all"):
            raise RuleError(N_("Choose the kind of file and what to export"))
        per_sheet = self.rows_per_sheet(args)
        asked, view = self.asked(query_args(args["query"]) if "query" in args else args)
        state = self.read_state(asked)
        if state.errors:
            raise state.errors[0]
        columns, name = self.shown_columns(view), f"{self.heading()}_{today():%Y%m%d}.{kind}"
        if scope == "all" and self.is_long(state):
            return self.export_later(asked, columns, {"format": kind, "per_sheet": per_sheet, "name": name})
        options: dict[str, Any] = {"base": self.base_condition()}
        if scope == "selected":
            options["ids"] = self.chosen_ids({"ids": [i for i in args.get("ids", "").split(",") if i]})
        if scope == "page":
            options |= {"limit": state.size, "offset": (state.page - 1) * state.size}
        rows = exports.rows_of(self.session, self.model, columns, state, **options)
        target = tempfile.SpooledTemporaryFile(max_size=exports.SPOOL)  # noqa: SIM115 - closed when it was sent
        try:
            exports.write(target, kind, _(self.model.__label__), columns, rows, per_sheet)
            target.seek(0)
            response = send_file(target, mimetype=exports.KINDS[kind], as_attachment=True, download_name=name)
        except BaseException:
            target.close()
            raise
        response.call_on_close(target.close)
        return response

    def is_long(self, state: ListState) -> bool:
        """Whether a list has more rows than are exported while the user waits."""
        query, base = Query(self.model), self.base_condition()
        conditions = where(self.session, query, state, base)
        return count(self.session, query, conditions)[0] > EXPORT_NOW

    def export_later(self, asked: MultiDict, columns: list[Column], params: dict[str, Any]) -> Any:
        """Let a background job export what `asked` finds: 202 with its address, or the page of jobs."""
        query = urlencode(list(asked.items(multi=True)))
        params |= {"table": self.key, "query": query, "columns": [c.name for c in columns]}
        label = _("Export of “%(title)s”") % {"title": self.heading()}
        made = enqueue(self.session, exports.JOB, label, params, actor())
        if wants_json():
            return jsonify({"ok": True, "job_url": f"/app/jobs/{made.id}"}), 202
        return redirect("/app/jobs", 303)

    def rows_per_sheet(self, args: Any) -> int:
        """Rows a sheet when 分页 is ticked."""
        if args.get("split") not in ("1", "on", "true"):
            return exports.SHEET_ROWS
        count = args.get("per_sheet", "")
        if not is_whole(count) or not 1 <= int(count) <= exports.SHEET_ROWS:
            raise RuleError(N_("Give the number of rows on each sheet"), field="per_sheet")
        return int(count)
