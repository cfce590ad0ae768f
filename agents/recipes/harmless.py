"""Whether evaluating an expression surely raises nothing and changes nothing, so that it may be left out.

Taking the text of any object is held to be harmless, as it is by custom; the project's own `__str__`, `__repr__` and
`__format__` are looked at.
"""

import ast
import re
import string
from collections.abc import Mapping

from agents.recipes import shapes
from agents.recipes.bound_names import is_surely_bound
from agents.recipes.builtin_values import shape_of
from agents.recipes.project import Module, Project
from agents.recipes.scope import names
from agents.recipes.texts import texts_are_plain

_OF_ANYTHING = frozenset({"ascii", "id", "repr", "str", "type"})
_OF_CONTAINERS = frozenset({"len", "list", "tuple"})
_OF_INTS = frozenset({"bin", "hex", "oct"})
_STR_METHODS = frozenset(
    "capitalize casefold lower lstrip rsplit rstrip split splitlines strip swapcase title upper".split()
)
_LIBRARY = {"pprint.pformat": 1, "reprlib.repr": 1, "traceback.format_exc": 0}
_TYPE_NAMES = frozenset({"__module__", "__name__", "__qualname__"})
_WIDE = re.compile(r"\d{4}")
_CONVERSION = re.compile(r"%(?:(%)|[-0 #+]*\d{0,3}(?:\.\d{1,3})?([a-zA-Z])|(.?))", re.DOTALL)
_NUMBER_CONVERSIONS = frozenset("diuxXo")
_TEXT_CONVERSIONS = frozenset("sra")


def is_harmless(
    node: ast.expr, module: Module, project: Project, given: Mapping[str, shapes.Shape] | None = None
) -> bool:
    """Say whether an expression of a function may as well not be evaluated.

    Args:
        node: where it stands.
        module: its module.
        project: for what it shows and calls.
        given: what names of the function are taken to be, because a test says so.
    """
    return _Harmless(module, project, given or {}).is_so(node) and texts_are_plain(project)


