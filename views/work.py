"""The page 办案: everything that is done with a filing until it goes to the Office (A-3.2.1.4–6)."""

from typing import Any

from flask import jsonify
from flask_appbuilder import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.console import Console, Section
from app.console.guard import actor, page, sent
from app.console.inputs import describe_input
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.filing import CHOOSES, WAY, FilingStatus, WorkStatus
from app.rules.task import urgency
from app.services import documents, files, filing, records, work
from app.services.today import stamp, today
from app.texts import gettext as _
from models.base import key_of
from models.case import Case
from models.fee_sheet import FeeSheet
from models.filing import Filing, WorkBreakdown
from models.organization import User
from models.task import Task
from views.documents import uploads

#: The tabs in their order: name, label, and what must be readable to see it.
TABS = (
    ("documents", N_("Filing"), "filing_document"),
    ("works", N_("Work breakdown"), "work_breakdown"),
    ("fees", N_("Fee sheet"), "fee_sheet"),
    ("files", N_("Process files"), "filing"),
)
#: What the page calls a step where the manual has another word than the step's own.
CAPTIONS = {"finish_preparation": N_("Finalize and submit")}
#: The two ways back from the check are one button that asks to whom (A-3.2.1.6-02).
RETURNS = {"return_to_handler": N_("To the handler"), "return_to_preparation": N_("To the document preparer")}
#: Columns of the work breakdown, in the order of the manual's page.
COLUMNS = ("work_type", "mode", "assignee", "contractor", "due_on", "workload", "outsourcing_fee", "remark")


