"""Run a program as the interpreter itself would, harnesses first: for `-I`, `-E` and `-S`, which keep `PYTHONPATH` out.

Called as `python <flags> ratchet_isolated.py <kind> <program> <arguments…>` with `-c` (a text), `-m` (a module), `-`
(standard input) or `file` (a script, or a folder or archive that holds `__main__`) for the kind. The program gets the
namespace, arguments and import path that it has without us. What stays: two frames of ours below its own.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, TracebackType
    from typing import Any

# What the interpreter itself puts into `__main__`, whatever it runs.
_NAMES = ("__name__", "__doc__", "__package__", "__loader__", "__spec__", "__annotations__", "__builtins__")
_WORDS = ("-c", "-m")


def run() -> None:
    """Run what the command line names; raises what the program raises."""
    folder = os.path.dirname(os.path.abspath(__file__))
    kind, arguments = sys.argv[1], sys.argv[2:]
    from ratchet_bootstrap import begin, leave  # type: ignore[import-not-found]  # beside this file in the target

    names = sys.modules["__main__"].__dict__
    _clean(names)
    first, start = _PREPARED[kind](names, arguments)
    _restore_arguments(kind, arguments)
    begin(os.environ.get("RATCHET_HARNESS", ""))
    leave(folder)
    sys.path_importer_cache.pop(__file__, None)
    if first is not None:
        sys.path.insert(0, first)
    try:
        start()
    except SystemExit:
        raise
    except BaseException:
        sys.excepthook = _without_us(sys.excepthook)
        raise


def _text(names: dict[str, Any], arguments: list[str]) -> tuple[str | None, Callable[[], object]]:
    """Prepare `-c`."""
    _set_loader(names)
    source = _dedented(arguments[0]) if sys.version_info >= (3, 14) else arguments[0]

    def start() -> None:
        code = compile(source, "<string>", "exec", dont_inherit=True)
        if sys.version_info >= (3, 13):
            _show_in_tracebacks(code, source)
        exec(code, names)  # noqa: S102  the target's program is what runs here

    return _path_unless_isolated(""), start


def _standard_input(names: dict[str, Any], _arguments: list[str]) -> tuple[str | None, Callable[[], object]]:
    """Prepare a program that is read from standard input."""
    _set_loader(names)

    def start() -> None:
        parts = []
        while part := os.read(0, 65536):
            parts.append(part)
        exec(compile(b"".join(parts), "<stdin>", "exec", dont_inherit=True), names)  # noqa: S102

    return _path_unless_isolated(""), start


def _module(names: dict[str, Any], arguments: list[str]) -> tuple[str | None, Callable[[], object]]:
    """Prepare `-m`."""
    _set_loader(names)

    def start() -> None:
        import runpy

        runpy._run_module_as_main(arguments[0])  # type: ignore[attr-defined]  # what the interpreter itself calls

    return _path_unless_isolated(os.getcwd()), start


def _file(names: dict[str, Any], arguments: list[str]) -> tuple[str | None, Callable[[], object]]:
    """Prepare a script, or a folder or archive with a `__main__`."""
    name = arguments[0]
    path = name if os.path.isabs(name) else f"{os.getcwd()}/{name}"
    if _holds_main(path):
        _set_loader(names)

        def start_main() -> None:
            import runpy

            runpy._run_module_as_main("__main__", False)  # type: ignore[attr-defined]  # likewise

        return path, start_main
    names.update(__file__=path, __cached__=None)
    loader = _set_loader(names, path)

    def start() -> None:
        if path.endswith(".pyc"):
            code = loader.get_code("__main__")
        else:
            with _opened(path) as file:
                code = compile(file.read(), path, "exec", dont_inherit=True)
        exec(code, names)  # noqa: S102

    return _path_unless_isolated(os.path.dirname(os.path.realpath(path))), start


_PREPARED = {"-c": _text, "-": _standard_input, "-m": _module, "file": _file}


def _opened(path: str) -> Any:
    """Open a script, or end as the interpreter does where it can't."""
    try:
        return open(path, "rb")
    except OSError as error:
        program = getattr(sys, "orig_argv", [sys.executable])[0]
        sys.stderr.write(f"{program}: can't open file {path!r}: [Errno {error.errno}] {error.strerror}\n")
        raise SystemExit(2) from None


def _holds_main(path: str) -> bool:
    """Say whether something on `sys.path_hooks` can import from a path, as the interpreter asks."""
    for hook in sys.path_hooks:
        try:
            sys.path_importer_cache[path] = hook(path)
            return True
        except ImportError:
            continue
    sys.path_importer_cache[path] = None
    return False


def _set_loader(names: dict[str, Any], path: str | None = None) -> Any:
    """Give `__main__` the loader that it has without us."""
    machinery = sys.modules["_frozen_importlib_external"] if path is not None else sys.modules["_frozen_importlib"]
    if path is None:
        loader = machinery.BuiltinImporter
    elif path.endswith(".pyc"):
        loader = machinery.SourcelessFileLoader("__main__", path)
    else:
        loader = machinery.SourceFileLoader("__main__", path)
    names["__loader__"] = loader
    return loader


def _clean(names: dict[str, Any]) -> None:
    """Leave in `__main__` only what the interpreter itself puts there."""
    for name in [name for name in names if name not in _NAMES]:
        del names[name]
    names["__doc__"] = None


def _restore_arguments(kind: str, arguments: list[str]) -> None:
    """Give the program the arguments that it has without us; `-m` puts the module's file in place of the first."""
    original = getattr(sys, "orig_argv", None)
    if original is not None:
        flags = original[: len(original) - len(sys.argv)]
        given = arguments if arguments[0] or kind != "-" else arguments[1:]
        original[:] = [*flags, *((kind,) if kind in _WORDS else ()), *given]
    sys.argv[:] = [kind, *arguments[1:]] if kind in _WORDS else arguments


def _path_unless_isolated(path: str) -> str | None:
    """Return what goes first on the import path, None where a flag or variable keeps that out."""
    return None if sys.flags.isolated or getattr(sys.flags, "safe_path", False) else path


def _dedented(source: str) -> str:
    """Return a text without the margin that all its lines share, as 3.14 takes it away from `-c`."""
    lines = source.splitlines(keepends=True)
    margins = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip()]
    margin = os.path.commonprefix(margins)  # noqa: RUF071  characters are what is compared
    return "".join(line[len(margin) :] if line.strip() else line.lstrip(" \t") for line in lines)


def _show_in_tracebacks(code: CodeType, source: str) -> None:
    """Let tracebacks quote the text of `-c`, as 3.13 does."""
    import linecache

    by_code = hasattr(linecache, "_interactive_cache")
    try:
        linecache._register_code(code if by_code else "<string>", source, "<string>")  # type: ignore[attr-defined]
    except (AttributeError, TypeError):
        pass


def _without_us(before: Callable[..., object]) -> Callable[..., object]:
    """Return an exception hook, for the program's last exception, that shows its traceback without our frames."""
    ours = os.path.dirname(os.path.abspath(__file__))

    def excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.excepthook = before
        while trace is not None and os.path.dirname(trace.tb_frame.f_code.co_filename) == ours:
            trace = trace.tb_next
        error.__traceback__ = trace
        sys.last_traceback = trace
        before(kind, error, trace)

    return excepthook


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    __import__("ratchet_isolated").run()
