"""The pages, one file per domain: selection and order, nothing else."""

from views import (  # noqa: F401
    account,
    audit,
    calculator,
    calculator_api,
    calendar_link,
    case,
    case_folder,
    closing,
    deadline,
    dispatch,
    dispatch_files,
    dispatch_verbs,
    document,
    fee,
    fee_sheet,
    filing,
    holiday,
    my_task,
    numbering,
    operation,
    organization,
    organization_assignment,
    party,
    party_client,
    party_merge,
    party_people,
    party_requirement,
    reference,
    special_edit,
    system,
    task,
    workbench,
)
from views.menu import MENU

#: Pages that are not generated from a table.
PAGES: list[type] = [
    account.AccountView,
    organization_assignment.AssignmentView,
    closing.ClosingView,
    closing.ReinstatementView,
    *operation.PAGES,
    audit.AuditView,
    calculator.CalculatorView,
    calculator_api.CalculatorApi,
    dispatch_files.DispatchFiles,
    dispatch_verbs.DispatchVerbs,
    special_edit.SpecialEditPages,
    workbench.WorkbenchView,
    calendar_link.CalendarLinkView,
    calendar_link.FeedView,
]

__all__ = ["MENU", "PAGES"]
