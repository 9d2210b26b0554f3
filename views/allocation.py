"""Allocation of cases, one by one and in bulk (分案, A-3.2.1.3, A-3.2.2)."""

from app.console.shell import PAGES
from app.rules.access import ACTIONS
from app.rules.choice import N_

KEY = "allocation"
PAGES[KEY] = {
    "read": ACTIONS["read"],
    "allocate": N_("Allocate"),
    "allocate_all": N_("See all tasks awaiting allocation"),
    "change_people": N_("Change handlers and referrers in bulk"),
}
