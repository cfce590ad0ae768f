import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from profiling.audit.model import FunctionNode, Tier
from profiling.audit.render.mermaid import MOST_EDGES, MOST_NODES, label, render_action, render_mermaid
from profiling.audit.report import Audit

MODULES = "OPTIMIZE_TEST_NODE_MODULES"
"""Names a folder `node_modules` that holds mermaid and jsdom."""

PARSE = """
import { JSDOM } from "jsdom";
import { readFileSync } from "fs";
const dom = new JSDOM("<!doctype html><body></body>");
globalThis.window = dom.window; globalThis.document = dom.window.document;
const { default: mermaid } = await import("mermaid");
const answers = [];
for (const text of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  try {
    answers.push((await mermaid.parse(text)).diagramType);
  } catch (error) {
    answers.push("refused: " + error.message);
  }
}
console.log(JSON.stringify(answers));
"""
HOSTILE = [
    'a"b',
    "end",
    "graph",
    "x]y",
    "click n0 href",
    "%% comment",
    "`**bold**`",
    "#quot;",
    "<b>&amp;</b>",
    "a\nb --> c",
    "\u202e\x1b",
    "\ud800",
    "变量",
    "",
    " ",
    "owner.<lambda0>",
    "f.<locals>.g",
    ";",
    "A" * 500,
    "style n0 fill:#f00",
    "o--x",
]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    nodes: Mapping[str, FunctionNode]
    edges: Mapping[str, Mapping[str, Tier]] = field(default_factory=dict)


def test_a_graph_is_drawn_to_its_depth_with_unsure_calls_dashed(node: Callable[..., FunctionNode]) -> None:
    graph = Drawn(
        nodes={name: node(name) for name in "abcd"},
        edges={"a": {"b": Tier.EXACT, "json.dumps": Tier.EXTERNAL}, "b": {"c": Tier.NAME}, "c": {"d": Tier.TYPED}},
    )

    assert render_mermaid(graph, "a", 2).splitlines() == [
        "flowchart LR",
        '  n0["a"]',
        '  n1["b"]',
        '  n2["c"]',
        "  n0 --> n1",
        "  n1 -.-> n2",
        "  classDef expensive stroke-width:3px",
    ]


def test_a_circle_of_calls_is_drawn_once(audit: Audit) -> None:
    drawn = render_action(audit.actions[0])

    assert drawn.count('["shop.app.load"]:::expensive') == 1
    assert "n1 -.-> n0" in drawn


def test_a_large_graph_stays_within_what_the_renderer_takes(node: Callable[..., FunctionNode]) -> None:
    names = [f"pkg.module.Class.method_{place}" for place in range(400)]
    graph = Drawn(
        nodes=dict(zip(names, map(node, names), strict=True)),
        edges={name: dict.fromkeys(names, Tier.EXACT) for name in names},
    )
    drawn = render_mermaid(graph, names[0])

    assert drawn.count("[") - 1 == MOST_NODES
    assert drawn.count("-->") == MOST_EDGES
    assert "280 functions and" in drawn
    assert len(drawn) < 50_000


@settings(max_examples=100)
@given(st.text(max_size=100))
@example('"]; click n0 "javascript:x"')
def test_a_label_holds_nothing_that_could_end_it(text: str) -> None:
    inside = label(text)[1:-1]

    assert inside.isprintable()
    assert not set('"`<>&[]{}()|\\%\n').intersection(inside)


@pytest.mark.skipif(
    shutil.which("node") is None or MODULES not in os.environ,
    reason=f"needs node, and {MODULES}=…/node_modules with mermaid and jsdom (npm install mermaid jsdom)",
)
def test_the_real_parser_accepts_every_drawing(
    tmp_path: Path, audit: Audit, named: Callable[[str], Audit], node: Callable[..., FunctionNode]
) -> None:
    drawings = [render_action(audit.actions[0]), *(render_action(named(text).actions[0]) for text in HOSTILE)]
    (tmp_path / "node_modules").symlink_to(Path(os.environ[MODULES]).resolve())
    (tmp_path / "parse.mjs").write_text(PARSE)
    (tmp_path / "drawings.json").write_text(json.dumps([*drawings, 'flowchart LR\n a["', "nonsense"]))

    done = subprocess.run(
        ["node", "parse.mjs", "drawings.json"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True
    )
    answers = json.loads(done.stdout)

    assert answers[: len(drawings)] == ["flowchart-v2"] * len(drawings)
    assert all(answer.startswith("refused") for answer in answers[len(drawings) :])
