"""Make a log message only when somebody wants it: a disabled level still pays for its f-string."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from agents.model import Patch
from agents.recipes import stores
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.harmless import is_harmless
from agents.recipes.hierarchy import hierarchy
from agents.recipes.imports import add_import, reach
from agents.recipes.once import once
from agents.recipes.positions import Span, span
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, indentation, line_start
from agents.recipes.tables import constant_value, parents
from agents.recipes.walking import nodes, walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_CALLS = 500
"""Fewer messages that nobody wants save nothing that can be measured."""
MIN_DISABLED_SHARE = 0.9
"""Where more of them are written, the guard costs what it saves."""
_MESSAGE_NS, _CHARACTER_NS = 60.0, 8.0
"""What making a message costs, less the guard, and each of its characters (see the cost note)."""
_LEVELS = {"debug": "DEBUG", "info": "INFO"}
_MADE = (ast.JoinedStr, ast.BinOp, ast.Call)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """One statement that logs.

    Attributes:
        statement: it.
        call: in it.
        logger: name of the logger.
        level: name of the constant in `logging`.
        made: the arguments that cost something.
    """

    statement: ast.Expr
    call: ast.Call
    logger: str
    level: str
    made: tuple[ast.expr, ...]


class GuardedLogging:
    """`log.debug(f"…")` → the same behind `if log.isEnabledFor(logging.DEBUG):`."""

    card = Card(
        id="guarded-logging",
        title="Make log messages only when their level is on",
        rank=11,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.7,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, a "
        "disabled message: with one value 2.0x / 1.7x / 2.3x [2.2, 2.3] / 2.9x / 2.7x, with two 2.4x / "
        "2.1x / 2.8x [2.8, 3.1] / 3.4x / 3.1x, with a list of 100 35x / 33x / 71x [65, 76] / 89x / 79x; "
        "80 to 150 ns a value, 12 ns a character",
        mechanism="The arguments of a log call are evaluated before the logger drops it; behind a guard they are not.",
        hazard="Checked: the logger is one of logging.getLogger, making the message raises and changes nothing, and no "
        "test replaces these methods; a message that is written is the same record; remains: an object of a library "
        "whose text can't be taken is no longer noticed while the level is off.",
    )
    examples = (
        Example(
            before="""\
import logging

log = logging.getLogger(__name__)


def load(path):
    log.debug(f"loading {path!r}")  # often
    return path
""",
            after="""\
import logging

log = logging.getLogger(__name__)


def load(path):
    if log.isEnabledFor(logging.DEBUG):
        log.debug(f"loading {path!r}")  # often
    return path
""",
        ),
        Example(
            before="""\
from logging import INFO, getLogger
from pprint import pformat

logger = getLogger("loads")


def load(options, *paths):
    if options:
        logger.info(
            "loading %s: %s",
            pformat(options),
            ", ".join(map(str, paths)),
        )
    return paths
""",
            after="""\
from logging import INFO, getLogger
from pprint import pformat

logger = getLogger("loads")


def load(options, *paths):
    if options:
        if logger.isEnabledFor(INFO):
            logger.info(
                "loading %s: %s",
                pformat(options),
                ", ".join(map(str, paths)),
            )
    return paths
