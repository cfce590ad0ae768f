"""Make prepared calls one after the other, as nothing but a loop: what stands here is what a block's clock times."""

from __future__ import annotations

from collections import deque
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from profiling.harness.ratchet_calls import Found

    Prepared = list[tuple[tuple[Any, ...], dict[str, Any]]]
    Body = Callable[[Callable[..., Any], Prepared], int]

_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200
_ITEMS_AT_MOST = 1_000_000
"""An endless generator is consumed so far."""

_VALUES_AT_MOST = 500

kinds_raised: set[type[BaseException]] = set()
"""Kinds of the exceptions that calls ended with so far."""

_SCALARS = frozenset({type(None), type(Ellipsis), bool, int, float, complex, str, bytes, range})


class NotTimed(Exception):
    """Calls of this kind of function can't be timed; the message says why."""


def body_of(found: Found) -> Body:
    """Return the loop for a kind of function: what it returns lazily is consumed in it.

    Raises:
        NotTimed: there is none for it.
    """
    own = _flags(found.call)
    inner = _flags(found.plain)
    if own is None:
        own = inner or 0
    elif inner is not None and own != inner and inner & (_GENERATOR | _ASYNC_GENERATOR):
        if inner & _ASYNC_GENERATOR:
            raise NotTimed("it is an asynchronous context manager, and entering it is not part of the call")
        return _entered
    if own & _COROUTINE:
        import asyncio  # noqa: F401 - not while it is timed

        return _awaited
    if own & _ASYNC_GENERATOR:
        return _iterated_asynchronously
    return _consumed if own & _GENERATOR else _called


def can_be_shared(value: object) -> bool:
    """Say whether no call can change a value, so that several may get the same; what is large is not looked through."""
    return _is_constant(value, [_VALUES_AT_MOST])


def _is_constant(value: object, left: list[int]) -> bool:
    left[0] -= 1
    kind = type(value)
    if kind in _SCALARS:
        return True
    if kind not in (tuple, frozenset) or left[0] < 0:
        return False
    return all(_is_constant(each, left) for each in value)  # type: ignore[attr-defined]


def _flags(function: object) -> int | None:
    code = getattr(function, "__code__", None)
    flags = getattr(code, "co_flags", None)
    return flags if type(flags) is int else None


def _called(call: Callable[..., Any], prepared: Prepared) -> int:
    raised = 0
    for args, kwargs in prepared:
        try:
            if kwargs:
                call(*args, **kwargs)
            else:  # half of what the loop costs beside a call
                call(*args)
        except BaseException as error:
            raised += 1
            kinds_raised.add(type(error))
    return raised


def _consumed(call: Callable[..., Any], prepared: Prepared) -> int:
    raised = 0
    for args, kwargs in prepared:
        try:
            deque(islice(call(*args, **kwargs), _ITEMS_AT_MOST), 0)
        except BaseException as error:
            raised += 1
            kinds_raised.add(type(error))
    return raised


def _entered(call: Callable[..., Any], prepared: Prepared) -> int:
    raised = 0
    for args, kwargs in prepared:
        try:
            with call(*args, **kwargs):
                pass
        except BaseException as error:
            raised += 1
            kinds_raised.add(type(error))
    return raised


def _awaited(call: Callable[..., Any], prepared: Prepared) -> int:
    import asyncio

    async def all_of_them() -> int:
        raised = 0
        for args, kwargs in prepared:
            try:
                await call(*args, **kwargs)
            except BaseException as error:
                raised += 1
                kinds_raised.add(type(error))
        return raised

    return asyncio.run(all_of_them())


def _iterated_asynchronously(call: Callable[..., Any], prepared: Prepared) -> int:
    import asyncio

    async def all_of_them() -> int:
        raised = 0
        for args, kwargs in prepared:
            left = _ITEMS_AT_MOST
            try:
                async for _ in call(*args, **kwargs):
                    left -= 1
                    if not left:
                        break
            except BaseException as error:
                raised += 1
                kinds_raised.add(type(error))
        return raised

    return asyncio.run(all_of_them())
