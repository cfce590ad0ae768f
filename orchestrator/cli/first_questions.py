"""Asks the opening questions of a new session on one screen, and takes the answers into the settings."""

import sys
from collections.abc import Mapping

from orchestrator.cli.opening_questions import Unanswered, answers, openings, screen
from orchestrator.cli.standing import State, look
from orchestrator.errors import Interrupted, OptimizeError, SettingsError
from orchestrator.live.plain_text import one_line
from orchestrator.settings import Settings, load
from profiling.context import manifest
from profiling.context.commands import BadCommand, workloads

_GOES_ON = frozenset({State.RUNNING, State.KILLED, State.INTERRUPTED, State.FAILED})


def settled(settings: Settings, flags: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """Return the settings of a new session as the person wants them; one that goes on has its answers already.

    Args:
        settings: as they are without asking.
        flags: that they were made of.
        environ: likewise.

    Raises:
        Interrupted: the person ended the input; nothing was begun.
    """
    asked = openings(settings, _found(settings)) if _is_new(settings) else ()
    if not asked:
        return settings
    sys.stdout.write(f"{screen(asked)}\n")
    while True:
        sys.stdout.write("> ")
        sys.stdout.flush()
        typed = sys.stdin.readline()
        if not typed:
            raise Interrupted("nothing was begun", hint="without questions: optimize --yes, or name what you want")
        try:
            return load({**flags, **answers(asked, typed), "repo": settings.repo}, environ)
        except (Unanswered, SettingsError) as error:
            hint = error.hint if isinstance(error, SettingsError) else ""
            sys.stdout.write(f"{one_line(str(error))}{f' ({one_line(hint)})' if hint else ''}\n")


def _is_new(settings: Settings) -> bool:
    """Say whether a session would begin; what can't be read is said by the session itself."""
    try:
        return look(settings.repo).state not in _GOES_ON
    except OptimizeError:
        return False


def _found(settings: Settings) -> tuple[str, ...]:
    try:
        return tuple(one.text for one in workloads(settings.repo, manifest.read(settings.repo)))
    except BadCommand:
        return ()
