"""Start harnesses inside the target's interpreter (copied as `sitecustomize.py`) and write down what they report.

A harness is a module with `start(context)` and `snapshot() -> dict` (JSON-able, may be called often, also from another
thread). Optional: `after_fork()` (in the child: forget what the parent saw), `finish()` (before a last report) and
`stop()` (after it, at the interpreter's exit). `context` holds `options`, `root`, `source_paths` (as given),
`packages`, and four callables: `report(dict)` writes that instead of a snapshot, now; `failed()` counts a swallowed
error; `relative(filename)` gives the path below the root of a project file, or None; `every(period_s, action)` calls
`action()` from an own thread, across forks.
Only builtin modules are imported here: what the target imports later must still be seen, and timed, as its own.
"""

from __future__ import annotations

import os
import sys


def begin(config_path: str) -> None:
    """Start what the configuration file names; a fault in it leaves the target alone."""
    writes_no_bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = False  # our own folder may hold it: compiling our files would cost every process 10 ms
    try:
        from ratchet_bootstrap_host import Host  # type: ignore[import-not-found]  # beside this file in the target
        from ratchet_bootstrap_json import decode  # type: ignore[import-not-found]  # likewise

        with open(config_path, "rb", buffering=0) as file:
            Host(decode(file.read().decode("utf-8"))).begin()
    except Exception:
        pass
    finally:
        sys.dont_write_bytecode = writes_no_bytecode


def leave(folder: str) -> None:
    """Take our folder and modules out of the target's sight; the folder stays in PYTHONPATH for its children."""
    sys.path[:] = [path for path in sys.path if path != folder]
    sys.path_importer_cache.pop(folder, None)
    for name in [name for name in sys.modules if name.startswith("ratchet_")]:
        del sys.modules[name]


def give_way(folder: str) -> None:
    """Leave, and import the target's own `sitecustomize`.

    Without one this raises the ModuleNotFoundError that `site` expects, so that the target sees no such module.
    """
    leave(folder)
    del sys.modules["sitecustomize"]
    __import__("sitecustomize")


if __name__ == "sitecustomize":
    begin(os.environ.get("RATCHET_HARNESS", ""))
    give_way(os.path.dirname(os.path.abspath(__file__)))
