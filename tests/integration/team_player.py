"""Plays a scripted session of a team in a process of its own, to be killed: prints every event as a line of JSON."""

import asyncio
import json
import sys
import time
from pathlib import Path

from orchestrator.errors import Interrupted
from orchestrator.live.bus import Bus
from orchestrator.live.events import Event
from orchestrator.session import run
from orchestrator.settings import load
from tests.fakes.scripted_backend import Fix, ScriptedBackend
from tests.integration import claude_office
from tests.integration.conftest import target_python
from tests.integration.team_shop import SUM, WORDS

TESTS = "python -m unittest discover -s tests"


def asked(root: Path, **flags: object) -> dict[str, object]:
    plain = {"workload": "python bench.py", "tests": TESTS, "python": target_python(), "replay_time_s": 0}
    return {"repo": root, **plain, **flags}


def play(root: Path, *fixes: Fix, **flags: object) -> tuple[Event, ...]:
    """Run a session in this process and return what happened."""
    events: list[Event] = []
    bus = Bus(time.time)
    bus.listen(events.append)
    result = asyncio.run(run(load(asked(root, **flags), {}), bus, ScriptedBackend(fixes)))
    assert result.exit_code == 0
    return tuple(events)


def _print(event: Event) -> None:
    told = {"kind": event.kind.value, "data": dict(event.data), "stream": event.stream}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run the session of two workers in the repository that is named; of Claude, where an address is named too."""
    bus = Bus(time.time)
    bus.listen(_print)
    root, *url = sys.argv[1:]
    wanted = claude_office.asked(Path(root), *url, workers=2) if url else asked(Path(root))
    backend = None if url else ScriptedBackend((WORDS, SUM))
    try:
        sys.exit(asyncio.run(run(load(wanted, {}), bus, backend)).exit_code)
    except (Interrupted, KeyboardInterrupt):
        sys.exit(130)


if __name__ == "__main__":
    main()
