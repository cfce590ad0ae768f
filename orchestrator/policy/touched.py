"""Which functions a fix touches: what stands in its files, before and after."""

import ast
from collections.abc import Iterator, Mapping

from profiling.model import FunctionKey

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def touched(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FunctionKey, ...]:
    """Return the functions and methods whose code differs, as they stand before; of those gone, the public ones.

    What is defined inside a function counts as part of it. A private function may go: whoever called it was changed.

    Args:
        before, after: text by file; a file that only one of them has is left out.

    Raises:
        SyntaxError: a text does not parse.
    """
    found = []
    for file in sorted(before.keys() & after.keys()):
        olds, news = _functions(before[file]), _functions(after[file])
        for name, node in olds.items():
            changed = ast.dump(node) != ast.dump(news[name]) if name in news else _is_public(name)
            if changed:
                found.append(FunctionKey(file=file, first_line=_first_line(node), qualname=name))
    return tuple(found)


def _functions(text: str) -> dict[str, _Function]:
    """Return the functions that are not inside another one; of two with one name the last, which is the one in use."""
    return dict(_defined(ast.parse(text).body, ""))


def _defined(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, _Function]]:
    for node in body:
        if isinstance(node, _Function):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _defined(node.body, f"{prefix}{node.name}.")
        else:
            blocks = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
            blocks += [handler.body for handler in getattr(node, "handlers", [])]
            for block in blocks:
                yield from _defined(block, prefix)


def _first_line(node: _Function) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


def _is_public(name: str) -> bool:
    return not any(part.startswith("_") and not part.endswith("__") for part in name.split("."))
