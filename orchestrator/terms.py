"""What a session is bound to besides its settings: the branch it works on, and the functions it may touch."""

from collections.abc import Callable
from dataclasses import dataclass

from agents.specialists._base import Backend
from orchestrator.approvals.person import Person
from orchestrator.survey import Survey
from orchestrator.workspace.branch import SESSION_BRANCH
from profiling.model import FunctionKey

InScope = Callable[[Survey, FunctionKey], bool]


def everything(survey: Survey, key: FunctionKey) -> bool:
    """Let every function be touched."""
    del survey, key
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of one session.

    Attributes:
        branch: that keeps are committed to; it is made where there is none.
        in_scope: says whether a fix may be tried at a function, by what is known of the tree.
        begins_anew: an interrupted session is not gone on with.
        backend: who proposes; None means what the settings name.
        person: who sits at the terminal; None where nobody does.
    """

    branch: str = SESSION_BRANCH
    in_scope: InScope = everything
    begins_anew: bool = False
    backend: Backend | None = None
    person: Person | None = None
