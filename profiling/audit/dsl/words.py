"""The words of the language: how many values each takes, and of which sort."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from profiling.audit.model import CostClass, LoopKind, MutationKind, NodeKind, Tier, WriteKind

NIL = "nil"
LIST = "list"
"""`a b 2 list` stands for the list of a and b. It is the only word that makes a value; every other makes a record."""

_MODULE, _METHOD = NodeKind.MODULE, NodeKind.METHOD

Value: TypeAlias = str | list[str]
"""An atom as it is written, its quotes included; or a list of such."""
Check: TypeAlias = Callable[[Value], object]


def text(value: Value) -> str:
    """Return a string.

    Raises:
        TypeError: it is a list.
    """
    if isinstance(value, list):
        raise TypeError("a string is expected, not a list")
    return unquoted(value)


def optional(value: Value) -> str | None:
    """Return a string, None for `nil`."""
    return None if value == NIL else text(value)


def texts(value: Value) -> tuple[str, ...]:
    """Return the strings of a list.

    Raises:
        TypeError: it is no list.
    """
    if not isinstance(value, list):
        raise TypeError("a list is expected")
    return tuple(map(unquoted, value))


def whole(value: Value) -> int:
    """Return a whole number.

    Raises:
        ValueError: it is none.
    """
    try:
        return int(_atom(value))
    except ValueError:
        raise ValueError("a whole number is expected") from None


def optional_whole(value: Value) -> int | None:
    """Return a whole number, None for `nil`."""
    return None if value == NIL else whole(value)


def real(value: Value) -> float:
    """Return a number.

    Raises:
        ValueError: it is none.
    """
    try:
        return float(_atom(value))
    except ValueError:
        raise ValueError("a number is expected") from None


def usual_qualname(name: str, kind: NodeKind) -> str:
    """Return the qualified name that `nil` stands for: by the dotted name and what the node is."""
    if kind is _METHOD:
        return ".".join(name.rsplit(".", 2)[-2:])
    return "<module>" if kind is _MODULE else name.rpartition(".")[2]


def _atom(value: Value) -> str:
    if isinstance(value, list):
        raise TypeError("a number is expected, not a list")
    return value


def _one_of(words: type[Tier | LoopKind | WriteKind | MutationKind | CostClass | NodeKind]) -> Check:
    allowed = frozenset(word.value for word in words)

    def check(value: Value) -> str:
        if isinstance(value, list) or value not in allowed:
            raise ValueError(f"one of {', '.join(sorted(allowed))} is expected")
        return value

    return check


TIER, LOOP, WRITE = _one_of(Tier), _one_of(LoopKind), _one_of(WriteKind)
MUTATION, COST, NODE = _one_of(MutationKind), _one_of(CostClass), _one_of(NodeKind)

OF_FUNCTION: Mapping[str, tuple[Check, ...]] = {
    "def": (optional_whole, whole, optional, NODE),
    "async": (),
    "generator": (),
    "decorator": (text,),
    "store": (WRITE, text, text, whole),
    "local-store": (WRITE, text, text, whole),
    "mut": (text, MUTATION, whole),
    "exp-op": (text, COST, optional_whole, whole, real),
    "calls": (text, TIER, whole, text),
    "site": (whole, text),
}
"""Words that speak of the last `fn` above them: `first-line end-line qualname kind def`, `text decorator`,
`kind target method line store`, `target kind line mut`, `callee class size line weight exp-op`,
`callee tier line text calls` (a call site with one callee), `line text site` (any other)."""

OF_SITE: Mapping[str, tuple[Check, ...]] = {
    "call": (text,),
    "call-as": (text, TIER),
    "reason": (text,),
    "implicit": (),
    "awaited": (),
    "loop": (LOOP, whole, optional_whole),
    "data": (optional, optional, optional_whole, text),
}
"""Words that speak of the next `site` or `calls` below them: `callee call` (the tier is exact), `callee tier call-as`,
`why reason`, `kind line bound loop`, `literal mode size source data`. A `call` with no site below is one of its own."""

OF_FILE: Mapping[str, tuple[Check, ...]] = {
    "fn": (text, text, whole),
    "pair": (text, text),
    "edge": (text, text),
    "unknown-call": (text, text, whole, text),
    "problem": (text, text),
    "action": (text, texts, text),
    "action-run": (text, texts, text, texts),
    "redundancy": (text, text, texts),
    "reached": (text, whole, real),
    "pipeline": (texts,),
}
"""Words that stand for themselves: `name file line fn`, `name value pair`, `caller callee edge`,
`caller text line why unknown-call`, `file what problem`, `name entries description action`,
`name entries description argv action-run` (an action with the command that runs it),
`callee source places redundancy`, `function depth load reached`, `operations pipeline`."""

WORDS: Mapping[str, tuple[Check, ...]] = {**OF_FILE, **OF_FUNCTION, **OF_SITE}
RESERVED = frozenset({*WORDS, NIL, LIST})
"""What must be quoted where a string is meant."""

_SPECIAL = frozenset(' "\\')
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_MEANT = {escape[1]: character for character, escape in _SHORT.items()}
_ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U00[01][0-9a-f]{5}|.?)", re.DOTALL)


def quoted(string: str) -> str:
    r"""Return a string as an atom: bare where that can't be mistaken, else in double quotes.

    In quotes a quote, a backslash and what is not printable is escaped as in Python: `\"`, `\\`, `\n`, `\r`, `\t`,
    `\xNN`, `\uNNNN`, `\UNNNNNNNN`. So a string never leaves its line, and lone surrogates can be written.
    """
    if not string.isprintable():
        return f'"{"".join(map(_escaped, string))}"'
    if string and _SPECIAL.isdisjoint(string) and string not in RESERVED:
        return string
    inside = string.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'


def unquoted(atom: str) -> str:
    """Return the string that an atom stands for.

    Raises:
        ValueError: an escape in it means nothing.
    """
    if not atom.startswith('"'):
        return atom
    return _ESCAPE.sub(_unescaped, atom[1:-1]) if "\\" in atom else atom[1:-1]


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _unescaped(match: re.Match[str]) -> str:
    escape = match[1]
    if escape in _MEANT:
        return _MEANT[escape]
    if len(escape) < 2:
        raise ValueError(f"the escape \\{escape} means nothing")
    return chr(int(escape[1:], 16))
