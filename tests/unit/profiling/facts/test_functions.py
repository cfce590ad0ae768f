from textwrap import dedent

import pytest

from profiling.facts import FunctionFacts
from profiling.model import Interpreter

MODULE = dedent("""
    import os

    def same(number):
        return [number, {"k": (number,)}]

    def counter(number, state=[0]):
        state[0] += 1
        return state[0]

    def alike(value):
        return "x"

    def total(numbers):
        return sum(numbers)

    def numbers(limit):
        for number in range(limit):
            yield number

    async def answer():
        return 42

    def down(depth):
        return 0 if depth == 0 else 1 + down(depth - 1)

    def picky(value):
        if value > 2:
            raise ValueError(value)
        return None

    def variadic(first, *rest, key=None, **named):
        return (first, rest, key)

    def fresh(number):
        return Pair(number)

    class Pair:
        def __init__(self, left):
            self.left = left
            self.reads = 0

        @property
        def double(self):
            return self.left * 2

        @property
        def read_count(self):
            self.reads += 1
            return self.reads

        def itself(self):
            return self

        @classmethod
        def make(cls, left):
            return cls(left)

        @staticmethod
        def plain(left):
            return left

        def always_true(self):
            self.reads += 1
            return True

    class Meddler:
        def __eq__(self, other): raise SystemExit("eq")
        def __hash__(self): raise SystemExit("hash")
        def __repr__(self): raise SystemExit("repr")
        def __bool__(self): raise SystemExit("bool")
        def __len__(self): raise SystemExit("len")
        def __iter__(self): raise SystemExit("iter")
        def __getattribute__(self, name): raise SystemExit("getattribute " + name)

    class Meta(type):
        def __eq__(self, other): raise SystemExit("meta eq")
        def __hash__(self): raise SystemExit("meta hash")
        def __getattribute__(self, name): raise SystemExit("meta getattribute")
        def __instancecheck__(self, other): raise SystemExit("meta instancecheck")

    class Odd(metaclass=Meta):
        pass

    def passes(value):
        return value

    def reads(path):
        with open(path) as file:
            return file.read()

    def appends(path):
        with open(path, "a") as file:
            return [file.write(text) for text in ("x", "y")]

    def indirectly(path):
        return os.path.exists(path) and reads(path)
""")


@pytest.fixture
def seen(observer, source):
    """Return the facts of one function for a main program."""

    def see(qualname: str, main: str) -> FunctionFacts:
        observer.write("import mod\nfrom mod import *\n" + dedent(main), mod=MODULE)
        observed = observer.run(source(MODULE).function(qualname))
        plain = observer.plain()
        assert observed.finished is not None
        assert (observed.finished.usage.exit_code, observed.finished.stdout) == (
            plain.returncode,
            plain.stdout.decode(),
        )
        assert observed.finished.stderr == plain.stderr.decode()
        assert observed.facts.notes == ()
        return observed.facts.functions[qualname]

    return see


def test_equal_structures_for_the_same_argument_are_consistent(seen) -> None:
    facts = seen("same", "for number in [1, 2] * 50: same(number)")
    assert (facts.calls, facts.distinct_arguments, facts.keyable_calls) == (100, 2, 100)
    assert facts.consistent
    assert not facts.consistent_by_receiver
    assert not facts.results_immutable
    assert facts.result_types == {"list": 100}
    assert facts.receivers == 0


def test_another_result_for_the_same_argument_is_seen(seen) -> None:
    facts = seen("counter", "for _ in range(3): counter(7)")
    assert not facts.consistent
    assert facts.argument_types == {"number": {"int": 3}, "state": {"list": 3}}
    assert facts.keyable_calls == 0


def test_equal_numbers_of_different_types_are_different_arguments(seen) -> None:
    facts = seen("alike", "for value in (1, 1.0, True, 0.0, -0.0, '1', b'1', None, (1,), (True,)): alike(value)")
    assert facts.distinct_arguments == facts.keyable_calls == 10
    assert facts.argument_types["value"]["int"] == 1
    assert facts.consistent_by_receiver


