"""One row of the annuity calculator: Chinese words in, dates, amounts and their reasons out."""

from collections.abc import Mapping
from decimal import Decimal

from app.rules.annuity import AnnuityBasis, AnnuityYear, Patent, annuity_of_year, cost_on
from app.rules.application_number import parse_patent_type
from app.rules.calendar import Calendar
from app.rules.choice import N_
from app.rules.deadline_row import CalculatedRow
from app.rules.errors import RuleError
from app.rules.fee import FeeTable
from app.rules.normalize import clean_text, parse_date, parse_decimal, parse_integer

COMPUTED = (
    "grant_patent_year",
    "term_years",
    "reduction_applied_pct",
    "full_amount",
    "base_amount",
    "due_date_raw",
    "due_date",
    "grace_end_raw",
    "grace_end",
    "late_band_pct",
    "late_fee",
    "total_due",
    "balance_due",
    "lapsed",
    "lapse_date",
)

ROUTES = {
    "国内": AnnuityBasis.FILING,
    "PCT国家阶段": AnnuityBasis.INTERNATIONAL_FILING,
    "分案": AnnuityBasis.PARENT_FILING,
    "海牙": AnnuityBasis.INTERNATIONAL_REGISTRATION,
}
"""What each word of the column `route` counts patent years from."""


def calculate_row(row: Mapping[str, str], table: FeeTable, calendar: Calendar) -> CalculatedRow:
    """The row with the columns of `COMPUTED`.

    Read are route (国内, PCT国家阶段, 分案, 海牙, or the code of `AnnuityBasis`), patent_type, filing_date (what the
    route counts from), grant_date, fee_reduction_pct, annuity_year, payment_date (empty: never paid) and
    already_paid; a grant_patent_year given, as a notice states it, overrides ours. Amounts are in CNY.
    A row that cannot be computed comes back with its error, and with no more than year of grant and term filled in.
    """
    columns = {**row, **dict.fromkeys(COMPUTED, "")}
    try:
        patent = read_patent(row)
        columns["term_years"] = str(patent.term.value)
        columns["grant_patent_year"] = str(patent.grant_year.value)
        year = parse_integer(row.get("annuity_year"), field="annuity_year")
        annuity = annuity_of_year(patent, year, table, calendar)
        paid_on = parse_date(row["payment_date"], field="payment_date") if row.get("payment_date") else None
        already = parse_decimal(row.get("already_paid") or "0", field="already_paid")
        if already < 0:
            raise RuleError(N_("An amount paid cannot be negative"), field="already_paid")
        cost = cost_on(annuity, paid_on, already) if paid_on else None
        columns |= _dates_and_amounts(annuity)
    except RuleError as error:
        return CalculatedRow(columns, error=error)
    columns["already_paid"] = _plain(already)
    if cost is None:
        columns |= {"lapsed": "Y", "lapse_date": annuity.lapse.value.isoformat()}
        return CalculatedRow(columns, annuity.lapse.steps, annuity.lapse.provisional)
    columns |= {
        "late_band_pct": str(cost.band_pct),
        "late_fee": _plain(cost.surcharge),
        "total_due": _plain(cost.total.value),
        "balance_due": _plain(cost.balance),
        "lapsed": "N",
    }
    return CalculatedRow(columns, patent.grant_year.steps + cost.total.steps, cost.total.provisional)


def read_patent(row: Mapping[str, str]) -> Patent:
    """The patent of a row; RuleError names the first column that cannot be understood."""
    route = clean_text(row.get("route"))
    basis = ROUTES.get(route) or AnnuityBasis.__members__.get(route.upper())
    if basis is None:
        raise RuleError(N_("“%(value)s” is not among the choices"), field="route", value=route)
    stated = row.get("grant_patent_year")
    granted = row.get("grant_date")
    return Patent(
        patent_type=parse_patent_type(row.get("patent_type")),
        filing_date=parse_date(row.get("filing_date"), field="filing_date"),
        grant_date=parse_date(granted, field="grant_date") if granted else None,
        stated_grant_year=parse_integer(stated, field="grant_patent_year") if stated else None,
        basis=basis,
        reduction_pct=parse_integer(row.get("fee_reduction_pct") or "0", field="fee_reduction_pct"),
    )


def _dates_and_amounts(annuity: AnnuityYear) -> dict[str, str]:
    return {
        "reduction_applied_pct": str(annuity.reduction_pct),
        "full_amount": _plain(annuity.full),
        "base_amount": _plain(annuity.base.value),
        "due_date_raw": annuity.due_raw.isoformat(),
        "due_date": annuity.due.value.isoformat(),
        "grace_end_raw": annuity.grace_end_raw.isoformat(),
        "grace_end": annuity.grace_end.value.isoformat(),
    }


def _plain(amount: Decimal) -> str:
    """Without decimals where there are none: 900, 900.50."""
    return str(int(amount)) if amount == amount.to_integral_value() else f"{amount:.2f}"
