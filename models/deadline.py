"""The rules by which official time limits are reckoned (官方期限, A-2.1.4)."""

from datetime import date

from sqlalchemy.orm import Mapped

from app.rules.application_number import Route
from app.rules.choice import N_
from app.rules.deadline import BaseKind, Confidence
from app.rules.period import Unit
from app.rules.reference import PatentScope
from models.base import Record, choice, day, flag, integer, long_text, text


class DeadlineRule(Record):
    """One time limit of the law, in the span in which it holds (both ends included).

    triggers: codes of the notices, or names of the events, that set it off, separated by commas.
    number, unit, base: the period; empty where the law names none that can be reckoned.
    later_*: a second period, of which and the first the later end counts. negative numbers count back.
    """

    __label__ = N_("Official time limit")
    __pinyin__ = "name"
    __key__ = ("code",)

    code: Mapped[str] = text(N_("Time limit code"), length=40, required=True, unique=True, fixed=True)
    name: Mapped[str] = text(N_("Time limit name"), length=200, required=True)
    trigger_document: Mapped[str | None] = text(N_("Official letter or event"), length=300)
    triggers: Mapped[str | None] = text(N_("Trigger codes"), length=300)
    action: Mapped[str] = text(N_("What to do"), length=300, required=True)
    number: Mapped[int | None] = integer(N_("Length of period"), minimum=None)
    unit: Mapped[Unit | None] = choice(N_("Unit of period"), Unit)
    base: Mapped[BaseKind | None] = choice(N_("Counted from"), BaseKind)
    base_note: Mapped[str | None] = text(N_("Note on the base date"), length=200)
    later_number: Mapped[int | None] = integer(N_("Length of second period"), minimum=None)
    later_unit: Mapped[Unit | None] = choice(N_("Unit of second period"), Unit)
    later_base: Mapped[BaseKind | None] = choice(N_("Second period counted from"), BaseKind)
    combined_rule: Mapped[str | None] = long_text(N_("Alternative or combined rule"))
    extendable: Mapped[bool] = flag(N_("Extendable"))
    max_extension: Mapped[str | None] = text(N_("Longest extension"), length=200)
    restorable: Mapped[bool] = flag(N_("Restorable"))
    restore_period: Mapped[str | None] = text(N_("Time limit for restoration"), length=200)
    internal_days: Mapped[int | None] = integer(N_("Internal deadline, days before"))
    remind_days: Mapped[int | None] = integer(N_("Reminder, days before"))
    patent_scope: Mapped[PatentScope] = choice(
        N_("For patent type"), PatentScope, nullable=False, default=PatentScope.ALL
    )
    route: Mapped[Route | None] = choice(N_("For filing route"), Route)
    applies_to: Mapped[str | None] = text(N_("Applies to"), length=200)
    consequence: Mapped[str | None] = text(N_("Consequence of missing it"), length=300)
    article: Mapped[str | None] = text(N_("Legal basis"), length=300)
    effective_from: Mapped[date | None] = day(N_("Effective from"))
    effective_to: Mapped[date | None] = day(N_("Effective until"))
    confidence: Mapped[Confidence] = choice(N_("Confidence"), Confidence, nullable=False, default=Confidence.HIGH)
    enabled: Mapped[bool] = flag(N_("Enabled"), default=True)
    remark: Mapped[str | None] = long_text(N_("Remark"))
