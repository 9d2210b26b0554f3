"""Kinds of users and positions (A-2.2)."""

from app.rules.choice import N_, Choice


class UserType(Choice):
    """What a person is in the firm (用户类型, A-2.2.1.2.2-03); what one may do is said by positions."""

    PARTNER = N_("Partner")
    BUSINESS_MANAGER = N_("Business manager")
    DOCKETING_MANAGER = N_("Docketing manager")
    ATTORNEY = N_("Attorney")
    ATTORNEY_ASSISTANT = N_("Attorney assistant")
    TRANSLATOR = N_("Translator")
    SUPPORT_STAFF = N_("Support staff")


class PositionType(Choice):
    """Whether a position manages (岗位类型, A-2.2.2.2-03): managers are not confined to their own rows."""

    MANAGEMENT = N_("Management"), "info"
    ORDINARY = N_("Not management")
