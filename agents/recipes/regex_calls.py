"""The calls of one function that hand `re` a constant pattern, and what each becomes with the pattern compiled."""

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.recipes import stores
from agents.recipes.functions import FunctionNode, own
from agents.recipes.named_patterns import NamedText, named_text
from agents.recipes.once import once
from agents.recipes.positions import Span, offset, span
from agents.recipes.project import Module, Project
from agents.recipes.scope import Names, names
from agents.recipes.splice import is_as_written, source
from agents.recipes.walking import walk

# Parameters after the pattern, as `re` declares them; `flags` is always the last.
_PARAMETERS = {
    **dict.fromkeys(("search", "match", "fullmatch", "findall", "finditer"), ("string", "flags")),
    "split": ("string", "maxsplit", "flags"),
    "sub": ("repl", "string", "count", "flags"),
    "subn": ("repl", "string", "count", "flags"),
    "compile": ("flags",),
}
_FLAGS = frozenset("A ASCII I IGNORECASE M MULTILINE S DOTALL X VERBOSE U UNICODE".split())
_OPTIONAL = frozenset({"count", "maxsplit", "flags"})
_TAKES_FLAGS_ALONE = frozenset({"count", "maxsplit"})
_GAP = re.compile(r"\s*,\s*")
# Python 3.11 syntax: an error at import on an older target instead of at the call.
_NEWER_SYNTAX = re.compile(r"\(\?>|[*+?}]\+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegexCall:
    """One call.

    Attributes:
        node: the call.
        function: of `re`.
        pattern, flags: the source of what has to be compiled; flags may be empty.
        test, other: source of what decides, and of what has to be compiled where it is false; empty: nothing decides.
        named: what a pattern given by a name is, None for one that stands in the call.
        known_from: lines whose statements give names that are needed to compile it.
        cut: the parts of the call's text that go.
        kept: its other arguments; keywords: its other keyword arguments.
    """

    node: ast.Call
    function: str
    pattern: str
    flags: str
    test: str
    other: str
    named: NamedText | None
    known_from: tuple[int, ...]
    cut: tuple[Span, ...]
    kept: tuple[ast.expr, ...]
    keywords: tuple[ast.keyword, ...]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what calls of the same pattern have alike."""
        return self.pattern, self.flags, self.test, self.other


def regex_calls(function: FunctionNode, module: Module, project: Project) -> tuple[RegexCall, ...]:
    """Return the calls in a function that compile the same pattern each time, in the order of the text."""
    found = [call for node in own(function, ast.Call) if (call := _regex_call(node, function, module, project))]
    if not found or is_patched(project):
        return ()
    return tuple(sorted(found, key=lambda call: span(module, call.node).start))


@once
def is_patched(project: Project) -> bool:
    """Say whether the project replaces `re` or a function of it."""
    index = stores.index(project)
    replaced = {"re", *(f"re.{name}" for name in _PARAMETERS)}
    on_module = (store for name in _PARAMETERS for store in index.stores(name))
    return any(map(index.is_patched, replaced)) or any(
        names(store.module).dotted(store.receiver) == "re" for store in on_module
    )


def _regex_call(node: ast.Call, function: FunctionNode, module: Module, project: Project) -> RegexCall | None:
    owner, _, name = (names(module).dotted(node.func) or "").rpartition(".")
    if owner != "re" or name not in _PARAMETERS or any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    bound = _bound_arguments(node, ("pattern", *_PARAMETERS[name]))
    if bound is None or not {"pattern", *_PARAMETERS[name]} - _OPTIONAL <= bound.keys():
        return None
    pattern, flags = bound["pattern"], bound.get("flags")
    named = named_text(pattern, function, module, project)
    patterns = named.values if named else (pattern,)
    if not all(_is_hoistable(one, flags, bound, names(module)) for one in patterns):
        return None
    cut = _cuts(node, [part for part in (pattern, flags) if part is not None], module, is_compile=name == "compile")
    if cut is None or not is_as_written(module, node):
        return None
    gone = (pattern, flags)
    is_moved = named is not None and named.is_local
    return RegexCall(
        node=node,
        function=name,
        pattern=source(module, named.value if named and is_moved else pattern),
        flags=source(module, flags) if flags is not None else "",
        test=source(module, named.test) if named and named.test else "",
        other=source(module, named.other) if named and named.other else "",
        named=named,
        known_from=_known_from((flags, named.test if named else None), names(module)),
        cut=cut,
        kept=tuple(argument for argument in node.args if argument not in gone),
        keywords=tuple(keyword for keyword in node.keywords if keyword.value not in gone),
    )


def _bound_arguments(node: ast.Call, parameters: tuple[str, ...]) -> dict[str, ast.expr] | None:
    """Return the arguments by parameter; None when the call does not fit the signature."""
    if len(node.args) > len(parameters):
        return None
    bound = dict(zip(parameters, node.args, strict=False))
    for keyword in node.keywords:
        if keyword.arg not in parameters or keyword.arg in bound:
            return None
        bound[keyword.arg] = keyword.value
    return bound


def _is_hoistable(pattern: ast.expr, flags: ast.expr | None, bound: dict[str, ast.expr], known: Names) -> bool:
    if not isinstance(pattern, ast.Constant) or not isinstance(pattern.value, str | bytes):
        return False
    misplaced = (bound[name] for name in _TAKES_FLAGS_ALONE & bound.keys())
    if any(_flag_value(value, known) is not None and not isinstance(value, ast.Constant) for value in misplaced):
        return False
    value = 0 if flags is None else _flag_value(flags, known)
    return value is not None and _compiles(pattern.value, value)


def _flag_value(node: ast.expr, known: Names) -> int | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = _flag_value(node.left, known), _flag_value(node.right, known)
        return left | right if left is not None and right is not None else None
    if isinstance(node, ast.Constant):
        return 0 if node.value == 0 and type(node.value) is int else None
    owner, _, name = (known.dotted(node) or "").rpartition(".")
    return int(re.RegexFlag[name]) if owner == "re" and name in _FLAGS else None


def _known_from(needed: Sequence[ast.expr | None], known: Names) -> tuple[int, ...]:
    inside = (node for part in needed if part is not None for node in walk(part))
    imports = (known.imported(node.id, node) for node in inside if isinstance(node, ast.Name))
    return tuple(found.statement.lineno for found in imports if found)


class _Text(str):
    """A pattern that `re` compiles anew: what it keeps of others of this type was compiled here, without a warning."""

    __slots__ = ()


class _Bytes(bytes):
    """The same of bytes."""


def _compiles(pattern: str | bytes, flags: int) -> bool:
    """Say whether it compiles without a warning: what it says must not move from the call to the import."""
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    if _NEWER_SYNTAX.search(text):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = re.compile(_Bytes(pattern) if isinstance(pattern, bytes) else _Text(pattern), flags)
    except (re.error, Warning, ValueError, OverflowError, RecursionError):
        return False
    return not compiled.flags & (re.LOCALE | re.DEBUG)


def _cuts(node: ast.Call, gone: Sequence[ast.expr], module: Module, *, is_compile: bool) -> tuple[Span, ...] | None:
    """Return what to cut so that the arguments `gone` go with one comma each; None when more stands around them."""
    if is_compile:
        return (span(module, node),)
    places = sorted(_argument_spans(node, module), key=lambda place: place[0].start)
    cuts: list[Span] = []
    for index, (place, value) in enumerate(places):
        if value not in gone:
            continue
        start = place.start if index == 0 else places[index - 1][0].end
        end = places[1][0].start if index == 0 else place.end
        gap = module.text[place.end : end] if index == 0 else module.text[start : place.start]
        opening = module.text[span(module, node.func).end : place.start] if index == 0 else "("
        if _GAP.fullmatch(gap) is None or opening.strip() != "(":
            return None
        kept_break = gap.index(",") + 1 - len(gap) if index == 0 and "\n" in gap else 0
        cuts.append(Span(start=start, end=end + kept_break))
    return tuple(cuts)


def _argument_spans(node: ast.Call, module: Module) -> Iterator[tuple[Span, ast.expr]]:
    for argument in node.args:
        yield span(module, argument), argument
    for keyword in node.keywords:
        where = Span(
            start=offset(module, keyword.lineno, keyword.col_offset),
            end=offset(module, keyword.end_lineno or keyword.lineno, keyword.end_col_offset or keyword.col_offset),
        )
        yield where, keyword.value
