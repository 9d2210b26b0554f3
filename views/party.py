"""Clients and those around them (客户资料管理, A-3.1)."""

from app.console import Button, Console, Grid, Related, Section, Tab
from app.rules.choice import N_
from app.rules.party import ClientReview
from app.rules.validity import Validity
from models.party import (
    Applicant,
    ApplicantRequirement,
    Client,
    ClientRequirement,
    Contact,
    ForeignAssociate,
    Inventor,
    PartyMerge,
    Referrer,
)

FEE_TERMS = (
    "charge_mode", "discount_rate", "lump_scope", "lump_amount", "bill_cycle", "official_fee_mode", "annuity_fee_mode",
    "currency", "official_invoice", "annuity_adjustment_invention", "annuity_adjustment_utility", "fee_remark",
)  # fmt: skip
FINANCE = (
    "invoice_title", "invoice_type", "tax_no", "bank", "bank_account", "invoice_address", "invoice_phone",
    "delivery_address",
)  # fmt: skip


class ClientView(Console, model=Client):
    title = N_("Clients")
    icon = "building-2"
    list_columns = ["client_no", "short_name", "name", "client_type", "nature", "referrer", "registered_by",
                    "registered_on", "review_status", "valid"]  # fmt: skip
    query_columns = ["client_no", "short_name", "name", "client_type", "nature", "referrer", "registered_by",
                     "review_status", "valid", "province", "city"]  # fmt: skip
    after_add = "form"
    basics_first = True
    asks_reason = True
    delete_confirm = N_("Really delete the selected clients?")
    buttons = [Button("view", N_("View"), permission="read", needs="one", icon="folder-open", url="/app/client/{id}")]
    help = N_("Register those who instruct the firm here; cases can be opened for them once their data are reviewed.")
    form = [
        Tab(
            N_("Basic information"),
            Section(N_("Client"), "client_no", "name", "short_name", "name_en", "client_type", "nature",
                    "certificate_type", "certificate_no", "industry"),
            Section(N_("People"), "referrer", "first_attorney", "registered_by", "registered_on"),
            Section(N_("Address and ways of contact"), "country", "province", "city", "district", "address", "postcode",
                    "phone", "fax", "email"),
            Section(N_("Remark"), "remark"),
        ),
        Tab(
            N_("Contact data"),
            Grid("contacts", "name", "form_of_address", "department_title", "phone", "mobile", "email", "is_default"),
        ),
        Tab(
            N_("Client requirements"),
            Grid("requirements", "phase", "requirement_type", "instructed_on", "content", "detail"),
        ),
        Tab(N_("Client fees"), Section(N_("Fee requirements"), *FEE_TERMS)),
        Tab(N_("Client finance"), Section(N_("Invoicing"), *FINANCE)),
    ]  # fmt: skip
    related = [Related("Case", "client"), Related("Applicant", "client"), Related("Inventor", "client")]
    pick_columns = ["client_no", "name"]
    pick_only = {"review_status": ClientReview.REVIEWED, "valid": Validity.VALID}
    search_columns = ["client_no", "name", "short_name"]
    specials = {"fee": N_("Client management: fees")}
    guarded = dict.fromkeys(FEE_TERMS, "fee")
    import_key = ("client_no",)
    synonyms = {"name": ["客户全称", "客户名称", "单位名称", "公司名称", "企业名称"],
                "short_name": ["客户简称", "简称"], "client_no": ["客户代码"], "phone": ["联系电话"],
                "address": ["通讯地址", "联系地址"]}  # fmt: skip


class ClientRequirementView(Console, model=ClientRequirement):
    title = N_("Client requirements")
    icon = "clipboard-check"
    list_columns = ["client", "phase", "requirement_type", "content", "instructed_on", "valid"]
    query_columns = ["client", "phase", "requirement_type", "content", "valid"]
    form = [
        Section(N_("Client requirement"), "client", "phase", "requirement_type", "instructed_on", "content", "detail")
    ]


class ApplicantView(Console, model=Applicant):
    title = N_("Applicants")
    icon = "users-round"
    list_columns = ["client", "name", "short_name", "applicant_type", "certificate_no", "country", "address",
                    "fee_reduction_filed", "valid"]  # fmt: skip
    query_columns = ["name", "short_name", "valid", "client", "applicant_type", "certificate_no", "fee_reduction_filed"]
    opens = "form"
    after_add, after_edit = "form", "list"
    basics_first = True
    help = N_("Applicants are chosen here when a case is opened; one belongs to a client.")
    form = [
        Tab(
            N_("Basic information"),
            Section(N_("Applicant"), "client", "name", "short_name", "name_en", "applicant_type", "certificate_type",
                    "certificate_no", "fee_reduction_filed"),
            Section(N_("Address and ways of contact"), "country", "province", "city", "address", "address_en",
                    "postcode", "phone", "fax", "email"),
            Section(N_("Remark"), "remark"),
        ),
        Tab(N_("General power numbers"), Grid("general_powers", "number", "remark")),
        Tab(
            N_("Applicant requirements"),
            Grid("requirements", "phase", "requirement_type", "instructed_on", "content", "detail"),
        ),
    ]  # fmt: skip
    related = [Related("CaseApplicant", "applicant")]
    pick_columns = ["short_name", "certificate_no"]
    pick_only = {"valid": Validity.VALID}
    search_columns = ["name", "short_name", "certificate_no"]
    import_key = ("name",)
    synonyms = {"name": ["申请人", "申请人名称", "申请（专利权）人", "专利权人"],
                "certificate_no": ["统一社会信用代码", "身份证号"], "client": ["客户", "客户简称"]}  # fmt: skip


