"""Reads the postfix language, record by record."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from profiling.audit.dsl.building import Builder, Misplaced
from profiling.audit.dsl.errors import DslError
from profiling.audit.dsl.records import Record
from profiling.audit.dsl.tokens import Token, tokens
from profiling.audit.dsl.words import LIST, OF_FILE, WORDS, Value
from profiling.audit.model import FunctionNode

_ARITY: Final = {word: len(checks) for word, checks in WORDS.items()}
_ATOM: Final = re.compile(r'[^\s"\\]+|"[^"\\]*(?:\\.[^"\\]*)*"')
_REFUSED: Final = (ValueError, LookupError, TypeError, Misplaced)


def parse(text: str) -> Iterator[Record]:
    """Give the records of a text.

    Raises:
        DslError: it is not of the language; the message names line, column and word.
    """
    return read(text.split("\n"))


def read(lines: Iterable[str]) -> Iterator[Record]:
    """Give records as their lines come in: a function is given when the next record that is not of it begins.

    Raises:
        DslError: a line is not of the language; the message names line, column and word.
    """
    builder = Builder()
    details, statements, finish, arity = builder.details, builder.statements, builder.finish, _ARITY
    waiting: list[Token] = []
    number = 1
    for number, line in enumerate(lines, 1):
        # The atoms of a line without quotes are what stands between blanks: handlers refuse all else.
        values = _values(line, waiting) if waiting or '"' in line else line.split()
        try:
            word = values.pop()
            if word in details:
                details[word](values)
                continue
            handler = statements[word]
            if len(values) != arity[word] or "\\" in line:
                # It may be a comment or hold more words: the function above must not end for that.
                raise ValueError("it is not the one word of its line")
            if (node := finish()) is not None:
                yield node
            statement = handler(values)
        except _REFUSED:
            yield from _carefully(builder, line, number, waiting)
        else:
            if statement is not None:
                yield statement
    _refuse_rest(waiting)
    yield from _last(builder, number)


def _values(line: str, waiting: list[Token]) -> list[str]:
    """Return the atoms of a line and its word, nothing where they are not laid out as `write` does it."""
    atoms = _ATOM.findall(line)
    return atoms if not waiting and " ".join(atoms) == line.rstrip("\r\n") else []


def _carefully(builder: Builder, line: str, number: int, waiting: list[Token]) -> Iterator[Record]:
    """Take a line apart token by token; what it leaves waits for words of later lines."""
    for token in tokens(line.rstrip("\r\n"), number):
        word = token.text if isinstance(token.text, str) else ""
        if word == LIST:
            waiting.append(_list(token, waiting))
        elif word not in _ARITY:
            waiting.append(token)
        else:
            values = _taken(word, token, waiting)
            if word in OF_FILE and (node := _finished(builder, token)) is not None:
                yield node
            statement = _handled(builder, token, word, values)
            if statement is not None:
                yield statement


def _list(word: Token, waiting: list[Token]) -> Token:
    count = waiting.pop() if waiting else None
    if count is None or not isinstance(count.text, str) or not count.text.isdecimal():
        raise DslError(word.line, word.column, LIST, "the number of its elements must stand before it")
    wanted = int(count.text) if len(count.text) < 10 else len(waiting) + 1
    if wanted > len(waiting):
        what = f"{count.text} elements must stand before it, there are {len(waiting)}"
        raise DslError(word.line, word.column, LIST, what)
    elements: list[str] = []
    for element in waiting[len(waiting) - wanted :]:
        if isinstance(element.text, list):
            raise DslError(element.line, element.column, LIST, "a list can't be an element of a list")
        elements.append(element.text)
    del waiting[len(waiting) - wanted :]
    return Token(text=elements, line=word.line, column=word.column)


def _taken(word: str, token: Token, waiting: list[Token]) -> list[Token]:
    arity = _ARITY[word]
    if len(waiting) < arity:
        what = f"it takes {arity} value{'s' if arity != 1 else ''}, there are {len(waiting)} before it"
        raise DslError(token.line, token.column, word, what)
    taken = waiting[len(waiting) - arity :]
    del waiting[len(waiting) - arity :]
    _refuse_rest(waiting)
    return taken


def _finished(builder: Builder, token: Token) -> FunctionNode | None:
    try:
        return builder.finish()
    except Misplaced as error:
        raise DslError(token.line, token.column, _shown(token.text), str(error)) from error


def _last(builder: Builder, number: int) -> Iterator[Record]:
    node = _finished(builder, Token(text="", line=number, column=1))
    if node is not None:
        yield node


def _handled(builder: Builder, token: Token, word: str, values: list[Token]) -> Record | None:
    try:
        handler = builder.details.get(word) or builder.statements[word]
        return handler([value.text for value in values])
    except Misplaced as error:
        raise DslError(token.line, token.column, word, str(error)) from error
    except _REFUSED as error:
        raise _located(word, values, token, error) from error


def _located(word: str, values: list[Token], token: Token, error: Exception) -> DslError:
    """Name the value that is not of the sort its word takes."""
    for check, value in zip(WORDS[word], values, strict=True):
        try:
            check(value.text)
        except _REFUSED as refusal:
            return DslError(value.line, value.column, _shown(value.text), f"{refusal} (for `{word}`)")
    return DslError(token.line, token.column, word, str(error))


def _refuse_rest(waiting: list[Token]) -> None:
    if waiting:
        first = waiting[0]
        what = "no word takes this value; is a word missing or misspelt behind it?"
        raise DslError(first.line, first.column, _shown(first.text), what)


def _shown(value: Value) -> str:
    return value if isinstance(value, str) else LIST
