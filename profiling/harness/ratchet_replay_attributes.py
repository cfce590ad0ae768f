"""The attributes of an instance, and those that its class computes, while they may be asked for."""

from __future__ import annotations

import types
from contextlib import contextmanager
from functools import cached_property

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_computed_names: frozenset[str] = frozenset()
_is_asking = False


def tell_computed(names: list[str]) -> None:
    """Take attributes for computed ones where a class computes them: what instances keep of them is no state."""
    global _computed_names
    _computed_names = frozenset(names)


@contextmanager
def asking() -> Iterator[None]:
    """Ask instances for those attributes until it is left: that runs the program's code, which must be watched."""
    global _is_asking
    _is_asking = True
    try:
        yield
    finally:
        _is_asking = False


def attributes_of(value: object, kind: type) -> dict[str, Any]:
    """Return an instance's attributes, from its dictionary and its slots, without asking its class."""
    found: dict[str, Any] = {}
    try:
        found.update(object.__getattribute__(value, "__dict__"))
    except (AttributeError, TypeError):
        pass
    for each in kind.__mro__:
        slots = each.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else tuple(slots):
            key = f"_{each.__name__.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name
            descriptor = each.__dict__.get(key)
            if key not in ("__dict__", "__weakref__") and isinstance(descriptor, types.MemberDescriptorType):
                try:
                    found[key] = descriptor.__get__(value, kind)
                except AttributeError:
                    pass
    for name in _computed_names:
        if any(isinstance(each.__dict__.get(name), (property, cached_property)) for each in kind.__mro__):
            found.pop(name, None)
            found.update(_asked(value, name) if _is_asking else {})
    return {str(name): item for name, item in found.items()}


def _asked(value: object, name: str) -> dict[str, Any]:
    """Return a computed attribute; where it can't be computed, what was raised."""
    try:
        return {name: getattr(value, name)}
    except Exception as error:
        return {name: error}
