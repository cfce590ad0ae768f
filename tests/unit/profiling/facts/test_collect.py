import json
import subprocess
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.collect import facts as facts_pass
from profiling.facts import (
    ClassFacts,
    ContainerFacts,
    ExpressionFacts,
    ExpressionRequest,
    Facts,
    FunctionFacts,
    FunctionRequest,
    LoopFacts,
    LoopRequest,
    median,
)
from profiling.measure.processes import Finished, Launch, Processes
from profiling.model import Command, FunctionKey, Interpreter, RunUsage, Tree
from profiling.run_facts import AwaitUse, FileUse, LogUse, PatternUse, RunFacts, SerdeUse

COUNTS = st.integers(0, 10_000)
NAMES = st.sampled_from(["int", "str", "mod.Pair"])
HISTOGRAMS = st.dictionaries(NAMES, st.integers(1, 1000), max_size=3)
SIZES = st.dictionaries(st.integers(0, 100), st.integers(1, 1000), max_size=3)
FUNCTIONS = st.builds(
    FunctionFacts,
    id=st.just("f"),
    calls=COUNTS,
    distinct_arguments=st.integers(0, 4096),
    keyable_calls=COUNTS,
    consistent=st.booleans(),
    consistent_by_receiver=st.booleans(),
    receivers=st.integers(0, 4096),
    argument_types=st.dictionaries(st.sampled_from(["a", "b"]), HISTOGRAMS),
    result_types=HISTOGRAMS,
    results_immutable=st.booleans(),
    raised=COUNTS,
    max_depth=COUNTS,
    opened_files=HISTOGRAMS,
    written_files=st.just(0),
    argument_sizes=st.dictionaries(st.sampled_from(["a", "b"]), SIZES),
    receiver_types=HISTOGRAMS,
    keywords=HISTOGRAMS,
    exceptions=HISTOGRAMS,
    results_watched=COUNTS,
    results_mutated=COUNTS,
)
LOOPS = st.builds(
    LoopFacts,
    id=st.just("l"),
    entries=COUNTS,
    trips=COUNTS,
    max_trips=COUNTS,
    entries_by_trips=SIZES,
    inner_trips=HISTOGRAMS,
    max_inner_trips=HISTOGRAMS,
)
CLASSES = st.builds(
    ClassFacts,
    id=st.just("c"),
    created=st.none() | COUNTS,
    peak_alive=st.none() | COUNTS,
    set_in_init=HISTOGRAMS,
    set_elsewhere=HISTOGRAMS,
    read=HISTOGRAMS,
    in_dict=st.lists(NAMES, unique=True).map(sorted).map(tuple),
    reflected=HISTOGRAMS,
    weakly_referenced=st.booleans(),
    pickled_or_copied=st.booleans(),
    subclasses=st.dictionaries(NAMES, st.just("mod.py")),
    hash_calls=st.none() | COUNTS,
    eq_calls=st.none() | COUNTS,
)
CONTAINERS = st.builds(
    ContainerFacts,
    id=st.just("k"),
    made=COUNTS,
    followed=st.booleans(),
    operations=HISTOGRAMS,
    max_size=st.none() | COUNTS,
    sizes=SIZES,
    element_types=HISTOGRAMS,
    elements_hashable=st.booleans(),
)
RUNS = st.builds(
    RunFacts,
    files=st.dictionaries(NAMES, st.builds(FileUse, opens=COUNTS, stats=COUNTS, lines=HISTOGRAMS), max_size=2),
    serde=st.dictionaries(NAMES, st.builds(SerdeUse, calls=COUNTS, of_dumped=COUNTS, repeats=COUNTS), max_size=2),
    logging=st.dictionaries(NAMES, st.builds(LogUse, calls=COUNTS, disabled=COUNTS), max_size=2),
    patterns=st.dictionaries(NAMES, st.builds(PatternUse, calls=COUNTS, distinct=st.integers(0, 256)), max_size=2),
    awaits=st.dictionaries(
        NAMES, st.builds(AwaitUse, awaits=COUNTS, waited_s=COUNTS.map(float), max_in_flight=COUNTS), max_size=2
    ),
    gc_thresholds=st.sampled_from([(), ((700, 10, 10),), ((0, 0, 0), (700, 10, 10))]),
)
EXPRESSIONS = st.builds(
    ExpressionFacts,
    id=st.just("e"),
    evaluations=COUNTS,
    types=HISTOGRAMS,
    max_len=st.none() | COUNTS,
    total_len=COUNTS,
    elements_hashable=st.booleans(),
    loop_entries=COUNTS,
    changed_entries=COUNTS,
    distinct=st.none() | COUNTS,
)
FACTS = st.builds(
    Facts,
    functions=st.dictionaries(st.just("f"), FUNCTIONS),
    loops=st.dictionaries(st.just("l"), LOOPS),
    expressions=st.dictionaries(st.just("e"), EXPRESSIONS),
    classes=st.dictionaries(st.just("c"), CLASSES),
    containers=st.dictionaries(st.just("k"), CONTAINERS),
    run=RUNS,
    notes=st.lists(st.text(alphabet="ab", max_size=2), max_size=2, unique=True).map(tuple),
)
FUNCTION = FunctionRequest(id="f", key=FunctionKey(file="mod.py", first_line=1, qualname="f"))
LOOP = LoopRequest(id="l", file="mod.py", line=2, column=4)
VALUE = ExpressionRequest(id="e", file="mod.py", line=3, column=8, end_line=3, end_column=13, loop_id="l")
MODULE = "def f(n):\n    for x in range(n):\n        n + 1\n    return n\n"


