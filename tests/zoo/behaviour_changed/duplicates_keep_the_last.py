"""Of duplicates the last stays, not the first."""

MECHANISM = "order"
PLACE = "result['a']"
BEFORE = """\
def f(pairs):
    out = {}
    for k, v in pairs:
        if k not in out:
            out[k] = v
    return out
"""
AFTER = """\
def f(pairs):
    return dict(pairs)
"""
CALLS = """\
m.f([('a', 1), ('b', 2), ('a', 3)])
"""
TEST = """\
assert f([('a', 1), ('b', 2)]) == {'a': 1, 'b': 2}
"""
