"""Find answers in a fix: literals new in it that the tests, the benchmark or the workload's output hold."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w)")
_TEXT = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_SMALLEST_INT = 1000
_FEWEST_DIGITS = 4
_SHORTEST_TEXT = 12
_SHORTEST_INPUT = 4
_SMALLEST_INPUT = 100
_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A literal of a fix that stands among the expected answers; line is 1-based."""

    text: str
    file: str
    line: int


def known_answers(before: Iterable[str], after: Mapping[str, str], judges: Iterable[str]) -> tuple[Answer, ...]:
    """Return the telling literals of a fix that its old text lacks and the judges hold.

    Telling are numbers of at least four digits that are neither round nor powers of two (nor those less one), and texts
    of at least 12 characters that are no single word; and, where something is compared with them or looked up by them,
    texts of at least 4 characters and numbers from 100 on, which recognise an input.

    Args:
        before: old texts.
        after: new text by file.
        judges: what knows the answers: tests, benchmarks, the workload's output.
    """
    text = "\n".join(judges)
    numbers = set(_NUMBER.findall(text))
    quoted = set(_TEXT.findall(text))
    all_old = "\n".join(before).replace('"', "'")
    old = {literal for source in before for literal, _ in _literals(source)}
    found: dict[tuple[str, int, str], Answer] = {}
    for file, source in sorted(after.items()):
        telling = [one for one in _literals(source) if one[0] not in old and _stands_in(one[0], text, numbers)]
        inputs = [
            one for one in _recognised(source) if repr(one[0]) not in all_old and _is_named(one[0], quoted, numbers)
        ]
        for literal, line in (*telling, *inputs):
            shown = repr(literal)[:_SHOWN]
            found.setdefault((file, line, shown), Answer(text=shown, file=file, line=line))
    return tuple(found.values())


def _stands_in(literal: float | str, text: str, numbers: set[str]) -> bool:
    return literal in text if isinstance(literal, str) else repr(literal) in numbers


def _is_named(literal: int | str, quoted: set[str], numbers: set[str]) -> bool:
    if isinstance(literal, str):
        return f'"{literal}"' in quoted or f"'{literal}'" in quoted
    return repr(literal) in numbers


def _literals(source: str) -> Iterator[tuple[int | float | str, int]]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return
    standing_alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in standing_alone and _is_telling(node.value):
            assert isinstance(node.value, int | float | str)
            yield node.value, node.lineno


def _recognised(source: str) -> Iterator[tuple[int | str, int]]:
    """Yield what inputs are compared with for equality, or looked up by."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        sides: list[ast.expr | None] = []
        if isinstance(node, ast.Compare) and all(isinstance(one, ast.Eq | ast.In) for one in node.ops):
            sides = [node.left, *node.comparators]
            sides += [one for side in sides if isinstance(side, ast.Tuple | ast.List | ast.Set) for one in side.elts]
        elif isinstance(node, ast.Dict):
            sides = [*node.keys]
        for side in sides:
            if isinstance(side, ast.Constant) and isinstance(side.value, int | str) and _is_input(side.value):
                yield side.value, side.lineno


def _is_input(value: int | str) -> bool:
    return len(value) >= _SHORTEST_INPUT if isinstance(value, str) else value >= _SMALLEST_INPUT


def _is_telling(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return value >= _SMALLEST_INT and not _is_round(value)
    if isinstance(value, float):
        return len(repr(value).replace(".", "").strip("0")) >= _FEWEST_DIGITS
    return isinstance(value, str) and len(value) >= _SHORTEST_TEXT and not value.isidentifier()


def _is_round(value: int) -> bool:
    powers = any(one.bit_count() == 1 for one in (value, value + 1, value - 1))
    return powers or len(str(value).rstrip("0")) <= 2
