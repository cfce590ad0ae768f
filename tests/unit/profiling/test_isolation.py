import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.isolation import blocking_flag, wrapped

WRAPPER = "/w/ratchet_isolated.py"


@pytest.mark.parametrize(
    ("argv", "flag"),
    [
        (("/b/python", "-I", "bench.py"), "-I"),
        (("/b/python3.12", "-uE", "bench.py"), "-E"),
        (("/b/python3.13t", "-S", "-m", "shop"), "-S"),
        (("/b/python", "-X", "dev", "-W", "error", "-I"), "-I"),
        (("/usr/bin/env", "python3", "-I", "bench.py"), "-I"),
        (("/b/python", "bench.py", "-I"), None),
        (("/b/python", "-m", "shop", "-I"), None),
        (("/b/python", "-c", "pass", "-S"), None),
        (("/b/python", "-WIgnore", "bench.py"), None),
        (("/b/python", "-X", "-I", "bench.py"), None),
        (("/b/python", "-", "-I"), None),
        (("/b/python", "-c"), None),
        (("/usr/bin/env", "-i", "python", "-I"), None),
        (("/b/make", "-S"), None),
        ((), None),
    ],
)
def test_flags_that_keep_the_injection_out_are_found(argv: tuple[str, ...], flag: str | None) -> None:
    assert blocking_flag(argv) == flag


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("/b/python", "-I", "x.py", "-a", ""), ("/b/python", "-I", WRAPPER, "file", "x.py", "-a", "")),
        (("/b/python", "-X", "dev", "-Im", "m", "-a"), ("/b/python", "-X", "dev", "-I", WRAPPER, "-m", "m", "-a")),
        (("/b/python", "-Icprint(1)", "b"), ("/b/python", "-I", WRAPPER, "-c", "print(1)", "b")),
        (("/b/python", "-E", "-", "b"), ("/b/python", "-E", WRAPPER, "-", "-", "b")),
        (("/b/python", "-S"), ("/b/python", "-S", WRAPPER, "-", "")),
        (("env", "python", "-I", "x"), ("env", "python", "-I", WRAPPER, "file", "x")),
        (
            ("/b/python", "--check-hash-based-pycs", "never", "-I", "x"),
            ("/b/python", "--check-hash-based-pycs", "never", "-I", WRAPPER, "file", "x"),
        ),
    ],
)
def test_the_wrapper_goes_between_the_flags_and_the_program(argv: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert wrapped(argv, WRAPPER) == expected


@pytest.mark.parametrize(
    "argv", [("/b/python", "x.py"), ("/b/python", "-Ix", "x.py"), ("/b/python", "-I", "-V"), ("/b/sh",)]
)
def test_what_needs_no_wrapper_or_can_have_none_stays_as_it_is(argv: tuple[str, ...]) -> None:
    assert wrapped(argv, WRAPPER) == argv


@pytest.mark.parametrize(
    ("line", "before"),
    [
        ("#!/b/python3 -I", ("/b/python3", "-I")),
        ("#! /usr/bin/env -S python3 -I -u", ("/usr/bin/env", "python3", "-I", "-u")),
        ("#!/b/python3", None),
        ("#!/usr/bin/env python3", None),
        ("#!/usr/bin/env -S python3 'unbalanced", None),
        ("#!/bin/sh -I", None),
        ("#!", None),
        ("import this", None),
    ],
)
def test_the_first_line_of_a_console_script_is_looked_at(
    tmp_path: Path, line: str, before: tuple[str, ...] | None
) -> None:
    script = tmp_path / "tool"
    script.write_text(f"{line}\nprint(1)\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    argv = (str(script), "-c", "word")

    expected = argv if before is None else (*before, WRAPPER, "file", *argv)

    assert wrapped(argv, WRAPPER) == expected
    assert blocking_flag(argv) == (None if before is None else "-I")


@given(
    st.lists(st.sampled_from(["-I", "-u", "-W", "-X", "-c", "-m", "-", "x", "", "-WI", "--help", "-Sc"]), max_size=6)
)
def test_nothing_of_a_command_is_lost_or_reordered(words: list[str]) -> None:
    argv = ("/b/python", *words)

    found = wrapped(argv, WRAPPER)

    rest = [word for word in found if word not in (WRAPPER, "file")]
    assert "".join(rest).replace("-", "") == "".join(argv).replace("-", "")
    assert blocking_flag(argv) is not None or found == argv
