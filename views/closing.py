"""Closing and reinstatement of cases: the four pages of A-3.2.2.5."""

from typing import Any

from flask import redirect, request
from flask_appbuilder import expose
from sqlalchemy import ColumnElement, or_

from app.console import Button, Console, Panel, Section, Tab
from app.console.columns import CUSTOM, Column, Columns
from app.console.guard import actor, page
from app.console.inputs import shown_title
from app.console.kinds import is_whole
from app.console.other_list import OtherList
from app.console.render import respond
from app.console.shell import PAGES
from app.rules.access import ACTIONS
from app.rules.case import CaseStatus
from app.rules.choice import N_
from app.rules.closing import RequestStatus
from app.services import closing
from app.services.today import today
from app.texts import gettext as _
from models.base import Field
from models.case import Case
from models.closing import ClosingRequest, ReinstatementRequest
from views.case import CaseView

#: What the requester writes.
TYPED = ("case", "note", "reason")
#: What a case shows of its requests.
STATES = {
    "closing_status": Field("choice", N_("Closing status"), choices=RequestStatus),
    "reinstatement_status": Field("choice", N_("Reinstatement status"), choices=RequestStatus),
}
for _key in ("closing", "reinstatement"):
    PAGES[_key] = {"read": ACTIONS["read"], "export": ACTIONS["export"]}


def url_of(record: ClosingRequest | ReinstatementRequest) -> str:
    """The page of a request: where it is handed in, reviewed, read."""
    console = ClosingRequestView if isinstance(record, ClosingRequest) else ReinstatementRequestView
    return f"{console.base_url()}{record.id}"


def handed_in(record: Any) -> bool:
    """Whether a request went to its reviewer."""
    return record is not None and record.status is not RequestStatus.SAVED


REVIEW = Section(N_("Review"), "reviewer", "handed_in_at", "reviewed_at", "opinion", when=handed_in)


class RequestPages(Console):
    """One request on one page for its whole life, and the list of those that were handed in."""

    form_template = "closing/form.html"
    list_columns = ["case", "case.client", "case.app_no", "case.title", "requester", "handed_in_at", "reviewer",
                    "status", "reviewed_at"]  # fmt: skip
    query_columns = ["case.client", "case.our_ref", "case.app_no", "status", "reviewer"]
    after_add = after_edit = "record"
    review_label = requester_label = reviewer_label = ""
    #: The sentence asked before agreeing: what it brings.
    consequence = ""

    def base_condition(self) -> ColumnElement[bool]:
        """What was handed in, and one's own that was not: a request that is only saved goes nowhere (A-3.2.2.5-07)."""
        mine = or_(self.model.requester_id == actor().id, self.model.created_by_id == actor().id)
        return or_(self.model.status != RequestStatus.SAVED, mine)

    def writable_to(self, who: Any, name: str) -> bool:
        """Who asks and who reviews, when and how, is not typed into a form (A-3.2.2.5-05, -10)."""
        return (name in TYPED or name.startswith(CUSTOM)) and super().writable_to(who, name)

    def list_buttons(self) -> list[dict[str, Any]]:
        """【结案审核】, 【恢复审核】: the page of the request. Requests are made on the list of cases."""
        url, kept = f"{self.base_url()}{{id}}", [b for b in super().list_buttons() if b["name"] == "delete"]
        review = self.button(
            "review", _(self.review_label), icon="stamp", needs="one", primary=True, url=url, link=True
        )
        return [review, *kept] if self.can("approve") else kept

    @expose("/new", methods=["GET", "POST"])
    @page("add")
    def new(self) -> Any:
        """A new request; where the case has an undecided one, that."""
        wanted = request.args.get("case", "")
        if request.method == "GET" and is_whole(wanted):
            found = closing.undecided(self.session, self.model, int(wanted))
            if found is not None:
                return redirect(f"{self.base_url()}{found.id}")
        return self.form_page(None)

    def field_context(self, name: str, record: Any, typed: bool, failures: dict[str, str]) -> dict[str, Any]:
        """Who asks is who acts; the case is the chosen one."""
        field = super().field_context(name, record, typed, failures)
        if name == "requester" and record is None:
            field |= {"value": str(actor().id), "display": actor().name}
        if name == "requester":
            field["label"] = _(self.requester_label)
        if name == "case" and (record is not None or "case" in request.args):
            field["readonly"] = True
        return field

    def form_context(self, record: Any, **options: Any) -> dict[str, Any]:
        """The form, with what must be looked at before."""
        context, wanted = super().form_context(record, **options), request.args.get("case", "")
        case_id = record.case_id if record is not None else int(wanted) if is_whole(wanted) else None
        back = self.base_url() if record is None else f"{self.base_url()}{record.id}"
        origin = request.args.get("case") and f"/app/{self.pages_of_cases}/"
        return context | {"unsettled": self.unsettled(case_id), "action": request.full_path.rstrip("?"),
                          "save_new": False, "back_url": origin or back}  # fmt: skip

    pages_of_cases = ""

    def unsettled(self, case_id: int | None) -> list[dict[str, Any]] | None:
        """The unfinished and uncleared tasks of a case; nothing to show (None) where nobody asks for them."""
        return None

    def panel_unsettled(self, record: Any) -> Any:
        """The same as a part of the request's page."""
        return respond("closing/_unsettled.html", page={"unsettled": self.unsettled(record.case_id)})

    @expose("/<int:record_id>")
    @page("read")
    def detail(self, record_id: int) -> Any:
        """The request: to be handed in, to be reviewed, or to be read (A-3.2.2.5-09, -16)."""
        record = self.find(record_id)
        self.remember(record)
        return respond("closing/request.html", page=self.detail_context(record))

    def detail_context(self, record: Any) -> dict[str, Any]:
        """The page, with the step that is due and may be taken by the reader."""
        saved, pending = record.status is RequestStatus.SAVED, record.status is RequestStatus.PENDING
        context = super().detail_context(record)
        step = ""
        if saved and self.can("hand_in"):
            step = "hand_in"
        elif pending and self.can("approve") and closing.may_decide(self.session, record):
            step = "review"
        return context | {
            "buttons": [], "step": step, "delete_url": context["delete_url"] if saved else None,
            "edit_url": context["edit_url"] if saved else None, "back_url": self.back_of(record),
            "action_url": f"{self.base_url()}action/", "me": actor().name, "review_label": _(self.review_label),
            "reviewer_label": _(self.reviewer_label),
            "reviewers": [{"code": key, "label": name} for key, name in closing.reviewers(self.session, self.model)]
            if step == "hand_in" else [],
            "open_count": len(self.unsettled(record.case_id) or []) if step else 0,
            "consequence": _(self.consequence),
        }  # fmt: skip

    def back_of(self, record: Any) -> str:
        """Where 【返回】 leads: a request that was not handed in comes from the list of cases."""
        return f"/app/{self.pages_of_cases}/" if record.status is RequestStatus.SAVED else self.base_url()

    def name_of(self, record: Any) -> str:
        """A request is called as its case."""
        return shown_title(self.session, Case, record.case_id, record.case.our_ref)


