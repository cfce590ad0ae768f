import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from profiling.deep.project_files import ProjectFiles
from profiling.deep.py_spy import by_function, native, why_refused
from profiling.deep.run import DeepRun
from profiling.deep.stacks import read_stacks
from profiling.model import Tree

WriteFile = Callable[[str, str], Path]

HOT = """
    import json

    def dumps(n):
        return [json.dumps(i) for i in range(n)]

    def sorts(data):
        return sorted(data)
"""
RECORDED = """\
process 660:"python hot.py";<module> ({root}/hot.py:9);sorts ({root}/hot.py:8) 31
process 660:"python hot.py";<module> ({root}/hot.py:9);sorts ({root}/hot.py:8);munmap (/usr/lib/libc.so.6) 9
process 660:"python hot.py";dumps ({root}/hot.py:5);dumps (/lib/json/__init__.py:231);encode (/b/_json.c:1) 13
process 660:"python hot.py";dumps ({root}/hot.py:5);dumps (/lib/json/__init__.py:231) 5
process 660:"python hot.py";dumps ({root}/hot.py:5);find_spec (<frozen importlib._bootstrap>:9) 2
process 660:"python hot.py";dumps ({root}/hot.py:5);0x7f35 (/usr/lib/libc.so.6) 1
0x7f352fa4524a (/usr/lib/libc.so.6) 4
"""
RECORDER = """
import pathlib, sys
if "--version" in sys.argv:
    print("py-spy 0.4.3")
else:
    output = pathlib.Path(sys.argv[sys.argv.index("--output") + 1])
"""


@pytest.fixture
def deep_run(deep_run: Callable[..., DeepRun], tmp_path: Path) -> Callable[..., DeepRun]:
    """Make runs whose interpreter has no py-spy beside it, whatever ours has."""
    lone = tmp_path / "lone" / "bin" / "python"
    lone.parent.mkdir(parents=True)
    lone.symlink_to(Path(sys.executable).resolve())
    return partial(deep_run, executable=str(lone))


def test_samples_are_charged_to_the_innermost_project_function_and_the_c_function_on_top(
    tree: Tree, write: WriteFile, tmp_path: Path
) -> None:
    write("hot.py", HOT)
    path = tmp_path / "stacks.txt"
    path.write_text(RECORDED.format(root=tree.root.resolve()))

    sorts, dumps = by_function(read_stacks(path), ProjectFiles(tree=tree))

    assert (sorts.key.qualname, sorts.samples) == ("sorts", 40)
    assert [(each.name, each.file, each.samples) for each in sorts.natives] == [("munmap", "libc.so.6", 9)]
    assert (dumps.key.qualname, dumps.samples) == ("dumps", 21)
    assert [(each.name, each.samples) for each in dumps.natives] == [("encode", 13), ("(without a symbol)", 1)]


def test_without_py_spy_it_is_said_how_to_get_it(
    deep_run: Callable[..., DeepRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    run = deep_run()

    found, (note,) = native(run)

    assert found is None
    assert note.endswith("-m pip install py-spy")


def test_a_py_spy_that_is_denied_says_so(
    deep_run: Callable[..., DeepRun], program: Callable[[str, str], None], write: WriteFile
) -> None:
    write("bench.py", "pass\n")
    program("py-spy", RECORDER + "    sys.exit('Permission Denied: Try running again with elevated permissions')\n")

    found, (note,) = native(deep_run())

    assert found is None
    assert "wrote no output" in note
    assert "Permission Denied" in note
    assert "SYS_PTRACE" in note


def test_a_py_spy_that_writes_garbage_is_told(
    deep_run: Callable[..., DeepRun], program: Callable[[str, str], None], write: WriteFile
) -> None:
    write("bench.py", "pass\n")
    program("py-spy", RECORDER + "    output.write_bytes(bytes(range(256)))\n")

    found, (note,) = native(deep_run())

    assert found is None
    assert "holds no stack" in note


def test_a_py_spy_that_hangs_is_stopped(
    deep_run: Callable[..., DeepRun],
    program: Callable[[str, str], None],
    write: WriteFile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("profiling.deep.run._SHORTEST_LIMIT_S", 1.0)
    write("bench.py", "pass\n")
    program("py-spy", RECORDER + "    import time\n    time.sleep(60)\n")

    found, (note,) = native(deep_run())

    assert found is None
    assert "stopped at its time limit" in note


def test_what_py_spy_complains_of_is_told_without_the_backtrace_behind_it(
    deep_run: Callable[..., DeepRun], program: Callable[[str, str], None], write: WriteFile
) -> None:
    write("bench.py", "pass\n")
    program("py-spy", RECORDER + "    sys.exit('Error: No symbols\\n\\nStack backtrace:\\n   0: std::rt::main')\n")

    _, (note,) = native(deep_run())

    assert "it last said: No symbols)" in note


def test_few_samples_are_said_to_be_few(
    deep_run: Callable[..., DeepRun], program: Callable[[str, str], None], write: WriteFile, tree: Tree
) -> None:
    write("hot.py", HOT)
    write("bench.py", "pass\n")
    program("py-spy", RECORDER + f"    output.write_text('''{RECORDED.format(root=tree.root.resolve())}''')\n")

    found, notes = native(deep_run())

    assert found is not None
    assert (found.version, found.samples) == ("py-spy 0.4.3", 65)
    assert any("65 samples only" in note for note in notes)


@pytest.mark.parametrize(
    ("level", "capabilities", "is_child", "refused"),
    [
        ("0", "0", True, None),
        ("0", "0", False, None),
        ("1", "0", True, None),
        ("1", "0", False, "only the process that started it"),
        ("1", "80000", False, None),
        ("2", "80000", True, None),
        ("2", "0", True, "CAP_SYS_PTRACE"),
        ("3", "80000", True, "next boot"),
    ],
)
def test_the_system_s_refusal_is_read_from_its_settings(
    tmp_path: Path, level: str, capabilities: str, is_child: bool, refused: str | None
) -> None:
    scope, status = tmp_path / "ptrace_scope", tmp_path / "status"
    scope.write_text(f"{level}\n")
    status.write_text(f"Name:\tpython\nCapEff:\t{capabilities}\n")

    why = why_refused(scope, status, is_macos=False, is_child=is_child)

    assert why is None if refused is None else why is not None and refused in why


def test_a_system_without_that_setting_refuses_nothing(tmp_path: Path) -> None:
    assert why_refused(tmp_path / "none", tmp_path / "none", is_macos=False) is None
