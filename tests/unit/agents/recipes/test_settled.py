"""What is said to be silent and sure raises nothing and runs no code of others, whatever a caller hands in."""

import ast
import warnings

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes.settled import Interval, Settled
from tests.fakes.recipe_programs import FILE, project_of

ATOMS = ("i", "n", "text", "c", "0", "2", "-3", "1.5", "'a'", "None", "True", "own", "missing", "len", "(i, n)")
SHAPES = (
    "({a} + {b})",
    "({a} * {b})",
    "({a} // {b})",
    "({a} % 3)",
    "(-{a})",
    "(not {a})",
    "({a} < {b})",
    "({a} == {b})",
    "({a} is {b})",
    "({a} in {b})",
    "({a} in (1, 'a'))",
    "({a} and {b})",
    "({a} if {b} else i)",
    "[{a}, {b}]",
    "({a}, {b})",
    "({a})[{b}:]",
    "({a})[{b}]",
    "len({a})",
    "abs({a})",
    "max({a}, {b})",
    "int({a})",
    "[{a} for k in range({b})]",
    "[{a} for k in {b}]",
    "[k for k in ({a}).split()]",
    "({a}).attribute",
    "('%s' % {a})",
    "({a})({b})",
)
expressions = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.tuples(st.sampled_from(SHAPES), inner, inner).map(lambda p: p[0].format(a=p[1], b=p[2])),
    max_leaves=5,
)


class Hostile:
    """Fails at everything that runs code of a class."""

    def fail(self, *_given: object) -> object:
        raise AssertionError("code of others ran")

    __add__ = __radd__ = __mul__ = __rmul__ = __mod__ = __rmod__ = __floordiv__ = __rfloordiv__ = __neg__ = fail
    __bool__ = __len__ = __iter__ = __getitem__ = __contains__ = __index__ = __int__ = __abs__ = __call__ = fail
    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __hash__ = __format__ = __str__ = __repr__ = fail


@settings(max_examples=400, deadline=None)
@given(expressions)
def test_what_is_said_to_be_settled_raises_nothing(expression):
    source = (
        f"def run(n):\n    text = 'a b'\n    own = [n]\n    return [{expression} for i in range(3) for c in text]\n"
    )
    project = project_of(source)
    module = project.modules[FILE]
    function = module.syntax.body[0]
    assert isinstance(function, ast.FunctionDef)
    statement = function.body[-1]
    assert isinstance(statement, ast.Return)
    assert isinstance(statement.value, ast.ListComp)
    settled = Settled(function, module, Interval(statement=statement, last=statement, is_direct=False))

    if settled.elements(statement.value.elt, statement.value.generators) is None:
        return

    namespace: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the compiler's, of `1 is n`
        exec(compile(source, FILE, "exec"), namespace)
    for argument in (Hostile(), 0, "a", None):
        namespace["run"](argument)  # type: ignore[operator]
