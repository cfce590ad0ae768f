"""The single comment on a pull request: written once, brought up to date afterwards. Speaks through `gh`."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.ci.event import PullRequest
from orchestrator.ci.summary import MARKER, nothing_left

_TIMEOUT_S = 60
_FIND = """
query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      id
      comments(last: 100) { nodes { id body viewerDidAuthor } }
    }
  }
}
"""
_ADD = """
mutation($subject: ID!, $body: String!) {
  addComment(input: {subjectId: $subject, body: $body}) { clientMutationId }
}
"""
_UPDATE = """
mutation($comment: ID!, $body: String!) {
  updateIssueComment(input: {id: $comment, body: $body}) { clientMutationId }
}
"""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Comment(_Model):
    id: str
    body: str
    viewerDidAuthor: bool  # noqa: N815  the API's name


class _Comments(_Model):
    nodes: tuple[_Comment, ...]


class _PullRequest(_Model):
    id: str
    comments: _Comments


class _Repository(_Model):
    pullRequest: _PullRequest  # noqa: N815  the API's name


class _Data(_Model):
    repository: _Repository


class _Answer(_Model):
    data: _Data


class _Failed(Exception):
    """`gh` could not be asked, or answered something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comments:
    """The comments of one pull request.

    Attributes:
        pull_request: whose.
        environ: of `gh`: it finds the token there.
    """

    pull_request: PullRequest
    environ: Mapping[str, str]

    def put(self, body: str | None) -> str:
        """Write our comment or bring it up to date; return why not, nothing when it was done.

        Args:
            body: Markdown that begins with the marker; None when there is nothing to tell: then only an earlier
                comment is brought up to date, for its figures hold no longer.
        """
        try:
            found = self._found()
            ours = [one for one in found.comments.nodes if one.viewerDidAuthor and one.body.startswith(MARKER)]
            wanted = body if body is not None else nothing_left(self.pull_request.head_commit)
            if ours and ours[-1].body != wanted:
                self._ask(_UPDATE, {"comment": ours[-1].id, "body": wanted})
            elif not ours and body is not None:
                self._ask(_ADD, {"subject": found.id, "body": wanted})
        except _Failed as error:
            return str(error)
        return ""

    def _found(self) -> _PullRequest:
        owner, name = self.pull_request.repository.split("/")
        variables: dict[str, str | int] = {"owner": owner, "name": name, "number": self.pull_request.number}
        try:
            return _Answer.model_validate_json(self._ask(_FIND, variables)).data.repository.pullRequest
        except ValidationError as error:
            raise _Failed(f"gh answered what can't be read: {error.errors()[0]['msg']}") from error

    def _ask(self, query: str, variables: Mapping[str, str | int]) -> bytes:
        request = json.dumps({"query": query, "variables": variables}).encode()
        try:
            done = subprocess.run(
                ["gh", "api", "graphql", "--input", "-"],
                input=request,
                capture_output=True,
                timeout=_TIMEOUT_S,
                check=False,
                env=dict(self.environ),
                cwd=os.sep,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _Failed(f"gh can't be run: {error}") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise _Failed(f"gh ended with {done.returncode}: {said[-1][:300] if said else 'it said nothing'}")
        return done.stdout
