"""How well calibrated costs rank functions of programs that the weights were not fitted to.

    python benchmarks/audit_calibration.py --python PYTHON --fit FOLDER... --held FOLDER...

Each FOLDER holds a package of the folder's name and a `bench.py` that uses it for some seconds of CPU; PYTHON runs it.
Printed per program: Spearman's correlation of the calibrated with the measured cost of one call, of a function's own
work (functions with 5 samples or more of their own) and with all that it calls (5 samples or more on the stack).
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.turn import tell
from orchestrator.workspace.turns import timed_processes
from profiling.audit.calibrated import inclusive_costs, own_costs
from profiling.audit.calibration import Observed, calibrate_all
from profiling.audit.correlation import spearman
from profiling.audit.cost_model import CostModel
from profiling.audit.findings.heat import key_of
from profiling.audit.graph import build_call_graph
from profiling.audit.harness_run import run_action
from profiling.audit.sources import Sources
from profiling.context.interpreter import ask
from profiling.model import Command, Tree
from profiling.profile import FunctionProfile

_FEWEST_SAMPLES = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--python", required=True)
    parser.add_argument("--fit", nargs="+", type=Path, required=True)
    parser.add_argument("--held", nargs="+", type=Path, required=True)
    asked = parser.parse_args()
    fitted = [observe(folder, asked.python) for folder in asked.fit]
    found = calibrate_all(fitted)
    weights = ", ".join(f"{kind} {weight:.3g}" for kind, weight in found.weights.items())
    print(f"fitted to {found.functions} functions: node {found.node_ns:.3g} ns, library {found.library_ns:.3g} ns,")
    print(f"  {weights}; unknown loops {found.unknown_bound:g} passes; sd of ln(estimated/measured) {found.spread:.2f}")
    for folder, observed in zip(asked.fit, fitted, strict=True):
        print(row("fitted", folder.name, observed, found.model()))
    for folder in asked.held:
        print(row("held out", folder.name, observe(folder, asked.python), found.model()))


def observe(folder: Path, python: str) -> Observed:
    tree = Tree(root=folder.resolve(), import_roots=(".",), packages=(folder.name,), source_paths=(".",))
    with tempfile.TemporaryDirectory() as scratch:
        run = run_action(
            tree,
            Command(argv=("python", "bench.py")),
            ask(python),
            processes=timed_processes(tell),
            scratch=Path(scratch),
            tree_id=folder.name,
            budget_s=0.0,
            on_progress=lambda _: None,
        )
    if run.advice is not None:
        raise SystemExit(run.advice)
    return Observed(graph=build_call_graph(tree.root), profile=run.profile, sources=Sources(root=tree.root))


def row(role: str, name: str, observed: Observed, model: CostModel) -> str:
    own = own_costs(observed.graph, observed.sources, model)
    whole = inclusive_costs(observed.graph, observed.sources, model)
    alone = ranked(observed, own, lambda each: (each.cpu_self_s, each.samples_self))
    below = ranked(observed, whole, lambda each: (each.cpu_total_s, each.samples_total))
    return f"{role:8} {name:12} own {alone}   with all it calls {below}"


def ranked(observed: Observed, costs: dict[str, float], figure: Callable[[FunctionProfile], tuple[float, int]]) -> str:
    names = {key_of(node): node.name for node in observed.graph.nodes.values()}
    pairs = [
        (costs[names[each.key]], figure(each)[0] / each.calls)
        for each in observed.profile.functions
        if each.key in names and each.key.qualname != "<module>" and each.calls and figure(each)[1] >= _FEWEST_SAMPLES
    ]
    found = spearman([cost for cost, _ in pairs], [measured for _, measured in pairs])
    return f"{found:.2f} ({len(pairs)} functions)" if found is not None else f"none ({len(pairs)} functions)"


if __name__ == "__main__":
    main()
