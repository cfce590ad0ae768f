"""Reduce a database statement to its shape: no literal stays, for it may be a secret; lists of values become one."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_READ = 4000
_LONGEST = 240
_OPERATORS = frozenset("<>=!|&*+-/%^~")
_NAME_FOLLOWS = frozenset("AS FROM INTO JOIN TABLE UPDATE".split())
"""After these, double quotes hold a name; elsewhere some databases take them for a text."""
_LONGEST_NAME = 64
_END = "…"


def shape(statement: str) -> str:
    """Return a statement with `?` for every literal, placeholder and list of them, at most 240 characters.

    Several rows of values are `(?), …`: one statement for many.

    Where it can't be told where a literal ends, the rest is left out.
    """
    text = statement[:_LONGEST_READ]
    tokens: list[str] = []
    at = 0
    while at < len(text):
        at = _step(text, at, tokens)
    whole = _joined(tokens)
    return whole if len(whole) <= _LONGEST else whole[: _LONGEST - 1] + _END


def _step(text: str, at: int, tokens: list[str]) -> int:
    """Take what begins at a place; return where the next begins."""
    char = text[at]
    if char.isspace():
        return at + 1
    if char.isalpha() or char == "_":
        end = _word_end(text, at)
        tokens.append(text[at:end])
        return end
    if char.isdigit():
        return _value(tokens, _number_end(text, at))
    reader = _READERS.get(char)
    if reader is not None:
        return reader(text, at, tokens)
    if char in _OPERATORS and tokens and tokens[-1][-1] in _OPERATORS and text[at - 1] == tokens[-1][-1]:
        tokens[-1] += char
    else:
        tokens.append(char)
    return at + 1


def _value(tokens: list[str], end: int) -> int:
    tokens.append("?")
    return end


def _word_end(text: str, at: int) -> int:
    while at < len(text) and (text[at].isalnum() or text[at] in "_$"):
        at += 1
    return at


def _number_end(text: str, at: int) -> int:
    while at < len(text) and (text[at].isalnum() or text[at] in "._"):
        at += 1
    return at


def _after(text: str, mark: str, begin: int) -> int:
    """Return where the next mark has ended, or the text."""
    found = text.find(mark, begin)
    return len(text) if found < 0 else found + len(mark)


def _quoted_end(text: str, at: int) -> int:
    """Return where a quoted part ends; the text's end where that can't be told: a backslash may escape, or not."""
    quote, end = text[at], at + 1
    while True:
        end = _after(text, quote, end)
        if "\\" in text[at:end]:
            return len(text)
        if text[end : end + 1] != quote:
            return end
        end += 1


def _text(text: str, at: int, tokens: list[str]) -> int:
    return _value(tokens, _quoted_end(text, at))


def _name(text: str, at: int, tokens: list[str]) -> int:
    """Take what may be a quoted name, or in some databases a text."""
    end = _quoted_end(text, at)
    before = tokens[-1] if tokens else ""
    is_name = text[at] == "`" or before == "." or before.upper() in _NAME_FOLLOWS or text[end : end + 1] == "."
    is_closed = end - at > 1 and text[end - 1] == text[at] and "\\" not in text[at:end]
    if not (is_name and is_closed and end - at <= _LONGEST_NAME):
        return _value(tokens, end)
    tokens.append(text[at:end])
    return end


def _dollar(text: str, at: int, tokens: list[str]) -> int:
    """Take `$1`, or a text between two equal marks `$…$`."""
    end = _word_end(text, at + 1)
    mark = text[at : at + 2] if text[at + 1 : at + 2] == "$" else text[at:end]
    if len(mark) > 1 and mark.endswith("$"):
        return _value(tokens, _after(text, mark, at + len(mark)))
    return _value(tokens, max(end, at + 1))


def _named(text: str, at: int, tokens: list[str]) -> int:
    """Take `:name` or `@name`, but for `::type`."""
    if text[at : at + 2] == "::":
        tokens.append("::")
        return at + 2
    end = _word_end(text, at + 1)
    return _value(tokens, end) if end > at + 1 else _operator(text, at, tokens)


def _percent(text: str, at: int, tokens: list[str]) -> int:
    """Take `%s` or `%(name)s`."""
    following = text[at + 1 : at + 2]
    if following == "(":
        return _value(tokens, min(_after(text, ")", at) + 1, len(text)))
    if following in ("s", "b", "t") and not text[at + 2 : at + 3].isalnum():
        return _value(tokens, at + 2)
    return _operator(text, at, tokens)


def _comment(text: str, at: int, tokens: list[str]) -> int:
    """Leave a comment out; `-`, `/`, and `#` of an operator are none."""
    two = text[at : at + 2]
    if two == "/*":
        return _after(text, "*/", at + 2)
    if two == "--" or (two[0] == "#" and two[1:] not in (">", "-", "#")):
        return _after(text, "\n", at)
    return _operator(text, at, tokens)


def _operator(text: str, at: int, tokens: list[str]) -> int:
    tokens.append(text[at])
    return at + 1


def _open(text: str, at: int, tokens: list[str]) -> int:
    tokens.append("(" if at and not text[at - 1].isspace() else " (")
    return at + 1


def _close(_text: str, at: int, tokens: list[str]) -> int:
    """End a list: one of values alone is `(?)`, and several such lists are `(?), …`."""
    begin = len(tokens)
    while begin and tokens[begin - 1] in ("?", ","):
        begin -= 1
    if begin and begin < len(tokens) and tokens[begin - 1].endswith("("):
        del tokens[begin:]
        tokens.extend(("?", ")"))
        last = [token.strip() for token in tokens[-7:]]
        if last == ["(", "?", ")", ",", "(", "?", ")"]:
            tokens[-3:] = [_END]
        elif last[1:] == [",", _END, ",", "(", "?", ")"]:
            del tokens[-4:]
    else:
        tokens.append(")")
    return at + 1


def _joined(tokens: list[str]) -> str:
    parts: list[str] = []
    last = "("
    for token in tokens:
        is_glued = token in (",", ")", ".", ";", "(", "::") or last.endswith(("(", ".", "::"))
        parts.append(token.strip() if is_glued and last.endswith("(") else token if is_glued else f" {token.strip()}")
        last = token
    return "".join(parts)


_READERS: dict[str, Callable[[str, int, list[str]], int]] = {
    "'": _text,
    '"': _name,
    "`": _name,
    "$": _dollar,
    ":": _named,
    "@": _named,
    "%": _percent,
    "-": _comment,
    "/": _comment,
    "#": _comment,
    "(": _open,
    ")": _close,
}
