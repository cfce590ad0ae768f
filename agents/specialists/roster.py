"""The specialists there are."""

from agents.specialists import concurrency, cpu, memory, structure
from agents.specialists.charge import Charge
from profiling.model import Domain

ROSTER: tuple[Charge, ...] = (cpu.CHARGE, memory.CHARGE, concurrency.CHARGE, structure.CHARGE)


def charge_of(domain: Domain) -> Charge:
    """Return the charge of a domain's specialist; there is one for each domain."""
    return next(charge for charge in ROSTER if charge.domain is domain)
