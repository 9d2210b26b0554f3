"""The calculators (日期计算器, 年费计算器, 申请号校验): form left, result with its reasons right."""

from collections.abc import Mapping
from typing import Any

from flask import jsonify, request
from flask_appbuilder import BaseView, expose
from sqlalchemy import or_, select

from app.console import shell
from app.console.guard import page, say
from app.console.kinds import like
from app.console.render import respond
from app.extensions import db
from app.rules.access import ACTIONS
from app.rules.annuity_row import ROUTES
from app.rules.application_number import PatentType
from app.rules.choice import N_, Choice
from app.rules.deadline import BaseKind, DeadlineRule, Term
from app.rules.deadline_row import BASE_KINDS
from app.rules.delivery import Channel
from app.rules.errors import RuleError
from app.rules.period import MAX_EXTENSION, Unit
from app.services import calculator
from app.services.calendar import calendar_of
from app.services.reckoning import COLUMNS
from app.services.rulebook import rule_of
from app.services.today import today
from app.texts import gettext as _
from models import deadline as tables
from views.annuity_picture import schedule_page, why
from views.provenance import explained, provenance

KEY = "calculator"
URL = "/app/calculator"
MOST_NUMBERS = 200
shell.PAGES[KEY] = {"read": ACTIONS["read"]}

DOCUMENT_BASES = ("发文日", "交付日", "公告日")
Field = dict[str, Any]


class CalculatorView(BaseView):
    """The three calculators; with `embed` only the part that a dialog shows."""

    route_base = URL
    default_view = "deadline"
    class_permission_name = KEY
    base_permissions: list[str] = []
    key = KEY

    @expose("/deadline")
    @page("read")
    def deadline(self) -> Any:
        """A deadline by a rule of the table or by a period of one's own."""
        given = asked({"base_kind": DOCUMENT_BASES[0], "doc_date": today().isoformat(), "channel": "ELECTRONIC",
                       "period": "2", "unit": "MONTH"})  # fmt: skip
        fields = deadline_fields(given)
        context: dict[str, Any] = {"fields": fields, "result": None, "error": None}
        try:
            shown = {control["name"]: given.get(control["name"], "") for control in fields}
            outcome = calculator.deadline(db.session, shown)
            context["result"] = provenance(outcome, calendar_of(db.session), today())
        except RuleError as error:
            context["error"] = say(error)
        return self.show("deadline", N_("Date calculator"), context)

    @expose("/rules")
    @page("read")
    def rules(self) -> Any:
        """Time limits for the picker, by name, code, trigger or pinyin initials."""
        typed, at = request.args.get("q", "").strip(), max(request.args.get("page", 1, type=int) or 1, 1) - 1
        table, pattern = tables.DeadlineRule, f"%{like(typed)}%"
        query = select(table.code, table.name).where(table.enabled, table.number.is_not(None))
        if typed:
            columns = (table.name, table.code, table.triggers, table.trigger_document, table.pinyin)
            query = query.where(or_(*(column.like(pattern, escape="\\") for column in columns)))
        rows = db.session.execute(query.order_by(table.id).limit(9).offset(at * 8)).all()
        results = [{"id": code, "text": name, "note": code} for code, name in rows[:8]]
        return jsonify({"results": results, "more": len(rows) > 8, "new_url": None})

    @expose("/annuity")
    @page("read")
    def annuity(self) -> Any:
        """The annuities of a whole life, with what being late costs."""
        given = asked({"route": "国内", "patent_type": PatentType.INVENTION.code, "fee_reduction_pct": "0"})
        context: dict[str, Any] = {"fields": annuity_fields(given), "result": None, "error": None}
        if given.get("filing_date") and (given.get("grant_date") or given.get("grant_patent_year")):
            try:
                context["result"] = schedule_page(calculator.life(db.session, given, today()), given, today(), URL)
            except RuleError as error:
                context["error"] = say(error)
        return self.show("annuity", N_("Annuity calculator"), context)

    @expose("/annuity/why")
    @page("read")
    def annuity_why(self) -> Any:
        """Where the dates and the amount of one year come from."""
        life = calculator.life(db.session, asked({}), today())
        if life.chosen is None:
            raise RuleError(N_("There is no such patent year"), code="missing")
        return respond("calculator/_why.html", why=why(life.chosen, today()))

    @expose("/application-number")
    @page("read")
    def application_number(self) -> Any:
        """What application numbers say, and what wrong ones may have been."""
        given = asked({})
        lines = [line.strip() for line in given.get("numbers", "").splitlines() if line.strip()]
        rows = [number_row(line) for line in lines[:MOST_NUMBERS]]
        control = field("numbers", N_("Application numbers"), "long_text", given, lines=12)
        hint = _("One number a line, at most %(most)s.", most=MOST_NUMBERS)
        return self.show("number", N_("Application number check"), {
            "fields": [control | {"hint": hint}], "rows": rows, "verb": _("Check"),
        })  # fmt: skip

    def show(self, name: str, title: str, context: dict[str, Any]) -> Any:
        """The whole page, the form with its result, or the result alone: whatever is asked for."""
        embed = "embed" in request.args
        part = {"result": f"_{name}_result.html", "calc": "_calc.html"}.get(request.headers.get("HX-Target", ""))
        template = part or ("_part.html" if embed else "page.html")
        tabs = [
            {"label": _(label), "url": f"{URL}/{path}", "active": path == request.path.rsplit("/", 1)[1]}
            for path, label in PATHS.items()
        ]
        frame = {"title": _(title), "name": name, "url": request.path, "tabs": tabs, "embed": embed}
        frame["own_address"] = not embed and name != "number"
        return respond(f"calculator/{template}", page=frame | context, today=today().isoformat())


