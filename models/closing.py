"""Requests to close a case and to reinstate a closed one (A-3.2.2.5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from app.rules.choice import N_
from app.rules.closing import CLOSING_FLOW, REINSTATEMENT_FLOW, RequestStatus
from models.base import Field, Record, choice, long_text, moment, reference
from models.case import Case


def _filled_in() -> None:
    """Nobody by default, so that no form asks: services.closing writes who acts."""


class _Reviewed:
    """Who asks, who decides, and how."""

    case_id: Mapped[int] = reference("Case", N_("Case"), required=True)
    requester_id: Mapped[int] = reference("User", N_("Requester"), required=True, index=False, default=_filled_in)
    reviewer_id: Mapped[int | None] = reference("User", N_("Reviewer"))
    handed_in_at: Mapped[datetime | None] = moment(N_("Handed in at"), nullable=True)
    opinion: Mapped[str | None] = long_text(N_("Review opinion"))
    reviewed_at: Mapped[datetime | None] = moment(N_("Reviewed at"), nullable=True)
    status: Mapped[RequestStatus] = choice(
        N_("Review status"), RequestStatus, nullable=False, default=RequestStatus.SAVED
    )


class ClosingRequest(_Reviewed, Record):
    """A wish to close a case (结案请求) and its review.

    open_tasks: what was still open when it was handed in, as the requester confirmed.
    """

    __label__ = N_("Closing request")
    __title__ = "id"
    __scope_parent__ = "case"
    __key__ = ("case_id",)
    workflow = CLOSING_FLOW

    note: Mapped[str] = long_text(N_("Closing note"), required=True)
    open_tasks: Mapped[list | None] = mapped_column(
        JSON(none_as_null=True), info={"field": Field("json", N_("Open tasks"), hidden=True)}
    )


class ReinstatementRequest(_Reviewed, Record):
    """A wish to reinstate a closed case (恢复请求) and its review."""

    __label__ = N_("Reinstatement request")
    __title__ = "id"
    __scope_parent__ = "case"
    __key__ = ("case_id",)
    workflow = REINSTATEMENT_FLOW

    reason: Mapped[str] = long_text(N_("Reason for the reinstatement"), required=True)


def _latest(model: type[Any]) -> hybrid_property:
    """The status of the latest request of a case; of reinstatement, of those since it was closed last."""

    def sql(case: type[Case]) -> ColumnElement[RequestStatus | None]:
        query = select(model.status).where(model.case_id == case.id).order_by(model.id.desc()).limit(1)
        if model is ReinstatementRequest:
            closed = select(func.max(ClosingRequest.reviewed_at)).where(ClosingRequest.case_id == case.id)
            query = query.where(
                model.created_at >= func.coalesce(closed.correlate(case).scalar_subquery(), model.created_at)
            )
        return query.correlate(case).scalar_subquery()

    return hybrid_property(lambda case: None, expr=sql)  # asked for in lists only


#: 结案状态、恢复状态 of a case.
Case.closing_status = _latest(ClosingRequest)
Case.reinstatement_status = _latest(ReinstatementRequest)
