"""Rules about values that are built piece by piece, or made a second time from themselves."""

import ast
from collections.abc import Iterator, Mapping

from agents.recipes.functions import FunctionNode, functions, own_calls
from agents.recipes.project import Module
from agents.recipes.scope import names, parameters_of
from agents.recipes.walking import nodes, parents_below
from agents.scan.model import Example, Place, Rule
from agents.scan.repetition import loops_around
from agents.scan.surroundings import binds, calls, calls_of_libraries, dotted, function_around

_ROUND_TRIPS = {
    "json.loads": "json.dumps",
    "pickle.loads": "pickle.dumps",
    "marshal.loads": "marshal.dumps",
    "yaml.safe_load": "yaml.safe_dump",
}
_PARSERS = frozenset(
    "ast.parse datetime.datetime.fromisoformat datetime.datetime.strptime dateutil.parser.parse decimal.Decimal"
    " ipaddress.ip_address ipaddress.ip_network json.loads packaging.version.Version packaging.version.parse"
    " pathlib.Path pathlib.PurePath uuid.UUID urllib.parse.urlparse urllib.parse.urlsplit yaml.safe_load".split()
)
_TEXT_METHODS = frozenset({"decode", "format", "join", "lower", "replace", "strip", "upper"})
_LEAST_KEYS = 3


def _appended(module: Module) -> Iterator[Place]:
    """Yield loops that do nothing but append to a list that was made empty right before."""
    above = parents_below(module.syntax)
    for loop in nodes(module.syntax, ast.For):
        name = _only_appends_to(loop)
        before = _statement_before(loop, above.get(loop)) if name else None
        value = getattr(before, "value", None)
        is_new = isinstance(value, ast.List) and not value.elts
        targets = getattr(before, "targets", None) or [getattr(before, "target", None)]
        if is_new and [dotted(target) for target in targets if target is not None] == [name]:
            yield Place(line=loop.lineno, seen=f"`{name[:60]}` is built by append", node=loop)


def _only_appends_to(loop: ast.For) -> str:
    body = loop.body
    if len(body) == 1 and isinstance(body[0], ast.If) and not body[0].orelse:
        body = body[0].body
    call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    if loop.orelse or not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
        return ""
    owner, _, name = dotted(call.func).rpartition(".")
    return owner if name == "append" and "." not in owner else ""


def _statement_before(statement: ast.stmt, holder: ast.AST | None) -> ast.stmt | None:
    for field in ("body", "orelse", "finalbody"):
        block = getattr(holder, field, None)
        if isinstance(block, list) and statement in block:
            place = block.index(statement)
            return block[place - 1] if place else None
    return None


def _texts(module: Module) -> Iterator[Place]:
    """Yield texts that a loop makes longer."""
    for node in nodes(module.syntax, ast.AugAssign):
        name = dotted(node.target)
        if not name or not isinstance(node.op, ast.Add) or not _is_text(node.value):
            continue
        loops = loops_around(node, module)
        if loops and not binds(loops[0], name):
            yield Place(line=node.lineno, seen=f"`{name[:60]} += …` in a loop", node=node)


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return True
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or (isinstance(node.op, ast.Add) and _is_text(node.right))
    if not isinstance(node, ast.Call):
        return False
    is_str = isinstance(node.func, ast.Name) and node.func.id == "str"
    return is_str or (isinstance(node.func, ast.Attribute) and node.func.attr in _TEXT_METHODS)


def _round_trips(module: Module) -> Iterator[Place]:
    known = names(module)
    for reader, writer in _ROUND_TRIPS.items():
        for call in calls_of_libraries(module).get(reader, ()):
            written = call.args[0] if call.args else None
            if isinstance(written, ast.Call) and known.dotted(written.func) == writer:
                yield Place(line=call.lineno, seen=f"`{reader}({writer}(…))`", node=call)


def _deep_copies(module: Module) -> Iterator[Place]:
    for call in calls_of_libraries(module).get("copy.deepcopy", ()):
        if loops_around(call, module):
            yield Place(line=call.lineno, seen="`deepcopy` in a loop", node=call)


