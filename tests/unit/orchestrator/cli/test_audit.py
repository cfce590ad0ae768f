import contextlib
import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.cli.audit import audit
from orchestrator.errors import NotWritable, SettingsError, UsageError
from profiling.audit.auditor import MOST_ACTIONS
from profiling.audit.calibration import Calibration, write
from profiling.audit.dsl.read import parse
from profiling.audit.model import Action, CostClass, FunctionNode

APP = """
import json


class Box:
    def __init__(self):
        self.history = []

    def add(self, value):
        self.history.append(value)
        return json.dumps(value)


def fill(handler):
    box = Box()
    for value in range(1000):
        box.add([value])
    return getattr(box, handler())()


def main():
    return fill(lambda: "history")


if __name__ == "__main__":
    main()
"""
PYPROJECT = """
[project]
name = "shop"
[project.scripts]
shop = "shop.app:main"
[tool.optimize.audit.actions]
filling = { entry = ["shop.app.fill"], description = "fills a box" }
broken = "shop.app.nowhere"
"""
Run = Callable[..., Result]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "shop").mkdir(parents=True)
    (root / "shop" / "__init__.py").touch()
    (root / "shop" / "app.py").write_text(APP)
    (root / "pyproject.toml").write_text(PYPROJECT)
    for command in (
        ("init", "-q", "-b", "main"),
        ("config", "user.name", "Someone"),
        ("config", "user.email", "someone@localhost"),
        ("add", "-A"),
        ("commit", "-q", "-m", "a shop"),
    ):
        subprocess.run(("git", *command), cwd=root, check=True)
    return root


@pytest.fixture
def run(shop: Path) -> Run:
    """Run the command on the shop; what it raises, the test gets."""

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(audit, ["-C", str(shop), *arguments], catch_exceptions=False, standalone_mode=False)

    return call


def keep_calibration(root: Path) -> None:
    fitted = Calibration(
        tree_id="t",
        command="python bench.py",
        python="3.12.1",
        weights={CostClass.JSON_IO: 4321.0},
        node_ns=10.0,
        library_ns=100.0,
        unknown_bound=1.0,
        functions=20,
        residuals=(),
        spread=0.5,
        rank_correlation=0.9,
    )
    write(fitted, root / ".codeflash" / "audit" / "calibration.json")


def day_of(root: Path) -> str:
    """Return the day of the only audit of a repository."""
    (folder,) = [path for path in (root / ".codeflash" / "audit").iterdir() if path.is_dir()]
    return date.fromisoformat(folder.name).isoformat()


def as_json(found: Result) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(found.stdout)
    return whole


def folder_of(shop: Path) -> Path:
    (folder,) = [path for path in (shop / ".codeflash" / "audit").iterdir() if path.name[:1].isdigit()]
    return folder


def test_all_actions_are_audited_written_and_summed_up(run: Run, shop: Path) -> None:
    printed = run().stdout

    assert "filling" in printed
    assert "shop.app.nowhere" in printed
    assert (folder_of(shop) / "actions" / "filling.tree").is_file()
    assert "fills a box" in (folder_of(shop) / "summary.md").read_text()
    ignored = subprocess.run(("git", "status", "--porcelain"), cwd=shop, capture_output=True, text=True, check=True)
    assert ignored.stdout.split() == ["??", ".codeflash/"]


def test_what_an_action_reaches_costs_changes_and_leaves_unknown_is_told(run: Run) -> None:
    (action,) = as_json(run("--json", "--action", "filling"))["actions"]

    reached = {function["name"]: function["depth"] for function in action["functions"]}
    assert (reached["shop.app.fill"], reached["shop.app.Box.add"]) == (0, 1)
    dumps = next(op for op in action["expensive_ops"] if op["callee"] == "json.dumps")
    assert dumps["class"] == "json_io"
    assert ("self.history", "container_mutate") in {(one["target"], one["kind"]) for one in action["state_mutations"]}
    assert ("shop.app.fill", 18) in {(call["caller"], call["line"]) for call in action["unresolved_calls"]}
    assert action["total_load_estimate"] >= 1000 * 150


def test_an_entry_can_be_the_end_of_a_name(run: Run) -> None:
    (action,) = as_json(run("--json", "--entry", "Box.add"))["actions"]

    assert action["entry_points"] == ["shop.app.Box.add"]


