from dataclasses import FrozenInstanceError, fields, replace

import pytest

from profiling.audit.dsl.read import parse
from profiling.audit.dsl.records import Edge, Reached
from profiling.audit.model import (
    Callee,
    CallSite,
    CostClass,
    ExpensiveOp,
    FunctionNode,
    MutationKind,
    NodeKind,
    StateMutation,
    Tier,
)

TEXT = """
pkg.f pkg/a.py 3 fn
nil 9 nil function def
g exact 4 g calls
implicit
5 h site
self.x attr_write 6 mut
open file_io nil 7 100 exp-op
a b edge
f 2 1.5 reached
"""
MADE = (
    FunctionNode(
        name="pkg.f",
        file="pkg/a.py",
        line=3,
        first_line=3,
        end_line=9,
        qualname="f",
        kind=NodeKind.FUNCTION,
        calls=(
            CallSite(line=4, text="g", callees=(Callee(name="g", tier=Tier.EXACT),)),
            CallSite(line=5, text="h", implicit=True),
        ),
        state_mutations=(StateMutation(target="self.x", kind=MutationKind.ATTR_WRITE, line=6),),
        expensive_ops=(ExpensiveOp(callee="open", cost_class=CostClass.FILE_IO, size=None, line=7, weight=100.0),),
    ),
    Edge(caller="a", callee="b"),
    Reached(function="f", depth=2, load=1.5),
)


def every(record: object) -> list[object]:
    """A record and all records in it."""
    parts = [getattr(record, one.name) for one in fields(record)]  # type: ignore[arg-type]
    inner = [each for part in parts if isinstance(part, tuple) for each in part]
    return [record, *(found for each in inner for found in every(each))]


READ = [found for record in parse(TEXT) for found in every(record)]
BUILT = [found for record in MADE for found in every(record)]


def test_what_is_read_can_not_be_told_from_what_is_built() -> None:
    assert [type(one) for one in READ] == [type(one) for one in BUILT]
    assert READ == BUILT
    assert [hash(one) for one in READ] == [hash(one) for one in BUILT]
    assert [repr(one) for one in READ] == [repr(one) for one in BUILT]


@pytest.mark.parametrize("record", READ, ids=lambda record: type(record).__name__)
def test_what_is_read_is_frozen_and_can_be_replaced(record: object) -> None:
    first = fields(record)[0].name  # type: ignore[arg-type]

    with pytest.raises(FrozenInstanceError):
        setattr(record, first, "other")
    assert replace(record) == record  # type: ignore[type-var]
    assert not hasattr(record, "__dict__")
