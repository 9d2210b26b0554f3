"""What became of an import: counts, reasons, the refused rows, and taking it back."""

from typing import Any

from flask import jsonify
from flask_appbuilder import expose
from sqlalchemy import select

from app.console.columns import BATCH
from app.console.download import send_stored
from app.console.guard import actor, page
from app.console.imports import workbooks
from app.console.imports.targets import targets_of
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import ImportState
from app.services import files, import_undo
from app.services.refusal import say
from app.services.today import stamp
from app.texts import gettext as _
from models.system import ImportBatch, StoredFile


class ImportResultPages:
    """Routes of finished imports; part of `ImportPages`."""

    @expose("/import/batch/<int:batch_id>")
    @page("import")
    def import_result(self, batch_id: int) -> Any:
        """What became of the rows of an import."""
        batch = self.own_batch(batch_id)
        context = {
            "title": _("Import: %(title)s") % {"title": self.heading()}, "step": "result", "back_url": self.base_url(),
            "again_url": self.import_url(), "result": self.result_context(batch),
        }  # fmt: skip
        return respond("import.html", page=context)

    def own_batch(self, batch_id: int) -> ImportBatch:
        """An import into this table, the actor's own or any for an administrator. Raises RuleError (missing)."""
        query = select(ImportBatch).where(ImportBatch.id == batch_id, ImportBatch.table_key == self.key)
        found = self.session.execute(query).scalars().first()
        if found is None or not (actor().is_admin or found.owner_id == actor().id):
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        return found

    def result_context(self, batch: ImportBatch) -> dict[str, Any]:
        """Counts, reasons and repairs of an import."""
        url, targets, story = f"{self.import_url()}/batch/{batch.id}", targets_of(self, actor()), batch.extra or {}
        done = batch.rows_created + batch.rows_updated
        title = _("%(done)s rows imported, %(refused)s not") if batch.rows_refused else _("%(done)s rows imported")
        undone = batch.state is ImportState.UNDONE
        if undone:
            title = _("Undone; %(done)s rows had been imported")
        title %= {"done": f"{done:,}", "refused": f"{batch.rows_refused:,}"}
        sub = [
            batch.file_name,
            str(batch.owner or ""),
            stamp(batch.created_at),
            _(batch.state.label),
        ]

        fresh = batch.rows_created and not undone
        taken = story.get("undone")  # imports undone before this was kept have none
        if undone and taken:
            title = _("Undone, %(removed)s records removed") % {"removed": f"{taken['removed']:,}"}
            sub += [told_back(**taken)] if taken["restored"] or taken["kept"] else []

        def label(name: str) -> str:
            return targets[name].label if name in targets else ""

        return {
            "title": title, "undone": undone,
            "sub": "　".join(s for s in sub if s), "read": batch.rows_read, "created": batch.rows_created,
            "updated": batch.rows_updated, "same": batch.rows_same,
            "refused": batch.rows_refused, "refused_url": f"{url}/refused" if batch.rejected_file_id else None,
            "list_url": f"{self.base_url()}?q.{BATCH}={batch.id}&sort=-id" if fresh else None,
            "undo_url": f"{url}/undo" if batch.state is ImportState.DONE and done else None,
            "reasons": [
                {"label": label(name), "reason": say(RuleError(message, **params)), "rows": count,
                 "example": example(text, at)}
                for name, message, params, count, at, text in story.get("reasons", ())
            ],
            "repairs": [
                {"label": label(name), "how": _(message) % params, "count": count, "mended": bool(new),
                 "example": example(f"{old} → {new}" if new else old, *row)}
                for name, message, params, count, old, new, *row in story.get("mends", ())
            ],
        }  # fmt: skip

    @expose("/import/batch/<int:batch_id>/refused")
    @page("import")
    def import_refused(self, batch_id: int) -> Any:
        """The workbook of the rows that were not imported."""
        batch = self.own_batch(batch_id)
        stored = self.session.get(StoredFile, batch.rejected_file_id) if batch.rejected_file_id else None
        if stored is None:
            raise RuleError(N_("This file is not kept any more"), code="missing")
        return send_stored(files.store_of(self.session), stored, workbooks.refused_name(batch.file_name))

    @expose("/import/batch/<int:batch_id>/undo", methods=["POST"])
    @page("import")
    def import_undo(self, batch_id: int) -> Any:
        """Take an import back, except records touched since; those are listed."""
        done = import_undo.undo(self.session, self.own_batch(batch_id).id)
        message = told_back(done.removed, done.restored, len(done.kept))
        left = [
            {"id": key, "message": _("%(title)s: in use or changed since") % {"title": title}}
            for key, title in done.kept[:200]
        ]
        return jsonify({"ok": True, "message": message, "errors": left})


def told_back(removed: int, restored: int, kept: int) -> str:
    """What an undo did, in words."""
    words = _("%(removed)s removed, %(restored)s restored, %(kept)s left because they are in use or changed since")
    return words % {"removed": removed, "restored": restored, "kept": kept}


def example(text: str, row: int | None = None) -> str:
    """One place of several; of imports of before the row is not known."""
    return text if row is None else _("Row %(row)s %(text)s") % {"row": row, "text": text}