def test_enum_members_classes_and_huge_values_are_keyed_without_being_kept(seen) -> None:
    facts = seen(
        "alike",
        """
        import enum
        Color = enum.Enum("Color", "RED BLUE")
        for _ in range(3):
            for value in (Color.RED, Color.BLUE, int, 10**5000, 10**5000 + 2**61 - 1, "x" * 10**6, frozenset({1, 2})):
                alike(value)
        """,
    )
    assert (facts.distinct_arguments, facts.keyable_calls) == (7, 21)


def test_a_list_that_is_changed_between_calls_is_the_same_argument_with_another_result(seen) -> None:
    facts = seen("total", "values = [1]\nfor _ in range(3): total(values); values.append(1)")
    assert facts.distinct_arguments == 1
    assert facts.keyable_calls == 0
    assert not facts.consistent
    assert facts.results_immutable


def test_a_generator_is_one_result_however_often_it_yields(seen) -> None:
    facts = seen("numbers", "for _ in range(2): print(list(numbers(50)))")
    assert (facts.calls, facts.distinct_arguments) == (2, 1)
    assert facts.result_types == {"generator": 2}
    assert not facts.consistent
    assert facts.raised == 0
    assert facts.max_depth == 1


def test_a_coroutine_is_marked_as_one(seen) -> None:
    facts = seen("answer", "import asyncio\nprint(asyncio.run(answer()))")
    assert facts.result_types == {"coroutine": 1}


def test_recursion_is_measured_by_its_deepest_point(seen) -> None:
    facts = seen("down", "down(6); down(3)")
    assert (facts.calls, facts.max_depth, facts.distinct_arguments) == (11, 7, 7)
    assert facts.consistent


def test_recursion_depth_is_that_of_one_thread(seen) -> None:
    facts = seen(
        "down",
        """
        import threading
        threads = [threading.Thread(target=down, args=(5,)) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """,
    )
    assert (facts.calls, facts.max_depth) == (24, 6)


def test_an_exception_is_no_result_but_none_is_one(seen) -> None:
    facts = seen(
        "picky",
        """
        for value in (1, 2, 3):
            try: picky(value)
            except ValueError: pass
        """,
    )
    assert (facts.calls, facts.raised) == (3, 1)
    assert facts.result_types == {"NoneType": 2}
    assert not facts.consistent


def test_every_kind_of_parameter_is_part_of_the_arguments(seen) -> None:
    facts = seen("variadic", "for _ in range(2): variadic(1, 2, 3, key=4, z=5); variadic(1, 2, 3, key=4, z=6)")
    assert facts.distinct_arguments == 2
    assert facts.keyable_calls == 4
    assert facts.argument_types["named"] == {"dict": 4}
    assert facts.consistent


def test_results_that_are_new_objects_each_time_are_not_consistent(seen) -> None:
    facts = seen("fresh", "for _ in range(3): fresh(1)")
    assert not facts.consistent
    assert facts.result_types == {"mod.Pair": 3}


def test_a_property_is_judged_by_its_receivers(seen) -> None:
    facts = seen("Pair.double", "pairs = [Pair(1), Pair(2)]\nfor pair in pairs * 5: pair.double")
    assert (facts.calls, facts.receivers, facts.distinct_arguments) == (10, 2, 1)
    assert facts.consistent
    assert facts.consistent_by_receiver
    assert facts.argument_types == {"self": {"mod.Pair": 10}}


def test_receivers_that_die_are_not_taken_for_each_other(seen) -> None:
    facts = seen("Pair.double", "for number in range(200): Pair(number).double")
    assert facts.receivers == 200
    assert facts.consistent_by_receiver


def test_a_property_with_state_is_not_consistent(seen) -> None:
    facts = seen("Pair.read_count", "pair = Pair(1)\nfor _ in range(3): pair.read_count")
    assert not facts.consistent
    assert not facts.consistent_by_receiver


