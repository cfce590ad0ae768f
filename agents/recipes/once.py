"""Analyses computed once per parsed module or project, and kept with it for as long as it lives."""

from collections.abc import Callable
from functools import wraps
from typing import Protocol, TypeVar, cast


class Remembering(Protocol):
    """Something analysed: it carries its results, so that they go when it goes."""

    @property
    def analyses(self) -> dict[object, object]:
        """Return the results so far, by analysis."""
        ...


Subject = TypeVar("Subject", bound=Remembering)
Result = TypeVar("Result")


def once(analysis: Callable[[Subject], Result]) -> Callable[[Subject], Result]:
    """Remember the result of `analysis` for each subject."""

    @wraps(analysis)
    def remembered(subject: Subject) -> Result:
        if analysis not in subject.analyses:
            subject.analyses[analysis] = analysis(subject)
        return cast("Result", subject.analyses[analysis])

    return remembered
