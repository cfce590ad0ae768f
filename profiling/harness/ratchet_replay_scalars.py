"""The texts of values that hold no others, so that two of them read alike only when they are the same."""

from __future__ import annotations

import hashlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_TEXT = 400
PLAIN = frozenset({type(None), bool, int, float, str, bytes})
"""Types of which many together read as their `repr`."""


def _text(value: Any, kind: type[Any]) -> str:
    """Return a text or bytes, cut where it is long and then with a digest of all of it."""
    text = ascii(kind.__getitem__(value, slice(None)))  # a derived class's own `repr` is not asked
    if len(text) <= _TEXT:
        return text
    digest = hashlib.sha256(text.encode("ascii")).hexdigest()[:16]
    return f"{text[:_TEXT]}... ({len(text)} characters, digest {digest})"


def _number(value: Any) -> str:
    return f"{int.__repr__(value) if -(1 << 2000) < value < 1 << 2000 else hex(int(value))} (int)"


SCALARS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _value: "None",
    bool: lambda value: f"{value} (bool)",
    int: _number,
    float: lambda value: f"{float.__repr__(value)} (float)",
    complex: lambda value: f"{complex.__repr__(value)} (complex)",
    str: lambda value: _text(value, str),
    bytes: lambda value: _text(value, bytes),
    bytearray: lambda value: f"bytearray {_text(bytes(value), bytes)}",
    memoryview: lambda value: f"memoryview {_text(bytes(value), bytes)}",
    range: repr,
    slice: ascii,
    type(Ellipsis): lambda _value: "Ellipsis",
    type(NotImplemented): lambda _value: "NotImplemented",
}
