"""The tree of departments (A-2.2.1.1): who stands below whom, and what keeps a department from going."""

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import records
from models.organization import Department, User


@dataclass
class Branch:
    """One department with the people in it and the departments below it."""

    id: int
    name: str
    people: int
    children: list["Branch"] = field(default_factory=list)


def tree(session: Session) -> list[Branch]:
    """The departments without a parent, each with all below it, in the order they were made."""
    people = select(User.department_id, func.count()).group_by(User.department_id)
    counts: dict[int | None, int] = dict(session.execute(people).all())
    rows = session.execute(select(Department.id, Department.name, Department.parent_id).order_by(Department.id)).all()
    branches = {key: Branch(key, name, counts.get(key, 0)) for key, name, _parent in rows}
    for key, _name, parent in rows:
        if parent in branches:
            branches[parent].children.append(branches[key])
    return [branches[key] for key, _name, parent in rows if parent not in branches]


@records.before_save(Department)
def _check_place(session: Session, department: Department) -> None:
    """No department stands below itself, and those at the top have different names too."""
    with session.no_autoflush:
        above = department.parent_id
        while above is not None and department.id is not None:
            if above == department.id:
                raise RuleError(N_("A department cannot stand below itself"), field="parent_id")
            above = session.execute(select(Department.parent_id).where(Department.id == above)).scalar()
        if department.parent_id is None:
            same = select(Department.id).where(Department.parent_id.is_(None), Department.name == department.name)
            if session.execute(same.where(Department.id != (department.id or 0))).first():
                raise RuleError(N_("“%(value)s” exists already"), field="name", value=department.name)


@records.before_delete(Department)
def _check_empty(session: Session, department: Department) -> None:
    """A department with people or departments in it stays (A-2.2.1.1-03)."""
    for column, sentence in (
        (User.department_id, N_("“%(name)s” still has %(count)s people; move them to another department first")),
        (Department.parent_id, N_("“%(name)s” still has %(count)s departments below it; delete them first")),
    ):
        count = session.execute(select(func.count()).where(column == department.id)).scalar_one()
        if count:
            raise RuleError(sentence, code="conflict", name=department.name, count=count)
