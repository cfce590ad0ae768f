"""Record the outcome of every test that pytest or unittest runs, and keep pytest's cache out of the tree.

Only the outermost run counts: tests that themselves run tests, in this process or in children, are not heard. Option:
`cache` (str): folder for pytest's cache.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

_OWNER = "RATCHET_TESTS_OWNER"
_SEVERITY = ("passed", "skipped", "failed", "error")
_UNFINISHED = "error"


class _Record:
    """What is known of the tests of this process."""

    def __init__(self, context: Mapping[str, object]) -> None:
        options = context["options"]
        self.cache = str(options.get("cache", "")) if isinstance(options, dict) else ""
        self.failed: Callable[[], None] = context["failed"]  # type: ignore[assignment]  # the bootstrap's contract
        self.forget()

    def forget(self) -> None:
        """Begin with nothing."""
        self.outcomes: dict[str, str] = {}
        self.running: set[str] = set()
        self.runners: set[str] = set()
        self.session_active = False

    def owns(self) -> bool:
        """Say whether the test run of this process is the outermost one; the first that asks is."""
        return os.environ.setdefault(_OWNER, str(os.getpid())) == str(os.getpid())

    def begin(self, test: str) -> None:
        """Note that a test was begun: without an end it is an error."""
        self.running.add(test)

    def end(self, test: str, outcome: str) -> None:
        """Note an outcome; a test keeps the worst it had."""
        self.running.discard(test)
        worst = max(_SEVERITY.index(outcome), _SEVERITY.index(self.outcomes.get(test, outcome)))
        self.outcomes[test] = _SEVERITY[worst]

    def snapshot(self) -> dict[str, object]:
        """Return runners and outcomes."""
        unfinished = dict.fromkeys(list(self.running), _UNFINISHED)
        return {"runners": sorted(self.runners), "outcomes": {**self.outcomes, **unfinished}}


class _PytestPlugin:
    """Hears the reports of one pytest session, which under pytest-xdist reach the controller only."""

    def __init__(self, record: _Record, heard: bool) -> None:
        self.record = record
        self.heard = heard

    def pytest_configure(self, config: object) -> None:
        """Turn the cache away from the tree; do not listen in a worker of pytest-xdist."""
        try:
            self.heard = self.heard and not hasattr(config, "workerinput")
            cache = getattr(config, "cache", None)
            if cache is not None and self.record.cache:
                pathlib = sys.modules["pathlib"]
                object.__setattr__(cache, "_cachedir", pathlib.Path(self.record.cache))
            if self.heard:
                self.record.session_active = True
                self.record.runners.add("pytest")
        except Exception:
            self.record.failed()

    def pytest_unconfigure(self) -> None:
        """Let the next session of this process be heard."""
        if self.heard:
            self.record.session_active = False

    def pytest_collectreport(self, report: object) -> None:
        """Take what could not be collected as an error of its id."""
        try:
            outcome = getattr(report, "outcome", "passed")
            if self.heard and outcome != "passed":
                self.record.end(report.nodeid, "error" if outcome == "failed" else "skipped")  # type: ignore[attr-defined]
        except Exception:
            self.record.failed()

    def pytest_runtest_logreport(self, report: object) -> None:
        """Take the outcome of one phase."""
        try:
            if self.heard:
                self._take(report.nodeid, getattr(report, "when", "call"), str(report.outcome))  # type: ignore[attr-defined]
        except Exception:
            self.record.failed()

    def _take(self, test: str, when: str, outcome: str) -> None:
        """Note a phase's outcome.

        A test that fails as it was expected to is reported as skipped: it says as little. One that passes though it was
        expected to fail has passed, or failed where the mark is strict. Attempts that are run again have the outcome
        `rerun` and do not count.
        """
        if outcome == "passed" and when == "setup":
            self.record.begin(test)
        elif outcome == "passed" and when == "call":
            self.record.end(test, "passed")
        elif outcome == "failed":
            self.record.end(test, "failed" if when == "call" else "error")
        elif outcome == "skipped":
            self.record.end(test, "skipped")


class _UnittestEar:
    """Hears the calls that `unittest` makes to its results."""

    def __init__(self, record: _Record) -> None:
        self.record = record
        self.active: tuple[int, int] | None = None

    def listen(self, result_class: type) -> None:
        """Wrap the methods of `unittest.TestResult` that tell outcomes."""
        self._wrap(result_class, "startTest", self.started)
        self._wrap(result_class, "stopTest", self.stopped)
        for name, outcome in (
            ("addSuccess", "passed"),
            ("addFailure", "failed"),
            ("addError", "error"),
            ("addSkip", "skipped"),
            ("addExpectedFailure", "skipped"),
            ("addUnexpectedSuccess", "failed"),
        ):
            self._wrap(result_class, name, self._taker(outcome))
        self._wrap(result_class, "addSubTest", self.sub_test)

    def started(self, result: object, test: object, *_rest: object) -> None:
        """Note the test that begins, unless one is under way."""
        if self.active is None and self._is_heard():
            self.active = (id(result), id(test))
            self.record.begin(_id(test))

    def stopped(self, result: object, test: object, *_rest: object) -> None:
        """Note that the test under way has ended."""
        if self.active == (id(result), id(test)):
            self.active = None
            self.record.running.discard(_id(test))

    def sub_test(self, result: object, test: object, _sub_test: object, error: object, *_rest: object) -> None:
        """Count a failed sub-test against its test."""
        if isinstance(error, tuple) and self._is_of(result):
            expected = getattr(test, "failureException", AssertionError)
            self.record.end(_id(test), "failed" if issubclass(error[0], expected) else "error")

    def _taker(self, outcome: str) -> Callable[..., None]:
        def take(result: object, test: object, *_rest: object) -> None:
            if self._is_of(result):
                self.record.end(_id(test), outcome)

        return take

    def _is_of(self, result: object) -> bool:
        """Say whether a result is that of the outermost run; outside tests (class set-up) every one is."""
        return self._is_heard() and (self.active is None or self.active[0] == id(result))

    def _is_heard(self) -> bool:
        if "pytest" in self.record.runners or not self.record.owns():
            return False
        self.record.runners.add("unittest")
        return True

    def _wrap(self, owner: type, name: str, hear: Callable[..., None]) -> None:
        method = getattr(owner, name)
        failed = self.record.failed

        def heard(self: object, *arguments: object, **named: object) -> object:
            try:
                hear(self, *arguments, *named.values())
            except Exception:
                failed()
            return method(self, *arguments, **named)

        heard.__name__, heard.__qualname__, heard.__doc__ = method.__name__, method.__qualname__, method.__doc__
        setattr(owner, name, heard)


_record: _Record | None = None


def start(context: Mapping[str, object]) -> None:
    """Wait for pytest or unittest to be imported."""
    global _record
    record = _record = _Record(context)
    loaded: dict[str, Callable[[ModuleType], None]] = {
        "_pytest.config": lambda module: _join_pytest(module, record),
        "unittest.result": lambda module: _UnittestEar(record).listen(module.TestResult),
    }
    _after_import(loaded, record)


def snapshot() -> dict[str, object]:
    """Return what is known so far."""
    return {} if _record is None else _record.snapshot()


def after_fork() -> None:
    """Forget the parent's tests."""
    if _record is not None:
        _record.forget()


