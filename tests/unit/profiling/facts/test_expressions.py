from textwrap import dedent

import pytest

from profiling.model import Interpreter


@pytest.fixture
def observe(observer, source):
    """Run a program whose `mod.py` is given, with requests by their source text; check that it behaves as without."""

    def run(module: str, main: str, *, loops: tuple[str, ...] = (), expressions: tuple[object, ...] = ()):
        text = source(dedent(module))
        asked = [(item, None) if isinstance(item, str) else item for item in expressions]
        observer.write(dedent(main), mod=text.text)
        observed = observer.run(
            *(text.loop(header) for header in loops),
            *(text.expression(code, loop=loop) for code, loop in asked),
        )
        plain = observer.plain()
        assert observed.finished is not None
        assert observed.finished.usage.exit_code == plain.returncode
        assert observed.finished.stdout == plain.stdout.decode()
        assert observed.finished.stderr == plain.stderr.decode()
        return observed.facts

    return run


def test_the_length_of_a_queue_is_seen_at_its_pop(observe) -> None:
    facts = observe(
        """
        def drain(count):
            q = list(range(count))
            while q:
                q.pop(0)
                if len(q) > 90:
                    q.append(1)
                    q.pop()
        """,
        "import mod; mod.drain(100)",
        loops=("while q",),
        expressions=("q.pop", "q"),
    )
    assert facts.loops["while q"].entries == 1
    assert facts.loops["while q"].trips == facts.loops["while q"].max_trips == 100
    assert facts.expressions["q"].max_len == 100
    assert facts.expressions["q"].types == {"list": 101}
    assert facts.expressions["q.pop"].types == {"builtin_function_or_method": 100}
    assert facts.expressions["q.pop"].max_len is None


def test_the_containers_of_membership_tests_are_sized_and_their_elements_looked_at(observe) -> None:
    facts = observe(
        """
        def count(words, known, nested, keyed, odd):
            return (sum(word in known for word in words), [1] in nested, (1, "a") in keyed, 1 in odd)
        """,
        """
        import mod
        class Odd:
            def __eq__(self, other): print("eq"); return True
        print(mod.count("abca", ["a", "b"] * 10, [[1]], {(1, "a"): 2}, [Odd()]))
        """,
        expressions=("known", "nested", "keyed", "odd", "word"),
    )
    seen = facts.expressions
    assert (seen["known"].max_len, seen["known"].total_len, seen["known"].evaluations) == (20, 80, 4)
    assert {name: facts.elements_hashable for name, facts in seen.items()} == {
        "known": True,
        "nested": False,
        "keyed": True,
        "odd": False,
        "word": True,
    }


def test_distinct_values_are_counted_where_they_can_be_told_by_content(observe) -> None:
    facts = observe(
        """
        def load(lines):
            for line in lines:
                kind = line.split(",")[1]
                keep(kind, line, [line], 7, kind == "k1")
        def keep(*parts):
            pass
        """,
        "import mod; mod.load([f'{number},k{number % 3}' for number in range(5000)])",
        expressions=('line.split(",")[1]', "line.split", "[line]", "7", 'kind == "k1"', 'line.split(",")'),
    )
    assert {name: seen.distinct for name, seen in facts.expressions.items()} == {
        'line.split(",")[1]': 3,
        "line.split": None,
        "[line]": None,
        "7": 1,
        'kind == "k1"': 2,
        'line.split(",")': None,
    }


def test_no_more_than_4096_distinct_values_are_counted(observe) -> None:
    facts = observe(
        "def load(count):\n    return [str(one) for one in range(count)]\n",
        "import mod; mod.load(5000)",
        expressions=("str(one)",),
    )
    assert facts.expressions["str(one)"].distinct == 4096


def test_a_value_that_stays_is_told_from_one_that_changes(observe) -> None:
    facts = observe(
        """
        class Holder:
            def __init__(self):
                self.limit = 3
                self.items = []
            def fresh(self):
                return [1, 2]
        def walk(holder, numbers):
            for number in numbers:
                if number < holder.limit:
                    holder.items
                holder.fresh()
                number + 1
                int(holder.limit)
        """,
        "import mod; holder = mod.Holder()\nfor _ in range(3): mod.walk(holder, range(5)); holder.limit += 1",
        loops=("for number",),
        expressions=tuple(
            (code, "for number")
            for code in (
                "holder.limit",
                "holder.items",
                "holder.fresh()",
                "number + 1",
                "int(holder.limit)",
                "holder.fresh",
            )
        ),
    )
    assert facts.loops["for number"].entries == 3
    assert facts.loops["for number"].trips == 15
    seen = {name: (item.loop_entries, item.changed_entries) for name, item in facts.expressions.items()}
    assert seen == {
        "holder.limit": (3, 0),
        "holder.items": (3, 0),
        "holder.fresh()": (3, 3),
        "holder.fresh": (3, 3),
        "number + 1": (3, 3),
        "int(holder.limit)": (3, 0),
    }


