import gc
import weakref

from agents.recipes.functions import functions, own
from agents.recipes.project import forget, parse
from agents.recipes.scope import names
from agents.recipes.walking import nodes, parents_below


def test_a_module_that_is_forgotten_goes_without_a_collection() -> None:
    module = parse("import re\n\nclass A:\n    def f(self):\n        return [x for x in self]\n", "a.py", "a")
    parents_below(module.syntax)
    gc.disable()
    try:
        kept = weakref.ref(names(module))
        inner = [own(function.node) for function in functions(module)]
        assert inner
        assert len(nodes(module.syntax, *{type(node) for node in parents_below(module.syntax)})) > 5
        del inner
        forget(module)
        del module
        assert kept() is None
    finally:
        gc.enable()
