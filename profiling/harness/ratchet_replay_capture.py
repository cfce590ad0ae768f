"""Capture what a replayed call does beside returning: output, warnings, logging, files, environment, randomness."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import random
import re
import shutil
import sys
import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from profiling.harness.ratchet_replay_describe import Description, TooLarge
else:
    from ratchet_replay_describe import Description, TooLarge

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{4,}")
_OUTPUT = 64 * 1024
_FILES = 200
_RECORDS = 200
_GLOBALS = 64
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PATH_EVENTS = frozenset(
    "os.remove os.rename os.rmdir os.truncate os.chmod os.chown os.link os.symlink os.mkdir os.utime shutil.rmtree "
    "shutil.move shutil.copyfile shutil.copytree".split()
)
_FAR_EVENTS = frozenset(
    "subprocess.Popen os.system os.posix_spawn os.exec os.spawn os.fork os.forkpty os.kill os.killpg pty.spawn "
    "signal.pthread_kill socket.connect socket.bind socket.sendto socket.getaddrinfo socket.gethostbyname".split()
)


class Outside:
    """Keeps calls from reaching outside the process and our folders: what they try is vetoed and remembered."""

    def __init__(self, folders: list[str]) -> None:
        self.folders = tuple(os.path.realpath(folder) + os.sep for folder in folders)
        self.is_watching = False
        self.tried: list[str] = []

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take an audit event.

        Raises:
            PermissionError: the call may not do that here.
        """
        if not self.is_watching:
            return
        if event in _FAR_EVENTS:
            self._refuse(event)
        elif event == "open":
            path, mode, flags = arguments
            writes = type(mode) is str and any(letter in mode for letter in "wax+")
            if (writes or (type(flags) is int and flags & _WRITING)) and not self._is_ours(path):
                self._refuse("open for writing")
        elif (event in _PATH_EVENTS and not all(map(self._is_ours, arguments[: 2 if "copy" not in event else 1]))) or (
            event == "sqlite3.connect" and arguments[0] != ":memory:" and not self._is_ours(arguments[0])
        ):
            self._refuse(event)

    def _is_ours(self, path: object) -> bool:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return True  # a descriptor, a mode
        name = os.path.realpath(os.fsdecode(path))
        return name == os.devnull or (name + os.sep).startswith(self.folders)

    def _refuse(self, what: str) -> None:
        if len(self.tried) < 8:
            self.tried.append(what)
        raise PermissionError(f"not done while a call is replayed: {what}")


class Output:
    """Standard output and error, the descriptors included, in two files."""

    def __init__(self, folder: str) -> None:
        self.paths = [os.path.join(folder, name) for name in ("stdout", "stderr")]
        self.at = [0, 0]
        self.descriptors = []
        for number, path in zip((1, 2), self.paths):
            descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_RDWR | os.O_APPEND, 0o600)
            os.dup2(descriptor, number)
            self.descriptors.append(descriptor)
        raw = [io.FileIO(number, "wb", closefd=False) for number in (1, 2)]
        sys.stdout = self.stdout = io.TextIOWrapper(io.BufferedWriter(raw[0]), "utf-8", write_through=True)
        sys.stderr = self.stderr = io.TextIOWrapper(
            io.BufferedWriter(raw[1]), "utf-8", "backslashreplace", write_through=True
        )

    def take(self) -> list[str]:
        """Return what was written to each since the last time."""
        taken = []
        for index, stream in enumerate((self.stdout, self.stderr)):
            try:
                stream.flush()
            except ValueError:  # the program closed it
                pass
            size = os.fstat(self.descriptors[index]).st_size
            data = os.pread(self.descriptors[index], min(size - self.at[index], _OUTPUT), self.at[index])
            rest = size - self.at[index] - len(data)
            self.at[index] = size
            taken.append(stable(data.decode("utf-8", "backslashreplace")) + (f"... {rest} bytes" if rest else ""))
        return taken

    def give_back(self) -> None:
        """Let the program print to ours again where it has put another stream in its place."""
        sys.stdout, sys.stderr = self.stdout, self.stderr


