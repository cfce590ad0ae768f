from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest

from profiling.audit.findings.detect import Findings, detect
from profiling.audit.findings.model import Finding, FindingKind
from profiling.audit.graph import CallGraph, build_call_graph
from profiling.audit.model import (
    Action,
    ActionProfile,
    Callee,
    CallSite,
    FunctionNode,
    Loop,
    LoopKind,
    NodeKind,
    Tier,
    Write,
)
from profiling.audit.sources import Sources
from profiling.audit.trace import trace_action

Site = Callable[..., CallSite]
Node = Callable[..., FunctionNode]


@dataclass(frozen=True, kw_only=True)
class HandMadeGraph:
    """A graph written out; edges follow from the calls."""

    nodes: Mapping[str, FunctionNode]
    edges: Mapping[str, Mapping[str, Tier]] = field(default_factory=dict)


@pytest.fixture
def site() -> Site:
    def make(text: str, *callees: str, line: int = 1, bounds: tuple[int | None, ...] = (), **facts: object) -> CallSite:
        """Make a call; a callee with a `~` in front lies in the tree."""
        return CallSite(
            line=line,
            text=text,
            callees=tuple(
                Callee(name=name.removeprefix("~"), tier=Tier.EXACT if name.startswith("~") else Tier.EXTERNAL)
                for name in callees
            ),
            reason="" if callees else "unknown receiver",
            loops=tuple(Loop(kind=LoopKind.FOR, line=line, bound=bound) for bound in bounds),
            **facts,  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def node() -> Node:
    def make(name: str, *calls: CallSite, writes: tuple[Write, ...] = (), **facts: object) -> FunctionNode:
        return FunctionNode(
            **{
                "name": name,
                "file": "app.py",
                "line": 1,
                "first_line": 1,
                "end_line": 9,
                "qualname": name.rpartition(".")[2],
                "kind": NodeKind.FUNCTION,
                "calls": calls,
                "writes": writes,
                **facts,
            }  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def graph() -> Callable[..., HandMadeGraph]:
    def make(*nodes: FunctionNode) -> HandMadeGraph:
        names = {each.name for each in nodes}
        edges = {
            each.name: {
                callee.name: callee.tier for call in each.calls for callee in call.callees if callee.name in names
            }
            for each in nodes
        }
        return HandMadeGraph(nodes={each.name: each for each in nodes}, edges=edges)

    return make


@dataclass(frozen=True, kw_only=True)
class Audited:
    """Snippets that were read: their graph, their files, and what one action does."""

    graph: CallGraph
    sources: Sources
    profile: ActionProfile
    findings: Findings

    def found(self, kind: FindingKind) -> list[Finding]:
        return [each for each in self.findings.findings if each.kind is kind]


@pytest.fixture
def read_tree(tmp_path: Path) -> Callable[..., tuple[CallGraph, Sources]]:
    def read(files: Mapping[str, str]) -> tuple[CallGraph, Sources]:
        for name, text in files.items():
            path = tmp_path / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text))
        return build_call_graph(tmp_path / "tree"), Sources(root=tmp_path / "tree")

    return read


@pytest.fixture
def audited(read_tree: Callable[..., tuple[CallGraph, Sources]]) -> Callable[..., Audited]:
    def audit(text: str, *, entry: str = "app.main", **others: str) -> Audited:
        """Audit `app.py` (and modules given by keyword) from one entry point."""
        graph, sources = read_tree({"app.py": text, **{f"{name}.py": more for name, more in others.items()}})
        profile = trace_action(graph, Action(name="a", entry_points=(entry,)), sources=sources)
        return Audited(graph=graph, sources=sources, profile=profile, findings=detect(graph, [profile], sources))

    return audit
