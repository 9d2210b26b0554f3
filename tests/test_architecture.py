"""The floors of the house: a module imports only downward, and never inside a function."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: From the ground up. A module may import from its own floor and those below.
FLOORS = ["app.rules", "app.late", "models", "app.extensions", "app.texts", "app.services", "app.jobs", "app.console",
          "views", "app.factory"]  # fmt: skip
#: Words of the domain that the engine must not know.
DOMAIN = {"case", "client", "patent", "annuity", "applicant", "inventor", "invoice"}

#: The Chinese that it knows: yes and no, nothing, dates and numbers, the lines below a list.
GENERIC = {
    "是", "否", "有效", "无效", "无", "暂无", "空", "待定", "未定", "不详", "等", "英文", "日", "日期", "年月日",
    "时间", "号", "号码", "编号", "合", "计", "总", "小", "共", "总数", "件项条元", "备", "注", "附", "说明", "制表",
    "填表", "审核", "复核", "批准", "负责人", "经办", "来源", "数据来源", "例如", "示例", "样例",
}  # fmt: skip
#: What is longer is no word but a table of characters.
LONGEST_WORD = 12


def modules() -> list[Path]:
    """Every module of the product."""
    return [p for folder in ("app", "models", "views") for p in sorted((ROOT / folder).rglob("*.py"))]


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def floor_of(name: str) -> int | None:
    """The number of a module's floor; None for what lies outside."""
    fits = [i for i, floor in enumerate(FLOORS) if name == floor or name.startswith(floor + ".")]
    return fits[0] if fits else None


def imports(tree: ast.AST) -> set[str]:
    """The dotted names a module imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_downward(path: Path) -> None:
    own = floor_of(name_of(path))
    if own is None:
        return
    above = {i for i in imports(ast.parse(path.read_text(encoding="utf-8"))) if (floor_of(i) or 0) > own}
    assert not above, f"{name_of(path)} reaches up to {sorted(above)}"


@pytest.mark.parametrize(
    "path", [*modules(), ROOT / "run.py", ROOT / "config.py"], ids=lambda p: str(p.relative_to(ROOT))
)
def test_no_import_inside_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    inner = [
        f"{f.name}:{n.lineno}" for f in functions for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)
    ]
    assert not inner


def test_only_libraries_are_imported_late() -> None:
    """A module of ours imported at its first use would escape the floors."""
    tree = ast.parse((ROOT / "app" / "late.py").read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Late"]
    late = {n.args[0].value.split(".")[0] for n in calls if isinstance(n.args[0], ast.Constant)}
    typed = {name.split(".")[0] for name in imports(tree)} - sys.stdlib_module_names
    assert typed <= late, "what is imported for the types only is imported late"
    assert not late & {"app", "config", "models", "seed", "translations", "views"}


def test_modules_are_imported_by_name_in_one_place() -> None:
    """Elsewhere it could reach any floor."""
    found = [p for p in modules() if "importlib.import_module" in imports(ast.parse(p.read_text(encoding="utf-8")))]
    assert [name_of(p) for p in found] == ["app.late"]


def test_no_start_waits_for_a_pattern_of_all_chinese_signs() -> None:
    """Python 3.11 goes through them one by one: such a pattern stays a text, which `re` compiles at its first use."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in modules()]
    calls = [ast.unparse(node) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    compiled = [call for call in calls if call.startswith("re.compile(")]
    assert compiled
    assert not [call for call in compiled if "9fff" in call or "_HAN" in call]


@pytest.mark.parametrize("path", sorted((ROOT / "app" / "rules").glob("*.py")), ids=lambda p: p.name)
def test_rules_know_neither_web_nor_database(path: Path) -> None:
    roots = {i.split(".")[0] for i in imports(ast.parse(path.read_text(encoding="utf-8")))}
    assert not roots & {"flask", "flask_babel", "sqlalchemy", "flask_appbuilder", "wtforms", "models", "views"}


@pytest.mark.parametrize("path", sorted((ROOT / "app" / "services").glob("*.py")), ids=lambda p: p.name)
def test_services_never_see_a_request(path: Path) -> None:
    names = imports(ast.parse(path.read_text(encoding="utf-8")))
    assert not {n for n in names if n in ("flask.request", "flask.g", "flask.session", "flask_login.current_user")}


@pytest.mark.parametrize("path", sorted((ROOT / "app" / "console").rglob("*.py")), ids=lambda p: p.name)
def test_the_engine_names_no_domain(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {n.id.lower() for n in ast.walk(tree) if isinstance(n, ast.Name)}
    names |= {n.name.lower() for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    assert not names & DOMAIN


@pytest.mark.parametrize("path", sorted((ROOT / "app" / "console").rglob("*.py")), ids=lambda p: p.name)
def test_the_engine_reads_no_words_of_a_domain(path: Path) -> None:
    """Chinese in its sources is what spreadsheets and offices of any trade write; a table declares its own words."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in prose]
    words = {word for text in texts if isinstance(text, str) for word in re.findall("[\u4e00-\u9fff]+", text)}
    assert {word for word in words if len(word) <= LONGEST_WORD} <= GENERIC


def test_texts_come_from_one_place() -> None:
    """app/texts.py looks a text up once a process; Flask-Babel's own gettext looks for the catalog at every word."""
    found = [p for p in modules() if "flask_babel.gettext" in imports(ast.parse(p.read_text(encoding="utf-8")))]
    assert [name_of(p) for p in found if p.name != "texts.py"] == []


def test_commits_happen_in_one_place() -> None:
    """A commit outside the unit of work would save half of something."""
    allowed = {"unit_of_work.py"}
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "commit"
                and path.name not in allowed
            ):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found


def test_the_server_knows_every_kind_of_job() -> None:
    """Asked of a fresh process: this one has loaded what other tests needed."""
    declared = sum(path.read_text("utf-8").count("\n@job(") for path in (ROOT / "app").rglob("*.py"))
    asked = "import app.factory; from app.jobs import runner; print(len(runner._HANDLERS))"
    told = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(told.stdout) == declared
