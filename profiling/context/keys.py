"""Under which key a probe's answer is kept: the probe, its version, and all that the answer depends on."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from profiling.context.cache import Cache
from profiling.context.globs import pattern_of
from profiling.context.hashing import digest, stat_digest
from profiling.context.probe import Fact, Probe
from profiling.context.snapshot import RepoSnapshot


def key_for(probe: Probe, snapshot: RepoSnapshot) -> str:
    """Return the key of a probe's answer for a snapshot."""
    inputs = {*snapshot.matching(*probe.declared_inputs), *snapshot.sample(probe.sampled_inputs, probe.most_sampled)}
    contents = (f"{path}\0{snapshot.content_id(path)}" for path in sorted(inputs))
    facts = (digest(fact, *_fact(fact, snapshot, snapshot.content_id)) for fact in probe.declared_facts)
    return digest(probe.name, str(probe.version), *contents, *facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of several probes' answers.

    Attributes:
        tree: under which they are kept themselves: where the whole tree is as it was, no file is looked at again.
        were_known: they come from there.
    """

    tree: str
    by_probe: Mapping[str, str]
    were_known: bool


def keys_for(probes: Iterable[Probe], snapshot: RepoSnapshot, cache: Cache) -> Keys:
    """Return the keys of several probes."""
    asked = tuple(probes)
    tree = _tree_key(asked, snapshot)
    known = cache.get(tree)
    if known is not None and all(isinstance(known.get(probe.name), str) for probe in asked):
        return Keys(tree=tree, by_probe={probe.name: str(known[probe.name]) for probe in asked}, were_known=True)
    return Keys(tree=tree, by_probe={probe.name: key_for(probe, snapshot) for probe in asked}, were_known=False)


def _tree_key(probes: tuple[Probe, ...], snapshot: RepoSnapshot) -> str:
    """Return a digest of the listing and of what is read beyond it: named files (they may be untracked) and facts."""
    globs = {pattern_of(glob) for probe in probes for glob in probe.declared_inputs}
    literals = sorted(pattern.text for pattern in globs if pattern.is_literal)
    facts = sorted({fact for probe in probes for fact in probe.declared_facts if fact is not Fact.NAMES})
    return digest(
        "tree",
        *(f"{probe.name}\0{probe.version}" for probe in probes),
        snapshot.listing.digest,
        *(stat_digest(snapshot.root / path) for path in literals),
        *(digest(fact, *_fact(fact, snapshot, lambda path: stat_digest(snapshot.root / path))) for fact in facts),
    )


def _fact(fact: Fact, snapshot: RepoSnapshot, state: Callable[[str], str]) -> Iterable[str]:
    """Return what a fact is.

    Args:
        fact: to be looked at.
        snapshot: of the repository.
        state: returns what stands for a file.
    """
    match fact:
        case Fact.NAMES:
            entries = snapshot.entries
            return ("\0".join(entries.files), "\0".join(entries.submodules), str(entries.links))
        case Fact.GIT:
            return (repr(snapshot.git),)
        case Fact.LAYOUT:
            tree = snapshot.tree
            return () if tree is None else (repr((tree.import_roots, tree.packages, tree.source_paths)),)
        case Fact.USUAL_FILES:
            return (f"{path}\0{state(path)}" for path in snapshot.usual_files)
        case Fact.TOOLS:
            which = (os.environ.get("PATH", ""), os.environ.get("VIRTUAL_ENV", ""), sys.prefix)
            return (*which, *(f"{tool.name}\0{tool.path}\0{tool.mtime_ns}" for tool in snapshot.programs))
