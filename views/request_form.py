"""Forms for the Office on a page of fields (A-3.2.1.5.1-02, A-3.2.1.7): written, checked, printed, applied."""

from typing import Any

from flask import Response, flash, g, redirect, request
from flask_appbuilder import BaseView, expose

from app.console import drafts_page
from app.console.forms_page import grid_indexes
from app.console.guard import actor, page, say
from app.console.render import respond
from app.extensions import db
from app.rules import request_form as rules
from app.rules.bibliographic_change import FEES, class_of
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.request_form import Field, Form, Rows, Section
from app.rules.request_form_catalog import CHANGE_FORM
from app.rules.request_form_check import Level
from app.services import documents, drafts, records, request_form
from app.services.records import Stale
from app.services.request_form import Opened
from app.texts import gettext as _
from models.filing import FilingDocument

KEY = "filing_document"
#: The drafts of these pages are not those of the table's own form.
DRAFTS = "request_form"
KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xml": "application/octet-stream",
}


class RequestFormView(BaseView):
    """The page of one form: whoever has its filing in hand writes, others who may see the filing read."""

    model = FilingDocument
    key = KEY
    route_base = f"/app/{KEY}"
    class_permission_name = KEY
    base_permissions: list[str] = []

    @expose("/<int:record_id>/form", methods=["GET"])
    @page("read")
    def form(self, record_id: int) -> Any:
        """The form with what is wrong with it."""
        now = opened(record_id)
        writing = documents.writable(db.session, now.document.filing)
        draft = drafts_page.offered(db.session, DRAFTS, now.document) if writing else None
        context: dict[str, Any] = {"draft": draft}
        if draft and draft["restored"]:
            now.content = fitting(now.form, read_form(now.form, g.restored))
            context["version"] = draft["version"]
        return respond("request_form/form.html", page=form_page(now) | context)

    @expose("/<int:record_id>/form/draft", methods=["POST"])
    @page("read")
    def draft(self, record_id: int) -> Any:
        """What is typed is kept for who types it, until it is saved or discarded."""
        now = opened(record_id)
        own = {key for key, _field in now.form.fields()} | {rows.name for rows in now.form.groups()}
        return drafts_page.take(db.session, DRAFTS, now.document, lambda control: control.partition("-")[0] in own)

    @expose("/<int:record_id>/form", methods=["POST"])
    @page("read")
    def save(self, record_id: int) -> Any:
        """Keep what was typed; a text that does not fit stands beside its field, and a stale form is told."""
        version, now = sent_version(), opened(record_id)
        typed = read_form(now.form, request.form)
        try:
            request_form.save(db.session, record_id, typed, version)
            drafts.drop(db.session, g.actor.id, DRAFTS, record_id)
        except Stale as stale:
            message = _("Changed by %(who)s meanwhile; load it again", who=stale.who)
            return self.refused(record_id, typed, {"": message}, 409)
        except RuleErrors as error:
            return self.refused(record_id, typed, {e.field or "": say(e) for e in error.errors}, 422)
        flash(_("Saved"), "success")
        return redirect(url_of(record_id), 303)

    def refused(self, record_id: int, typed: rules.Content, errors: dict[str, str], status: int) -> Any:
        """The form as it was typed, with what kept it from being saved."""
        db.session.rollback()
        now = opened(record_id)
        now.content = typed
        context = form_page(now, errors) | {"version": sent_version()}
        return respond("request_form/form.html", page=context, status=status)

    @expose("/<int:record_id>/form/again", methods=["POST"])
    @page("read")
    def again(self, record_id: int) -> Any:
        """【重新取自案卷】: the chosen differences."""
        return self.done(record_id, lambda version: (
            request_form.take_again(db.session, record_id, request.form.getlist("key"), version),
            _("Taken from the case"),
        )[1])  # fmt: skip

    @expose("/<int:record_id>/form/files", methods=["POST"])
    @page("read")
    def files(self, record_id: int) -> Any:
        """【生成文件】: Word and XML as new versions of the document."""

        def make(version: int) -> str:
            made = request_form.make_files(db.session, record_id, version)
            names = "、".join(f"{v.name}（v{v.number}）" for v in made)
            return _("Files made: %(names)s", names=names)

        return self.done(record_id, make)

    @expose("/<int:record_id>/form/apply", methods=["POST"])
    @page("read")
    def apply(self, record_id: int) -> Any:
        """【应用到案卷】: an acknowledged change of bibliographic data."""
        reason = request.form.get("reason", "")

        def carry(version: int) -> str:
            case = request_form.apply_to_case(db.session, record_id, reason, version)
            return _("Case %(ref)s changed", ref=case.our_ref)

        return self.done(record_id, carry)

    def done(self, record_id: int, verb: Any) -> Any:
        """Carry out a verb of the page and come back to it, or tell why not."""
        version = sent_version()
        try:
            message = verb(version)
        except Stale as stale:
            message = _("Changed by %(who)s meanwhile; load it again", who=stale.who)
            return self.told(record_id, {"": message}, 409)
        except RuleErrors as error:
            return self.told(record_id, {e.field or "": say(e) for e in error.errors}, 422)
        flash(message, "success")
        return redirect(url_of(record_id), 303)

    def told(self, record_id: int, errors: dict[str, str], status: int) -> Any:
        """The page as it is saved, with what kept a verb from being carried out."""
        db.session.rollback()
        return respond("request_form/form.html", page=form_page(opened(record_id), errors), status=status)

    @expose("/<int:record_id>/form/preview")
    @page("read")
    def preview(self, record_id: int) -> Any:
        """The form as it is printed."""
        now = opened(record_id)
        content = rules.submitted(now.form, now.content)
        return respond("request_form/preview.html", page={
            "title": now.form.name, "code": now.form.code, "subtitle": now.document.filing.case.our_ref,
            "back_url": url_of(record_id), "url": url_of(record_id),
            "sections": [paper(s, content) for s in rules.printed(now.form, content)],
        })  # fmt: skip

    @expose("/<int:record_id>/form/file/<kind>")
    @page("read")
    def file(self, record_id: int, kind: str) -> Any:
        """The form as it is saved, as a Word or XML file."""
        if kind not in KINDS:
            raise RuleError(N_("This page does not exist or is not open to you"), code="missing")
        now = opened(record_id)
        content = now.docx() if kind == "docx" else now.xml()
        name = f"{now.document.filing.case.our_ref}-{now.form.name}.{kind}"
        response = Response(content, mimetype=KINDS[kind])
        response.headers.set("Content-Disposition", "attachment", filename=name)
        response.headers["Cache-Control"] = "private, no-store"
        return response


