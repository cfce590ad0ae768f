"""What `optimize profile` does with its options, and what it prints."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from orchestrator.cli import exports, recorded_facts
from orchestrator.cli.observation import (
    Observer,
    as_lines,
    asked,
    exit_code,
    not_seen,
    observing,
    width,
    workload_errors,
)
from orchestrator.errors import SettingsError, UsageError
from orchestrator.live.plain_text import neutral
from profiling.collect.delta import FunctionDelta, delta
from profiling.collect.runs import Workload
from profiling.deep.model import DeepReport, Tool
from profiling.deep.named import MOST, NotNamed, named
from profiling.deep.passes import deep
from profiling.entry_points.advice import advices, foremost, headline
from profiling.formats.deep_lines import deep_lines
from profiling.formats.delta_table import delta_table
from profiling.formats.profile_table import profile_table
from profiling.model import FunctionKey
from profiling.profile import Profile

if TYPE_CHECKING:
    from orchestrator.cli.profile import Flags, ProfileFlags

_DEEP: TypeAdapter[DeepReport] = TypeAdapter(DeepReport)
_DELTAS: TypeAdapter[tuple[FunctionDelta, ...]] = TypeAdapter(tuple[FunctionDelta, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is printed, and what the command ends with."""

    text: str
    exit_code: int


def profiled(flags: "ProfileFlags", *, as_json: bool) -> Shown:
    """Profile the command once, compared and looked into as asked.

    Raises:
        UsageError: the earlier profile can't be read, or a tool or a function is unknown.
        NotWritable: the profile can't be written.
        TargetError: there is nothing to profile.
    """
    before = exports.read(flags["against"]) if flags["against"] is not None else None
    tools = wanted_tools(flags["deep"]) | (frozenset({Tool.LINES}) if flags["lines"] else frozenset())
    with observing(asked(flags)) as observer:
        functions = _functions(observer, flags["lines"])
        found = observer.profile()
        if flags["out"] is not None:
            exports.write(found, flags["out"], before=before)
        if flags["flame"]:
            exports.write_flames(found, observer.asked.root, before=before)
        if flags["facts"]:
            recorded_facts.keep(observer, found, flags["out"] if exports.is_whole(flags["out"]) else None)
        deeper = _deep(observer, found, tools, functions) if tools else None
        text = _json(observer, found, before, deeper) if as_json else "\n".join(_lines(observer, found, before, deeper))
    return Shown(text=text, exit_code=exit_code(found))


def scaled(flags: "Flags", *, as_json: bool) -> Shown:
    """Run the command at several sizes.

    Raises:
        UsageError: options that don't go together, no place for the size, or sizes that can't be compared.
        SettingsError: the budget is no duration.
        TargetError: the command fails at the smallest size.
    """
    from orchestrator.cli import scaling  # noqa: PLC0415  only here

    other = [name for name in ("out", "against", "deep", "lines", "flame", "facts") if flags[name]]
    if other or flags["command"]:
        what = f"--{other[0]}" if other else "a COMMAND"
        raise UsageError(f"--scale does not go with {what}", hint="the command is the one in --scale, with {n} in it")
    growth = scaling.scaled(asked(flags), scaling.wanted(flags))
    return Shown(text=scaling.as_json(growth) if as_json else "\n".join(scaling.as_lines(growth)), exit_code=0)


def attached(flags: "Flags", pid: int, *, as_json: bool) -> Shown:
    """Look at a process that runs already.

    Raises:
        UsageError: options that don't go together.
        SettingsError: the time is no duration that is allowed.
        TargetError: the process can't be looked at.
        NotWritable: a file can't be written.
    """
    from orchestrator.cli import attach  # noqa: PLC0415  only here

    found = attach.attached(flags, pid)
    return Shown(text=attach.as_json(found) if as_json else "\n".join(attach.as_lines(found)), exit_code=0)


def wanted_tools(text: str | None) -> frozenset[Tool]:
    """Return the deep tools that `--deep` names; none without it.

    Raises:
        SettingsError: one is unknown.
    """
    if text is None:
        return frozenset()
    if text == "all":
        return frozenset(Tool)
    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in {tool.value for tool in Tool}]
    if unknown:
        known = ", ".join(tool.value for tool in Tool)
        raise SettingsError(
            f"deep can't be {unknown[0]!r} (from --deep)",
            hint=f"allowed are {known}; a COMMAND goes after --: optimize profile --deep -- python bench.py",
        )
    return frozenset(Tool(name) for name in names)


def _functions(observer: Observer, names: tuple[str, ...]) -> tuple[FunctionKey, ...]:
    """Return the functions that `--lines` names, each once.

    Raises:
        UsageError: a name fits none, or they are too many.
    """
    try:
        found = [key for name in names for key in named(name, observer.setup.tree, observer.command.argv)]
    except NotNamed as error:
        raise UsageError(str(error), hint="--lines takes name, Class.name, file.py:name or file.py:12") from error
    functions = tuple(dict.fromkeys(found))
    if len(functions) > MOST:
        raise UsageError(f"--lines names {len(functions)} functions", hint=f"name {MOST} at most in one run")
    return functions


def _deep(observer: Observer, found: Profile, tools: frozenset[Tool], functions: tuple[FunctionKey, ...]) -> DeepReport:
    workload = Workload(
        tree=observer.setup.tree,
        command=observer.command,
        interpreter=observer.setup.interpreter,
        processes=observer.processes,
        tolerant=True,
    )
    with workload_errors():
        return deep(workload, found, tools, line_by_line=functions, scratch=observer.folder(), on_progress=observer.say)


def _lines(observer: Observer, found: Profile, before: Profile | None, deeper: DeepReport | None) -> tuple[str, ...]:
    columns = width()
    work = [f"  Work: {headline(one)}" for one in foremost(advices(found, observer.asked.root), 1)]
    sections = [*as_lines(found), *work, "", *profile_table(found, columns)]
    if before is not None:
        sections += ["", "[compared with the earlier profile]", *delta_table(before, found, columns)]
    if deeper is not None:
        sections += ["", "[deep]", *deep_lines(deeper, columns)]
    return (*(neutral(line).replace("\n", " ").rstrip() for line in sections), *not_seen(found.notes))


def _json(observer: Observer, found: Profile, before: Profile | None, deeper: DeepReport | None) -> str:
    text = observer.as_json(found)
    if before is None and deeper is None:
        return text
    whole = json.loads(text)
    if before is not None:
        whole["changes"] = _DELTAS.dump_python(delta(before, found), mode="json")
    if deeper is not None:
        whole["deep"] = _DEEP.dump_python(deeper, mode="json")
    return json.dumps(whole)
