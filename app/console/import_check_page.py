"""The check of an import: what the columns become, the rows as they would be, corrected cell by cell."""

import dataclasses
from collections import OrderedDict
from typing import Any
from urllib.parse import urlencode

from flask import g, jsonify, redirect, request, send_file
from flask_appbuilder import expose

from app.console.exports import KINDS
from app.console.guard import actor, page, sent
from app.console.import_result_page import ImportResultPages
from app.console.imports import uploads, workbooks
from app.console.imports.cells import cell_text
from app.console.imports.headers import fingerprint
from app.console.imports.importer import Importer
from app.console.imports.judge import Plan
from app.console.imports.preview import Preview
from app.console.imports.targets import required_of
from app.console.imports.uploads import Upload
from app.console.kinds import is_whole
from app.console.render import respond
from app.jobs.queue import Progress
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services.import_batches import keep_mapping
from app.services.refusal import say
from app.texts import gettext as _

#: Plans of this process by upload and what was decided: leafing through the rows plans them once.
_PLANS: OrderedDict[str, tuple[str, Importer, Plan]] = OrderedDict()
PLANS_KEPT, PLAN_ROWS = 4, 20_000


def decided(upload: Upload) -> str:
    """What the user decided about a file, to be compared."""
    return repr(dataclasses.asdict(upload.wishes))


def checking(upload: Upload) -> dict[str, Any]:
    """The check of an upload, as jobs are drawn."""
    told = upload.told() or Progress(0, 100, _("Reading the rows"))
    label = _("Check of “%(name)s”") % {"name": upload.name}
    return {"label": label, "state": "running", "done": told.done, "total": told.total, "message": told.message}


