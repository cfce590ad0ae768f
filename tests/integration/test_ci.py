"""`optimize --ci` with the real command, on pull requests of a real repository with a real remote."""

import json
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.integration.conftest import BENCH, TEXT, Finished, command, environment, git, make_shop, target_python

SECRET = "ghs_neverShowThisToTheCodeUnderTest"
QUICK = TEXT.replace("[name.lower() for name in known]", "{name.lower() for name in known}")
"""The package before the pull request: what it changes is slow."""
SPYING = (
    BENCH
    + """
import os
seen = dict(os.environ)
for number in (os.getppid(), os.getpid()):
    try:
        seen[str(number)] = open(f"/proc/{number}/environ", errors="replace").read()
    except OSError:
        pass
text = repr(seen)
assert "neverShowThis" not in text, "a secret is in sight"
assert "INNOCENT_SOUNDING" not in text, "a variable that nobody listed is in sight"
"""
)
FAKE_GH = '''#!/usr/bin/env python3
"""Answers as the API does, from a file, and notes what it was asked."""
import json, os, pathlib, sys
folder = pathlib.Path(__file__).parent
request = json.load(sys.stdin)
state = json.loads((folder / "comments.json").read_text())
assert sys.argv[1:] == ["api", "graphql", "--input", "-"] and os.environ["GH_TOKEN"].startswith("ghs_")
variables = request["variables"]
if "addComment" in request["query"]:
    assert variables["subject"] == "PR_1"
    state.append({"id": f"C{len(state)}", "body": variables["body"], "viewerDidAuthor": True})
elif "updateIssueComment" in request["query"]:
    next(one for one in state if one["id"] == variables["comment"])["body"] = variables["body"]
else:
    assert (variables["owner"], variables["name"], variables["number"]) == ("shop", "shop", 7)
    print(json.dumps({"data": {"repository": {"pullRequest": {"id": "PR_1", "comments": {"nodes": state}}}}}))
(folder / "comments.json").write_text(json.dumps(state))
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """A repository with its remote, checked out as a workflow does, and the files a runner makes.

    Attributes:
        root: the checkout; remote: the bare repository; runner: where the runner keeps its files.
        base, head: the commits of the pull request.
    """

    root: Path
    remote: Path
    runner: Path
    base: str
    head: str

    def event(self, *, fork: bool = False) -> Path:
        path = self.runner / "event.json"
        home = {"full_name": "shop/shop"}
        theirs = {"full_name": "someone/shop"} if fork else home
        found = {
            "number": 7,
            "base": {"ref": "main", "sha": self.base, "repo": home},
            "head": {"ref": "feature", "sha": self.head, "repo": theirs},
        }
        path.write_text(json.dumps({"pull_request": found, "repository": home}))
        return path

    def optimize(self, *arguments: str, fork: bool = False, **variables: str) -> Finished:
        names = {
            **environment(),
            "PATH": f"{self.runner}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(self.event(fork=fork)),
            "GITHUB_STEP_SUMMARY": str(self.runner / "step.md"),
            "GITHUB_TOKEN": SECRET,
            "GH_TOKEN": SECRET,
            "INNOCENT_SOUNDING": "webhook",
            "OPTIMIZE_MEMORY_BUDGET": "0",
            **variables,
        }
        done = subprocess.run(
            command("--ci", "-C", str(self.root), "--python", target_python(), *arguments),
            cwd=self.runner,
            env=names,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Finished(code=done.returncode, out=done.stdout, err=done.stderr)

    @property
    def comments(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads((self.runner / "comments.json").read_text())
        return found

    @property
    def step_summary(self) -> str:
        path = self.runner / "step.md"
        return path.read_text() if path.exists() else ""

    def remote_head(self) -> str:
        return git(self.remote, "rev-parse", "refs/heads/feature")


@pytest.fixture
def hosted(tmp_path: Path) -> Hosted:
    """Return a pull request that makes `unknown` slow, its head checked out."""
    shop = make_shop(tmp_path)
    (shop / "shop" / "text.py").write_text(QUICK)
    (shop / "bench.py").write_text(SPYING)
    git(shop, "commit", "-qam", "a quick shop")
    base = git(shop, "rev-parse", "HEAD")
    git(shop, "checkout", "-qb", "feature")
    (shop / "shop" / "text.py").write_text(TEXT)
    git(shop, "commit", "-qam", "a readable shop")
    remote, runner = tmp_path / "remote.git", tmp_path / "runner"
    git(tmp_path, "clone", "-q", "--bare", str(shop), str(remote))
    git(shop, "remote", "add", "origin", str(remote))
    git(shop, "fetch", "-q", "origin")
    runner.mkdir()
    (runner / "gh").write_text(FAKE_GH)
    (runner / "gh").chmod(stat.S_IRWXU)
    (runner / "comments.json").write_text("[]")
    return Hosted(root=shop, remote=remote, runner=runner, base=base, head=git(shop, "rev-parse", "HEAD"))


def test_what_a_pull_request_made_slow_is_fixed_pushed_and_told_once(hosted: Hosted) -> None:
    done = hosted.optimize("--fail-on", "regression")

    assert done.code == 1, done.out + done.err
    assert "the branch is worse than its base: cpu_s" in done.out
    pushed = hosted.remote_head()
    assert pushed == git(hosted.root, "rev-parse", "HEAD") != hosted.head
    assert git(hosted.root, "branch", "--show-current") == "feature"
    assert "codeflash/" not in git(hosted.root, "branch", "--list", "--all")
    assert git(hosted.root, "diff", "--name-only", hosted.head, pushed) == "shop/text.py"
    (comment,) = hosted.comments
    assert comment["body"] == hosted.step_summary
    assert "Pushed to feature" in comment["body"]
    assert "### optimize: slower or larger than its base: cpu_s" in comment["body"]
    assert "`unknown`" in comment["body"]
    assert "::notice file=shop/text.py,line=" in done.out
    assert SECRET not in done.out + done.err + comment["body"]


def test_a_pull_request_that_changes_no_code_ends_at_once_and_says_nothing(hosted: Hosted) -> None:
    (hosted.root / "README").write_text("words\n")
    git(hosted.root, "checkout", "-q", hosted.base)
    git(hosted.root, "checkout", "-qB", "feature")
    git(hosted.root, "add", "README")
    git(hosted.root, "commit", "-qm", "words")

    done = hosted.optimize("--base", hosted.base)

    assert (done.code, hosted.comments, hosted.step_summary) == (0, [], "")
    assert "no Python code was changed" in done.out


@pytest.mark.slow
def test_a_base_that_a_shallow_clone_lacks_is_fetched(hosted: Hosted, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", "--branch", "feature", hosted.remote.as_uri(), "shallow")
    shallow = replace(hosted, root=tmp_path / "shallow")

    done = shallow.optimize(
        "--base", hosted.base, "--dry-run", "--max-experiments", "1", "--workload", "python nothing.py"
    )

    assert git(shallow.root, "merge-base", hosted.base, "HEAD") == hosted.base
    assert done.code == 3  # it went on to the workload


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("{", "the event file can't be read"),
        ('{"pull_request": {"number": "seven"}}', "pull_request"),
        (
            '{"pull_request": {"number": 7, "base": {"ref": "main", "sha": "--help"}, "head": {}}}',
            "pull_request.base.sha",
        ),
    ],
)
def test_a_damaged_event_file_is_refused_with_its_place(hosted: Hosted, event: str, said: str) -> None:
    damaged = hosted.runner / "damaged.json"
    damaged.write_text(event)

    done = hosted.optimize(GITHUB_EVENT_PATH=str(damaged))

    assert done.code == 2
    assert said in done.err
    assert "optimize --ci --base" in done.err
    assert "Traceback" not in done.err


def test_without_a_commit_in_common_it_says_so_and_touches_nothing(hosted: Hosted) -> None:
    git(hosted.root, "checkout", "-q", "--orphan", "strange")
    git(hosted.root, "commit", "-qm", "another beginning")

    done = hosted.optimize("--base", "main")

    assert done.code == 2
    assert "have no commit in common" in done.err


def test_a_base_that_names_nothing_is_said_with_what_to_do(hosted: Hosted) -> None:
    done = hosted.optimize("--base", "no-such-branch")

    assert done.code == 2
    assert "the base 'no-such-branch' names no commit here" in done.err
    assert "hint: fetch it: git fetch origin; actions/checkout does with fetch-depth: 0" in done.err


def test_a_shallow_history_that_no_remote_completes_is_said_to_be_shallow(hosted: Hosted, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", "--branch", "feature", hosted.remote.as_uri(), "shallow")
    shallow = replace(hosted, root=tmp_path / "shallow")
    git(shallow.root, "fetch", "-q", "--depth", "1", "origin", "main:main")
    git(shallow.root, "remote", "set-url", "origin", (tmp_path / "gone.git").as_uri())

    done = shallow.optimize("--base", "main")

    assert done.code == 2
    assert "have no commit in common: the history is shallow" in done.err
    assert "fetch-depth: 0" in done.err
    assert "Traceback" not in done.err


def test_the_options_of_ci_are_refused_without_it(hosted: Hosted) -> None:
    done = subprocess.run(
        command("-C", str(hosted.root), "--dry-run"), env=environment(), capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "--dry-run goes with --ci" in done.stderr


@pytest.mark.slow
def test_a_fork_gets_a_patch_and_a_summary_and_neither_push_nor_comment(hosted: Hosted) -> None:
    done = hosted.optimize(fork=True, OPTIMIZE_AGENT="claude")

    assert done.code == 0, done.out + done.err
    assert hosted.remote_head() == hosted.head
    assert hosted.comments == []
    assert "comes from a fork" in hosted.step_summary
    patch = hosted.root / ".codeflash" / "reports" / "optimize.patch"
    git(hosted.root, "checkout", "-q", hosted.head)
    git(hosted.root, "apply", "--check", str(patch))
    assert "recipes alone propose" in done.out


@pytest.mark.slow
def test_a_detached_checkout_of_the_head_is_pushed_and_a_dry_run_leaves_all_as_it_was(hosted: Hosted) -> None:
    git(hosted.root, "checkout", "-q", "--detach")

    dry = hosted.optimize("--dry-run")
    after_dry = (git(hosted.root, "rev-parse", "HEAD"), hosted.remote_head(), hosted.comments)
    wet = hosted.optimize()

    assert dry.code == wet.code == 0, dry.out + wet.out
    assert after_dry == (hosted.head, hosted.head, [])
    assert hosted.remote_head() == git(hosted.root, "rev-parse", "HEAD") != hosted.head


@pytest.mark.slow
def test_a_remote_that_refuses_and_a_missing_gh_cost_the_push_and_the_comment_alone(hosted: Hosted) -> None:
    hook = hosted.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no pushes on Sundays >&2\nexit 1\n")
    hook.chmod(stat.S_IRWXU)
    (hosted.runner / "gh").unlink()
    (hosted.runner / "git").symlink_to(shutil.which("git") or "git")

    done = hosted.optimize(PATH=str(hosted.runner))

    assert done.code == 0, done.out + done.err
    assert hosted.remote_head() == hosted.head
    assert "Not pushed: remote: no pushes on Sundays" in done.out
    assert "Not pushed: remote: no pushes on Sundays" in hosted.step_summary
    assert "the comment on pull request 7 can't be written" in done.out
    patch = hosted.root / ".codeflash" / "reports" / "optimize.patch"
    git(hosted.root, "checkout", "-q", hosted.head)
    git(hosted.root, "apply", "--check", str(patch))
