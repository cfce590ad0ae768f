"""The same file written with fewer calls."""

EDITS = (
    (
        "shop/text.py",
        """\
    with open(name, "w") as file:
        for character in text:
            file.write(character)
""",
        """\
    with open(name, "w") as file:
        file.write(text)
""",
    ),
)
