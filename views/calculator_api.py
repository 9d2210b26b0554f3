"""The calculators as a service: `POST /api/v1/calculator/{deadline,annuity,application-number}`, one row or many."""

from collections.abc import Mapping
from typing import Any

from flask import jsonify, request
from flask_appbuilder import BaseView, expose

from app.console import openapi
from app.console.api import api
from app.extensions import db
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import calculator
from app.texts import gettext as _

MOST_ROWS = 10_000
SUMMARIES = {
    "deadline": N_("Reckon deadlines"),
    "annuity": N_("Reckon annuities"),
    "application-number": N_("Check application numbers"),
}
GIVEN = {
    "deadline": (
        "case_id", "notice", "base_kind", "doc_date", "channel", "period", "unit", "received_on", "extension_months",
        "rule", "filing_date", "priority_date", "grant_date", "publication_date", "entry_date", "law_on",
    ),
    "annuity": (
        "case_id", "route", "patent_type", "filing_date", "grant_date", "fee_reduction_pct", "annuity_year",
        "payment_date", "already_paid",
    ),
    "application-number": ("case_id", "app_no", "country"),
}  # fmt: skip


class CalculatorApi(BaseView):
    """The calculators for programs; every signed-in user may ask."""

    route_base = "/api/v1/calculator"
    default_view = "calculate"
    class_permission_name = "calculator_api"
    base_permissions: list[str] = []
    csrf_exempt = True  # `api` asks for the token itself where a cookie signs in

    @expose("/<kind>", methods=["POST"])
    @api
    def calculate(self, kind: str) -> Any:
        """One row (refused as a whole where it is bad) or a list of rows, each with its `error`."""
        compute = calculator.calculation(db.session, kind)
        body = request.get_json(silent=True)
        if isinstance(body, dict):
            row = texts(body)
            calculated = compute(row)
            if calculated.error:
                raise calculated.error
            return jsonify(calculator.answer(kind, row, calculated))
        if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
            raise RuleError(N_("Send a JSON object or a list of objects"))
        if len(body) > MOST_ROWS:
            raise RuleError(N_("At most %(limit)s rows at once"), limit=MOST_ROWS)
        return jsonify([calculator.answer(kind, row, compute(row)) for row in map(texts, body)])


def texts(row: Mapping[str, Any]) -> dict[str, str]:
    """A row of JSON as one of texts. Raises RuleError for lists and objects."""
    if bad := next((name for name, value in row.items() if isinstance(value, list | dict)), None):
        raise RuleError(N_("“%(value)s” is not among the choices"), field=bad, value=bad)
    return {name: "" if value is None else str(value).strip() for name, value in row.items()}


def paths() -> dict[str, Any]:
    """The service in OpenAPI."""
    made = {}
    for kind, summary in SUMMARIES.items():
        given = {name: {"type": "string"} for name in GIVEN[kind]}
        computed = {
            name: {"type": "string", "readOnly": True} for name in (*calculator.COLUMNS[kind], *calculator.BASIS)
        }
        steps = {"type": "array", "items": {"type": "object"}, "readOnly": True}
        row = {"type": "object", "properties": given | computed | {"steps": steps}}
        content = {"application/json": {"schema": {"oneOf": [row, {"type": "array", "items": row}]}}}
        responses = {"200": {"description": "OK", "content": content}, "401": openapi.ERROR, "422": openapi.ERROR}
        post = {"operationId": f"calculate_{kind}", "tags": ["calculator"], "summary": _(summary),
                "requestBody": {"required": True, "content": content}, "responses": responses}  # fmt: skip
        made[f"/calculator/{kind}"] = {"post": post}
    return made


openapi.SERVICES.append(paths)
