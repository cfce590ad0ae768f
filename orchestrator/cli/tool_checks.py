"""What `optimize doctor` looks at beside machine and repository: profilers, what spoils timings, key and budget."""

from collections.abc import Mapping
from pathlib import Path

from agents.specialists.setup import Setup
from orchestrator.cli.checks import Check, Level
from orchestrator.errors import SettingsError
from orchestrator.settings import Settings, load
from profiling.context import interpreter as interpreters
from profiling.context import manifest, spoilers
from profiling.deep import tachyon

_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")


def profilers(setup: Setup) -> Check:
    """Which profilers are there beside ours?"""
    python = setup.interpreter
    at_hand = {
        "py-spy": "py-spy" in setup.tools,
        "valgrind": "valgrind" in setup.tools,
        "memray": interpreters.has_module(python, "memray"),
        "tachyon": tachyon.is_available(python),
    }
    there = [name for name, is_there in at_hand.items() if is_there]
    ours = "ours needs nothing installed"
    if there:
        return Check(name="profilers", level=Level.OK, detail=f"{', '.join(there)}; {ours}")
    detail = f"{ours}; optimize profile --deep could use memray and py-spy: {python.executable} -m pip install memray"
    return Check(name="profilers", level=Level.OK, detail=detail)


def timings(root: Path, setup: Setup, environ: Mapping[str, str]) -> Check:
    """Would coverage, tracing or test plugins be timed along?"""
    found = spoilers.look(root, manifest.read(root), setup.interpreter, environ)
    if not found:
        return Check(name="timings", level=Level.OK, detail="no coverage, tracing or shuffling starts by itself")
    detail = "; ".join(dict.fromkeys(one.what for one in found))
    return Check(
        name="timings", level=Level.WARN, detail=detail, fix="; ".join(dict.fromkeys(one.fix for one in found))
    )


def model(root: Path, environ: Mapping[str, str]) -> Check:
    """Is a model to be asked, is there a key for it, and what may it cost?"""
    name = "model"
    try:
        settings = load({"repo": root}, environ)
    except SettingsError as error:
        return Check(name=name, level=Level.FAIL, detail=str(error), fix=error.hint)
    has_key = any(environ.get(key) for key in _KEYS)
    if settings.agent != "claude":
        key = "a key is set" if has_key else "no key is set"
        detail = f"the embedded recipes propose, which need no key ({key}; --agent claude asks a model too)"
        return Check(name=name, level=Level.OK, detail=detail)
    if settings.provider == "anthropic" and not has_key:
        fix = f"set {_KEYS[0]}, or use --agent recipes, which needs none"
        return Check(name=name, level=Level.WARN, detail="claude is to propose, and no key is set", fix=fix)
    return _budget(name, settings)


def _budget(name: str, settings: Settings) -> Check:
    tokens = f"{settings.token_budget:,} tokens"
    if settings.budget is None:
        detail = f"claude proposes, a session may take {tokens} and any amount of dollars"
        return Check(name=name, level=Level.WARN, detail=detail, fix="say what it may cost: --budget 5")
    detail = f"claude proposes, a session may take {tokens} and ${settings.budget:.2f}"
    return Check(name=name, level=Level.OK, detail=detail)
