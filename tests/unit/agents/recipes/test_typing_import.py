"""An import is left to type checkers only when nothing at run time could miss it."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.typing_import import RECIPE
from profiling.facts import Facts
from profiling.profile import ImportProfile
from tests.fakes.recipe_programs import profile_of, reason_of, rewritten, sites_of

FUTURE = "from __future__ import annotations\n\n"
PRICE = (
    FUTURE + "import decimal\nimport typing\n\n\ndef price(amount: decimal.Decimal) -> typing.Any:\n    return amount\n"
)


def with_more(more: str) -> str:
    return f"{PRICE}\n\n{more}\n"


@pytest.mark.parametrize(
    "more",
    [
        "def other():\n    return decimal.Decimal",
        "KEPT = decimal",
        "__all__ = ['decimal', 'price']",
        "import attr",
        "import pydantic",
        "from dataclasses import dataclass\n\n\n@dataclass\nclass Row:\n    held: decimal.Decimal",
        "class Row(typing.NamedTuple):\n    held: decimal.Decimal",
        "class Row(typing.TypedDict):\n    held: decimal.Decimal",
        "import lib\n\n\nclass Row(lib.Model):\n    held: decimal.Decimal",
        "import lib\n\n\n@lib.define\nclass Row:\n    def take(self, held: decimal.Decimal):\n        return held",
        "import lib\n\n\n@lib.command\ndef take(held: decimal.Decimal):\n    return held",
        "class Meta(type):\n    pass\n\n\nclass Row(metaclass=Meta):\n    held: decimal.Decimal",
        "def hints():\n    return typing.get_type_hints(price)",
        "def hints():\n    return price.__annotations__",
        "def hints(inspect):\n    return inspect.signature(price, eval_str=True)",
        "def take(held: 'decimal.Decimal'):\n    return held",
        "def take(held: int = decimal.MAX_PREC):\n    return held",
        "def doc():\n    '''Show.\n\n    >>> decimal.Decimal(1)\n    '''",
        "def all_names():\n    return globals()",
    ],
)
def test_whatever_may_need_the_name_keeps_the_import(more: str) -> None:
    assert rewritten(RECIPE, PRICE) is not None
    assert rewritten(RECIPE, with_more(more)) is None


@pytest.mark.parametrize(
    "more",
    [
        "class Row:\n    held: decimal.Decimal",
        "class Top:\n    pass\n\n\nclass Row(Top, ValueError):\n    held: decimal.Decimal",
        "import functools\n\n\n@functools.cache\ndef take(held: decimal.Decimal):\n    return held",
        "import dataclasses\n\n\n@dataclasses.dataclass\nclass Row:\n    def take(self, x: decimal.Decimal): ...",
        "def local(given):\n    found: decimal.Decimal = given\n    return found",
    ],
)
def test_annotations_that_nobody_evaluates_do_not(more: str) -> None:
    after = rewritten(RECIPE, with_more(more))
    assert after is not None
    assert "if typing.TYPE_CHECKING:\n    import decimal\n" in after


@pytest.mark.parametrize(
    "others",
    [
        {"readers": {"test_app.py": "from app import decimal\n"}},
        {"readers": {"test_app.py": "def test(m):\n    m.setattr('app.decimal', None)\n"}},
        {"readers": {"test_app.py": "from typing import get_type_hints\n\nget_type_hints(1)\n"}},
        {"readers": {"test_app.py": "from hypothesis import strategies\n"}},
        {"modules": {"decimal.py": "print('imported')\n"}},
        {"modules": {"other.py": "import app\n\napp.decimal.Decimal(1)\n"}},
    ],
)
def test_another_file_that_may_need_it_keeps_the_import(others: dict[str, dict[str, str]]) -> None:
    assert rewritten(RECIPE, PRICE, **others) is None


def test_without_postponed_annotations_or_with_the_name_too_late_the_import_stays() -> None:
    assert rewritten(RECIPE, PRICE.removeprefix(FUTURE)) is None
    late = PRICE.replace("import typing\n", "").replace("typing.Any", "int") + "\n\nfrom typing import TYPE_CHECKING\n"
    assert rewritten(RECIPE, late) is None


def test_a_module_without_typing_gets_it_above_the_block() -> None:
    after = rewritten(RECIPE, PRICE.replace("import typing\n", "import os\n").replace("typing.Any", "os.PathLike"))
    assert after is not None
    assert "import os\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import decimal\n" in after


def imported(module: str, line: int, seconds: float) -> ImportProfile:
    return ImportProfile(
        module=module,
        file=None,
        self_s=seconds,
        total_s=seconds,
        executed=False,
        importer_file="app.py",
        importer_line=line,
    )


def test_a_costly_import_is_chosen_and_a_cheap_one_not() -> None:
    (site,) = sites_of(RECIPE, PRICE)
    choice = RECIPE.choose(site, profile_of(imports=(imported("decimal", 3, 0.05),)), Facts())
    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(0.05)
    cheap = profile_of(imports=(imported("decimal", 3, 0.001),))
    assert "less than 2 ms" in reason_of(RECIPE.choose(site, cheap, Facts()))
    assert "nothing was imported" in reason_of(RECIPE.choose(site, profile_of(), Facts()))


def test_typing_is_not_imported_for_it_when_nothing_else_does() -> None:
    (site,) = sites_of(RECIPE, PRICE.replace("import typing\n", "").replace("typing.Any", "int"))
    alone = profile_of(imports=(imported("decimal", 3, 0.05),))
    assert "typing would have to be imported" in reason_of(RECIPE.choose(site, alone, Facts()))
    both = profile_of(imports=(imported("decimal", 3, 0.05), imported("typing", 9, 0.01)))
    assert isinstance(RECIPE.choose(site, both, Facts()), Choice)
