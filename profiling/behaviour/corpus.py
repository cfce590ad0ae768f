"""Odd texts in the place of recorded ones: what narrow code that stands in for a library typically gets wrong."""

import pickle
import re
from collections.abc import Iterator
from pathlib import Path

from profiling.behaviour.generate import Arguments, parsed
from profiling.behaviour.recording import (
    KeptCall,
    ManifestCall,
    RecordedFunction,
    Recording,
    read_calls,
    read_paths,
    write,
)

ODD_TEXTS = (
    "",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\x00",
    "\x0c",
    "\x1c",
    "\x85",
    "\ufeff",
    "\ufeff1",
    "\u00a01",
    "\u2028",
    "\u0661",
    "\u00bd",
    "\u00b2",
    "\u1d7d9",
    "\U0001d7d9",
    "\u0130",
    "\u00df",
    "e\u0301",
    "\u00e9",
    "\ud800",
    "\U0001f600",
    "0",
    "00",
    "01",
    "-1",
    "+1",
    "1_000",
    "0x1f",
    "1e5",
    "1.0",
    "1.",
    ".1",
    "1..2",
    "1.0.0",
    "1,5",
    "9" * 30,
    "1" * 5000,
    "NaN",
    "inf",
    "None",
    "null",
    "true",
    "a",
    "A",
    "a b",
    "a\nb",
    "a\x00b",
    "'",
    '"',
    "\\",
    "\\n",
    "(",
    ")",
    "[",
    "{}",
    "{0}",
    "%s",
    "#",
    "# comment",
    "a: b",
    "a = 1",
    "a=",
    "<a>",
    "&amp;",
    "2024-02-30",
    "2024-02-29",
    "2024-W01-1",
    "2024-01-01T24:00:00",
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00+00:00",
    "1.0a1",
    "1.0.post1",
    "1.0.dev0",
    "1!1.0",
    "1.0+local",
    "v1.0",
    "def f(:\n",
    "print 'x'\n",
    "match x:\n    case 1: pass\n",
    "# -*- coding: latin-1 -*-\nx = 1\n",
    "x = 1\x0c\ny = 2",
    "if x:\n\ty\n        z\n",
    "a" * 2000,
)
"""Empty, blank, line ends, marks of encodings, digits that are none, numbers, quotes, dates, versions, broken code."""

_SAMPLES = 6
_MOST = 1200
_MOST_TOKENS = 4
_TOKEN = re.compile(r"[\w.+-]+")
_ENDS = ("", "0", ".0", "a", "-1")
"""What is put behind a word that comes from another argument: equal, or nearly equal, to what it is compared with."""

_TWISTS = (
    str.upper,
    str.lower,
    str.strip,
    str.swapcase,
    lambda text: f" {text}",
    lambda text: f"{text} ",
    lambda text: f"{text}\n",
    lambda text: f"{text}\x00",
    lambda text: f"\ufeff{text}",
    lambda text: text[:-1],
    lambda text: text[1:],
    lambda text: text + text,
    lambda text: text[::-1],
)


def odd(recording: Recording, folder: Path) -> Recording:
    """Write a recording in which each text of some recorded calls is replaced, in turn, by every odd one.

    Words of one argument also take the place of words in another: what is compared is seen equal, and nearly so.

    Functions whose recorded arguments are no builtin values, or hold no text, take no part.

    Args:
        recording: the recorded calls.
        folder: an empty, existing folder, which receives the others.

    Raises:
        RecordingError: the recording is damaged.
    """
    samples: dict[int, list[Arguments]] = {}
    rows: dict[int, ManifestCall] = {}
    for call in read_calls(recording):
        arguments = parsed(call.literal) if call.literal is not None else None
        number = int(call.function)
        if arguments is not None and 0 <= number < len(recording.functions):
            rows.setdefault(number, call)
            samples.setdefault(number, []).append(arguments)
    functions: list[RecordedFunction] = []
    calls: list[KeptCall] = []
    for number, some in sorted(samples.items()):
        made = _made(some)
        calls += [
            KeptCall(
                function=len(functions),
                module=rows[number].module,
                main=rows[number].main,
                command=0,
                process=0,
                sequence=order,
                weight=1.0,
                data=pickle.dumps(arguments, protocol=4),
                literal=ascii(arguments),
            )
            for order, arguments in enumerate(made)
        ]
        if made:
            functions.append(RecordedFunction(key=recording.functions[number].key, seen=0, kept=len(made)))
    write(folder, [each.key for each in functions], calls, read_paths(recording))
    return Recording(folder=folder, functions=tuple(functions), notes=recording.notes)


def _made(samples: list[Arguments]) -> list[Arguments]:
    """Return at most 1200 calls with one text replaced, none twice; samples that lie far apart are preferred."""
    step = max(1, len(samples) // _SAMPLES)
    found: dict[str, Arguments] = {}
    for args, kwargs in samples[::step][:_SAMPLES]:
        for changed in (*_crossed(args, kwargs), *_replaced((args, kwargs))):
            found.setdefault(ascii(changed), changed)  # type: ignore[arg-type]  # a pair stays a pair
    return list(found.values())[:_MOST]


def _crossed(args: tuple[object, ...], kwargs: dict[str, object]) -> Iterator[object]:
    """Yield the arguments with a word of one text replaced by a word of another, as it is and with something behind."""
    names = [*range(len(args)), *kwargs]
    texts = {name: _text_of(args[name] if isinstance(name, int) else kwargs[name]) for name in names}
    for name, text in texts.items():
        others = [token for other, one in texts.items() if other != name for token in _TOKEN.findall(one)]
        for token in [*_TOKEN.finditer(text)][:_MOST_TOKENS]:
            for word in dict.fromkeys(other + end for other in others[:_MOST_TOKENS] for end in _ENDS):
                changed = f"{text[: token.start()]}{word}{text[token.end() :]}"
                if isinstance(name, int):
                    yield (*args[:name], changed, *args[name + 1 :]), kwargs
                else:
                    yield args, {**kwargs, name: changed}


def _text_of(value: object) -> str:
    return value if isinstance(value, str) else ""


def _replaced(value: object) -> Iterator[object]:
    """Yield a value with one of the texts in it replaced: of a container the first, the middle and the last element."""
    if isinstance(value, str):
        yield from ODD_TEXTS
        yield from (twist(value) for twist in _TWISTS)
    elif isinstance(value, bytes):
        yield from (text.encode("utf-8", "surrogatepass") for text in ODD_TEXTS)
        yield from (b"\xff", b"\xef\xbb\xbf", b"\xff\xfe1\x00", value[:-1], value + b"\x00")
    elif isinstance(value, list | tuple):
        for place in sorted({0, len(value) // 2, len(value) - 1} if value else ()):
            yield from (_with(value, place, one) for one in _replaced(value[place]))
    elif isinstance(value, dict):
        for name in list(value)[:3]:
            yield from ({**value, name: one} for one in _replaced(value[name]))


def _with(value: list[object] | tuple[object, ...], place: int, one: object) -> object:
    changed = [*value[:place], one, *value[place + 1 :]]
    return changed if isinstance(value, list) else tuple(changed)