def test_a_stateful_method_that_always_answers_the_same_is_reported_as_seen(seen) -> None:
    facts = seen("Pair.always_true", "pair = Pair(1)\nfor _ in range(300): pair.always_true()\nprint(pair.reads)")
    assert (facts.calls, facts.distinct_arguments, facts.receivers) == (300, 1, 1)
    assert facts.consistent


def test_the_same_object_is_a_consistent_result(seen) -> None:
    facts = seen("Pair.itself", "pair = Pair(1)\nfor _ in range(3): pair.itself()")
    assert facts.consistent_by_receiver
    assert not facts.results_immutable


def test_the_receiver_of_a_class_method_is_its_class_and_a_static_method_has_none(seen) -> None:
    assert seen("Pair.make", "Pair.make(1); Pair.make(2)").receivers == 1
    facts = seen("Pair.plain", "Pair.plain(1); Pair(2).plain(2)")
    assert (facts.receivers, facts.distinct_arguments) == (0, 2)


def test_no_code_of_the_arguments_is_run(seen) -> None:
    facts = seen(
        "passes", "one = Meddler()\nfor value in (one, one, [one], {1: one}, (one,), Odd, Odd()): passes(value)"
    )
    assert facts.calls == 7
    assert facts.argument_types["value"]["mod.Meddler"] == 2
    assert facts.argument_types["value"]["mod.Odd"] == 1


def test_more_arguments_than_can_be_kept_are_counted_up_to_the_limit(seen) -> None:
    facts = seen("alike", "for number in range(5000): alike(number)")
    assert (facts.calls, facts.distinct_arguments, facts.keyable_calls) == (5000, 4096, 5000)


def test_opened_files_belong_to_the_innermost_project_function(seen) -> None:
    main = "open('data.txt', 'w').close()\nfor _ in range(3): indirectly('data.txt')\nopen('other.txt', 'w').close()"
    facts = seen("reads", main)
    assert facts.opened_files == {"data.txt": 3}
    assert facts.written_files == 0
    assert seen("indirectly", main).opened_files == {}


def test_files_that_are_written_or_change_between_opens_are_counted(seen) -> None:
    facts = seen("appends", "open('data.txt', 'w').close()\nfor _ in range(2): appends('data.txt')")
    assert (facts.opened_files, facts.written_files) == ({"data.txt": 2}, 1)
    changing = (
        "for text in ('a', 'bc'):\n    with open('data.txt', 'w') as file: file.write(text)\n    reads('data.txt')"
    )
    facts = seen("reads", changing)
    assert (facts.opened_files, facts.written_files) == ({"data.txt": 2}, 1)


def test_every_supported_interpreter_sees_the_same(each_interpreter: Interpreter, observer, source) -> None:
    text = source(MODULE)
    names = ("same", "numbers", "down", "picky", "Pair.double", "total", "answer", "variadic", "reads")
    observer.interpreter = each_interpreter
    observer.write(
        dedent("""
            import asyncio
            from mod import *
            pair = Pair(1)
            for _ in range(2):
                same(1); list(numbers(3)); next(numbers(9)); down(4); pair.double; total([1]); asyncio.run(answer())
                variadic(1, 2, key=3, other=4); reads("mod.py")
                try: picky(3)
                except ValueError: print("picky")
            """),
        mod=MODULE,
    )
    observed = observer.run(*(text.function(name) for name in names))
    functions = observed.facts.functions
    assert observed.finished is not None
    assert observed.finished.stdout == "picky\npicky\n"
    assert observed.facts.notes == ()
    assert {name: functions[name].calls for name in names} == dict.fromkeys(names, 2) | {"numbers": 4, "down": 10}
    assert {name for name in names if functions[name].consistent} == {
        "same",
        "down",
        "Pair.double",
        "total",
        "variadic",
        "reads",
    }
    assert functions["numbers"].result_types == {"generator": 4}
    assert functions["picky"].raised == 2
    assert functions["down"].max_depth == 5
    assert functions["reads"].opened_files == {"mod.py": 2}


