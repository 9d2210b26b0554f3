"""What a table lets nobody do, an administrator does neither: not by any of its routes, nor by the API."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.console.view import REGISTRY
from app.rules.system import LoginOutcome
from app.services.unit_of_work import unit_of_work
from models.system import Attachment, LoginEvent, StoredFile

#: Everything that writes: the permission it stands for, the address after /app/<table>/, and the request.
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("add", "new", {"data": {}}),
    ("edit", "1/edit", {"data": {}}),
    ("edit", "bulk", {"json": {"ids": [1], "values": {"remark": "x"}}}),
    ("edit", "grid", {"json": {"rows": [{"id": 1, "version": 1, "values": {}}]}}),
    ("edit", "undo/none", {"json": {}}),
    ("edit", "1/files", {"data": {}}),
    ("delete", "delete", {"json": {"ids": [1]}}),
    ("import", "import", {"data": {}}),
    ("import", "import/none/run", {"data": {}}),
    ("import", "import/batch/1/undo", {"json": {}}),
]
API = [("add", "POST", ""), ("edit", "PATCH", "/1"), ("edit", "PUT", "/1"), ("delete", "DELETE", "/1")]
CLOSED = {key: console for key, console in REGISTRY.items() if console.read_only or console.closed}


def test_the_tables_of_the_system_are_closed() -> None:
    assert {"login_event", "import_batch", "job", "system_parameter"} <= set(CLOSED)
    assert all("edit" not in c.permissions() for c in CLOSED.values() if c.read_only)
    assert all(not {"add", "delete", "import"} & set(c.permissions()) for c in CLOSED.values())


@pytest.mark.parametrize("key", sorted(CLOSED))
def test_no_route_does_what_the_table_lets_nobody_do(key: str, admin: FlaskClient) -> None:
    refused = {"add", "edit", "delete", "import"} - set(CLOSED[key].permissions())
    token = {"X-CSRFToken": admin.environ_base["HTTP_X_CSRFTOKEN"]}
    answers = {
        path: admin.post(f"/app/{key}/{path}", headers=token, **request).status_code
        for permission, path, request in WRITES
        if permission in refused
    } | {
        f"{verb} {path}": admin.open(f"/api/v1/{key}{path}", method=verb, json={"version": 1}).status_code
        for permission, verb, path in API
        if permission in refused
    }
    assert answers
    assert set(answers.values()) == {403}, answers


def test_no_file_of_a_read_only_table_is_taken_off(admin: FlaskClient, session: Session) -> None:
    """The address of a file names no table: the record's decides."""
    with unit_of_work(session):
        stored = StoredFile(sha256="0" * 64, size=1, mime="text/plain")
        session.add(stored)
        session.flush()
        session.add(event := LoginEvent(username="x", outcome=LoginOutcome.SUCCESS))
        session.flush()
        session.add(kept := Attachment(table_key="login_event", record_id=event.id, name="a.txt", file_id=stored.id))
        session.flush()
        key = kept.id
    assert admin.post(f"/app/file/{key}/delete", json={}).status_code == 403
