"""Compiles the context's schema: `make schema`. What it needs is installed with the tools of those who develop this.

To compile it takes 25 ms and its compiler 30 ms to import (CPython 3.11, 2026-11), which every first gather would pay.
"""

import json
import sys

import fastjsonschema

from profiling.context.schema import SCHEMA_FILE

_HEAD = '''\
"""Holds a context against repo-context.schema.json. Written by profiling/context/schema_compiler.py, never by hand."""
# mypy: ignore-errors

import re


class JsonSchemaValueException(ValueError):
    """What does not fit; the message begins with where."""
'''
# Imports of the compiler's own package, and of a kind of number that JSON has not.
_LEFT_OUT = (
    "from decimal import Decimal\n",
    "import re\n",
    "from fastjsonschema import JsonSchemaValueException, JsonSchemaValuesException\n",
    ", Decimal",
)


def compiled_schema() -> str:
    """Return the source of a module with `validate(data)`, which a test holds `compiled_schema.py` to."""
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    # Detailed messages would hold the whole schema, and make it three times as long.
    body: str = fastjsonschema.compile_to_code(schema, use_default=False, detailed_exceptions=False)
    for needless in _LEFT_OUT:
        if needless not in body:
            raise ValueError(f"{needless!r} is not in what fastjsonschema {fastjsonschema.VERSION} wrote")
        body = body.replace(needless, "")
    body = body.replace(f'VERSION = "{fastjsonschema.VERSION}"\n', "")
    return f"{_HEAD}\n\n{body.strip()}\n"


if __name__ == "__main__":
    sys.stdout.write(compiled_schema())
