"""The documents of a filing and their versions: tab 递交文件, preview, comparison (A-3.2.1.5.1)."""

from typing import Any

from flask import jsonify, request
from flask_appbuilder import expose
from sqlalchemy import select

from app.console import Console, Section
from app.console.download import send_stored
from app.console.guard import page, sent
from app.console.kinds import is_whole
from app.console.render import respond
from app.rules.application_number import PatentType
from app.rules.case import CaseType
from app.rules.choice import N_
from app.rules.documents import IMPORTABLE, PICTURES, compare, ending_of
from app.rules.errors import RuleError
from app.rules.filing import DocumentPart, FilingKind
from app.rules.normalize import parse_integer
from app.services import document_text, documents, files, records, request_form
from app.services.today import stamp
from app.texts import gettext as _
from models.filing import DocumentVersion, Filing, FilingDocument
from models.organization import User
from models.system import StoredFile

URL = "/app/filing_document"
#: More paragraphs of a document are not shown in a preview.
SHOWN = 2_000


class DocumentRoutes:
    """What is done with the documents of a filing; mixed into its view."""

    def documents_part(self, filing: Filing) -> dict[str, Any]:
        """The tab: the list, and beside it the document that is chosen."""
        newest = self.newest_versions(filing)
        shown = [document_line(d, newest.get(d.id)) for d in filing.documents]
        chosen = request.args.get("document", type=int)
        document = next((d for d in filing.documents if d.id == chosen), next(iter(filing.documents), None))
        case = filing.case
        return {
            "url": f"/app/filing/{filing.id}", "documents": shown, "writable": documents.writable(self.session, filing),
            "chosen": self.document_pane(document) if document is not None else None,
            "begins": filing.kind is FilingKind.NEW_APPLICATION, "accept": ",".join(IMPORTABLE),
            "patent_types": options(PatentType, case.patent_type), "case_types": options(CaseType, case.case_type),
        }  # fmt: skip

    def newest_versions(self, filing: Filing) -> dict[int, Any]:
        """{document: its newest version with who made it}, in one statement."""
        rows = self.session.execute(versions_query().where(FilingDocument.filing_id == filing.id)).all()
        return {row.DocumentVersion.document_id: row for row in reversed(rows)}

    def document_pane(self, document: FilingDocument) -> dict[str, Any]:
        """One document: its preview, its versions, its way to the page on which it is written."""
        rows = self.session.execute(versions_query().where(FilingDocument.id == document.id)).all()
        wanted = request.args.get("version", type=int)
        row = next((r for r in rows if r.DocumentVersion.number == wanted), rows[0] if rows else None)
        around = [d.id for d in document.filing.documents]
        place = around.index(document.id)
        return {
            "id": document.id, "name": document.name, "part": _(document.part.label), "pages": document.pages,
            "claims": document.claims, "remark": document.remark or "",
            "has_claims": document.part is DocumentPart.CLAIMS, "form_url": form_url(document),
            "written": bool(document.content),
            "before": around[place - 1] if place else None,
            "after": around[place + 1] if place + 1 < len(around) else None,
            "versions": [version_line(r, newest=r is rows[0]) for r in rows],
            "shown": self.preview_of(row) if row is not None else None,
        }  # fmt: skip

    def preview_of(self, row: Any) -> dict[str, Any]:
        """How a version is shown: as a picture, in a frame, as text, or only to be downloaded."""
        version, ending = row.DocumentVersion, ending_of(row.DocumentVersion.name)
        url = f"{URL}/{version.document_id}/file/{version.number}"
        made = {"number": version.number, "name": version.name, "url": url, "kind": "none", "lines": [], "error": ""}
        if ending in PICTURES:
            return made | {"kind": "picture"}
        if ending == ".pdf":
            return made | {"kind": "frame"}
        if document_text.readable(version.name):
            try:
                text = document_text.text_of(self.session, row.StoredFile, version.name)
            except RuleError as error:
                return made | {"error": _(error.message) % error.params}
            return made | {"kind": "text", "lines": text.splitlines()[:SHOWN]}
        return made

    @expose("/<int:record_id>/documents/begin", methods=["POST"])
    @page("edit")
    def begin_documents(self, record_id: int) -> Any:
        """【进入撰写】: {patent_type, case_type} → the parts in their order; the first one is opened."""
        body = sent()
        patent_type, case_type = (choice_of(c, body.get(n), n) for n, c in KINDS.items())
        made = documents.begin(self.session, record_id, patent_type, case_type)
        return jsonify({"ok": True, "document": made[0].id, "url": form_url(made[0])})

    @expose("/<int:record_id>/documents/add", methods=["POST"])
    @page("edit")
    def add_document(self, record_id: int) -> Any:
        """【新增文件】: {name, document_type}."""
        body = sent()
        kind = str(body.get("document_type") or "")
        key = parse_integer(kind, field="document_type") if kind else None
        made = documents.add(self.session, record_id, str(body.get("name") or ""), key)
        return jsonify({"ok": True, "document": made.id, "url": form_url(made)})

    @expose("/<int:record_id>/documents/import", methods=["POST"])
    @page("edit")
    def import_documents(self, record_id: int) -> Any:
        """【导入】: files, for one document (?document=) or for those their names speak of."""
        made = documents.import_files(
            self.session, record_id, uploads(), document_id=request.args.get("document", type=int),
            note=request.form.get("note", ""),
        )  # fmt: skip
        return jsonify({"ok": True, "document": made[0].document_id, "count": len(made)})

    @expose("/<int:record_id>/documents/order", methods=["POST"])
    @page("edit")
    def order_documents(self, record_id: int) -> Any:
        """Put them in order: {ids}."""
        ids = sent().get("ids")
        if not isinstance(ids, list) or not all(is_whole(str(i)) for i in ids):
            raise RuleError(N_("The form is incomplete; load it again"))
        documents.reorder(self.session, record_id, [int(i) for i in ids])
        return jsonify({"ok": True})

    @expose("/<int:record_id>/documents/<int:document_id>/<any(describe, remove, restore):deed>", methods=["POST"])
    @page("edit")
    def change_document(self, record_id: int, document_id: int, deed: str) -> Any:
        """Rename and count (describe), take off (remove), bring an old version back (restore: {number})."""
        one = records.find(self.session, FilingDocument, document_id)
        if one.filing_id != record_id:
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        body = sent()
        if deed == "restore":
            documents.restore(self.session, document_id, parse_integer(str(body.get("number") or 0)))
        elif deed == "remove":
            documents.remove(self.session, document_id)
        else:
            view = FilingDocumentView.instance()
            given: dict[str, Any] = {n: body[n] for n in ("name", "pages", "claims", "remark") if n in body}
            documents.describe(self.session, document_id, view.read_values(given))
        return jsonify({"ok": True, "message": _("Done")})

    @expose("/<int:record_id>/preview")
    @page("read")
    def preview(self, record_id: int) -> Any:
        """【预览】: everything that is to be handed in, one after the other."""
        filing = records.find(self.session, Filing, record_id)
        newest = self.newest_versions(filing)
        shown = [
            document_line(d, newest.get(d.id)) | {"shown": self.preview_of(newest[d.id]) if d.id in newest else None}
            for d in filing.documents
        ]
        title = _("Preview of %(case)s", case=filing.case.our_ref)
        return respond("filing/preview.html", page={
            "title": title, "documents": shown, "back_url": f"/app/filing/{record_id}/work", "name": filing.case.title,
        })  # fmt: skip


