"""Which columns are fee requirements and which are finance, for clients and cases alike."""

FEE_TERMS = (
    "charge_mode", "discount_rate", "lump_scope", "lump_amount", "bill_cycle", "official_fee_mode", "annuity_fee_mode",
    "currency", "official_invoice", "annuity_adjustment_invention", "annuity_adjustment_utility", "fee_remark",
)  # fmt: skip
FINANCE = (
    "invoice_title", "invoice_type", "tax_no", "bank", "bank_account", "invoice_address", "invoice_phone",
    "delivery_address",
)  # fmt: skip
