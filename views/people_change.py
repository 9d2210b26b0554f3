"""批量变更主办 (A-3.2.2.3): whoever handles or brought many cases is changed at once, and the open work follows."""

from typing import Any

from app.console import Button
from app.console.guard import actor
from app.console.other_list import OtherList
from app.console.shell import PAGES
from app.rules.access import ACTIONS
from app.rules.choice import N_
from app.rules.normalize import parse_integer
from app.services import allocation
from app.texts import gettext as _
from models.case import Case
from views.case import CaseView

PAGES["people_change"] = {
    "read": ACTIONS["read"], "export": ACTIONS["export"], "change_people": N_("Change handlers and referrers in bulk"),
}  # fmt: skip


def _handler(session: Any, ids: list[int], inputs: dict[str, Any], _today: Any) -> dict[str, Any]:
    key = parse_integer(str(inputs.get("handler") or "0"), field="handler")
    return _told(ids, allocation.change_handler(session, ids, key, reason=_reason(inputs)))


def _referrer(session: Any, ids: list[int], inputs: dict[str, Any], _today: Any) -> dict[str, Any]:
    key = parse_integer(str(inputs.get("referrer") or "0"), field="referrer")
    return _told(ids, allocation.change_referrer(session, ids, key, reason=_reason(inputs)))


def _reason(inputs: dict[str, Any]) -> str:
    return str(inputs.get("reason") or "").strip()


def _told(ids: list[int], batch: str) -> dict[str, Any]:
    """How many were changed, and where that is undone."""
    undo = f"{CaseView.base_url()}undo/{batch}" if actor().may("edit", "case") else None
    return {"message": _("%(count)s cases changed", count=len(ids)), "undo_url": undo}


def _chooser(name: str, label: str, table: str) -> dict[str, Any]:
    return {"name": name, "label": label, "kind": "reference", "required": True, "choices": [],
            "url": f"/app/{table}/pick"}  # fmt: skip


REASON = {"name": "reason", "label": N_("Reason for the change"), "kind": "long_text", "required": True,
          "choices": [], "url": ""}  # fmt: skip


class PeopleChangeView(OtherList):
    """批量变更主办: whoever handles or brought many cases is changed at once (A-3.2.2.3)."""

    model = Case
    key = "people_change"
    title = N_("Bulk change of handlers")
    list_columns = ["our_ref", "client", "title", "app_no", "handler", "referrer", "status"]
    query_columns = ["handler", "client", "our_ref", "referrer", "app_no", "status"]
    form = CaseView.form
    buttons = [
        Button("change_referrer", N_("Change referrer"), _referrer, permission="change_people", icon="handshake",
               asks=(_chooser("referrer", N_("New referrer"), "referrer"), REASON)),
        Button("change_handler", N_("Change handler"), _handler, permission="change_people", icon="user-cog",
               asks=(_chooser("handler", N_("New handler"), "user"), REASON)),
    ]  # fmt: skip
