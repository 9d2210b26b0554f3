"""Forms as XML with the Office's Chinese element names, and back (form XML of the electronic filing).

A flag is `<附加>0|1</附加>`; the members of a group carry their place as the attribute 顺序.
"""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from app.rules.choice import N_
from app.rules.efiling import serialized
from app.rules.errors import RuleError
from app.rules.request_form import Content, Field, Form, Rows, Section, normalise, stored, submitted
from app.rules.request_form_catalog import FORMS

FLAG, PLACE = "附加", "顺序"


def to_xml(form: Form, content: Content) -> bytes:
    """The document of a form; the same content always makes the same bytes."""
    root, kept = ET.Element(form.name), submitted(form, content)
    for section in form.sections:
        if _alone(section):
            _put(root, section.fields[0], kept[section.key(section.fields[0])])
            continue
        box = ET.SubElement(root, section.name)
        for field in section.fields:
            _put(box, field, kept[section.key(field)])
        if section.rows:
            _put_rows(box, section.rows, kept[section.rows.name])
    return serialized(root)


def stored_xml(kept: Mapping[str, Any]) -> bytes:
    """The XML of a form as its document keeps it: {form: its code, values}. Raises RuleError for anything else."""
    form = FORMS.get(kept.get("form", ""))
    if form is None:
        raise RuleError(N_("This document is not written on a form here; import its file"))
    return to_xml(form, normalise(form, kept["values"]))


def _alone(section: Section) -> bool:
    """Whether a section is but one field of its own name."""
    return section.rows is None and len(section.fields) == 1 and section.fields[0].name == section.name


def _put(parent: ET.Element, field: Field, value: object) -> None:
    element = ET.SubElement(parent, field.name)
    if field.kind == "flag":
        ET.SubElement(element, FLAG).text = "1" if value else "0"
    else:
        element.text = str(value)


def _put_rows(parent: ET.Element, rows: Rows, made: list[Content]) -> None:
    for number, row in enumerate(made, start=1):
        if rows.first and number == 1:
            element = ET.SubElement(parent, rows.first)
        else:
            element = ET.SubElement(parent, rows.element, {PLACE: str(number)})
        for field in rows.fields:
            _put(element, field, row[field.name])


def from_xml(data: bytes) -> tuple[Form, Content]:
    """The form and its content. Raises RuleError for what is not one of our forms."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise RuleError(N_("This XML file is not accepted: it declares a document type of its own"), field="file")
    try:
        root = ET.fromstring(data)
    except ET.ParseError as error:
        raise RuleError(N_("This is not an XML file"), field="file") from error
    form = next((f for f in FORMS.values() if f.name == root.tag), None)
    if form is None:
        raise RuleError(N_("“%(name)s” is no form that can be written here"), field="file", name=root.tag[:60])
    content: Content = {}
    for section in form.sections:
        box = root if _alone(section) else root.find(section.name)
        for field in section.fields:
            content[section.key(field)] = _get(box, field)
        if section.rows:
            content[section.rows.name] = _get_rows(box, section.rows)
    return form, content


def _get(parent: ET.Element | None, field: Field) -> object:
    element = parent.find(field.name) if parent is not None else None
    if element is None:
        return stored(None, field)
    return stored(element.findtext(FLAG) if field.kind == "flag" else element.text, field)


def _get_rows(parent: ET.Element | None, rows: Rows) -> list[Content]:
    if parent is None:
        return []
    found = [*(parent.findall(rows.first) if rows.first else ()), *parent.findall(rows.element)]
    return [{field.name: _get(element, field) for field in rows.fields} for element in found]
