"""`optimize pr` with the real command, after a real session that kept two optimizations."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.fakes.scripted_backend import Fix
from tests.integration.conftest import command, environment, git, target_python
from tests.integration.test_session import FASTER, play_in

ONCE = Fix(
    summary="a checksum for each distinct word",
    old="sum(checksum(word) for word in words)",
    new="sum(map({word: checksum(word) for word in set(words)}.__getitem__, words))",
    qualname="describe",
)
FAKE_GH = """#!/usr/bin/env python3
import json, pathlib, sys
folder = pathlib.Path(__file__).parent
asked = folder / "asked.json"
seen = json.loads(asked.read_text()) if asked.exists() else []
words = sys.argv[1:]
if words[:2] == ["pr", "create"]:
    body = pathlib.Path(words[words.index("--body-file") + 1]).read_text()
    seen.append({**dict(zip(words[2::2], words[3::2])), "body": body})
    asked.write_text(json.dumps(seen))
    print("https://example.invalid/pull/" + str(len(seen)))
else:
    there = [one for one in seen if one["--head"] == words[words.index("--head") + 1]]
    print(json.dumps([{"url": "https://example.invalid/pull/1"}] if there else []))
"""


@pytest.mark.slow
def test_each_optimization_gets_a_branch_of_its_own_proved_alone_and_is_opened_once(shop: Path, tmp_path: Path) -> None:
    play_in(shop)(FASTER, ONCE)
    remote, tools = tmp_path / "remote.git", tmp_path / "tools"
    git(tmp_path, "clone", "-q", "--bare", str(shop), str(remote))
    git(shop, "remote", "add", "origin", str(remote))
    git(shop, "fetch", "-q")
    git(shop, "remote", "set-head", "origin", "main")
    tools.mkdir()
    (tools / "gh").write_text(FAKE_GH)
    (tools / "gh").chmod(stat.S_IRWXU)

    def pr(*arguments: str) -> tuple[int, dict[str, list[dict[str, str]]]]:
        done = subprocess.run(
            command("pr", "-C", str(shop), "--python", target_python(), "--json", *arguments),
            env={**environment(), "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    code, found = pr("--open")
    again, second = pr("--open", "--no-measure")

    assert (code, again) == (0, 0)
    first, other = found["pull_requests"]
    assert (
        git(shop, "rev-parse", f"{first['branch']}^", f"{other['branch']}^").split()
        == [git(shop, "rev-parse", "main")] * 2
    )
    assert first["rests_on"] == other["rests_on"] == ""
    assert git(remote, "rev-parse", first["branch"]) == first["commit"]
    opened = json.loads((tools / "asked.json").read_text())
    assert [one["--title"] for one in opened] == [
        "perf: ask a set",
        "perf: a checksum for each distinct word",
    ]
    assert {one["--base"] for one in opened} == {"main"}
    assert all("Alone, with new pairs: CPU" in one["body"] and "optimize compare" in one["body"] for one in opened)
    assert all("is there already" in one["opened"] for one in second["pull_requests"])
    assert git(shop, "status", "--porcelain") == "?? .codeflash/"
    assert git(shop, "branch", "--show-current") == "main"


@pytest.mark.slow
def test_a_remote_that_refuses_and_a_missing_gh_are_said_and_the_branches_stay_here(shop: Path, tmp_path: Path) -> None:
    play_in(shop)(FASTER)
    remote, tools = tmp_path / "remote.git", tmp_path / "tools"
    git(tmp_path, "clone", "-q", "--bare", str(shop), str(remote))
    git(shop, "remote", "add", "origin", str(remote))
    git(shop, "fetch", "-q")
    git(shop, "remote", "set-head", "origin", "main")
    tools.mkdir()
    (tools / "git").symlink_to(str(shutil.which("git")))

    def opened() -> tuple[int, str]:
        done = subprocess.run(
            command("pr", "-C", str(shop), "--python", target_python(), "--open", "--no-measure"),
            env={**environment(), "PATH": str(tools)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'not on a Sunday'\nexit 1\n")
    hook.chmod(stat.S_IRWXU)
    refused = opened()
    hook.unlink()
    pushed = opened()

    assert refused[0] == 1
    assert "not pushed: remote: not on a Sunday" in refused[1]
    assert "1 of 1 on branches of their own (deep/…); 0 pushed" in refused[1]
    assert pushed[0] == 0
    assert "pushed to origin; gh is not installed: open the pull request by hand" in pushed[1]
    (branch,) = git(remote, "branch", "--list", "deep/*").split()
    assert git(remote, "rev-parse", branch) == git(shop, "rev-parse", branch)


def test_without_anything_kept_it_says_so(shop: Path) -> None:
    done = subprocess.run(
        command("pr", "-C", str(shop)), env=environment(), capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 2
    assert "nothing that was kept is recorded" in done.stderr
