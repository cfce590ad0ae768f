"""Run for a given time, three fifths of it in one function: `short.py MILLISECONDS`."""

import sys
import time


def hot():
    total = 0
    for i in range(12_000):
        total += i * i
    return total


def warm():
    total = 0
    for i in range(5_000):
        total += i * i
    return total


def cool():
    total = 0
    for i in range(3_000):
        total += i * i
    return total


def main(milliseconds):
    ends = time.perf_counter() + milliseconds / 1000
    while time.perf_counter() < ends:
        warm()
        hot()
        cool()


if __name__ == "__main__":
    main(int(sys.argv[1]))
