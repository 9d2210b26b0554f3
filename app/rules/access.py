"""The vocabulary of rights."""

from app.rules.choice import N_, Choice


class FieldRightKind(Choice):
    """What is taken from a position on one field."""

    HIDDEN = N_("Hidden field")
    READ_ONLY = N_("Read-only field")


#: What may be granted on every table, in the order shown.
ACTIONS = {
    "read": N_("View"),
    "add": N_("Add"),
    "edit": N_("Edit"),
    "delete": N_("Delete"),
    "export": N_("Export"),
    "import": N_("Import"),
}
