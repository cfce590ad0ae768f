"""Note every import statement that runs, also those that `sys.modules` answers. Beside `ratchet_counts`."""

from __future__ import annotations

import builtins
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
    from typing import Any

_MOST_SITES = 32
_UNIT = 2  # bytes of an instruction
_AT = 6 if sys.version_info >= (3, 11) else 4  # of IMPORT_NAME in `import a`: after RESUME, level and names


class ImportSites:
    """Lines that imported a module, at most 32 for each; `importlib.import_module` is not an import statement."""

    def __init__(self, failed: Callable[[], None]) -> None:
        self.failed = failed
        self.sites: dict[str, set[tuple[str, int]]] = {}
        self.known: dict[tuple[int, int], CodeType] = {}
        self.import_name, self.load_constant, self.extended_argument = _opcodes()

    def install(self) -> None:
        """Take the place of `__import__`."""
        setattr(builtins, "__import__", Noting(builtins.__import__, self))  # noqa: B010  # its type is not ours to keep

    def note(self, frame: FrameType) -> None:
        """Note the statement that a frame stands at; it may be the target's own call of `__import__`, which is none."""
        code, at = frame.f_code, frame.f_lasti
        if (id(code), at) in self.known:
            return
        self.known[id(code), at] = code
        instructions = code.co_code
        if at < 2 * _UNIT or instructions[at] != self.import_name:
            return
        name, at = self._argument(instructions, at)
        names, at = self._argument(instructions, at)
        level_at = at
        level, at = self._argument(instructions, at)
        if instructions[level_at] == self.load_constant:
            level = code.co_consts[level]
        whole = _absolute(code.co_names[name], level, frame.f_globals)
        site = code.co_filename, frame.f_lineno
        for module in (*_with_parents(whole), *(f"{whole}.{each}" for each in code.co_consts[names] or ())):
            sites = self.sites.setdefault(module, set())
            if len(sites) < _MOST_SITES:
                sites.add(site)

    def snapshot(self) -> list[list[object]]:
        """Return module, importing file and line."""
        rows: list[list[object]] = []
        for module, sites in list(self.sites.items()):
            if module in sys.modules:
                rows.extend([module, file, line] for file, line in list(sites))
        return rows

    def _argument(self, instructions: bytes, at: int) -> tuple[int, int]:
        """Return an instruction's argument, and where the instruction before it is."""
        argument, shift = instructions[at + 1], 8
        at -= _UNIT
        while at >= 0 and instructions[at] == self.extended_argument:
            argument += instructions[at + 1] << shift
            shift += 8
            at -= _UNIT
        return argument, at


class Noting:
    """Stands where `__import__` stood, without a frame of ours in anybody's traceback.

    Looking `__call__` up notes the import; what is then called is what stood there before.
    """

    def __init__(self, import_: Callable[..., Any], sites: ImportSites) -> None:
        self.import_ = import_
        self.sites = sites

    def __repr__(self) -> str:
        return repr(self.import_)

    @property
    def __call__(self) -> Callable[..., Any]:
        """Note the import, and give what imports."""
        try:
            self.sites.note(sys._getframe(1))
        except Exception:
            self.sites.failed()
        return self.import_


def _opcodes() -> tuple[int, int, int]:
    """Return IMPORT_NAME, LOAD_CONST and EXTENDED_ARG of this interpreter without importing `opcode`."""
    plain = compile("import a", "", "exec").co_code
    import_name = plain[_AT]
    long = compile(";".join(f"a{number}" for number in range(300)) + ";import b", "", "exec").co_code
    last = max(at for at in range(0, len(long), _UNIT) if long[at] == import_name)
    return import_name, plain[_AT - _UNIT], long[last - _UNIT]


def _absolute(name: str, level: int, names: dict[str, Any]) -> str:
    """Return the absolute name of what a statement imports from."""
    if not level:
        return name
    package = names.get("__package__")
    if not isinstance(package, str):
        own = str(names.get("__name__"))
        package = own if "__path__" in names else own.rpartition(".")[0]
    base = package.rsplit(".", level - 1)[0] if level > 1 else package
    return f"{base}.{name}" if name else base


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]
