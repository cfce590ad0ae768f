"""A search through a list becomes an index."""

MECHANISM = "data structure"
BEFORE = """\
def f(rows, ids):
    return [next((r for r in rows if r['id'] == i), None) for i in ids]
"""
AFTER = """\
def f(rows, ids):
    index = {}
    for r in rows:
        index.setdefault(r['id'], r)
    return [index.get(i) for i in ids]
"""
CALLS = """\
m.f([{'id': 1}, {'id': 2}, {'id': 1, 'x': 2}], [2, 1, 3])
"""
