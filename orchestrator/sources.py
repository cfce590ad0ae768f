"""Source files as Python reads them: decoded by their own declaration, line ends kept, changed by patches."""

import io
import tokenize
from dataclasses import dataclass
from pathlib import Path

from agents.model import Patch


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A decoded file and the encoding that gives its bytes back."""

    text: str
    encoding: str


def read_source(path: Path) -> Source:
    """Read a source file.

    Raises:
        OSError, SyntaxError, UnicodeDecodeError: it can't be read, or not as it declares itself.
    """
    return decoded(path.read_bytes())


def decoded(data: bytes) -> Source:
    """Decode the bytes of a source file.

    Raises:
        SyntaxError, UnicodeDecodeError: they are not what they declare themselves to be.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return Source(text=data.decode(encoding), encoding=encoding)


def apply_patch(patch: Patch, root: Path) -> None:
    """Write a fix into a checkout of its base; what it does not touch stays byte for byte, modes too.

    Raises:
        PatchMismatch: the text to be replaced does not stand there.
        OSError, SyntaxError, UnicodeDecodeError: a file can't be read as source.
    """
    sources = {file: read_source(root / file) for file in patch.files}
    changed = patch.apply({file: source.text for file, source in sources.items()})
    for file, text in changed.items():
        (root / file).write_bytes(text.encode(sources[file].encoding))
