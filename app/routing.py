"""Hundreds of addresses without the price: what builds an address from its parts is compiled when first needed."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule


class LateRule(Rule):
    """A rule whose builders (`url_for`) are compiled at their first use: most never are, and each costs as much as
    fifty matches.
    """

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
