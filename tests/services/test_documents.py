"""Documents of a filing in all their versions: begun, imported, restored, and closed to everybody else."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import views
from app.rules.application_number import PatentType
from app.rules.case import CaseType
from app.rules.errors import RuleError
from app.rules.filing import DocumentPart, FilingKind, FilingStatus
from app.services import document_text, documents, filing, records
from models.case import Case
from models.document import DocumentType
from models.filing import Filing, FilingDocument
from models.system import Attachment, StoredFile
from tests.services.case_work import acts, demo_filing, pdf, word

assert views.MENU


@pytest.fixture
def drafted(any_session: Session) -> Filing:
    """A filing without documents, in the hands of tangruolan."""
    case = any_session.execute(select(Case).where(Case.our_ref == "F20260020")).scalars().one()
    who = acts(any_session, "tangruolan")
    acts(any_session, None)
    assert who
    made = filing.open_filing(any_session, case, FilingKind.NEW_APPLICATION, None, who)
    acts(any_session, "tangruolan")
    return made


def names(session: Session, one: Filing) -> list[str]:
    session.expire_all()
    return [d.name for d in records.find(session, Filing, one.id).documents]


def test_drafting_begins_with_the_parts_in_order(any_session: Session, drafted: Filing) -> None:
    """A-3.2.1.5.1-02; doing it again for the same type changes nothing."""
    for _time in range(2):
        documents.begin(any_session, drafted.id, PatentType.INVENTION, CaseType.ORDINARY)
        assert names(any_session, drafted) == ["请求书", "说明书摘要", "权利要求书", "说明书", "说明书附图"]


def test_a_design_has_its_own_parts_and_litigation_none(any_session: Session, drafted: Filing) -> None:
    documents.begin(any_session, drafted.id, PatentType.DESIGN, CaseType.ORDINARY)
    assert names(any_session, drafted) == ["请求书", "图片或照片", "简要说明"]
    with pytest.raises(RuleError) as refused:
        documents.begin(any_session, drafted.id, PatentType.DESIGN, CaseType.LITIGATION)
    assert refused.value.field == "case_type"


def test_several_files_find_their_places(any_session: Session, drafted: Filing) -> None:
    """A-3.2.1.5.1-03: by name to the part, anything else becomes a document of its own."""
    documents.begin(any_session, drafted.id, PatentType.INVENTION, CaseType.ORDINARY)
    made = documents.import_files(any_session, drafted.id, [
        ("F20260020 权利要求书 定稿.docx", word("1. 一种装置。", "2. 如权利要求1所述。")), ("说明书附图.pdf", pdf(3)),
        ("实验数据.png", BytesIO(b"\x89PNG\r\n\x1a\n....")),
    ])  # fmt: skip
    by_id = {d.id: d for d in records.find(any_session, Filing, drafted.id).documents}
    assert [by_id[v.document_id].name for v in made] == ["权利要求书", "说明书附图", "实验数据"]
    assert [by_id[v.document_id].claims for v in made] == [2, None, None]
    assert [by_id[v.document_id].pages for v in made][1:] == [3, 1]
    assert by_id[made[2].document_id].part is DocumentPart.ATTACHMENT


def test_each_import_is_a_version_and_an_old_one_comes_back_as_a_new_one(any_session: Session, drafted: Filing) -> None:
    one = documents.import_files(any_session, drafted.id, [("说明书.docx", word("甲"))])[0]
    two = documents.import_files(
        any_session, drafted.id, [("改.docx", word("乙"))], document_id=one.document_id, note="按客户意见修改"
    )[0]
    back = documents.restore(any_session, one.document_id, 1)
    assert [(v.number, v.note) for v in (one, two, back)] == [
        (1, None), (2, "按客户意见修改"), (3, "由第 1 版恢复"),
    ]  # fmt: skip
    assert back.file_id == one.file_id
    assert back.created_by_id == drafted.handler_id
    assert documents.version_of(any_session, one.document).number == 3
    stored = any_session.get(StoredFile, two.file_id)
    assert document_text.text_of(any_session, stored, two.name) == "乙"


@pytest.mark.parametrize(("name", "content"), [
    ("病毒.exe", b"MZ"), ("压缩.zip", b"PK\x03\x04"), ("页.html", b"<script>"), ("假.pdf", b"not a pdf"),
    ("空.docx", b""),
])  # fmt: skip
def test_what_is_not_accepted_leaves_nothing(any_session: Session, drafted: Filing, name: str, content: bytes) -> None:
    """All or none: the good file beside it is not kept either."""
    with pytest.raises(RuleError) as refused:
        documents.import_files(any_session, drafted.id, [("好.docx", word("好")), (name, BytesIO(content))])
    assert refused.value.field == "file"
    assert names(any_session, drafted) == []


def test_a_damaged_word_file_says_so(any_session: Session, drafted: Filing) -> None:
    with pytest.raises(RuleError, match="damaged"):
        document_text.text_in(b"PK\x03\x04 no archive", "坏.docx")


def test_documents_are_ordered_renamed_and_removed(any_session: Session, drafted: Filing) -> None:
    ids = [documents.add(any_session, drafted.id, name).id for name in ("甲", "乙", "丙")]
    documents.reorder(any_session, drafted.id, [ids[2], ids[0]])
    assert names(any_session, drafted) == ["丙", "甲", "乙"]
    with pytest.raises(RuleError) as refused:
        documents.describe(any_session, ids[0], {"name": "乙"})
    assert refused.value.field == "name"
    documents.describe(any_session, ids[0], {"name": "丁", "pages": 4})
    documents.remove(any_session, ids[1])
    assert names(any_session, drafted) == ["丙", "丁"]
    with pytest.raises(RuleError):
        documents.reorder(any_session, drafted.id, [ids[1]])


DEEDS: dict[str, Callable[[Session, Filing, int], object]] = {
    "begin": lambda s, f, _d: documents.begin(s, f.id, PatentType.INVENTION, CaseType.ORDINARY),
    "add": lambda s, f, _d: documents.add(s, f.id, "新"),
    "import": lambda s, f, _d: documents.import_files(s, f.id, [("新.docx", word("新"))]),
    "restore": lambda s, _f, d: documents.restore(s, d, 1),
    "describe": lambda s, _f, d: documents.describe(s, d, {"name": "新"}),
    "remove": lambda s, _f, d: documents.remove(s, d),
    "reorder": lambda s, f, d: documents.reorder(s, f.id, [d]),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_finalized_documents_are_closed_and_open_ones_are_the_workers(session: Session, deed: str) -> None:
    """A-3.2.1.5-01: nobody changes what was finalized, whatever he may do; before that only who has it in hand."""
    one = demo_filing(session)
    acts(session, "qinshuyu")
    with pytest.raises(RuleError) as refused:
        DEEDS[deed](session, one, one.documents[0].id)
    assert refused.value.code == "forbidden"
    for number in ("S000004", "S000002", "S000008", "S000001"):
        acts(session, None)
        closed = demo_filing(session, number)
        before = session.execute(select(func.count(FilingDocument.id))).scalar()
        with pytest.raises(RuleError) as refused:
            DEEDS[deed](session, closed, closed.documents[0].id)
        assert refused.value.code == "conflict", closed.status
        assert session.execute(select(func.count(FilingDocument.id))).scalar() == before


def test_who_prepares_adds_the_forms_of_the_office(session: Session) -> None:
    """A-3.2.1.5.3-04."""
    one = demo_filing(session, "S000003")
    assert one.status is FilingStatus.PREPARATION
    acts(session, "hejingzhou")
    kind = select(DocumentType.id).where(DocumentType.code == "100007")
    form = documents.add(session, one.id, "", session.execute(kind).scalar_one())
    assert (form.name, form.part) == ("专利代理委托书", DocumentPart.FORM)
    assert form.name in names(session, one)


def test_files_of_the_work_are_kept_by_all_who_work_and_closed_with_it(session: Session) -> None:
    """A-3.2.1.5.3-01: whoever has a part of the work hands in his drafts there."""
    one = demo_filing(session)
    acts(session, "duanxiaotang")
    with pytest.raises(RuleError) as refused:
        documents.process_files(session, one.id, [("稿.docx", word("稿"))])
    assert refused.value.code == "forbidden"
    acts(session, "tangruolan", ("distribute", "work_breakdown"))
    records.move(session, next(w for w in one.works if w.work_type.name == "ILLUSTRATION"), "distribute")
    acts(session, "duanxiaotang")
    (kept,) = documents.process_files(session, one.id, [("稿.docx", word("稿"))])
    acts(session, None)
    sent = demo_filing(session, "S000001")
    with pytest.raises(RuleError) as refused:
        documents.process_files(session, sent.id, [("稿.docx", word("稿"))])
    assert refused.value.code == "conflict"
    with pytest.raises(RuleError):
        documents.drop_process_file(session, sent.id, kept.id)
    documents.drop_process_file(session, one.id, kept.id)
    assert session.get(Attachment, kept.id) is None


def test_a_word_file_that_unpacks_to_too_much_is_not_read() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", word("甲").getvalue()[:10])
        archive.writestr("word/media/image1.bmp", bytes(document_text.MOST_UNPACKED))
    with pytest.raises(RuleError, match="damaged"):
        document_text.text_in(packed.getvalue(), "说明书.docx")
    assert document_text.pages_of(packed.getvalue(), "说明书.docx") is None


def test_in_special_edit_the_files_are_in_the_hands_of_who_finishes_it(session: Session) -> None:
    one = session.execute(select(Filing).where(Filing.status == FilingStatus.DISPATCHED)).scalars().first()
    records.move(session, one, "to_special_edit")
    key = one.id
    upload = [("过程.docx", word("甲"))]
    acts(session, "duanxiaotang")
    with pytest.raises(RuleError):
        documents.process_files(session, key, upload)
    acts(session, "hejingzhou", ("finish_special_edit", "filing"))
    assert documents.process_files(session, key, [("过程.docx", word("甲"))])
