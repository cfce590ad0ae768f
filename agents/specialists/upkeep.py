"""What a change leaves for those who maintain the code: dead names, lost documentation, leftovers, another style."""

import ast
import re
from collections.abc import Iterator

from agents.specialists.sides import Doubt, Side, called_name, is_public, lines_of

DEAD = "dead name"
"""The check for what a change made useless."""

_TALKS = {"print", "breakpoint", "pprint", "set_trace"}
_MARKED = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")
_LONG = 100


def leftovers(side: Side) -> Iterator[Doubt]:
    """Doubt what was useful only while the change was made."""
    for name, function in side.functions.items():
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and called_name(node) in _TALKS:
                yield Doubt(
                    check="leftover",
                    subject=f"{name} {ast.dump(node)}",
                    severity="medium",
                    lines=lines_of(node),
                    confidence=0.75,
                    claim=f"{name} calls {called_name(node)}, which it did not before",
                    recommendation="take it out",
                )
    for number, line in enumerate(side.text.splitlines(), start=1):
        marked = _MARKED.search(line)
        if marked is not None:
            yield Doubt(
                check="unfinished",
                subject=line.strip(),
                severity="low",
                lines=(number, number),
                confidence=0.6,
                claim=f"it leaves work behind: {line.strip()[:80]}",
                recommendation="finish it, or leave it out",
            )


def dead_names(before: Side, after: Side) -> Iterator[Doubt]:
    """Doubt private names and imports of a module that were used before, stand there still, and no longer are."""
    used = _read(before)
    left = _read(after)
    for name, node in _bound(after).items():
        if name in used and name not in left:
            yield Doubt(
                check=DEAD,
                subject=name,
                severity="low",
                lines=(node.lineno, node.lineno),
                confidence=0.65,
                claim=f"nothing in the file uses {name} any more",
                recommendation="remove it with what used it",
            )


def lost_documentation(before: Side, after: Side) -> Iterator[Doubt]:
    """Doubt functions that had a docstring and have none, and comments that are gone while their function stands."""
    for name, old in before.functions.items():
        new = after.functions.get(name)
        if new is not None and ast.get_docstring(old) and not ast.get_docstring(new):
            yield Doubt(
                check="docstring",
                subject=name,
                severity="medium" if is_public(name) else "low",
                lines=(new.lineno, new.lineno),
                confidence=0.75 if is_public(name) else 0.6,
                claim=f"the docstring of {name} is gone",
                recommendation="keep it, brought up to date",
            )


def other_style(before: Side, after: Side) -> Iterator[Doubt]:
    """Doubt lines that are longer than any was, and tabs among spaces."""
    longest = max((len(line) for line in before.text.splitlines()), default=0)
    has_tabs = any(line.startswith("\t") for line in before.text.splitlines())
    known = set(before.text.splitlines())
    for number, line in enumerate(after.text.splitlines(), start=1):
        is_long = before.text and len(line) > max(longest, _LONG)
        if line in known or not (is_long or (line.startswith("\t") and not has_tabs and before.text)):
            continue
        claim = f"a line of {len(line)} characters, where none had over {longest}" if is_long else "a tab among spaces"
        yield Doubt(
            check="style",
            subject=line,
            severity="low",
            lines=(number, number),
            confidence=0.5,
            claim=claim,
            recommendation="write it as the file is written",
        )


def _bound(side: Side) -> dict[str, ast.stmt]:
    """Return the private names, and the imported ones, that a module binds at its top."""
    found: dict[str, ast.stmt] = {}
    for node in side.syntax.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(one.asname or one.name).partition(".")[0]: node for one in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name.startswith("_"):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            names = (one.id for one in node.targets if isinstance(one, ast.Name))
            found |= {name: node for name in names if name.startswith("_") and not name.endswith("__")}
    return found


def _read(side: Side) -> frozenset[str]:
    """Return the names that a module reads, those it lists for export among them."""
    names = {node.id for node in ast.walk(side.syntax) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    texts = {
        node.value for node in ast.walk(side.syntax) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return frozenset(names | texts)
