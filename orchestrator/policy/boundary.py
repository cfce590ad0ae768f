"""When a specialist may be asked to leave a library: never before what keeps it was tried."""

from collections.abc import Iterable

from agents.model import Candidate
from profiling.boundary.audit import Boundary
from profiling.model import FunctionKey


def may_break(boundary: Boundary, candidates: Iterable[Candidate], key: FunctionKey) -> bool:
    """Say whether a function may be asked to do without a library.

    The library is a ceiling (it is audited for that alone), leaving it is feasible, and nothing is left to try at the
    function that keeps it: no recipe has a fix there.

    Args:
        boundary: of the library.
        candidates: what is left to try on the present base.
        key: the function.
    """
    left = any(one.key == key and one.source.startswith("recipe:") for one in candidates)
    return not boundary.objections and not left
