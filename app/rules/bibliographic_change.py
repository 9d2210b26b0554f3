"""Changes of bibliographic data (著录项目变更, A-3.2.1.7): what may be changed, its class, and what a case keeps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.rules.choice import N_, Choice
from app.rules.normalize import split_names
from app.rules.request_form import Content
from app.rules.request_form_facts import Facts

BETWEEN = "；"


class ChangeClass(Choice):
    """The two classes of changes (A-3.2.1.7-01), each with its own fee, and those that cost nothing."""

    PARTIES = N_("Change of inventors, applicants or patentees"), "warning"
    AGENCY = N_("Change of the appointment of an agency"), "info"
    OTHER = N_("Other data")


#: The fee item of each class.
FEES = {ChangeClass.PARTIES: "CN-BIBLIO", ChangeClass.AGENCY: "CN-BIBLIO-AGT"}


@dataclass(frozen=True)
class Item:
    """Something that can be changed. column: where a case keeps it ("" nowhere, applicants, inventors: its rows)."""

    name: str
    kind: ChangeClass
    column: str
    now: Callable[[Facts], str]


def _names(parties: Any) -> str:
    return BETWEEN.join(p.name for p in parties)


_C = ChangeClass
ITEMS = (
    Item("发明人（设计人）", _C.PARTIES, "inventors", lambda f: _names(f.inventors)),
    Item("申请人（专利权人）", _C.PARTIES, "applicants", lambda f: _names(f.applicants)),
    Item("国籍或省市", _C.OTHER, "applicant_region", lambda f: f.region),
    Item("地址", _C.OTHER, "applicant_address", lambda f: f.address),
    Item("邮政编码", _C.OTHER, "applicant_postcode", lambda f: f.postcode),
    Item("联系人", _C.OTHER, "", lambda f: f.contact.name),
    Item("专利代理机构名称", _C.AGENCY, "agency_name", lambda f: f.agency_name or f.firm.name),
    Item("专利代理机构代码", _C.AGENCY, "agency_code", lambda f: f.agency_code or f.firm.code),
    Item("专利代理师", _C.AGENCY, "agent_names", lambda f: f.agent_names or _names(f.attorneys)),
)
BY_NAME = {item.name: item for item in ITEMS}
NAMES = tuple(BY_NAME)
#: The columns of a case that hold rows of parties.
PARTIES = ("applicants", "inventors")


def unchanged(row: Mapping[str, Any]) -> bool:
    """Whether a line of the form changes nothing."""
    return not row.get("变更后") or row["变更后"] == row.get("变更前")


def class_of(content: Content) -> tuple[ChangeClass, ...]:
    """The classes of what a form changes, in their order."""
    found = {BY_NAME[r["变更项目"]].kind for r in content["变更项目"] if not unchanged(r) and r["变更项目"] in BY_NAME}
    return tuple(kind for kind in ChangeClass if kind in found)


@dataclass(frozen=True)
class Change:
    """One change to the case. before: what the form says it was; now: what the case says; after: what it becomes."""

    item: Item
    before: str
    now: str
    after: str

    @property
    def surprising(self) -> bool:
        """Whether the case says something else than the form did when it was handed in."""
        return split_names(self.before) != split_names(self.now)


def changes_of(content: Content, facts: Facts) -> list[Change]:
    """What is still to be changed in the case after the Office has agreed; empty once all of it is done."""
    found = []
    for row in content["变更项目"]:
        item = BY_NAME.get(row["变更项目"])
        if item is None or not item.column or unchanged(row):
            continue
        now = item.now(facts)
        if split_names(now) != split_names(row["变更后"]):
            found.append(Change(item, row["变更前"], now, row["变更后"]))
    return found
