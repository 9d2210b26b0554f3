"""Texts in the reader's language: Flask-Babel's catalogs, each message looked up once a process.

Flask-Babel finds context, locale and catalog anew for every text, and a page has a thousand of them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import current_app
from flask.globals import app_ctx
from flask_babel import get_domain, get_locale
from markupsafe import Markup

#: Parts of pages that are kept, so many at most.
MOST_PARTS = 1_000
#: So many texts are remembered: reasons that people type pass through here too.
MOST = 20_000


class Known(NamedTuple):
    """What was looked up in one language: texts, the same as markup, and parts of pages."""

    texts: dict[str, str]
    markup: dict[str, Markup]
    parts: dict[tuple[Any, ...], Markup]


_KNOWN: dict[str, Known] = {}


def gettext(message: str, **params: Any) -> str:
    """A message id in the reader's language, with its parameters filled in."""
    known = known_texts().texts
    text = known.get(message)
    if text is None:
        text = get_domain().get_translations().ugettext(message)
        if len(known) < MOST:
            known[message] = text
    return text % params if params else text


def markup(message: str, **params: Any) -> Markup:
    """The same for templates: the text is trusted, its parameters are escaped."""
    known = known_texts().markup
    text = known.get(message)
    if text is None:
        # as Jinja's own: every text is a format, so that %% means the same with and without parameters
        text = known[message] = Markup(gettext(message))
    return text % params if params or "%" in text else text


def known_texts() -> Known:
    """What is known already in the reader's language; forgotten at once outside an application."""
    try:
        held = app_ctx._get_current_object().g  # type: ignore[attr-defined]  # a proxy, typed as none; asked for often
        return held.texts
    except RuntimeError:
        return Known({}, {}, {})
    except AttributeError:
        held.texts = _KNOWN.setdefault(str(get_locale()), Known({}, {}, {}))
        return held.texts


def once(*key: Any, caller: Callable[[], str]) -> Markup:
    """For templates, as a call block: a part of a page that depends on `key` and the language only, rendered once."""
    parts = known_texts().parts
    made = parts.get(key)
    if made is None or current_app.debug:
        if len(parts) >= MOST_PARTS:
            parts.clear()
        made = parts[key] = Markup(caller())
    return made
