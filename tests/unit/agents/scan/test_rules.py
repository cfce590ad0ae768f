import json.decoder
import sysconfig
from pathlib import Path

import pytest

from agents.recipes.project import Module, parse
from agents.scan.advice import remarks, scan
from agents.scan.catalogue import RULES
from agents.scan.model import Example, Rule
from profiling.model import FunctionKey, Tree

EXAMPLES = [(rule, example) for rule in RULES for example in rule.examples]


def module(text: str) -> Module:
    return parse(text, "mod.py", "mod")


def titled(value: object) -> str:
    return value.id if isinstance(value, Rule) else ("finds" if getattr(value, "lines", ()) else "passes")


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=titled)
def test_a_rule_remarks_on_exactly_the_lines_of_its_examples(rule: Rule, example: Example) -> None:
    assert tuple(place.line for place in rule.find(module(example.source))) == example.lines


@pytest.mark.parametrize("rule", RULES, ids=titled)
def test_every_rule_shows_what_it_finds_and_what_it_passes_over(rule: Rule) -> None:
    assert {bool(example.lines) for example in rule.examples} == {True, False}


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_a_remark_is_laid_to_the_innermost_function_with_its_key() -> None:
    text = "class A:\n    @made\n    def f(self, a: list):\n        for x in self:\n            a.remove(x)\n"
    (found,) = scan(module(text))
    assert found.key == FunctionKey(file="mod.py", first_line=2, qualname="A.f")
    assert found.text.startswith("`a.remove(…)` in a loop at mod.py:5: keep a set")


def test_what_a_nested_function_does_is_not_repeated_by_the_loop_around_its_definition() -> None:
    assert not list(scan(module("def f(a):\n    for x in a:\n        def g():\n            return a.index(x)\n")))


def test_the_iterable_of_a_loop_is_asked_for_once() -> None:
    assert not list(scan(module("def f(a):\n    for line in open(a):\n        g(line)\n    [x for x in open(a)]\n")))


def test_only_the_functions_asked_for_are_remarked_on_in_their_order(tmp_path: Path) -> None:
    text = "def {name}(a):\n    for x in a:\n        print(x)\n"
    for file in ("one.py", "two.py"):
        (tmp_path / file).write_text("\n\n".join(text.format(name=name) for name in ("hot", "cold")))
    tree = Tree(root=tmp_path, import_roots=(".",), packages=(), source_paths=(".",))
    keys = [FunctionKey(file=file, first_line=1, qualname="hot") for file in ("two.py", "one.py", "gone.py")]
    assert [remark.key for remark in remarks(tree, keys)] == keys[:2]


def test_a_file_outside_of_the_tree_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("def f(a):\n    for x in a:\n        print(x)\n")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "link.py").symlink_to(tmp_path / "secret.py")
    tree = Tree(root=tmp_path / "tree", import_roots=(".",), packages=(), source_paths=(".",))
    keys = [FunctionKey(file=file, first_line=1, qualname="f") for file in ("../secret.py", "link.py")]
    assert remarks(tree, keys) == ()


def test_real_files_are_scanned_with_the_same_remarks_each_time() -> None:
    folder = Path(sysconfig.get_paths()["stdlib"]) / "email"
    found = []
    for path in [*sorted(folder.glob("*.py")), Path(json.decoder.__file__)]:
        parsed = parse(path.read_text(), path.name, path.stem)
        found.append([remark.text for remark in scan(parsed)])
        assert found[-1] == [remark.text for remark in scan(parse(parsed.text, path.name, path.stem))]
    assert any(found)
