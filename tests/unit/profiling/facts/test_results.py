import sys
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

MODULE = dedent("""
    cache = {}

    def shared(name):
        return cache.setdefault(name, [name])

    def fresh(name):
        return {"name": [name]}

    def holder():
        return []

    def objects(name):
        return [Thing(name)]

    class Thing:
        def __init__(self, name):
            self.name = name

        def rename(self, name="x", *, loud=False, **more):
            return (name, loud)

        @classmethod
        def make(cls, name):
            return cls(name)

        def __del__(self):
            print("dies", self.name)

    class Other(Thing):
        pass

    def picky(items):
        if not items:
            raise ValueError("none")
        return items[0].nothing

    def nested(rows):
        for row in rows:
            for cell in row:
                while cell:
                    cell -= 1
""")


@pytest.fixture
def seen(each_interpreter, observer, source):
    """Run a main program on one interpreter, check that it does what it does without us, and return its functions."""
    observer.interpreter = each_interpreter

    def run(main: str, *names: str):
        text = source(MODULE)
        observer.write(dedent(main), mod=MODULE)
        observed = observer.run(*(text.function(name) for name in names))
        plain = observer.plain()
        assert observed.finished is not None
        assert (observed.finished.stdout, observed.finished.stderr) == (plain.stdout.decode(), plain.stderr.decode())
        assert observed.facts.notes == ()
        return observed.facts.functions

    return run


def test_results_that_are_changed_later_are_noticed_on_every_interpreter(seen) -> None:
    found = seen(
        """
        import mod
        for name in "abc":
            mod.shared(name).append(1)
            result = mod.fresh(name)
            mod.objects(name)
        result["name"].append(2)
        """,
        "shared",
        "fresh",
        "objects",
    )
    mutated = {name: (facts.results_watched, facts.results_mutated) for name, facts in found.items()}
    assert mutated == {"shared": (3, 3), "fresh": (3, 1), "objects": (0, 0)}


def test_what_is_put_into_a_watched_result_is_let_go_before_the_program_reaches_outside(seen) -> None:
    found = seen(
        """
        import mod
        files = mod.holder()
        files.append(open("out.txt", "w"))
        files[0].write("text")
        del files
        print(repr(open("out.txt").read()))
        """,
        "holder",
    )
    assert (found["holder"].results_watched, found["holder"].results_mutated) == (1, 1)


def test_sizes_receivers_keywords_and_exceptions_are_counted_on_every_interpreter(seen) -> None:
    found = seen(
        """
        import mod
        things = [mod.Thing("a"), mod.Other("b"), mod.Other.make("c")]
        for thing in things:
            thing.rename(name="n")
            thing.rename("n", loud=True, extra=1)
            thing.rename("n", **{"other": 2})
            thing.rename(*["n"], **{"loud": True})
        sorted([3, 1], key=lambda key: mod.Thing.rename(things[0], key))
        for items in ([], [], [1], "x" * 9):
            try: mod.picky(items)
            except (ValueError, AttributeError): pass
        """,
        "Thing.rename",
        "Thing.make",
        "picky",
    )
    rename = found["Thing.rename"]
    assert rename.receiver_types == {"mod.Other": 8, "mod.Thing": 6}
    assert rename.keywords == {"extra": 3, "loud": 3, "name": 3, "other": 3}
    assert found["Thing.make"].receiver_types == {"mod.Other": 1}
    assert found["picky"].argument_sizes == {"items": {0: 2, 1: 1, 8: 1}}
    assert found["picky"].exceptions == {"AttributeError": 2, "ValueError": 2}
    assert found["picky"].raised == 4


def test_nested_loops_tell_their_median_and_their_product(observer, source) -> None:
    text = source(MODULE)
    observer.write("import mod; mod.nested([[3, 0], [1], [], [1]]); mod.nested([])", mod=MODULE)
    rows, row, cell = (text.loop(header) for header in ("for row", "for cell", "while cell"))
    loops = observer.run(rows, row, cell, text.loop("for row")).facts.loops
    assert loops["for row"].entries_by_trips == {0: 1, 4: 1}
    assert loops["for row"].p50_trips == 0
    assert loops["for cell"].p50_trips == 1
    assert (loops["while cell"].p50_trips, loops["while cell"].max_trips) == (1, 3)
    assert loops["for row"].inner_trips == {"for cell": 4, "while cell": 5}
    assert loops["for row"].max_inner_trips == {"for cell": 4, "while cell": 5}
    assert loops["for cell"].inner_trips == {"while cell": 5}
    assert loops["for cell"].max_inner_trips == {"while cell": 3}
    assert loops["while cell"].inner_trips == {}


def test_entries_that_have_not_ended_are_told_with_their_trips(observer, source) -> None:
    text = source("def walk():\n    for number in range(100):\n        yield number\n")
    observer.write(
        "import mod; kept = mod.walk()\nfor _ in range(70): next(kept)\nimport os; os._exit(0)", mod=text.text
    )
    loop = observer.run(text.loop("for number")).facts.loops["for number"]
    assert loop.entries_by_trips == {70: 1}


@given(size=st.integers(0, 2**70))
def test_rounded_sizes_are_close_and_bins_hold_what_they_say(harness, size: int) -> None:
    sizes = harness("ratchet_facts_sizes")
    rounded, power = sizes.rounded(size), sizes.power_of_two(size)
    assert rounded <= size
    assert (size - rounded) * 32 <= size
    assert rounded == size or size >= 64
    assert power <= size
    assert size < max(1, 2 * power)


def test_the_keywords_of_a_call_are_read_from_its_instruction(harness) -> None:
    def called(harness, *_rest, **_named):
        return harness("ratchet_facts_keywords").Keywords().given(sys._getframe(1))

    assert called(harness) == ()
    assert called(harness, one=1, two=2) == ("one", "two")
    assert called(harness, *[1], **{"one": 1}) == ()  # noqa: PIE804 - through `**`: the instruction names none
    assert called(harness, 1, last=[called(harness)]) == ("last",)
