"""Kinds of documents that come and go (A-2.1.6)."""

from app.rules.choice import N_, Choice


class DocumentDirection(Choice):
    """Whether a document comes or goes; the two tabs of the page."""

    INCOMING = N_("Incoming document")
    OUTGOING = N_("Outgoing document")


class DocumentCategory(Choice):
    """Between whom a document passes (文件类别, A-2.1.6.1-01)."""

    OFFICIAL_IN = N_("Official letter")
    OFFICIAL_OUT = N_("Submission to the office")
    CLIENT_IN = N_("Letter from client")
    CLIENT_OUT = N_("Letter to client")
    ASSOCIATE_IN = N_("Letter from associate")
    ASSOCIATE_OUT = N_("Letter to associate")

    @property
    def direction(self) -> DocumentDirection:
        """Whether documents of this category come or go."""
        return DocumentDirection.INCOMING if self.name.endswith("_IN") else DocumentDirection.OUTGOING
