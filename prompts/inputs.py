"""What each text is filled with: one frozen dataclass a text."""

from dataclasses import dataclass
from typing import ClassVar

from prompts.rendering import Data


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for every agent; documents: what the maintainers wrote for people and tools that change the code."""

    TEMPLATE: ClassVar[str] = "rules"
    documents: Data
    guides: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Specialist:
    """A specialist's role: domain, what wastes its resource, what a fix does elsewhere, and the lore of the field."""

    TEMPLATE: ClassVar[str] = "specialist"
    domain: str
    causes: str
    elsewhere: str
    lore: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBrief:
    """One target for a specialist.

    Attributes:
        name, place: of the function; dimension: that its fix is measured in.
        figures: what it costs in every domain; interactions: mechanisms across domains with their evidence.
        source: its text; file: where it stands.
        neighbours: who calls it, and whom it calls.
        facts: what was seen of its calls.
        profile, table: of the whole workload.
        attempts: what was tried before, here and elsewhere, and what became of it.
        insights: what was found by reading ahead; strategy: what the lead makes of it; avoid: what must not be touched.
        environment: how and by what it is run.
    """

    TEMPLATE: ClassVar[str] = "target"
    name: Data
    place: Data
    dimension: str
    figures: str
    interactions: Data
    file: Data
    source: Data
    neighbours: Data
    facts: Data
    profile: Data
    table: Data
    attempts: Data
    insights: Data
    strategy: Data
    avoid: Data
    environment: Data


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The role of the lead."""

    TEMPLATE: ClassVar[str] = "lead"
    most_places: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadBrief:
    """What is left for Claude on one base.

    Attributes:
        profile: of the workload.
        places: one line each: id, function, domain, share that can be reached, figures.
        recipes: places where an embedded fix will be tried first.
    """

    TEMPLATE: ClassVar[str] = "places"
    profile: Data
    places: Data
    recipes: Data


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """The role of the lead when it chooses the next step."""

    TEMPLATE: ClassVar[str] = "choosing"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardBrief:
    """What the next step depends on.

    Attributes:
        goal: the person's words.
        profile, table, interactions: of the present base.
        options: one line each: id, function, who would fix it, expected gain, figures.
        attempts: what was tried; insights: what was found by reading ahead.
        standing: streaks, bounds, money; embedded: what the policy would do.
    """

    TEMPLATE: ClassVar[str] = "board"
    goal: Data
    profile: Data
    table: Data
    interactions: Data
    options: Data
    attempts: Data
    insights: Data
    standing: Data
    embedded: Data


@dataclass(frozen=True, slots=True, kw_only=True)
class Researcher:
    """The role of the researcher."""

    TEMPLATE: ClassVar[str] = "researcher"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingBrief:
    """What the researcher reads about: targets with their source; profile and interactions of the workload."""

    TEMPLATE: ClassVar[str] = "reading"
    targets: Data
    interactions: Data
    profile: Data
    attempts: Data


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The role of the setup agent."""

    TEMPLATE: ClassVar[str] = "setup"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupBrief:
    """What is known of a repository's commands without a model, and its files."""

    TEMPLATE: ClassVar[str] = "setup-brief"
    known: Data
    files: Data


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """The role of the adversarial reviewer."""

    TEMPLATE: ClassVar[str] = "reviewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewBrief:
    """A diff to be read, with what the static checks found in it."""

    TEMPLATE: ClassVar[str] = "diff"
    diff: Data
    found: Data


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    """Why an answer was not taken, and how often another one is."""

    TEMPLATE: ClassVar[str] = "sent-back"
    reason: Data
    left: str
