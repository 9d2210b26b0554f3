"""A filing in somebody's hands, and files to put into it: for the tests of the work on a case."""

from io import BytesIO

import docx
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.unit_of_work import SYSTEM, Actor, act_as
from models.filing import Filing
from models.organization import User

STEPS = ("finalize", "return_review", "pass_review", "finish_preparation", "return_to_handler",
         "return_to_preparation", "pass_check")  # fmt: skip
#: What positions grant besides: the steps; whose turn it is the filing says.
GRANTS = frozenset((step, "filing") for step in STEPS)


def acts(session: Session, username: str | None, *more: tuple[str, str]) -> int | None:
    """From now on the session is a user's (None: the system's); his id."""
    session.rollback()
    act_as(session, SYSTEM)
    if username is None:
        return None
    key = session.execute(select(User.id).where(User.username == username)).scalar_one()
    session.rollback()
    act_as(session, Actor(id=key, name=username, grants=GRANTS | set(more)))
    return key


def demo_filing(session: Session, number: str = "S000006") -> Filing:
    """A filing of the demo agency; S000006 is being drafted by tangruolan."""
    return session.execute(select(Filing).where(Filing.filing_no == number)).scalars().one()


def word(*paragraphs: str) -> BytesIO:
    """A Word file."""
    document, content = docx.Document(), BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(content)
    content.seek(0)
    return content


def pdf(pages: int = 1) -> BytesIO:
    """The bare bones of a PDF file."""
    return BytesIO(b"%PDF-1.4\n1 0 obj<</Type/Pages>>\n" + b"2 0 obj<</Type /Page>>\n" * pages)
