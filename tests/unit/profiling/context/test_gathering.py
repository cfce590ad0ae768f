import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from profiling.context.answering import Source, Wishes
from profiling.context.catalogue import PROBES, DoubleName, checked, for_task
from profiling.context.gathering import DoesNotFit, Gathered, NothingFound, gather
from profiling.context.probe import Probe, ProbeOutput, Task
from profiling.context.snapshot import RepoSnapshot

Make = Callable[[Mapping[str, str]], Path]
Commit = Callable[[Path], Path]
FILES = {
    "pyproject.toml": '[project]\nname = "p"\ndependencies = ["numpy"]\n[tool.pytest.ini_options]\n',
    "p/__init__.py": "import asyncio\n",
    "tests/test_p.py": "def test_p(): pass\n",
    "README.md": "# p\n",
}


class Answering(Probe):
    """Stands for `tools`, or for whichever probe it is named like."""

    def __init__(self, name: str, **answer: object) -> None:
        self.name = name  # type: ignore[misc]  # one class stands for many probes here
        self.answer = answer

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        return ProbeOutput(schema_slice=self.answer, raw_artifacts={"../seen": [1, 2]})


class Failing(Answering):
    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        raise RuntimeError("no luck")


def _ran(found: Gathered) -> set[str]:
    return {step.probe for step in found.steps if step.source is Source.PROBE}


@pytest.mark.parametrize("is_checkout", [True, False])
def test_a_second_gather_runs_no_probe_and_says_the_same(make: Make, commit: Commit, is_checkout: bool) -> None:
    root = make(FILES)
    if is_checkout:
        commit(root)
    first = gather(root, Wishes())
    before = first.path.stat()
    second = gather(root, Wishes())
    assert _ran(first) == {probe.name for probe in PROBES}
    assert _ran(second) == set()
    assert second.context == first.context
    assert second.path.stat().st_mtime_ns == before.st_mtime_ns
    log = json.loads((second.path.parent / "run-log.json").read_text())
    assert (log["probes_run"], log["probes_known"]) == (0, len(PROBES))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("p/__init__.py", {"async_frameworks", "code_shape"}),
        ("README.md", set()),
        ("tests/test_p.py", {"async_frameworks", "code_shape", "test_framework", "benchmark_candidates"}),
    ],
)
def test_what_changed_is_asked_again_and_nothing_else(make: Make, changed: str, expected: set[str]) -> None:
    root = make(FILES)
    gather(root, Wishes())
    with (root / changed).open("a") as file:
        file.write("\n\n")
    assert _ran(gather(root, Wishes())) == expected


def test_a_file_that_was_only_touched_or_put_back_is_known(make: Make, commit: Commit) -> None:
    root = commit(make(FILES))
    gather(root, Wishes())
    (root / "p" / "__init__.py").write_text("changed = True\n")
    changed = gather(root, Wishes())
    (root / "p" / "__init__.py").write_text(FILES["p/__init__.py"])
    assert {"async_frameworks", "code_shape", "git_state"} <= _ran(changed)
    assert _ran(gather(root, Wishes())) == set()


def test_an_environment_that_git_ignores_is_seen_when_it_comes(make: Make, commit: Commit) -> None:
    root = commit(make({**FILES, ".gitignore": ".venv\n"}))
    gather(root, Wishes())
    (root / ".venv").mkdir()
    (root / ".venv" / "pyvenv.cfg").write_text("home = /usr\nversion = 3.12.7\n")
    found = gather(root, Wishes())
    environment = found.context["python_environment"]
    assert isinstance(environment, dict)
    assert _ran(found) == {"python_environment"}
    assert environment["interpreter"]["version"] == "3.12.7"


def test_refreshing_tools_asks_those_that_depend_on_this_machine(make: Make) -> None:
    root = make(FILES)
    gather(root, Wishes())
    assert _ran(gather(root, Wishes(refreshes_tools=True))) == {"tools", "python_environment"}
    assert _ran(gather(root, Wishes(uses_cache=False))) == {probe.name for probe in PROBES}


def test_a_task_asks_what_it_needs(make: Make) -> None:
    found = gather(make(FILES), Wishes(task=Task.SCAN))
    assert _ran(found) == {probe.name for probe in for_task(Task.SCAN)}
    assert "tools" not in found.context
    assert set(for_task(Task.ALL)) == set(PROBES)
    assert {probe.name for probe in for_task(Task.ALL, frozenset({"go"}))} == {
        *("language_stack", "ci_config", "project_documents", "git_state", "tools")
    }
    assert all(for_task(task) for task in Task)


