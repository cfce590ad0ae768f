"""Where the visitor stands in a file: scope, class, block, loops, and what names mean there."""

import ast

from profiling.audit.reading.excerpts import Excerpts
from profiling.audit.reading.scope import CallFact, ClassScope, LoopFact, Scope, WriteFact
from profiling.audit.reading.terms import ASSIGN, REPEAT, SET_CLASS, SET_GLOBAL, SET_OUTER, Term

DEEPEST = 160
"""Levels of nesting that are read; beyond, an expression counts as unknown and its calls are listed."""


class Context:
    """State of reading one file; the visitors build on it."""

    def __init__(self, text: str) -> None:
        self.excerpts = Excerpts(text)
        self.digests = True
        self.scopes: list[Scope] = []
        self.classes: list[ClassScope] = []
        self.scope: Scope = Scope("", 0, -1, -1, -1, "<module>", 1, 1, 1)
        self.scope_index = -1
        self.in_class = -1
        self.weak = 0
        self.loops: tuple[LoopFact, ...] = ()
        self.read_in_loop: set[str] = set()
        self.versions: dict[str, str] = {}
        """What a name (or `self.x`) is called in this block, where it was assigned or narrowed in it."""
        self.blocks: list[dict[str, str]] = []
        self.paths = 0
        """How many of `versions` are attributes: most code has none, and need not be looked up."""
        self.depth = 0

    def site(self) -> int:
        """Return the number of a new place in this scope where a container is made."""
        self.scope.sites += 1
        return self.scope.sites

    def add_call(self, fact: CallFact) -> int:
        """Keep the facts of a call and return its index."""
        calls = self.scope.calls
        calls.append(fact)
        return len(calls) - 1

    def add_write(self, kind: str, node: ast.expr, method: str = "") -> None:
        """Keep a store to what may outlive the scope; whether it is local is told when the scope ends."""
        fact: WriteFact = (kind, self.excerpts.of(node), node.lineno, method, False)
        self.scope.writes.append(fact)

    def assign(self, name: str, term: Term) -> None:
        """Note that a name gets a value here."""
        scope = self.scope
        if self.in_class >= 0:
            self.classes[self.in_class].assigned.add(name)
            self.classes[self.in_class].body.add(name)
            scope.emit(SET_CLASS, self.in_class, name, term)
            return
        if name in scope.globals:
            scope.emit(SET_GLOBAL, name, term)
            return
        if name in scope.outer:
            scope.emit(SET_OUTER, name, term)
            return
        if term is None and name in scope.bound and not self.blocks and name not in self.versions:
            scope.emit(ASSIGN, name, None, self.weak)
            return
        scope.bound.add(name)
        if self.loops and name in self.read_in_loop:
            scope.flags |= REPEAT
        if self.blocks:
            self._assign_in_block(name, term)
        else:
            self.versions.pop(name, None)
            scope.emit(ASSIGN, name, term, self.weak)

    def _assign_in_block(self, name: str, term: Term) -> None:
        """In a branch a name has a version of its own, which the versions around it may turn out to be."""
        scope, block = self.scope, self.blocks[-1]
        if term is None and name not in self.versions:
            scope.emit(ASSIGN, name, None, 1)
            return
        version = self._new_version(name)
        scope.emit(ASSIGN, version, term, 0)
        for around in self.blocks[:-1]:
            if name in around:
                scope.emit(ASSIGN, around[name], version, 1)
        scope.emit(ASSIGN, name, version, 1)
        block[name] = version
        self.versions[name] = version

    def _new_version(self, name: str) -> str:
        self.scope.versions += 1
        return f"{name}'{self.scope.versions}"

    def narrow(self, path: str, term: Term) -> None:
        """Note that in this block a name or attribute is known better."""
        version = self._new_version(path)
        self.scope.emit(ASSIGN, version, term, 0)
        if self.blocks:
            self.blocks[-1][path] = version
        if "." in path:
            self.paths += 1
        self.versions[path] = version

    def enter_block(self) -> int:
        """Begin a block that may be skipped or repeated; return what `leave_block` needs."""
        self.blocks.append({})
        weak, self.weak = self.weak, 1
        return weak

    def leave_block(self, weak: int) -> None:
        """End the block: names are called again as before it."""
        self.weak = weak
        for name in self.blocks.pop():
            for block in reversed(self.blocks):
                if name in block:
                    self.versions[name] = block[name]
                    break
            else:
                self.versions.pop(name, None)
            if "." in name:
                self.paths -= 1

    def forget(self, path: str) -> None:
        """Note that an attribute was stored: what was known of it no longer holds."""
        if self.paths and path in self.versions:
            del self.versions[path]
