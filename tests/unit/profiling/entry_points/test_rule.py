from profiling.entry_points.rule import entry_of
from profiling.model import FunctionKey


def key(name: str, file: str = "app.py") -> FunctionKey:
    return FunctionKey(file=file, first_line=1, qualname=name)


BODY, MAIN, WORK = key("<module>"), key("main"), key("work")
TEST = key("test_it", "tests/test_app.py")


def test_the_first_function_below_a_script_is_the_entry_point() -> None:
    assert entry_of((BODY, MAIN, WORK), None, ()) == MAIN
    assert entry_of((MAIN, WORK), None, ()) == MAIN
    assert entry_of((BODY,), None, ()) == BODY


def test_what_a_module_does_while_it_is_imported_is_its_importer_s() -> None:
    assert entry_of((BODY, key("<module>", "other.py"), WORK), None, ()) == BODY


def test_what_a_test_calls_is_the_entry_point_and_the_test_where_it_calls_nothing() -> None:
    assert entry_of((TEST, key("helper", "tests/conftest.py"), WORK), None, ()) == WORK
    assert entry_of((TEST,), None, ()) == TEST


def test_what_a_task_runs_is_an_entry_point_and_a_loop_that_resumes_nothing_is_none() -> None:
    assert entry_of((BODY, MAIN, WORK), "asyncio", {WORK}) == WORK
    assert entry_of((BODY, MAIN), "asyncio", {WORK}) is None
    assert entry_of((BODY, MAIN), "json", {WORK}) == MAIN
    assert entry_of((BODY, MAIN), "asyncio", ()) == MAIN
