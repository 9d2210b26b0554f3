"""What a user chose for himself: columns, page size, theme, favourites; and saved views."""

import re
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import ViewScope
from app.services.kept import SETUP, keep, kept
from app.services.unit_of_work import Actor, unit_of_work, unscoped
from models.organization import Role, User
from models.system import Preference, SavedView

keep(SETUP, SavedView, gone=(User, Role))  # whose views go with them
#: What a user chose, asked by every page.
_KEPT = Preference.__table__.c
_CHOSEN = select(_KEPT.key, _KEPT.value).where(_KEPT.user_id == bindparam("user"))
#: Characters of one preference or view.
MOST = 20_000
#: Characters of the query string of a view.
LONGEST_QUERY = 4_000


def preference(session: Session, user_id: int | None, key: str, default: Any = None) -> Any:
    """What the user chose for `key`; all of his choices are read once per session."""
    whose, known = session.info.get("preferences", (None, {}))
    if whose is None or whose != user_id:
        with unscoped(session):  # about himself only
            rows: Any = session.execute(_CHOSEN, {"user": user_id}).all()
        known = dict(rows)
        session.info["preferences"] = user_id, known
    return known.get(key, default)


def prefer(session: Session, user_id: int, key: str, value: Any) -> None:
    """Keep a choice; None forgets it."""
    if len(key) > 100 or len(str(value)) > MOST:
        raise RuleError(N_("This preference is too large"))
    with unit_of_work(session):
        query = select(Preference).where(Preference.user_id == user_id, Preference.key == key)
        row = session.execute(query).scalars().first()
        if value is None:
            if row:
                session.delete(row)
        elif row:
            row.value = value
        else:
            session.add(Preference(user_id=user_id, key=key, value=value))
    session.info.pop("preferences", None)


class View(NamedTuple):
    """A saved view, as lists use it."""

    id: int
    name: str
    scope: ViewScope
    owner_id: int | None
    position_id: int | None
    is_default: bool
    state: Any


def saved_views(session: Session, actor: Actor, table_key: str) -> list[View]:
    """The views of a table open to the actor: his own, his positions', everyone's."""
    views = kept(session, SETUP, ("views", table_key), lambda s: _views(s, table_key))
    return [v for v in views if _open(v, actor)]


def _views(session: Session, table_key: str) -> list[View]:
    columns = [getattr(SavedView, name) for name in View._fields]
    with unscoped(session):  # everybody's are kept; who sees which is said where they are used
        rows = session.execute(select(*columns).where(SavedView.table_key == table_key).order_by(SavedView.id))
        return [View(*row) for row in rows]


def _open(view: View, actor: Actor) -> bool:
    if view.scope is ViewScope.MINE:
        return view.owner_id == actor.id
    return view.scope is ViewScope.EVERYONE or view.position_id in actor.role_ids


def kept_query(view: View) -> str:
    """The query string of a view; nothing where what was kept is none."""
    query = view.state.get("query") if isinstance(view.state, dict) else None
    return query if isinstance(query, str) else ""


def kept_columns(view: View) -> list[str]:
    """The names of the columns of a view; none where what was kept are no names."""
    columns = view.state.get("columns") if isinstance(view.state, dict) else None
    return [n for n in columns if isinstance(n, str)] if isinstance(columns, list) else []


def checked_state(wish: Any, exposed: list[str]) -> dict[str, Any]:
    """{"query", "columns"} of a view to keep, only `exposed` columns. Raises RuleError for what is neither."""
    state = wish if isinstance(wish, dict) else {"query": wish}
    query, columns = state.get("query") or "", state.get("columns") or []
    if not isinstance(query, str) or not isinstance(columns, list):
        raise RuleError(N_("This selection cannot be kept"), field="state")
    if len(query) > LONGEST_QUERY:
        raise RuleError(N_("This preference is too large"))
    return {"query": query, "columns": [n for n in columns if n in exposed] or None}


def save_view(session: Session, actor: Actor, table_key: str, wish: dict[str, Any], exposed: list[str]) -> SavedView:
    """Keep a view of some of the `exposed` columns; only administrators save one for a position or for everyone."""
    scope = ViewScope.find(str(wish.get("scope", "mine")).upper())
    name = str(wish.get("name") or "").strip()
    if scope is None or not name or len(name) > 60:
        raise RuleError(N_("Give the view a name of at most 60 characters"), field="name")
    if scope is not ViewScope.MINE and not actor.is_admin:
        raise RuleError(N_("Only an administrator saves views for others"), code="forbidden")
    position = wish.get("position_id") if scope is ViewScope.POSITION else None
    if scope is ViewScope.POSITION and not re.fullmatch("[0-9]{1,9}", str(position or "")):
        raise RuleError(N_("Choose a position"), field="position_id")
    position = int(position) if position else None
    state = checked_state(wish.get("state"), exposed)
    with unit_of_work(session):
        if wish.get("default"):
            same = [SavedView.table_key == table_key, SavedView.scope == scope, SavedView.position_id == position]
            if scope is ViewScope.MINE:
                same.append(SavedView.owner_id == actor.id)
            for other in session.scalars(select(SavedView).where(*same)):
                other.is_default = False
        view = SavedView(
            table_key=table_key, name=name, scope=scope, owner_id=actor.id, position_id=position,
            is_default=bool(wish.get("default")), state=state,
        )  # fmt: skip
        session.add(view)
        session.flush()
        return view


def delete_view(session: Session, actor: Actor, view_id: int) -> None:
    """Remove a saved view: one's own, or any for an administrator."""
    with unit_of_work(session):
        view = session.get(SavedView, view_id)
        if view is None or not (actor.is_admin or view.owner_id == actor.id):
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        session.delete(view)
