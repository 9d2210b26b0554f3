"""Libraries imported when first used: what a start does without, and that nobody notices."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest

from app.late import Late

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package that takes its time, and counts how often it was imported."""
    package = tmp_path / "slow_library"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import builtins, time\nbuiltins.imported += 1\ntime.sleep(0.05)\nlast = 'x'\n"
    )
    (package / "part.py").write_text("name = 'part'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("builtins.imported", 0, raising=False)
    yield "slow_library"
    for name in ("slow_library", "slow_library.part"):
        sys.modules.pop(name, None)


def test_it_is_imported_by_the_first_use(library: str) -> None:
    late = Late(library, "part")
    assert library not in sys.modules
    assert late.last == "x"
    assert late.part.name == "part"


def test_two_threads_get_the_whole_library_imported_once(library: str) -> None:
    late, barrier, found = Late(library), Barrier(8), []

    def use() -> None:
        barrier.wait()
        found.append(late.last)

    threads = [Thread(target=use) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["x"] * 8
    assert sys.modules["builtins"].imported == 1


def test_what_a_library_lacks_is_said_as_of_any_module(library: str) -> None:
    with pytest.raises(AttributeError, match="'slow_library' has no attribute 'nothing'"):
        _ = Late(library).nothing


def test_a_library_that_is_not_installed_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        _ = Late("no_such_library").anything


def test_a_start_loads_no_library_that_few_requests_need(tmp_path: Path) -> None:
    """Asked of a fresh process on a database that is up to date."""
    start = (
        "import gc, sys; from app import cli; from app.arguments import parse\n"
        "assert not {'flask', 'sqlalchemy'} & set(sys.modules), 'large, and not yet undisturbed'\n"
        "cli.prepared(parse(['--data', sys.argv[1], 'calc', 'deadline']))\n"
        "print(gc.isenabled(), gc.get_freeze_count() > 100_000, *sorted(sys.modules))"
    )
    command = [sys.executable, "-c", start, str(tmp_path)]
    for _time in ("with everything to set up", "again"):
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    collects, set_aside, *loaded = said.split()
    assert (collects, set_aside) == ("True", "True"), "garbage is collected, and what the start made is not looked at"
    assert {"flask_appbuilder", "sqlalchemy", "models"} <= set(loaded)
    assert not {"babel.messages", "limits.aio"} & set(loaded)
    seldom = {
        "alembic", "apscheduler", "cryptography", "docx", "fsspec", "jsonschema", "lxml", "mako",
        "marshmallow_sqlalchemy", "pypinyin", "sqlalchemy_utils", "yaml",
    }  # fmt: skip
    assert not seldom & {name.split(".")[0] for name in loaded}


def test_what_a_start_is_spared_is_there_for_whoever_asks() -> None:
    """In a fresh process: Flask-AppBuilder imported without its libraries, which are used afterwards."""
    ask = (
        "from app.late import UNUSED, sparing\n"
        "with sparing(): import flask_appbuilder.api as api, flask_appbuilder.security.sqla.manager, limits\n"
        "import importlib, sys; assert not {*UNUSED, 'cryptography', 'jsonschema', 'yaml'} & set(sys.modules)\n"
        "import cryptography.fernet, jsonschema, yaml\n"
        "print(all(hasattr(importlib.import_module(m), n) for m, names in UNUSED.items() for n in names))\n"
        "print(api.jsonschema.validate is jsonschema.validate, api.yaml.safe_load is yaml.safe_load)\n"
        "print(limits.aio.storage.MemoryStorage.__module__)\n"
    )
    told = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "True", "True", "limits.aio.storage.memory"]


def test_a_spared_start_signs_programs_in_and_keeps_secrets(tmp_path: Path) -> None:
    """In a fresh process: tokens need no library of key pairs, and mail passwords get it."""
    ask = (
        "import sys; from app import cli; from app.arguments import parse\n"
        "app = cli.prepared(parse(['--data', sys.argv[1], 'calc', 'deadline']))\n"
        "client = app.test_client()\n"
        "who = {'username': 'admin', 'password': 'First-Password-1!', 'provider': 'db'}\n"
        "token = client.post('/api/v1/security/login', json=who).get_json()['access_token']\n"
        "for shown in (token, token[:-9] + 'forged999'):\n"
        "    print(client.get('/api/v1/country', headers={'Authorization': 'Bearer ' + shown}).status_code)\n"
        "from app.services.secrets import Vault\n"
        "vault = Vault(app.config['DATA_DIR']); print(vault.unlock(vault.lock('secret')))\n"
    )
    environ = {**os.environ, "PATENTDESK_ADMIN_PASSWORD": "First-Password-1!"}
    told = subprocess.run(
        [sys.executable, "-c", ask, str(tmp_path)], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["403", "401", "secret"], "known, but to change the first password; not known"
