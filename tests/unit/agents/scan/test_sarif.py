import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from agents.scan import sarif
from agents.scan.finding import CodeFinding
from agents.scan.heat import Temperature
from agents.scan.tree import Scanned
from tests.fakes.findings import finding

SHOP = """def sell(names, cursor):
    for name in names:
        cursor.execute("INSERT INTO sold VALUES (?)", name)
    return [cursor.execute(name) for name in names]
"""


def closed(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


TEXT = closed(("text",), text={"type": "string"})
BAG = {"type": "object", "properties": {"tags": {"type": "array", "uniqueItems": True, "items": {"type": "string"}}}}
ARTIFACT = closed((), uri={"type": "string", "format": "uri-reference"}, uriBaseId={"type": "string"}, description=TEXT)
RULE = closed(("id",), id={"type": "string"}, shortDescription=TEXT, fullDescription=TEXT, help=TEXT, properties=BAG)
PLACE = closed(
    (),
    physicalLocation=closed(
        (),
        artifactLocation=ARTIFACT,
        region=closed((), startLine={"type": "integer", "minimum": 1}, snippet=closed((), text={"type": "string"})),
    ),
    logicalLocations={
        "type": "array",
        "uniqueItems": True,
        "items": closed((), fullyQualifiedName={"type": "string"}, kind={"type": "string"}),
    },
)
RESULT = closed(
    ("message",),
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": -1},
    level={"enum": ["none", "note", "warning", "error"]},
    message=TEXT,
    locations={"type": "array", "items": PLACE},
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    properties=BAG,
)
DRIVER = closed(
    ("name",),
    name={"type": "string"},
    semanticVersion={"type": "string"},
    rules={"type": "array", "uniqueItems": True, "items": RULE},
)
RUN = closed(
    ("tool",),
    tool=closed(("driver",), driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    originalUriBaseIds={"type": "object", "additionalProperties": ARTIFACT},
    results={"type": "array", "items": RESULT},
    properties=BAG,
)
LOG = closed(
    ("version", "runs"),
    **{"$schema": {"type": "string", "format": "uri"}, "version": {"enum": ["2.1.0"]}},
    runs={"type": "array", "items": RUN},
)
"""What SARIF 2.1.0 says of the properties that are written, as strict as its schema: no others may be."""
VALIDATOR = Draft7Validator(LOG)


def log_of(found: Scanned) -> str:
    return sarif.document(found.findings, "1.2.3")


@given(texts=st.lists(st.text(max_size=40), max_size=5))
def test_every_log_fits_the_schema(texts: list[str]) -> None:
    log = json.loads(sarif.document([finding(text) for text in texts], "1.2.3"))

    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    assert len(log["runs"][0]["results"]) == len(texts)


def test_two_scans_of_one_tree_give_the_same_bytes_whatever_the_order_of_files(
    scanned: Callable[..., Scanned],
) -> None:
    first = log_of(scanned({"a.py": SHOP, "b/c.py": SHOP}, "query-in-loop"))
    again = log_of(scanned({"b/c.py": SHOP, "a.py": SHOP}, "query-in-loop"))

    assert first == again
    VALIDATOR.validate(json.loads(first))
    assert len(json.loads(first)["runs"][0]["results"]) == 4


def test_fingerprints_outlive_lines_that_move_and_no_upload_loses_its_category(
    scanned: Callable[..., Scanned],
) -> None:
    (before,), (after,) = (
        json.loads(log_of(scanned({"a.py": text}, "query-in-loop")))["runs"] for text in (SHOP, f"# moved\n{SHOP}")
    )

    prints = [[one["partialFingerprints"] for one in run["results"]] for run in (before, after)]
    assert prints[0] == prints[1]
    assert before["tool"] == after["tool"]
    assert "automationDetails" not in before


def test_what_a_profile_saw_changes_no_words_of_a_rule(scanned: Callable[..., Scanned]) -> None:
    plain = scanned({"a.py": SHOP}, "query-in-loop")
    hot = scanned(
        {"a.py": SHOP}, "query-in-loop", temperature=Temperature(shares={("a.py", "sell"): 0.5}, is_known=True)
    )
    seen = [*hot.findings[1:], confirmed(hot)]

    rules = [json.loads(sarif.document(each, "1"))["runs"][0]["tool"] for each in (plain.findings, seen)]
    assert rules[0] == rules[1]


def confirmed(found: Scanned) -> CodeFinding:
    return replace(found.findings[0], confirmed="asked 30 times", action="select_related")


@given(texts=st.lists(st.text(max_size=40), max_size=5))
def test_sarif_names_every_rule_once_and_every_result_by_its_place(texts: list[str]) -> None:
    log = json.loads(sarif.document([finding(text) for text in texts], "1.2.3"))

    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["search-in-loop"] * bool(texts)
    for result, text in zip(run["results"], texts, strict=True):
        place = result["locations"][0]["physicalLocation"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"note", "warning", "error"}
        assert place["artifactLocation"] == {"uri": "a%20b/%C3%A4.py", "uriBaseId": "SRCROOT"}
        assert place["region"]["startLine"] >= 1
        assert result["partialFingerprints"] == {"optimize/v1": finding(text).fingerprint}
        assert re.fullmatch("[0-9a-f]{20}", result["partialFingerprints"]["optimize/v1"])


def test_sarif_leaves_out_what_code_scanning_would_and_says_how_many() -> None:
    log = json.loads(sarif.document([finding(str(number)) for number in range(5003)], "1"))

    assert len(log["runs"][0]["results"]) == 5000
    assert log["runs"][0]["properties"] == {"findings": 5003, "leftOut": 3}
