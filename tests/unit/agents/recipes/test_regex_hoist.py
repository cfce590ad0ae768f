import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes._base import Choice, Veto
from agents.recipes.regex_hoist import RECIPE
from profiling.facts import ExpressionFacts, Facts

CHOICE = Choice(expected_share=0.1, evidence="")
CLEAN = "import re\n\n\ndef clean(text):\n    return re.sub('a', 'b', text) if re.search('c', text) else text\n"


def rewritten(parsed, text: str) -> str:
    module, project = parsed(text)
    site = next(RECIPE.sites(module, project))
    return RECIPE.rewrite(site, CHOICE, module, project).apply({"mod.py": text})["mod.py"]


def seen(identifier: str, evaluations: int) -> ExpressionFacts:
    return ExpressionFacts(
        id=identifier, evaluations=evaluations, types={}, max_len=None, total_len=0, elements_hashable=False
    )


def test_the_gain_is_what_the_recorded_calls_spend_on_looking_up(parsed, profile_of) -> None:
    site = next(RECIPE.sites(*parsed(CLEAN)))
    facts = Facts(expressions={request.id: seen(request.id, 500_000) for request in site.requests})
    choice = RECIPE.choose(site, profile_of((site.key, 4.0)), facts)
    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(1_000_000 * 0.2e-6 / 10)
    assert "regex_calls=1000000" in choice.evidence


def test_the_gain_is_never_more_than_the_function_takes(parsed, profile_of) -> None:
    site = next(RECIPE.sites(*parsed(CLEAN)))
    facts = Facts(expressions={site.requests[0].id: seen("", 10**9)})
    choice = RECIPE.choose(site, profile_of((site.key, 0.5)), facts)
    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(0.05)


@pytest.mark.parametrize(("calls", "sampled"), [(999, True), (10**6, False)])
def test_few_calls_or_no_samples_veto(parsed, profile_of, calls: int, sampled: bool) -> None:
    site = next(RECIPE.sites(*parsed(CLEAN)))
    profile = profile_of((site.key, 4.0)) if sampled else profile_of()
    assert isinstance(RECIPE.choose(site, profile, Facts(expressions={site.requests[0].id: seen("", calls)})), Veto)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("re.sub('a', 'b', s)", "_RX_F.sub('b', s)"),
        ("re.sub('a', 'b', s, 2)", "_RX_F.sub('b', s, 2)"),
        ("re.sub('a', 'b', s, count=2, flags=re.I)", "_RX_F.sub('b', s, count=2)"),
        ("re.sub('a', 'b', s, 0, re.I)", "_RX_F.sub('b', s, 0)"),
        ("re.sub('a', repl='b', string=s)", "_RX_F.sub(repl='b', string=s)"),
        ("re.sub(pattern='a', repl='b', string=s)", "_RX_F.sub(repl='b', string=s)"),
        ("re.split('a', s, maxsplit=1)", "_RX_F.split(s, maxsplit=1)"),
        ("re.search('a', s, re.I | re.M)", "_RX_F.search(s)"),
        ("re.match('a' 'b', s)", "_RX_F.match(s)"),
        ("re.findall(\n        'a',  s\n    )", "_RX_F.findall(\n        s\n    )"),
        ("re.finditer('a', f(s))", "_RX_F.finditer(f(s))"),
        ("re.compile('a', re.I).sub('b', s)", "_RX_F.sub('b', s)"),
        ("re.sub('a',\n        lambda m: m[0], s)", "_RX_F.sub(\n        lambda m: m[0], s)"),
        ("[re.fullmatch('a', t) for t in s]", "[_RX_F.fullmatch(t) for t in s]"),
    ],
)
def test_each_form_of_call_keeps_its_other_arguments(parsed, call: str, expected: str) -> None:
    after = rewritten(parsed, f"import re\n\n\ndef f(s):\n    return {call}\n")
    assert after.endswith(f"    return {expected}\n")


