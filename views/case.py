"""Cases (案卷处理, A-3.2.1.2)."""

from app.console import Console, Grid, Related, Section, Tab
from app.console.layout import ImportField, ImportNames, Imports
from app.rules import application_number, case_import
from app.rules.choice import N_
from app.rules.normalize import split_names
from app.services.case_import import complete
from models.case import Case, CaseApplicant, CaseInventor
from views.party_terms import FEE_TERMS


class CaseView(Console, model=Case):
    title = N_("Case processing")
    icon = "folder-open"
    list_columns = [
        "our_ref",
        "patent_type",
        "title",
        "app_no",
        "filing_date",
        "client",
        "applicant_names",
        "handler",
        "status",
    ]
    query_columns = ["our_ref", "client", "app_no", "title", "case_type", "patent_type", "status", "opened_by",
                     "opened_on", "handler", "applicant_names", "inventor_names", "filing_date", "grant_date",
                     "main_ipc", "client_ref", "legal_status"]  # fmt: skip
    form = [
        Tab(
            N_("Basic information"),
            Section(N_("Case"), "our_ref", "case_type", "client", "client_ref", "related_case", "start_phase",
                    "direction", "filing_method", "planned_on", "foreign_associate", "foreign_ref", "target_country"),
            Section(N_("People"), "handler", "first_attorney", "second_attorney", "drafter", "translator",
                    "illustrator", "docketer", "referrer", "opened_by", "opened_on"),
            Section(N_("Bibliographic data"), "title", "title_en", "patent_type", "app_no", "filing_date", "main_ipc",
                    "locarno", "claims_count", "description_pages", "drawings_pages", "similar_designs", "set_products",
                    "ipc", "abstract", "main_claim", "remark"),
            Section(N_("Agency and address of record"), "agency_name", "agency_code", "agent_names",
                    "applicant_address", "applicant_postcode", "applicant_region", "examiner", "legal_status",
                    "parent_app_no", "cited_documents"),
            Section(N_("International application"), "pct_app_no", "pct_filing_date", "pct_publication_no",
                    "pct_publication_date", "national_entry_date"),
            Section(N_("Publication and grant"), "publication_no", "publication_date", "examination_date", "grant_no",
                    "grant_date", "patent_no", "certificate_no", "certificate_date"),
            Section(N_("Fee information"), "fee_reduction", "annuity_start_year"),
        ),
        Tab(
            N_("Applicants and inventors"),
            Grid("applicants", "applicant", "role", "is_first", "is_representative", "position"),
            Grid("inventors", "inventor", "is_first", "position"),
        ),
        Tab(
            N_("Priority"),
            Grid("priorities", "prior_app_no", "prior_filing_date", "prior_country", "prior_applicant"),
        ),
        Tab(
            N_("Deposit of microorganism"),
            Grid("deposits", "depositary", "deposit_no", "deposited_on", "taxonomy", "viable"),
        ),
        Tab(N_("Case requirements"), Grid("requirements", "source", "content")),
        Tab(N_("Case fees"), Section(N_("Fee requirements"), *FEE_TERMS)),
    ]  # fmt: skip
    related = [Related("Task", "case"), Related("Case", "related_case", label=N_("Related cases"))]
    pick_columns = ["title", "app_no"]
    search_columns = ["our_ref", "app_no", "title", "client_ref", "applicant_names"]
    specials = {"fee": N_("Case management: fees")}
    guarded = dict.fromkeys(FEE_TERMS, "fee")
    import_key = ("app_no",)
    synonyms = {
        "our_ref": ["我方文号", "卷号", "内部编码", "内部编号", "案号"],
        "client_ref": ["客户卷号", "客户文号"],
        "client": ["客户", "客户简称", "客户名称"],
        "title": ["名称", "发明名称", "专利名称", "案件名称", "发明创造名称"],
        "patent_type": ["类型", "专利类型", "申请类型", "专利种类"],
        "app_no": ["申请号", "专利申请号", "申请号/专利号"],
        "filing_date": ["申请日", "申请日期"],
        "applicants": ["申请人", "申请（专利权）人", "专利权人", "申请人名称", "专利申请人"],
        "inventors": ["发明人", "发明（设计）人", "设计人"],
        "main_ipc": ["主分类号", "主IPC分类号", "IPC主分类号"],
        "ipc": ["分类号", "IPC分类号", "IPC"],
        "locarno": ["洛迦诺分类号", "外观设计分类号"],
        "abstract": ["摘要"],
        "main_claim": ["主权项", "主权利要求"],
        "announced_no": ["公开（公告）号", "公告（公开）号"],
        "announced_date": ["公开（公告）日", "公告（公开）日"],
        "publication_no": ["公开号", "公布号"],
        "publication_date": ["公开日", "公布日"],
        "grant_no": ["授权公告号", "公告号"],
        "grant_date": ["授权日", "授权公告日", "公告日"],
        "patent_no": ["专利号"],
        "certificate_date": ["颁证日"],
        "agency_name": ["专利代理机构", "代理机构"],
        "agent_names": ["代理人", "代理师"],
        "applicant_address": ["地址", "申请人地址"],
        "applicant_postcode": ["邮编", "邮政编码"],
        "applicant_region": ["国省", "国省代码", "申请人/专利权人所在国代码", "申请人国省"],
        "pct_app_no": ["国际申请", "国际申请号"],
        "pct_publication_no": ["国际公布", "国际公布号"],
        "national_entry_date": ["进入国家日期", "进入国家阶段日"],
        "parent_app_no": ["分案原申请号", "母案申请号"],
        "cited_documents": ["参考文献", "引用文献"],
        "examiner": ["审查员"],
        "legal_status": ["法律状态", "案件状态", "专利状态"],
        "priority": ["优先权", "优先权信息"],
        "priority_no": ["优先权号"],
        "priority_date": ["优先权日"],
    }
    imports = Imports(
        keys=(("app_no",), ("our_ref",), ("title", "app_no")),
        fields=(
            ImportField("announced_no", N_("Publication or grant no.")),
            ImportField("announced_date", N_("Publication or grant date"), kind="date"),
            ImportField("priority", N_("Priority with its date")),
            ImportField("priority_no", N_("Priority nos.")),
            ImportField("priority_date", N_("Priority dates")),
        ),
        names=(
            ImportNames("applicants", "applicant", split_names),
            ImportNames("inventors", "inventor", split_names, within="client_id"),
        ),
        cleaners={
            "app_no": application_number.normalize,
            "parent_app_no": application_number.normalize,
            "announced_no": case_import.clean_publication,
            "publication_no": case_import.clean_publication,
            "grant_no": case_import.clean_publication,
            "patent_no": case_import.clean_patent_number,
            "ipc": case_import.clean_classes,
            "agent_names": case_import.clean_name_list,
            "applicant_address": case_import.clean_list,
            "applicant_postcode": case_import.clean_list,
        },
        words={"patent_type": case_import.PATENT_TYPES, "fee_reduction": case_import.REDUCTIONS},
        arrange=case_import.arrange,
        complete=complete,
        derived=("patent_type",),
        constants=("client", "case_type", "handler", "first_attorney", "docketer", "referrer", "direction"),
        suggest={"app_no": application_number.suggest},
        guess=("app_no", "announced_no", "patent_type"),
        prefixes=("专利", "案件"),
        example={
            "our_ref": "F20150310",
            "title": "一种示例装置",
            "app_no": "201410270596.7",
            "filing_date": "2014-06-17",
            "applicants": "示例有限公司；示例大学",
            "inventors": "张三；李四",
        },
    )


class CaseApplicantView(Console, model=CaseApplicant):
    title = N_("Applicants of cases")
    icon = "users-round"
    read_only = True
    list_columns = ["case", "case.title", "case.app_no", "case.status", "applicant", "role", "is_first"]
    query_columns = ["case", "applicant", "role"]
    form = [Section(N_("Applicant of the case"), "case", "applicant", "role", "is_first", "is_representative")]


class CaseInventorView(Console, model=CaseInventor):
    title = N_("Inventors of cases")
    icon = "lightbulb"
    read_only = True
    list_columns = ["case", "case.title", "case.app_no", "case.status", "inventor", "is_first"]
    query_columns = ["case", "inventor"]
    form = [Section(N_("Inventor of the case"), "case", "inventor", "is_first")]
