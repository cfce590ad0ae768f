"""The profile, and the facts beside it, by which `optimize scan` and `optimize plan` say what is worth doing."""

from dataclasses import dataclass, replace
from pathlib import Path

from agents.scan.heat import Temperature
from orchestrator import scaling_record
from orchestrator.errors import UsageError
from orchestrator.ledger.layout import Layout
from profiling.collect import facts as facts_pass
from profiling.collect import store
from profiling.entry_points.advice import Advice, advices
from profiling.facts import Facts
from profiling.growth import Growth
from profiling.profile import Profile

_FACTS, _GROWTH = ".facts.json", "growth.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known of a workload.

    Attributes:
        profile: None where none was made.
        facts: recorded with it, None where none were.
        name: what the profile is called, empty without one.
        growth: the last scaling test, None where there was none.
    """

    profile: Profile | None = None
    facts: Facts | None = None
    name: str = ""
    growth: Growth | None = None

    def temperature(self, root: Path) -> Temperature:
        """Return what it says of the tree at a root."""
        return replace(Temperature.by(self.profile, root, self.facts), growth=self.growth)

    def entry_points(self, root: Path) -> tuple[Advice, ...]:
        """Return what is said of the entry points of the workload; nothing without a profile."""
        return advices(self.profile, root, self.facts) if self.profile is not None else ()


def kept(root: Path, named: str | None) -> Kept:
    """Return the named profile; the newest of the checkout that can be read where none is named.

    Raises:
        UsageError: the one that is named, or the facts beside it, can't be read.
    """
    growth = scaling_record.last(root)
    if named is not None:
        try:
            return replace(_read(Path(named), named), growth=growth)
        except (store.ProfileDamaged, facts_pass.FactsFileError, OSError) as error:
            hint = "make one: optimize profile --facts --out FILE"
            raise UsageError(f"{named} can't be read: {error}", hint=hint) from error
    folder = Layout(root=root).profiles
    if folder.is_symlink() or folder.parent.is_symlink() or not folder.is_dir():
        return Kept(growth=growth)
    files = [path for path in folder.glob("*.json") if not path.name.endswith((_FACTS, _GROWTH)) and path.is_file()]
    for path in sorted(files, key=lambda path: -path.stat().st_mtime_ns):
        try:
            return replace(_read(path, path.relative_to(root).as_posix()), growth=growth)
        except (store.ProfileDamaged, facts_pass.FactsFileError, OSError):
            continue
    return Kept(growth=growth)


def _read(path: Path, name: str) -> Kept:
    profile, beside = store.read(path), facts_pass.beside(path)
    facts = facts_pass.read(beside) if beside.is_file() else None
    return Kept(profile=profile, facts=facts, name=f"{name} ({profile.command.text})")
