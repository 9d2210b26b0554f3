"""The launcher and the settings: what the two commands promise, tried without installing anything."""

import ast
import os
import stat
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

import config
import run
from app import arguments, cli

ROOT = Path(run.__file__).parent
UNIX_ONLY = {"fcntl", "grp", "pwd", "resource", "syslog", "termios", "tty", "pty", "posix", "crypt"}


@pytest.mark.parametrize("file", ["run.py", "config.py", "app/arguments.py", "app/__init__.py"])
def test_launcher_needs_nothing_installed_and_nothing_unix(file):
    imported = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= sys.stdlib_module_names | {"app", "config"}
    assert not imported & UNIX_ONLY


class Pip:
    """Stands for pip: remembers what it was asked, answers with a status."""

    def __init__(self, status: int = 0):
        self.calls: list[list[str]] = []
        self.status = status

    def __call__(self, command: list[str]) -> int:
        self.calls.append(command)
        return self.status


@pytest.fixture
def project(tmp_path):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "venv").mkdir()
    (tmp_path / "requirements.txt").write_text("a==1", encoding="utf-8")
    (tmp_path / "benchmarks" / "requirements.txt").write_text("b==1", encoding="utf-8")
    return tmp_path


def test_requirements_are_installed_once_and_again_when_they_change(project):
    pip, names = Pip(), ("requirements.txt", "benchmarks/requirements.txt")
    run.install(project / "venv", names, project, pip)
    run.install(project / "venv", names, project, pip)
    assert len(pip.calls) == 2
    assert all("--require-hashes" in call for call in pip.calls)
    (project / "requirements.txt").write_text("a==2", encoding="utf-8")
    run.install(project / "venv", names, project, pip)
    assert [call[-1] for call in pip.calls[2:]] == [str(project / "requirements.txt")]


def test_a_failed_installation_is_said_and_tried_again(project):
    with pytest.raises(SystemExit, match="could not install requirements.txt"):
        run.install(project / "venv", ["requirements.txt"], project, Pip(1))
    pip = Pip()
    run.install(project / "venv", ["requirements.txt"], project, pip)
    assert len(pip.calls) == 1


def test_environment_of_another_python_is_made_anew(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(run.venv, "create", lambda folder, **options: made.append(options))
    run.ensure_venv(tmp_path)
    python = run.python_of(tmp_path)
    python.parent.mkdir()
    python.touch()
    (tmp_path / "pyvenv.cfg").write_text("version = 3.9.1\n", encoding="utf-8")
    run.ensure_venv(tmp_path)
    assert [options["clear"] and options["with_pip"] for options in made] == [True, True]
    (tmp_path / "pyvenv.cfg").write_text("version = {}.{}.9\n".format(*sys.version_info), encoding="utf-8")
    run.ensure_venv(tmp_path)
    assert len(made) == 2


@pytest.mark.parametrize(
    ("error", "raised"),
    [(subprocess.CalledProcessError(1, "ensurepip"), SystemExit), (KeyboardInterrupt(), KeyboardInterrupt)],
)
def test_half_an_environment_is_not_left_behind(tmp_path, monkeypatch, error, raised):
    def create(folder, **_options):
        run.python_of(folder).parent.mkdir(parents=True)
        raise error

    monkeypatch.setattr(run.venv, "create", create)
    with pytest.raises(raised):
        run.ensure_venv(tmp_path / "venv")
    assert not (tmp_path / "venv").exists()


def test_interpreter_of_either_system():
    assert run.python_of(Path("v"), windows=True) == Path("v/Scripts/python.exe")
    assert run.python_of(Path("v"), windows=False) == Path("v/bin/python")


@pytest.mark.parametrize(
    ("argv", "installed", "arguments"),
    [
        ([], ["requirements.txt"], ["-m", "app.cli"]),
        (["--port", "81"], ["requirements.txt"], ["-m", "app.cli", "--port", "81"]),
        (["test", "-k", "x"], ["requirements.txt", "requirements-dev.txt"], ["-m", "pytest", "-k", "x"]),
        (["bench"], ["requirements.txt", "benchmarks/requirements.txt"], ["-m", "app.cli", "bench"]),
    ],
)
def test_each_command_installs_what_it_needs_and_runs(monkeypatch, argv, installed, arguments):
    seen = []
    monkeypatch.setattr(run, "ensure_venv", lambda folder: None)
    monkeypatch.setattr(run, "install", lambda folder, names, root: seen.append(list(names)))
    monkeypatch.setattr(run, "become", lambda command: seen.append(command) or 0)
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    assert run.main(argv) == 0
    assert seen == [installed, [str(run.python_of(run.VENV)), "-P", *arguments]]


def test_serving_by_default():
    args = arguments.parse([])
    assert (args.command, args.host, args.port, args.data, args.demo) == ("serve", "0.0.0.0", 8080, None, False)


@pytest.mark.parametrize("command", sorted({*cli.HANDLERS, "test"} - {"serve", *arguments.PASSED_ON}))
def test_every_command_takes_data_before_or_after(command, tmp_path):
    file = tmp_path / "cases.csv"
    file.touch()
    positional = {
        "import": ["case", str(file)],
        "export": ["case", "out.csv"],
        "calc": ["annuity"],
        "revision": ["text"],
    }
    more = positional.get(command, [str(file)] if command in ("backup", "restore") else [])
    assert arguments.parse([command, *more, "--data", "d"]).data == Path("d")
    assert arguments.parse(["--data", "d", command, *more]).data == Path("d")
    assert arguments.parse([command, *more]).data is None


def test_import_arguments(tmp_path):
    file = tmp_path / "cases.csv"
    file.touch()
    args = arguments.parse(["import", "case", str(file), "--set", "client=甲=乙", "--set", "note=", "--mode", "update"])
    assert (args.table, args.file, args.mode, args.mapping) == ("case", file, "update", None)
    assert args.constants == [("client", "甲=乙"), ("note", "")]


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (["import", "case", "nowhere.csv"], "there is no file 'nowhere.csv'"),
        (["import", "case", __file__, "--set", "client"], "'client' is not FIELD=VALUE"),
        (["--port", "0"], "'0' is not a port"),
        (["calc", "tax"], "invalid choice: 'tax'"),
        (["fly"], "invalid choice: 'fly'"),
    ],
)
def test_a_slip_is_one_sentence(argv, complaint, capsys):
    with pytest.raises(SystemExit) as stopped:
        arguments.parse(argv)
    assert stopped.value.code == 2
    assert complaint in capsys.readouterr().err


