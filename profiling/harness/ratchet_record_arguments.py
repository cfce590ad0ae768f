"""Take the arguments of a call from its frame, and pickle them so that they survive what the call does to them."""

from __future__ import annotations

import _pickle
import sys
from copyreg import __newobj__, dispatch_table  # type: ignore[attr-defined]  # typeshed leaves it out
from types import FunctionType, ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

    from profiling.harness.ratchet_calls import STAND_IN

    Given = tuple[tuple[Any, ...], dict[str, Any]]
else:
    from ratchet_calls import STAND_IN

_VAR_POSITIONAL, _VAR_KEYWORD = 0x04, 0x08
_PROTOCOL = 4
_LITERAL_LENGTH = 4096
_LITERAL_NODES = 500
_SCALARS = frozenset({type(None), bool, int, str, bytes})
_SEQUENCES = frozenset({list, tuple, set, frozenset})
_own_getstate = getattr(object, "__getstate__", None)


class LeftOut(Exception):
    """A call can't be recorded; the message is the reason, the same for all its like."""


class Arguments:
    """The parameters of one nominated code object."""

    def __init__(self, code: CodeType, function: str, qualname: str) -> None:
        self.function = function
        self.qualname = qualname
        self.code = code
        names = code.co_varnames
        self.positional_only = names[: code.co_posonlyargcount]
        self.positional = names[: code.co_argcount]
        self.keyword = names[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        end = code.co_argcount + code.co_kwonlyargcount
        self.rest = names[end] if code.co_flags & _VAR_POSITIONAL else None
        self.named_rest = names[end + (self.rest is not None)] if code.co_flags & _VAR_KEYWORD else None
        self.defaults: dict[str, object] | None = None

    def given(self, frame: FrameType) -> Given:
        """Return the arguments of a call that has just begun; those that are the parameter's default are left out."""
        values = frame.f_locals
        if self.defaults is None:
            self.defaults = self._defaults(frame)
        rest = tuple(values[self.rest]) if self.rest is not None else ()
        kwargs = {name: values[name] for name in self.keyword if not self._is_default(name, values[name])}
        names = list(self.positional)
        while not rest and names and self._is_default(names[-1], values[names[-1]]):
            names.pop()
        if self.named_rest is not None:
            kwargs.update(values[self.named_rest])
        return (*(values[name] for name in names), *rest), kwargs

    def signature(self, given: Given) -> object:
        """Return what tells kinds of calls apart: the types of the arguments, and which of them are empty."""
        args, kwargs = given
        return tuple(_kind(value) for value in args), tuple((name, _kind(value)) for name, value in kwargs.items())

    def pickled(self, given: Given, limit: int) -> bytes:
        """Return the arguments as bytes.

        Raises:
            LeftOut: they can't be pickled, or not within the limit (in bytes).
        """
        target = _Bounded(limit)
        try:
            _Pickler(target, _PROTOCOL).dump(given)
        except RecursionError:
            raise LeftOut("nested too deep") from None
        except _TooLarge:
            raise LeftOut("too large") from None
        except BaseException as error:
            raise LeftOut(_reason(error)) from None
        return bytes(target.content)

    def _is_default(self, name: str, value: object) -> bool:
        defaults = self.defaults or {}
        return name in defaults and defaults[name] is value

    def _defaults(self, frame: FrameType) -> dict[str, object]:
        """Return the defaults of the function by name, where the function can be found by its name."""
        found: object = frame.f_globals
        for part in self.qualname.split("."):
            names = found if type(found) is dict else getattr(found, "__dict__", {})
            found = names.get(part)
        for _ in range(20):
            code = getattr(found, "__code__", None)
            if code is None or code is not self.code:
                found = getattr(found, "__func__", None) or getattr(found, "__wrapped__", None)
        if type(found) is not FunctionType:
            return {}
        defaults = found.__defaults__ or ()
        names_with = self.positional[len(self.positional) - len(defaults) :]
        return {**dict(zip(names_with, defaults)), **(found.__kwdefaults__ or {})}


def literal(given: Given) -> str | None:
    """Return the arguments as Python text where they are small and made of builtin values alone."""
    args, kwargs = given
    left = [_LITERAL_NODES]
    if not _is_literal([list(args), kwargs], left, 0):
        return None
    text = ascii((args, kwargs))
    return text if len(text) <= _LITERAL_LENGTH else None


class _TooLarge(Exception):
    """The limit was passed."""


class _Bounded:
    """Takes so many bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.content = bytearray()

    def write(self, data: Any) -> int:
        """Take some."""
        if len(self.content) + len(data) > self.limit:
            raise _TooLarge
        self.content += data
        return len(data)


class _Pickler(_pickle.Pickler):
    """Keeps what stands for itself as a name, and plain instances as attributes: a class may keep them elsewhere.

    Not by `persistent_id`, which would be asked about every text and number: three times as slow where there are many.
    """

    def reducer_override(self, value: Any) -> Any:
        """Return how a plain instance is made anew, and what names a module or an `object()` that one holds."""
        kind = type(value)
        if kind is ModuleType:
            return STAND_IN, ("module", value.__name__, "")
        if kind is object:
            held = _holder(value)
            return NotImplemented if held is None else (STAND_IN, held)
        if kind is FunctionType or isinstance(value, type) or kind in dispatch_table or not _is_plain(kind):
            return NotImplemented
        reduced = value.__reduce_ex__(_PROTOCOL)
        is_simple = type(reduced) is tuple and reduced[0] is __newobj__ and reduced[1] == (kind,)
        if not is_simple or any(part is not None for part in reduced[3:]):
            return NotImplemented
        state = reduced[2]
        return reduced[:2] if state is None else (*reduced[:2], state, None, None, STAND_IN)


def _is_plain(kind: type) -> bool:
    """Say whether instances are pickled as `object` does it."""
    if any(getattr(kind, name) is not getattr(object, name) for name in ("__reduce_ex__", "__reduce__")):
        return False
    return not hasattr(kind, "__setstate__") and getattr(kind, "__getstate__", None) is _own_getstate


def _holder(value: object) -> tuple[str, str, str] | None:
    for name, module in list(sys.modules.items()):
        for key, held in list(getattr(module, "__dict__", {}).items()):
            if held is value and type(key) is str:
                return ("global", name, key)
    return None


def _kind(value: object) -> object:
    kind = type(value)
    return kind.__module__, kind.__qualname__, kind in _SEQUENCES and not value


def _reason(error: BaseException) -> str:
    """Return why it can't be pickled: the kind of object where the error names one."""
    parts = str(error).split("'")
    named = parts[1].rpartition(".")[2] if str(error).startswith("cannot pickle '") and len(parts) > 1 else ""
    if "local object" in str(error) or "not found as" in str(error) or "import" in str(error):
        named = "something defined inside a function"
    return f"unpicklable argument: {named or type(error).__name__}"[:80]


def _is_literal(value: object, left: list[int], depth: int) -> bool:
    left[0] -= 1
    kind = type(value)
    if left[0] < 0 or depth > 20:
        return False
    if kind is float:
        return value - value == 0  # type: ignore[operator,no-any-return]  # neither nan nor infinite
    if kind is int:
        return -(1 << 256) < value < 1 << 256  # type: ignore[operator]
    if kind in _SCALARS:
        return True
    if kind is dict:
        return all(
            _is_literal(key, left, depth + 1) and _is_literal(item, left, depth + 1)
            for key, item in value.items()  # type: ignore[attr-defined]
        )
    if kind is frozenset or (kind is set and not value):
        return False  # they have no literal
    return kind in _SEQUENCES and all(_is_literal(item, left, depth + 1) for item in value)  # type: ignore[attr-defined]
