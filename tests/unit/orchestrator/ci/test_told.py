import contextlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.model import Answer, Checklist, Patch, Proposal
from orchestrator.ci.annotations import annotations
from orchestrator.ci.comment import Comments
from orchestrator.ci.environment import git_credentials, sorted_out
from orchestrator.ci.event import PullRequest, pull_request
from orchestrator.ci.summary import MARKER, Outcome, effect, nothing_left, summary
from orchestrator.comparing.judging import Standing
from orchestrator.comparing.report import DimensionReport, Report, SideReport, WorkloadReport
from orchestrator.errors import UsageError
from orchestrator.ledger.record import ExperimentRecord, TestTally
from orchestrator.policy.verdict import Level, Reason, Status, Verdict
from profiling.measure.environment import LISTED_ONLY, launch
from profiling.model import Command, Dimension, Domain, FunctionKey, Interpreter, Tree
from tests.fakes.experiments import measured

TOKEN = "ghs_secret"
REQUEST = PullRequest(
    number=7,
    repository="shop/shop",
    base_ref="main",
    base_commit="a" * 40,
    head_ref="feature",
    head_commit="b" * 40,
    is_fork=False,
)


def kept(qualname: str = "f", text: str = "ask a set") -> ExperimentRecord:
    proposal = Proposal(
        source="test",
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        key=FunctionKey(file="a.py", first_line=3, qualname=qualname),
        summary=text,
        mechanism=text,
        patch=Patch(edits=()),
        expected={},
        risk="",
        checklist=Checklist(**dict.fromkeys(Checklist.__slots__, Answer(text="", evidence=""))),
    )
    return ExperimentRecord(
        version=1,
        number=1,
        key="k",
        session="s",
        base_commit="a" * 40,
        base_tree="t" * 40,
        commit="c" * 40,
        proposal=proposal,
        diff="",
        domains=("cpu",),
        interactions=(),
        gates=(),
        tests=TestTally(),
        measurement=measured(0.5, width=0.1),
        verdict=Verdict(
            status=Status.KEEP,
            reason=Reason.IMPROVED,
            explanation="",
            level=Level.WORKLOAD,
            net_effect=0.7,
            improved=(),
            regressed=(),
        ),
        workload="python bench.py",
        place_digest="",
        seconds=1.0,
        overhead_s=0.0,
        started_at="",
    )


def outcome(*records: ExperimentRecord) -> Outcome:
    return Outcome(
        kept=records,
        headline="base against head",
        introduced="",
        delivered="Pushed to feature.",
        workload="python bench.py",
        base="a" * 40,
        head="c" * 40,
    )


def report(standing: Standing) -> Report:
    side = SideReport(name="main", commit="a" * 40, interpreter="python", python="3.11.7")
    one = DimensionReport(
        dimension=Dimension.CPU_S,
        base=1.0,
        head=1.4,
        ratio=1.4,
        low=1.3,
        high=1.5,
        pairs=7,
        standing=standing,
        limit="1.03x",
        decides=True,
    )
    workload = WorkloadReport(command="python bench.py", standing=standing, dimensions=(one,))
    return Report(base=side, head=side, standing=standing, workloads=(workload,), changed=(), environment={}, notes=())


def test_a_summary_has_every_fix_with_its_interval_and_how_to_see_it_again() -> None:
    text = summary(outcome(kept("unknown")))

    assert text.startswith(MARKER)
    assert "1 fix proved" in text
    assert "| ask a set | `unknown` `a.py:3` | cpu\\_s 0.50x \\[0.45, 0.55\\], 7 pairs | cccccccccc |" in text
    assert "optimize compare aaaaaaaaaaaa cccccccccccc --workload 'python bench.py'" in text


def test_what_the_branch_made_worse_comes_first() -> None:
    told = replace(outcome(kept()), introduced=report(Standing.REGRESSED))

    assert told.is_material
    assert "### optimize: slower or larger than its base: cpu_s; 1 fix proved" in summary(told)
    assert summary(told).index("cpu\\_s: 1.40x \\[1.30, 1.50\\], 7 pairs, limit 1.03x") < summary(told).index(
        "ask a set"
    )


def test_a_difference_within_its_limit_is_nothing_to_tell() -> None:
    assert not replace(outcome(), introduced=report(Standing.WORSE)).is_material
    assert not outcome().is_material


def test_why_the_branch_could_not_be_compared_is_said_beside_what_was_kept() -> None:
    text = summary(replace(outcome(kept()), introduced="main (aaaa) has no bench.py"))

    assert "was not measured: main (aaaa) has no bench.py" in text


@given(text=st.text(max_size=80))
def test_text_of_the_repository_can_neither_mark_up_nor_mention_nor_break_out(text: str) -> None:
    hostile = f"{text}</details><!-- @everyone ![x](http://x) | `"

    said, named = (summary(outcome(record)) for record in (kept("f", hostile), kept(hostile)))
    (notice,) = annotations((kept(hostile, hostile),), {1: hostile})

    assert said.count("</details>") == said.count("<!--") == 1
    assert "@everyone" not in said
    assert "![x]" not in said
    (row,) = (line for line in named.splitlines() if line.startswith("| ask a set"))
    assert row.count("|") == 5
    assert "@everyone" in row
    assert len(notice.splitlines()) == 1
    assert notice.startswith("::notice file=a.py,line=3,title=faster%3A ")


def test_a_fix_that_its_own_calls_decided_says_so() -> None:
    assert effect(kept()) == "cpu_s 0.50x [0.45, 0.55], 7 pairs"
    assert effect(replace(kept(), measurement=None)) == "not measured"


