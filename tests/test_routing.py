"""Addresses: put together from pieces, they are those that Werkzeug reads."""

from flask import Flask
from werkzeug.routing import Map, Rule


def test_every_address_is_read_as_werkzeug_reads_it(app: Flask) -> None:
    plain = Map(converters=app.url_map.converters)
    for rule in app.url_map.iter_rules():
        twin = Rule(rule.rule, defaults=rule.defaults, endpoint=rule.endpoint, methods=rule.methods)
        plain.add(twin)
        assert rule._parts == twin._parts, rule.rule
        assert rule._trace == twin._trace, rule.rule
        assert rule.arguments == twin.arguments, rule.rule
        assert {n: type(c) for n, c in rule._converters.items()} == {n: type(c) for n, c in twin._converters.items()}
