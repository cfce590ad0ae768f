"""The parsed project a recipe reads: modules with their text and syntax trees, and names over all of them."""

import ast
import hashlib
import io
import re
import tokenize
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from unicodedata import normalize

from agents.recipes import walking
from agents.recipes.once import once
from agents.recipes.walking import levels
from profiling.collector import collector_paused
from profiling.context.python_files import PythonFiles, python_files
from profiling.model import Tree

MAX_DEPTH = 200
MAX_BYTES = 2_000_000
"""Larger files are generated data: parsing one would take seconds (8.5 us a line), and no fix belongs there."""

_VENDORED = frozenset(
    ["_vendor", "_vendored", "vendor", "vendored", "third_party", "thirdparty", "extern", "_extern", "externals"]
)
_TESTS = frozenset(["test", "tests", "testing", "_test", "_tests", "conftest"])
_SYNTAX, _PROBLEM = "syntax", "problem"
IDENTIFIER = r"[\w\x80-\U0010ffff]++"
"""Matches a name in code: all beyond ASCII that stands there belongs to one, also marks that `\\w` does not take."""
TOO_DEEP = f"{{file}} is nested more than {MAX_DEPTH} levels deep: it can't be walked safely"


class NamePattern:
    """A pattern with IDENTIFIER in it, which takes a third of the time where a text is ASCII."""

    def __init__(self, pattern: str) -> None:
        self._any = re.compile(pattern)
        self._ascii = re.compile(pattern.replace(IDENTIFIER, r"\w++"), re.ASCII)

    def found(self, text: str) -> frozenset[str]:
        """Return the names that it finds."""
        return frozenset((self._ascii if text.isascii() else self._any).findall(text))


class Unreadable(ValueError):
    """A file can't be decoded or parsed; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Module:
    """One source file, parsed when its tree is asked for; equal only to itself, so that analyses can be remembered.

    Attributes:
        file: relative to the root, POSIX separators.
        name: dotted import name (`pkg.sub.mod`; of a package its own name).
        text: decoded, newlines as in the file.
        analyses: what was found out about it, kept by `once`.
    """

    file: str
    name: str
    text: str
    analyses: dict[object, object] = field(default_factory=dict, repr=False)

    @property
    def syntax(self) -> ast.Module:
        """Return its tree; an empty one of a text that does not parse, or is nested too deeply."""
        found: ast.Module | None = self.analyses.get(_SYNTAX)  # type: ignore[assignment]  # asked too often for a cast
        if found is None:
            try:
                found = _parsed(self.text, self.file)
            except Unreadable as error:
                found = ast.Module(body=[], type_ignores=[])
                self.analyses[_PROBLEM] = str(error)
            self.analyses[_SYNTAX] = found
        return found

    @property
    def is_parsed(self) -> bool:
        """Say whether its tree was asked for."""
        return _SYNTAX in self.analyses

    @property
    def problem(self) -> str:
        """Return why the tree is empty that was asked for, nothing where it is the text's."""
        return str(self.analyses.get(_PROBLEM, ""))

    @property
    def package(self) -> str:
        """Return the package that relative imports in it start from; empty at the top level."""
        return self.name if self.file.rpartition("/")[2] == "__init__.py" else self.name.rpartition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Project:
    """Every module under the source paths that could be read; tests and others that only read names are `readers`.

    Attributes:
        tree: the checkout.
        modules: by file; only these may be edited.
        readers: by file; further Python files of the repository (tests, benchmarks, docs, vendored code), looked at for
            the names that they use, patch or mock.
        unreadable: file and reason, for those that could not be decoded or parsed.
        analyses: what was found out about it, kept by `once`.
    """

    tree: Tree
    modules: Mapping[str, Module]
    readers: Mapping[str, Module]
    unreadable: tuple[tuple[str, str], ...] = ()
    analyses: dict[object, object] = field(default_factory=dict, repr=False)

    @property
    def everything(self) -> tuple[Module, ...]:
        """Return modules and readers together."""
        return (*self.modules.values(), *self.readers.values())

    def mentioning(self, name: str) -> Iterator[Module]:
        """Yield the modules and readers whose text may hold an identifier: the others need not be parsed."""
        return (module for module in self.everything if name in spelled(module))

    def named(self, name: str) -> Module | None:
        """Return the editable module with this import name."""
        return _editable_by_name(self).get(name)


@once
def spelled(module: Module) -> str:
    """Return a module's text with all identifiers as the parser reads them: it takes NFKC forms for equal."""
    return module.text if module.text.isascii() else normalize("NFKC", module.text)


@once
def _editable_by_name(project: Project) -> dict[str, Module]:
    """Return the editable modules by import name, the first of two that share one."""
    return {module.name: module for module in reversed(tuple(project.modules.values()))}


