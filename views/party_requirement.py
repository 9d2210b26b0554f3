"""Requirements of clients and of applicants (客户要求, 申请人要求, A-3.1.1.2.4), as pages and as a tab."""

from typing import Any, ClassVar
from urllib.parse import quote

from flask import flash, jsonify, redirect, request
from flask_appbuilder import expose
from sqlalchemy import select

from app.console import Console, Section
from app.console.guard import actor, page, say, sent
from app.console.inputs import describe_input
from app.console.kinds import is_whole
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.party import REQUIREMENT_FLOW, CasePhase, RequirementType, check_own_requirement
from app.rules.validity import Validity
from app.services import party_requirement, records
from app.services.unit_of_work import unit_of_work
from app.texts import gettext as _
from models.party import ApplicantRequirement, ClientRequirement
from models.task import RequirementItem
from views.party_forms import PartyForms, here

COLUMNS = ("phase", "requirement_type", "content", "detail", "instructed_on", "item", "valid")


class RequirementView(PartyForms, Console):
    """What the requirements of clients and of applicants have in common; `owner_key` names whose they are."""

    owner_key: ClassVar[str]
    icon = "clipboard-check"
    opens = "form"
    after_add = after_edit = "list"
    origin_tab = "t2"
    specials: ClassVar[dict[str, str]] = {"sync": N_("Synchronize requirements")}

    def owner(self, given: Any) -> Any:
        """The client or applicant of this id, if it is open to the actor. Raises RuleError (missing, forbidden)."""
        view = self.consoles_by_key()[self.owner_key].instance()
        if not is_whole(str(given)):
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        if not actor().may("read", self.owner_key):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        return view.find(int(given))

    def form_page(self, record: Any) -> Any:
        """The form; of a requirement from the library there is none (A-3.1.1.2.4-07)."""
        if record is not None:
            check_own_requirement(record.item_id, {"content"})
        return super().form_page(record)

    def panel_of(self, owner: Any) -> Any:
        """The tab of a client or an applicant: its requirements with their buttons (A-3.1.1.2.4-01)."""
        names = [n for n in COLUMNS if self.open_to(actor(), n)]
        columns, own = self.columns(), getattr(self.model, f"{self.owner_key}_id")
        back, base = quote(here(f"/app/{self.owner_key}/{owner.id}/edit")), self.base_url()
        rows = []
        query = select(self.model).where(own == owner.id).order_by(self.model.valid.desc(), self.model.id)
        for r in self.session.scalars(query) if actor().may("read", self.key) else ():
            steps = [n for n in self.steps() if self.stands_open(r, self.steps()[n])]
            steps += ["edit"] if r.item_id is None else []
            rows.append({
                "id": r.id, "steps": steps, "muted": r.valid is Validity.INVALID,
                "url": f"{base}{r.id}/edit?from={back}" if self.can("edit") and r.item_id is None else None,
                "cells": [self.cell(r, n, columns[n]) for n in names],
            })  # fmt: skip
        labels = [_("Source") if n == "item" else _(columns[n].label) for n in names]
        return respond("_panel.html", page={
            "title": self.heading(), "columns": labels, "rows": rows, "buttons": self.panel_buttons(owner, back),
            "lead": names.index("content") if "content" in names else 0,
            "empty": _("Nothing is asked for yet. Add a requirement, or take one from the library."),
        })  # fmt: skip

    def cell(self, requirement: Any, name: str, column: Any) -> str:
        """One value of a requirement as text."""
        if name == "item":
            return _("Library") if requirement.item_id else _("Own")
        return column.kind.plain(getattr(requirement, column.key), column.field)

    def panel_buttons(self, owner: Any, back: str) -> list[dict[str, Any]]:
        """【新增】【资料库】【同步要求】【作废】【恢复】【修改】【导出】."""
        base, mine = self.base_url(), f"{self.owner_key}={owner.id}"
        made = []
        if self.can("add"):
            new = f"{base}new?{mine}&from={back}"
            made.append(self.button("new", _("Add"), icon="plus", needs="none", link=True, url=new))
            made.append(self.button("library", _("Library"), icon="library", needs="none", link=True,
                                    url=f"{base}library?{mine}&from={back}"))  # fmt: skip
        if self.can("sync"):
            made.append(self.button("sync", _("Synchronize requirements"), icon="refresh-cw", needs="none", link=True,
                                    url=f"{base}sync?{mine}&from={back}"))  # fmt: skip
        for name, step in self.steps().items():
            made.append(self.button(name, _(step.label), step=True, url=f"{base}of/{owner.id}/{name}"))
        if self.can("edit"):
            made.append(self.button("edit", _("Edit"), icon="pencil", needs="one", step=True, link=True, url="{row}"))
        if self.can("export"):
            url = f"{base}export?format=xlsx&scope=all&view=all&q.{mine}"
            made.append(self.button("export", _("Export"), icon="download", needs="none", link=True, url=url))
        return made

    @expose("/of/<int:owner_id>/<step>", methods=["POST"])
    @page("read")
    def step_of(self, owner_id: int, step: str) -> Any:
        """【作废】 or 【恢复】 of chosen requirements of one party; tells how the party's version went."""
        if step not in REQUIREMENT_FLOW.by_name:
            raise RuleError(N_("There is no such step"), code="missing")
        if not self.can(step):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        ids, owner = self.chosen_ids(sent()), self.owner(owner_id)
        errors = []
        with unit_of_work(self.session):
            owner = records.find(self.session, type(owner), owner.id, lock=True)
            before = owner.version
            for key in ids:
                try:
                    own = self.find(key)
                    if getattr(own, f"{self.owner_key}_id") == owner.id:
                        records.move(self.session, own, step)
                except RuleError as error:
                    errors.append({"id": key, "message": say(error)})
        message = _("%(count)s done") % {"count": len(ids) - len(errors)}
        answer = {"ok": not errors, "errors": errors, "message": message, "owner": [before, owner.version]}
        return jsonify(answer)

    @expose("/library", methods=["GET", "POST"])
    @page("add")
    def library(self) -> Any:
        """〈客户要求配置〉: prepared requirements by phase and kind; 【保存】 takes those over (A-3.1.1.2.4-06)."""
        owner = self.owner(request.args.get(self.owner_key, ""))
        if request.method == "POST":
            chosen = [int(i) for i in request.form.getlist("item") if is_whole(i)]
            try:
                count = party_requirement.take(self.session, owner, chosen)
            except RuleError as error:
                flash(say(error), "error")
                return redirect(f"{request.path}?{request.query_string.decode()}", 303)
            flash(_("%(count)s taken over from the library", count=count), "success")
            return redirect(self.back_url(None), 303)
        asked = {n: request.args.get(n, "") for n in ("phase", "requirement_type")}
        query = select(RequirementItem).order_by(RequirementItem.phase, RequirementItem.requirement_type)
        for name, closed in (("phase", CasePhase), ("requirement_type", RequirementType)):
            if asked[name] in closed.__members__:
                query = query.where(getattr(RequirementItem, name) == closed[asked[name]])
        own = getattr(self.model, f"{self.owner_key}_id") == owner.id
        held = set(self.session.scalars(select(self.model.item_id).where(own)))
        fields = [describe_input(self, self.columns()[n], name=n, values=[v]) for n, v in asked.items()]
        return respond("party/library.html", page={
            "title": _("Requirements of the library"), "subtitle": self.title_of_owner(owner), "fields": fields,
            "items": [(i, i.id in held) for i in self.session.scalars(query.order_by(RequirementItem.id))],
            "hidden": {self.owner_key: owner.id, "from": self.came_from()}, "back_url": self.back_url(None),
            "action": f"{request.path}?{request.query_string.decode()}",
        })  # fmt: skip

    @expose("/sync", methods=["GET", "POST"])
    @page("sync")
    def sync(self) -> Any:
        """【同步要求】: what would change first, then it is done and says how many (A-3.1.1.2.4-10)."""
        owner = self.owner(request.args.get(self.owner_key, ""))
        if request.method == "POST":
            count = party_requirement.synchronize(self.session, owner, reason=N_("Synchronize requirements"))
            flash(_("%(count)s requirements synchronized", count=count), "success")
            return redirect(self.back_url(None), 303)
        return respond("party/sync.html", page={
            "title": _("Synchronize requirements"), "subtitle": self.title_of_owner(owner),
            "changes": party_requirement.pending(self.session, owner), "back_url": self.back_url(None),
            "action": f"{request.path}?{request.query_string.decode()}",
        })  # fmt: skip

    def back_url(self, record: Any) -> str:
        """The party's tab one came from."""
        given = request.args.get(self.owner_key, "")
        known = f"/app/{self.owner_key}/{given}/edit#{self.origin_tab}" if is_whole(given) else ""
        return super().back_url(record) if self.came_from() or not known else known

    def title_of_owner(self, owner: Any) -> str:
        """The party's name."""
        return self.consoles_by_key()[self.owner_key].instance().name_of(owner)


class ClientRequirementView(RequirementView, model=ClientRequirement):
    owner_key = "client"
    title = N_("Client requirements")
    add_title, edit_title = N_("Add a client requirement"), N_("Change the client requirement")
    list_columns = ["client", "phase", "requirement_type", "content", "instructed_on", "item", "valid"]
    query_columns = ["client", "phase", "requirement_type", "content", "valid"]
    form = [
        Section(N_("Client requirement"), "client", "phase", "requirement_type", "instructed_on", "content", "detail")
    ]


class ApplicantRequirementView(RequirementView, model=ApplicantRequirement):
    owner_key = "applicant"
    title = N_("Applicant requirements")
    add_title, edit_title = N_("Add an applicant requirement"), N_("Change the applicant requirement")
    list_columns = ["applicant", "phase", "requirement_type", "content", "instructed_on", "item", "valid"]
    query_columns = ["applicant", "phase", "requirement_type", "content", "valid"]
    form = [
        Section(
            N_("Applicant requirement"), "applicant", "phase", "requirement_type", "instructed_on", "content", "detail"
        )
    ]
