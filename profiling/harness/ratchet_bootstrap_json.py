"""Read and write JSON without importing `json`, which would bring `re` and `enum` into the target."""

from __future__ import annotations

import _json

_quoted = _json.encode_basestring_ascii


class Grammar:
    """What the C scanner of `json` asks of its context."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    array_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


def decode(text: str) -> object:
    """Parse JSON without importing `json`."""
    value: object = _json.make_scanner(Grammar)(text, 0)[0]  # type: ignore[arg-type]  # any object with these fields
    return value


def encode(value: object) -> str:
    """Write JSON without importing `json`.

    Raises:
        TypeError: a value has no JSON form.
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return float.__repr__(value) if value - value == 0 else "null"
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quoted(str(key))}:{encode(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([encode(item) for item in value]) + "]"
    raise TypeError(f"no JSON for {type(value).__name__}")
