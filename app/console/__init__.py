"""The low-code engine: a table declared once becomes pages, exports, imports and an API. It names no domain."""

from app.console.exporting import export_file
from app.console.layout import Button, Grid, ListTab, Mark, Panel, Related, Section, Source, Tab, When
from app.console.shell import Item, Module
from app.console.view import REGISTRY, Console

__all__ = [
    "REGISTRY",
    "Button",
    "Console",
    "Grid",
    "Item",
    "ListTab",
    "Mark",
    "Module",
    "Panel",
    "Related",
    "Section",
    "Source",
    "Tab",
    "When",
    "export_file",
]
