"""What is evaluated less often, or not at all: before and after each recipe."""

from collections.abc import Callable, Iterator

from agents.recipes import stack_entry
from benchmarks.ratio_runner import Case


def hoist_constant() -> Iterator[Case]:
    for length in (3, 8, 30):
        items = [f"'k{index}'" for index in range(length)]
        displays = {
            "dict": "{" + ", ".join(f"{item}: {index}" for index, item in enumerate(items)) + "}",
            "list": "[" + ", ".join(items) + "]",
            "set": "{" + ", ".join(items) + "}",
        }
        for kind, display in displays.items():
            made = f"def made(key):\n    table = {display}\n    return key in table\n"
            named = f"_TABLE = {display}\n\n\ndef named(key):\n    table = _TABLE\n    return key in table\n"
            yield Case(
                recipe="hoist-constant",
                parameters=f"a {kind} of {length}, asked once",
                setup=made + named,
                before="made('k1')",
                after="named('k1')",
            )


def hoist_call() -> Iterator[Case]:
    setup = "values = list(range(1000))\ndef limit(low, high):\n    return low + (high - low) // 2\n"
    for words, made in (("len of a list", "len(values)"), ("a small pure function", "limit(3, 900)")):
        yield Case(
            recipe="hoist-call",
            parameters=f"{words}, in a loop of 1000 turns that compares with it",
            setup=setup,
            before=f"for value in values:\n    if value < {made}:\n        pass",
            after=f"made = {made}\nfor value in values:\n    if value < made:\n        pass",
        )


def any_loop() -> Iterator[Case]:
    for length in (0, 3, 30, 300):
        yield Case(
            recipe="any-loop",
            parameters=f"{length} integers, none answers",
            setup=f"q = list(range({length}))\ndef f(q):\n    return any(x < 0 for x in q)\n"
            "def g(q):\n    for x in q:\n        if x < 0:\n            return True\n    return False",
            before="f(q)",
            after="g(q)",
        )


def isinstance_path() -> Iterator[Case]:
    setup = "import typing\nfrom collections.abc import Mapping, Sequence\nx = %s"
    for value, parameters, before, after in (
        ("{}", "a dict among mappings", "isinstance(x, Mapping)", "isinstance(x, (dict, Mapping))"),
        ("''", "a str, which is none", "isinstance(x, Mapping)", "isinstance(x, (dict, Mapping))"),
        ("()", "the second of two", "isinstance(x, Sequence)", "isinstance(x, (list, tuple, Sequence))"),
        ("{}", "typing, a dict", "isinstance(x, typing.Mapping)", "issubclass(type(x), (dict, Mapping))"),
        ("''", "typing, a str", "isinstance(x, typing.Mapping)", "issubclass(type(x), Mapping)"),
        ("''", "typing.Dict, a str", "isinstance(x, typing.Dict)", "issubclass(type(x), dict)"),
    ):
        yield Case(recipe="isinstance-path", parameters=parameters, setup=setup % value, before=before, after=after)


def common_expression() -> Iterator[Case]:
    yield Case(
        recipe="common-expression",
        parameters="lower of 9 characters, asked twice",
        setup="s = 'Some Text'\ndef f(s):\n    return s.lower() == 'a' or s.lower() == 'b'\n"
        "def g(s):\n    t = s.lower()\n    return t == 'a' or t == 'b'",
        before="f(s)",
        after="g(s)",
    )


def missing_key() -> Iterator[Case]:
    setup = (
        "d = {'a': 1}\ndef f(d, k):\n    try:\n        v = d[k]\n    except KeyError:\n        v = None\n    return v\n"
    )
    setup += (
        "def g(d, k):\n    if type(d) is dict and type(k) is str:\n        v = d.get(k)\n    else:\n        v = 1\n"
    )
    setup += "    return v\ndef h(d, k):\n    v = d.get(k)\n    return v\n"
    for key, words in (("b", "not there"), ("a", "there")):
        for function, test in (("g", "behind a test of the types"), ("h", "the types known")):
            yield Case(
                recipe="missing-key",
                parameters=f"a key that is {words}, {test}",
                setup=setup,
                before=f"f(d, {key!r})",
                after=f"{function}(d, {key!r})",
            )


def iterator_end() -> Iterator[Case]:
    loop = "def {}(q, z=object()):\n    for i in q:\n        {}"
    asked = "try:\n            x = next(i)\n        except StopIteration:\n            continue"
    marked = "x = next(i, z)\n        if x is z:\n            continue"
    for values, words in (("[iter(())] * 1000", "1000 ends"), ("[iter(range(10**9))] * 1000", "1000 items, no end")):
        yield Case(
            recipe="iterator-end",
            parameters=words,
            setup=f"{loop.format('f', asked)}\n{loop.format('g', marked)}\nq = {values}",
            before="f(q)",
            after="g(q)",
        )


