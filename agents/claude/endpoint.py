"""Where the model is: Anthropic's own API or a gateway of the same form, Amazon Bedrock, Google Vertex AI."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from agents.claude._client import ModelRejected

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic, AsyncAnthropicBedrock, AsyncAnthropicVertex

    Sdk = AsyncAnthropic | AsyncAnthropicBedrock | AsyncAnthropicVertex

Provider = Literal["anthropic", "bedrock", "vertex"]
_NO_KEY = "there is no key for the model's API"
_KEY_HINT = "set ANTHROPIC_API_KEY, or use --agent recipes, which needs none"
_EXTRAS = {"bedrock": "bedrock", "vertex": "vertex"}
_CONNECT_S = 10.0
_CREDENTIAL = re.compile("authorization|key|token|secret", re.IGNORECASE)
"""Names of headers that carry one: a person may add such headers (ANTHROPIC_CUSTOM_HEADERS)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One way to the model. Credentials are found by the SDK, as each provider documents; none pass through here.

    Attributes:
        provider: whose API.
        base_url: of a gateway; None means the SDK's choice (ANTHROPIC_BASE_URL and the like, else the provider's own).
        streams: replies come in pieces; a gateway that can't do that sends them whole.
        silence_s: seconds without a byte after which a call is given up and made again.
    """

    provider: Provider = "anthropic"
    base_url: str | None = None
    streams: bool = True
    silence_s: float = field(default=180.0)


def connect(endpoint: Endpoint) -> "Sdk":
    """Return an SDK client: the first line of ours that imports the SDK. Retries are ours, traces are off.

    Raises:
        ModelRejected: it can't be made: no key, no region, or a part of the SDK is missing.
    """
    try:
        client = _made(endpoint)
    except ImportError as error:
        extra = _EXTRAS.get(endpoint.provider)
        hint = f"install it: pip install 'anthropic[{extra}]'" if extra else "install it: pip install anthropic"
        raise ModelRejected(f"{endpoint.provider} can't be used: {error}", hint=hint) from None
    except (ValueError, TypeError) as error:
        raise ModelRejected(f"{endpoint.provider} can't be used: {error}", hint="set what is missing") from None
    except Exception as error:  # the SDK's own errors: their class can't be named before the SDK is imported
        if type(error).__module__.partition(".")[0] != "anthropic":
            raise
        raise ModelRejected(f"{_NO_KEY}: {error}", hint=_KEY_HINT) from None
    if (
        endpoint.provider == "anthropic"
        and not any(secrets_of(client))
        and getattr(client, "credentials", None) is None
    ):
        raise ModelRejected(_NO_KEY, hint=_KEY_HINT)
    return client


def secrets_of(client: "Sdk") -> tuple[str, ...]:
    """Return what must never be shown of a client's credentials, as they are now: some are fetched for a call."""
    names = ("api_key", "auth_token", "aws_secret_key", "aws_session_token", "aws_access_key", "access_token")
    values = [getattr(client, name, None) for name in names]
    values.append(getattr(getattr(client, "credentials", None), "token", None))
    sent = (value for name, value in client.default_headers.items() if _CREDENTIAL.search(name))
    values += [str(value).removeprefix("Bearer ") for value in sent if isinstance(value, str)]
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))


def _made(endpoint: Endpoint) -> "Sdk":
    import anthropic  # noqa: PLC0415  costs over a second: only when a model is asked
    import httpx2  # noqa: PLC0415

    timeout = httpx2.Timeout(endpoint.silence_s, connect=_CONNECT_S)
    if endpoint.provider == "bedrock":
        return anthropic.AsyncAnthropicBedrock(
            base_url=endpoint.base_url, timeout=timeout, max_retries=0, open_telemetry=False
        )
    if endpoint.provider == "vertex":
        return anthropic.AsyncAnthropicVertex(
            base_url=endpoint.base_url, timeout=timeout, max_retries=0, open_telemetry=False
        )
    return anthropic.AsyncAnthropic(base_url=endpoint.base_url, timeout=timeout, max_retries=0, open_telemetry=False)
