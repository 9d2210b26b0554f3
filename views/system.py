"""Parameters, custom fields, numbers, jobs and logs (系统管理, A-2.1)."""

from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose

from app.console import REGISTRY, Console, Section
from app.console.columns import Column
from app.console.guard import actor, page, say
from app.console.listing import ListState
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleErrors
from app.rules.system import ParameterGroup, ParameterKind
from app.services import parameters, records
from app.texts import gettext as _
from models.base import key_of
from models.case import Case
from models.numbering import Serial
from models.system import CustomField, ImportBatch, Job, LoginEvent, SystemParameter

#: The control of each kind of parameter, where it is not the kind's own name.
CONTROLS = {ParameterKind.CHOICE: "choice", ParameterKind.FLAG: "choice"}
MASK = "••••••"
#: Where the import of historical data begins (A-2.1.12.2-01).
UPLOAD = f"/app/{key_of(Case)}/import"


class SystemParameterView(Console, model=SystemParameter):
    title = N_("System parameter settings")
    icon = "settings"
    closed = True
    list_columns = ["label", "value", "group", "needs_restart", "help"]
    query_columns = ["label", "group", "code"]
    order = "position"
    form = [Section(N_("System parameter"), "value")]
    import_key = ("code",)

    @expose("/")
    @page("read")
    def index(self) -> Any:
        """All parameters on one page, each with the control of its kind in the column 内容 (A-2.1.1)."""
        for error in self.read_state(request.args).errors:
            raise error
        return respond("system/parameters.html", page=self.page_context({}, {}))

    @expose("/save", methods=["POST"])
    @page("edit")
    def save_all(self) -> Any:
        """【保存】: what was typed, all or none."""
        form, known = request.form, self.session.query(SystemParameter.code, SystemParameter.id).all()
        typed = {code: form[code] for code, _id in known if code in form}
        versions = {code: form.get(f"v.{code}", default=0, type=int) for code in typed}
        cleared = {code for code in typed if f"clear.{code}" in form}
        try:
            parameters.write(self.session, typed, versions, cleared)
        except RuleErrors as refused:
            failures = {e.field: say(e) for e in refused.errors}
            return respond("system/parameters.html", page=self.page_context(typed, failures), status=422)
        flash(_("Saved"), "success")
        return redirect(self.base_url(), 303)

    def page_context(self, typed: dict[str, str], failures: dict[str | None, str]) -> dict[str, Any]:
        """The groups of parameters, with what was typed in vain."""
        rows = self.session.query(SystemParameter).order_by(SystemParameter.position).all()
        lines = [(p.group, self.line(p, typed, failures)) for p in rows]
        groups = [{"label": _(g.label), "lines": [made for of, made in lines if of is g]} for g in ParameterGroup]
        return {
            "title": self.heading(), "key": self.key, "action": f"{self.base_url()}save", "can": self.rights(),
            "groups": [g for g in groups if g["lines"]],
            "errors": [
                {"field": p.code, "label": p.label, "message": failures[p.code]} for p in rows if p.code in failures
            ],
        }  # fmt: skip

    def line(
        self, parameter: SystemParameter, typed: dict[str, str], failures: dict[str | None, str]
    ) -> dict[str, Any]:
        """One parameter with its control."""
        code, hidden = parameter.code, parameter.kind is ParameterKind.PASSWORD
        value = "" if hidden else typed.get(code, parameter.value or "")
        kind = CONTROLS.get(parameter.kind, parameter.kind.name.lower())
        choices = [{"code": c, "label": label} for c, label in options_of(parameter).items()]
        return {
            "name": code, "id": f"p-{code}", "label": parameter.label, "kind": kind, "value": value, "choices": choices,
            "error": failures.get(code), "readonly": not self.can("edit"), "maxlength": None, "lines": 2,
            "help": parameter.help or "", "restart": parameter.needs_restart, "secret": bool(parameter.secret),
            "running": words(parameter, parameters.running(parameter)) if parameters.waiting(parameter) else None,
            "version": parameter.version,
        }  # fmt: skip

    @expose("/<int:record_id>")
    @page("read")
    def detail(self, record_id: int) -> Any:
        """A parameter stands on the page of all."""
        return redirect(f"{self.base_url()}#p-{records.find(self.session, SystemParameter, record_id).code}")

    @expose("/<int:record_id>/edit")
    @page("edit")
    def edit(self, record_id: int) -> Any:
        """It is changed there too."""
        return self.detail(record_id)

    def history_line(self, entry: Any) -> dict[str, Any]:
        """A line of the history with the contents in words, and no secret."""
        line, parameter = super().history_line(entry), self.session.get(SystemParameter, entry.record_id)
        if parameter is not None and "value" in entry.changes:
            before, after = (words(parameter, text) for text in entry.changes["value"])
            line["changes"] = [{"label": parameter.label, "before": before, "after": after}]
        if parameter is not None and "secret" in entry.changes:
            before, after = (MASK if token else "–" for token in entry.changes["secret"])
            line["changes"] = [{"label": parameter.label, "before": before, "after": after}]
        return line