class WorkPage:
    """The page 办案 with its tabs; mixed into the view of filings."""

    @expose("/<int:record_id>/work")
    @page("read")
    def work(self, record_id: int) -> Any:
        """The page: what the case is, how far the filing has come, four tabs, the steps the reader may take."""
        one: Filing = records.find(self.session, Filing, record_id)
        case, own = one.case, filing.tasks_of(self.session, one)
        back = next((t for t in reversed(own) if t.remark), None)
        steps = self.work_steps(one)
        return respond("filing/work.html", page={
            "title": _("Case work"), "url": f"/app/filing/{record_id}", "record_id": record_id, "name": case.title,
            "facts": self.work_facts(one, own), "way": way(one), "steps": steps, "tabs": self.work_tabs(one),
            "back_url": "/app/my_task/" if any(t.assignee_id == actor().id for t in own) else "/app/filing/",
            "case_url": f"/app/case/{case.id}" if actor().may("read", "case") else None,
            "returned": {"reason": back.remark, "who": self.who(back.created_by_id), "at": stamp(back.created_at)}
            if back is not None else None,
            "waiting": "、".join(dict.fromkeys(self.who(t.assignee_id) for t in own)),
            "status": _(one.status.label), "colour": one.status.colour,
        })  # fmt: skip

    def who(self, user: int | None) -> str:
        """The name of a user."""
        return self.session.execute(select(User.first_name).where(User.id == user)).scalar() or ""

    def work_facts(self, one: Filing, own: list[Task]) -> list[dict[str, Any]]:
        """What must be known of the case while it is worked on."""
        case, me = one.case, actor()
        cases = self.console_of(Case).instance()
        hard = min((t.hard_deadline for t in own if t.hard_deadline), default=None)
        inner = min((t.internal_deadline for t in own if t.internal_deadline), default=None)
        flag = urgency(today(), None, inner, hard).colour
        types = [_(t.label) for t in (case.patent_type, case.case_type) if t is not None]
        facts: list[tuple[Any, str, dict[str, Any]]] = [
            (cases, "our_ref", {"label": _("Our ref."), "value": case.our_ref, "url": f"/app/case/{case.id}"}),
            (self, "name", {"label": _("Filing name"), "value": one.name, "wide": True}) if one.name
            else (cases, "title", {"label": _("Patent title"), "value": case.title, "wide": True}),
            (cases, "patent_type", {"label": _("Type"), "value": "　".join(types)}),
            (cases, "client.short_name", {"label": _("Client"),
                                          "value": case.client.short_name if case.client else ""}),
            (self, "handler", {"label": _("Handler"), "value": self.who(one.handler_id)}),
            (self, "filing_no", {"label": _("Internal deadline"), "value": str(inner or ""), "flag": flag}),
            (self, "filing_no", {"label": _("Hard deadline"), "value": str(hard or ""), "flag": flag}),
        ]  # fmt: skip
        return [fact for console, name, fact in facts if console.open_to(me, name)]

    def work_tabs(self, one: Filing) -> list[dict[str, Any]]:
        """The tabs the reader may see, with their counts."""
        counts = {"documents": len(one.documents), "works": len(one.works), "fees": len(self.sheets(one)),
                  "files": files.count(self.session, key_of(Filing), one.id)}  # fmt: skip
        return [
            {"id": name, "label": _(label), "count": counts[name], "url": f"/app/filing/{one.id}/work/{name}"}
            for name, label, table in TABS
            if actor().may("read", table)
        ]

    def work_steps(self, one: Filing) -> list[dict[str, Any]]:
        """The steps the reader may take now, each with what its dialog asks."""
        made, back = [], []
        for step in filing.steps_for(self.session, one):
            if step.name in RETURNS:
                back.append({"code": step.name, "label": _(RETURNS[step.name])})
                continue
            asks = [reason_ask()] if "reason" in step.asks else self.person_ask(one, step.name)
            label = _(CAPTIONS.get(step.name, step.label))
            made.append({"step": step.name, "label": label, "asks": asks, "primary": "reason" not in step.asks,
                         "sends": step.name in ("finalize", "finish_preparation")})  # fmt: skip
        if back:
            to = {"name": "to", "label": _("Return to"), "kind": "choice", "required": True, "choices": back,
                  "value": back[0]["code"]}  # fmt: skip
            made.append({"step": "", "label": _("Return from the check"), "asks": [to, reason_ask()], "primary": False,
                         "sends": False})  # fmt: skip
        return sorted(made, key=lambda s: s["primary"])

    def person_ask(self, one: Filing, step: str) -> list[dict[str, Any]]:
        """Who does what comes next; nobody is asked for where that is passed over."""
        people, suggested = filing.candidates(self.session, one, step)
        if not people:
            return []
        choices = [{"code": str(key), "label": name} for key, name in people]
        return [{"name": CHOOSES[step][0], "label": _("Assignee"), "kind": "choice", "required": True,
                 "choices": choices, "value": str(suggested)}]  # fmt: skip

    @expose("/<int:record_id>/work/<any(documents, works, fees, files):name>")
    @page("read")
    def work_part(self, record_id: int, name: str) -> Any:
        """One tab."""
        one: Filing = records.find(self.session, Filing, record_id)
        table = next(t for n, _label, t in TABS if n == name)
        if not actor().may("read", table):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        if name == "files":
            return respond("_files.html", page=self.files_part(one))
        context = {"documents": self.documents_part, "works": self.works_part, "fees": self.fees_part}[name](one)
        return respond(f"filing/_{name}.html", page=context)

    def works_part(self, one: Filing) -> dict[str, Any]:
        """The work breakdown: the handler's grid; whoever does a line hands it in."""
        view, mine = WorkBreakdownView.instance(), actor().id
        columns, names = view.columns(), [n for n in COLUMNS if view.open_to(actor(), n)]
        inputs = [describe_input(view, columns[n], name=n) for n in names]
        for given in inputs:
            given["required"] = given["name"] in ("work_type", "assignee", "due_on")
        divides = one.status is FilingStatus.DRAFTING and (
            mine == one.handler_id or actor().may(filing.ANY, key_of(Filing))
        )
        query = select(WorkBreakdown).where(WorkBreakdown.filing_id == one.id).order_by(WorkBreakdown.id)
        rows = []
        for line in self.session.execute(query.options(joinedload(WorkBreakdown.assignee))).scalars():
            cells = {n: columns[n].kind.input(getattr(line, columns[n].key), columns[n].field) for n in names}
            shown = {n: columns[n].kind.plain(getattr(line, columns[n].key), columns[n].field) for n in names
                     if n != "assignee"} | {"assignee": line.assignee.first_name if line.assignee else ""}  # fmt: skip
            rows.append({
                "id": line.id, "version": line.version, "cells": cells, "shown": shown, "status": line.status,
                "state": _(line.status.label), "colour": line.status.colour,
                "open": divides and view.can("edit") and line.status in work.CHANGEABLE,
                "mine": line.status is WorkStatus.DISTRIBUTED and line.assignee_id == mine,
            })  # fmt: skip
        steps = [n for n in ("distribute", "take_back", "complete", "confirm") if divides and view.can(n)]
        return {"columns": inputs, "rows": rows, "divides": divides and view.can("add"), "steps": steps,
                "state_after": next((n for n in reversed(names) if n != "remark"), ""), "filing": one.id,
                 "labels": {t.name: _(t.label) for t in view.model.workflow.transitions}}  # fmt: skip

    def sheets(self, one: Filing) -> list[Any]:
        """The fee sheets of the case."""
        query = select(FeeSheet).where(FeeSheet.case_id == one.case_id).order_by(FeeSheet.id.desc())
        return list(self.session.execute(query).scalars())

    def fees_part(self, one: Filing) -> dict[str, Any]:
        """The fee sheets of the case, with what they come to."""
        rows = [
            {"id": s.id, "number": s.sheet_no, "type": _(s.sheet_type.label), "reduction": _(s.fee_reduction.label),
             "lines": len(s.lines), "total": total(s), "status": _(s.status.label), "colour": s.status.colour,
             "at": stamp(s.created_at), "who": self.who(s.created_by_id)}
            for s in self.sheets(one)
        ]  # fmt: skip
        may = {name: actor().may(name, "fee_sheet") for name in ("add", "edit", "delete")}
        new = f"/app/fee_sheet/new?case={one.case_id}&filing={one.id}&fee_reduction={one.case.fee_reduction.name}"
        return {"rows": rows, "may": may, "new_url": new}

    def files_part(self, one: Filing) -> dict[str, Any]:
        """The files of the work that do not go to the Office."""
        try:
            documents.check_process(self.session, one)
            open_now = True
        except RuleError:
            open_now = False
        base = f"/app/filing/{one.id}/process"
        shown = [
            {"name": a.name, "url": f"/app/file/{a.id}?show=1", "size": size, "at": stamp(a.created_at),
             "who": who or "", "deletable": open_now, "delete_url": f"{base}/{a.id}/delete"}
            for a, size, who in files.of(self.session, key_of(Filing), one.id)
        ]  # fmt: skip
        return {"files": shown, "files_url": base if open_now else None}

    @expose("/<int:record_id>/process", methods=["POST"])
    @page("read")
    def keep_process_files(self, record_id: int) -> Any:
        """【导入】 of the tab 过程文件, for everybody who works on the filing."""
        documents.process_files(self.session, record_id, uploads())
        return jsonify({"ok": True})

    @expose("/<int:record_id>/process/<int:attachment_id>/delete", methods=["POST"])
    @page("read")
    def drop_process_file(self, record_id: int, attachment_id: int) -> Any:
        """【删除】 of the tab 过程文件."""
        documents.drop_process_file(self.session, record_id, attachment_id)
        return jsonify({"ok": True})


