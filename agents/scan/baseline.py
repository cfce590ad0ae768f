"""Findings that are known already: a file of their fingerprints, so that only new ones are heard."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.scan.finding import CodeFinding

VERSION = 1
_MAX_BYTES = 64 * 2**20


class BadBaseline(ValueError):
    """A baseline can't be read; the message says why."""


class _Known(BaseModel):
    """One finding; what stands beside the fingerprint is for people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fingerprint: str = Field(pattern="^[0-9a-f]{20}$")
    rule: str
    file: str
    function: str
    line: str


class _Format(BaseModel):
    """What every version of the file says of itself."""

    version: int


class _Baseline(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=VERSION, le=VERSION)
    findings: tuple[_Known, ...]


def render(findings: Sequence[CodeFinding]) -> str:
    """Return the file that knows these findings, in an order that does not depend on heat.

    A finding that was heard in the stead of others is there by their names too: another scan may hear these.
    """
    known = [
        _Known(
            fingerprint=name,
            rule=one.rule,
            file=one.key.file,
            function=one.key.qualname,
            line=one.text,
        )
        for one in findings
        for name in one.names
    ]
    ordered = sorted(known, key=lambda one: (one.file, one.function, one.rule, one.line, one.fingerprint))
    return _Baseline(version=VERSION, findings=tuple(ordered)).model_dump_json(indent=1) + "\n"


def read(path: Path) -> frozenset[str]:
    """Return the fingerprints of a file.

    Raises:
        BadBaseline: it can't be read.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise BadBaseline(f"{path} is larger than {_MAX_BYTES // 2**20} MiB")
        found = _parsed(path.read_bytes(), path)
    except OSError as error:
        raise BadBaseline(f"{path} can't be read: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise BadBaseline(f"{path} is no baseline: {place}: {first['msg']}") from error
    return frozenset(one.fingerprint for one in found.findings)


def _parsed(content: bytes, path: Path) -> _Baseline:
    if not content.strip():
        raise BadBaseline(f"{path} is no baseline: it is empty")
    version = _Format.model_validate_json(content).version
    if version > VERSION:
        raise BadBaseline(f"{path} is of version {version}, this program reads {VERSION}: a newer one wrote it")
    return _Baseline.model_validate_json(content)
