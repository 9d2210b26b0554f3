"""Names of people and companies in one cell of a list: where one ends and the next begins.

In doubt a cell is one name: a name too long is seen and mended, two halves of one become two parties.
"""

import re

from app.rules.application_number import Repair
from app.rules.normalize import clean_text, split_names

#: Single surnames: the hundred most frequent after the survey of the Academy of Sciences (Yuan Yida, published January
#: 2006), some fifty that follow them, and usual variants (肖 for 萧, 付 for 傅 …).
SURNAMES = frozenset(
    "李王张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋"
    "田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖"
    "武康贺严尹钱施牛洪龚汤黎易乔文庞樊兰殷陶翟安颜倪温芦季俞章鲁葛伍申尤毕聂丛焦向柳邢路岳齐梅"
    "莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项覃肖闫付代丘"
)
#: Compound surnames, which a blank may divide from the given name.
COMPOUND_SURNAMES = frozenset(
    ("欧阳", "司马", "诸葛", "上官", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "司徒", "端木",
     "东方", "南宫", "西门", "百里", "呼延", "轩辕", "东郭")
)  # fmt: skip
#: Words that are no names.
_NOBODY = re.compile(r"[-—–/\\\s]*|无|暂无|空|等")
_NUMBER = re.compile(
    r"([①-⑳])|[\[(（【](\d{1,2})[\])）】]|(?:^|(?<=[\s;；,，、|]))(\d{1,2})(?:[.．:：](?!\d)|、)", re.ASCII
)
#: A number with the comma of a list is one of an entry, or part of a name: 5、10元店.
_COMMA = re.compile(r"(?:^|(?<=[\s;；,，、|]))(\d{1,2})、", re.ASCII)
_KEPT_COMMA = "\ue000"
_AND_OTHERS = re.compile(r"(?<=..)等(?:\d+人?|人)?$")
#: What names 汉字 is compiled when first used: Python takes a millisecond for so many signs.
_HAN = r"[\u3400-\u9fff]"
_PADDED = f"^({_HAN}) ({_HAN})$"
_PERSON = _HAN + "{2,4}"
_UNSURE = rf"{_HAN} +{_HAN}|^[①-⑳]|^[\[(（【]?\d{{1,2}}[\])）】.．:：、]|等(?:\d+人?|人)?$"


def split_applicants(value: object) -> list[str]:
    """The names in a cell of a list: `split_names`, without numbering and “等”, also divided by a slash."""
    return _split(value, blanks=False)


def split_inventors(value: object) -> list[str]:
    """As `split_applicants`; blanks divide, too, where each part is a Chinese name with a usual surname."""
    return _split(value, blanks=True)


def is_unsure(names: list[str]) -> bool:
    """Whether what was read as one name may be several, or more than a name."""
    return len(names) == 1 and not _begins_compound(names[0]) and re.search(_UNSURE, names[0]) is not None


def clean_name_list(value: object) -> tuple[str, list[Repair]]:
    """Names of people in one cell, each once."""
    return "；".join(split_inventors(value)), []


def _split(value: object, *, blanks: bool) -> list[str]:
    text = _without_numbers(clean_text(value, multiline=True))
    names = split_names(_COMMA.sub(rf"\1{_KEPT_COMMA}", text))
    names = [name.replace(_KEPT_COMMA, "、") for name in names]
    if len(names) == 1:
        names = _divided(names[0], blanks=blanks)
    if len(names) > 1:
        names[-1] = _AND_OTHERS.sub("", names[-1]).rstrip()
    names = [re.sub(_PADDED, r"\1\2", name.strip(" '‘`")) for name in names]
    return list(dict.fromkeys(name for name in names if not _NOBODY.fullmatch(name)))


def _without_numbers(text: str) -> str:
    """The entries divided by semicolons where numbers count them: 1, 2, … or one 1 before a Chinese name."""
    found = list(_NUMBER.finditer(text))
    if not found or found[0].start():
        return text
    counted = [ord(m[1]) - ord("①") + 1 if m[1] else int(m[2] or m[3]) for m in found]
    alone = counted == [1] and re.match(r"\s*" + _HAN, text[found[0].end() :])
    if alone or (len(counted) > 1 and counted == list(range(1, len(counted) + 1))):
        return _NUMBER.sub(";", text)
    return text


def _divided(text: str, *, blanks: bool) -> list[str]:
    """The names that slashes, or blanks, divide; the text itself where they divide anything else."""
    parts = [part.strip() for part in text.split("/")]
    if len(parts) > 1 and (all(re.fullmatch(_PERSON, part) for part in parts) or all(len(part) > 3 for part in parts)):
        return parts
    parts = _AND_OTHERS.sub("", text).split()
    return parts if blanks and len(parts) > 1 and all(map(_is_person, parts)) else [text]


def _is_person(text: str) -> bool:
    """A Chinese name of two or three signs, a usual surname first."""
    surname = text[:2] if text[:2] in COMPOUND_SURNAMES else text[:1]
    usual = surname in SURNAMES or surname in COMPOUND_SURNAMES
    return usual and re.fullmatch(_PERSON, text) is not None and len(surname) < len(text) <= 3


def _begins_compound(text: str) -> bool:
    return text.partition(" ")[0] in COMPOUND_SURNAMES
