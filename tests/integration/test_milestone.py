"""A milestone on a real repository: all keeps measured together, tagged, reviewed."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

from orchestrator.ledger.layout import Layout
from orchestrator.live.bus import Bus
from orchestrator.live.events import Event, EventKind
from orchestrator.nodes.milestone import milestone
from orchestrator.plain import setup_to_json
from orchestrator.settings import load
from orchestrator.state import SessionState
from orchestrator.wiring import wire
from orchestrator.workspace.repository import Repository
from tests.integration.conftest import git, target_python


def test_a_milestone_measures_base_against_head_and_tags_the_head(shop: Path) -> None:
    git(shop, "switch", "-qc", "codeflash/optimize")
    text = (shop / "shop" / "text.py").read_text()
    (shop / "shop" / "text.py").write_text(
        text.replace("[name.lower() for name in known]", "{name.lower() for name in known}")
    )
    git(shop, "commit", "-qam", "perf: ask a set")
    git(shop, "switch", "-q", "main")
    git(shop, "tag", "codeflash/optimize-v1", "main")
    events: list[Event] = []
    bus = Bus(lambda: 0.0)
    bus.listen(events.append)
    asked = {"repo": shop, "workload": "python bench.py", "python": target_python()}
    repository = Repository.open(shop)
    Layout(root=shop).create()
    services = wire(load(asked, {}), bus, repository, "s", spent_s=0.0).services
    found, _ = services.scout.setup()
    base, head = git(shop, "rev-parse", "main"), git(shop, "rev-parse", "codeflash/optimize")
    state: SessionState = {
        "session_id": "s",
        "setup": setup_to_json(found),
        "base_commit": base,
        "head_commit": head,
        "milestones": 0,
        "keeps_since_milestone": 3,
    }
    update = asyncio.run(milestone(state, SimpleNamespace(context=services)))
    assert (update["milestones"], update["keeps_since_milestone"]) == (1, 0)
    assert (update["reviewed_commit"], update["head_commit"], update["repairs"]) == (head, head, [])
    assert git(shop, "rev-parse", "codeflash/optimize-v2") == head, "v1 was taken by other work"
    said = next(event for event in events if event.kind is EventKind.MILESTONE)
    assert said.text.startswith("codeflash/optimize-v2: CPU: ")
    assert "pairs" in said.text
    assert next(event for event in events if event.kind is EventKind.REVIEW).text == "approve"
