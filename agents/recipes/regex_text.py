"""Ask a method of str where a regular expression says no more: it need not enter the matcher."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.builtin_values import shape_of
from agents.recipes.functions import Function, FunctionNode, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.plain_patterns import PlainPattern, plain_pattern, replacements
from agents.recipes.project import Module, Project
from agents.recipes.regex_calls import is_patched
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.shapes import STR
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from agents.recipes.tables import constant_value, parents
from agents.recipes.uses import is_truth_test
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_CALLS = 1000
"""Fewer calls save nothing that can be measured (docs/recipes.md)."""
_SUB_S, _MATCH_S = 0.3e-6, 0.04e-6
"""What one call saves at least, its pattern compiled before, with a text of 16 characters (see the cost note)."""

_METHODS = frozenset({"fullmatch", "match", "search", "sub"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One call of `re` with a plain pattern.

    Attributes:
        node: the call; method: its name; pattern: what it matches.
        text: the text it is asked of; is_str: that is surely exactly a str.
        new: of `sub`, what is put in.
    """

    node: ast.Call
    method: str
    pattern: PlainPattern
    text: ast.expr
    is_str: bool
    new: str


class RegexText:
    """`re.sub("[ab]", "", s)` → `s.replace("a", "").replace("b", "")`; `if re.match("a", s)` → `s.startswith("a")`."""

    card = Card(
        id="regex-text",
        title="Ask the text itself instead of a plain pattern",
        rank=26,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.6,
        cost_note="measured 2026-11, 15 pairs, behind the test of the type, text of 16 characters; sub of three "
        "characters: 5.2x on CPython 3.9, 5.7x on 3.10, 6.3x [5.8, 7.0] on 3.11, 5.8x on 3.12, 6.4x on 3.13, with the "
        "pattern compiled before 2.6x, 3.1x, 3.9x [3.8, 4.0], 3.8x, 3.6x; match compiled before, a hit: 1.1x, 1.3x, "
        "1.5x [1.4, 1.6], 1.3x, 2.2x; not rewritten: six characters in 3000 (0.84x on 3.9), search without an anchor "
        "(0.6x)",
        mechanism="A method of str looks for plain text without entering the matcher of regular expressions and "
        "without making match objects.",
        hazard="Checked: the pattern is plain text or a class of a few characters without flags, of a match only the "
        "truth is used, and whatever is not exactly a str still goes to re; remains: nothing known.",
    )
    examples = (
        Example(
            before="""\
import re


def slug(name):
    return re.sub("[-_.]", "-", name).lower()
""",
            after="""\
import re


def slug(name):
    return (name.replace("_", "-").replace(".", "-") if type(name) is str else re.sub("[-_.]", "-", name)).lower()
""",
        ),
        Example(
            before="""\
import re

_COMMENT = re.compile(r"^//")


def code(lines):
    for line in lines:
        if not _COMMENT.match(line):  # the rest
            yield line
""",
            after="""\
import re

_COMMENT = re.compile(r"^//")


def code(lines):
    for line in lines:
        if not (line.startswith("//") if type(line) is str else _COMMENT.match(line)):  # the rest
            yield line
""",
        ),
        Example(
            before="""\
import re


def shown(number):
    text = f"{number:,}."
    return re.sub(r"\\.", "", text)
""",
            after="""\
import re


def shown(number):
    text = f"{number:,}."
    return text.replace(".", "")
""",
        ),
        Example(
            before='import re\n\n\ndef f(text):\n    return re.sub("[ab]", "ba", text)\n',
            after=None,
            because="the second replacement would change what the first put in",
        ),
        Example(
            before='import re\n\n\ndef f(text):\n    return re.sub("a+", "", text)\n',
            after=None,
            because="the pattern is more than plain text",
        ),
        Example(
            before='import re\n\n\ndef f(text):\n    return re.sub("a", r"\\g<0>", text)\n',
            after=None,
            because="the replacement is a template",
        ),
        Example(
            before='import re\n\n\ndef f(text):\n    return re.match("a", text)\n',
            after=None,
            because="the match object itself is wanted",
        ),
        Example(
            before='import re\n\n\ndef f(text):\n    return 1 if re.search("ab", text) else 0\n',
            after=None,
            because="a search was measured to be faster than `in`",
        ),
        Example(
            before='import re\n\n\ndef f(text):\n    return re.sub("a", "", text, flags=re.I)\n',
            after=None,
            because="it has flags",
        ),
        Example(
            before='import re\n\n\ndef f(file):\n    return re.sub("a", "", file.read())\n',
            after=None,
            because="what is read may be of another type, and asking twice would read twice",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every call with a plain pattern."""
        known = names(module)
        has_re = known.name_for("re") is not None or "from re " in module.text
        for function in functions(module) if has_re else ():
            for found in _asked(function.node, module, project):
                if _is_spliceable(found, module):
                    yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when it is called often, with nothing but str."""
        called, text = (facts.expressions.get(request.id) for request in site.requests)
        calls = called.evaluations if called else 0
        if calls < MIN_CALLS or text is None:
            return Veto(reason=f"{calls} calls, fewer than {MIN_CALLS}")
        others = sorted(text.types.keys() - {"str"})
        if others:
            return Veto(reason=f"it was also asked of a {', '.join(others)}")
        saved_s = calls * (_SUB_S if site.node_path.startswith("sub:") else _MATCH_S)
        share = function_share(profile, site.key, saved_s=saved_s)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        evidence = f"facts:calls={calls} characters={text.total_len} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put the method in the place of the call; what is not surely a str is asked for its type first."""
        del choice
        function = function_at(module, site.key)
        found = _asked(function.node, module, project) if function else iter(())
        same = next((one for one in found if _place(one) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: no plain pattern stands here")
        return _patch(same, module)


RECIPE = RegexText()


def _asked(function: FunctionNode, module: Module, project: Project) -> Iterator[_Asked]:
    if is_patched(project):
        return
    for node in own(function, ast.Call):
        if isinstance(node.func, ast.Attribute | ast.Name) and not node.keywords:
            found = _plain_call(node, module, project)
            if found is not None and not _is_guarded(node, module) and is_as_written(module, node):
                yield found


def _plain_call(node: ast.Call, module: Module, project: Project) -> _Asked | None:
    called = _called(node, module, project)
    if called is None or any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    method, pattern, arguments = called
    new = arguments[0] if method == "sub" and len(arguments) == 2 else None
    if len(arguments) != (2 if method == "sub" else 1):
        return None
    is_template = new is not None and not _is_plain_text(new)
    text, plain = arguments[-1], plain_pattern(pattern)
    if plain is None or is_template or (method != "sub" and not is_truth_test(node, _path(node, module))):
        return None
    is_str = shape_of(text, module, project) == STR
    if not is_str and not _is_local(text, module):
        return None
    put_in = new.value if isinstance(new, ast.Constant) and isinstance(new.value, str) else ""
    return _Asked(node=node, method=method, pattern=plain, text=text, is_str=is_str, new=put_in)


def _called(node: ast.Call, module: Module, project: Project) -> tuple[str, str, list[ast.expr]] | None:
    """Return the method, the pattern and the other arguments of a call of `re`, or of a pattern compiled at the top."""
    owner, _, method = (names(module).dotted(node.func) or "").rpartition(".")
    if owner == "re" and method in _METHODS and node.args:
        pattern = _text_of(node.args[0])
        return (method, pattern, node.args[1:]) if pattern is not None else None
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in _METHODS:
        return None
    pattern = _compiled(node.func.value, module, project)
    return (node.func.attr, pattern, node.args) if pattern is not None else None


def _compiled(node: ast.expr, module: Module, project: Project) -> str | None:
    """Return the pattern of a module-level name that is bound to `re.compile(pattern)` for the whole run."""
    known = names(module)
    if not isinstance(node, ast.Name) or known.resolve(node.id, node) is not known.top:
        return None
    made = constant_value(module, node.id, project)
    if not isinstance(made, ast.Call) or known.dotted(made.func) != "re.compile" or made.keywords:
        return None
    return _text_of(made.args[0]) if len(made.args) == 1 else None


def _text_of(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_plain_text(node: ast.expr) -> bool:
    text = _text_of(node)
    return text is not None and "\\" not in text


def _is_local(node: ast.expr, module: Module) -> bool:
    """Say whether it is a local, which can be looked at again without doing anything."""
    known = names(module)
    scope = known.resolve(node.id, node) if isinstance(node, ast.Name) else None
    if scope is None or scope is known.top or scope.is_class:
        return False
    return known.is_builtin("type", node) and known.is_builtin("str", node)


def _path(node: ast.AST, module: Module) -> tuple[ast.AST, ...]:
    above, steps = parents(module), []
    while node in above:
        node = above[node]
        steps.append(node)
    return tuple(steps)


def _is_guarded(node: ast.Call, module: Module) -> bool:
    """Say whether it is what a rewrite left for values of other types."""
    above = parents(module)[node]
    if not isinstance(above, ast.IfExp) or above.orelse is not node:
        return False
    return isinstance(above.test, ast.Compare) and ast.unparse(above.test).endswith(" is str")


def _place(found: _Asked) -> str:
    node = found.node
    return f"{found.method}:{node.lineno}:{node.col_offset}-{node.end_lineno}:{node.end_col_offset}"


def _site(function: Function, found: _Asked, module: Module) -> Site:
    return Site(
        recipe=RegexText.card.id,
        key=function.key,
        module=module.file,
        line=found.node.lineno,
        requests=(expression_request(module, found.node), expression_request(module, found.text)),
        node_path=_place(found),
    )


def _is_spliceable(found: _Asked, module: Module) -> bool:
    try:
        _patch(found, module)
    except NotSpliceable:
        return False
    return True


def _patch(found: _Asked, module: Module) -> Patch:
    rewrite, written = Rewrite(module), source(module, found.node)
    if "#" in written or "\n" in written:
        raise NotSpliceable(f"{module.file}:{found.node.lineno}: the call is spread over lines")
    asked = _asks(found, module)
    if asked is None:
        raise NotSpliceable(f"{module.file}:{found.node.lineno}: no method of str does the same")
    if not found.is_str:
        asked = f"({asked} if type({source(module, found.text)}) is str else {written})"
    rewrite.replace(found.node, asked)
    return rewrite.patch()


def _asks(found: _Asked, module: Module) -> str | None:
    """Return the expression that does the same with a str."""
    text, sought = source(module, found.text), found.pattern.texts
    if not isinstance(found.text, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
        text = f"({text})"
    if found.method == "sub":
        changed = None if found.pattern.at_start else replacements(sought, found.new)
        chain = "".join(f".replace({_quoted(one)}, {_quoted(found.new)})" for one in changed or ())
        return f"{text}{chain}" if chain else None
    if len(sought) > 1:
        return None
    if found.method == "fullmatch":
        return f"({text} == {_quoted(sought[0])})"
    is_prefix = found.method == "match" or found.pattern.at_start  # `in` was measured slower than a search: 0.6x
    return f"{text}.startswith({_quoted(sought[0])})" if is_prefix else None


def _quoted(text: str) -> str:
    """Return a str as Python code, in double quotes where that needs no escapes."""
    return f'"{text}"' if text.isprintable() and '"' not in text and "\\" not in text else repr(text)
