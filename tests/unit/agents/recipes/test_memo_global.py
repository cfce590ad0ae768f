from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes._base import Choice, Veto
from agents.recipes.memo_global import RECIPE
from profiling.facts import Facts, FunctionFacts

SHOUT = "def shout(text, times=1):\n    return text.upper() * times\n"

FACTS = FunctionFacts(
    id="",
    calls=1000,
    distinct_arguments=10,
    keyable_calls=1000,
    consistent=True,
    consistent_by_receiver=True,
    receivers=0,
    argument_types={"text": {"str": 1000}, "times": {"int": 1000}},
    result_types={"str": 1000},
    results_immutable=True,
    raised=0,
    max_depth=1,
)


def chosen(parsed, profile_of, facts: FunctionFacts, seconds: float = 4.0) -> Choice | Veto:
    site = next(RECIPE.sites(*parsed(SHOUT)))
    recorded = Facts(functions={site.requests[0].id: facts})
    return RECIPE.choose(site, profile_of((site.key, seconds)), recorded)


def test_the_expected_share_is_the_sampled_share_of_repeated_calls(parsed, profile_of) -> None:
    choice = chosen(parsed, profile_of, FACTS)
    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(0.4 * 0.99, rel=0.01)
    assert dict(choice.parameters) == {"text": 1, "times": 4, ".size": 128}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"calls": 199, "distinct_arguments": 1, "keyable_calls": 199}, "fewer than 200"),
        ({"distinct_arguments": 251}, "more than 25%"),
        ({"calls": 10**6, "keyable_calls": 10**6, "distinct_arguments": 4096}, "distinct"),
        ({"keyable_calls": 999}, "by value"),
        ({"consistent": False}, "different"),
        ({"results_immutable": False}, "mutable"),
        ({"max_depth": 51}, "deep"),
        ({"argument_types": {"text": {"str": 999, "float": 1}, "times": {"int": 1}}}, "not exactly"),
        ({"argument_types": {"text": {"str": 1000}}}, "not exactly"),
        ({"calls": 2 * 10**6, "keyable_calls": 2 * 10**6}, "us, less than 3 us"),
    ],
)
def test_facts_against_it_veto(parsed, profile_of, change: dict, reason: str) -> None:
    verdict = chosen(parsed, profile_of, replace(FACTS, **change))
    assert isinstance(verdict, Veto)
    assert reason in verdict.reason


def test_a_function_under_one_percent_is_vetoed(parsed, profile_of) -> None:
    verdict = chosen(parsed, profile_of, FACTS, seconds=0.09)
    assert isinstance(verdict, Veto)
    assert "less than 1%" in verdict.reason


def test_a_function_that_was_not_sampled_is_vetoed(parsed, profile_of) -> None:
    site = next(RECIPE.sites(*parsed(SHOUT)))
    assert isinstance(RECIPE.choose(site, profile_of(), Facts(functions={site.requests[0].id: FACTS})), Veto)
    assert isinstance(RECIPE.choose(site, profile_of((site.key, 4.0)), Facts()), Veto)


@pytest.mark.parametrize(
    "text",
    [
        f"{SHOUT}shout = trace(shout)\n",
        f"@trace\n{SHOUT}",
        f"{SHOUT}shout.calls = 0\n",
        f"_shout_cached = {{}}\n{SHOUT}",
        f"def outer():\n    {SHOUT.replace(chr(10), chr(10) + '    ')}",
        "def shout(*texts):\n    return texts[0].upper()\n",
        "def shout(text, **more):\n    return text.upper()\n",
        "def shout(text): return text.upper()\n",
        "def shout(text): 'doc'; return text.upper()\n",
        "type = 1\ndef shout(text):\n    return text.upper()\n",
        "def shout(str):\n    return str.upper()\n",
    ],
)
def test_what_cannot_be_split_safely_is_no_site(parsed, text: str) -> None:
    assert list(RECIPE.sites(*parsed(text))) == []


def test_a_function_that_a_test_patches_is_no_site(parsed) -> None:
    assert list(RECIPE.sites(*parsed(SHOUT, readers={"test_mod.py": "mock.patch('mod.shout')\n"}))) == []