def test_the_renderings_asked_for_are_printed_instead_of_the_summary(run: Run) -> None:
    printed = run("--action=filling", "--tree", "--mermaid", "--markdown").stdout

    assert "└─ " in printed
    assert "flowchart LR" in printed
    assert "# filling" in printed
    assert "[audit]" not in printed


def test_the_postfix_language_is_printed_so_that_it_can_be_read(run: Run) -> None:
    records = list(parse(run("--action=filling", "--dsl").stdout))

    assert [record.name for record in records if isinstance(record, Action)] == ["filling"]
    assert "shop.app.fill" in {record.name for record in records if isinstance(record, FunctionNode)}


def test_depth_ends_the_walk(run: Run) -> None:
    (action,) = as_json(run("--json", "--entry=main", "--depth=1"))["actions"]

    assert "shop.app.Box.add" not in {function["name"] for function in action["functions"]}


def test_an_unknown_name_says_what_may_have_been_meant(run: Run, shop: Path) -> None:
    with pytest.raises(UsageError, match=r"shop\.app\.fill"):
        run("--entry", "shop.app.fil")
    with pytest.raises(UsageError, match="actions here are filling"):
        run("--action", "filing")
    assert not (shop / ".codeflash" / "audit").exists()


def test_an_action_and_an_entry_exclude_each_other(run: Run) -> None:
    with pytest.raises(UsageError, match="two different things"):
        run("--action=filling", "--entry=main")


def test_a_commit_and_an_earlier_day_can_be_compared_with(run: Run, shop: Path) -> None:
    changed = APP.replace("return fill(", "extra()\n    return fill(") + "\n\ndef extra():\n    pass\n"
    (shop / "shop" / "app.py").write_text(changed)
    since_commit = as_json(run("--json", "--diff", "HEAD"))["drift"]
    folder_of(shop).rename(shop / ".codeflash" / "audit" / "2026-01-31")
    (shop / "shop" / "app.py").write_text(APP)
    since_day = as_json(run("--json", "--diff", "2026-01-31"))["drift"]

    assert [name.split()[0] for name in since_commit["added_functions"]] == ["shop.app.extra"]
    assert {"caller": "shop.app.main", "callee": "shop.app.extra"} in since_commit["added_edges"]
    assert [name.split()[0] for name in since_day["removed_functions"]] == ["shop.app.extra"]


def test_the_same_source_has_no_drift(run: Run) -> None:
    assert "nothing differs" in run("--diff", "HEAD").stdout


def test_an_entry_that_the_commit_did_not_have_is_all_new(run: Run, shop: Path) -> None:
    with (shop / "shop" / "app.py").open("a") as file:
        file.write("\n\ndef extra():\n    return main()\n")
    drift = as_json(run("--json", "--entry=shop.app.extra", "--diff=HEAD"))["drift"]

    assert [name.split()[0] for name in drift["added_functions"]] == ["shop.app.extra"]


@pytest.mark.parametrize("when", ["2020-01-01", "no-such-branch", "--all", "../../etc"])
def test_what_can_not_be_compared_with_is_refused(run: Run, when: str) -> None:
    with pytest.raises(UsageError, match="names no audit and no commit"):
        run(f"--diff={when}")


def test_a_file_that_can_not_be_parsed_is_told_and_the_others_are_audited(run: Run, shop: Path) -> None:
    (shop / "shop" / "torn.py").write_text("def broken(:\n")
    (shop / "shop" / "bytes.py").write_bytes(b"\xff\xfe\x00x = 1")
    found = as_json(run("--json"))

    assert {problem["file"] for problem in found["problems"]} == {"shop/torn.py", "shop/bytes.py"}
    assert found["actions"]


def test_folders_to_leave_out_are_a_setting(run: Run, shop: Path) -> None:
    (shop / "vendored").mkdir()
    (shop / "vendored" / "big.py").write_text("def vendored():\n    pass\n")
    before = as_json(run("--json"))["functions"]
    (shop / "pyproject.toml").write_text(PYPROJECT + '[tool.optimize.audit]\nexclude = ["vendored"]\n')

    assert as_json(run("--json"))["functions"] == before - 2


