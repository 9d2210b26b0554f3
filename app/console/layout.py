"""What a view declares: tabs, sections, child grids, related tables, buttons."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.rules.choice import Choice


@dataclass(frozen=True, init=False)
class Section:
    """A titled group of fields of a form and of the detail page.

    when: takes the record (None: a new one), tells whether the group is there for it.
    """

    label: str
    fields: tuple[str, ...]
    when: Callable[[Any], bool] | None

    def __init__(self, label: str, *fields: str, when: Callable[[Any], bool] | None = None):
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "when", when)


@dataclass(frozen=True)
class Source:
    """A library whose rows are taken into a grid, several at once (资料库).

    table: key of the library's table. column: the grid's reference that gets the chosen row; copies: the grid's column
    that gets the row's title. values: what else each taken row gets, as its controls hold it.
    narrow: (parameter of the library's picker, key of that reference's table, control of the form it begins with).
    """

    label: str
    table: str
    column: str
    copies: str = ""
    values: dict[str, str] = field(default_factory=dict, hash=False)
    narrow: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Mark:
    """A flag that one row of a grid has: its column, and the button that gives it to the chosen row."""

    column: str
    label: str


@dataclass(frozen=True, init=False)
class Grid:
    """Child rows edited inside their parent's form: the collection's name and its columns.

    key: its name in the form, where several grids share a collection, each with the rows that have the values `fixed`.
    hidden: columns that are kept but not shown. sources, marks: see there.
    """

    name: str
    fields: tuple[str, ...]
    label: str
    key: str
    fixed: dict[str, Any] = field(hash=False)
    hidden: tuple[str, ...]
    sources: tuple[Source, ...]
    marks: tuple[Mark, ...]

    def __init__(
        self,
        name: str,
        *fields: str,
        label: str = "",
        key: str = "",
        fixed: dict[str, Any] | None = None,
        hidden: tuple[str, ...] = (),
        sources: tuple[Source, ...] = (),
        marks: tuple[Mark, ...] = (),
    ):
        given = {"name": name, "fields": fields, "label": label, "key": key or name, "fixed": fixed or {},
                 "hidden": hidden, "sources": sources, "marks": marks}  # fmt: skip
        for attribute, value in given.items():
            object.__setattr__(self, attribute, value)

    def holds(self, child: Any) -> bool:
        """Whether a child row belongs here."""
        return all(getattr(child, name) == value for name, value in self.fixed.items())


@dataclass(frozen=True)
class When:
    """A condition on another control of the same form: it holds one of these choices, or (`unset`) nothing yet."""

    field: str
    values: tuple[Choice, ...]
    unset: bool = False


@dataclass(frozen=True)
class Panel:
    """A part of a tab that the view makes itself: its method `panel_<name>` answers HTML for one saved record.

    permission: the function code it needs beside reading the table.
    """

    name: str
    permission: str = "read"


Part = Section | Grid | Panel


@dataclass(frozen=True, init=False)
class Tab:
    """A page of a form: sections, grids and panels.

    when: takes the record (None: a new one), tells whether the tab is shown for it.
    """

    label: str
    parts: tuple[Part, ...]
    when: Callable[[Any], bool] | None

    def __init__(self, label: str, *parts: Part, when: Callable[[Any], bool] | None = None):
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "when", when)

    def parts_for(self, record: Any) -> list[Part]:
        """The parts that a record (None: a new one) has; none where the whole tab is not for it."""
        if self.when is not None and not self.when(record):
            return []
        return [p for p in self.parts if not isinstance(p, Section) or p.when is None or p.when(record)]


@dataclass(frozen=True)
class Related:
    """A tab of the detail page: the rows of table `model` whose reference `by` is this record.

    label: what the tab is called where the name of the table says too little.
    """

    model: str
    by: str
    columns: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True)
class ListTab:
    """A part of a table, shown as a tab of its list: the rows whose choice `column` is one of `values`."""

    name: str
    label: str
    column: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Slice:
    """A named part of a list, whatever its columns: chosen in the address by `slice=<name>`, shown with its count.

    condition: takes today, gives what its rows fulfil. flag: the shape before its label (a kind of the macro `flag`).
    """

    name: str
    label: str
    condition: Callable[[date], Any]
    flag: str = ""


@dataclass(frozen=True, init=False)
class Branch:
    """A branch of the tree beside a list: a heading and the names of its slices."""

    label: str
    slices: tuple[str, ...]

    def __init__(self, label: str, *slices: str):
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "slices", slices)


@dataclass(frozen=True)
class Button:
    """A verb of the domain on one or many rows.

    action: (session, ids, inputs, today) → message for the user, or all that the answer says ({message, undo_url,
    url}); runs in its own unit of work. each: the action takes one id instead, and every row says how it went.
    permission: the function code it needs (one of the view's specials, or edit …). needs: none, one or some rows.
    asks: fields the user must give before; fills: for one row they begin with its present values.
    when: takes the record, tells whether its page shows the button.
    """

    name: str
    label: str
    action: Callable[..., Any] | None = None
    permission: str = "edit"
    needs: str = "some"
    icon: str = ""
    confirm: str = ""
    asks: tuple[Any, ...] = ()
    url: str = ""
    primary: bool = False
    each: bool = False
    fills: bool = False
    when: Callable[[Any], bool] | None = None


@dataclass(frozen=True)
class ImportField:
    """A column of files that is no column of the table; `Imports.arrange` makes columns of its value.

    kind: text, long_text or date.
    """

    name: str
    label: str
    synonyms: tuple[str, ...] = ()
    kind: str = "text"


@dataclass(frozen=True)
class ImportNames:
    """A cell of names that become child rows in their order, each found by its exact name or created, never twice.

    collection: the child rows; reference: what a child row points to; split: the cell → names; unsure: whether those
    deserve a look; within: a column that found rows must share with the imported one or leave empty, and that created
    ones take from it.
    """

    collection: str
    reference: str
    split: Callable[[Any], list[str]]
    synonyms: tuple[str, ...] = ()
    order: str = "position"
    first: str = "is_first"
    within: str = ""
    unsure: Callable[[list[str]], bool] | None = None


@dataclass(frozen=True)
class Imports:
    """What an import of a table knows beyond its columns.

    keys: alternative identities, the surest first (default: the view's `import_key`, else the table's natural key); one
    counts where its first column has a value.
    likely: an identity without any number: rows that share it are the same only if they are alike in all they give.
    blanks: whether words such as “无” are empty cells in its texts, too, except in those columns that are `verbatim`.
    cleaners: column → (text → (value, repairs with `message` and `params`)). words: column → {text: choice}.
    arrange: (values of a row, note) → None: moves and derives values before they are checked; it says what it did by
    `note(column, message, doubt=False, **params)` and refuses by RuleError. Child rows it makes are dictionaries
    whose references are texts.
    complete: (session, creations) → None: fills in, for all new records at once, what the table's `before_save` hooks
    would one by one; without it records of a table with hooks are made one by one.
    derived: required columns that `arrange` can fill → the column it fills them from. constants: columns the page
    offers to give one value in all rows.
    suggest: column → (refused text → likely values). guess: columns recognised by their content where a file's header
    says nothing → what a fitting cell is besides readable. prefixes: words that headers put before a column's name.
    apart: words, in lower case, with which the bracket of a header names another column, not a detail of its own.
    example: column → text of the template's example row.
    """

    keys: tuple[tuple[str, ...], ...] = ()
    likely: tuple[str, ...] = ()
    blanks: bool = False
    verbatim: tuple[str, ...] = ()
    fields: tuple[ImportField, ...] = ()
    names: tuple[ImportNames, ...] = ()
    cleaners: dict[str, Callable[[Any], tuple[Any, list[Any]]]] = field(default_factory=dict)
    words: dict[str, dict[str, Any]] = field(default_factory=dict)
    arrange: Callable[..., None] | None = None
    complete: Callable[[Any, list[Any]], None] | None = None
    derived: dict[str, str] = field(default_factory=dict)
    constants: tuple[str, ...] = ()
    suggest: dict[str, Callable[[str], list[str]]] = field(default_factory=dict)
    guess: dict[str, Callable[[str], bool] | None] = field(default_factory=dict)
    prefixes: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    example: dict[str, str] = field(default_factory=dict)