class FilingDocumentView(Console, model=FilingDocument):
    title = N_("Documents of filings")
    icon = "file-text"
    read_only = True
    list_columns = ["filing", "filing.case", "part", "name", "origin", "pages"]
    query_columns = ["filing", "part", "name", "origin"]
    form = [Section(N_("Document of the filing"), "filing", "part", "name", "document_type", "origin", "pages",
                    "claims", "remark")]  # fmt: skip

    @expose("/<int:record_id>/file/<int:number>")
    @page("read")
    def file(self, record_id: int, number: int) -> Any:
        """The file of a version, shown in the browser with ?show=1 where that is harmless."""
        document = records.find(self.session, FilingDocument, record_id)
        version = documents.version_of(self.session, document, number)
        stored = self.session.get(StoredFile, version.file_id)
        show = bool(request.args.get("show"))
        return send_stored(files.store_of(self.session), stored, version.name, show=show)

    @expose("/<int:record_id>/compare")
    @page("read")
    def compare(self, record_id: int) -> Any:
        """Two versions side by side, word by word; what has no text that can be read here says so."""
        document = records.find(self.session, FilingDocument, record_id)
        asked = [request.args.get(name, type=int) for name in ("old", "new")]
        pair = [documents.version_of(self.session, document, number) for number in asked]
        context: dict[str, Any] = {"pairs": [], "error": "", "changed": 0}
        try:
            texts = [document_text.text_of(self.session, self.session.get(StoredFile, v.file_id), v.name) for v in pair]
            context["pairs"] = compare(*texts)
            context["changed"] = sum(p.changed for p in context["pairs"])
        except RuleError as error:
            context["error"] = _(error.message) % error.params
        return respond("filing/compare.html", page=context | {
            "title": _("Compare versions"), "name": document.name,
            "heads": [_("Version %(number)s", number=v.number) + f"　{v.name}" for v in pair],
            "urls": [f"{URL}/{document.id}/file/{v.number}" for v in pair],
            "back_url": f"/app/filing/{document.filing_id}/work",
        })  # fmt: skip


