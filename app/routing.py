"""Thousands of addresses without the price: what all tables share is read once, what builds an address when needed."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.rules import RulePart

#: “/app/case” and what follows it: every table's pages have the same tails.
_PIECES = re.compile(r"(/[^/<>]+/[^/<>]+)(/.*)", re.S)


class LateRule(Rule):
    """A rule whose builders (`url_for`) are compiled at their first use: most never are, and each costs as much as
    fifty matches. Its pattern is put together from pieces that are read once for all rules of a map.
    """

    def _parse_rule(self, rule: str) -> Iterator[RulePart]:
        pieces = _PIECES.fullmatch(rule)
        if pieces is None:
            yield from super()._parse_rule(rule)
            return
        for place, piece in enumerate(pieces.groups()):
            parts, source = self._piece(piece)
            self._trace += source._trace
            self._converters |= source._converters
            self.arguments |= source.arguments
            yield from parts[place:]  # what stands before the slash of the second piece is the end of the first

    def _piece(self, text: str) -> tuple[list[RulePart], Rule]:
        """The parts of a piece of a rule, and a rule that holds what else was read in it."""
        read = vars(self.map).setdefault("pieces", {})
        if text not in read:
            source = Rule(text)
            source.map = self.map
            read[text] = list(source._parse_rule(text)), source
        return read[text]

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: list[Callable[..., tuple[str, str]]] = []
        compile_now = super()._compile_builder

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_now(append_unknown))
            return compiled[0](rule, **values)

        return build


class LateFlask(Flask):
    """Flask with rules that are compiled late."""

    url_rule_class = LateRule
