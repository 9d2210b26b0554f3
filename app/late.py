"""Libraries that few requests need: imported when first used, so that no start waits for them.

`from app.late import docx` gives what looks like the module. Another library is one more pair of lines here.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any


class Late(ModuleType):
    """Stands for a library until something of it is asked for; the import system's own locks keep threads apart.

    parts: modules of the library that it does not import itself.
    """

    def __init__(self, name: str, *parts: str):
        super().__init__(name)
        self._names = (name, *(f"{name}.{part}" for part in parts))

    @cached_property
    def _module(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:  # it stands in for the library, see `sparing`
            del sys.modules[self.__name__]
        return [import_module(name) for name in self._names][0]

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._module, attribute)


if TYPE_CHECKING:
    import alembic
    import alembic.command
    import alembic.config
    import alembic.script
    import babel
    import babel.messages.mofile
    import babel.messages.pofile
    import cryptography
    import cryptography.fernet
    import docx
    import docx.document
    import docx.enum.text
    import docx.opc.exceptions
    import docx.oxml.ns
    import docx.shared
    import docx.table
    import fsspec
    import fsspec.implementations.local
    import lxml
    import lxml.etree
    import pypinyin
    import pypinyin.constants
    import pypinyin.seg.mmseg
    import xlsxwriter
    from apscheduler.schedulers import background as clocks
else:
    alembic = Late("alembic", "command", "config", "script")
    babel = Late("babel", "messages.mofile", "messages.pofile")
    clocks = Late("apscheduler.schedulers.background")
    cryptography = Late("cryptography", "fernet")
    docx = Late("docx")
    fsspec = Late("fsspec", "implementations.local")
    lxml = Late("lxml", "etree")
    pypinyin = Late("pypinyin")
    xlsxwriter = Late("xlsxwriter")


#: By module the classes and functions that Flask-AppBuilder imports for parts of it that are not used here: a type of
#: column that no table has, its own API of tables, and that of users and positions.
UNUSED = {
    "flask_appbuilder.security.sqla.apis": (
        "ApiKeyApi", "GroupApi", "PermissionApi", "PermissionViewMenuApi", "RoleApi", "UserApi", "ViewMenuApi",
    ),
    "marshmallow_sqlalchemy": ("SQLAlchemyAutoSchema", "field_for"),
    "marshmallow_sqlalchemy.fields": ("Related", "RelatedList"),
    "sqlalchemy_utils.types.uuid": ("UUIDType",),
}  # fmt: skip


def _empty(name: str, parts: tuple[str, ...]) -> ModuleType:
    """A module in which these names are classes without content."""
    module = ModuleType(name)
    vars(module).update({part: type(part, (), {}) for part in parts})
    return module


def _spared() -> dict[str, ModuleType | None]:
    """By name what Flask-AppBuilder would import for nothing, and what it gets instead.

    PyJWT does without `cryptography` (None: not there) as long as one secret key signs all tokens, as here.
    """
    late = {name: Late(name) for name in ("jsonschema", "limits.aio", "yaml")}
    return {"cryptography": None, **late, **{name: _empty(name, parts) for name, parts in UNUSED.items()}}


@contextmanager
def sparing() -> Iterator[None]:
    """Within, Flask-AppBuilder is imported without what it would bring for nothing; later all of it can be had."""
    stand_ins = {name: module for name, module in _spared().items() if name not in sys.modules}
    sys.modules.update(stand_ins)  # type: ignore[arg-type]  # None says that there is no such module
    try:
        yield
    finally:
        for name, module in stand_ins.items():
            if name in sys.modules and sys.modules[name] is module:
                del sys.modules[name]
