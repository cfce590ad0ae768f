import json
import sys
from pathlib import Path

import pytest

from orchestrator.cli import observation
from orchestrator.cli.observation import Asked
from orchestrator.cli.scaling import as_json, as_lines, scale, scaled
from orchestrator.errors import SettingsError, UsageError, WorkloadFailed


@pytest.fixture
def asked(repository: Path) -> Asked:
    (repository / "grow.py").write_text("import sys, pkg\nfor _ in range(int(sys.argv[1])):\n    pkg.f()\n")
    python = getattr(sys, "_base_executable", sys.executable)
    return observation.asked(
        {
            "repo": str(repository),
            "python": python,
            "memory_budget": "0",
            "timeout": "1m",
            "stdin": None,
            "show_output": False,
            "command": (),
        }
    )


def test_a_command_is_scaled_and_told_in_lines_and_as_json(asked: Asked) -> None:
    growth = scaled(asked, scale("grow.py {n}", "4,1,2", "3s"))
    lines = as_lines(growth)
    assert lines[0] == "[scaling]"
    assert lines[1].startswith("  grow.py {n} at 1, 2, 4 (")
    assert any("  CPU: " in line for line in lines)
    told = json.loads(as_json(growth))
    assert [point["size"] for point in told["points"]] == [1, 2, 4]
    assert told["template"] == "grow.py {n}"


def test_a_command_that_fails_says_so(asked: Asked) -> None:
    with pytest.raises(WorkloadFailed, match="no-such-file"):
        scaled(asked, scale("python no-such-file.py {n}", "1,2", "3s"))


@pytest.mark.parametrize(
    ("template", "sizes", "budget", "told"),
    [
        ("grow.py 4", "1,2", "60s", "has no {n}"),
        ("grow.py {n}", "1", "60s", "1 sizes were given"),
        ("grow.py {n} &", "1,2", "60s", "needs a shell"),
        ("grow.py {n}", "1,2", "soon", "--scale-budget"),
        ("grow.py {n}", "1,2", "0", "--scale-budget"),
    ],
)
def test_what_can_not_be_scaled_says_why(template: str, sizes: str, budget: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        scale(template, sizes, budget)
    assert told in str(caught.value)
    assert caught.value.hint
    assert isinstance(caught.value, SettingsError) == (told == "--scale-budget")


def test_what_the_target_says_can_not_move_the_cursor(asked: Asked) -> None:
    (asked.root / "grow.py").write_text("import sys\nif sys.argv[1] == '2':\n    sys.exit('\\x1b[2Jgone')\n")
    lines = as_lines(scaled(asked, scale("grow.py {n}", "1,2,4", "2s")))
    assert any("size 2 and larger ones left out" in line and "\\x1b[2Jgone" in line for line in lines)
    assert not any("\x1b" in line for line in lines)
