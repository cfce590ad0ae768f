"""Which languages the repository is written in, by its files."""

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

from profiling.context.probe import Confidence, Fact, Probe, ProbeOutput, Task
from profiling.context.snapshot import RepoSnapshot

_LANGUAGES = {
    "python": "py pyi pyw ipynb",
    "cython": "pyx pxd pxi",
    "c": "c",
    "c++": "cc cpp cxx hpp hxx hh",
    "rust": "rs",
    "go": "go",
    "javascript": "js jsx mjs cjs",
    "typescript": "ts tsx mts cts",
    "java": "java",
    "kotlin": "kt kts",
    "c#": "cs",
    "ruby": "rb",
    "php": "php",
    "swift": "swift",
    "scala": "scala",
    "fortran": "f f90 f95 for",
    "julia": "jl",
    "r": "r R",
    "lua": "lua",
    "shell": "sh bash zsh",
}


class LanguageStack(Probe):
    """Counts files by suffix: no content is read."""

    name: ClassVar[str] = "language_stack"
    declared_facts: ClassVar[tuple[Fact, ...]] = (Fact.NAMES,)
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SETUP, Task.SCAN, Task.AUDIT})
    languages: ClassVar[frozenset[str]] = frozenset()

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Count."""
        counts = _counted(snapshot.index.by_suffix)
        recognised = sum(counts.values())
        ranked = sorted(counts, key=lambda language: (-counts[language], language))
        languages = [
            {"name": name, "files": counts[name], "share": round(counts[name] / recognised, 4)} for name in ranked
        ]
        first_share = counts[ranked[0]] / recognised if ranked else 0.0
        return ProbeOutput(
            schema_slice={
                "primary": ranked[0] if ranked else None,
                "languages": languages,
                "recognised_files": recognised,
                "files": len(snapshot.entries.files),
                "notebooks": len(snapshot.index.by_suffix.get("ipynb", ())),
            },
            confidence=_confidence(first_share),
        )


def _counted(by_suffix: Mapping[str, list[str]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for language, suffixes in _LANGUAGES.items():
        files = sum(len(by_suffix.get(suffix, ())) for suffix in suffixes.split())
        if files:
            counts[language] = files
    return counts


def _confidence(first_share: float) -> Confidence:
    if first_share >= 0.5:
        return Confidence.HIGH
    return Confidence.MEDIUM if first_share > 0 else Confidence.LOW
