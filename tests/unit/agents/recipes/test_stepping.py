"""What an iterator may do is known only where nothing it mentions, however far down, looks at a file."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes.stepping import steps_are_blind
from tests.fakes.recipe_programs import project_of

LAZY = (
    "def rows(given):\n    for one in given:\n        yield {0}(one)\n",
    "class Rows:\n    def __iter__(self):\n        return {0}(self)\n",
    "class Rows:\n    def __next__(self):\n        return self.{0}\n",
    "class Rows:\n    def __getitem__(self, one):\n        return [{0}(one)]\n",
    "def rows(given):\n    return ({0}(one) for one in given)\n",
    "def rows(given):\n    return map({0}, given)\n",
    "def rows(given):\n    return iter(lambda: {0}(given), None)\n",
)
WATCHING = ("open(one)", "one.read_text()", "one.stat().st_size", "print(one)", "os.path.getsize(one)", "one.wait()")


@pytest.mark.parametrize("lazy", LAZY)
@settings(max_examples=6, deadline=None)
@given(names=st.lists(st.sampled_from("abcdef"), unique=True, min_size=1), watching=st.sampled_from(WATCHING))
def test_what_is_mentioned_however_far_down_counts(lazy: str, names: list[str], watching: str) -> None:
    def chain(last: str) -> str:
        bodies = [*(f"{name}(one)" for name in names[1:]), last]
        return "".join(f"def {name}(one):\n    return {body}\n" for name, body in zip(names, bodies, strict=True))

    source = lazy.format(names[0])

    assert not steps_are_blind(project_of(source + chain(watching)))
    assert steps_are_blind(project_of(source + chain("len(one)")))


def test_functions_that_no_iterator_mentions_may_do_anything() -> None:
    assert steps_are_blind(project_of("def show(path):\n    print(open(path).read())\n"))


def test_generators_of_other_files_count() -> None:
    reading = "def rows(path):\n    with open(path) as file:\n        yield from file\n"

    assert not steps_are_blind(project_of("", modules={"other.py": reading}))
