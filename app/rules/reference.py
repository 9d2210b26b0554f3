"""Kinds and states of reference data (A-2.1.7 to A-2.1.10), and the patent types a row is for."""

from app.rules.application_number import PatentType
from app.rules.choice import N_, Choice


class ReferenceStatus(Choice):
    """Whether a country or depositary may be chosen (状态, A-2.1.7.3-02); it is set by hand, in any order."""

    PENDING = N_("Not yet in effect"), "hollow"
    EFFECTIVE = N_("In effect"), "success"
    RESTORED = N_("Restored"), "success"
    CANCELLED = N_("Deregistered"), "muted"


#: What may be chosen in business.
CHOOSABLE = (ReferenceStatus.EFFECTIVE, ReferenceStatus.RESTORED)


class DivisionLevel(Choice):
    """The three levels of administrative divisions."""

    PROVINCE = N_("Province level")
    CITY = N_("City level")
    DISTRICT = N_("District level")


class IndustryLevel(Choice):
    """The levels of the classification of industries (GB/T 4754)."""

    SECTION = N_("Industry section")
    DIVISION = N_("Industry division")
    GROUP = N_("Industry group")
    CLASS = N_("Industry class")


class IpcLevel(Choice):
    """The levels of the International Patent Classification."""

    SECTION = N_("IPC section")
    CLASS = N_("IPC class")
    SUBCLASS = N_("IPC subclass")
    MAIN_GROUP = N_("IPC main group")
    SUBGROUP = N_("IPC subgroup")


class PatentScope(Choice):
    """The patent types for which a row holds (适用专利类型)."""

    ALL = N_("All patent types")
    INVENTION = N_("Invention")
    UTILITY_MODEL = N_("Utility model")
    DESIGN = N_("Design")
    INVENTION_UTILITY = N_("Invention and utility model")
    UTILITY_DESIGN = N_("Utility model and design")

    @property
    def types(self) -> frozenset[PatentType]:
        """The patent types; empty means all."""
        return _TYPES[self]


_TYPES = {
    PatentScope.ALL: frozenset(),
    PatentScope.INVENTION: frozenset({PatentType.INVENTION}),
    PatentScope.UTILITY_MODEL: frozenset({PatentType.UTILITY_MODEL}),
    PatentScope.DESIGN: frozenset({PatentType.DESIGN}),
    PatentScope.INVENTION_UTILITY: frozenset({PatentType.INVENTION, PatentType.UTILITY_MODEL}),
    PatentScope.UTILITY_DESIGN: frozenset({PatentType.UTILITY_MODEL, PatentType.DESIGN}),
}
