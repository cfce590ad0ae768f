"""The workload this project is optimized on: read who calls whom in packages of the standard library."""

import sysconfig
from pathlib import Path

from profiling.audit.graph import build_call_graph

PACKAGES = (
    "asyncio",
    "concurrent",
    "email",
    "http",
    "importlib",
    "json",
    "logging",
    "multiprocessing",
    "unittest",
    "xml",
)


def main() -> None:
    """Print how many functions and calls each package has."""
    library = Path(sysconfig.get_paths()["stdlib"])
    for name in PACKAGES:
        graph = build_call_graph(library / name)
        print(name, len(graph.nodes), sum(len(callees) for callees in graph.edges.values()))


if __name__ == "__main__":
    main()
