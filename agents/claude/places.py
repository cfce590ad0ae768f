"""Where Claude is asked: functions that cost something in a domain, with what could be saved there at most."""

import ast
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from agents.claude.tools._base import ToolRefused
from agents.claude.tools.checkout import Checkout, lines_of
from agents.claude.tools.functions import definitions
from agents.model import Candidate
from profiling import targets
from profiling.model import Dimension, Domain, FunctionKey, Tree
from profiling.profile import Profile
from profiling.target import Target

ATTEMPTS = 2
"""Conversations about one place: the second knows what became of the first one's fix."""

CONFIDENCE = 0.25
"""That a fix of a model is kept, before this repository has shown anything: a recipe's is 0.3 to 0.9."""

_MOST_PLACES = 12
_LIKELY_PART = 0.5
"""Of what is within reach, saved by a fix that is kept: what is expected until the lead says otherwise."""

_BEHIND_RECIPES = 0.05
"""Of what a recipe promises at the same function: there it goes first, whatever this session has shown of either."""

_MIB = 1024 * 1024
_DIMENSIONS = {
    Domain.CPU: Dimension.CPU_S,
    Domain.MEMORY: Dimension.PEAK_MIB,
    Domain.ASYNC: Dimension.WALL_S,
    Domain.STRUCTURE: Dimension.IMPORT_S,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One function in one domain.

    Attributes:
        target: as the table has it.
        domain: over a threshold there.
        reach: most that can be saved: share (0 to 1) of the workload in the domain's dimension.
        digest: of the text that stands there.
    """

    target: Target
    domain: Domain
    reach: float
    digest: str

    @property
    def id(self) -> str:
        """Return what the lead calls it by."""
        return f"{self.domain.value}-{self.digest[:6]}"

    @property
    def source(self) -> str:
        """Return who proposes there."""
        return f"claude:{self.domain.value}"

    @property
    def dimension(self) -> Dimension:
        """Return what a fix is measured in."""
        return _DIMENSIONS[self.domain]

    def attempt_digests(self) -> tuple[str, ...]:
        """Return what the attempts are known by, in order."""
        return tuple(hashlib.sha256(f"{self.digest}:{number}".encode()).hexdigest()[:16] for number in range(ATTEMPTS))


def find(tree: Tree, profile: Profile) -> tuple[Place, ...]:
    """Return the places worth a conversation, those with most to gain first."""
    checkout = Checkout(root=tree.root)
    table = targets.build(profile, (), frozenset(), editable=lambda file: _is_source(file, tree))
    places = []
    for target in (one for one in table if one.actionable):
        try:
            text = source_of(checkout, target.key)
        except ToolRefused:
            continue
        for domain in target.domains:
            content = repr((domain.value, target.key.file, target.key.qualname, text))
            digest = hashlib.sha256(content.encode()).hexdigest()[:16]
            places.append(Place(target=target, domain=domain, reach=_reach(target, domain, profile), digest=digest))
    open_ = (place for place in places if place.reach > 0)
    return tuple(sorted(open_, key=lambda place: (-place.reach, place.target.key, place.domain)))[:_MOST_PLACES]


def source_of(checkout: Checkout, key: FunctionKey) -> str:
    """Return the text of a function; of a module body the statements that are no definitions.

    Raises:
        ToolRefused: it is not there any more.
    """
    text = checkout.text(key.file)
    if key.qualname == targets.MODULE_BODY:
        return _module_body(text)
    named = [one for one in definitions(text) if one.name == key.qualname]
    exact = [one for one in named if one.first_line == key.first_line] or named
    if not exact:
        raise ToolRefused(f"{key.file} defines no {key.qualname!r}")
    return "".join(lines_of(text)[exact[0].first_line - 1 : exact[0].last_line])


def candidates(
    places: Iterable[Place], recipes: Iterable[Candidate], shares: Mapping[str, float]
) -> tuple[Candidate, ...]:
    """Return the places as candidates, behind what recipes offer at the same function.

    Args:
        places: where Claude is asked.
        recipes: what the embedded backend offers.
        shares: what the lead expects of a place, by its id; of one it left out nothing is offered. Empty: no lead.
    """
    promised: dict[tuple[str, str], float] = {}
    for one in recipes:
        name = (one.key.file, one.key.qualname)
        promised[name] = min(promised.get(name, 1.0), one.expected_share * one.confidence)
    found = []
    for place in places:
        share = shares.get(place.id, 0.0) if shares else place.reach * _LIKELY_PART
        ahead = promised.get((place.target.key.file, place.target.key.qualname))
        if ahead is not None:
            share = min(share, ahead * _BEHIND_RECIPES / CONFIDENCE)
        if share > 0:
            found += [
                _candidate(place, digest, share / 2**number) for number, digest in enumerate(place.attempt_digests())
            ]
    return tuple(found)


def _candidate(place: Place, digest: str, share: float) -> Candidate:
    return Candidate(
        source=place.source,
        key=place.target.key,
        domain=place.domain,
        dimension=place.dimension,
        expected_share=share,
        confidence=CONFIDENCE,
        place_digest=digest,
        evidence=f"{place.reach:.1%} of {place.dimension.value} within reach by the profile",
    )


def _reach(target: Target, domain: Domain, profile: Profile) -> float:
    """Return the share (0 to 1) of the workload that a target has, in the domain's dimension."""
    whole_s = profile.cpu_sampled_s
    parts = {
        Domain.CPU: (_total_s(target, profile), whole_s),
        Domain.MEMORY: (target.memory_mib, _peak_mib(profile)),
        Domain.ASYNC: (target.loop_s, sorted(usage.wall_s for usage in profile.baseline)[len(profile.baseline) // 2]),
        Domain.STRUCTURE: (target.import_s, whole_s),
    }
    part, whole = parts[domain]
    return min(1.0, part / whole) if whole > 0 else 0.0


def _total_s(target: Target, profile: Profile) -> float:
    found = next((one for one in profile.functions if one.key == target.key), None)
    return max(target.cpu_s, found.cpu_total_s if found is not None else 0.0)


def _peak_mib(profile: Profile) -> float:
    return profile.peak_bytes / _MIB if profile.peak_bytes is not None else profile.time_pass.max_rss_mib


def _is_source(file: str, tree: Tree) -> bool:
    path = PurePosixPath(file)
    sources = [PurePosixPath(one) for one in tree.source_paths]
    return path.suffix == ".py" and any(path == one or one in path.parents for one in sources)


def _module_body(text: str) -> str:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ToolRefused(f"it can't be parsed as Python: {error}") from None
    lines = lines_of(text)
    kept = (one for one in body if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef))
    return "".join("".join(lines[one.lineno - 1 : one.end_lineno]) for one in kept)