ENDINGS = dedent("""
    import contextlib, traceback

    def stubborn(number):
        '''Say how it ends.'''
        try:
            return 12 // number
        except ZeroDivisionError:
            return "zero"
        finally:
            if number == 5:
                raise ValueError(number)
            if number == 6:
                return "six"

    def quiet(number):
        with contextlib.suppress(ZeroDivisionError):
            return 12 // number

    def again():
        raise

    def documented():
        '''Only this.'''

    def nested(number):
        def inner(): return [number]
        class Inner:
            def method(self): return number
        return inner() + [Inner().method(), (lambda: number)()]

    async def stream(number):
        for item in range(number):
            if item: return
            yield item
""")


def test_every_way_a_function_can_end_is_told_on_every_interpreter(each_interpreter, observer, source) -> None:
    text = source(ENDINGS)
    names = ("stubborn", "quiet", "again", "documented", "nested", "stream")
    observer.interpreter = each_interpreter
    observer.write(
        dedent("""
            import asyncio, traceback
            from mod import *
            for number in (0, 3, 5, 6):
                try: print(stubborn(number))
                except ValueError: print(traceback.format_exc().replace(__file__, "main.py"))
            print(quiet(0), quiet(3))
            try: 1 / 0
            except ZeroDivisionError:
                print(stubborn(0))
                try: again()
                except ZeroDivisionError as error:
                    print([(frame.name, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)])
            print(documented(), documented.__doc__, stubborn.__doc__, nested(2))
            async def consume(): return [item async for item in stream(3)]
            print(asyncio.run(consume()))
            """),
        mod=ENDINGS,
    )
    observed = observer.run(*(text.function(name) for name in names))
    functions = observed.facts.functions
    assert observed.finished is not None
    assert observed.finished.stdout == observer.plain().stdout.decode()
    assert observed.facts.notes == ()
    assert (functions["stubborn"].calls, functions["stubborn"].raised) == (5, 1)
    assert functions["stubborn"].result_types == {"str": 3, "int": 1}
    assert functions["quiet"].result_types == {"NoneType": 1, "int": 1}
    assert functions["quiet"].consistent
    assert functions["again"].raised == 1
    assert functions["documented"].result_types == {"NoneType": 1}
    assert functions["nested"].result_types == {"list": 1}
    assert functions["stream"].result_types == {"async_generator": 1}


def test_functions_of_the_script_itself_are_seen_on_every_interpreter(each_interpreter, observer, source) -> None:
    main = "import mod\ndef double(n):\n    if n > 3: raise ValueError\n    return mod.same(n)\n" + dedent("""
        for number in (1, 2, 2, 4):
            try: double(number)
            except ValueError: print("no")
        """)
    observer.interpreter = each_interpreter
    observer.write(main, mod=MODULE)
    facts = observer.run(source(main, "main.py").function("double"), source(MODULE).function("same")).facts
    assert (facts.functions["double"].calls, facts.functions["double"].raised) == (4, 1)
    assert facts.functions["double"].result_types == {"list": 3}
    assert facts.functions["same"].calls == 3
    assert facts.functions["same"].consistent
    assert facts.notes == ()


def test_a_generator_that_yields_from_itself_is_as_deep_as_its_stack(observer, source) -> None:
    text = source("def walk(depth):\n    yield depth\n    if depth:\n        yield from walk(depth - 1)\n")
    observer.write("import mod; print(list(zip(mod.walk(3), mod.walk(3))))", mod=text.text)
    facts = observer.run(text.function("walk")).facts
    assert (facts.functions["walk"].calls, facts.functions["walk"].max_depth) == (8, 4)


def test_a_script_that_is_imported_too_is_not_counted_twice(each_interpreter, observer, source) -> None:
    main = dedent("""
        def double(n):
            return 2 * n
        if __name__ == "__main__":
            import main
            print(main.double(2), double(3))
        """)
    observer.interpreter = each_interpreter
    observer.write(main)
    observed = observer.run(source(main, "main.py").function("double"))
    assert observed.finished is not None
    assert observed.finished.stdout == "4 6\n"
    assert observed.facts.functions["double"].calls == 2
