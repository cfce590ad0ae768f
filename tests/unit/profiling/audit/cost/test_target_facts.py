from profiling.audit.model import Action, CostClass
from profiling.audit.target_facts import audit_facts_for_targets
from profiling.audit.trace import trace_action
from profiling.model import FunctionKey

PROGRAM = """
import json


def load(text):
    return json.loads(text)


def twice(text):
    first = json.loads(text)
    second = json.loads(text)
    return first, second


def main(texts):
    for _ in range(300):
        load(texts)
    twice(texts)
    texts.unknown()


def idle():
    pass
"""


def key(line, name):
    return FunctionKey(file="app.py", first_line=line, qualname=name)


def test_the_facts_of_a_function_are_found_by_the_key_that_profiles_use(read_tree):
    graph, sources = read_tree({"app.py": PROGRAM})
    traced = trace_action(graph, Action(name="a", entry_points=("app.main",)), sources=sources)

    found = audit_facts_for_targets(graph, [traced])

    load, twice, main = found[key(5, "load")], found[key(9, "twice")], found[key(15, "main")]
    assert load.calls_through_loops == 300
    assert [op.cost_class for op in load.operations] == [CostClass.JSON_IO]
    assert load.expensive == ()
    assert load.callers == (key(15, "main"),)
    assert [op.callee for op in main.expensive] == ["app.load"]
    assert main.callees == (key(5, "load"), key(9, "twice"))
    assert main.unresolved == 1
    assert [each.count for each in twice.redundancy] == [2]
    assert found[key(22, "idle")].calls_through_loops == 0


def test_bodies_of_modules_have_no_row(read_tree):
    graph, _ = read_tree({"app.py": PROGRAM})

    assert {each.qualname for each in audit_facts_for_targets(graph)} == {"load", "twice", "main", "idle"}
