"""Packages for the Office: what goes in comes out again, always the same bytes, and what is missing is said before."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import efiling
from app.rules.application_number import PatentType
from app.rules.case import FilingMethod
from app.rules.efiling import Fact, Package, Packed
from app.rules.errors import RuleError
from app.rules.filing import DocumentPart, FilingKind
from app.rules.office_files import read_xml

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)
COUNT = st.none() | st.integers(0, 999)
DOCUMENTS = st.builds(
    Packed, st.sampled_from(["100001", "100002", "100108", "110101"]), WORDS,
    st.sampled_from([".xml", ".pdf", ".docx"]), st.binary(max_size=80), COUNT, st.none(), st.booleans(),
)  # fmt: skip
PACKAGES = st.builds(
    Package, st.integers(1, 9999).map("S{:06d}".format), st.sampled_from(PatentType), st.sampled_from(FilingKind),
    WORDS, WORDS, WORDS, st.lists(DOCUMENTS, max_size=5).map(tuple),
)  # fmt: skip


def written(*packages: Package) -> bytes:
    target = io.BytesIO()
    assert efiling.write_packages(target, packages) == len(packages)
    return target.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.lists(PACKAGES, min_size=1, max_size=4, unique_by=lambda package: package.key))
def test_what_goes_in_comes_out_again(packages: list[Package]) -> None:
    data = written(*packages)
    key = lambda package: package.key  # noqa: E731
    expected = [
        Package(p.key, p.patent_type, p.kind, efiling.xml_text(p.title), efiling.xml_text(p.our_ref),
                efiling.xml_text(p.app_no),
                tuple(Packed(d.code, efiling.xml_text(d.name), d.ending, d.content, d.pages,
                             d.pages if d.code == "100001" else None, d.attachment) for d in p.documents))
        for p in packages
    ]  # fmt: skip
    assert sorted(efiling.read_packages(data), key=key) == sorted(expected, key=key)
    assert written(*packages) == data, "the same content makes the same bytes"


INVENTION = Package(
    "S000008", PatentType.INVENTION, FilingKind.NEW_APPLICATION, "一种阀", "F20260025", "",
    (Packed("110101", "发明专利请求书", ".xml", b"<x/>", 3), Packed("100001", "权利要求书", ".pdf", b"%PDF-", 2, 9),
     Packed("100108", "证明一", ".pdf", b"1", attachment=True),
     Packed("100108", "证明二", ".pdf", b"2", attachment=True)),
)  # fmt: skip


def test_the_structure_is_that_of_the_office() -> None:
    with zipfile.ZipFile(io.BytesIO(written(INVENTION))) as archive:
        names = archive.namelist()
        root = read_xml(archive.read(names[0]))
    folder = f"cases/inventions/{INVENTION.guid}/new"
    assert names == [f"{folder}/{rest}" for rest in (
        "list.xml", "110101/110101.xml", "100001/100001.pdf", "100108/100108.pdf", "100108_2/100108_2.pdf",
    )]  # fmt: skip
    assert root.findtext("QINGQIUXX/NEIBUBH") == "F20260025"
    assert root.findtext("QINGQIUXX/YEWULX") == "0"
    assert root.findtext("WENJIANBYSXX/BAOTOUXX/WENJIANGS") == "4"
    lines = root.findall("WENJIANBYSXX/BAONEIWJXX")
    assert [line.findtext("XIANGDUILJ") for line in lines][:2] == ["110101\\110101.xml", "100001\\100001.pdf"]
    assert [line.findtext("COUNTS") for line in lines] == ["3", "9", "", ""]
    assert [line.findtext("SHIFOUBZ") for line in lines] == ["0", "0", "1", "1"]


@pytest.mark.parametrize(("patent_type", "kind", "place"), [
    (PatentType.UTILITY_MODEL, FilingKind.NEW_APPLICATION, "cases/utility_models/{0}/new"),
    (PatentType.DESIGN, FilingKind.INTERMEDIATE, "cases/designs/{0}/others/{0}"),
])  # fmt: skip
def test_each_kind_has_its_folder(patent_type: PatentType, kind: FilingKind, place: str) -> None:
    package = Package("S1", patent_type, kind, "", "", "", ())
    assert package.folder == place.format(package.guid)
    assert package.guid == Package("S1", PatentType.DESIGN, kind, "x", "y", "", ()).guid, "a filing keeps its GUID"


BOOKS = {
    DocumentPart.REQUEST: "请求书", DocumentPart.CLAIMS: "权利要求书", DocumentPart.DESCRIPTION: "说明书",
    DocumentPart.ABSTRACT: "摘要", DocumentPart.DRAWINGS: "附图", DocumentPart.DESIGN_VIEWS: "图片",
    DocumentPart.DESIGN_BRIEF: "简要说明",
}  # fmt: skip


@pytest.mark.parametrize("patent_type", PatentType)
def test_every_demanded_part_is_missed(patent_type: PatentType) -> None:
    demanded = efiling.DEMANDED[patent_type]
    whole = [Fact(p, BOOKS[p], efiling.form_code(p, patent_type, None), ".pdf") for p in demanded]

    def said(documents: list[Fact]) -> list[str]:
        found = efiling.lacking(patent_type, FilingKind.NEW_APPLICATION, FilingMethod.ELECTRONIC, "", documents)
        return [error.params["label"] for error in found]

    assert said(whole) == []
    for part in demanded:
        assert said([d for d in whole if d.part is not part]) == [part.label]


@pytest.mark.parametrize(("fact", "method", "words"), [
    (Fact(DocumentPart.FORM, "意见陈述书", "", ".pdf"), FilingMethod.ELECTRONIC, "no form code"),
    (Fact(DocumentPart.FORM, "意见陈述书", "100012", ""), FilingMethod.ELECTRONIC, "has no file"),
    (Fact(DocumentPart.FORM, "意见陈述书", "100012", ".exe"), FilingMethod.ELECTRONIC, "does not take"),
    (Fact(DocumentPart.CLAIMS, "权利要求书", "100001", ".docx"), FilingMethod.ELECTRONIC_OTHER, "must be a PDF"),
])  # fmt: skip
def test_what_the_client_program_would_refuse(fact: Fact, method: FilingMethod, words: str) -> None:
    found = efiling.lacking(PatentType.INVENTION, FilingKind.INTERMEDIATE, method, "202619900191.7", [fact])
    assert [words in str(error) for error in found] == [True]


def test_a_later_document_needs_the_application_number() -> None:
    ask = Fact(DocumentPart.FORM, "意见陈述书", "100012", ".pdf")
    found = efiling.lacking(PatentType.DESIGN, FilingKind.INTERMEDIATE, FilingMethod.ELECTRONIC, "", [ask])
    assert ["application number" in str(error) for error in found] == [True]
    assert len(efiling.lacking(None, FilingKind.INTERMEDIATE, FilingMethod.ELECTRONIC, "", [ask])) == 1


@pytest.mark.parametrize(("part", "patent_type", "type_code", "code"), [
    (DocumentPart.REQUEST, PatentType.DESIGN, None, "130101"),
    (DocumentPart.CLAIMS, PatentType.INVENTION, "DJ-01", "100001"),
    (DocumentPart.FORM, PatentType.INVENTION, "110401", "110401"),
    (DocumentPart.FORM, PatentType.INVENTION, None, ""),
])  # fmt: skip
def test_form_codes(part: DocumentPart, patent_type: PatentType, type_code: str | None, code: str) -> None:
    assert efiling.form_code(part, patent_type, type_code) == code


def test_files_of_one_name_are_both_kept() -> None:
    target = io.BytesIO()
    assert efiling.write_files(target, [("甲/说明书.pdf", b"1"), ("甲/说明书.pdf", b"2"), ("乙/说明书.pdf", b"3")]) == 3
    with zipfile.ZipFile(target) as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {
            "甲/说明书.pdf": b"1", "甲/说明书 (2).pdf": b"2", "乙/说明书.pdf": b"3",
        }  # fmt: skip


@pytest.mark.parametrize("change", ["no list", "file gone", "no kind"])
def test_a_package_that_is_not_whole_is_refused(change: str) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written(INVENTION))) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if (change, name.rpartition("/")[2]) in (("no list", "list.xml"), ("file gone", "100001.pdf")):
                continue
            new.writestr(
                name, old.read(name).replace(b"<YEWULX>0", b"<YEWULX>9" if change == "no kind" else b"<YEWULX>0")
            )
    with pytest.raises(RuleError):
        efiling.read_packages(target.getvalue())
