"""Classes, caches, the collector and what a program starts with: before and after each recipe."""

from collections.abc import Callable, Iterator

from benchmarks.ratio_runner import Case


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


def lazy_attribute() -> Iterator[Case]:
    init = "    def __init__(self, name, level):\n        self.name = name\n        self.level = level\n"
    for value, words in (
        ("f'{name}: {level}'", "a text of two values"),
        ("'; '.join(map(repr, name))", "a text of 20 names"),
    ):
        made = value.replace("name", "self.name").replace("level", "self.level")
        given = "'n' * 20, 7" if "join" in value else "'name', 7"
        setup = f"from functools import cached_property\nclass D:\n{init}        self.label = {value}\n"
        setup += f"class S:\n{init}        if type(name) is not str or type(level) is not int:\n"
        setup += "            self.label = ''\n"
        setup += f"    @cached_property\n    def label(self):\n        return {made}\n"
        for ending, asked in (("", "never asked for"), (".label", "asked for once")):
            yield Case(
                recipe="lazy-attribute",
                parameters=f"{words}, {asked}",
                setup=setup,
                before=f"D({given}){ending}",
                after=f"S({given}){ending}",
            )


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


def lazy_import() -> Iterator[Case]:
    forget = "import sys\ndef forget():\n    sys.modules.pop('fractions', None)\n"
    yield Case(
        recipe="lazy-import",
        parameters="a start without fractions, which nobody uses, its own imports there already",
        setup=forget + "import fractions",
        before="forget()\nimport fractions",
        after="forget()",
    )
    yield Case(
        recipe="lazy-import",
        parameters="a call of a function that imports what is there",
        setup="import fractions\ndef top():\n    return fractions\n"
        "def inside():\n    import fractions\n    return fractions\n",
        before="top()",
        after="inside()",
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


CASES: tuple[Callable[[], Iterator[Case]], ...] = (
    slots,
    bounded_cache,
    kept_hash,
    lazy_attribute,
    dataclass_slots,
    collect_less,
    lazy_import,
    lazy_package,
)
