import pytest

from profiling.audit.actions import UnknownEntry
from profiling.audit.model import Action, CostClass, MutationKind
from profiling.audit.trace import trace, trace_action

PROGRAM = """
    import json

    class Store:
        def __init__(self):
            self.rows = []

        def load(self, path):
            with open(path) as file:
                return json.load(file)

        def keep(self, row):
            self.rows.append(row)

    def main():
        store = Store()
        for path in range(50):
            store.keep(store.load(path))
        handler = getattr(store, input())
        handler()

    def idle():
        return json.dumps([])
"""


def test_an_action_reaches_what_it_calls_and_nothing_else(audited):
    found = audited(PROGRAM).profile

    names = [node.name for node in found.functions]
    assert names[0] == "app.main"
    assert {"app.Store.__init__", "app.Store.load", "app.Store.keep"} <= set(names)
    assert "app.idle" not in names
    assert found.depth["app.Store.load"] == 1


def test_the_load_of_a_function_is_multiplied_by_the_loops_on_the_way(audited):
    found = audited(PROGRAM).profile

    assert found.load["app.Store.load"] == 50 * (100 + 150)
    assert found.total_load >= found.load["app.Store.load"]


def test_operations_and_mutations_stand_with_their_functions(audited):
    found = audited(PROGRAM).profile

    assert {op.cost_class for op in found.expensive_ops["app.Store.load"]} >= {CostClass.FILE_IO, CostClass.JSON_IO}
    changes = {(change.target, change.kind) for change in found.state_mutations["app.Store.keep"]}
    assert ("self.rows", MutationKind.CONTAINER_MUTATE) in changes
    node = next(node for node in found.functions if node.name == "app.Store.keep")
    assert node.state_mutations == found.state_mutations["app.Store.keep"]


def test_a_call_whose_target_is_unknown_is_listed_with_its_reason(audited):
    (unknown,) = [each for each in audited(PROGRAM).profile.unresolved if each.text == "handler"]

    assert unknown.caller == "app.main"
    assert unknown.reason


def test_depth_limits_what_is_followed(read_tree):
    graph, _ = read_tree({"app.py": "def a(): b()\ndef b(): c()\ndef c(): pass\n"})

    found = trace_action(graph, Action(name="a", entry_points=("app.a",)), max_depth=1)

    assert [node.name for node in found.functions] == ["app.a", "app.b"]


def test_an_unknown_entry_point_is_an_error_that_says_what_may_have_been_meant(read_tree):
    graph, _ = read_tree({"app.py": "def build(): pass\n"})

    with pytest.raises(UnknownEntry, match=r"did you mean app\.build\?"):
        trace_action(graph, Action(name="a", entry_points=("app.biuld",)))


def test_a_symbol_is_traced_as_text_with_costs_changes_and_unknown_calls(read_tree):
    graph, _ = read_tree({"app.py": PROGRAM.replace("\n    ", "\n")})

    text = trace(graph, "main")

    lines = text.splitlines()
    assert lines[0].startswith("app.main app.py:")
    assert any(line.startswith("  app.Store.load app.py:") for line in lines)
    assert any("! <builtin>.open file_io 100" in line for line in lines)
    assert any("~ self.rows container_mutate" in line for line in lines)
    assert any("? handler line" in line for line in lines)


def test_a_symbol_that_calls_itself_is_cut_short(read_tree):
    graph, _ = read_tree({"app.py": "def walk(n):\n    return walk(n - 1)\n"})

    assert trace(graph, "walk").splitlines()[1].strip() == "app.walk (above)"
