"""Changed functions beside the profile: what part of a workload's CPU each has on either side."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from orchestrator.comparing.report import FunctionReport, Share
from orchestrator.comparing.sides import Sides
from orchestrator.errors import OptimizeError
from orchestrator.policy.code_changes import CodeChange, code_changes
from orchestrator.sources import read_source
from profiling.collect.uncertainty import share_error
from profiling.profile import FunctionProfile, Profile


def changed_code(files: Iterable[str], sides: Sides) -> tuple[tuple[CodeChange, ...], tuple[str, ...]]:
    """Return what differs in the source of both sides, and a note for each file that can't be read.

    Args:
        files: that differ between the commits, relative to the root.
        sides: whose trees hold them.
    """
    sources = {*sides.base.tree.source_paths, *sides.head.tree.source_paths}
    found: list[CodeChange] = []
    notes: list[str] = []
    for file in files:
        if not file.endswith(".py") or not any(file == one or file.startswith(f"{one}/") for one in sources):
            continue
        try:
            before, after = (_texts(seat.tree.root, file) for seat in (sides.base, sides.head))
            found += code_changes(before, after)
        except (SyntaxError, ValueError, OSError, RecursionError, OptimizeError) as error:
            notes.append(f"what changed in {file} can't be told: {error}")
    return tuple(found), tuple(notes)


def with_shares(changed: Iterable[CodeChange], base: Profile, head: Profile) -> tuple[FunctionReport, ...]:
    """Return the changed functions that run on either side, largest share first."""
    sides = (_by_name(base), base), (_by_name(head), head)
    reports = []
    for change in changed:
        shares = [_share(found.get((change.file, change.qualname), ()), profile) for found, profile in sides]
        if any(share is not None for share in shares):
            reports.append(FunctionReport(change=change, base=shares[0], head=shares[1]))
    return tuple(sorted(reports, key=lambda one: (-_largest(one), one.change)))


def _texts(root: Path, file: str) -> Mapping[str, str]:
    path = root / file
    return {file: read_source(path).text} if path.is_file() and not path.is_symlink() else {}


def _by_name(profile: Profile) -> dict[tuple[str, str], tuple[FunctionProfile, ...]]:
    found: dict[tuple[str, str], tuple[FunctionProfile, ...]] = {}
    for one in profile.functions:
        # What is defined inside a function counts as part of it, as in what changed.
        name = (one.key.file, one.key.qualname.partition(".<locals>")[0])
        found[name] = (*found.get(name, ()), one)
    return found


def _share(functions: tuple[FunctionProfile, ...], profile: Profile) -> Share | None:
    if not functions:
        return None
    whole = profile.cpu_sampled_s
    own_s = sum(one.cpu_self_s for one in functions)
    samples = sum(one.samples_self for one in functions)
    share = own_s / whole if whole else 0.0
    counted = [one.calls for one in functions if one.calls is not None]
    return Share(
        self_share=share,
        self_error=share_error(min(1.0, share), samples) if samples else _unseen(profile),
        total_share=max(one.cpu_total_s for one in functions) / whole if whole else 0.0,
        calls=max(counted) if counted else None,
    )


def _unseen(profile: Profile) -> float:
    """Return what a share of nothing seen may be at most, at 95%: the rule of three."""
    return min(1.0, 3 / profile.samples) if profile.samples else 1.0


def _largest(one: FunctionReport) -> float:
    return max((share.self_share for share in (one.base, one.head) if share is not None), default=0.0)