class Refusing(Processes):
    def run(self, launch: Launch) -> Finished:
        raise AssertionError(f"nothing should run: {launch.argv}")


class Reporting(Processes):
    """Runs nothing: leaves reports as a process of the target could have written them."""

    def __init__(self, **reports: object) -> None:
        super().__init__()
        self.reports = reports
        self.launch: Launch | None = None

    def run(self, launch: Launch) -> Finished:
        self.launch = launch
        folder = Path(json.loads(Path(launch.env["RATCHET_HARNESS"]).read_text())["reports"])
        for name, content in self.reports.items():
            (folder / f"ratchet_facts.{name}.1.json").write_text(json.dumps(content))
        usage = RunUsage(wall_s=1, cpu_s=1, max_rss_mib=1, exit_code=0)
        return Finished(usage=usage, timed_out=False, stdout="", stderr="", stdout_bytes=0, stdout_sha256="")


def collected(tmp_path: Path, processes: Processes, *requests, **options) -> Facts:
    (tmp_path / "scratch").mkdir(exist_ok=True)
    return facts_pass.collect(
        requests,
        Tree(root=tmp_path, import_roots=(".",), packages=("mod",), source_paths=("mod.py",)),
        Command(argv=("python", "main.py"), timeout_s=50),
        Interpreter(executable="/bin/sh", version=(3, 12, 0)),
        processes=processes,
        scratch=tmp_path / "scratch",
        **options,
    )


def test_without_requests_nothing_is_run(tmp_path: Path) -> None:
    assert collected(tmp_path, Refusing()) == Facts()


@given(several=st.lists(FACTS, max_size=4))
def test_merging_does_not_depend_on_order(several: list[Facts]) -> None:
    one, other = facts_pass.merge(several), facts_pass.merge(reversed(several))
    assert replace(one, notes=()) == replace(other, notes=())
    assert set(one.notes) == set(other.notes)


@given(one=FUNCTIONS, other=FUNCTIONS)
def test_merged_functions_add_counts_and_keep_what_was_always_so(one: FunctionFacts, other: FunctionFacts) -> None:
    both = facts_pass.merge([Facts(functions={"f": one}), Facts(functions={"f": other})]).functions["f"]
    assert both.calls == one.calls + other.calls
    assert both.distinct_arguments <= 4096
    assert both.consistent == (one.consistent and other.consistent)
    assert both.max_depth == max(one.max_depth, other.max_depth)
    assert sum(both.result_types.values()) == sum([*one.result_types.values(), *other.result_types.values()])
    assert list(both.result_types.values()) == sorted(both.result_types.values(), reverse=True)


