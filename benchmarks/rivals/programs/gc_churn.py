"""Many garbage collections, small and large: `gc_churn.py [pauses]`; with `pauses` it times them itself."""

import gc
import json
import sys
import time


class Node:
    def __init__(self, depth):
        self.children = [Node(depth - 1) for _ in range(3)] if depth else []
        self.parent = self


def tree():
    return Node(8)


def churn():
    for _ in range(500_000):
        cycle = []
        cycle.append(cycle)


def rows():
    return [{"a": i, "b": [i]} for i in range(200_000)]


class Pauses:
    """First and last of all callbacks: what it measures is the collection and nothing of the other callbacks."""

    def __init__(self):
        self.total = 0.0
        self.began = None

    def __call__(self, phase, _info):
        if phase == "start":
            self.began = time.thread_time()
        elif self.began is not None:
            self.total += time.thread_time() - self.began
            self.began = None


def main(with_pauses):
    pauses = Pauses()
    if with_pauses:
        gc.callbacks.insert(0, pauses)
        gc.callbacks.append(pauses)
    kept = [tree() for _ in range(3)]
    for _ in range(3):
        churn()
        rows()
    counted = sum(generation["collections"] for generation in gc.get_stats())
    print("TRUTH", json.dumps({"collections": counted, "pause_s": pauses.total, "kept": len(kept)}))


if __name__ == "__main__":
    main("pauses" in sys.argv[1:])
