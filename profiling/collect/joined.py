"""Join what the passes found into one profile. Pure but for the source it looks names up in."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from profiling.collect import collections, cpu, entry_points, imports, loop, memory, notes, queries, stacks
from profiling.collect.memory_pass import MemoryPass
from profiling.collect.runs import Workload
from profiling.collect.source import Source
from profiling.collect.time_pass import TimePass
from profiling.model import FunctionKey, RunUsage
from profiling.profile import SCHEMA_VERSION, FunctionProfile, ImportProfile, LibraryShare, Profile, Stack


def join(
    workload: Workload,
    tree_id: str,
    baseline: tuple[RunUsage, ...],
    time_pass: TimePass,
    memory_pass: MemoryPass,
) -> Profile:
    """Return the profile of the time and memory passes, without calls.

    Args:
        workload: what was run.
        tree_id: git tree hash of the source.
        baseline: plain runs, at least one.
        time_pass: with at least one run.
        memory_pass: as it went.
    """
    source = Source(root=workload.tree.root)
    merged = cpu.merge(time_pass.runs, source)
    collected = collections.merge(time_pass.runs, source)
    held = loop.merge(time_pass.runs, source)
    usage = time_pass.usage
    traced = memory_pass.merged
    joined_stacks = stacks.join(merged.stacks, collected.stacks, None if traced is None else traced.stacks)
    functions = _with_growth(_functions(merged, collected, held, traced), joined_stacks)
    return Profile(
        schema_version=SCHEMA_VERSION,
        tree_id=tree_id,
        command=workload.command,
        interpreter=workload.interpreter,
        baseline=baseline,
        time_pass=usage,
        memory_pass=memory_pass.usage,
        cpu_covered_s=merged.covered_s,
        samples=merged.samples,
        functions=functions,
        imports=_with_kept(imports.merge(time_pass.runs, workload.tree.root), traced),
        libraries=_libraries(functions),
        stacks=joined_stacks,
        gc=collected.totals,
        peak_bytes=None if traced is None else traced.peak_bytes,
        notes=(
            *notes.coverage(merged.covered_s, usage),
            *notes.time_pass(time_pass.runs, merged.samples, time_pass.lost_processes, collected.seen_share),
            *notes.overhead(baseline, usage),
            *memory_pass.notes,
        ),
        cpu_seen_s=merged.seen_s,
        concurrency=() if traced is None else traced.concurrency,
        classes=() if traced is None else traced.classes,
        queries=queries.merge(time_pass.runs, source),
        entry_points=entry_points.merge(time_pass.runs, source),
    )


def _with_kept(found: tuple[ImportProfile, ...], traced: memory.Memory | None) -> tuple[ImportProfile, ...]:
    if traced is None:
        return found
    return tuple(replace(module, kept_bytes=traced.imports.get(module.module, 0)) for module in found)


def _functions(
    merged: cpu.Cpu,
    collected: collections.Collected,
    held: Mapping[FunctionKey, loop.FunctionLoop],
    traced: memory.Memory | None,
) -> tuple[FunctionProfile, ...]:
    keys = {*merged.functions, *collected.functions, *held, *(() if traced is None else traced.functions)}
    found = [_function(key, merged, collected, held, traced) for key in keys]
    return tuple(sorted(found, key=lambda each: (-each.cpu_self_s, -each.cpu_total_s, each.key)))


def _function(
    key: FunctionKey,
    merged: cpu.Cpu,
    collected: collections.Collected,
    held: Mapping[FunctionKey, loop.FunctionLoop],
    traced: memory.Memory | None,
) -> FunctionProfile:
    sampled = merged.functions.get(key) or cpu.FunctionCpu()
    pauses = collected.functions.get(key)
    on_loop = held.get(key) or loop.FunctionLoop()
    heap = None if traced is None else traced.functions.get(key) or memory.FunctionMemory()
    return FunctionProfile(
        key=key,
        cpu_self_s=sampled.cpu_self_s,
        cpu_total_s=sampled.cpu_total_s,
        wall_blocked_s=sampled.wall_blocked_s,
        samples_self=sampled.samples_self,
        samples_total=sampled.samples_total,
        gc_pause_s=pauses.pause_s if pauses else 0.0,
        gc_collections=pauses.collections if pauses else 0,
        peak_bytes=heap.peak_bytes if heap else None,
        live_bytes=heap.live_bytes if heap else None,
        loop_cpu_s=on_loop.cpu_s,
        loop_blocked_s=on_loop.blocked_s,
        loop_longest_s=on_loop.longest_s,
        loop_others_waited_s=on_loop.others_waited_s,
        libraries=cpu.shares(sampled.libraries),
        peak_owned_bytes=heap.owned_bytes if heap else None,
        waits=sampled.waits,
    )


def _with_growth(functions: Sequence[FunctionProfile], joined: Sequence[Stack]) -> tuple[FunctionProfile, ...]:
    """Return the functions with their resident growth: that of their stacks, so that the whole bytes add up."""
    growth: defaultdict[FunctionKey, int] = defaultdict(int)
    for stack in joined:
        growth[stack.frames[-1]] += stack.rss_growth_bytes
    return tuple(replace(function, rss_growth_bytes=growth[function.key]) for function in functions)


def _libraries(functions: Sequence[FunctionProfile]) -> tuple[LibraryShare, ...]:
    totals: defaultdict[str, float] = defaultdict(float)
    for function in functions:
        for share in function.libraries:
            totals[share.name] += share.cpu_s
    return cpu.shares(totals)
