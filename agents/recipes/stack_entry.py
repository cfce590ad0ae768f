"""The function that fixes put into a module to read one entry of the stack, and how it is known again."""

import ast

NAME = "_stack_entry"
BUILTINS = ("int", "type", "OverflowError", "ValueError")
"""What it uses: these must mean themselves in the module."""
LOCALS = frozenset({"index", "frame", "file", "name"})


def function_text(*, inspect: str, sys: str, is_annotated: bool = False) -> str:
    """Return the function: for every index, of whatever type, it gives or raises what `inspect.stack()[index]` does.

    Its own frame is one more: the caller's entry 1 is its frame 2, and entry 0 of the whole stack is itself. The
    caller's own entry is left to the whole stack: that frame's variables may hold the entry, with its source lines.

    Args:
        inspect, sys: how the module calls these two.
        is_annotated: its parameter and result are given types.
    """
    header = f"{NAME}(index: int) -> {inspect}.FrameInfo" if is_annotated else f"{NAME}(index)"
    return f'''\
def {header}:
    """Return `inspect.stack()[index]` of the caller; of a single frame, no source is read."""
    if type(index) is int and index > 0:
        try:
            frame = {sys}._getframe(index + 1)
        except (OverflowError, ValueError):
            pass  # the stack is not so deep
        else:
            file, name = frame.f_code.co_filename, frame.f_code.co_name
            if not file.endswith(".pyc"):  # or it stands for its source
                return {inspect}.FrameInfo(frame, file, frame.f_lineno, name, None, None)
    return {inspect}.stack()[1:][index]'''


def definition(text: str) -> ast.FunctionDef:
    """Return the syntax of a function's text."""
    statement = ast.parse(text).body[0]
    assert isinstance(statement, ast.FunctionDef)
    return statement