def _join_pytest(module: ModuleType, record: _Record) -> None:
    """Register the plugin with every session's configuration; one inside another test run is not heard."""
    get_config = module.get_config

    def joined(*arguments: object, **named: object) -> object:
        config = get_config(*arguments, **named)
        try:
            heard = not record.session_active and "unittest" not in record.runners and record.owns()
            config.pluginmanager.register(_PytestPlugin(record, heard), "ratchet-tests")
        except Exception:
            record.failed()
        return config

    joined.__name__, joined.__doc__ = get_config.__name__, get_config.__doc__
    module.get_config = joined  # type: ignore[attr-defined]  # a module of any version


def _after_import(actions: dict[str, Callable[[ModuleType], None]], record: _Record) -> None:
    """Call an action once its module is loaded; modules are loaded through `_find_and_load`, once each."""
    bootstrap = sys.modules["_frozen_importlib"]
    find_and_load = bootstrap._find_and_load
    modules = sys.modules

    def _find_and_load(name: str, import_: Callable[..., object]) -> object:
        module = find_and_load(name, import_)
        if name in actions and name in modules:
            try:
                actions.pop(name)(modules[name])
            except Exception:
                record.failed()
        return module

    # Under this file name the interpreter takes our frame out of the tracebacks of failed imports, as its own.
    _find_and_load.__code__ = _find_and_load.__code__.replace(co_filename=find_and_load.__code__.co_filename)
    bootstrap._find_and_load = _find_and_load  # type: ignore[attr-defined]  # the stubs know no private names


def _id(test: object) -> str:
    return str(test.id())  # type: ignore[attr-defined]  # TestCase, or whatever stands in for one
