"""Quote a line of the profiled source."""

from dataclasses import dataclass, field
from pathlib import Path

_SIZE_LIMIT_BYTES = 16 * 2**20
_LONGEST = 160


@dataclass(slots=True, kw_only=True)
class SourceLines:
    """Lines of one tree's files, each read once."""

    root: Path
    _files: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, file: str, line: int) -> str:
        """Return a line without its indentation, empty where there is none."""
        if file not in self._files:
            self._files[file] = self._read(file)
        lines = self._files[file]
        return lines[line - 1].strip()[:_LONGEST] if 0 < line <= len(lines) else ""

    def _read(self, file: str) -> tuple[str, ...]:
        root = self.root.resolve()
        try:
            path = (root / file).resolve()
            if not path.is_relative_to(root) or path.stat().st_size > _SIZE_LIMIT_BYTES:
                return ()
            return tuple(path.read_text(encoding="utf-8", errors="replace").split("\n"))
        except (OSError, ValueError, RuntimeError):
            return ()
