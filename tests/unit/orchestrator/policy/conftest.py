from dataclasses import replace
from typing import Any

import pytest

from agents.model import Attempt, Candidate
from orchestrator.policy.past import Past
from orchestrator.policy.situation import Bounds, Situation
from orchestrator.policy.verdict import Reason, Status
from profiling.model import Dimension, Domain, FunctionKey
from profiling.target import Target


class Make:
    """Plain values of the types that policies read, each changed by keyword."""

    def key(self, name: str = "f", *, file: str = "pkg/a.py", line: int = 1) -> FunctionKey:
        return FunctionKey(file=file, first_line=line, qualname=name)

    def target(self, name: str = "f", **changes: Any) -> Target:
        plain = Target(
            key=self.key(name),
            cpu_share=0.2,
            cpu_s=1.0,
            memory_mib=0.0,
            gc_s=0.0,
            loop_s=0.0,
            import_s=0.0,
            calls=None,
            domains=(Domain.CPU,),
            interactions=(),
            actionable=True,
            uncertain=False,
        )
        return replace(plain, **changes)

    def candidate(self, name: str = "f", **changes: Any) -> Candidate:
        plain = Candidate(
            source="recipe:memo",
            key=self.key(name),
            domain=Domain.CPU,
            dimension=Dimension.CPU_S,
            expected_share=0.1,
            confidence=0.5,
            place_digest=f"digest-{name}",
        )
        return replace(plain, **changes)

    def attempt(self, name: str = "f", **changes: Any) -> Attempt:
        plain = Attempt(
            source="recipe:memo",
            key=self.key(name),
            summary="cache it",
            status="discard",
            reason="no_improvement",
            place_digest=f"digest-{name}",
        )
        return replace(plain, **changes)

    def past(self, **changes: Any) -> Past:
        plain = Past(
            status=Status.DISCARD,
            reason=Reason.NO_IMPROVEMENT,
            dimension=Dimension.CPU_S,
            domain=Domain.CPU,
        )
        return replace(plain, **changes)

    def kept(self, **changes: Any) -> Past:
        return self.past(**{"status": Status.KEEP, "reason": Reason.IMPROVED, "gain": 0.2, **changes})

    def situation(self, **changes: Any) -> Situation:
        plain = Situation(
            targets=(),
            candidates=(),
            attempts=(),
            history=(),
            bounds=Bounds(experiments=0, most_experiments=20, spent_s=0.0, most_s=3600.0),
        )
        return replace(plain, **changes)


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()