def test_a_tree_with_hundreds_of_scripts_has_its_first_actions_traced_and_the_others_named(
    run: Run, shop: Path
) -> None:
    for number in range(60):
        (shop / f"script{number:02}.py").write_text("if __name__ == '__main__':\n    print(1)\n")
    found = as_json(run("--json"))

    assert len(found["actions"]) == MOST_ACTIONS
    assert found["actions"][0]["action"] == "filling"
    (note,) = [note for note in found["notes"] if "were not traced" in note]
    assert "script59" in note
    assert as_json(run("--json", "--action=script59"))["actions"][0]["entry_points"] == ["script59"]


def test_a_link_that_the_repository_brought_along_is_not_written_through(run: Run, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (shop / ".codeflash").mkdir()
    (shop / ".codeflash" / "audit").symlink_to(tmp_path / "outside")

    with pytest.raises(NotWritable, match="is a symbolic link"):
        run("--calibrate", "python -c 0")
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_damaged_calibration_counts_as_none_and_that_is_said(run: Run, shop: Path) -> None:
    run()
    (shop / ".codeflash" / "audit" / "calibration.json").write_text("{}")

    found = as_json(run("--json"))

    assert "as shipped" in found["calibration"]
    note = found["notes"][0]
    assert note.startswith("fitted weights are not used: ")
    assert "calibration.json is no calibration of ours: remove it and calibrate again" in note
    traced = CliRunner().invoke(audit, ["trace", "-C", str(shop), "main"], catch_exceptions=False).stdout
    assert traced.splitlines()[-1] == note


def test_fitted_weights_are_used_by_the_next_audit(run: Run, shop: Path) -> None:
    run()
    keep_calibration(shop)

    found = as_json(run("--json", "--action", "filling"))

    assert found["calibration"].startswith("weights fitted to `python bench.py` on Python 3.12.1: 20 functions")
    weights = {op["callee"]: op["weight"] for op in found["actions"][0]["expensive_ops"]}
    assert weights["json.dumps"] == 4321.0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), turned=st.integers(1, 255), is_cut=st.booleans(), which=st.integers(0))
def test_no_damage_to_what_is_kept_stops_an_audit(
    run: Run, shop: Path, place: float, turned: int, is_cut: bool, which: int
) -> None:
    (shop / ".codeflash").mkdir(exist_ok=True)
    run()
    keep_calibration(shop)
    folders = (shop / ".codeflash" / "audit", shop / ".codeflash" / "cache" / "audit")
    kept = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    assert {path.suffix for path in kept} >= {".sqlite3", ".json", ".dsl"}
    path = kept[which % len(kept)]
    whole = path.read_bytes() or b"\0"
    at = int(place * len(whole))
    path.write_bytes(whole[:at] if is_cut else whole[:at] + bytes([whole[at] ^ turned]) + whole[at + 1 :])

    run("--entry", "main")
    # An audit to compare with that can't be read is named; nothing else goes wrong.
    with contextlib.suppress(UsageError):
        run("--diff", day_of(shop))


def test_the_call_graph_is_printed_as_benchmarks_want_it(shop: Path) -> None:
    def graph(*arguments: str) -> Result:
        words = ["graph", str(shop), *arguments]
        return CliRunner().invoke(audit, words, catch_exceptions=False, standalone_mode=False)

    edges = as_json(graph("--json"))
    exact = as_json(graph("--json", "--tiers=exact,typed"))

    assert "shop.app.fill" in edges["shop.app.main"]
    assert "json.dumps" in edges["shop.app.Box.add"]
    assert exact["shop.app.Box.add"] == []
    assert "shop.app.main -> shop.app.fill" in graph().stdout.splitlines()
    with pytest.raises(SettingsError, match="tiers can't be 'sure'"):
        graph("--tiers", "exact,sure")


def test_one_symbol_is_traced_as_text(shop: Path) -> None:
    def trace(*arguments: str) -> Result:
        words = ["trace", "-C", str(shop), *arguments]
        return CliRunner().invoke(audit, words, catch_exceptions=False, standalone_mode=False)

    printed = trace("main").stdout

    assert printed.startswith("shop.app.main shop/app.py:")
    assert "json.dumps" in printed
    assert "json.dumps" not in trace("main", "--depth=1").stdout
    assert not (shop / ".codeflash").exists()
    with pytest.raises(UsageError, match="did you mean"):
        trace("shop.app.man")


def test_help_teaches_without_importing_the_analysis() -> None:
    printed = CliRunner().invoke(audit, ["--help"]).stdout

    assert "--diff DATE|REF" in printed
    assert "[tool.optimize.audit.actions]" in printed
    assert "trace" in printed