class _Harmless:
    """One question in one module."""

    def __init__(self, module: Module, project: Project, given: Mapping[str, shapes.Shape]) -> None:
        self._module = module
        self._project = project
        self._given = given

    def is_so(self, node: ast.expr) -> bool:
        """Say whether evaluating an expression is harmless."""
        if isinstance(node, ast.Name):
            return is_surely_bound(node, self._module)
        if isinstance(node, ast.JoinedStr | ast.Tuple | ast.List):
            return all(map(self.is_so, node.values if isinstance(node, ast.JoinedStr) else node.elts))
        if isinstance(node, ast.FormattedValue):
            return self.is_so(node.value) and self._formats(node)
        if isinstance(node, ast.Dict):
            return all(isinstance(key, ast.Constant) for key in node.keys) and all(map(self.is_so, node.values))
        if isinstance(node, ast.Attribute):
            return node.attr in _TYPE_NAMES and self._is_type(node.value)
        return isinstance(node, ast.Constant) or self._computes(node)

    def _computes(self, node: ast.expr) -> bool:
        if isinstance(node, ast.BinOp):
            return self._operates(node)
        return isinstance(node, ast.Call) and self._calls(node)

    def _type(self, node: ast.expr) -> str:
        shape = self._shape(node)
        return shape.type if shape else ""

    def _shape(self, node: ast.expr) -> shapes.Shape | None:
        return shape_of(node, self._module, self._project, self._given)

    def _formats(self, node: ast.FormattedValue) -> bool:
        """Say whether the format is right for the value."""
        if node.format_spec is None:
            return True
        parts = node.format_spec.values if isinstance(node.format_spec, ast.JoinedStr) else [node.format_spec]
        if not all(isinstance(part, ast.Constant) for part in parts):
            return False
        written = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
        kind = self._type(node.value) if node.conversion == -1 else "str"
        return _is_format(written, kind)

    def _operates(self, node: ast.BinOp) -> bool:
        if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
            return self._fills(node.left.value, node.right)
        plain = isinstance(node.op, ast.Add) and self.is_so(node.left) and self.is_so(node.right)
        return plain and self._is_text(node.left) and self._is_text(node.right)

    def _is_text(self, node: ast.expr) -> bool:
        if isinstance(node, ast.JoinedStr):
            return True
        is_called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("repr", "str")
        return is_called or self._type(node) == "str"

    def _fills(self, text: str, values: ast.expr) -> bool:
        """Say whether `text % values` is right."""
        found = [match.groups() for match in _CONVERSION.finditer(text)]
        letters = [letter for escaped, letter, _ in found if not escaped]
        if isinstance(values, ast.Tuple):
            given = values.elts
        elif self._type(values) in ("", "tuple", "dict"):
            return False
        else:
            given = [values]
        return len(letters) == len(given) and all(map(self._converts, letters, given))

    def _converts(self, letter: str | None, value: ast.expr) -> bool:
        if letter in _NUMBER_CONVERSIONS and self._type(value) not in ("int", "bool"):
            return False
        return letter is not None and letter in _TEXT_CONVERSIONS | _NUMBER_CONVERSIONS and self.is_so(value)

    def _is_type(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Attribute):
            return node.attr == "__class__" and self.is_so(node.value)
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type"
        return is_call and self.is_so(node)

    def _calls(self, node: ast.Call) -> bool:
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(isinstance(one, ast.Starred) for one in node.args) or any(one.arg is None for one in node.keywords):
            return False
        if not all(map(self.is_so, arguments)):
            return self._joins(node)
        if isinstance(node.func, ast.Name) and names(self._module).is_builtin(node.func.id, node.func):
            return self._calls_builtin(node, node.func.id)
        dotted = names(self._module).dotted(node.func)
        if dotted is not None:
            return _LIBRARY.get(dotted) == len(node.args) and not node.keywords
        return isinstance(node.func, ast.Attribute) and self._calls_method(node, node.func)

    def _calls_builtin(self, node: ast.Call, name: str) -> bool:
        if len(node.args) != 1 or node.keywords:
            return False
        if name in _OF_CONTAINERS:
            return self._type(node.args[0]) in shapes.CONTAINERS
        return name in _OF_ANYTHING or (name in _OF_INTS and self._type(node.args[0]) == "int")

    def _calls_method(self, node: ast.Call, method: ast.Attribute) -> bool:
        if isinstance(method.value, ast.Constant) and isinstance(method.value.value, str) and method.attr == "format":
            return _formats_alike(method.value.value, node)
        if not self.is_so(method.value) or self._type(method.value) != "str":
            return False
        if method.attr == "join":
            return self._joins(node)
        return not node.args and not node.keywords and method.attr in _STR_METHODS

    def _joins(self, node: ast.Call) -> bool:
        """Say whether it is `"…".join(…)` of a container of exact strings, or of the texts of one."""
        method = node.func
        if not isinstance(method, ast.Attribute) or method.attr != "join" or not isinstance(method.value, ast.Constant):
            return False
        if not isinstance(method.value.value, str) or len(node.args) != 1 or node.keywords:
            return False
        joined = node.args[0]
        if not isinstance(joined, ast.Call) or not isinstance(joined.func, ast.Name) or joined.func.id != "map":
            shape = self._shape(joined)
            holds_text = shape is not None and shapes.element_of(shape) == shapes.STR
            return holds_text and self._type(joined) in shapes.CONTAINERS and self.is_so(joined)
        return self._joins_texts(joined)

    def _joins_texts(self, mapped: ast.Call) -> bool:
        known = names(self._module)
        if len(mapped.args) != 2 or mapped.keywords or not known.is_builtin("map", mapped.func):
            return False
        asked, values = mapped.args
        shows = isinstance(asked, ast.Name) and asked.id in ("repr", "str") and known.is_builtin(asked.id, asked)
        return shows and self._type(values) in shapes.CONTAINERS and self.is_so(values)


def _is_format(written: str, kind: str) -> bool:
    """Say whether a format is right for a str or an int; wide ones are not tried out."""
    if kind not in ("str", "int") or _WIDE.search(written):
        return False
    try:
        format("" if kind == "str" else 0, written)
    except ValueError:
        return False
    return True


def _formats_alike(text: str, node: ast.Call) -> bool:
    """Say whether `text.format(…)` finds every field it names, and asks for nothing but texts."""
    try:
        parsed = [one[1:] for one in string.Formatter().parse(text) if one[1] is not None]
    except ValueError:
        return False
    given = {keyword.arg for keyword in node.keywords} | {str(index) for index in range(len(node.args))}
    fields = [str(name) for name, _, _ in parsed]
    automatic = fields.count("")
    if automatic > len(node.args) or (automatic and any(name.isdigit() for name in fields)):
        return False
    plain = all(not spec and conversion in (None, "a", "r", "s") for _, spec, conversion in parsed)
    return plain and all(name == "" or name in given for name in fields)
