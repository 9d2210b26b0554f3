"""Acknowledgements of the Office: found in whatever they come, and hostile files refused."""

import contextlib
import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import office_files
from app.rules.efiling_acknowledgement import ListedFile, compare, read_acknowledgements
from app.rules.errors import RuleError

ACKNOWLEDGEMENT = """<?xml version="1.0" encoding="{encoding}"?>
<dianzisqhz><ANJIANBH>10000123456789</ANJIANBH><FAMINGCZMC>一种阀</FAMINGCZMC><NEIBUBH>{mark}</NEIBUBH>
<XINGMINGHMC>某某专利代理有限公司</XINGMINGHMC><QIANMINGSJC>2026-11-20 10:11:12</QIANMINGSJC>
<SHOUDAOSJ>2026年11月21日</SHOUDAOSJ>
<SHOUDAOWJ><WENJIANLB><WENJIANMC>发明专利请求书</WENJIANMC><WENJIANGS>XML</WENJIANGS><WENJIANDX>12KB</WENJIANDX>
</WENJIANLB></SHOUDAOWJ>
<SHOUDAOWJ><WENJIANLB><WENJIANMC>权利要求书</WENJIANMC></WENJIANLB></SHOUDAOWJ></dianzisqhz>"""
LIST = """<?xml version="1.0" encoding="GBK"?><!DOCTYPE data-bus SYSTEM "http://nowhere.invalid/x.dtd">
<data-bus><TONGZHISXJ><SHUXINGXX><TONGZHISBM>200105</TONGZHISBM><SHENQINGH>2026199001917</SHENQINGH>
<NEIBUBH>F20260025</NEIBUBH><FAMINGMC>一种阀</FAMINGMC></SHUXINGXX></TONGZHISXJ></data-bus>"""


def acknowledgement(mark: str = "F20260025", encoding: str = "utf-8") -> bytes:
    return ACKNOWLEDGEMENT.format(mark=mark, encoding=encoding).encode(encoding)


class InGbk(zipfile.ZipInfo):
    """An entry as the Office's client program names it: in GBK, and the archive does not say so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits


def archive(entries: dict[str, bytes], *, gbk: bool = False) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            info = (InGbk if gbk else zipfile.ZipInfo)("x")
            info.filename = name
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, data)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "GBK", "gb2312", "utf-16"])
def test_an_acknowledgement_by_itself(encoding: str) -> None:
    (found,) = read_acknowledgements("200105.xml", acknowledgement(encoding=encoding))
    assert (found.number, found.title, found.our_ref, found.app_no) == ("10000123456789", "一种阀", "F20260025", "")
    assert (found.submitter, found.received_on) == ("某某专利代理有限公司", date(2026, 11, 20))
    assert found.files == (ListedFile("发明专利请求书", "XML", "12KB"), ListedFile("权利要求书", "", ""))


@pytest.mark.parametrize("mark", ["申请号：2026199001917", "申请号:2026199001917", "202619900191.7", "2026199001917"])
def test_the_application_number_may_stand_for_our_reference(mark: str) -> None:
    (found,) = read_acknowledgements("200105.xml", acknowledgement(mark))
    assert (found.our_ref, found.app_no.replace(".", "")) == ("", "2026199001917")


def test_archives_in_archives_with_the_list_beside() -> None:
    inner = archive({
        "GA000107254973\\list.xml": LIST.encode("gbk"),
        "GA000107254973\\GA000107254973\\200105.xml": acknowledgement("", "gbk"),
    }, gbk=True)  # fmt: skip
    outer = archive(
        {"回执包\\甲.zip": inner, "说明.txt": b"x", "乙/200105.xml": acknowledgement("X20260001")}, gbk=True
    )
    found = read_acknowledgements("回执.zip", outer)
    assert [(r.our_ref, r.app_no) for r in found] == [("X20260001", ""), ("F20260025", "2026199001917")]
    assert found[1].source == "回执包/甲/GA000107254973/GA000107254973/200105.xml"


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a><ANJIANBH>&c;</ANJIANBH></a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><ANJIANBH>&x;</ANJIANBH></a>'


def nested(depth: int) -> bytes:
    data = acknowledgement()
    for _level in range(depth):
        data = archive({"x.zip" if data.startswith(b"PK") else "200105.xml": data})
    return data


@pytest.mark.parametrize(("data", "words"), [
    (BOMB, "entities"), (OUTSIDE, "entities"), (archive({"a.xml": OUTSIDE}), "entities"),
    (b"", "no readable XML"), (b"<a><b></a>", "no readable XML"), (b"\xff\xfe\x00", "no readable XML"),
    (b"<a>\xff\xfe</a>", "no readable XML"), (b"<a/>", "no acknowledgement"),
    (archive({"a.xml": b"<a/>", "b.txt": b"1"}), "no acknowledgement"),
    (archive({"../200105.xml": acknowledgement()}), "outside"),
    (archive({"C:\\200105.xml": acknowledgement()}), "outside"),
    (archive({"a.xml": b" " * 300_000_000}), "too much"),
    (archive({f"{i}.xml": b"" for i in range(2_001)}), "too much"),
    (archive({"200105.xml": acknowledgement()})[:-30], "damaged"), (nested(5), "too deep"), (b"PK\x03\x04", "damaged"),
])  # fmt: skip
def test_hostile_and_wrong_files_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        read_acknowledgements("x.zip", data)


def test_as_deep_as_they_may_be() -> None:
    assert len(read_acknowledgements("x.zip", nested(4))) == 1


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"<?xml version='1.0' encoding='gbk'?>"]))
def test_whatever_comes_is_read_or_refused(rest: bytes, start: bytes) -> None:
    with contextlib.suppress(RuleError):
        assert read_acknowledgements("x", start + rest)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2000), st.integers(1, 255))
def test_a_damaged_archive_is_read_or_refused(at: int, by: int) -> None:
    data = bytearray(archive({"GA1/list.xml": LIST.encode("gbk"), "GA1/GA1/200105.xml": acknowledgement()}))
    data[at % len(data)] ^= by
    with contextlib.suppress(RuleError):
        assert read_acknowledgements("x.zip", bytes(data))


def test_an_unknown_encoding_is_tried_as_utf8_and_gbk() -> None:
    text = ACKNOWLEDGEMENT.format(mark="F1", encoding="klingon")
    for encoding in ("utf-8", "gbk"):
        assert read_acknowledgements("x.xml", text.encode(encoding))[0].title == "一种阀"


def test_a_large_xml_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_files, "XML_BYTES", 100)
    with pytest.raises(RuleError, match="too large"):
        read_acknowledgements("x.xml", acknowledgement())


def test_comparing_what_was_sent_with_what_was_listed() -> None:
    sent = [("发明专利请求书", ""), ("权利要求书(最终)", "权利要求书"), ("说明书", "说明书"), ("证明", "其他证明文件")]
    found = compare(sent, ["权利要求书.xml", " 发明专利 请求书", "其他证明文件", "说明书附图"])
    assert found.received == ("发明专利请求书", "权利要求书(最终)", "证明")
    assert (found.missing, found.extra, bool(found)) == (("说明书",), ("说明书附图",), True)
    assert not compare(sent[:1], ["发明专利请求书"])


def test_two_documents_of_one_name_need_two_lines() -> None:
    assert compare([("证明",), ("证明",)], ["证明"]).missing == ("证明",)
