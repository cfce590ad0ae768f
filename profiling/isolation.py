"""Find flags that keep `PYTHONPATH` out of an interpreter, and put a wrapper in front of what it runs."""

import contextlib
import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

_PYTHON = re.compile(r"(python|pypy)[\d.]*[a-z]?")
_BLOCKING = "IES"
_PROGRAM = ("c", "m")
_ENDING = re.compile(r"(-[^cmWX]*)([cmWX]?)(.*)", re.DOTALL)
"""Flags of one letter, and the first of them that takes the rest of the word, or the next word, for its value."""
_UNWRAPPABLE = frozenset("xihV?")
"""Skipping a line, going on at a prompt, and what runs no program."""
_SHEBANG_BYTES = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One call of an interpreter, taken apart.

    Attributes:
        flags: before the program, the interpreter in front; letters: those of one letter.
        kind: `-c`, `-m`, `-` (standard input) or `file`.
        words: the program and its arguments.
    """

    flags: tuple[str, ...]
    letters: str
    kind: str
    words: tuple[str, ...]


def blocking_flag(argv: tuple[str, ...]) -> str | None:
    """Return the flag (`-I`, `-E` or `-S`) that keeps our injection out of a command, or None.

    Args:
        argv: with a path in front; a console script's own first line is looked at.
    """
    call = _call(argv) or _call((*_shebang(argv), *argv))
    found = next((letter for letter in call.letters if letter in _BLOCKING), None) if call is not None else None
    return None if found is None else f"-{found}"


def wrapped(argv: tuple[str, ...], wrapper: str) -> tuple[str, ...]:
    """Return a command with the wrapper between its interpreter's flags and its program, where that is needed.

    Args:
        argv: with a path in front.
        wrapper: path of `ratchet_isolated.py`.
    """
    call = _call(argv) or _call((*_shebang(argv), *argv))
    if call is None or blocking_flag(argv) is None or _UNWRAPPABLE & set(call.letters):
        return argv
    return (*call.flags, wrapper, call.kind, *call.words)


def _call(argv: tuple[str, ...]) -> _Call | None:
    """Take the call of an interpreter apart; None for other programs and for calls that Python refuses."""
    names = [PurePath(word).name for word in argv[:2]]
    if names[:1] == ["env"]:
        inner = _call_of_python(argv[1:]) if _PYTHON.fullmatch("".join(names[1:])) else None
        return inner and replace(inner, flags=(argv[0], *inner.flags))
    return _call_of_python(argv) if names and _PYTHON.fullmatch(names[0]) else None


def _call_of_python(argv: tuple[str, ...]) -> _Call | None:
    position, letters = 1, ""
    while position < len(argv):
        word = argv[position]
        if word == "-" or not word.startswith("-"):
            kind = "-" if word == "-" else "file"
            return _Call(flags=argv[:position], letters=letters, kind=kind, words=argv[position:])
        if word.startswith("--"):
            position += 2 if word == "--check-hash-based-pycs" else 1
            continue
        cluster, letter, rest = _ENDING.fullmatch(word).groups()  # type: ignore[union-attr]  # anything matches
        letters += cluster[1:]
        position += 1
        if letter in _PROGRAM:
            before = argv[: position - 1] + ((cluster,) if cluster != "-" else ())
            words = ((rest,) if rest else ()) + argv[position:]
            return _Call(flags=before, letters=letters, kind=f"-{letter}", words=words) if words else None
        position += bool(letter) and not rest
    return _Call(flags=argv, letters=letters, kind="-", words=("",))


def _shebang(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the system puts in front of a script, by its first line; nothing where it has none."""
    try:
        with Path(*argv[:1]).open("rb") as file:
            line = file.readline(_SHEBANG_BYTES)
    except OSError:
        return ()
    if not line.startswith(b"#!"):
        return ()
    program, _, argument = line[2:].decode("utf-8", "replace").strip().partition(" ")
    argument = argument.strip()
    if PurePath(program).name == "env" and argument.startswith("-S"):
        with contextlib.suppress(ValueError):
            return (program, *shlex.split(argument[2:]))
    return (program, argument) if argument else (program,)
