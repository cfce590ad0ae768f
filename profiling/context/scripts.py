"""The commands a project installs, wherever it declares them."""

from collections.abc import Iterator, Mapping

from profiling.context.manifest import Manifest, strings


def console_scripts(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield name and target (`module:function`) of each console or GUI script."""
    for path in (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts")):
        for name, value in manifest.table(*path).items():
            if isinstance(value, str):
                yield name, value.partition("[")[0].strip()
    of_setup_cfg = manifest.setup_cfg.get("options.entry_points", {})
    of_setup_py = manifest.setup_py.get("entry_points")
    for kind in ("console_scripts", "gui_scripts"):
        yield from _assigned(of_setup_cfg.get(kind, "").splitlines())
        if isinstance(of_setup_py, Mapping):
            yield from _assigned(strings(of_setup_py.get(kind)))


def _assigned(lines: Iterator[str] | tuple[str, ...] | list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, separator, value = line.partition("=")
        if separator:
            yield name.strip(), value.partition("[")[0].strip()
