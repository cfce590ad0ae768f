"""The verdicts on findings that a person looked at, kept beside the code and compared with what is found today."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

VERDICTS = Path(__file__).with_name("verdicts.tsv")


class Verdict(StrEnum):
    """What was found of a finding.

    right: it is so, what it costs grows with what the program is given, and the remedy is small. useless: it is so,
    but nothing would be felt: a handful by construction, start-up, an error path, or lost in what stands beside it.
    """

    RIGHT = "right"
    USELESS = "useless"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One finding that was looked at.

    Attributes:
        package, version, file, line, rule, function: where it was.
        fingerprint: of the finding, which outlives lines that move.
        verdict: what was found of it; reason: why, a few words.
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


def read(path: Path = VERDICTS) -> tuple[Looked, ...]:
    """Return the verdicts of a file of tab-separated values with the names of the fields in its first line."""
    with path.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(
        Looked(**{**row, "line": int(row["line"]), "verdict": Verdict(row["verdict"])})  # type: ignore[arg-type]
        for row in rows
    )


def render(looked: Iterable[Looked]) -> str:
    """Return such a file."""
    names = [field.name for field in fields(Looked)]
    rows = ["\t".join(str(getattr(one, name)) for name in names) for one in looked]
    return "\n".join(["\t".join(names), *rows]) + "\n"
