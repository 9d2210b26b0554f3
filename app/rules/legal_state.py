"""What lists of patents say about the state of a case: a word, or a history of words, in one cell.

A closed case is outside every safety net; so one is closed only where nothing in the cell speaks against it.

A rejection alone ends nothing: within three months of its receipt reexamination may be requested (专利法第41条第1款),
and within three months of a decision that upholds it the court may be asked (第2款); lists seldom say when that was. So
such a case stays open, to be looked at, until a list says that the rejection took effect (驳回生效) or names an end
besides (驳回失效). A case deemed withdrawn (视撤) is closed, although the right may be restored within two months
(专利法实施细则第6条): closed cases have their reinstatement (恢复).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.rules.case import CaseStatus
from app.rules.choice import N_
from app.rules.normalize import clean_text

#: What is at present, and so contradicts any word for an end.
GRANTED_NOW = ("专利权维持", "有权", "有效", "有效专利", "等年费滞纳金", "等待年费滞纳金", "Active", "In force")
FILED_NOW = ("等年登印费", "等待申请费", "待答复", "审中", "在审", "审查中", "Pending")
#: What other systems call the state of a patent; what is not here tells nothing about the case.
STATES = {
    **dict.fromkeys(
        ("失效", "无效", "无权", "终止", "专利权终止", "专利权的终止", "驳回生效", "驳回决定生效", "撤回", "主动撤回",
         "视撤", "视为撤回", "逾期视撤", "放弃", "视为放弃", "放弃专利权", "避免重复授权放弃专利权", "届满", "期限届满",
         "专利权有效期届满", "有效期届满", "未缴年费专利权终止", "全部撤销", "全部无效", "结案", "已结案", "Inactive",
         "Expired", "Lapsed", "Withdrawn", "Dead"), CaseStatus.CLOSED),
    **dict.fromkeys((*GRANTED_NOW, "授权", "已授权", "审定授权", "部分无效", "Granted"), CaseStatus.GRANTED),
    **dict.fromkeys(
        (*FILED_NOW, "受理", "已受理", "公开", "公布", "实审", "实质审查", "实质审查的生效", "进入实审", "Published"),
        CaseStatus.FILED),
}  # fmt: skip

#: The Office's decision, from which on reexamination may be requested; no end, and nothing that contradicts one.
REJECTED = ("驳回", "驳回决定", "Rejected", "Refused")

_STATES = {word.casefold().replace(" ", ""): status for word, status in STATES.items()}
_REJECTED = {word.casefold() for word in REJECTED}
_NOW = {word.casefold().replace(" ", "") for word in (*GRANTED_NOW, *FILED_NOW)}
_BLANK_WITHIN = re.compile("|".join(word for word in STATES if " " in word), re.IGNORECASE)
#: A rejection within words that are not known: 公布后驳回. One that is denied (未驳回) is none.
_REJECTION = re.compile("(?<![未非不])驳回|reject|refus", re.IGNORECASE)
#: An end that was, or may yet be, undone.
_UNDONE = re.compile("恢复|复审|复议|再审|复活|重审|restor|reinstat|reviv|re-?examin|appeal", re.IGNORECASE)
_PARTS = re.compile(r"[-—_/|;；,，、()（）\s]+")
_DENIALS = {"not", "non", "no", "never", "未", "尚未", "并未", "从未", "非", "并非", "不", "不是", "不再", "没有"}
#: Words written without anything between: 逾期视撤失效.
_CHAIN = re.compile("|".join(sorted(map(re.escape, _STATES.keys() | _REJECTED), key=len, reverse=True)))


class Reading(NamedTuple):
    """The state that a cell tells, if any, and what is to be said about how it was read."""

    status: CaseStatus | None = None
    message: str = ""
    word: str = ""
    doubt: bool = False


def read_state(value: object) -> Reading:
    """The state of a case by a cell, which may hold its history.

    CLOSED only where the last word is one for an end, no other tells a state that is at present, and nothing says that
    the end was undone; words that are denied do not count.
    """
    text = _BLANK_WITHIN.sub(lambda word: word[0].replace(" ", ""), clean_text(value)).casefold()
    if text in _STATES and not _UNDONE.search(text):
        return Reading(_STATES[text])
    words, denied = [], False
    for word, is_denied in _words(text):
        denied = denied or is_denied
        words += [] if is_denied else [word]
    rejected = next((word for word in words if word in _REJECTED), "")
    words = [word for word in words if word not in _REJECTED]
    closing = [word for word in words if _STATES[word] is CaseStatus.CLOSED]
    alive = [_STATES[word] for word in words if _STATES[word] is not CaseStatus.CLOSED]
    contradicted = denied or _NOW.intersection(words) or _UNDONE.search(text)
    if closing and words[-1] == closing[-1] and not contradicted:
        return Reading(CaseStatus.CLOSED, N_("Closed, because of “%(word)s” in “%(text)s”"), closing[-1])
    status = next((s for s in (CaseStatus.GRANTED, CaseStatus.FILED) if s in alive), None)
    if closing:
        message = N_("“%(text)s” has “%(word)s” and what contradicts it; the case was not closed")
        return Reading(status, message, closing[-1], True)
    if not rejected and not denied and (within := _REJECTION.search(text)):
        rejected = within[0]
    if rejected:
        message = N_("“%(word)s” closes no case, since it may still be contested; please check")
        return Reading(status, message, rejected, True)
    message = N_("“%(text)s” denies a state; that word was not counted") if denied else ""
    return Reading(status, message, "", denied)


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """The known words in their order, each with whether a word before denies it."""
    denied = False
    for part in _PARTS.split(text):
        if part in _DENIALS:
            denied = True
        elif known := [part] if part in _STATES or part in _REJECTED else _chain(part):
            yield from ((word, denied) for word in known)
            denied = False


def _chain(part: str) -> list[str]:
    """The known words of which a part is made without a rest; none where anything is left."""
    words = _CHAIN.findall(part)
    return words if "".join(words) == part else []
