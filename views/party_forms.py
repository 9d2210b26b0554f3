"""Forms of parties: whether the party is there already, copies from another one, and the way back to its client."""

import re
from typing import Any
from urllib.parse import quote

from flask import flash, jsonify, redirect, request
from flask_appbuilder import expose

from app.console.guard import actor, page
from app.console.inputs import title_of
from app.console.kinds import is_whole
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.party import copied
from app.services import records
from app.services.party import propose_short_name
from app.services.party_match import NUMBERS, Match, similar
from app.texts import gettext as _
from models.party import Client

#: Pages of a client or an applicant to which a form leads back.
ORIGIN = re.compile(r"/app/(client|applicant)/\d{1,9}(/edit)?(\?from=[\w%./-]{0,300})?")
#: The control that says: save it although it may be there already.
ANYWAY = "_anyway"


class Doubt(RuleError):
    """The party may be entered already; the user is asked once."""

    def __init__(self, matches: list[dict[str, Any]]):
        super().__init__(N_("This may be entered already"))
        self.matches = matches


def origin(url: str) -> str:
    """A page to lead back to, if it is one of a client or an applicant; else nothing."""
    return url if ORIGIN.fullmatch(url) else ""


def here(default: str) -> str:
    """The page on the screen around a part of it, as an address to lead back to."""
    current = re.sub(r"^https?://[^/]+|#.*$", "", request.headers.get("HX-Current-URL", ""))
    return origin(current) or default


class PartyForms:
    """Mixed into the consoles of parties and of what belongs to them.

    origin_tab: the tab of the origin to lead back to. copies: the tables an entry may be copied from, the first being
    the one offered at first.
    """

    form_template = "party/form.html"
    detail_template = "party/detail.html"
    origin_tab = "t1"
    copies: tuple[str, ...] = ()

    def came_from(self: Any) -> str:
        """The client's or applicant's page from which the form was opened."""
        return origin(request.args.get("from", ""))

    def back_url(self: Any, record: Any) -> str:
        """Where 【返回】 leads: to the tab one came from."""
        came = self.came_from()
        return f"{came}#{self.origin_tab}" if came else super().back_url(record)  # type: ignore[misc]

    def after_save(self: Any, record: Any) -> Any:
        """Back to the tab one came from, where one came from a client or an applicant."""
        came = self.came_from()
        if not came:
            return super().after_save(record)  # type: ignore[misc]
        flash(_("Saved"), "success")
        made = "record_id" not in (request.view_args or {})
        if request.form.get("_save") == "new":
            return redirect(f"{request.path}?{request.query_string.decode()}", 303)
        if made and self.after_add == "form" and self.can("edit"):
            return redirect(f"{self.base_url()}{record.id}/edit?from={quote(came)}", 303)
        return redirect(f"{came}#{self.origin_tab}", 303)

    def form_context(self: Any, record: Any, *, typed: bool = False, error: RuleError | None = None) -> dict[str, Any]:
        """The form, with what its script needs."""
        doubt = error if isinstance(error, Doubt) else None
        context = super().form_context(record, typed=typed, error=None if doubt else error)  # type: ignore[misc]
        came = self.came_from()
        if came:
            query = request.query_string.decode() if record is None else f"from={quote(came)}"
            context["action"] = f"{request.path}?{query}"
        kinds = [key for key in self.copies if actor().may("read", key)] if record is None else []
        consoles = self.consoles_by_key()
        return context | {
            "similar_url": f"{self.base_url()}similar" if self.model in NUMBERS else "",
            "number_field": NUMBERS.get(self.model, ""),
            "doubt": doubt.matches if doubt else None,
            "copies": [{"code": k, "label": _(consoles[k].model.__label__), "selected": k == kinds[0]} for k in kinds],
            "copy_url": f"{self.base_url()}copy",
        }

    def read_form(self: Any, record: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """What was typed; asked once whether it is meant where the party may be there already."""
        values, children = super().read_form(record)  # type: ignore[misc]
        if self.model in NUMBERS and not request.form.get(ANYWAY):
            number = NUMBERS[self.model]
            told = {n: values[n] if n in values else getattr(record, n, None) for n in ("name", number, "client_id")}
            news = record is None or any(n in values and values[n] != getattr(record, n) for n in ("name", number))
            if news and (found := self.alike(told["name"], told[number], record and record.id, told["client_id"])):
                raise Doubt(found)
        return values, children

    def alike(self: Any, name: Any, number: Any, but: int | None, client_id: Any) -> list[dict[str, Any]]:
        """Entries the actor may see that may be the same party, with why."""
        if not (actor().may("read", self.key) and self.open_to(actor(), "name")):
            return []
        shown = str(number or "") if self.open_to(actor(), NUMBERS[self.model]) else ""
        found = similar(self.session, self.model, str(name or ""), shown, but=but, client_id=client_id)
        return [self.told(match) for match in found]

    def told(self: Any, match: Match) -> dict[str, Any]:
        """A match as the page shows it."""
        client = title_of(self.session, Client, match.client_id) if self.model is not Client else ""
        note = "　".join(part for part in (client, _(match.likeness.label)) if part)
        return {"id": match.id, "name": match.name, "note": note, "url": f"{self.base_url()}{match.id}"}

    @expose("/similar")
    @page("read")
    def similar(self: Any) -> Any:
        """What may be the same party as the one being typed, and the short name proposed for it."""
        if self.model not in NUMBERS:
            raise RuleError(N_("This page does not exist or is not open to you"), code="missing")
        args = request.args
        name, client = args.get("name", "").strip()[:300], args.get("client", "")
        found = self.alike(name, args.get("number", "")[:60], args.get("but", type=int),
                           int(client) if is_whole(client) else None)  # fmt: skip
        proposed = propose_short_name(self.session, name) if self.model is Client and name else ""
        return jsonify({"matches": found, "short_name": proposed})

    @expose("/copy")
    @page("read")
    def copy(self: Any) -> Any:
        """Values of another party for a new entry (复制类型, A-3.1.1.2.3-05): {values: {name: {value, display}}}."""
        key, source_id = request.args.get("kind", ""), request.args.get("id", type=int)
        if key not in self.copies or source_id is None:
            raise RuleError(N_("This page does not exist or is not open to you"), code="missing")
        source = self.consoles_by_key()[key].instance()
        if not actor().may("read", key):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        record = records.find(self.session, source.model, source_id)
        known = {n for n in source.form_fields() if source.open_to(actor(), n)}
        names = {n for n in self.form_fields() if self.writable_to(actor(), n)}
        values, columns, own = {}, source.columns(), self.columns()
        for to, at in copied(key, self.key, names, known).items():
            raw = columns[at].kind.input(getattr(record, columns[at].key), columns[at].field)
            if raw and (not own[to].field.length or len(raw) <= own[to].field.length):
                target = own[to].target
                values[to] = {"value": raw, "display": title_of(self.session, target, raw) if target else raw}
        return jsonify({"values": values})
