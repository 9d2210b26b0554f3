"""交局官文特殊修改 (A-3.3.7): filings that were sent and whose documents are changed once more."""

from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import BaseView, expose

from app.console import Console, Section
from app.console.guard import STATUS, actor, page, say
from app.console.render import respond
from app.extensions import db
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.filing import SpecialEdit
from app.services import special_edit
from app.services.special_edit import Change
from app.texts import gettext as _
from models.filing import Filing
from views.dispatch import described, folder_url, office_name
from views.filing import FilingView

KEY = "special_edit"
URL = f"/app/{KEY}/"


class SpecialEditView(Console, model=Filing):
    key = KEY
    title = N_("Special edit of filed documents")
    icon = "pencil"
    read_only = True
    list_columns = ["case.our_ref", "case.title", "method", "kind", "name", "case.patent_type",
                    "case.client.short_name", "office", "handler", "sent_on", "exported_on"]  # fmt: skip
    query_columns = ["method", "case.our_ref", "case.app_no", "case.client.short_name", "case.title", "kind",
                     "handler", "sent_on"]  # fmt: skip
    form = [Section(N_("Filing"), "method", "office", "sent_on", "remark")]
    help = N_("Filings that were sent come here by “Move to special edit” in the dispatch.")

    @classmethod
    def permissions(cls) -> dict[str, str]:
        """Its steps are rights on filings."""
        return {name: label for name, label in super().permissions().items() if name in ("read", "export")}

    def base_condition(self) -> Any:
        """What is being edited."""
        return Filing.special_edit == SpecialEdit.EDITING

    def open_to(self, who: Any, name: str) -> bool:
        """What is hidden of filings is hidden here too."""
        return super().open_to(who, name) and FilingView.instance().open_to(who, name)

    def verbs(self) -> list[dict[str, Any]]:
        """【特殊修改】 and 【电子案卷夹】."""
        made = []
        if actor().may("finish_special_edit", "filing"):
            made.append(self.button("edit", _("Special edit"), icon="pencil", needs="one", primary=True, link=True,
                                    url=f"{URL}{{id}}"))  # fmt: skip
        if actor().may("read", "case_folder"):
            made.append(self.button("folder", _("Electronic case folder"), icon="folder-open", needs="one", link=True,
                                    url=f"{URL}{{id}}/folder"))  # fmt: skip
        return made

    @expose("/<int:record_id>")
    @page("read")
    def detail(self, record_id: int) -> Any:
        """The documents, to be changed."""
        return edit_page(special_edit.edited(self.session, self.find(record_id).id))

    @expose("/<int:record_id>/folder")
    @page("read")
    def folder(self, record_id: int) -> Any:
        """The electronic case folder of the filing's case."""
        return redirect(folder_url(self.find(record_id)) or URL)


class SpecialEditPages(BaseView):
    """Its end."""

    route_base = f"/app/{KEY}"
    default_view = "finish"
    class_permission_name = "filing"
    base_permissions: list[str] = []
    key = "filing"

    @expose("/<int:record_id>/finish", methods=["POST"])
    @page("finish_special_edit")
    def finish(self, record_id: int) -> Any:
        """完成质检: saves the changes and gives the filing back."""
        filing = special_edit.edited(db.session, record_id)
        version = request.form.get("version", type=int) or 0
        added = [(f.filename or "", f.stream) for f in request.files.getlist("added") if f.filename]
        try:
            special_edit.finish(db.session, record_id, version, asked_changes(filing), added)
        except RuleError as error:
            db.session.rollback()
            return edit_page(special_edit.edited(db.session, record_id), error)
        flash(_("%(filing)s is back in the dispatch to the Office", filing=filing.case.our_ref), "success")
        return redirect(URL, 303)


def asked_changes(filing: Filing) -> dict[int, Change]:
    """What the form says of each document."""
    made = {}
    for document in filing.documents:
        key, file = document.id, request.files.get(f"{document.id}-file")
        upload = (file.filename, file.stream) if file is not None and file.filename else None
        made[key] = Change(request.form.get(f"{key}-name", document.name), upload, bool(request.form.get(f"{key}-out")))
    return made


def edit_page(filing: Filing, error: RuleError | None = None) -> Any:
    """The documents of a filing as a form; what was typed stays where it was refused."""
    case, form = filing.case, request.form if error else {}
    documents = [
        described(filing, d) | {
            "value": form.get(f"{d.id}-name", d.name), "out": bool(form.get(f"{d.id}-out")),
            "error": say(error) if error and error.field == f"{d.id}-name" else None,
        }
        for d in filing.documents
    ]  # fmt: skip
    shown = any(d["error"] for d in documents)
    context = {
        "title": case.our_ref, "subtitle": case.title, "back_url": URL, "action": f"{URL}{filing.id}/finish",
        "version": filing.version, "documents": documents, "office": office_name(filing.office),
        "method": _(filing.method.label), "sent_on": filing.sent_on, "filing_no": filing.filing_no,
        "problem": say(error) if error and not shown else None, "folder_url": folder_url(filing),
        "may": actor().may("finish_special_edit", "filing"),
    }  # fmt: skip
    return respond("dispatch/special_edit.html", page=context, status=STATUS.get(error.code, 422) if error else 200)
