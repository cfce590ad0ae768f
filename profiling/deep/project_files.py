"""Tell the project's files in what other tools report: by absolute paths, or by paths as the program saw them."""

from dataclasses import dataclass, field
from pathlib import PurePath

from profiling.collect.source import Source
from profiling.model import FunctionKey, Tree

_FOREIGN = frozenset(("site-packages", "dist-packages"))


@dataclass(slots=True, kw_only=True)
class ProjectFiles:
    """The project's files: below a source path, or a script that was started.

    Attributes:
        tree: the checkout.
        scripts: first arguments of the processes.
    """

    tree: Tree
    scripts: tuple[str, ...] = ()
    _known: dict[str, str | None] = field(default_factory=dict)
    _source: Source | None = None

    def relative(self, filename: str) -> str | None:
        """Return the path of a project file below the root, with POSIX separators, or None for another file."""
        if filename not in self._known:
            self._known[filename] = self._find(filename)
        return self._known[filename]

    def function(self, filename: str, line: int) -> FunctionKey | None:
        """Return the project function around a line, or None outside the project and without a line."""
        file = self.relative(filename) if line > 0 else None
        if file is None:
            return None
        if self._source is None:
            self._source = Source(root=self.tree.root)
        return self._source.enclosing(file, line)

    def _find(self, filename: str) -> str | None:
        if not filename or filename.startswith("<") or "\0" in filename:
            return None
        root = self.tree.root.resolve()
        try:
            path = (root / filename).resolve()
            if not path.is_relative_to(root) or _FOREIGN & set(path.parts):
                return None
            places = [(root / each).resolve() for each in self.tree.source_paths]
            scripts = [(root / each).resolve() for each in self.scripts if each and "\0" not in each]
        except (OSError, RuntimeError):
            return None
        is_project = path in scripts or any(path.is_relative_to(place) for place in places)
        return PurePath(path.relative_to(root)).as_posix() if is_project else None
