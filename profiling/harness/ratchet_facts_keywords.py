"""Tell which arguments a call gave by keyword, from the calling instruction. Copied beside `ratchet_facts_calls`."""

from __future__ import annotations

import opcode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType

_PLACES = 4096
_CACHE = opcode.opmap.get("CACHE", -1)
_PRECALL = opcode.opmap.get("PRECALL", -1)
_CALL = opcode.opmap.get("CALL", -1)
_KW_NAMES = opcode.opmap.get("KW_NAMES", -1)  # 3.11 and 3.12: before the call
_WITH_NAMES = {opcode.opmap.get("CALL_FUNCTION_KW", -1), opcode.opmap.get("CALL_KW", -1)} - {-1}  # 3.9, 3.10; 3.13 on
_LOAD_CONST = opcode.opmap["LOAD_CONST"]
_EXTENDED_ARG = opcode.opmap["EXTENDED_ARG"]


class Keywords:
    """Reads calling instructions, each once."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, int], tuple[CodeType, tuple[str, ...]]] = {}

    def given(self, caller: FrameType | None) -> tuple[str, ...]:
        """Return the keywords of the call a frame is in; none where the instruction names none."""
        if caller is None:
            return ()
        code, at = caller.f_code, caller.f_lasti
        known = self.known.get((object.__hash__(code), at))
        if known is not None:
            return known[1]
        names = _names(code, at)
        if len(self.known) < _PLACES:
            self.known[object.__hash__(code), at] = (code, names)
        return names


def _names(code: CodeType, at: int) -> tuple[str, ...]:
    text = code.co_code
    at = _before(text, at + 2, {_CACHE})
    if at < 0:
        return ()
    if text[at] in _WITH_NAMES:
        at = _before(text, at, {_CACHE, _EXTENDED_ARG})
        is_named = at >= 0 and text[at] == _LOAD_CONST
    else:
        at = _before(text, at, {_CACHE, _PRECALL, _EXTENDED_ARG}) if text[at] == _CALL else -1
        is_named = at >= 0 and text[at] == _KW_NAMES
    if not is_named:
        return ()
    number = text[at + 1]
    if at >= 2 and text[at - 2] == _EXTENDED_ARG:
        number |= text[at - 1] << 8
    constant = code.co_consts[number] if number < len(code.co_consts) else ()
    return tuple(name for name in constant if type(name) is str) if type(constant) is tuple else ()


def _before(text: bytes, at: int, skipped: set[int]) -> int:
    """Return where the last instruction before a place is, caches and the like passed over; -2 where there is none."""
    at -= 2
    while at >= 0 and text[at] in skipped:
        at -= 2
    return at
