import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.injection import Injection
from profiling.measure.environment import bin_folder, fingerprint, launch, secrets_removed
from profiling.model import Command, Interpreter, Tree

MakeTree = Callable[..., Tree]


@pytest.fixture
def tree(make_tree: MakeTree) -> Tree:
    made = make_tree("tree", {"proj/__init__.py": "", "run.sh": "#!/bin/sh\n"})
    return Tree(root=made.root, import_roots=(".", "src"), packages=("proj",), source_paths=("proj",))


@pytest.mark.parametrize("name", ["python", "python3", "python3.9", ".venv/bin/python", "venv/bin/python3.12"])
def test_python_becomes_the_interpreter_of_the_target(name: str, tree: Tree, interpreter: Interpreter) -> None:
    started = launch(Command(argv=(name, "-m", "proj")), tree, interpreter)

    assert started.argv == (interpreter.executable, "-m", "proj")
    assert started.cwd == tree.root


def test_a_console_script_is_that_of_the_targets_environment(tree: Tree, tmp_path: Path) -> None:
    folder = tmp_path / "venv" / "bin"
    folder.mkdir(parents=True)
    (folder.parent / "pyvenv.cfg").write_text("")
    (folder / "pytest").write_text("#!/bin/sh\n")
    (folder / "pytest").chmod(0o755)
    interpreter = Interpreter(executable=str(folder / "python"), version=(3, 11, 0))

    started = launch(Command(argv=("pytest", "-q")), tree, interpreter)

    assert started.argv == (str(folder / "pytest"), "-q")
    assert started.env["VIRTUAL_ENV"] == str(folder.parent)
    assert started.env["PATH"].split(os.pathsep)[0] == str(folder)


def test_a_program_of_the_tree_is_taken_from_the_tree(tree: Tree, interpreter: Interpreter) -> None:
    (tree.root / "run.sh").chmod(0o755)

    assert launch(Command(argv=("./run.sh",)), tree, interpreter).argv == (str(tree.root / "run.sh"),)


@pytest.mark.parametrize("argv", [("no-such-program-here",), ("./missing.sh",), ()])
def test_a_program_that_cannot_be_found_is_an_error(
    argv: tuple[str, ...], tree: Tree, interpreter: Interpreter
) -> None:
    with pytest.raises(FileNotFoundError, match=argv[0] if argv else "empty"):
        launch(Command(argv=argv), tree, interpreter)


def test_the_import_path_is_injection_then_import_roots_then_the_commands_own(
    tree: Tree, interpreter: Interpreter, tmp_path: Path
) -> None:
    injection = Injection(env={"RATCHET_HARNESS": "x.json"}, python_path="/injected", reports=tmp_path)
    command = Command(argv=("python",), env=(("PYTHONPATH", f"lib{os.pathsep}/abs"), ("MODE", "fast")))

    env = launch(command, tree, interpreter, injection=injection, extra_env={"PYTHONHASHSEED": "7"}).env

    root = str(tree.root)
    assert env["PYTHONPATH"].split(os.pathsep) == ["/injected", root, f"{root}/src", f"{root}/lib", "/abs"]
    assert (env["RATCHET_HARNESS"], env["MODE"], env["PYTHONHASHSEED"]) == ("x.json", "fast", "7")


def test_nothing_of_our_environment_or_secrets_reaches_the_target(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = [
        "PYTHONPATH",
        "PYTHONHOME",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_CUSTOM_HEADERS",
        "github_token",
        "DB_PASSWORD",
        "SSH_AUTH_SOCK",
    ]
    for name in [*names, "RATCHET_HARNESS", "PYTEST_XDIST_WORKER"]:
        monkeypatch.setenv(name, "ours")
    monkeypatch.setenv("VIRTUAL_ENV", "/ours")
    monkeypatch.setenv("PATH", f"/ours/bin{os.pathsep}{sys.prefix}/bin{os.pathsep}/usr/bin{os.pathsep}/bin")
    interpreter = Interpreter(executable=str(tmp_path / "bin" / "python3"), version=(3, 9, 0))

    env = launch(Command(argv=("python",)), tree, interpreter).env

    assert "ours" not in env.values()
    assert "VIRTUAL_ENV" not in env
    assert env["PATH"].split(os.pathsep) == [str(tmp_path / "bin"), "/usr/bin", "/bin"]


def test_a_secret_the_command_itself_sets_is_kept(tree: Tree, interpreter: Interpreter) -> None:
    command = Command(argv=("python",), env=(("SECRET_KEY", "test-only"),))

    assert launch(command, tree, interpreter).env["SECRET_KEY"] == "test-only"


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_removing_secrets_keeps_everything_else(env: dict[str, str]) -> None:
    kept = secrets_removed(env)

    assert kept.items() <= env.items()
    assert all("TOKEN" not in name.upper() for name in kept)
    assert secrets_removed({**env, "MY_Token_2": "x"}) == kept


def test_a_fingerprint_names_interpreter_and_machine(interpreter: Interpreter) -> None:
    found = fingerprint(interpreter)

    assert found["executable"] == interpreter.executable
    assert found["python"] == ".".join(map(str, interpreter.version))
    assert int(found["cores"]) >= 1
    assert all(found.values())


def test_the_bin_folder_is_where_the_interpreter_is(interpreter: Interpreter) -> None:
    assert (bin_folder(interpreter) / Path(interpreter.executable).name).exists()
