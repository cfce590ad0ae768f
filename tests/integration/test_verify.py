"""A keep measured again: where it was made, on a repository that lacks its commit, and after it was damaged."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import Finished, git, target_python

Optimize = Callable[..., Finished]

pytestmark = [pytest.mark.slow, pytest.mark.flaky(reruns=2)]


def test_a_keep_is_measured_again_and_one_whose_commit_is_gone_is_named(
    shop: Path, optimize: Optimize, tmp_path: Path
) -> None:
    flags = ("-C", str(shop), "--python", target_python())
    tests = ("--tests", "python -m unittest discover -s tests", "--max-experiments", "1", "--plain")
    session = optimize(*flags, "--workload", "python bench.py", *tests)
    assert "1 kept" in session.out, session.out

    done = optimize("verify", *flags, "--json")
    assert done.code == 0, done.out + done.err
    (claim,) = json.loads(done.out)["claims"]
    assert (claim["number"], claim["stands"]) == (1, True)
    assert claim["found"]["low"] <= claim["found"]["ratio"] <= claim["found"]["high"] < 1
    assert claim["claimed"]["dimension"] == claim["found"]["dimension"]
    assert git(shop, "worktree", "list").count("\n") == 0

    unknown = optimize("verify", "9", *flags)
    assert (unknown.code, "9: no kept experiment" in unknown.err) == (2, True)

    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--single-branch", "--branch", "main", shop.as_uri(), str(clone))
    shutil.copytree(shop / ".codeflash" / "experiments", clone / ".codeflash" / "experiments")
    gone = optimize("verify", "all", "-C", str(clone), "--python", target_python())
    assert gone.code == 3
    assert "gone" in gone.out
    assert "is not in this repository" in gone.out

    # What the branch says was undone is no claim any more.
    commit = claim["commit"]
    git(shop, "checkout", "-q", "codeflash/optimize")
    git(shop, "commit", "-q", "--allow-empty", "-m", f"revert: it\n\nRatchet-Reverted: {commit}")
    nothing = optimize("verify", *flags)
    assert (nothing.code, "nothing that was kept" in nothing.err) == (2, True)


def test_a_claim_that_does_not_hold_fails(shop: Path, optimize: Optimize) -> None:
    flags = ("-C", str(shop), "--python", target_python())
    tests = ("--tests", "python -m unittest discover -s tests", "--max-experiments", "1", "--plain")
    assert "1 kept" in optimize(*flags, "--workload", "python bench.py", *tests).out
    file = shop / ".codeflash" / "experiments" / "001.json"
    record = json.loads(file.read_text())
    # The base claims to be faster than itself.
    git(shop, "branch", "same", record["base_commit"])
    git(shop, "checkout", "-q", "same")
    git(shop, "commit", "-q", "--allow-empty", "-m", "nothing")
    record["commit"] = git(shop, "rev-parse", "HEAD")
    file.write_text(json.dumps(record))
    done = optimize("verify", "1", *flags)
    assert done.code == 1, done.out + done.err
    assert "does not hold" in done.out
    assert "0 of 1 claims hold" in done.out
