"""Print what one checkpointed step of a session's graph costs: empty nodes, the real saver, durability `sync`."""

import asyncio
import itertools
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.turn import turn

STEPS = 200
LIMIT_MS = 20.0


async def _median_step_ms(path: Path) -> float:
    os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
    from langgraph.graph import END, START, StateGraph  # noqa: PLC0415  after the variable is set

    from orchestrator.checkpoint import open_saver  # noqa: PLC0415
    from orchestrator.state import SessionState  # noqa: PLC0415

    times: list[float] = []

    async def step(state: SessionState) -> SessionState:
        times.append(time.perf_counter())
        return {"recorded": state["recorded"] + 1, "exhausted": [*state["exhausted"], "0123456789abcdef"][-20:]}

    graph = StateGraph(SessionState)
    graph.add_node("step", step)
    graph.add_edge(START, "step")
    graph.add_conditional_edges("step", lambda state: "step" if state["recorded"] < STEPS else END, ["step", END])
    async with open_saver(path) as saver:
        app = graph.compile(checkpointer=saver)
        config = {"configurable": {"thread_id": "bench"}, "recursion_limit": STEPS + 10}
        await app.ainvoke({"recorded": 0, "exhausted": []}, config, durability="sync")
    gaps = [after - before for before, after in itertools.pairwise(times)]
    return statistics.median(gaps) * 1000


def main() -> int:
    """Print the cost of a step and the size of the file; return 1 above the limit."""
    with tempfile.TemporaryDirectory() as scratch:
        step_ms = asyncio.run(_median_step_ms(Path(scratch, "session.db")))
        size = sum(file.stat().st_size for file in Path(scratch).iterdir())
    print(f"checkpoint cost: {step_ms:.2f} ms a step (median of {STEPS}); {size / STEPS / 1024:.1f} KiB a step on disk")
    return int(step_ms > LIMIT_MS)


if __name__ == "__main__":
    with turn():
        sys.exit(main())
