"""The data of the benchmarks: the invented cases, clients and tasks of a large agency, in a SQLite file made once."""

import hashlib
import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Connection, func, insert, select, update

from app.extensions import db
from app.factory import create_app
from app.rules.application_number import PatentType, check_digit
from app.rules.case import CaseStatus, CaseType
from app.rules.organization import UserType
from app.rules.party import ClientNature, ClientReview
from app.rules.task import TaskSource, TaskStatus
from app.services import setup
from app.services.ledger import initials
from models.case import Case, CaseApplicant
from models.party import Applicant, Client
from models.task import Task

ROOT = Path(__file__).resolve().parents[1]
FIRST_DAY, LAST_DAY = date(2005, 1, 4), date(2026, 11, 20)
WRITTEN = datetime(2026, 11, 20, 8)
CASES_PER_CLIENT = 5
TASKS_PER_CASE = 3
STAFF = 30
BATCH = 5_000

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华玉兰建国文斌宇浩然轩欣怡晨曦志远"
PLACES = "北京 上海 深圳 广州 杭州 南京 苏州 武汉 成都 重庆 西安 长沙 青岛 合肥".split()
BRANDS = "华中海天恒盛瑞达信诚科创宏远金星银河博宇晶锐联众新锋力源智汇安泰"
TRADES = "电子科技 生物医药 新能源 精密机械 智能装备 化工材料 通信技术 半导体 医疗器械 环保工程".split()
FORMS = "有限公司 股份有限公司 集团有限公司 研究院 大学".split()
MANNERS = ["", *"新型 高效 可调节的 便携式 多功能 低功耗 基于深度学习的 面向工业互联网的".split()]
THINGS = """锂离子电池 图像识别 数据传输 污水处理 光伏组件 半导体封装 机械臂 药物组合物 车辆制动 显示面板 无线充电 复合材料
    空气净化 传感器 齿轮箱 语音交互 燃料电池 激光焊接 物流分拣 医用导管""".split()
ENDS = "方法 装置 系统 设备及其控制方法 方法、装置、电子设备及存储介质 结构 制备方法及其应用".split()
TASK_NAMES = "答复审查意见 缴纳申请费 提交实质审查请求 缴纳年费 办理登记手续 撰写申请文件 客户确认".split()
IPC = ("H01M10/0525", "G06V10/82", "H04L67/12", "C02F9/00", "H02S40/42", "H01L23/31", "B25J9/16", "A61K31/155")
ABSTRACT = """本申请公开了{0}，涉及{1}技术领域。通过获取{1}的状态数据并据此确定控制参数，减少人工干预，提高稳定性，
    降低成本，易于推广。"""
TYPES = (PatentType.INVENTION, PatentType.UTILITY_MODEL, PatentType.DESIGN)

Row = dict[str, Any]


def build(folder: Path, cases: int) -> Path:
    """An installation with so many cases in a folder below `folder`; made on the first call."""
    place = folder / f"{cases}-{mark()}"
    ready = place / "ready"
    if not ready.exists():
        for left in place.glob("patentdesk.sqlite3*"):  # of an attempt that was stopped
            left.unlink()
        app = application(place)
        setup.prepare(app)
        with app.app_context():
            with db.engine.begin() as connection:
                fill(connection, cases)
            db.engine.dispose()
        ready.touch()
    return place


def application(place: Path) -> Flask:
    """The product on one of these folders."""
    address = f"sqlite:///{database(place).as_posix()}"
    return create_app({"DATA_DIR": place, "SQLALCHEMY_DATABASE_URI": address, "RATELIMIT_ENABLED": False})


def database(place: Path) -> Path:
    """The SQLite file of one of these folders."""
    return place / "patentdesk.sqlite3"


def mark() -> str:
    """What the data depend on; where it changes they are built anew."""
    found = hashlib.sha256(Path(__file__).read_bytes())
    for file in sorted((ROOT / "migrations" / "versions").glob("*.py")):
        found.update(file.read_bytes())
    return found.hexdigest()[:10]


def fill(connection: Connection, cases: int) -> None:
    """Insert everything, the same at every run."""
    dice = random.Random(20261121)
    clients = max(cases // CASES_PER_CLIENT, 1)
    connection.execute(update(User).values(must_change_password=False))
    first = connection.execute(select(func.max(User.id))).scalar_one() + 1
    staff = range(first, first + STAFF)
    insert_all(connection, User, people(dice, staff))
    insert_all(connection, Client, make_clients(dice, clients, staff))
    insert_all(connection, Applicant, make_applicants(dice, clients))
    insert_all(connection, Case, make_cases(dice, cases, clients, staff))
    insert_all(connection, CaseApplicant, make_parties(dice, cases, clients))
    insert_all(connection, Task, make_tasks(dice, cases, staff))


def insert_all(connection: Connection, model: type, rows: Iterable[Row]) -> None:
    """Insert rows that all have the same columns, some thousand at a time."""
    rows = iter(rows)
    while part := list(islice(rows, BATCH)):
        connection.execute(insert(model.__table__), part)


def stamped(**values: Any) -> Row:
    """A row with what every table has."""
    return {"version": 1, "created_at": WRITTEN, "updated_at": WRITTEN} | values


@cache
def short(text: str) -> str:
    """Pinyin initials of one building block of a name."""
    return initials(text)


def person(dice: random.Random) -> str:
    """A name of a person."""
    return dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))