class ClosingRequestView(RequestPages, model=ClosingRequest):
    title = N_("[Closing] Closing review")
    icon = "archive"
    add_title = edit_title = N_("Submit closing")
    review_label, requester_label = N_("Closing review"), N_("Requester of the closing")
    reviewer_label = N_("Reviewer of the closing")
    consequence = N_("Agreement closes the case and terminates all tasks that are still open in it.")
    pages_of_cases = "closing"
    form = [
        Tab(
            N_("Basic information"),
            Section(N_("Closing request"), "case", "requester", "note"),
            REVIEW,
            Panel("unsettled"),
        ),
    ]  # fmt: skip

    def unsettled(self, case_id: int | None) -> list[dict[str, Any]] | None:
        """A-3.2.2.5-02: what the closing note should account for."""
        return lines(closing.unsettled(self.session, case_id)) if case_id and actor().may("read", "task") else []


class ReinstatementRequestView(RequestPages, model=ReinstatementRequest):
    title = N_("[Reinstatement] Reinstatement review")
    icon = "archive-restore"
    add_title = edit_title = N_("Submit reinstatement")
    review_label, requester_label = N_("Reinstatement review"), N_("Requester")
    reviewer_label = N_("Reviewer of the reinstatement")
    consequence = N_("Agreement makes the case active again; tasks that were terminated do not come back.")
    pages_of_cases = "reinstatement"
    form = [Section(N_("Reinstatement request"), "case", "requester", "reason"), REVIEW]


def lines(tasks: Any) -> list[dict[str, Any]]:
    """Tasks as lines of a small table."""
    return [
        {
            "name": one.name, "who": str(one.assignee), "on": one.hard_deadline,
            "late": one.hard_deadline is not None and one.hard_deadline < today(),
            "status": {"label": _(one.status.label), "colour": one.status.colour},
            "clearing": {"label": _(one.clearing.label), "colour": one.clearing.colour},
        }
        for one in tasks
    ]  # fmt: skip


class RequestColumns(Columns):
    """The columns of cases, with the state of their requests."""

    def _resolve(self, name: str) -> Column:
        return Column(name, Case, STATES[name], (), name) if name in STATES else super()._resolve(name)


class CasesToDecide(OtherList):
    """Cases, with one verb: to ask for something."""

    model = Case
    order = "our_ref"
    form = CaseView.form

    def columns(self) -> Columns:
        """The columns of cases and the state of their requests."""
        return RequestColumns(self.model, self.custom(), self.nameless)


class ClosingView(CasesToDecide):
    """〔[结案]提交结案〕: any case (A-3.2.2.5-03)."""

    key = "closing"
    title = N_("[Closing] Submit closing")
    lends = {"ask": ("add", "closing_request")}
    list_columns = ["our_ref", "client", "title", "app_no", "handler", "status", "closing_status"]
    query_columns = ["client", "our_ref", "app_no", "closing_status"]
    buttons = [
        Button("ask", N_("Submit closing"), permission="ask", needs="one", icon="archive", primary=True,
               url="/app/closing_request/new?case={id}"),
    ]  # fmt: skip


class ReinstatementView(CasesToDecide):
    """〔[恢复]提交恢复〕: cases whose closing was reviewed (A-3.2.2.5-13)."""

    key = "reinstatement"
    title = N_("[Reinstatement] Submit reinstatement")
    lends = {"ask": ("add", "reinstatement_request")}
    list_columns = ["our_ref", "client", "title", "app_no", "handler", "status", "reinstatement_status"]
    query_columns = ["client", "our_ref", "app_no", "reinstatement_status"]
    buttons = [
        Button("ask", N_("Submit reinstatement"), permission="ask", needs="one", icon="archive-restore", primary=True,
               url="/app/reinstatement_request/new?case={id}"),
    ]  # fmt: skip

    def base_condition(self) -> ColumnElement[bool]:
        """Closed ones, and those that came back since."""
        known: Any = Case
        return or_(Case.status == CaseStatus.CLOSED, known.closing_status == RequestStatus.APPROVED)