""",
        ),
        Example(
            before="import logging\n\nlog = logging.getLogger()\n\n\ndef load(path):\n"
            '    log.debug(f"loading {path.name}")\n',
            after=None,
            because="without the attribute the call raises, whether the message is wanted or not",
        ),
        Example(
            before="import logging\n\nlog = logging.getLogger()\n\n\ndef load(paths):\n"
            '    log.debug("loading %s", next(paths))\n',
            after=None,
            because="the argument takes an item from an iterator",
        ),
        Example(
            before='import logging\n\n\ndef load(path):\n    logging.debug(f"loading {path}")\n',
            after=None,
            because="the function of the module sets up handlers at its first call, whatever the level",
        ),
        Example(
            before="import logging\n\nlog = logging.getLogger()\n\n\ndef load(path):\n"
            '    log.debug("loading %s", path)\n',
            after=None,
            because="nothing is made before the logger asks for its level",
        ),
        Example(
            before='def load(path, log):\n    log.debug(f"loading {path}")\n',
            after=None,
            because="the logger may be anything",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every message that may be left unmade."""
        if "getLogger" not in module.text:
            return
        for function in functions(module):
            for found in _all(function, module, project):
                if can_be_made(partial(_patch, found, function, module, project)):
                    requests = (expression_request(module, node) for node in found.made)
                    yield site_at(self.card.id, function, found.statement, module, *requests)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the level was off nearly always, at many calls."""
        first, last = (int(part.split(":")[0]) for part in site.node_path.split("-"))
        places = {f"{site.module}:{line} {level}" for line in range(first, last + 1) for level in _LEVELS}
        seen = [use for place, use in facts.run.logging.items() if place in places]
        calls, disabled = sum(use.calls for use in seen), sum(use.disabled for use in seen)
        if disabled < MIN_CALLS:
            return Veto(reason=f"{disabled} messages were not wanted, fewer than {MIN_CALLS}")
        if disabled < MIN_DISABLED_SHARE * calls:
            return Veto(reason=f"{calls - disabled} of {calls} messages were written")
        made = [facts.expressions[request.id] for request in site.requests if request.id in facts.expressions]
        characters = sum(fact.total_len for fact in made)
        saved_ns = (disabled * _MESSAGE_NS * len(site.requests) + characters * _CHARACTER_NS) * disabled / calls
        share = function_share(profile, site.key, saved_s=saved_ns * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        return Choice(expected_share=share, evidence=f"facts:log_calls={calls} disabled={disabled} made={characters}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put the call behind a guard."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function, module, project) if function else ():
            if function and place_of(found.statement) == site.node_path:
                return _patch(found, function, module, project)
        raise NotSpliceable(f"{module.file}:{site.line}: no message is made for nobody here")


RECIPE = GuardedLogging()


def _all(function: Function, module: Module, project: Project) -> Iterator[_Message]:
    for node in own(function.node, ast.Expr):
        found = _message(node, module, project)
        if found is not None and not _is_guarded(found, module) and _loggers_are_plain(project):
            yield found


def _message(statement: ast.Expr, module: Module, project: Project) -> _Message | None:
    call = statement.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    logger, level = call.func.value, _LEVELS.get(call.func.attr)
    if level is None or not isinstance(logger, ast.Name) or not _is_logger(logger, module, project):
        return None
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return None
    made = tuple(argument for argument in arguments if isinstance(argument, _MADE))
    if not made or not all(is_harmless(argument, module, project) for argument in arguments):
        return None
    return _Message(statement=statement, call=call, logger=logger.id, level=level, made=made)


def _is_logger(node: ast.Name, module: Module, project: Project) -> bool:
    """Say whether a name always means what `logging.getLogger` gave."""
    known = names(module)
    value = constant_value(module, node.id, project) if known.resolve(node.id, node) is known.top else None
    return isinstance(value, ast.Call) and known.dotted(value.func) == "logging.getLogger"


@once
def _loggers_are_plain(project: Project) -> bool:
    """Say whether the project has no loggers of its own, and nobody replaces what loggers do."""
    index = stores.index(project)
    methods = {*_LEVELS, "isEnabledFor"}
    if any(index.is_patched(name) or any(map(_is_on_logger, index.stores(name))) for name in methods):
        return False
    own = {"Logger", "LoggerAdapter"} & {
        base for module in project.everything for found in _classes(module, project) for base in found
    }
    return not own and not any(map(_mentions_class, project.everything))


def _mentions_class(module: Module) -> bool:
    """Say whether a file may change the class of all loggers."""
    if "setLoggerClass" not in module.text:
        return False
    mentions = (*nodes(module.syntax, ast.Attribute), *nodes(module.syntax, ast.Name))
    return any(getattr(node, "attr", getattr(node, "id", "")) == "setLoggerClass" for node in mentions)


def _is_on_logger(store: stores.Store) -> bool:
    return "log" in ast.unparse(store.receiver).lower() or store.name == "isEnabledFor"


def _classes(module: Module, project: Project) -> Iterator[tuple[str, ...]]:
    return (hierarchy(project).of(node).base_names for node in nodes(module.syntax, ast.ClassDef))


def _is_guarded(found: _Message, module: Module) -> bool:
    """Say whether the level is asked for around the call already."""
    node: ast.AST = found.statement
    while node in parents(module):
        node = parents(module)[node]
        asked = walk(node.test) if isinstance(node, ast.If) else ()
        if any(isinstance(part, ast.Attribute) and part.attr == "isEnabledFor" for part in asked):
            return True
    return False


def _patch(found: _Message, function: Function, module: Module, project: Project) -> Patch:
    reached = reach(project, module, function.node, package="logging", name=found.level)
    if reached is None:
        raise NotSpliceable(f"{module.file}:{found.statement.lineno}: logging.{found.level} can't be reached")
    indent = indentation(module, found.statement)
    end_of_lines(module, found.statement)
    unit = "\t" if indent.startswith("\t") else "    "
    test = f"{found.logger}.isEnabledFor({reached.expression})"
    first = span(module, found.statement).start
    parts = [(Span(start=first, end=first), f"if {test}:\n{indent}{unit}")]
    for line in range(found.statement.lineno + 1, (found.statement.end_lineno or 0) + 1):
        start = line_start(module, line)
        if module.text[start : line_start(module, line) + 1].strip("\r\n"):
            parts.append((Span(start=start, end=start), unit))
    rewrite = Rewrite(module)
    guard = ast.If(test=ast.parse(test, mode="eval").body, body=[ast.Expr(value=found.call)], orelse=[])
    rewrite.replace_statement_parts(found.statement, parts, [guard])
    if reached.line is not None:
        add_import(rewrite, module, reached.line)
    return rewrite.patch()
