from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from profiling.collect.counts import Counted, merge, with_calls, with_counts
from profiling.collect.source import Source
from profiling.model import FunctionKey
from profiling.profile import Edge, FunctionProfile, ImportProfile, ImportSite, Profile

PARSE = FunctionProfile(key=FunctionKey(file="pkg/a.py", first_line=3, qualname="Parser.parse"))
OTHER = FunctionProfile(key=FunctionKey(file="pkg/a.py", first_line=9, qualname="other"))
PRICE = ["shop.py", 1, "price", None, 3]
LISTCOMP = ["shop.py", 2, "<listcomp>", None, 19]
TOTAL = ["shop.py", 5, "total", None, 3]
PRICE_KEY = FunctionKey(file="shop.py", first_line=1, qualname="price")
TOTAL_KEY = FunctionKey(file="shop.py", first_line=5, qualname="total")


def test_calls_are_added_over_processes_and_nonsense_is_left_out() -> None:
    reports = [
        {"calls": [["pkg/a.py", 3, "parse", 5]]},
        {"calls": [["pkg/a.py", 3, "parse", 2], ["pkg/b.py", 1, "f", 1]]},
        {"calls": [["pkg/a.py", 3, "parse", -1]]},
        {"calls": [["pkg/a.py", 3, "parse", 1]], "codes": [PRICE], "edges": [[0, 1, 2]]},
        {"calls": "many"},
        {},
    ]
    assert merge(reports).calls == {("pkg/a.py", 3, "parse"): 7, ("pkg/b.py", 1, "f"): 1}


def test_a_method_is_found_by_its_name_and_what_was_not_counted_has_no_calls() -> None:
    counted = with_calls((PARSE, OTHER), {("pkg/a.py", 3, "parse"): 7})
    assert [function.calls for function in counted] == [7, None]


def test_an_edge_joins_functions_and_code_inside_a_function_is_no_callee(profile: Profile, root: Path) -> None:
    report = {
        "calls": [],
        "codes": [PRICE, LISTCOMP, TOTAL],
        "edges": [[2, 0, 3], [0, 1, 9], [1, 2, 4]],
    }

    found = with_counts(profile, merge([report, report]), Source(root=root))

    assert found.edges == (
        Edge(caller=PRICE_KEY, callee=TOTAL_KEY, calls=8),
        Edge(caller=TOTAL_KEY, callee=PRICE_KEY, calls=6),
    )


def test_a_module_is_used_when_any_process_used_it_and_unknown_when_none_could_tell(
    profile: Profile, root: Path, imported: Callable[..., ImportProfile]
) -> None:
    reports = [
        {"calls": [], "modules": [["yaml", "/lib/yaml.py", True], ["xml", "/lib/xml.py", False]]},
        {"calls": [], "modules": [["yaml", "/lib/yaml.py", False], ["xml", "/lib/xml.py", False]]},
    ]
    before = replace(profile, imports=(imported("yaml"), imported("xml"), imported("zlib")))

    found = with_counts(before, merge(reports), Source(root=root))

    assert [(module.module, module.executed) for module in found.imports] == [
        ("yaml", True),
        ("xml", False),
        ("zlib", None),
    ]


def test_importers_are_told_and_a_small_module_is_stood_for_by_its_own(
    profile: Profile, root: Path, imported: Callable[..., ImportProfile]
) -> None:
    script, small = str(root / "bench.py"), "/lib/small.py"
    counted = Counted(
        importers={
            "yaml": frozenset({(script, 3), (small, 1)}),
            "small": frozenset({(script, 4), (small, 7)}),
        },
        files={"small": small, "yaml": "/lib/yaml.py"},
    )

    found = with_counts(replace(profile, imports=(imported("yaml"),)), counted, Source(root=root))

    assert found.imports[0].importers == (ImportSite(file="bench.py", line=3), ImportSite(file="bench.py", line=4))


def test_what_counting_could_not_do_is_noted_once(profile: Profile, root: Path) -> None:
    report = {"calls": [], "notes": ["not counted"], "hook_errors": 2}

    found = with_counts(profile, merge([report, report]), Source(root=root))

    assert found.notes[-2:] == (
        "not counted",
        "4 errors while calls were counted were swallowed: some counts may be low",
    )
    assert "a note" in found.notes
