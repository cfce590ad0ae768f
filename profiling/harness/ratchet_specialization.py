"""Look how well the interpreter (3.11 and newer) could specialise the bytecode of a few hot functions.

Option `functions`: list of file relative to the root, first line and name. Read is what the interpreter itself keeps:
the form each instruction has now and the counter beside it, which counts down with every miss and backs off with every
failure. A few looks during the run show instructions that change their form.
"""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import CodeType
    from typing import Any

    from profiling.harness.ratchet_stacks import read_stacks
else:
    from ratchet_stacks import read_stacks

_PERIOD_S = 0.02
_BACKOFF_BITS = 4
_BACKOFF = (1 << _BACKOFF_BITS) - 1
_COOLDOWN, _MISS_SHIFT = (53, 0) if sys.version_info < (3, 12) else (52, _BACKOFF_BITS)
"""What the counter of an instruction begins with when it is specialised (`miss_counter_start`,
`ADAPTIVE_COOLDOWN_VALUE`), and how far up in its 16 bits that is."""
_FIRST_BACKOFF = 0 if sys.version_info < (3, 12) else 1
"""Of the counter of an instruction that was never tried: `ADAPTIVE_WARMUP_BACKOFF`."""
_FAST_OPERATORS = frozenset(("+", "-", "*", "+=", "-=", "*=", "[]"))
"""Operators that some form of BINARY_OP is for; the others are never specialised, whatever the types."""
_FUNCTION = type(lambda: None)


class Seen:
    """What was seen of one function's code: by offset, the forms an instruction had and the most misses."""

    def __init__(self, number: int, code: CodeType) -> None:
        self.number = number
        self.code = code
        self.forms: dict[int, set[str]] = {}
        self.misses: dict[int, int] = {}
        self.last: dict[int, list[Any]] = {}

    def look(self, reader: Reader) -> None:
        """Look at every instruction."""
        for offset, line, base, form, counter, detail in reader.read(self.code):
            if form != base:
                self.forms.setdefault(offset, set()).add(form)
                self.misses[offset] = max(self.misses.get(offset, 0), _COOLDOWN - (counter >> _MISS_SHIFT))
            self.last[offset] = [line, base, form, counter & _BACKOFF, detail]

    def rows(self) -> list[list[object]]:
        """Return number, line, instruction, what it works on, form or None, failures, misses and number of forms."""
        return [
            [
                self.number,
                line,
                base,
                detail,
                form if form != base else None,
                max(0, backoff - _FIRST_BACKOFF) if form == base else 0,
                max(0, self.misses.get(offset, 0)),
                len(self.forms.get(offset, ())),
            ]
            for offset, (line, base, form, backoff, detail) in self.last.items()
        ]


class Reader:
    """Knows which instructions can be specialised by this interpreter."""

    def __init__(self) -> None:
        import dis
        import opcode

        self.dis = dis
        table = getattr(opcode, "_specializations", None)
        if table is None:
            table = __import__("_opcode_metadata")._specializations
        counted = {base: names for base, names in table.items() if self._has_counter(opcode, base)}
        self.bases = {name: base for base, names in counted.items() for name in names}
        self.bases.update({base: base for base in counted})

    def read(self, code: CodeType) -> Iterator[tuple[int, int, str, str, int, str]]:
        """Yield offset, line, base instruction, present form, counter and what it works on."""
        raw = code._co_code_adaptive  # type: ignore[attr-defined, unused-ignore]  # 3.11
        line = code.co_firstlineno
        for found in self.dis.get_instructions(code, adaptive=True):  # type: ignore[call-arg, unused-ignore]  # 3.11
            position = getattr(found, "positions", None)
            line = (position.lineno if position is not None else None) or line
            form = found.opname
            base = self.bases.get(form) or self._adaptive_base(form)
            if base is None or (base == "BINARY_OP" and found.argrepr not in _FAST_OPERATORS):
                continue
            at = found.offset + 2
            detail = "" if str(found.argrepr).startswith("to ") else str(found.argrepr)[:80]
            yield found.offset, line, base, _plain(form, base), raw[at] | raw[at + 1] << 8, detail

    def _has_counter(self, opcode: Any, base: str) -> bool:
        """Say whether an instruction has a counter beside it: merged pairs and the like have none."""
        caches = opcode._inline_cache_entries
        return bool(caches.get(base) if isinstance(caches, dict) else caches[opcode.opmap[base]])

    def _adaptive_base(self, form: str) -> str | None:
        """Return the base of a form that 3.11 gives to what it has not specialised."""
        base = form[: -len("_ADAPTIVE")] if form.endswith("_ADAPTIVE") else None
        return base if base in self.bases else None


def _plain(form: str, base: str) -> str:
    return base if form == f"{base}_ADAPTIVE" else form


class Check:
    """The chosen functions of this process."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.relative = context["relative"]
        self.wanted = {
            (str(row[0]), row[1], row[2]): number for number, row in enumerate(context["options"]["functions"])
        }
        self.starts = {(line, name) for _, line, name in self.wanted}
        self.seen: dict[int, Seen] = {}
        self.problem: str | None = None
        self.reader: Reader | None = None
        if sys.version_info < (3, 11) or sys.implementation.name != "cpython":
            self.problem = "only CPython 3.11 and newer specialises bytecode"
            return
        self.reader = Reader()
        context["every"](_PERIOD_S, self.look)

    def look(self) -> None:
        """Look at the chosen functions that are known, and at those that run now."""
        for rows in read_stacks().values():
            for code, _, _ in rows:
                self._learn(code)
        self._look_at_known()

    def finish(self) -> None:
        """Look for the last time, also at chosen functions that were never seen running."""
        if self.reader is None:
            return
        if len({each.number for each in self.seen.values()}) < len(self.wanted):
            for function in gc.get_objects():
                if type(function) is _FUNCTION:
                    self._learn_with_inner(function.__code__)
        self._look_at_known()

    def snapshot(self) -> dict[str, object]:
        """Return the instructions that can be specialised."""
        return {"problem": self.problem, "rows": [row for each in list(self.seen.values()) for row in each.rows()]}

    def _look_at_known(self) -> None:
        if self.reader is not None:
            for each in list(self.seen.values()):
                each.look(self.reader)

    def _learn_with_inner(self, code: CodeType) -> None:
        pending = [code]
        while pending:
            one = pending.pop()
            self._learn(one)
            pending.extend(each for each in one.co_consts if type(each) is type(code))

    def _learn(self, code: CodeType) -> None:
        if id(code) in self.seen or (code.co_firstlineno, code.co_name) not in self.starts:
            return
        number = self.wanted.get((self.relative(code.co_filename), code.co_firstlineno, code.co_name))
        if number is not None:
            self.seen[id(code)] = Seen(number, code)


_check: Check | None = None


def start(context: Mapping[str, Any]) -> None:
    """Begin to look."""
    global _check
    _check = Check(context)


def snapshot() -> dict[str, object]:
    """Return what was seen so far."""
    return {} if _check is None else _check.snapshot()


def finish() -> None:
    """Look for the last time."""
    if _check is not None:
        _check.finish()
