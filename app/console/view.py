"""`Console`: a table's pages, made from its declaration."""

from collections.abc import Callable, Hashable, Iterable
from functools import cache, cached_property
from typing import Any, ClassVar, TypeVar

from flask_appbuilder import BaseView
from sqlalchemy import inspect, select

from app.console.columns import CUSTOM, Column, Columns
from app.console.edit_page import EditPages
from app.console.forms_page import FormPages
from app.console.import_page import ImportPages
from app.console.inputs import nameless
from app.console.layout import Branch, Button, Grid, ListTab, Panel, Related, Section, Slice, Tab, When
from app.console.list_page import ListPages
from app.console.pick_page import PickPages
from app.console.record_page import RecordPages
from app.console.registry import REGISTRY, console_of
from app.console.steps_page import StepPages
from app.console.transfer_page import TransferPages
from app.extensions import db
from app.rules.access import ACTIONS
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import records
from app.services.custom_fields import custom_fields
from app.services.kept import SETUP, kept
from app.services.unit_of_work import Actor, actor_of
from app.texts import gettext as _
from models.base import Field, fields_of, flows_of, key_of, target_of

T = TypeVar("T")
INSTANCES: dict[str, "Console"] = {}


@cache
def routes_of(cls: type) -> set[str]:
    """The methods with addresses that a class declares or inherits."""
    own = {name for name, member in vars(cls).items() if hasattr(member, "_urls")}
    return own.union(*(routes_of(base) for base in cls.__bases__))


