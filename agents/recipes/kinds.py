"""What a value can be to the purity analysis, and the calls known to have no effect, with what they give."""

import builtins
import re
from collections import deque
from enum import IntEnum


class Kind(IntEnum):
    """How far a value is known, from most to least; the join of two is the larger."""

    SCALAR = 0
    """An immutable builtin value: None, bool, int, float, complex, str, bytes, type, compiled pattern, match, range, or
    a tuple or frozenset of such."""
    FLAT = 1
    """A list, dict, set or the like made here and held by nobody else, with scalar elements."""
    STREAM = 2
    """An iterator or view with scalar elements, of something made here."""
    OWNED = 3
    """Made here and held by nobody else, builtin, elements unknown but made here too."""
    UNKNOWN = 4
    """Anything."""


def join(*kinds: Kind) -> Kind:
    """Return what is known of a value that is one of these; of none: a scalar."""
    return max(kinds, default=Kind.SCALAR)


# Pure builtins that give a scalar when their arguments are builtin values: these call only code of builtin types.
SCALAR_BUILTINS = frozenset(
    [
        "abs",
        "all",
        "any",
        "ascii",
        "bin",
        "bool",
        "bytes",
        "chr",
        "complex",
        "divmod",
        "float",
        "format",
        "hash",
        "hex",
        "int",
        "isinstance",
        "issubclass",
        "len",
        "oct",
        "ord",
        "pow",
        "range",
        "repr",
        "round",
        "str",
        "type",
        "callable",
    ]
)
# Builtins that give a new container, a view or a choice of what their arguments hold.
CONTAINERS = {"list": Kind.FLAT, "set": Kind.FLAT, "dict": Kind.FLAT, "sorted": Kind.FLAT, "bytearray": Kind.FLAT}
IMMUTABLE_CONTAINERS = frozenset({"tuple", "frozenset"})
STREAMS = frozenset({"enumerate", "zip", "reversed", "iter", "filter", "map"})
CHOICES = frozenset({"max", "min", "sum", "next"})
READERS = SCALAR_BUILTINS | CONTAINERS.keys() | IMMUTABLE_CONTAINERS | STREAMS | CHOICES
BUILTIN_TYPES = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type))


def _public(*types: type) -> frozenset[str]:
    return frozenset(name for kind in types for name in dir(kind) if not name.startswith("_"))


# No method of an immutable builtin has an effect; `sub` with a function is excluded by its argument being unknown.
SCALAR_METHODS = _public(str, bytes, int, float, complex, tuple, frozenset, range, re.Pattern, re.Match) - {"scanner"}
OWNED_METHODS = _public(list, dict, set, bytearray, deque)
GIVES_FLAT = frozenset({"split", "rsplit", "splitlines", "findall", "groupdict"})
GIVES_STREAM = frozenset({"finditer", "items", "keys", "values"})
GIVES_ELEMENT = frozenset({"get", "pop", "popitem", "popleft", "setdefault"})
GIVES_LIKE = frozenset({"copy", "union", "intersection", "difference", "symmetric_difference"})
STORES_ARGUMENT = frozenset({"append", "add", "insert", "setdefault", "appendleft"})
TABLE_READS = frozenset(
    [
        "get",
        "items",
        "keys",
        "values",
        "index",
        "count",
        "copy",
        "isdisjoint",
        "issubset",
        "issuperset",
        "union",
        "intersection",
        "difference",
    ]
)
TABLE_TAKERS = frozenset({"translate", "join", "startswith", "endswith"})

