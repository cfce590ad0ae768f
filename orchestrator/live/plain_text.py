"""Text of the target made harmless for a terminal: it can't move the cursor, recolour, or reverse what is read."""

import re

MAX_LINE = 2000
# C0 without tab and newline, DEL, C1, line and paragraph separators, zero-width and bidirectional controls, surrogates.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def neutral(text: str) -> str:
    r"""Return `text` with every control character written out (`\x1b`), tabs as blanks, over-long lines cut.

    Newlines stay: they are the caller's to indent.
    """
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    return "\n".join(_cut(_UNSAFE.sub(_written_out, line)) for line in text.split("\n"))


def one_line(text: str) -> str:
    """Return `neutral(text)` as one line."""
    return " ".join(neutral(text).split())


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _cut(line: str) -> str:
    if len(line) <= MAX_LINE:
        return line
    return f"{line[:MAX_LINE]}… ({len(line) - MAX_LINE} more characters)"
