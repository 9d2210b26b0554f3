"""Many inventors of a client at once: all or none, each complaint beside its row (批量新增发明人, A-3.1.1.2.3-06)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.validity import Validity
from app.services import records
from app.services.party_match import repeated
from app.services.unit_of_work import unit_of_work
from models.party import Client, Inventor


def add_inventors(session: Session, client_id: int, rows: Sequence[Mapping[str, Any]]) -> int:
    """Add inventors to a client; how many. `rows`: column → value.

    Raises RuleErrors with the fields "<row>-<column>"; who is a known inventor of the client stands beside its name.
    """
    with unit_of_work(session):
        client = records.find(session, Client, client_id, lock=True)
        errors = []
        for at in sorted(twice(session, client.id, rows)):
            errors.append(RuleError(N_("This client has an inventor of this name already"), field=f"{at}-name"))
        for at, row in enumerate(rows):
            try:
                records.save(session, Inventor, None, {**row, "client_id": client.id})
            except RuleErrors as refused:
                errors += [RuleError(e.message, field=f"{at}-{e.field}", **e.params) for e in refused.errors]
        if errors:
            raise RuleErrors(errors)
    return len(rows)


def twice(session: Session, client_id: int, rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """The rows that name an inventor the client has, or one of a row before."""
    query = select(Inventor.name, Inventor.id_no).where(Inventor.client_id == client_id)
    known = [(name, no or "") for name, no in session.execute(query.where(Inventor.valid == Validity.VALID))]
    return repeated([(str(r.get("name") or ""), str(r.get("id_no") or "")) for r in rows], known)
