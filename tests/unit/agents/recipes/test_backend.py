from dataclasses import replace
from pathlib import Path

import pytest

from agents.model import Attempt, Brief
from agents.recipes.backend import MAX_REQUESTS, RecipesBackend
from agents.recipes.catalogue import CATALOGUE
from agents.specialists._base import Backend
from agents.specialists.roster import ROSTER, charge_of
from profiling.facts import ExpressionFacts, Facts, FunctionFacts
from profiling.model import Domain, FunctionKey, Tree
from profiling.target import Target

CLEAN = """\
import re


def shout(text):
    return re.sub("a+", "b", text).upper()


def unused(text):
    return re.sub("a+", "b", text)
"""
SHOUT = FunctionKey(file="pkg/text.py", first_line=4, qualname="shout")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/__init__.py").write_text("")
    (tmp_path / "pkg/text.py").write_text(CLEAN)
    return Tree(root=tmp_path, import_roots=(".",), packages=("pkg",), source_paths=("pkg",))


def facts_for(backend: Backend, tree: Tree, profile) -> Facts:
    functions, expressions = {}, {}
    for request in backend.nominate(tree, profile):
        if request.id.startswith("function:"):
            functions[request.id] = FunctionFacts(
                id=request.id,
                calls=100_000,
                distinct_arguments=10,
                keyable_calls=100_000,
                consistent=True,
                consistent_by_receiver=True,
                receivers=0,
                argument_types={"text": {"str": 100_000}},
                result_types={"str": 100_000},
                results_immutable=True,
                raised=0,
                max_depth=1,
            )
        else:
            expressions[request.id] = ExpressionFacts(
                id=request.id, evaluations=100_000, types={"str": 1}, max_len=1, total_len=1, elements_hashable=True
            )
    return Facts(functions=functions, expressions=expressions)