PATHS = {
    "deadline": N_("Date calculator"),
    "annuity": N_("Annuity calculator"),
    "application-number": N_("Application number check"),
}


def asked(defaults: Mapping[str, str]) -> dict[str, str]:
    """What the address asks; the defaults where it is silent."""
    return dict(defaults) | {name: text.strip() for name, text in request.args.items() if name != "embed"}


def number_row(line: str) -> dict[str, Any]:
    """One line of the check of numbers."""
    found = calculator.number({"app_no": line})
    return found.columns | {
        "given": line,
        "error": say(found.error) if found.error else "",
        "why": explained(found.steps)["basis"],
        "suggestions": found.columns["suggestions"].split()[:6],
    }


def field(name: str, label: str, kind: str, given: Mapping[str, str], **more: Any) -> Field:
    """A control of a calculator's form."""
    return {"name": name, "id": f"c-{name}", "label": _(label), "kind": kind, "value": given.get(name, "")} | more


def choices(values: Any) -> list[dict[str, str]]:
    """The options of a closed list."""
    return [{"code": value.code, "label": _(value.label)} for value in values]


def deadline_fields(given: dict[str, str]) -> list[Field]:
    """The inputs that the chosen rule, or a period of one's own, needs."""
    row = chosen_rule(given.get("rule", ""))
    picker = field(
        "rule", N_("Official time limit"), "reference", given, url=f"{URL}/rules", display=row.name if row else ""
    )
    picker |= {"reload": True, "placeholder": _("Empty: a period of your own")}
    if row is None:
        return [picker, *period_fields(given), *days_before(given)]
    if not given.get("internal_days") and not given.get("remind_days"):
        days = {"internal_days": row.internal_days, "remind_days": row.remind_days}
        given |= {name: "" if number is None else str(number) for name, number in days.items()}
    return [picker, *rule_fields(rule_of(row), row, given), *days_before(given)]


def days_before(given: Mapping[str, str]) -> list[Field]:
    """How many days before the deadline the internal one and the reminder lie."""
    return [
        field("internal_days", N_("Internal deadline before"), "integer", given, unit=_("days")),
        field("remind_days", N_("Reminder before"), "integer", given, unit=_("days")),
    ]


def chosen_rule(code: str) -> tables.DeadlineRule | None:
    """The time limit of this code, if there is one in use."""
    table = tables.DeadlineRule
    return (
        db.session.execute(select(table).where(table.code == code, table.enabled)).scalars().first() if code else None
    )


