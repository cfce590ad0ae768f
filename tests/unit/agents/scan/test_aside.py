import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.scan.aside import _blocks, aside

SCRIPT = """
import json, os, signal, sys
from agents.scan.aside import aside

home, killed = os.getpid(), sys.argv[2] == "killed"

def work(block):
    if killed and os.getpid() != home and block[0] == "20":
        os.kill(os.getpid(), signal.SIGKILL)
    return [int(item) ** 2 for item in block], os.getpid()

if __name__ == "__main__":
    items = [str(number) for number in range(100)]
    with aside(work, items, int(sys.argv[1])) as others:
        if sys.argv[2] == "late":
            while any(not one.done() for _, one in others._begun):
                pass
        found = list(others.results(work))
    print(json.dumps([sorted(n for part, _ in found for n in part), len({pid for _, pid in found} - {home})]))
"""
"""A process of its own: that of the tests may have threads, and then none is forked."""


def run(processes: int, how: str = "") -> tuple[list[int], int]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(processes), how], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    squares, others = json.loads(done.stdout)
    return squares, others


@pytest.mark.parametrize("how", ["", "late"])
@pytest.mark.parametrize("processes", [1, 2, 3])
def test_every_item_is_worked_on_once(processes: int, how: str) -> None:
    squares, others = run(processes, how)

    assert squares == [number * number for number in range(100)]
    assert others < processes
    if how == "late":
        assert (others > 0) is (processes > 1 and sys.platform == "linux")


@pytest.mark.parametrize("processes", [2, 3])
def test_what_a_killed_process_leaves_undone_is_done_here(processes: int) -> None:
    squares, _ = run(processes, "killed")

    assert squares == [number * number for number in range(100)]


def test_of_nothing_nothing_is_made() -> None:
    with aside(list, [], 1) as others:
        assert list(others.results(list)) == []


SCAN = """
import sys
from pathlib import Path
from pathlib import Path
from agents.scan import tree
from agents.scan.heat import Temperature
from profiling.model import Tree

tree._ALONE_BYTES = 0
root = Tree(root=Path(sys.argv[1]), import_roots=(".",), packages=(), source_paths=(".",))
wanted, told = tree.Wanted(unproven=True), []
if __name__ == "__main__":
    seen = [
        tree.scan_tree(root, wanted, Temperature(), processes=count, on_file=lambda *at: told.append(at))
        for count in (1, 2)
    ]
    print(seen[0] == seen[1], len(seen[0].findings), seen[0].waiting, told[0], told[-1])
"""


def test_a_scan_by_several_processes_finds_the_same(tmp_path: Path) -> None:
    body = "import re\n\ndef f(lines):\n    for line in lines:\n        re.match('a+', line)\n        print(line)\n"
    for number in range(40):
        (tmp_path / f"m{number}.py").write_text(f"import m{(number + 1) % 40}\n{body}")

    done = subprocess.run(
        [sys.executable, "-c", SCAN, str(tmp_path)], check=True, capture_output=True, text=True, timeout=60
    )

    assert done.stderr == ""
    assert done.stdout.split(maxsplit=3) == ["True", "40", "40", "(0, 40) (40, 40)\n"]


@given(st.lists(st.integers(0, 1000), max_size=60), st.integers(1, 20))
def test_blocks_hold_every_item_once_in_order_and_weigh_about_the_same(weights: list[int], wanted: int) -> None:
    items = [str(number) for number in range(len(weights))]

    blocks = _blocks(items, lambda item: weights[int(item)], wanted)

    assert [item for block in blocks for item in block] == items
    assert all(blocks)
    most = sum(weights) / wanted
    assert all(sum(weights[int(item)] for item in block[:-1]) < max(most, 1) for block in blocks)
    assert len(blocks) <= wanted + 1 or sum(weights) == 0
