"""Many instances with a dictionary each, and a loop that is busy with them."""

import gc
from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int
    weight: int


def load():
    gc.disable()  # or collections would join in
    points = [Point(number % 9, number % 8, 1) for number in range(80_000)]
    gc.enable()
    return points


def total(points):
    found = 0
    for _ in range(40):
        for point in points:
            found ^= point.x & point.y & point.weight
    return found


def run():
    return total(load())
