from dataclasses import replace

from benchmarks.rivals.ours import MemoryPass, TimePass
from benchmarks.rivals.program import Program
from benchmarks.rivals.tools import CPROFILE, CommandTool, Machine, Plain


def test_the_time_pass_sees_the_function_that_works(machine: Machine, plain_program: Program) -> None:
    own = TimePass()

    runs = [own.run(machine, plain_program) for _ in range(2)]

    for run in runs:
        assert not run.failure
        assert run.profile is not None
        assert run.seconds["work"] > 0
        assert run.profile.cpu_covered_s > 0


def test_the_memory_pass_charges_the_peak_to_its_owner(machine: Machine, plain_program: Program) -> None:
    run = MemoryPass().run(machine, plain_program)

    assert not run.failure
    assert max(run.owned_bytes, key=lambda name: run.owned_bytes[name]) == "work"


def test_the_output_of_a_profiler_is_read_with_its_cost(machine: Machine, plain_program: Program) -> None:
    run = CPROFILE.run(machine, plain_program)

    assert not run.failure
    assert run.usage is not None
    assert 0 < run.seconds["work"] < 10 * run.usage.wall_s


def test_a_program_that_fails_is_told_with_its_last_line(machine: Machine, plain_program: Program) -> None:
    (plain_program.tree.root / "work.py").write_text("import sys\nprint('a')\nsys.exit('the reason')\n")

    assert Plain().run(machine, plain_program).failure == "exit code 1: the reason"
    assert TimePass().run(machine, plain_program).failure == "the reason"


def test_a_profiler_that_is_not_there_or_wrote_nothing_is_told(machine: Machine, plain_program: Program) -> None:
    missing = CommandTool(name="missing", before=("no-such-profiler",))
    silent = replace(CPROFILE, before=("python",))

    assert "no-such-profiler" in missing.run(machine, plain_program).failure
    assert "its output could not be read" in silent.run(machine, plain_program).failure
