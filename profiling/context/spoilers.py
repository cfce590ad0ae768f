"""What would spoil timings: coverage and tracing that start by themselves, test options that count or spread work."""

import configparser
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from profiling.context.manifest import Manifest, strings, text_of
from profiling.model import Interpreter

_OPTIONS = (
    (re.compile(r"--cov(?!-fail-under)\b.*"), "counts every line", "add --no-cov to the workload"),
    (re.compile(r"-n\S*|--numprocesses\S*|--dist\S*"), "spreads tests over processes", "add -n 0 to the workload"),
    (re.compile(r"--(typeguard|beartype)-packages\S*"), "checks types at run time", "take it out of addopts"),
    (re.compile(r"--(profile|memray|profile-svg|pyinstrument)\b.*"), "profiles the tests", "take it out of addopts"),
)
_VARIABLES = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "NEW_RELIC_CONFIG_FILE", "DD_TRACE_AGENT_URL")
_TRACERS = "coverage ddtrace newrelic opentelemetry viztracer hunter scalene pyinstrument sentry_sdk elasticapm".split()
_SHUFFLERS = {"randomly": "pytest-randomly", "random-order": "pytest-random-order"}
_QUESTION = """
import importlib.metadata, importlib.util, json, pathlib, site, sys
folders = [pathlib.Path(one) for one in sys.path if one.endswith(("site-packages", "dist-packages"))]
lines = [[file.name, line] for one in folders for file in one.glob("*.pth")
         for line in file.read_text(errors="replace").splitlines() if line.startswith("import")]
found = importlib.metadata.entry_points()
group = found.select(group="pytest11") if hasattr(found, "select") else found.get("pytest11", ())
print(json.dumps({"pth": lines[:200], "plugins": sorted({one.name for one in group})[:200]}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoiler:
    """One thing that would be measured along with the workload.

    Attributes:
        what: it is and does.
        fix: what to do about it.
    """

    what: str
    fix: str


def look(root: Path, manifest: Manifest, interpreter: Interpreter, environ: Mapping[str, str]) -> tuple[Spoiler, ...]:
    """Return what would spoil timings in a repository and the environment it runs in."""
    words = tuple(_added_options(root, manifest))
    return (*_options(words), *_variables(environ), *_installed(interpreter, words))


def _options(words: tuple[str, ...]) -> Iterator[Spoiler]:
    for word in words:
        for pattern, effect, fix in _OPTIONS:
            if pattern.fullmatch(word):
                yield Spoiler(what=f"pytest's addopts hold {word}, which {effect}", fix=fix)


def _variables(environ: Mapping[str, str]) -> Iterator[Spoiler]:
    for name in _VARIABLES:
        if environ.get(name):
            yield Spoiler(what=f"{name} is set, which starts a tracer in every process", fix=f"unset {name}")


def _installed(interpreter: Interpreter, words: tuple[str, ...]) -> Iterator[Spoiler]:
    """Ask the interpreter what starts in it by itself."""
    answer = _asked(interpreter)
    for file, line in answer.started:
        tracer = next((name for name in _TRACERS if name in line), None)
        # Coverage's own file does nothing unless a variable says so, which is looked at by itself.
        if tracer is not None and "process_startup" not in line:
            yield Spoiler(what=f"{file} starts {tracer} in every process", fix="use an environment without it")
    for plugin in answer.plugins:
        if plugin in _SHUFFLERS and f"no:{plugin}" not in words:
            what = f"{_SHUFFLERS[plugin]} shuffles tests, so that two runs do not do the same"
            yield Spoiler(what=what, fix=f"add -p no:{plugin} to a workload of tests")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What an interpreter said: lines that it runs when it starts (with their files), and pytest's plugins."""

    started: tuple[tuple[str, str], ...] = ()
    plugins: tuple[str, ...] = ()


def _asked(interpreter: Interpreter) -> _Answer:
    """Return what the interpreter says; nothing where it can't be asked."""
    try:
        done = subprocess.run(
            [interpreter.executable, "-I", "-c", _QUESTION],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
            env={"PATH": os.defpath},
        )
        found = json.loads(done.stdout)
        started = tuple((str(file), str(line)) for file, line in found["pth"])
        return _Answer(started=started, plugins=strings(found["plugins"]))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return _Answer()


def _added_options(root: Path, manifest: Manifest) -> Iterator[str]:
    """Yield the words of pytest's `addopts`, wherever pytest reads them."""
    for value in strings(manifest.table("tool", "pytest", "ini_options").get("addopts")):
        yield from value.split()
    yield from manifest.setup_cfg.get("tool:pytest", {}).get("addopts", "").split()
    for name in ("pytest.ini", ".pytest.ini", "tox.ini"):
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            parser.read_string(text_of(root / name) or "")
        except configparser.Error:
            continue
        if parser.has_section("pytest"):
            yield from parser.get("pytest", "addopts", fallback="").split()
