"""Bring the browser libraries into `app/static/vendor/` and write its manifest. Needs npm; the product does not.

    python3 tools/vendor.py

A new version: change PACKAGES. A new icon: add its lucide name to `tools/icons.txt`. Then run it and commit the result.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "app" / "static" / "vendor"
ICONS = ROOT / "tools" / "icons.txt"


class Package(NamedTuple):
    """One npm package: where it goes and which of its files."""

    name: str
    version: str
    folder: str
    licence: str
    files: tuple[str, ...]


PACKAGES = (
    Package("htmx.org", "2.0.11", "htmx", "0BSD", ("LICENSE", "dist/htmx.min.js")),
    Package(
        "echarts",
        "6.1.0",
        "echarts",
        "Apache-2.0",
        ("LICENSE", "NOTICE", "licenses/LICENSE-d3", "dist/echarts.min.js"),
    ),
    Package("lucide-static", "1.62.0", "lucide", "ISC", ("LICENSE",)),
    Package(
        "swagger-ui-dist",
        "5.35.0",
        "swagger-ui",
        "Apache-2.0",
        ("LICENSE", "NOTICE", "swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-bundle.js.LICENSE.txt"),
    ),
)


def fetch(package: Package, into: Path) -> tuple[Path, str]:
    """Download and unpack one package; its folder and the integrity npm verified it by."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed to fetch browser libraries")
    command = [npm, "pack", "--silent", "--json", f"{package.name}@{package.version}"]
    packed = json.loads(subprocess.run(command, cwd=into, check=True, capture_output=True, text=True).stdout)
    (entry,) = packed.values() if isinstance(packed, dict) else packed
    folder = into / package.folder
    with tarfile.open(into / entry["filename"]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package", entry["integrity"]


def sprite(icons: Path, names: list[str]) -> str:
    """One SVG with a `<symbol id="i-NAME">` per icon, drawn in the current colour at the look's stroke of 1.75."""
    symbols = []
    for name in names:
        svg = re.sub(r"<!--.*?-->|\s+", " ", (icons / f"{name}.svg").read_text(encoding="utf-8"))
        shapes = svg.partition("<svg")[2].partition(">")[2].rpartition("</svg>")[0].strip().replace("> <", "><")
        symbols.append(
            f'<symbol id="i-{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
            f'stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
        )
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


def build() -> None:
    """Fetch everything anew and replace `app/static/vendor/`."""
    manifest = []
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "vendor"
        for package in PACKAGES:
            source, integrity = fetch(package, Path(scratch))
            target = fresh / package.folder
            target.mkdir(parents=True)
            for file in package.files:
                shutil.copyfile(source / file, target / Path(file).name)
            if package.folder == "lucide":
                names = sorted(set(ICONS.read_text(encoding="utf-8").split()))
                (target / "sprite.svg").write_text(sprite(source / "icons", names), encoding="utf-8", newline="\n")
            manifest.append(
                {
                    "name": package.name,
                    "version": package.version,
                    "licence": package.licence,
                    "integrity": integrity,
                    "files": {
                        f"{package.folder}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()
                        for file in sorted(target.iterdir())
                    },
                }
            )
        text = json.dumps({"packages": manifest}, indent=2) + "\n"
        (fresh / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
        shutil.rmtree(VENDOR, ignore_errors=True)
        shutil.copytree(fresh, VENDOR)


if __name__ == "__main__":
    build()
