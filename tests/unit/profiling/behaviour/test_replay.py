import json
from pathlib import Path

from profiling.behaviour.recording import Recording, write
from profiling.behaviour.replay import Replayed, ReplayPlan, replay
from profiling.measure.processes import Finished, Launch, Processes
from profiling.model import FunctionKey, RunUsage, Tree
from tests.fakes.behaviour_trees import THIS

KEY = FunctionKey(file="mod.py", first_line=1, qualname="f")
HEADER = {"functions": {"0": {"problem": None}}}


def observation(call: str) -> dict[str, object]:
    return {"call": call, "function": "0", "problem": None, "lines": [["result", "None"]], "count": 1, "digest": "d"}


class Scripted(Processes):
    """Processes that write what they are told to, one text a run."""

    def __init__(self, *outputs: str) -> None:
        super().__init__()
        self.outputs = list(outputs)
        self.skipped: list[list[str]] = []

    def run(self, launch: Launch) -> Finished:
        request = json.loads((launch.cwd / "request.json").read_text())
        self.skipped.append(sorted(set(request["skip"])))
        Path(request["out"]).write_text(self.outputs.pop(0))
        return Finished(
            usage=RunUsage(wall_s=1, cpu_s=1, max_rss_mib=1, exit_code=-11),
            timed_out=False,
            stdout="",
            stderr="Traceback\nImportError: no",
            stdout_bytes=0,
            stdout_sha256="",
        )


def run(tmp_path: Path, processes: Processes) -> Replayed:
    for name in ("recording", "scratch", "tree"):
        (tmp_path / name).mkdir()
    write(tmp_path / "recording", [KEY], [], [])
    replayed = replay(
        Recording(folder=tmp_path / "recording", functions=()),
        Tree(root=tmp_path / "tree", import_roots=(".",), packages=("mod",), source_paths=(".",)),
        THIS,
        ReplayPlan(seed=1, hash_seed=1),
        processes=processes,
        scratch=tmp_path / "scratch",
    )
    assert list((tmp_path / "scratch").iterdir()) == []
    return replayed


def text(*lines: object) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


def test_a_torn_or_foreign_line_is_passed_over(tmp_path: Path) -> None:
    lines = text(HEADER, {"begin": "0.0"}, observation("0.0"), {"call": 7}, {"end": "done"}) + '{"call": "0.'

    replayed = run(tmp_path, Scripted(lines))

    assert list(replayed.observations) == ["0.0"]
    assert replayed.complete


def test_lines_that_are_no_json_end_the_reading(tmp_path: Path) -> None:
    replayed = run(tmp_path, Scripted(text(HEADER) + "\x00\n" + text({"end": "done"})))

    assert not replayed.complete
    assert replayed.notes == ("the replay itself failed with exit code -11: ImportError: no",)


def test_after_a_crash_the_other_calls_are_made_in_a_new_process(tmp_path: Path) -> None:
    first = text(HEADER, {"begin": "0.0"}, observation("0.0"), {"begin": "0.1"})
    processes = Scripted(first, text(HEADER, {"begin": "0.2"}, observation("0.2"), {"end": "done"}))

    replayed = run(tmp_path, processes)

    assert processes.skipped == [[], ["0.0", "0.1"]]
    assert replayed.observations["0.1"].problem == "the process ended (-11) in it"
    assert replayed.complete


def test_a_program_that_crashes_at_every_call_is_given_up(tmp_path: Path) -> None:
    outputs = [text({"begin": f"0.{number}"}) for number in range(20)]

    replayed = run(tmp_path, Scripted(*outputs))

    assert not replayed.complete
    assert replayed.notes == ("the replay was given up after 8 crashes",)


def test_time_that_is_over_leaves_it_incomplete(tmp_path: Path) -> None:
    replayed = run(tmp_path, Scripted(text(HEADER, {"end": "time"})))

    assert (replayed.complete, replayed.notes) == (False, ())
