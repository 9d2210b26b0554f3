"""The commands of `run.py`, inside the virtual environment: each hands its arguments to one function of the product."""

import argparse
import gc
import os
import pkgutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO

from app.arguments import parse
from app.late import sparing
from app.rules.errors import RuleError
from config import SettingError

if TYPE_CHECKING:
    from flask import Flask

#: Where the work is done. Found by name when asked for: no command waits for what another needs, and everything large
#: is imported while the start is undisturbed.
SERVICES = {
    "create_app": "app.factory:create_app",
    "server": "waitress:create_server",
    "speaking": "app.services.setup:speaking",
    "prepare": "app.services.setup:prepare",
    "demo": "app.services.setup:load_demo",
    "migrate": "app.services.setup:migrate",
    "revision": "app.services.setup:revision",
    "seed": "app.services.setup:load_seeds",
    "reindex": "app.services.text_index:reindex",
    "create-admin": "app.services.setup:create_admin",
    "import": "app.console.importing:import_file",
    "export": "app.console.exporting:export_file",
    "calc": "app.services.calculator:calculate",
    "backup": "app.services.backup:backup",
    "restore": "app.services.backup:restore",
    "background": "app.jobs.worker:background",
    "worker": "app.jobs.worker:run",
    "bench": "benchmarks.run:main",
    "translate": "translations.catalog:main",
}


def service(name: str) -> Callable[..., Any]:
    """The function behind a name of SERVICES."""
    return pkgutil.resolve_name(SERVICES[name])


def application(args: argparse.Namespace) -> "Flask":
    """The application on the data folder the command line names."""
    with undisturbed():
        with sparing():
            create_app = service("create_app")
        return create_app({"DATA_DIR": args.data} if args.data else None)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Within, memory is not searched for garbage. Nearly all that a start makes stays, and to look through it again and
    again costs as much as to make it. Afterwards it is set aside: no later search goes through it either.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def serve(args: argparse.Namespace) -> None:
    """Set up what is missing and answer requests until stopped. The port is taken first: a clash changes nothing."""
    app = application(args)
    taken = listen(args.host, args.port)
    say_password("admin", service("prepare")(app), sys.stdout)
    if args.demo:
        say_demo(service("demo")(app), sys.stdout)
    shown = "localhost" if args.host in ("0.0.0.0", "::") else args.host
    print(f"PatentDesk is ready: http://{shown}:{args.port}   (Ctrl+C stops it)", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # as by Ctrl+C: what runs in the background ends in order
    with service("background")(app) if app.config["BACKGROUND"] else nullcontext():
        service("server")(app, sockets=[taken], **server_options(app)).run()


def listen(host: str, port: int) -> socket.socket:
    """The socket to serve on. Exits with a sentence where it cannot be had."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=1024
        )
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        raise SystemExit(f"cannot serve on {host}:{port} ({reason}): try another --port") from error


def server_options(app: "Flask") -> dict[str, Any]:
    """How waitress serves: threads, no name in the answers, and forwarded headers from one known proxy only."""
    options: dict[str, Any] = {"threads": app.config["THREADS"], "ident": None, "clear_untrusted_proxy_headers": True}
    if app.config["TRUSTED_PROXY"]:
        options["trusted_proxy"] = app.config["TRUSTED_PROXY"]
        options["trusted_proxy_headers"] = "x-forwarded-for x-forwarded-proto x-forwarded-host"
    return options


def say_password(username: str, password: str | None, out: TextIO) -> None:
    """Print a password that was just made: the only time it is shown."""
    if password:
        print(f"\n  user {username}, one-time password {password}", file=out)
        print("  It is shown only now and must be changed at the first sign-in.\n", file=out, flush=True)


def say_demo(password: str | None, out: TextIO) -> None:
    """Print the password all users of the demo agency share, once."""
    if password:
        print(f"  all users of the demo agency (their names: 机构用户) have the password {password}", file=out)


def import_file(args: argparse.Namespace) -> None:
    """Read a file into a table and say what became of its rows."""
    with service("speaking")(prepared(args)) as session:
        done = service("import")(
            session, args.table, args.file, mode=args.mode, constants=dict(args.constants), mapping=args.mapping,
            sheet=args.sheet,
        )  # fmt: skip
    for remark in done.remarks:
        print(remark)
    if done.refused_file:
        print(f"refused rows and their reasons: {done.refused_file}")
    print(f"read {done.read} created {done.created} updated {done.updated} same {done.same} refused {done.refused}")


def export_file(args: argparse.Namespace) -> None:
    """Write a table to a file."""
    with service("speaking")(prepared(args)) as session:
        print(f"wrote {service('export')(session, args.table, args.file)} rows to {args.file}")


def calculate(args: argparse.Namespace) -> None:
    """Compute CSV rows, by this installation's holidays, rules and rates."""
    app = prepared(args)
    for stream, encoding in ((sys.stdin, "utf-8-sig"), (sys.stdout, "utf-8")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=encoding, newline="")
    with service("speaking")(app) as session:
        service("calc")(session, args.calculation, sys.stdin, sys.stdout)


def create_admin(args: argparse.Namespace) -> None:
    """Make an administrator, or renew one's password."""
    password = service("create-admin")(prepared(args), args.username, args.password)
    say_password(args.username, password, sys.stdout)
    print(f"{args.username} is an administrator")


def prepared(args: argparse.Namespace) -> "Flask":
    """The application with its database in order; a password made on the way goes beside the command's output."""
    app = application(args)
    say_password("admin", service("prepare")(app), sys.stderr)
    return app


def write_revision(args: argparse.Namespace) -> None:
    """Write the migration a developer's change of the models needs."""
    written = service("revision")(args.message)
    print(f"read it before you run it: {written}" if written else "the tables are already what the models say")


def on_application(args: argparse.Namespace) -> None:
    """Commands that need the application and nothing else."""
    service(args.command)(application(args))


def on_archive(args: argparse.Namespace) -> None:
    """Backup and restore."""
    service(args.command)(application(args), args.file)
    print(f"{args.command} done: {args.file}")


def passed_on(args: argparse.Namespace) -> int:
    """Commands whose arguments another program reads."""
    return service(args.command)(args.rest)


HANDLERS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "serve": serve,
    "import": import_file,
    "export": export_file,
    "calc": calculate,
    "create-admin": create_admin,
    "migrate": on_application,
    "revision": write_revision,
    "seed": on_application,
    "reindex": on_application,
    "worker": on_application,
    "backup": on_archive,
    "restore": on_archive,
    "bench": passed_on,
    "translate": passed_on,
}


def main(argv: list[str]) -> int:
    """Run one command; its exit status. What a person can put right is one sentence, not a traceback."""
    args = parse(argv)
    try:
        return HANDLERS[args.command](args) or 0
    except (RuleError, SettingError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read the output has seen enough; nothing may be flushed at the exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
