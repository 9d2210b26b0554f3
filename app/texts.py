"""Texts in the reader's language: Flask-Babel's catalogs, each message looked up once a process.

Flask-Babel finds context, locale and catalog anew for every text, and a page has a thousand of them.
"""

from collections.abc import Callable
from typing import Any

from flask import current_app, g, has_app_context
from flask_babel import get_domain, get_locale
from markupsafe import Markup

#: Parts of pages that are kept, so many at most.
_KEPT_MOST = 500
_KEPT: dict[tuple[Any, ...], Markup] = {}
#: So many texts are remembered: reasons that people type pass through here too.
MOST = 20_000
_KNOWN: dict[str, tuple[dict[str, str], dict[str, Markup]]] = {}


def gettext(message: str, **params: Any) -> str:
    """A message id in the reader's language, with its parameters filled in."""
    known = _texts()[0]
    text = known.get(message)
    if text is None:
        text = get_domain().get_translations().ugettext(message)
        if len(known) < MOST:
            known[message] = text
    return text % params if params else text


def markup(message: str, **params: Any) -> Markup:
    """The same for templates: the text is trusted, its parameters are escaped."""
    known = _texts()[1]
    text = known.get(message)
    if text is None:
        # as Jinja's own: every text is a format, so that %% means the same with and without parameters
        text = known[message] = Markup(gettext(message))
    return text % params if params or "%" in text else text


def _texts() -> tuple[dict[str, str], dict[str, Markup]]:
    """What is known already in the reader's language; forgotten at once outside an application."""
    if not has_app_context():
        return {}, {}
    try:
        return g.texts
    except AttributeError:
        g.texts = _KNOWN.setdefault(str(get_locale()), ({}, {}))
        return g.texts


def once(*key: Any, caller: Callable[[], str]) -> Markup:
    """For templates, as a call block: a part of a page that depends on `key` and the language only, rendered once."""
    place = (str(get_locale()), *key)
    made = _KEPT.get(place)
    if made is None or current_app.debug:
        if len(_KEPT) >= _KEPT_MOST:
            _KEPT.clear()
        made = _KEPT[place] = Markup(caller())
    return made
