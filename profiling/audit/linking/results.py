"""What calls, operators and loops of the standard library give, where a name alone tells it."""

from collections.abc import Mapping
from types import MappingProxyType

_TEXT, _BYTES = "t:str", "t:bytes"
PATHS = tuple(f"pathlib.{name}" for name in "Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath".split())
_FRACTIONS = ("decimal.Decimal", "fractions.Fraction", "datetime.timedelta")
_ARITHMETIC = "add sub mul truediv floordiv mod pow".split()


def _named(owners: tuple[str, ...], names: str, given: str = "") -> dict[str, str]:
    """Return what some methods of some classes give: an instance of the class itself where nothing is said."""
    return {f"{owner}.{name}": given or f"r:{owner}" for owner in owners for name in names.split()}


CALLED: Mapping[str, str] = MappingProxyType(
    {
        **_named(
            PATHS,
            "absolute cwd expanduser home joinpath parent readlink relative_to rename replace resolve with_name"
            " with_segments with_stem with_suffix",
        ),
        **_named(PATHS, "as_posix as_uri group owner read_text", _TEXT),
        **_named(PATHS, "read_bytes", _BYTES),
        **_named(
            ("os.path", "posixpath", "ntpath"),
            "abspath basename commonpath commonprefix dirname expanduser expandvars join normcase normpath realpath"
            " relpath",
            _TEXT,
        ),
        **_named(("os",), "fsdecode getcwd getenv readlink strerror", _TEXT),
        **_named(("json",), "dumps", _TEXT),
        **_named(("textwrap",), "dedent fill indent shorten", _TEXT),
        **_named(("shlex",), "join quote", _TEXT),
        **_named(("html",), "escape unescape", _TEXT),
        **_named(("urllib.parse",), "quote quote_plus unquote unquote_plus urlencode urljoin urlunsplit", _TEXT),
        **_named(("re", "re.Pattern"), "match search fullmatch", "r:re.Match"),
        **_named(("re", "re.Pattern"), "sub", _TEXT),
        **_named(("re.Match",), "expand", _TEXT),
        "re.escape": _TEXT,
        "re.compile": "r:re.Pattern",
        **_named(
            ("datetime.datetime",),
            "astimezone combine fromisoformat fromtimestamp now replace strptime today utcfromtimestamp utcnow",
        ),
        **_named(("datetime.date",), "fromisoformat fromtimestamp replace today"),
        **_named(("datetime.datetime", "datetime.date", "datetime.time"), "isoformat strftime ctime", _TEXT),
        **_named(("time",), "asctime ctime strftime", _TEXT),
        **_named(("io.TextIOWrapper", "io.StringIO"), "getvalue read readline", _TEXT),
        **_named(("io.BufferedReader", "io.BytesIO"), "getvalue read read1 readline", _BYTES),
        "subprocess.run": "r:subprocess.CompletedProcess",
    }
)
"""The value that calling something gives."""

LISTED: Mapping[str, str] = MappingProxyType(
    {
        **_named(PATHS, "iterdir glob rglob"),
        **_named(("os",), "listdir", _TEXT),
        **_named(("glob",), "glob iglob", _TEXT),
        **_named(("re", "re.Pattern"), "split", _TEXT),
        **_named(("re", "re.Pattern"), "finditer", "r:re.Match"),
        **_named(("re.Match",), "groups", _TEXT),
        **_named(("textwrap",), "wrap", _TEXT),
        **_named(("shlex",), "split", _TEXT),
        **_named(("io.TextIOWrapper", "io.StringIO"), "readlines", _TEXT),
        **_named(("io.BufferedReader", "io.BytesIO"), "readlines", _BYTES),
        "os.scandir": "r:os.DirEntry",
    }
)
"""The elements of what calling something gives."""

ELEMENTS: Mapping[str, str] = MappingProxyType(
    {
        "r:io.TextIOWrapper": _TEXT,
        "r:io.StringIO": _TEXT,
        "r:io.BufferedReader": _BYTES,
        "r:io.BytesIO": _BYTES,
    }
)
"""What a loop over an instance gets."""

OPERATED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        **{(path, "truediv"): f"r:{path}" for path in PATHS},
        **{(number, method): f"r:{number}" for number in _FRACTIONS for method in _ARITHMETIC},
        ("datetime.datetime", "add"): "r:datetime.datetime",
        ("datetime.date", "add"): "r:datetime.date",
    }
)
"""What an operator gives, by the class of its left side and the operator's method."""


def class_of(value: str) -> str:
    """Return the class that a value outside the tree is an instance of, as far as its name tells: `Path.parent` too."""
    name = value[2:]
    return CALLED.get(name, value)[2:] if value[0] == "x" else name
