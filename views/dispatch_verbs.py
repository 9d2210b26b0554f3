"""What is done with filings on their way (A-3.3.6): registered, exported, acknowledged. Rights of filings decide."""

from typing import Any

from flask import flash, jsonify, redirect, request
from flask_appbuilder import BaseView, expose

from app.console.guard import STATUS, mapping, page, say, sent
from app.console.render import respond
from app.extensions import db
from app.rules.case import FilingMethod
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.filing import FilingKind, FilingStatus
from app.rules.normalize import clean_text, parse_integer
from app.services import dispatch, dispatch_acknowledgements, dispatch_paper
from app.services.dispatch_acknowledgements import Match, MatchState
from app.services.dispatch_paper import Handed
from app.services.today import today
from app.texts import gettext as _
from models.filing import Filing
from views.dispatch import ELECTRONIC, KEY, PAPER, DispatchView, office_name
from views.dispatch_files import asked_ids

URL = f"/app/{KEY}/"


def chosen() -> tuple[list[int], dict[str, Any]]:
    """The filings a script names, and the inputs it sent."""
    body = sent()
    return DispatchView.instance().chosen_ids(body), mapping(body.get("inputs"))


class DispatchVerbs(BaseView):
    """The steps of the dispatch."""

    route_base = f"/app/{KEY}"
    default_view = "acknowledgements"
    class_permission_name = "filing"
    base_permissions: list[str] = []
    key = "filing"

    @expose("/register", methods=["POST"])
    @page("dispatch")
    def register(self) -> Any:
        """发文登记."""
        ids, inputs = chosen()
        count = dispatch_paper.register(db.session, ids, inputs)
        return jsonify({"ok": True, "message": _("%(count)s filings are “Sent” now", count=count)})

    @expose("/package", methods=["POST"])
    @page("dispatch")
    def export(self) -> Any:
        """导出送案包: the archive, or what each filing lacks."""
        ids, _inputs = chosen()
        lacks = dispatch.check_export(db.session, ids)
        if lacks:
            errors = [{"id": key, "message": "\n".join(map(say, why))} for key, why in lacks.items()]
            message = _("Nothing was exported: %(count)s filings lack what the Office demands", count=len(lacks))
            return jsonify({"ok": False, "errors": errors, "message": message})
        made = dispatch.export(db.session, ids)
        message = _("Packages of %(count)s filings exported", count=made.count)
        if made.again:
            message += _("; %(count)s of them had been exported or sent before", count=made.again)
        return jsonify({"ok": True, "message": message, "download": f"{URL}{ids[0]}/package"})

    @expose("/clear", methods=["POST"])
    @page("acknowledge")
    def clear(self) -> Any:
        """手动核销."""
        ids, inputs = chosen()
        count = dispatch.clear_by_hand(db.session, ids, inputs)
        return jsonify({"ok": True, "message": _("%(count)s filings are “Acknowledged” now", count=count)})

    @expose("/acknowledgement", methods=["GET", "POST"])
    @page("acknowledge")
    def acknowledgement(self) -> Any:
        """回执登记: what the dispatcher brought back, filing by filing."""
        found = dispatch.filings(db.session, asked_ids())
        for filing in found:
            dispatch.must_be(filing, (FilingStatus.DISPATCHED,), (FilingMethod.PAPER,))
        error = None
        if request.method == "POST":
            try:
                done, back = dispatch_paper.register_acknowledgements(db.session, [handed(f) for f in found])
                flash(told(done, back), "success")
                return redirect(f"{URL}?tab={PAPER}", 303)
            except RuleError as refused:
                error = refused
                db.session.rollback()
                found = dispatch.filings(db.session, asked_ids())
        context = {
            "title": _("Register acknowledgement"), "back_url": f"{URL}?tab={PAPER}", "action": request.full_path,
            "filings": [acknowledgement_form(f, error) for f in found],
            "problem": say(error) if error and not error.field else None,
        }  # fmt: skip
        return respond(
            "dispatch/acknowledgement.html", page=context, status=STATUS.get(error.code, 422) if error else 200
        )

    @expose("/acknowledgements", methods=["GET", "POST"])
    @page("acknowledge")
    def acknowledgements(self) -> Any:
        """导入电子回执: choose the file."""
        error = None
        if request.method == "POST":
            uploads = [(f.filename or "", f.stream) for f in request.files.getlist("file") if f.filename]
            try:
                if not uploads:
                    raise RuleError(N_("Choose a file"), field="file")
                stored = dispatch_acknowledgements.keep(db.session, uploads)
                return redirect(
                    f"{URL}acknowledgements/{stored.sha256}?name={'+'.join(n for n, _s in uploads)[:100]}", 303
                )
            except RuleError as refused:
                error = refused
        context = {"title": _("Import electronic acknowledgement"), "back_url": f"{URL}?tab={ELECTRONIC}",
                   "action": f"{URL}acknowledgements", "error": say(error) if error else None}  # fmt: skip
        return respond("dispatch/acknowledgements.html", page=context, status=422 if error else 200)

    @expose("/acknowledgements/<sha256>", methods=["GET", "POST"])
    @page("acknowledge")
    def preview(self, sha256: str) -> Any:
        """What an import would do; POST does it."""
        name = request.args.get("name") or "200105.zip"
        error, by_hand = None, {}
        if request.method == "POST":
            try:
                by_hand = matched_by_hand()
                done, before = dispatch_acknowledgements.import_acknowledgements(db.session, sha256, name, by_hand)
                if not done and not before:
                    raise RuleError(N_("Nothing was chosen to import"))
                flash(imported(done, before), "success")
                return redirect(f"{URL}?tab={ELECTRONIC}", 303)
            except RuleError as refused:
                error = refused
                db.session.rollback()
        _stored, found = dispatch_acknowledgements.acknowledgements_of(db.session, sha256)
        matches = dispatch_acknowledgements.match(db.session, found)
        for index, key in by_hand.items():
            if key is not None and index < len(matches) and matches[index].state is not MatchState.DONE:
                (filing,) = dispatch.filings(db.session, [key])
                matches[index] = dispatch_acknowledgements.matched(
                    filing, matches[index].acknowledgement, N_("By hand")
                )
        context = {
            "title": _("Import electronic acknowledgement"), "subtitle": name, "back_url": f"{URL}acknowledgements",
            "action": request.full_path, "error": say(error) if error else None,
            "rows": [match_row(i, m) for i, m in enumerate(matches)],
            "ready": sum(m.state is MatchState.READY for m in matches),
        }  # fmt: skip
        return respond("dispatch/preview.html", page=context, status=STATUS.get(error.code, 422) if error else 200)


