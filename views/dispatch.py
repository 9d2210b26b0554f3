"""向专利局送案 (A-3.3.6): filings that are ready, sent and cleared, on paper or electronic, by receiving office."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import request
from flask_appbuilder import expose
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from app.console import Console, Section
from app.console.columns import Query
from app.console.guard import actor, page, say
from app.console.layout import ListTab
from app.console.list_address import is_condition, link
from app.console.listing import ListState, Page, where
from app.console.render import respond
from app.rules.case import FilingMethod
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.filing import FilingStatus, SpecialEdit
from app.services import dispatch
from app.services.today import stamp, today
from app.texts import gettext as _
from models.filing import Filing
from views.filing import FilingView

KEY = "dispatch"
PAPER, ELECTRONIC = "paper", "electronic"
DATE = {"kind": "date", "choices": [], "url": ""}
TEXT = {"kind": "text", "choices": [], "url": "", "maxlength": 80}


def office_name(office: str | None) -> str:
    """The receiving office as people read it."""
    return office or _(dispatch.OFFICE)


def day_field(name: str, label: str) -> dict[str, Any]:
    """A required day, today unless told otherwise."""
    return DATE | {"name": name, "label": label, "required": True, "value": today().isoformat()}


def text_field(name: str, label: str, *, required: bool = False) -> dict[str, Any]:
    """A short text."""
    return TEXT | {"name": name, "label": label, "required": required}


class DispatchView(Console, model=Filing):
    key = KEY
    title = N_("Dispatch to the Office")
    icon = "send"
    read_only = True
    list_template = "dispatch/list.html"
    list_part = "dispatch/_list_body.html"
    order = "office,id"
    list_columns = ["case.our_ref", "case.title", "kind", "name", "status",
                    "case.client.short_name", "handler", "office", "sent_on", "exported_on", "received_on"]  # fmt: skip
    query_columns = ["case.our_ref", "case.app_no", "status", "case.client.short_name", "case.title",
                     "case.patent_type", "case.case_type", "kind", "handler", "sent_on", "exported_on", "received_on",
                     "office"]  # fmt: skip
    form = [Section(N_("Dispatch"), "office", "finalized_on", "voucher_no", "courier", "not_filed_reason",
                    "acknowledgement_no", "remark")]  # fmt: skip
    list_tabs = [
        ListTab(PAPER, N_("Dispatch on paper"), "method", (FilingMethod.PAPER,)),
        ListTab(ELECTRONIC, N_("Electronic dispatch"), "method", dispatch.ELECTRONIC),
    ]
    search_columns = ["filing_no"]

    @classmethod
    def permissions(cls) -> dict[str, str]:
        """Its steps are rights on filings."""
        return {name: label for name, label in super().permissions().items() if name in ("read", "export")}

    def base_condition(self) -> Any:
        """What is ready or gone; what is in special edit stands on that page."""
        return Filing.status.in_(dispatch.SEEN) & (Filing.special_edit == SpecialEdit.NONE)

    def open_to(self, who: Any, name: str) -> bool:
        """What is hidden of filings is hidden here too."""
        return super().open_to(who, name) and FilingView.instance().open_to(who, name)

    def asked(self, args: MultiDict) -> tuple[MultiDict, Any]:
        """Without a wish: what is not sent yet, electronically (A-3.3.6.1-01: the work of the day)."""
        asked, view = super().asked(args)
        if asked.get("tab") not in (PAPER, ELECTRONIC):
            asked = MultiDict([(k, v) for k, v in asked.items(multi=True) if k != "tab"])
            asked["tab"] = ELECTRONIC
        if view is None and args.get("view") != "all" and not any(is_condition(k) for k in asked):
            asked = MultiDict(asked.items(multi=True))
            asked["q.status"] = FilingStatus.AWAITING_DISPATCH.name
        return asked, view

    def list_context(self, state: ListState, found: Page, view: Any, problem: Any) -> dict[str, Any]:
        """The list with how many filings there are in each state and for each office."""
        context = super().list_context(state, found, view, problem)
        strip = {} if problem else {"states": self.state_segments(state), "offices": self.office_segments(state)}
        return context | {"in_view": True, "strip": strip, "icons": 1}

    def view_tabs(self, current: Any, state: ListState) -> list[dict[str, Any]]:
        """纸件送案 and 电子送案, then the saved views."""
        tabs = super().view_tabs(current, state)[1:]
        base = self.base_url()
        for tab, declared in zip(tabs, self.list_tabs, strict=False):
            tab["url"] = f"{base}?tab={declared.name}"
        return tabs

    def counted(self, state: ListState, name: str) -> dict[Any, int]:
        """{value of a column: how many rows}, under all other conditions of the list."""
        column, query = getattr(Filing, name), Query(Filing)
        others = replace(state, conditions=[c for c in state.conditions if c.column.name != name])
        conditions = where(self.session, query, others)  # first: they say what is joined
        statement = query.apply(select(column, func.count()).select_from(Filing)).group_by(column)
        rows = self.session.execute(statement.where(*conditions, self.base_condition()))
        return dict(rows.all())

    def state_segments(self, state: ListState) -> list[dict[str, Any]]:
        """未发送, 已发送, 已核销 with their counts."""
        counts = self.counted(state, "status")
        chosen = [c.values for c in state.conditions if c.column.name == "status"]
        args = MultiDict([(k, v) for k, v in state.args.items(multi=True) if k not in ("q.status", "page", "view")])
        made = [
            {"label": _(s.label), "count": counts.get(s, 0), "current": chosen == [[s.name]],
             "url": link(self.base_url(), args, **{"q.status": s.name})}
            for s in dispatch.SEEN
        ]  # fmt: skip
        every = {"label": _("All"), "count": sum(counts.values()), "current": not chosen,
                 "url": link(self.base_url(), args, view="all")}  # fmt: skip
        return [*made, every]

    def office_segments(self, state: ListState) -> list[dict[str, Any]]:
        """The receiving offices with their counts (A-3.3.6.1-01)."""
        counts = self.counted(state, "office")
        named: dict[str, int] = {}
        for office, count in counts.items():
            named[office or ""] = named.get(office or "", 0) + count
        chosen = [c for c in state.conditions if c.column.name == "office"]
        kept = [(k, v) for k, v in state.args.items(multi=True)
                if k not in ("q.office", "page") and not (k == "c" and v.startswith("office~"))]  # fmt: skip
        if not any(is_condition(k) for k, _v in kept):
            kept = [("view", "all"), *((k, v) for k, v in kept if k != "view")]
        args, base = MultiDict(kept), self.base_url()
        made = [{"label": _("All offices"), "count": sum(named.values()), "current": not chosen,
                 "url": link(base, args)}]  # fmt: skip
        for office, count in sorted(named.items()):
            wish = {"c": f"office~is~{office}"} if office else {"c": "office~empty~"}
            current = [(c.operator, c.values[0]) for c in chosen] == [("is", office) if office else ("empty", "")]
            pairs = MultiDict([*kept, *wish.items()])
            made.append({"label": office_name(office), "count": count, "current": current, "url": link(base, pairs)})
        return made if len(made) > 1 else []

    def open_steps(self, ids: list[int]) -> dict[int, list[str]]:
        """{row: the verbs its state lets the actor use}."""
        query = select(Filing.id, Filing.status, Filing.method).where(Filing.id.in_(ids))
        return {key: list(verbs_for(status, method)) for key, status, method in self.session.execute(query)}

    def list_buttons(self) -> list[dict[str, Any]]:
        """The verbs of the tab (A-3.3.6.1-03, A-3.3.6.2)."""
        return self.dispatch_buttons(self.tab() == PAPER)

    def tab(self) -> str:
        """The part of the list that is shown."""
        return self.asked(request.args)[0]["tab"]

    def dispatch_buttons(self, paper: bool) -> list[dict[str, Any]]:
        """The verbs of filings on paper or electronic ones, as far as the actor may use them."""
        base, who = self.base_url(), actor()
        may_send, may_clear = who.may("dispatch", "filing"), who.may("acknowledge", "filing")
        made = []
        if paper and may_send:
            made.append(self.button("register", _("Register dispatch"), icon="send", primary=True, step=True,
                                    url=f"{base}register", asks=(
                                        text_field("voucher_no", N_("Voucher no."), required=True),
                                        day_field("sent_on", N_("Actually dispatched on"))),
                                    optional=(text_field("courier", N_("Courier or way")),)))  # fmt: skip
        if not paper and may_send:
            made.append(self.button(
                "package", _("Export package"), icon="package", primary=True, step=True, url=f"{base}package",
                confirm=_("Export the packages of {n} filings? Those not sent yet become “Sent”."),
            ))  # fmt: skip
        if not paper and may_clear:
            made.append(self.button("acknowledgements", _("Import electronic acknowledgement"), icon="file-down",
                                    needs="none", link=True, url=f"{base}acknowledgements"))  # fmt: skip
        if paper and may_clear:
            made.append(self.button("acknowledgement", _("Register acknowledgement"), icon="clipboard-check",
                                    link=True, step=True, url=f"{base}acknowledgement"))  # fmt: skip
        made.append(self.button("details", _("View details"), icon="eye", needs="one", link=True, url=f"{base}{{id}}"))
        made.append(self.button("files", _("Export files"), icon="file-down", link=True, url=f"{base}files"))
        if not paper and may_clear:
            made.append(self.button("clear", _("Clear by hand"), icon="check", step=True, url=f"{base}clear",
                                    asks=(day_field("received_on", N_("Received by the Office on")),),
                                    optional=(text_field("acknowledgement_no", N_("Acknowledgement no.")),
                                              text_field("app_no", N_("Application no.")))))  # fmt: skip
        if who.may("to_special_edit", "filing"):
            made.append(self.button("to_special_edit", _("Move to special edit"), icon="pencil", step=True,
                                    confirm=_("Move {n} filings to the special edit of filed documents?"),
                                    url="/app/filing/action/to_special_edit"))  # fmt: skip
        made.append(self.button("print", _("Print dispatch list"), icon="printer", link=True, url=f"{base}print"))
        return made

    def find_any(self, record_id: int) -> Filing:
        """A filing that was ready once, even one that stands on the page of special edits meanwhile."""
        (filing,) = dispatch.filings(self.session, [record_id])
        if filing.status not in dispatch.SEEN:
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        return filing

    @expose("/<int:record_id>")
    @page("read")
    def detail(self, record_id: int) -> Any:
        """查看明细: what is in a filing, what was sent, what the Office acknowledged."""
        filing = self.find_any(record_id)
        paper = filing.method is FilingMethod.PAPER
        verbs = verbs_for(filing.status, filing.method)
        buttons = [b for b in self.dispatch_buttons(paper) if b["name"] in (*verbs, "files")]
        context = {
            "title": filing.case.our_ref, "subtitle": filing.case.title, "back_url": back_url(paper),
            "record_id": filing.id, "state": {"label": _(filing.status.label), "colour": filing.status.colour},
            "buttons": [b | {"disabled_reason": ""} for b in buttons], "sections": self.sections_of(filing),
            "documents": [described(filing, d) for d in filing.documents], "told": filing.acknowledgement,
            "lacking": [say(e) for e in dispatch.lacking(filing)] if "package" in verbs else [],
            "folder_url": folder_url(filing), "case_url": f"/app/case/{filing.case_id}",
            "package_url": f"{self.base_url()}{filing.id}/package" if filing.package_id else None,
        }  # fmt: skip
        return respond("dispatch/detail.html", page=context)

    def sections_of(self, filing: Filing) -> list[dict[str, Any]]:
        """The facts of a filing in two groups."""
        groups = [
            (N_("Filing"), ("filing_no", "kind", "name", "method", "office", "case.app_no", "case.filing_date",
                            "case.patent_type", "handler")),
            (N_("Dispatch"), ("finalized_on", "exported_on", "sent_on", "voucher_no", "courier", "not_filed_reason",
                              "received_on", "acknowledgement_no")),
        ]  # fmt: skip
        columns = self.columns()
        return [{"label": _(label), "facts": self.facts(filing, [columns[n] for n in names])}
                for label, names in groups]  # fmt: skip


def verbs_for(status: FilingStatus, method: FilingMethod) -> Iterable[str]:
    """The verbs that a filing in this state stands open to."""
    sent, paper = status is FilingStatus.DISPATCHED, method is FilingMethod.PAPER
    if status is FilingStatus.AWAITING_DISPATCH:
        return ("register",) if paper else ("package",)
    if sent:
        return ("acknowledgement", "to_special_edit") if paper else ("package", "clear", "to_special_edit")
    return ()


def back_url(paper: bool) -> str:
    """The list a filing stands in."""
    return f"/app/{KEY}/?tab={PAPER if paper else ELECTRONIC}"


def folder_url(filing: Filing) -> str | None:
    """The electronic case folder, for those who may see it."""
    return f"/app/case_folder/{filing.case_id}" if actor().may("read", "case_folder") else None


def described(filing: Filing, document: Any) -> dict[str, Any]:
    """A document of a filing as pages show it."""
    version = dispatch.version_of(document)
    return {
        "id": document.id, "name": document.name, "part": _(document.part.label),
        "code": dispatch.code_of(filing, document), "ending": dispatch.ending_of(document).removeprefix(".").upper(),
        "pages": document.pages, "claims": document.claims, "version": version.number if version else None,
        "at": stamp(version.created_at) if version else "", "remark": document.remark,
        "url": f"/app/{KEY}/file/{document.id}" if dispatch.ending_of(document) else None,
    }  # fmt: skip
