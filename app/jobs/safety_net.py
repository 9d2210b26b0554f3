"""The nightly look at what nobody would miss by himself."""

from app.jobs.runner import JobContext, Outcome, job
from app.services import safety_net
from app.services.clock import moment
from app.services.unit_of_work import SYSTEM, act_as
from app.texts import gettext as _

SAFETY_NET = "safety_net"


@job(SAFETY_NET, repeatable=True)
def check(context: JobContext) -> Outcome:
    """Count the gaps; the workbench of those who monitor tasks shows them in the morning."""
    act_as(context.session, SYSTEM)
    found = safety_net.check(context.session, moment())
    return Outcome("，".join(f"{_(gap.label)} {found[gap.name]}" for gap in safety_net.GAPS))
