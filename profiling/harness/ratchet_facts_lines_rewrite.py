"""Put probes at a file's calls that parse, log, match, look at files, and at its awaits. Pure; beside `ratchet_facts`.

A call is told by the name its function was imported under in the same file, wherever in it that was.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from profiling.harness import ratchet_facts_walk as walk
else:
    import ratchet_facts_walk as walk

_SERIALIZING = ("dumps", "dump", "safe_dump")
_PARSING = ("loads", "load", "safe_load")
_FORMATS = ("json", "pickle", "marshal", "yaml", "orjson", "ujson", "simplejson", "tomllib", "tomli", "toml", "msgpack")
_STATS = frozenset(
    [*(f"os.{name}" for name in ("stat", "lstat", "access"))]
    + [f"os.path.{name}" for name in ("exists", "isfile", "isdir", "islink", "getmtime", "getsize")]
)
_PATH_STATS = frozenset({"exists", "is_file", "is_dir", "is_symlink", "stat", "lstat"})
_PATTERNS = frozenset({"compile", "match", "search", "fullmatch", "split", "findall", "finditer", "sub", "subn"})
_FLAGS_AT = {"compile": 1, "split": 3, "sub": 4, "subn": 4}
_FLAGS = {
    "A": 256, "ASCII": 256, "I": 2, "IGNORECASE": 2, "L": 4, "LOCALE": 4, "M": 8, "MULTILINE": 8,
    "S": 16, "DOTALL": 16, "X": 64, "VERBOSE": 64, "U": 32, "UNICODE": 32,
}  # fmt: skip
"""The values of the flags of `re`, which are part of its cache's key."""
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "warn": 30, "error": 40, "exception": 40, "critical": 50}
_IMPORTS = tuple(f"{before}{name}" for name in ("re", "os") for before in ("import ", "from ", ", "))
WORDS = tuple(
    word.encode()
    for word in (*_FORMATS, *_IMPORTS, "await ", *(f".{name}(" for name in (*_LEVELS, *sorted(_PATH_STATS))))
)
"""One of these is in every file that has a place for a probe."""


class Lines(walk.Walk):
    """One pass over one tree, the first: it looks for calls as they are written.

    Attributes:
        probes: how many were put in.
    """

    def __init__(self, site: Callable[[int, str], int]) -> None:
        """Take what gives the number of a site, of its line and what is called there."""
        self.site = site
        self.imported: dict[str, str] = {}
        self.probes = 0

    def module(self, tree: ast.Module) -> ast.Module:
        """Learn what is imported under which name, then put the probes in."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self.imported[name] = alias.name if alias.asname else name
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                self.imported |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return super().module(tree)

    def _visited(self, node: object, _parent: ast.AST) -> list[object]:
        if walk.is_untouched(node):
            return [node]
        probes = self.probes
        self._children(node)  # type: ignore[arg-type]  # a node, as was asked
        if isinstance(node, ast.Call):
            return [self._call(node)]
        if isinstance(node, ast.Await):
            return [self._await(node)]
        if isinstance(node, ast.AsyncFunctionDef) and self.probes > probes and _awaits(node):
            walk.finally_(node, [walk.statement(walk.call(walk.LINES, "left"), node)])
        return [node]

    def _call(self, node: ast.Call) -> ast.expr:
        name = self._dotted(node.func)
        module, _, function = name.rpartition(".")
        if module in _FORMATS and function in (*_SERIALIZING, *_PARSING):
            return self._serde(node, name, function)
        if module == "re" and function in _PATTERNS:
            self._argument(node, "pattern", name, _flags(node, function))
        elif name in _STATS:
            self._argument(node, "stat", name)
        elif isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Constant):
            self._method(node.func)
        return node

    def _method(self, function: ast.Attribute) -> None:
        """Look at the receiver of what may be a logger's or a path's method."""
        if function.attr in _LEVELS:
            site = self._new(function.lineno, function.attr)
            function.value = self._probe("logger", site, function.value, _LEVELS[function.attr])
        elif function.attr in _PATH_STATS:
            site = self._new(function.lineno, function.attr)
            function.value = self._probe("path", site, function.value)

    def _serde(self, node: ast.Call, name: str, function: str) -> ast.expr:
        if function == "loads" or (function in _PARSING and name.startswith("yaml.")):
            self._argument(node, "parsing", name)
            return node
        return self._probe("dumped", self._new(node.lineno, name), node)

    def _argument(self, node: ast.Call, method: str, name: str, *more: int) -> None:
        """Look at a call's first argument where it has one of its own."""
        if node.args and not isinstance(node.args[0], ast.Starred):
            node.args[0] = self._probe(method, self._new(node.lineno, name), node.args[0], *more)

    def _await(self, node: ast.Await) -> ast.expr:
        site = self._new(node.lineno, "")
        node.value = self._probe("awaiting", site, node.value)
        return self._probe("awaited", site, node)

    def _new(self, line: int, what: str) -> int:
        self.probes += 1
        return self.site(line, what)

    def _probe(self, method: str, site: int, node: ast.expr, *more: int) -> ast.expr:
        return walk.placed(walk.call(walk.LINES, method, site, *more, node), node)

    def _dotted(self, node: ast.expr) -> str:
        """Return the full name a function was imported under, or an empty one."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        base = self.imported.get(node.id) if isinstance(node, ast.Name) else None
        return ".".join([base, *reversed(parts)]) if base else ""


def _flags(node: ast.Call, function: str) -> int:
    """Return the flags of a call of `re`; -1 where they are no constants."""
    given: Any = next((keyword.value for keyword in node.keywords if keyword.arg == "flags"), None)
    at = _FLAGS_AT.get(function, 2)
    if given is None and len(node.args) > at:
        given = node.args[at]
    has_unknown = any(keyword.arg is None for keyword in node.keywords)
    if has_unknown or any(isinstance(argument, ast.Starred) for argument in node.args):
        return -1
    return 0 if given is None else _flag_value(given)


def _flag_value(node: ast.expr) -> int:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = _flag_value(node.left), _flag_value(node.right)
        return left | right if left >= 0 and right >= 0 else -1
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value if node.value >= 0 else -1
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return _FLAGS.get(name, -1)


def _awaits(function: ast.AsyncFunctionDef) -> bool:
    return any(isinstance(node, ast.Await) for node in ast.walk(function))