class Gh:
    """A `gh` on a path of its own, with what it is asked and answers in files."""

    def __init__(self, folder: Path, comments: list[dict[str, object]]) -> None:
        self.folder = folder
        (folder / "answer").write_text(
            json.dumps({"data": {"repository": {"pullRequest": {"id": "P", "comments": {"nodes": comments}}}}})
        )
        script = f'#!/bin/sh\ncat >> "{folder}/asked"; echo >> "{folder}/asked"; cat "{folder}/answer"\n'
        (folder / "gh").write_text(script)
        (folder / "gh").chmod(0o755)

    def put(self, body: str | None) -> str:
        environ = {"PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}", "GH_TOKEN": TOKEN}
        return Comments(pull_request=REQUEST, environ=environ).put(body)

    @property
    def changes(self) -> list[dict[str, str]]:
        asked = [json.loads(line) for line in (self.folder / "asked").read_text().splitlines()]
        return [one["variables"] for one in asked if "mutation" in one["query"]]


def test_a_first_comment_is_added_and_a_second_one_takes_its_place(tmp_path: Path) -> None:
    first = Gh(tmp_path, [{"id": "C1", "body": f"{MARKER} not ours", "viewerDidAuthor": False}])
    assert first.put(f"{MARKER} one") == ""
    assert first.changes == [{"subject": "P", "body": f"{MARKER} one"}]

    (tmp_path / "asked").unlink()
    again = Gh(tmp_path, [{"id": "C2", "body": f"{MARKER} one", "viewerDidAuthor": True}])
    assert again.put(f"{MARKER} two") == ""
    assert again.changes == [{"comment": "C2", "body": f"{MARKER} two"}]


def test_with_nothing_to_tell_only_an_old_comment_is_touched(tmp_path: Path) -> None:
    none = Gh(tmp_path, [{"id": "C1", "body": "of somebody", "viewerDidAuthor": True}])
    assert none.put(None) == ""
    assert none.changes == []

    old = Gh(tmp_path, [{"id": "C2", "body": f"{MARKER} one", "viewerDidAuthor": True}])
    assert old.put(None) == ""
    assert old.changes == [{"comment": "C2", "body": nothing_left(REQUEST.head_commit)}]


def test_a_gh_that_is_missing_fails_or_answers_nonsense_is_told_in_a_line(tmp_path: Path) -> None:
    assert "gh can't be run" in Comments(pull_request=REQUEST, environ={"PATH": str(tmp_path)}).put("x")
    gh = Gh(tmp_path, [])
    (tmp_path / "answer").write_text("<html>")
    assert "gh answered what can't be read" in gh.put("x")
    (tmp_path / "gh").write_text("#!/bin/sh\necho 'HTTP 403: no rights' >&2; exit 1\n")
    assert gh.put("x") == "gh ended with 1: HTTP 403: no rights"


def test_secrets_and_variables_nobody_listed_are_taken_out_of_the_environment() -> None:
    given = {
        "PATH": "/bin",
        "GITHUB_TOKEN": TOKEN,
        "WEBHOOK": "https://x",
        "ACTIONS_RUNTIME_TOKEN": "x",
        "GITHUB_EVENT_PATH": "/e",
        "OPTIMIZE_TIME_LIMIT": "5m",
        "GIT_CONFIG_KEY_0": "a.b",
        "GITHUB_APP_PRIVATE_KEY": "x",
    }

    shown, handed = sorted_out(given)

    assert set(shown) == {"PATH", "GITHUB_EVENT_PATH", "OPTIMIZE_TIME_LIMIT", "GIT_CONFIG_KEY_0"}
    assert handed == {"GITHUB_TOKEN": TOKEN}


def test_in_ci_the_target_sees_listed_variables_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tree = Tree(root=tmp_path, import_roots=(".",), packages=(), source_paths=(".",))
    interpreter = Interpreter(executable=sys.executable, version=sys.version_info[:3])
    monkeypatch.setenv("INNOCENT", "1")

    before = launch(Command(argv=("python", "-c", "")), tree, interpreter).env
    monkeypatch.setenv(LISTED_ONLY, "1")
    after = launch(Command(argv=("python", "-c", ""), env={"WANTED": "1"}), tree, interpreter).env

    assert "INNOCENT" in before
    assert "INNOCENT" not in after
    assert after["WANTED"] == "1"
    assert after["PATH"]


def test_git_gets_the_token_of_the_runner_in_place_of_one_that_a_checkout_left() -> None:
    assert git_credentials({"GITHUB_TOKEN": TOKEN}) == {}
    found = git_credentials({"GITHUB_TOKEN": TOKEN, "GITHUB_ACTIONS": "true"})

    listed = subprocess.run(
        ["git", "config", "--get-all", "http.https://github.com/.extraheader"],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **found},
        capture_output=True,
        text=True,
        check=True,
    )
    empty, header = listed.stdout.removesuffix("\n").split("\n")
    assert empty == ""
    assert header.startswith("AUTHORIZATION: basic ")
    assert TOKEN not in header


def test_a_pull_request_of_a_deleted_fork_is_a_fork(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    found = {
        "number": 7,
        "base": {"ref": "main", "sha": "a" * 40, "repo": {"full_name": "shop/shop"}},
        "head": {"ref": "feature", "sha": "b" * 40, "repo": None},
    }
    path.write_text(json.dumps({"pull_request": found}))

    request = pull_request({"GITHUB_EVENT_PATH": str(path)})

    assert request is not None
    assert request.is_fork
    assert pull_request({}) is None
    path.write_text("{}")
    assert pull_request({"GITHUB_EVENT_PATH": str(path)}) is None


@given(content=st.binary(max_size=100))
def test_no_event_file_breaks_the_reading(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("event") / "event.json"
    path.write_bytes(content)

    found = None
    with contextlib.suppress(UsageError):
        found = pull_request({"GITHUB_EVENT_PATH": str(path)})

    assert found is None
