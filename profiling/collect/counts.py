"""What the counts pass saw, over all processes: calls, edges, modules in use and who imports them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.collect.import_sites import with_importers
from profiling.collect.reports import CodeRow, Number
from profiling.collect.source import Source
from profiling.model import FunctionKey
from profiling.profile import CacheProfile, Edge, FunctionProfile, ImportProfile, Profile

HARNESS = "ratchet_counts"
Place = tuple[str, int, str]
"""File, first line, name without its class."""
_Calls = Annotated[int, Field(ge=0, le=2**62)]
_IS_FUNCTION = 0x1
_LINE_LIMIT = 2**31


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    calls: tuple[tuple[str, int, str, _Calls], ...]
    codes: tuple[CodeRow, ...] = ()
    edges: tuple[tuple[Number, Number, _Calls], ...] = ()
    modules: tuple[tuple[str, str, bool], ...] = ()
    importers: tuple[tuple[str, str, Annotated[int, Field(ge=0, le=_LINE_LIMIT)]], ...] = ()
    notes: tuple[Annotated[str, Field(max_length=500)], ...] = ()
    hook_errors: _Calls = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The counts pass merged.

    Attributes:
        calls: by place.
        edges: by code of caller and callee.
        modules: whether a function of the module ran outside its import, in any process; by name.
        importers: files (as the target names them) and lines that imported a module, by name.
        files: of modules, as the target names them, by name.
        notes: what was not counted.
        caches: how the project's did.
    """

    calls: Mapping[Place, int] = field(default_factory=dict)
    edges: Mapping[tuple[CodeRow, CodeRow], int] = field(default_factory=dict)
    modules: Mapping[str, bool] = field(default_factory=dict)
    importers: Mapping[str, frozenset[tuple[str, int]]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    caches: tuple[CacheProfile, ...] = ()


def merge(reports: Iterable[Mapping[str, object]]) -> Counted:
    """Add up the processes; reports that are none are left out."""
    calls: Counter[Place] = Counter()
    edges: Counter[tuple[CodeRow, CodeRow]] = Counter()
    modules: dict[str, bool] = {}
    importers: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
    whole = [report for raw in reports if (report := _parsed(raw)) is not None]
    for report in whole:
        for file, line, name, count in report.calls:
            calls[file, line, name] += count
        for caller, callee, count in report.edges:
            edges[report.codes[caller], report.codes[callee]] += count
        for name, _, is_used in report.modules:
            modules[name] = modules.get(name, False) or is_used
        for name, file, line in report.importers:
            importers[name].add((file, line))
    return Counted(
        calls=calls,
        edges=edges,
        modules=modules,
        importers={name: frozenset(sites) for name, sites in importers.items()},
        files={name: file for report in whole for name, file, _ in report.modules},
        notes=_notes(whole),
    )


def with_counts(profile: Profile, counted: Counted, source: Source) -> Profile:
    """Return the profile with what was counted.

    Args:
        profile: of the other passes.
        counted: as merged; empty where nothing could be counted.
        source: names the functions.
    """
    return replace(
        profile,
        functions=with_calls(profile.functions, counted.calls),
        edges=_edges(counted, source),
        imports=with_importers(
            tuple(_with_use(module, counted) for module in profile.imports),
            importers=counted.importers,
            files=counted.files,
            root=source.root,
        ),
        notes=(*profile.notes, *counted.notes),
        caches=counted.caches,
    )


def with_calls(functions: tuple[FunctionProfile, ...], counted: Mapping[Place, int]) -> tuple[FunctionProfile, ...]:
    """Return the functions with their calls, None where none was counted (generators before 3.12 are not)."""
    return tuple(replace(function, calls=counted.get(_place(function))) for function in functions)


def _with_use(module: ImportProfile, counted: Counted) -> ImportProfile:
    executed = counted.modules.get(module.module)
    return module if executed is None else replace(module, executed=executed)


def _edges(counted: Counted, source: Source) -> tuple[Edge, ...]:
    """Return the edges between functions; code inside a function is that function, and no call of it."""
    found: Counter[tuple[FunctionKey, FunctionKey]] = Counter()
    for (caller, callee), calls in counted.edges.items():
        if callee[4] & _IS_FUNCTION and not callee[2].startswith("<"):
            found[source.function(caller), source.function(callee)] += calls
    edges = [Edge(caller=caller, callee=callee, calls=calls) for (caller, callee), calls in found.items()]
    return tuple(sorted(edges, key=lambda edge: (-edge.calls, edge.caller, edge.callee)))


def _parsed(raw: Mapping[str, object]) -> _Report | None:
    try:
        report = _Report.model_validate(raw)
    except (ValidationError, RecursionError):
        return None
    count = len(report.codes)
    return report if all(max(caller, callee) < count for caller, callee, _ in report.edges) else None


def _notes(reports: Iterable[_Report]) -> tuple[str, ...]:
    said = dict.fromkeys(note for report in reports for note in report.notes)
    errors = sum(report.hook_errors for report in reports)
    swallowed = (f"{errors} errors while calls were counted were swallowed: some counts may be low",) if errors else ()
    return (*said, *swallowed)


def _place(function: FunctionProfile) -> Place:
    return function.key.file, function.key.first_line, function.key.qualname.rpartition(".")[2]
