"""Writes what was gathered: raw evidence first, then the context, whole or not at all; then how it was found."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiling.context.folders import make_folder, write_file
from profiling.context.hashing import file_digest

CONTEXT_FILE = "repo-context.yaml"
RUN_LOG_FILE = "run-log.json"
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextFolder:
    """`.codeflash/context` of a repository.

    Attributes:
        folder: made when something is written; a link there, or in place of the folder above it, is refused.
    """

    folder: Path

    @property
    def context(self) -> Path:
        """Return the file of the context."""
        return self.folder / CONTEXT_FILE

    @property
    def run_log(self) -> Path:
        """Return the file that tells how it was found."""
        return self.folder / RUN_LOG_FILE

    def make(self) -> None:
        """Make the folders.

        Raises:
            OSError: they can't be made, or one of them is a link.
        """
        make_folder(self.folder.parent)
        make_folder(self.folder)

    def context_digest(self) -> str:
        """Return a digest of the context that is there."""
        return file_digest(self.context)

    def write_raw(self, artifacts: Mapping[str, object]) -> None:
        """Write each artifact as `raw/<name>.json`.

        Raises:
            OSError: the folder refuses.
        """
        if artifacts:
            make_folder(self.folder / "raw")
        for name, artifact in artifacts.items():
            path = self.folder / "raw" / f"{_UNSAFE.sub('-', name)}.json"
            write_file(path, json.dumps(artifact, indent=1).encode())

    def write_context(self, context: Mapping[str, object]) -> Path:
        """Replace the context and return its path.

        Raises:
            OSError: the folder refuses.
        """
        write_file(self.context, yaml_of(context))
        self.invalid.unlink(missing_ok=True)
        return self.context

    def write_invalid(self, context: Mapping[str, object]) -> Path:
        """Write a context that does not fit its schema beside the last good one, and return its path.

        Raises:
            OSError: the folder refuses.
        """
        write_file(self.invalid, yaml_of(context))
        return self.invalid

    @property
    def invalid(self) -> Path:
        """Return where a context goes that does not fit its schema."""
        return self.folder / f"{CONTEXT_FILE}.invalid"

    def write_run_log(self, log: Mapping[str, object]) -> None:
        """Replace the run log.

        Raises:
            OSError: the folder refuses.
        """
        write_file(self.run_log, json.dumps(log, indent=1).encode())


def yaml_of(context: Mapping[str, object]) -> bytes:
    """Return a context as YAML."""
    import yaml  # noqa: PLC0415  not where an old context still holds

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc]  # which of the two it is depends on how PyYAML was built
        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  PyYAML's signature
            """Write equal lists out: an alias is for programs."""
            return True

    text = yaml.dump(dict(context), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100, encoding="utf-8")
    assert isinstance(text, bytes)
    return text


def has_fast_yaml() -> bool:
    """Say whether PyYAML was built with libyaml: without it writing takes some ten times as long."""
    import yaml  # noqa: PLC0415

    return bool(yaml.__with_libyaml__)


def as_text(value: object) -> object:
    """Return plain data with all its texts writable: bytes of names that are no UTF-8 as escapes."""
    if isinstance(value, str):
        return (
            value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        )
    if isinstance(value, Mapping):
        return {str(as_text(name)): as_text(one) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [as_text(one) for one in value]
    return value
