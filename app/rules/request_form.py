"""Forms for the Office as data: sections, fields and rows, what they are filled with, what is changed (A-3.2.1.5.1-02).

A form's words are the Office's own Chinese ones in every language of the program: the name of a field is its label, its
key and its element in XML. The content of a form is flat: {"section.field": text or flag, "rows": [{field: value}]}.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.rules.choice import N_
from app.rules.efiling import xml_text
from app.rules.errors import RuleError, RuleErrors
from app.rules.normalize import clean_text, parse_date
from app.rules.request_form_facts import Facts

Content = dict[str, Any]
#: Where a value comes from, as it is told beside its field.
CASE, PARTY, INVENTOR = N_("From the case"), N_("From the applicant"), N_("From the inventor")
FIRM, ATTORNEY = N_("From the system parameters"), N_("From the attorney")
CONTACT, DOCUMENTS = N_("From the contact"), N_("From the documents")
MOST_TEXT = 4000


@dataclass(frozen=True)
class Field:
    """One field. fill: its value from the facts (a row's: from its object); source: the words for where that is from.

    kind: text, long_text, date, integer, choice or flag. label: what stands on the page where it is not the name.
    """

    name: str
    fill: Callable[[Any], Any] | None = None
    source: str = ""
    kind: str = "text"
    label: str = ""
    required: bool = False
    length: int = 200
    options: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        """What stands on the page."""
        return self.label or self.name


@dataclass(frozen=True)
class Rows:
    """A repeated group. element: one of them in XML; first: the first one, where it has a name of its own.

    wide: shown as a block each rather than as a line. drop: rows that are not part of what is submitted.
    """

    name: str
    element: str
    fields: tuple[Field, ...]
    fill: Callable[[Facts], Any] | None = None
    source: str = ""
    first: str = ""
    most: int = 100
    least: int = 0
    wide: bool = False
    drop: Callable[[Mapping[str, Any]], bool] | None = None


@dataclass(frozen=True)
class Section:
    """A part of a form with its heading. label: the heading where it is not the name."""

    name: str
    fields: tuple[Field, ...] = ()
    rows: Rows | None = None
    label: str = ""
    note: str = ""

    @property
    def caption(self) -> str:
        """The heading."""
        return self.label or self.name

    def key(self, field: Field) -> str:
        """Where a field of this section stands in the content."""
        return f"{self.name}.{field.name}"


@dataclass(frozen=True)
class Form:
    """One form of the Office.

    code: its form code (表格代码); name: its title and the root of its XML; checks: see `request_form_check`.
    """

    code: str
    name: str
    sections: tuple[Section, ...]
    checks: tuple[Callable[..., Iterator[Any]], ...] = ()

    def fields(self) -> Iterator[tuple[str, Field]]:
        """Key and field of all that stands once."""
        for section in self.sections:
            for field in section.fields:
                yield section.key(field), field

    def groups(self) -> Iterator[Rows]:
        """All repeated groups."""
        for section in self.sections:
            if section.rows:
                yield section.rows

    def group(self, name: str) -> Rows | None:
        """A repeated group by its name."""
        return next((rows for rows in self.groups() if rows.name == name), None)


def stored(value: Any, field: Field) -> Any:
    """A value as the content keeps it: a flag, or a text (dates as 2026-11-27 where they are dates)."""
    if field.kind == "flag":
        return value in (True, "1", "true", "on", 1)
    if isinstance(value, date):
        return value.isoformat()
    text = clean_text(xml_text(str(value)), multiline=field.kind == "long_text") if value is not None else ""
    if field.kind == "date" and text:
        try:
            return parse_date(text).isoformat()
        except RuleError:
            return text  # kept as typed; `check` tells
    return text


def empty_row(rows: Rows, row: Mapping[str, Any]) -> bool:
    """Whether nothing was written in a row; a mark alone says nothing."""
    return not any(row.get(f.name) for f in rows.fields if f.kind != "flag")


def normalise(form: Form, given: Mapping[str, Any]) -> Content:
    """The whole content of a form from what was given: every field there, empty rows gone, nothing strange kept.

    Raises RuleErrors for texts that are too long and groups with too many rows.
    """
    errors: list[RuleError] = []
    content: Content = {key: _fitting(given.get(key), field, key, errors) for key, field in form.fields()}
    for rows in form.groups():
        there = [row for row in given.get(rows.name) or [] if isinstance(row, Mapping)]
        found = []
        for index, row in enumerate(there):
            made = {f.name: _fitting(row.get(f.name), f, f"{rows.name}-{index}-{f.name}", errors) for f in rows.fields}
            if not empty_row(rows, made):
                found.append(made)
        if len(found) > rows.most:
            errors.append(RuleError(N_("At most %(limit)s rows at once"), field=rows.name, limit=rows.most))
        content[rows.name] = found
    if errors:
        raise RuleErrors(errors)
    return content


def _fitting(value: Any, field: Field, key: str, errors: list[RuleError]) -> Any:
    kept = stored(value, field)
    most = MOST_TEXT if field.kind == "long_text" else field.length
    if isinstance(kept, str) and len(kept) > most:
        errors.append(RuleError(N_("At most %(length)s characters"), field=key, length=most))
    return kept


def filled_from(form: Form, facts: Facts) -> Content:
    """The content of a form as the facts give it; what they do not tell stays empty."""
    content: Content = {
        key: stored(field.fill(facts) if field.fill else None, field)[: field.length]
        if field.kind != "flag"
        else stored(field.fill(facts) if field.fill else None, field)
        for key, field in form.fields()
    }
    for rows in form.groups():
        made = rows.fill(facts) if rows.fill else ()
        content[rows.name] = [
            {f.name: stored(f.fill(one) if f.fill else None, f) for f in rows.fields} for one in list(made)[: rows.most]
        ]
    return content


def submitted(form: Form, content: Content) -> Content:
    """What of the content is part of the document: without rows that say nothing."""
    kept = dict(content)
    for rows in form.groups():
        kept[rows.name] = [r for r in content.get(rows.name, []) if not (rows.drop and rows.drop(r))]
    return kept


def printed(form: Form, content: Content) -> Iterator[Section]:
    """The sections that say something, or should."""
    for section in form.sections:
        said = any(content.get(section.key(f)) or f.required for f in section.fields)
        rows = section.rows
        if said or (rows and (content.get(rows.name) or rows.least)):
            yield section


@dataclass(frozen=True)
class Difference:
    """Where a form and the case say different things. by_hand: the form was changed (perhaps the case too)."""

    key: str
    label: str
    mine: str
    fresh: str
    by_hand: bool


def shown(value: Any) -> str:
    """A value of the content as people read it."""
    if isinstance(value, bool):
        return "☑" if value else "☐"
    if isinstance(value, list):
        return "；".join(str(next((v for v in row.values() if v), "")) for row in value)
    return str(value)


def _places(form: Form, one: Content, other: Content) -> Iterator[tuple[str, str]]:
    """(key, label) of all that comes from the case: fields, cells, or whole groups where the rows differ in number."""
    for section in form.sections:
        for field in section.fields:
            if field.fill:
                caption = section.caption if field.name == section.name else f"{section.caption}：{field.caption}"
                yield section.key(field), caption
        rows = section.rows
        if rows is None or rows.fill is None:
            continue
        if len(one.get(rows.name, [])) != len(other.get(rows.name, [])):
            yield rows.name, section.caption
            continue
        for index in range(len(one.get(rows.name, []))):
            for field in rows.fields:
                if field.fill:
                    yield f"{rows.name}-{index}-{field.name}", f"{rows.name} {index + 1}：{field.caption}"


def value_at(content: Content, key: str) -> Any:
    """What stands at a key of the content: a field, a group, or a cell “group-0-field”; None where there is none."""
    name, _dash, rest = key.partition("-")
    if not rest:
        return content.get(name)
    index, _dash, field = rest.partition("-")
    rows = content.get(name) or []
    return rows[int(index)].get(field) if int(index) < len(rows) else None


def by_hand(form: Form, content: Content, taken: Content) -> dict[str, Any]:
    """{key: what the case said} of all that was changed by hand since it was taken from the case."""
    return {
        key: value_at(taken, key)
        for key, _label in _places(form, content, taken)
        if value_at(content, key) != value_at(taken, key)
    }


def differences(form: Form, content: Content, taken: Content, fresh: Content) -> list[Difference]:
    """Field by field where the form differs from what the case says now."""
    found = []
    for key, label in _places(form, content, fresh):
        mine, new = value_at(content, key), value_at(fresh, key)
        if mine != new:
            found.append(Difference(key, label, shown(mine), shown(new), mine != value_at(taken, key)))
    return found


def take(form: Form, content: Content, fresh: Content, keys: Iterable[str]) -> Content:
    """The content with what the case says now at these keys; what is written only here stays."""
    made = {k: [dict(r) for r in v] if isinstance(v, list) else v for k, v in content.items()}
    for key in keys:
        name, _dash, rest = key.partition("-")
        index, _dash, field = rest.partition("-")
        rows = form.group(name)
        if rows is None:
            made[name] = fresh.get(name)
        elif rest and int(index) < len(made.get(name, [])) and int(index) < len(fresh[name]):
            made[name][int(index)][field] = fresh[name][int(index)][field]
        else:
            made[name] = _with_own(rows, made.get(name, []), fresh[name])
    return made


def _with_own(rows: Rows, old: list[Content], fresh: list[Content]) -> list[Content]:
    """Fresh rows, each with what was written by hand in the old row of the same name."""
    named, own = rows.fields[0].name, [f.name for f in rows.fields if not f.fill]
    known = {row[named]: row for row in old}
    return [row | {n: known[row[named]][n] for n in own if row[named] in known} for row in fresh]