def kept_range() -> Iterator[Case]:
    loop = "def {}(q, r):\n    {}\n    for x in q:\n        for i in {}:\n            pass"
    kept = "t = range(r) if type(r) is int else None"
    for turns in (0, 2, 5, 30):
        yield Case(
            recipe="kept-range",
            parameters=f"1000 times {turns} turns, of a parameter",
            setup=f"{loop.format('f', 'pass', 'range(r)')}\n{loop.format('g', kept, 't or range(r)')}\nq = [0] * 1000",
            before=f"f(q, {turns})",
            after=f"g(q, {turns})",
        )
    yield Case(
        recipe="kept-range",
        parameters="1000 times 2 turns, surely an int",
        setup=f"{loop.format('f', 'pass', 'range(r)')}\n{loop.format('g', 't = range(r)', 't')}\nq = [0] * 1000",
        before="f(q, 2)",
        after="g(q, 2)",
    )


def inline_helper() -> Iterator[Case]:
    setup = "r = 'xyz' * 4\ndef k(c):\n    return c in 'abc'\ndef k2(a, b):\n    return a == b or b is None\n"
    for parameters, helper, inlined in (
        ("one argument", "k(c)", "c in 'abc'"),
        ("two arguments", "k2(c, r)", "c == r or r is None"),
    ):
        yield Case(
            recipe="inline-helper",
            parameters=f"12 turns, {parameters}",
            setup=setup,
            before=f"for c in r:\n    if {helper}: pass",
            after=f"for c in r:\n    if {inlined}: pass",
        )


def hoist_attribute() -> Iterator[Case]:
    made = "class C:\n    def __init__(self):\n        self.n = 3\n        self.q = []\n"
    turns = "for i in range(20):\n            "
    for parameters, before, bound, after in (
        ("an attribute, twice a turn", "self.n; self.n", "n = self.n", "n; n"),
        ("a row of two, twice a turn", "self.a.n; self.a.n", "n = self.a.n", "n; n"),
        ("append to a list of self", "self.q.append(i)", "n = self.q", "n.append(i)"),
        ("not shipped: its append bound too", "self.q.append(i)", "n = self.q.append", "n(i)"),
        ("not shipped: append of a local list, bound", "q.append(i)", "n = q.append", "n(i)"),
    ):
        yield Case(
            recipe="hoist-attribute",
            parameters=parameters,
            setup=f"{made}    def f(self, q):\n        {turns}{before}\n"
            f"    def g(self, q):\n        {bound}\n        {turns}{after}\no = C()\no.a = C()",
            before="o.f([])",
            after="o.g([])",
        )


def dead_code() -> Iterator[Case]:
    for turns in (100, 100000):
        yield Case(
            recipe="dead-code",
            parameters=f"counting to {turns} for nobody, the range is still made",
            before=f"n = 0\nfor _ in range({turns}):\n    n += 1",
            after=f"range({turns})",
        )


def truth_test() -> Iterator[Case]:
    for words, values in (("half of them true", "[True, False] * 500"), ("all true", "[True] * 1000")):
        yield Case(
            recipe="truth-test",
            parameters=f"1000 bools of a local list, {words}",
            setup=f"v = {values}",
            before="for x in v:\n    if x == False: pass",
            after="for x in v:\n    if not x: pass",
        )


def sunk_work() -> Iterator[Case]:
    texts = 'm = f"{x!r} is none of %s"\n    '
    for shown, words in (("them", "one value"), ("{known!r}", "a set of three"), ("{many!r}", "a list of 100")):
        yield Case(
            recipe="sunk-work",
            parameters=f"a message never used, of {words}",
            setup="known = {1, 2, 3}\nmany = list(range(100))\nw = [1, 2] * 50",
            before="for x in w:\n    " + texts % shown + "if x not in known:\n        print(m)",
            after="for x in w:\n    if x not in known:\n        "
            + (texts % shown).replace("    ", "        ")
            + "print(m)",
        )


def frame_lookup() -> Iterator[Case]:
    for depth in (5, 20):
        setup = "import inspect\nimport sys\n"
        setup += "def down(n, last):\n    return down(n - 1, last) if n else last()\n"
        setup += "def walk():\n    return inspect.stack()[1].function\n"
        setup += "def ask():\n    return sys._getframe(1).f_code.co_name\n"
        setup += "def tell():\n    return inspect.getframeinfo(sys._getframe(1), 0)\n"
        setup += stack_entry.function_text(inspect="inspect", sys="sys")
        setup += f"\ndef pick(index=2):\n    return {stack_entry.NAME}(index).function\n"
        for name, words in (("ask", "a name"), ("tell", "a file and line"), ("pick", "an entry by its number")):
            yield Case(
                recipe="frame-lookup",
                parameters=f"{words}, {depth} frames",
                setup=setup,
                before=f"down({depth}, walk)",
                after=f"down({depth}, {name})",
            )


CASES: tuple[Callable[[], Iterator[Case]], ...] = (
    hoist_constant,
    hoist_call,
    any_loop,
    isinstance_path,
    common_expression,
    missing_key,
    iterator_end,
    kept_range,
    inline_helper,
    hoist_attribute,
    dead_code,
    truth_test,
    sunk_work,
    frame_lookup,
)
