"""The structure specialist: what is imported or set up before it is needed."""

from agents.specialists.charge import Charge
from profiling.model import Domain

CHARGE = Charge(
    domain=Domain.STRUCTURE,
    causes="modules are loaded at start-up that this run does not use",
    elsewhere="the first call pays what the start no longer does: wall_s and peak_mib are measured with it",
)
