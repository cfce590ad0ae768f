"""Which kept commits were undone since: the reverting commit says so in its message."""

from orchestrator.workspace.repository import Repository

REVERTED = "Ratchet-Reverted"


def undone(repository: Repository, head: str) -> frozenset[str]:
    """Return the commits that commits up to a head revert.

    Args:
        repository: where they are.
        head: a commit.
    """
    said = repository.git.run("log", "--format=%B", f"--grep=^{REVERTED}: ", head, "--").text.splitlines()
    return frozenset(line.partition(":")[2].strip() for line in said if line.startswith(f"{REVERTED}:"))
