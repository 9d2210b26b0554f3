"""Names of people and organizations: one writing for what is meant alike, and the short name proposed of a full one."""

import re
import unicodedata
from collections.abc import Collection

#: Ways to write the same legal form; the longer one first.
_FORMS = (
    ("有限责任公司", "有限公司"),
    ("股份有限公司", "股份公司"),
    ("limitedliabilitycompany", "llc"),
    ("companylimited", "coltd"),
    ("corporation", "corp"),
    ("incorporated", "inc"),
    ("limited", "ltd"),
)
#: What ends the name of an organization and says nothing of who it is.
_ENDINGS = re.compile(
    r"(?:集团)?(?:股份公司|有限公司|公司|有限合伙|普通合伙|特殊普通合伙|coltd|ltd|llc|inc|corp|gmbh|plc|co)$"
)
_BRACKETS = re.compile(r"[（(\[【〔][^（()）\[\]【】〔〕]*[)）\]】〕]")
_PLACE_ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "地区", "省", "市")
_LEAST = 2


def canonical(name: str) -> str:
    """One writing of a name: half width, small letters, no spaces, brackets or points, one word per legal form."""
    text = "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())
    for long, short in _FORMS:
        text = text.replace(long, short)
    return text


def core(name: str) -> str:
    """What is left of the one writing without its legal form; the whole where nothing would be left."""
    text = canonical(name)
    bare = _ENDINGS.sub("", text)
    return bare if len(bare) >= _LEAST else text


def short_name(full: str, places: Collection[str] = ()) -> str:
    """The short name proposed of a full one (客户简称, A-3.1.1.2.2-07).

    Without what stands in brackets, the legal form at the end and the place in front (`places`: names of provinces and
    cities, 江苏省 or 江苏); the full name where less than two characters would be left.
    """
    full = full.strip()
    text = _BRACKETS.sub("", full).strip()
    for ending in ("有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "公司"):
        if text.endswith(ending) and len(text) - len(ending) >= _LEAST:
            text = text.removesuffix(ending)
            break
    else:
        return text if len(text) >= _LEAST else full
    known = sorted({f for place in places for f in (place, _bare(place)) if len(f) >= _LEAST}, key=len, reverse=True)
    for _place in ("province", "city"):
        front = next((place for place in known if text.startswith(place)), "")
        if len(text) - len(front) >= _LEAST:
            text = text.removeprefix(front)
    return text


def _bare(place: str) -> str:
    """A place without the word for what it is: 江苏 of 江苏省."""
    return next((place.removesuffix(e) for e in _PLACE_ENDINGS if place.endswith(e)), place)
