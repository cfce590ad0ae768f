from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.scan.finding import CodeFinding, Effort, Heat, Level
from agents.scan.standing import Standing
from agents.scan.weighing import Expected
from benchmarks.scan_precision.found import Found, bad_share, by_rule, first, moved, sources, table
from benchmarks.scan_precision.hot import WORKLOAD, Unprofiled, heard, profiled, repository
from benchmarks.scan_precision.packages import Package, packages, packages_that_run, workload
from benchmarks.scan_precision.verdicts import (
    HOT_VERDICTS,
    VERDICTS,
    BadVerdicts,
    Looked,
    Verdict,
    read,
    render,
)
from orchestrator.cli.kept_profile import Kept
from profiling.model import Dimension, FunctionKey
from tests.fakes.recipe_programs import profile_of

ONE, OTHER = Package(name="one", version="1.0"), Package(name="other", version="2.0")
WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1)
LOOKED = st.builds(
    Looked,
    package=WORDS,
    version=WORDS,
    file=WORDS,
    line=st.integers(1, 10**6),
    rule=WORDS,
    function=WORDS,
    fingerprint=WORDS,
    verdict=st.sampled_from(Verdict),
    reason=WORDS,
    measured=WORDS,
)


def found(gain: float, *, line: int = 1, package: Package = ONE, root: Path = Path("/nowhere")) -> Found:
    finding = CodeFinding(
        rule="regex-hoist",
        title="Compile once",
        key=FunctionKey(file="a.py", first_line=1, qualname="f"),
        line=line,
        text=f"line {line}",
        seen="it",
        action="do it",
        confirm="measure",
        effort=Effort.RECIPE,
        heat=Heat.HOT,
        share=0.5,
        standing=Standing(),
        level=Level.WARNING,
        expected=Expected(share=gain, dimension=Dimension.CPU_S, evidence="facts:calls=9"),
    )
    return Found(package=package, root=root, finding=finding)


def judged(one: Found, verdict: Verdict) -> Looked:
    return replace(one.unjudged, verdict=verdict, reason="because", measured="0.98x [0.97, 0.99], 9 pairs")


@given(st.lists(LOOKED, unique_by=lambda one: one.name))
def test_verdicts_that_are_written_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, looked: list[Looked]
) -> None:
    path = tmp_path_factory.mktemp("verdicts") / "verdicts.tsv"
    path.write_text(render(looked), encoding="utf-8")

    assert read(path) == tuple(looked)


@pytest.mark.parametrize("path", [VERDICTS, HOT_VERDICTS], ids=lambda path: path.name)
def test_the_verdicts_that_are_kept_are_of_packages_that_are_scanned_and_have_a_reason(path: Path) -> None:
    known = {(one.name, one.version) for one in (*packages(), *packages_that_run())}

    looked = read(path)

    assert looked
    assert {(one.package, one.version) for one in looked} <= known
    assert all(one.reason and one.reason != "not looked at yet" for one in looked)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: row.replace("right", "fine"), "fine"),
        (lambda row: row.replace("\t7\t", "\tseven\t"), "seven"),
        (lambda row: row + "\tmore", "keywords must be strings"),
        (lambda row: row.rpartition("\tright")[0], "is no verdict"),
        (lambda row: f"{row}\n{row}", "a second time"),
    ],
    ids=["verdict", "line", "one too many", "one too few", "twice"],
)
def test_a_line_that_is_no_verdict_is_named(tmp_path: Path, change, said: str) -> None:
    head, row = render([judged(found(0.1, line=7), Verdict.RIGHT)]).splitlines()
    path = tmp_path / "verdicts.tsv"
    path.write_text(f"{head}\n{change(row)}\n")

    with pytest.raises(BadVerdicts, match=rf"verdicts.tsv:[23] .*{said}"):
        read(path)


def test_the_first_are_those_of_most_gain_and_no_package_fills_the_list() -> None:
    many = [found(gain / 100, line=gain) for gain in (1, 5, 3)]
    other = found(0.02, package=OTHER)

    assert [one.finding.line for one in first([*many, other], all_together=3)] == [5, 3, 1]
    assert [one.package.name for one in first([*many, other], all_together=3, of_each=1)] == ["one", "other"]


