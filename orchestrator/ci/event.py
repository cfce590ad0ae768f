"""What GitHub says of the run: the pull request, read from the event file and the variables of the runner."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.errors import UsageError

EVENT_PATH = "GITHUB_EVENT_PATH"
_MAX_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """The pull request that a run is about.

    Attributes:
        number: of the pull request.
        repository: `owner/name` that it is made to, where comments go.
        base_ref, base_commit: the branch it is to be merged into, and where that stood.
        head_ref, head_commit: its own branch, and the commit the run is about.
        is_fork: its branch is in another repository.
    """

    number: int
    repository: str
    base_ref: str
    base_commit: str
    head_ref: str
    head_commit: str
    is_fork: bool


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Repository(_Model):
    full_name: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")


class _End(_Model):
    ref: str = Field(min_length=1, max_length=300)
    sha: str = Field(pattern="^[0-9a-f]{40,64}$")
    # A fork that was deleted meanwhile has none.
    repo: _Repository | None = None


class _PullRequest(_Model):
    number: int = Field(ge=1)
    base: _End
    head: _End


class _Event(_Model):
    pull_request: _PullRequest | None = None
    repository: _Repository | None = None


def pull_request(environ: Mapping[str, str]) -> PullRequest | None:
    """Return the pull request that the run is about; None when it is about none, or this is not GitHub.

    Raises:
        UsageError: the event file can't be read.
    """
    path = environ.get(EVENT_PATH, "")
    if not path:
        return None
    event = _read(Path(path))
    found = event.pull_request
    if found is None:
        return None
    home = found.base.repo or event.repository
    if home is None:
        raise _damaged(path, "pull_request.base.repo is missing")
    return PullRequest(
        number=found.number,
        repository=home.full_name,
        base_ref=found.base.ref,
        base_commit=found.base.sha,
        head_ref=found.head.ref,
        head_commit=found.head.sha,
        is_fork=found.head.repo is None or found.head.repo.full_name != home.full_name,
    )


def _read(path: Path) -> _Event:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise _damaged(str(path), f"it is larger than {_MAX_BYTES // 2**20} MiB")
        return _Event.model_validate_json(path.read_bytes())
    except OSError as error:
        raise _damaged(str(path), str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise _damaged(str(path), f"{place}: {first['msg']}") from error


def _damaged(path: str, why: str) -> UsageError:
    return UsageError(
        f"the event file can't be read ({EVENT_PATH}={path}): {why}",
        hint="name the base yourself: optimize --ci --base origin/main",
    )
