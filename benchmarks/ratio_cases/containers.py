"""Lists, sets, dicts and what is made of them: before and after each recipe."""

from collections.abc import Callable, Iterator

from benchmarks.ratio_runner import Case


def deque_queue() -> Iterator[Case]:
    for length in (64, 1000, 20000):
        yield Case(
            recipe="deque-queue",
            parameters=f"pop from the left and append, {length} elements",
            setup=f"from collections import deque\nq = list(range({length}))\nd = deque(q)",
            before="q.append(q.pop(0))",
            after="d.append(d.popleft())",
        )
    for length in (64, 1000, 20000):
        yield Case(
            recipe="deque-queue",
            parameters=f"insert in front and pop, {length} elements",
            setup=f"from collections import deque\nq = list(range({length}))\nd = deque(q)",
            before="q.insert(0, q.pop())",
            after="d.appendleft(d.pop())",
        )


def set_membership() -> Iterator[Case]:
    guarded = "[i for i in w if (i in s if type(i) is int else i in x)]"
    for length, probes in ((8, 2000), (16, 2000), (100, 25), (1000, 250)):
        yield Case(
            recipe="set-membership",
            parameters=f"{length} integers, {probes} probes, half of them hits",
            setup=f"x = list(range({length}))\nw = [i * 2 * {length} // {probes} for i in range({probes})]",
            before="[i for i in w if i in x]",
            after=f"s = set(x) if set(map(type, x)) <= {{int}} else x\n{guarded}",
        )


def dict_index() -> Iterator[Case]:
    for length, searches in ((20, 10), (20, 200), (500, 200), (100, 2)):
        yield Case(
            recipe="dict-index",
            parameters=f"{length} elements, {searches} searches for present keys",
            setup=f"class E:\n    def __init__(self, k): self.k = k\nL = [E(i) for i in range({length})]\n"
            f"w = [i * {length} // {searches} for i in range({searches})]",
            before="for v in w:\n    next((e for e in L if e.k == v), None)",
            after="d = {}\ntry:\n    for e in L if type(L) in (list, tuple) else ():\n"
            "        if type(e.k) is not int:\n            d = {}\n            break\n        d.setdefault(e.k, e)\n"
            "except Exception:\n    d = {}\nfor v in w:\n"
            "    d.get(v) if d and type(v) is int else next((e for e in L if e.k == v), None)",
        )


def unique_list() -> Iterator[Case]:
    asked = "x not in s if type(x) is int and len(s) == len(q) else x not in q"
    for length in (50, 500, 2000):
        yield Case(
            recipe="unique-list",
            parameters=f"{2 * length} integers, half of them distinct",
            setup=f"w = [i % {length} for i in range({2 * length})]",
            before="q = []\nfor x in w:\n    if x not in q:\n        q.append(x)",
            after=f"q = []\ns = set()\nfor x in w:\n    if {asked}:\n        q.append(x)\n"
            "        if type(x) is int:\n            s.add(x)",
        )


def front_insert() -> Iterator[Case]:
    for length in (64, 1000, 5000):
        yield Case(
            recipe="front-insert",
            parameters=f"{length} elements",
            setup=f"r = range({length})",
            before="q = []\nfor i in r:\n    q.insert(0, i)",
            after="q = []\nfor i in r:\n    q.append(i)\nq.reverse()",
        )


def chained_lists() -> Iterator[Case]:
    for count in (10, 32, 100, 1000):
        yield Case(
            recipe="chained-lists",
            parameters=f"{count} lists of 3",
            setup=f"from itertools import chain\nx = [[1, 2, 3] for _ in range({count})]",
            before="sum(x, [])",
            after="list(chain.from_iterable(x))",
        )


def least_elements() -> Iterator[Case]:
    for length, taken in ((500, 1), (1000, 1), (1000, 10), (10000, 10)):
        yield Case(
            recipe="least-elements",
            parameters=f"{taken} of {length} integers",
            setup="import random\nfrom heapq import nsmallest\n"
            f"r = random.Random(1)\nx = [r.randrange(10**6) for _ in range({length})]",
            before="sorted(x)[0]" if taken == 1 else f"sorted(x)[:{taken}]",
            after="nsmallest(1, x)[0]" if taken == 1 else f"nsmallest({taken}, x)",
        )
    yield Case(
        recipe="least-elements",
        parameters="1 of 1000 words by length",
        setup="import random\nfrom heapq import nsmallest\n"
        "r = random.Random(1)\nx = ['a' * r.randrange(50) for _ in range(1000)]",
        before="sorted(x, key=len)[0]",
        after="nsmallest(1, x, key=len)[0]",
    )


