"""What a model writes as a fix, turned into a patch that we apply: exact search and replace, or one whole function."""

import ast
from collections.abc import Iterable
from pathlib import PurePosixPath

from pydantic import Field, model_validator

from agents.claude.tools._base import Arguments, ToolRefused
from agents.claude.tools.checkout import Checkout, lines_of
from agents.claude.tools.functions import definitions
from agents.model import Edit, Patch, PatchMismatch
from profiling.model import Tree

MOST_EDITS = 12
_MOST_CHARACTERS = 60_000


class EditInput(Arguments):
    """One place of a fix.

    Either `old` is replaced by `new`, word for word, where it stands exactly once; or the whole `function` is.
    """

    file: str = Field(min_length=1, max_length=400)
    old: str | None = Field(default=None, min_length=1, max_length=_MOST_CHARACTERS)
    function: str | None = Field(default=None, min_length=1, max_length=300)
    new: str = Field(max_length=_MOST_CHARACTERS)

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "EditInput":
        if (self.old is None) == (self.function is None):
            raise ValueError("give either `old` or `function`")
        return self


def patch_of(edits: Iterable[EditInput], checkout: Checkout, tree: Tree) -> Patch:
    """Return a fix as a patch that applies, changes something, and leaves Python.

    Raises:
        ToolRefused: it can't be; the message says which edit and why.
    """
    texts: dict[str, str] = {}
    written = []
    for edit in edits:
        _check_source(edit.file, tree)
        texts.setdefault(edit.file, checkout.text(edit.file))
        written.append(_edit(edit, texts[edit.file]))
    patch = Patch(edits=tuple(written))
    try:
        changed = patch.apply(texts)
    except PatchMismatch:
        raise ToolRefused("two edits overlap: join them") from None
    for file, text in changed.items():
        if text == texts[file]:
            raise ToolRefused(f"{file} would stay as it is")
        _check_syntax(file, text)
    return patch


def _edit(edit: EditInput, text: str) -> Edit:
    newline = "\r\n" if "\r\n" in text else "\n"
    new = _with_line_ends(edit.new, newline)
    if edit.old is not None:
        old = _with_line_ends(edit.old, newline)
        count = text.count(old)
        if count != 1:
            said = "does not stand" if count == 0 else f"stands {count} times"
            raise ToolRefused(f"{edit.file}: `old` {said} there: copy it exactly, with enough around it to occur once")
        return Edit(file=edit.file, start=text.index(old), old=old, new=new)
    return _whole_function(edit, text, new)


def _whole_function(edit: EditInput, text: str, new: str) -> Edit:
    found = [one for one in definitions(text) if one.name == edit.function]
    if len(found) != 1:
        said = "no" if not found else f"{len(found)}"
        raise ToolRefused(f"{edit.file} defines {said} {edit.function!r}: use `old` and `new`")
    lines = lines_of(text)
    first, last = found[0].first_line - 1, found[0].last_line
    start, old = len("".join(lines[:first])), "".join(lines[first:last])
    if _indentation(new) != _indentation(old):
        raise ToolRefused(f"{edit.function}: indent the new text as the old one is, with {_indentation(old)!r}")
    ending = old[len(old.rstrip("\r\n")) :]
    return Edit(file=edit.file, start=start, old=old, new=new.rstrip("\r\n") + ending)


def _check_source(file: str, tree: Tree) -> None:
    path = PurePosixPath(file)
    sources = [PurePosixPath(one) for one in tree.source_paths]
    if path.suffix != ".py" or not any(path == one or one in path.parents for one in sources):
        named = ", ".join(tree.source_paths)
        raise ToolRefused(f"{file} may not be changed: a fix touches Python source under {named} and nothing else")


def _check_syntax(file: str, text: str) -> None:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ToolRefused(f"{file} would be no Python any more: {error}") from None


def _with_line_ends(text: str, newline: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", newline)


def _indentation(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" \t"))]
