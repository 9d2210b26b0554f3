"""PatentDesk on one machine, Linux or Windows: sets up what is missing, then does what it is asked.

    python3 run.py            serve on port 8080
    python3 run.py test       run every test
    python3 run.py --help     all commands and settings

Standard library only. Everything else is installed, as locked by hash, into `.venv` beside this file.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - this line is read by whatever Python the user has
    sys.exit("PatentDesk needs Python 3.11 or newer; this is " + sys.version.split()[0])

from app.arguments import parse  # noqa: E402 - an older Python cannot read it

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
#: What each command needs installed besides the product's own requirements.
NEEDS = {"test": ("requirements-dev.txt",), "bench": ("benchmarks/requirements.txt",)}


def python_of(folder: Path, windows: bool = os.name == "nt") -> Path:
    """The interpreter of a virtual environment."""
    return folder / "Scripts" / "python.exe" if windows else folder / "bin" / "python"


def ensure_venv(folder: Path) -> None:
    """Make the virtual environment, anew if it was made by another version of Python."""
    made_by = folder / "pyvenv.cfg"
    version = "version = {}.{}.".format(*sys.version_info)
    if python_of(folder).exists() and made_by.exists() and version in made_by.read_text(encoding="utf-8"):
        return
    print(f"making {folder} ...", file=sys.stderr)
    try:
        venv.create(folder, clear=True, symlinks=os.name != "nt", with_pip=True)
    except BaseException as error:  # an interruption too: half an environment would be taken for a whole one
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, subprocess.CalledProcessError):
            sys.exit("this Python cannot make a virtual environment (Debian, Ubuntu: apt install python3-venv)")
        raise


def install(folder: Path, names: Sequence[str], root: Path, call: Callable[[list[str]], int] = subprocess.call) -> None:
    """Install each requirements file below `root` whose content is not what was installed last."""
    for name in names:
        wanted = hashlib.sha256((root / name).read_bytes()).hexdigest()
        stamp = folder / f"installed-{name.replace('/', '-')}"
        if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
            continue
        print(f"installing {name}, a minute or so ...", file=sys.stderr)
        pip = [str(python_of(folder)), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        if call([*pip, "--require-hashes", "-r", str(root / name)]):
            sys.exit(f"could not install {name}: see above; nothing is lost, run the command again")
        stamp.write_text(wanted, encoding="ascii")


def command_line(command: str, rest: Sequence[str], argv: Sequence[str]) -> list[str]:
    """What runs in the virtual environment: pytest for the tests (all of them: on every core), else `app.cli`."""
    if command == "test":
        return ["-m", "pytest", *(rest or ["-n", "auto"])]
    return ["-m", "app.cli", *argv]


def become(arguments: list[str]) -> int:
    """Go on as `arguments`; on Windows, where a process cannot be replaced, as its parent."""
    if os.name != "nt":
        os.execv(arguments[0], arguments)
    try:
        return subprocess.call(arguments)
    except KeyboardInterrupt:  # the child got it too, and has ended
        return 130


def main(argv: Sequence[str]) -> int:
    """Set up and run one command; its exit status."""
    args = parse(argv)
    ensure_venv(VENV)
    install(VENV, ("requirements.txt", *NEEDS.get(args.command, ())), ROOT)
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["PYTHONUTF8"] = "1"  # Windows too
    if args.command == "test":
        os.chdir(ROOT)
    return become([str(python_of(VENV)), "-P", *command_line(args.command, args.rest, argv)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
