from textwrap import dedent

import pytest

from profiling.collect import facts_attributes
from profiling.facts import ClassFacts, ClassRequest
from profiling.model import FunctionKey, Tree

MODULE = dedent("""
    import copy, dataclasses, weakref

    class Node:
        def __init__(self, value):
            self.value = value
            self.unused = None
            self.__hidden = 3

        def __eq__(self, other):
            return self.value == other.value

        def __hash__(self):
            return hash(self.value)

    class Leaf(Node):
        def __init__(self, value):
            super().__init__(value)
            self.leaf = True

    class Slim:
        __slots__ = ("left",)
        def __init__(self, left):
            self.left = left

    @dataclasses.dataclass(frozen=True)
    class Point:
        x: int
        y: int = 0

    def relabel(node):
        node.label = "late"
        node.value += 1
        return node.label
""")
MAIN = """
import copy, weakref
import mod
kept = [mod.Node(number) for number in range(10)]
for number in range(5):
    mod.Leaf(number)
print(len({*kept, mod.Node(1)}), mod.relabel(kept[0]), vars(kept[1]) == {}, mod.Slim(1).left)
points = {mod.Point(1), mod.Point(1), mod.Point(2, 3)}
print(sorted(points, key=lambda point: point.x))
"""


def run(observer, source, *names: str, main: str = MAIN, module: str = MODULE) -> dict[str, ClassFacts]:
    text = source(module)
    observer.write(main, mod=module)
    observed = observer.run(*(text.class_(name) for name in names))
    plain = observer.plain()
    assert observed.finished is not None
    assert (observed.finished.stdout, observed.finished.stderr) == (plain.stdout.decode(), plain.stderr.decode())
    assert observed.facts.notes == ()
    return dict(observed.facts.classes)


def test_instances_attributes_and_hashing_are_seen_on_every_interpreter(each_interpreter, observer, source) -> None:
    observer.interpreter = each_interpreter
    seen = run(observer, source, "Node", "Slim", "Point")
    node = seen["Node"]
    assert (node.created, node.peak_alive) == (16, 11)
    assert node.set_in_init == {"value": 16, "unused": 16, "__hidden": 16}
    assert node.set_elsewhere == {"value": 1}
    assert node.unread == ("__hidden", "unused")
    assert set(node.in_dict) >= {"value", "unused", "_Node__hidden", "label"}
    assert node.subclasses == {"mod.Leaf": "mod.py"}
    assert node.hash_calls == 11
    assert node.eq_calls is not None
    assert node.eq_calls >= 1
    assert not node.pickled_or_copied
    slim = seen["Slim"]
    assert (slim.created, slim.peak_alive, slim.set_in_init, slim.in_dict) == (1, None, {"left": 1}, ())
    point = seen["Point"]
    has_monitoring = each_interpreter.version >= (3, 12)
    assert (point.created, point.peak_alive) == ((3, 3) if has_monitoring else (None, None))
    assert point.hash_calls == (3 if has_monitoring else None)
    assert point.unread == ()


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("copy.copy(node)", (True, False)),
        ("copy.deepcopy([node])", (True, False)),
        ("pickle.dumps({'a': node})", (True, False)),
        ("kept.append(weakref.ref(node))", (False, True)),
        ("kept.append(weakref.WeakKeyDictionary({node: 1}))", (False, True)),
        ("node.value", (False, False)),
    ],
)
def test_copies_pickles_and_weak_references_are_noticed(observer, source, use: str, expected) -> None:
    main = f"import copy, pickle, weakref, mod\nkept = []\nnode = mod.Node(1)\n{use}\n"
    node = run(observer, source, "Node", main=main)["Node"]
    assert (node.pickled_or_copied, node.weakly_referenced) == expected


