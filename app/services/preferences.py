"""What a user chose for himself: columns, page size, theme, favourites; and saved views."""

import re
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import ViewScope
from app.services.unit_of_work import Actor, unit_of_work
from models.system import Preference, SavedView

#: Characters of one preference or view.
MOST = 20_000


def preference(session: Session, user_id: int | None, key: str, default: Any = None) -> Any:
    """What the user chose for `key`; all of his choices are read once per session."""
    known = session.info.get("preferences")
    if known is None or known[0] != user_id:
        rows = session.execute(select(Preference.key, Preference.value).where(Preference.user_id == user_id))
        known = session.info["preferences"] = (user_id, dict(rows.all()))
    return known[1].get(key, default)


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


def saved_views(session: Session, actor: Actor, table_key: str) -> list[SavedView]:
    """The views of a table open to the actor: his own, his positions', everyone's."""
    mine = (SavedView.scope == ViewScope.MINE) & (SavedView.owner_id == actor.id)
    positions = (SavedView.scope == ViewScope.POSITION) & SavedView.position_id.in_(actor.role_ids or {0})
    query = select(SavedView).where(
        SavedView.table_key == table_key, or_(mine, positions, SavedView.scope == ViewScope.EVERYONE)
    )
    return list(session.execute(query.order_by(SavedView.id)).scalars())


def save_view(session: Session, actor: Actor, table_key: str, wish: dict[str, Any]) -> SavedView:
    """Keep a view; only managers of views (administrators) save one for a position or for everyone."""
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
    state = wish.get("state") if isinstance(wish.get("state"), dict) else {}
    if len(str(state)) > MOST:
        raise RuleError(N_("This preference is too large"))
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
