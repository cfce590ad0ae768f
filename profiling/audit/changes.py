"""What of a file others may notice has changed: then their calls must be looked at again."""

from collections.abc import Iterable, Mapping

from profiling.audit.reading.facts import Declarations

_NOTHING = Declarations(
    scopes=[], classes=[], defined={}, classes_by_name={}, imports={}, stars=[], aliases={}, declared={},
    exported=None, assigned=[], loose=[],
)  # fmt: skip


class TooMuch(Exception):
    """What changed may be noticed everywhere: all must be linked anew."""


def changed_names(old: Declarations | None, new: Declarations | None) -> set[str]:
    """Return the bare names whose meaning may have changed with a file.

    Args:
        old: before, None for a file that is new.
        new: now, None for a file that is gone.

    Raises:
        TooMuch: bases, exports or special methods changed.
    """
    before, after = old or _NOTHING, new or _NOTHING
    if old is not None and (_plain(before.stars) != _plain(after.stars) or before.exported != after.exported):
        raise TooMuch
    names = _changed_keys(_functions(before), _functions(after))
    names |= _changed_classes(before, after)
    for first, second in (
        (before.imports, after.imports), (before.aliases, after.aliases), (before.declared, after.declared),
        (dict.fromkeys(before.assigned), dict.fromkeys(after.assigned)),
        (dict.fromkeys(before.loose), dict.fromkeys(after.loose)),
    ):  # fmt: skip
        names |= _changed_keys(first, second)
    return names


def _plain(value: object) -> object:
    """Return a value in which lists and tuples are one: JSON knows no tuples."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _changed_keys(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    keys = before.keys() | after.keys()
    missing = object()
    return {key for key in keys if _plain(before.get(key, missing)) != _plain(after.get(key, missing))}


def _functions(declarations: Declarations) -> dict[str, list[object]]:
    """Return what calling functions depends on, by bare name: no places, which every edit moves."""
    found: dict[str, list[object]] = {}
    for scope in declarations.scopes[1:]:
        signature = (scope.path, scope.kind, scope.flags, scope.parameters, scope.returns, scope.keyed)
        found.setdefault(scope.path.rpartition(".")[2], []).append(_plain(signature))
    return found


def _changed_classes(before: Declarations, after: Declarations) -> set[str]:
    first = {each.path: each for each in before.classes}
    second = {each.path: each for each in after.classes}
    names: set[str] = set()
    for path in first.keys() | second.keys():
        one, other = first.get(path), second.get(path)
        last = path.rpartition(".")[2]
        if one is None or other is None:
            known = one or other
            names |= {last, *(known.methods if known is not None else ())}
            continue
        shape = [[each.bases, each.metaclass, each.dataclass, each.fields] for each in (one, other)]
        if _plain(shape[0]) != _plain(shape[1]):
            raise TooMuch
        changed = set(one.methods) ^ set(other.methods)
        if any(name.startswith("__") for name in changed):
            raise TooMuch
        names |= changed | (set(one.nested) ^ set(other.nested)) | (set(one.assigned) ^ set(other.assigned))
        names |= _changed_keys(one.annotations, other.annotations)
    return names


def mentions(text: str, names: Iterable[str]) -> bool:
    """Tell whether kept JSON says one of some names, alone or as the last part of a dotted one."""
    return any(f'"{name}"' in text or f'.{name}"' in text for name in names)
