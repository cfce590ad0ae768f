"""The commands a project installs, wherever it declares them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from profiling.context.manifest import Manifest, strings


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A command that a project installs.

    Attributes:
        target: `module:function`, as declared.
    """

    name: str
    target: str


def console_scripts(manifest: Manifest) -> Iterator[Script]:
    """Yield each console or GUI script, in the order they are declared."""
    for path in (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts")):
        for name, value in manifest.table(*path).items():
            if isinstance(value, str):
                yield Script(name=name, target=value.partition("[")[0].strip())
    of_setup_cfg = manifest.setup_cfg.get("options.entry_points", {})
    of_setup_py = manifest.setup_py.get("entry_points")
    for kind in ("console_scripts", "gui_scripts"):
        yield from _assigned(of_setup_cfg.get(kind, "").splitlines())
        if isinstance(of_setup_py, Mapping):
            yield from _assigned(strings(of_setup_py.get(kind)))


def _assigned(lines: Iterator[str] | tuple[str, ...] | list[str]) -> Iterator[Script]:
    for line in lines:
        name, separator, value = line.partition("=")
        if separator:
            yield Script(name=name.strip(), target=value.partition("[")[0].strip())
