"""Row scope, enforced once at the session: what an actor may not see is in no list, picker, export or API."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import false
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.sql import ColumnElement

from app.services.unit_of_work import Actor, actor_of, listen

Criterion = Callable[[Actor], ColumnElement[bool]]
_CRITERIA: dict[type, Criterion] = {}


def scoped(model: type) -> Callable[[Criterion], Criterion]:
    """Register what an actor sees of `model`; asked only for actors who do not see all."""

    def keep(criterion: Criterion) -> Criterion:
        _CRITERIA[model] = criterion
        return criterion

    return keep


def options_for(actor: Actor) -> list[Any]:
    """The loader criteria of an actor; nobody sees nothing (compared with no id, an empty column would be his own)."""
    return [
        with_loader_criteria(m, false() if actor.id is None else c(actor), include_aliases=True)
        for m, c in _CRITERIA.items()
    ]


def _apply(state: ORMExecuteState) -> None:
    actor = actor_of(state.session)
    if actor.sees_all or not (state.is_select or state.is_update or state.is_delete):
        return
    options = state.session.info.get("scope_options")
    if options is None:
        options = state.session.info["scope_options"] = options_for(actor)
    state.statement = state.statement.options(*options)


def install(*_declared: Any) -> None:
    """Listen to every session of the process (once); the modules that declare criteria are named to be loaded."""
    listen(do_orm_execute=_apply)