class ApplicantRequirementView(Console, model=ApplicantRequirement):
    title = N_("Applicant requirements")
    icon = "clipboard-check"
    list_columns = ["applicant", "phase", "requirement_type", "content", "instructed_on", "valid"]
    query_columns = ["applicant", "phase", "requirement_type", "content", "valid"]
    form = [
        Section(
            N_("Applicant requirement"), "applicant", "phase", "requirement_type", "instructed_on", "content", "detail"
        )
    ]


class InventorView(Console, model=Inventor):
    title = N_("Inventors")
    icon = "lightbulb"
    list_columns = ["client", "name", "name_en", "country", "id_no", "name_withheld", "phone", "email", "valid"]
    query_columns = ["client", "name", "valid", "id_no", "country"]
    opens = "form"
    after_add = after_edit = "list"
    help = N_("Inventors are kept once and chosen again in each case of the client.")
    form = [
        Section(N_("Inventor"), "client", "name", "name_en", "country", "id_no", "name_withheld"),
        Section(N_("Address and ways of contact"), "phone", "fax", "email", "address", "remark"),
    ]
    related = [Related("CaseInventor", "inventor")]
    pick_columns = ["id_no"]
    pick_only = {"valid": Validity.VALID}
    search_columns = ["name"]
    import_key = ("name", "client")
    synonyms = {"name": ["发明人", "发明人姓名", "发明（设计）人"], "id_no": ["身份证号", "证件号码"]}


class ContactView(Console, model=Contact):
    title = N_("Contacts")
    icon = "phone"
    list_columns = ["client", "name", "form_of_address", "department_title", "phone", "mobile", "email", "is_default",
                    "valid"]  # fmt: skip
    query_columns = ["client", "name", "valid", "phone", "mobile", "email"]
    opens = "form"
    after_add = after_edit = "list"
    help = N_("Those at a client to write to or to call; one of them may be the default contact.")
    form = [
        Section(N_("Contact"), "client", "name", "form_of_address", "department_title", "is_default"),
        Section(N_("Address and ways of contact"), "phone", "mobile", "fax", "email", "address", "postcode", "remark"),
    ]
    pick_columns = ["department_title", "mobile"]
    pick_only = {"valid": Validity.VALID}
    search_columns = ["name", "phone", "mobile", "email"]
    import_key = ("name", "client")


class ReferrerView(Console, model=Referrer):
    title = N_("Referrers")
    icon = "handshake"
    list_columns = ["referrer_no", "name", "referrer_type", "user", "phone", "email", "commission_rate", "valid"]
    query_columns = ["referrer_no", "name", "valid", "referrer_type", "user"]
    opens = "form"
    after_add = after_edit = "list"
    help = N_("Those who bring clients and cases; keeping them is optional and serves performance and commission.")
    form = [
        Section(N_("Referrer"), "referrer_no", "name", "referrer_type", "user", "commission_rate"),
        Section(N_("Ways of contact"), "phone", "fax", "email", "remark"),
    ]
    related = [Related("Client", "referrer"), Related("Case", "referrer")]
    pick_columns = ["referrer_no"]
    pick_only = {"valid": Validity.VALID}
    search_columns = ["referrer_no", "name"]
    import_key = ("referrer_no",)


class ForeignAssociateView(Console, model=ForeignAssociate):
    title = N_("Foreign associates")
    icon = "landmark"
    list_columns = ["code", "name", "country", "contact_name", "phone", "email", "website"]
    query_columns = ["name", "country", "contact_name", "code"]
    opens = "form"
    after_add = after_edit = "list"
    help = N_("Firms abroad that file for our clients; a case filed abroad names one of them.")
    form = [
        Section(N_("Foreign associate"), "code", "name", "country", "address", "website"),
        Section(N_("Ways of contact"), "contact_name", "phone", "fax", "email", "remark"),
    ]
    related = [Related("Case", "foreign_associate")]
    pick_columns = ["code"]
    search_columns = ["code", "name"]
    import_key = ("code",)


class PartyMergeView(Console, model=PartyMerge):
    title = N_("Merges of parties")
    icon = "merge"
    read_only = True
    list_columns = ["table_key", "kept_name", "merged_name", "reason", "created_by", "created_at"]
    query_columns = ["table_key", "kept_name", "merged_name"]
    form = [Section(N_("Merge of parties"), "table_key", "kept_name", "merged_name", "reason")]
