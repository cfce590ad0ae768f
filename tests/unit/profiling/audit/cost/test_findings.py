from dataclasses import dataclass

import pytest

from profiling.audit.findings.heat import heats
from profiling.audit.findings.model import FindingKind, Heat, Level
from profiling.audit.findings.records import SiteKind
from profiling.audit.findings.shapes import Shape
from profiling.audit.model import NodeKind
from profiling.audit.traversal import part
from profiling.model import FunctionKey
from profiling.profile import FunctionProfile


@dataclass(frozen=True)
class Measured:
    functions: tuple[FunctionProfile, ...]
    cpu_sampled_s: float = 10.0


HAS = {
    FindingKind.EFFECTIVE_CODE_PATH: [
        """
        def main(kind, rows, out):
            if kind == "a":
                for row in rows:
                    out.write(row.name.strip() + "A")
            elif kind == "b":
                for row in rows:
                    out.write(row.title.strip() + "B")
            elif kind == "c":
                for row in rows:
                    out.write(row.label.strip() + "C")
        """,
        """
        def main(kind, rows, out):
            match kind:
                case "a":
                    for row in rows:
                        out.write(row.name.strip() + "A")
                case "b":
                    for row in rows:
                        out.write(row.title.strip() + "B")
                case _:
                    for row in rows:
                        out.write(row.label.strip() + "C")
        """,
    ],
    FindingKind.ENTITY_HIERARCHY: [
        """
        def main(things):
            for thing in things:
                if thing.kind == "player":
                    thing.x = 1
                    thing.y = 2
                    thing.health = 3
                    thing.ammo = 4
        """,
        """
        def main(kind, thing):
            match kind:
                case "player":
                    thing.x = thing.y = thing.z = thing.w = 0
        """,
        """
        def main(thing):
            if isinstance(thing, int):
                thing.a = thing.b = thing.c = thing.d = 0
        """,
    ],
    FindingKind.REPARSING: [
        """
        import json
        def deep(body):
            return json.loads(body)["b"]
        def check(text):
            return deep(text)
        def main(text):
            data = json.loads(text)
            return data, check(text)
        """,
        """
        import ast
        def main(source, names):
            for name in names:
                tree = ast.parse(source)
                print(name, tree)
        """,
        """
        import json
        def main(text):
            return json.loads(text)["a"], json.loads(text)["b"]
        """,
    ],
    FindingKind.CHUNKIFICATION: [
        """
        def main():
            rows = []
            for index in range(100000):
                rows.append({"x": index, "y": 2})
            return rows
        """,
        """
        def fill(rows, source):
            for each in source:
                rows.append((each, each + 1))
        def main(sources):
            rows = []
            for source in sources:
                fill(rows, source)
            return rows
        """,
    ],
    FindingKind.GENERAL_PRIMITIVE: [
        """
        import json
        def main(rows, out):
            for row in rows:
                out.write(json.dumps({"id": row.id, "ok": True}))
        """,
        """
        import json
        def main(rows):
            return [json.loads(json.dumps(row)) for row in rows]
        """,
        """
        import copy
        def main(rows):
            return [copy.deepcopy([1, 2, 3]) for row in rows]
        """,
    ],
}
LOOKS = {
    FindingKind.EFFECTIVE_CODE_PATH: [
        # a dispatch: each branch is a plain call
        """
        def main(kind, a, b, c):
            if kind == "a":
                return a()
            elif kind == "b":
                return b()
            elif kind == "c":
                return c()
        """,
        # three branches that differ
        """
        def main(kind, rows, out):
            if kind == "a":
                for row in rows:
                    out.write(row.name.strip() + "A")
            elif kind == "b":
                total = sum(len(row) for row in rows if row)
                return total * 2 + max(rows)
            else:
                while rows:
                    rows.pop().close(force=True, wait=None)
        """,
        # only two alike
        """
        def main(kind, rows, out):
            if kind == "a":
                for row in rows:
                    out.write(row.name.strip() + "A")
            else:
                for row in rows:
                    out.write(row.title.strip() + "B")
        """,
    ],
    FindingKind.ENTITY_HIERARCHY: [
        # no discriminator
        """
        def main(thing, ready):
            if ready:
                thing.x = thing.y = thing.z = thing.w = 0
        """,
        # few fields
        """
        def main(thing):
            if thing.kind == "player":
                thing.x = thing.y = thing.z = 0
        """,
        # a constructor that tests what it is given
        """
        class Pattern:
            def __init__(self, source):
                if isinstance(source, str):
                    self.a = self.b = self.c = self.d = source
        def main(source):
            return Pattern(source)
        """,
        # four fields of four objects
        """
        def main(a, b, c, d):
            if a.kind == "player":
                a.x = b.x = c.x = d.x = 0
        """,
    ],
    FindingKind.REPARSING: [
        # another text downstream
        """
        import json
        def check(text):
            return json.loads(text)
        def main(text, other):
            return json.loads(text), check(other)
        """,
        # another text in every pass
        """
        import ast
        def main(sources):
            for source in sources:
                ast.parse(source)
        """,
        # the same file object holds other data each time
        """
        import pickle
        def main(file):
            while True:
                print(pickle.load(file))
        """,
        # a tree that is walked is not parsed
        """
        import ast
        def names(tree):
            return [node for node in ast.walk(tree)]
        def main(tree):
            return list(ast.walk(tree)), names(tree)
        """,
        # parsed, then written
        """
        import json
        def main(text):
            data = json.loads(text)
            return json.dumps(data), json.dumps(text)
        """,
    ],
    FindingKind.CHUNKIFICATION: [
        # small
        """
        def main():
            rows = []
            for index in range(10):
                rows.append({"x": index, "y": 2})
            return rows
        """,
        # polymorphic
        """
        def main():
            rows = []
            for index in range(100000):
                rows.append({"x": index, "y": 2})
                rows.append({"x": index, "z": 3})
            return rows
        """,
        # of unknown length, run once
        """
        def main(source):
            rows = []
            for each in source:
                rows.append((each, 1))
            return rows
        """,
        # a list of work, emptied as it goes
        """
        def main():
            pending = []
            for index in range(100000):
                pending.append((index, 1))
                pending.pop()
        """,
        # only where something fails
        """
        def main():
            problems = []
            for index in range(100000):
                try:
                    print(index)
                except OSError:
                    problems.append((index, "failed"))
            return problems
        """,
        # no records
        """
        def main():
            rows = []
            for index in range(100000):
                rows.append(index)
            return rows
        """,
    ],
    FindingKind.GENERAL_PRIMITIVE: [
        # once
        """
        import json
        def main(row, out):
            out.write(json.dumps({"id": row.id}))
        """,
        # a payload of unknown shape
        """
        import json
        def main(rows, out):
            for row in rows:
                out.write(json.dumps(row))
        """,
        # nested
        """
        import copy
        def main(rows):
            return [copy.deepcopy([row, {"a": [1]}]) for row in rows]
        """,
    ],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in HAS.items() for text in texts])
