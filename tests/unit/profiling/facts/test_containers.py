from textwrap import dedent

import pytest

from profiling.facts import ContainerFacts

MODULE = dedent("""
    def drain(count):
        queue = []
        for number in range(count):
            queue.append(number)
        total = 0
        while queue:
            if 3 in queue and len(queue) > 2:
                total += queue.pop(0)
            else:
                total += queue.pop()
        queue += [1, 2]
        queue[0] = queue[1]
        queue.insert(0, 5)
        del queue[:1]
        return total, [item for item in queue if item in queue], sorted(queue)

    def index(words):
        known = dict()
        for word in words:
            known.setdefault(word, list()).append(word)
        if not known:
            return known
        return known

    def batches(items, size):
        batch = list()
        for item in items:
            batch.append(item)
            if len(batch) == size:
                yield batch
                batch = []
        if batch:
            yield batch

    class Held:
        def __init__(self):
            self.items = [[1], [2]]

    def rebound(items):
        for found in [[1]]:
            found = [1, 2, 3]
        del found
        found2 = [3]
        del found2
        try:
            found2.append(1)
        except UnboundLocalError as error:
            return type(error).__name__
""")
MAIN = """
import mod
print(mod.drain(5), mod.index(["a", "b", "a"]), list(mod.batches(range(7), 3)), mod.Held().items, mod.rebound(1))
generator = mod.batches(range(9), 2)
next(generator)
generator.close()
"""


@pytest.fixture
def seen(each_interpreter, observer, source):
    observer.interpreter = each_interpreter
    text = source(MODULE)
    observer.write(MAIN, mod=MODULE)
    asked = {
        "queue": text.container("[]"),
        "known": text.container("dict()"),
        "batch": text.container("list()", which=1),
        "again": text.container("[]", which=1),
        "held": text.container("[[1], [2]]"),
        "rebound": text.container("[1, 2, 3]"),
        "deleted": text.container("[3]"),
    }
    observed = observer.run(*asked.values(), whole_run=False)
    plain = observer.plain()
    assert observed.finished is not None
    assert (observed.finished.stdout, observed.finished.stderr) == (plain.stdout.decode(), plain.stderr.decode())
    assert observed.facts.notes == ()
    return {name: observed.facts.containers.get(request.id) for name, request in asked.items()}


def test_operations_and_sizes_are_seen_on_every_interpreter(seen) -> None:
    queue: ContainerFacts = seen["queue"]
    assert queue.followed
    assert queue.operations == {
        "append": 5, "truth": 6, "contains": 7, "len": 5, "pop": 2, "pop(0)": 3, "+=": 1, "getitem": 1, "setitem": 1,
        "insert(0)": 1, "delslice": 1, "iter": 2,
    }  # fmt: skip
    assert (queue.made, queue.max_size, queue.sizes, queue.element_types) == (1, 5, {2: 1}, {"int": 2})
    known: ContainerFacts = seen["known"]
    assert known.operations == {"setdefault": 3, "return": 1, "truth": 1}
    assert (known.p50_size, known.element_types, known.elements_hashable) == (2, {"str": 2}, True)
    assert (seen["batch"].sizes, seen["batch"].operations["append"]) == ({2: 1, 3: 1}, 5)
    assert (seen["again"].sizes, seen["again"].operations["append"]) == ({1: 1, 3: 1}, 4)
    assert seen["deleted"].sizes == {1: 1}
    held: ContainerFacts = seen["held"]
    assert (held.followed, held.made, held.sizes, held.element_types) == (False, 1, {2: 1}, {"list": 2})
    assert not held.elements_hashable
    assert held.operations == {}
    assert not seen["rebound"].followed


def test_names_that_other_scopes_bind_are_not_followed(observer, source) -> None:
    module = dedent("""
        def outer():
            items = [1]
            def inner():
                nonlocal items
                items = []
            inner()
            return items
        def global_():
            global shared
            shared = [2]
        def walrus():
            found = [3]
            return [found := [4] for _ in range(2)], found
        def shadowed():
            found = [5]
            return [found for found in range(2)], found
    """)
    text = source(module)
    observer.write("import mod; print(mod.outer(), mod.global_(), mod.walrus(), mod.shadowed())", mod=module)
    observed = observer.run(*(text.container(f"[{number}]") for number in (1, 2, 3, 5)))
    followed = {name: found.followed for name, found in observed.facts.containers.items()}
    assert followed == {"[1]#0": False, "[2]#0": False, "[3]#0": False, "[5]#0": True}
    assert observed.facts.containers["[5]#0"].operations == {"other": 1}
    assert observed.finished is not None
    assert observed.finished.stdout == observer.plain().stdout.decode()