@given(facts=FACTS)
def test_stored_facts_are_read_as_they_were(facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "facts" / "facts.json"
    facts_pass.write(facts, path)
    assert facts_pass.read(path) == facts
    assert [file.name for file in path.parent.iterdir()] == ["facts.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": 2, "functions": {"f": {"id": "f"}}}'])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, content: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(content)
    with pytest.raises(facts_pass.FactsFileError, match=r"facts\.json holds no facts .*run the facts pass again"):
        facts_pass.read(path)


def test_facts_of_an_earlier_version_are_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text('{"functions": {}, "loops": {}, "expressions": {}, "notes": []}')
    with pytest.raises(facts_pass.FactsFileError, match="holds facts of schema 1, this version reads 2: remove it"):
        facts_pass.read(path)


@given(values=st.lists(st.integers(0, 50), min_size=1))
def test_the_median_of_a_histogram_is_that_of_its_values(values: list[int]) -> None:
    histogram = {value: values.count(value) for value in values}
    assert median(histogram) == sorted(values)[(len(values) - 1) // 2]
    assert median({}) == 0


@given(one=RUNS, other=RUNS)
def test_merged_runs_add_counts_and_rank_places_by_use(one: RunFacts, other: RunFacts) -> None:
    both = facts_pass.merge([Facts(run=one), Facts(run=other)]).run
    assert sum(use.calls for use in both.serde.values()) == sum(
        use.calls for run in (one, other) for use in run.serde.values()
    )
    ranks = [use.calls for use in both.logging.values()]
    assert ranks == sorted(ranks, reverse=True)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(facts_pass.FactsFileError, match="No such file"):
        facts_pass.read(tmp_path / "none.json")


@pytest.mark.parametrize(
    "report",
    [
        {"functions": {"0": {"calls": "many"}}},
        {"functions": [1]},
        {"functions": {"0": 3, "77": {}, "x": {}}},
        {"functions": {"0": {"calls": 1, "opened_files": {"\ud800": 1}}}},
        {"notes": ["\ud800" * 1000, 5], "hook_errors": "x"},
        {"run": {"files": {"a": {"opens": -1}}}},
        {"run": {"files": {"a": {"opens": 2**80}}}},
        {"run": {"serde": [[[[[[[[[[]]]]]]]]]]}},
        {"run": [], "classes": {"0": []}, "containers": 1},
        [],
    ],
)
def test_a_report_that_does_not_fit_gives_no_facts_and_no_error(tmp_path: Path, report: object) -> None:
    facts = collected(tmp_path, Reporting(calls=report), FUNCTION)
    assert facts.functions == {}
    assert facts.run == RunFacts()
    facts_pass.write(facts, tmp_path / "facts.json")
    assert facts_pass.read(tmp_path / "facts.json") == facts


def test_a_report_of_endless_length_is_cut(tmp_path: Path) -> None:
    files = {f"{number}{'x' * 9000}": {"opens": 1, "lines": {}} for number in range(5000)}
    facts = collected(tmp_path, Reporting(calls={"run": {"files": files}}), FUNCTION)
    assert len(facts.run.files) == 256
    assert max(map(len, facts.run.files)) == 500


def test_faults_of_a_harness_and_silence_are_noted(tmp_path: Path) -> None:
    facts = collected(tmp_path, Reporting(calls={"hook_errors": 3, "functions": {}}), FUNCTION)
    assert any("met 3 faults of its own" in note for note in facts.notes)
    facts = collected(tmp_path, Reporting(), FUNCTION)
    assert any("no process of the command reported" in note for note in facts.notes)


def test_the_time_limit_grows_with_the_plain_run_and_is_the_commands_without_one(tmp_path: Path) -> None:
    for options, limit_s in [({}, 50), ({"plain_wall_s": 5.0}, 200), ({"plain_wall_s": 0.1}, 60)]:
        processes = Reporting(calls={})
        collected(tmp_path, processes, FUNCTION, **options)
        assert processes.launch is not None
        assert processes.launch.timeout_s == limit_s


def test_two_requests_for_the_same_place_both_get_its_facts(observer) -> None:
    observer.write("import mod; mod.f(3)", mod=MODULE)
    twins = [replace(request, id=request.id + "2") for request in (FUNCTION, LOOP, VALUE)]
    facts = observer.run(FUNCTION, LOOP, VALUE, *twins).facts
    assert set(facts.functions) == {"f", "f2"}
    assert set(facts.loops) == {"l", "l2"}
    assert set(facts.expressions) == {"e", "e2"}
    assert facts.expressions["e2"] == replace(facts.expressions["e"], id="e2")


def test_pool_workers_are_counted_with_the_parent(observer) -> None:
    main = """
        import multiprocessing, mod
        if __name__ == "__main__":
            with multiprocessing.get_context("fork").Pool(2) as pool:
                pool.map(mod.f, range(20), chunksize=1)
                pool.close()
                pool.join()
            mod.f(1)
    """
    observer.write(dedent(main), mod=MODULE)
    facts = observer.run(FUNCTION, LOOP, VALUE).facts
    assert facts.functions["f"].calls == facts.loops["l"].entries == 21
    assert facts.loops["l"].trips == sum(range(20)) + 1
    assert facts.expressions["e"].changed_entries == 0


def test_a_run_that_fails_gives_what_it_saw_and_a_note(observer) -> None:
    observer.write("import mod; mod.f(3); raise SystemExit('no more')", mod=MODULE)
    facts = observer.run(FUNCTION).facts
    assert facts.functions["f"].calls == 1
    assert facts.notes == ("the facts run ended with exit code 1: no more",)


def test_a_run_that_is_killed_at_its_limit_gives_what_it_saw_until_then(observer) -> None:
    observer.write("import mod, time\nmod.f(3)\nwhile True: time.sleep(0.1)", mod=MODULE)
    facts = observer.run(FUNCTION, VALUE, LOOP, limit_s=2.5).facts
    assert facts.functions["f"].calls == 1
    assert facts.loops["l"].trips == 3
    assert "killed at its limit of 2 s" in facts.notes[0]


def test_a_process_that_leaves_without_exit_functions_reports(observer) -> None:
    observer.write("import mod, os; mod.f(3); os._exit(0)", mod=MODULE)
    assert observer.run(FUNCTION).facts.functions["f"].calls == 1


def test_compiled_files_are_neither_read_nor_written_for_instrumented_modules(observer, monkeypatch) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    observer.write("import mod; mod.f(3)", mod=MODULE)
    assert observer.run(LOOP).facts.loops["l"].trips == 3
    compiled = observer.root / "__pycache__"
    assert not list(compiled.glob("mod.*"))
    subprocess.run([observer.interpreter.executable, "main.py"], cwd=observer.root, check=True)
    stale = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in compiled.glob("mod.*")}
    assert stale
    assert observer.run(LOOP).facts.loops["l"].trips == 3
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in compiled.glob("mod.*")} == stale


def test_a_program_at_its_recursion_limit_goes_on_as_it_would(observer) -> None:
    text = "def f(n):\n    for x in range(2):\n        n + 1\n        f(n)\n    return n\n"
    main = "import mod\nfor _ in range(3):\n    try: mod.f(1)\n    except RecursionError: print('deep')\n"
    observer.write(main, mod=text)
    observed = observer.run(FUNCTION, LOOP, VALUE)
    assert observed.finished is not None
    assert (observed.finished.usage.exit_code, observed.finished.stdout) == (0, "deep\n" * 3)
    assert observed.facts.functions["f"].max_depth > 100
    assert not observed.facts.functions["f"].consistent