def test_each_activation_of_a_recursive_function_has_loop_entries_of_its_own(observe) -> None:
    facts = observe(
        """
        def walk(depth):
            for number in range(2):
                str(depth)
                if depth:
                    walk(depth - 1)
        """,
        "import mod; mod.walk(3)",
        loops=("for number",),
        expressions=(("str(depth)", "for number"), ("depth - 1", "for number")),
    )
    loop = facts.loops["for number"]
    assert (loop.entries, loop.trips, loop.max_trips) == (15, 30, 2)
    seen = facts.expressions["str(depth)"]
    assert (seen.evaluations, seen.loop_entries, seen.changed_entries) == (30, 15, 0)
    assert facts.expressions["depth - 1"].loop_entries == 7


def test_generators_that_are_suspended_inside_a_loop_are_kept_apart(observe) -> None:
    facts = observe(
        """
        def numbers(base):
            for step in range(3):
                yield int(base)
        """,
        "import mod; print(list(zip(mod.numbers(1), mod.numbers(2))))",
        loops=("for step",),
        expressions=(("int(base)", "for step"),),
    )
    assert facts.loops["for step"].entries == 2
    assert facts.expressions["int(base)"].changed_entries == 0


def test_a_loop_without_trips_is_an_entry_without_values(observe) -> None:
    facts = observe(
        """
        def walk(numbers, limit):
            for number in numbers:
                limit + 1
            else:
                return "else"
        """,
        "import mod; print(mod.walk([], 1))",
        loops=("for number",),
        expressions=(("limit + 1", "for number"),),
    )
    loop = facts.loops["for number"]
    assert (loop.entries, loop.trips, loop.max_trips) == (1, 0, 0)
    assert facts.expressions == {}


def test_loops_left_by_break_return_and_exception_are_left(observe) -> None:
    facts = observe(
        """
        def walk(how):
            while True:
                for number in (1, 2, 3):
                    if how == "break":
                        break
                    if how == "return":
                        return 1
                    if how == "raise":
                        raise KeyError(how)
                    continue
                else:
                    return 2
                return 3
        """,
        """
        import mod
        for how in ("break", "return", "raise", "else"):
            try: print(mod.walk(how))
            except KeyError as error: print(error, error.__traceback__.tb_next.tb_lineno)
        """,
        loops=("while True", "for number"),
    )
    assert (facts.loops["while True"].entries, facts.loops["for number"].entries) == (4, 4)
    assert facts.loops["for number"].trips == 6


def test_an_expression_that_raises_is_not_an_evaluation_and_its_traceback_stays(observe) -> None:
    facts = observe(
        """
        def pick(values, index):
            return values[index]
        """,
        "import mod\nmod.pick([1], 0)\nmod.pick([1], 3)",
        expressions=("values[index]",),
    )
    assert facts.expressions["values[index]"].evaluations == 1


def test_values_in_class_bodies_comprehensions_lambdas_and_scopes_below_work(observe) -> None:
    facts = observe(
        """
        class Table:
            size = 2 + 2
            rows = [size_ for size_ in range(3)]
            def cells(self):
                return super().__repr__()[:0] + self.__class__.__name__
        def walk(limit, numbers):
            out = []
            for number in numbers:
                out.append([n for n in (1, 2) if n < abs(limit)])
                out.append(sorted((3, 1), key=lambda n: n * int(limit)))
            return out
        """,
        "import mod; print(mod.Table.size, mod.Table().cells(), mod.walk(-2, 'ab'), sorted(vars(mod)))",
        loops=("for number",),
        expressions=(
            "2 + 2",
            "super()",
            "size_",
            "self.__class__",
            ("abs(limit)", "for number"),
            ("int(limit)", "for number"),
        ),
    )
    assert facts.expressions["super()"].types == {"super": 1}
    assert facts.expressions["size_"].evaluations == 3
    assert facts.expressions["self.__class__"].types == {"type": 1}
    for name in ("abs(limit)", "int(limit)"):
        assert (facts.expressions[name].loop_entries, facts.expressions[name].changed_entries) == (1, 0)


def test_a_value_from_another_place_than_its_loop_counts_as_changed(observe) -> None:
    facts = observe(
        """
        def make(limit):
            made = []
            for number in (1, 2):
                made.append(lambda: int(limit))
            return made
        """,
        "import mod\nfor each in mod.make(1): each()",
        loops=("for number",),
        expressions=(("int(limit)", "for number"),),
    )
    seen = facts.expressions["int(limit)"]
    assert seen.changed_entries == seen.loop_entries == 2


