"""What the person decided about a session: flags, then the environment, then pyproject.toml, then defaults."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from orchestrator.errors import SettingsError
from orchestrator.policy import asking
from profiling.model import Domain

_DURATION = re.compile(r"(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>s|m|min|h|d)?", re.IGNORECASE)
_UNIT_S = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_PREFIX = "OPTIMIZE_"
_TABLES = ("optimize", "codeflash")
# The person's alone: a repository must not answer for the person who looks at it.
_NEVER_FROM_THE_REPOSITORY = frozenset({"repo", "goal", "history", "resume", "ask", "yes", "as_json", "plain"}) | {
    *("ci", "base", "dry_run"),
    # It would spend the person's money, or send the person's key elsewhere.
    *("model", "models", "provider", "base_url", "whole_replies", "docs_server"),
    *("budget", "agent_budget", "token_budget", "agent_token_budget"),
}
# Keys of [tool.optimize] that others read: where the repository is described, and the audit.
_OTHER_KEYS = frozenset({"source", "audit"})
_MAX_BYTES = 4 * 1024 * 1024


def seconds(value: object) -> object:
    """Return `90`, `90s`, `10m`, `2h` or `1d` as seconds; anything else unchanged, for the model to refuse."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip())):
        return float(match["amount"]) * _UNIT_S[(match["unit"] or "s").lower()]
    return value


def _no_boolean(value: object) -> object:
    """Return `true` as the word it is: Python takes it for 1."""
    return repr(value) if isinstance(value, bool) else value


def _wanted(text: str) -> str:
    """Return what is to be asked, checked."""
    asking.wanted(text)
    return text


_Whole = Annotated[int, BeforeValidator(_no_boolean)]
_Seconds = Annotated[float, BeforeValidator(seconds), BeforeValidator(_no_boolean)]
_Dollars = Annotated[float, BeforeValidator(_no_boolean)]
_DOLLARS = "dollars over zero: 2.50"
_A_DURATION = "a duration over zero: 90s, 10m, 2h"


