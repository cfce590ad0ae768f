import pytest

from agents.specialists.reviewer import ChangedFile, review


def _claims(before: str, after: str) -> list[str]:
    return [finding.claim for finding in review((ChangedFile(file="m.py", before=before, after=after),)).findings]


PLAIN = "class C:\n    def m(self, y):\n        return y\n"

DOUBTFUL = {
    "a cache without a bound": ("from functools import cache\n@cache\ndef f(x):\n    return x + 1\n", "no bound"),
    "lru_cache(None)": ("import functools\n@functools.lru_cache(maxsize=None)\ndef f(x):\n    return x\n", "no bound"),
    "a cache on a method": (
        "from functools import lru_cache\nclass C:\n    @lru_cache(8)\n    def m(self, y):\n        return y\n",
        "keeps every instance alive",
    ),
    "a cached list": ("from functools import lru_cache\n@lru_cache(8)\ndef f(x):\n    return [x]\n", "mutable"),
    "a swallowed exception": (
        "def f(x):\n    try:\n        return x\n    except Exception:\n        pass\n",
        "swallows",
    ),
    "a module-level cache": ("_seen = {}\ndef f(x):\n    _seen[x] = 1\n    return x\n", "module-level"),
    "a rebound global": ("n = 0\ndef f(x):\n    global n\n    n += 1\n    return x\n", "rebinds"),
    "iteration over a set": ("def f(x):\n    return [y for y in set(x)]\n", "hash seed"),
    "a changed signature": ("def f(x, y=1):\n    return x + 1\n", "signature"),
    "a function that became a generator": ("def f(x):\n    yield x + 1\n", "generator"),
    "a function that became a coroutine": ("async def f(x):\n    return x + 1\n", "asynchronous"),
    "a dictionary kept in a default": (
        "def f(x, _seen={}):\n    if x not in _seen:\n        _seen[x] = x\n    return _seen[x]\n",
        "in the default of _seen",
    ),
    "a lock that an exception leaves held": (
        (
            "import threading\n_lock = threading.Lock()\ndef f(x):\n    _lock.acquire()\n    y = x + 1\n"
            "    _lock.release()\n    return y\n"
        ),
        "leaves held",
    ),
    "a thread that nobody can wait for": (
        "import threading\ndef f(x):\n    threading.Thread(target=print).start()\n    return x\n",
        "nobody can wait for",
    ),
    "a task that nothing holds": (
        "import asyncio\ndef f(x):\n    asyncio.create_task(x)\n    return x\n",
        "that nothing holds",
    ),
    "a call that prints": ("def f(x):\n    print(x)\n    return x + 1\n", "calls print"),
    "work left behind": ("def f(x):\n    return x + 1  # TODO: faster\n", "leaves work behind"),
    "a lost public name": ("def g(x):\n    return x + 1\n", "is gone"),
}


@pytest.mark.parametrize("case", DOUBTFUL, ids=str)
def test_what_a_fast_change_typically_breaks_is_found(case: str) -> None:
    after, claim = DOUBTFUL[case]
    before = PLAIN if "class C" in after else "def f(x):\n    return x + 1\n"
    assert any(claim in found for found in _claims(before, after))


@pytest.mark.parametrize(
    ("before", "after", "claim"),
    [
        ("LIMIT = 3\ndef f():\n    return LIMIT\n", "def f():\n    return 3\n", "LIMIT is gone"),
        ("class A(dict):\n    pass\n", "class A(list):\n    pass\n", "the bases of the class A changed"),
        ("import re\ndef f(x):\n    return re.sub('a', x, x)\n", "import re\ndef f(x):\n    return x\n", "uses re any"),
        ("_N = 3\ndef f():\n    return _N\n", "_N = 3\ndef f():\n    return 3\n", "uses _N any more"),
        ('def f():\n    """Say."""\n    return 1\n', "def f():\n    return 1\n", "docstring of f is gone"),
        ("def f(x):\n    raise KeyError(x)\n", "def f(x):\n    return x\n", "no longer raises KeyError"),
        ("def f(x):\n    return x\n", f"def f(x):\n    return {' + '.join(['x'] * 40)}\n", "a line of"),
        ("def f(x):\n    return x\n", "def f(x):\n\treturn x\n", "a tab among spaces"),
    ],
)
def test_what_was_there_before_and_is_not_now_is_found(before: str, after: str, claim: str) -> None:
    assert any(claim in found for found in _claims(before, after)), _claims(before, after)
    assert not any(claim in found for found in _claims(before, before))


@pytest.mark.parametrize(
    "after",
    [
        "import threading\n_lock = threading.Lock()\ndef f(x):\n    with _lock:\n        return x + 1\n",
        (
            "import threading\n_lock = threading.Lock()\ndef f(x):\n    _lock.acquire()\n    try:\n"
            "        return x + 1\n    finally:\n        _lock.release()\n"
        ),
        "import asyncio\ndef f(x):\n    task = asyncio.create_task(x)\n    return task\n",
    ],
)
def test_a_lock_that_is_let_go_and_a_task_that_is_held_are_no_findings(after: str) -> None:
    assert _claims("def f(x):\n    return x + 1\n", after) == []


def test_every_finding_of_a_check_names_it() -> None:
    for after, _ in DOUBTFUL.values():
        before = PLAIN if "class C" in after else "def f(x):\n    return x + 1\n"
        found = review((ChangedFile(file="m.py", before=before, after=after),)).findings
        assert found
        assert all(one.check for one in found)


@pytest.mark.parametrize("case", DOUBTFUL, ids=str)
def test_what_stood_there_before_is_not_held_against_the_change(case: str) -> None:
    text = DOUBTFUL[case][0]
    assert _claims(text, text + "\n\nZ = 1\n") == []


@pytest.mark.parametrize(
    "after",
    [
        "import re\n_RX = re.compile('a')\n\n\ndef f(x):\n    return _RX.match(x)\n",
        "from functools import lru_cache\n@lru_cache(maxsize=128)\ndef f(x):\n    return x + 1\n",
        "from functools import cache\n@cache\ndef _g():\n    return 3\ndef f(x):\n    return x + _g()\n",
        "def f(x):\n    seen = set(x)\n    return [y for y in x if y in seen]\n",
        "def f(x):\n    try:\n        return x\n    except KeyError:\n        pass\n",
    ],
)
def test_an_honest_change_is_approved(after: str) -> None:
    reviewed = review((ChangedFile(file="m.py", before="def f(x):\n    return x + 1\n", after=after),))
    assert (reviewed.verdict, reviewed.findings) == ("approve", ())


def test_a_private_function_may_change_its_signature() -> None:
    assert _claims("def _f(x):\n    return x\n", "def _f(x, y):\n    return x\n") == []


def test_a_confident_finding_needs_attention_and_says_what_to_do() -> None:
    change = ChangedFile(file="m.py", before="", after="from functools import cache\n@cache\ndef f(x):\n    return x\n")
    reviewed = review((change,))
    assert reviewed.verdict == "needs-attention"
    assert reviewed.next_steps == ("m.py:2: give it a maxsize",)