class Records(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(1)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        if len(self.kept) < _RECORDS:
            try:
                message = record.getMessage()
            except Exception as error:
                message = f"(its message can't be made: {type(error).__name__})"
            self.kept.append(stable(f"{record.name} {record.levelname}: {message}"))


class Capture:
    """Everything that one call does beside its result; used around each call."""

    def __init__(self, output: Output, outside: Outside, folder: str) -> None:
        self.output = output
        self.outside = outside
        self.folder = folder
        self.records = Records()
        self.random = sys.modules.get("random", random)
        logging.getLogger().addHandler(self.records)
        logging.getLogger().setLevel(1)  # before the program says otherwise

    def begin(self, module: ModuleType, seed: int) -> None:
        """Make the present the state to compare with."""
        self.module = module
        self.globals = globals_of(module)
        self.environment = dict(os.environ)
        self.records.kept = []
        if self.records not in logging.getLogger().handlers:
            logging.getLogger().addHandler(self.records)
        self.outside.tried = []
        self._seed(seed)
        self.random_state = random.getstate()
        self.warnings = warnings.catch_warnings(record=True)
        self.warned = self.warnings.__enter__()
        warnings.simplefilter("always")
        self.output.give_back()
        self.output.take()
        self.outside.is_watching = True

    def end(self) -> None:
        """Stop watching."""
        self.outside.is_watching = False
        self.warnings.__exit__(None, None, None)

    def describe(self, description: Description) -> None:
        """Add what was captured."""
        for name, text in zip(("stdout", "stderr"), self.output.take()):
            if text:
                description.value(name, text)
        for index, warning in enumerate(self.warned[:_RECORDS]):
            text = f"{warning.category.__name__}: {warning.message}"
            description.value(f"warnings[{index}]", stable(text))
        for index, record in enumerate(self.records.kept):
            description.value(f"logging[{index}]", record)
        self._environment(description)
        self._files(description)
        if random.getstate() != self.random_state:
            description.value("random state", hashlib.sha256(repr(random.getstate()).encode()).hexdigest()[:16])
        after = globals_of(self.module)
        for name in sorted({*self.globals, *after}):
            if self.globals.get(name) != after.get(name):
                description.add(f"global {name}", after.get(name) or "gone")

    def _environment(self, description: Description) -> None:
        for name in sorted({*self.environment, *os.environ}):
            if self.environment.get(name) != os.environ.get(name):
                description.value(f"environ[{name!r}]", os.environ.get(name))
        if dict(os.environ) != self.environment:
            os.environ.clear()
            os.environ.update(self.environment)
        try:
            here = os.path.realpath(os.getcwd())
        except OSError:
            here = ""
        if here != self.folder:
            description.add("working folder", os.path.relpath(here, self.folder) if here else "gone")
            os.makedirs(self.folder, exist_ok=True)
            os.chdir(self.folder)

    def _files(self, description: Description) -> None:
        """Describe the files in the working folder, and empty it."""
        entries = sorted(os.listdir(self.folder))
        if not entries:
            return
        count = 0
        for folder, _, names in sorted(os.walk(self.folder)):
            for name in sorted(names)[: _FILES - count]:
                count += 1
                path = os.path.join(folder, name)
                description.add(f"file {os.path.relpath(path, self.folder)!a}", _file_digest(path))
        for entry in entries:
            path = os.path.join(self.folder, entry)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.remove(path)

    def _seed(self, seed: int) -> None:
        random.seed(seed)
        numpy = sys.modules.get("numpy")
        if numpy is not None and hasattr(numpy, "random"):
            numpy.random.seed(seed % 2**32)


def stable(text: str) -> str:
    """Return a text without the addresses that `repr` gives to objects."""
    return _ADDRESS.sub(" at 0x...", text)


def globals_of(module: ModuleType) -> dict[str, str]:
    """Return a digest of each global of a module that can change."""
    found: dict[str, str] = {}
    for name, value in list(vars(module).items()):
        if name.startswith("__") or len(found) >= _GLOBALS or callable(value) or type(value) is type(sys):
            continue
        description = Description()
        try:
            if not hasattr(type(value), "__next__"):
                description.value("", value)
        except (TooLarge, RecursionError):
            continue
        head = description.lines[0][1] if description.lines else ""
        found[name] = f"{head[:100]}, digest {description.digest[:16]}"
    return found


def _file_digest(path: str) -> str:
    try:
        if os.path.islink(path):
            return f"link to {os.readlink(path)!a}"
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        return f"can't be read: {type(error).__name__}"
    return f"{len(data)} bytes, digest {hashlib.sha256(data).hexdigest()[:16]}"
