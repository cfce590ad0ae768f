"""A whole session in-process, on a real repository, with scripted fixes: what is kept, refused, and left."""

import asyncio
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from orchestrator.ledger import experiment_json, metrics, results_tsv
from orchestrator.ledger.handoff import SessionStatus
from orchestrator.ledger.handoff import load as load_handoff
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.bus import Bus
from orchestrator.live.events import Event, EventKind
from orchestrator.policy.verdict import Reason
from orchestrator.session import run
from orchestrator.settings import load
from tests.fakes.scripted_backend import Fix, ScriptedBackend
from tests.integration.conftest import git, make_shop, target_python

FASTER = Fix(
    summary="ask a set",
    old="[name.lower() for name in known]",
    new="{name.lower() for name in known}",
)
NOTHING = Fix(summary="rename a local", old="total = 7", new="total = 6 + 1", qualname="checksum")
SLOWER = Fix(summary="count the long way", old="total = 7", new="total = sum([7] * 300) // 300", qualname="checksum")
BREAKS_A_TEST = Fix(summary="lose the order", old="return found", new="return sorted(found)")
NEW_OUTPUT = Fix(
    summary="count wrongly", old="% 1000003\n    return total", new="% 999983\n    return total", qualname="checksum"
)
SORTS_WHAT_IT_IS_GIVEN = Fix(
    summary="sort the caller's list",
    old="names = [name.lower() for name in known]",
    new="known.sort()\n    names = {name.lower() for name in known}",
)
NO_SYNTAX = Fix(summary="forget a bracket", old="found.append(word)", new="found.append(word")
NO_IMPORT = Fix(
    summary="import what is not there", old='"""Words of orders."""', new='"""Words."""\nimport no_such_module_x'
)
OUT_OF_SCOPE = Fix(
    summary="edit the benchmark", old="import random", new="import random ", file="bench.py", qualname="<module>"
)
HANGS = Fix(summary="never end", old="found = []\n", new="found = []\n    while words: pass\n")
SWALLOWS = Fix(
    summary="ask a set, and hide what fails",
    old="names = [name.lower() for name in known]",
    new="try:\n        names = {name.lower() for name in known}\n    except Exception:\n        pass",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    root: Path
    events: tuple[Event, ...]

    @property
    def records(self) -> tuple[ExperimentRecord, ...]:
        return experiment_json.load_all(Layout(root=self.root).experiments)

    @property
    def verdicts(self) -> dict[str, str]:
        return {one.proposal.summary: one.verdict.reason.value for one in self.records}

    def lines(self, kind: EventKind) -> str:
        return "\n".join(event.text for event in self.events if event.kind is kind)


Session = Callable[..., Ended]


def play_in(shop: Path) -> Session:
    def play(*fixes: Fix, **flags: object) -> Ended:
        events: list[Event] = []
        clock = itertools.count(1)
        bus = Bus(lambda: float(next(clock)))
        bus.listen(events.append)
        asked = {
            "repo": shop,
            "workload": "python bench.py",
            "tests": "python -m unittest discover -s tests",
            "python": target_python(),
            "replay_time_s": 0,
            **flags,
        }
        result = asyncio.run(run(load(asked, {}), bus, ScriptedBackend(fixes)))
        assert result.exit_code == 0
        return Ended(root=shop, events=tuple(events))

    return play


@pytest.fixture
def session(shop: Path) -> Session:
    return play_in(shop)


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Return one ended session that several tests look at."""
    return play_in(make_shop(tmp_path_factory.mktemp("ended")))(NOTHING, FASTER)


def test_a_faster_change_is_kept_as_one_commit_and_a_useless_one_leaves_no_trace(done: Ended) -> None:
    assert done.verdicts["ask a set"] == "improved"
    assert done.verdicts["rename a local"] in {"no_improvement", "undecided"}
    assert git(done.root, "log", "--format=%s", "main..codeflash/optimize") == "perf: ask a set"
    body = git(done.root, "log", "-1", "--format=%B", "codeflash/optimize")
    assert "CPU: " in body
    assert "pairs" in body
    assert body.endswith(f"Ratchet-Experiment: {done.records[1].key}")
    assert git(done.root, "diff", "--stat", "main", "codeflash/optimize").count("|") == 1
    assert git(done.root, "status", "--porcelain") == "?? .codeflash/"
    assert git(done.root, "branch", "--show-current") == "main"


def test_the_records_agree_with_each_other(done: Ended) -> None:
    layout = Layout(root=done.root)
    rows = results_tsv.read(layout.results)
    assert layout.results.read_text().splitlines()[0] == results_tsv.HEADER
    assert [row.status for row in rows] == ["discard", "keep"]
    handoff = load_handoff(layout.handoff)
    assert handoff is not None
    assert handoff.status is SessionStatus.DONE
    assert (handoff.experiments, handoff.keeps, handoff.discards) == (2, 1, 1)
    assert handoff.head_commit == git(done.root, "rev-parse", "codeflash/optimize") == done.records[1].commit
    assert "base against head" in handoff.headline
    base, head = metrics.read(layout.metrics)
    assert (base.commit, head.commit) == (handoff.base_commit, handoff.head_commit)
    assert head.measures.cpu_s.middle < base.measures.cpu_s.middle
    assert base.measures.tests_passed == head.measures.tests_passed == 4
    assert list(base.measures.complexity) == ["shop/text.py"]
    assert "tests: 4 passed" in handoff.baseline[0]
    assert "keep: ask a set" in layout.learnings.read_text()
    assert "python bench.py" in layout.setup.read_text()


def test_nothing_is_tried_twice_and_a_second_session_goes_on_from_the_branch(done: Ended) -> None:
    head = git(done.root, "rev-parse", "codeflash/optimize")
    before = done.records
    undecided = [one.proposal.summary for one in before if one.verdict.reason is Reason.UNDECIDED]
    second = play_in(done.root)(NOTHING, FASTER)
    assert second.records[: len(before)] == before
    assert [one.proposal.summary for one in second.records[len(before) :]] == undecided
    assert "goes on with" in second.lines(EventKind.PREFLIGHT)
    assert git(second.root, "rev-parse", "codeflash/optimize") == head


@pytest.mark.parametrize(
    ("fix", "reason"),
    [
        (BREAKS_A_TEST, "tests_failed"),
        (NEW_OUTPUT, "behaviour_changed"),
        pytest.param(NO_SYNTAX, "syntax_error", marks=pytest.mark.slow),
        pytest.param(NO_IMPORT, "import_failed", marks=pytest.mark.slow),
    ],
    ids=lambda value: value.summary if isinstance(value, Fix) else value,
)
def test_a_change_that_fails_a_gate_is_discarded_with_its_reason(session: Session, fix: Fix, reason: str) -> None:
    done = session(fix)
    assert done.verdicts == {fix.summary: reason}
    assert done.records[0].measurement is None
    assert git(done.root, "rev-parse", "codeflash/optimize") == git(done.root, "rev-parse", "main")


@pytest.mark.slow
def test_a_change_that_only_its_callers_would_notice_is_found_by_replaying_calls(session: Session) -> None:
    done = session(SORTS_WHAT_IT_IS_GIVEN, replay_time_s=30)
    (record,) = done.records
    assert record.verdict.reason.value == "behaviour_changed"
    assert "1 differ, the first at shop/text.py:12 unknown" in record.verdict.explanation


@pytest.mark.slow
def test_where_little_is_expected_the_functions_own_calls_decide_and_what_gains_nothing_goes_no_further(
    session: Session,
) -> None:
    done = session(SLOWER, replace(FASTER, expected=0.01), replay_time_s=30)
    useless, faster = done.records
    assert useless.verdict.reason.value == "no_improvement"
    assert [gate.name for gate in useless.gates][-1] == "prescreen"
    assert (faster.verdict.status.value, faster.verdict.level.value) == ("keep", "function")
    assert "of its own calls" in faster.verdict.explanation
    assert "Own calls: CPU: " in git(done.root, "log", "-1", "--format=%B", faster.commit)
    (replayed,) = [gate for gate in faster.gates if gate.name == "behaviour"]
    assert "no difference" in replayed.detail
    assert "generated inputs alike" in replayed.detail


@pytest.mark.slow
def test_a_cache_that_answers_a_workload_which_repeats_itself_is_refused(shop: Path) -> None:
    (shop / "bench.py").write_text(
        "from shop.text import checksum\nprint(sum(checksum('a long word' * 400) for _ in range(400)))\n"
    )
    git(shop, "commit", "-qam", "repeat")
    remembers = Fix(
        summary="remember checksums",
        old="def checksum(",
        new="import functools\n\n\n@functools.lru_cache(maxsize=128)\ndef checksum(",
        qualname="checksum",
    )
    (record,) = play_in(shop)(remembers, replay_time_s=30).records
    assert record.verdict.reason.value == "gaming_suspected"
    assert "asked again and again by the workload itself" in record.verdict.explanation


@pytest.mark.slow
def test_a_keep_that_the_review_finds_a_serious_fault_in_is_reverted(session: Session) -> None:
    done = session(SWALLOWS)
    assert done.records[0].verdict.reason.value == "review_failed", "gates and measurement let it pass"
    assert git(done.root, "diff", "main", "codeflash/optimize") == ""
    subjects = git(done.root, "log", "--format=%s", "main..codeflash/optimize").splitlines()
    assert subjects[0].startswith("revert: perf: ask a set")
    assert "swallows" in done.lines(EventKind.WARNING)


@pytest.mark.slow
def test_a_hook_that_refuses_the_commit_makes_it_a_discard(session: Session, shop: Path) -> None:
    hook = shop / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no commits today >&2\nexit 1\n")
    hook.chmod(0o755)
    done = session(FASTER)
    assert done.verdicts == {"ask a set": "guard_failed"}
    assert "no commits today" in done.records[0].verdict.explanation


@pytest.mark.slow
def test_a_guard_command_of_the_conventions_is_obeyed(session: Session, shop: Path) -> None:
    (shop / ".codeflash").mkdir()
    (shop / ".codeflash" / "conventions.md").write_text("---\nguard: python -c 'import sys; sys.exit(3)'\n---\n")
    done = session(FASTER)
    assert done.verdicts == {"ask a set": "guard_failed"}


@pytest.mark.slow
def test_excluded_files_are_left_alone(session: Session, shop: Path) -> None:
    (shop / ".codeflash").mkdir()
    (shop / ".codeflash" / "conventions.md").write_text("---\nexclusions: [shop]\n---\n")
    done = session(FASTER)
    assert done.records == ()


@pytest.mark.slow
def test_tests_that_failed_before_are_not_held_against_a_change(session: Session, shop: Path) -> None:
    path = shop / "tests" / "test_text.py"
    path.write_text(path.read_text() + "\n    def test_broken_from_before(self):\n        self.fail('before')\n")
    git(shop, "commit", "-qam", "a broken test")
    done = session(FASTER)
    assert done.verdicts == {"ask a set": "improved"}
    assert (done.records[0].tests.failed, done.records[0].tests.failed_before) == (1, 1)
    assert "not held against" in done.lines(EventKind.BASELINE)


@pytest.mark.slow
def test_a_workload_that_never_prints_the_same_is_measured_without_its_output(session: Session, shop: Path) -> None:
    (shop / "bench.py").write_text((shop / "bench.py").read_text() + "import os\nprint(os.urandom(8).hex())\n")
    git(shop, "commit", "-qam", "a chatty benchmark")
    done = session(FASTER, max_experiments=1)
    assert done.verdicts == {"ask a set": "improved"}
    assert "does not print the same twice" in done.lines(EventKind.BASELINE)


def test_uncommitted_and_untracked_work_stays_where_it_is_and_an_uncommitted_benchmark_is_used(
    session: Session, shop: Path
) -> None:
    git(shop, "rm", "-q", "--cached", "bench.py")
    git(shop, "commit", "-qm", "the benchmark is not tracked")
    (shop / "shop" / "text.py").write_text("# half-done\n" + (shop / "shop" / "text.py").read_text())
    before = git(shop, "diff")
    done = session(FASTER)
    assert done.verdicts == {"ask a set": "improved"}
    assert git(shop, "diff") == before
    assert "half-done" not in git(shop, "show", "codeflash/optimize:shop/text.py")
    assert "uncommitted changes stay" in done.lines(EventKind.PREFLIGHT)


@pytest.mark.slow
def test_on_the_session_branch_the_checkout_follows_the_keeps(session: Session, shop: Path) -> None:
    git(shop, "switch", "-qc", "codeflash/optimize")
    (shop / "notes.txt").write_text("mine\n")
    done = session(FASTER)
    assert done.verdicts == {"ask a set": "improved"}
    assert "{name.lower()" in (shop / "shop" / "text.py").read_text()
    assert git(shop, "status", "--porcelain") == "?? .codeflash/\n?? notes.txt"


def test_another_workload_makes_a_new_baseline_and_is_said(done: Ended) -> None:
    other = play_in(done.root)(NOTHING, FASTER, workload="python -X utf8 bench.py", max_experiments=1)
    assert "workload was 'python bench.py', is 'python -X utf8 bench.py'" in other.lines(EventKind.BASELINE)


def test_a_bound_ends_the_session_cleanly_and_says_so(session: Session) -> None:
    done = session(NOTHING, FASTER, max_experiments=1)
    handoff = load_handoff(Layout(root=done.root).handoff)
    assert handoff is not None
    assert handoff.status is SessionStatus.BOUND
    assert "bound of 1 experiment" in " ".join(handoff.next_steps)


def test_every_timed_run_shows_that_it_ran_its_own_worktree(done: Ended) -> None:
    measurement = done.records[1].measurement
    assert measurement is not None
    origins = {
        file for pair in measurement.pairs for side in (pair.base, pair.change) for file in side.origins.values()
    }
    assert origins == {"shop/__init__.py", "shop/text.py"}


def test_events_are_json_and_numbered_without_gaps(done: Ended) -> None:
    assert [event.number for event in done.events] == list(range(1, len(done.events) + 1))
    json.dumps([dict(event.data) for event in done.events])
