"""Clients (客户管理, A-3.1.1): the page with its six tabs."""

import io
from typing import Any
from urllib.parse import quote

from flask import jsonify, send_file
from flask_appbuilder import expose
from sqlalchemy import select

from app.console import Button, Console, Panel, Related, Section, Tab
from app.console.exports import KINDS, safe, write_xlsx
from app.console.guard import actor, page, say, sent
from app.console.kinds import is_whole
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.party import ClientReview
from app.rules.validity import VALIDITY_FLOW, Validity
from app.services import files, records
from app.services.today import stamp, today
from app.services.unit_of_work import unit_of_work
from app.texts import gettext as _
from models.party import Client
from models.system import Attachment
from views.party_forms import PartyForms, here
from views.party_import import CLIENT, CLIENTS
from views.party_merge import MERGE, MergePages
from views.party_people import PEOPLE
from views.party_requirement import ClientRequirementView
from views.party_terms import FEE_TERMS, FINANCE

#: The columns of the contact data, as far as each of its tables has them.
SHOWN = ("name", "phone", "email", "address", "valid")


class ClientView(MergePages, PartyForms, Console, model=Client):
    title = N_("Clients")
    icon = "building-2"
    list_columns = ["client_no", "short_name", "name", "client_type", "nature", "referrer", "registered_by",
                    "registered_on", "review_status", "valid"]  # fmt: skip
    query_columns = ["client_no", "short_name", "name", "client_type", "nature", "referrer", "registered_by",
                     "review_status", "valid", "province", "city"]  # fmt: skip
    after_add = "form"
    basics_first = True
    asks_reason = True
    delete_confirm = N_("Really delete the selected clients?")
    buttons = [
        Button("view", N_("View"), permission="read", needs="one", icon="folder-open", url="/app/client/{id}"),
        MERGE,
    ]
    help = N_("Register those who instruct the firm here; cases can be opened for them once their data are reviewed.")
    form = [
        Tab(
            N_("Basic information"),
            Section(N_("Client"), "client_no", "name", "short_name", "name_en", "client_type", "nature",
                    "certificate_type", "certificate_no", "industry"),
            Section(N_("People"), "referrer", "first_attorney", "registered_by", "registered_on"),
            Section(N_("Address and ways of contact"), "country", "province", "city", "district", "address", "postcode",
                    "phone", "fax", "email"),
            Section(N_("Remark"), "remark"),
        ),
        Tab(N_("Contact data"), Panel("people")),
        Tab(N_("Client requirements"), Panel("requirements")),
        Tab(N_("Client files"), Panel("papers")),
        Tab(N_("Client fees"), Section(N_("Fee requirements"), *FEE_TERMS)),
        Tab(N_("Client finance"), Section(N_("Invoicing"), *FINANCE)),
    ]  # fmt: skip
    related = [Related("Case", "client")]
    pick_columns = ["client_no", "name"]
    pick_only = {"review_status": ClientReview.REVIEWED, "valid": Validity.VALID}
    search_columns = ["client_no", "name", "short_name"]
    specials = {"fee": N_("Client management: fees"), "merge": N_("Merge")}
    guarded = dict.fromkeys(FEE_TERMS, "fee")
    import_key = ("client_no",)
    synonyms, imports = CLIENT, CLIENTS
    needed = ("short_name",)  # taken from the full name where nobody fills it in

    def detail_context(self, record: Client) -> dict[str, Any]:
        """The record page; its files are the tab 〈客户文件〉."""
        context = super().detail_context(record)
        context["tabs"] = [tab for tab in context["tabs"] if tab["id"] != "files"]
        return context

    def panel_people(self, client: Client) -> Any:
        """〈联系资料〉: contacts, applicants and inventors of the client in one list (A-3.1.1.2.3-02)."""
        back = quote(here(f"{self.base_url()}{client.id}/edit"))
        rows = []
        for view, row in self.people(client):
            steps = [n for n, step in view.steps().items() if view.stands_open(row, step)]
            steps += ["edit"] if view.can("edit") else []
            rows.append({
                "id": f"{view.key}-{row.id}", "steps": steps, "muted": row.valid is Validity.INVALID,
                "url": f"{view.base_url()}{row.id}/edit?from={back}" if view.can("edit") else None,
                "cells": self.person(view, row),
            })  # fmt: skip
        return respond("_panel.html", page={
            "title": _("Contact data"), "columns": self.people_heads(), "rows": rows,
            "buttons": self.people_buttons(client, back), "lead": 1,
            "empty": _("Nobody is recorded yet: add contacts, applicants and inventors of this client."),
        })  # fmt: skip

    def people(self, client: Client) -> list[tuple[Any, Any]]:
        """(console, row) of everybody at the client whom the actor may see."""
        found = []
        for console in PEOPLE:
            model = console.model
            if actor().may("read", console.key):
                query = select(model).where(model.client_id == client.id).order_by(model.valid.desc(), model.id)
                found += [(console.instance(), row) for row in self.session.scalars(query)]
        return found

    def people_heads(self) -> list[str]:
        """The heads of the contact data."""
        return [_("Category"), _("Name or designation"), _("Telephone"), _("E-mail"), _("Address"), _("Validity")]

    def person(self, view: Any, row: Any) -> list[str]:
        """One row of the contact data; what is hidden of its table is hidden here."""
        columns, cells = view.columns(), [_(view.model.__label__)]
        for name in SHOWN:
            names = (name, "mobile") if name == "phone" and columns.get("mobile") else (name,)
            values = (getattr(row, n) for n in names if view.open_to(actor(), n))
            value, column = next((v for v in values if v is not None), None), columns[name]
            cells.append(column.kind.plain(value, column.field))
        return cells

    def people_buttons(self, client: Client, back: str) -> list[dict[str, Any]]:
        """The eight buttons of 〈联系资料〉 (A-3.1.1.2.3-01), as far as the actor's rights go."""
        made, consoles = [], [c.instance() for c in PEOPLE]
        labels = (_("Add a client contact"), _("Add an applicant"), _("Add an inventor"))
        for view, label in zip(consoles, labels, strict=True):
            if view.can("add"):
                url = f"{view.base_url()}new?client={client.id}&from={back}"
                made.append(self.button(f"new-{view.key}", label, needs="none", icon="plus", link=True, url=url))
        if consoles[-1].can("add"):
            url = f"{consoles[-1].base_url()}batch?client={client.id}&from={back}"
            label = _("Add inventors in bulk")
            made.append(self.button("batch", label, needs="none", icon="users", link=True, url=url))
        for name, label in (("set_invalid", _("Put invalid")), ("set_valid", _("Put valid"))):
            if any(view.can(name) for view in consoles):
                url = f"{self.base_url()}{client.id}/people/{name}"
                made.append(self.button(name, label, step=True, url=url))
        if any(view.can("edit") for view in consoles):
            made.append(self.button("edit", _("Edit"), needs="one", icon="pencil", step=True, link=True, url="{row}"))
        if self.can("export"):
            url = f"{self.base_url()}{client.id}/people/export"
            made.append(self.button("export", _("Export"), needs="none", icon="download", link=True, url=url))
        return made

    @expose("/<int:record_id>/people/<step>", methods=["POST"])
    @page("read")
    def step_people(self, record_id: int, step: str) -> Any:
        """【设置无效】 or 【设置有效】 of chosen people of the client (A-3.1.1.2.3-11): only marked, never deleted."""
        if step not in VALIDITY_FLOW.by_name:
            raise RuleError(N_("There is no such step"), code="missing")
        chosen = sent().get("ids")
        keys = [str(one).rpartition("-") for one in chosen] if isinstance(chosen, list) else []
        views = {c.key: c.instance() for c in PEOPLE}
        if not keys or not all(key in views and is_whole(row) for key, _dash, row in keys):
            raise RuleError(N_("Select at least one row"))
        if not all(views[key].can(step) for key, _dash, _row in keys):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        errors = []
        self.find(record_id)
        with unit_of_work(self.session):
            client = records.find(self.session, Client, record_id, lock=True)
            before = client.version
            for key, _dash, row_id in keys:
                try:
                    row = views[key].find(int(row_id))
                    if row.client_id != client.id:
                        raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
                    records.move(self.session, row, step)
                except RuleError as error:
                    errors.append({"id": f"{key}-{row_id}", "message": say(error)})
            after = client.version
        message = _("%(count)s done") % {"count": len(keys) - len(errors)}
        return jsonify({"ok": not errors, "errors": errors, "message": message, "owner": [before, after]})

    @expose("/<int:record_id>/people/export")
    @page("export")
    def export_people(self, record_id: int) -> Any:
        """【导出】 of 〈联系资料〉: what the actor may export of each of its tables."""
        client = self.find(record_id)
        rows = [[safe(c) for c in self.person(v, r)] for v, r in self.people(client) if v.can("export")]
        columns = [self.columns()["name"]] * len(self.people_heads())
        target = io.BytesIO()
        write_xlsx(target, _("Contact data"), self.people_heads(), columns, iter(map(tuple, rows)))
        target.seek(0)
        name = f"{self.name_of(client)} {_('Contact data')}_{today():%Y%m%d}.xlsx"
        return send_file(target, mimetype=KINDS["xlsx"], as_attachment=True, download_name=files.clean_name(name))

    def panel_requirements(self, client: Client) -> Any:
        """〈客户要求〉."""
        return ClientRequirementView.instance().panel_of(client)

    def panel_papers(self, client: Client) -> Any:
        """〈客户文件〉: advice before a case and contracts; never part of a case's folder (A-3.1.1.2.5)."""
        return self.file_list(client.id)

    def file_list(self, record_id: int) -> Any:
        """The client's files with the place to drop more."""
        shown = [
            {"id": a.id, "name": a.name, "url": f"/app/file/{a.id}", "size": size, "at": stamp(a.created_at),
             "who": who or "", "deletable": self.can("edit"), "delete_url": f"/app/file/{a.id}/delete"}
            for a, size, who in files.of(self.session, self.key, record_id)
        ]  # fmt: skip
        return respond("party/_papers.html", page={
            "files": shown, "files_url": f"{self.base_url()}{record_id}/files" if self.can("edit") else None,
            "drop": self.button("drop", _("Delete"), icon="trash-2", confirm=_("Delete the {n} selected records?"),
                                url=f"{self.base_url()}{record_id}/papers/delete"),
        })  # fmt: skip

    @expose("/<int:record_id>/papers/delete", methods=["POST"])
    @page("edit")
    def drop_papers(self, record_id: int) -> Any:
        """【删除】 of chosen files of the client (A-3.1.1.2.5-04)."""
        client, ids = self.find(record_id), self.chosen_ids(sent())
        with unit_of_work(self.session):
            query = select(Attachment).where(Attachment.table_key == self.key, Attachment.record_id == client.id)
            for paper in self.session.scalars(query.where(Attachment.id.in_(ids))):
                self.session.delete(paper)
        return jsonify({"ok": True, "message": _("%(count)s deleted") % {"count": len(ids)}})
