"""The steps of a computation in words for people and as data for programs."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from app.rules.choice import Choice
from app.rules.explain import Step
from app.texts import gettext as _


class Words(dict[str, str]):
    """Texts in the user's language, each looked up once: for many sentences at a time."""

    def __missing__(self, message: str) -> str:
        text = self[message] = _(message)
        return text


def say_step(step: Step, words: Words | None = None) -> str:
    """One step as a sentence in the user's language."""
    words = Words() if words is None else words
    return words[step.message] % {name: _shown(value, words) for name, value in step.params.items()}


def say_basis(steps: Iterable[Step], words: Words | None = None) -> str:
    """All the reasons in one text, each with its article: what may be copied into a letter."""
    words = Words() if words is None else words
    told = ((say_step(step, words).rstrip("。"), step.article) for step in steps)
    return "".join(f"{sentence}（{article}）。" if article else f"{sentence}。" for sentence, article in told)


def step_data(step: Step) -> dict[str, Any]:
    """One step for programs: code, sentence, article, value and parameters as JSON keeps them."""
    return {
        "code": step.code,
        "text": say_step(step),
        "article": step.article,
        "value": _plain(step.value),
        "params": {name: _plain(value) for name, value in step.params.items()},
    }


def _shown(value: Any, words: Words) -> str:
    if isinstance(value, Choice):
        return words[value.label]
    if isinstance(value, tuple):
        return "、".join(_shown(one, words) for one in value)
    return f"{value:,.2f}" if isinstance(value, Decimal) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, date | Decimal | Choice) else value