class ImportCheckPages(ImportResultPages):
    """Routes of the check; part of `ImportPages`."""

    def upload(self, token: str) -> Upload:
        """The actor's upload of this token. Raises RuleError (missing)."""
        self.check_importable()
        return uploads.find(token, g.actor.id, self.key)

    def check_page(self, upload: Upload) -> Any:
        """The page of the second step, or only its body where a part is asked for.

        A long file is first answered with how far its check is; that part asks for the rest. Whoever asks while it is
        being checked already, waits for that check.
        """
        partial, status = bool(request.headers.get("HX-Request")), 200
        url = f"{self.import_url()}/{upload.token}"
        if upload.is_long and self.known_plan(upload) is None:
            waits = upload.is_being_checked
            if waits or "now" not in request.args:
                return self.checking_page(upload, partial, waits)
        importer = upload.importer(self, actor())
        context = {
            "title": _("Import: %(title)s") % {"title": self.heading()}, "step": "check",
            "again_url": self.import_url(),
            "back_url": self.base_url(), "map_url": f"{url}/map", "cell_url": f"{url}/cell", "run_url": f"{url}/run",
            "errors_url": None, "save_mapping_url": f"{url}/mapping",
        }  # fmt: skip
        try:
            importer, plan = self.planned(upload)
            number = request.args.get("page", 1, type=int) or 1
            context |= Preview(importer, plan, url, request.args.get("show", ""), number).context()
            context["errors_url"] = f"{url}/errors" if context["counts"]["bad"] else None
        except RuleError as error:
            nothing = {"good": 0, "same": 0, "check": 0, "bad": 0}
            context |= {
                "counts": nothing,
                "counters": [],
                "columns": [],
                "rows": [],
                "pager": None,
                "error": say(error),
            }
            status = 200 if partial else 422
        context |= self.mapping_context(importer)
        if failed := self.why_failed(upload):
            context["error"] = failed
        return respond("_import_check.html" if partial else "import.html", page=context, status=status)

    def mapping_context(self, importer: Importer) -> dict[str, Any]:
        """The columns of the file, what they may become, the sheets and the place of the header."""
        given = set(importer.wishes.constants) | set(self.imports.derived)
        required = {t.name for t in required_of(importer.targets)} - given
        return {
            "file": {"name": importer.name, "rows": len(importer.data)},
            "mapping": [
                {"index": m.at, "header": m.header or _("Column %(number)s") % {"number": m.at + 1}, "target": m.target,
                 "sample": cell_text(m.sample[0])[:60] if m.sample else "", "guessed": m.guessed}
                for m in importer.matches
            ],
            "targets": [
                {"name": t.name, "label": t.label, "required": t.name in required} for t in importer.targets.values()
            ],
            "sheets": [{"name": s.name, "rows": s.filled, "selected": s is importer.sheet} for s in importer.sheets],
            "header_row": 0 if importer.header is None else importer.header + 1,
        }  # fmt: skip

    def planned(self, upload: Upload) -> tuple[Importer, Plan]:
        """The rows as decided so far; planned once for each decision."""
        if known := self.known_plan(upload):
            return known
        _PLANS.pop(upload.token, None)
        upload.tell(0, 100, _("Reading the rows"))
        try:
            importer = upload.importer(self, actor())
            plan = importer.plan(upload.tell)
            if len(plan.rows) <= PLAN_ROWS:
                _PLANS[upload.token] = (decided(upload), importer, plan)
            while len(_PLANS) > PLANS_KEPT:
                _PLANS.popitem(last=False)
            return importer, plan
        finally:
            upload.tell(100, 100, _("Finished"))

    def known_plan(self, upload: Upload) -> tuple[Importer, Plan] | None:
        """The plan of these decisions, where somebody leafs through it or waited for it."""
        known = _PLANS.get(upload.token) if {"page", "show", "waited"}.intersection(request.args) else None
        return known[1:] if known and known[0] == decided(upload) else None

    def checking_page(self, upload: Upload, partial: bool, waits: bool) -> Any:
        """How far the check of a long file is; it asks for the checked rows and makes room for them.

        waits: the check goes on already; another is not begun beside it.
        """
        url = f"{self.import_url()}/{upload.token}"
        asked = {**request.args, "now": 1, **({"waited": 1} if waits else {})}
        if not waits:
            upload.forget()
        context = {
            "title": _("Import: %(title)s") % {"title": self.heading()}, "step": "check",
            "again_url": self.import_url(), "back_url": self.base_url(),
            "file": {"name": upload.name, "rows": upload.rows},
            "progress_url": f"{url}/progress",
            "check_url": f"{url}?" + urlencode(asked), "waits": waits,
        }  # fmt: skip
        template = "_import_checking.html" if partial else "import.html"
        return respond(template, page=context, jobs=[checking(upload)])

    @expose("/import/<token>/progress")
    @page("import")
    def import_progress(self, token: str) -> Any:
        """How far the check is, drawn like a background job."""
        return respond("_jobs.html", jobs=[checking(self.upload(token))])

    @expose("/import/<token>/map", methods=["POST"])
    @page("import")
    def import_map(self, token: str) -> Any:
        """What the columns become, the sheet, the row with the header: as the user corrected them."""
        upload = self.upload(token)
        wishes, form = upload.wishes, request.form
        if form.get("sheet") is not None and form["sheet"] != upload.importer(self, actor()).sheet.name:
            wishes.sheet, wishes.header, wishes.mapping, wishes.edits = form["sheet"], None, None, {}
        elif is_whole(form.get("header_row", "")) and int(form["header_row"]) != self.header_row(upload):
            wishes.header, wishes.mapping, wishes.edits = int(form["header_row"]) - 1, None, {}
        else:
            wishes.mapping = upload.importer(self, actor()).mapping_from(
                {int(k[7:]): v for k, v in form.items() if k.startswith("column-") and is_whole(k[7:])}
            )
        self.keep(upload)
        return (
            self.check_page(upload)
            if request.headers.get("HX-Request")
            else redirect(f"{self.import_url()}/{token}", 303)
        )

    def header_row(self, upload: Upload) -> int:
        """The row with the header as people count; 0 for none."""
        header = upload.importer(self, actor()).header
        return 0 if header is None else header + 1

    @expose("/import/<token>/mapping", methods=["POST"])
    @page("import")
    def import_keep_mapping(self, token: str) -> Any:
        """Keep the mapping under a name; it is taken again for files with the same header."""
        importer = self.upload(token).importer(self, actor())
        name = str((sent() or request.form).get("name") or "")
        self.remember_mapping(importer, name)
        return jsonify({"ok": True, "message": _("The mapping was kept")})

    def remember_mapping(self, importer: Importer, name: str) -> None:
        """Keep what the user made of these headers."""
        constants = {k: v for k, v in importer.wishes.constants.items() if not v.startswith("#")}
        mark = fingerprint(importer.headers)
        keep_mapping(self.session, self.key, name, mark, importer.headers, importer.mapping, constants)

    @expose("/import/<token>/cell", methods=["POST"])
    @page("import")
    def import_correct(self, token: str) -> Any:
        """Another value for a cell, or for every cell of its column with the same text."""
        upload = self.upload(token)
        body = sent()
        importer = upload.importer(self, actor())
        place = next((m.at for m in importer.matches if m.target == body.get("column")), None)
        rows = dict(importer.data)
        number = body.get("row")
        if place is None or not isinstance(number, int) or number not in rows:
            raise RuleError(N_("There is no such cell"), code="missing")
        value, old = str(body.get("value") or "")[:20_000], cell_text(rows[number][place])
        alike = (
            [n for n, cells in rows.items() if cell_text(cells[place]) == old] if body.get("everywhere") else [number]
        )
        upload.wishes.edits |= {f"{n}:{place}": value for n in alike}
        upload.save()
        return jsonify({"ok": True, "changed": len(alike)})

    @expose("/import/<token>/errors")
    @page("import")
    def import_errors(self, token: str) -> Any:
        """The rows that cannot be imported, with their reasons, as a workbook."""
        upload = self.upload(token)
        importer, plan = self.planned(upload)
        book = workbooks.refused_workbook(importer, plan.rows)
        name = workbooks.refused_name(upload.name)
        return send_file(book, mimetype=KINDS["xlsx"], as_attachment=True, download_name=name)