KINDS: dict[str, type] = {"patent_type": PatentType, "case_type": CaseType}


def versions_query() -> Any:
    """Versions with their files and who made them, the newest first."""
    query = select(DocumentVersion, StoredFile, User.first_name.label("who"))
    query = query.join(FilingDocument, FilingDocument.id == DocumentVersion.document_id)
    query = query.join(StoredFile, StoredFile.id == DocumentVersion.file_id)
    return query.outerjoin(User, User.id == DocumentVersion.created_by_id).order_by(DocumentVersion.number.desc())


def document_line(document: FilingDocument, row: Any) -> dict[str, Any]:
    """One line of the list of documents."""
    version = row.DocumentVersion if row is not None else None
    return {
        "id": document.id, "name": document.name, "part": _(document.part.label), "pages": document.pages,
        "claims": document.claims, "number": version.number if version else None, "file": version.name if version
        else "", "who": row.who or "" if row is not None else "", "at": stamp(version.created_at) if version else "",
        "written": bool(document.content), "empty": version is None and not document.content,
    }  # fmt: skip


def version_line(row: Any, *, newest: bool) -> dict[str, Any]:
    """One line of the list of versions."""
    version = row.DocumentVersion
    return {
        "number": version.number, "name": version.name, "who": row.who or "", "at": stamp(version.created_at),
        "note": version.note or "", "newest": newest, "url": f"{URL}/{version.document_id}/file/{version.number}",
    }  # fmt: skip


def form_url(document: FilingDocument) -> str | None:
    """The page on which a form is written, where there is one for its kind."""
    return f"{URL}/{document.id}/form" if request_form.form_known(document) else None


def options(choices: type, chosen: Any) -> list[dict[str, Any]]:
    """A closed list as options."""
    return [{"code": c.name, "label": _(c.label), "selected": c is chosen} for c in choices]


def choice_of(choices: Any, code: Any, field: str) -> Any:
    """The member a script sent. Raises RuleError for anything else."""
    found = choices.find(str(code or ""))
    if found is None:
        raise RuleError(N_("Choose one from the list"), field=field)
    return found


def uploads() -> list[tuple[str, Any]]:
    """The files of a request."""
    return [(f.filename or "", f.stream) for f in request.files.getlist("file") if f.filename]
