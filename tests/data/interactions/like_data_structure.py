"""As many instances without a dictionary, and few with one; the same loop."""

import gc
from dataclasses import dataclass


@dataclass
class Slim:
    __slots__ = ("weight", "x", "y")

    x: int
    y: int
    weight: int


@dataclass
class Rare:
    x: int
    y: int


def load():
    gc.disable()
    points = [Slim(number % 9, number % 8, 1) for number in range(80_000)]
    gc.enable()
    return points


def total(points, rare):
    found = 0
    for _ in range(40):
        for point in points:
            found ^= point.x & point.y & point.weight
    return found + sum(one.x * one.y for one in rare)


def run():
    return total(load(), [Rare(1, 2) for _ in range(500)])