def _rows(module: Module) -> Iterator[Place]:
    """Yield loops that collect dicts of the same constant keys."""
    for call, written in calls(module):
        row = call.args[0] if len(call.args) == 1 else None
        if not written.endswith(".append") or not isinstance(row, ast.Dict):
            continue
        keys = [key.value for key in row.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
        if len(keys) == len(row.keys) >= _LEAST_KEYS and loops_around(call, module):
            seen = f"`{written[:60]}` of dicts with the keys {', '.join(keys[:4])[:60]}"
            yield Place(line=call.lineno, seen=seen, node=call)


def _through_text(module: Module) -> Iterator[Place]:
    """Yield values that are made into a text and back into a value at once: `Version(str(version))`."""
    known = names(module)
    raised = {node.exc for node in nodes(module.syntax, ast.Raise)}
    for call, written in calls(module):
        inner = call.args[0] if len(call.args) == 1 and not call.keywords and call not in raised else None
        name = written.rpartition(".")[2]
        if not (name[:1].isupper() or name in {"int", "float"}) or not isinstance(inner, ast.Call) or inner.keywords:
            continue
        if dotted(inner.func) == "str" and known.is_builtin("str", inner.func) and len(inner.args) == 1:
            yield Place(line=call.lineno, seen=f"`{written[:60]}(str(…))`", node=call)


def _parsed_again(module: Module) -> Iterator[Place]:
    """Yield calls that hand on what the function parses itself to a function that parses it, too."""
    parsed = _parsed_parameters(module)
    by_name = {function.node.name: function.node for function in functions(module) if function.node in parsed}
    for caller, own_parsed in parsed.items():
        for call in own_calls(caller, *by_name):
            callee = by_name.get(call.func.id) if isinstance(call.func, ast.Name) else None
            if callee is None or callee is caller:
                continue
            given = zip((parameter.arg for parameter in parameters_of(callee)), call.args, strict=False)
            for name, argument in given:
                if isinstance(argument, ast.Name) and argument.id in own_parsed and name in parsed[callee]:
                    seen = f"`{argument.id}` is parsed here and by `{callee.name}`"
                    yield Place(line=call.lineno, seen=seen, node=call)


def _parsed_parameters(module: Module) -> Mapping[FunctionNode, frozenset[str]]:
    """Return the parameters that functions parse, by function; of those that parse none nothing."""
    found: dict[FunctionNode, frozenset[str]] = {}
    for library, parsing in calls_of_libraries(module).items():
        for call in parsing if library in _PARSERS else ():
            function = function_around(call, module)
            first = call.args[0] if call.args else None
            if function is None or not isinstance(first, ast.Name):
                continue
            if first.id in {parameter.arg for parameter in parameters_of(function)}:
                found[function] = found.get(function, frozenset()) | {first.id}
    return found


RULES = (
    Rule(
        id="append-loop",
        title="A list is built by append where a comprehension serves",
        action="write a comprehension: it looks `append` up and calls it for no element",
        confirm="elements appended in a run, and the loop's share",
        find=_appended,
        examples=(
            Example(
                source="def f(a):\n    r = []\n    for x in a:\n        r.append(x + 1)\n    return r\n", lines=(3,)
            ),
            Example(source="r = []\nfor x in a:\n    if x:\n        r.append(x)\n", lines=(2,)),
            Example(source="r = [0]\nfor x in a:\n    r.append(x)\n", lines=()),
            Example(source="r = []\nfor x in a:\n    g(x)\n    r.append(x)\n", lines=()),
        ),
    ),
    Rule(
        id="text-in-loop",
        title="A text grows piece by piece",
        action="collect the pieces in a list and join them once: what somebody else refers to is copied for each piece",
        confirm="a scaling test (`optimize profile --scale`), and the text's length",
        find=_texts,
        examples=(
            Example(source="def f(self, a):\n    for x in a:\n        self.text += f'{x}\\n'\n", lines=(3,)),
            Example(source="def f(a):\n    for x in a:\n        n += x\n", lines=()),
            Example(source="def f(a):\n    for x in a:\n        t = ''\n        t += 'x'\n", lines=()),
        ),
    ),
    Rule(
        id="round-trip-copy",
        title="A copy is made by writing and reading",
        action="copy what is changed alone, or share the value if nobody changes it",
        confirm="calls of it, and its share",
        find=_round_trips,
        examples=(
            Example(source="import json\nb = json.loads(json.dumps(a))\n", lines=(2,)),
            Example(source="import json\nb = json.loads(a)\n", lines=()),
        ),
    ),
    Rule(
        id="deep-copy-in-loop",
        title="Everything below a value is copied for each element",
        action="copy what is changed alone, or make values that nobody can change and share them",
        confirm="calls of `copy.deepcopy`, and its share",
        find=_deep_copies,
        examples=(
            Example(source="import copy\ndef f(a):\n    for x in a:\n        g(copy.deepcopy(x))\n", lines=(4,)),
            Example(source="import copy\ndef f(a):\n    return copy.deepcopy(a)\n", lines=()),
        ),
    ),
    Rule(
        id="uniform-rows",
        title="Every row is a dict of the same keys",
        action="keep rows as tuples or instances with slots (about half the memory), or a list for each column",
        confirm="10,000 rows and more, all with these keys (`optimize profile --deep census`)",
        find=_rows,
        examples=(
            Example(source="def f(a):\n    for x in a:\n        r.append({'i': x, 'j': 1, 'k': 2})\n", lines=(3,)),
            Example(source="def f(a):\n    for x in a:\n        r.append({'i': x, x: 1, 'k': 2})\n", lines=()),
        ),
    ),
    Rule(
        id="through-text",
        title="A value is made into a text and parsed again",
        action="hand on the value itself",
        confirm="calls of it, and its share",
        find=_through_text,
        examples=(
            Example(source="v = Version(str(w))\n", lines=(1,)),
            Example(source="v = Version(w)\n", lines=()),
            Example(source="raise Error(str(w))\n", lines=()),
        ),
    ),
    Rule(
        id="parsed-again",
        title="Caller and callee parse the same text",
        action="parse it once, in the caller, and hand on the result",
        confirm="equal inputs parsed twice",
        find=_parsed_again,
        examples=(
            Example(
                source="import json\ndef g(t):\n    return json.loads(t)['b']\n"
                "def f(t):\n    return json.loads(t)['a'], g(t)\n",
                lines=(5,),
            ),
            Example(
                source="import json\ndef g(t):\n    return len(t)\ndef f(t):\n    return json.loads(t)['a'], g(t)\n",
                lines=(),
            ),
        ),
    ),
)
