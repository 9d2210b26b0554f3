"""The command line: what can be asked for. Standard library only, so that `--help` and slips cost no installation."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from config import VARIABLES

#: Commands whose further arguments another program reads.
PASSED_ON = ("test", "bench", "translate")
CALCULATIONS = ("deadline", "annuity", "application-number")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line; `command` is "serve" where none is named. Exits with a message on a slip."""
    if argv and argv[0] in PASSED_ON:
        return argparse.Namespace(command=argv[0], data=None, rest=list(argv[1:]))
    return _parser().parse_args(argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 run.py",
        description="PatentDesk. Without a command: set up what is missing and serve.",
        epilog="Environment:\n" + "\n".join(f"  {v.name:30} {v.meaning} [{v.default}]" for v in VARIABLES),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of database and files (default: data)")
    _add_serving(parser)
    parser.set_defaults(host="0.0.0.0", port=8080, demo=False)
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument("--data", type=Path, metavar="DIR", default=argparse.SUPPRESS, help="as above")
    _add_commands(parser.add_subparsers(dest="command", metavar="COMMAND", title="commands"), everywhere)
    parser.set_defaults(command="serve", rest=[])
    return parser


def _add_serving(parser: argparse.ArgumentParser) -> None:
    unset = argparse.SUPPRESS  # said before the command or after it
    parser.add_argument("--host", default=unset, help="address to serve on (default: 0.0.0.0)")
    parser.add_argument("--port", type=_port, default=unset, help="port to serve on (default: 8080)")
    parser.add_argument("--demo", action="store_true", default=unset, help="add a small invented agency to play with")


def _add_commands(commands: argparse._SubParsersAction, everywhere: argparse.ArgumentParser) -> None:
    def command(name: str, help: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=help, description=help, parents=[everywhere])

    _add_serving(command("serve", "set up what is missing and serve: the same as no command"))

    importing = command("import", "read a workbook or CSV file into a table")
    importing.add_argument("table", metavar="TABLE", help="its name in the API: case, client …")
    importing.add_argument("file", type=_existing, metavar="FILE", help=".xlsx, .xls, .csv or .txt (UTF-8 or GBK)")
    importing.add_argument(
        "--set", dest="constants", metavar="FIELD=VALUE", type=_constant, action="append", default=[], help="a constant"
    )
    importing.add_argument("--mode", choices=("create", "update"), default="create", help="update: match rows by key")
    importing.add_argument("--mapping", metavar="NAME", help="a kept column mapping")
    importing.add_argument("--sheet", metavar="NAME", help="the sheet to read (default: the likeliest)")

    exporting = command("export", "write a table to a workbook or CSV file")
    exporting.add_argument("table", metavar="TABLE")
    exporting.add_argument("file", type=Path, metavar="FILE", help=".xlsx or .csv")

    calculating = command("calc", "compute rows of CSV from standard input to standard output")
    calculating.add_argument("calculation", choices=CALCULATIONS)

    admin = command("create-admin", "add an administrator, or give one a new password")
    admin.add_argument("--username", default="admin", help="default: %(default)s")
    admin.add_argument("--password", help="must be changed at the first sign-in (default: a random one is printed)")

    command("migrate", "bring the database's tables up to date")
    command("revision", "for developers: write the migration that the changed models need").add_argument("message")
    command("seed", "load the reference data anew, keeping what was changed by hand")
    command("reindex", "make the search for parts of texts anew, after the database was changed by hand")
    command("backup", "copy database and files into one archive, while running").add_argument("file", type=Path)
    command("restore", "replace database and files by an archive's").add_argument("file", type=_existing)
    command("worker", "run scheduled and background work without serving pages")
    commands.add_parser("test", help="run every test; further arguments go to pytest")
    commands.add_parser("bench", help="run the benchmarks; further arguments go to them")
    commands.add_parser("translate", help="update, prune, add, check or compile the Chinese texts")


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")
    return int(text)


def _existing(text: str) -> Path:
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text!r}")
    return Path(text)


def _constant(text: str) -> tuple[str, str]:
    field, separator, value = text.partition("=")
    if not separator or not field.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not FIELD=VALUE")
    return field.strip(), value.strip()
