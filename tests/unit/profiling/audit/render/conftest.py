from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from profiling.audit.findings.model import Finding, FindingKind, Heat, Level
from profiling.audit.model import (
    Action,
    ActionProfile,
    Callee,
    CallSite,
    CostClass,
    ExpensiveOp,
    FileProblem,
    FunctionNode,
    Loop,
    LoopKind,
    MutationKind,
    NodeKind,
    Redundancy,
    StateMutation,
    Tier,
    Unresolved,
)
from profiling.audit.report import Audit

Made = Callable[..., Audit]

OPEN = ExpensiveOp(callee="open", cost_class=CostClass.FILE_IO, size=500, line=4, weight=50_000.0)
DUMPS = ExpensiveOp(callee="json.dumps", cost_class=CostClass.JSON_IO, size=None, line=9, weight=150.0)
CHANGE = StateMutation(target="self.history", kind=MutationKind.ATTR_WRITE, line=5)


def make_node(name: str, *calls: CallSite, **facts: object) -> FunctionNode:
    fields: dict[str, object] = {
        "name": name,
        "file": "shop/app.py",
        "line": 3,
        "first_line": 3,
        "end_line": 9,
        "qualname": name.rpartition(".")[2],
        "kind": NodeKind.FUNCTION,
        "calls": calls,
    }
    return FunctionNode(**{**fields, **facts})  # type: ignore[arg-type]


def make_call(name: str, tier: Tier = Tier.EXACT, **facts: object) -> CallSite:
    return CallSite(line=6, text=name, callees=(Callee(name=name, tier=tier),), **facts)  # type: ignore[arg-type]


def make_audit() -> Audit:
    loop = Loop(kind=LoopKind.FOR, line=5, bound=3)
    unknown = CallSite(line=7, text="handler(x)", reason="unknown receiver")
    main = make_node(
        "shop.app.main",
        make_call("shop.app.load", loops=(loop,)),
        make_call("shop.app.save"),
        unknown,
        state_mutations=(CHANGE,),
    )
    load = make_node("shop.app.load", make_call("shop.app.main", Tier.FLOW), expensive_ops=(OPEN,))
    save = make_node("shop.app.save", make_call("shop.app.load"), make_call("json.dumps", Tier.EXTERNAL))
    save = replace(save, expensive_ops=(DUMPS,))
    nodes = {node.name: node for node in (main, load, save)}
    left = Unresolved(caller="shop.app.main", text="handler(x)", line=7, reason="unknown receiver")
    profile = ActionProfile(
        action=Action(name="main", entry_points=("shop.app.main",), description="the console script shop"),
        functions=(main, load, save),
        depth={"shop.app.main": 0, "shop.app.load": 1, "shop.app.save": 1},
        expensive_ops={"shop.app.load": (OPEN,), "shop.app.save": (DUMPS,)},
        state_mutations={"shop.app.main": (CHANGE,)},
        redundancy=(Redundancy(callee="open", source="path", places=("shop.app.load:4", "shop.app.load:4")),),
        pipelining=(("shop.app.save:9 json.dumps", "shop.app.load:4 open"),),
        total_load=150_150.0,
        load={"shop.app.load": 150_000.0, "shop.app.save": 150.0, "shop.app.main": 0.0},
        unresolved=(left,),
    )
    finding = Finding(
        kind=FindingKind.REDUNDANCY,
        function="shop.app.load",
        file="shop/app.py",
        line=4,
        what="open(path) is reached 2 times",
        why="the same data is fetched again",
        action="do it once",
        effort=Level.LOW,
        heat=Heat.HOT,
        cost_now=150_000.0,
        reduction=0.5,
        priority=Level.HIGH,
    )
    return Audit(
        day=date(2026, 1, 31),
        tree="the working tree",
        nodes=nodes,
        problems=(FileProblem(file="broken.py", problem="line 1: invalid syntax"),),
        unresolved=(left,),
        expensive_ops={"shop.app.load": (OPEN,), "shop.app.save": (DUMPS,)},
        state_mutations={"shop.app.main": (CHANGE,)},
        actions=(profile,),
        findings=(finding,),
        shapes={"shop.app.main": "code path"},
        action_shapes={"main": "wide code path"},
        notes=("one declaration can't be used",),
    )


@pytest.fixture
def node() -> Callable[..., FunctionNode]:
    return make_node


@pytest.fixture
def call() -> Callable[..., CallSite]:
    return make_call


@pytest.fixture
def audit() -> Audit:
    """Return an audit of three functions and one action."""
    return make_audit()


@pytest.fixture
def named() -> Made:
    """Return a function that makes an audit in which every text of the tree is the one given."""

    def make(text: str) -> Audit:
        whole = make_audit()
        nodes = {
            text: make_node(
                text,
                make_call(text),
                CallSite(line=1, text=text, reason=text),
                file=text,
                qualname=text,
                expensive_ops=(replace(OPEN, callee=text),),
                state_mutations=(replace(CHANGE, target=text),),
            )
        }
        profile = replace(
            whole.actions[0],
            action=Action(name="main", entry_points=(text,), description=text),
            functions=tuple(nodes.values()),
            depth={text: 0},
            expensive_ops={text: (replace(OPEN, callee=text),)},
            state_mutations={text: (replace(CHANGE, target=text),)},
            redundancy=(Redundancy(callee=text, source=text, places=(text, text)),),
            pipelining=((text, text),),
            load={text: 1.0},
            unresolved=(Unresolved(caller=text, text=text, line=1, reason=text),),
        )
        finding = replace(whole.findings[0], function=text, file=text, what=text, why=text, action=text)
        return replace(
            whole,
            tree=text,
            nodes=nodes,
            problems=(FileProblem(file=text, problem=text),),
            unresolved=profile.unresolved,
            expensive_ops=profile.expensive_ops,
            state_mutations=profile.state_mutations,
            actions=(profile,),
            findings=(finding,),
            shapes={text: text},
            notes=(text,),
        )

    return make
