"""What kind of money a fee item is."""

from app.rules.choice import N_, Choice


class FeeKind(Choice):
    """To whom a fee goes (费用类型, A-2.1.5.3-02)."""

    OFFICIAL = N_("Official fee")
    AGENCY = N_("Agency fee")
    OTHER = N_("Other fee")
