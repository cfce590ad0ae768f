"""What the trace of an action found, redundancy and pipelining, as things to act on."""

from collections.abc import Iterator, Mapping

from profiling.audit.findings.model import Context, Finding, FindingKind, Heat, Level
from profiling.audit.model import ActionProfile, Redundancy


def find(profile: ActionProfile, context: Context) -> Iterator[Finding]:
    """Yield a finding for every redundancy and every group of operations that could overlap."""
    for redundancy in profile.redundancy:
        yield _redundant(redundancy, profile, context)
    for group in profile.pipelining:
        yield _sequential(group, profile, context)


def _redundant(found: Redundancy, profile: ActionProfile, context: Context) -> Finding:
    function, line = _place(found.places[0])
    cost = _weights(profile).get(found.callee, 0.0)
    return Finding(
        kind=FindingKind.REDUNDANCY,
        function=function,
        file=_file(profile, function),
        line=line,
        what=f"{found.callee}({found.source}) is reached {found.count} times: {', '.join(found.places[:8])}",
        why="the same data is fetched or made again with every one of them",
        action="do it once and hand the result on, or remember it",
        effort=Level.LOW if len({_place(place)[0] for place in found.places}) == 1 else Level.MEDIUM,
        heat=context.heat.get(function, Heat.COLD),
        cost_now=cost * found.count,
        reduction=1 - 1 / found.count,
    )


def _sequential(group: tuple[str, ...], profile: ActionProfile, context: Context) -> Finding:
    function, line = _place(group[0].partition(" ")[0])
    ops = profile.expensive_ops.get(function, ())
    lines = {_place(each.partition(" ")[0])[1] for each in group}
    passes = context.passes.get(function, 0.0)
    weights = [op.weight * passes for op in ops if op.line in lines]
    return Finding(
        kind=FindingKind.PIPELINING,
        function=function,
        file=_file(profile, function),
        line=line,
        what=f"{len(group)} independent operations run one after the other: {', '.join(group)}",
        why="each waits for a file or the network while the others could",
        action="start them together (asyncio.gather, a pool of threads) and collect the results",
        effort=Level.MEDIUM,
        heat=context.heat.get(function, Heat.COLD),
        cost_now=sum(weights),
        reduction=1 - max(weights) / sum(weights) if sum(weights) > 0 else 1 - 1 / len(group),
    )


def _weights(profile: ActionProfile) -> Mapping[str, float]:
    """Return the largest weight of one operation, by callee."""
    found: dict[str, float] = {}
    for ops in profile.expensive_ops.values():
        for op in ops:
            found[op.callee] = max(found.get(op.callee, 0.0), op.weight)
    return found


def _place(text: str) -> tuple[str, int]:
    function, _, line = text.rpartition(":")
    return function, int(line)


def _file(profile: ActionProfile, function: str) -> str:
    return next((node.file for node in profile.functions if node.name == function), "")
