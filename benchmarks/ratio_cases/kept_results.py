"""What is kept instead of being computed again: before and after each recipe."""

from collections.abc import Callable, Iterator

from benchmarks.ratio_runner import Case


def memo_global() -> Iterator[Case]:
    body = "    for ending in ('ies', 'es', 's'):\n        if word.endswith(ending):\n            return word[:-2]\n"
    setup = f"from functools import lru_cache\nfrom itertools import count\ndef plain(word):\n{body}    return word\n"
    setup += "cached = lru_cache(maxsize=256)(plain)\ndef guarded(word):\n    if type(word) is str:\n"
    setup += "        return cached(word)\n    return plain(word)\nnew, old = map(str, count()), map(str, count())\n"
    yield Case(
        recipe="memo-global",
        parameters="a function of three tests of a text, the same text",
        setup=setup,
        before="plain('words')",
        after="guarded('words')",
    )
    yield Case(
        recipe="memo-global",
        parameters="likewise, never the same text",
        setup=setup,
        before="plain(next(old))",
        after="guarded(next(new))",
    )


def memo_const() -> Iterator[Case]:
    setup = "from functools import lru_cache\nnames = [f'k{n}' for n in range(20)]\n"
    setup += "def plain():\n    return {name: number for number, name in enumerate(names)}\n"
    setup += "cached = lru_cache(maxsize=1)(plain)\ndef copied():\n    return cached().copy()\n"
    yield Case(
        recipe="memo-const",
        parameters="a dict of 20, kept and copied",
        setup=setup,
        before="plain()",
        after="copied()",
    )


def cached_property() -> Iterator[Case]:
    init = "    def __init__(self, first):\n        self.first = first\n"
    setup = f"from functools import cached_property\nclass D:\n{init}    @property\n    def name(self):\n"
    setup += f"        return self.first.title()\nclass S:\n{init}    @cached_property\n    def name(self):\n"
    setup += "        return self.first.title()\nd, s = D('ann'), S('ann')\n"
    yield Case(recipe="cached-property", parameters="a later read", setup=setup, before="d.name", after="s.name")
    for reads in (3, 10):
        read = "; ".join(["x.name"] * reads)
        yield Case(
            recipe="cached-property",
            parameters=f"a new instance, read {reads} times",
            setup=setup,
            before=f"x = D('ann'); {read}",
            after=f"x = S('ann'); {read}",
        )


def file_memo() -> Iterator[Case]:
    setup = (
        "import os, tempfile\nfrom functools import lru_cache\nfrom os import stat\nfrom time import time_ns\n"
        "kept = tempfile.NamedTemporaryFile('w', suffix='.txt')\nkept.write('line\\n' * 40)\nkept.flush()\n"
        "path = kept.name\ndef plain(path):\n    with open(path, encoding='utf-8') as file:\n"
        "        return file.read()\n"
        "@lru_cache(maxsize=8)\ndef cached(path, *stamp):\n    return plain(path)\ndef stamped(path):\n"
        "    info = stat(path)\n    if info.st_size and time_ns() - info.st_ctime_ns > -1:\n        return cached(\n"
        "            path, info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)\n"
        "    return plain(path)\n"
    )
    yield Case(
        recipe="file-memo",
        parameters="a file of 200 bytes that did not change",
        setup=setup,
        before="plain(path)",
        after="stamped(path)",
    )


CASES: tuple[Callable[[], Iterator[Case]], ...] = (memo_global, memo_const, cached_property, file_memo)
