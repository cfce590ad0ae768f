"""What py-spy 0.4.3 and CPython's sampler write, shortened."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.deep.stacks import Frame, StacksUnreadable, frame, read_stacks


def test_a_python_frame_is_split_into_name_file_and_line() -> None:
    assert frame("sorts.<locals>.<listcomp> (/src/hot.py:26)") == Frame(
        name="sorts.<locals>.<listcomp>", file="/src/hot.py", line=26
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("munmap (/usr/lib/libc.so.6)", Frame(name="munmap", file="/usr/lib/libc.so.6", line=0)),
        ("0x7f352fa4524a (libc.so.6)", Frame(name="0x7f352fa4524a", file="libc.so.6", line=0)),
        (
            "encoder_call (/build/Python-3.13.0/./Modules/_json.c:1289)",
            Frame(name="encoder_call", file="/build/Python-3.13.0/./Modules/_json.c", line=1289),
        ),
        ("f(int (*)(char)) (/lib/x.so)", Frame(name="f(int (*)(char))", file="/lib/x.so", line=0)),
        ("work (/a folder (1)/hot.py:3)", Frame(name="work", file="/a folder (1)/hot.py", line=3)),
        ('process 660:"python hot.py"', Frame(name='process 660:"python hot.py"', file="", line=0)),
    ],
)
def test_native_frames_and_odd_names_keep_their_parts(text: str, expected: Frame) -> None:
    assert frame(text) == expected


@given(st.text())
def test_any_text_is_some_frame(text: str) -> None:
    assert frame(text).line >= 0


@given(st.text(alphabet=" (/:)0a;", max_size=60))
def test_text_that_looks_like_a_frame_is_some_frame(text: str) -> None:
    assert frame(text).line >= 0


def test_stacks_come_with_their_counts_and_other_lines_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "stacks.txt"
    path.write_text("main (/a.py:1);work (/a.py:5) 31\n\nnot a stack\nlone\nwork (/a.py:5) -3\n")

    found = read_stacks(path)

    assert [(stack.frames, stack.count) for stack in found] == [(("main (/a.py:1)", "work (/a.py:5)"), 31)]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StacksUnreadable, match="wrote no output"):
        read_stacks(tmp_path / "none.txt")


def test_garbage_is_told(tmp_path: Path) -> None:
    path = tmp_path / "stacks.txt"
    path.write_bytes(b"\xff\xfe\x00garbage")
    with pytest.raises(StacksUnreadable, match="holds no stack"):
        read_stacks(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_stacks_or_told(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(data)
    try:
        found = read_stacks(path)
    except StacksUnreadable:
        found = ()
    assert all(stack.count >= 0 and stack.frames for stack in found)
