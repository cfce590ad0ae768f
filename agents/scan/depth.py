"""How many loops stand around a line, in the function that the line is in."""

import ast
from dataclasses import dataclass

from agents.recipes.functions import FunctionNode
from agents.recipes.once import once
from agents.recipes.project import Module
from agents.recipes.walking import walk


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """Lines of source, 1-based, both ends included."""

    first: int
    last: int

    def holds(self, line: int) -> bool:
        return self.first <= line <= self.last


def depth_at(line: int, module: Module) -> int:
    """Return how many loop bodies of the innermost function around a line hold it."""
    loops, functions = _spans(module)
    begin = max((span.first for span in functions if span.holds(line)), default=0)
    return sum(span.holds(line) and span.first > begin for span in loops)


@once
def _spans(module: Module) -> tuple[tuple[_Span, ...], tuple[_Span, ...]]:
    """Return the lines of loop bodies, and those of functions."""
    loops, functions = [], []
    for node in walk(module.syntax):
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            loops.append(_Span(first=node.body[0].lineno, last=node.body[-1].end_lineno or node.lineno))
        elif isinstance(node, FunctionNode):
            functions.append(_Span(first=node.lineno, last=node.end_lineno or node.lineno))
    return tuple(loops), tuple(functions)
