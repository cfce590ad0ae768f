"""Repositories that are not what one hopes for: an answer that says so, never an error and never a hang."""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from profiling.context import walk
from profiling.context.answering import Wishes
from profiling.context.gathering import Gathered, gather
from profiling.context.listing import Kind
from profiling.context.snapshot import take

Make = Callable[[Mapping[str, str]], Path]
Commit = Callable[[Path], Path]


def _repository(found: Gathered) -> Mapping[str, object]:
    repository = found.context["repository"]
    assert isinstance(repository, dict)
    return repository


def _problems(found: Gathered) -> str:
    return "\n".join([*map(str, _repository(found)["problems"]), *(one for step in found.steps for one in step.errors)])  # type: ignore[call-overload]


def test_an_empty_folder_is_a_valid_answer(tmp_path: Path) -> None:
    found = gather(tmp_path, Wishes())
    stack = found.context["language_stack"]
    assert isinstance(stack, dict)
    assert (stack["primary"], stack["confidence"]) == (None, "low")
    assert _problems(found) == ""


def test_links_are_counted_and_not_followed_so_that_loops_end(make: Make) -> None:
    root = make({"a/b/m.py": ""})
    (root / "a" / "b" / "up").symlink_to(root / "a")
    (root / "self").symlink_to(root / "self")
    (root / "etc").symlink_to("/etc")
    snapshot = take(root)
    assert snapshot.entries.files == ("a/b/m.py",)
    assert snapshot.entries.links == 3
    gather(root, Wishes())


@pytest.mark.skipif(os.geteuid() == 0, reason="this user may read everything")
def test_a_folder_that_may_not_be_read_is_said(make: Make) -> None:
    root = make({"a.py": "", "closed/b.py": ""})
    (root / "closed").chmod(0)
    try:
        assert "folders that can't be read: closed/ (Permission denied)" in _problems(gather(root, Wishes()))
    finally:
        (root / "closed").chmod(0o755)