@pytest.mark.parametrize(
    "call",
    [
        "re.sub('a', 'b', s, re.I)",
        "re.split('a', s, re.I | re.M)",
        "re.sub(p, 'b', s)",
        "re.sub(*a)",
        "re.sub('a', 'b', s, **k)",
        "re.sub('a', 'b')",
        "re.sub('(', 'b', s)",
        "re.search('a', s, flags)",
        "re.search('a', s, re.DEBUG)",
        "re.search(b'a', s, re.LOCALE)",
        "re.search('(?>a)', s)",
        "re.search('a++', s)",
        "re.search('[[a]', s)",
        "re.search('a', s, pos=1)",
        "re.search(('a'), s)",
        "re.search(f'a', s)",
        "re.escape('a')",
        "re.search('a'  # why\n    , s)",
    ],
)
def test_a_call_that_is_not_surely_the_same_is_left_alone(parsed, call: str) -> None:
    module, project = parsed(f"import re\n\n\ndef f(s):\n    return {call}\n")
    assert list(RECIPE.sites(module, project)) == []


@pytest.mark.parametrize(
    "head",
    [
        "if TYPE_CHECKING:\n    import re\n",
        "try:\n    import re\nexcept ImportError:\n    re = None\n",
        "from shim import *\nimport re\n",
        "import re\nre = wrap(re)\n",
        "from shim import re\n",
    ],
)
def test_without_a_sure_import_of_re_nothing_is_done(parsed, head: str) -> None:
    assert list(RECIPE.sites(*parsed(f"{head}\n\ndef f(s):\n    return re.sub('a', 'b', s)\n"))) == []


def test_an_import_behind_the_function_is_no_place_for_patterns(parsed) -> None:
    assert list(RECIPE.sites(*parsed("def f(s):\n    return re.sub('a', 'b', s)\n\n\nimport re\n"))) == []


def test_a_project_that_patches_re_is_left_alone(parsed) -> None:
    for readers in ({"t.py": "mock.patch('re.sub')\n"}, {"t.py": "import re\nre.sub = None\n"}):
        assert list(RECIPE.sites(*parsed(CLEAN, readers=readers))) == []


def test_one_pattern_used_twice_is_compiled_once_and_names_stay_free(parsed) -> None:
    text = (
        "import re\nimport sys\n\n_RX_F = 1\n\n\ndef f(s):\n    return re.sub('a', '', s), re.search('a', s), "
        "re.search('a', s, re.I)\n"
    )
    after = rewritten(parsed, text)
    assert after.startswith(
        "import re\nimport sys\n\n_RX_F_1 = re.compile('a')\n_RX_F_2 = re.compile('a', re.I)\n\n_RX_F = 1\n"
    )


ODD_ONES = """\
import re
import sys


def f(s):
    # odd ones
    if sys.version_info[0] == 2:
        a = unichr(7)
        b = unichr(8)
    else:
        a = '7'
        b = '8'

    return re.sub(a, '', s), re.sub(b, '', s)
"""


def test_names_given_by_one_version_test_are_compiled_behind_one(parsed) -> None:
    after = rewritten(parsed, ODD_ONES)
    assert after.count("if sys.version_info[0] == 2:") == 1
    assert after.endswith("    # odd ones\n    return _RX_F_1.sub('', s), _RX_F_2.sub('', s)\n")


def test_a_name_that_is_read_elsewhere_stays(parsed) -> None:
    text = "import re\n\n\ndef f(s):\n    p = 'a'\n    q = 'b'  # why\n    return re.sub(p, p, s), re.sub(q, '', s)\n"
    after = rewritten(parsed, text)
    assert after.endswith("    p = 'a'\n    q = 'b'  # why\n    return _RX_F_1.sub(p, s), _RX_F_2.sub('', s)\n")


def test_a_module_name_that_comes_behind_the_function_is_left_alone(parsed) -> None:
    assert list(RECIPE.sites(*parsed("import re\n\n\ndef f(s):\n    return re.sub(P, 'b', s)\n\n\nP = 'a'\n"))) == []


