"""Rules about what is asked of the outside world once for each element instead of once for all."""

import ast
from collections.abc import Callable, Iterator

from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.scan.model import Example, Place, Rule
from agents.scan.repetition import loops_around
from agents.scan.surroundings import calls

_FILES = frozenset("io.open os.listdir os.scandir os.stat os.path.exists os.path.getsize os.path.isfile".split())
_FILE_METHODS = frozenset("is_dir is_file read_bytes read_text write_bytes write_text".split())
_PROCESSES = frozenset(
    "os.popen os.system subprocess.Popen subprocess.call subprocess.check_call subprocess.check_output"
    " subprocess.run".split()
)
_REQUESTS = frozenset("delete get head patch post put request".split())
_REQUESTERS = frozenset({"httpx", "requests"})
_QUERIES = frozenset({"execute", "executescript", "scalar", "scalars"})
_HANDLES = frozenset("c conn connection cur cursor db engine session".split())
_CODECS = frozenset("json.dumps json.loads pickle.dumps pickle.loads yaml.dump yaml.load yaml.safe_load".split())
_Meant = Callable[[ast.Call, str, Module], bool]


def _repeated(is_meant: _Meant) -> Callable[[Module], Iterator[Place]]:
    """Return a search for calls in loops that a predicate means."""

    def find(module: Module) -> Iterator[Place]:
        for call, written in calls(module):
            if written and is_meant(call, written, module) and loops_around(call, module):
                yield Place(line=call.lineno, seen=f"`{written[:60]}(…)` in a loop", node=call)

    return find


def _is_file_access(call: ast.Call, written: str, module: Module) -> bool:
    known = names(module)
    if isinstance(call.func, ast.Name):
        return written == "open" and known.is_builtin("open", call.func)
    library = known.dotted(call.func)
    return library in _FILES if library else written.rpartition(".")[2] in _FILE_METHODS


def _is_process(call: ast.Call, _written: str, module: Module) -> bool:
    return names(module).dotted(call.func) in _PROCESSES


def _is_request(call: ast.Call, _written: str, module: Module) -> bool:
    owner, _, name = (names(module).dotted(call.func) or "").rpartition(".")
    return (owner in _REQUESTERS and name in _REQUESTS) or f"{owner}.{name}" == "urllib.request.urlopen"


def _is_query(_call: ast.Call, written: str, _module: Module) -> bool:
    owner, _, name = written.rpartition(".")
    handle = owner.rpartition(".")[2].lstrip("_")
    return (name in _QUERIES and handle in _HANDLES) or ".objects." in f"{written}."


def _is_codec(call: ast.Call, _written: str, module: Module) -> bool:
    return names(module).dotted(call.func) in _CODECS


def _is_print(call: ast.Call, written: str, module: Module) -> bool:
    is_name = isinstance(call.func, ast.Name)
    return is_name and written == "print" and names(module).is_builtin("print", call.func)


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
    find=_repeated(_is_query),
    examples=_example("", "cursor.execute('SELECT 1', one)"),
)

RULES = (
    QUERY_IN_LOOP,
    Rule(
        id="request-in-loop",
        title="A server is asked once for each element",
        action="ask for many at once, or over one connection (a session) and several at a time",
        confirm="waiting time by host, and connections opened",
        find=_repeated(_is_request),
        examples=_example("import requests", "requests.get(one)"),
    ),
    Rule(
        id="process-in-loop",
        title="A process is started for each element",
        action="start one process for all elements, or do its work in this one",
        confirm="processes started, and the wall time of one",
        find=_repeated(_is_process),
        examples=_example("import subprocess", "subprocess.run(one)"),
    ),
    Rule(
        id="file-in-loop",
        title="A file is opened, looked up or listed for each element",
        action="read it once before the loop, list the folder once, or collect what is written",
        confirm="the same paths opened again and again, and system time",
        find=_repeated(_is_file_access),
        examples=_example("", "open(one)"),
    ),
    Rule(
        id="codec-in-loop",
        title="Data is encoded or decoded for each element",
        action="encode or decode the whole once, or pass the objects on as they are",
        confirm="equal inputs decoded twice, and the share of the codec",
        find=_repeated(_is_codec),
        examples=_example("import json", "json.loads(one)"),
    ),
    Rule(
        id="print-in-loop",
        title="Output is written for each element",
        action="collect the lines and write them at once, or buffer the stream",
        confirm="the share of writing, and system calls",
        find=_repeated(_is_print),
        examples=_example("", "print(one)"),
    ),
)
