"""The branches on which workers leave what they keep, until it is merged: `codeflash/cpu-7`."""

import re

from orchestrator.errors import UsageError
from orchestrator.workspace.repository import Repository
from profiling.model import Domain

_FOLDER = "codeflash"
_NAME = re.compile(rf"{_FOLDER}/(?:{'|'.join(Domain)})-\d+")


def name_of(agent: str, number: int) -> str:
    """Return the branch of one kept experiment of a specialist."""
    return f"{_FOLDER}/{agent}-{number}"


def point(repository: Repository, agent: str, number: int, commit: str) -> None:
    """Let the branch of an experiment point at its commit.

    Raises:
        UsageError: there is a branch of that name which is not ours.
    """
    name = name_of(agent, number)
    if repository.branch_head(name) is not None and not _is_ours(repository, name):
        hint = f"rename it, then run optimize again: git branch -m {name} mine/{agent}-{number}"
        raise UsageError(f"the branch {name} is there already and no experiment's", hint=hint)
    repository.git.run("update-ref", "-m", "optimize", f"refs/heads/{name}", commit)


def remove(repository: Repository, agent: str, number: int) -> None:
    """Remove the branch of an experiment; nothing happens when there is none."""
    _delete(repository, name_of(agent, number))


def remove_all(repository: Repository) -> tuple[str, ...]:
    """Remove every branch that a worker left, and return their names.

    A branch of the user's that has such a name stays: only ours end in a commit that names its experiment.
    """
    listed = repository.git.run("for-each-ref", "--format=%(refname:lstrip=2)", f"refs/heads/{_FOLDER}").text
    names = tuple(name for name in listed.split("\n") if _NAME.fullmatch(name) and _is_ours(repository, name))
    for name in names:
        _delete(repository, name)
    return names


def _is_ours(repository: Repository, name: str) -> bool:
    return bool(repository.commit_info(f"refs/heads/{name}").experiment)


def _delete(repository: Repository, name: str) -> None:
    if repository.branch_head(name) is not None:
        repository.git.run("update-ref", "-d", f"refs/heads/{name}")
