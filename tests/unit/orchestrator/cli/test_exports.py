import json
import pstats
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.cli import exports
from orchestrator.errors import NotWritable, UsageError
from profiling.model import Command, FunctionKey, Interpreter, RunUsage
from profiling.profile import SCHEMA_VERSION, FunctionProfile, GcTotals, Profile, Stack

KEY = FunctionKey(file="pkg/a.py", first_line=3, qualname="Shop.total")
USAGE = RunUsage(wall_s=1.0, cpu_s=1.0, max_rss_mib=10.0, exit_code=0)


@pytest.fixture
def profile() -> Profile:
    return Profile(
        schema_version=SCHEMA_VERSION,
        tree_id="t",
        command=Command(argv=("python", "bench.py")),
        interpreter=Interpreter(executable="/usr/bin/python3", version=(3, 11, 7)),
        baseline=(USAGE, USAGE, USAGE),
        time_pass=USAGE,
        memory_pass=None,
        cpu_covered_s=1.0,
        samples=100,
        functions=(FunctionProfile(key=KEY, cpu_self_s=1.0, cpu_total_s=1.0, samples_self=100, samples_total=100),),
        imports=(),
        libraries=(),
        stacks=(Stack(frames=(KEY,), thread="MainThread", cpu_s=1.0, wall_s=1.0, samples=100),),
        gc=GcTotals(),
        peak_bytes=None,
    )


def test_the_end_of_the_name_chooses_the_form(profile: Profile, tmp_path: Path) -> None:
    for name in ("a.html", "a.pstats", "a.speedscope.json", "a.collapsed", "a.json"):
        exports.write(profile, str(tmp_path / name))
    assert (tmp_path / "a.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert ("pkg/a.py", 3, "Shop.total") in pstats.Stats(str(tmp_path / "a.pstats")).stats  # type: ignore[attr-defined]
    assert json.loads((tmp_path / "a.speedscope.json").read_text())["$schema"].endswith("file-format-schema.json")
    assert "Shop.total" in (tmp_path / "a.collapsed").read_text()
    assert exports.read(str(tmp_path / "a.json")) == profile


def test_a_flame_graph_can_hold_an_earlier_profile_beside(profile: Profile, tmp_path: Path) -> None:
    before = replace(profile, command=Command(argv=("python", "earlier.py")))
    exports.write(profile, str(tmp_path / "alone.html"))
    exports.write(profile, str(tmp_path / "both.html"), before=before)
    assert len((tmp_path / "both.html").read_bytes()) > len((tmp_path / "alone.html").read_bytes())


def test_where_nothing_can_be_written_it_says_so(profile: Profile) -> None:
    with pytest.raises(NotWritable, match=r"/dev/null/a\.html"):
        exports.write(profile, "/dev/null/a.html")


def test_what_is_no_profile_is_refused_with_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "torn.json").write_text('{"schema_version": 2')
    for name in ("torn.json", "missing.json"):
        with pytest.raises(UsageError) as refused:
            exports.read(str(tmp_path / name))
        assert name in str(refused.value)
        assert refused.value.hint
