from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.attach.joined import Tally, library_of, split
from profiling.attach.model import BusyPlace
from profiling.deep.project_files import ProjectFiles
from profiling.deep.source_lines import SourceLines
from profiling.deep.stacks import Frame, SampledStack, frame
from profiling.model import Tree

SHOP = """\
    import json

    def dumps(n):
        return [
            json.dumps(i)
            for i in range(n)
        ]

    def down(n):
        return down(n - 1) if n else dumps(3)
"""
MAIN = ('process 66:"python shop.py"', "thread (66): MainThread")
MakeTally = Callable[[], Tally]


@pytest.fixture
def make_tally(tmp_path: Path) -> MakeTally:
    (tmp_path / "shop.py").write_text(dedent(SHOP))
    tree = Tree(root=tmp_path, import_roots=(".",), packages=("shop",), source_paths=("shop.py",))
    return lambda: Tally(files=ProjectFiles(tree=tree), source=SourceLines(root=tmp_path), rate_hz=100)


def stack(*frames: str, count: int = 1, head: Sequence[str] = MAIN) -> SampledStack:
    return SampledStack(frames=(*head, *frames), count=count)


def test_samples_belong_to_the_innermost_project_function_its_line_and_the_library_below(
    make_tally: MakeTally, tmp_path: Path
) -> None:
    shop, tally = tmp_path / "shop.py", make_tally()

    tally.add_all(
        [
            stack(f"down ({shop}:10)", f"dumps ({shop}:5)", "encode (/usr/lib/python3.12/json/encoder.py:9)", count=7),
            stack(f"down ({shop}:10)", f"dumps ({shop}:6)", count=2),
            stack(f"down ({shop}:10)", count=1),
        ]
    )

    dumps, down = tally.functions()
    assert (dumps.key.qualname, dumps.samples, dumps.samples_total) == ("dumps", 9, 9)
    assert [(each.line, each.samples, each.text) for each in dumps.lines] == [
        (5, 7, "json.dumps(i)"),
        (6, 2, "for i in range(n)"),
    ]
    assert (down.key.qualname, down.samples, down.samples_total) == ("down", 1, 10)
    assert tally.libraries() == (BusyPlace(name="json", samples=7),)
    assert tally.samples == 10


def test_a_function_that_recurs_counts_once_a_sample_and_stands_once_on_the_stack(
    make_tally: MakeTally, tmp_path: Path
) -> None:
    tally, down = make_tally(), f"down ({tmp_path / 'shop.py'}:10)"

    tally.add_all([stack(down, down, down, count=4)])

    assert [(each.samples, each.samples_total) for each in tally.functions()] == [(4, 4)]
    (found,) = tally.stacks()
    assert [key.qualname for key in found.frames] == ["down"]
    assert (found.samples, found.cpu_s, found.thread) == (4, 0.04, "MainThread")


def test_what_no_project_function_called_is_told_apart(make_tally: MakeTally) -> None:
    tally = make_tally()

    tally.add_all(
        [stack("run (/v/lib/python3.12/site-packages/uvicorn/server.py:9)", "select (/v/loop.py:1)", count=3)]
    )

    assert tally.functions() == ()
    assert tally.elsewhere() == (BusyPlace(name="select (loop.py)", samples=3),)


def test_processes_and_threads_are_counted_children_too(make_tally: MakeTally, tmp_path: Path) -> None:
    tally, down = make_tally(), f"down ({tmp_path / 'shop.py'}:10)"
    child = (MAIN[0], 'process 67:"python child.py"', "thread (0x7F2A): worker")

    tally.add_all([stack(down), stack(down, head=child), stack(down, head=(MAIN[0], "thread (68): worker"))])

    assert (len(tally.processes), len(tally.threads)) == (2, 3)
    assert {each.thread for each in tally.stacks()} == {"MainThread", "worker"}


@pytest.mark.parametrize(
    ("file", "library"),
    [
        ("/usr/lib/python3.12/json/encoder.py", "json"),
        ("/usr/lib/python3.13t/threading.py", "threading"),
        ("/v/lib/python3.11/site-packages/numpy/core/x.py", "numpy"),
        ("<frozen importlib._bootstrap>", "importlib"),
        ("/home/me/other/thing.py", None),
        ("/usr/lib/libc.so.6", None),
        ("<string>", None),
    ],
)
def test_a_library_is_named_as_it_is_imported(file: str, library: str | None) -> None:
    assert library_of([Frame(name="f", file=file, line=1)]) == library


def test_a_stack_of_a_thread_without_frames_has_none(make_tally: MakeTally) -> None:
    tally = make_tally()

    tally.add_all([stack(count=2)])

    assert split(MAIN).frames == ()
    assert tally.elsewhere() == (BusyPlace(name="(no frame)", samples=2),)


@given(st.lists(st.text(max_size=40) | st.sampled_from(MAIN), max_size=8))
def test_any_stack_comes_apart_and_no_frame_is_lost(texts: list[str]) -> None:
    found = split(texts)

    assert found.frames == tuple(frame(text) for text in texts[len(texts) - len(found.frames) :])
    assert found.thread_name
