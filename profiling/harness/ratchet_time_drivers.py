"""Take the place of what database drivers, SQLAlchemy and Django run statements with, once they are imported."""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from profiling.harness.ratchet_time_queries import Queries

_METHODS = ("execute", "executemany")
_SQLITE_METHODS = ("execute", "executemany", "executescript")
_DIALECT_METHODS = ("do_execute", "do_executemany", "do_execute_no_params")
_FACTORY_AT = 5  # of `sqlite3.connect`
_IS_COROUTINE = 0x80
_IS_FUNCTION_TYPE = "function"
_ABSENT = object()
_clock, _getframe = time.perf_counter, sys._getframe


class Drivers:
    """What is hooked of the modules that come.

    These are `sqlite3` connections of no class of their own, drivers (DB-API) whose cursors are Python classes,
    aiosqlite, SQLAlchemy's dialects and Django's cursors.
    """

    def __init__(self, queries: Queries, failed: Callable[[], None]) -> None:
        self.queries = queries
        self.failed = failed
        self.ours: set[object] = set()
        self.met: set[type] = set()
        self.by_name: dict[str, Callable[[ModuleType], None]] = {
            "sqlite3.dbapi2": self._hook_sqlite,
            "aiosqlite.core": self._hook_aiosqlite,
            "sqlalchemy.engine.default": self._hook_sqlalchemy,
            "django.db.backends.utils": self._hook_django,
        }

    def install(self, module_name: str) -> None:
        """Hook what a module brings that has just been imported; never raises."""
        try:
            module = sys.modules.get(module_name)
            if module is None:
                return
            hook = self.by_name.get(module_name)
            if hook is not None:
                hook(module)
            elif type(module.__dict__.get("apilevel")) is str and module_name != "sqlite3":
                self._hook_module(module)
        except Exception:
            self.failed()

    def _hook_sqlite(self, module: ModuleType) -> None:
        """Give connections that ask for no class of their own one that looks the same, likewise their cursors.

        The types of `sqlite3` can't be changed.
        """
        plain, make_cursor, connect_plainly = module.Cursor, module.Connection.cursor, module.connect
        cursor_class = _alike(plain, {name: self._hook_of(getattr(plain, name)) for name in _SQLITE_METHODS})

        def cursor(self: Any, *arguments: Any, **named: Any) -> Any:
            return make_cursor(self, *arguments, **named) if arguments or named else make_cursor(self, cursor_class)

        methods = {name: self._hook_of(getattr(plain, name), make_cursor, cursor_class) for name in _SQLITE_METHODS}
        connection_class = _alike(module.Connection, {"cursor": cursor, **methods})

        def connect(*arguments: Any, **named: Any) -> Any:
            if len(arguments) <= _FACTORY_AT and "factory" not in named:
                named["factory"] = connection_class
            return connect_plainly(*arguments, **named)

        module.connect = _named_like(connect, connect_plainly)  # type: ignore[attr-defined]  # it is there

    def _hook_of(self, method: Any, make_cursor: Any = None, cursor_class: type | None = None) -> Any:
        """Return what takes the place of a cursor's method, or of a connection's short form: that makes a cursor.

        What it does for a line that is well known, it does by itself: a call would cost as much as all of it.
        """
        ask, is_known, known = self.queries.ask, self.queries.is_known, self.queries.texts.get

        def execute(self: Any, sql: Any = _ABSENT, values: Any = _ABSENT, /, *more: Any) -> object:
            cursor = self if make_cursor is None else make_cursor(self, cursor_class)
            frame: Any = None
            try:
                frame = _getframe(1)
            except ValueError:
                pass  # C code calls, without any Python below it
            row = known(sql) if frame is not None and type(sql) is str else None
            if row is not None and row.count < row.until and frame.f_lasti == row.at and frame.f_code is row.code:
                row.count += 1
            elif not is_known(sql, frame):
                given = tuple(each for each in (sql, values) if each is not _ABSENT)
                return ask("sqlite3", method, cursor, *given, *more)
            return method(cursor, sql) if values is _ABSENT else method(cursor, sql, values, *more)

        return _named_like(execute, method)

    def _hook_module(self, module: ModuleType) -> None:
        """Learn a driver's classes from what it connects."""
        connect = module.__dict__.get("connect")
        if connect in self.ours:
            return
        if isinstance(connect, type):
            self._meet_connection(connect, module.__name__)
        elif callable(connect):
            connect_plainly = connect

            def connect_noting(*arguments: Any, **named: Any) -> Any:
                connection = connect_plainly(*arguments, **named)
                self._meet_connection(type(connection), module.__name__)
                return connection

            self.ours.add(connect_noting)
            module.connect = _named_like(connect_noting, connect_plainly)  # type: ignore[attr-defined]  # it is there

    def _meet_connection(self, kind: type, driver: str) -> None:
        """Have the cursors of a class of connections met; never raises."""
        try:
            found = _method(kind, "cursor")
            if kind in self.met or found is None:
                return
            self.met.add(kind)
            owner, make_cursor = found

            def cursor(*call: Any, **named: Any) -> Any:
                made = make_cursor(*call, **named)
                self._meet_cursor(type(made), driver)
                return made

            if make_cursor not in self.ours and not _is_coroutine(make_cursor):
                self.ours.add(cursor)
                owner.cursor = _named_like(cursor, make_cursor)  # type: ignore[attr-defined]  # it is there
        except Exception:
            self.failed()

    def _meet_cursor(self, kind: type, driver: str) -> None:
        """Hook the methods of a class of cursors; never raises."""
        try:
            if kind in self.met:
                return
            self.met.add(kind)
            for name in _METHODS:
                found = _method(kind, name)
                if found is not None and found[1] not in self.ours:
                    self._hook_method(found[0], name, found[1], driver)
        except Exception:
            self.failed()

    def _hook_method(self, owner: type, name: str, method: Callable[..., Any], driver: str) -> None:
        ask, note = self.queries.ask_outermost, self.queries.note

        def execute(*call: Any, **named: Any) -> object:
            return ask(driver, method, *call, **named)

        async def execute_later(*call: Any, **named: Any) -> object:
            frame, wall = sys._getframe(), _clock()
            try:
                return await method(*call, **named)
            finally:
                note(driver, call[1] if len(call) > 1 else None, frame, _clock() - wall, 0.0)

        hooked: Callable[..., object] = execute_later if _is_coroutine(method) else execute
        self.ours.add(hooked)
        setattr(owner, name, _named_like(hooked, method))

    def _hook_aiosqlite(self, module: ModuleType) -> None:
        """Time what is handed to a connection's thread, where the coroutine that asks is still known."""
        method, note = module.Connection._execute, self.queries.note

        async def _execute(self: Any, function: Any, *arguments: Any, **named: Any) -> object:
            frame, wall = sys._getframe(), _clock()
            try:
                return await method(self, function, *arguments, **named)
            finally:
                if "execute" in getattr(function, "__name__", "") and arguments:
                    note("aiosqlite", arguments[0], frame, _clock() - wall, 0.0)

        module.Connection._execute = _named_like(_execute, method)

    def _hook_sqlalchemy(self, module: ModuleType) -> None:
        """Time what dialects hand to cursors; a dialect's own methods are left to the driver below."""
        for name in _DIALECT_METHODS:
            self._hook_above(module.DefaultDialect, name, "sqlalchemy", 2)

    def _hook_django(self, module: ModuleType) -> None:
        for name in ("_execute", "_executemany"):
            self._hook_above(module.CursorWrapper, name, "django", 1)

    def _hook_above(self, owner: type, name: str, layer: str, at: int) -> None:
        method, ask = owner.__dict__[name], self.queries.ask_unseen

        def execute(*call: Any, **named: Any) -> object:
            if named:
                return ask(layer, named.get("statement", named.get("sql")), lambda: method(*call, **named))
            return ask(layer, call[at] if len(call) > at else None, method, *call)

        setattr(owner, name, _named_like(execute, method))


def _alike(base: type, methods: dict[str, Callable[..., object]]) -> type:
    """Return a subclass that reads like its base."""
    names = {"__slots__": (), "__module__": base.__module__, "__qualname__": base.__qualname__, "__doc__": base.__doc__}
    return type(base.__name__, (base,), {**names, **methods})


def _named_like(hooked: Any, method: Any) -> Any:
    """Give a function the names of the one whose place it takes."""
    for name in ("__name__", "__qualname__", "__doc__", "__module__"):
        try:
            setattr(hooked, name, getattr(method, name))
        except (AttributeError, TypeError):
            pass
    return hooked


def _method(kind: type, name: str) -> tuple[type, Callable[..., object]] | None:
    """Return the class that defines a method in Python, and it."""
    for owner in kind.__mro__:
        method = owner.__dict__.get(name)
        if method is not None:
            return (owner, method) if type(method).__name__ == _IS_FUNCTION_TYPE else None
    return None


def _is_coroutine(method: Any) -> bool:
    return bool(method.__code__.co_flags & _IS_COROUTINE)
