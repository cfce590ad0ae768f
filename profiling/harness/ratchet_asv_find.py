"""Find the benchmarks of a folder by asv's rules of naming, with their parameters, set-ups and caches."""

from __future__ import annotations

import importlib
import inspect
import itertools
import os
import pickle
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType
    from typing import Any

_NAME = re.compile(r"(time|mem|peakmem|track)_.|(Time|Mem|PeakMem|Track)[A-Z_].")
_KINDS = ("time", "mem", "peakmem", "track")
_caches: dict[int, bytes] = {}
"""What `setup_cache` functions returned, pickled, by the function's identity: every unit gets a copy of its own."""


class Unit:
    """One benchmark with one choice of its parameters.

    Attributes:
        name: `module.Class.function(parameters)`, as asv shows it.
        kind: `time`, `mem`, `peakmem` or `track`.
        number: calls in a sample, as the benchmark declares; 0: it leaves that to the runner.
        call: calls it once.
    """

    def __init__(
        self, name: str, function: Callable[..., object], sources: Sequence[object], values: tuple[object, ...]
    ) -> None:
        self.name = f"{name}({', '.join(repr(value) for value in values)})" if values else name
        self.kind = next(kind for kind in _KINDS if function.__name__.lower().startswith(kind))
        self.number = int(next(iter(_attributes(sources, "number")), 0) or 0)
        self.set_ups = list(reversed(_attributes(sources, "setup")))
        self.tear_downs = _attributes(sources, "teardown")
        self.cached = next(iter(_attributes(sources, "setup_cache")), None)
        self.function = function
        self.values = values
        self.arguments = values
        self.call: Callable[[], object] = self._called

    def set_up(self) -> bool:
        """Make ready; False when the benchmark says that it can't run with these parameters."""
        try:
            if self.cached is not None:
                self.arguments = (_from_cache(self.cached), *self.values)
            for set_up in self.set_ups:
                set_up(*self.arguments)
        except NotImplementedError:
            return False
        if not self.arguments:
            self.call = self.function
        return True

    def tear_down(self) -> None:
        """Clean up."""
        for tear_down in self.tear_downs:
            tear_down(*self.arguments)

    def _called(self) -> object:
        return self.function(*self.arguments)


def find(folder: str, patterns: Sequence[str]) -> list[Unit]:
    """Import a folder of benchmarks; return those that match any pattern (all without patterns), in order of names."""
    root = os.path.abspath(folder)
    sys.path.insert(0, os.path.dirname(root))
    wanted = [re.compile(pattern) for pattern in patterns]
    units = [unit for module in _modules(root) for unit in _of_module(module, os.path.basename(root))]
    chosen = [unit for unit in units if not wanted or any(pattern.search(unit.name) for pattern in wanted)]
    return sorted(chosen, key=lambda unit: unit.name)


def _modules(root: str) -> Iterator[ModuleType]:
    """Import every module below a folder, which is taken for a package."""
    top = os.path.basename(root)
    for parent, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name.isidentifier() and name != "__pycache__")
        package = ".".join([top, *os.path.relpath(parent, root).split(os.sep)]) if parent != root else top
        for name in sorted(files):
            stem, ending = os.path.splitext(name)
            if ending == ".py" and stem.isidentifier():
                yield importlib.import_module(package if stem == "__init__" else f"{package}.{stem}")


def _of_module(module: ModuleType, top: str) -> Iterator[Unit]:
    prefix = module.__name__[len(top) + 1 :]
    for name, value in sorted(vars(module).items()):
        if getattr(value, "__module__", None) != module.__name__:
            continue  # imported from elsewhere
        if inspect.isclass(value) and not name.startswith("_"):
            yield from _of_class(module, ".".join(filter(None, [prefix, name])), value)
        elif inspect.isfunction(value) and _NAME.match(name):
            for values in _combinations([value, module]):
                yield Unit(".".join(filter(None, [prefix, name])), value, [value, module], values)


def _of_class(module: ModuleType, prefix: str, owner: type) -> Iterator[Unit]:
    for name, value in inspect.getmembers(owner, inspect.isfunction):
        if _NAME.match(name):
            for values in _combinations([value, owner, module]):
                instance = owner()
                yield Unit(f"{prefix}.{name}", getattr(instance, name), [value, instance, module], values)


def _combinations(sources: Sequence[object]) -> Iterator[tuple[object, ...]]:
    """Yield every choice of parameters: `params` is a list of values, or of such lists."""
    params = next((each for each in _attributes(sources, "params") if each), None)
    if not params:
        return iter([()])
    lists = params if all(isinstance(each, (list, tuple)) for each in params) else [params]
    return itertools.product(*lists)


def _attributes(sources: Sequence[object], name: str) -> list[Any]:
    """Return what a benchmark's function, instance and module have under a name, in this order."""
    return [getattr(each, name) for each in sources if hasattr(each, name)]


def _from_cache(function: Callable[[], object]) -> object:
    """Return a copy of what a `setup_cache` makes; it is called once however many benchmarks share it."""
    key = id(getattr(function, "__func__", function))
    if key not in _caches:
        _caches[key] = pickle.dumps(function())
    return pickle.loads(_caches[key])  # noqa: S301 - written by the target itself, a line above
