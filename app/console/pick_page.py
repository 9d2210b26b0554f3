"""Rows for a picker: a handful by title, code or pinyin initials."""

from typing import Any

from flask import jsonify, request
from flask_appbuilder import expose
from sqlalchemy import ColumnElement, Select, String, Text, or_, select, union

from app.console.guard import actor, page
from app.console.inputs import shown_title
from app.console.matching import beginnings, begins, fits, has_part, is_whole, like
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services.text_index import narrowed
from models.base import indexed, ways_of

#: Rows a picker answers at once, and at most where many are taken from a library.
FEW, MANY = 8, 50
#: Beyond so many rows that fit, others are met soon; nobody pages further than that.
MOST = 400


class PickPages:
    """Route of the picker; mixed into `Console`."""

    @expose("/pick")
    @page()
    def pick(self) -> Any:
        """Rows for a picker: by title, code or pinyin initials; a handful, in the reader's scope."""
        typed = request.args.get("q", "").strip()
        start = max(request.args.get("page", 1, type=int) or 1, 1) - 1
        if not self.may_pick():
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        size = min(max(request.args.get("size", FEW, type=int) or FEW, 1), MANY)
        return jsonify(self.picks(typed, start, size))

    def may_pick(self) -> bool:
        """A picker names rows to everyone who may see the table or fill in a form that points to it."""
        return self.can("read") or any(
            actor().may(p, c.key) for c in self.consoles() for p in ("add", "edit", "read") if self.model in c.targets()
        )

    def picks(self, typed: str, start: int = 0, size: int = FEW) -> dict[str, Any]:
        """The picker's answer: {results: [{id, text, note}], more}."""
        columns, named = self.columns(), not self.nameless(self.model)
        title = getattr(self.model, self.model.__title__) if named else self.model.id
        notes = [columns[n] for n in self.pick_columns if self.open_to(actor(), n)]
        notes = [c for c in notes if not c.path and not c.target]
        shown_notes = [getattr(self.model, c.key) for c in notes]
        statement = select(self.model.id, title, *shown_notes)
        if (own := self.base_condition()) is not None:
            statement = statement.where(own)
        for name, value in self.pick_only.items():
            statement = statement.where(getattr(self.model, name) == value)
        for name, value in request.args.items():
            column = columns.get(name.removesuffix("_id")) if name not in {"q", "page", "size"} else None
            if column is None or not column.target or not self.open_to(actor(), column.name):
                continue
            if is_whole(value):
                statement = statement.where(getattr(self.model, column.key) == int(value))
        if typed and start * size > MOST:
            rows = []
        elif typed:
            texts = [c for c, n in zip(shown_notes, notes, strict=True) if n.field.kind == "text"]
            rows = self.named(statement, title, texts, typed, (start + 1) * size + 1)[start * size :]
        else:
            page = statement.order_by(title, self.model.id).limit(size + 1).offset(start * size)
            rows = list(self.session.execute(page))
        results = []
        for key, text, *values in rows[:size]:
            note = "  ".join(
                n.kind.plain(v, n.field) for n, v in zip(notes, values, strict=True) if v not in (None, "")
            )
            results.append({"id": key, "text": shown_title(self.session, self.model, key, text), "note": note})
        return {
            "results": results,
            "more": len(rows) > size,
            "new_url": f"{self.base_url()}new" if self.can("add") else None,
        }

    def named(self, statement: Select, title: Any, codes: list[Any], typed: str, most: int) -> list[Any]:
        """So many rows of the statement: first those whose title, code or initials begin as typed, then the others.

        The first are found by indexes; only where they are too few the titles are read through.
        """
        by_title = isinstance(title.type, String | Text)
        first = beginnings(self.session, [title, *codes] if by_title else codes, typed)
        if self.model.__pinyin__ and typed.isascii() and self.open_to(actor(), self.model.__pinyin__):
            first.append((self.model.pinyin, begins(self.session, self.model.pinyin, typed.lower())))
        found = self.some_beginning(statement, first, title, most) if first else []
        if len(found) < most:
            then = [has_part(title, typed)] if by_title else []
            letters = typed.lower() != typed.upper()  # an index knows capitals from small ones
            slow = [c for c in codes if letters or not indexed(c.property.columns[0])]
            then += [fits(code, f"{like(text)}%") for code in slow for text in ways_of(code, typed)]
            others = statement.where(self.model.id.not_in([row[0] for row in found])) if found else statement
            known = narrowed(self.session, self.model, [c.key for c in ([title] if by_title else []) + slow], typed)
            found += self.some_containing(others, then, known, title, most - len(found)) if then else []
        return found

    def some_beginning(
        self, statement: Select, tests: list[tuple[Any, ColumnElement[bool]]], title: Any, most: int
    ) -> list[Any]:
        """Rows of the statement where a column passes its test, by title; where they are many, the first by each."""
        keys = statement.with_only_columns(self.model.id)
        ids = self.session.execute(keys.where(or_(*(test for _column, test in tests))).limit(MOST)).scalars().all()
        if len(ids) == MOST:
            each = [keys.where(test).order_by(column).limit(most).subquery() for column, test in tests]
            ids = self.session.execute(union(*(select(part.c.id) for part in each))).scalars().all()
        return self.by_title(statement.where(self.model.id.in_(ids)), title, most) if ids else []

    def some_containing(
        self, statement: Select, tests: list[Any], known: list[Any], title: Any, most: int
    ) -> list[Any]:
        """Rows of the statement that pass one of the tests, by title. known: what an index says of them.

        Where they are few, they are found first and sorted then; where they are many, one soon meets some by title.
        """
        keys = statement.with_only_columns(self.model.id).where(or_(*tests), *known).limit(MOST)
        ids = self.session.execute(keys).scalars().all()
        few = self.model.id.in_(ids) if len(ids) < MOST else or_(*tests)
        return self.by_title(statement.where(few), title, most) if ids else []

    def by_title(self, statement: Select, title: Any, most: int) -> list[Any]:
        """The first rows of the statement."""
        return list(self.session.execute(statement.order_by(title, self.model.id).limit(most)))
