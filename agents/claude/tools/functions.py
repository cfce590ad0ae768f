"""What is known of functions: where they are, who calls them, what they cost, what their calls were seen to be."""

import ast
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import Field

from agents.claude.tools._base import AnyTool, Arguments, Tool, ToolRefused
from agents.claude.tools.checkout import Checkout
from agents.model import Bench, Brief
from profiling.facts import FunctionFacts
from profiling.model import FunctionKey
from profiling.profile import FunctionProfile, Profile

_MOST_NAMES = 80
_MOST_KINDS = 6
_MOST_SAMPLES = 12
_MOST_LINE_RUNS = 2
_LONGEST_SAMPLE = 400
_MIB = 1024 * 1024
Function = ast.FunctionDef | ast.AsyncFunctionDef


class OneFile(Arguments):
    """A file."""

    file: str = Field(min_length=1, max_length=400)


class OneFunction(Arguments):
    """A function of a file, by its qualified name: `f`, `Class.method`."""

    file: str = Field(min_length=1, max_length=400)
    function: str = Field(min_length=1, max_length=300)


@dataclass(frozen=True, slots=True)
class Definition:
    """A function as its file defines it."""

    name: str
    node: Function

    @property
    def first_line(self) -> int:
        """Return its first line, that of a decorator where it has one."""
        return min([self.node.lineno, *(one.lineno for one in self.node.decorator_list)])

    @property
    def last_line(self) -> int:
        """Return its last line."""
        return self.node.end_lineno or self.node.lineno


def definitions(text: str) -> tuple[Definition, ...]:
    """Return the functions of a text, by place, methods and inner ones with their qualified names.

    Raises:
        ToolRefused: the text can't be parsed.
    """
    try:
        return tuple(_defined(ast.parse(text).body, ""))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ToolRefused(f"it can't be parsed as Python: {error}") from None


def function_tools(checkout: Checkout, brief: Brief) -> tuple[AnyTool, ...]:
    """Return the tools that ask what is known of functions."""
    known = _Known(checkout=checkout, brief=brief)
    one = "`function` is its qualified name: `f`, `Class.method`."
    tools: list[AnyTool] = [
        Tool(
            name="list_functions",
            description="List the functions of a Python file: lines, name, share of the workload's CPU.",
            arguments=OneFile,
            use=known.listed,
        ),
        Tool(
            name="callers",
            description=f"List who calls a function, from the source's call graph, with exact counts. {one}",
            arguments=OneFunction,
            use=known.callers,
        ),
        Tool(
            name="callees",
            description=f"List what a function calls in the project, and what it does that is expensive. {one}",
            arguments=OneFunction,
            use=known.callees,
        ),
        Tool(
            name="profile_of",
            description=f"Say what a function costs in every dimension, and in which libraries. {one}",
            arguments=OneFunction,
            use=known.profile,
        ),
        Tool(
            name="facts_of",
            description=f"Say what the workload's calls of a function were: types, sizes, repetition. {one}",
            arguments=OneFunction,
            use=known.facts,
        ),
    ]
    if brief.bench is not None:
        tools += (_line_times(known, brief.bench, one), _samples(known, brief.bench, one))
    return tuple(tools)


def function_line(found: FunctionProfile, profile: Profile) -> str:
    """Return what a function costs in every dimension, in one line, with the uncertainty of its share."""
    whole_s = profile.cpu_sampled_s
    share = found.cpu_self_s / whole_s if whole_s > 0 else 0.0
    error = 2 / found.samples_self**0.5 if found.samples_self else 1.0
    seconds = f"{found.cpu_self_s:.3f} s itself, {found.cpu_total_s:.3f} s with what it calls"
    parts = [
        f"CPU {share:.1%} ± {share * error:.1%} of the workload ({seconds})",
        f"memory {max(found.peak_owned_bytes or 0, 0) / _MIB:+.1f} MiB of the peak",
        f"garbage collection {found.gc_pause_s:.3f} s in {found.gc_collections} collections",
        f"waiting {found.wall_blocked_s:.3f} s",
        f"on an event loop {found.loop_cpu_s:.3f} s computing, {found.loop_blocked_s:.3f} s blocked",
    ]
    parts += [] if found.calls is None else [f"{found.calls} calls"]
    parts += [f"{one.cpu_s:.3f} s inside {one.name}" for one in found.libraries[:_MOST_KINDS]]
    return "; ".join(parts)


def facts_lines(seen: FunctionFacts) -> tuple[str, ...]:
    """Return what was seen of a function's calls, one fact a line."""
    distinct = f"{seen.distinct_arguments} distinct arguments ({seen.keyable_calls} calls told by value)"
    lines = [
        f"{seen.calls} calls with {distinct}, deepest recursion {seen.max_depth}",
        f"same arguments, same result: {'always' if seen.consistent else 'not always, or not comparable'}",
        f"results: {_counts(seen.result_types)}{', all immutable' if seen.results_immutable else ''}",
    ]
    lines += [f"argument {name}: {_counts(kinds)}" for name, kinds in seen.argument_types.items()]
    lines += [f"length of {name}: {_lengths(sizes)}" for name, sizes in seen.argument_sizes.items() if sizes]
    lines += [f"raised {seen.raised} times: {_counts(seen.exceptions)}"] if seen.raised else []
    return tuple(lines)


