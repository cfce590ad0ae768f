from pathlib import Path

import pytest

from profiling.entry_points.kinds import Kinds, WaitKind
from profiling.entry_points.model import WaitPlace
from profiling.model import FunctionKey


def kind_of(folder: Path | None, line: str, library: str | None = None) -> WaitKind:
    if folder is not None:
        (folder / "a.py").write_text(f"async def main():\n    {line}\n")
    key = FunctionKey(file="a.py", first_line=1, qualname="main")
    return Kinds(root=folder).of(WaitPlace(key=key, line=2, library=library))


@pytest.mark.parametrize(
    ("line", "library", "kind"),
    [
        ("requests.get(url)", "requests", WaitKind.SOCKET),
        ("data = connection.recv(64)", None, WaitKind.SOCKET),
        ("connection, _ = server.accept()", None, WaitKind.IDLE),
        ("server.accept()", "socket", WaitKind.IDLE),
        ("item = jobs.get()", "queue", WaitKind.IDLE),
        ("os.fsync(file)", None, WaitKind.FILE),
        ("time.sleep(1)", None, WaitKind.SLEEP),
        ("await reader.readline()", None, WaitKind.STREAM),
        ("await asyncio.sleep(1)", None, WaitKind.SLEEP),
        ("await asyncio.gather(*tasks)", None, WaitKind.WORKERS),
        ("with lock: pass", None, WaitKind.LOCK),
        ("lock.acquire()", None, WaitKind.LOCK),
        ("event.wait()", "threading", WaitKind.WORKERS),
        ("worker.join()", "threading", WaitKind.WORKERS),
        ("with condition: pass", "threading", WaitKind.LOCK),
        ("pool.map(work, rows)", "multiprocessing", WaitKind.WORKERS),
        ("subprocess.run(command)", "subprocess", WaitKind.CHILD),
        ("cursor.execute(query)", None, WaitKind.DATABASE),
        ("session.scalars(query)", "sqlalchemy", WaitKind.DATABASE),
        ("asyncio.run(main())", "asyncio", WaitKind.LOOP),
        ("total += sum(rows)", None, WaitKind.OTHER),
        ("native.poll()", "native", WaitKind.OTHER),
    ],
)
def test_a_wait_is_told_by_the_library_entered_and_else_by_what_the_line_calls(
    tmp_path: Path, line: str, library: str | None, kind: WaitKind
) -> None:
    assert kind_of(tmp_path, line, library) is kind


def test_without_the_source_a_builtin_waits_for_nothing_known() -> None:
    assert kind_of(None, "time.sleep(1)") is WaitKind.OTHER
    assert kind_of(None, "requests.get(url)", "requests") is WaitKind.SOCKET


@pytest.mark.parametrize("text", ["def main(:\n", "\0", "x = " + "(" * 5000])
def test_source_that_is_none_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "b.py").write_text(text)
    key = FunctionKey(file="b.py", first_line=1, qualname="main")

    assert Kinds(root=tmp_path).of(WaitPlace(key=key, line=1, library=None)) is WaitKind.OTHER
