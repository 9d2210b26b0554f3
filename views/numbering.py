"""The firm's own numbers (自定义编码, A-2.1.13)."""

from app.console import Console, Grid, Section, Tab
from app.rules.choice import N_
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