@pytest.mark.parametrize(("holder", "expected"), [("", False), ("import weakref; held = weakref.ref(node)", True)])
def test_a_weak_reference_of_the_calls_recorder_is_told_from_the_programs(
    each_interpreter, observer, source, holder: str, expected: bool
) -> None:
    observer.interpreter = each_interpreter
    text = source(MODULE)
    observer.write(f"import mod; node = mod.Node(1); hash(node)\n{holder}", mod=MODULE)
    facts = observer.run(text.class_("Node"), text.function("Node.__hash__")).facts
    assert facts.functions["Node.__hash__"].receivers == 1
    assert facts.classes["Node"].weakly_referenced == expected


def test_reflection_is_seen_in_project_files(observer, source) -> None:
    module = MODULE + dedent("""
        def reflect(node):
            setattr(node, "extra", getattr(node, "value"))
            return sorted(vars(node)), list(node.__dict__), hasattr(node, "nothing"), getattr(*[node, "value"])
    """)
    main = "import mod; node = mod.Node(1); print(mod.reflect(node))"
    node = run(observer, source, "Node", main=main, module=module)["Node"]
    assert node.reflected == {"__dict__": 1, "getattr": 1, "hasattr": 1, "setattr": 1, "vars": 1}
    assert "extra" in node.in_dict


def test_instances_die_when_they_would_and_no_code_of_theirs_is_run(observer, source) -> None:
    module = dedent("""
        class Odd(type):
            def __eq__(cls, other): print("eq"); return True
            def __hash__(cls): print("hash"); return 1
        class Thing(metaclass=Odd):
            def __init__(self, name): self.name = name
            def __getattribute__(self, name): print("get", name); return object.__getattribute__(self, name)
            def __del__(self): print("dies")
            @property
            def __dict__(self): print("dict"); return {}
    """)
    main = "import mod\nfor name in 'ab':\n    thing = mod.Thing(name)\n    print(name)\ndel thing\nprint('end')"
    thing = run(observer, source, "Thing", main=main, module=module)["Thing"]
    assert (thing.created, thing.peak_alive, thing.in_dict) == (2, 2, ())


def test_classes_made_again_and_again_are_one(observer, source) -> None:
    module = dedent("""
        def make():
            class Local:
                'Doc.'
                def __init__(self):
                    'Doc.'
                    self.x = 1
            return Local
    """)
    main = "import mod\nfor _ in range(3): print(mod.make()().x, mod.make().__doc__, mod.make().__init__.__doc__)"
    assert run(observer, source, "Local", main=main, module=module)["Local"].created == 3


def test_a_class_that_is_not_there_is_noted(observer) -> None:
    observer.write("import mod", mod="x = 1\n")
    wrong = ClassRequest(id="c", key=FunctionKey(file="mod.py", first_line=1, qualname="Gone"))
    assert observer.run(wrong).facts.notes == ("no class Gone is at mod.py:1",)


def test_the_attributes_of_a_class_are_those_it_declares_and_stores(tmp_path, source) -> None:
    text = source(
        "class A:\n    __slots__ = ('s', 't')\n    d: int\n    def f(self, o):\n        self.x, self.y = 1, 2\n"
        "        self.z += 1\n        o.other = 3\n        self.read\nclass B:\n    b: int\n"
    )
    (tmp_path / "mod.py").write_text(text.text)
    tree = Tree(root=tmp_path, import_roots=(".",), packages=(), source_paths=(".",))
    assert facts_attributes.names([text.class_("A")], tree) == {"s", "t", "d", "x", "y", "z"}


@pytest.mark.parametrize("content", [b"\xff\xfe", b"class (", b"x" + b"[" * 5000, b"\0"])
def test_a_file_that_can_not_be_parsed_declares_no_attributes(tmp_path, content: bytes) -> None:
    (tmp_path / "mod.py").write_bytes(content)
    tree = Tree(root=tmp_path, import_roots=(".",), packages=(), source_paths=(".",))
    for file in ("mod.py", "none.py", "../mod.py"):
        wanted = ClassRequest(id="c", key=FunctionKey(file=file, first_line=1, qualname="A"))
        assert facts_attributes.names([wanted], tree) == frozenset()
