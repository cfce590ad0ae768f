"""What the target's processes get to see: its own interpreter and paths, none of our secrets."""

from collections.abc import Mapping
from pathlib import Path

from profiling.injection import Injection
from profiling.measure.processes import Launch
from profiling.model import Command, Interpreter, Tree


def launch(  # the shape of every run of target code
    command: Command,
    tree: Tree,
    interpreter: Interpreter,
    *,
    injection: Injection | None = None,
    core: int | None = None,
    extra_env: Mapping[str, str] | None = None,
) -> Launch:
    """Resolve a command for a tree.

    `python`, `python3` and `python3.X` become the target's interpreter, a console script that of its environment's bin
    folder. PYTHONPATH is: the injection, the tree's import roots, the command's own entries (relative ones resolved
    against the tree). The environment is ours without our virtual environment (PYTHONPATH, PYTHONHOME, VIRTUAL_ENV,
    our bin folder on PATH), without secrets (names that hold KEY, TOKEN, SECRET, PASSWORD, CREDENTIAL) and with the
    target's virtual environment where it is one.

    Raises:
        FileNotFoundError: argv[0] can't be found; the message names it.
    """
    raise NotImplementedError


def fingerprint(interpreter: Interpreter) -> dict[str, str]:
    """Return what identifies the machine and interpreter a figure was measured on."""
    raise NotImplementedError


def secrets_removed(env: Mapping[str, str]) -> dict[str, str]:
    """Return `env` without variables whose names speak of secrets."""
    raise NotImplementedError


def bin_folder(interpreter: Interpreter) -> Path:
    """Return the folder of the interpreter, where its console scripts are."""
    return Path(interpreter.executable).parent
