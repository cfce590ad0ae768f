"""Cut what was written out of a file's lines, by the positions that the parser gives."""

import ast
from zlib import crc32

_LONGEST = 80


class Excerpts:
    """The text of one file."""

    __slots__ = ("_lines",)

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")

    def digest(self, first: int, last: int) -> int:
        """Return a checksum of some lines, by which an edited function is told from one that only moved."""
        return crc32("\n".join(self._lines[first - 1 : last]).encode(errors="replace"))

    def of(self, node: ast.expr) -> str:
        """Return what a node is written as, at most 80 characters, on one line."""
        if type(node) is ast.Name:
            return node.id[:_LONGEST]
        first, last = node.lineno, node.end_lineno
        line = self._lines[first - 1]
        if first == last:
            if line.isascii():
                return line[node.col_offset : node.end_col_offset][:_LONGEST]
            return line.encode()[node.col_offset : node.end_col_offset].decode(errors="replace")[:_LONGEST]
        return self._long(node, line)

    def _long(self, node: ast.expr, line: str) -> str:
        last = node.end_lineno or node.lineno
        parts = [line.encode()[node.col_offset :].decode(errors="replace")]
        for number in range(node.lineno, last - 1):
            parts.append(self._lines[number])
            if number > node.lineno + _LONGEST:
                break
        parts.append(self._lines[last - 1].encode()[: node.end_col_offset].decode(errors="replace"))
        return " ".join(" ".join(parts).split())[:_LONGEST]
