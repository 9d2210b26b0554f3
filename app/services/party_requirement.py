"""Requirements of clients and applicants: taken from the library, and carried on to the cases that cite them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.party import LIBRARY_COLUMNS, check_own_requirement
from app.rules.validity import Validity
from app.services import records
from app.services.records import before_save
from app.services.unit_of_work import unit_of_work
from models.case import Case, CaseRequirement
from models.party import Applicant, ApplicantRequirement, Client, ClientRequirement
from models.task import RequirementItem

#: The requirements of a party: their table, the column that names the party, the column of cases that cites them.
OF: dict[type, tuple[type[Any], str, str]] = {
    Client: (ClientRequirement, "client_id", "client_requirement_id"),
    Applicant: (ApplicantRequirement, "applicant_id", "applicant_requirement_id"),
}


@dataclass(frozen=True)
class Change:
    """What 【同步要求】 would change: where (our reference of a case; empty: the party's own list), before, after."""

    our_ref: str
    before: str
    after: str


def _check(session: Session, requirement: Any) -> None:
    """One from the library says what the library says, and is changed only there (A-3.1.1.2.4-07)."""
    state = inspect(requirement)
    if not state.persistent:
        if requirement.item_id is not None:
            _take_over(requirement, session.get(RequirementItem, requirement.item_id))
        return
    before = state.attrs.item_id.history.deleted
    item = before[0] if before else requirement.item_id
    columns = (*LIBRARY_COLUMNS, "detail", "instructed_on", "item_id")
    check_own_requirement(item, {name for name in columns if state.attrs[name].history.has_changes()})


before_save(ClientRequirement)(_check)
before_save(ApplicantRequirement)(_check)


def _take_over(requirement: Any, item: RequirementItem | None) -> None:
    for name in LIBRARY_COLUMNS if item is not None else ():
        setattr(requirement, name, getattr(item, name))


def take(session: Session, owner: Any, items: Iterable[int]) -> int:
    """Take requirements of the library over into a party's own (【资料库】, A-3.1.1.2.4-06); how many are new."""
    table, column, _cited = OF[type(owner)]
    with unit_of_work(session):
        held = set(session.scalars(select(table.item_id).where(getattr(table, column) == owner.id)))
        wanted = [key for key in dict.fromkeys(items) if key not in held]
        for key in wanted:
            item = records.find(session, RequirementItem, key)
            values = {name: getattr(item, name) for name in LIBRARY_COLUMNS}
            records.save(session, table, None, values | {column: owner.id, "item_id": key})
        if not wanted:
            raise RuleError(N_("Choose a requirement that is not taken over yet"))
    return len(wanted)


def pending(session: Session, owner: Any) -> list[Change]:
    """What 【同步要求】 would change now, of the cases the actor sees (A-3.1.1.2.4-10)."""
    return [change for _row, _value, change in _differences(session, owner)]


def synchronize(session: Session, owner: Any, *, reason: str) -> int:
    """Carry what the valid requirements of a party say now to wherever they were recorded; how many were changed."""
    with unit_of_work(session, reason=reason):
        found = list(_differences(session, owner, lock=True))
        for row, values, _change in found:
            for name, value in values.items():
                setattr(row, name, value)
        session.flush()
    return len(found)


def _differences(session: Session, owner: Any, *, lock: bool = False) -> Iterable[tuple[Any, dict[str, Any], Change]]:
    """The rows that say something else than their source: the library's first, then those of cases."""
    table, column, cited = OF[type(owner)]
    query = select(table, RequirementItem).outerjoin(RequirementItem, RequirementItem.id == table.item_id)
    query = query.where(getattr(table, column) == owner.id, table.valid == Validity.VALID).order_by(table.id)
    says = {}
    for own, item in session.execute(query.with_for_update(of=table) if lock else query).all():
        says[own.id] = item.content if item is not None else own.content
        values = {n: getattr(item, n) for n in LIBRARY_COLUMNS if item and getattr(item, n) != getattr(own, n)}
        if values:
            yield own, values, Change("", own.content, says[own.id])
    cases = select(CaseRequirement, Case.our_ref).join(Case, Case.id == CaseRequirement.case_id)
    cases = cases.where(getattr(CaseRequirement, cited).in_(says)).order_by(Case.our_ref, CaseRequirement.id)
    if lock:
        cases = cases.with_for_update(of=CaseRequirement)
    for row, our_ref in session.execute(cases).all():
        after = says[getattr(row, cited)]
        if row.content != after:
            yield row, {"content": after}, Change(our_ref, row.content, after)