class Console(ListPages, PickPages, EditPages, FormPages, RecordPages, StepPages, TransferPages, ImportPages, BaseView):
    """The pages of one table. A subclass declares selection and order; see docs/adding-a-table.md.

    list_columns, query_columns, order, form, related, pick_columns, pick_only, search_columns, grid, specials,
    guarded, import_key, synonyms, buttons: what the table shows, in which order, to whom.
    """

    model: ClassVar[Any]
    key: ClassVar[str]
    title: ClassVar[str] = ""
    help: ClassVar[str] = ""
    list_columns: ClassVar[Iterable[str]] = ()
    query_columns: ClassVar[Iterable[str]] = ()
    labels: ClassVar[dict[str, str]] = {}  # what columns are called on this page's list, other than elsewhere
    order: ClassVar[str] = "-id"
    empty_last: ClassVar[bool] = False  # rows without a value of what the list is sorted by come last
    form: ClassVar[list[Any]] = []
    related: ClassVar[list[Related]] = []
    pick_columns: ClassVar[Iterable[str]] = ()
    pick_only: ClassVar[dict[str, Any]] = {}
    search_columns: ClassVar[Iterable[str]] = ()
    query_follows: ClassVar[bool] = True  # whether rows of no other table stand in the query panel
    grid: ClassVar[bool] = False
    read_only: ClassVar[bool] = False
    closed: ClassVar[bool] = False  # its rows are shipped: changed, but neither added nor deleted
    specials: ClassVar[dict[str, str]] = {}
    guarded: ClassVar[dict[str, str]] = {}
    import_key: ClassVar[tuple[str, ...]] = ()
    synonyms: ClassVar[dict[str, list[str]]] = {}
    buttons: ClassVar[list[Button]] = []
    list_tabs: ClassVar[list[ListTab]] = []
    slices: ClassVar[list[Slice]] = []  # named parts of the list, chosen by `slice=` in the address
    segments: ClassVar[tuple[str, ...]] = ()  # the slices shown as joined buttons above the list
    tree: ClassVar[list[Branch]] = []  # the slices shown as a tree beside the list
    slice_tabs: ClassVar[tuple[str, ...]] = ()  # the slices shown as tabs of the page
    first_slice: ClassVar[str] = ""  # what the page shows where the address names none; "" and “all”: every row
    flag_columns: ClassVar[tuple[str, ...]] = ()  # own columns read with each row for `flag`
    wide: ClassVar[tuple[str, ...]] = ()  # the columns of the list that share the room which the others leave
    toolbar: ClassVar[tuple[str, ...]] = ()  # the names of the buttons in their order; empty: as they come
    add_label: ClassVar[str] = ""  # of the button that adds
    add_title: ClassVar[str] = ""  # of the form's page; without it the table's label with “Add”
    edit_title: ClassVar[str] = ""
    after_add: ClassVar[str] = "record"  # where 【保存】 leads: the "record", the "list", or it stays in the "form"
    after_edit: ClassVar[str] = "record"
    opens: ClassVar[str] = "record"  # what a double click on a row opens: the "record" or its "form"
    beside: ClassVar[str] = ""  # heading of the pane beside the list in which one click shows a row's form
    basics_first: ClassVar[bool] = False  # the further tabs of a new record open once it is saved
    add_only: ClassVar[tuple[str, ...]] = ()  # fields asked once: they stand fixed in the form of a saved record
    edit_only: ClassVar[tuple[str, ...]] = ()  # fields a new record does not ask for: they begin at their default
    only_when: ClassVar[dict[str, When]] = {}  # fields a form shows only while another holds one of these choices
    needed: ClassVar[tuple[str, ...]] = ()  # fields a form marks as required though imported rows may lack them
    needed_when: ClassVar[dict[str, When]] = {}  # fields it marks as required then; the table's rules check it
    asks_reason: ClassVar[bool] = False  # a change must say why
    delete_confirm: ClassVar[str] = ""
    icon: ClassVar[str] = "file-text"
    own_routes: ClassVar[set[str]] = set()  # methods with addresses beside those of every console, or in their place

    def __init_subclass__(cls, model: type[Any] | None = None, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        routes = routes_of(cls)  # type: ignore[arg-type]  # a class is hashable
        cls.own_routes = {name for name in routes if getattr(cls, name) is not getattr(Console, name, None)}
        if model is None:
            return
        cls.model = model
        cls.key = cls.__dict__.get("key") or key_of(model)
        cls.title = cls.__dict__.get("title") or model.__label__
        cls.route_base = f"/app/{cls.key}"
        cls.default_view = "index"
        cls.class_permission_name = cls.key
        cls.base_permissions = [f"can_{name}" for name in cls.permissions()]
        REGISTRY[cls.key] = cls

    def __init__(self) -> None:
        super().__init__()
        INSTANCES[self.key] = self

    def __dir__(self) -> set[str]:
        """The methods with addresses of their own. Flask-AppBuilder looks four times through all that `dir` names: for
        them, and for marks that they alone bear. There are hundreds of attributes, and some are made when looked at.
        """
        return self.own_routes

    def inherits(self, name: str) -> bool:
        """Whether the page of this name that tables have in common is one of this console, too."""
        listed = self.include_route_methods
        return name not in self.own_routes and (listed is None or name in listed)

    @classmethod
    def permissions(cls) -> dict[str, str]:
        """Everything that may be granted on this table: {code: msgid}."""
        return grantable(cls)  # type: ignore[arg-type]  # a class is hashable

    @cached_property
    def tabs(self) -> list[Tab]:
        """The form as tabs, whatever way it was declared."""
        return normal_form(self)

    def form_fields(self) -> list[str]:
        """The names of the form's own fields, in order."""
        sections = [part for tab in self.tabs for part in tab.parts if isinstance(part, Section)]
        return list(dict.fromkeys(name for section in sections for name in section.fields))

    def grids(self) -> list[Grid]:
        """The child grids of the form."""
        return [part for tab in self.tabs for part in tab.parts if isinstance(part, Grid)]

    def collections(self) -> dict[str, Grid]:
        """The child collections of the form by name: grids that share one are one, with what they fix as columns."""
        found: dict[str, Grid] = {}
        for grid in self.grids():
            names = (*(found[grid.name].fields if grid.name in found else ()), *grid.fields, *grid.hidden, *grid.fixed)
            found[grid.name] = Grid(grid.name, *dict.fromkeys(names), label=grid.label)
        return found

    def panels(self) -> dict[str, Panel]:
        """The panels of the form, by name."""
        return {part.name: part for tab in self.tabs for part in tab.parts if isinstance(part, Panel)}

    def custom(self) -> dict[str, Field]:
        """The administrator's own fields of this table: {code: field}."""
        return custom_fields(self.session, self.key)

    def columns(self) -> Columns:
        """Every column of the table by name, as who acts sees them."""
        return self.kept("columns", lambda: Columns(self.model, self.custom(), self.nameless))

    def kept(self, what: str, make: Callable[[], T], *more: Hashable) -> T:
        """What follows from the declaration, the custom fields, the rights of who acts and `more`: made once."""
        who = actor_of(self.session)
        key = (what, self.key, who.is_admin, who.grants, who.hidden, *more)
        return kept(self.session, SETUP, key, lambda _session: make())

    def nameless(self, target: type) -> bool:
        """Whether who acts may not see what names the rows of a table."""
        return nameless(self.session, target)

    def open_to(self, actor: Actor, name: str) -> bool:
        """Whether this column (or grid) is shown to the actor; what lies behind references, their tables say."""
        need = self.guarded.get(name)
        if (need and not actor.may(need, self.key)) or (self.key, name) in actor.hidden:
            return False
        step, _dot, rest = name.partition(".")
        if not rest or actor.is_admin or name.startswith(CUSTOM):
            return True
        console = self.console_of(target_of(self.model, step))
        return self.open_to(actor, step) and (console is None or console.instance().open_to(actor, rest))

    def writable_to(self, actor: Actor, name: str) -> bool:
        """Whether the actor may change this column."""
        return self.open_to(actor, name) and (self.key, name) not in actor.read_only

    def column_name(self, key: str) -> str:
        """What rights and forms call the column of a key: city for city_id."""
        name = key.removesuffix("_id")
        return key if self.columns().get(name) is None else name

    def open_changes(self, actor: Actor, changes: dict[str, Any]) -> list[tuple[Column, Any, Any]]:
        """(column, before, after) of kept changes, as far as the actor may see the columns."""
        columns, found = self.columns(), []
        for key, (before, after) in changes.items():
            column = columns.get(self.column_name(key))
            if column is not None and self.open_to(actor, column.name):
                found.append((column, before, after))
        return found

    def api_columns(self, actor: Actor) -> list[Column]:
        """Every column the API tells the actor, form fields first."""
        columns, states = self.columns(), [flow.field for flow in flows_of(self.model)]
        names = [*self.form_fields(), *self.list_columns, *(CUSTOM + c for c in self.custom())]
        names += ["created_at", "updated_at", *states]
        found = (columns.get(n) for n in dict.fromkeys(names) if self.open_to(actor, n))
        return [c for c in found if c is not None and c.field.kind != "password"]

    def exposed(self, actor: Actor) -> list[str]:
        """All columns the actor may show, query, sort by and export: declared ones, form fields, custom fields."""
        return self.kept("exposed", lambda: self._exposed(actor), actor.is_admin, actor.grants, actor.hidden)

    def _exposed(self, actor: Actor) -> list[str]:
        stamps = [n for n in ("created_at", "created_by", "updated_at", "updated_by") if hasattr(self.model, n)]
        names = [
            *self.list_columns,
            *self.query_columns,
            *self.form_fields(),
            *(CUSTOM + c for c in self.custom()),
            *stamps,
        ]
        return [n for n in dict.fromkeys(names) if self.open_to(actor, n)]

    def find(self, record_id: int) -> Any:
        """The record, if the actor may see it and it is one of this console's. Raises RuleError (missing)."""
        record = records.find(self.session, self.model, record_id)
        self.check_own([record_id])
        return record

    def check_own(self, ids: Iterable[int]) -> None:
        """Raise RuleError (missing) unless all these rows are among the console's (`base_condition`)."""
        base, wanted = self.base_condition(), set(ids)
        if base is None or not wanted:
            return
        query = select(self.model.id).where(self.model.id.in_(wanted), base)
        if set(self.session.execute(query).scalars()) != wanted:
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")

    @property
    def session(self) -> Any:
        """The session of this request."""
        return db.session

    @classmethod
    def instance(cls) -> "Console":
        """The registered view (one for the process; it holds no request's state)."""
        return INSTANCES[cls.key]

    @classmethod
    def consoles(cls) -> list[type["Console"]]:
        """Every console."""
        return list(REGISTRY.values())

    @classmethod
    def consoles_by_key(cls) -> dict[str, type["Console"]]:
        """Every console by its key."""
        return REGISTRY

    @classmethod
    def console_of(cls, model: type | None) -> type["Console"] | None:
        """The console of a table's class."""
        return console_of(model)

    @classmethod
    @cache
    def targets(cls) -> set[type]:
        """The tables that this table's forms and queries point to: whoever uses them chooses rows from there."""
        own = {n.removesuffix("_id"): f.target for n, f in fields_of(cls.model).items() if f.target}
        names = {own[n] for n in cls.query_columns if n in own}
        if not cls.read_only:
            names |= set(own.values())
            for relation in inspect(cls.model).relationships:
                if relation.uselist:
                    names |= {f.target for f in fields_of(relation.mapper.class_).values() if f.target}
        return {m.class_ for m in cls.model.registry.mappers if m.class_.__name__ in names}

    @classmethod
    def base_url(cls) -> str:
        """The address of the list."""
        return f"/app/{cls.key}/"

    @classmethod
    def heading(cls) -> str:
        """The title in the user's language."""
        return _(cls.title)


@cache
def grantable(view: type[Console]) -> dict[str, str]:
    """What the declaration of a view lets positions do: {code: msgid}."""
    rows = {"add", "delete", "import"}
    without = rows | {"edit"} if view.read_only else rows if view.closed else set()
    actions = {name: label for name, label in ACTIONS.items() if name not in without}
    steps = {t.name: t.label for flow in flows_of(view.model) for t in flow.offered}
    return actions | dict(view.specials) | steps


def normal_form(view: Console) -> list[Tab]:
    """Tabs from tabs, from sections, or from nothing at all (every column)."""
    declared = view.form
    if not declared:
        own = fields_of(view.model)
        skip = {"created_at", "updated_at", "created_by_id", "updated_by_id", "pinyin"}
        skip |= {flow.field for flow in flows_of(view.model)}
        names = [n.removesuffix("_id") if f.target else n for n, f in own.items() if n not in skip]
        declared = [Section(N_("Basic information"), *names)]
    if all(isinstance(d, Tab) for d in declared):
        return list(declared)
    return [Tab(N_("Basic information"), *declared)]
