"""The pages of the intake: 立案采集, its small page before, 批量立卷采集, what follows from it (A-3.2.1.2)."""

from typing import Any

from flask import flash, g, jsonify, redirect, request
from flask_appbuilder import expose

from app.console.guard import actor, page, say
from app.console.inputs import title_of
from app.console.kinds import is_whole
from app.console.layout import Grid, Section
from app.console.listing import ListState
from app.console.render import respond
from app.rules import intake as rules
from app.rules.case import CaseStatus, CaseType
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.services import drafts, intake, records
from app.texts import gettext as _
from models.case import Case
from views.intake_batch import BatchPages

#: The people whose tasks the page foretells.
PEOPLE = ("handler", "drafter", "translator", "illustrator")
STEP = "complete_review"


class IntakePages(BatchPages):
    """What cases have beyond a generated form; mixed into `CaseView`."""

    form_template = "intake/form.html"

    @expose("/begin", methods=["GET", "POST"])
    @page("add")
    def begin(self) -> Any:
        """〈新增案卷基本信息〉: type, client and related case; then the whole intake page (A-3.2.1.2.1-01, -02)."""
        given: Any = request.form if request.method == "POST" else request.args
        errors: dict[str, str] = {}
        if request.method == "POST":
            query, errors = self.beginning(given)
            if not errors:
                wanted = "&".join(f"{k}={v}" for k, v in query.items())
                return redirect(f"{self.base_url()}new?{wanted}", 303)
        kept = drafts.of(self.session, g.actor.id, self.key, drafts.NEW)
        context = {
            "title": _("Basic data of the new case"), "fields": self.beginning_fields(given, errors),
            "action": request.path, "back_url": self.base_url(), "related": bool(given.get("related")),
            "draft_url": f"{self.base_url()}new?draft=1" if kept else None,
        }  # fmt: skip
        return respond("intake/begin.html", page=context, status=422 if errors else 200)

    def beginning(self, given: Any) -> tuple[dict[str, Any], dict[str, str]]:
        """What the small page sent, and what is wrong with it: ({parameter: value}, {field: sentence})."""
        values: dict[str, Any] = {}
        errors: dict[str, str] = {}
        kind = CaseType.find(given.get("case_type", "")) or CaseType.ORDINARY
        wanted = given.get("related") or kind is CaseType.INVALIDATION
        for name, needed in (("client", True), ("related_case", kind is CaseType.INVALIDATION)):
            raw = given.get(name, "").strip() if name == "client" or wanted else ""
            target: Any = self.columns()[name].target
            shown = is_whole(raw) and title_of(self.session, target, raw)
            if raw and not shown:
                errors[name] = _("Choose one from the list")
            elif raw:
                values[name] = raw
            elif needed:
                errors[name] = _(rules.NEEDED[name][2] if name in rules.NEEDED else N_("This must be filled in"))
        return {"case_type": kind.name} | values, errors

    def beginning_fields(self, given: Any, errors: dict[str, str]) -> dict[str, Any]:
        """The controls of the small page."""
        columns, made = self.columns(), {}
        for name in ("case_type", "client", "related_case"):
            raw = given.get(name, "") or (CaseType.ORDINARY.name if name == "case_type" else "")
            made[name] = self.control(columns[name], name, raw) | {"error": errors.get(name)}
        made["related_case"] |= {"label": _("Related our ref."), "needed_when": f"case_type={CaseType.INVALIDATION}",
                                 "only_when": f"related=1|case_type={CaseType.INVALIDATION}"}  # fmt: skip
        return made

    def blank(self) -> Case:
        """A new case with what its client and its related case give, as far as the reader sees it there."""
        typed = self.typed_form()
        asked = typed or request.args
        kind = CaseType.find(asked.get("case_type", "")) or CaseType.ORDINARY
        if typed:
            return Case(case_type=kind)
        client, related = (int(v) if is_whole(v := asked.get(n, "")) else None for n in ("client", "related_case"))
        made = intake.begin(self.session, kind, client, related)
        for name in self.closed_of_client():
            setattr(made, name, None)
        return made

    def closed_of_client(self) -> list[str]:
        """The columns taken from clients that the reader may not see there."""
        clients = self.consoles_by_key()["client"].instance()
        return [n for n in intake.OF_THE_CLIENT if not clients.open_to(actor(), n.removesuffix("_id"))]

    def prefills(self) -> dict[str, str]:
        """A chosen client fills in what is still empty."""
        return {"client": f"{self.base_url()}prefill"} if self.can("add") else {}

    @expose("/prefill")
    @page("add")
    def prefill(self) -> Any:
        """What a client gives a case: {values: {field: {value, display}}} (A-3.2.1.2.2-07, A-3.2.1.2.8-01)."""
        key = request.args.get("value", "")
        made = intake.begin(self.session, CaseType.ORDINARY, int(key) if is_whole(key) else None)
        closed, columns, values = self.closed_of_client(), self.columns(), {}
        for name in intake.OF_THE_CLIENT:
            column = columns[name.removesuffix("_id")]
            value = getattr(made, name)
            if value is not None and name not in closed and self.writable_to(actor(), column.name):
                raw = column.kind.input(value, column.field)
                shown = title_of(self.session, column.target, raw) if column.target else raw
                values[column.name] = {"value": raw, "display": shown}
        return jsonify({"values": values})

    @expose("/consequence")
    @page("read")
    def consequence(self) -> Any:
        """The tasks that completing the review would make for the people chosen so far."""
        people = {n: int(v) if is_whole(v := request.args.get(n, "")) else None for n in PEOPLE}
        return jsonify({"text": self.foretold(people)})

    def foretold(self, people: dict[str, int | None]) -> str:
        """The same in words."""
        planned = intake.consequences(self.session, people)
        names = "、".join(f"{task}（{who}）" if who else task for task, who in planned)
        if not people.get("handler"):
            return _("No handler is named: completing the review creates the task %(names)s", names=names)
        return _("Completing the review creates: %(names)s", names=names)

    def section_note(self, section: Section, record: Any) -> dict[str, Any]:
        """Below the people stands what follows from naming them."""
        waiting = record is None or record.status is CaseStatus.INTAKE_REVIEW
        if "handler" not in section.fields or not waiting:
            return {}
        origin = self.origin(record)
        people = {n: getattr(origin, f"{n}_id") for n in PEOPLE}
        return {"note": self.foretold(people), "note_url": f"{self.base_url()}consequence"}

    def grid_note(self, grid: Grid, record: Any) -> str:
        """How many requirements the client has that the case has not taken over."""
        if grid.name != "requirements":
            return ""
        count = intake.offered_requirements(self.session, self.origin(record))
        return _("The client has %(count)s requirements to choose from", count=count) if count else ""

    def field_context(self, name: str, record: Any, *more: Any) -> dict[str, Any]:
        """The type is chosen before; attorneys need a certificate; what came from the client says so."""
        made = super().field_context(name, record, *more)
        if name == "case_type" and (record is None or record.status is not CaseStatus.INTAKE_REVIEW):
            made |= {"readonly": True, "value": made["value"] or self.origin(record).case_type.name}
        if name in ("first_attorney", "second_attorney") and not made["readonly"]:
            made["hint"] = _("Must hold an attorney certificate")
        if record is None and made["value"] and f"{name}_id" in intake.OF_THE_CLIENT and not self.typed_form():
            related = self.origin(None).related_case_id
            made["hint"] = _("Taken from the related case") if related else _("Taken from the client's data")
        return made

    def form_context(self, record: Any, **more: Any) -> dict[str, Any]:
        """The intake page with its three buttons 【保存】【复核完成】【返回】, and what is still missing."""
        context = super().form_context(record, **more)
        origin, waiting = self.origin(record), record is None or record.status is CaseStatus.INTAKE_REVIEW
        missing = rules.gaps_for_review(record) if record is not None and waiting and not context["errors"] else []
        closed = "" if waiting else _("This case has been reviewed")
        closed = closed if self.can(STEP) else _("You have no right to do this")
        placed = {grid["name"]: t["id"] for t in context["tabs"] for grid in t["grids"]}
        return context | {
            "badges": [{"label": _(origin.case_type.label), "colour": "info"}], "save_new": False,
            "states": self.states(record) if record is not None else [],
            "review": {"value": STEP, "label": _("Complete review"), "closed": closed},
            "missing": [{"field": e.field, "message": say(e), "tab": placed.get(e.field or "", "t0")} for e in missing],
        }  # fmt: skip

    def back_url(self, record: Any) -> str:
        """【返回】: to the list, or to the record that was changed later."""
        waiting = record is None or record.status is CaseStatus.INTAKE_REVIEW
        return self.base_url() if waiting else f"{self.base_url()}{record.id}"

    def after_save(self, record: Case) -> Any:
        """【保存】 stays while the case waits for its review; 【复核完成】 saves first, then takes the step."""
        if request.form.get("_save") == STEP:
            return self.review(record)
        flash(_("Saved"), "success")
        there = f"{record.id}/edit" if record.status is CaseStatus.INTAKE_REVIEW else f"{record.id}"
        return redirect(self.base_url() + there, 303)

    def review(self, record: Case) -> Any:
        """Complete the review of what was just saved; what is missing stands above the form (A-3.2.1.2.11-03, -04)."""
        if not self.can(STEP):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        key = record.id
        try:
            records.move(self.session, record, STEP)
        except RuleErrors as refused:
            said = "；".join(say(e) for e in refused.errors)
            flash(_("Saved, but the review is not completed: %(said)s", said=said), "error")
            return redirect(f"{self.base_url()}{key}/edit", 303)
        flash(_("The review is completed"), "success")
        return redirect(f"{self.base_url()}{key}", 303)

    def panel_letters(self, record: Case) -> Any:
        """The files the client sent with the case (客户来文, A-3.2.1.2.6)."""
        return self.files_of(record.id, "letters", rules.CLIENT_LETTER)

    @expose("/<int:record_id>/letters", methods=["POST"])
    @page("edit")
    def add_letters(self, record_id: int) -> Any:
        """Put files of the client on the case: all or none."""
        return self.take_files(record_id, "letters", rules.CLIENT_LETTER)

    def list_buttons(self) -> list[dict[str, Any]]:
        """【立案采集】【批量立卷采集】【修改】 … 【电子案卷夹】【删除】 (A-3.2.1.2-03, ambiguities 99)."""
        made = super().list_buttons()
        at = next((i for i, b in enumerate(made) if b["name"] == "new"), None)
        if at is not None:
            made[at] |= {"label": _("Case intake"), "url": f"{self.base_url()}begin"}
            made.insert(at + 1, self.button("batch", _("Batch case intake"), icon="layers", needs="any", method="get",
                                            url=f"{self.base_url()}batch"))  # fmt: skip
        return made

    def verbs(self) -> list[dict[str, Any]]:
        """The folder of a case is one step from the list and from the case."""
        made = super().verbs()
        if actor().may("read", "case_folder"):
            made.append(self.button("folder", _("Electronic case folder"), icon="folder-open", needs="one", link=True,
                                    url="/app/case_folder/{id}"))  # fmt: skip
        return made

    def empty_state(self, state: ListState) -> dict[str, Any]:
        """The first case is taken in like any other."""
        empty = super().empty_state(state)
        for action in empty["actions"]:
            if action["url"] == f"{self.base_url()}new":
                action.update(label=_("Case intake"), url=f"{self.base_url()}begin")
        return empty

    def list_context(self, *args: Any) -> dict[str, Any]:
        """The key N leads to the small page too."""
        context = super().list_context(*args)
        return context | {"new_url": context["new_url"] and f"{self.base_url()}begin"}
