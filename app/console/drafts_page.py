"""Drafts of forms: kept while one types, offered when the form is opened again, gone once it is saved or discarded."""

from collections.abc import Callable
from typing import Any

from flask import g, jsonify, request
from flask_appbuilder import expose
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.console.columns import CUSTOM
from app.console.guard import actor, page, sent
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import drafts, records
from app.services.today import local, stamp
from app.texts import gettext as _

#: Kinds of controls of which nothing is ever kept.
SECRET = {"password", "file"}


class DraftPages:
    """Routes of drafts; mixed into `FormPages`. A draft belongs to who typed it; nobody else is ever shown it."""

    @expose("/draft", methods=["POST"])
    @page("add")
    def new_draft(self) -> Any:
        """Keep or discard what is typed into the form of a new record."""
        return self.take_draft(None)

    @expose("/<int:record_id>/draft", methods=["POST"])
    @page("edit")
    def record_draft(self, record_id: int) -> Any:
        """Keep or discard what is typed into the form of a record."""
        return self.take_draft(self.find(record_id))

    def take_draft(self, record: Any) -> Any:
        """{values: [[control, text]], version} keeps; {discard: true} forgets."""
        return take(self.session, self.key, record, self.may_keep)

    def may_keep(self, control: str) -> bool:
        """Whether a control is one of the form's that its user may write, and holds no secret."""
        head = control.split("-")[0]
        grid = next((grid for grid in self.grids() if grid.key == head), None)
        if grid is not None:
            return self.writable_to(actor(), grid.name)
        if control.startswith("_"):
            return control == "_reason"
        own = control in self.form_fields() or (control.startswith(CUSTOM) and control[len(CUSTOM) :] in self.custom())
        return own and self.writable_to(actor(), control) and self.columns()[control].field.kind not in SECRET

    def draft_url(self, record: Any) -> str:
        """Where what is typed is sent."""
        return f"{self.base_url()}{record.id}/draft" if record is not None else f"{self.base_url()}draft"

    def drop_draft(self, record_id: int | None) -> None:
        """The form was saved: nothing is left to restore."""
        drafts.drop(self.session, g.actor.id, self.key, record_id or drafts.NEW)

    def offered_draft(self, record: Any) -> dict[str, Any] | None:
        """The draft of this form for the bar above it."""
        return offered(self.session, self.key, record)


def take(session: Session, key: str, record: Any, may_keep: Callable[[str], bool]) -> Any:
    """Keep what a page's script sent as a draft of a form, as far as its controls may be kept, or forget it."""
    body, number = sent(), record.id if record is not None else drafts.NEW
    if body.get("discard"):
        drafts.drop(session, g.actor.id, key, number)
        return jsonify({"ok": True})
    version, pairs = body.get("version"), body.get("values")
    if not isinstance(pairs, list) or not all(map(is_pair, pairs)):
        raise RuleError(N_("The form is incomplete; load it again"))
    kept = [(name, text) for name, text in pairs if may_keep(name)]
    version = version if type(version) is int else None
    at = drafts.keep(session, g.actor.id, key, number, kept, version)
    return jsonify({"ok": True, "at": local(at).strftime("%H:%M")})


def offered(session: Session, key: str, record: Any) -> dict[str, Any] | None:
    """The draft of a form for the bar above it; with `draft` in the address what was typed is put back.

    Who changed the record since, the bar says; the version it began with leads to the question whose values hold.
    """
    draft = drafts.of(session, g.actor.id, key, record.id if record is not None else drafts.NEW)
    if draft is None:
        return None
    shown: dict[str, Any] = {"at": stamp(draft.at), "restored": bool(request.args.get("draft")), "who": ""}
    shown["restore_url"] = f"{request.path}?draft=1"
    shown["version"] = None
    if record is not None:
        shown["version"] = draft.version or record.version
        if shown["version"] != record.version:
            stale = records.stale(session, record, shown["version"])
            shown |= {"who": stale.who or _("System"), "changed_at": stamp(stale.when) if stale.when else ""}
    if shown["restored"]:
        g.restored = MultiDict(draft.pairs)
    return shown


def is_pair(value: Any) -> bool:
    """Whether this is [control, text]."""
    return isinstance(value, list) and len(value) == 2 and all(isinstance(text, str) for text in value)
