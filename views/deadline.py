"""Official time limits (官方期限配置, A-2.1.4)."""

from typing import Any

from flask import request
from flask_appbuilder import expose

from app.console import Console, Section
from app.console.guard import page, say
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.normalize import parse_date
from app.services import records
from app.services.calendar import calendar_of
from app.services.reckoning import reckon
from app.services.rulebook import rule_of
from app.services.today import today
from app.texts import gettext as _
from models.deadline import DeadlineRule
from views.calculator import asked, days_before, rule_fields
from views.provenance import provenance
from views.rule_pages import comparison, law_defaults, law_fields, matrix
from views.trial import Trial

URL = "/app/deadline_rule"
PAGES = {"matrix": N_("Coverage matrix"), "law": N_("Law side by side")}


class DeadlineRuleView(Trial, Console, model=DeadlineRule):
    title = N_("Time limit settings")
    icon = "hourglass"
    list_columns = ["code", "name", "trigger_document", "number", "unit", "base", "extendable", "restorable",
                    "effective_from", "confidence", "enabled"]  # fmt: skip
    query_columns = ["name", "trigger_document", "code", "triggers", "base", "patent_scope", "extendable", "confidence"]
    opens = "form"
    beside = N_("Time limit information")
    after_add = after_edit = "list"
    order = "id"
    form = [
        Section(N_("Official time limit"), "code", "name", "trigger_document", "triggers", "action", "enabled"),
        Section(N_("Period"), "number", "unit", "base", "base_note", "later_number", "later_unit", "later_base",
                "combined_rule"),
        Section(N_("Internal time limits"), "internal_days", "remind_days"),
        Section(N_("Extension and restoration"), "extendable", "max_extension", "restorable", "restore_period",
                "consequence"),
        Section(N_("Range of application"), "patent_scope", "route", "applies_to"),
        Section(N_("Basis and validity"), "article", "effective_from", "effective_to", "confidence", "remark"),
    ]  # fmt: skip
    pick_columns = ["code"]
    pick_only = {"enabled": True}
    import_key = ("code",)

    def list_buttons(self) -> list[dict[str, Any]]:
        """The pages that look at all rules together."""
        icons = {"matrix": "table", "law": "scale"}
        own = [
            self.button(name, _(label), icon=icons[name], needs="none", method="get", url=f"{URL}/{name}")
            for name, label in PAGES.items()
        ]
        return super().list_buttons() + own

    @expose("/<int:record_id>/try")
    @page("read")
    def try_out(self, record_id: int) -> Any:
        """Enter a date: what the rule makes of it."""
        row = records.find(self.session, DeadlineRule, record_id)
        given = asked({"doc_date": today().isoformat(), "channel": "ELECTRONIC", "filing_date": today().isoformat()})
        given |= {name: str(days) for name, days in (("internal_days", row.internal_days), ("remind_days",
            row.remind_days))
                  if days is not None and name not in request.args}  # fmt: skip
        context: dict[str, Any] = {"fields": [], "result": None, "error": None}
        try:
            rule = rule_of(row)
            context["fields"] = [*rule_fields(rule, row, given), *days_before(given)]
            shown = {control["name"]: given.get(control["name"], "") for control in context["fields"]}
            outcome = reckon(shown | {"rule": row.code}, calendar_of(self.session), [rule])
            context["result"] = provenance(outcome, calendar_of(self.session), today())
        except RuleError as error:
            context["error"] = say(error)
        return self.tried("deadline", context)

    @expose("/matrix")
    @page("read")
    def matrix(self) -> Any:
        """Which notice sets off what in which kind of case (规则覆盖矩阵)."""
        on = parse_date(request.args.get("on") or today(), field="on")
        return self.framed("matrix", matrix(self.session, on, request.args.get("only", ""), f"{URL}/matrix"))

    @expose("/law")
    @page("read")
    def law(self) -> Any:
        """The deadlines of one event under the law of two days (新旧法对照)."""
        given = asked(law_defaults())
        context: dict[str, Any] = {
            "fields": law_fields(self.session, given),
            "result": None,
            "error": None,
            "own_address": True,
        }
        try:
            before, after = (parse_date(given.get(name), field=name) for name in ("before", "after"))
            context["result"] = comparison(self.session, given, before, after)
        except RuleError as error:
            context["error"] = say(error)
        return self.framed("law", context)

    def framed(self, name: str, context: dict[str, Any]) -> Any:
        """A page about all rules, or its result alone."""
        frame: dict[str, Any] = {"title": _(PAGES[name]), "name": name, "url": f"{URL}/{name}", "back_url": f"{URL}/"}
        frame["tabs"] = [
            {"label": _(label), "url": f"{URL}/{key}", "active": key == name} for key, label in PAGES.items()
        ]
        template = {"matrix": "matrix.html", "law": "page.html"}[name]
        if request.headers.get("HX-Target") == "result":
            template = f"_{name}_result.html"
        return respond(f"calculator/{template}", page=frame | context)