class WorkBreakdownView(Console, model=WorkBreakdown):
    title = N_("Work breakdown")
    icon = "list-tree"
    grid = True
    list_columns = ["filing", "filing.case", "work_type", "mode", "assignee", "contractor", "due_on", "workload",
                    "outsourcing_fee", "status"]  # fmt: skip
    query_columns = ["filing", "work_type", "mode", "assignee", "status", "due_on"]
    form = [Section(N_("Line of the work breakdown"), "filing", "work_type", "mode", "assignee", "contractor", "due_on",
                    "workload", "outsourcing_fee", "remark")]  # fmt: skip

    @expose("/<int:record_id>/submit", methods=["POST"])
    @page("read")
    def submit(self, record_id: int) -> Any:
        """【提交】 of whoever did the work: {workload} in hours (A-3.2.1.4-10)."""
        workload = str(sent().get("workload") or "").strip()
        if not workload:
            raise RuleError(N_("This must be filled in"), field="workload")
        work.submit(self.session, record_id, workload)
        return jsonify({"ok": True, "message": _("Handed in; the handler confirms it")})


def way(one: Filing) -> list[dict[str, Any]]:
    """The states of a filing as a line of steps."""
    place = WAY.index(one.status) if one.status in WAY else len(WAY)
    return [
        {"label": _(s.label), "state": "done" if i < place else "now" if i == place else "future"}
        for i, s in enumerate(WAY)
    ]


def reason_ask() -> dict[str, Any]:
    """Why something goes back."""
    return {"name": "reason", "label": _("Reason"), "kind": "long_text", "required": True, "choices": []}


def total(sheet: FeeSheet) -> str:
    """What a sheet comes to, by currency."""
    sums: dict[Any, Any] = {}
    for line in sheet.lines:
        sums[line.currency] = sums.get(line.currency, 0) + line.amount
    return "　".join(f"{amount:,.2f} {_(currency.label)}" for currency, amount in sums.items())
