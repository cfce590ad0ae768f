"""Eager imports: modules that nothing of the workload needed cost start-up time, and memory for good."""

from collections.abc import Iterator
from dataclasses import replace

from profiling.imports import ImportLine, import_lines
from profiling.interactions.import_names import is_named_where_it_ran
from profiling.interactions.observed import Observed
from profiling.interactions.sides import LATENCY_S, MEMORY_MIB
from profiling.model import Dimension, FunctionKey
from profiling.profile import ImportProfile
from profiling.target import Evidence, Interaction, InteractionKind
from profiling.targets import MODULE_BODY, is_in_tree, with_use

_MIB = 1024 * 1024
_MOST_MODULES = 3


def find(observed: Observed) -> Iterator[Interaction]:
    """Yield lines whose imports nobody used, that take 5 ms or more and leave 2 MiB or more on the heap.

    Where use was not recorded nothing is said: that no function of a module was sampled is no evidence. Of lines that
    lie within one another the outermost is meant; the command's own script is no place to look in.
    """
    imports = with_use(observed.profile)
    memory = _kept_mib(imports)
    covered: set[str] = set(observed.profile.command.argv)
    for line in import_lines(imports):
        is_known = line.recorded and is_in_tree(line.file) and line.file not in covered
        kept = memory.get((line.file, line.line), 0.0)
        if not is_known or line.unused_s < LATENCY_S or kept < MEMORY_MIB:
            continue
        if not is_named_where_it_ran(observed, line.file, line.line):
            covered |= _below(line, imports)
            yield _interaction(line, kept)


def _kept_mib(imports: tuple[ImportProfile, ...]) -> dict[tuple[str, int], float]:
    """Return MiB by line that only unused modules keep: as seconds are shared out, so is memory."""
    by_memory = tuple(replace(one, total_s=(one.kept_bytes or 0) / _MIB) for one in imports)
    return {(line.file, line.line): line.unused_s for line in import_lines(by_memory)}


def _below(line: ImportLine, imports: tuple[ImportProfile, ...]) -> set[str]:
    """Return the files of the tree that a line imports, and those that these import."""
    files: set[str] = set()
    pending = [one.file for one in imports if (one.importer_file, one.importer_line) == (line.file, line.line)]
    while pending:
        file = pending.pop()
        if file is not None and is_in_tree(file) and file not in files and file != line.file:
            files.add(file)
            pending.extend(one.file for one in imports if one.importer_file == file)
    return files


def _interaction(line: ImportLine, kept: float) -> Interaction:
    names = ", ".join(line.modules[:_MOST_MODULES])
    more = f" and {len(line.modules) - _MOST_MODULES} more" if len(line.modules) > _MOST_MODULES else ""
    return Interaction(
        kind=InteractionKind.IMPORT_STARTUP,
        key=FunctionKey(file=line.file, first_line=line.line, qualname=MODULE_BODY),
        evidence=(
            Evidence(
                dimension=Dimension.IMPORT_S,
                value=line.unused_s,
                text=f"{line.unused_s * 1000:.0f} ms of importing {names}{more} go to modules of which no function ran",
            ),
            Evidence(
                dimension=Dimension.PEAK_MIB,
                value=kept,
                text=f"these leave {kept:.1f} MiB on the heap",
            ),
        ),
        root_fix="import it where it is used",
    )
