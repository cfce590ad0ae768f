"""setup.md: what was found out about the project, so that the next session need not find it out again."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.damaged import load_record
from orchestrator.ledger.front_matter import join, parse_as
from profiling.model import Command, Interpreter

SETUP_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupFile:
    """A project as it was found.

    Attributes:
        interpreter: that runs the target.
        package_manager: its name, empty when none was recognised; runner: what commands are started with.
        test_command, workload: None when there is none (yet).
        workload_candidates: best first.
        import_roots, packages, source_paths: as in `profiling.model.Tree`.
        tools: profilers, formatters and the like at hand.
        fingerprint: of the files all this was read from: another one means it has to be read again.
        problems: what stands in the way, as sentences.
        documents: texts for contributors that were read, by name.
        speed_dependencies: libraries that matter for speed, with their versions.
        version: of this format.
    """

    interpreter: Interpreter
    package_manager: str
    runner: str
    test_command: Command | None
    workload: Command | None
    workload_candidates: tuple[Command, ...]
    import_roots: tuple[str, ...]
    packages: tuple[str, ...]
    source_paths: tuple[str, ...]
    tools: tuple[str, ...]
    fingerprint: str
    problems: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    speed_dependencies: tuple[str, ...] = ()
    version: int = SETUP_VERSION


def render(setup: SetupFile) -> str:
    """Return the text: every field as YAML on top, the same for a reader below."""
    return join(_adapter().dump_python(setup, mode="json"), "\n\n".join(_prose(setup)) + "\n")


def parse(text: str) -> SetupFile:
    """Return what a text's front matter holds.

    Raises:
        ValueError: it is damaged or of another version; the message says what is wrong.
    """
    return parse_as(_adapter(), text, version=SETUP_VERSION)


def load(path: Path) -> SetupFile | None:
    """Read the file, None when there is none.

    Raises:
        RecordsDamaged: it is damaged or of another version; it is left as it is.
    """
    return load_record(path, parse)


def save(setup: SetupFile, path: Path) -> None:
    """Write the file.

    Raises:
        RecordsDamaged: what stands there is not a setup this program can read; it is left as it is.
        NotWritable: the folder refuses.
    """
    load(path)
    write_text(path, render(setup))


@cache
def _adapter() -> TypeAdapter[SetupFile]:
    return TypeAdapter(SetupFile)


def _prose(setup: SetupFile) -> list[str]:
    version = ".".join(str(part) for part in setup.interpreter.version)
    facts = (
        f"Interpreter: {setup.interpreter.implementation} {version}, `{setup.interpreter.executable}`",
        f"Package manager: {setup.package_manager or 'none recognised'}",
        f"Runner: {setup.runner or 'the interpreter itself'}",
        f"Tests: {_shown(setup.test_command)}",
        f"Workload: {_shown(setup.workload)}",
        f"Source: {_listed(setup.source_paths)}; packages: {_listed(setup.packages)}",
        f"Tools at hand: {_listed(setup.tools)}",
        f"Dependencies that matter for speed: {_listed(setup.speed_dependencies)}",
        f"Documents read: {_listed(setup.documents)}",
    )
    note = "Written by `optimize`, and read back as long as its fingerprint fits. Delete it to have it written anew."
    candidates = tuple(f"`{command.text}`" for command in setup.workload_candidates)
    return [
        "# Setup",
        note,
        _bullets(facts),
        *([f"## Workload candidates\n\n{_bullets(candidates)}"] if candidates else []),
        *([f"## Problems\n\n{_bullets(setup.problems)}"] if setup.problems else []),
    ]


def _shown(command: Command | None) -> str:
    return f"`{command.text}`" if command else "none"


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words) or "none"


def _bullets(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)
