"""One general library for one narrow need."""

from fractions import Fraction


def add_up(count):
    total = Fraction(0)
    for number in range(1, count):
        total += Fraction(1, number % 7 + 1)
    return total


def run():
    return add_up(60_000)
