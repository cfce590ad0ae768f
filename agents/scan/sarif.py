"""Findings as SARIF 2.1.0, for code scanning (docs.oasis-open.org/sarif/sarif/v2.1.0)."""

import json
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from agents.scan.catalogue import RULES
from agents.scan.finding import CodeFinding

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_MOST_RESULTS = 5000
"""GitHub takes 25,000 results of a run and shows 5,000."""
_ACTIONS = {rule.id: rule.action for rule in RULES}


def document(findings: Sequence[CodeFinding], version: str) -> str:
    """Return the log of one run: of the same findings always the same text.

    It has no `automationDetails`: the upload's category is only filled in where there are none, and tells the scans of
    several projects of one repository apart.

    Args:
        findings: the most telling first; beyond 5,000 they are left out, which the run's properties say.
        version: of this tool.
    """
    shown = findings[:_MOST_RESULTS]
    rules = {one.rule: one for one in reversed(shown)}
    places = {rule: number for number, rule in enumerate(sorted(rules))}
    run: dict[str, Json] = {
        "tool": {
            "driver": {
                "name": "optimize",
                "semanticVersion": version,
                "rules": [_rule(rules[name]) for name in sorted(rules)],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The root of the repository."}}},
        "results": [_result(one, places[one.rule]) for one in shown],
        "properties": {"findings": len(findings), "leftOut": len(findings) - len(shown)},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(one: CodeFinding) -> Json:
    """Return what a rule says of itself: what a profile saw at one of its places belongs to that result."""
    action = _ACTIONS.get(one.rule, one.action)
    return {
        "id": one.rule,
        "shortDescription": {"text": one.title},
        "fullDescription": {"text": action},
        "help": {"text": f"{action}. To confirm that it matters: {one.confirm}."},
        "properties": {"tags": ["performance"], "precision": "medium"},
    }


def _result(one: CodeFinding, place: int) -> Json:
    properties: dict[str, Json] = {"heat": one.heat.value, "effort": one.effort.value}
    if one.confirmed:
        properties["confirmed"] = one.confirmed
    if one.share is not None:
        properties["cpuShare"] = round(one.share, 4)
    if one.expected is not None:
        properties["expectedShare"] = round(one.expected.share, 4)
        properties["expectedIn"] = one.expected.dimension.value
    return {
        "ruleId": one.rule,
        "ruleIndex": place,
        "level": one.level.word,
        "message": {"text": one.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(one.key.file), "uriBaseId": "SRCROOT"},
                    "region": {"startLine": one.line, "snippet": {"text": one.text}},
                },
                "logicalLocations": [{"fullyQualifiedName": one.key.qualname, "kind": "function"}],
            }
        ],
        "partialFingerprints": {"optimize/v1": one.fingerprint},
        "properties": properties,
    }
