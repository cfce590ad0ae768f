"""A pytest plugin, copied alone into a folder of its own: writes how each test ended, and where a module came from."""

import json
import os
import pathlib
import sys

# Opened before a test replaces the environment, or what system it runs on.
_ROWS = pathlib.Path(os.environ["RECORDER_FILE"]).open("a", encoding="utf-8")  # noqa: SIM115  # until the process ends
_MODULE = os.environ["RECORDER_MODULE"]


def _write(**row: object) -> None:
    _ROWS.write(json.dumps(row) + "\n")
    _ROWS.flush()


def pytest_runtest_logreport(report) -> None:  # type: ignore[no-untyped-def]  # the target's pytest, of any version
    outcome = "xfailed" if hasattr(report, "wasxfail") else report.outcome
    if report.when == "call" or outcome != "passed":
        text = "" if outcome == "passed" else str(report.longrepr)[-3000:]
        _write(id=report.nodeid, outcome=outcome, text=text)


def pytest_collectreport(report) -> None:  # type: ignore[no-untyped-def]  # as above
    if report.outcome == "failed":
        _write(id=report.nodeid, outcome="failed", text=str(report.longrepr)[-3000:])


def pytest_sessionfinish() -> None:
    module = sys.modules.get(_MODULE)
    _write(module=getattr(module, "__file__", None))
