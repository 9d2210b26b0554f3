"""Departments, users and positions (机构用户管理, A-2.2)."""

from app.console import Related, Section
from app.rules.choice import N_
from models.organization import Department, Position, User
from views.organization_positions import PositionPages
from views.organization_users import USER_BUTTONS, DepartmentPages, UserPages
from views.party_import import USER


class DepartmentView(DepartmentPages, model=Department):
    title = N_("Departments")
    icon = "network"
    list_columns = ["name", "code", "parent", "remark"]
    query_columns = ["name", "code", "parent"]
    add_title = N_("Add to the organization")
    order = "id"
    form = [Section(N_("Department"), "name", "parent", "code", "remark")]
    related = [Related("User", "department"), Related("Department", "parent")]
    pick_columns = ["code"]
    import_key = ("name",)


class UserView(UserPages, model=User):
    title = N_("Organization users")
    icon = "users"
    list_columns = [
        "username", "first_name", "user_type", "department", "positions", "certificate_no", "phone", "mobile", "active",
    ]  # fmt: skip
    query_columns = ["first_name", "username", "user_type", "department", "positions", "active"]
    add_title, edit_title = N_("Add user information"), N_("Change user information")
    opens = "form"
    after_add = after_edit = "list"
    order = "id"
    form = [
        Section(N_("User"), "username", "first_name", "user_type", "department", "certificate_no"),
        Section(N_("Work"), "capacity", "specialities"),
        Section(N_("Ways of contact"), "phone", "mobile", "email"),
        Section(N_("Remark"), "remark"),
    ]
    pick_columns = ["username"]
    pick_only = {"active": True}
    search_columns = ["username", "first_name"]
    specials = {"reset_password": N_("Reset password")}
    buttons = USER_BUTTONS
    import_key = ("username",)
    synonyms = USER


class PositionView(PositionPages, model=Position):
    title = N_("Position definition")
    icon = "id-card"
    list_columns = ["name", "position_type", "remark"]
    query_columns = ["name", "position_type"]
    edit_title = N_("Change position information")
    order = "id"
    form = [Section(N_("Position"), "name", "position_type", "remark")]
    specials = {"grant": N_("Grant functions")}
    import_key = ("name",)
