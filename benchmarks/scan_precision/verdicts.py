"""The verdicts on findings that a person looked at, kept beside the code and compared with what is found today."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

VERDICTS = Path(__file__).with_name("verdicts.tsv")
"""On what is heard without a profile."""
HOT_VERDICTS = Path(__file__).with_name("hot_verdicts.tsv")
"""On what a profile shows as hot."""


class Verdict(StrEnum):
    """What was found of a finding.

    right: it is so, what it costs grows with what the program is given, and the remedy is small; with a profile: and
    acting on it saves at least 0.5% of the workload. useless: it is so, but nothing would be felt: a handful by
    construction, start-up, an error path, or lost in what stands beside it. wrong: it is not so.
    """

    RIGHT = "right"
    USELESS = "useless"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What a verdict is kept under."""

    package: str
    version: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One finding that was looked at.

    Attributes:
        package, version, file, line, rule, function: where it was.
        fingerprint: of the finding, which outlives lines that move.
        verdict: what was found of it; reason: why, a few words.
        measured: what acting on it came to, in pairs; empty where that was not tried.
    """

    package: str
    version: str
    file: str
    line: int
    rule: str
    function: str
    fingerprint: str
    verdict: Verdict
    reason: str
    measured: str = ""

    @property
    def name(self) -> Name:
        """Return what it is kept under."""
        return Name(package=self.package, version=self.version, fingerprint=self.fingerprint)

    @property
    def told(self) -> str:
        """Return why, with what was measured."""
        return f"{self.reason}: {self.measured}" if self.measured else self.reason


class BadVerdicts(ValueError):
    """A file of verdicts can't be used; the message names the line and says why."""


def read(path: Path = VERDICTS) -> tuple[Looked, ...]:
    """Return the verdicts of a file of tab-separated values with the names of the fields in its first line.

    Raises:
        BadVerdicts: a line lacks a field, has one too many, or holds what is no number or no verdict, or a finding has
            two verdicts.
    """
    found: dict[Name, Looked] = {}
    with path.open(newline="", encoding="utf-8") as opened:
        for number, row in enumerate(csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
            try:
                one = Looked(**{**row, "line": int(row["line"]), "verdict": Verdict(row["verdict"])})
            except (TypeError, ValueError, KeyError) as error:
                raise BadVerdicts(f"{path.name}:{number} is no verdict ({error}): one a line, tabs between") from error
            if one.name in found:
                raise BadVerdicts(f"{path.name}:{number} judges a second time what {found[one.name].file} holds")
            found[one.name] = one
    return tuple(found.values())


def render(looked: Iterable[Looked]) -> str:
    """Return such a file."""
    names = [field.name for field in fields(Looked)]
    rows = ["\t".join(str(getattr(one, name)) for name in names) for one in looked]
    return "\n".join(["\t".join(names), *rows]) + "\n"
