"""The stacks of one or two profiles as one tree: the same function in both is the same frame. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from profiling.formats.weights import WEIGHTS, library_name, weight
from profiling.model import FunctionKey
from profiling.profile import Profile, Stack

_SMALLEST_SHARE = 0.0005
"""Of a dimension; what is below it everywhere is no wider than half a pixel."""
_ALL_DRAWN = 20_000
"""So many frames a page draws whatever their size."""
_SMALLEST_OUTSIDE = 0.001
_NOBODY = "(other code)"


class Kind(IntEnum):
    """What a frame stands for; the page knows them by number."""

    PROJECT = 0
    LIBRARY = 1
    THREAD = 2
    REST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame: the place is `file:line` of the later profile that knows it, empty where there is none."""

    name: str
    place: str
    kind: Kind


@dataclass(slots=True, kw_only=True)
class Side:
    """What one profile puts on one node itself: a weight a dimension, in their order, and samples."""

    weights: list[float] = field(default_factory=lambda: [0.0] * len(WEIGHTS))
    samples: int = 0

    def add(self, other: "Side") -> None:
        """Add another's."""
        self.weights = [mine + theirs for mine, theirs in zip(self.weights, other.weights, strict=True)]
        self.samples += other.samples


@dataclass(slots=True, kw_only=True)
class Tree:
    """Nodes by number, parents first; what one weighs itself is only there where it is more than nothing.

    Attributes:
        frames: by number.
        parents: of each node, -1 for a thread.
        node_frames: of each node.
        after, before: own weights by node.
        left_out: nodes that were too small to draw; their weights are with a frame of the rest.
        is_compared: whether two profiles are in it: lines may then differ, and only file and name make a function.
    """

    frames: list[Frame] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    node_frames: list[int] = field(default_factory=list)
    after: dict[int, Side] = field(default_factory=dict)
    before: dict[int, Side] = field(default_factory=dict)
    left_out: int = 0
    is_compared: bool = False
    _frame_numbers: dict[object, int] = field(default_factory=dict)
    _node_numbers: dict[tuple[int, int], int] = field(default_factory=dict)

    def function(self, key: FunctionKey) -> int:
        """Return the number of a function's frame."""
        identity = (key.file, key.qualname) if self.is_compared else key
        return self._frame(identity, Frame(name=key.qualname, place=key.place, kind=Kind.PROJECT))

    def other(self, name: str, kind: Kind) -> int:
        """Return the number of a frame that is no function."""
        return self._frame((name, kind), Frame(name=name, place="", kind=kind))

    def child(self, parent: int, frame: int) -> int:
        """Return the number of the node with this frame under a parent."""
        number = self._node_numbers.get((parent, frame))
        if number is None:
            number = self._node_numbers[parent, frame] = len(self.parents)
            self.parents.append(parent)
            self.node_frames.append(frame)
        return number

    def like(self) -> "Tree":
        """Return a tree of the same frames, without nodes."""
        return Tree(frames=self.frames, is_compared=self.is_compared, _frame_numbers=self._frame_numbers)

    def _frame(self, identity: object, frame: Frame) -> int:
        number = self._frame_numbers.get(identity)
        if number is None:
            number = self._frame_numbers[identity] = len(self.frames)
            self.frames.append(frame)
        return number


def flame_tree(after: Profile, before: Profile | None) -> Tree:
    """Return the tree of a profile, with the weights of an earlier one beside its own.

    Args:
        after: whose lines count.
        before: the one it is compared with, if any.
    """
    tree = Tree(is_compared=before is not None)
    _add(tree, after, is_after=True)
    if before is not None:
        _add(tree, before, is_after=False)
    return _without_smallest(tree) if len(tree.parents) > _ALL_DRAWN else tree


def sums(sides: Iterable[Side]) -> Side:
    """Return the sum."""
    total = Side()
    for side in sides:
        total.add(side)
    return total


def _add(tree: Tree, profile: Profile, *, is_after: bool) -> None:
    sides = tree.after if is_after else tree.before
    for stack in profile.stacks:
        node = tree.child(-1, tree.other(stack.thread, Kind.THREAD))
        for frame in _frames(tree, stack):
            node = tree.child(node, frame)
        own = Side(weights=[weight(stack, each.dimension) for each in WEIGHTS], samples=stack.samples)
        sides.setdefault(node, Side()).add(own)
    outside_s = profile.cpu_sampled_s - sum(stack.cpu_s for stack in profile.stacks)
    if outside_s > _SMALLEST_OUTSIDE * profile.cpu_sampled_s:
        nobody = tree.child(-1, tree.other(_NOBODY, Kind.THREAD))
        node = tree.child(nobody, tree.other("outside the project", Kind.REST))
        samples = max(0, profile.samples - sum(stack.samples for stack in profile.stacks))
        sides[node] = Side(weights=[outside_s, *([0.0] * (len(WEIGHTS) - 1))], samples=samples)


def _frames(tree: Tree, stack: Stack) -> Iterator[int]:
    for key in stack.frames:
        yield tree.function(key)
    if stack.library is not None:
        yield tree.other(library_name(stack.library), Kind.LIBRARY)


def _without_smallest(tree: Tree) -> Tree:
    """Leave out what is below 0.05% of every dimension on both sides; what it weighs stays under its parent."""
    is_large = _large(tree)
    pruned = tree.like()
    rest = pruned.other("(too small to draw)", Kind.REST)
    numbers: list[int] = []
    for node, (parent, frame) in enumerate(zip(tree.parents, tree.node_frames, strict=True)):
        above = -1 if parent < 0 else numbers[parent]
        if is_large[node] or parent < 0:
            numbers.append(pruned.child(above, frame))
        else:
            pruned.left_out += 1
            numbers.append(above if pruned.node_frames[above] == rest else pruned.child(above, rest))
    for node, side in tree.after.items():
        pruned.after.setdefault(numbers[node], Side()).add(side)
    for node, side in tree.before.items():
        pruned.before.setdefault(numbers[node], Side()).add(side)
    return pruned


def _large(tree: Tree) -> list[bool]:
    """Say of each node whether it and all below it are 0.05% of any dimension of a side."""
    found = [False] * len(tree.parents)
    for sides in (tree.after, tree.before):
        for index in range(len(WEIGHTS)):
            whole = sum(side.weights[index] for side in sides.values())
            if whole > 0:
                totals = _totals(tree, sides, index)
                found = [known or total >= whole * _SMALLEST_SHARE for known, total in zip(found, totals, strict=True)]
    return found


def _totals(tree: Tree, sides: Mapping[int, Side], index: int) -> list[float]:
    """Return what each node and all below it weigh."""
    totals = [0.0] * len(tree.parents)
    for node, side in sides.items():
        totals[node] = side.weights[index]
    for node in range(len(totals) - 1, -1, -1):
        if tree.parents[node] >= 0:
            totals[tree.parents[node]] += totals[node]
    return totals
