"""The commands inside: what a person sees of them, with the services played by stand-ins."""

import io
import socket
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_babel import Babel
from waitress.adjustments import Adjustments

from app import cli
from app.rules.errors import RuleError
from app.services.unit_of_work import SYSTEM, actor_of

#: Stands for the session: commands say who acts in it and hand it on.
SESSION = SimpleNamespace(info={})


@pytest.fixture
def services(monkeypatch):
    """Stand-ins by name; each call is remembered in `services["calls"]`."""
    app = Flask("stand-in")
    Babel(app)
    app.config.update(THREADS=2, TRUSTED_PROXY="", BACKGROUND=True)
    table = {
        "calls": [], "create_app": lambda settings: app, "prepare": lambda app: None,
        "speaking": lambda app: nullcontext(SESSION),
    }  # fmt: skip

    def service(name):
        def call(*args, **options):
            table["calls"].append(name)
            return table[name](*args, **options)

        return call

    monkeypatch.setattr(cli, "service", service)
    return table


@pytest.fixture
def table_file(tmp_path):
    file = tmp_path / "cases.csv"
    file.write_text("a\n1\n", encoding="utf-8")
    return file


def test_import_says_what_became_of_every_row(services, table_file, capsys):
    asked = []

    def import_file(*args, **options):
        asked.append((args, options))
        counts = {"read": 5, "created": 1, "updated": 1, "same": 2, "refused": 1}
        return SimpleNamespace(**counts, refused_file=Path("refused.xlsx"), remarks=["未导入的列：序号"])

    services["import"] = import_file
    assert cli.main(["import", "case", str(table_file), "--set", "client=甲"]) == 0
    assert asked == [
        (
            (SESSION, "case", table_file),
            {"mode": "create", "constants": {"client": "甲"}, "mapping": None, "sheet": None},
        )
    ]
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "read 5 created 1 updated 1 same 2 refused 1"
    assert "序号" in lines[0]
    assert "refused.xlsx" in lines[1]


def test_a_refusal_is_a_sentence_and_a_status(services, table_file, capsys):
    def refuse(*_args, **_options):
        raise RuleError("There is no table %(table)s", table="cases")

    services["import"] = refuse
    assert cli.main(["import", "cases", str(table_file)]) == 1
    assert capsys.readouterr().err == "There is no table cases\n"


def test_a_command_acts_as_the_system_and_is_refused_in_chinese(app):
    def command():
        with cli.service("speaking")(app) as session:
            assert actor_of(session) is SYSTEM
            raise RuleError("There is no such calculation", code="missing")

    with pytest.raises(RuleError, match="^没有这种计算$") as refused:
        command()
    assert refused.value.code == "missing"


def test_calculated_rows_stand_alone_on_standard_output(services, monkeypatch, capsys):
    services["prepare"] = lambda app: "Secret1!"
    services["calc"] = lambda session, kind, source, target: target.write(f"{kind},{source.read()}")
    monkeypatch.setattr(sys, "stdin", io.StringIO("row"))
    assert cli.main(["calc", "deadline"]) == 0
    said = capsys.readouterr()
    assert said.out == "deadline,row"
    assert "Secret1!" in said.err


def test_the_data_folder_is_handed_over(services, tmp_path):
    given = []
    services["create_app"] = lambda settings: given.append(settings)
    services["seed"] = services["migrate"] = lambda app: None
    cli.main(["seed", "--data", str(tmp_path)])
    cli.main(["migrate"])
    assert given == [{"DATA_DIR": tmp_path}, None]


def test_a_new_administrators_password_is_shown(services, capsys):
    services["create-admin"] = lambda app, username, password: password or "Made1!"
    cli.main(["create-admin", "--username", "li"])
    said = capsys.readouterr().out
    assert "user li, one-time password Made1!" in said


def test_a_taken_port_is_said_before_anything_is_made(services):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"cannot serve on 127.0.0.1:{port} .* --port"):
            cli.main(["--host", "127.0.0.1", "--port", str(port)])
    assert services["calls"] == ["create_app"]


@pytest.mark.parametrize("words", [["--demo"], ["serve", "--demo"], ["--demo", "serve"]])
def test_serving_prepares_shows_the_password_once_and_adds_the_demo(words, services, monkeypatch, capsys):
    services["prepare"] = lambda app: "Once1!"
    services["demo"] = lambda app: None
    services["background"] = lambda app: nullcontext()
    served = []
    monkeypatch.setattr(cli, "listen", lambda host, port: (host, port))
    services["server"] = lambda app, **options: SimpleNamespace(run=lambda: served.append(options))
    assert cli.main(words) == 0
    said = capsys.readouterr().out
    assert services["calls"] == ["create_app", "prepare", "demo", "background", "server"]
    assert said.count("Once1!") == 1
    assert "http://localhost:8080" in said
    assert served == [
        {"sockets": [("0.0.0.0", 8080)], "threads": 2, "ident": None, "clear_untrusted_proxy_headers": True}
    ]


def test_forwarded_headers_are_believed_from_the_named_proxy_only():
    app = Flask("stand-in")
    app.config.update(THREADS=4, TRUSTED_PROXY="")
    assert "trusted_proxy" not in cli.server_options(app)
    app.config["TRUSTED_PROXY"] = "10.0.0.1"
    options = cli.server_options(app)
    assert options["trusted_proxy"] == "10.0.0.1"
    assert options["clear_untrusted_proxy_headers"] is True
    assert Adjustments(**options).trusted_proxy_headers == {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
