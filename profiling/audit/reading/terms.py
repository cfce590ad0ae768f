"""The words in which facts are written: small tuples, so that they are cheap to make, to keep as JSON and to read."""

from typing import Any, TypeAlias

Term: TypeAlias = Any
"""What an expression may yield: None (nothing worth following), a string (a name), or a tuple that begins with one of
the words below. After a round through JSON the tuples are lists. Shapes are given beside each word."""
Op: TypeAlias = Any
"""A statement's effect: a tuple that begins with one of the words below."""

# Terms.
ATTR = 0  # base, name, line
CALL = 1  # index of the call site, callee, arguments, keywords as [name or None, term] pairs
ITEM = 2  # container, key, line
VALUE = 3  # an abstract value that is known as such ("t:str", "k:a")
SEQUENCE = 4  # site, elements, "list" | "tuple" | "set"
MAPPING = 5  # site, keys, values
LAMBDA = 6  # scope
JOIN = 7  # alternatives
ITERATE = 8  # iterable, line, whether async
ENTER = 9  # context manager, line, whether async
BINARY = 10  # left, right, operator's method, line
TEST = 11  # operand, line: its truth is asked
EACH = 12  # terms of which the last is the value
STAR = 13  # an argument that is unpacked
NARROW = 14  # term, type's term
CLASS_NAME = 15  # class, name: read in a class body
SLICE = 16  # site, container, first, beyond (None where it isn't known)
FORMAT = 17  # parts of an f-string, line
COMPREHENSION = 18  # site, element, key or None, kind
OWN_CLASS = 19  # class: `__class__`
CONTAINS = 20  # element, container, line
DELEGATE = 21  # iterable, line: `yield from`
TYPED = 22  # type, term that counts where the type tells nothing

# Statements' effects; those that store end with whether they may be skipped or repeated ("weak").
ASSIGN = 0  # name, term, weak
SET_ATTRIBUTE = 1  # base, name, term, line
SET_ITEM = 2  # container, key, term, line, weak
RETURN = 3  # term
YIELD = 4  # term
EVALUATE = 5  # term, weak
DEFINE = 6  # scope, name, decorators' terms, class or -1, weak
IMPORT = 7  # name, module, attribute or None, level, weak
SET_GLOBAL = 8  # name, term
SET_CLASS = 9  # class, name, term
RAISE = 10  # term, line
DELETE_ITEM = 11  # container, key, line
DEFINE_CLASS = 12  # class, name, decorators' terms, weak
SET_OUTER = 13  # name, term: `nonlocal`

# Kinds of scopes.
MODULE = 0
FUNCTION = 1
LAMBDA_BODY = 2

# What a function is, as flags.
ASYNC = 1
GENERATOR = 2
STATIC = 4
CLASS_METHOD = 8
PROPERTY = 16
CONTEXT_MANAGER = 32
OVERLOAD = 64
DECORATED = 128
REPEAT = 256
"""A name is read before it is assigned in the same loop: reading once does not see all."""
ABSTRACT = 512
SETTER = 1024
CACHED = 2048

# Types, as annotations say them.
T_NAME = 0  # dotted name
T_SUBSCRIPT = 1  # base, arguments
T_UNION = 2  # alternatives
