"""Text is joined instead of added."""

MECHANISM = "text"
BEFORE = """\
def f(words):
    text = ''
    for word in words:
        text += word + ' '
    return text
"""
AFTER = """\
def f(words):
    return ''.join([word + ' ' for word in words])
"""
CALLS = """\
m.f(['a', 'b'])
m.f([])
"""
