"""Bytes are added to a bytearray."""

MECHANISM = "text"
BEFORE = """\
def f(parts):
    out = b''
    for p in parts:
        out += p
    return out
"""
AFTER = """\
def f(parts):
    out = bytearray()
    for p in parts:
        out += p
    return bytes(out)
"""
CALLS = """\
m.f([b'a', b'b'])
m.f([])
"""
