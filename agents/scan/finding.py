"""One finding of the scanner: a place in the source, what it costs, and whether anything shows that it matters."""

import hashlib
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from agents.scan.standing import Standing
from agents.scan.weighing import Expected
from profiling.model import FunctionKey

LONGEST_TEXT = 160
"""Characters of a line that a finding keeps, and is named by."""


class Level(IntEnum):
    """How loud a finding is, in the words of SARIF; larger is louder."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """Return `note`, `warning` or `error`."""
        return self.name.lower()


class Heat(StrEnum):
    """What a profile says of a place."""

    HOT = "hot"
    COLD = "cold"
    UNKNOWN = "unknown"


class Effort(StrEnum):
    """What it takes to act on a finding."""

    RECIPE = "a recipe does it"
    AGREED = "a recipe does it once you agree"
    LINES = "a few lines"
    DESIGN = "a design"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFinding:
    """What the scanner says of one place.

    Attributes:
        rule: id of the rule or recipe.
        title: what it finds.
        key: the function it is in (qualname `<module>` outside of one).
        line: 1-based.
        text: the line of source, stripped.
        seen: what stands there, a few words.
        action: what to do about it, imperative.
        confirm: what measurement shows that it matters.
        effort: of acting on it.
        heat: what a profile says; share: of the workload's CPU time with the function on the stack, 0 to 1, None
            where no profile knows.
        standing: what repeats it.
        level: how loud it is.
        ordinal: of alike findings on alike lines of one function, from 0.
        confirmed: what a profile saw there that proves it, with figures; empty where it shows heat at most.
        refuted: what a scaling test saw that speaks against it; empty where it was not held against one.
        expected: what acting on it would save, by what was recorded; None where that is not known.
        instead_of: fingerprints of the findings of its line that it is, or would be, heard in the stead of.
    """

    rule: str
    title: str
    key: FunctionKey
    line: int
    text: str
    seen: str
    action: str
    confirm: str
    effort: Effort
    heat: Heat
    share: float | None
    standing: Standing
    level: Level
    ordinal: int = 0
    confirmed: str = ""
    refuted: str = ""
    expected: Expected | None = None
    instead_of: frozenset[str] = frozenset()

    @property
    def depth(self) -> int:
        """Return how many loops of its function run the place again and again."""
        return self.standing.depth

    @property
    def is_fixable(self) -> bool:
        """Say whether a recipe can do it."""
        return self.effort in {Effort.RECIPE, Effort.AGREED}

    @property
    def fingerprint(self) -> str:
        """Return what names the finding as long as its line, its function and its file keep their words."""
        words = (self.rule, self.key.file, self.key.qualname, " ".join(self.text.split()), str(self.ordinal))
        return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:20]

    @property
    def names(self) -> tuple[str, ...]:
        """Return its fingerprint, and those of what it is heard in the stead of."""
        return (self.fingerprint, *sorted(self.instead_of))

    @property
    def message(self) -> str:
        """Return it as one sentence."""
        heat = (
            f" ({self.share:.0%} of the workload's CPU time)" if self.share is not None and self.share >= 0.01 else ""
        )
        gain = f" It {self.expected.text}." if self.expected is not None and self.expected.share > 0 else ""
        return f"{self.title}: {self.confirmed or self.seen}{heat}. {self.action}.{gain}"
