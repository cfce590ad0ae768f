"""A session gone on with on another machine, from HANDOFF.md and results.tsv alone: nothing twice, the same end."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.errors import Interrupted
from orchestrator.ledger import handoff, results_tsv
from orchestrator.ledger.handoff import Handoff
from orchestrator.ledger.layout import Layout
from orchestrator.live.bus import Bus
from orchestrator.live.events import Event, EventKind
from orchestrator.session import run
from orchestrator.settings import load
from tests.fakes.scripted_backend import Fix, ScriptedBackend
from tests.integration.conftest import Finished, git, make_shop, target_python

FASTER = Fix(
    summary="ask a set", old="[name.lower() for name in known]", new="{name.lower() for name in known}", expected=0.3
)
SHORTER = Fix(
    summary="count the short way",
    old="total = sum([7] * 600) // 600",
    new="total = 7",
    qualname="checksum",
    expected=0.25,
)
BREAKS_A_TEST = Fix(summary="lose the order", old="return found", new="return sorted(found)", expected=0.5)
SCRIPT = (BREAKS_A_TEST, FASTER, SHORTER)
NAMED = {"workload": "python bench.py", "tests": "python -m unittest discover -s tests"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A session that ended or was cut off."""

    root: Path
    events: tuple[Event, ...]

    @property
    def handoff(self) -> Handoff:
        found = handoff.load(Layout(root=self.root).handoff)
        assert found is not None
        return found

    @property
    def tried(self) -> list[str]:
        """Return the summaries of the experiments of this very run."""
        begun = [event for event in self.events if event.kind is EventKind.EXPERIMENT and "source" in event.data]
        return [str(event.data["summary"]) for event in begun]

    @property
    def kept(self) -> list[str]:
        return git(self.root, "log", "--reverse", "--format=%s", "main..codeflash/optimize").splitlines()


def play(root: Path, *, until: Callable[[Event], bool] = lambda _: False, **flags: object) -> Played:
    """Run a session of the script, cut off as by Ctrl-C at the first event that `until` names."""
    events: list[Event] = []
    asked = {"repo": root, "python": target_python(), "replay_time_s": 0, "workers": 1, **flags}

    async def whole() -> None:
        task = asyncio.ensure_future(run(load(asked, {}), bus, ScriptedBackend(SCRIPT)))
        loop = asyncio.get_running_loop()
        bus.listen(lambda event: loop.call_soon_threadsafe(task.cancel) if until(event) else None)
        await task

    bus = Bus(lambda: 0.0)
    bus.listen(events.append)
    try:
        asyncio.run(whole())
    except Interrupted:
        assert any(map(until, events))
    return Played(root=root, events=tuple(events))


def is_keep(event: Event) -> bool:
    return event.kind is EventKind.EXPERIMENT and "KEEP" in event.text


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_shop(tmp_path_factory.mktemp("here"))
    text = root / "shop" / "text.py"
    text.write_text(text.read_text().replace("total = 7", SHORTER.old))
    git(root, "commit", "-qam", "count the long way")
    return root


@pytest.fixture(scope="module")
def undisturbed(shop: Path) -> Played:
    root = shop.with_name("undisturbed")
    shutil.copytree(shop, root)
    done = play(root, **NAMED)
    assert sorted(done.tried) == sorted(fix.summary for fix in SCRIPT)
    assert len(done.kept) == 2
    return done


@pytest.fixture(scope="module")
def cut_off(shop: Path) -> Played:
    root = shop.with_name("cut-off")
    shutil.copytree(shop, root)
    done = play(root, until=is_keep, **NAMED)
    assert len(done.kept) == 1
    assert done.handoff.status.value == "interrupted"
    return done


def bring(cut_off: Played, to: Path, *names: str) -> Path:
    """Clone the repository, as another machine would, and take records along by hand."""
    git(to, "clone", "-q", str(cut_off.root), "clone")
    (to / "clone" / ".codeflash").mkdir()
    for name in names:
        shutil.copy(cut_off.root / ".codeflash" / name, to / "clone" / ".codeflash" / name)
    return to / "clone"


def check_same_end(resumed: Played, cut_off: Played, undisturbed: Played) -> None:
    assert sorted(resumed.kept) == sorted(undisturbed.kept)
    assert sorted(cut_off.tried + resumed.tried) == sorted(undisturbed.tried), "nothing twice, nothing left out"
    assert git(resumed.root, "diff", "main", "codeflash/optimize") == git(
        undisturbed.root, "diff", "main", "codeflash/optimize"
    )
    rows = results_tsv.read(Layout(root=resumed.root).results)
    assert sorted(row.status for row in rows) == ["discard", "keep", "keep"]
    assert len({row.key for row in rows}) == len(rows)


@pytest.mark.slow
def test_a_session_goes_on_from_handoff_and_table_in_a_clone_and_needs_no_options(
    cut_off: Played, undisturbed: Played, tmp_path: Path
) -> None:
    root = bring(cut_off, tmp_path, "HANDOFF.md", "results.tsv")

    resumed = play(root, resume=True)

    check_same_end(resumed, cut_off, undisturbed)
    assert f"goes on with what HANDOFF.md tells of {cut_off.handoff.session}" in resumed.events[0].text
    assert "codeflash/optimize was made from origin/codeflash/optimize" in "\n".join(one.text for one in resumed.events)
    written = resumed.handoff
    assert (written.experiments, written.keeps, written.discards) == (3, 2, 1)
    assert [one.commit for one in written.kept] == git(
        root, "log", "--reverse", "--format=%H", "main..codeflash/optimize"
    ).splitlines()
    assert sorted(one.number for one in written.trials) == [1, 2, 3]