STATEMENTS = st.sampled_from(
    [
        "x = a + b",
        "x = a * 2",
        "x = str(a).upper()",
        "x = (a, b)",
        "x = [a, b]",
        "x = [str(c) for c in (a, b)]",
        "x = f'{a!r}-{b}'",
        "x = x or a",
        "x += x",
        "x = len(str(x))",
        "x = tuple(sorted(map(str, (a, b))))",
        "x = TABLE.get(a, b)",
        "x = helper(a)",
        "x = noisy(a)",
        "x = keep(a)",
        "LOG.append(a)",
        "x = a is b",
        "x = {str(a): b}",
        "x = x[0]",
        "if a == b:\n        raise ValueError(a, b)",
        "if a:\n        return b",
        "x = ''.join(sorted(str(x)))",
        "x = a.y",
        "x = LOG",
        "x = f(a - 1, b) if isinstance(a, int) and a > 0 else x",
    ]
)
ARGUMENTS = st.one_of(
    st.sampled_from(["", "a", "ab", b"a", 0, 1, 2, True, False, None, 0.0, -0.0, 1.0, (1,), 1j]),
    st.lists(st.integers(0, 1), max_size=2),
)
PRELUDE = """\
LOG = []
TABLE = {1: "one", "a": "b"}


def helper(v):
    return f"<{v}>"


def noisy(v):
    LOG.append(v)
    return v


def keep(v, seen=[]):
    seen.append(v)
    return len(seen)


"""


def outcome(namespace: dict, a: object, b: object) -> str:
    try:
        result = namespace["f"](deepcopy(a), deepcopy(b))
    except Exception as error:  # noqa: BLE001 - whatever it raises must stay the same
        return f"{type(error).__name__}{error.args!r}"
    text = repr((type(result), result))
    if isinstance(result, list | dict):
        result.clear()  # whoever got a shared object would see this
    return text


@settings(max_examples=100, deadline=None)
@given(body=st.lists(STATEMENTS, min_size=1, max_size=4), calls=st.lists(st.tuples(ARGUMENTS, ARGUMENTS), max_size=12))
def test_whatever_is_licensed_behaves_as_before_on_any_calls(parsed, body: list[str], calls: list) -> None:
    text = PRELUDE + "def f(a, b):\n    x = ''\n" + "".join(f"    {line}\n" for line in body) + "    return x\n"
    module, project = parsed(text)
    sites = [site for site in RECIPE.sites(module, project) if site.key.qualname == "f"]
    if not sites:
        return
    choice = Choice(expected_share=0.1, evidence="", parameters=(("a", 0b11111), ("b", 0b11111), (".size", 128)))
    after = RECIPE.rewrite(sites[0], choice, module, project).apply({"mod.py": text})["mod.py"]
    old, new = {}, {}
    exec(compile(text, "old", "exec"), old)
    exec(compile(after, "new", "exec"), new)
    for a, b in calls * 2:
        assert outcome(old, a, b) == outcome(new, a, b), after
    assert old["LOG"] == new["LOG"]


def test_the_differential_test_reaches_licensed_functions(parsed) -> None:
    text = PRELUDE + "def f(a, b):\n    x = ''\n    x = TABLE.get(a, b)\n    x = helper(a)\n    return x\n"
    assert "f" in [site.key.qualname for site in RECIPE.sites(*parsed(text))]


def test_true_and_one_are_kept_apart(parsed) -> None:
    module, project = parsed("def f(a):\n    return str(a)\n")
    site = next(RECIPE.sites(module, project))
    choice = Choice(expected_share=0.1, evidence="", parameters=(("a", 0b1100), (".size", 128)))
    after = RECIPE.rewrite(site, choice, module, project).apply({"mod.py": module.text})["mod.py"]
    assert "typed=True" in after
    namespace: dict = {}
    exec(after, namespace)
    assert [namespace["f"](value) for value in (1, True, 0, False)] == ["1", "True", "0", "False"]