def test_a_program_that_has_it_is_told_where_why_and_what_to_do(audited, kind, text):
    found = audited(text).found(kind)

    assert len(found) >= 1
    each = found[0]
    assert each.function.startswith("app.")
    assert (each.file, each.line > 0) == ("app.py", True)
    assert each.what
    assert each.why
    assert each.action


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in LOOKS.items() for text in texts])
def test_a_program_that_only_looks_like_it_is_not_told(audited, kind, text):
    assert audited(text).found(kind) == []


def test_redundant_calls_are_ranked_by_what_they_weigh(audited):
    found = audited(
        """
        import json
        def main(text):
            first = json.loads(text)
            second = json.loads(text)
            return first, second
        """
    ).found(FindingKind.REDUNDANCY)

    (each,) = found
    assert (each.cost_now, each.reduction, each.priority) == (300, 0.5, Level.HIGH)


def test_operations_that_could_overlap_are_a_finding(audited):
    (found,) = audited(
        """
        import requests
        def main(one, two):
            first = requests.get(one)
            second = requests.get(two)
            return first, second
        """
    ).found(FindingKind.PIPELINING)

    assert (found.cost_now, found.reduction) == (1000, 0.5)


SITES = """
    from typing import Any

    LIMITS = {"a": 1, "b": 2, "c": 3}

    def setup(value: Any):
        return value

    STATE = setup(1)

    def often(row: dict[str, Any]):
        return row["x"] + row["y"] + row["z"]

    def main(rows):
        table = {"one": 1, "two": 2, "three": 3}
        for row in rows:
            often(row)
        return {"name": "n", "count": len(rows), "rows": rows}, table
"""


def test_untyped_and_record_sites_are_told_with_how_often_they_run(audited):
    graph_and_more = audited(SITES)

    found = {(site.function, site.kind, site.heat) for site in graph_and_more.findings.sites}

    assert found == {
        ("app.often", SiteKind.ANY_TYPED, Heat.HOT),
        ("app.often", SiteKind.DICT_RECORD, Heat.HOT),
        ("app.main", SiteKind.DICT_RECORD, Heat.COLD),
    }
    assert graph_and_more.findings.sites[0].heat is Heat.HOT


def test_what_only_the_body_of_an_imported_module_runs_is_init(graph, node, site):
    found = graph(
        node("app.main", site("import", "~lib", implicit=True), site("run", "~lib.run")),
        node("lib", site("setup", "~lib.setup"), kind=NodeKind.MODULE),
        node("lib.setup"),
        node("lib.run"),
    )

    heat = heats(part(found, found.nodes), ["app.main"])

    assert heat == {"app.main": Heat.COLD, "lib": Heat.INIT, "lib.setup": Heat.INIT, "lib.run": Heat.COLD}


def test_a_profile_decides_what_is_hot(graph, node, site):
    found = graph(node("app.main", site("f", "~app.f", bounds=(None,))), node("app.f", first_line=5))
    seen = FunctionProfile(key=FunctionKey(file="app.py", first_line=1, qualname="main"), calls=5000)

    heat = heats(part(found, found.nodes), ["app.main"], Measured(functions=(seen,)))

    assert heat == {"app.main": Heat.HOT, "app.f": Heat.COLD}


def test_an_annotation_nested_too_deeply_ends_one_search_not_the_audit(audited):
    deep = "+".join(["Any"] * 600)
    found = audited(f"def main(x: {deep}, rows):\n    while rows:\n        pass\n")

    assert found.findings.problems == (
        "the search for records ended early: some expression is nested too deeply to be walked",
    )
    assert found.findings.shapes["app.main"] is Shape.CODE_CYCLE
