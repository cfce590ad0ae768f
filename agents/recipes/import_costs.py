"""What a profile says of an import at the top of a module that the workload may have no use for."""

from collections.abc import Sequence
from statistics import median

from agents.recipes._base import Choice, Site, Veto
from profiling.imports import ImportLine, import_lines
from profiling.profile import Profile

MIN_COST_S = 0.002
"""Least time of modules that nothing used (docs/recipes.md)."""


def costly_line(site: Site, last_line: int, profile: Profile) -> ImportLine | Veto:
    """Return what was imported through the lines of a statement, or why it is not worth a change."""
    lines = range(site.line, last_line + 1)
    found = (one for one in import_lines(profile.imports) if one.file == site.module and one.line in lines)
    line = next(found, None)
    if line is None:
        return Veto(reason="nothing was imported first through this line")
    if line.unused_s < MIN_COST_S:
        return Veto(reason=f"{line.unused_s * 1e3:.2f} ms were unused, less than {MIN_COST_S * 1e3:.0f} ms")
    return line


def imported_all_the_same(others: Sequence[str], profile: Profile) -> str:
    """Return which other file of the workload imports the same module at its top, empty when none does."""
    loaded = {function.key.file for function in profile.functions}
    loaded |= {file for module in profile.imports for file in (module.file, module.importer_file) if file}
    again = sorted(loaded.intersection(others))
    return f"{again[0]} imports it too when it is imported" if again else ""


def chosen(line: ImportLine, profile: Profile) -> Choice:
    """Return the choice of not importing what was unused."""
    whole_s = median(run.cpu_s for run in profile.baseline) if profile.baseline else 0.0
    share = min(1.0, line.unused_s / whole_s) if whole_s > 0 else 0.0
    evidence = f"profile:unused_import_ms={line.unused_s * 1e3:.2f} modules={len(line.modules)}"
    return Choice(expected_share=share, evidence=evidence)
