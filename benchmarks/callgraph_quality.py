"""Score the call graph against public ground truths: `python -m benchmarks.callgraph_quality --help`.

The micro-benchmark is the folder `micro-benchmark/snippets` of the PyCG repository: fetch it yourself, it is not ours
to ship. Dynamic edges are pairs recorded while a package's tests run, as JSON: {"package": path, "edges": [[caller,
callee, kind, count], ...]}. Other tools are run beside ours on the same files: `--rival 'NAME=COMMAND {dir} {files}'`,
where the command prints {caller: [callees]} with names from the folder {dir}; benchmarks/callgraph_rivals.py does so
for three tools. One that fails, or takes more than 20 minutes, has no edges.
"""

import argparse
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from profiling.audit.graph import as_benchmark_json, build_call_graph

_EXACT, _PRECISION, _RECALL = 112, 0.98, 0.96
_TIMEOUT_S = 1200
_LAMBDA = re.compile(r"<lambda:?\d+>")
Edges = set[tuple[str, str]]


def main() -> int:
    """Print a row for each tool and ground truth; exit 1 when ours misses the bar of the micro-benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pycg", type=Path, help="the folder micro-benchmark/snippets")
    parser.add_argument("--rival", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--dynamic", action="append", default=[], type=Path, help="recorded pairs")
    asked = parser.parse_args()
    reached = True
    rivals = dict(each.split("=", 1) for each in asked.rival)
    if asked.pycg is not None:
        reached = _micro(asked.pycg, rivals)
    for recorded in asked.dynamic:
        _dynamic(recorded, rivals)
    return 0 if reached else 1


def _micro(folder: Path, rivals: Mapping[str, str]) -> bool:
    print("| tool | exact | of | precision | recall |\n|---|---|---|---|---|")
    snippets = sorted(path.parent for path in folder.rglob("callgraph.json"))
    truths = [_edges(json.loads((each / "callgraph.json").read_text())) for each in snippets]
    ours = [_edges(as_benchmark_json(build_call_graph(each))) for each in snippets]
    exact, precision, recall = _row("ours", ours, truths)
    for name, command in rivals.items():
        _row(name, [_rival(command, each, each) for each in snippets], truths)
    return exact >= _EXACT and precision >= _PRECISION and recall >= _RECALL


def _row(name: str, found: Sequence[Edges], truths: Sequence[Edges]) -> tuple[int, float, float]:
    exact = sum(one == other for one, other in zip(found, truths, strict=True))
    right = sum(len(one & other) for one, other in zip(found, truths, strict=True))
    precision = right / max(1, sum(map(len, found)))
    recall = right / max(1, sum(map(len, truths)))
    print(f"| {name} | {exact} | {len(truths)} | {precision:.3f} | {recall:.3f} |")
    return exact, precision, recall


def _rival(command: str, folder: Path, root: Path) -> Edges:
    files = " ".join(shlex.quote(str(path)) for path in sorted(folder.rglob("*.py")))
    line = command.format(files=files, dir=shlex.quote(str(root)))
    try:
        done = subprocess.run(shlex.split(line), capture_output=True, text=True, timeout=_TIMEOUT_S, check=True)
        return _edges(json.loads(done.stdout))
    except subprocess.CalledProcessError as error:
        print(f"{folder.name}: {error.stderr.strip().rpartition(chr(10))[2]}", file=sys.stderr)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        print(f"{folder.name}: {error}"[:200], file=sys.stderr)
    return set()


def _edges(graph: Mapping[str, Sequence[str]]) -> Edges:
    return {(caller, callee) for caller, callees in graph.items() for callee in callees}


def _dynamic(path: Path, rivals: Mapping[str, str]) -> None:
    recorded = json.loads(path.read_text())
    package = Path(recorded["package"])
    print("| package | tool | pairs | found | confirmed | of |\n|---|---|---|---|---|---|")
    _dynamic_row("ours", package, recorded, _edges(as_benchmark_json(build_call_graph(package))))
    for name, command in rivals.items():
        _dynamic_row(name, package, recorded, _rival(command, package, package.parent))


def _dynamic_row(tool: str, package: Path, recorded: Mapping[str, Any], edges: Edges) -> None:
    pairs = {(caller, callee) for caller, callee, kind, _ in recorded["edges"] if kind != "module"}
    named = {pair for pair in pairs if "<lambda:" not in pair[0] + pair[1]}
    exercised = {caller for caller, _ in named}
    own = {pair for pair in edges if pair[0] in exercised and pair[1].startswith(package.name + ".")}
    # A run knows lambdas by their lines, the source by their places: of one owner they can't be told apart.
    taken, every = _unnumbered(own), _unnumbered((caller, callee) for caller, callee, *_ in recorded["edges"])
    found, confirmed = len(named & edges) / max(1, len(named)), len(taken & every) / max(1, len(taken))
    print(f"| {package.name} | {tool} | {len(named)} | {found:.3f} | {confirmed:.3f} | {len(taken)} |", flush=True)


def _unnumbered(edges: Iterable[tuple[str, str]]) -> Edges:
    return {(_LAMBDA.sub("<lambda>", caller), _LAMBDA.sub("<lambda>", callee)) for caller, callee in edges}


if __name__ == "__main__":
    sys.exit(main())