def told(done: int, back: int) -> str:
    """What a registration of acknowledgements did."""
    parts = [_("%(count)s filings are “Acknowledged” now", count=done)] if done else []
    parts += [_("%(count)s filings were not handed in and are “Not sent” again", count=back)] if back else []
    return "；".join(parts)


def imported(done: int, before: int) -> str:
    """导入成功 (A-msg-07), with how many."""
    text = _("Import successful") + "：" + _("%(count)s filings are “Acknowledged” now", count=done)
    return text + ("；" + _("%(count)s acknowledgements had been imported before", count=before) if before else "")


def handed(filing: Filing) -> Handed:
    """What the form says of one filing."""
    form, key = request.form, filing.id
    names = ("received_on", "app_no", "filing_date", "acknowledgement_no")
    taken = frozenset(d.id for d in filing.documents if form.get(f"{key}-d{d.id}"))
    return Handed(key, {n: form.get(f"{key}-{n}", "") for n in names}, taken, form.get(f"{key}-outcome") == "back",
                  form.get(f"{key}-not_filed_reason", "").strip())  # fmt: skip


def acknowledgement_form(filing: Filing, error: RuleError | None) -> dict[str, Any]:
    """One filing of the form: its controls with what was typed, and its documents to be ticked off."""
    form, case, key = request.form, filing.case, filing.id
    again = request.method == "POST"
    new = filing.kind is FilingKind.NEW_APPLICATION

    def control(name: str, label: str, kind: str = "text", value: str = "", **more: Any) -> dict[str, Any]:
        field = f"{key}-{name}"
        wrong = say(error) if error is not None and error.field == field else None
        return {"name": field, "id": f"f-{field}", "label": _(label), "kind": kind, "error": wrong,
                "value": form.get(field, "") if again else value} | more  # fmt: skip

    controls = [control("received_on", N_("Received by the Office on"), "date", today().isoformat(), required=True)]
    if new and not case.app_no:
        controls.append(control("app_no", N_("Application no."), hint=_("If the Office gave it already")))
    if new and not case.filing_date:
        controls.append(control("filing_date", N_("Filing date"), "date"))
    controls.append(control("acknowledgement_no", N_("Acknowledgement no.")))
    return {
        "id": key, "our_ref": case.our_ref, "title": case.title, "filing_no": filing.filing_no,
        "office": office_name(filing.office), "voucher_no": filing.voucher_no, "sent_on": filing.sent_on,
        "fields": controls, "back": again and form.get(f"{key}-outcome") == "back",
        "reason": control("not_filed_reason", N_("Reason why not handed in"), wide=True),
        "documents": [
            {"name": d.name, "pages": d.pages, "field": f"{key}-d{d.id}",
             "taken": not again or bool(form.get(f"{key}-d{d.id}"))} for d in filing.documents
        ],
    }  # fmt: skip


def matched_by_hand() -> dict[int, int | None]:
    """{number of the acknowledgement: the filing chosen for it; None: left out}."""
    made: dict[int, int | None] = {}
    for name, value in request.form.items():
        if name.startswith("filing-") and value.strip():
            made[parse_integer(name.removeprefix("filing-"))] = parse_integer(value)
    shown = request.form.getlist("shown", type=int)
    kept = set(request.form.getlist("take", type=int))
    return made | {i: None for i in shown if i not in kept and i not in made}


def match_row(index: int, one: Match) -> dict[str, Any]:
    """A line of the preview."""
    told, filing = one.acknowledgement, one.filing
    return {
        "index": index, "number": told.number, "title": told.title, "submitter": told.submitter,
        "mark": told.our_ref or told.app_no, "app_no": told.app_no,
        "received_on": told.received_on,
        "source": told.source, "state": {"label": _(one.state.label), "colour": one.state.colour},
        "ready": one.state is MatchState.READY, "open": one.state in (MatchState.UNMATCHED, MatchState.REFUSED),
        "by": _(one.by) if one.by else "", "missing": one.difference.missing, "extra": one.difference.extra,
        "listed": len(told.files),
        "other_title": bool(filing and told.title and clean_text(told.title) != clean_text(filing.case.title)),
        "problem": say(one.problem) if one.problem else None,
        "filing": {"id": filing.id, "text": f"{filing.case.our_ref}　{filing.filing_no}", "title": filing.case.title}
        if filing else None,
    }  # fmt: skip
