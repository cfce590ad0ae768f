"""The parsed project a recipe reads: modules with their text and syntax trees, and names over all of them."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from profiling.model import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One parsed source file.

    Attributes:
        file: relative to the root, POSIX separators.
        name: dotted import name (`pkg.sub.mod`; of a package its own name).
        text: decoded, newlines as in the file.
        syntax: its tree.
    """

    file: str
    name: str
    text: str
    syntax: ast.Module


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Every module under the source paths that could be read; tests and others that only read names are `readers`.

    Attributes:
        tree: the checkout.
        modules: by file; only these may be edited.
        readers: by file; further Python files of the repository (tests, benchmarks, docs), looked at for the names that
            they use, patch or mock.
        unreadable: file and reason, for those that could not be decoded or parsed.
    """

    tree: Tree
    modules: Mapping[str, Module]
    readers: Mapping[str, Module]
    unreadable: tuple[tuple[str, str], ...] = ()
