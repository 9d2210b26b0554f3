"""Libraries that few requests need: imported when first used, so that no start waits for them.

`from app.late import docx` gives what looks like the module. Another library is one more pair of lines here.
"""

import sys
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any


class Late:
    """Stands for a library until something of it is asked for; the import system's own locks keep threads apart.

    parts: modules of the library that it does not import itself.
    """

    def __init__(self, name: str, *parts: str):
        self._names = (name, *(f"{name}.{part}" for part in parts))

    @cached_property
    def _module(self) -> ModuleType:
        for name in self._names:
            import_module(name)
        return sys.modules[self._names[0]]

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._module, attribute)


if TYPE_CHECKING:
    import alembic
    import alembic.command
    import alembic.config
    import alembic.script
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
    import pypinyin.seg.mmseg
    import xlsxwriter
    from apscheduler.schedulers import background as clocks
else:
    alembic = Late("alembic", "command", "config", "script")
    clocks = Late("apscheduler.schedulers.background")
    docx = Late("docx")
    fsspec = Late("fsspec", "implementations.local")
    lxml = Late("lxml", "etree")
    pypinyin = Late("pypinyin")
    xlsxwriter = Late("xlsxwriter")
