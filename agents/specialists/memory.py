"""The memory specialist: what is held that need not be, and the collections it costs."""

from agents.specialists.charge import Charge
from profiling.model import Domain

CHARGE = Charge(
    domain=Domain.MEMORY,
    causes="objects that are larger, more or longer-lived than the work needs",
    elsewhere="fewer allocations mean fewer collections and so less CPU: gc_s and cpu_s are measured with it",
)
