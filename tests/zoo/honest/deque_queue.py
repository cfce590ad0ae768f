"""A queue's list becomes a deque inside."""

MECHANISM = "data structure"
BEFORE = """\
def f(graph, start):
    queue, seen = [start], [start]
    while queue:
        for n in graph.get(queue.pop(0), []):
            if n not in seen:
                seen.append(n)
                queue.append(n)
    return seen
"""
AFTER = """\
from collections import deque
def f(graph, start):
    queue, seen = deque([start]), {start: None}
    while queue:
        for n in graph.get(queue.popleft(), []):
            if n not in seen:
                seen[n] = None
                queue.append(n)
    return list(seen)
"""
CALLS = """\
m.f({1: [2, 3], 2: [4], 3: [4]}, 1)
"""
