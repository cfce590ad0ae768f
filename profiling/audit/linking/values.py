"""What a name may stand for: abstract values, written as short strings so that sets of them are cheap to join and keep.

The first two characters tell the kind; the rest names what is meant.

| value | meaning |
|---|---|
| `f:pkg.f` | a function; `b:pkg.C.m` a method with its receiver bound |
| `c:pkg.C` | a class; `o:pkg.C` an instance made in sight; `i:pkg.C` an instance of it or a subclass |
| `u:pkg.C` | `super()` in a class's method |
| `m:pkg.mod` | a module of the tree |
| `x:json.dumps` | something outside the tree; `r:json.dumps` what calling it gave |
| `l:site` | a list, tuple, set or iterator made there; `d:site` a mapping |
| `g:pkg.f` | what a generator function gives; `h:pkg.f` the same as a context manager |
| `p:2:site` | a `partial` with two arguments bound |
| `q:append/l:site` | a method of a builtin object |
| `k:text`, `n:3` | constants, for keys; `t:str` an instance of a builtin type |
| `w:site` | a callable whose result alone is known |
"""

from functools import lru_cache

Values = frozenset[str]

NOTHING: Values = frozenset()
TEXT: Values = frozenset({"t:str"})
MANY = "?:"
"""More than are followed one by one."""
OUTSIDE = "r:?"
"""Something made outside the tree, of which no more is known."""
MOST_OUTSIDE = 2
"""Things outside the tree in a slot beyond which they are not told apart."""
LONGEST_OUTSIDE = 6
"""Dots in the name of something outside the tree beyond which its parts have no names of their own."""
MOST = 4
"""Instances in a slot beyond which their common base stands for them; containers beyond which none is followed."""
MOST_CALLABLE = 80
"""Values of a slot beyond which it counts as anything."""
MOST_CONSTANTS = 12
"""Constants of a slot beyond which they are just numbers or text."""
CALLABLE = frozenset("fbcpw")
"""Kinds of values that may be handed to something that calls them."""

FOLLOWED = frozenset("fbcoipuhgldmw?")
"""Kinds of values that may lead to functions of the tree."""
TYPED = ("l<", "d<", "t<", "h<", "w<")
"""How slots begin whose names tell what they hold: they never go stale."""


_BARE = frozenset({"t:list", "t:dict", "t:tuple", "t:set", "t:frozenset"})


@lru_cache(maxsize=10_000)
def is_open(values: Values) -> bool:
    """Tell whether a type leaves open what is called: of callables it tells results, of bare containers no elements."""
    return any("w:" in value or ";>" in value or value in _BARE for value in values)


def item(site: str, key: str) -> str:
    """Return the slot of one item of a container."""
    return f"{site}[{key}]"


def any_item(site: str) -> str:
    """Return the slot of the items whose keys are not known."""
    return f"{site}[*]"


def all_items(site: str) -> str:
    """Return the slot of all items together."""
    return f"{site}[+]"


def keys_of(site: str) -> str:
    """Return the slot of a mapping's keys."""
    return f"{site}{{}}"


def returned(function: str) -> str:
    """Return the slot of what a function returns."""
    return f"{function}()"


def yielded(function: str) -> str:
    """Return the slot of what a generator yields."""
    return f"{function}<>"


def parameter(function: str, name: str) -> str:
    """Return the slot of a parameter."""
    return f"{function}({name}"


def captured(function: str, name: str) -> str:
    """Return the slot of a local name that inner functions read."""
    return f"{function}/{name}"


def outside_result(name: str) -> Values:
    """Return what a call of something outside the tree gives."""
    return frozenset({f"r:{name}" if name.count(".") < LONGEST_OUTSIDE else OUTSIDE})


def plain(values: Values) -> Values:
    """Return values without constants, which are followed only as far as names reach."""
    for value in values:
        if value[0] in "kn":
            kept = frozenset([each for each in values if each[0] not in "kn"])
            return kept | TEXT if any(each[0] == "k" for each in values) else kept
    return values


def key_of(values: Values) -> str | None:
    """Return the only constant among values, None where there is none or several."""
    found = None
    for value in values:
        if value[1] == ":" and value[0] in "kn":
            if found is not None:
                return None
            found = value
    return found
