"""What `optimize gather` found, for a person: one line a probe, then what went wrong, then where all of it is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestrator.live.plain_text import one_line
from profiling.context.answering import Source
from profiling.context.gathering import Gathered

# Parts of the context: plain data that was held against its schema, of which any part may be missing.
_Part = Mapping[str, Any]
_MOST = 6


def summary(found: Gathered) -> str:
    """Return the lines."""
    context: _Part = found.context
    lines = [f"{title:<13} {one_line(text)}" for title, text in _rows(context) if text]
    lines += [f"note: {one_line(text)}" for text in _notes(found)]
    run = sum(step.source is Source.PROBE for step in found.steps)
    known = len(found.steps) - run
    lines.append(f"wrote {found.path} in {found.wall_ms:.0f} ms ({run} probes run, {known} answers known)")
    return "\n".join(lines)


def _rows(context: _Part) -> Iterator[tuple[str, str]]:
    part: dict[str, _Part] = {name: value for name, value in context.items() if isinstance(value, Mapping)}
    for name, title, shown in (
        ("git_state", "git", _git),
        ("language_stack", "languages", _languages),
        ("python_environment", "environment", _environment),
        ("python_environment", "source", _source),
        ("test_framework", "tests", _tests),
        ("benchmark_candidates", "benchmarks", _benchmarks),
        ("speed_dependencies", "speed", _dependencies),
        ("async_frameworks", "async", _async),
        ("entry_points", "entry points", _entries),
        ("code_shape", "size", _size),
        ("ci_config", "CI", _ci),
        ("project_documents", "documents", _documents),
        ("tools", "tools", _tools),
    ):
        found = part.get(name, {})
        if len(found) > 2:
            yield title, shown(found)


def _notes(found: Gathered) -> Iterator[str]:
    repository = found.context["repository"]
    if isinstance(repository, Mapping):
        yield from repository["problems"]
    for step in found.steps:
        yield from step.errors
    yield from found.notes


def _git(part: _Part) -> str:
    if not part["is_checkout"]:
        return "no checkout"
    where = f"{part['branch'] or 'detached'} at {(part['head'] or 'no commit')[:10]}"
    return f"{where}, {part['changed_files']} changed" if part["changed_files"] else where


def _languages(part: _Part) -> str:
    shares = [f"{one['name']} {one['share']:.0%}" for one in part["languages"][:_MOST]]
    notebooks = f", {part['notebooks']:,} notebooks" if part["notebooks"] else ""
    return f"{', '.join(shares) or 'no source'} ({part['files']:,} files{notebooks})"


def _environment(part: _Part) -> str:
    interpreter = part["interpreter"]
    words = [f"Python {interpreter['version'] or '?'} ({interpreter['path']})" if interpreter else "no Python found"]
    words += [f"wants {part['requires_python']}"] if part["requires_python"] else []
    words += [part["package_manager"], *([part["build_backend"]] if part["build_backend"] else [])]
    words += [f"{part['project_count']} projects"] if part["project_count"] > 1 else []
    return ", ".join(words)


def _source(part: _Part) -> str:
    paths = part["source"]["paths"] if part["source"] else []
    if not paths and not part["namespace_packages"] and part["project_count"] > 1:
        return f"in {part['project_count']} projects: {_listed(part['projects'])}"
    return _listed([*paths, *(f"{name} (namespace)" for name in part["namespace_packages"])])


def _tests(part: _Part) -> str:
    if part["framework"] is None:
        return f"{part['test_files']} files, no framework recognised" if part["test_files"] else "none found"
    runners = f"; runs with {', '.join(part['runners'])}" if part["runners"] else ""
    return f"{part['framework']}: {part['command'] or 'no command'} ({part['test_files']} files{runners})"


def _benchmarks(part: _Part) -> str:
    shown = [f"{one['command']} ({one['kind'].replace('_', ' ')})" for one in part["candidates"][:1]]
    more = part["candidate_count"] - 1
    return (f"{shown[0]}{f' and {more} more' if more else ''}") if shown else "none found"


def _dependencies(part: _Part) -> str:
    return _listed(part["dependencies"])


def _async(part: _Part) -> str:
    frameworks = [f"{one['name']} in {one['files']} files" for one in part["frameworks"]]
    if not frameworks and not part["coroutine_functions"]:
        return ""
    where = "" if part["is_whole"] else f" in {part['read_files']} files that were read"
    return f"{_listed(frameworks) or 'no framework'}; {part['coroutine_functions']} coroutine functions{where}"


def _entries(part: _Part) -> str:
    scripts = [one["name"] for one in part["scripts"]]
    return _listed([*scripts, *(f"python -m {name}" for name in part["modules"]), *part["servers"]])


def _size(part: _Part) -> str:
    lines = part["lines"]
    is_counted = lines["low"] == lines["high"]
    interval = "" if is_counted else f" [{lines['low']:,}, {lines['high']:,}] (95%, {lines['read_files']} files read)"
    extensions = [f"{one['files']} {one['language']} files" for one in part["extension_sources"]]
    more = f"; {', '.join(extensions)}" if extensions else ""
    files = f"{part['python_files']:,} Python files, {part['test_files']:,} of tests"
    return f"{lines['count']:,}{interval} lines in {files}{more}"


def _ci(part: _Part) -> str:
    if not part["systems"]:
        return ""
    versions = f"; Python {', '.join(part['python_versions'])}" if part["python_versions"] else ""
    benchmarks = "; runs benchmarks" if part["runs_benchmarks"] else ""
    return f"{_listed([one['name'] for one in part['systems']])}{versions}{benchmarks}"


def _documents(part: _Part) -> str:
    return _listed([*part["for_agents"], *part["for_contributors"], *part["readme"]])


def _tools(part: _Part) -> str:
    return ", ".join(f"{one['name']} {one['version'] or ''}".strip() for one in part["at_hand"])


def _listed(words: Sequence[str]) -> str:
    more = len(words) - _MOST
    return ", ".join(words[:_MOST]) + (f" and {more} more" if more > 0 else "")