def options_of(parameter: SystemParameter) -> dict[str, str]:
    """{value: label} of a parameter that is chosen rather than typed."""
    if parameter.kind is ParameterKind.FLAG:
        return {"1": _("Enabled"), "0": _("Disabled")}
    return parameters.choices_of(parameter)


def words(parameter: SystemParameter, value: str | None) -> str:
    """The value of a parameter as people read it."""
    return options_of(parameter).get(value or "", value or "") or "–"


class CustomFieldView(Console, model=CustomField):
    title = N_("Custom fields")
    icon = "sliders-horizontal"
    list_columns = ["table_key", "label", "code", "kind", "required", "in_list", "in_query", "position", "active"]
    query_columns = ["table_key", "label", "kind", "active"]
    wide = ("label", "code")
    opens = "form"
    after_add = after_edit = "list"
    order = "table_key,position"
    form = [
        Section(N_("Custom field"), "table_key", "code", "label", "kind", "choices", "position"),
        Section(N_("Use"), "required", "in_list", "in_query", "active"),
    ]
    import_key = ("table_key", "code")

    def control(self, column: Column, name: str, raw: str) -> dict[str, Any]:
        """Only tables that people fill in take fields of their own; what code and choices look like stands beside."""
        made = super().control(column, name, raw)
        if name in ("code", "choices"):
            made["hint"] = made["help"]
        if name == "table_key":
            made["choices"] = [c for c in made["choices"] if c["code"] == raw or extensible(REGISTRY[c["code"]])]
        return made

    help = N_("Fields added here appear in list, query, form, export, import and API of their table.")


def extensible(table: type[Console]) -> bool:
    """Whether an administrator may add fields to a table: people fill it in, and it does not steer the system."""
    return not (table.read_only or table.closed or table.model in (CustomField, Serial))


class JobView(Console, model=Job):
    title = N_("Background jobs")
    icon = "loader-circle"
    read_only = True
    list_columns = ["label", "state", "done", "total", "owner", "created_at", "finished_at", "message"]
    query_columns = ["label", "state", "owner", "created_at"]
    form = [
        Section(N_("Background job"), "label", "kind", "state", "done", "total", "message", "owner", "result_name"),
        Section(N_("Time"), "started_at", "finished_at", "heartbeat_at"),
    ]


class ImportBatchView(Console, model=ImportBatch):
    title = N_("Import of historical data")
    icon = "upload"
    read_only = True
    list_columns = ["file_name", "table_key", "mode", "state", "rows_read", "rows_created", "rows_updated", "rows_same",
                    "rows_refused", "owner", "created_at"]  # fmt: skip
    query_columns = ["file_name", "table_key", "state", "owner", "created_at"]
    help = N_("What was imported, batch by batch. Fill in the template of cases and upload it to begin.")
    form = [
        Section(
            N_("Import batch"), "file_name", "table_key", "mode", "state", "mark", "owner", "finished_at", "undone_at"
        ),
        Section(N_("Rows"), "rows_read", "rows_created", "rows_updated", "rows_same", "rows_refused"),
    ]

    @expose("/<int:record_id>")
    @page("read")
    def detail(self, record_id: int) -> Any:
        """The result of the import, where it can be undone; to others the bare record."""
        batch = records.find(self.session, ImportBatch, record_id)
        table = REGISTRY.get(batch.table_key)
        mine = actor().is_admin or batch.owner_id == actor().id
        if table is not None and mine and actor().may("import", batch.table_key):
            return redirect(f"{table.base_url()}import/batch/{batch.id}")
        return super().detail(record_id)

    def list_buttons(self) -> list[dict[str, Any]]:
        """【新增】 leads to the template and the upload of cases (A-2.1.12.2-01)."""
        if not actor().may("import", key_of(Case)):
            return super().list_buttons()
        new = self.button("new", _("Add"), icon="plus", needs="none", primary=True, method="get", url=UPLOAD)
        return [new, *super().list_buttons()]

    def empty_state(self, state: ListState) -> dict[str, Any]:
        """Before the first import: where it begins."""
        empty = super().empty_state(state)
        if not empty["actions"] and actor().may("import", key_of(Case)):
            empty["actions"] = [
                {"label": _("Add"), "url": UPLOAD},
                {"label": _("Download the template"), "url": f"{UPLOAD}/template"},
            ]
        return empty


class LoginEventView(Console, model=LoginEvent):
    title = N_("Sign-in log")
    icon = "log-in"
    read_only = True
    list_columns = ["at", "username", "user", "outcome", "ip"]
    query_columns = ["username", "outcome", "at", "ip"]
    order = "-at"
    form = [Section(N_("Sign-in log"), "at", "username", "user", "outcome", "ip")]
