"""`optimize audit` as a process, and what runs the repository's code: `--calibrate`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import Finished, git

Optimize = Callable[..., Finished]

STRAY = """import threading
from shop.text import describe

def work():
    raise ValueError("lost in a thread")

thread = threading.Thread(target=work, name="worker-of-mine")
thread.start()
thread.join()
print(describe([f"w{n}" for n in range(4000)], ["a"] * 300))
"""
DECLARED = """
[tool.optimize.audit.microbenchmarks]
checksum = { setup = "from shop.text import checksum", statement = "checksum('abc')" }
"""


def many_functions() -> str:
    """Return a module of sixteen functions that each take a while, half of them with JSON."""
    lines = ["import json", ""]
    for number in range(16):
        dumped = "json.dumps(row)" if number % 2 else "row"
        lines += [
            f"def step{number}(row):",
            "    total = 0",
            f"    for value in row * {number + 4}:",
            "        total = (total * 31 + value) % 1000003",
            f"    return total, {dumped}",
            "",
        ]
    calls = [f"        step{number}(row)" for number in range(16)]
    return "\n".join([*lines, "def work():", "    row = list(range(60))", "    for _ in range(1500):", *calls, ""])


def folder_of(root: Path) -> Path:
    (folder,) = [path for path in (root / ".codeflash" / "audit").iterdir() if path.name[:1].isdigit()]
    return folder


def test_an_audit_leaves_the_source_and_git_alone(shop: Path, optimize: Optimize) -> None:
    before = (git(shop, "rev-parse", "HEAD"), (shop / "shop" / "text.py").read_text())
    done = optimize("audit", "-C", str(shop), "--entry", "shop.text.describe", "--tree")

    assert done.code == 0, done.err
    assert "├─ shop.text.unknown" in done.out
    assert (git(shop, "rev-parse", "HEAD"), (shop / "shop" / "text.py").read_text()) == before
    assert git(shop, "status", "--porcelain", "--", "shop", "bench.py", "tests") == ""
    assert "call_graph.dsl" in {path.name for path in folder_of(shop).iterdir()}


def test_what_can_not_be_audited_ends_with_a_message_and_two(shop: Path, optimize: Optimize) -> None:
    done = optimize("audit", "-C", str(shop), "--entry", "shop.text.descrbe")

    assert (done.code, done.out) == (2, "")
    assert "did you mean shop.text.describe" in done.err


BAD = {
    "syntax.py": b"def f(:\n",
    "latin.py": "x = 'größe'\n".encode("latin-1"),
    "wide.py": "x = 1\n".encode("utf-16"),
    "null.py": b"x = 1\0\n",
    "codec.py": b"# coding: no-such\nx = 1\n",
    "deep.py": b"x = " + b"(" * 5000 + b")" * 5000,
    "\x1b[31mred.py": b"def f(:\n",
}


def test_what_can_not_be_read_has_a_line_each_and_stops_nothing(shop: Path, optimize: Optimize) -> None:
    for name, data in BAD.items():
        (shop / "shop" / name).write_bytes(data)
    (shop / "shop" / "round").symlink_to(shop, target_is_directory=True)
    (shop / "shop" / "itself.py").symlink_to(shop / "shop" / "itself.py")
    (shop / "shop" / "surrogate.py").write_text('def f():\n    open("\\ud800")\n\n\nf()\n')

    for _ in range(2):
        done = optimize("audit", "-C", str(shop))

        assert done.code == 0, done.err
        for name in (*BAD, "itself.py"):
            shown = name.replace("\x1b", "\\x1b")
            assert len([line for line in done.out.splitlines() if line.startswith(f"  shop/{shown}: it ")]) == 1
        assert "\x1b" not in done.out
    assert "shop.surrogate.f" in (folder_of(shop) / "call_graph.dsl").read_text()


def test_a_test_is_audited_by_its_node_id(shop: Path, optimize: Optimize) -> None:
    done = optimize("audit", "-C", str(shop), "--json", "--action", "tests/test_text.py::Words::test_checksums_differ")

    assert done.code == 0, done.err
    assert "shop.text.checksum" in {one["name"] for one in json.loads(done.out)["actions"][0]["functions"]}


@pytest.mark.slow
def test_calibrating_runs_the_command_and_the_micro_benchmarks(shop: Path, optimize: Optimize) -> None:
    (shop / "pyproject.toml").write_text(DECLARED)
    done = optimize("audit", "-C", str(shop), "--entry", "bench", "--calibrate", "python bench.py")

    assert done.code == 0, done.err
    assert "are needed: profile a longer run" in done.out
    page = (folder_of(shop) / "micro_benchmarks.md").read_text()
    assert "6 processes" in page
    assert "| `shop.text.unknown` |" in (folder_of(shop) / "actions" / "bench.md").read_text()


@pytest.mark.slow
def test_weights_that_were_fitted_are_used_from_then_on(shop: Path, optimize: Optimize) -> None:
    (shop / "shop" / "many.py").write_text(many_functions())
    (shop / "bench.py").write_text("from shop.many import work\n\nwork()\n")
    first = optimize("audit", "-C", str(shop), "--entry", "bench", "--calibrate", "python bench.py", "--json")
    second = optimize("audit", "-C", str(shop), "--entry", "shop.many.work", "--json")

    assert (first.code, second.code) == (0, 0), first.err + second.err
    kept = json.loads((shop / ".codeflash" / "audit" / "calibration.json").read_text())
    told = json.loads(second.out)["calibration"]
    assert kept["functions"] >= 12
    assert told.startswith(f"weights fitted to `python bench.py` on Python {kept['python']}: {kept['functions']} func")
    assert json.loads(first.out)["calibration"] == told
    (action,) = json.loads(second.out)["actions"]
    weights = {op["weight"] for op in action["expensive_ops"] if op["callee"] == "json.dumps"}
    assert weights == {kept["weights"]["json_io"]}


@pytest.mark.slow
def test_a_profile_in_which_a_thread_died_is_marked_and_not_used(shop: Path, optimize: Optimize) -> None:
    (shop / "bench.py").write_text(STRAY)
    done = optimize("audit", "-C", str(shop), "--entry", "bench", "--calibrate", "python bench.py")

    assert done.code == 0, done.err
    assert "INSTRUMENTATION_CONTAMINATED" in done.out
    page = (folder_of(shop) / "errors.md").read_text()
    assert "INSTRUMENTATION_CONTAMINATED" in page
    assert "worker" in page
    assert "ValueError: lost in a thread" in page
    assert "Measured beside estimated" not in (folder_of(shop) / "actions" / "bench.md").read_text()
    assert not (shop / ".codeflash" / "audit" / "calibration.json").exists()
