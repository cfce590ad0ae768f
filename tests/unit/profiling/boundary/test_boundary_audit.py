from pathlib import Path
from typing import Any

import pytest

from agents.model import Candidate
from orchestrator.policy.boundary import may_break
from profiling.boundary.audit import Boundary, Line, boundaries, told
from profiling.facts import Facts
from profiling.formats.table import unified_targets_lines
from profiling.interactions.detect import detect
from profiling.model import Dimension, Domain, FunctionKey, Tree
from profiling.profile import LibraryShare
from profiling.targets import build
from tests.unit.profiling.interactions.conftest import Make

NARROW = "from lark import Parser\n\n\ndef f0(text):\n    return Parser(text).root\n"
KEY = FunctionKey(file="pkg/a.py", first_line=7, qualname="f0")


def profiled(seconds: float) -> Any:
    make = Make()
    return make.profile(
        make.function("f0", cpu_self_s=seconds, libraries=(LibraryShare(name="lark", cpu_s=seconds),)),
        make.body(cpu_self_s=0.5, libraries=(LibraryShare(name="lark", cpu_s=0.5),)),
    )


def audited(root: Path, seconds: float = 3.0, **files: str) -> Boundary:
    (root / "pkg").mkdir()
    for name, text in files.items():
        (root / "pkg" / f"{name}.py").write_text(text)
    tree = Tree(root=root, import_roots=(".",), packages=("pkg",), source_paths=("pkg",))
    profile = profiled(seconds)
    (found,) = boundaries(detect(profile, Facts()), profile, tree)
    return found


def test_a_narrow_hot_use_is_on_the_project_s_side_of_the_line_and_feasible(tmp_path: Path) -> None:
    found = audited(tmp_path, a=NARROW)
    assert (found.library, found.leading, found.functions, found.indirect) == ("lark", (KEY,), 1, 0)
    assert (found.line, found.objections) == (Line.REPLACE, ())
    assert found.text == (
        "not optimizable without modifying lark: 1 name of it at 1 place in 1 function, 1 used narrowly; line: replace"
        " (lark.Parser (called with 1 arguments, asked for root)); at most 30% of the CPU to gain: feasible"
    )


def test_what_is_used_elsewhere_in_a_wide_way_stays_with_the_library(tmp_path: Path) -> None:
    found = audited(tmp_path, a=NARROW, b="import lark\n\n\nclass Own(lark.Base):\n    pass\n")
    assert (found.line, found.functions) == (Line.HYBRID, 2)
    assert [one.name for one in found.replaced] == ["lark.Parser"]


@pytest.mark.parametrize(
    ("text", "objection"),
    [
        ("from lark import Parser\n\n\nclass f0(Parser):\n    pass\n", "nothing that is hot is used narrowly"),
        ("def f0(parser, text):\n    return parser.parse(text)\n", "nothing that is hot is used narrowly"),
        (
            NARROW + "".join(f"\n\ndef g{n}(x):\n    return Parser(x)\n" for n in range(9)),
            "10 functions use it, fewer than 10 are asked for",
        ),
    ],
)
def test_a_wide_a_hidden_and_a_scattered_use_are_not_feasible(tmp_path: Path, text: str, objection: str) -> None:
    found = audited(tmp_path, a=text)
    assert objection in found.objections
    assert f"not feasible ({objection})" in found.text


def test_a_share_that_is_not_worth_it_is_said(tmp_path: Path) -> None:
    assert audited(tmp_path, 1.8, a=NARROW).objections == ("18% of the CPU within reach, 20% are asked for",)


def test_files_that_can_not_be_read_and_links_out_of_the_tree_are_passed_over(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(NARROW)
    root = tmp_path / "tree"
    (root / "pkg").mkdir(parents=True)
    (root / "pkg" / "link.py").symlink_to(outside)
    (root / "pkg" / "bytes.py").write_bytes(b"\xff\xfe lark")
    tree = Tree(root=root, import_roots=(".",), packages=("pkg",), source_paths=("pkg",))
    profile = profiled(3.0)
    (found,) = boundaries(detect(profile, Facts()), profile, tree)
    assert found.names == ()


def test_the_audit_is_evidence_of_the_interaction_and_the_target_is_of_structure_and_cpu(tmp_path: Path) -> None:
    profile = profiled(3.0)
    detected = detect(profile, Facts())
    (one,) = told(detected, (audited(tmp_path, a=NARROW),))
    assert one.evidence[:2] == detected[0].evidence
    assert one.evidence[2].dimension is Dimension.IMPORT_S
    assert one.evidence[2].text.startswith("not optimizable without modifying lark")
    table = build(profile, (one,), frozenset(), editable=lambda _: True)
    target = next(each for each in table if each.key == KEY)
    assert set(target.domains) == {Domain.CPU, Domain.STRUCTURE}
    row = next(line for line in unified_targets_lines(table) if "f0" in line)
    assert "Structure\u00d7CPU" in row
    assert "(multi)" in row


def test_nobody_is_asked_to_leave_a_library_while_a_recipe_that_keeps_it_is_left_or_it_is_not_feasible(
    tmp_path: Path,
) -> None:
    found = audited(tmp_path, a=NARROW)
    recipe = Candidate(
        source="recipe:hoist-call",
        key=KEY,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        expected_share=0.1,
        confidence=0.5,
        place_digest="d",
    )
    assert may_break(found, (), KEY)
    assert not may_break(found, (recipe,), KEY)
    infeasible = Boundary(library="lark", leading=(KEY,), share=0.1, functions=1, names=found.names, indirect=0)
    assert not may_break(infeasible, (), KEY)
