"""Edits at syntax positions, verified: the tree after them is the one that was meant, all else as before."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence

from agents.model import Edit, Patch, PatchMismatch
from agents.recipes.functions import first_line
from agents.recipes.positions import Span, line_starts, offset, span
from agents.recipes.project import Module, Unreadable
from agents.recipes.proof import Changes, is_meant

_EMPTY_LINE = re.compile(r"[ \t\f]*(\r\n|\r|\n)")
_ENDS_EMPTY = re.compile(r"(\A|\r\n|\r(?!\n)|\n)[ \t\f]*(\r\n|\r|\n)\Z|\A\Z")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_REST_OF_LINE = re.compile(r"[ \t\f]*(#[^\r\n]*)?(\r\n|\r|\n|\Z)")


class NotSpliceable(ValueError):
    """An edit can't be made at this place of the text, or would change more than was meant."""


def source(module: Module, node: ast.expr | ast.stmt) -> str:
    """Return the text of a node, as written."""
    where = span(module, node)
    return module.text[where.start : where.end]


def is_as_written(module: Module, node: ast.expr) -> bool:
    """Say whether the text at a node's position is the node: not so inside f-strings before Python 3.12."""
    try:
        return ast.dump(ast.parse(f"({source(module, node)}\n)", mode="eval").body) == ast.dump(node)
    except (SyntaxError, ValueError):
        return False


def has_comment(module: Module, node: ast.expr) -> bool:
    """Say whether a comment stands in the text of an expression, which would be lost with it."""
    lines = io.StringIO(f"({source(module, node)}\n)")
    return any(token.type == tokenize.COMMENT for token in tokenize.generate_tokens(lines.readline))


def line_start(module: Module, line: int) -> int:
    """Return the offset of the first character of a 1-based line."""
    return line_starts(module)[line - 1]


def end_of_lines(module: Module, statement: ast.stmt) -> int:
    """Return the offset behind a statement's last line, its line ending included.

    Raises:
        NotSpliceable: something else stands on that line.
    """
    rest = _REST_OF_LINE.match(module.text, span(module, statement).end)
    if rest is None:
        raise NotSpliceable(f"{module.file}:{statement.end_lineno}: the statement does not end its line")
    return rest.end()


def newline(module: Module) -> str:
    """Return the line ending the file uses first."""
    found = _NEWLINE.search(module.text)
    return found.group() if found else "\n"


def indentation(module: Module, statement: ast.stmt) -> str:
    """Return the white space before a statement.

    Raises:
        NotSpliceable: something else stands before it on its line.
    """
    start = line_starts(module)[first_line(statement) - 1]
    before = module.text[start : offset(module, statement.lineno, statement.col_offset)]
    if first_line(statement) != statement.lineno:
        before = before[: len(before) - len(before.lstrip(" \t\f"))]
    if before.strip(" \t\f"):
        raise NotSpliceable(f"{module.file}:{statement.lineno}: the statement does not begin its line")
    return before


