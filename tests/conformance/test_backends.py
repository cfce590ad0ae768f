"""What every backend must do, whoever it is: the embedded recipes, Claude, and the scripted one that tests play."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from agents.claude.account import Account
from agents.claude.backend import ClaudeBackend
from agents.claude.desk import Desk
from agents.claude.models import load as load_models
from agents.claude.scripted import Step
from agents.model import Attempt, Brief, Candidate, Proposal
from agents.recipes.backend import RecipesBackend
from agents.specialists._base import Backend
from profiling.facts import ExpressionFacts, ExpressionRequest, Facts, FunctionFacts, FunctionRequest
from profiling.model import Command, Domain, FunctionKey, Interpreter, RunUsage, Tree
from profiling.profile import FunctionProfile, GcTotals, Profile
from profiling.target import Target
from tests.fakes.claude_player import agent_of, propose, ranking, scripted
from tests.fakes.messages_server import Body
from tests.fakes.scripted_backend import Fix, ScriptedBackend

MODULE = '''import re


def squeeze(text):
    """Return the text with single spaces."""
    return re.sub(r"\\\\s+", " ", text)
'''
KEY = FunctionKey(file="words/__init__.py", first_line=4, qualname="squeeze")
USAGE = RunUsage(wall_s=1.0, cpu_s=1.0, max_rss_mib=30.0, exit_code=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A backend with a tree it has something to propose for."""

    backend: Backend
    tree: Tree
    profile: Profile
    facts: Facts

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        return self.backend.candidates(self.tree, self.profile, self.facts)

    def brief(self, *history: Attempt) -> Brief:
        target = Target(
            key=KEY,
            cpu_share=0.9,
            cpu_s=0.9,
            memory_mib=0.0,
            gc_s=0.0,
            loop_s=0.0,
            import_s=0.0,
            calls=None,
            domains=(Domain.CPU,),
            interactions=(),
            actionable=True,
            uncertain=False,
        )
        return Brief(target=target, tree=self.tree, profile=self.profile, facts=self.facts, history=history)

    def proposals(self, *history: Attempt) -> list[Proposal]:
        return list(self.backend.specialist(Domain.CPU).propose(self.brief(*history)))


def facts_for(backend: Backend, tree: Tree, profile: Profile) -> Facts:
    """Answer what the backend asks for: every requested function was called often, every expression evaluated."""
    functions, expressions = {}, {}
    for request in backend.nominate(tree, profile):
        if isinstance(request, FunctionRequest):
            functions[request.id] = FunctionFacts(
                id=request.id,
                calls=500_000,
                distinct_arguments=4096,
                keyable_calls=500_000,
                consistent=True,
                consistent_by_receiver=True,
                receivers=0,
                argument_types={"text": {"str": 500_000}},
                result_types={"str": 500_000},
                results_immutable=True,
                raised=0,
                max_depth=1,
            )
        if isinstance(request, ExpressionRequest):
            expressions[request.id] = ExpressionFacts(
                id=request.id,
                evaluations=500_000,
                types={"str": 500_000},
                max_len=9,
                total_len=9 * 500_000,
                elements_hashable=True,
            )
    return Facts(functions=functions, expressions=expressions)


def claude(folder: Path) -> ClaudeBackend:
    """Return the backend that asks a model, with a script that ranks all places and proposes one fix."""

    def play(body: Body) -> Step:
        if agent_of(body) == "lead":
            return ranking(body)
        return propose({"file": "words/__init__.py", "old": '" ", text', "new": "' ', text"})

    models = load_models()
    desk = Desk(client=scripted(play), account=Account(folder / "calls", models), models=models, folder=folder)
    return ClaudeBackend(desk, RecipesBackend())


@pytest.fixture(params=["recipes", "scripted", "claude"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "__init__.py").write_text(MODULE.replace("\\\\", "\\"))
    tree = Tree(root=tmp_path, import_roots=(".",), packages=("words",), source_paths=("words",))
    profile = Profile(
        schema_version=1,
        tree_id="t",
        command=Command(argv=("python", "bench.py")),
        interpreter=Interpreter(executable="python3", version=(3, 11, 0)),
        baseline=(USAGE, USAGE, USAGE),
        time_pass=USAGE,
        memory_pass=None,
        cpu_covered_s=1.0,
        samples=900,
        functions=(FunctionProfile(key=KEY, cpu_self_s=0.9, cpu_total_s=0.9, samples_self=800, samples_total=800),),
        imports=(),
        libraries=(),
        stacks=(),
        gc=GcTotals(),
        peak_bytes=None,
    )
    fix = Fix(summary="say it shorter", old='" ", text', new="' ', text", file="words/__init__.py", qualname="squeeze")
    backends = {
        "recipes": RecipesBackend,
        "scripted": lambda: ScriptedBackend((fix,)),
        "claude": lambda: claude(tmp_path / "claude"),
    }
    backend: Backend = backends[request.param]()
    return Stage(backend=backend, tree=tree, profile=profile, facts=facts_for(backend, tree, profile))


def test_it_finds_something_and_finds_the_same_again(stage: Stage) -> None:
    assert stage.candidates
    assert stage.candidates == stage.candidates


def test_every_candidate_is_a_place_in_the_tree_with_a_share_and_a_confidence(stage: Stage) -> None:
    for candidate in stage.candidates:
        assert (stage.tree.root / candidate.key.file).is_file()
        assert 0 < candidate.expected_share <= 1
        assert 0 < candidate.confidence <= 1


def test_every_candidate_is_proposed_by_the_specialist_of_its_domain_under_its_digest(stage: Stage) -> None:
    proposed = {(one.source, one.place_digest) for one in stage.proposals()}
    wanted = {(one.source, one.place_digest) for one in stage.candidates if one.domain is Domain.CPU}
    assert wanted
    assert wanted <= proposed


def test_a_proposal_applies_to_the_text_of_the_tree_and_changes_it(stage: Stage) -> None:
    for proposal in stage.proposals():
        sources = {file: (stage.tree.root / file).read_text() for file in proposal.patch.files}
        assert proposal.patch.apply(sources) != sources
        assert proposal.patch.diff(sources).startswith("--- a/")


def test_what_was_tried_on_this_text_is_not_proposed_again(stage: Stage) -> None:
    first = stage.proposals()[0]
    tried = Attempt(
        source=first.source,
        key=first.key,
        summary=first.summary,
        status="discard",
        reason="no_improvement",
        place_digest=first.place_digest,
    )
    assert first.place_digest not in {one.place_digest for one in stage.proposals(tried)}


@pytest.mark.parametrize("domain", list(Domain))
def test_there_is_a_specialist_for_every_domain_that_answers_for_it(stage: Stage, domain: Domain) -> None:
    assert stage.backend.specialist(domain).domain is domain


def test_proposing_changes_no_file(stage: Stage) -> None:
    before = {path: path.read_bytes() for path in sorted(stage.tree.root.rglob("*.py"))}
    stage.proposals()
    assert {path: path.read_bytes() for path in sorted(stage.tree.root.rglob("*.py"))} == before
