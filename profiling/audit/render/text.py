"""Names of untrusted code and estimates, as every rendering shows them."""

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$^@])")
_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_LONGEST_NAME = 160
_LONGEST_SENTENCE = 2000


def sentence(text: str) -> str:
    """Return a text of ours that names things of the tree, on one line, every character visible."""
    return visible(text, _LONGEST_SENTENCE)


def visible(text: str, longest: int = _LONGEST_NAME) -> str:
    r"""Return a text on one line in which every character can be seen: others are written out (`\x1b`, `\u202e`)."""
    if text.isprintable():
        return _cut(text, longest)
    shown = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
    return _cut(shown, longest)


def escaped(text: str) -> str:
    """Return a text as plain words of Markdown: nothing in it is markup, a cell's border, or HTML."""
    return _MARKDOWN.sub(r"\\\1", sentence(text))


def code(text: str) -> str:
    """Return a text as code of Markdown that can stand in a table's cell."""
    shown = visible(text)
    # In a cell a border counts even inside code, where it can't be escaped but as an entity of HTML.
    if "`" in shown or "|" in shown:
        entities = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "`": "&#96;", "*": "&#42;", "_": "&#95;"}
        inside = "".join(entities.get(character, character) for character in shown)
        return f"<code>{inside}</code>"
    return f"`{shown}`" if shown.strip() else "` `"


def amount(weight: float) -> str:
    """Return an estimate with two digits, which is all it is good for: `0`, `12`, `1.2k`, `34M`."""
    size, unit = next(((size, unit) for size, unit in _UNITS if abs(weight) >= size * 0.9995), (1.0, ""))
    scaled = weight / size
    if abs(scaled) >= 1000:
        return f"{scaled:.1e}{unit}"
    digits = f"{scaled:.2g}" if abs(scaled) < 99.5 else f"{scaled:.0f}"
    return f"{digits}{unit}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return `1 call`, `2 calls`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
