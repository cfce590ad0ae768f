from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from profiling.deep.model import DeepReport, Tool
from profiling.deep.passes import deep
from profiling.deep.run import DeepRun
from profiling.model import Command
from profiling.profile import SCHEMA_VERSION, GcTotals, Profile


def _profile(run: DeepRun) -> Profile:
    return Profile(
        schema_version=SCHEMA_VERSION,
        tree_id="abc",
        command=run.workload.command,
        interpreter=run.workload.interpreter,
        baseline=run.plain,
        time_pass=run.plain[0],
        memory_pass=None,
        cpu_covered_s=0.1,
        samples=100,
        functions=run.functions,
        imports=(),
        libraries=(),
        stacks=(),
        gc=GcTotals(),
        peak_bytes=None,
    )


def test_nothing_wanted_runs_nothing(deep_run: Callable[..., DeepRun], tmp_path: Path) -> None:
    run = deep_run("no-such-program")
    found = deep(run.workload, _profile(run), frozenset(), scratch=tmp_path, on_progress=lambda _: None)
    assert found == DeepReport()


def test_every_wanted_tool_gives_its_part_or_says_why_not(
    deep_run: Callable[..., DeepRun],
    environment: Callable[[str, str], str],
    write: Callable[[str, str], Path],
) -> None:
    write("shop.py", "def work(n):\n    return [[i] for i in range(n)]\n")
    write("bench.py", "import shop\nfor _ in range(20):\n    shop.work(2000)\n")
    run = deep_run(executable=environment("other", ""), functions=(("shop.py", 1, "work"),))
    said: list[str] = []

    wanted = frozenset(Tool) - {Tool.PY_SPY}
    found = deep(run.workload, _profile(run), wanted, scratch=run.scratch, on_progress=said.append)

    assert (found.heap, found.native, found.tachyon) == (None, None, None)
    assert found.lines is not None
    assert found.lines.functions[0].lines[0].hits == 20 * (2001 if len(found.lines.functions[0].lines) > 1 else 1)
    assert found.census is not None
    assert found.specialization is not None
    assert any("pip install memray" in note for note in found.notes)
    assert any("from 3.15 on" in note for note in found.notes)
    assert not any("py-spy" in note for note in found.notes)
    assert len(said) == 3
    adapter = TypeAdapter(DeepReport)
    assert adapter.validate_json(adapter.dump_json(found)) == found


def test_a_program_that_always_fails_is_looked_at_all_the_same(
    deep_run: Callable[..., DeepRun], write: Callable[[str, str], Path]
) -> None:
    write("shop.py", "def work():\n    return 1\n")
    write("bench.py", "import shop, sys\nshop.work()\nsys.exit(3)\n")
    plain = deep_run().plain[0]
    failing = type(plain)(wall_s=plain.wall_s, cpu_s=plain.cpu_s, max_rss_mib=plain.max_rss_mib, exit_code=3)
    run = deep_run(functions=(("shop.py", 1, "work"),), plain=(failing,))

    found = deep(run.workload, _profile(run), frozenset({Tool.LINES}), scratch=run.scratch, on_progress=lambda _: None)

    assert found.lines is not None
    assert not any("unlike without" in note for note in found.notes)


def test_a_command_with_another_program_costs_parts_and_no_more(
    deep_run: Callable[..., DeepRun], tmp_path: Path
) -> None:
    run = deep_run("true", functions=(("shop.py", 1, "work"),))
    assert run.workload.command == Command(argv=("true",), timeout_s=60.0)

    wanted = frozenset({Tool.LINES, Tool.CENSUS, Tool.SPECIALIZATION})
    found = deep(run.workload, _profile(run), wanted, scratch=tmp_path, on_progress=lambda _: None)

    assert (found.lines, found.census, found.specialization) == (None, None, None)
    assert len(found.notes) >= 3


def test_a_run_takes_so_many_times_a_plain_one_and_never_more_than_was_allowed(
    deep_run: Callable[..., DeepRun],
) -> None:
    run = deep_run()
    assert run.limit_s(2.0) < run.limit_s(60.0)
    assert replace(run, most_s=5.0).limit_s(60.0) == 5.0
    assert replace(run, most_s=5.0, timed_out=True).limit_s(1.0) == 5.0