def load(tree: Tree, previous: Project | None = None, *, parses: bool = True) -> Project:
    """Read every Python file below the tree's root, never through a symbolic link.

    Of a tree too large to be walked whole no module may be edited: who uses it is not known.

    Args:
        tree: the checkout.
        previous: an earlier state of it; files that have not changed are taken from there, with what is known of them.
        parses: all of them now; else each when its tree is asked for, and one that does not parse is a module too.
    """
    modules: dict[str, Module] = {}
    readers: dict[str, Module] = {}
    unreadable: list[tuple[str, str]] = []
    known = {module.file: module for module in previous.everything} if previous else {}
    found = python_files(tree.root)
    unreadable += ((folder.relative, folder.reason) for folder in found.refused)
    if found.cut_off:
        unreadable.append((".", f"{found.cut_off}, and nothing is changed"))
    with collector_paused():
        for file in _plain(found):
            try:
                module, plain = _read(tree, file, known.get(file), parses=parses)
            except Unreadable as error:
                unreadable.append((file, str(error)))
                continue
            editable = plain and not found.cut_off and _is_source(tree, file) and not _is_reader(file)
            (modules if editable else readers)[file] = module
    return Project(tree=tree, modules=modules, readers=readers, unreadable=tuple(unreadable))


def sources(tree: Tree) -> tuple[str, ...]:
    """Return the files that `load` makes modules of, as far as their places tell."""
    return tuple(file for file in _plain(python_files(tree.root)) if _is_source(tree, file) and not _is_reader(file))


def read(tree: Tree, file: str) -> Module:
    """Return one file of a tree.

    Raises:
        Unreadable: it is not there or leads out of the tree, can't be decoded or does not parse.
    """
    if not (tree.root / file).resolve().is_relative_to(tree.root.resolve()):
        raise Unreadable(f"{file} does not lie in {tree.root}")
    with collector_paused():
        return _read(tree, file, None, parses=True)[0]


def forget(module: Module) -> None:
    """Drop what is known of a module, so that it goes with whoever holds it."""
    walking.forget(module.syntax)
    module.analyses.clear()


def fingerprint(tree: Tree) -> str:
    """Return a digest of everything `load` reads of a tree, wherever it is checked out."""
    digest = hashlib.sha256(repr((tree.import_roots, tree.source_paths)).encode())
    for file in _plain(python_files(tree.root)):
        path = tree.root / file
        try:
            content = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
        except OSError:
            content = b""
        digest.update(repr((file, hashlib.sha256(content).hexdigest())).encode())
    return digest.hexdigest()


def parse(text: str, file: str, name: str) -> Module:
    """Return the module with this text.

    Raises:
        Unreadable: it does not parse, or is nested too deeply.
    """
    return with_syntax(_shallow(text, file), text, file, name)


def with_syntax(syntax: ast.Module, text: str, file: str, name: str) -> Module:
    """Return the module with this text, whose tree is known."""
    return Module(file=file, name=name, text=text, analyses={_SYNTAX: syntax})


def _parsed(text: str, file: str) -> ast.Module:
    """Return the tree of a text, however deep in an analysis it is asked for.

    Raises:
        Unreadable: it does not parse, or is nested too deeply.
    """
    try:
        return _shallow(text, file)
    except Unreadable as error:
        if not isinstance(error.__cause__, RecursionError):
            raise
    with ThreadPoolExecutor(1) as elsewhere:  # where nothing was called yet
        return elsewhere.submit(_shallow, text, file).result()


def _shallow(text: str, file: str) -> ast.Module:
    syntax = read_syntax(text, file)
    if len(levels(syntax)) > MAX_DEPTH:
        raise Unreadable(TOO_DEEP.format(file=file))
    return syntax


def read_syntax(text: str, file: str) -> ast.Module:
    """Return the tree of a text, of any depth.

    Raises:
        Unreadable: it does not parse.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"{file} does not parse: {type(error).__name__}: {error}") from error


def _read(tree: Tree, file: str, known: Module | None, *, parses: bool) -> tuple[Module, bool]:
    """Return the module, and whether writing its text in its encoding gives back the file's bytes."""
    path = tree.root / file
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Unreadable(f"{file} has {size} bytes, more than {MAX_BYTES}")
        raw = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        text = raw.decode(encoding)
    except (OSError, SyntaxError, UnicodeError, LookupError) as error:
        raise Unreadable(f"{file} can't be read: {type(error).__name__}: {error}") from error
    name = _import_name(tree, file)
    is_known = known is not None and (known.text, known.name) == (text, name)
    if known is not None and is_known:
        module = known
    else:
        module = parse(text, file, name) if parses else Module(file=file, name=name, text=text)
    return module, text.encode(encoding, errors="replace") == raw


def _plain(found: PythonFiles) -> Iterator[str]:
    return (file.relative for file in found.files if file.is_plain)


def _is_source(tree: Tree, file: str) -> bool:
    path = PurePosixPath(file)
    return any(place == "." or path.is_relative_to(place) for place in tree.source_paths)


def _is_reader(file: str) -> bool:
    *folders, name = PurePosixPath(file).parts
    stem = name.removesuffix(".py")
    return (
        any(folder in _VENDORED or folder in _TESTS for folder in folders)
        or stem in _TESTS
        or stem.startswith("test_")
        or stem.endswith("_test")
    )


def _import_name(tree: Tree, file: str) -> str:
    path = PurePosixPath(file)
    roots = [PurePosixPath(root) for root in (*tree.import_roots, ".") if path.is_relative_to(root)]
    parts = path.relative_to(max(roots, key=lambda root: len(root.parts))).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
