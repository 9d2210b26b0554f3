"""Delivery of the Office's documents: from which day a period counts (实施细则 Rule 4)."""

from datetime import date

from app.rules.choice import N_, Choice
from app.rules.errors import RuleError
from app.rules.explain import Explained, Step
from app.rules.period import Unit, add_period

ELECTRONIC_FROM = date(2024, 1, 20)
"""Electronic documents dispatched from this day on are delivered when they enter the party's system (公告第559号)."""

PRESUMED_DAYS = 15


class Channel(Choice):
    """How a document reaches the party (送达方式)."""

    ELECTRONIC = N_("Electronic")
    POST = N_("By post")
    DIRECT = N_("Direct delivery")
    PUBLIC_NOTICE = N_("Public notice")


def deliver(
    dispatched_on: date, channel: Channel, actual: date | None = None, *, law_on: date | None = None
) -> Explained[date]:
    """The day of delivery of a document dispatched, handed over or announced on `dispatched_on`.

    actual: the evidenced day of receipt; it replaces the presumption, whose step stays beside it.
    law_on: the day whose law is applied, by default the day of dispatch.
    RuleError (field actual): evidence from before the dispatch, or against a public notice, which is deemed delivered.
    """
    presumption = _presume(dispatched_on, channel, law_on or dispatched_on)
    if actual is None:
        return Explained(presumption.value, (presumption,))
    if actual < dispatched_on:
        raise RuleError(N_("A document cannot be received before it was dispatched"), field="actual")
    if channel is Channel.PUBLIC_NOTICE:
        raise RuleError(N_("Delivery by public notice cannot be replaced by another day"), field="actual")
    evidence = Step(
        "evidence",
        N_("Evidence shows receipt on %(actual)s, which replaces %(presumed)s."),
        {"actual": actual, "presumed": presumption.value},
        presumption.article,
        actual,
    )
    return Explained(actual, (presumption, evidence))


def _presume(dispatched_on: date, channel: Channel, law_on: date) -> Step:
    if channel is Channel.PUBLIC_NOTICE:
        delivered, article = add_period(dispatched_on, 1, Unit.MONTH), "细则第4条第6款"
        message = N_("Announced on %(dispatched)s; deemed delivered after one month, on %(delivered)s.")
    elif channel is Channel.DIRECT:
        delivered, article = dispatched_on, "细则第4条第5款"
        message = N_("Handed over on %(dispatched)s, which is the day of delivery.")
    elif channel is Channel.POST:
        delivered, article = add_period(dispatched_on, PRESUMED_DAYS, Unit.DAY), "细则第4条第4款"
        message = N_("Sent by post on %(dispatched)s; presumed received after 15 days, on %(delivered)s.")
    elif law_on < ELECTRONIC_FROM:
        delivered, article = add_period(dispatched_on, PRESUMED_DAYS, Unit.DAY), "细则(2010)第4条; 公告第559号"
        message = N_(
            "Sent electronically on %(dispatched)s under the rule before 2024-01-20;"
            " presumed received after 15 days, on %(delivered)s."
        )
    else:
        delivered, article = dispatched_on, "细则第4条第7款"
        message = N_("Entered the party's electronic system on %(dispatched)s, which is the day of delivery.")
    return Step("delivery", message, {"dispatched": dispatched_on, "delivered": delivered}, article, delivered)