def test_nested_functions_are_sites_of_their_own(parsed) -> None:
    text = "import re\n\n\ndef f(s):\n    def g(t):\n        return re.sub('a', '', t)\n    return g(s)\n"
    assert [site.key.qualname for site in RECIPE.sites(*parsed(text))] == ["f.<locals>.g"]


PATTERNS = st.sampled_from(["r'\\s+'", "'a|b'", "'(a)(b)?'", "''", "r'\\b'", "b'a'", "'^a' 'b$'", "'[^a-z]'", "'('"])
FLAGS = st.sampled_from(["", "re.I", "re.I | re.M", "re.ASCII", "0"])
CALLS = st.sampled_from(
    [
        "re.search({p}, s{f})",
        "re.match({p}, s{f})",
        "re.fullmatch({p}, string=s{f})",
        "re.findall({p}, s{f})",
        "[m.span() for m in re.finditer({p}, s{f})]",
        "re.split({p}, s, 1{f})",
        "re.split({p}, s, maxsplit=n{f})",
        "re.sub({p}, '-', s{f})",
        "re.sub({p}, lambda m: m[0] * 2, s, count=n{f})",
        "re.subn({p}, '-', s, n{f})",
        "re.sub({p}, '-', re.sub({p}, '+', s){f})",
        "re.compile({p}{f}).search(s)",
    ]
)


def shown(value: object) -> str:
    return repr((value.span(), value.groups(), value.re)) if hasattr(value, "span") else repr(value)


def outcome(text: str, s: object, n: int) -> str:
    namespace: dict = {}
    exec(compile(text, "mod", "exec"), namespace)
    try:
        with warnings.catch_warnings():
            # From 3.13 on `re.sub(p, r, s, 1)` warns of the count's place; the method of a pattern does not.
            warnings.simplefilter("ignore", DeprecationWarning)
            return shown(namespace["f"](s, n))
    except Exception as error:  # noqa: BLE001 - whatever it raises must stay the same
        return f"{type(error).__name__}{error.args!r}"


BY_VERSION = """\
import re
import sys


def f(s, n):
    if sys.version_info < (3,):
        p = unichr(7)
    else:
        p = {pattern}
    return {local}
"""
PLACES = st.sampled_from(
    [
        "import re\n\n\ndef f(s, n):\n    return {call}\n",
        "import re\n\nP = {pattern}\n\n\ndef f(s, n):\n    return {named}\n",
        "import re\n\n\ndef f(s, n):\n    p = {pattern}\n    return {local}\n",
        "import re\n\n\ndef f(s, n):\n    p = {pattern}\n    return {local}, p\n",
        BY_VERSION,
    ]
)


@settings(max_examples=100, deadline=None)
@given(
    place=PLACES,
    call=CALLS,
    pattern=PATTERNS,
    flags=FLAGS,
    given_to=st.tuples(st.text("abAB \n", max_size=6) | st.just(b"ab") | st.none(), st.integers(0, 2)),
)
def test_every_call_gives_what_it_gave(
    parsed, place: str, call: str, pattern: str, flags: str, given_to: tuple[object, int]
) -> None:
    given_flags = f", flags={flags}" if flags else ""
    call, named, local = (call.format(p=one, f=given_flags) for one in (pattern, "P", "p"))
    text = place.format(call=call, named=named, local=local, pattern=pattern)
    module, project = parsed(text)
    for site in RECIPE.sites(module, project):
        after = RECIPE.rewrite(site, CHOICE, module, project).apply({"mod.py": text})["mod.py"]
        assert outcome(text, *given_to) == outcome(after, *given_to), after
    assert (pattern == "'('") <= (not list(RECIPE.sites(module, project)))


def test_a_pattern_that_warns_is_left_alone_though_it_was_compiled_before(parsed) -> None:
    odd = "[[a]" + "b" * 7
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        re.compile(odd)
    text = f"import re\n\n\ndef clean(text):\n    return re.sub({odd!r}, 'b', text)\n"
    assert list(RECIPE.sites(*parsed(text))) == []
