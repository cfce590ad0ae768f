"""Let a file gather what is written to it, where it is sent off piece by piece."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.file_writes import FileWrite, file_writes
from agents.recipes.functions import Function, function_at, functions
from agents.recipes.gains import function_share
from agents.recipes.positions import Span, offset, span
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, indentation, line_start
from agents.recipes.tables import parents
from profiling.facts import FactRequest, Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_SENT = 1000
"""Pieces sent off one by one below which nothing is gained (docs/recipes.md)."""
_SENT_S = 0.7e-6
"""What sending a piece costs more than keeping it (see the card's cost note)."""
_READERS = frozenset("BufferedRandom BufferedReader DictReader FileInput FileIO TextIOWrapper mmap reader".split())
_SENDING = ("flush", "buffering")
_OPENED = re.compile(r"open\(.*, *[01]\)")
_GIVEN_BY_CALLS = frozenset({"NoneType", "int"})
"""What flush, print and write give; nobody can step through such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drops:
    """What sends pieces of one file off.

    Attributes:
        written: the file.
        flushes: statements `file.flush()` in loops.
        prints: calls `print(…, file=file, flush=True)` in loops.
        unbuffered: of the `open`, the argument that asks for short buffers.
    """

    written: FileWrite
    flushes: tuple[ast.Expr, ...]
    prints: tuple[ast.Call, ...]
    unbuffered: ast.expr | None

    @property
    def counted(self) -> tuple[ast.Call, ...]:
        """Return the calls whose number says how many pieces are sent off."""
        flushed = [one.value for one in self.flushes if isinstance(one.value, ast.Call)]
        if self.unbuffered is not None and not flushed and not self.prints:
            return (*self.written.writes, *self.written.prints)
        return (*flushed, *self.prints)


class BufferedWrites:
    """`file.flush()` after each line of a file → one at its end."""

    card = Card(
        id="buffered-writes",
        title="Write a file in large pieces",
        rank=57,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.8,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, 1000 "
        "lines of 40 characters: without flush() 5.0x / 6.0x / 4.6x [4.5, 4.8] / 7.1x / 5.7x; without buffering=1 6.2x "
        "/ 6.3x / 5.8x [5.2, 6.4] / 6.4x / 6.0x; without buffering=0 4.1x / 3.6x / 3.2x [2.9, 3.4] / 3.5x / 3.7x; "
        "without flush=True 3.9x / 4.6x / 4.9x [4.5, 5.1] / 4.1x / 3.8x; 0.7 to 1.6 us a line",
        mechanism="flush() after every line, and a file without a buffer, ask the system once for each line; a buffer "
        "asks once for some hundred.",
        hazard="Checked: the function opened the file itself and does nothing but write to it until it closes it; it "
        "calls, shows, changes and reads nothing else meanwhile, and no iterator of the project could look at the "
        "file; remains: another program or thread that watches the file sees lines later, lines are lost when the "
        "process is killed, and an error of the disk shows later.",
        needs_approval=True,
    )
    examples = (
        Example(
            before="""\
def save(path, count):
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            file.write(f"{number}\\n")
            file.flush()
""",
            after="""\
def save(path, count):
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            file.write(f"{number}\\n")
""",
        ),
        Example(
            before="""\
def save(path, rows):
    with open(path, "a", buffering=1, encoding="utf-8") as file:
        for row in rows:
            print(row, len(row), sep=";", file=file, flush=True)  # a line each
""",
            after="""\
def save(path, rows):
    with open(path, "a", encoding="utf-8") as file:
        for row in rows:
            print(row, len(row), sep=";", file=file)  # a line each
""",
        ),
        Example(
            before="""\
def save(path, rows, send):
    with open(path, "w") as file:
        for row in rows:
            file.write(row)
            file.flush()
            send(path)
""",
            after=None,
            because="what is called may read the file",
        ),
        Example(
            before="""\
import os


def save(path, rows):
    with open(path, "w") as file:
        for row in rows:
            file.write(row)
            file.flush()
            os.fsync(file.fileno())
""",
            after=None,
            because="every row is meant to be on the disk",
        ),
        Example(
            before="""\
def save(path, rows):
    with open(path, "w") as file:
        for row in rows:
            file.write(row)
            file.flush()
            print(row)
""",
            after=None,
            because="what is shown would be shown before it is written",
        ),
        Example(
            before="""\
def follow(path):
    with open(path) as file:
        yield from file


def save(path, rows):
    with open(path, "w") as file:
        for row in rows:
            file.write(row)
            file.flush()
""",
            after=None,
            because="the rows may come from a generator that reads the file",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every file whose pieces are sent off one by one."""
        text = module.text
        for function in functions(module) if any(word in text for word in _SENDING) or _OPENED.search(text) else ():
            for found in _drops(function, module, project):
                if can_be_made(partial(_patch, found, module)):
                    yield site_at(self.card.id, function, found.written.block, module, *_requests(found, module))

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when many pieces were sent off, and nothing was read from a file meanwhile."""
        seen = [facts.expressions[one.id] for one in site.requests if one.id in facts.expressions]
        read = sorted({name for fact in seen for name in fact.types if name.rpartition(".")[2] in _READERS})
        if read:
            return Veto(reason=f"what is written was read from a file: {', '.join(read)}")
        sent = sum(fact.evaluations for fact in seen if fact.types.keys() <= _GIVEN_BY_CALLS)
        if sent < MIN_SENT:
            return Veto(reason=f"{sent} pieces were sent off, fewer than {MIN_SENT}")
        share = function_share(profile, site.key, saved_s=sent * _SENT_S)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not sampled")
        return Choice(expected_share=share, evidence=f"facts:sent={sent} profile:share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Take away what sends pieces off.

        Raises:
            NotSpliceable: it does not stand there any more.
        """
        del choice
        function = function_at(module, site.key)
        found = _drops(function, module, project) if function else iter(())
        same = next((one for one in found if place_of(one.written.block) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: nothing is sent off piece by piece here")
        return _patch(same, module)


RECIPE = BufferedWrites()


def _drops(function: Function, module: Module, project: Project) -> Iterator[_Drops]:
    for written in file_writes(function.node, module, project):
        above = parents(module)
        flushes = (above[call] for call in written.flushes if _is_repeated(call, written.block, module))
        plain = tuple(one for one in flushes if isinstance(one, ast.Expr) and _is_droppable(one, module))
        prints = (call for call in written.prints if _is_repeated(call, written.block, module))
        flushing = tuple(call for call in prints if _flush_of(call) is not None)
        repeated = any(_is_repeated(call, written.block, module) for call in (*written.writes, *written.prints))
        unbuffered = _unbuffered(written) if repeated else None
        if plain or flushing or unbuffered is not None:
            yield _Drops(written=written, flushes=plain, prints=flushing, unbuffered=unbuffered)


def _is_repeated(node: ast.AST, block: ast.With, module: Module) -> bool:
    above = parents(module)
    while node is not block:
        node = above[node]
        if isinstance(node, ast.For | ast.While):
            return True
    return False


def _is_droppable(statement: ast.Expr, module: Module) -> bool:
    """Say whether a statement is not alone in its block, and no comment speaks of it."""
    holder = parents(module)[statement]
    blocks = [block for _, block in ast.iter_fields(holder) if isinstance(block, list) and statement in block]
    try:
        start, end = line_start(module, statement.lineno), end_of_lines(module, statement)
        indentation(module, statement)
    except NotSpliceable:
        return False
    before = module.text[:start].rstrip("\r\n").rpartition("\n")[2]
    return len(blocks[0]) > 1 and "#" not in module.text[start:end] and not before.lstrip().startswith("#")


def _flush_of(call: ast.Call) -> ast.expr | None:
    """Return the argument in `flush=True`."""
    values = [keyword.value for keyword in call.keywords if keyword.arg == "flush"]
    return values[0] if values and isinstance(values[0], ast.Constant) and values[0].value is True else None


def _unbuffered(written: FileWrite) -> ast.expr | None:
    """Return the argument that asks for a buffer of a line, or for none; the mode allows it."""
    opened = written.opened
    given = [keyword.value for keyword in opened.keywords if keyword.arg == "buffering"]
    value = opened.args[2] if len(opened.args) == 3 else given[0] if given else None
    is_number = isinstance(value, ast.Constant) and type(value.value) is int
    is_short = isinstance(value, ast.Constant) and value.value == (0 if written.is_binary else 1)
    return value if is_number and is_short else None


def _requests(found: _Drops, module: Module) -> Iterator[FactRequest]:
    asked = {place_of(node): node for node in (*found.counted, *found.written.stepped)}
    return (expression_request(module, node) for node in asked.values())


def _patch(found: _Drops, module: Module) -> Patch:
    rewrite = Rewrite(module)
    for statement in found.flushes:
        rewrite.remove(statement)
    for call in found.prints:
        _drop_argument(rewrite, module, call, _flush_of(call))
    if found.unbuffered is not None:
        _drop_argument(rewrite, module, found.written.opened, found.unbuffered)
    return rewrite.patch()


def _drop_argument(rewrite: Rewrite, module: Module, call: ast.Call, value: ast.expr | None) -> None:
    """Take an argument that is not the first away, with the comma before it.

    Raises:
        NotSpliceable: it is the first, or a comment stands beside it.
    """
    assert value is not None
    keyword = next((one for one in call.keywords if one.value is value), None)
    start = offset(module, keyword.lineno, keyword.col_offset) if keyword else span(module, value).start
    before = module.text[:start].rstrip(" \t\r\n")
    if not before.endswith(",") or "#" in module.text[span(module, call).start : span(module, call).end]:
        raise NotSpliceable(f"{module.file}:{call.lineno}: the argument can't be taken out")
    expected = ast.Call(
        func=call.func,
        args=[one for one in call.args if one is not value],
        keywords=[one for one in call.keywords if one is not keyword],
    )
    where = Span(start=len(before) - 1, end=span(module, value).end)
    rewrite.replace_parts(call, [(where, "")], expected)
