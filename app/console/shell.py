"""The shell around every page: module tree, crumbs, favourites, recent records, theme."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from flask import current_app, g, get_flashed_messages, request
from flask import session as cookie

from app.console.view import REGISTRY
from app.services.preferences import preference
from app.services.unit_of_work import Actor
from app.texts import gettext as _


@dataclass(frozen=True)
class Item:
    """One line of the menu: a console's or a page's key. `label` defaults to the console's title.

    also: the tables without a line of their own whose pages belong here.
    """

    key: str
    label: str = ""
    url: str = ""
    permission: str = "read"
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Module:
    """One module of the menu."""

    key: str
    label: str
    icon: str
    items: tuple[Item, ...]


MENU: list[Module] = []
#: Pages that are not tables: {key: {permission: msgid}}; they take part in grants like tables.
PAGES: dict[str, dict[str, str]] = {}
#: Counts in the top bar, one statement each: (session, actor) → {"due_today": {count, url}, "overdue": …} or None.
TOP_COUNTS: list[Callable[[Any, Actor], dict[str, Any] | None]] = []
#: Start pages by key, the first whose key the actor may read wins; each makes the page.
START_PAGES: dict[str, Callable[[], Any]] = {}


def use_menu(modules: list[Module]) -> None:
    """Give the shell the menu (views/menu.py)."""
    MENU[:] = modules
    _shown.cache_clear()


def visible(actor: Actor) -> list[tuple[Module, list[Item]]]:
    """The modules and items the actor has rights to."""
    return _shown(actor.is_admin, actor.grants)[0]


@lru_cache(maxsize=500)
def _shown(
    is_admin: bool, grants: frozenset[tuple[str, str]]
) -> tuple[list[tuple[Module, list[Item]]], list[tuple[str, Item]]]:
    """The modules and items open to these rights, and the addresses that belong to the items, the longest first."""
    actor = Actor(is_admin=is_admin, grants=grants)
    found = []
    for module in MENU:
        items = [i for i in module.items if actor.may(i.permission, i.key)]
        if items:
            found.append((module, items))
    places = [
        (url.rstrip("/"), item)
        for _module, items in found
        for item in items
        for url in (item_url(item), *(f"/app/{key}/" for key in item.also))
    ]
    return found, sorted(places, key=lambda place: -len(place[0]))


def item_url(item: Item) -> str:
    """Where a menu item leads."""
    return item.url or f"/app/{item.key}/"


def item_label(item: Item) -> str:
    """What a menu item is called."""
    return _(item.label or REGISTRY[item.key].title)


def function_name(permission: str, key: str) -> str:
    """A function of a table or page as the administrator grants it: “客户管理 修改”; nothing for what nobody has."""
    known = REGISTRY[key].permissions() if key in REGISTRY else PAGES.get(key, {})
    if permission not in known:
        return ""
    item = next((i for module in MENU for i in module.items if i.key == key), None)
    title = item_label(item) if item else _(REGISTRY[key].title) if key in REGISTRY else ""
    return f"{title} {_(known[permission])}".strip()


class Shell:
    """What base.html needs of the shell, made when a template first asks: a part of a page never does.

    False before sign-in.
    """

    @cached_property
    def made(self) -> dict[str, Any] | None:
        return shell()

    @property
    def modules(self) -> list[dict[str, Any]]:
        """The modules open to the reader with their items; what `menu` is equal for has the same ones."""
        here = (self.made or {})["menu"][-1]
        return [
            {
                "key": module.key, "label": _(module.label), "icon": module.icon, "active": here in items,
                "items": [{"label": item_label(i), "url": item_url(i), "active": i is here} for i in items],
            }
            for module, items in visible(g.actor)
        ]  # fmt: skip

    def __bool__(self) -> bool:
        return self.made is not None

    def __getattr__(self, name: str) -> Any:
        try:
            return (self.made or {})[name]
        except KeyError:
            raise AttributeError(name) from None


class Flashes:
    """What is to be said to the user once, taken from his session when a page says it."""

    def __iter__(self) -> Iterator[dict[str, str]]:
        said: Any = get_flashed_messages(with_categories=True)
        return iter([{"message": message, "kind": kind} for kind, message in said])


def shell() -> dict[str, Any] | None:
    """The whole shell; None before sign-in."""
    actor = g.get("actor")
    if actor is None or actor.id is None:
        return None
    session = current_app.extensions["patentdesk.session"]()
    here = _here(actor)
    modules_by_item = {i: m for m in MENU for i in m.items}
    crumbs = []
    if here is not None:
        crumbs = [
            {"label": _(modules_by_item[here].label), "url": None},
            {"label": item_label(here), "url": item_url(here)},
        ]
    own = {
        k: preference(session, actor.id, k) for k in ("theme", "density", "tree_hidden", "header_hidden", "favourites")
    }
    return {
        "app": current_app.config["APP_NAME"], "user": {"name": actor.name, "initial": actor.name[:1], "id": actor.id},
        "menu": (actor.is_admin, actor.grants, here),
        "favourites": _links(own["favourites"]), "recents": _links(cookie.get("recents")),
        "theme": own["theme"] or "", "density": own["density"] or "", "tree_hidden": bool(own["tree_hidden"]),
        "header_hidden": bool(own["header_hidden"]),
        "badges": lambda: next((counts(session, actor) for counts in TOP_COUNTS), None),
        "unread": 0, "crumbs": crumbs,
    }  # fmt: skip


def _links(stored: Any) -> list[dict[str, str]]:
    """Stored favourites and recents; only addresses of this application."""
    rows = stored if isinstance(stored, list) else []
    return [r for r in rows if isinstance(r, dict) and str(r.get("url", "")).startswith("/app/") and r.get("label")][:5]


def _here(actor: Actor) -> Item | None:
    """The menu item of the present address: the one with the longest address that it begins with."""
    places = _shown(actor.is_admin, actor.grants)[1]
    return next((item for url, item in places if request.path.startswith(url)), None)
