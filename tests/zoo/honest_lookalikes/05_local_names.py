"""Local names that sound like modules."""

EDITS = (
    (
        "shop/text.py",
        """\
    return [len(word) for word in words]
""",
        """\
    code = signal = list(map(len, words))
    site = code
    return site if site is signal else code
""",
    ),
)