def url_of(record_id: int) -> str:
    """The address of a form."""
    return f"/app/{KEY}/{record_id}/form"


def opened(record_id: int) -> Opened:
    """The form of a document, if the actor may see it. Raises RuleError (missing)."""
    return Opened(db.session, records.find(db.session, FilingDocument, record_id))


def sent_version() -> int:
    """The version the page was made of. Raises RuleError where none was sent."""
    version = request.form.get("version", type=int)
    if version is None:
        raise RuleError(N_("The form is incomplete; load it again"))
    return version


def fitting(form: Form, typed: rules.Content) -> rules.Content:
    """What was typed as it would be kept; as it stands where it does not fit."""
    try:
        return rules.normalise(form, typed)
    except RuleErrors:
        return typed


def read_form(form: Form, sent: Any) -> rules.Content:
    """What was typed, field by field and row by row in their order."""
    typed: rules.Content = {key: sent.get(key, "") for key, _field in form.fields()}
    for rows in form.groups():
        found = []
        for index in grid_indexes(rows.name, sent):
            at = f"{rows.name}-{index}-"
            place = sent.get(at + "sort", default=index, type=int)
            found.append((place, {f.name: sent.get(at + f.name, "") for f in rows.fields}))
        typed[rows.name] = [row for _place, row in sorted(found, key=lambda pair: pair[0])]
    return typed


def form_page(now: Opened, errors: dict[str, str] | None = None) -> dict[str, Any]:
    """All that the page shows."""
    filing = now.document.filing
    writing = documents.writable(db.session, filing)
    drawn = Drawing(now, writing, errors or {})
    problems = now.problems()
    pending = request_form.pending(db.session, now.document) if actor().may("edit", "case") else []
    return {
        "title": now.form.name, "subtitle": f"{filing.case.our_ref}　{filing.case.title}", "key": KEY,
        "url": url_of(now.document.id), "back_url": f"/app/filing/{filing.id}/work?document={now.document.id}",
        "version": now.document.version,
        "states": [{"label": _(filing.status.label), "colour": filing.status.colour}],
        "saved": now.saved, "writing": writing, "outdated": request_form.outdated(now.document),
        "errors": [m for f, m in drawn.errors.items() if f not in drawn.placed],
        "sections": [drawn.section(i, s) for i, s in enumerate(now.form.sections)],
        "problems": [{"field": p.field, "message": say(p.error), "level": p.level.name, "label": _(p.level.label)}
                     for p in problems],
        "counts": {level.name: sum(p.level is level for p in problems) for level in Level},
        "levels": {level.name: _(level.label) for level in Level},
        "differences": now.differences() if writing else [],
        "pending": [{"name": c.item.name, "before": c.before, "now": c.now, "after": c.after, "odd": c.surprising}
                    for c in pending],
        "case_version": filing.case.version, "fees": fee_notes(now) if now.form.code == CHANGE_FORM else [],
        "changed": len(drawn.by_hand),
    }  # fmt: skip


def fee_notes(now: Opened) -> list[dict[str, Any]]:
    """What each class of change costs, and whether this form holds any of it (A-3.2.1.7-01)."""
    items, held = request_form.fees_of(db.session), class_of(now.content)
    notes = []
    for kind in FEES:
        item = items.get(kind)
        ended = item is not None and item.effective_to is not None and item.effective_to < now.moment.today
        notes.append({"label": _(kind.label), "held": kind in held, "item": item, "ended": ended})
    return notes


