import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest

from profiling.formats.flamegraph import flamegraph
from profiling.model import Command, FunctionKey
from profiling.profile import Profile, Stack

HOSTILE = ("</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a\u2028b", "<!--<script>", "\ud800")


@dataclass
class Page(HTMLParser):
    """What a browser makes of a page: its elements, and the texts of styles, scripts and the title."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = dict(attrs).get("type") or tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.inside, []).append(data)

    @property
    def data(self) -> dict[str, Any]:
        return json.loads("".join(self.texts["application/json"]))  # type: ignore[no-any-return]

    @property
    def ids(self) -> set[str]:
        return {attributes["id"] or "" for _, attributes in self.elements if "id" in attributes}


def parsed(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    return page


def test_the_page_is_whole_and_asks_for_nothing(measured: Profile) -> None:
    text = flamegraph(measured, title="bench")
    page = parsed(text)

    assert not any({"src", "href", "srcset", "action", "style"} & set(attributes) for _, attributes in page.elements)
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert "http:" not in text
    assert "https:" not in text
    assert "url(" not in text
    assert "@import" not in text
    assert page.texts["title"] == ["bench"]


def test_its_policy_allows_its_own_style_and_script_alone(measured: Profile) -> None:
    page = parsed(flamegraph(measured, title="bench"))

    (policy,) = [
        attributes["content"] or ""
        for tag, attributes in page.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    for kind in ("style", "script"):
        digest = b64encode(sha256("".join(page.texts[kind]).encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_every_element_the_script_asks_for_is_in_the_page(measured: Profile) -> None:
    page = parsed(flamegraph(measured, title="bench"))
    asked = set(re.findall(r'\belement\("([\w-]+)"\)', "".join(page.texts["script"])))

    assert len(asked) > 15
    assert asked <= page.ids


def test_names_of_the_target_reach_the_page_as_text_alone(measured: Profile, key: Callable[..., FunctionKey]) -> None:
    stacks = tuple(
        Stack(frames=(key(name, file=f"{name}.py"),), thread=name, cpu_s=0.1, wall_s=0.1, samples=9, library=name)
        for name in HOSTILE
    )
    hostile = replace(
        measured,
        stacks=stacks,
        notes=HOSTILE,
        command=Command(argv=HOSTILE),
        functions=tuple(replace(measured.functions[0], key=key(name)) for name in HOSTILE),
    )
    plain = parsed(flamegraph(measured, title="bench", before=measured))

    text = flamegraph(hostile, title=HOSTILE[0] + HOSTILE[4], before=hostile)
    page = parsed(text)

    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert page.texts["script"] == plain.texts["script"]
    assert page.data["notes"] == list(HOSTILE)
    assert set(HOSTILE) <= {name for name, _, _ in page.data["frames"]}
    assert "\u2028" not in text
    assert text.encode()


def test_the_script_never_makes_markup_of_a_text() -> None:
    scripts = [each for each in (files("profiling.formats") / "page").iterdir() if each.name.endswith(".js")]

    assert len(scripts) == 9
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|fetch\(", text
        )


def test_the_tree_survives_the_way_into_the_page(measured: Profile) -> None:
    data = parsed(flamegraph(measured, title="bench")).data

    names = [data["frames"][frame][0] for frame in data["nodeFrames"]]
    leaf = names.index("[re]")
    up = []
    while leaf >= 0:
        up.append(names[leaf])
        leaf = data["parents"][leaf]
    assert up == ["[re]", "price", "main", "MainThread"]
    assert data["after"]["weights"][0][names.index("[re]")] == 600_000
    assert data["after"]["weights"][4][names.index("[re]")] == 8 * 2**20
    assert data["before"] is None
    assert data["changes"] is None
    assert len(data["after"]["samples"]) == len(data["parents"]) == len(names)


def test_a_dimension_without_weight_says_why(measured: Profile) -> None:
    untraced = tuple(replace(stack, peak_owned_bytes=None, waited_s=0.0) for stack in measured.stacks)

    dimensions = parsed(flamegraph(replace(measured, stacks=untraced), title="bench")).data["dimensions"]

    assert {each["name"]: each["reason"] for each in dimensions if each["reason"]} == {
        "waiting": "the project was never seen waiting",
        "memory": "no memory pass, or nothing of the peak is the project's",
    }


def test_the_head_says_what_the_figures_rest_on(measured: Profile) -> None:
    data = parsed(flamegraph(replace(measured, notes=("two processes were lost",)), title="bench")).data

    assert dict(data["facts"]) == {
        "command": "python bench.py",
        "interpreter": "cpython 3.12.1",
        "samples": "2,000",
        "plain run": "1.00s ± 20.0ms CPU, 3 runs",
        "cost of profiling": "1.10x ± 0.02 the plain CPU",
        "CPU covered": "100% (1.10s of 1.10s)",
    }
    assert data["notes"] == ["two processes were lost"]
    assert data["warnings"] == []


@pytest.mark.parametrize(("samples", "begins"), [(29, "too few samples"), (999, "few samples"), (1000, "")])
def test_a_profile_of_few_samples_is_marked(measured: Profile, samples: int, begins: str) -> None:
    warnings = parsed(flamegraph(replace(measured, samples=samples), title="bench")).data["warnings"]

    assert [text.split(":")[0] for text in warnings] == ([begins] if begins else [])


def test_a_difference_names_the_largest_changes_with_what_is_noise(measured: Profile) -> None:
    faster = replace(measured.stacks[0], cpu_s=0.2, samples=400)
    steadier = replace(measured.stacks[1], cpu_s=0.19, samples=380)
    after = replace(measured, stacks=(faster, steadier, measured.stacks[2]), cpu_seen_s=0.6)

    data = parsed(flamegraph(after, title="bench", before=measured)).data

    rows = [[data["frames"][frame][0], *figures] for frame, *figures in data["changes"][0]]
    assert [row[:3] for row in rows] == [["price", 600_000, 200_000], ["work", 200_000, 190_000]]
    assert rows[0][3] < 400_000
    assert rows[1][3] > 10_000
    assert data["changes"][1] == []


def test_a_change_that_rests_on_too_few_samples_is_never_more_than_noise(measured: Profile) -> None:
    few = replace(measured.stacks[2], cpu_s=0.1, samples=29)
    after = replace(measured, stacks=(*measured.stacks[:2], few))

    (change,) = parsed(flamegraph(after, title="bench", before=measured)).data["changes"][0]

    assert change[1:3] == [10_000, 100_000]
    assert change[3] >= 100_000


def test_a_comparison_of_different_things_is_marked(measured: Profile) -> None:
    other = replace(
        measured,
        command=Command(argv=("python", "old.py")),
        interpreter=replace(measured.interpreter, version=(3, 9, 0)),
    )

    assert parsed(flamegraph(replace(measured, timed_out=True), title="bench", before=other)).data["warnings"] == [
        "the commands differ; the earlier one was: python old.py",
        "the interpreters differ: GC figures can't be compared",
        "the workload was stopped at its time limit, where all figures end",
    ]


def test_the_table_holds_functions_of_both_profiles(measured: Profile, key: Callable[..., FunctionKey]) -> None:
    gone = replace(measured.functions[0], key=key("gone"))
    before = replace(measured, functions=(*measured.functions, gone))

    data = parsed(flamegraph(measured, title="bench", before=before)).data

    table = {data["frames"][row[0]][0]: row[1:] for row in data["functions"]}
    assert table["price"][:7] == [600_000, 1200, 600_000, 0, 100_000, 8 * 2**20, 3000]
    assert table["price"][7] == 600_000
    assert table["gone"][0] == 0
    assert table["gone"][7] == 600_000
    assert table["gone"][8] > 0


def test_an_empty_profile_is_still_a_page(measured: Profile) -> None:
    empty = replace(measured, stacks=(), functions=(), baseline=(), samples=0, cpu_seen_s=0.0, cpu_covered_s=0.0)

    data = parsed(flamegraph(empty, title="")).data

    assert data["parents"] == []
    assert all(each["reason"] for each in data["dimensions"])


def test_a_usual_profile_makes_a_small_file(measured: Profile, key: Callable[..., FunctionKey]) -> None:
    names = [key(f"Class.method_{number}", file=f"pkg/module_{number % 30}.py") for number in range(300)]
    stacks = tuple(
        Stack(
            frames=tuple(names[(number * step) % 300] for step in range(1, 15)),
            thread="T",
            cpu_s=0.01,
            wall_s=0.02,
            samples=10,
        )
        for number in range(1, 400)
    )

    assert len(flamegraph(replace(measured, stacks=stacks), title="bench").encode()) < 300_000


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_text_can_be_read_in_light_and_dark() -> None:
    style = (files("profiling.formats") / "page" / "page.css").read_text(encoding="utf-8")
    blocks = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", block)) for block in style.split("{")]
    themes = [block for block in blocks if "bg" in block]

    assert len(themes) == 3
    assert themes[1] == themes[2]
    for theme in themes:
        pairs = [(name, back) for name in ("fg", "soft", "accent", "warn") for back in ("bg", "panel")]
        pairs += [("frame-fg", back) for back in ("grey", "match", "worse", "better", "same")]
        assert [pair for pair in pairs if contrast(theme[pair[0]], theme[pair[1]]) < 4.5] == []
