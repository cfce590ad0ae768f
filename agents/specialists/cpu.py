"""The CPU specialist: work that need not be done, or not so often."""

from agents.specialists.charge import Charge
from profiling.model import Domain

CHARGE = Charge(
    domain=Domain.CPU,
    causes="work that is repeated, or done in a dearer way than the data asks for",
    elsewhere="what is kept instead of computed takes memory: peak_mib is measured with it",
)
