"""What deferring an import saves, when others import the same module."""

from profiling.imports import import_lines
from profiling.profile import ImportProfile, ImportSite


def imported(module: str, total_s: float, *sites: tuple[str, int], executed: bool | None = False) -> ImportProfile:
    return ImportProfile(
        module=module,
        file=f"{module}.py",
        self_s=total_s,
        total_s=total_s,
        importer_file=sites[0][0],
        importer_line=sites[0][1],
        executed=executed,
        importers=tuple(ImportSite(file=file, line=line) for file, line in sites),
    )


def unused_s(*imports: ImportProfile) -> dict[tuple[str, int], float]:
    return {(line.file, line.line): line.unused_s for line in import_lines(imports)}


def test_a_module_that_one_line_imports_is_its_cost() -> None:
    assert unused_s(imported("yaml", 0.05, ("bench.py", 1))) == {("bench.py", 1): 0.05}


def test_a_module_that_another_line_imports_too_is_no_cost_of_the_first() -> None:
    assert unused_s(imported("yaml", 0.05, ("bench.py", 1), ("bench.py", 9))) == {("bench.py", 1): 0.0}


def test_a_line_reached_only_through_the_same_import_saves_as_well() -> None:
    package = imported("package", 0.09, ("bench.py", 1))
    part = imported("part", 0.05, ("package.py", 2), ("package.py", 8))

    assert unused_s(package, part) == {("bench.py", 1): 0.09, ("package.py", 2): 0.0}


def test_a_part_that_is_imported_elsewhere_is_left_out_of_the_packages_cost() -> None:
    package = imported("package", 0.09, ("bench.py", 1))
    part = imported("part", 0.05, ("package.py", 2), ("other.py", 4))
    other = imported("other", 0.01, ("bench.py", 5), executed=True)

    assert round(unused_s(package, part, other)["bench.py", 1], 9) == 0.04


def test_modules_that_import_each_other_keep_no_one_alive() -> None:
    one = imported("one", 0.09, ("bench.py", 1), ("two.py", 1))
    two = imported("two", 0.05, ("one.py", 1))

    assert unused_s(one, two)["bench.py", 1] == 0.09
