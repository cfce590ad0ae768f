"""Compile a constant pattern once, when the module is imported: each `re.sub(pattern, …)` looks it up again."""

import ast
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.exposure import exposure
from agents.recipes.functions import Function, FunctionNode, function_at, functions
from agents.recipes.gains import function_share
from agents.recipes.positions import Span, span
from agents.recipes.project import Module, Project
from agents.recipes.regex_calls import RegexCall, regex_calls
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, line_start, newline
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_CALLS = 1000
"""Fewer calls save nothing that can be measured (docs/recipes.md)."""
_LIBRARY = re.compile(r"import\b.*\bre\b|from\s+re\s+import\b")
_LOOKUP_S = 0.2e-6
"""What one call spends in `re` before the match begins (0.16 to 0.24 us, see the card's cost note)."""


class RegexHoist:
    """`re.sub(r"a+", …)` in a function → `_RX.sub(…)` with `_RX = re.compile(r"a+")` at the top."""

    card = Card(
        id="regex-hoist",
        title="Compile constant regular expressions once",
        rank=4,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.7,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, a "
        "text of 15 characters: sub 2.0x / 2.0x / 1.7x [1.7, 1.9] / 1.7x / 2.0x, search 3.0x / 2.9x / "
        "2.5x [2.4, 2.6] / 2.7x / 2.3x, with flags 3.7x / 3.5x / 3.0x [2.9, 3.0] / 2.9x / 2.4x; 0.4 to "
        "0.9 us a call beside other work, 0.16 to 0.24 us on a quiet CPython 3.11",
        mechanism="Every call of a module-level re function first looks the pattern up in a cache; a pattern that was "
        "compiled once goes straight to the matcher.",
        hazard="Checked: pattern and flags are constants that compile without a warning, or names that are given one "
        "such text or one by the version of Python and nothing else; re is the standard library's "
        "and nobody patches it; remains: the patterns are compiled when the module is imported.",
    )
    examples = (
        Example(
            before="""\
import re


def clean(text):
    if re.search(r"^\\s", text):  # leading space
        text = re.sub(r"\\s+", " ", text, flags=re.ASCII)
    return text
""",
            after="""\
import re

_RX_CLEAN_1 = re.compile(r"^\\s")
_RX_CLEAN_2 = re.compile(r"\\s+", re.ASCII)


def clean(text):
    if _RX_CLEAN_1.search(text):  # leading space
        text = _RX_CLEAN_2.sub(" ", text)
    return text
""",
        ),
        Example(
            before="""\
from re import sub


def squeeze(text):
    return sub("  +", " ", text)
""",
            after="""\
from re import sub
import re

_RX_SQUEEZE = re.compile("  +")


def squeeze(text):
    return _RX_SQUEEZE.sub(" ", text)
""",
        ),
        Example(
            before="""\
import re
import sys

WORD = r"\\w+"


def mark(text):
    if sys.version_info[0] == 2:
        odd = unichr(0xFFFE)
    else:
        odd = "\\uFFFE"
    gap = " "
    return re.sub(odd, "", text), re.findall(WORD, text), re.split(gap, text)
""",
            after="""\
import re
import sys

if sys.version_info[0] == 2:
    _RX_MARK_1 = re.compile(unichr(0xFFFE))
else:
    _RX_MARK_1 = re.compile("\\uFFFE")
_RX_MARK_3 = re.compile(" ")

WORD = r"\\w+"
_RX_MARK_2 = re.compile(WORD)


def mark(text):
    return _RX_MARK_1.sub("", text), _RX_MARK_2.findall(text), _RX_MARK_3.split(text)
""",
        ),
        Example(
            before="import re\n\n\ndef count(word, text):\n    return len(re.findall(word, text))\n",
            after=None,
            because="the pattern is not a constant",
        ),
        Example(
            before="import re\n\n\ndef clean(text):\n    return re.sub('a', 'b', text, re.I)\n",
            after=None,
            because="the flag stands where the count belongs: what was meant is for a person to say",
        ),
        Example(
            before="import regex as re\n\n\ndef clean(text):\n    return re.sub('a', 'b', text)\n",
            after=None,
            because="it is not the standard library's re",
        ),
        Example(
            before="import re\n\n\ndef clean(re, text):\n    return re.sub('a', 'b', text)\n",
            after=None,
            because="re is a parameter here",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every function with constant patterns."""
        for function in functions(module) if _LIBRARY.search(module.text) else ():
            calls = _calls(function, module, project)
            if calls:
                yield Site(
                    recipe=self.card.id,
                    key=function.key,
                    module=module.file,
                    line=calls[0].node.lineno,
                    requests=tuple(expression_request(module, call.node) for call in calls),
                    node_path="",
                )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Ask for 1000 calls in a function that was sampled."""
        seen = exposure(profile, site.key)
        if seen is None:
            return Veto(reason="the function was not sampled")
        recorded = (facts.expressions.get(request.id) for request in site.requests)
        calls = sum(fact.evaluations for fact in recorded if fact is not None)
        if calls < MIN_CALLS:
            return Veto(reason=f"{calls} calls of re, fewer than {MIN_CALLS}")
        share = function_share(profile, site.key, saved_s=calls * _LOOKUP_S)
        if share <= 0:
            return Veto(reason="no time was seen in the function itself")
        return Choice(expected_share=share, evidence=f"facts:regex_calls={calls}; profile: {seen.text}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Return the edits for all constant patterns of the function.

        Raises:
            NotSpliceable: the function or its calls are not as they were.
        """
        del choice
        function = function_at(module, site.key)
        anchor = _anchor(function, module) if function else None
        calls = _calls(function, module, project) if function else ()
        if anchor is None or not calls or function is None:
            raise NotSpliceable(f"{site.module}:{site.line}: no constant pattern stands here any more")
        named = _named(calls, function, module)
        rewrite = Rewrite(module)
        found = names(module).name_for("re")
        if not found:
            rewrite.insert_after(anchor, "import re")
        for place, compiled in _by_place(calls, named, anchor, function).items():
            lines = _compilations(compiled, found[0] if found else "re")
            rewrite.insert_after(place, "\n".join([""] * (place is anchor) + lines))
        for call in calls:
            _replace(rewrite, call, named[call.key], module)
        _remove_unread(rewrite, calls, function.node, module)
        return rewrite.patch()


def _calls(function: Function, module: Module, project: Project) -> tuple[RegexCall, ...]:
    """Return the calls whose patterns can be compiled behind the import, where their flags are known already."""
    anchor = _anchor(function, module)
    if anchor is None or names(module).has_star_import:
        return ()
    found = regex_calls(function.node, module, project)
    return tuple(
        call
        for call in found
        if all(line <= anchor.lineno for line in call.known_from) and _place(call, anchor, function) is not None
    )


def _place(call: RegexCall, anchor: ast.stmt, function: Function) -> ast.stmt | None:
    """Return what a pattern goes behind: the imports, or where the module names it, if that comes later."""
    if call.named is None or call.named.is_local or call.named.statement.lineno < anchor.lineno:
        return anchor
    statement = call.named.statement
    return statement if (statement.end_lineno or 0) < function.key.first_line else None


def _anchor(function: Function, module: Module) -> ast.stmt | None:
    """Return the import the patterns go behind: the last of the block that brings `re`, before the function."""
    known = names(module)
    found = known.name_for("re")
    if found is None and not known.is_free("re"):
        return None
    statement = found[1].statement if found else _from_re(module)
    if statement is None:
        return None
    body = module.syntax.body
    last = body.index(statement)
    while last + 1 < len(body) and isinstance(body[last + 1], ast.Import | ast.ImportFrom):
        last += 1
    return body[last] if (body[last].end_lineno or 0) < function.key.first_line else None


def _from_re(module: Module) -> ast.stmt | None:
    imports = (statement for statement in module.syntax.body if isinstance(statement, ast.ImportFrom))
    return next((statement for statement in imports if statement.module == "re" and not statement.level), None)


def _named(calls: Sequence[RegexCall], function: Function, module: Module) -> dict[tuple[str, str, str, str], str]:
    """Return a free constant name for each pattern with its flags."""
    wanted = list(dict.fromkeys(call.key for call in calls))
    stem = "_RX_" + (re.sub(r"[^A-Z0-9]+", "_", function.node.name.upper()).strip("_") or "F")
    free = _free_names(stem, names(module).is_free)
    if len(wanted) == 1 and names(module).is_free(stem):
        return {wanted[0]: stem}
    return {key: next(free) for key in wanted}


def _free_names(stem: str, is_free: Callable[[str], bool]) -> Iterator[str]:
    """Yield names without end: a module that uses no star import uses finitely many."""
    return (f"{stem}_{number}" for number in itertools.count(1) if is_free(f"{stem}_{number}"))


def _by_place(
    calls: Sequence[RegexCall], named: Mapping[tuple[str, str, str, str], str], anchor: ast.stmt, function: Function
) -> dict[ast.stmt, list[tuple[str, RegexCall]]]:
    """Return the names with one call of their pattern each, by what they go behind."""
    found: dict[ast.stmt, list[tuple[str, RegexCall]]] = {}
    first_of = {call.key: call for call in reversed(calls)}
    for key, name in named.items():
        place = _place(first_of[key], anchor, function) or anchor
        found.setdefault(place, []).append((name, first_of[key]))
    return found


def _compilations(compiled: Sequence[tuple[str, RegexCall]], module_name: str) -> list[str]:
    """Return the lines that compile patterns, those that hang on the same test side by side."""
    lines: list[str] = []
    for test, group in itertools.groupby(compiled, key=lambda one: one[1].test):
        members = list(group)
        taken = [_compilation(name, call.pattern, call, module_name) for name, call in members]
        other = [_compilation(name, call.other, call, module_name) for name, call in members]
        indented = [*(f"    {line}" for line in taken), "else:", *(f"    {line}" for line in other)]
        lines += [f"if {test}:", *indented] if test else taken
    return lines


def _compilation(name: str, pattern: str, call: RegexCall, module_name: str) -> str:
    return f"{name} = {module_name}.compile({pattern}{', ' + call.flags if call.flags else ''})"


def _remove_unread(rewrite: Rewrite, calls: Sequence[RegexCall], function: FunctionNode, module: Module) -> None:
    """Take away what gave local names to patterns, where nothing else reads these names."""
    if reads_its_frame(function, module):
        return
    gone = {node for call in calls if call.named for node in walk(call.node)} - {
        node for call in calls for kept in (*call.kept, *call.keywords) for node in walk(kept)
    }
    for statement in dict.fromkeys(call.named.statement for call in calls if call.named and call.named.is_local):
        found = [node for node in walk(function) if isinstance(node, ast.Name) and node not in gone]
        bound = {node.id for node in walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        where = _lines_of(statement, module)
        is_read = any(node.id in bound and isinstance(node.ctx, ast.Load) for node in found)
        if not is_read and "#" not in module.text[where.start : where.end]:
            rewrite.replace_statement_parts(statement, [(where, "")], [])


def _lines_of(statement: ast.stmt, module: Module) -> Span:
    """Return the lines of a statement, with an empty one behind it where none is before it."""
    start, end = line_start(module, statement.lineno), end_of_lines(module, statement)
    gap = newline(module)
    is_led = module.text[:start].endswith(gap * 2)
    return Span(start=start, end=end + len(gap) * (module.text.startswith(gap, end) and not is_led))


def _replace(rewrite: Rewrite, call: RegexCall, name: str, module: Module) -> None:
    if call.function == "compile":
        rewrite.replace(call.node, name)
        return
    method = ast.Attribute(value=ast.Name(id=name, ctx=ast.Load()), attr=call.function, ctx=ast.Load())
    expected = ast.Call(func=method, args=list(call.kept), keywords=list(call.keywords))
    parts: list[tuple[Span, str]] = [(cut, "") for cut in call.cut]
    rewrite.replace_parts(call.node, [(span(module, call.node.func), f"{name}.{call.function}"), *parts], expected)


RECIPE = RegexHoist()
