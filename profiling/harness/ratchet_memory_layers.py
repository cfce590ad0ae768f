"""Keep whose the heap is at its highest, when only its size is known from time to time. Beside `ratchet_memory`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Key = tuple[str, tuple[int, ...], "str | None"]


_SHORTEST_S = 1e-6  # no rate can be told of less


class Change:
    """A look at which another owner than at the one before was found.

    Attributes:
        before, after: the owners; rate_before: bytes a second that the first raised the heap by.
        used_s: seconds since the look before.
        size, highest: of the heap.
    """

    __slots__ = ("after", "before", "highest", "rate_before", "size", "used_s")

    def __init__(self, before: Key | None, after: Key | None, rate_before: float) -> None:
        self.before, self.after, self.rate_before = before, after, rate_before
        self.used_s, self.size, self.highest = 0.0, 0, 0


class Looks:
    """Looks at the heap, of which some come after the owner has changed.

    What was allocated between two looks with different owners is shared by the rates at which these two allocate,
    which takes the look after to know. Where looks are rare, on a busy machine, that part is large.

    Attributes:
        size: bytes at the last look.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._layers = Layers(size)
        self._owner: Key | None = None
        self._rate = 0.0
        self._change: Change | None = None

    @property
    def peak(self) -> int:
        """Return the most bytes of any moment."""
        return self._layers.peak if self._change is None else max(self._layers.peak, self._change.highest)

    def look(self, owner: Key | None, used_s: float, size: int, highest: int) -> None:
        """Take in a look at the heap.

        Args:
            owner: who runs now; used_s: seconds of it since the last look, of CPU where that is known.
            size: bytes now; highest: the most since the last look.
        """
        rate = max(0, size - self.size) / used_s if used_s >= _SHORTEST_S else 0.0
        self._settle(rate if owner == self._owner else 0.0)
        if owner == self._owner:
            self._layers.look(owner, size, highest)
        else:
            self._change = Change(self._owner, owner, self._rate)
            self._change.used_s, self._change.size, self._change.highest = used_s, size, highest
        self._owner, self._rate, self.size = owner, rate, size

    def owned(self) -> dict[Key, int]:
        """Return the bytes of each owner at the peak; nobody's are left out."""
        self._settle(0.0)
        return self._layers.owned()

    def _settle(self, rate_after: float) -> None:
        change, self._change = self._change, None
        if change is not None:
            first = _first_part(change, change.highest - self._layers.size, rate_after)
            self._layers.look(change.before, self._layers.size + first, self._layers.size + first)
            self._layers.look(change.after, change.size, change.highest)


def _first_part(change: Change, rise: int, rate_after: float) -> int:
    """Return what the first owner raised the heap by: `rise = rate_before * s + rate_after * (used_s - s)`."""
    if rise <= 0 or change.rate_before <= 0 or change.before is None:
        return 0
    faster = change.rate_before - rate_after
    seconds = (rise - rate_after * change.used_s) / faster if faster else change.used_s / 2
    return min(rise, int(change.rate_before * max(0.0, min(change.used_s, seconds))))


class Layer:
    """Bytes that one owner raised the heap by, of which some may be gone."""

    __slots__ = ("owner", "size")

    def __init__(self, owner: Key | None, size: int) -> None:
        self.owner = owner
        self.size = size


class Layers:
    """The heap as layers by who raised it; what is freed is taken to be what was allocated last.

    Attributes:
        size: bytes at the last look.
        peak: the most bytes of any moment.
    """

    def __init__(self, size: int) -> None:
        self.size = self.peak = size
        self._at_peak: list[Layer] = []
        self._freed_since: list[Layer] = []
        self._grown_since: list[Layer] = []

    def look(self, owner: Key | None, size: int, highest: int) -> None:
        """Take in a look at the heap.

        Args:
            owner: who ran since the last look.
            size: bytes now; highest: the most since the last look.
        """
        if highest > self.peak:
            self._at_peak.extend(self._grown_since)
            self._grown_since, self._freed_since = [], []
            _grow(self._at_peak, owner, highest - self.size)
            self.peak, self.size = highest, highest
        if size > self.size:
            _grow(self._grown_since, owner, size - self.size)
        elif size < self.size:
            self._shrink(self.size - size)
        self.size = size

    def owned(self) -> dict[Key, int]:
        """Return the bytes of each owner at the peak; nobody's are left out."""
        found: dict[Key, int] = {}
        for layer in (*self._at_peak, *self._freed_since):
            if layer.owner is not None:
                found[layer.owner] = found.get(layer.owner, 0) + layer.size
        return found

    def _shrink(self, size: int) -> None:
        for _, taken in _take(self._grown_since, size):
            size -= taken
        for owner, taken in _take(self._at_peak, size):
            _grow(self._freed_since, owner, taken)


def _grow(layers: list[Layer], owner: Key | None, size: int) -> None:
    if layers and layers[-1].owner == owner:
        layers[-1].size += size
    else:
        layers.append(Layer(owner, size))


def _take(layers: list[Layer], size: int) -> Iterator[tuple[Key | None, int]]:
    """Take so many bytes off the top, as far as there are."""
    while size > 0 and layers:
        top = layers[-1]
        taken = min(size, top.size)
        top.size -= taken
        size -= taken
        if not top.size:
            layers.pop()
        yield top.owner, taken