def first_elements() -> Iterator[Case]:
    for length in (8, 64, 1000):
        yield Case(
            recipe="first-elements",
            parameters=f"the first of a dict of {length}",
            setup=f"from itertools import islice\nx = dict.fromkeys(range({length}))",
            before="list(x)[0]",
            after="list(islice(x, 1))[0]",
        )


def lazy_list() -> Iterator[Case]:
    for length in (1000, 200000):
        yield Case(
            recipe="lazy-list",
            parameters=f"{length} pairs stepped through: CPU time, the gain is memory",
            setup=f"r = range({length})",
            before="for i, j in [(i, i) for i in r]: pass",
            after="for i, j in ((i, i) for i in r): pass",
        )


def sort_idiom() -> Iterator[Case]:
    swap = "            q[j], q[j + 1] = q[j + 1], q[j]"
    ways = {
        "all sweeps": f"for i in range(len(q)):\n    for j in range(len(q) - 1):\n        if q[j] > q[j + 1]:\n{swap}",
        "shrinking sweeps": "for i in range(len(q)):\n    for j in range(len(q) - 1 - i):\n"
        f"        if q[j] > q[j + 1]:\n{swap}",
        "insertion": "for i in range(1, len(q)):\n    k = q[i]\n    j = i - 1\n    while j >= 0 and q[j] > k:\n"
        "        q[j + 1] = q[j]\n        j -= 1\n    q[j + 1] = k",
    }
    guards = {"ints": "set(map(type, q)) <= {int}"}
    guards["floats"] = "set(map(type, q)) <= {float} and all(x == x for x in q)"
    for length, way, kind in ((8, "shrinking sweeps", "ints"), (8, "insertion", "ints"), (8, "insertion", "floats"),
                              (64, "insertion", "floats"), (300, "shrinking sweeps", "floats"),
                              (300, "all sweeps", "ints")):  # fmt: skip
        yield Case(
            recipe="sort-idiom",
            parameters=f"{length} {kind} in random order, {way}",
            setup="import random\nr = random.Random(1)\n"
            f"w = [{kind[:-1]}(r.randrange(10**6)) for _ in range({length})]",
            before=f"q = w[:]\n{ways[way]}",
            after=f"q = w[:]\nif type(q) is list and {guards[kind]}:\n    q.sort()",
        )


def count_scan() -> Iterator[Case]:
    guard = "type(q) in (list, tuple) and set(map(type, q)) <= {%s}"
    for length, kind, value in ((16, "int", "i % 8"), (16, "str", "str(i % 8)"), (64, "int", "i % 32"),
                                (1000, "int", "i % 500"), (1000, "str", "str(i % 500)")):  # fmt: skip
        yield Case(
            recipe="count-scan",
            parameters=f"{length} elements of type {kind}, each twice",
            setup=f"from collections import Counter\nq = [{value} for i in range({length})]",
            before="{x: q.count(x) for x in q}",
            after=f"n = Counter(q).__getitem__ if {guard % kind} else lambda one: q.count(one)\n{{x: n(x) for x in q}}",
        )


def flat_copy() -> Iterator[Case]:
    for length in (3, 100):
        yield Case(
            recipe="flat-copy",
            parameters=f"a list of {length} integers",
            setup=f"from copy import deepcopy\nx = list(range({length}))",
            before="deepcopy(x)",
            after="x.copy()",
        )
    yield Case(
        recipe="flat-copy",
        parameters="a dict of 10 texts",
        setup="from copy import deepcopy\nx = {str(i): str(i) for i in range(10)}",
        before="deepcopy(x)",
        after="x.copy()",
    )


CASES: tuple[Callable[[], Iterator[Case]], ...] = (
    deque_queue,
    set_membership,
    dict_index,
    unique_list,
    front_insert,
    chained_lists,
    least_elements,
    first_elements,
    lazy_list,
    sort_idiom,
    count_scan,
    flat_copy,
)
