"""An import moves into the function."""

MECHANISM = "structure"
BEFORE = """\
import json
def f(x):
    return json.dumps(x)
"""
AFTER = """\
def f(x):
    import json
    return json.dumps(x)
"""
CALLS = """\
m.f({'a': [1]})
m.f({1, 2})
"""
