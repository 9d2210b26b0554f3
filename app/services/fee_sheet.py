"""Fee sheets: numbered, audited (A-3.2.1.5.2, A-3.4.1)."""

from sqlalchemy.orm import Session

from app.services.numbering import next_serial
from app.services.records import before_save
from models.fee_sheet import FeeSheet


@before_save(FeeSheet)
def _numbered(session: Session, sheet: FeeSheet) -> None:
    """The number the clerk left empty (A-3.4.1-02)."""
    if not sheet.sheet_no:
        sheet.sheet_no = f"FD{next_serial(session, 'fee_sheet.sheet_no.plain'):06d}"
