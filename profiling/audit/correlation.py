"""How well two orders agree, and the non-negative weights that explain measured figures best."""

from collections.abc import Mapping, Sequence

_ROUNDS = 2000
_SETTLED = 1e-9


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return Spearman's rank correlation of pairs, ties by their mean rank.

    Args:
        first, second: the same count of values.

    Returns:
        -1 to 1; None for fewer than three pairs, or where one side has no order at all.

    Raises:
        ValueError: the counts differ.
    """
    if len(first) != len(second):
        raise ValueError(f"a correlation needs pairs: {len(first)} and {len(second)} values were given")
    if len(first) < 3:
        return None
    one, other = _ranks(first), _ranks(second)
    middle = (len(first) + 1) / 2
    shared = sum((a - middle) * (b - middle) for a, b in zip(one, other, strict=True))
    spread = sum((a - middle) ** 2 for a in one) * sum((b - middle) ** 2 for b in other)
    return float(shared / spread**0.5) if spread > 0 else None


def non_negative_weights(rows: Sequence[Sequence[float]], wanted: Sequence[float]) -> tuple[float, ...]:
    """Return weights >= 0 that minimise the squared error of `rows @ weights` against `wanted`.

    Coordinate descent on the normal equations, each weight cut off at zero (Franc, Hlavac and Navara, 2005): the
    problem is convex, so that this converges. A column of zeros gets the weight 0.

    Args:
        rows: one per observation, of equal length, shape (n, k) with small k.
        wanted: n values.

    Raises:
        ValueError: there are no rows, or the counts differ.
    """
    if not rows or len(rows) != len(wanted):
        raise ValueError(f"a fit needs rows with a value each: {len(rows)} rows and {len(wanted)} values were given")
    # columns on one scale, or the descent would crawl
    lengths = {j: sum(row[j] ** 2 for row in rows) ** 0.5 for j in range(len(rows[0]))}
    scale = {j: length for j, length in lengths.items() if length > 0}
    used = tuple(scale)
    gram = {i: {j: sum(r[i] * r[j] for r in rows) / (scale[i] * scale[j]) for j in used} for i in used}
    target = {j: sum(r[j] * b for r, b in zip(rows, wanted, strict=True)) / scale[j] for j in used}
    found = _descend(gram, target)
    return tuple(found[j] / scale[j] if j in found else 0.0 for j in range(len(rows[0])))


def _descend(gram: Mapping[int, Mapping[int, float]], target: Mapping[int, float]) -> dict[int, float]:
    """Return the non-negative weights at the bottom; the diagonal of the matrix is 1."""
    weights = dict.fromkeys(target, 0.0)
    for _ in range(_ROUNDS):
        moved = 0.0
        for j, row in gram.items():
            better = max(0.0, weights[j] + target[j] - sum(row[i] * weight for i, weight in weights.items()))
            moved = max(moved, abs(better - weights[j]))
            weights[j] = better
        if moved <= _SETTLED * max(weights.values(), default=0.0):
            break
    return weights


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda index: values[index])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for index in order[start : end + 1]:
            ranks[index] = (start + end) / 2 + 1
        start = end + 1
    return ranks
