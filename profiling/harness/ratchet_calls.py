"""Read recorded calls and find the functions they were of: for replay, and for measuring callables. In the target.

A recording's folder holds `manifest.json` and, in `calls/`, one file per function with the pickled `(args, kwargs)` of
its calls. Pickles are read here only, in the interpreter whose program made them.
"""

from __future__ import annotations

import _imp
import _pickle
import io
import json
import os
import sys
from importlib import import_module, util

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType
    from typing import Any

_MAIN, _SCRIPT = "__main__", "__mp_main__"
STAND_IN = _imp._fix_co_filename  # type: ignore[attr-defined]  # typeshed leaves it out
"""Stands in recordings for what gives names and attributes their objects: no program has it among its arguments."""
_TRANSPARENT_FILES = ("contextlib.py",)
"""Wrappers from here take the same arguments, and are part of what the function does."""


class Unresolved(Exception):
    """The function of a recorded call can't be found in this tree; the message says why."""


class Call:
    """One recorded call.

    Attributes:
        function: id of the function in the recording; file, qualname, module: where it is defined.
        weight: how many calls of the run it stands for.
        command: number of the recorded command; process: number of its process.
        index: its place in the recording.
    """

    def __init__(self, row: Mapping[str, Any], function: Mapping[str, Any], data: bytes, root: str) -> None:
        self.function = str(function["id"])
        self.file = str(function["file"])
        self.qualname = str(function["qualname"])
        self.module = str(row["module"])
        self.weight = float(row["weight"])
        self.command = int(row["command"])
        self.process = int(row["process"])
        self.index = int(row["index"])
        self.main = row["main"]
        self.data = data
        self.root = root

    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return positional and keyword arguments, made anew each time.

        Raises:
            Exception: whatever the program's own classes raise.
        """
        args, kwargs = _Unpickler(self).load()
        return args, kwargs


class Found:
    """The function of a tree that a recorded call is of.

    Attributes:
        call: takes the recorded arguments.
        wrapping: names of wrappers around it that `call` leaves out, outermost first.
        module: where it is defined.
        plain: the Python function itself where there is one.
    """

    def __init__(self, call: Callable[..., Any], wrapping: tuple[str, ...], module: ModuleType, plain: object) -> None:
        self.call = call
        self.wrapping = wrapping
        self.module = module
        self.plain = plain


def load(folder: str, root: str) -> Iterator[Call]:
    """Yield the recorded calls in the order in which they were made.

    Args:
        folder: of the recording.
        root: of the tree that runs.
    """
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    functions = {str(function["id"]): function for function in manifest["functions"]}
    contents: dict[str, bytes] = {}
    for row in sorted(manifest["calls"], key=lambda row: int(row["index"])):
        name = str(row["calls_file"])
        if name not in contents:
            with open(os.path.join(folder, "calls", name), "rb") as file_of_calls:
                contents[name] = file_of_calls.read()
        data = contents[name][row["offset"] : row["offset"] + row["length"]]
        yield Call(row, functions[str(row["function"])], data, root)


def add_paths(folder: str, root: str) -> None:
    """Put the folders of the tree that the recorded program had on its import path at the end of ours."""
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    for entry in manifest["paths"]:
        path = os.path.normpath(os.path.join(root, entry))
        if path not in sys.path:
            sys.path.append(path)


def resolve(file: str, qualname: str, module: str, root: str) -> Callable[..., Any]:
    """Return what takes the recorded arguments of a function; `find` says more of it.

    Raises:
        Unresolved: it can't be found, or is imported from elsewhere than this tree.
    """
    return find(file, qualname, module, root).call


def find(file: str, qualname: str, module: str, root: str) -> Found:
    """Return the function that a tree has under a name.

    Args:
        file: relative to the root; module: by which it was imported; qualname: in it.
        root: of the tree.

    Raises:
        Unresolved: it can't be found, or is imported from elsewhere than this tree.
    """
    if "<" in qualname:
        raise Unresolved("it is defined inside another function")
    found = script(root, file) if module in (_MAIN, _SCRIPT) else _imported(module)
    _check_origin(found, root, file)
    owner: object = found
    *outer, name = qualname.split(".")
    for part in outer:
        owner = _member(owner, part)
    raw = _member(owner, name)
    if outer and _is_attribute(raw):
        return Found(_Attribute(raw, name), (), found, getattr(raw, "fget", None) or getattr(raw, "func", None))
    call, wrapping = _unwrapped(raw)
    if not callable(call):
        raise Unresolved(f"{qualname} is a {type(call).__name__} there")
    plain = getattr(call, "__wrapped__", call)
    code = getattr(plain, "__code__", None)
    if code is not None and os.path.realpath(code.co_filename) != os.path.realpath(os.path.join(root, file)):
        raise Unresolved(f"{qualname} is a function of {os.path.basename(code.co_filename)} there, by a decorator")
    return Found(call, wrapping, found, plain)


_scripts: dict[str, Any] = {}


def script(root: str, file: str) -> ModuleType:
    """Return a script of the tree as a module, run as `multiprocessing` does: under a name that is not `__main__`.

    Raises:
        Unresolved: it can't be run.
    """
    path = os.path.join(root, file)
    if path not in _scripts:
        spec = util.spec_from_file_location(_SCRIPT, path)
        if spec is None or spec.loader is None:
            raise Unresolved(f"{file} is no Python file")
        module = util.module_from_spec(spec)
        before, sys.modules[_SCRIPT] = sys.modules.get(_SCRIPT), module
        sys.path.append(os.path.dirname(path))
        try:
            spec.loader.exec_module(module)
        except BaseException as error:
            if before is not None:
                sys.modules[_SCRIPT] = before
            raise Unresolved(f"the script {file} can't be run: {type(error).__name__}") from error
        _scripts[path] = module
    found: ModuleType = _scripts[path]
    return found


def restore(instance: object, state: object) -> None:
    """Give an instance its recorded attributes, wherever its class keeps them now."""
    parts = state if type(state) is tuple else (state,)
    for part in parts:
        for name, value in (part or {}).items():
            object.__setattr__(instance, name, value)


class _Unpickler(_pickle.Unpickler):
    """Finds classes of the recorded script, and the objects that stand for themselves."""

    def __init__(self, call: Call) -> None:
        super().__init__(io.BytesIO(call.data))
        self.call = call

    def find_class(self, module: str, name: str) -> Any:
        """Return a global; those of the recorded script from our copy of it."""
        if (module, name) == (STAND_IN.__module__, STAND_IN.__name__):
            return self.stood_for
        if module in (_MAIN, _SCRIPT) and type(self.call.main) is str:
            found: object = script(self.call.root, self.call.main)
            for part in name.split("."):
                found = getattr(found, part)
            return found
        return super().find_class(module, name)

    def stood_for(self, *what: Any) -> Any:
        """Return a module, or an object that a module holds under a name; or give an instance its attributes."""
        if len(what) == 2:
            return restore(*what)
        kind, module, name = what
        return import_module(module) if kind == "module" else self.find_class(module, name)


class _Attribute:
    """Reads a property, or writes it where there is one more argument."""

    def __init__(self, raw: object, name: str) -> None:
        self.raw = raw
        self.name = name

    def __call__(self, instance: object, *values: object) -> object:
        """Do it."""
        if not values:
            return getattr(instance, self.name)
        return self.raw.__set__(instance, *values)  # type: ignore[attr-defined]  # a property's


def _imported(module: str) -> ModuleType:
    try:
        return import_module(module)
    except BaseException as error:
        raise Unresolved(f"{module} can't be imported: {type(error).__name__}: {error}"[:300]) from error


def _check_origin(module: ModuleType, root: str, file: str) -> None:
    origin = getattr(module, "__file__", None)
    if type(origin) is not str or os.path.realpath(origin) != os.path.realpath(os.path.join(root, file)):
        raise Unresolved(f"{module.__name__} was not imported from {file} of this tree")


def _member(owner: object, name: str) -> object:
    if isinstance(owner, type):
        private = f"_{owner.__name__.lstrip('_')}{name}"
        for each in owner.__mro__:
            for key in (name, private) if name.startswith("__") else (name,):
                if key in each.__dict__:
                    return each.__dict__[key]
    elif name in getattr(owner, "__dict__", ()):
        return owner.__dict__[name]
    raise Unresolved(f"there is no {name} in {getattr(owner, '__name__', owner)!s}")


def _is_attribute(raw: object) -> bool:
    return isinstance(raw, property) or (not callable(raw) and hasattr(type(raw), "__get__") and hasattr(raw, "func"))


def _unwrapped(raw: object) -> tuple[Any, tuple[str, ...]]:
    """Return what has the function's own parameters, and the names of the wrappers that had others."""
    wrapping: list[str] = []
    for _ in range(20):
        if isinstance(raw, (staticmethod, classmethod)):
            raw = raw.__func__
            continue
        inner = getattr(raw, "__wrapped__", None)
        code = getattr(raw, "__code__", None)
        if inner is None or type(raw).__name__ == "_lru_cache_wrapper":
            break
        if code is not None and os.path.basename(code.co_filename) in _TRANSPARENT_FILES:
            break
        wrapping.append(getattr(raw, "__name__", type(raw).__name__) if code is None else code.co_name)
        raw = inner
    return raw, tuple(wrapping)
