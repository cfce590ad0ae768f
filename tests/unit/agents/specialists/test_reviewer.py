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
    "a lost public name": ("def g(x):\n    return x + 1\n", "is gone"),
}


@pytest.mark.parametrize("case", DOUBTFUL, ids=str)
def test_what_a_fast_change_typically_breaks_is_found(case: str) -> None:
    after, claim = DOUBTFUL[case]
    before = PLAIN if "class C" in after else "def f(x):\n    return x + 1\n"
    assert any(claim in found for found in _claims(before, after))


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
