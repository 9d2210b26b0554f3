"""The firm's own numbers (自定义编码, A-2.1.13)."""

from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose
from sqlalchemy import select

from app.console import Console, Grid, Section, Tab
from app.console.guard import actor, page, say
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.normalize import parse_integer
from app.rules.numbering import SYMBOLISED, Segment, symbol_value
from app.services import numbering, records
from app.services.today import today
from app.texts import gettext as _
from models.base import key_of
from models.numbering import NumberingScheme, NumberingSymbol, Serial


class NumberingSchemeView(Console, model=NumberingScheme):
    title = N_("Custom numbering")
    icon = "hash"
    list_columns = ["name", "code", "enabled"]
    query_columns = ["name", "code", "enabled"]
    order = "id"
    form = [
        Tab(
            N_("Numbering rule"),
            Section(N_("Numbering rule"), "name", "code", "enabled"),
            Grid("segments", "position", "kind", "length", "start", "fixed_value"),
        )
    ]
    import_key = ("code",)

    @expose("/")
    @page("read")
    def index(self) -> Any:
        """The configurator with the first rule; the plain list where anything is asked of it."""
        first = select(NumberingScheme.id).order_by(NumberingScheme.id).limit(1)
        if (
            not request.args
            and not request.headers.get("HX-Request")
            and (found := self.session.execute(first).scalar())
        ):
            return self.configure(found)
        return super().index()

    @expose("/<int:record_id>/configure")
    @page("read")
    def configure(self, record_id: int) -> Any:
        """Rules at the left, the pieces of one in the middle, what comes out of them at the right."""
        scheme = records.find(self.session, NumberingScheme, record_id)
        rows = self.session.execute(select(NumberingScheme.id, NumberingScheme.name).order_by(NumberingScheme.id)).all()
        symbols = numbering.symbols_of(self.session)
        kinds = [kind for kind in SYMBOLISED if any(segment.kind is kind for segment in scheme.segments)]
        base = f"{self.base_url()}{scheme.id}"
        return respond("calculator/numbering.html", page=self.form_context(scheme) | {
            "title": self.heading(), "url": self.base_url(), "action": f"{base}/edit", "may": self.can("edit"),
            "schemes": [{"label": name, "url": f"{self.base_url()}{key}/configure",
            "active": key == scheme.id} for key, name in rows],
            "new_url": f"{self.base_url()}new" if self.can("add") else None, "preview_url": f"{base}/preview",
            "preview": self.previewed(scheme.code, scheme.segments),
            "switched_off": not numbering.switched_on(self.session, scheme.code),
            "serial": numbering.current_serial(self.session, scheme.code), "serial_url": f"{base}/serial",
            "may_set": actor().may("edit", key_of(Serial)), "symbols_url": "/app/numbering_symbol/",
            "symbols": [
                {"label": _(kind.label), "url": f"/app/numbering_symbol/?q.item={kind.code}",
                 "values": [{"label": _(value.label), "symbol": symbols.get(symbol_value(value),
                 "")} for value in SYMBOLISED[kind]]}
                for kind in kinds
            ],
        })  # fmt: skip

    @expose("/<int:record_id>/preview", methods=["POST"])
    @page("read")
    def preview(self, record_id: int) -> Any:
        """What the pieces as typed would make; nothing is saved."""
        scheme = records.find(self.session, NumberingScheme, record_id)
        errors: list[RuleError] = []
        rows = [row for row in self.read_grid(self.grids()[0], errors) if not row.delete]
        if errors:
            return respond("calculator/_preview.html", preview={"error": say(errors[0])})
        segments = [Segment(**row.values) for row in rows]
        return respond("calculator/_preview.html", preview=self.previewed(scheme.code, segments))

    def previewed(self, code: str, segments: list[Any]) -> dict[str, Any]:
        """The next numbers, or what is wrong."""
        try:
            numbers = numbering.preview(self.session, code, segments, today())
        except RuleErrors as refused:
            return {"error": "；".join(dict.fromkeys(say(error) for error in refused.errors))}
        except RuleError as error:
            return {"error": say(error)}
        return {"numbers": [{"label": _(value.label) if value else "", "number": number} for value, number in numbers]}

    @expose("/<int:record_id>/serial", methods=["POST"])
    @page("edit", key_of(Serial))
    def serial(self, record_id: int) -> Any:
        """Set how far the serial has come (设置流水号)."""
        scheme = records.find(self.session, NumberingScheme, record_id)
        numbering.set_serial(self.session, scheme.code, parse_integer(request.form.get("current"), field="current"))
        flash(_("Saved"), "success")
        return redirect(f"{self.base_url()}{record_id}/configure", 303)

    def after_save(self, record: Any) -> Any:
        """Back to the configurator."""
        flash(_("Saved"), "success")
        wish = request.form.get("_save", "stay")
        return redirect(f"{self.base_url()}new" if wish == "new" else f"{self.base_url()}{record.id}/configure", 303)


class NumberingSymbolView(Console, model=NumberingSymbol):
    title = N_("Numbering symbols")
    icon = "tags"
    grid = True
    list_columns = ["item", "value", "symbol"]
    query_columns = ["item", "value", "symbol"]
    order = "id"
    form = [Section(N_("Numbering symbol"), "item", "value", "symbol")]
    import_key = ("value",)


class SerialView(Console, model=Serial):
    title = N_("Set serial number")
    icon = "list"
    list_columns = ["scope", "current"]
    query_columns = ["scope"]
    order = "id"
    form = [Section(N_("Current serial number"), "scope", "current")]
    import_key = ("scope",)
