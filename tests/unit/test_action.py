import re
from pathlib import Path

import pytest
import yaml

from orchestrator.settings import Settings, variable

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def action() -> dict[str, object]:
    return yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def steps(action: dict) -> list[dict]:
    return action["runs"]["steps"]


def test_every_input_of_the_action_is_used_and_every_variable_is_a_setting(action: dict) -> None:
    env = {name: value for step in steps(action) for name, value in step.get("env", {}).items()}
    used = {match for value in env.values() for match in re.findall(r"inputs\.([\w-]+)", value)}

    assert used == set(action["inputs"])
    assert {name for name in env if name.startswith("OPTIMIZE_")} <= {variable(name) for name in Settings.model_fields}


def test_no_input_of_the_action_becomes_part_of_a_script(action: dict) -> None:
    scripts = [step["run"] for step in steps(action) if "run" in step]

    assert len(scripts) == 2
    assert not any("${{" in script for script in scripts)


def test_the_workflow_in_the_documentation_gives_inputs_that_the_action_has(action: dict) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(encoding="utf-8"), re.DOTALL)
    workflow = yaml.safe_load(text)
    (ours,) = [step for step in workflow["jobs"]["optimize"]["steps"] if step.get("uses", "").startswith("OWNER/")]

    assert set(ours["with"]) <= set(action["inputs"])
    assert workflow["permissions"] == {"contents": "write", "pull-requests": "write"}
