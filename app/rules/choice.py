"""Choice lists: one enum gives form, query, badge, export, import and API their values."""

from enum import Enum
from typing import Self


def N_(message: str) -> str:
    """Mark a text for translation; it is translated only when it is shown."""
    return message


class Choice(Enum):
    """A closed list of values: `code` (the member's name) is what is stored and sent, `label` what is shown.

    Write members as ``NAME = N_("Label")`` or ``NAME = N_("Label"), "colour"``. Colours: none, info, warning,
    success, muted, danger, hollow (not started), half (in progress).
    """

    label: str
    colour: str

    def __new__(cls, label: str, colour: str = "none") -> Self:
        member = object.__new__(cls)
        member._value_ = len(cls.__members__)  # two members may share a label
        member.label = label
        member.colour = colour
        return member

    @property
    def code(self) -> str:
        """What is stored and sent: the member's name."""
        return self.name

    def __str__(self) -> str:
        return self.name

    @classmethod
    def find(cls, code: str) -> Self | None:
        """The member of this code, or None."""
        return cls.__members__.get(code)
