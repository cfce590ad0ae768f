"""Rules about what is asked of the outside world once for each element instead of once for all."""

import ast
from collections.abc import Callable, Iterable, Iterator

from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.scan.model import Example, Place, Rule
from agents.scan.repetition import loops_around
from agents.scan.surroundings import calls_as_written, calls_of_libraries, dotted

_FILES = frozenset("io.open os.listdir os.scandir os.stat os.path.exists os.path.getsize os.path.isfile".split())
_FILE_METHODS = frozenset("is_dir is_file read_bytes read_text write_bytes write_text".split())
_PROCESSES = frozenset(
    "os.popen os.system subprocess.Popen subprocess.call subprocess.check_call subprocess.check_output"
    " subprocess.run".split()
)
_VERBS = ("delete", "get", "head", "patch", "post", "put", "request")
_REQUESTS = frozenset(
    {"urllib.request.urlopen", *(f"{library}.{verb}" for library in ("httpx", "requests") for verb in _VERBS)}
)
_QUERIES = frozenset({"execute", "executescript", "scalar", "scalars"})
_HANDLES = frozenset("c conn connection cur cursor db engine session".split())
_CODECS = frozenset("json.dumps json.loads pickle.dumps pickle.loads yaml.dump yaml.load yaml.safe_load".split())
_Search = Callable[[Module], Iterable[ast.Call]]


def _repeated(search: _Search) -> Callable[[Module], Iterator[Place]]:
    """Return a search for those of the calls that another one finds which stand in loops."""

    def find(module: Module) -> Iterator[Place]:
        for call in search(module):
            if loops_around(call, module):
                yield Place(line=call.lineno, seen=f"`{dotted(call.func)[:60]}(…)` in a loop", node=call)

    return find


def _calls_of(libraries: Iterable[str]) -> _Search:
    """Return a search for named calls of what has one of some names where it comes from."""

    def find(module: Module) -> Iterator[ast.Call]:
        found = calls_of_libraries(module)
        return (call for name in libraries for call in found.get(name, ()) if dotted(call.func))

    return find


def _builtin_calls(name: str, module: Module) -> Iterator[ast.Call]:
    known = names(module)
    return (call for call in calls_as_written(module).get(name, ()) if known.is_builtin(name, call.func))


def _file_accesses(module: Module) -> Iterator[ast.Call]:
    known = names(module)
    yield from _builtin_calls("open", module)
    yield from _calls_of(_FILES)(module)
    for written, found in calls_as_written(module).items():
        if written.rpartition(".")[2] in _FILE_METHODS:
            yield from (call for call in found if "." in written and known.dotted(call.func) is None)


def _queries(module: Module) -> Iterator[ast.Call]:
    for written, found in calls_as_written(module).items():
        owner, _, name = written.rpartition(".")
        handle = owner.rpartition(".")[2].lstrip("_")
        if (name in _QUERIES and handle in _HANDLES) or ".objects." in f"{written}.":
            yield from found


def _prints(module: Module) -> Iterator[ast.Call]:
    return _builtin_calls("print", module)


def _example(setup: str, line: str) -> tuple[Example, ...]:
    """Return a call in a loop, found in line 5 of its text, and the same call once."""
    return (
        Example(source=f"{setup}\n\ndef f(all):\n    for one in all:\n        {line}\n", lines=(5,)),
        Example(source=f"{setup}\n\ndef f(one):\n    return {line}\n", lines=()),
    )


QUERY_IN_LOOP = Rule(
    id="query-in-loop",
    title="A database is asked once for each element",
    action="fetch the rows of all elements in one query (a join, IN, prefetch or executemany)",
    confirm="the same statement from one line five times or more in one request",
    find=_repeated(_queries),
    examples=_example("", "cursor.execute('SELECT 1', one)"),
)

RULES = (
    QUERY_IN_LOOP,
    Rule(
        id="request-in-loop",
        title="A server is asked once for each element",
        action="ask for many at once, or over one connection (a session) and several at a time",
        confirm="waiting time by host, and connections opened",
        find=_repeated(_calls_of(_REQUESTS)),
        examples=_example("import requests", "requests.get(one)"),
    ),
    Rule(
        id="process-in-loop",
        title="A process is started for each element",
        action="start one process for all elements, or do its work in this one",
        confirm="processes started, and the wall time of one",
        find=_repeated(_calls_of(_PROCESSES)),
        examples=_example("import subprocess", "subprocess.run(one)"),
    ),
    Rule(
        id="file-in-loop",
        title="A file is opened, looked up or listed for each element",
        action="read it once before the loop, list the folder once, or collect what is written",
        confirm="the same paths opened again and again, and system time",
        find=_repeated(_file_accesses),
        examples=_example("", "open(one)"),
    ),
    Rule(
        id="codec-in-loop",
        title="Data is encoded or decoded for each element",
        action="encode or decode the whole once, or pass the objects on as they are",
        confirm="equal inputs decoded twice, and the share of the codec",
        find=_repeated(_calls_of(_CODECS)),
        examples=_example("import json", "json.loads(one)"),
    ),
    Rule(
        id="print-in-loop",
        title="Output is written for each element",
        action="collect the lines and write them at once, or buffer the stream",
        confirm="the share of writing, and system calls",
        find=_repeated(_prints),
        examples=_example("", "print(one)"),
    ),
)
