"""The import of a table, step by step: upload, match and check, result, undo; and the template to fill in."""

from typing import Any, ClassVar

from flask import flash, g, redirect, request, send_file
from flask_appbuilder import expose

from app.console.exports import KINDS
from app.console.guard import actor, page
from app.console.import_check_page import ImportCheckPages
from app.console.imports import uploads, workbooks
from app.console.imports.targets import Target, targets_of
from app.console.imports.uploads import Upload
from app.console.inputs import title_of
from app.console.layout import Imports
from app.console.render import respond
from app.jobs.queue import UNFINISHED
from app.jobs.runner import enqueue
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import ImportMode, JobState
from app.services.refusal import say
from app.texts import gettext as _
from models.system import Job


class ImportPages(ImportCheckPages):
    """Routes of import; mixed into `Console`. imports: what an import of the table knows beyond its columns."""

    imports: ClassVar[Imports] = Imports()

    def import_url(self) -> str:
        """Where importing begins."""
        return f"{self.base_url()}import"

    def check_importable(self) -> None:
        """Raises RuleError (forbidden) for a table nothing is imported into."""
        if self.read_only or self.closed:
            raise RuleError(N_("Nothing can be imported into this table"), code="forbidden")

    @expose("/import", methods=["GET", "POST"])
    @page("import")
    def import_upload(self) -> Any:
        """The first step: the file, the mode, values for all rows."""
        self.check_importable()
        if request.method == "GET":
            return self.upload_page()
        try:
            constants, mode = self.read_constants(), self.read_mode()
            upload = uploads.receive(request.files.get("file"), g.actor.id, self.key)
            upload.wishes.mode, upload.wishes.constants = mode, constants
            self.keep(upload)
        except RuleError as error:
            return self.upload_page(error)
        return redirect(f"{self.import_url()}/{upload.token}", 303)

    def keep(self, upload: Upload) -> None:
        """Keep what was decided, unless no rows can be read that way (RuleError)."""
        upload.rows = len(upload.importer(self, actor()).data)
        upload.save()

    def upload_page(self, error: RuleError | None = None) -> Any:
        """The page of the first step, with why a file was refused."""
        mode = request.form.get("mode", "create")
        modes = [
            ("create", ImportMode.CREATE.label, _("Rows that are there already and say something else are refused")),
            ("update", ImportMode.UPDATE.label, _("Empty cells change nothing; what would change is shown first")),
        ]
        context = {
            "title": _("Import: %(title)s") % {"title": self.heading()}, "step": "upload", "action": self.import_url(),
            "back_url": self.base_url(), "template_url": f"{self.import_url()}/template",
            "error": say(error) if error else None,
            "modes": [{"code": c, "label": _(label), "help": h, "selected": c == mode} for c, label, h in modes],
            "constants": [self.constant(t) for t in self.constant_targets()],
        }  # fmt: skip
        return respond("import.html", page=context, status=422 if error else 200)

    def constant_targets(self) -> list[Target]:
        """The fields offered for all rows: the declared ones, else references and choices people query by."""
        targets = targets_of(self, actor())
        names = self.imports.constants or [
            n for n in self.query_columns if n in targets and targets[n].field.kind in ("reference", "choice")
        ]  # fmt: skip
        return [targets[n] for n in names if n in targets and targets[n].column is not None]

    def constant(self, target: Target) -> dict[str, Any]:
        """The control of a value for all rows."""
        control = self.control(target.column, target.name, request.form.get(target.name, ""))
        return control | {"required": False, "new_url": None}

    def read_constants(self) -> dict[str, str]:
        """The values for all rows; a reference as “#” and its id. Raises RuleError."""
        found = {}
        for target in self.constant_targets():
            text = request.form.get(target.name, "").strip()
            if text and target.points_to is not None:
                if not title_of(self.session, target.points_to, text):
                    raise RuleError(N_("Choose one from the list"), field=target.name)
                text = f"#{int(text)}"
            if text:
                found[target.name] = text
        return found

    def read_mode(self) -> str:
        """create or update. Raises RuleError."""
        mode = request.form.get("mode", "create")
        if mode not in ("create", "update"):
            raise RuleError(N_("Choose how to import"), field="mode")
        return mode

    @expose("/import/template")
    @page("import")
    def import_template(self) -> Any:
        """A workbook to fill in."""
        self.check_importable()
        book = workbooks.template(self, targets_of(self, actor()))
        name = _("Import template of %(title)s") % {"title": self.heading()} + ".xlsx"
        return send_file(book, mimetype=KINDS["xlsx"], as_attachment=True, download_name=name)

    @expose("/import/<token>")
    @page("import")
    def import_check(self, token: str) -> Any:
        """The second step: the columns and the rows; nothing is written."""
        upload = self.upload(token)
        if upload.batch is not None:
            return redirect(f"{self.import_url()}/batch/{upload.batch}")
        if self.is_running(upload):
            return self.running_page(upload)
        return self.check_page(upload)

    def running_page(self, upload: Upload) -> Any:
        """How far the import in the background is; it leads on to the result."""
        context = {
            "title": _("Import: %(title)s") % {"title": self.heading()}, "step": "running",
            "back_url": self.base_url(), "jobs_url": f"/app/jobs/list?id={upload.job}",
            "then_url": f"{self.import_url()}/{upload.token}",
        }  # fmt: skip
        return respond("import.html", page=context)

    def is_running(self, upload: Upload) -> bool:
        """Whether a background job is, or will be, at it."""
        job = self.session.get(Job, upload.job) if upload.job is not None else None
        return job is not None and job.state in UNFINISHED

    def why_failed(self, upload: Upload) -> str:
        """What the background job said that could not import it."""
        job = self.session.get(Job, upload.job) if upload.job is not None else None
        return job.message or "" if job is not None and job.state is JobState.FAILED else ""

    @expose("/import/<token>/run", methods=["POST"])
    @page("import")
    def import_run(self, token: str) -> Any:
        """Import: at once, or in the background where there are many rows."""
        upload = self.upload(token)
        if upload.batch is not None or self.is_running(upload):
            return redirect(f"{self.import_url()}/{token}", 303)
        importer = upload.importer(self, actor())
        whole = request.form.get("policy") == "all"
        if upload.wishes.mapping is not None and any(importer.headers):
            self.remember_mapping(importer, upload.name[:100])
        if upload.is_long:
            params = {"table": self.key, "token": token, "all_or_nothing": whole}
            label = _("Import of “%(name)s”") % {"name": upload.name}
            upload.job = enqueue(self.session, uploads.JOB, label, params, actor()).id
            upload.save()
            return redirect(f"{self.import_url()}/{token}", 303)
        try:
            batch, _plan = importer.run(all_or_nothing=whole)
        except RuleError as error:
            flash(say(error), "error")
            return redirect(f"{self.import_url()}/{token}?show={'errors' if whole else 'all'}", 303)
        upload.batch = batch.id
        upload.save()
        return redirect(f"{self.import_url()}/batch/{batch.id}", 303)