def target_at(key: FunctionKey) -> Target:
    return Target(
        key=key,
        cpu_share=0.4,
        cpu_s=4.0,
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


@pytest.fixture
def brief(tree: Tree, profile_of) -> Brief:
    profile = profile_of((SHOUT, 4.0))
    return Brief(target=target_at(SHOUT), tree=tree, profile=profile, facts=facts_for(RecipesBackend(), tree, profile))


def test_facts_are_asked_for_in_exercised_functions_alone(tree: Tree, profile_of) -> None:
    backend: Backend = RecipesBackend()
    requests = backend.nominate(tree, profile_of((SHOUT, 4.0)))
    assert {request.id for request in requests} == {
        "function:pkg/text.py:4:shout",
        "expression:pkg/text.py:5:11-5:34",
    }
    assert backend.nominate(tree, profile_of()) == ()


def test_no_more_facts_are_asked_for_than_the_limit_and_the_hottest_come_first(tmp_path: Path, profile_of) -> None:
    text = "import re\n" + "".join(f"def f{n}(s):\n    return re.sub('a', s, s).x\n" for n in range(MAX_REQUESTS + 50))
    (tmp_path / "mod.py").write_text(text)
    tree = Tree(root=tmp_path, import_roots=(".",), packages=("mod",), source_paths=("mod.py",))
    keys = [FunctionKey(file="mod.py", first_line=2 + 2 * n, qualname=f"f{n}") for n in range(MAX_REQUESTS + 50)]
    requests = RecipesBackend().nominate(tree, profile_of(*((key, 0.01 + n / 10**5) for n, key in enumerate(keys))))
    assert len(requests) == MAX_REQUESTS
    assert requests[0].key == keys[-1]


def test_candidates_name_the_place_the_share_and_the_evidence(brief: Brief) -> None:
    found = RecipesBackend().candidates(brief.tree, brief.profile, brief.facts)
    assert [one.source for one in found] == ["recipe:memo-global", "recipe:regex-hoist"]
    assert all(one.key == SHOUT and 0 < one.expected_share <= 0.4 and one.evidence for one in found)
    assert len({one.place_digest for one in found}) == 2
    assert found == RecipesBackend().candidates(brief.tree, brief.profile, brief.facts)


def test_fixes_that_a_person_has_to_agree_to_are_named_and_not_proposed(brief: Brief) -> None:
    first, rest = CATALOGUE[0], CATALOGUE[1:]
    backend = RecipesBackend(rest, (first,))

    found = {one.source: one for one in backend.candidates(brief.tree, brief.profile, brief.facts)}
    proposed = [one.source for one in backend.specialist(Domain.CPU).propose(brief)]

    assert found["recipe:memo-global"].awaits_approval
    assert not found["recipe:regex-hoist"].awaits_approval
    assert proposed == ["recipe:regex-hoist"]
    agreed = RecipesBackend((*rest, first), ()).candidates(brief.tree, brief.profile, brief.facts)
    assert not any(one.awaits_approval for one in agreed)


def test_proposals_come_best_first_fully_argued_and_can_be_applied(brief: Brief) -> None:
    proposals = list(RecipesBackend().specialist(Domain.CPU).propose(brief))
    assert [proposal.source for proposal in proposals] == ["recipe:memo-global", "recipe:regex-hoist"]
    for proposal in proposals:
        answers = [getattr(proposal.checklist, name) for name in proposal.checklist.__dataclass_fields__]
        assert len(answers) == 10
        assert all(answer.text and answer.evidence for answer in answers)
        assert proposal.summary
        assert len(proposal.summary) <= 60
        assert proposal.expected[proposal.dimension] > 0
        compile(proposal.patch.apply({"pkg/text.py": CLEAN})["pkg/text.py"], "text", "exec")


def test_a_proposal_bears_the_digest_of_its_candidate(brief: Brief) -> None:
    backend = RecipesBackend()
    candidates = {(one.source, one.place_digest) for one in backend.candidates(brief.tree, brief.profile, brief.facts)}
    proposals = {(one.source, one.place_digest) for one in backend.specialist(Domain.CPU).propose(brief)}
    assert candidates == proposals


@pytest.mark.parametrize("status", ["keep", "discard", "crash"])
def test_what_was_tried_is_not_proposed_again(brief: Brief, status: str) -> None:
    specialist = RecipesBackend().specialist(Domain.CPU)
    first, second = specialist.propose(brief)
    tried = Attempt(
        source=first.source,
        key=first.key,
        summary=first.summary,
        status=status,
        reason="",
        place_digest=first.place_digest,
    )
    left = list(specialist.propose(replace(brief, history=(tried,))))
    assert [proposal.source for proposal in left] == [second.source]


@pytest.mark.parametrize("avoid", ["memo-global", "recipe:memo-global"])
def test_what_is_to_be_avoided_is_not_proposed(brief: Brief, avoid: str) -> None:
    proposals = RecipesBackend().specialist(Domain.CPU).propose(replace(brief, avoid=(avoid,)))
    assert [proposal.source for proposal in proposals] == ["recipe:regex-hoist"]


def test_other_domains_and_other_targets_get_nothing_of_it(brief: Brief) -> None:
    backend = RecipesBackend()
    elsewhere = target_at(FunctionKey(file="pkg/text.py", first_line=8, qualname="unused"))
    assert list(backend.specialist(Domain.MEMORY).propose(brief)) == []
    assert list(backend.specialist(Domain.CPU).propose(replace(brief, target=elsewhere))) == []


def test_a_digest_stays_when_the_function_moves_and_goes_when_it_changes(brief: Brief, profile_of) -> None:
    def digests(text: str, line: int) -> list[str]:
        (brief.tree.root / "pkg/text.py").write_text(text)
        profile = profile_of((replace(SHOUT, first_line=line), 4.0))
        backend = RecipesBackend()
        facts = facts_for(backend, brief.tree, profile)
        return [one.place_digest for one in backend.candidates(brief.tree, profile, facts)]

    before = digests(CLEAN, 4)
    moved = digests(CLEAN.replace("import re\n", "import re\nimport os\n"), 5)
    changed = digests(CLEAN.replace("upper", "lower"), 4)
    assert before == moved
    assert not set(before) & set(changed)


def test_a_tree_that_changes_is_read_again(brief: Brief) -> None:
    backend = RecipesBackend()
    assert backend.candidates(brief.tree, brief.profile, brief.facts)
    (brief.tree.root / "pkg/text.py").write_text("def shout(text):\n    print(text)\n")
    assert backend.candidates(brief.tree, brief.profile, brief.facts) == ()


def test_hostile_files_are_passed_over(brief: Brief, profile_of) -> None:
    deep = f"def f(x):\n    return {'(' * 90}x{')' * 90}\n\n\ny = {' + '.join(['x'] * 3000)}\n"
    (brief.tree.root / "pkg/deep.py").write_text(deep)
    (brief.tree.root / "pkg/bad.py").write_text("def (\n")
    key = FunctionKey(file="pkg/deep.py", first_line=1, qualname="f")
    profile = profile_of((SHOUT, 4.0), (key, 1.0))
    found = RecipesBackend().candidates(brief.tree, profile, brief.facts)
    assert {one.key for one in found} == {SHOUT}


def test_there_is_one_charge_for_each_domain() -> None:
    assert sorted(charge.domain for charge in ROSTER) == sorted(Domain)
    assert all(charge_of(domain).domain is domain for domain in Domain)
    assert all(RecipesBackend().specialist(domain).domain is domain for domain in Domain)
