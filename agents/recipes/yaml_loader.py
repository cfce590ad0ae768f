"""Let the C library read YAML where it is there: the parser in Python is several times slower."""

import ast
from collections.abc import Iterator

from agents.model import Patch
from agents.recipes import library
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import FunctionNode, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from agents.recipes.tables import is_taken
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

SAVED_PART = 0.7
"""Of the time of a function that reads YAML and does little else (see the card's cost note)."""

_SAFE = frozenset({"yaml.SafeLoader", "yaml.loader.SafeLoader"})
_TELLING = frozenset(
    "add_constructor add_implicit_resolver add_multi_constructor add_path_resolver context_mark note problem"
    " problem_mark YAMLObject yaml_constructors yaml_implicit_resolvers yaml_loader yaml_multi_constructors".split()
)
"""What changes one loader and not the other, or tells the errors of both apart."""


class YamlLoader:
    """`yaml.safe_load(text)` → `yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))`."""

    card = Card(
        id="yaml-loader",
        title="Read YAML with the C library",
        rank=43,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.6,
        cost_note="measured 2026-11, 15 interleaved pairs of CPU time, PyYAML 6.0 with its C library, CPython 3.9, "
        "3.10, 3.11, 3.12, 3.13: a mapping of 50 short lists 9.5x, 8.8x, 7.2x, 7.0x, 6.6x",
        mechanism="The safe loader scans and parses in Python, a character at a time; the one on the C library builds "
        "the same objects from events that C gives.",
        hazard="Checked: the safe loader is meant, nobody adds constructors or resolvers to it, or looks into its "
        "errors; remains: texts that only one of both parsers takes (a tab behind a colon, a YAML version of 1.3), and "
        "the wording of errors.",
        needs_approval=True,
    )
    examples = (
        Example(
            before="""\
import yaml


def settings(path):
    with open(path) as file:
        return yaml.safe_load(file)  # of the user
""",
            after="""\
import yaml


def settings(path):
    with open(path) as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # of the user
""",
        ),
        Example(
            before="import yaml as y\n\n\ndef f(text):\n    return y.load(text, Loader=y.SafeLoader)\n",
            after="""\
import yaml as y


def f(text):
    return y.load(text, Loader=getattr(y, "CSafeLoader", y.SafeLoader))
""",
        ),
        Example(
            before="import yaml\n\n\ndef f(text):\n    return yaml.load(text, Loader=yaml.FullLoader)\n",
            after=None,
            because="another loader is meant",
        ),
        Example(
            before="""\
import yaml


def f(text):
    yaml.SafeLoader.add_constructor("!x", str)
    return yaml.safe_load(text)
""",
            after=None,
            because="the other loader does not know the constructor",
        ),
        Example(
            before="""\
import yaml


def f(text):
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        return error.problem_mark.line
""",
            after=None,
            because="the errors differ",
        ),
        Example(
            before="import strictyaml as yaml\n\n\ndef f(text):\n    return yaml.safe_load(text)\n",
            after=None,
            because="it is another library",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every call that reads with the safe loader."""
        for function in functions(module) if "yaml" in module.text else ():
            for node in _loads(function.node, module, project):
                if can_be_made(lambda node=node: _patch(node, module)):  # type: ignore[misc]
                    yield site_at(self.card.id, function, node, module, expression_request(module, node))

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when reading was seen in a function with sampled time."""
        seen = next((facts.expressions[one.id] for one in site.requests if one.id in facts.expressions), None)
        if seen is None or seen.evaluations == 0:
            return Veto(reason="no text was seen being read")
        spent_s = sum(one.cpu_self_s for one in profile.functions if one.key == site.key)
        share = function_share(profile, site.key, saved_s=SAVED_PART * spent_s)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not sampled")
        return Choice(expected_share=share, evidence=f"facts:texts_read={seen.evaluations} profile:share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Name the loader on the C library, and the one in Python where there is none.

        Raises:
            NotSpliceable: the call does not stand there any more.
        """
        del choice
        function = function_at(module, site.key)
        found = _loads(function.node, module, project) if function else iter(())
        same = next((one for one in found if place_of(one) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: no YAML is read here")
        return _patch(same, module)


RECIPE = YamlLoader()


def _loads(function: FunctionNode, module: Module, project: Project) -> Iterator[ast.Call]:
    if _is_told_apart(project):
        return
    for node in own(function, ast.Call):
        if isinstance(node.func, ast.Attribute) and _is_safe(node, module, project):
            yield node


@once
def _is_told_apart(project: Project) -> bool:
    """Say whether the project changes a loader, or looks into what only one of them gives."""
    return any(is_taken(name, project) for name in _TELLING)


def _is_safe(node: ast.Call, module: Module, project: Project) -> bool:
    called, known = library.called(node, {"yaml.load", "yaml.safe_load"}, module, project), names(module)
    if not node.args or isinstance(node.args[0], ast.Starred) or not known.is_builtin("getattr", node):
        return False
    if called == "yaml.safe_load":
        return len(node.args) == 1 and not node.keywords
    loaders = [*node.args[1:], *(keyword.value for keyword in node.keywords if keyword.arg == "Loader")]
    is_plain = len(loaders) == 1 and len(node.args) + len(node.keywords) == 2
    return called == "yaml.load" and is_plain and known.dotted(loaders[0]) in _SAFE


def _patch(node: ast.Call, module: Module) -> Patch:
    written = source(module, node)
    if "#" in written or "\n" in written or not is_as_written(module, node):
        raise NotSpliceable(f"{module.file}:{node.lineno}: the call is spread over lines")
    assert isinstance(node.func, ast.Attribute)
    owner, rewrite = source(module, node.func.value), Rewrite(module)
    loader = f'getattr({owner}, "CSafeLoader", {owner}.SafeLoader)'
    rewrite.replace(node, f"{owner}.load({source(module, node.args[0])}, Loader={loader})")
    return rewrite.patch()
