"""Six kinds of CPU work, each timed by its own thread clock: `call_heavy.py [ROUNDS]`."""

import json
import sys
import time

WORDS = [f"word{number % 97}" for number in range(400)]


class Point:
    def __init__(self, x):
        self.x = x

    def moved(self, by):
        return Point(self.x + by)


def leaf(x):
    return x + 1


def leaf2(x):
    return leaf(x) - 1


def many_calls():
    total = 0
    for i in range(220_000):
        total += leaf2(i)
    return total


def inline_loop():
    total = 0
    for i in range(1_100_000):
        total += i * i
    return total


def methods():
    point = Point(0)
    for i in range(140_000):
        point = point.moved(i)
    return point.x


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def negative(value):
    return -value


def sorts():
    return [sorted(range(n), key=negative) for n in range(0, 900, 2)]


def strings():
    parts = []
    for i in range(130_000):
        word = WORDS[i % 400]
        parts.append(word.upper().replace("W", "w").strip())
    return len(",".join(parts))


def recursion():
    return fib(20)


PHASES = (many_calls, inline_loop, methods, recursion, sorts, strings)


def main(rounds):
    spent = dict.fromkeys((phase.__name__ for phase in PHASES), 0.0)
    for _ in range(rounds):
        for phase in PHASES:
            began = time.thread_time()
            phase()
            spent[phase.__name__] += time.thread_time() - began
    print("TRUTH", json.dumps(spent))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
