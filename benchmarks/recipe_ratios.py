"""What each recipe's rewrite gains at its place, on each interpreter: the figures of the cards' cost notes.

    python -m benchmarks.recipe_ratios --recipe deque-queue --python python3.9 python3.13

One function a recipe; 15 interleaved pairs of CPU time each; median with the middle half, and what one run saves.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

from benchmarks.ratio_runner import Case, table


def deque_queue() -> Iterator[Case]:
    for length in (64, 1000, 20000):
        yield Case(
            recipe="deque-queue",
            parameters=f"pop from the left and append, {length} elements",
            setup=f"from collections import deque\nq = list(range({length}))\nd = deque(q)",
            before="q.append(q.pop(0))",
            after="d.append(d.popleft())",
        )
    for length in (64, 1000, 20000):
        yield Case(
            recipe="deque-queue",
            parameters=f"insert in front and pop, {length} elements",
            setup=f"from collections import deque\nq = list(range({length}))\nd = deque(q)",
            before="q.insert(0, q.pop())",
            after="d.appendleft(d.pop())",
        )


def set_membership() -> Iterator[Case]:
    guarded = "[i for i in w if (i in s if type(i) is int else i in x)]"
    for length, probes in ((8, 2000), (16, 2000), (100, 25), (1000, 250)):
        yield Case(
            recipe="set-membership",
            parameters=f"{length} integers, {probes} probes, half of them hits",
            setup=f"x = list(range({length}))\nw = [i * 2 * {length} // {probes} for i in range({probes})]",
            before="[i for i in w if i in x]",
            after=f"s = set(x) if set(map(type, x)) <= {{int}} else x\n{guarded}",
        )


def dict_index() -> Iterator[Case]:
    for length, searches in ((20, 10), (20, 200), (500, 200), (100, 2)):
        yield Case(
            recipe="dict-index",
            parameters=f"{length} elements, {searches} searches for present keys",
            setup=f"class E:\n    def __init__(self, k): self.k = k\nL = [E(i) for i in range({length})]\n"
            f"w = [i * {length} // {searches} for i in range({searches})]",
            before="for v in w:\n    next((e for e in L if e.k == v), None)",
            after="d = {}\ntry:\n    for e in L if type(L) in (list, tuple) else ():\n"
            "        if type(e.k) is not int:\n            d = {}\n            break\n        d.setdefault(e.k, e)\n"
            "except Exception:\n    d = {}\nfor v in w:\n"
            "    d.get(v) if d and type(v) is int else next((e for e in L if e.k == v), None)",
        )


def attribute_text() -> Iterator[Case]:
    for pieces in (500, 5000):
        yield Case(
            recipe="attribute-text",
            parameters=f"{pieces} pieces of 10 characters added to an attribute",
            setup=f"class C: pass\no = C()\nt = 'x' * 10\nr = range({pieces})",
            before="o.s = ''\nfor i in r:\n    o.s += t",
            after="o.s = ''\np = [o.s]\ntry:\n    for i in r:\n        p.append(t)\nfinally:\n    o.s = ''.join(p)",
        )
    yield Case(
        recipe="attribute-text",
        parameters="not shipped: 5000 fresh pieces added to a local",
        setup="r = range(5000)\nt = 'x' * 10",
        before="s = ''\nfor i in r:\n    s += f'{i},{t}'",
        after="p = ['']\nfor i in r:\n    p.append(f'{i},{t}')\ns = ''.join(p)",
    )


def unique_list() -> Iterator[Case]:
    asked = "x not in s if type(x) is int and len(s) == len(q) else x not in q"
    for length in (50, 500, 2000):
        yield Case(
            recipe="unique-list",
            parameters=f"{2 * length} integers, half of them distinct",
            setup=f"w = [i % {length} for i in range({2 * length})]",
            before="q = []\nfor x in w:\n    if x not in q:\n        q.append(x)",
            after=f"q = []\ns = set()\nfor x in w:\n    if {asked}:\n        q.append(x)\n"
            "        if type(x) is int:\n            s.add(x)",
        )


def front_insert() -> Iterator[Case]:
    for length in (64, 1000, 5000):
        yield Case(
            recipe="front-insert",
            parameters=f"{length} elements",
            setup=f"r = range({length})",
            before="q = []\nfor i in r:\n    q.insert(0, i)",
            after="q = []\nfor i in r:\n    q.append(i)\nq.reverse()",
        )


def regex_text() -> Iterator[Case]:
    setup = "import re\ns = 'some-text.with_1'\nC = re.compile('[-_.]')\nD = re.compile('some')"
    guarded = "for x in (s,):\n    x.replace('_', '-').replace('.', '-') if type(x) is str else None"
    yield Case(
        recipe="regex-text",
        parameters="re.sub of a class, 16 characters, behind a test of the type",
        setup=setup,
        before="for x in (s,):\n    re.sub('[-_.]', '-', x)",
        after=guarded,
    )
    yield Case(
        recipe="regex-text",
        parameters="the same, compiled before",
        setup=setup,
        before="for x in (s,):\n    C.sub('-', x)",
        after=guarded,
    )
    yield Case(
        recipe="regex-text",
        parameters="compiled, six characters, no hit in 3000",
        setup="import re\ns = 'some text with' * 200\nC = re.compile('[-_.:;,]')",
        before="for x in (s,):\n    C.sub('', x)",
        after="for x in (s,):\n    x.replace('-', '').replace('_', '').replace('.', '')"
        ".replace(':', '').replace(';', '').replace(',', '') if type(x) is str else None",
    )
    yield Case(
        recipe="regex-text",
        parameters="match at the start, compiled, a hit, behind a test of the type",
        setup=setup,
        before="for x in (s,):\n    if D.match(x): pass",
        after="for x in (s,):\n    if (x.startswith('some') if type(x) is str else None): pass",
    )
    yield Case(
        recipe="regex-text",
        parameters="not shipped: search, compiled, no hit in 3000 characters, behind a test of the type",
        setup="import re\ns = 'other text' * 300\nD = re.compile('some')",
        before="for x in (s,):\n    if D.search(x): pass",
        after="for x in (s,):\n    if ('some' in x if type(x) is str else None): pass",
    )


def lazy_list() -> Iterator[Case]:
    for length in (1000, 200000):
        yield Case(
            recipe="lazy-list",
            parameters=f"{length} pairs stepped through: CPU time, the gain is memory",
            setup=f"r = range({length})",
            before="for i, j in [(i, i) for i in r]: pass",
            after="for i, j in ((i, i) for i in r): pass",
        )


def file_lines() -> Iterator[Case]:
    yield Case(
        recipe="file-lines",
        parameters="50000 lines of 40 characters: CPU time, the gain is memory",
        setup="import tempfile\nf = tempfile.NamedTemporaryFile('w+')\n"
        "f.write(('x' * 39 + chr(10)) * 50000)\nf.flush()",
        before="with open(f.name) as g:\n    for line in g.readlines(): pass",
        after="with open(f.name) as g:\n    for line in g: pass",
    )


def buffered_writes() -> Iterator[Case]:
    setup = "import tempfile\np = tempfile.NamedTemporaryFile()\nt = 'x' * 39 + chr(10)\nb = t.encode()\n"
    asked = (
        ("flush()", "'w'", "", "f.write(t)", "\n        f.flush()"),
        ("buffering=1", "'w'", ", buffering=1", "f.write(t)", ""),
        ("buffering=0", "'wb'", ", buffering=0", "f.write(b)", ""),
    )
    for words, mode, short, line, end in asked:
        yield Case(
            recipe="buffered-writes",
            parameters=f"1000 lines of 40 characters, {words}",
            setup=setup,
            before=f"with open(p.name, {mode}{short}) as f:\n    for i in range(1000):\n        {line}{end}",
            after=f"with open(p.name, {mode}) as f:\n    for i in range(1000):\n        {line}",
        )
    yield Case(
        recipe="buffered-writes",
        parameters="1000 lines printed, flush=True",
        setup=setup,
        before="with open(p.name, 'w') as f:\n    for i in range(1000):\n        print(t, file=f, flush=True)",
        after="with open(p.name, 'w') as f:\n    for i in range(1000):\n        print(t, file=f)",
    )


def shared_texts() -> Iterator[Case]:
    setup = "import sys\nlines = [f'{i},some kind {i % 20}' for i in range(10000)]"
    yield Case(
        recipe="shared-texts",
        parameters="a piece of 10000 lines: CPU time, the gain is memory",
        setup=setup,
        before="q = []\nfor line in lines:\n    name, kind = line.split(',')\n    q.append(kind)",
        after="q = []\nfor line in lines:\n    name, kind = line.split(',')\n"
        "    q.append(sys.intern(kind) if type(kind) is str else kind)",
    )


def guarded_logging() -> Iterator[Case]:
    logger = "import logging\nlog = logging.getLogger('ratio')\nlog.setLevel(logging.WARNING)\nbig = list(range(100))\n"
    messages = {
        "one value": "f'loading {a}'",
        "two values": "f'loading {a} for {b!r}'",
        "% with two values": "'loading %s for %s' % (a, b)",
        "a list of 100": "f'loading {big}'",
    }
    for parameters, message in messages.items():
        plain = f"def plain(a, b):\n    log.debug({message})\n"
        guarded = f"def guarded(a, b):\n    if log.isEnabledFor(logging.DEBUG):\n        log.debug({message})\n"
        yield Case(
            recipe="guarded-logging",
            parameters=f"a disabled message, {parameters}",
            setup=logger + plain + guarded,
            before="plain(1, 'text')",
            after="guarded(1, 'text')",
        )


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


def chained_lists() -> Iterator[Case]:
    for count in (10, 32, 100, 1000):
        yield Case(
            recipe="chained-lists",
            parameters=f"{count} lists of 3",
            setup=f"from itertools import chain\nx = [[1, 2, 3] for _ in range({count})]",
            before="sum(x, [])",
            after="list(chain.from_iterable(x))",
        )


def least_elements() -> Iterator[Case]:
    for length, taken in ((500, 1), (1000, 1), (1000, 10), (10000, 10)):
        yield Case(
            recipe="least-elements",
            parameters=f"{taken} of {length} integers",
            setup="import random\nfrom heapq import nsmallest\n"
            f"r = random.Random(1)\nx = [r.randrange(10**6) for _ in range({length})]",
            before="sorted(x)[0]" if taken == 1 else f"sorted(x)[:{taken}]",
            after="nsmallest(1, x)[0]" if taken == 1 else f"nsmallest({taken}, x)",
        )
    yield Case(
        recipe="least-elements",
        parameters="1 of 1000 words by length",
        setup="import random\nfrom heapq import nsmallest\n"
        "r = random.Random(1)\nx = ['a' * r.randrange(50) for _ in range(1000)]",
        before="sorted(x, key=len)[0]",
        after="nsmallest(1, x, key=len)[0]",
    )


def first_elements() -> Iterator[Case]:
    for length in (8, 64, 1000):
        yield Case(
            recipe="first-elements",
            parameters=f"the first of a dict of {length}",
            setup=f"from itertools import islice\nx = dict.fromkeys(range({length}))",
            before="list(x)[0]",
            after="list(islice(x, 1))[0]",
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


def prefix_tuple() -> Iterator[Case]:
    tested = "s.startswith(%s) if type(s) is str else None"
    for count, text in ((2, "ftp"), (4, "ftp"), (2, "a1")):
        several = [f"'{letter}'" for letter in "abcd"[:count]]
        chain = " or ".join(f"s.startswith({one})" for one in several)
        yield Case(
            recipe="prefix-tuple",
            parameters=f"a chain of {count}, {'the first fits' if text == 'a1' else 'none fits'}, behind a test",
            setup=f"def f(s):\n    return {chain}\ndef g(s):\n    return {tested % ('(' + ', '.join(several) + ')')}",
            before=f"f({text!r})",
            after=f"g({text!r})",
        )
    for kind, prefixes, text in (("tuple", "P", "ftp"), ("list", "tuple(P)", "ftp"), ("tuple", "P", "a1")):
        yield Case(
            recipe="prefix-tuple",
            parameters=f"any of a {kind} of 3, {'the first fits' if text == 'a1' else 'none fits'}, behind a test",
            setup=f"P = {kind}('abc')\ndef f(s):\n    return any(s.startswith(p) for p in P)\n"
            f"def g(s):\n    return {tested % prefixes}",
            before=f"f({text!r})",
            after=f"g({text!r})",
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
        ("an attribute of self, twice a turn", "self.n; self.n", "n = self.n", "n; n"),
        ("a chain of two, twice a turn", "self.a.n; self.a.n", "n = self.a.n", "n; n"),
        ("append of a list of self, bound", "self.q.append(i)", "n = self.q.append", "n(i)"),
        ("append of a local list, bound", "q.append(i)", "n = q.append", "n(i)"),
        ("a function of a module", "math.sqrt(i)", "n = math.sqrt", "n(i)"),
    ):
        yield Case(
            recipe="hoist-attribute",
            parameters=f"not shipped: {parameters}",
            setup=f"import math\n{made}    def f(self, q):\n        {turns}{before}\n"
            f"    def g(self, q):\n        {bound}\n        {turns}{after}\no = C()\no.a = C()",
            before="o.f([])",
            after="o.g([])",
        )


def sort_idiom() -> Iterator[Case]:
    swap = "            q[j], q[j + 1] = q[j + 1], q[j]"
    ways = {
        "all sweeps": f"for i in range(len(q)):\n    for j in range(len(q) - 1):\n        if q[j] > q[j + 1]:\n{swap}",
        "shrinking sweeps": "for i in range(len(q)):\n    for j in range(len(q) - 1 - i):\n"
        f"        if q[j] > q[j + 1]:\n{swap}",
        "insertion": "for i in range(1, len(q)):\n    k = q[i]\n    j = i - 1\n    while j >= 0 and q[j] > k:\n"
        "        q[j + 1] = q[j]\n        j -= 1\n    q[j + 1] = k",
    }
    guards = {"ints": "set(map(type, q)) <= {int}"}
    guards["floats"] = "set(map(type, q)) <= {float} and all(x == x for x in q)"
    for length, way, kind in ((8, "shrinking sweeps", "ints"), (8, "insertion", "ints"), (8, "insertion", "floats"),
                              (64, "insertion", "floats"), (300, "shrinking sweeps", "floats"),
                              (300, "all sweeps", "ints")):  # fmt: skip
        yield Case(
            recipe="sort-idiom",
            parameters=f"{length} {kind} in random order, {way}",
            setup="import random\nr = random.Random(1)\n"
            f"w = [{kind[:-1]}(r.randrange(10**6)) for _ in range({length})]",
            before=f"q = w[:]\n{ways[way]}",
            after=f"q = w[:]\nif type(q) is list and {guards[kind]}:\n    q.sort()",
        )


def frame_lookup() -> Iterator[Case]:
    for depth in (5, 20):
        setup = "import inspect\nimport sys\n"
        setup += "def down(n, last):\n    return down(n - 1, last) if n else last()\n"
        setup += "def walk():\n    return inspect.stack()[1].function\n"
        setup += "def ask():\n    return sys._getframe(1).f_code.co_name\n"
        setup += "def tell():\n    return inspect.getframeinfo(sys._getframe(1), 0)\n"
        for name, words in (("ask", "a name"), ("tell", "a file and line")):
            yield Case(
                recipe="frame-lookup",
                parameters=f"{words}, {depth} frames",
                setup=setup,
                before=f"down({depth}, walk)",
                after=f"down({depth}, {name})",
            )


def flat_copy() -> Iterator[Case]:
    for length in (3, 100):
        yield Case(
            recipe="flat-copy",
            parameters=f"a list of {length} integers",
            setup=f"from copy import deepcopy\nx = list(range({length}))",
            before="deepcopy(x)",
            after="x.copy()",
        )
    yield Case(
        recipe="flat-copy",
        parameters="a dict of 10 texts",
        setup="from copy import deepcopy\nx = {str(i): str(i) for i in range(10)}",
        before="deepcopy(x)",
        after="x.copy()",
    )


def folder_files() -> Iterator[Case]:
    setup = "import os\nimport tempfile\nd = tempfile.TemporaryDirectory()\np = d.name\n"
    setup += "for i in range(300):\n    open(os.path.join(p, str(i)), 'w').close()\n"
    yield Case(
        recipe="folder-files",
        parameters="a folder of 300 files",
        setup=setup,
        before="[n for n in os.listdir(p) if os.path.isfile(os.path.join(p, n))]",
        after="[n.name for n in os.scandir(os.fspath(p)) if (os.path.isfile(n) if n.is_symlink() else n.is_file())]",
    )


def iso_dates() -> Iterator[Case]:
    for form, text, looks in (
        ("%Y-%m-%d", "2024-02-29", 'len(text) == 10 and text[4::3] == "--"'),
        ("%Y-%m-%d %H:%M:%S", "2024-02-29 12:34:56", 'len(text) == 19 and text[4::3] == "-- ::"'),
    ):
        setup = "from datetime import datetime\ndef iso(text):\n"
        setup += f"    if type(text) is str and {looks} and text[11:13] != '24':\n        try:\n"
        setup += "            return datetime.fromisoformat(text)\n        except ValueError:\n            pass\n"
        setup += f"    return datetime.strptime(text, {form!r})\n"
        yield Case(
            recipe="iso-dates",
            parameters=f"a text of {len(text)} characters",
            setup=setup,
            before=f"datetime.strptime({text!r}, {form!r})",
            after=f"iso({text!r})",
        )


def dead_code() -> Iterator[Case]:
    for turns in (100, 100000):
        yield Case(
            recipe="dead-code",
            parameters=f"counting to {turns} for nobody, the range is still made",
            before=f"n = 0\nfor _ in range({turns}):\n    n += 1",
            after=f"range({turns})",
        )


def yaml_loader() -> Iterator[Case]:
    yield Case(
        recipe="yaml-loader",
        parameters="a mapping of 50 short lists; needs PyYAML with its C library",
        setup="import yaml\nt = yaml.safe_dump({f'key{i}': [i, f'text {i}', i / 3] for i in range(50)})",
        before="yaml.safe_load(t)",
        after="yaml.load(t, Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader))",
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


def count_scan() -> Iterator[Case]:
    guard = "type(q) in (list, tuple) and set(map(type, q)) <= {%s}"
    for length, kind, value in ((16, "int", "i % 8"), (16, "str", "str(i % 8)"), (64, "int", "i % 32"),
                                (1000, "int", "i % 500"), (1000, "str", "str(i % 500)")):  # fmt: skip
        yield Case(
            recipe="count-scan",
            parameters=f"{length} elements of type {kind}, each twice",
            setup=f"from collections import Counter\nq = [{value} for i in range({length})]",
            before="{x: q.count(x) for x in q}",
            after=f"n = Counter(q).__getitem__ if {guard % kind} else lambda one: q.count(one)\n{{x: n(x) for x in q}}",
        )


def collect_less() -> Iterator[Case]:
    setup = "import gc\nt = gc.get_threshold()\ndef run(*one):\n    gc.set_threshold(*one)\n    gc.enable()\n"
    built = "m = [{'a': i, 'b': [i]} for i in range(%d)]"
    for work, words in (
        (built % 20_000, "20000 dicts with lists made and kept"),
        (built % 200_000, "200000 dicts with lists made and kept"),
        ("for i in range(20000):\n        a = []; a.append([a])", "20000 cycles made and dropped"),
    ):
        yield Case(
            recipe="collect-less",
            parameters=words,
            setup=f"{setup}    {work}\n    gc.disable()",
            before="run(*t)",
            after="run(10_000)",
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


def lazy_package() -> Iterator[Case]:
    hook = "def __getattr__(name):\\n    global Price\\n    if name == 'Price':\\n        from .prices import Price\\n"
    setup = (
        "import os, sys, tempfile\nhome = tempfile.TemporaryDirectory()\nsys.path.insert(0, home.name)\n"
        "def make(name, text):\n    os.makedirs(os.path.join(home.name, name))\n"
        "    for file, one in (('__init__', text), ('prices', prices)):\n"
        "        with open(os.path.join(home.name, name, file + '.py'), 'w') as out:\n            out.write(one)\n"
        "def fresh(name):\n    sys.modules.pop(name, None)\n    sys.modules.pop(name + '.prices', None)\n"
        "    return __import__(name)\nprices = 'class Price: pass\\n' + '\\n'.join(\n"
        "    'class A%d:\\n    def a(self): pass\\n    def b(self): pass' % i for i in range(100))\n"
        f"make('eager', 'from .prices import Price')\nmake('lazy', \"{hook}        return Price\")"
    )
    for ending, words in (("", "that nothing asks for"), (".Price", "and one name of it")):
        yield Case(
            recipe="lazy-package",
            parameters=f"a package with a submodule of 100 classes {words}",
            setup=setup,
            before=f"fresh('eager'){ending}",
            after=f"fresh('lazy'){ending}",
        )


def slots() -> Iterator[Case]:
    body = "    def __init__(self, a, b, c):\n        self.a = a\n        self.b = b\n        self.c = c\n"
    setup = f"class D:\n{body}class S:\n    __slots__ = ('a', 'b', 'c')\n{body}d, s = D(1, 2, 3), S(1, 2, 3)\n"
    yield Case(
        recipe="slots",
        parameters="making an instance of 3 attributes: CPU time, the gain is memory",
        setup=setup,
        before="D(1, 2, 3)",
        after="S(1, 2, 3)",
    )
    yield Case(recipe="slots", parameters="reading an attribute", setup=setup, before="d.b", after="s.b")


def bounded_cache() -> Iterator[Case]:
    setup = "from functools import lru_cache\nfrom itertools import count\na, b = count(), count()\n"
    for size, name in (("None", "whole"), ("1024", "bound")):
        setup += f"@lru_cache(maxsize={size})\ndef {name}(n):\n    return str(n)\n"
    for words, before, after in (("hits", "whole(7)", "bound(7)"), ("misses", "whole(next(a))", "bound(next(b))")):
        yield Case(
            recipe="bounded-cache",
            parameters=f"{words}, of a function of 0.1 us: CPU time, the gain is memory",
            setup=setup,
            before=before,
            after=after,
        )


def kept_hash() -> Iterator[Case]:
    init = "    def __init__(self):\n        self.a, self.b = 'name', 7\n"
    setup = f"class D:\n{init}    def __hash__(self):\n        return hash((self.a, self.b))\n"
    setup += f"class S:\n{init}    _hash = None\n    def __hash__(self):\n        kept = self._hash\n"
    setup += "        if kept is None:\n            kept = self._hash = hash((self.a, self.b))\n        return kept\n"
    setup += "d, s = D(), S()\n"
    for calls in (1, 5, 20):
        hashed = "; ".join(["hash(x)"] * calls)
        yield Case(
            recipe="kept-hash",
            parameters=f"a new instance with 2 attributes, hashed {calls} times",
            setup=setup,
            before=f"x = D(); {hashed}",
            after=f"x = S(); {hashed}",
        )
    yield Case(recipe="kept-hash", parameters="a later hash", setup=setup, before="hash(d)", after="hash(s)")


def dataclass_slots() -> Iterator[Case]:
    fields = "    a: int\n    b: int\n    c: int = 3\n"
    yield Case(
        recipe="dataclass-slots",
        parameters="making an instance of 3 fields: CPU time, the gain is memory",
        setup="from dataclasses import dataclass\n"
        f"@dataclass\nclass D:\n{fields}@dataclass(slots=True)\nclass S:\n{fields}",
        before="D(1, 2)",
        after="S(1, 2)",
    )


RATIOS: tuple[Callable[[], Iterator[Case]], ...] = (
    set_membership,
    dict_index,
    deque_queue,
    guarded_logging,
    hoist_constant,
    attribute_text,
    dataclass_slots,
    slots,
    bounded_cache,
    kept_hash,
    unique_list,
    hoist_attribute,
    any_loop,
    front_insert,
    prefix_tuple,
    isinstance_path,
    shared_texts,
    regex_text,
    common_expression,
    missing_key,
    flat_copy,
    lazy_list,
    inline_helper,
    file_lines,
    chained_lists,
    least_elements,
    folder_files,
    iso_dates,
    first_elements,
    frame_lookup,
    collect_less,
    sunk_work,
    yaml_loader,
    sort_idiom,
    dead_code,
    truth_test,
    count_scan,
    lazy_package,
    buffered_writes,
)
"""By rank, as the catalogue."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", nargs="+", help="ids; default: all")
    parser.add_argument("--python", nargs="+", default=[sys.executable], help="interpreters")
    chosen = parser.parse_args()
    cases = [case for cases in RATIOS for case in cases()]
    table((case for case in cases if chosen.recipe is None or case.recipe in chosen.recipe), chosen.python)


if __name__ == "__main__":
    main()
