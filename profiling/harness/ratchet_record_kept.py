"""Choose which calls of a function are kept: the first of each signature, and a fair sample of all others."""

from __future__ import annotations

import _random
import binascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    Row = tuple[str, int, bool, bytes, str | None]
    """Module, sequence number, one of the first of its signature, pickle, literal."""

_FEW = 8
_FIRSTS = 2
_SIGNATURES = 32
_REASONS = 32


class Slot:
    """A place for one call: among the first of a signature, or in the sample."""

    def __init__(self, index: int, is_first: bool) -> None:
        self.index = index
        self.is_first = is_first


class Kept:
    """The kept calls of one function in one process: a reservoir, so that they follow the run's distribution.

    Vitter, "Random sampling with a reservoir" (1985), algorithm R: it stays fair when it is
    closed before it is full, or thinned.
    """

    def __init__(self, limit: int, seed: int) -> None:
        self.limit = limit
        self.room = limit - limit // 4
        self.random = _random.Random(seed)
        self.bytes = 0
        self.seen = 0
        self.offered = 0
        self.signatures: dict[object, int] = {}
        self.firsts: list[Row] = []
        self.sample: list[Row] = []
        self.left_out: dict[str, int] = {}

    def slot(self, signature: object) -> Slot | None:
        """Count a call; return where it is to be put, or None where it is not kept."""
        self.seen += 1
        known = self.signatures.get(signature, 0)
        may_begin = known > 0 or len(self.signatures) < _SIGNATURES
        if known < _FIRSTS and may_begin and 4 * len(self.firsts) + 4 <= self.limit:
            self.signatures[signature] = known + 1
            return Slot(len(self.firsts), True)
        self.offered += 1
        if len(self.sample) < self.room:
            return Slot(len(self.sample), False)
        index = int(self.random.random() * self.offered)
        return Slot(index, False) if index < len(self.sample) else None

    def close(self) -> None:
        """Let the sample grow no more, but for a few: from now on a call takes the place of another."""
        self.room = min(self.room, max(len(self.sample), _FEW))

    def thin(self, most: float) -> None:
        """Drop calls of the sample by chance until all take no more bytes: what is left of a fair one is fair."""
        while self.bytes > most and len(self.sample) > 1:
            dropped = self.sample.pop(int(self.random.random() * len(self.sample)))
            self.bytes -= len(dropped[3])
        self.room = min(self.room, len(self.sample))

    def size(self, slot: Slot) -> int:
        """Return the bytes of the call that a slot holds now."""
        rows = self.firsts if slot.is_first else self.sample
        return len(rows[slot.index][3]) if slot.index < len(rows) else 0

    def put(self, slot: Slot, row: Row) -> None:
        """Keep a call."""
        rows = self.firsts if slot.is_first else self.sample
        self.bytes += len(row[3]) - self.size(slot)
        if slot.index < len(rows):
            rows[slot.index] = row
        else:
            rows.append(row)

    def leave_out(self, reason: str) -> None:
        """Count a call that was chosen and can't be kept."""
        if reason not in self.left_out and len(self.left_out) >= _REASONS:
            reason = "other reasons"
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def report(self) -> dict[str, object]:
        """Return it as JSON."""
        rows = sorted([*self.firsts, *self.sample], key=lambda row: row[1])
        return {
            "seen": self.seen,
            "left_out": dict(self.left_out),
            "calls": [
                [module, sequence, first, binascii.b2a_base64(data, newline=False).decode("ascii"), text]
                for module, sequence, first, data, text in rows
            ],
        }
