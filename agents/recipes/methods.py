"""What the methods of builtin types give, by name."""

STR_TO_STR = frozenset(
    "capitalize casefold center expandtabs format format_map join ljust lower lstrip removeprefix removesuffix replace"
    " rjust rstrip strip swapcase title translate upper zfill".split()
)
STR_TO_INT = frozenset({"count", "find", "index", "rfind", "rindex"})
STR_TO_BOOL = frozenset(
    "endswith isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle"
    " isupper startswith".split()
)
STR_TO_LIST = frozenset({"rsplit", "split", "splitlines"})
COUNTS = {"list": frozenset({"count", "index"}), "tuple": frozenset({"count", "index"}), "bytes": STR_TO_INT}
READS = {
    "list": frozenset({"copy", "count", "index"}),
    "set": frozenset("copy difference intersection isdisjoint issubset issuperset symmetric_difference union".split()),
    "dict": frozenset({"copy", "get", "items", "keys", "values"}),
}
"""Methods that change nothing and give nothing through which their owner can be changed."""
FILLS = {
    "list": {"append": False, "extend": True, "insert": False},
    "set": {"add": False, "update": True},
}
"""Methods that put their last argument into their owner (False), or what it holds (True)."""
SHRINKS = frozenset({"clear", "discard", "pop", "popleft", "remove", "reverse", "sort"})
"""Methods that put nothing into their owner."""