def test_help_and_slips_cost_no_installation(tmp_path):
    for name in ("run.py", "config.py", "app/__init__.py", "app/arguments.py"):
        copy = tmp_path / name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes((ROOT / name).read_bytes())
    said = subprocess.run([sys.executable, tmp_path / "run.py", "--help"], capture_output=True, text=True, check=True)
    assert all(word in said.stdout for word in (*cli.HANDLERS.keys() - {"serve"}, "test", "--port", "DATABASE_URL"))
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("name", sorted(set(cli.SERVICES) - {"bench"}))  # its peers are installed when it is asked for
def test_every_command_has_its_function(name):
    assert callable(cli.service(name))


def test_settings_make_the_data_folder_and_one_secret(tmp_path):
    first = config.settings({"DATA_DIR": tmp_path / "new" / "data"}, {})
    again = config.settings({"DATA_DIR": tmp_path / "new" / "data"}, {})
    assert first == again
    assert len(first["SECRET_KEY"]) == 64
    assert first["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{(tmp_path / 'new/data/patentdesk.sqlite3').as_posix()}"
    if os.name == "posix":
        assert stat.S_IMODE((first["DATA_DIR"] / "secret.key").stat().st_mode) == 0o600


def test_processes_starting_together_share_the_secret(tmp_path):
    secrets = []
    threads = [threading.Thread(target=lambda: secrets.append(config.kept_secret(tmp_path / "key"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(secrets) == 16
    assert len(set(secrets)) == 1


def test_environment_and_overrides_win_in_turn(tmp_path):
    environ = {
        "PATENTDESK_DATA": str(tmp_path),
        "PATENTDESK_SECRET_KEY": "s",
        "PATENTDESK_OLD_SECRET_KEYS": "a, b",
        "PATENTDESK_HTTPS": "1",
        "PATENTDESK_SESSION_HOURS": "2",
        "PATENTDESK_UPLOAD_MB": "5",
        "DATABASE_URL": "postgres://u:p%40@h/d",
    }
    found = config.settings({"THREADS": 2}, environ)
    assert found["DATA_DIR"] == tmp_path
    assert (found["SECRET_KEY"], found["SECRET_KEY_FALLBACKS"]) == ("s", ["a", "b"])
    assert not (tmp_path / "secret.key").exists()
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["PERMANENT_SESSION_LIFETIME"] == timedelta(hours=2)
    assert found["MAX_CONTENT_LENGTH"] == 5 * 1024 * 1024
    assert found["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://u:p%40@h/d"
    assert found["THREADS"] == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PATENTDESK_THREADS", "many"),
        ("PATENTDESK_UPLOAD_MB", "0"),
        ("PATENTDESK_HTTPS", "maybe"),
        ("PATENTDESK_LOG_LEVEL", "LOUD"),
        ("DATABASE_URL", "mysql://h/d"),
        ("DATABASE_URL", "nonsense"),
    ],
)
def test_a_useless_setting_is_named(tmp_path, name, value):
    with pytest.raises(config.SettingError, match=name):
        config.settings({"DATA_DIR": tmp_path}, {name: value})


def test_an_empty_variable_is_no_setting(tmp_path):
    assert config.settings({"DATA_DIR": tmp_path}, {"PATENTDESK_THREADS": " "})["THREADS"] == 8
