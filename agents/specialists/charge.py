"""What a specialist is charged with: its domain, and how a finding in it is argued."""

from dataclasses import dataclass

from profiling.model import Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One domain's part of the work.

    Attributes:
        domain: it answers for.
        causes: what wastes the domain's resource, as the answer to "root cause".
        elsewhere: what a fix in it usually does to the other domains.
    """

    domain: Domain
    causes: str
    elsewhere: str
