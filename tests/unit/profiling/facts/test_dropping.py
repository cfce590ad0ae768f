from pathlib import Path

import pytest

from profiling.facts import Facts

MODULE = """
class Node:
    def __init__(self, value):
        self.value = value

def work(until):
    import time
    total = 0
    while time.monotonic() < until:
        items = []
        node = Node(total)
        items.append(node)
        total = node.value + node.value - node.value + node.value - node.value + 1
    return total

def small(number):
    return [number]
"""


@pytest.fixture
def busy(observer, source):
    def run(seconds: float, limit_s: float) -> Facts:
        text = source(MODULE)
        observer.write(f"import mod, time; mod.work(time.monotonic() + {seconds}); mod.small(1)", mod=MODULE)
        requests = (text.class_("Node"), text.container("[]"), text.loop("while"), text.function("small"))
        observed = observer.run(*requests, limit_s=limit_s)
        assert observed.finished is not None
        assert observed.finished.usage.exit_code == 0
        return observed.facts

    return run


def test_a_run_that_comes_near_its_limit_drops_the_dearest_kinds_and_says_so(busy) -> None:
    facts = busy(4.2, 7)  # the first share of the limit passes at 3.5 s
    dropped = [note for note in facts.notes if "were recorded for a part of the run only" in note]
    assert dropped
    assert dropped[0].startswith("facts of classes")
    assert facts.classes["Node"].created is not None
    assert facts.functions["small"].calls == 1


def test_a_run_far_from_its_limit_drops_nothing(busy) -> None:
    assert busy(0.1, 60).notes == ()


@pytest.mark.parametrize(
    ("name", "probes"),
    [
        ("calls", [("begin",), ("end",), ("result", "value"), ("find", None), ("audit", "open", ())]),
        ("probes", [("enter", 0), ("trip", 0, 1), ("leave", 0), ("value", 0, "value"), ("looped", 0, "value", 1, 2)]),
        ("classes", [("created", 0, 1), ("hashed", 0, 1), ("compared", 0, 1), ("loaded", "a", "value")]),
        ("classes", [("stored", "a", 1, "value"), ("updated", "a", "value"), ("reflected", "vars", "value")]),
        ("containers", [("made", 0, "value"), ("used", 0, "len", 0, "value"), ("bound", 0, 1, "value", None)]),
        ("lines", [("dumped", 0, "value"), ("parsing", 0, "value"), ("pattern", 0, 0, "value"), ("left",)]),
        ("lines", [("logger", 0, 10, "value"), ("stat", 0, "value"), ("path", 0, "value"), ("awaiting", 0, "value")]),
    ],
)
def test_what_was_dropped_still_hands_the_programs_values_through(harness, name: str, probes) -> None:
    context = {"options": {"files": {}, "functions": []}, "relative": str, "root": str(Path.cwd())}
    given = harness("ratchet_facts_files").Files(context) if name == "lines" else context
    recorder = harness(f"ratchet_facts_{name}").Recorder(given)
    recorder.drop()
    begun = recorder.events
    for method, *arguments in probes:
        result = getattr(recorder, method)(*arguments)
        assert result == ("value" if "value" in arguments else None)
    assert (recorder.events, recorder.faults) == (begun, 0)
