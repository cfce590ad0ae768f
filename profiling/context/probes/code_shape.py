"""How large the Python code is and what it is made of."""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import ClassVar

from profiling.context.probe import Confidence, Fact, Probe, ProbeOutput, Task
from profiling.context.snapshot import RepoSnapshot

MOST_FILES = 1000
_EXTENSION_SOURCES = {"cython": "pyx", "c": "c", "c++": "cpp", "rust": "rs", "fortran": "f90"}
_TEST = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")
_MOST_LARGEST = 5
# Two-sided 95% of the normal distribution: samples are of 1000 files.
_Z95 = 1.96


class CodeShape(Probe):
    """Counts the lines of at most 1000 files, evenly chosen, and says how sure it is of the others."""

    name: ClassVar[str] = "code_shape"
    sampled_inputs: ClassVar[tuple[str, ...]] = ("**/*.py",)
    most_sampled: ClassVar[int] = MOST_FILES
    declared_facts: ClassVar[tuple[Fact, ...]] = (Fact.NAMES,)
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SCAN, Task.AUDIT})

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Count."""
        files = snapshot.matching("**/*.py")
        sample = snapshot.sample(self.sampled_inputs, self.most_sampled)
        lines = {file: content.count(b"\n") for file in sample if (content := snapshot.read(file)) is not None}
        largest = sorted(lines, key=lambda file: (-lines[file], file))[:_MOST_LARGEST]
        unread = len(sample) - len(lines)
        found = Confidence.MEDIUM if lines else Confidence.LOW
        return ProbeOutput(
            schema_slice={
                "python_files": len(files),
                "test_files": sum(1 for file in files if _TEST.search(file)),
                "lines": estimated(list(lines.values()), of=len(files) - unread),
                "largest": [{"path": file, "lines": lines[file]} for file in largest],
                "deepest_folder": max((len(PurePosixPath(file).parts) - 1 for file in files), default=0),
                "extension_sources": _extension_sources(snapshot),
                "is_typed": bool(snapshot.matching("**/py.typed")),
            },
            confidence=Confidence.HIGH if len(lines) == len(files) > 0 else found,
            errors=(f"{unread} files could not be read, or are larger than 4 MiB",) if unread else (),
        )


def estimated(counts: Sequence[int], *, of: int) -> Mapping[str, int]:
    """Return the lines of all files with their 95% interval; where all were counted it is one number.

    Args:
        counts: lines of the files that were read, chosen evenly.
        of: files there are.
    """
    read = len(counts)
    total = round(sum(counts) * of / read) if read else 0
    margin = 0
    if 1 < read < of:
        from statistics import stdev  # noqa: PLC0415  it brings fractions, decimals and random numbers along

        # Standard error of a total from a sample without replacement (Cochran, Sampling Techniques, 2.9).
        error = of * stdev(counts) / math.sqrt(read) * math.sqrt(1 - read / of)
        margin = math.ceil(_Z95 * error)
    return {"count": total, "low": max(total - margin, sum(counts)), "high": total + margin, "read_files": read}


def _extension_sources(snapshot: RepoSnapshot) -> list[Mapping[str, object]]:
    found = ((name, len(snapshot.index.by_suffix.get(suffix, ()))) for name, suffix in _EXTENSION_SOURCES.items())
    return [{"language": name, "files": files} for name, files in found if files]