_FLAT_CALLS = (
    "collections.Counter collections.deque collections.OrderedDict dict.fromkeys str.maketrans bytes.maketrans"
    " keyword.softkwlist textwrap.wrap urllib.parse.parse_qs urllib.parse.parse_qsl shlex.split"
)
_STREAM_CALLS = (
    "itertools.chain itertools.islice itertools.product itertools.permutations itertools.combinations"
    " itertools.zip_longest itertools.accumulate itertools.pairwise itertools.repeat re.finditer"
)
_SCALAR_CALLS = (
    "re.escape re.fullmatch re.match re.search re.sub re.subn re.compile"
    " os.path.basename os.path.commonprefix os.path.dirname os.path.isabs os.path.join os.path.normcase"
    " os.path.normpath os.path.split os.path.splitdrive os.path.splitext os.fspath"
    " posixpath.basename posixpath.dirname posixpath.isabs posixpath.join posixpath.normpath posixpath.split"
    " posixpath.splitext ntpath.join ntpath.normpath ntpath.splitdrive"
    " html.escape html.unescape urllib.parse.quote urllib.parse.quote_plus urllib.parse.unquote"
    " urllib.parse.unquote_plus urllib.parse.urlsplit urllib.parse.urlparse urllib.parse.urljoin"
    " urllib.parse.urlunsplit urllib.parse.urlunparse urllib.parse.urldefrag urllib.parse.urlencode"
    " textwrap.dedent textwrap.indent textwrap.fill textwrap.shorten keyword.iskeyword"
    " base64.b64decode base64.b64encode base64.urlsafe_b64encode base64.urlsafe_b64decode base64.b16encode"
    " base64.b32encode binascii.hexlify binascii.unhexlify binascii.crc32 zlib.crc32 zlib.adler32"
    " struct.calcsize struct.pack struct.unpack colorsys.rgb_to_hls colorsys.hls_to_rgb colorsys.rgb_to_hsv"
    " colorsys.hsv_to_rgb bisect.bisect bisect.bisect_left bisect.bisect_right calendar.isleap calendar.leapdays"
    " calendar.monthrange calendar.weekday unicodedata.bidirectional unicodedata.category unicodedata.combining"
    " unicodedata.decimal unicodedata.decomposition unicodedata.digit unicodedata.east_asian_width"
    " unicodedata.is_normalized unicodedata.lookup unicodedata.mirrored unicodedata.name unicodedata.normalize"
    " unicodedata.numeric string.capwords int.from_bytes bytes.fromhex float.fromhex"
)
_MATH = "ceil comb copysign cos dist exp fabs factorial floor fmod fsum gcd hypot isclose isfinite isinf isnan isqrt"
_MORE_MATH = (
    "lcm ldexp log log10 log1p log2 modf perm pow prod radians degrees remainder sin sqrt tan tanh trunc atan atan2"
)

STDLIB_CALLS: dict[str, Kind] = {
    **dict.fromkeys(_SCALAR_CALLS.split(), Kind.SCALAR),
    **dict.fromkeys(_FLAT_CALLS.split(), Kind.FLAT),
    **dict.fromkeys(_STREAM_CALLS.split(), Kind.STREAM),
    **{f"math.{name}": Kind.SCALAR for name in f"{_MATH} {_MORE_MATH}".split()},
    **dict.fromkeys(("re.findall", "re.split"), Kind.FLAT),
    "collections.defaultdict": Kind.OWNED,
}
STDLIB_CONSTANTS = frozenset(
    [
        "math.pi",
        "math.e",
        "math.inf",
        "math.tau",
        "string.ascii_letters",
        "string.ascii_lowercase",
        "string.ascii_uppercase",
        "string.digits",
        "string.hexdigits",
        "string.octdigits",
        "string.punctuation",
        "string.printable",
        "string.whitespace",
        "sys.maxsize",
        "sys.maxunicode",
        "sys.byteorder",
        "re.A",
        "re.ASCII",
        "re.I",
        "re.IGNORECASE",
        "re.M",
        "re.MULTILINE",
        "re.S",
        "re.DOTALL",
        "re.X",
        "re.VERBOSE",
        "re.U",
        "re.UNICODE",
    ]
)
# Constant for a process unless a test replaces them: licensed only where nobody does (docs/recipes.md).
PROCESS_CONSTANTS = frozenset(
    [
        "sys.platform",
        "sys.version_info",
        "sys.version",
        "sys.implementation.name",
        "sys.hexversion",
        "sys.maxsize",
        "sys.byteorder",
        "os.name",
        "os.sep",
        "os.linesep",
        "os.pathsep",
    ]
)
PROCESS_CALLS = frozenset(
    [
        "platform.system",
        "platform.machine",
        "platform.release",
        "platform.version",
        "platform.processor",
        "platform.python_version",
        "platform.python_implementation",
        "platform.python_version_tuple",
        "platform.architecture",
        "platform.node",
        "platform.platform",
        "sys.getfilesystemencoding",
    ]
)
