"""How a table is declared: columns that carry their label, and `Record`, the base of every table."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from app.rules.choice import N_, Choice
from app.rules.workflow import Workflow
from models.types import ChoiceType, Moment, Scaled

#: Where a session carries the rows of which `rewritten` was told.
REWRITTEN = "rewritten"
#: Tables whose name is not the snake case of their class.
TABLES = {"Case": "patent_case", "User": "ab_user", "Role": "ab_role"}


@dataclass(frozen=True)
class Field:
    """What the console needs to know of a column; stored in `column.info["field"]`.

    kind: text, long_text, integer, decimal, money, percent, date, datetime, flag, choice, option, table, reference,
    json, password. target: class name of a reference. source: the law or manual section of a value's meaning.
    """

    kind: str
    label: str
    required: bool = False
    choices: type[Choice] | None = None
    options: tuple[str, ...] = ()  # of a list the administrator made; of a flag: its own words for yes and no
    target: str | None = None
    help: str = ""
    length: int | None = None
    places: int = 0
    unit: str = ""
    minimum: Any = None
    fixed: bool = False  # cannot change once saved
    hidden: bool = False  # never leaves the server
    depends: dict[str, str] = field(default_factory=dict, hash=False)
    written: Callable[[str], list[str]] | None = None  # how what was typed may stand in it, for queries


def table_name(class_name: str) -> str:
    """The table of a class: its snake case, or the exception in `TABLES`."""
    return TABLES.get(class_name) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name).lower()


def key_of(model: type) -> str:
    """The table's name in addresses, permissions and commands: the snake case of its class."""
    return "position" if model.__name__ == "Role" else re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", model.__name__).lower()


def _column(type_: Any, spec: Field, **options: Any) -> Any:
    options.setdefault("nullable", not spec.required)
    return mapped_column(type_, info={"field": spec}, **options)


def text(
    label: str,
    *,
    length: int = 200,
    required: bool = False,
    help: str = "",
    fixed: bool = False,
    written: Callable[[str], list[str]] | None = None,
    **options: Any,
) -> Any:
    """A line of text of at most `length` characters."""
    spec = Field("text", label, required, length=length, help=help, fixed=fixed, written=written)
    return _column(String(length), spec, **options)


def long_text(label: str, *, required: bool = False, help: str = "", length: int = 20000, **options: Any) -> Any:
    """Several lines of text."""
    return _column(Text, Field("long_text", label, required, length=length, help=help), **options)


def integer(
    label: str,
    *,
    required: bool = False,
    minimum: int | None = 0,
    help: str = "",
    unit: str = "",
    **options: Any,
) -> Any:
    """A whole number."""
    return _column(Integer, Field("integer", label, required, minimum=minimum, help=help, unit=unit), **options)


def decimal(
    label: str, *, places: int, required: bool = False, minimum: Any = 0, help: str = "", **options: Any
) -> Any:
    """An exact number of `places` decimals."""
    spec = Field("decimal", label, required, places=places, minimum=minimum, help=help)
    return _column(Scaled(places), spec, **options)


def money(label: str, *, required: bool = False, minimum: Any = 0, help: str = "", **options: Any) -> Any:
    """An amount with two decimals, exact to the fen; the currency stands beside it."""
    spec = Field("money", label, required, places=2, minimum=minimum, help=help)
    return _column(Scaled(2), spec, **options)


def day(label: str, *, required: bool = False, help: str = "", **options: Any) -> Any:
    """A calendar date."""
    return _column(Date, Field("date", label, required, help=help), **options)


def moment(label: str, **options: Any) -> Any:
    """A point in time (UTC)."""
    return _column(Moment, Field("datetime", label), **options)


def flag(label: str, *, default: bool = False, help: str = "", **options: Any) -> Any:
    """Yes or no; never empty."""
    return _column(Boolean, Field("flag", label, help=help), default=default, nullable=False, **options)


def table_key(label: str, *, required: bool = False, fixed: bool = False, **options: Any) -> Any:
    """The key of a table of the system."""
    return _column(String(60), Field("table", label, required, length=60, fixed=fixed), **options)


def choice(
    label: str, choices: type[Choice], *, required: bool = False, help: str = "", fixed: bool = False, **options: Any
) -> Any:
    """One of a closed list; `default` is a member."""
    spec = Field("choice", label, required or "default" in options, choices=choices, help=help, fixed=fixed)
    return _column(ChoiceType(choices), spec, **options)


def reference(
    target: str,
    label: str,
    *,
    required: bool = False,
    help: str = "",
    depends: dict[str, str] | None = None,
    owner: bool = False,
    cycle: str | None = None,
    **options: Any,
) -> Any:
    """The id of a row of class `target`; the attribute without `_id` is the row itself.

    owner: the row belongs to the target and goes with it. depends: {field of this form: column of the target}.
    cycle: name of a constraint that can only be added once both tables are there.
    """
    spec = Field("reference", label, required, target=target, help=help, depends=depends or {})
    later: dict[str, Any] = {"name": cycle, "use_alter": True} if cycle else {}
    key = ForeignKey(f"{table_name(target)}.id", ondelete="CASCADE" if owner else None, **later)
    options.setdefault("index", True)
    return mapped_column(Integer, key, info={"field": spec}, nullable=not required, **options)


