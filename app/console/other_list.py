"""A second list of a table under another name, with verbs of its own: 用户授权, 提交结案, 批量变更主办."""

from typing import Any

from app.console.guard import actor
from app.console.shell import PAGES
from app.console.view import Console
from app.services.custom_fields import custom_fields
from models.base import Field, key_of


class OtherList(Console):
    """The rows of a table that has its own console; they lead there, and what is hidden there is hidden here.

    A subclass says `model`, `key`, `title`, columns and `buttons`; its rights stand in `shell.PAGES[key]`, `lends`
    names those that belong to another table as (permission, table). It stands in views.PAGES, not in the registry.
    """

    base_permissions: list[str] = []
    include_route_methods = {"index", "dialogs", "export", "choose_columns", "keep_view", "drop_view", "action"}
    lends: dict[str, tuple[str, str]] = {}

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        if "key" in cls.__dict__:
            cls.route_base, cls.class_permission_name, cls.default_view = f"/app/{cls.key}", cls.key, "index"

    def home(self) -> Console:
        """The table's own console."""
        return self.consoles_by_key()[key_of(self.model)].instance()

    def can(self, permission: str) -> bool:
        """Only what this page knows; the rest is the business of the table's own pages."""
        if permission in self.lends:
            return actor().may(*self.lends[permission])
        return permission in PAGES[self.key] and actor().may(permission, self.key)

    def steps(self) -> dict[str, Any]:
        """The life cycle is not moved from here."""
        return {}

    def offers(self, name: str) -> bool:
        """As `steps`."""
        return False

    def custom(self) -> dict[str, Field]:
        """The table's own custom fields."""
        return custom_fields(self.session, self.home().key)

    def open_to(self, who: Any, name: str) -> bool:
        """What is hidden of the table is hidden here too."""
        return self.home().open_to(who, name) and super().open_to(who, name)

    def list_context(self, *args: Any) -> dict[str, Any]:
        """The list, with the row icons of the table's own."""
        return super().list_context(*args) | {"icons": 2 if self.home().can("edit") else 1}

    def tbody(self, found: Any) -> Any:
        """Rows lead to the table's own pages."""
        return self.home().tbody(found)
