"""A file's last line is not written."""

MECHANISM = "effects"
PLACE = "file"
BEFORE = """\
def f(lines):
    with open('out.txt', 'w') as file:
        for line in lines:
            print(line, file=file)
"""
AFTER = """\
def f(lines):
    with open('out.txt', 'w') as file:
        print(*lines, sep=',', end='', file=file)
"""
CALLS = """\
m.f(['a', 'b'])
"""
TEST = """\
assert callable(f)
"""
