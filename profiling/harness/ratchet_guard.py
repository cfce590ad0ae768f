"""Tell whether a run kept its hands off the interpreter: clocks, builtins, foreign modules, settings.

What counts is compared with a run of the unchanged tree, so that a project which has always patched something may.
The clocks are taken before the target runs: CPU and wall seconds here hold against what the system counts.
"""

from __future__ import annotations

import _thread
import builtins
import gc
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

_cpu_s, _wall_s = time.process_time, time.monotonic
_MOST_NAMES = 200
_WATCHED = (time, os, gc, sys, builtins, _thread)
_CHANGING = frozenset({"sys.stdin", "sys.stdout", "sys.stderr", "sys.modules", "sys.path", "sys.argv"})
_FUNCTION = type(lambda: None)


class _Guard:
    """What one process was like at its start."""

    def __init__(self, context: Mapping[str, object]) -> None:
        self.root = str(context["root"]).rstrip("/") + "/"
        self.callables = {
            module.__name__: {name: value for name, value in vars(module).items() if callable(value)}
            for module in _WATCHED
        }
        self.begin(_cpu_s())

    def begin(self, cpu_s: float) -> None:
        """Take now as the start of this process."""
        self.start_cpu_s = cpu_s
        self.started = _wall_s()

    def report(self) -> dict[str, object]:
        """Return what is different now, and what the process used by clocks it could not reach."""
        patched = [*self._replaced(), *self._foreign()]
        return {
            "cpu_s": _cpu_s(),
            "wall_s": _wall_s() - self.started,
            "patched": sorted(set(patched))[:_MOST_NAMES],
            "settings": _settings(),
        }

    def _replaced(self) -> Iterator[str]:
        """Yield the builtin callables that are others now."""
        for module in _WATCHED:
            for name, value in self.callables[module.__name__].items():
                full = module.__name__ + "." + name
                if vars(module).get(name) is not value and full not in _CHANGING:
                    yield full

    def _foreign(self) -> Iterator[str]:
        """Yield what holds code of the tree in a module, or a class of a module, from elsewhere."""
        for name, module in list(sys.modules.items()):
            values = _namespace(module)
            if values is None or self._is_ours(values, name):
                continue
            for key, value in list(values.items()):
                if self._is_code_of_tree(value):
                    yield "%s.%s" % (name, key)
                elif isinstance(value, type) and getattr(value, "__module__", None) == name:
                    for attribute, member in list(vars(value).items()):
                        if self._is_code_of_tree(member):
                            yield "%s.%s.%s" % (name, key, attribute)

    def _is_ours(self, values: Mapping[str, object], name: str) -> bool:
        file = values.get("__file__")
        return name in ("__main__", "__mp_main__", "sitecustomize") or (isinstance(file, str) and self._inside(file))

    def _is_code_of_tree(self, value: object) -> bool:
        return type(value) is _FUNCTION and self._inside(value.__code__.co_filename)

    def _inside(self, file: str) -> bool:
        return file.startswith(self.root) and "/site-packages/" not in file


_guard: _Guard | None = None


def start(context: Mapping[str, object]) -> None:
    """Remember how the interpreter is."""
    global _guard
    _guard = _Guard(context)


def snapshot() -> dict[str, object]:
    """Return how it is now."""
    return {} if _guard is None else _guard.report()


def after_fork() -> None:
    """Begin anew in the child: its CPU clock starts at zero."""
    if _guard is not None:
        _guard.begin(0.0)


def _namespace(module: ModuleType) -> Mapping[str, object] | None:
    try:
        found = object.__getattribute__(module, "__dict__")
    except Exception:
        return None
    return found if isinstance(found, dict) else None


def _settings() -> dict[str, str]:
    """Return settings of the interpreter that a fix has no business with."""
    found = {
        "gc.isenabled": gc.isenabled(),
        "gc.get_threshold": gc.get_threshold(),
        "gc frozen": gc.get_freeze_count() > 0,
        "sys.getswitchinterval": sys.getswitchinterval(),
        "sys.getrecursionlimit": sys.getrecursionlimit(),
        "sys.gettrace": sys.gettrace() is not None,
        "sys.getprofile": sys.getprofile() is not None,
        "nice": _nice(),
        "children reaped unseen": _ignores_children(),
    }
    return {name: str(value) for name, value in found.items()}


def _nice() -> int | None:
    try:
        return os.getpriority(os.PRIO_PROCESS, 0)
    except (AttributeError, OSError):
        return None


def _ignores_children() -> bool:
    """Say whether SIGCHLD is ignored: the system then forgets what children used."""
    signal = sys.modules.get("_signal")
    try:
        return signal is not None and signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN
    except Exception:
        return False