def facts_about(brief: Brief, key: FunctionKey) -> FunctionFacts | None:
    """Return what was seen of a function's calls."""
    return brief.facts.functions.get(f"function:{key.place}:{key.qualname}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Answers from a brief."""

    checkout: Checkout
    brief: Brief

    def listed(self, asked: OneFile) -> str:
        shares = {one.key: one.cpu_self_s for one in self.brief.profile.functions}
        whole_s = self.brief.profile.cpu_sampled_s or 1.0
        lines = []
        for one in definitions(self.checkout.text(asked.file)):
            key = FunctionKey(file=asked.file, first_line=one.first_line, qualname=one.name)
            share = f"  {shares[key] / whole_s:.1%} of CPU" if key in shares else ""
            lines.append(f"{one.first_line}-{one.last_line}\t{one.name}{share}")
        return _several(lines) or "no function is defined there"

    def callers(self, asked: OneFunction) -> str:
        key = self._key(asked)
        counted = [
            f"{one.calls} calls by {_named(one.caller)}" for one in self.brief.profile.edges if one.callee == key
        ]
        facts = self.brief.paths.get(key)
        static = [f"called by {_named(one)}" for one in facts.callers] if facts else []
        return _several([*counted, *static]) or "no caller is known; it may still be called from outside the project"

    def callees(self, asked: OneFunction) -> str:
        key = self._key(asked)
        counted = [
            f"{one.calls} calls of {_named(one.callee)}" for one in self.brief.profile.edges if one.caller == key
        ]
        facts = self.brief.paths.get(key)
        static: list[str] = []
        if facts is not None:
            static = [f"calls {_named(one)}" for one in facts.callees]
            static += [f"line {one.line}: {one.callee} ({one.cost_class.value})" for one in facts.operations]
            static += [f"{facts.unresolved} calls whose target is not known"] if facts.unresolved else []
        return _several([*counted, *static]) or "it calls nothing that is known"

    def profile(self, asked: OneFunction) -> str:
        return function_line(self.seen(asked), self.brief.profile)

    def seen(self, asked: OneFunction) -> FunctionProfile:
        key = self._key(asked)
        found = next((one for one in self.brief.profile.functions if one.key == key), None)
        if found is None:
            raise ToolRefused(f"{key.qualname} was not seen running")
        return found

    def facts(self, asked: OneFunction) -> str:
        seen = facts_about(self.brief, self._key(asked))
        return "nothing was recorded of it" if seen is None else "\n".join(facts_lines(seen))

    def sampled(self, bench: Bench, asked: OneFunction) -> str:
        calls = bench.samples(self._key(asked))[:_MOST_SAMPLES]
        return "\n".join(one[:_LONGEST_SAMPLE] for one in calls) or "the tests make no call of it that can be shown"

    def _key(self, asked: OneFunction) -> FunctionKey:
        text = self.checkout.text(asked.file)
        found = next((one for one in definitions(text) if one.name == asked.function), None)
        if found is None:
            raise ToolRefused(f"{asked.file} defines no {asked.function!r}: `list_functions` names what it does")
        return FunctionKey(file=asked.file, first_line=found.first_line, qualname=found.name)


def _line_times(known: _Known, bench: Bench, one: str) -> AnyTool:
    runs = itertools.count(1)

    def timed(asked: OneFunction) -> str:
        found = known.seen(asked)
        if next(runs) > _MOST_LINE_RUNS:
            raise ToolRefused(f"the lines of {_MOST_LINE_RUNS} functions were timed: each takes a run of the workload")
        return bench.line_times(found, known.brief.profile)

    return Tool(
        name="line_times",
        description=(
            f"Say where a function's time goes, line by line: line, share, how often. {one} The workload is run once "
            "more for it, many times slower: ask when source and profile leave open which line costs."
        ),
        arguments=OneFunction,
        use=timed,
    )


def _samples(known: _Known, bench: Bench, one: str) -> AnyTool:
    return Tool(
        name="sample_calls",
        description=(
            f"Show calls of a function with their arguments, as the tests make them (runs them once). {one} "
            "The workload's own inputs are held back."
        ),
        arguments=OneFunction,
        use=lambda asked: known.sampled(bench, asked),
    )


def _defined(body: Iterable[ast.stmt], prefix: str) -> Iterator[Definition]:
    for node in body:
        if isinstance(node, Function):
            yield Definition(prefix + node.name, node)
            yield from _defined(node.body, f"{prefix}{node.name}.<locals>.")
        elif isinstance(node, ast.ClassDef):
            yield from _defined(node.body, f"{prefix}{node.name}.")
        else:
            for name in ("body", "orelse", "finalbody"):
                yield from _defined(getattr(node, name, []), prefix)
            for handler in getattr(node, "handlers", []):
                yield from _defined(handler.body, prefix)


def _named(key: FunctionKey) -> str:
    return f"{key.qualname} ({key.place})"


def _several(lines: list[str]) -> str:
    shown = list(dict.fromkeys(lines))
    more = [f"[{len(shown) - _MOST_NAMES} more]"] if len(shown) > _MOST_NAMES else []
    return "\n".join([*shown[:_MOST_NAMES], *more])


def _counts(counts: Mapping[str, int]) -> str:
    shown = (f"{number} of {name}" for name, number in list(counts.items())[:_MOST_KINDS])
    return ", ".join(shown) or "not told"


def _lengths(sizes: Mapping[int, int]) -> str:
    return ", ".join(f"{count} from {size} on" for size, count in sorted(sizes.items())[-_MOST_KINDS:])
