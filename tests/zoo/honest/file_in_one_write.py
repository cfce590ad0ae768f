"""A file is written at once."""

MECHANISM = "effects"
BEFORE = """\
def f(lines):
    with open('out.txt', 'w') as file:
        for line in lines:
            file.write(line + chr(10))
"""
AFTER = """\
def f(lines):
    with open('out.txt', 'w') as file:
        file.write(''.join([line + chr(10) for line in lines]))
"""
CALLS = """\
m.f(['a', 'b'])
"""
