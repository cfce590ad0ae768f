"""Markdown with YAML on top: the machine's half between two `---` lines, the reader's half below."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

FENCE = "---"

T = TypeVar("T")


class Malformed(ValueError):
    """The text has no usable front matter; the message says what is wrong and in which line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text in its two halves."""

    fields: Mapping[str, object]
    prose: str


class _Loader(yaml.SafeLoader):
    """YAML without aliases: a few lines of them can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it untyped
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed", event.start_mark)
        return super().compose_node(parent, index)


class _Dumper(yaml.SafeDumper):
    """YAML that reads back as it was: the stock one loses line ends that only Unicode knows (U+0085 and its like)."""


class Inline(dict[str, object]):
    """A mapping that is written in one line, or a few: for machines alone."""


def _represent_inline(dumper: yaml.SafeDumper, fields: Inline) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", fields.items(), flow_style=True)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    lines = text.split("\n")
    style = None
    if not all(line.isprintable() for line in lines):
        style = '"'
    elif len(lines) > 1 and all(line == line.strip() for line in lines) and lines[0]:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Inline, _represent_inline)


def join(fields: Mapping[str, object], prose: str) -> str:
    """Return the text of plain fields (strings, numbers, lists, mappings) and prose."""
    top = yaml.dump(dict(fields), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return f"{FENCE}\n{top}{FENCE}\n\n{prose}"


def split(text: str) -> Document:
    """Take a text apart.

    Raises:
        Malformed: the fences are missing, or what is between them is no YAML mapping.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != FENCE:
        raise Malformed(f"line 1: expected {FENCE}, found {lines[0][:40]!r}")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        raise Malformed(f"the {FENCE} line that ends the front matter is missing")
    fields = _mapping("\n".join(lines[1:end]) + "\n")
    return Document(fields=fields, prose="\n".join(lines[end + 1 :]).lstrip("\n"))


def parse_as(adapter: TypeAdapter[T], text: str, *, version: int) -> T:
    """Return a text's front matter as the type it was rendered from.

    Raises:
        Malformed: it is damaged, of another version, or a field does not fit; the message names the field.
    """
    fields = split(text).fields
    if fields.get("version") != version:
        raise Malformed(f"is of version {fields.get('version')!r}, this program reads version {version}")
    try:
        return adapter.validate_python(fields)
    except ValidationError as error:
        raise Malformed(first_problem(error)) from error


def first_problem(error: ValidationError) -> str:
    """Return where the first problem of a validation is, what it is, and what was found there."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']} (found {str(first['input'])[:60]!r})"


def _mapping(text: str) -> dict[str, object]:
    loaded = _loaded(text)
    if loaded is None:
        return {}
    if not isinstance(loaded, dict) or not all(isinstance(name, str) for name in loaded):
        raise Malformed("the front matter is not a list of `name: value`")
    return loaded


def _loaded(text: str) -> Any:  # YAML is whatever it is until it is checked
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader, made stricter)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else "?"
        raise Malformed(f"line {line}: {error.problem}") from error
    except RecursionError as error:
        raise Malformed("the front matter is nested too deeply") from error
    except (yaml.YAMLError, ValueError) as error:
        raise Malformed(" ".join(str(error).split())) from error
