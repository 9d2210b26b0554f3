"""What a console has no rows of is nowhere: not in the search, not among related rows."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case import Case
from models.task import Task
from views.case import CaseView
from views.task import TaskView


@pytest.fixture
def case(session: Session) -> Case:
    """A case with tasks."""
    found = session.scalars(select(Case).join(Task, Task.case_id == Case.id).order_by(Case.id)).first()
    session.rollback()
    assert found is not None
    return found


@pytest.mark.parametrize("closed", [False, True])
def test_the_search(closed: bool, case: Case, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    if closed:
        monkeypatch.setattr(CaseView, "base_condition", lambda _view: Case.id != case.id)
    groups = admin.get(f"/app/search?q={case.our_ref}").get_json()["groups"]
    urls = [item["url"] for group in groups for item in group["items"]]
    assert (f"/app/case/{case.id}" in urls) is not closed


@pytest.mark.parametrize("closed", [False, True])
def test_related_rows(closed: bool, case: Case, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    if closed:
        monkeypatch.setattr(TaskView, "base_condition", lambda _view: Task.case_id != case.id)
    at = [related.model for related in CaseView.related].index("Task")
    rows = admin.get(f"/app/case/{case.id}/related/{at}").get_data(as_text=True)
    assert ("/app/task/" in rows.partition("<tbody")[2]) is not closed
