"""The concurrency specialist: what holds the event loop, and waits that could overlap."""

from agents.specialists.charge import Charge
from profiling.model import Domain

CHARGE = Charge(
    domain=Domain.ASYNC,
    causes="the event loop is held, or waits follow each other that need not",
    elsewhere="a hand-over to a thread costs CPU and single-request latency: cpu_s and wall_s are measured with it",
)
