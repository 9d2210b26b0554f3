"""What may be looked at and taken along of filings on their way (A-3.3.6.1-03): their files, packages, the list."""

from collections import defaultdict
from typing import Any

from flask import request
from flask_appbuilder import BaseView, expose
from sqlalchemy import or_, select

from app.console.download import send_stored, sent_archive
from app.console.guard import actor, page
from app.console.kinds import fits, like
from app.console.render import respond
from app.extensions import db
from app.rules import efiling
from app.rules.case import FilingMethod
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.filing import FilingStatus
from app.services import dispatch, files, records
from app.services.today import today
from app.texts import gettext as _
from models.case import Case
from models.filing import Filing, FilingDocument
from models.system import StoredFile
from views.dispatch import KEY, DispatchView, back_url, office_name

#: Filings a search by hand offers.
OFFERED = 8


def asked_ids() -> list[int]:
    """The filings an address names: ids=1,2,3, or ids=all with the query of the list."""
    wanted = request.args.get("ids", "")
    chosen: Any = "all" if wanted == "all" else [one for one in wanted.split(",") if one]
    return DispatchView.instance().chosen_ids({"ids": chosen, "query": request.args.get("query", "")})


def check_documents() -> None:
    """Documents are for who may read documents. Raises RuleError (forbidden)."""
    if not actor().may("read", "filing_document"):
        raise RuleError(N_("You have no right to do this"), code="forbidden")


class DispatchFiles(BaseView):
    """Reading pages beside the list of the dispatch."""

    route_base = f"/app/{KEY}"
    default_view = "print_list"
    class_permission_name = KEY
    base_permissions: list[str] = []
    key = KEY

    @expose("/files")
    @page("read")
    def files(self) -> Any:
        """导出文件: the documents of the chosen filings, in a folder for each case."""
        check_documents()
        ids = asked_ids()
        return sent_archive(lambda target: efiling.write_files(target, dispatch.files_of(db.session, ids)),
                            _("Files of dispatch") + f"_{today():%Y%m%d}.zip")  # fmt: skip

    @expose("/print")
    @page("read")
    def print_list(self) -> Any:
        """打印送案清单: grouped by office, with counts to check the stack against."""
        found = dispatch.filings(db.session, asked_ids())
        groups: dict[str, list[Filing]] = defaultdict(list)
        for filing in found:
            groups[office_name(filing.office)].append(filing)
        paper = any(f.method is FilingMethod.PAPER for f in found)
        shown = [
            {"office": office, "rows": [printed(f) for f in sorted(rows, key=lambda f: f.case.our_ref)],
             "documents": sum(len(f.documents) for f in rows), "pages": pages_of(rows)}
            for office, rows in sorted(groups.items())
        ]  # fmt: skip
        context = {
            "title": _("Dispatch list"), "groups": shown, "count": len(found), "day": today().isoformat(),
            "documents": sum(len(f.documents) for f in found), "pages": pages_of(found), "back_url": back_url(paper),
        }  # fmt: skip
        return respond("dispatch/print.html", page=context)

    @expose("/file/<int:document_id>")
    @page("read")
    def document(self, document_id: int) -> Any:
        """One document, shown where the browser can."""
        check_documents()
        document = records.find(db.session, FilingDocument, document_id)
        filing = DispatchView.instance().find_any(document.filing_id)
        ending, version = dispatch.ending_of(document), dispatch.version_of(document)
        name = files.clean_name(f"{filing.case.our_ref}_{document.name}{ending}")
        stored = db.session.get(StoredFile, version.file_id) if version else None
        if stored is not None:
            return send_stored(files.store_of(db.session), stored, name, show=True)
        if not ending:
            raise RuleError(N_("This file is not kept any more"), code="missing")
        content = dispatch.content_of(db.session, document)
        return sent_archive(lambda target: target.write(content), name)

    @expose("/<int:record_id>/package")
    @page("read")
    def package(self, record_id: int) -> Any:
        """The package a filing was exported in."""
        check_documents()
        filing = DispatchView.instance().find_any(record_id)
        stored = db.session.get(StoredFile, filing.package_id) if filing.package_id else None
        if stored is None:
            raise RuleError(N_("This filing was not exported yet"), code="missing")
        dispatch.check_package(db.session, stored)
        return send_stored(files.store_of(db.session), stored, _("Package") + f"_{filing.exported_on:%Y%m%d}.zip")

    @expose("/waiting")
    @page("read")
    def waiting(self) -> Any:
        """Electronic filings that wait for their acknowledgement, for matching by hand."""
        typed = request.args.get("q", "").strip()
        query = select(Filing.id, Case.our_ref, Case.title, Filing.filing_no).join(Case, Case.id == Filing.case_id)
        query = query.where(Filing.status == FilingStatus.DISPATCHED, Filing.method.in_(dispatch.ELECTRONIC))
        if typed:
            pattern = f"%{like(typed)}%"
            query = query.where(or_(*(fits(c, pattern) for c in (Case.our_ref, Case.title, Filing.filing_no))))
        rows = db.session.execute(query.order_by(Case.our_ref, Filing.id).limit(OFFERED + 1)).all()
        results = [{"id": key, "text": f"{ref}　{number}", "note": title or ""} for key, ref, title, number in rows]
        return {"results": results[:OFFERED], "more": len(rows) > OFFERED, "new_url": None}


def printed(filing: Filing) -> dict[str, Any]:
    """A line of the dispatch list."""
    case = filing.case
    return {
        "our_ref": case.our_ref, "title": case.title, "app_no": case.app_no, "name": filing.name,
        "kind": _(filing.kind.label), "type": _(case.patent_type.label) if case.patent_type else "",
        "handler": filing.handler.first_name if filing.handler else "", "voucher_no": filing.voucher_no,
        "documents": [
            _("%(name)s (%(pages)s p.)", name=d.name, pages=d.pages) if d.pages else d.name for d in filing.documents
        ],
        "pages": pages_of([filing]),
    }  # fmt: skip


def pages_of(filings: list[Filing]) -> int:
    """How many pages some filings have together, as far as known."""
    return sum(d.pages or 0 for f in filings for d in f.documents)
