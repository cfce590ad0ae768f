"""A backend that plays a script of fixes: text to be replaced in one file, in the order given."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from agents.model import Answer, Brief, Candidate, Checklist, Edit, Patch, Proposal
from agents.specialists.repairing import repairs
from profiling.facts import FactRequest, Facts
from profiling.model import Dimension, Domain, FunctionKey, Tree
from profiling.profile import Profile

SOURCE = "recipe:scripted"
_ANSWER = Answer(text="as scripted", evidence="script")
_CHECKLIST = Checklist(**dict.fromkeys(Checklist.__dataclass_fields__, _ANSWER))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Replace `old` by `new` in a file, said to be about the function `qualname`.

    `line` is where it begins; with it the function need not have been seen in the profile.
    """

    summary: str
    old: str
    new: str
    file: str = "shop/text.py"
    qualname: str = "unknown"
    dimension: Dimension = Dimension.CPU_S
    domain: Domain = Domain.CPU
    line: int = 0
    edited_file: str = ""
    expected: float = 0.3

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.file}\0{self.old}\0{self.new}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ScriptedSpecialist:
    """Proposes the script's fixes for a target, those that were not tried."""

    domain: Domain
    fixes: tuple[Fix, ...]

    def propose(self, brief: Brief) -> Iterator[Proposal]:
        if brief.undone is not None:
            yield from repairs(brief)
            return
        tried = {one.place_digest for one in brief.history}
        for fix in self.fixes:
            text = (brief.tree.root / fix.file).read_text()
            if (
                (fix.file, fix.qualname) != (brief.target.key.file, brief.target.key.qualname)
                or fix.digest in tried
                or fix.old not in text
            ):
                continue
            edit = Edit(file=fix.edited_file or fix.file, start=text.index(fix.old), old=fix.old, new=fix.new)
            yield Proposal(
                source=SOURCE,
                domain=self.domain,
                dimension=fix.dimension,
                key=brief.target.key,
                summary=fix.summary,
                mechanism="It does less.",
                patch=Patch(edits=(edit,)),
                expected={fix.dimension: fix.expected},
                risk="none that the script knows of",
                checklist=_CHECKLIST,
                place_digest=fix.digest,
            )


@dataclass(frozen=True, slots=True)
class ScriptedBackend:
    """Serves one script."""

    fixes: tuple[Fix, ...]
    name: str = "scripted"

    def nominate(self, tree: Tree, profile: Profile) -> tuple[FactRequest, ...]:
        return ()

    def candidates(self, tree: Tree, profile: Profile, facts: Facts) -> tuple[Candidate, ...]:
        found = []
        for place, fix in enumerate(self.fixes):
            key = self._key(profile, fix)
            if key is not None and fix.old in (tree.root / fix.file).read_text():
                found.append(
                    Candidate(
                        source=SOURCE,
                        key=key,
                        domain=fix.domain,
                        dimension=fix.dimension,
                        expected_share=0.9 / (place + 1),
                        confidence=0.9,
                        place_digest=fix.digest,
                    )
                )
        return tuple(found)

    def specialist(self, domain: Domain) -> ScriptedSpecialist:
        return ScriptedSpecialist(domain, self.fixes)

    def _key(self, profile: Profile, fix: Fix) -> FunctionKey | None:
        if fix.line:
            return FunctionKey(file=fix.file, first_line=fix.line, qualname=fix.qualname)
        names = (one.key for one in profile.functions)
        return next((key for key in names if (key.file, key.qualname) == (fix.file, fix.qualname)), None)