def test_two_probes_of_one_name_are_refused() -> None:
    with pytest.raises(DoubleName, match="tools"):
        checked((Answering("tools"), Answering("git_state"), Answering("tools")))


def test_the_file_is_yaml_of_what_was_found(make: Make) -> None:
    found = gather(make(FILES), Wishes())
    assert yaml.safe_load(found.path.read_text()) == found.context


def test_the_file_is_written_again_when_it_is_gone_or_was_changed(make: Make) -> None:
    root = make(FILES)
    first = gather(root, Wishes())
    text = first.path.read_bytes()
    first.path.write_text("mine: true\n")
    gather(root, Wishes())
    assert first.path.read_bytes() == text
    first.path.unlink()
    gather(root, Wishes())
    assert first.path.read_bytes() == text


def test_what_does_not_fit_is_kept_beside_the_last_good_one_with_the_paths_that_offend(make: Make) -> None:
    root = make(FILES)
    good = gather(root, Wishes())
    text = good.path.read_bytes()
    probes = (Answering("tools", at_hand="all"), Answering("git_state", is_checkout=1), Answering("ci_config"))
    with pytest.raises(DoesNotFit) as raised:
        gather(root, Wishes(uses_cache=False), probes=probes)
    assert {one.partition(" ")[0] for one in raised.value.offences} == {"tools.at_hand", "git_state.is_checkout"}
    assert raised.value.kept.name == "repo-context.yaml.invalid"
    assert yaml.safe_load(raised.value.kept.read_text())["tools"]["at_hand"] == "all"
    assert good.path.read_bytes() == text
    gather(root, Wishes(uses_cache=False))
    assert not raised.value.kept.exists()


def test_one_answer_is_enough_and_none_is_an_error(make: Make) -> None:
    root = make(FILES)
    found = gather(root, Wishes(), probes=(Failing("tools"), Answering("ci_config", systems=[])))
    assert found.context["tools"] == {"confidence": "low", "errors": ["tools failed: RuntimeError: no luck"]}
    with pytest.raises(NothingFound, match="tools failed: RuntimeError: no luck"):
        gather(root, Wishes(), probes=(Failing("tools"), Failing("git_state")))


def test_a_failed_answer_is_not_kept(make: Make) -> None:
    root = make(FILES)
    probes = (Failing("tools"), Answering("ci_config", systems=[]))
    gather(root, Wishes(), probes=probes)
    assert _ran(gather(root, Wishes(), probes=probes)) == {"tools"}


def test_raw_evidence_stays_in_its_folder(make: Make) -> None:
    found = gather(make(FILES), Wishes(), probes=(Answering("tools"),))
    (raw,) = (found.path.parent / "raw").iterdir()
    assert (raw.name, json.loads(raw.read_text())) == ("tools-..-seen.json", [1, 2])


def test_a_subfolder_of_a_checkout_is_listed_from_there(make: Make, commit: Commit) -> None:
    root = commit(make({"a/m.py": "x = 1\n", "a/sub/n.py": "", "b/o.py": ""}))
    (root / "a" / "m.py").write_text("x = 22\n")
    (root / "b" / "o.py").write_text("x = 22\n")
    found = gather(root / "a", Wishes())
    stack, state = found.context["language_stack"], found.context["git_state"]
    assert isinstance(stack, dict)
    assert isinstance(state, dict)
    assert (stack["files"], state["changed"]) == (2, ["m.py"])


def test_deleted_files_links_and_submodules_are_no_files(make: Make, commit: Commit, tmp_path: Path) -> None:
    root = make({"a.py": "x = 1\n", "gone.py": ""})
    (root / "link.py").symlink_to("a.py")
    commit(root)
    git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@t"]
    entry = f"160000,{'1' * 40},vendored"
    subprocess.run([*git, "update-index", "--add", "--cacheinfo", entry], check=True, capture_output=True)
    (root / "gone.py").unlink()
    found = gather(root, Wishes())
    stack, state = found.context["language_stack"], found.context["git_state"]
    assert isinstance(stack, dict)
    assert isinstance(state, dict)
    assert (stack["files"], state["submodules"]) == (1, ["vendored"])
