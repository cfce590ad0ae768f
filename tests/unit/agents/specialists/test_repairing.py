from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents.model import Edit, Finding, Patch, Proposal, Undone
from agents.specialists.repairing import repairs
from tests.fakes.experiments import draft

BEFORE = "def f(x):\n    return x + 1\n"
FOUND = Finding(
    severity="high",
    file="m.py",
    lines=(4, 5),
    confidence=0.8,
    claim="the cache on f has no bound",
    recommendation="give it a maxsize",
    check="unbounded cache",
)
Brief = Callable[..., Any]


@pytest.fixture
def brief(tmp_path: Path) -> Brief:
    """Return a function that makes the brief of an undone fix, which puts `new` in the place of the whole file."""
    (tmp_path / "m.py").write_text(BEFORE)

    def made(new: str, *findings: Finding) -> Any:
        patch = Patch(edits=(Edit(file="m.py", start=0, old=BEFORE, new=new),))
        proposal: Proposal = replace(draft().proposal, patch=patch, mechanism="It remembers.")
        return SimpleNamespace(
            undone=Undone(proposal=proposal, findings=findings or (FOUND,)), tree=SimpleNamespace(root=tmp_path)
        )

    return made


@pytest.mark.parametrize(
    ("new", "bounded"),
    [
        (
            "from functools import cache\n\n\n@cache\n",
            "from functools import lru_cache\n\n\n@lru_cache(maxsize=1024)\n",
        ),
        ("import functools\n\n\n@functools.cache\n", "import functools\n\n\n@functools.lru_cache(maxsize=1024)\n"),
        (
            "import functools\n\n\n@functools.lru_cache(None)\n",
            "import functools\n\n\n@functools.lru_cache(maxsize=1024)\n",
        ),
        (
            "from functools import lru_cache\n\n\n@lru_cache(maxsize=None)\n",
            "from functools import lru_cache\n\n\n@lru_cache(maxsize=1024)\n",
        ),
    ],
)
def test_a_cache_without_a_bound_gets_one_and_is_otherwise_the_same_fix(brief: Brief, new: str, bounded: str) -> None:
    (made,) = repairs(brief(f"{new}{BEFORE}"))
    assert made.patch.apply({"m.py": BEFORE}) == {"m.py": f"{bounded}{BEFORE}"}
    assert made.mechanism == "It remembers. At most 1024 values are kept."
    assert "the cache on f has no bound (m.py:4)" in made.risk


def test_where_something_else_was_found_no_rule_has_a_new_form(brief: Brief) -> None:
    new = f"from functools import cache\n\n\n@cache\n{BEFORE}"
    assert list(repairs(brief(new, FOUND, replace(FOUND, check="mutable cache")))) == []
    assert list(repairs(brief(new, replace(FOUND, check="")))) == []


def test_a_new_form_that_gives_reason_for_doubt_itself_is_not_offered(brief: Brief) -> None:
    new = "from functools import cache\n\n\n@cache\ndef f(x, y=0):\n    return x + 1\n"
    assert list(repairs(brief(new))) == []


def test_a_fix_without_a_cache_has_nothing_to_bound(brief: Brief) -> None:
    assert list(repairs(brief("def f(x):\n    return 1 + x\n"))) == []


def test_a_file_that_is_gone_gives_no_new_form(brief: Brief, tmp_path: Path) -> None:
    asked = brief(f"from functools import cache\n\n\n@cache\n{BEFORE}")
    (tmp_path / "m.py").unlink()
    assert list(repairs(asked)) == []
