"""What a program does, call by call, in a form in which two runs can be compared."""

import ast
import asyncio
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import io
import itertools
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.fakes.portraits import portrait

NAME = "app"
MOST_DRAWN = 1000
"""Values drawn from an iterator that a call gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How something ended.

    Attributes:
        value: what it gave; of an iterator, the values drawn from it.
        raised: what it raised, in the call or while values were drawn.
        drawn_from: type of that iterator.
    """

    value: object = None
    raised: BaseException | None = None
    drawn_from: str = ""


def observed(source: str, calls: Sequence[str], beside: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return what each call did, and at the end everything that was given and got, as it is by then.

    Args:
        source: of a module; it is run afresh, as `app`.
        calls: expressions.
        beside: texts of modules that can be imported meanwhile, by file.
    """
    module = types.ModuleType(NAME)
    kept: list[object] = []
    with _standing_in(module), _standing_beside(beside or {}), _recorded() as record:
        imported = _ending(lambda: exec(compile(source, f"{NAME}.py", "exec"), vars(module)))
        seen = [f"import: {portrait(imported)}, {record()}"]
        for call in calls:
            given, ended = _called(call, vars(module))
            kept += [given, ended]
            seen.append(f"{call}: {portrait(ended)}, arguments after it {portrait(given)}, {record()}")
    return (*seen, f"at the end {portrait(kept)}")


def _called(call: str, namespace: dict[str, object]) -> tuple[Ending, Ending]:
    """Return the arguments of a call, positional ones and keywords, and how it ended."""
    tree = ast.parse(call, mode="eval").body
    if not isinstance(tree, ast.Call):
        return Ending(), _ending(lambda: _evaluated(tree, namespace))
    keys = [ast.Constant(value=keyword.arg) if keyword.arg else None for keyword in tree.keywords]
    keywords = ast.Dict(keys=keys, values=[keyword.value for keyword in tree.keywords])
    parts = ast.Tuple(elts=[tree.func, ast.List(elts=tree.args, ctx=ast.Load()), keywords], ctx=ast.Load())
    made = _ending(lambda: _evaluated(parts, namespace))
    if not isinstance(made.value, tuple):
        return made, Ending()
    function, positional, named = made.value
    return Ending(value=(positional, named)), _ending(lambda: function(*positional, **named))


def _evaluated(tree: ast.expr, namespace: dict[str, object]) -> object:
    expression = ast.fix_missing_locations(ast.Expression(body=tree))
    return eval(compile(expression, "call", "eval"), namespace)


def _ending(run: Callable[[], object]) -> Ending:
    try:
        value = run()
        if inspect.iscoroutine(value):
            value = asyncio.run(value)
    except Exception as error:  # noqa: BLE001  # the program may raise anything
        return Ending(raised=error)
    return _drawn(value) if isinstance(value, Iterator) else Ending(value=value)


def _drawn(values: Iterator[object]) -> Ending:
    found: list[object] = []
    try:
        found.extend(itertools.islice(values, MOST_DRAWN))
    except Exception as error:  # noqa: BLE001  # as above
        return Ending(value=found, raised=error, drawn_from=type(values).__name__)
    return Ending(value=found, drawn_from=type(values).__name__)


@contextlib.contextmanager
def _standing_in(module: types.ModuleType) -> Iterator[None]:
    """Let a module be found by its name, as `pickle`, `dataclasses` and `typing` do."""
    earlier = sys.modules.get(NAME)
    sys.modules[NAME] = module
    try:
        yield
    finally:
        if earlier is None:
            del sys.modules[NAME]
        else:
            sys.modules[NAME] = earlier


class _Sources(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds modules whose texts it was given."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._packages = {file.removesuffix("/__init__.py").replace("/", ".") for file in texts if "__init__" in file}
        self._texts = {file.removesuffix(".py").removesuffix("/__init__").replace("/", "."): file for file in texts}
        self._sources = texts

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """Find a module by its name."""
        del path, target
        return importlib.util.spec_from_loader(fullname, self) if fullname in self._texts else None

    def is_package(self, fullname: str) -> bool:
        """Say whether it holds other modules."""
        return fullname in self._packages

    def get_source(self, fullname: str) -> str:
        """Return its text."""
        return self._sources[self._texts[fullname]]

    def names(self) -> set[str]:
        """Return the names of all that it finds."""
        return set(self._texts)


@contextlib.contextmanager
def _standing_beside(texts: Mapping[str, str]) -> Iterator[None]:
    """Let modules be imported from their texts, afresh."""
    sources = _Sources(texts)
    sys.meta_path.insert(0, sources)
    try:
        yield
    finally:
        sys.meta_path.remove(sources)
        for name in sources.names() & sys.modules.keys():
            del sys.modules[name]


@contextlib.contextmanager
def _recorded() -> Iterator[Callable[[], str]]:
    """Yield what tells the output and warnings since it was last asked."""
    out, err = io.StringIO(), io.StringIO()

    def record() -> str:
        told = f"out {out.getvalue()!r}, err {err.getvalue()!r}, warned {[str(one.message) for one in caught]}"
        for stream in (out, err):
            stream.seek(0)
            stream.truncate()
        caught.clear()
        return told

    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        yield record
