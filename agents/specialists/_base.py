"""What every specialist is, whichever backend serves it."""

from collections.abc import Iterator
from typing import Protocol

from agents.model import Brief, Candidate, Proposal
from profiling.facts import FactRequest, Facts
from profiling.model import Domain, Tree
from profiling.profile import Profile


class Specialist(Protocol):
    """Proposes fixes in one domain; never measures, never writes."""

    @property
    def domain(self) -> Domain:
        """Return the domain it answers for."""
        ...

    def propose(self, brief: Brief) -> Iterator[Proposal]:
        """Yield proposals for one target, best first, lazily: it stops when the caller stops asking."""
        ...


class Backend(Protocol):
    """Reads a tree once and serves every specialist from it."""

    @property
    def name(self) -> str:
        """Return `recipes` or `claude`."""
        ...

    def nominate(self, tree: Tree, profile: Profile) -> tuple[FactRequest, ...]:
        """Return the facts it wants recorded before it can choose; heavy facts only at places that matter."""
        ...

    def candidates(self, tree: Tree, profile: Profile, facts: Facts) -> tuple[Candidate, ...]:
        """Return every place where a fix is licensed and chosen by the facts, in a stable order."""
        ...

    def specialist(self, domain: Domain) -> Specialist:
        """Return who proposes in this domain."""
        ...
