"""Commands that nobody declared: asked of a model over the wire, agreed to, run on a real repository."""

from pathlib import Path

import pytest

from agents.claude.scripted import Step
from orchestrator.errors import WorkloadFailed
from orchestrator.live.bus import Bus
from orchestrator.live.events import Event
from orchestrator.settings import load
from orchestrator.wiring import wire
from orchestrator.workspace.repository import Repository
from tests.fakes.claude_player import agent_of, results_of, use
from tests.fakes.messages_server import Body, serving
from tests.integration.claude_office import key_in_the_environment, make_till
from tests.integration.conftest import git, target_python

EXAMPLE = """import os
from till.running import running

assert not any("sk-ant" in value for value in os.environ.values()), "the key is here"
open("left-behind.txt", "w").close()
print(sum(running(list(range(300)))))
"""


def make(folder: Path) -> Path:
    root = make_till(folder)
    (root / "bench.py").unlink()
    for name in ("checks", "examples"):
        (root / name).mkdir()
    (root / "tests" / "test_till.py").rename(root / "checks" / "till_works.py")
    (root / "tests").rmdir()
    (root / "examples" / "day.py").write_text(EXAMPLE)
    (root / "examples" / "broken.py").write_text("raise SystemExit('no data here')\n")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "no benchmark")
    return root


def agent(body: Body) -> Step:
    """Propose what does not run, then what does."""
    assert agent_of(body) == "setup"
    assert "examples/day.py" in str(body["messages"][0])
    reason = "the example adds up a day, as users do"
    if not results_of(body):
        return use("commands", {"workload": "python examples/broken.py", "reason": reason})
    assert "no data here" in results_of(body)[0]
    tests = "python -m unittest checks/till_works.py"
    return use("commands", {"workload": "python examples/day.py", "tests": tests, "reason": reason})


def look(root: Path, agreed: bool, player: object = agent) -> tuple[object, list[Event]]:
    events: list[Event] = []
    bus = Bus(lambda: 0.0)
    bus.listen(events.append)
    with serving(player) as server, key_in_the_environment():  # type: ignore[arg-type]
        flags = {"repo": root, "agent": "claude", "base_url": server.url, "python": target_python(), "yes": agreed}
        wired = wire(load(flags, {}), bus, Repository.open(root), "s1", spent_s=0.0)
        try:
            return wired.services.scout.setup()[0], events
        finally:
            assert server.complaints == []


def test_an_agreed_proposal_is_run_before_it_counts_and_is_not_asked_for_again(tmp_path: Path) -> None:
    root = make(tmp_path)
    found, events = look(root, agreed=True)
    assert found.workload.text == "python examples/day.py"  # type: ignore[attr-defined]
    assert found.tests.text == "python -m unittest checks/till_works.py"  # type: ignore[attr-defined]
    assert any("the setup agent found the workload `python examples/day.py`" in event.text for event in events)
    assert not (root / "left-behind.txt").exists(), "it ran in the person's checkout"

    def nobody(body: Body) -> Step:
        raise AssertionError("it was asked again")

    again, _ = look(root, agreed=False, player=nobody)
    assert again.workload == found.workload  # type: ignore[attr-defined]


def test_without_agreement_nothing_runs_and_the_proposal_is_named(tmp_path: Path) -> None:
    root = make(tmp_path)
    with pytest.raises(WorkloadFailed) as refused:
        look(root, agreed=False)
    assert "the setup agent proposes the workload `python examples/broken.py`" in str(refused.value)
    assert "--yes" in refused.value.hint
    assert "--workload 'python examples/broken.py'" in refused.value.hint
