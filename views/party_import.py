"""What lists of clients and of people call their columns, and their words for the closed lists."""

from collections.abc import Callable
from typing import Any

from app.console.layout import Imports
from app.rules.party import ApplicantType, ClientType
from app.rules.party_import import arrange, clean_code, clean_province

#: How to reach somebody, in every list of people.
REACH = {
    "client": ["客户", "客户名称", "客户全称", "所属客户", "所属单位", "公司名称", "Client"],
    "name_en": ["英文名", "英文名称", "英文全称", "English name"],
    "phone": ["联系电话", "固定电话", "办公电话", "座机", "电话号码", "电话/手机", "Tel", "Telephone", "Phone"],
    "mobile": ["手机号", "手机号码", "移动电话", "Mobile"],
    "fax": ["传真号码", "Fax"],
    "email": ["电子邮箱", "电子邮件", "邮件", "邮箱地址", "E-mail"],
    "address": ["通讯地址", "联系地址", "通信地址", "详细地址", "办公地址", "注册地址", "Address"],
    "postcode": ["邮政编码", "邮编号码", "Postcode", "Zip code"],
    "country": ["国家", "国别", "国籍", "国籍/地区", "国家或地区", "Country"],
    "province": ["省", "省份", "所在省", "所属省份", "省市", "省/市"],
    "city": ["城市", "所在市", "地市", "地级市"],
    "district": ["区县", "区", "县", "所在区", "县区"],
    "certificate_no": ["统一社会信用代码", "信用代码", "组织机构代码", "证件号", "身份证号", "身份证号码"],
    "remark": ["备注信息", "Remarks"],
}
CLIENT = REACH | {
    "name": ["客户全称", "客户名称", "单位名称", "公司名称", "企业名称", "客户", "Client name"],
    "short_name": ["客户简称", "简称"],
    "client_no": ["客户代码", "客户号", "客户编码", "编号"],
    "nature": ["性质", "企业性质", "单位性质"],
    "tax_no": ["税号", "纳税人识别号", "纳税识别号"],
    "bank": ["开户银行"],
    "bank_account": ["账号", "银行帐号", "帐号"],
    "referrer": ["介绍人", "案源"],
}
APPLICANT = REACH | {
    "name": ["申请人", "申请人名称", "申请（专利权）人", "专利权人", "申请人姓名或名称", "名称", "Applicant"],
    "short_name": ["申请人简称", "简称"],
    "applicant_type": ["类型", "申请人类别", "申请人性质"],
    "fee_reduction_filed": ["费减备案", "是否费减备案", "已费减备案", "费减"],
    "address_en": ["英文地址"],
}
INVENTOR = REACH | {
    "name": ["发明人", "发明人姓名", "发明（设计）人", "设计人", "Inventor"],
    "id_no": ["身份证号", "身份证号码", "身份证", "证件号码", "证件号"],
}
CONTACT = REACH | {
    "name": ["联系人", "联系人姓名", "Contact", "Contact person"],
    "department_title": ["职务", "部门", "职位", "部门职务"],
    "form_of_address": ["称呼", "尊称"],
    "is_default": ["是否默认", "默认"],
}
REFERRER = REACH | {
    "referrer_no": ["编号", "案源人代码"],
    "name": ["案源人", "案源人姓名", "案源人名称"],
    "referrer_type": ["类型"],
    "commission_rate": ["提成", "提成率", "佣金比例"],
}
ASSOCIATE = REACH | {
    "code": ["代码", "编码", "机构代码", "事务所代码", "编号"],
    "name": ["名称", "事务所名称", "外所名称", "代理机构名称", "Firm"],
    "website": ["网站", "主页", "Website"],
    "contact_name": ["联系人", "Contact"],
}
USER = REACH | {
    "username": ["用户名", "账号", "帐号"],
    "department": ["部门", "所属部门"],
    "certificate_no": ["资格证号", "执业证号", "代理师资格证号"],
}

CODES = ("postcode", "phone", "mobile", "fax", "certificate_no", "id_no", "tax_no", "bank_account")
CLEANERS: dict[str, Callable[[Any], tuple[Any, list[Any]]]] = {
    **dict.fromkeys(CODES, clean_code),
    "province": clean_province,
}
ORGANIZATION, PERSON = ClientType.APPLICANT_ORGANIZATION, ClientType.APPLICANT_PERSON
CLIENTS = Imports(
    words={
        "client_type": {
            **dict.fromkeys(("企业", "公司", "单位", "组织", "法人", "机构", "高校", "事业单位"), ORGANIZATION),
            **dict.fromkeys(("个人", "自然人"), PERSON),
        }
    },
    cleaners=CLEANERS,
    arrange=arrange,
    blanks=True,
)
APPLICANTS = Imports(
    words={
        "applicant_type": {
            **dict.fromkeys(("企业", "公司", "工矿企业（公司）"), ApplicantType.ENTERPRISE),
            **dict.fromkeys(("大学", "高校", "高等院校", "院校", "大专院校（大学）"), ApplicantType.UNIVERSITY),
            **dict.fromkeys(("科研院所", "研究所", "研究院", "科研机构"), ApplicantType.RESEARCH),
            **dict.fromkeys(("自然人",), ApplicantType.PERSON),
        }
    },
    cleaners=CLEANERS,
    arrange=arrange,
    blanks=True,
)
REACHED = Imports(cleaners=CLEANERS, arrange=arrange, blanks=True)