class Drawing:
    """The controls of a form, each with where its value comes from and what is wrong with it."""

    def __init__(self, now: Opened, writing: bool, errors: dict[str, str]):
        self.now, self.writing, self.errors, self.placed = now, writing, errors, set[str]()
        self.by_hand = rules.by_hand(now.form, now.content, now.taken)

    def section(self, index: int, section: Section) -> dict[str, Any]:
        """A section with its fields, and its rows as a grid or as blocks."""
        rows = section.rows
        made: dict[str, Any] = {
            "id": f"s{index}", "label": section.caption, "note": _(section.note) if section.note else "",
            "fields": [self.field(f, section.key(f), self.now.content[section.key(f)]) for f in section.fields],
            "grid": None, "blocks": None,
        }  # fmt: skip
        told = {f.source for f in section.fields if f.fill}
        if len(told) == 1:  # once, at the heading
            made["fields"] = [f | {"source": ""} for f in made["fields"]]
        heading = dict.fromkeys([*(told if len(told) == 1 else ()), *([rows.source] if rows and rows.source else [])])
        made["source"] = "、".join(_(source) for source in heading)
        if rows:
            made["blocks" if rows.wide else "grid"] = self.blocks(rows) if rows.wide else self.grid(rows)
            made["changed"] = sum(1 for key in self.by_hand if key.partition("-")[0] == rows.name)
        return made

    def field(self, field: Field, key: str, value: Any) -> dict[str, Any]:
        """One control."""
        self.placed.add(key)
        changed = key in self.by_hand
        return {
            "name": key, "id": f"f-{key}", "label": field.caption, "kind": field.kind, "value": value, "display": "",
            "required": field.required, "readonly": not self.writing, "error": self.errors.get(key),
            "choices": [{"code": o, "label": o} for o in field.options], "maxlength": maxlength(field), "lines": 4,
            "wide": field.kind in ("flag", "long_text") or field.length > 200, "attrs": {}, "unit": None,
            "source": _(field.source) if field.source and field.fill else "", "changed": changed,
            "in_case": rules.shown(self.by_hand[key] or "") if changed else "",
        }  # fmt: skip

    def blocks(self, rows: Rows) -> dict[str, Any]:
        """Rows as a block of fields each, and an empty one to be added."""
        there = self.now.content[rows.name]

        def block(index: int | str, row: dict[str, Any]) -> list[dict[str, Any]]:
            keys = {f: f"{rows.name}-{index}-{f.name}" for f in rows.fields}
            return [self.field(f, key, row.get(f.name, "")) | {"source": ""} for f, key in keys.items()]

        return {"name": rows.name, "rows": [block(i, r) for i, r in enumerate(there or [{}])],
                "blank": block("__i__", {})}  # fmt: skip

    def grid(self, rows: Rows) -> dict[str, Any]:
        """Rows as lines of a table, drawn by the engine's grid."""
        lines = []
        for index, row in enumerate(self.now.content[rows.name]):
            cells = {}
            for f in rows.fields:
                key = f"{rows.name}-{index}-{f.name}"
                self.placed.add(key)
                cells[f.name] = {"value": row.get(f.name, ""), "error": self.errors.get(key)}
            lines.append({"id": None, "index": index, "values": cells, "error": None})
        heads = [self.field(f, f.name, "") | {"error": None, "width": WIDTHS.get(f.kind)} for f in rows.fields]
        return {"name": rows.name, "label": rows.name, "rows": lines, "columns": heads, "can_add": self.writing,
                "can_delete": self.writing, "sortable": self.writing}  # fmt: skip


#: Widths of the columns of grids whose content is short.
WIDTHS = {"date": 120, "flag": 92, "integer": 110}


def maxlength(field: Field) -> int | None:
    """How many characters a control takes."""
    return None if field.kind in ("flag", "choice") else rules.MOST_TEXT if field.kind == "long_text" else field.length


def paper(section: Section, content: rules.Content) -> dict[str, Any]:
    """A section as it is printed."""
    values = [(f, content.get(section.key(f))) for f in section.fields]
    rows = section.rows
    lines = content.get(rows.name, []) if rows else []
    columns = [f for f in rows.fields if any(line.get(f.name) for line in lines)] if rows else []
    return {
        "label": section.caption, "name": rows.name if rows else "", "wide": bool(rows and rows.wide),
        "fields": [{"label": f.caption, "value": rules.shown(v or "")} for f, v in values
                   if f.kind != "flag" and (v or f.required)],
        "ticks": [{"label": f.caption, "value": rules.shown(bool(v))} for f, v in values if f.kind == "flag" and v],
        "columns": [f.caption for f in columns],
        "lines": [[{"label": f.caption, "value": rules.shown(line[f.name])} for f in columns] for line in lines],
    }  # fmt: skip
