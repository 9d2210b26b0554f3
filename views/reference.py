"""Reference data (系统管理, A-2.1.7 to A-2.1.10); the calendar has its own file."""

from app.console import Console, Related, Section
from app.rules.choice import N_
from app.rules.validity import Validity
from models.reference import Country, Depositary, Division, Industry, IpcClass


class DepositaryView(Console, model=Depositary):
    title = N_("Depositary settings")
    icon = "flask-conical"
    list_columns = ["code", "name", "name_en", "country", "status"]
    query_columns = ["code", "name", "status", "country"]
    add_title, edit_title = N_("Add a depositary"), N_("Change the depositary")
    opens, after_add, after_edit = "form", "form", "list"
    edit_only = ("status",)
    order = "code"
    form = [Section(N_("Depositary"), "code", "name", "name_en", "country", "address", "status")]
    pick_columns = ["code"]
    pick_only = {"choosable": True}
    import_key = ("code",)


class CountryView(Console, model=Country):
    title = N_("Country settings")
    icon = "globe"
    list_columns = ["code", "name", "name_en", "status"]
    query_columns = ["name", "code", "status"]
    add_title, edit_title = N_("Add a country or region"), N_("Change the country or region")
    opens, after_add, after_edit = "form", "form", "list"
    edit_only = ("status",)
    order = "code"
    form = [Section(N_("Country or region"), "code", "name", "name_en", "status", "remark")]
    pick_columns = ["code"]
    pick_only = {"choosable": True}
    import_key = ("code",)
    synonyms = {"code": ["代码", "国家代码", "国别代码", "地区代码"], "name": ["名称", "国家", "中文名称", "国家名称"]}


class DivisionView(Console, model=Division):
    title = N_("Division settings")
    icon = "map-pin"
    list_columns = ["code", "name", "level", "parent", "valid", "valid_to"]
    query_columns = ["code", "name", "valid", "level", "parent"]
    add_title, edit_title = N_("Add an administrative division of China"), N_("Change the administrative division")
    opens, after_add, after_edit = "form", "form", "list"
    edit_only = ("valid",)
    order = "code"
    form = [Section(N_("Administrative division"), "code", "name", "level", "parent", "valid", "valid_to")]
    related = [Related("Division", "parent")]
    pick_columns = ["code"]
    pick_only = {"valid": Validity.VALID}
    import_key = ("code",)


class IndustryView(Console, model=Industry):
    title = N_("Industries")
    icon = "factory"
    list_columns = ["code", "name", "level", "parent"]
    query_columns = ["code", "name", "level", "parent"]
    order = "code"
    form = [Section(N_("Industry"), "code", "name", "level", "parent")]
    related = [Related("Industry", "parent")]
    pick_columns = ["code"]
    import_key = ("code",)


class IpcClassView(Console, model=IpcClass):
    title = N_("IPC classification")
    icon = "library"
    list_columns = ["symbol", "title", "level", "parent"]
    query_columns = ["symbol", "title", "level", "parent"]
    order = "symbol"
    form = [Section(N_("IPC symbol"), "symbol", "title", "level", "parent")]
    related = [Related("IpcClass", "parent")]
    pick_columns = ["title"]
    import_key = ("symbol",)