def period_fields(given: Mapping[str, str]) -> list[Field]:
    """The inputs of a period of one's own."""
    kinds = [{"code": kind, "label": kind} for kind in BASE_KINDS]
    made = [
        field("base_kind", N_("Counted from"), "choice", given, choices=kinds, blank=None, reload=True),
        field("doc_date", N_("Date"), "date", given, required=True),
    ]
    if given.get("base_kind") == DOCUMENT_BASES[0]:
        made.append(field("channel", N_("Way of delivery"), "choice", given, choices=choices(Channel), blank=None))
    if given.get("base_kind") in DOCUMENT_BASES[:2]:
        made.append(field("received_on", N_("Actually received on"), "date", given, hint=_("With evidence only")))
    return [
        *made,
        field("period", N_("Length of period"), "integer", given, required=True),
        field("unit", N_("Unit of period"), "choice", given, choices=choices(Unit), blank=None),
        extension_field(given),
    ]


def rule_fields(rule: DeadlineRule, row: tables.DeadlineRule, given: Mapping[str, str]) -> list[Field]:
    """The inputs a rule needs: the day of its event, how a document came, and days of the case."""
    terms = [term for term in (rule.term, rule.later_term) if term]
    period = "；".join(term_text(term) for term in terms)
    made = [field("period_text", N_("Period"), "fact", {"period_text": period})]
    if any(term.base not in COLUMNS for term in terms):
        label = (
            N_("Dispatch date")
            if terms[0].base in (BaseKind.DELIVERY, BaseKind.DISPATCH) or rule.later_term
            else N_("Date of the event")
        )
        made.append(field("doc_date", label, "date", given, required=True, hint=row.base_note or ""))
    if rule.channel_sensitive:
        made.append(field("channel", N_("Way of delivery"), "choice", given, choices=choices(Channel), blank=None))
        made.append(field("received_on", N_("Actually received on"), "date", given, hint=_("With evidence only")))
    for term in terms:
        if term.base is BaseKind.PRIORITY_OR_FILING:
            made.append(field("priority_date", BaseKind.PRIORITY.label, "date", given, hint=_("Empty: no priority")))
        if term.base in COLUMNS:
            kind = BaseKind.FILING if term.base is BaseKind.PRIORITY_OR_FILING else term.base
            made.append(field(COLUMNS[term.base], kind.label, "date", given, required=True))
    return made + ([extension_field(given)] if rule.extendable else [])


def term_text(term: Term) -> str:
    """A period in words: 2 月，自送达日起."""
    return _("%(number)s %(unit)s from: %(base)s", number=term.number, unit=_(term.unit.label), base=_(term.base.label))


def extension_field(given: Mapping[str, str]) -> Field:
    """By how many months the Office extended the period."""
    months = [{"code": str(n), "label": _("%(months)s months", months=n)} for n in range(1, MAX_EXTENSION + 1)]
    return field("extension_months", N_("Extended by"), "choice", given, choices=months, blank=_("Not extended"))


def reductions() -> list[dict[str, str]]:
    """The reductions that may have been approved."""
    return [{"code": str(n), "label": f"{n}%" if n else _("No reduction")} for n in (0, 85, 70, 15)]


def annuity_fields(given: Mapping[str, str]) -> list[Field]:
    """The inputs of the annuity calculator."""
    words = [{"code": word, "label": word} for word in ROUTES]
    basis: Choice = ROUTES.get(given.get("route", ""), next(iter(ROUTES.values())))
    return [
        field("route", N_("Route"), "choice", given, choices=words, blank=None, reload=True),
        field("patent_type", N_("Patent type"), "choice", given, choices=choices(PatentType), blank=None),
        field("filing_date", basis.label, "date", given, required=True),
        field("grant_date", N_("Date of grant announcement"), "date", given, required=True),
        field("grant_patent_year", N_("Year of grant"), "integer", given,
            hint=_("As the notice states it; empty: computed")),
        field("fee_reduction_pct", N_("Fee reduction rate"), "choice", given, choices=reductions(), blank=None,
              hint=_("15% is that of an open licence")),
    ]  # fmt: skip
