"""Generated tables: one that is made once serves every call as one made anew did."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.hoist_constant import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

TABLES = {
    "dict": ("{'a': 1, 'b': 2, 3: (4, -5)}", "{1: 'x', True: 'y', 2.0: None, (1, 2): b'z'}"),
    "list": ("['a', 'b', 'c', 3]", "[1, 1.0, -1, (2, 3)]"),
    "set": ("{'a', 'b', 3}", "{1, True, -2.5, (1, 'x')}"),
}
READS = {
    "dict": (
        "t[k]",
        "t.get(k, 'none')",
        "list(t.items())",
        "[v for v in t]",
        "k in t",
        "f'{t}'",
        "t.copy()",
        "dict(t)",
    ),
    "list": ("t[k]", "t[1:]", "t.index(k)", "[v for v in t]", "k in t", "t.count(k)", "len(t)", "list(reversed(t))"),
    "set": ("k in t", "[v for v in t]", "sorted(t, key=str)", "t.union([k])", "len(t)", "t.isdisjoint([k])", "str(t)"),
}
HOSTILE = {
    "dict": ("t", "t.setdefault(k, 9)", "t.pop('a')", "t.update(c=1)", "(lambda: t)()", "keep(t)", "[t]", "t or 1"),
    "list": ("t", "t.append(k)", "t.pop()", "t.sort(key=str)", "(lambda: t)()", "keep(t)", "[t]", "max(t, [9])"),
    "set": ("t", "t.add(k)", "t.discard('a')", "t.__ior__({k})", "(lambda: t)()", "keep(t)", "[t]", "t and t"),
}
CHANGES = ("t[k] = 5", "t += [k]", "t |= {k: 1}", "del t[k]", "t = dict(t)\nt[k] = 1", "u = t\nout.append(u)", "del t")
keys = st.sampled_from(["'a'", "3", "1", "True", "0", "[1]", "(1, 2)", "-1", "None"])


@st.composite
def programs(draw: st.DrawFn) -> Program:
    kind = draw(st.sampled_from(sorted(TABLES)))
    table = draw(st.sampled_from(TABLES[kind]))
    reads = draw(st.lists(st.sampled_from(READS[kind]), min_size=1, max_size=3))
    if draw(st.integers(0, 2)) == 0:
        reads.append(draw(st.sampled_from(HOSTILE[kind])))
    lines = [f"out.append({one})" for one in reads]
    if draw(st.integers(0, 4)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(CHANGES)))
    form = draw(st.sampled_from(["local", "inline", "loop", "condition"]))
    if form == "inline":
        body = ["out = []", *(line.replace("(t[", f"({table}[") for line in lines)]
        body[1:1] = [f"t = {table}"]
    elif form == "loop":
        body = ["out = []", "for _ in range(2):", textwrap.indent("\n".join([f"t = {table}", *lines]), "    ")]
    elif form == "condition":
        body = ["out = []", "if k:", f"    t = {table}", *lines]
    else:
        body = ["out = []", f"t = {table}", *lines]
    text = textwrap.indent("\n".join([*body, "return out"]), "    ")
    source = f"KEPT = []\n\n\ndef keep(held):\n    KEPT.append(held)\n    return len(KEPT)\n\n\ndef run(k):\n{text}\n"
    given = draw(st.lists(keys, min_size=2, max_size=3))
    return Program(source, tuple(f"run({key})" for key in given))


def test_a_table_made_once_serves_every_call() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_table_made_once_serves_every_call_of_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
