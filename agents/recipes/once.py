"""Analyses computed once per parsed module or project, and kept with it for as long as it lives."""

from collections.abc import Callable
from functools import wraps
from typing import Protocol, TypeVar


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
        kept: dict[object, Result] = subject.analyses  # type: ignore[assignment]  # asked too often for a cast
        if analysis in kept:
            return kept[analysis]
        found = kept[analysis] = analysis(subject)
        return found

    return remembered


def once_by_name(analysis: Callable[[str, Subject], Result]) -> Callable[[str, Subject], Result]:
    """Remember the result of `analysis` for each name and subject."""

    @wraps(analysis)
    def remembered(name: str, subject: Subject) -> Result:
        kept: dict[str, Result] = subject.analyses.setdefault(analysis, {})  # type: ignore[assignment]
        if name in kept:
            return kept[name]
        found = kept[name] = analysis(name, subject)
        return found

    return remembered