@pytest.mark.slow
def test_records_that_were_committed_to_the_session_branch_come_with_the_clone(
    cut_off: Played, undisturbed: Played, tmp_path: Path
) -> None:
    root = bring(cut_off, tmp_path, "HANDOFF.md", "results.tsv")
    git(root, "checkout", "-q", "codeflash/optimize")
    git(root, "add", "-f", ".codeflash/HANDOFF.md", ".codeflash/results.tsv")
    git(root, "-c", "user.name=A", "-c", "user.email=a@localhost", "commit", "-qm", "records")

    resumed = play(root)

    assert sorted(cut_off.tried + resumed.tried) == sorted(undisturbed.tried)
    assert set(undisturbed.kept) < set(resumed.kept)
    assert git(root, "branch", "--show-current") == "codeflash/optimize"
    assert SHORTER.old not in (root / "shop" / "text.py").read_text()
    assert resumed.handoff.experiments == 3


@pytest.mark.slow
def test_the_table_alone_keeps_what_was_tried_from_being_tried_again(
    cut_off: Played, undisturbed: Played, tmp_path: Path
) -> None:
    root = bring(cut_off, tmp_path, "results.tsv")

    resumed = play(root, **NAMED)

    check_same_end(resumed, cut_off, undisturbed)


@pytest.mark.slow
def test_the_same_machine_goes_on_when_only_its_checkpoint_is_gone(
    cut_off: Played, undisturbed: Played, tmp_path: Path
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(cut_off.root, root)
    git(root, "worktree", "prune")
    for path in (root / ".codeflash").glob("session.db*"):
        path.unlink()

    resumed = play(root)

    check_same_end(resumed, cut_off, undisturbed)
    assert f"goes on with what HANDOFF.md tells of {cut_off.handoff.session}" in resumed.events[0].text


@pytest.mark.slow
def test_a_keep_that_was_reset_away_is_proposed_again_and_a_discard_only_for_changed_code(
    undisturbed: Played, tmp_path: Path
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(undisturbed.root, root)
    git(root, "worktree", "prune")
    git(root, "branch", "-f", "codeflash/optimize", "main")

    again = play(root, **NAMED)

    assert sorted(again.tried) == sorted([FASTER.summary, SHORTER.summary])
    assert sorted(again.kept) == sorted(undisturbed.kept)
    rows = results_tsv.read(Layout(root=root).results)
    assert len({row.key for row in rows}) == len(rows) == 5
    assert sorted(one.number for one in again.handoff.trials) == [1, 2, 3, 4, 5]

    git(root, "checkout", "-q", "codeflash/optimize")
    text = root / "shop" / "text.py"
    text.write_text(text.read_text().replace("found.append(word)", "found += [word]"))
    git(root, "commit", "-qam", "another way to append")

    changed = play(root, **NAMED)

    assert changed.tried == [BREAKS_A_TEST.summary]


DAMAGES = [
    (("HANDOFF.md", "status: interrupted", "<<<<<<< HEAD\nstatus: interrupted\n=======\n"), "HANDOFF.md: line "),
    (("HANDOFF.md", "version: 1", "version: 7"), "is of version 7, this program reads version 1"),
    (("HANDOFF.md", "reason: improved", "reason: magic"), "kept.0.trial.reason"),
    (("results.tsv", "\tkeep\t", "\t"), "columns, expected 16"),
    (("results.tsv", "commit\t", "<<<<<<< HEAD\ncommit\t"), "line 1: the header is not the expected one"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("damage", "said"), DAMAGES)
def test_a_damaged_record_is_named_with_its_line_and_nothing_is_run(
    cut_off: Played, tmp_path: Path, optimize: Callable[..., Finished], damage: tuple[str, str, str], said: str
) -> None:
    name, old, new = damage
    root = bring(cut_off, tmp_path, "HANDOFF.md", "results.tsv")
    path = root / ".codeflash" / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    before = path.read_text()

    done = optimize("-C", str(root), "--python", target_python())

    assert done.code == 2
    assert said in done.err
    assert f"mv {path}" in done.err
    assert "Traceback" not in done.err
    assert path.read_text() == before
    assert git(root, "branch", "--list", "codeflash/*") == ""


@pytest.mark.slow
def test_line_ends_of_another_system_are_read_as_they_are(cut_off: Played, tmp_path: Path) -> None:
    root = bring(cut_off, tmp_path, "HANDOFF.md", "results.tsv")
    for name in ("HANDOFF.md", "results.tsv"):
        path = root / ".codeflash" / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    resumed = play(root, until=lambda event: event.kind is EventKind.PREFLIGHT)

    assert resumed.handoff.session != cut_off.handoff.session
    assert resumed.handoff.trials == cut_off.handoff.trials