def collection(target: str, inverse: str, *, order: str = "id") -> Any:
    """The child rows of class `target` that point here by their attribute `inverse`; they go with their parent."""
    return relationship(
        target,
        primaryjoin=None,
        back_populates=None,
        foreign_keys=f"{target}.{inverse}_id",
        cascade="all, delete-orphan",
        order_by=f"{target}.{order}",
        overlaps=inverse,
        passive_deletes=True,
    )


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


class Record(Model):
    """Base of every table: identity, version, who and when, custom fields.

    __label__: the table's name for people (msgid). __title__: the column that names a row.
    __pinyin__: the column whose pinyin initials are kept for searching ("" = none).
    __text_index__: the columns that are searched for any part of them in many rows (services.text_index).
    workflow: the life cycle of its status column; more_workflows: those of its further states.
    __scope_parent__: the reference to what a row belongs to, up to its case, which is held before it (services.held).
    audited: its changes are kept.
    """

    __abstract__ = True
    __label__: ClassVar[str] = ""
    __title__: ClassVar[str] = "name"
    __pinyin__: ClassVar[str] = ""
    __text_index__: ClassVar[tuple[str, ...]] = ()
    __scope_parent__: ClassVar[str] = ""
    workflow: ClassVar[Workflow | None] = None
    more_workflows: ClassVar[tuple[Workflow, ...]] = ()
    audited: ClassVar[bool] = True

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    created_at: Mapped[datetime] = moment(N_("Created at"), nullable=False, default=now)
    updated_at: Mapped[datetime] = moment(N_("Updated at"), nullable=False, default=now)
    created_by_id: Mapped[int | None] = reference("User", N_("Created by"), index=False)
    updated_by_id: Mapped[int | None] = reference("User", N_("Updated by"), index=False)
    extra: Mapped[dict | None] = mapped_column(JSON, nullable=True)

    def __init_subclass__(cls, **kwargs: Any):
        if not cls.__dict__.get("__abstract__"):
            if not cls.__dict__.get("__tablename__"):
                cls.__tablename__ = table_name(cls.__name__)
            if cls.__pinyin__:
                cls.pinyin = text(N_("Pinyin initials"), length=200, index=True)
            _relate(cls)
        super().__init_subclass__(**kwargs)

    @property
    def created_by(self) -> Any:
        """Who made the row. Looked up when asked for: relationships of every table would cost a twelfth of a start."""
        return _user(self, self.created_by_id)

    @property
    def updated_by(self) -> Any:
        """Who changed the row last; see `created_by`."""
        return _user(self, self.updated_by_id)

    def __str__(self) -> str:
        return str(getattr(self, self.__title__, None) or self.id)


def _user(record: Record, key: int | None) -> Any:
    session = object_session(record)
    return session.get(_class_of("User"), key) if session and key else None


def _relate(cls: type) -> None:
    """Give every reference column its row: `case_id` gets `case`."""
    for name in dict.fromkeys(name for base in cls.__mro__ for name in vars(base)):
        attribute = cls.__dict__.get(name) or getattr(cls, name, None)
        column = getattr(attribute, "column", None)
        spec = column.info.get("field") if column is not None else None
        if spec and spec.target and name.endswith("_id") and not hasattr(cls, name[:-3]):
            own: dict[str, Any] = {"remote_side": f"{cls.__name__}.id"} if spec.target == cls.__name__ else {}
            setattr(cls, name[:-3], relationship(spec.target, foreign_keys=f"{cls.__name__}.{name}", **own))


def fields_of(model: type[Any]) -> dict[str, Field]:
    """The labelled columns of a table, in order of declaration."""
    return {c.key: c.info["field"] for c in model.__table__.columns if "field" in c.info}


def target_of(model: type[Any], name: str) -> type[Any]:
    """The table a reference points to, by its column or its row (`case_id`, `case`). Raises KeyError."""
    return _class_of(model.__table__.c[f"{name.removesuffix('_id')}_id"].info["field"].target)


@cache
def _class_of(name: str) -> type[Any]:
    return {m.class_.__name__: m.class_ for m in Record.registry.mappers}[name]


def flows_of(model: Any) -> tuple[Workflow, ...]:
    """The life cycles of a table (or of one of its records), the main one first."""
    main = getattr(model, "workflow", None)
    return (main, *getattr(model, "more_workflows", ())) if main else ()


def flow_with(model: Any, step: str) -> Workflow | None:
    """The life cycle of a table that has this step."""
    return next((flow for flow in flows_of(model) if step in flow.by_name), None)


def relabel(spec: Field, **changes: Any) -> Field:
    """A copy of a field with something else about it."""
    return replace(spec, **changes)


@cache
def indexed(column: Column[Any]) -> bool:
    """Whether an index finds the rows by the beginning of this column."""
    table = column.table
    unique = [c.columns for c in table.constraints if isinstance(c, UniqueConstraint | PrimaryKeyConstraint)]
    keys: list[list[Any]] = [list(columns) for columns in (*unique, *(i.columns for i in table.indexes))]
    return any(key[0] is column for key in keys)


def rewritten(session: Session, model: type[Any], ids: Iterable[int]) -> None:
    """Texts of these rows were written by a statement, beside the records: whoever keeps an index of them follows."""
    session.info.setdefault(REWRITTEN, {}).setdefault(model, set()).update(ids)


def ways_of(column: Any, typed: str) -> list[str]:
    """How what was typed may stand in a column; at least as it was typed."""
    spec = column.info.get("field")
    return spec.written(typed) if spec is not None and spec.written else [typed]
