from dataclasses import replace

from orchestrator.methodology import Methodology

METHOD = Methodology(workload="python b.py", tests="", interpreter="/p 3.11.7", environment=(("machine", "x86_64"),))


def test_the_digest_names_the_method_and_nothing_else() -> None:
    assert METHOD.digest == replace(METHOD).digest
    assert METHOD.digest != replace(METHOD, tests="pytest").digest


def test_a_change_of_method_is_said_with_both_values() -> None:
    other = replace(METHOD, workload="python c.py", environment=(("machine", "arm64"),))
    assert METHOD.changes_to(other) == (
        "workload was 'python b.py', is 'python c.py'",
        "machine was 'x86_64', is 'arm64'",
    )
    assert METHOD.changes_to(METHOD) == ()
