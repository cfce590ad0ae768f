"""What is wrong with a `.dsl` file, and where."""


class DslError(ValueError):
    """A text is not of the language.

    Attributes:
        line, column: 1-based.
        word: what stands there.
    """

    def __init__(self, line: int, column: int, word: str, what: str) -> None:
        super().__init__(f"line {line}, column {column}, at {word[:80]!r}: {what}")
        self.line = line
        self.column = column
        self.word = word