def test_a_folder_that_can_not_be_read_is_said(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make({"a.py": "", "closed/b.py": ""})
    scandir = os.scandir

    def refusing(path: str) -> object:
        if path.endswith("closed/"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(walk.os, "scandir", refusing)
    found = walk.listed(root)
    assert found.problems == ("folders that can't be read: closed/ (Permission denied)",)
    assert found.entries().files == ("a.py",)


@pytest.mark.parametrize("is_checkout", [True, False])
def test_names_that_are_no_utf8_are_kept_and_written_as_escapes(make: Make, commit: Commit, is_checkout: bool) -> None:
    root = make({"a.py": "x = 1\n"})
    try:
        (root / os.fsdecode(b"caf\xe9\n.py")).write_text("y = 2\n" * 50)
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    if is_checkout:
        commit(root)
    found = gather(root, Wishes())
    shape = found.context["code_shape"]
    assert isinstance(shape, dict)
    assert shape["largest"][0] == {"path": "caf\\xe9\n.py", "lines": 50}
    assert b"caf\\xe9" in found.path.read_bytes()
    assert take(root).kind is (Kind.GIT if is_checkout else Kind.FOLDER)


def test_too_many_files_in_one_folder_are_cut_off_and_that_is_said(make: Make) -> None:
    root = make({f"many/{number}.txt": "" for number in range(300)})
    found = walk.listed(root, most_files=100)
    assert (len(found.entries().files), found.is_complete) == (100, False)
    assert found.problems == ("there are more than 100 files: the others are not looked at",)


def test_a_listing_that_takes_too_long_is_cut_off_and_that_is_said(make: Make) -> None:
    found = walk.listed(make({"a.py": "", "b.py": ""}), most_s=-1.0)
    assert (found.entries().files, found.is_complete) == ((), False)
    assert found.problems == ("listing took too long: after 0 files the others are not looked at",)


def test_files_that_vanish_during_the_walk_are_left_out(make: Make) -> None:
    root = make({f"{folder}/{number}.py": "x\n" for folder in "abcd" for number in range(100)})
    stop = threading.Event()

    def vanishing() -> None:
        while not stop.is_set():
            for path in root.glob("[b-d]/*.py"):
                path.unlink(missing_ok=True)

    thread = threading.Thread(target=vanishing)
    thread.start()
    try:
        found = gather(root, Wishes(uses_cache=False))
    finally:
        stop.set()
        thread.join()
    stack = found.context["language_stack"]
    assert isinstance(stack, dict)
    assert stack["primary"] == "python"


def test_files_that_vanish_after_the_listing_are_an_error_of_their_probe_alone(make: Make) -> None:
    root = make({"a.py": "x\n", "b.py": "y\n"})
    snapshot = take(root)
    assert snapshot.matching("**/*.py") == ("a.py", "b.py")
    (root / "b.py").unlink()
    assert (snapshot.read("b.py"), snapshot.text("b.py"), snapshot.content_id("b.py")) == (None, "", "absent")


def test_a_huge_file_is_not_read(make: Make) -> None:
    root = make({"pyproject.toml": "", "big.py": "", "uv.lock": ""})
    for name in ("pyproject.toml", "big.py", "uv.lock"):
        with (root / name).open("r+") as file:
            file.truncate(8 * 1024**3)
    found = gather(root, Wishes())
    assert "pyproject.toml can't be read" in _problems(found)
    assert "1 files could not be read, or are larger than 4 MiB" in _problems(found)


@pytest.mark.parametrize("name", ["pipe.py", "pyproject.toml", "setup.py", "Makefile", ".venv/pyvenv.cfg"])
def test_a_pipe_holds_nothing_up(make: Make, name: str) -> None:
    root = make({"a.py": "", ".venv/keep": ""})
    os.mkfifo(root / name)
    found = gather(root, Wishes())
    assert len(found.steps) == len(found.context) - 2
    if name == "pipe.py":
        assert "neither files nor folders (pipes, sockets, devices), not looked at: pipe.py" in _problems(found)


@pytest.mark.parametrize("name", ["cache/index.jsonl", "context/repo-context.yaml"])
def test_a_pipe_in_place_of_our_own_files_holds_nothing_up(make: Make, name: str) -> None:
    root = make({"a.py": "", ".codeflash/cache/x": "", ".codeflash/context/x": ""})
    os.mkfifo(root / ".codeflash" / name)
    found = gather(root, Wishes())
    assert found.path.read_text().startswith("schema_version: 1")


def test_a_socket_is_said(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make({"a.py": ""})
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s.sock")
        assert "not looked at: s.sock" in _problems(gather(root, Wishes()))


def test_a_worktree_has_a_git_file_and_is_a_checkout(make: Make, commit: Commit, tmp_path: Path) -> None:
    root = commit(make({"a.py": "x = 1\n"}))
    linked = tmp_path / "linked"
    subprocess.run(["git", "-C", str(root), "worktree", "add", "-q", str(linked)], check=True, capture_output=True)
    state = gather(linked, Wishes()).context["git_state"]
    assert isinstance(state, dict)
    assert (state["is_checkout"], state["is_linked"], state["branch"]) == (True, True, "linked")


@pytest.mark.parametrize("text", ["gitdir: /nowhere/at/all\n", "", "\x00\x01", "gitdir: .\n"])
def test_a_git_file_that_leads_nowhere_is_listed_without_git_and_that_is_said(make: Make, text: str) -> None:
    root = make({"a.py": "x = 1\n", ".git": text})
    found = gather(root, Wishes())
    assert _repository(found)["kind"] == "folder"
    assert "listed without git: git " in _problems(found)


def test_without_git_on_path_a_checkout_is_walked_and_that_is_said(
    make: Make, commit: Commit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = commit(make({"a.py": "x = 1\n"}))
    monkeypatch.setenv("PATH", str(tmp_path))
    found = gather(root, Wishes())
    assert _repository(found)["kind"] == "folder"
    assert "listed without git: git can't be run" in _problems(found)


def test_a_repository_without_a_commit_is_listed(make: Make) -> None:
    root = make({"a.py": ""})
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    assert _repository(gather(root, Wishes()))["kind"] == "folder"
    subprocess.run(["git", "-C", str(root), "add", "a.py"], check=True)
    state = gather(root, Wishes()).context["git_state"]
    assert isinstance(state, dict)
    assert (state["is_checkout"], state["head"]) == (True, None)


@pytest.mark.parametrize(
    "settings",
    [
        "[core]\n\tfsmonitor = touch {ran}; false\n",
        "[core]\n\thooksPath = hooks\n[core]\n\tpager = touch {ran}\n",
        '[filter "evil"]\n\tclean = touch {ran}; cat\n\tprocess = touch {ran}\n\trequired = true\n',
        '[filter "evil"]\n\tclean = touch {ran}; cat\n[alias]\n\tstatus = !touch {ran}\n\tls-files = !touch {ran}\n',
    ],
)
def test_nothing_that_the_repository_configures_is_run(
    make: Make, commit: Commit, tmp_path: Path, settings: str
) -> None:
    root = commit(make({"a.py": "x = 1\n", ".gitattributes": "* filter=evil\n"}))
    ran = tmp_path / "ran"
    with (root / ".git" / "config").open("a") as file:
        file.write(settings.format(ran=ran))
    # As long as before, so that git has to read it to know that it changed.
    (root / "a.py").write_text("x = 2\n")
    found = gather(root, Wishes())
    assert not ran.exists()
    assert _repository(found)["kind"] == "git"


def test_a_program_of_the_repository_is_not_run_even_where_path_leads_to_it(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make({"a.py": "", ".venv/pyvenv.cfg": "version = 3.12.1\n"})
    for name in ("bin/uv", "bin/cargo", ".venv/bin/python", "bin/python3"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        (root / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{root}/bin:.:{os.environ['PATH']}")
    found = gather(root, Wishes())
    tools, environment = found.context["tools"], found.context["python_environment"]
    assert not (tmp_path / "ran").exists()
    assert isinstance(tools, dict)
    assert isinstance(environment, dict)
    assert {"name": "uv", "path": f"{root}/bin/uv", "version": None} in tools["at_hand"]
    assert environment["interpreter"]["version"] == "3.12.1"


@pytest.mark.parametrize("name", [".codeflash", ".codeflash/context", ".codeflash/cache"])
def test_a_link_in_place_of_our_folder_is_refused_and_nothing_is_written_through_it(
    make: Make, tmp_path: Path, name: str
) -> None:
    root = make({"a.py": ""})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).symlink_to(elsewhere)
    with pytest.raises(OSError, match="symbolic link"):
        gather(root, Wishes())
    assert list(elsewhere.iterdir()) == []


def test_answers_that_a_repository_brings_along_do_not_count(make: Make, commit: Commit) -> None:
    root = make({"a.py": "x = 1\n"})
    gather(commit(root), Wishes())
    subprocess.run(["git", "-C", str(root), "add", "-f", ".codeflash/cache"], check=True)
    found = gather(root, Wishes())
    assert {step.source.value for step in found.steps} == {"probe"}
    assert any("the repository brings along answers" in note for note in found.notes)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[project\n"),
        ("pyproject.toml", 'project = 3\ntool = "x"\nbuild-system = []\n'),
        ("pyproject.toml", "[project]\nscripts = [1]\ndependencies = {a = 1}\nrequires-python = 3\n"),
        ("pyproject.toml", '[tool.optimize]\nworkload = "unbalanced \'"\ntests = "a | b"\n'),
        ("pyproject.toml", "[tool]\npytest = 1\npoetry = 2\nhatch = {envs = 3}\npdm = []\n"),
        ("setup.cfg", "no section\n"),
        ("setup.cfg", "[options]\n[options]\ninstall_requires = %(x)s\n"),
        ("setup.py", "(" * 10000),
        ("setup.py", "setup(install_requires=1, extras_require=[2], entry_points={3: 4}, python_requires=[])"),
        ("setup.py", "import os; os.abort()"),
        ("bench.py", "x = '\\d'\n" + "-" * 20000 + "1"),
        (".github/workflows/ci.yml", "python-version: [" + "3.11," * 10000),
        (".venv/pyvenv.cfg", "version = " + "9" * 10000),
    ],
)
def test_broken_files_cost_their_own_answer_only(make: Make, name: str, text: str) -> None:
    found = gather(make({name: text, "a.py": "x = 1\n"}), Wishes())
    stack = found.context["language_stack"]
    assert isinstance(stack, dict)
    assert stack["primary"] == "python"
    log = json.loads((found.path.parent / "run-log.json").read_text())
    assert log["probes_run"] == len(found.steps)
