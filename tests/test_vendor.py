"""Browser libraries are ours to serve: as published, licensed, complete, and nothing is loaded from elsewhere."""

import hashlib
import json
import re
from pathlib import Path

import pytest

import views
from app.console import REGISTRY

APP = Path(__file__).resolve().parent.parent / "app"
VENDOR = APP / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["packages"]
SPRITE = (VENDOR / "lucide" / "sprite.svg").read_text(encoding="utf-8")
ICON_USED = re.compile(r"sprite\.svg[^#\n]{0,40}#i-([a-z0-9-]+)")

OURS = sorted(
    file
    for folder in (APP / "templates", APP / "static")
    for file in folder.rglob("*")
    if file.suffix in (".html", ".js", ".css", ".svg") and VENDOR not in file.parents
)
#: What makes a browser fetch: attributes, CSS addresses and imports, scripts' requests. A link to click does not.
LOADS = re.compile(
    r"""(?ix)
    (?: <(?:script|img|iframe|source|embed|object|use|link|video|audio|form)\b [^>]*?
        \b(?:src|href|data|action)\s*=\s*["']
      | url\(\s*["']?
      | @import\s+["']?
      | \b(?:fetch|import|open|sendBeacon|EventSource|WebSocket|Worker)\(\s*["'`]
      | \bfrom\s+["']
    ) (?:(?:https?|wss?):)?//"""
)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_files_are_as_published_and_licensed(package):
    for name, digest in package["files"].items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name
    assert any(Path(name).name == "LICENSE" for name in package["files"])
    assert package["version"]
    assert package["licence"] in ("0BSD", "Apache-2.0", "ISC", "MIT")


def test_manifest_names_every_file_and_all_are_small_enough():
    named = {name for package in PACKAGES for name in package["files"]} | {"manifest.json"}
    there = {file.relative_to(VENDOR).as_posix() for file in VENDOR.rglob("*") if file.is_file()}
    assert there == named
    assert sum((VENDOR / name).stat().st_size for name in there) < 6_000_000


def test_sprite_has_each_icon_once_and_drawn():
    names = re.findall(r'<symbol id="i-([^"]+)"', SPRITE)
    assert len(names) == len(set(names)) > 90
    for symbol in re.findall(r"<symbol [^>]*>(.*?)</symbol>", SPRITE):
        assert re.match(r"<(path|circle|rect|line|polyline|polygon|ellipse) ", symbol)


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.relative_to(APP).as_posix())
def test_pages_load_nothing_from_elsewhere_and_only_icons_there_are(file):
    text = file.read_text(encoding="utf-8")
    assert not LOADS.findall(text)
    assert {name for name in ICON_USED.findall(text) if f'"i-{name}"' not in SPRITE} == set()


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ('<script src="https://x/y.js">', True),
        ('<link rel="stylesheet"\n href="//x/y.css">', True),
        ("a { background: url(http://x/y.png) }", True),
        ("@import 'https://x/y.css';", True),
        ('fetch("https://x/y")', True),
        ('import a from "https://x/y.js"', True),
        ('<a href="https://www.cnipa.gov.cn/">', False),
        ('<svg xmlns="http://www.w3.org/2000/svg">', False),
        ("/* see https://x/y */", False),
    ],
)
def test_the_search_finds_loads_and_only_loads(text, loads):
    assert bool(LOADS.search(text)) is loads


def test_every_icon_a_view_or_a_menu_names_is_in_the_sprite():
    names = {console.icon for console in REGISTRY.values()} | {module.icon for module in views.MENU}
    names |= {button.icon for console in REGISTRY.values() for button in console.buttons if button.icon}
    assert {name for name in names if f'id="i-{name}"' not in SPRITE} == set()
