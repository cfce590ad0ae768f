"""Random expressions and statements over named numbers and texts: what generated programs compute with."""

import re
import textwrap
from dataclasses import dataclass, replace

from hypothesis import strategies as st

_DEPTH = 2
_PLACE = re.compile(r"\$([ntcv])")
_CONSTANTS = {
    "n": ("0", "1", "2", "3", "7", "-1", "0.5", "-0.0", "True", "10"),
    "t": ("''", "'a'", "'b c'", "'Ab'", "'1'", "'a-b_a'", "'\\xe9\\n'"),
}
_FORMS = {
    "n": (
        "$n + $n",
        "$n - $n",
        "$n * $n",
        "$n // $n",
        "$n % $n",
        "$n / $n",
        "-$n",
        "$n if $c else $n",
        "len($t)",
        "abs($n)",
        "max($n, $n)",
        "min($n, $n, 5)",
        "round($n, 2)",
        "int($t)",
        "$t.count($t)",
        "$t.find($t)",
        "sum(i * $n for i in range(3))",
        "sum([len(w) + $n for w in $t.split()])",
        "($n, $n)[$c]",
        "bool($n and $n)",
        "divmod($n, $n)[0]",
    ),
    "t": (
        "$t + $t",
        "$t * 2",
        "str($n)",
        "repr($t)",
        "f'<{$v}>'",
        "'{}:{}'.format($n, $t)",
        "'%s' % $t",
        "$t.upper()",
        "$t.replace($t, $t)",
        "$t[$n]",
        "$t[1:]",
        "$t[::-1]",
        "'-'.join($t.split())",
        "''.join(sorted($t))",
        "''.join([w for w in $t if w in $t])",
        "$t if $c else $t",
        "$t or $t",
        "$t.strip('a').title()",
        "ascii($t)",
    ),
    "c": (
        "$n < $n",
        "$n == $n",
        "$n <= $n < $n",
        "$t in $t",
        "$t == $t",
        "not $t",
        "$t.startswith($t)",
        "$c and $c",
        "$c or $c",
        "isinstance($v, int)",
        "any(w == $t for w in $t)",
        "$n",
    ),
}
_STATEMENTS = (
    "{new} = $n",
    "{new} = $n",
    "{new}: int = $n",
    "{new} = $n\n{new} += $n",
    "{new} = 0\nfor i in range(3):\n    {new} += $n",
    "{new} = 0\nfor w in $t:\n    if w in $t:\n        continue\n    {new} += 1",
    "{new} = 3\nwhile {new} > 0:\n    {new} -= 1\n    if $c:\n        break",
    "if $c:\n    {new} = $n\nelse:\n    {new} = $n",
    "try:\n    {new} = $n\nexcept (TypeError, ValueError):\n    {new} = -1",
    "try:\n    {new} = $n\nexcept ZeroDivisionError:\n    {new} = 0\nfinally:\n    {new} = 4",
    "{new}, _ = $n, $t",
    "found = [$n for w in $t]\nfound.append($n)\n{new} = len(found)",
    "found = {{$t: $n}}\nfound[$t] = $n\n{new} = found.get($t, 0)",
    "found = {{$n, $t}}\n{new} = len(found)",
    "assert $c or True\n{new} = $n",
    "if $c:\n    raise ValueError($t)\n{new} = $n",
    "if ({new} := $n) == $n:\n    pass",
    "def inner(x=$n):\n    return x, {new}\n\n{new} = $n\n{new} = inner()[1]",
    "{new} = (lambda x: x)($n)",
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be named at a place.

    Attributes:
        numbers: names, or other expressions, of numbers.
        texts: the same of texts.
        calls: forms of numbers that a program offers of its own, such as `half($n)`.
    """

    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


def expression(draw: st.DrawFn, kind: str, scope: Scope, depth: int = _DEPTH) -> str:
    """Return an expression of a number (`n`), a text (`t`) or a condition (`c`); it may raise when it is evaluated."""
    if depth <= 0 and kind == "c":
        return expression(draw, "n", scope, 0)
    named = scope.numbers if kind == "n" else scope.texts
    if depth <= 0 or (kind != "c" and draw(st.integers(0, 3)) == 0):
        return draw(st.sampled_from(named if named and draw(st.integers(0, 3)) else _CONSTANTS[kind]))
    is_own = kind == "n" and scope.calls and draw(st.integers(0, 2)) == 0
    return filled(draw, draw(st.sampled_from(scope.calls if is_own else _FORMS[kind])), scope, depth - 1)


def filled(draw: st.DrawFn, form: str, scope: Scope, depth: int = 1) -> str:
    """Return a form with a random expression for each `$n`, `$t` and `$c`, and a plain name for each `$v`."""

    def fill(place: re.Match[str]) -> str:
        if place.group(1) == "v":
            return draw(st.sampled_from((*scope.numbers, *scope.texts) or ("1",)))
        inner = expression(draw, place.group(1), scope, depth)
        return f"({inner})" if " " in inner or inner.startswith("-") else inner

    return _PLACE.sub(fill, form)


def statements(draw: st.DrawFn, scope: Scope, most: int = 2) -> tuple[list[str], Scope]:
    """Return random statements, each giving a new local a number, and the scope behind them."""
    found: list[str] = []
    for number in range(draw(st.integers(0, most))):
        name = f"n{number}"
        found.append(filled(draw, draw(st.sampled_from(_STATEMENTS)).format(new=name), scope))
        scope = replace(scope, numbers=(*scope.numbers, name))
    return found, scope


def function(header: str, body: list[str]) -> str:
    """Return a definition of its header, `def f(x)`, and the statements of its body."""
    return f"{header}:\n{textwrap.indent(chr(10).join(body), '    ')}\n"


def module(*parts: str) -> str:
    """Return a module of definitions, two empty lines between them."""
    return "\n\n\n".join(part.strip("\n") for part in parts if part) + "\n"
