"""批量立卷采集: up to twenty cases like a related one (A-3.2.1.2.9)."""

from typing import Any

from flask import flash, jsonify, redirect, request
from flask_appbuilder import expose

from app.console import Console
from app.console.columns import Column
from app.console.guard import actor, page, say
from app.console.kinds import is_whole, read_value
from app.console.render import respond
from app.rules import intake as rules
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.services import intake
from app.texts import gettext as _
from models.base import Field
from models.case import Case

#: How many parties of the related case are named before the rest is counted.
NAMED = 4


class BatchPages(Console):
    """Routes of the batch intake; mixed into `CaseView`."""

    @expose("/batch", methods=["GET", "POST"])
    @page("add")
    def batch(self) -> Any:
        """批量立卷采集: titles typed or pasted, everything else from the related case (A-3.2.1.2.9)."""
        given: Any = request.form if request.method == "POST" else request.args
        errors: dict[str, str] = {}
        if request.method == "POST":
            try:
                made = self.open_batch(given)
                flash(_("%(count)s cases created", count=len(made)), "success")
                return redirect(f"{self.base_url()}?q.related_case={given['related_case']}&sort=-id", 303)
            except RuleError as error:
                self.session.rollback()
                found = error.errors if isinstance(error, RuleErrors) else [error]
                errors = {self.control_name(e.field) or "titles": say(e) for e in found}
        first = given.get("ids", "").split(",")[0]
        given = given if request.method == "POST" or not is_whole(first) else {"related_case": first}
        context = {
            "title": _("Batch case intake"), "fields": self.batch_fields(given, errors), "action": request.path,
            "back_url": self.base_url(), "errors": errors,
            "note": self.pattern_text(given.get("related_case", "")), "note_url": f"{self.base_url()}pattern",
        }  # fmt: skip
        return respond("intake/batch.html", page=context, status=422 if errors else 200)

    def open_batch(self, given: Any) -> list[Case]:
        """Make the cases that were asked for. Raises RuleErrors by field."""
        columns, errors, values = self.columns(), [], {}
        for name in ("related_case", "client", "patent_type"):
            try:
                values[name] = read_value(given.get(name), columns[name].field, partial=name != "related_case")
            except RuleError as error:
                errors.append(RuleError(error.message, field=name, **error.params))
        if not errors and values["related_case"] is None:
            errors.append(RuleError(N_("This must be filled in"), field="related_case"))
        try:
            titles = rules.titles_of(given.get("titles", ""))
        except RuleError as error:
            errors.append(error)
        if errors:
            raise RuleErrors(errors)
        return intake.open_many(self.session, values["related_case"], titles, client_id=values["client"],
                                patent_type=values["patent_type"])  # fmt: skip

    def batch_fields(self, given: Any, errors: dict[str, str]) -> list[dict[str, Any]]:
        """The controls of the page, the client and patent type those of the related case."""
        columns, made = self.columns(), []
        pattern = self.pattern_values(given.get("related_case", "")) if request.method == "GET" else {}
        for name in ("related_case", "client", "patent_type"):
            raw = given.get(name, "") or pattern.get(name, {}).get("value", "")
            made.append(self.control(columns[name], name, raw) | {"error": errors.get(name)})
        made[0] |= {"label": _("Related our ref."), "required": True, "prefill_url": f"{self.base_url()}pattern"}
        spec = Field("long_text", N_("Patent titles"), required=True)
        titles = self.control(Column("titles", self.model, spec, (), "titles"), "titles", given.get("titles", ""))
        hint = _("One title a line, typed or pasted; at most %(most)s", most=rules.MOST_TITLES)
        made.append(titles | {"lines": 14, "hint": hint, "error": errors.get("titles"), "wide": True})
        return made

    @expose("/pattern")
    @page("add")
    def pattern(self) -> Any:
        """What new cases take from a related one: values for the page, and its parties in words."""
        key = request.args.get("value") or request.args.get("related_case", "")
        return jsonify({"values": self.pattern_values(key), "text": self.pattern_text(key)})

    def pattern_values(self, key: str) -> dict[str, dict[str, str]]:
        """Client and patent type of a related case that the reader sees."""
        related = self.seen(key)
        found = {}
        for name in ("client", "patent_type") if related is not None else ():
            column = self.columns()[name]
            if self.open_to(actor(), name):
                raw = column.kind.input(getattr(related, column.key), column.field)
                found[name] = {"value": raw, "display": self.shown_text(column, raw)}
        return found

    def pattern_text(self, key: str) -> str:
        """The applicants and inventors that are copied, as far as the reader sees them."""
        related = self.seen(key)
        if related is None:
            return _("Choose the related case: its applicants and inventors are copied")
        said = []
        for name, words in (("applicant_names", N_("Applicants")), ("inventor_names", N_("Inventors"))):
            names = (getattr(related, name) or "").split("；") if self.open_to(actor(), name) else []
            names = [n for n in names if n]
            shown = "、".join(names[:NAMED]) or "–"
            if len(names) > NAMED:
                shown = _("%(names)s and %(count)s others", names=shown, count=len(names) - NAMED)
            said.append(f"{_(words)}：{shown}")
        return _("Copied to each new case:") + "　" + "　".join(said)

    def seen(self, key: str) -> Any:
        """The case of an id as text, if the reader sees it."""
        try:
            return self.find(int(key)) if is_whole(key) else None
        except RuleError:
            return None