class Rewrite:
    """Collects the edits of one fix in one module; the patch comes once its result is proved to be what was meant."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._edits: list[Edit] = []
        self._changes = Changes()

    def replace(self, node: ast.expr, new: str) -> None:
        """Put the expression `new` in the place of `node`."""
        self._changes.replaced[node] = _expression(new)
        self._edit(span(self._module, node), new)

    def replace_parts(self, node: ast.expr, parts: Sequence[tuple[Span, str]], expected: ast.expr) -> None:
        """Put new text in the place of parts of an expression.

        Args:
            node: the expression.
            parts: where, inside its span, and what; they don't overlap.
            expected: the tree it must become; nodes of the old tree may appear in it, with changes of their own.
        """
        self._changes.replaced[node] = expected
        for where, new in parts:
            self._edit(where, new)

    def replace_statement_parts(
        self, statement: ast.stmt, parts: Sequence[tuple[Span, str]], expected: Sequence[ast.stmt]
    ) -> None:
        """Put new text in the place of parts of a statement, which must become the statements `expected`.

        Args:
            statement: of any kind.
            parts: where, and what; they don't overlap. Line feeds become the file's line ending.
            expected: what it must become; nodes of the old tree may appear, with changes of their own.
        """
        self._changes.instead[statement] = list(expected)
        for where, new in parts:
            self._edit(where, new.replace("\n", newline(self._module)))

    def remove(self, statement: ast.stmt) -> None:
        """Take a simple statement away with its whole lines; its block must not become empty.

        Raises:
            NotSpliceable: it shares a line with something else, or is a compound statement.
        """
        if hasattr(statement, "body"):
            raise NotSpliceable(f"{self._module.file}:{statement.lineno}: only simple statements are removed")
        indentation(self._module, statement)
        start = line_start(self._module, statement.lineno)
        end = end_of_lines(self._module, statement)
        gap = _EMPTY_LINE.match(self._module.text, end)
        if gap and _ENDS_EMPTY.search(self._module.text[:start]):
            end = gap.end()  # it stood alone between empty lines: one of them is enough
        self._changes.instead[statement] = []
        self._edit(Span(start=start, end=end), "")

    def insert_before(self, statement: ast.stmt, new: str) -> None:
        """Put statements on lines of their own before a statement and its decorators.

        Raises:
            NotSpliceable: it does not begin its line.
        """
        self._changes.before.setdefault(statement, []).extend(_statements(new))
        lines = self._indented(statement, new)
        start = line_start(self._module, first_line(statement))
        self._edit(Span(start=start, end=start), lines)

    def insert_after(self, statement: ast.stmt, new: str) -> None:
        """Put statements on lines of their own after the last line of a statement.

        Args:
            statement: the one before them.
            new: may begin with empty lines.

        Raises:
            NotSpliceable: something else stands on its last line.
        """
        self._changes.after.setdefault(statement, []).extend(_statements(new))
        lines = self._indented(statement, new)
        end = end_of_lines(self._module, statement)
        complete = end > 0 and self._module.text[end - 1] in "\r\n"
        self._edit(Span(start=end, end=end), lines if complete else newline(self._module) + lines)

    def patch(self) -> Patch:
        """Return the edits.

        Raises:
            NotSpliceable: there are none, two overlap, the text after them does not parse, or its tree is not the one
                that was meant.
        """
        file = self._module.file
        if not self._edits:
            raise NotSpliceable(f"{file}: nothing was to be changed")
        patch = Patch(edits=tuple(sorted(_joined(self._edits), key=lambda edit: edit.start)))
        try:
            patch.apply({file: self._module.text})
            as_meant = is_meant(self._module, self._changes, patch.edits)
        except (PatchMismatch, Unreadable, RecursionError) as error:
            raise NotSpliceable(f"{file}: the edits can't be made: {error}") from error
        if not as_meant:
            raise NotSpliceable(f"{file}: the edits change more than was meant")
        return patch

    def _edit(self, where: Span, new: str) -> None:
        old = self._module.text[where.start : where.end]
        self._edits.append(Edit(file=self._module.file, start=where.start, old=old, new=new))

    def _indented(self, statement: ast.stmt, new: str) -> str:
        indent, ending = indentation(self._module, statement), newline(self._module)
        lines = new.removesuffix("\n").split("\n")
        return "".join(f"{indent}{line}{ending}" if line.strip() else ending for line in lines)


def _joined(edits: Sequence[Edit]) -> Iterator[Edit]:
    """Join insertions at the same place, in the order they were asked for."""
    inserted: dict[int, list[Edit]] = {}
    for edit in edits:
        if edit.old:
            yield edit
        else:
            inserted.setdefault(edit.start, []).append(edit)
    for start, group in inserted.items():
        yield Edit(file=group[0].file, start=start, old="", new="".join(edit.new for edit in group))


def _expression(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise NotSpliceable(f"not an expression: {text!r}") from error


def _statements(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except SyntaxError as error:
        raise NotSpliceable(f"not statements: {text!r}") from error
