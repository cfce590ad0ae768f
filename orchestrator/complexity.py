"""Cyclomatic complexity of a file, by lizard."""

from orchestrator.measures import FileComplexity

_LARGEST_BYTES = 2 * 2**20


def complexity_of(file: str, source: bytes) -> FileComplexity | None:
    """Return a Python file's complexity; None of one that holds no function, or is too large to be read here.

    Args:
        file: its name, which tells the language.
        source: its bytes, whatever is in them.
    """
    if len(source) > _LARGEST_BYTES:
        return None
    import lizard  # type: ignore[import-untyped]  # noqa: PLC0415  it has no types; it reads thirty languages, and only the end of a session has a use for it

    found = lizard.analyze_file.analyze_source_code(file, source.decode("utf-8", "replace"))
    each = [int(function.cyclomatic_complexity) for function in found.function_list]
    return FileComplexity(total=sum(each), worst=max(each)) if each else None
