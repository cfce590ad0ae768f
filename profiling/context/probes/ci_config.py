"""What runs the project's checks elsewhere, and on which Pythons."""

import re
from collections.abc import Iterator
from typing import ClassVar

from profiling.context.probe import Confidence, Probe, ProbeOutput, Task
from profiling.context.snapshot import RepoSnapshot

_SYSTEMS = {
    "github-actions": (".github/workflows/*.yml", ".github/workflows/*.yaml"),
    "gitlab": (".gitlab-ci.yml",),
    "circleci": (".circleci/config.yml",),
    "azure-pipelines": ("azure-pipelines.yml", ".azure-pipelines/*.yml"),
    "travis": (".travis.yml",),
    "appveyor": ("appveyor.yml", ".appveyor.yml"),
    "cirrus": (".cirrus.yml", ".cirrus.star"),
    "jenkins": ("Jenkinsfile",),
    "bitbucket": ("bitbucket-pipelines.yml",),
    "drone": (".drone.yml",),
    "buildkite": (".buildkite/*.yml",),
    "sourcehut": (".build.yml", ".builds/*.yml"),
}
_OTHERS = ("tox.ini", "noxfile.py")
_ABOUT_PYTHON = re.compile(r"python|\bpy\b|envlist", re.IGNORECASE)
_DOTTED = re.compile(r"(?<![\d.])3\.(\d{1,2})(?![\d])")
_JOINED = re.compile(r"\bpy3(\d{1,2})\b")
_BENCHMARKS = re.compile(r"codspeed|\basv\b|pytest-benchmark|--benchmark|hyperfine", re.IGNORECASE)
_LIST_ITEM = re.compile(r"^\s*(?:-|\[|\"|')")
_OLDEST, _NEWEST = 6, 20


class CiConfig(Probe):
    """Reads configuration as text: a version is taken from lines that speak of Python, and from lists after them."""

    name: ClassVar[str] = "ci_config"
    declared_inputs: ClassVar[tuple[str, ...]] = (*(glob for globs in _SYSTEMS.values() for glob in globs), *_OTHERS)
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SETUP})
    languages: ClassVar[frozenset[str]] = frozenset()

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Read the files."""
        systems = [
            {"name": name, "files": list(files)}
            for name, globs in _SYSTEMS.items()
            if (files := snapshot.matching(*globs))
        ]
        texts = [snapshot.text(file) for file in snapshot.matching(*self.declared_inputs)]
        minors = sorted({minor for text in texts for minor in _minors(text)})
        return ProbeOutput(
            schema_slice={
                "systems": systems,
                "python_versions": [f"3.{minor}" for minor in minors],
                "runs_benchmarks": any(_BENCHMARKS.search(text) for text in texts),
            },
            confidence=Confidence.MEDIUM if systems else Confidence.LOW,
        )


def _minors(text: str) -> Iterator[int]:
    is_after_python = False
    for whole in text.splitlines():
        line = whole.partition("#")[0]
        speaks_of_python = bool(_ABOUT_PYTHON.search(line))
        if not speaks_of_python and not (is_after_python and _LIST_ITEM.match(line)):
            is_after_python = False
            continue
        is_after_python = True
        found = (*_DOTTED.findall(line), *_JOINED.findall(line))
        yield from (int(minor) for minor in found if _OLDEST <= int(minor) <= _NEWEST)
