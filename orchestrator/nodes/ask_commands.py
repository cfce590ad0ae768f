"""Ask a person whether the commands that were found are to be run."""

from dataclasses import replace
from functools import partial

from langgraph.runtime import Runtime

from orchestrator.approvals.applying import answered_command
from orchestrator.approvals.interrupting import settled
from orchestrator.approvals.questions import about_command
from orchestrator.plain import setup_from_json, setup_to_json
from orchestrator.policy.asking import Kind
from orchestrator.services import Services
from orchestrator.state import SessionState
from profiling.model import Command


async def ask_commands(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Ask about workload and tests where the person did not name them; without a workload the session ends here."""
    services, found = runtime.context, setup_from_json(state["setup"])
    if not services.asking.asks(Kind.COMMAND, needs_agreement=found.proposed):
        return {"refused": ""}

    def agreed(command: Command | None, what: str, named: str | None) -> Command | None:
        if command is None or named is not None:
            return command
        return settled(about_command(command, what, found), partial(answered_command, command))

    workload = agreed(found.workload, "workload", services.settings.workload)
    if workload is None:
        return {"refused": "the workload that was found may not be run"}
    tests = agreed(found.tests, "tests", services.settings.tests)
    settled_on = replace(found, workload=workload, tests=tests, proposed=False)
    services.scout.agree(settled_on)
    return {"setup": setup_to_json(settled_on), "refused": ""}
