import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]
ONLY = ("--python", sys.executable, "--memory-budget", "0")


def _give_it_something_to_fix(repository: Path) -> None:
    (repository / "pkg" / "__init__.py").write_text(
        "def kept(words, wanted):\n    wanted = list(wanted)\n    return [word for word in words if word in wanted]\n"
    )
    (repository / "bench.py").write_text(
        "import pkg\n"
        "words = [str(number) for number in range(800)]\n"
        "print(sum(len(pkg.kept(words, words[::2])) for _ in range(10)))\n"
    )


def test_the_table_follows_the_profile(optimize: Run, repository: Path) -> None:
    _give_it_something_to_fix(repository)
    done = optimize("targets", *ONLY, cwd=repository)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "[unified profile]"
    header = lines[lines.index("[unified targets]") + 1]
    assert header.startswith("| Function")
    assert any(line.startswith("| kept ") for line in lines)
    assert not (repository / ".codeflash").exists()


def test_programs_get_targets_interactions_and_fixes_as_json(optimize: Run, repository: Path) -> None:
    _give_it_something_to_fix(repository)
    done = optimize("targets", *ONLY, "--json", "--", "python", "bench.py", cwd=repository)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["command"] == "python bench.py"
    assert shown["targets"][0]["key"]["qualname"] == "kept"
    assert {"interactions", "fixes", "notes"} <= set(shown)
