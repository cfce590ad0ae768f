"""Find the functions that a person names: `Cart.total`, `shop.cart.Cart.total`, `cart.py:total`, `cart.py:12`."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from profiling.collect.source import Source
from profiling.context import walk
from profiling.deep.project_files import ProjectFiles
from profiling.model import FunctionKey, Tree

MOST = 8
_MOST_LISTED = 4
_MOST_PARSED = 3000
_LONGEST_NUMBER = 9


class NotNamed(LookupError):
    """A name fits no function of the project, or too many; the message says so, and what there is."""


def named(text: str, tree: Tree, scripts: tuple[str, ...] = ()) -> tuple[FunctionKey, ...]:
    """Return the functions that a name stands for: those so called in full, else those whose names end so.

    Args:
        text: a name, dotted or not; or a file, a colon, and a name or the number of a line in the function.
        tree: the checkout.
        scripts: files outside its source paths that count as the project's, the one that is run for example.

    Raises:
        NotNamed: see there.
    """
    file, _, name = text.strip().rpartition(":")
    source = Source(root=tree.root)
    files = [each for each in _files(file, tree, scripts) if _is_called(each, file)]
    found = _at_line(source, files, int(name)) if file and _is_number(name) else _by_name(source, files, name, tree)
    if not found:
        raise NotNamed(f"no function of the project is called {text!r}{_instead(source, files, name)}")
    if len(found) > MOST:
        raise NotNamed(f"{text!r} names {len(found)} functions, and {MOST} can be timed at most: {_listed(found)}")
    return tuple(found)


def _files(file: str, tree: Tree, scripts: tuple[str, ...]) -> Iterator[str]:
    """Yield the project's Python files; one that is named or run is looked at wherever it lies in the checkout."""
    project = ProjectFiles(tree=tree, scripts=(*scripts, file))
    listed = (each for each in walk.listed(tree.root).entries().files if each.endswith(".py"))
    known = (project.relative(each) for each in (*listed, *scripts, file))
    yield from dict.fromkeys(each for each in known if each is not None and Path(tree.root, each).is_file())


def _is_called(file: str, wanted: str) -> bool:
    parts = PurePosixPath(wanted).parts
    return not parts or PurePosixPath(file).parts[-len(parts) :] == parts


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER


def _at_line(source: Source, files: Sequence[str], line: int) -> list[FunctionKey]:
    around = [source.enclosing(file, line) for file in files]
    return [key for key in around if key.qualname != "<module>"]


def _by_name(source: Source, files: Sequence[str], name: str, tree: Tree) -> list[FunctionKey]:
    last = name.rpartition(".")[2]
    if not last.isidentifier():
        return []
    keys = [key for file in files if _mentions(tree.root / file, last) for key in source.functions(file)]
    in_full = [key for key in keys if key.qualname == name]
    return in_full or [key for key in keys if f".{_module(key.file)}.{key.qualname}".endswith(f".{name}")]


def _mentions(path: Path, word: str) -> bool:
    """Say whether a file holds a word: cheaper than to parse what can't match."""
    try:
        return word.encode() in path.read_bytes()
    except OSError:
        return False


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _instead(source: Source, files: Sequence[str], name: str) -> str:
    """Say what is called nearly so."""
    names = {key.qualname for file in files[:_MOST_PARSED] for key in source.functions(file)}
    by_last: dict[str, str] = {}
    for each in sorted(names, key=lambda name: (len(name), name)):
        by_last.setdefault(each.rpartition(".")[2], each)
    close = [by_last[each] for each in get_close_matches(name.rpartition(".")[2], by_last, n=_MOST_LISTED)]
    return f"; did you mean {', '.join(close)}?" if close else f" ({len(names)} were looked at)"


def _listed(found: Sequence[FunctionKey]) -> str:
    more = ", …" if len(found) > _MOST_LISTED else ""
    return ", ".join(f"{key.file}:{key.qualname}" for key in found[:_MOST_LISTED]) + more
