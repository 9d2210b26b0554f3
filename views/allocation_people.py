"""The people of an allocation as its pages show them: by department, with load, fields and who is suggested."""

from typing import Any

from app.console.guard import actor
from app.console.registry import REGISTRY
from app.extensions import db
from app.rules.allocation import Suggestion
from app.services import organization
from app.services.allocation import CERTIFIED, PARTS, PLACES
from app.services.sentences import Words, say_step
from app.services.workload import Worker
from app.texts import gettext as _

#: So many of the suggested people are named beside a case.
NAMED = 3


def named(fitting: list[Suggestion], people: list[Worker], most: int = NAMED) -> list[dict[str, Any]]:
    """The best suggestions with name and sentence."""
    names = {w.id: w.name for w in people}
    return [{"user": s.key, "name": names[s.key], "score": s.score, "why": sentence(s)} for s in fitting[:most]]


def sentence(one: Suggestion) -> str:
    """Why somebody is suggested, in one sentence."""
    words = Words()
    return "，".join(say_step(step, words) for step in one.reasons) + "。"


def page_data(people: list[Worker]) -> dict[str, Any]:
    """What the script of both pages knows."""
    users = {
        w.id: {"name": w.name, "pinyin": w.pinyin or "", "certified": bool(w.certificate_no), "cases": w.cases,
               "limit": w.limit}
        for w in people
    }  # fmt: skip
    return {"users": users, "certified": CERTIFIED, "parts": list(PARTS), "places": list(PLACES)}


def groups(people: list[Worker]) -> list[dict[str, Any]]:
    """The people by department, in the order of the tree; those in none come last (A-3.2.2.2-02)."""
    made: list[dict[str, Any]] = []

    def add(name: str, members: list[Worker]) -> None:
        if members:
            total, limit = sum(w.cases for w in members), sum(w.limit for w in members)
            made.append({"name": name, "people": members, "cases": total, "limit": limit})

    def walk(branches: list[organization.Branch]) -> None:
        for branch in branches:
            add(branch.name, [w for w in people if w.department_id == branch.id])
            walk(branch.children)

    walk(organization.tree(db.session))
    add(_("Without a department"), [w for w in people if w.department_id is None])
    return made


def node(branch: organization.Branch) -> dict[str, Any]:
    """A department of the tree that filters the users."""
    return {"id": branch.id, "label": branch.name, "sub": branch.people or None, "url": f"#d{branch.id}",
            "active": False, "children": [node(c) for c in branch.children]}  # fmt: skip


def shows(name: str) -> bool:
    """Whether the reader may see a column of users."""
    return REGISTRY["user"].instance().open_to(actor(), name)


def table_of(people: list[Worker], fitting: list[Suggestion]) -> list[dict[str, Any]]:
    """The users with load, certificate, fields and suggestion, the best first."""
    certificates, fields = shows("certificate_no"), shows("specialities")
    rank = {s.key: at for at, s in enumerate(fitting)}
    by_key = {s.key: s for s in fitting}
    departments = {b.id: b.name for b in flat(organization.tree(db.session))}
    return [
        {
            "id": w.id, "name": w.name, "pinyin": w.pinyin, "department_id": w.department_id,
            "department": departments.get(w.department_id or 0, ""), "cases": w.cases, "limit": w.limit,
            "tasks": w.tasks, "certificate": w.certificate_no if certificates else None,
            "specialities": w.specialities if fields else None,
            "score": by_key[w.id].score if w.id in by_key else None,
            "why": sentence(by_key[w.id]) if w.id in by_key else "",
        }
        for w in sorted(people, key=lambda w: rank.get(w.id, len(rank)))
    ]  # fmt: skip


def flat(branches: list[organization.Branch]) -> list[organization.Branch]:
    """The departments of a tree in one list."""
    return [one for b in branches for one in (b, *flat(b.children))]
