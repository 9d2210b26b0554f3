"""Filings on their way to the Office, on both databases: sent, acknowledged, taken back, edited once more."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import views
from app.rules import efiling
from app.rules.case import CaseStatus, FilingMethod
from app.rules.errors import RuleError
from app.rules.filing import DocumentPart, FilingStatus, SpecialEdit
from app.services import dispatch, dispatch_acknowledgements, dispatch_paper, files, records, special_edit, task
from app.services.dispatch_paper import Handed
from app.services.special_edit import Change
from app.services.today import today
from app.services.unit_of_work import SYSTEM, Actor, act_as, unit_of_work
from models.case import Case
from models.filing import DocumentVersion, Filing, FilingDocument
from models.organization import User
from models.system import Attachment, StoredFile
from models.task import Task
from tests.rules.test_efiling_acknowledgement import ACKNOWLEDGEMENT, archive
from tests.services.case_work import PARTS

assert views.MENU

def named(session: Session, number: str) -> Filing:
    return session.execute(select(Filing).where(Filing.filing_no == number)).scalars().one()


def with_documents(session: Session, number: str, names: list[str]) -> Filing:
    """A filing of the demo agency with these documents, each a PDF of its own."""
    filing = named(session, number)
    with unit_of_work(session):
        filing.documents.clear()
        session.flush()
        for place, name in enumerate(names):
            stored = files.keep(session, "x.pdf", io.BytesIO(b"%PDF-1.7 " + name.encode()))
            document = FilingDocument(name=name, part=PARTS.get(name, DocumentPart.ATTACHMENT), position=place, pages=2)
            document.versions.append(DocumentVersion(number=1, name=f"{name}.pdf", file_id=stored.id))
            filing.documents.append(document)
    return filing


@pytest.fixture
def ready(any_session: Session) -> Filing:
    """An electronic application that has all it needs."""
    return with_documents(any_session, "S000008", list(PARTS))


@pytest.fixture
def paper(any_session: Session) -> Filing:
    """A paper filing that is not sent yet."""
    return with_documents(any_session, "S000009", ["补正书", "修改替换页"])


def trackings(session: Session, filing: Filing) -> int:
    return len(task.open_of(session, ["acknowledgement_tracking"], Task.filing_id == filing.id))


def acknowledgement_of(filing: Filing, *, mark: str | None = None, number: str = "10000123456789") -> bytes:
    text = ACKNOWLEDGEMENT.format(mark=filing.case.our_ref if mark is None else mark, encoding="GBK")
    text = text.replace("10000123456789", number).replace("2026-11-20 10:11:12", f"{today()} 10:11:12")
    return text.encode("gbk")


def kept(session: Session, *acknowledgements: bytes) -> str:
    data = archive({f"GA{i}\\GA{i}\\200105.xml": one for i, one in enumerate(acknowledgements)}, gbk=True)
    return dispatch_acknowledgements.keep(session, [("回执.zip", io.BytesIO(data))]).sha256


VOUCHER = {"voucher_no": "KD1", "sent_on": today().isoformat(), "courier": "顺丰"}


def test_a_package_is_exported_and_read_again(any_session: Session, ready: Filing) -> None:
    made = dispatch.export(any_session, [ready.id])
    assert (made.count, made.again) == (1, 0)
    assert (ready.status, ready.case.status) == (FilingStatus.DISPATCHED, CaseStatus.DISPATCHED)
    assert (ready.exported_on, ready.sent_on, ready.package_id) == (today(), today(), made.file.id)
    assert trackings(any_session, ready) == 1
    with files.store_of(any_session).open(made.file.sha256) as source:
        (package,) = efiling.read_packages(source.read())
    assert (package.our_ref, package.title) == (ready.case.our_ref, ready.case.title)
    assert [d.code for d in package.documents] == ["110101", "100001", "100002", "100004"]
    again = dispatch.export(any_session, [ready.id])
    assert (again.again, again.file.sha256) == (1, made.file.sha256), "the same content makes the same bytes"
    assert trackings(any_session, ready) == 1


def test_what_is_missing_is_said_before_and_nothing_changes(any_session: Session) -> None:
    lacking = with_documents(any_session, "S000008", ["权利要求书", "说明书"])
    ((key, errors),) = dispatch.check_export(any_session, [lacking.id]).items()
    assert (key, [e.params["label"] for e in errors]) == (
        lacking.id, [DocumentPart.REQUEST.label, DocumentPart.ABSTRACT.label],
    )  # fmt: skip
    with pytest.raises(RuleError):
        dispatch.export(any_session, [lacking.id])
    assert lacking.status is FilingStatus.AWAITING_DISPATCH


def test_filings_not_in_xml_go_as_pdf(any_session: Session, ready: Filing) -> None:
    with unit_of_work(any_session):
        ready.method = FilingMethod.ELECTRONIC_OTHER
    assert dispatch.export(any_session, [ready.id]).count == 1


def test_a_crash_in_the_middle_leaves_nothing_half(
    any_session: Session, ready: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = any_session.execute(select(func.count()).select_from(StoredFile)).scalar_one()
    move = records.move

    def torn(session: Session, record: object, step: str, **inputs: object) -> None:
        move(session, record, step, **inputs)
        raise KeyboardInterrupt

    monkeypatch.setattr(dispatch.records, "move", torn)
    with pytest.raises(KeyboardInterrupt):
        dispatch.export(any_session, [ready.id])
    monkeypatch.undo()
    any_session.expire_all()
    assert (ready.status, ready.package_id, ready.exported_on) == (FilingStatus.AWAITING_DISPATCH, None, None)
    assert ready.case.status is CaseStatus.AWAITING_DISPATCH
    assert any_session.execute(select(func.count()).select_from(StoredFile)).scalar_one() == before
    assert trackings(any_session, ready) == 0
    assert dispatch.export(any_session, [ready.id]).count == 1


def test_whoever_exports_what_somebody_changed_is_told(
    any_session: Session, ready: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = efiling.write_packages

    def slow(target: object, packages: object) -> int:
        count = write(target, packages)
        with unit_of_work(any_session):
            named(any_session, "S000008").remark = "改过"
        return count

    monkeypatch.setattr(dispatch.efiling, "write_packages", slow)
    with pytest.raises(RuleError) as refused:
        dispatch.export(any_session, [ready.id])
    assert refused.value.code == "conflict"
    assert named(any_session, "S000008").status is FilingStatus.AWAITING_DISPATCH


def test_paper_is_registered_with_its_voucher(any_session: Session, paper: Filing) -> None:
    assert dispatch_paper.register(any_session, [paper.id], VOUCHER) == 1
    assert (paper.status, paper.voucher_no, paper.courier, paper.sent_on) == (
        FilingStatus.DISPATCHED, "KD1", "顺丰", today(),
    )  # fmt: skip
    assert trackings(any_session, paper) == 1
    with pytest.raises(RuleError) as refused:
        dispatch_paper.register(any_session, [paper.id], VOUCHER)
    assert refused.value.code == "conflict"


@pytest.mark.parametrize(("inputs", "field"), [
    ({"voucher_no": " "}, "voucher_no"), ({"sent_on": ""}, "sent_on"), ({"sent_on": "昨天"}, "sent_on"),
    ({"sent_on": (today() + timedelta(days=1)).isoformat()}, "sent_on"),
])  # fmt: skip
def test_a_registration_needs_voucher_and_day(
    inputs: dict[str, str], field: str, any_session: Session, paper: Filing
) -> None:
    with pytest.raises(RuleError) as refused:
        dispatch_paper.register(any_session, [paper.id], VOUCHER | inputs)
    assert refused.value.field == field
    assert paper.status is FilingStatus.AWAITING_DISPATCH


def test_all_or_none_are_registered(any_session: Session, paper: Filing, ready: Filing) -> None:
    with pytest.raises(RuleError):
        dispatch_paper.register(any_session, [paper.id, ready.id], VOUCHER)
    any_session.expire_all()
    assert paper.status is FilingStatus.AWAITING_DISPATCH


def test_a_missing_document_needs_its_reason(any_session: Session, paper: Filing) -> None:
    dispatch_paper.register(any_session, [paper.id], VOUCHER)
    taken = frozenset({paper.documents[0].id})
    inputs = {"received_on": today().isoformat(), "acknowledgement_no": "HZ1"}
    with pytest.raises(RuleError) as refused:
        dispatch_paper.register_acknowledgements(any_session, [Handed(paper.id, inputs, taken)])
    assert refused.value.field == f"{paper.id}-not_filed_reason"
    assert dispatch_paper.register_acknowledgements(any_session, [Handed(paper.id, inputs, taken, reason="漏带")]) == (
        1,
        0,
    )
    assert (paper.status, paper.received_on, paper.acknowledgement_no) == (FilingStatus.ACKNOWLEDGED, today(), "HZ1")
    assert (paper.acknowledgement["missing"], paper.acknowledgement["reason"]) == (["修改替换页"], "漏带")
    assert trackings(any_session, paper) == 0


def test_what_was_not_handed_in_goes_back_and_again(any_session: Session, paper: Filing) -> None:
    dispatch_paper.register(any_session, [paper.id], VOUCHER)
    with pytest.raises(RuleError):
        dispatch_paper.register_acknowledgements(any_session, [Handed(paper.id, {}, back=True)])
    assert dispatch_paper.register_acknowledgements(
        any_session, [Handed(paper.id, {}, back=True, reason="窗口已关")]
    ) == (0, 1)
    assert (paper.status, paper.not_filed_reason, paper.sent_on) == (FilingStatus.AWAITING_DISPATCH, "窗口已关", None)
    assert trackings(any_session, paper) == 0
    dispatch_paper.register(any_session, [paper.id], VOUCHER)
    assert (paper.not_filed_reason, trackings(any_session, paper)) == (None, 1)


def test_an_acknowledgement_tells_the_case_its_number(any_session: Session, ready: Filing) -> None:
    dispatch.export(any_session, [ready.id])
    sha = kept(any_session, acknowledgement_of(ready))
    _stored, acknowledgements = dispatch_acknowledgements.acknowledgements_of(any_session, sha)
    (found,) = dispatch_acknowledgements.match(any_session, acknowledgements)
    assert (found.filing.id, found.state.name, found.difference.missing) == (
        ready.id, "READY", ("说明书", "说明书摘要"),
    )  # fmt: skip
    assert dispatch_acknowledgements.import_acknowledgements(any_session, sha, "回执.zip", {}) == (1, 0)
    assert (ready.status, ready.received_on, ready.acknowledgement_no) == (
        FilingStatus.ACKNOWLEDGED, today(), "10000123456789",
    )  # fmt: skip
    assert ready.case.status is CaseStatus.FILED
    assert ready.acknowledgement["missing"] == ["说明书", "说明书摘要"]
    own = (Attachment.table_key == "filing", Attachment.record_id == ready.id)
    assert any_session.execute(select(Attachment.name).where(*own)).scalars().all() == ["回执.zip"]
    assert dispatch_acknowledgements.import_acknowledgements(any_session, sha, "回执.zip", {}) == (0, 1), (
        "once is enough"
    )


def numbered(filing: Filing, number: str) -> bytes:
    """An acknowledgement that gives both our reference and an application number."""
    text = acknowledgement_of(filing).decode("gbk").replace("</NEIBUBH>", f"</NEIBUBH><SHENQINGH>{number}</SHENQINGH>")
    return text.encode("gbk")


def test_number_and_day_of_filing_are_taken_over_where_the_case_has_none(any_session: Session, ready: Filing) -> None:
    dispatch.export(any_session, [ready.id])
    number = valid("20261990025", any_session)
    sha = kept(any_session, numbered(ready, number.replace(".", "")))
    dispatch_acknowledgements.import_acknowledgements(any_session, sha, "回执.zip", {})
    assert (ready.case.app_no, ready.case.filing_date) == (number, today())


def valid(start: str, session: Session) -> str:
    """An application number of an invention that no case has."""
    body = f"{start}9"
    number = f"{body}.{dispatch.application_number.check_digit(body)}"
    assert session.execute(select(Case.id).where(Case.app_no == number)).first() is None
    return number


@pytest.mark.parametrize("number", ["2026199002581", "2026299002586"])
def test_a_wrong_number_is_refused(number: str, any_session: Session, ready: Filing) -> None:
    dispatch.export(any_session, [ready.id])
    with pytest.raises(RuleError) as refused:
        dispatch.clear_by_hand(any_session, [ready.id], {"received_on": today().isoformat(), "app_no": number})
    assert refused.value.field == "app_no"
    any_session.expire_all()
    assert ready.status is FilingStatus.DISPATCHED


def test_a_number_that_contradicts_the_case_is_refused(any_session: Session, ready: Filing) -> None:
    dispatch.export(any_session, [ready.id])
    own, other = valid("20261990025", any_session), valid("20261990026", any_session)
    with unit_of_work(any_session):
        ready.case.app_no = own
    _stored, acknowledgements = dispatch_acknowledgements.acknowledgements_of(
        any_session, kept(any_session, numbered(ready, other))
    )
    (found,) = dispatch_acknowledgements.match(any_session, acknowledgements)
    assert (found.state.name, found.problem.code) == ("REFUSED", "conflict")


def test_by_hand(any_session: Session, ready: Filing) -> None:
    with pytest.raises(RuleError):
        dispatch.clear_by_hand(any_session, [ready.id], {"received_on": today().isoformat()})
    dispatch.export(any_session, [ready.id])
    with pytest.raises(RuleError, match="before it was handed in"):
        dispatch.clear_by_hand(any_session, [ready.id], {"received_on": "2020-01-01"})
    assert dispatch.clear_by_hand(any_session, [ready.id], {"received_on": today().isoformat()}) == 1
    assert (ready.status, ready.acknowledgement) == (FilingStatus.ACKNOWLEDGED, {"source": "manual"})


def test_an_unknown_acknowledgement_is_matched_by_hand_or_left_out(any_session: Session, ready: Filing) -> None:
    dispatch.export(any_session, [ready.id])
    sha = kept(any_session, acknowledgement_of(ready, mark="别人的卷号"))
    assert dispatch_acknowledgements.import_acknowledgements(any_session, sha, "x.zip", {}) == (0, 0)
    assert dispatch_acknowledgements.import_acknowledgements(any_session, sha, "x.zip", {0: None}) == (0, 0)
    assert dispatch_acknowledgements.import_acknowledgements(any_session, sha, "x.zip", {0: ready.id}) == (1, 0)


def test_the_guid_of_the_package_identifies_the_filing(any_session: Session, ready: Filing) -> None:
    dispatch.export(any_session, [ready.id])
    listed = (
        f"<data-bus><QINGQIUXX><DIANZISQAJID>{efiling.guid_of(ready.filing_no)}</DIANZISQAJID></QINGQIUXX></data-bus>"
    )
    data = archive({"GA1/list.xml": listed.encode(), "GA1/GA1/200105.xml": acknowledgement_of(ready, mark="")})
    sha = dispatch_acknowledgements.keep(any_session, [("回执.zip", io.BytesIO(data))]).sha256
    (found,) = dispatch_acknowledgements.match(
        any_session, dispatch_acknowledgements.acknowledgements_of(any_session, sha)[1]
    )
    assert found.filing.id == ready.id


def test_special_edit_is_saved_at_once_and_leads_back(any_session: Session, ready: Filing) -> None:
    with pytest.raises(RuleError):
        records.move(any_session, ready, "to_special_edit")
    dispatch.export(any_session, [ready.id])
    before = ready.package_id
    records.move(any_session, ready, "to_special_edit")
    with pytest.raises(RuleError, match="special edit"):
        dispatch.export(any_session, [ready.id])
    with pytest.raises(RuleError, match="special edit"):
        dispatch.clear_by_hand(any_session, [ready.id], {"received_on": today().isoformat()})
    claims, description = ready.documents[1], ready.documents[2]
    changes = {
        claims.id: Change("权利要求书", ("新的.pdf", io.BytesIO(b"%PDF-1.7 new"))),
        description.id: Change("说明书", remove=True),
    }  # fmt: skip
    added = [("实质审查请求书.pdf", io.BytesIO(b"%PDF-1.7 added"))]
    special_edit.finish(any_session, ready.id, ready.version, changes, added)
    any_session.expire_all()
    assert (ready.status, ready.special_edit) == (FilingStatus.DISPATCHED, SpecialEdit.NONE)
    assert [d.name for d in ready.documents] == ["发明专利请求书", "权利要求书", "说明书摘要", "实质审查请求书"]
    assert [v.number for v in claims.versions] == [2, 1]
    assert dispatch.code_of(ready, ready.documents[3]) == "110401"
    assert ready.package_id == before
    with pytest.raises(RuleError) as lacks:
        dispatch.export(any_session, [ready.id])
    assert lacks.value.params["label"] == DocumentPart.DESCRIPTION.label


def test_a_refused_special_edit_changes_nothing(any_session: Session, ready: Filing) -> None:
    dispatch.export(any_session, [ready.id])
    records.move(any_session, ready, "to_special_edit")
    first, second = ready.documents[0], ready.documents[1]
    changes = {first.id: Change(first.name, remove=True), second.id: Change("说明书")}
    with pytest.raises(RuleError) as refused:
        special_edit.finish(any_session, ready.id, ready.version, changes)
    assert refused.value.field == f"{second.id}-name"
    any_session.expire_all()
    assert [d.name for d in ready.documents] == list(PARTS)
    with pytest.raises(RuleError) as late:
        special_edit.finish(any_session, ready.id, ready.version - 1, {})
    assert late.value.code == "conflict"
    assert ready.special_edit is SpecialEdit.EDITING


def test_all_files_are_taken_along(any_session: Session, ready: Filing, paper: Filing) -> None:
    target = io.BytesIO()
    assert efiling.write_files(target, dispatch.files_of(any_session, [ready.id, paper.id])) == 6
    with zipfile.ZipFile(target) as found:
        assert found.read(f"{paper.case.our_ref}_S000009/补正书.pdf") == b"%PDF-1.7 " + "补正书".encode()


def test_forms_written_here_are_packed_as_xml(any_session: Session, ready: Filing) -> None:
    with unit_of_work(any_session):
        request = ready.documents[0]
        request.versions.clear()
        request.content = {"form": "110101", "values": {"发明名称.发明名称": "一种阀"}}
    package = dispatch.package_of(any_session, dispatch.filings(any_session, [ready.id])[0])
    assert (package.documents[0].ending, "一种阀".encode() in package.documents[0].content) == (".xml", True)


def test_the_days_are_days(any_session: Session, ready: Filing) -> None:
    dispatch.export(any_session, [ready.id])
    tomorrow = (today() + timedelta(days=1)).isoformat()
    with pytest.raises(RuleError, match="still to come"):
        dispatch.clear_by_hand(any_session, [ready.id], {"received_on": tomorrow})
    assert isinstance(ready.sent_on, date)


def test_a_package_with_hidden_filings_is_not_given_out(any_session: Session, ready: Filing) -> None:
    """In a partnership one archive may hold filings of several partners; those of others stay theirs."""
    other = with_documents(any_session, "S000009", ["补正书"])
    with unit_of_work(any_session):
        other.method = FilingMethod.ELECTRONIC_OTHER
    made = dispatch.export(any_session, [ready.id, other.id])
    dispatch.export(any_session, [other.id])
    with unit_of_work(any_session):
        ready.case.docketer_id = partner = any_session.scalars(select(User.id).order_by(User.id.desc())).first()
    file, mine = made.file, ready.id
    act_as(any_session, Actor(id=partner, name="合伙人", sees_all=False))
    assert [f.id for f in dispatch.filings(any_session, [mine])] == [mine], "he sees his own"
    with pytest.raises(RuleError, match="not open to you"):
        dispatch.check_package(any_session, file)
    act_as(any_session, SYSTEM)
    alone = dispatch.export(any_session, [mine]).file
    act_as(any_session, Actor(id=partner, name="合伙人", sees_all=False))
    dispatch.check_package(any_session, alone)


def test_of_an_archive_of_acknowledgements_each_filing_keeps_its_own(any_session: Session, ready: Filing) -> None:
    dispatch.export(any_session, [ready.id])
    foreign = acknowledgement_of(ready, mark="别人的案卷", number="10000999999999")
    sha = kept(any_session, acknowledgement_of(ready), foreign)
    assert dispatch_acknowledgements.import_acknowledgements(any_session, sha, "回执.zip", {}) == (1, 0)
    own = (Attachment.table_key == "filing", Attachment.record_id == ready.id)
    (file,) = any_session.scalars(select(StoredFile).join(Attachment, Attachment.file_id == StoredFile.id).where(*own))
    with files.store_of(any_session).open(file.sha256) as source:
        content = source.read()
    assert b"10000123456789" in content
    assert b"10000999999999" not in content
