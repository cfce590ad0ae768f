"""Orders are checked against a schema with references, formats and alternatives; some are wrong."""

import hashlib

from jsonschema import Draft202012Validator, FormatChecker

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {
        "article": {
            "type": "object",
            "required": ["name", "price"],
            "properties": {
                "name": {"type": "string", "minLength": 1},
                "price": {"type": "number", "exclusiveMinimum": 0},
            },
            "additionalProperties": False,
        }
    },
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "articles": {"type": "array", "items": {"$ref": "#/$defs/article"}, "uniqueItems": True},
        "mail": {"type": "string", "format": "email", "pattern": "@"},
        "pay": {"oneOf": [{"const": "cash"}, {"type": "object", "properties": {"card": {"type": "string"}}}]},
        "tags": {"type": "array", "contains": {"enum": ["a", "b"]}, "maxItems": 5},
    },
    "required": ["id", "articles"],
}
Draft202012Validator.check_schema(SCHEMA)
validator = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
digest = hashlib.sha256()
for number in range(700):
    articles = [{"name": f"article {place}", "price": place + (number % 3)} for place in range(20)]
    order = {"id": number, "articles": articles, "mail": f"a{number}@b.c", "pay": "cash", "tags": ["a", "c"]}
    errors = sorted(validator.iter_errors(order), key=lambda error: list(map(str, error.absolute_path)))
    digest.update(repr([(error.message, list(error.absolute_path)) for error in errors]).encode())
print(digest.hexdigest())
