"""Where one name of a list ends and the next begins."""

import pytest

from app.rules.name_list import clean_name_list, is_unsure, split_applicants, split_inventors


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("张三;李四等", ["张三", "李四"]), ("甲公司等3人", ["甲公司等3人"]), ("王小等", ["王小等"]),
        ("甲公司；乙大学等3人", ["甲公司", "乙大学"]),
        ("1.张三 2.李四 3.王五", ["张三", "李四", "王五"]), ("1.张三", ["张三"]), ("①张三", ["张三"]),
        ("1、甲公司；2、乙大学", ["甲公司", "乙大学"]), ("①张三②李四", ["张三", "李四"]),
        ("1、3M公司；2、乙大学", ["3M公司", "乙大学"]), ("[1]张三 [2]李四", ["张三", "李四"]),
        ("58.com Inc", ["58.com Inc"]), ("1.com", ["1.com"]), ("5、10元店", ["5、10元店"]),
        ("2、乙大学", ["2、乙大学"]), ("甲公司；5、10元店", ["甲公司", "5、10元店"]),
        ("1.张三 3.李四", ["1.张三 3.李四"]),
        ("张三 李四", ["张三", "李四"]), ("张三 李小明等", ["张三", "李小明"]), ("欧阳明 李四", ["欧阳明", "李四"]),
        ("欧阳 小明", ["欧阳 小明"]), ("欧阳 李明", ["欧阳 李明"]), ("张  三;李 四", ["张三", "李四"]),
        ("约翰 史密斯", ["约翰 史密斯"]), ("买买提 吐尔逊", ["买买提 吐尔逊"]), ("张三 约翰逊", ["张三 约翰逊"]),
        ("甲公司 / 乙大学", ["甲公司", "乙大学"]), ("中国科学院 计算技术研究所", ["中国科学院 计算技术研究所"]),
        ("Foo Co., Ltd.", ["Foo Co., Ltd."]), ("A/S Foo", ["A/S Foo"]), ("3M公司", ["3M公司"]),
        ("甲公司(2)", ["甲公司(2)"]),
        ("张三（北京）；无", ["张三（北京）"]), ("—", []), ("张三;—;等", ["张三"]),
    ],
)  # fmt: skip
def test_people_are_told_from_numbers_and_signs(cell: str, names: list[str]) -> None:
    assert split_inventors(cell) == names


@pytest.mark.parametrize("cell", ["华为 技术", "北京 大学", "张三 李四", "约翰 史密斯", "中国科学院 计算技术研究所"])
def test_blanks_never_divide_applicants(cell: str) -> None:
    assert split_applicants(cell) == [cell]
    assert is_unsure([cell])


@pytest.mark.parametrize(
    ("cell", "unsure"),
    [
        ("约翰 史密斯", True), ("王小等", True), ("甲公司等3人", True), ("5、10元店", True), ("1.张三 3.李四", True),
        ("张三 李四", False), ("欧阳 小明", False), ("甲公司", False), ("约翰 史密斯;李四", False), ("", False),
    ],
)  # fmt: skip
def test_what_may_be_several_names_is_told(cell: str, unsure: bool) -> None:
    assert is_unsure(split_inventors(cell)) is unsure


def test_names_are_joined_by_semicolons() -> None:
    assert clean_name_list("高杰;于志光;") == ("高杰；于志光", [])
