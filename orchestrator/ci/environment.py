"""Keeps the secrets of a runner from the code under test: it is begun again without them, and handed them in memory.

What a process was started with, every other process of the same user can read (/proc/PID/environ on Linux, `ps -E` on
macOS); what it sets later, none. So the first process replaces itself by one whose environment is an allow-list, and
gives it the rest through a pipe.
"""

import base64
import json
import os
import sys
from collections.abc import Mapping, MutableMapping

from orchestrator.errors import UsageError
from profiling.measure.environment import LISTED_ONLY, is_listed, secrets_removed

_PIPE = "OPTIMIZE_CI_HANDED_OVER"
_SECRETS = frozenset(
    "GITHUB_TOKEN GH_TOKEN ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY"
    " AWS_SESSION_TOKEN AWS_REGION AWS_PROFILE GOOGLE_APPLICATION_CREDENTIALS CLOUD_ML_REGION"
    " ANTHROPIC_VERTEX_PROJECT_ID ANTHROPIC_BASE_URL".split()
)
"""What we ourselves ask for: the hosting service, and the model's API."""
_OURS = ("OPTIMIZE_", "GITHUB_", "GIT_", "RUNNER_", "PYTHON", "VIRTUAL_ENV")
"""What git and our own interpreter need; the target sees none of it."""
_MOST_BYTES = 32 * 1024
"""What a pipe takes without a reader, with room to spare."""


def begin_clean(environ: MutableMapping[str, str]) -> None:
    """Replace this process by one without secrets in its environment; in that one, take them over and return.

    Raises:
        UsageError: they are too large to be handed over.
    """
    handed = environ.pop(_PIPE, "")
    if handed.isdecimal():
        with os.fdopen(int(handed), "rb") as pipe:
            environ.update(json.loads(pipe.read()))
        environ[LISTED_ONLY] = "1"
        return
    kept, secrets = sorted_out(environ)
    text = json.dumps(secrets).encode()
    if len(text) > _MOST_BYTES:
        raise UsageError(f"the secrets in the environment take {len(text)} bytes; {_MOST_BYTES} can be handed over")
    reader, writer = os.pipe()
    os.write(writer, text)
    os.close(writer)
    os.set_inheritable(reader, True)  # noqa: FBT003  takes no keyword
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, _ourselves(), {**kept, _PIPE: str(reader)})  # noqa: S606  it is this very program


def sorted_out(environ: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the code under test may see or we need openly, and what is handed over in memory."""
    secrets = {name: value for name, value in environ.items() if name in _SECRETS}
    kept = {
        name: value
        for name, value in environ.items()
        if name not in secrets and (is_listed(name) or name.startswith(_OURS)) and not _sounds_secret(name)
    }
    return kept, secrets


def git_credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that let git push with the runner's token; nothing where there is none.

    An empty header first: it takes away one that a checkout left in the repository's configuration, since two are
    refused.
    """
    token = environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN")
    if not token or environ.get("GITHUB_ACTIONS") != "true":
        return {}
    server = environ.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    key = f"http.{server}/.extraheader"
    count = int(environ.get("GIT_CONFIG_COUNT", "0") or 0)
    return {
        "GIT_CONFIG_COUNT": str(count + 2),
        f"GIT_CONFIG_KEY_{count}": key,
        f"GIT_CONFIG_VALUE_{count}": "",
        f"GIT_CONFIG_KEY_{count + 1}": key,
        f"GIT_CONFIG_VALUE_{count + 1}": f"AUTHORIZATION: basic {basic}",
    }


def _sounds_secret(name: str) -> bool:
    """Settings of git are named KEY and are none."""
    return not name.startswith("GIT_CONFIG_") and not secrets_removed({name: ""})


def _ourselves() -> list[str]:
    return [sys.executable, *sys.orig_argv[1:]]