def firm(dice: random.Random) -> tuple[str, str, str]:
    """Short name, full name and initials of a company."""
    parts = (dice.choice(PLACES), "".join(dice.sample(BRANDS, 2)), dice.choice(TRADES), dice.choice(FORMS))
    return parts[0] + parts[1], "".join(parts), "".join(map(short, (parts[0], *parts[1], parts[2], parts[3])))


def people(dice: random.Random, ids: range) -> Iterator[Row]:
    """The staff of the agency."""
    for i in ids:
        name = person(dice)
        yield stamped(id=i, first_name=name, last_name="", username=f"staff{i}", active=True,
                      user_type=UserType.ATTORNEY, pinyin=initials(name))  # fmt: skip


def make_clients(dice: random.Random, count: int, staff: range) -> Iterator[Row]:
    """The clients, most of them reviewed."""
    for i in range(1, count + 1):
        brand, name, pinyin = firm(dice)
        yield stamped(
            id=i, client_no=f"C{i:06d}", name=name, short_name=f"{brand}{i}", pinyin=pinyin[:200],
            phone=f"010-{dice.randrange(10**8):08d}", nature=dice.choice(list(ClientNature)),
            registered_by_id=dice.choice(staff), registered_on=day(dice, i / count),
            review_status=ClientReview.PENDING if i % 50 == 0 else ClientReview.REVIEWED,
        )  # fmt: skip


def make_applicants(dice: random.Random, count: int) -> Iterator[Row]:
    """One applicant for each client."""
    for i in range(1, count + 1):
        _brand, name, pinyin = firm(dice)
        yield stamped(id=i, client_id=i, name=f"{name}{i}", pinyin=pinyin[:200], address=f"科技路{i}号")


def day(dice: random.Random, share: float) -> date:
    """A day about so far between the first and the last."""
    span = (LAST_DAY - FIRST_DAY).days
    return FIRST_DAY + timedelta(days=min(max(int(span * share) + dice.randint(-200, 200), 0), span))


def make_cases(dice: random.Random, count: int, clients: int, staff: range) -> Iterator[Row]:
    """The cases, older ones first; one in twenty belongs to no client, one in ten has no application number yet."""
    statuses, weights = list(CaseStatus), [3, 2, 10, 3, 5, 2, 2, 5, 28, 25, 1, 13, 1]
    for i in range(1, count + 1):
        kind = dice.choices(TYPES, (55, 35, 10))[0]
        manner, thing, end = dice.choice(MANNERS), dice.choice(THINGS), dice.choice(ENDS)
        title = f"一种{manner}{thing}{end}"
        opened = day(dice, i / count)
        filed = min(opened + timedelta(days=dice.randint(5, 120)), LAST_DAY) if dice.random() < 0.9 else None
        body = f"{filed.year}{TYPES.index(kind) + 1}{i % 10_000_000:07d}" if filed else ""
        status = dice.choices(statuses, weights)[0]
        granted = filed + timedelta(days=dice.randint(200, 1200)) if filed and status is CaseStatus.GRANTED else None
        yield stamped(
            id=i, our_ref=f"P{opened:%y}{i:07d}", case_no=f"N{i:07d}", client_ref=f"KH-{i}", title=title,
            case_type=dice.choices(list(CaseType)[:4], (85, 4, 8, 3))[0], patent_type=kind, status=status,
            client_id=None if i % 20 == 0 else dice.randint(1, clients),
            pinyin=short("一种") + short(manner) + short(thing) + short(end),
            app_no=f"{body}.{check_digit(body)}" if body else None, filing_date=filed, grant_date=granted,
            applicant_names=firm(dice)[1], inventor_names="、".join(person(dice) for _n in range(dice.randint(1, 4))),
            main_ipc=dice.choice(IPC), abstract=ABSTRACT.format(title, thing), handler_id=dice.choice(staff),
            first_attorney_id=dice.choice(staff), opened_by_id=dice.choice(staff), opened_on=opened,
            created_by_id=1, updated_by_id=1,
        )  # fmt: skip


def make_parties(dice: random.Random, count: int, applicants: int) -> Iterator[Row]:
    """One applicant for each case."""
    for i in range(1, count + 1):
        yield stamped(id=i, case_id=i, applicant_id=dice.randint(1, applicants), position=1, is_first=True,
                      is_representative=False)  # fmt: skip


def make_tasks(dice: random.Random, cases: int, staff: range) -> Iterator[Row]:
    """The tasks, a few for each case, most of them done."""
    for i in range(1, cases * TASKS_PER_CASE + 1):
        due = day(dice, i / (cases * TASKS_PER_CASE))
        status = dice.choices((TaskStatus.OPEN, TaskStatus.IN_PROGRESS, TaskStatus.DONE), (15, 10, 75))[0]
        yield stamped(
            id=i, case_id=(i - 1) // TASKS_PER_CASE + 1, name=dice.choice(TASK_NAMES), source=TaskSource.AUTOMATIC,
            assignee_id=dice.choice(staff), hard_deadline=due, internal_deadline=due - timedelta(days=7),
            remind_on=due - timedelta(days=30), status=status, cleared=False, void=False, created_by_id=1,
        )  # fmt: skip
