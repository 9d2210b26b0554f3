"""A filing in somebody's hands, and files to put into it: for the tests of the work on a case."""

from io import BytesIO

import docx
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.filing import DocumentPart
from app.services import files
from app.services.unit_of_work import SYSTEM, Actor, act_as, unit_of_work
from models.filing import DocumentVersion, Filing, FilingDocument
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


#: What an application for an invention needs, by the names of its documents.
PARTS = {
    "发明专利请求书": DocumentPart.REQUEST, "权利要求书": DocumentPart.CLAIMS, "说明书": DocumentPart.DESCRIPTION,
    "说明书摘要": DocumentPart.ABSTRACT,
}  # fmt: skip


def complete(session: Session, filing: Filing) -> Filing:
    """Give a filing whatever an application for an invention lacks: each part, and a PDF of its own."""
    with unit_of_work(session):
        there = {d.part for d in filing.documents}
        for name, part in PARTS.items():
            if part not in there:
                filing.documents.append(FilingDocument(name=name, part=part, position=9, pages=2))
        for document in filing.documents:
            if not document.versions and not document.content:
                stored = files.keep(session, "x.pdf", BytesIO(b"%PDF-1.7 " + document.name.encode()))
                document.versions.append(DocumentVersion(number=1, name=f"{document.name}.pdf", file_id=stored.id))
    return filing