def test_objects_die_when_they_would_without_the_probes(observe) -> None:
    observe(
        """
        class Loud:
            def __init__(self, name): self.name = name
            def __del__(self): print("gone", self.name)
        def walk():
            for name in "abc":
                Loud(name)
                print("after", name)
            print("end")
        """,
        "import mod; mod.walk()",
        loops=("for name",),
        expressions=(("Loud(name)", "for name"),),
    )


def test_nothing_of_the_probes_is_seen_in_namespaces_annotations_or_on_disk(observe, observer) -> None:
    observe(
        """
        from __future__ import annotations
        import builtins, inspect, sys
        def walk(n: list[int] = [1]) -> dict[str, int]:
            '''Docstring.'''
            for x in n:
                y = x + 1
            return sorted(locals())
        for top in walk():
            pass
        print(walk(), sorted(globals()), walk.__annotations__, walk.__doc__, len(dir(builtins)))
        print([name for name in sys.modules if name.startswith("ratchet")])
        print(inspect.getsource(walk), walk.__code__.co_varnames, walk.__code__.co_freevars, __file__)
        """,
        "import mod",
        loops=("for x", "for top"),
        expressions=("x + 1", "list[int]", "'''Docstring.'''", "[1]"),
    )


def test_places_that_can_not_be_recorded_are_noted(observer, source) -> None:
    text = source("from __future__ import annotations\ndef walk(n: list[int]):\n    n = 1\n    return n\n")
    wrong = source("x = 1\nfor a in ():\n    abc\n", file="mod.py").loop("for a")
    observer.write("import mod\nfor x in (1, 2):\n    mod.walk(x)\n", mod=text.text)
    script = source("import mod\nfor x in (1, 2):\n    mod.walk(x)\n", file="main.py").loop("for x")
    facts = observer.run(text.expression("list[int]"), wrong, script, text.expression("n", loop="nowhere")).facts
    assert facts.expressions["n"].evaluations == 2
    assert sorted(facts.notes) == [
        "main.py was run as a script: its loops were not recorded",
        "no expression that can be recorded is at mod.py:2:12",
        "no loop 'nowhere' was requested for the expression 'n'",
        "no loop that can be recorded is at mod.py:2:0",
    ]


def test_a_module_run_by_its_name_is_recorded(observer, source) -> None:
    text = source("for x in range(3):\n    print(x)\n")
    observer.write("import runpy; runpy.run_module('mod', run_name='__main__')", mod=text.text)
    assert observer.run(text.loop("for x")).facts.loops["for x"].trips == 3


def test_a_file_that_does_not_compile_fails_as_it_would(observe) -> None:
    facts = observe("def walk():\n    return 1\nreturn 2\n", "import mod", expressions=("1",))
    assert "could not be instrumented" in facts.notes[-1]
    assert "exit code 1: SyntaxError: 'return' outside function" in facts.notes[0]


def test_children_made_by_fork_count_for_themselves(observe) -> None:
    facts = observe(
        """
        import os
        def walk():
            for step in range(4):
                if step == 1:
                    child = os.fork()
                str(child if step < 0 else "")
            if child == 0:
                os._exit(0)
            os.waitpid(child, 0)
        """,
        "import mod; mod.walk()",
        loops=("for step",),
        expressions=(('str(child if step < 0 else "")', "for step"),),
    )
    loop = facts.loops["for step"]
    assert (loop.entries, loop.trips, loop.max_trips) == (2, 6, 4)
    assert facts.expressions['str(child if step < 0 else "")'].evaluations == 7


def test_every_supported_interpreter_records_loops_and_expressions(
    each_interpreter: Interpreter, observer, source
) -> None:
    text = source(
        dedent("""
            def walk(words, known):
                found = 0
                for word in words:
                    if word in known and f"{word!r:>{len(word)}}":
                        found += 1
                    [len(known) for _ in (1,)]
                try:
                    return found
                finally:
                    del word, known
            """)
    )
    observer.interpreter = each_interpreter
    observer.write("import mod; print(mod.walk('abab', ['a'] * 70))", mod=text.text)
    observed = observer.run(
        text.loop("for word"),
        text.expression("known", which=0),
        text.expression("len(known)", loop="for word"),
    )
    assert observed.finished is not None
    assert observed.finished.stdout == "2\n"
    assert observed.facts.notes == ()
    assert observed.facts.loops["for word"].max_trips == 4
    assert observed.facts.expressions["known"].max_len == 70
    seen = observed.facts.expressions["len(known)"]
    assert (seen.evaluations, seen.loop_entries, seen.changed_entries) == (4, 1, 0)