class Settings(BaseModel):
    """A session's settings. A field's description says what is allowed.

    Attributes:
        repo: absolute path of the user's checkout.
        goal: the person's words, empty when none were given.
        workload, tests: command lines; None means: find one.
        python: interpreter of the target; None means: find one.
        domain: the only one to work in; None means all.
        agent: who proposes. `auto` is the embedded recipes: a model costs money, so it is asked for by name.
        model: asked by every agent of `claude`; None means: as the file of models says.
        models: file of models, roles and prices in place of ours.
        provider, base_url: whose API of the model, and the address of a gateway in front of it.
        docs_server: an MCP server that is asked for libraries' documentation: a command line or a URL; None: nobody is.
        whole_replies: replies come in one piece, for gateways that can't stream.
        budget, agent_budget: dollars that the session, and each agent of it, may cost; None: no limit.
        token_budget, agent_token_budget: the same in tokens, those read from the cache among them. The session's is
            never without a limit: prices of a model may be unknown, its tokens are not.
        max_experiments: experiments after which the session ends.
        time_limit_s: wall seconds after which it ends.
        workers: specialists that work at the same time, each in worktrees of its own; 1: the lead works alone. Never
            more than the machine has processors.
        worker_time_s: wall seconds after which one of them is stopped.
        max_pairs: pairs after which one measurement ends undecided.
        measure_time_s: wall seconds after which it does.
        replay_time_s: wall seconds for one replay of the recorded calls of the functions a fix touches; 0 for none.
        memory_budget_s: wall seconds the memory pass of a profile may take.
        seed: of everything random; None means: chosen by the session.
        history: what was kept in other repositories of this person counts when fixes are ranked, and is noted.
        resume: go on with the session that is here, and refuse to begin one.
        ask: what a person is asked before it is done (`policy.asking`); None: what needs agreement where there is a
            terminal, nothing elsewhere.
        yes: never ask: agree to fixes that a person has to agree to.
        ci: on the branch of a pull request: never ask, deliver the commits, write one summary.
        base: with `ci`: what the branch is compared with; None: what the pull request says.
        scope: with `ci`: `pr` works on what the branch changed and what that calls, `repo` on all; None: `pr` where a
            base is known.
        fail_on: with `ci`: what ends it with exit code 1.
        dry_run: with `ci`: neither the checkout nor a remote is touched, no comment is written.
        as_json: events as JSON lines on standard output.
        plain: status lines even in a terminal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    repo: Path = Field(description="a folder")
    goal: str = Field(default="", description="words")
    workload: str | None = Field(default=None, min_length=1, description="a command line")
    tests: str | None = Field(default=None, min_length=1, description="a command line")
    python: str | None = Field(default=None, min_length=1, description="a path or a name of a Python 3.9 or newer")
    domain: Domain | None = Field(default=None, description=f"one of {', '.join(Domain)}")
    agent: Literal["auto", "recipes", "claude"] = Field(default="auto", description="auto, recipes or claude")
    model: str | None = Field(default=None, min_length=1, description="a model's name")
    models: Path | None = Field(default=None, description="a TOML file like agents/claude/models.toml")
    provider: Literal["anthropic", "bedrock", "vertex"] = Field(
        default="anthropic", description="anthropic, bedrock or vertex"
    )
    base_url: str | None = Field(default=None, pattern="^https?://", description="a URL: https://...")
    docs_server: str | None = Field(default=None, min_length=1, description="a command line, or a URL: https://...")
    whole_replies: bool = Field(default=False, description="true or false")
    budget: _Dollars | None = Field(default=None, gt=0, allow_inf_nan=False, description=_DOLLARS)
    agent_budget: _Dollars | None = Field(default=None, gt=0, allow_inf_nan=False, description=_DOLLARS)
    token_budget: _Whole = Field(default=10_000_000, ge=1, description="a whole number from 1 on")
    agent_token_budget: _Whole | None = Field(default=None, ge=1, description="a whole number from 1 on")
    max_experiments: _Whole = Field(default=20, ge=1, le=10_000, description="a whole number from 1 to 10000")
    time_limit_s: _Seconds = Field(default=3600.0, gt=0, allow_inf_nan=False, description=_A_DURATION)
    workers: _Whole = Field(default=2, ge=1, le=8, description="a whole number from 1 to 8")
    worker_time_s: _Seconds = Field(default=1800.0, gt=0, allow_inf_nan=False, description=_A_DURATION)
    max_pairs: _Whole = Field(default=30, ge=4, le=1000, description="a whole number from 4 to 1000")
    measure_time_s: _Seconds = Field(default=120.0, gt=0, allow_inf_nan=False, description=_A_DURATION)
    replay_time_s: _Seconds = Field(default=60.0, ge=0, allow_inf_nan=False, description="a duration: 0, 90s, 10m")
    memory_budget_s: _Seconds = Field(default=60.0, ge=0, allow_inf_nan=False, description="a duration: 0, 90s, 10m")
    seed: _Whole | None = Field(default=None, ge=0, description="a whole number from 0 on")
    history: bool = Field(default=False, description="true or false")
    resume: bool = Field(default=False, description="true or false")
    ask: Annotated[str, AfterValidator(_wanted)] | None = Field(default=None, description=asking.ALLOWED)
    yes: bool = Field(default=False, description="true or false")
    ci: bool = Field(default=False, description="true or false")
    base: str | None = Field(default=None, min_length=1, description="a branch, a tag or a commit")
    scope: Literal["pr", "repo"] | None = Field(default=None, description="pr or repo")
    fail_on: Literal["regression"] | None = Field(default=None, description="regression")
    dry_run: bool = Field(default=False, description="true or false")
    as_json: bool = Field(default=False, description="true or false")
    plain: bool = Field(default=False, description="true or false")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """One value and who gave it."""

    value: object
    origin: str


def load(flags: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """Return the settings of a session.

    Args:
        flags: by field name, `repo` among them; None means not given.
        environ: the process's environment; `OPTIMIZE_MAX_EXPERIMENTS` and so on are looked at.

    Raises:
        SettingsError: a value can't be; the message names it, where it came from, and what is allowed.
    """
    repo = Path(str(flags["repo"]))
    declared = _from_file(repo / "pyproject.toml")
    _refuse_to_be_charged(declared.get("agent"))
    given = {**declared, **_from_environment(environ), **_from_flags(flags)}
    try:
        return Settings.model_validate({name: one.value for name, one in given.items()})
    except ValidationError as error:
        raise _refusal(error, given) from error


def option(name: str) -> str:
    """Return the flag of a field: `--max-experiments`, `--time-limit`."""
    return f"--{_word(name)}" if name != "repo" else "-C"


def variable(name: str) -> str:
    """Return the environment variable of a field: `OPTIMIZE_TIME_LIMIT`."""
    return f"{_PREFIX}{_word(name).replace('-', '_').upper()}"


def _refuse_to_be_charged(agent: _Given | None) -> None:
    if agent is not None and agent.value == "claude":
        raise SettingsError(
            f"agent 'claude' ({agent.origin}) is the person's to choose: it costs money and shows source to a model",
            hint=f"take it out of the file; name it with {option('agent')} claude, or in {variable('agent')}",
        )


def _word(name: str) -> str:
    """Return the name without its unit or its `as_`: units are for us, people write `10m`."""
    return name.removesuffix("_s").removeprefix("as_").replace("_", "-")


def _from_flags(flags: Mapping[str, object]) -> dict[str, _Given]:
    return {name: _Given(value=value, origin=option(name)) for name, value in flags.items() if value is not None}


def _from_environment(environ: Mapping[str, str]) -> dict[str, _Given]:
    names = (name for name in Settings.model_fields if name not in {"repo", "goal"})
    return {
        name: _Given(value=environ[variable(name)], origin=f"the variable {variable(name)}")
        for name in names
        if environ.get(variable(name))
    }


def _from_file(path: Path) -> dict[str, _Given]:
    tool = _table(_parsed(path), "tool")
    given: dict[str, _Given] = {}
    for table in reversed(_TABLES):
        given.update(_from_table(_table(tool, table), table, path))
    return given


def _from_table(values: Mapping[str, object], table: str, path: Path) -> Iterator[tuple[str, _Given]]:
    """Yield our keys. In our own table a key nobody knows is an error; another tool's table may hold anything."""
    fields = {_word(name): name for name in Settings.model_fields if name not in _NEVER_FROM_THE_REPOSITORY}
    for key, value in values.items():
        word = key.replace("_", "-")
        origin = f"{path}: [tool.{table}] {key}"
        if word in fields:
            yield fields[word], _Given(value=value, origin=origin)
        elif table == _TABLES[0] and key not in _OTHER_KEYS:
            raise SettingsError(
                f"{origin} is no setting{_meant(word, [*fields, *_OTHER_KEYS])}",
                hint=f"what can be set there: {', '.join(sorted([*fields, *_OTHER_KEYS]))}",
            )


def _meant(word: str, words: list[str]) -> str:
    if word in map(_word, _NEVER_FROM_THE_REPOSITORY):
        return f" of a repository: {word} is the person's to give, as a flag"
    close = difflib.get_close_matches(word, words, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _parsed(path: Path) -> Mapping[str, object]:
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise SettingsError(f"{path} is larger than {_MAX_BYTES // 1024 // 1024} MiB: its settings are not read")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{path} can't be read: {error}", hint="correct it; settings may be in it") from error


def _table(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = values.get(name)
    return table if isinstance(table, Mapping) else {}


def _refusal(error: ValidationError, given: Mapping[str, _Given]) -> SettingsError:
    """Say the first refusal: the others are seen when it is corrected."""
    name = str(error.errors()[0]["loc"][0])
    one = given.get(name)
    if one is None:
        return SettingsError(f"{name} is missing or unknown")
    shown = f"'{one.value}'" if isinstance(one.value, int | float | Path) else repr(one.value)
    allowed = Settings.model_fields[name].description
    return SettingsError(f"{_word(name)} can't be {shown:.200} (from {one.origin})", hint=f"allowed is {allowed}")
