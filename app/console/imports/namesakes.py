"""Which record a row without any number is, among those of its title: the one that is alike in all the row gives.

What cannot be told apart is refused: one record made of two loses what the other said.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from app.console.imports.children import Children
from app.console.imports.groups import Group
from app.console.imports.rows import Scheme
from app.rules.choice import N_
from app.rules.errors import RuleError

Records = dict[int, dict[str, Any]]


class Namesakes:
    """The records that groups of rows may be, with their values. own: columns that no file changes."""

    def __init__(self, scheme: Scheme, children: Children, records: Records, own: set[str]):
        self.scheme, self.children, self.records, self.own = scheme, children, records, own
        names = scheme.imports.names
        #: By whom records of one title differ: the names, and what found names share.
        self.who = [n.collection for n in names] + [n.within for n in names if n.within]

    def settle(self, groups: list[Group]) -> None:
        """Give each group its record, let it be a new one, or refuse it."""
        waiting = [group for group in groups if group.namesakes]
        self._drop(waiting, {group.record_id for group in groups})
        for group in waiting:
            alike = [i for i in group.namesakes if not self._differing(group, i)]
            if len(alike) > 1:
                message = N_("Several records are alike in all that this row gives; write its number")
                group.refuse(RuleError(message, field=self.scheme.number_column))
            elif alike:
                self._take(group, alike[0])
        settled = {group.record_id for group in waiting}
        waiting = [group for group in waiting if not group.record_id and not group.refused]
        self._drop(waiting, settled)
        for group in waiting:
            group.namesakes, others = [i for i in group.namesakes if not self._others(group, i)], group.namesakes
            if others and not group.namesakes:
                message = N_("Another record has the same title and no number either; this becomes a new one")
                group.rows[0].doubt(self.scheme.imports.likely[0], message)
        claims = Counter(i for group in waiting for i in group.namesakes)
        for group in waiting:
            if group.namesakes:
                self._join(group, claims)

    def _drop(self, groups: Iterable[Group], taken: set[int]) -> None:
        """Records that other rows of the file are, are none of these."""
        for group in groups:
            group.namesakes = [i for i in group.namesakes if i not in taken]

    def _join(self, group: Group, claims: Counter[int]) -> None:
        """A record that lacks something the row gives is the row's; one that says otherwise may be another."""
        differing = {key for i in group.namesakes for key in self._contradicting(group, i)}
        if len(group.namesakes) == 1 and claims[group.namesakes[0]] == 1 and not differing:
            return self._take(group, group.namesakes[0])
        labels = "、".join(self.scheme.label_of(key) for key in group.values if key in differing) or "—"
        message = N_(
            "A record of the same title without a number may be this one (it differs in: %(fields)s); write its number"
        )
        group.refuse(RuleError(message, field=self.scheme.number_column, code="conflict", fields=labels))

    def _take(self, group: Group, record_id: int) -> None:
        group.record_id, group.known_by = record_id, self.scheme.imports.likely[0]

    def _differing(self, group: Group, record_id: int) -> list[str]:
        """What the record has not as the row gives it; names count as a whole."""
        return [k for k, v in group.values.items() if k not in self.own and not self._equal(k, v, record_id)]

    def _equal(self, key: str, value: Any, record_id: int) -> bool:
        if self.children.holds(key):
            has = self.children.count(key, record_id)
            return has == len(value) and not self.children.missing(key, record_id, value)
        return not differ(self.records[record_id].get(key), value)

    def _contradicting(self, group: Group, record_id: int) -> list[str]:
        """What both give, and not alike."""
        return [k for k in self._differing(group, record_id) if self._given(k, record_id)]

    def _given(self, key: str, record_id: int) -> bool:
        if self.children.holds(key):
            return self.children.count(key, record_id) > 0
        return self.records[record_id].get(key) not in (None, "")

    def _others(self, group: Group, record_id: int) -> bool:
        """Whether the record is somebody else's: of another owner, or without one name in common."""
        for key in (k for k in self._contradicting(group, record_id) if k in self.who):
            if not self.children.holds(key):
                return True
            if len(self.children.missing(key, record_id, group.values[key])) == len(group.values[key]):
                return True
        return False


def differ(before: Any, after: Any) -> bool:
    """Whether two values are not the same; line ends and blanks at the ends of texts are."""
    if isinstance(before, str) and isinstance(after, str):
        return before != after and before.replace("\r\n", "\n").strip() != after
    return bool(before != after)
