"""Which model each role asks, how large its window is, and what its tokens cost: read from one dated file."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.claude._client import Usage

Role = Literal["lead", "specialist", "reviewer", "researcher", "setup"]
_MILLION = 1_000_000
_UNKNOWN_WINDOW = 200_000
_UNKNOWN_OUTPUT = 32_000


class BadModels(ValueError):
    """The file of models can't be used; the message says where and why."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Strict):
    """US dollars per million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cache_write_5m: float = Field(ge=0)
    cache_write_1h: float = Field(ge=0)
    cache_read: float = Field(ge=0)

    def usd(self, usage: Usage) -> float:
        """Return the dollars of a usage."""
        parts = (
            usage.input_tokens * self.input,
            usage.output_tokens * self.output,
            usage.cache_write_5m_tokens * self.cache_write_5m,
            usage.cache_write_1h_tokens * self.cache_write_1h,
            usage.cache_read_tokens * self.cache_read,
        )
        return sum(parts) / _MILLION


class ModelCard(_Strict):
    """One model.

    Attributes:
        window_tokens: of prompt and reply together; max_output_tokens: of a reply.
        price: None when it is not known: then dollars are not known either.
        long_prompt_over_tokens, long_prompt_price: the price of a call whose prompt is longer, where it is another.
    """

    window_tokens: int = Field(default=_UNKNOWN_WINDOW, gt=0)
    max_output_tokens: int = Field(default=_UNKNOWN_OUTPUT, gt=0)
    price: Price | None = None
    long_prompt_over_tokens: int | None = Field(default=None, gt=0)
    long_prompt_price: Price | None = None

    def usd(self, usage: Usage) -> float | None:
        """Return the dollars of one call, None when the price is not known."""
        over = self.long_prompt_over_tokens
        if over is not None and usage.prompt_tokens > over and self.long_prompt_price is not None:
            return self.long_prompt_price.usd(usage)
        return None if self.price is None else self.price.usd(usage)


class Models(_Strict):
    """The file: roles, models, and the day its prices were read."""

    prices_as_of: str
    roles: dict[Role, str]
    models: dict[str, ModelCard]

    def named(self, role: Role) -> str:
        """Return the model that a role asks."""
        return self.roles[role]

    def card(self, model: str) -> ModelCard:
        """Return what is known of a model; of one that is not listed, a careful guess without a price.

        Names with a date or of another provider (`anthropic.claude-opus-5-5-v1:0`) are known by the part they share.
        """
        if model in self.models:
            return self.models[model]
        fitting = [name for name in self.models if name in model]
        return self.models[max(fitting, key=len)] if fitting else ModelCard()

    def all_roles_ask(self, model: str) -> "Models":
        """Return it with one model for every role."""
        return self.model_copy(update={"roles": dict.fromkeys(self.roles, model)})


def load(path: Path | None = None) -> Models:
    """Read a file of models; None means the one that comes with us.

    Raises:
        BadModels: it can't be read, or says something it can't.
    """
    where = str(path) if path is not None else "the models' file"
    try:
        text = path.read_text(encoding="utf-8") if path is not None else _shipped()
        models = Models.model_validate(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadModels(f"{where} can't be read: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise BadModels(f"{where}: {place}: {first['msg']}") from error
    missing = [role for role in get_args(Role) if role not in models.roles]
    if missing:
        raise BadModels(f"{where} names no model for {', '.join(missing)}: add it under [roles]")
    return models


def _shipped() -> str:
    return files("agents.claude").joinpath("models.toml").read_text(encoding="utf-8")