def test_the_share_of_bad_ones_is_of_those_that_were_looked_at() -> None:
    shown = [found(0.1, line=line) for line in (1, 2, 3, 4)]
    verdicts = (Verdict.RIGHT, Verdict.USELESS, Verdict.RIGHT)
    known = {one.name: judged(one, verdict) for one, verdict in zip(shown, verdicts, strict=False)}

    assert bad_share(shown, known) == pytest.approx(1 / 3)
    assert bad_share(shown, {}) == 0
    assert list(by_rule(shown, known)) == ["regex-hoist: 2 right, 1 useless"]
    rows = list(table(shown, known))[2:]
    assert rows[0] == "| 1 | one 1.0 | `a.py:1` | regex-hoist | right | because: 0.98x [0.97, 0.99], 9 pairs |"
    assert rows[3].endswith("| not looked at |  |")


def test_a_verdict_without_a_finding_and_one_of_another_version_are_told() -> None:
    there, gone, old = found(0.1), found(0.1, line=2), found(0.1, package=OTHER)
    looked = [judged(one, Verdict.RIGHT) for one in (there, gone, old)]
    chosen = [ONE, replace(OTHER, version="3.0")]

    told = list(moved([there], [*looked, replace(looked[0], package="another")], chosen))

    assert told == [
        "no longer heard: one a.py:2 [regex-hoist] (right)",
        "of another version: other 2.0, now 3.0: a.py:1",
    ]


def test_the_source_is_shown_around_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("".join(f"text {number}\n" for number in range(1, 41)))

    head, *lines = sources([found(0.1, line=30, root=tmp_path)])

    assert head.startswith("### 1 one a.py:30 [regex-hoist] Compile once: it (50%")
    assert [line.split()[-1] for line in lines] == [str(number) for number in range(17, 34)]
    assert [line for line in lines if ">" in line] == ["    30> text 30"]


def package_of(folder: Path, text: str) -> Package:
    """Lay out a package as if it were fetched; Markdown has a workload, which is copied beside it."""
    package = next(one for one in packages_that_run() if one.name == "markdown")
    library = folder / f"{package.name}-{package.version}" / "library"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text(text)
    return package


def test_a_package_becomes_a_repository_with_its_workload_beside_it(tmp_path: Path) -> None:
    package = package_of(tmp_path, "")

    root = repository(package, tmp_path)

    assert (root / ".git").is_dir()
    assert (root / WORKLOAD).read_text(encoding="utf-8") == workload(package).read_text(encoding="utf-8")
    assert repository(package, tmp_path) == root


def test_what_is_heard_by_heat_is_of_the_package_and_not_of_its_workload(tmp_path: Path) -> None:
    source = "def f(items, wanted):\n    items = list(items)\n    for one in wanted:\n        items.remove(one)\n"
    package = package_of(tmp_path, source)
    root = repository(package, tmp_path)
    (root / WORKLOAD).write_text(source)
    hot = {FunctionKey(file=file, first_line=1, qualname="f"): 0.3 for file in ("library/__init__.py", WORKLOAD)}
    seen = Kept(profile=profile_of(hot), name="a test")

    by_heat = heard(package, root, seen, by_heat=True)

    assert "search-in-loop" in {one.finding.rule for one in by_heat}
    assert {one.finding.key.file for one in by_heat} == {"library/__init__.py"}
    assert [one.finding.rule for one in heard(package, root, seen)] == ["search-in-loop"]


def test_a_workload_that_can_not_be_profiled_is_told_with_what_was_said(tmp_path: Path) -> None:
    package = package_of(tmp_path, "")

    with pytest.raises(Unprofiled, match=r"markdown: .*nowhere"):
        profiled(package, tmp_path, tmp_path / "nowhere")


def test_every_workload_is_of_a_package_that_is_profiled_and_held_out_ones_are_told_apart() -> None:
    run = packages_that_run()

    assert {f"{one.name}.py" for one in run} == {path.name for path in workload(ONE).parent.glob("*.py")}
    assert {sum(one.is_held_out == held for one in run) >= 15 for held in (True, False)} == {True}
