"""Generated programs: they do the same when the garbage collector looks less often."""

import gc
import sys
import textwrap
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.recipes.collect_less import RECIPE
from tests.fakes.recipe_fuzzing import Program, assert_alike, rewritten_everywhere

GUARD = 'if __name__ == "__main__":'
PIECES = (
    "nodes = [Node() for _ in range(30)]",
    "a, b = Node(), Node()\na.next, b.next = b, a\ndel a, b",
    "found.append(sum(range(9)))",
    "for i in range(200):\n    kept = [kept, i]",
    "print(len(found))",
    "raise ValueError(found)",
    "found = {id(one): one for one in nodes}\nfound = sorted(map(repr, found.values()))",
)
HOSTILE = ("import gc\nprint(gc.get_threshold())", "import weakref\nfound.append(weakref)")
HEAD = """\
\"\"\"A program.\"\"\"


class Node:
    next = None

    def __repr__(self):
        return "Node()"


found, kept, nodes = [], None, []


"""


@st.composite
def programs(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))
    if draw(st.integers(0, 9)) == 9:
        pieces.append(draw(st.sampled_from(HOSTILE)))
    body = "\n".join([*pieces, "print(found, kept)"])
    return (
        f"{HEAD}def main():\n    global found, kept, nodes\n{textwrap.indent(body, '    ')}\n\n\n{GUARD}\n    main()\n"
    )


@pytest.fixture(autouse=True)
def _threshold() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def compared(cases: int) -> int:
    """Return in how many of so many programs, run as the main one, the collector was set; none of them differs."""
    applied = []

    @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(programs())
    def compare(source: str) -> None:
        after = rewritten_everywhere(RECIPE, source)
        applied.append(after is not None)
        if after is not None:
            assert_alike(*(Program(text.replace(GUARD, "if True:"), ()) for text in (source, after)))

    compare()
    sys.stdout.write(f"collect-less: applied in {sum(applied)} of {len(applied)} programs, none differs\n")
    return sum(applied)


def test_programs_do_the_same_when_garbage_is_collected_less_often() -> None:
    assert compared(16)


@pytest.mark.slow
def test_thousands_of_programs_do_the_same_when_garbage_is_collected_less_often() -> None:
    assert compared(2000) >= 1000
