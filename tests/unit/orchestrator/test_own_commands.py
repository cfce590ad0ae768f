import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest

from orchestrator import own_commands
from orchestrator.own_commands import CommandFailed, Ended


def ended(*arguments: str, told: Callable[[str], Awaitable[None]] | None = None) -> Ended:
    async def nobody(_: str) -> None:
        return None

    async def call() -> Ended:
        return await own_commands.run(arguments, told=told or nobody)

    return anyio.run(call)


def program(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Put a program in the place of our command line; sys.argv[2:] are its arguments."""
    monkeypatch.setattr(own_commands, "_START", text)


def test_the_object_that_a_command_prints_is_its_result() -> None:
    found = ended("status", "--json", "-C", str(Path(__file__).parent))

    assert found.exit_code == 0
    assert found.result


def test_an_error_of_a_command_is_told_in_its_own_words_with_its_hint() -> None:
    with pytest.raises(CommandFailed, match="No such option") as failed:
        ended("status", "--nonsense")

    assert failed.value.hint == "optimize status --help shows what can be given"
    assert "optimize: error" not in str(failed.value)


def test_a_result_counts_whatever_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    program(monkeypatch, "import sys; print('{\"a\": 1}'); sys.exit(7)")

    assert ended() == Ended(exit_code=7, result={"a": 1})


@pytest.mark.parametrize("printed", ["", "[1]", "nonsense", "{} {}", "[" * 20_000])
def test_output_that_is_no_object_is_a_failure_that_says_what_was_said(
    monkeypatch: pytest.MonkeyPatch, printed: str
) -> None:
    program(monkeypatch, f"import sys; print({printed!r}); sys.stderr.write('it broke')")

    with pytest.raises(CommandFailed, match="it broke"):
        ended()


@pytest.mark.parametrize("word", ["a\0b", "\ud800"])
def test_a_word_that_no_program_can_be_given_is_refused(word: str) -> None:
    with pytest.raises(CommandFailed, match="can't be started"):
        ended("status", word)


def test_lines_on_standard_error_are_told_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    program(monkeypatch, "import sys; sys.stderr.write('one\\n\\ntwo\\nrest'); print('{}')")
    lines: list[str] = []

    async def told(line: str) -> None:
        lines.append(line)

    ended(told=told)

    assert lines == ["one", "two"]


def test_a_command_reads_nothing_of_our_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    program(monkeypatch, "import sys, json; print(json.dumps({'read': sys.stdin.read()}))")

    assert ended().result == {"read": ""}


def test_a_module_in_the_folder_we_stand_in_is_not_taken_for_ours(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "json.py").write_text("raise SystemExit('hostile')")
    (folder / "orchestrator").mkdir()
    (folder / "orchestrator" / "__init__.py").write_text("raise SystemExit('hostile')")
    monkeypatch.chdir(folder)

    assert ended("status", "--json", "-C", str(folder)).result


def test_what_a_cancelled_command_runs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    program(
        monkeypatch, "import os, sys, time; sys.stderr.write(f'{os.getpid()}\\n'); sys.stderr.flush(); time.sleep(60)"
    )
    pids: list[int] = []

    async def call() -> None:
        with anyio.CancelScope() as scope:

            async def told(line: str) -> None:
                pids.append(int(line))
                scope.cancel()

            await own_commands.run((), told=told)

    anyio.run(call)

    (pid,) = pids
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("the command is still running")
